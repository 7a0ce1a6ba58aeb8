//! [`Input`]: a file or bytes, with what is wanted of it.

use std::collections::HashSet;
use std::error::Error as StdError;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::lookalike::some_names;
use crate::records::{Record, Records};
use crate::source::Damage;
use crate::{
    Error, ErrorKind, Format, Layer, Leaf, LookAlike, Npy, Options, Pickles, Source, Torch, crlf, is_pickle,
};

/// A file or bytes, with what is wanted of it: everything that holds pickles, or one member of an archive.
///
/// ```
/// use halfsour_files::{Input, Limits};
/// use halfsour_vm::{Error, Loader};
///
/// let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/nested.tar");
/// let input = Input::open(file, Limits::UNTRUSTED)?.with_member("2.pkl.bz2");
/// let mut loader = Loader::new();
/// let mut shown = Vec::new();
/// for part in input.parts()? {
///     part?.each_pickle(false, |bytes, start| {
///         let graph = loader.load_at(bytes, start)?;
///         shown.push(graph.root().to_string());
///         Ok::<_, Error>(graph.end())
///     })?;
/// }
/// assert_eq!(shown, ["{'day': 2, 'sold': 6}"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Input {
    source: Source,
    /// The torch file that the source is, once somebody asked.
    torch: OnceLock<Option<Arc<Torch>>>,
    member: Option<String>,
}

/// One thing with pickles: a file, or a member of an archive, without its compression.
#[derive(Clone, Debug)]
pub struct Part {
    name: String,
    layers: Vec<Layer>,
    /// Whether the part is no member of an archive.
    is_whole_file: bool,
    pickles: Pickles,
    torch: Option<Arc<Torch>>,
    rest: Option<String>,
    damage: Option<Damage>,
}

/// The parts of an [`Input`], each opened when it comes. A part that cannot be opened is an error, after which
/// the others follow.
pub struct Parts<'i>(Box<dyn Iterator<Item = Result<Part, Error>> + 'i>);

/// An error in one of the pickles of a [`Part`].
#[derive(Clone)]
pub struct PickleError<E> {
    /// The name of the part.
    pub name: String,
    /// The offset at which the pickle begins.
    pub start: usize,
    /// How many pickles of the part come before it.
    pub before: usize,
    /// What is wrong with the pickle.
    pub error: E,
    /// What the bytes are from there on, if they are no pickle, or no longer one, and known.
    pub look_alike: Option<Box<LookAlike>>,
}

impl From<Source> for Input {
    fn from(source: Source) -> Self {
        Self { source, torch: OnceLock::new(), member: None }
    }
}

impl Input {
    /// Opens a file, as [`Source::open`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Source::open`].
    pub fn open(path: impl AsRef<Path>, options: impl Into<Options>) -> Result<Self, Error> {
        Source::open(path, options).map(Self::from)
    }

    /// Takes these bytes for a file. The name is for errors.
    ///
    /// # Errors
    ///
    /// Those of [`Source::from_bytes`].
    pub fn from_bytes(
        name: impl Into<String>,
        bytes: Bytes,
        options: impl Into<Options>,
    ) -> Result<Self, Error> {
        Source::from_bytes(name, bytes, options).map(Self::from)
    }

    /// Asks for only the member of the archive that has this name, or whose name ends so after a `/`.
    #[must_use]
    pub fn with_member(mut self, name: impl Into<String>) -> Self {
        self.member = Some(name.into());
        self
    }

    /// The file itself, without its compression.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The torch file that the input is, if it is one. An archive that is a broken torch file counts as none: its members
    /// are still there, and say what is wrong.
    ///
    /// # Errors
    ///
    /// If the input is a torch file from before torch 1.6 that is malformed or cut off.
    pub fn torch(&self) -> Result<Option<&Torch>, Error> {
        Ok(self.shared_torch()?.map(Arc::as_ref))
    }

    fn shared_torch(&self) -> Result<Option<&Arc<Torch>>, Error> {
        if let Some(torch) = self.torch.get() {
            return Ok(torch.as_ref());
        }
        let torch = match Torch::of(&self.source) {
            Err(_) if self.is_archive() => None,
            torch => torch?,
        };
        Ok(self.torch.get_or_init(|| torch.map(Arc::new)).as_ref())
    }

    /// Whether there may be several parts: the input is an archive, and no member of it was asked for.
    pub fn has_parts(&self) -> bool {
        self.is_archive() && self.member.is_none()
    }

    /// Whether the input is numpy's archive of arrays (`.npz`), whatever its name: a zip of which each member is named as a `.npy`.
    pub fn is_npz(&self) -> bool {
        // Listing the members of other archives may cost much.
        if self.source.format() != Format::Zip || !self.has_parts() {
            return false;
        }
        let Ok(Some(archive)) = self.source.archive() else { return false };
        let members = archive.members();
        !members.is_empty() && members.iter().all(|member| member.name.strip_suffix(".npy").is_some())
    }

    /// The first names of members, for whoever has to ask for one.
    fn some_members(&self) -> Option<LookAlike> {
        some_names(self.source.archive().ok()??.members())
    }

    fn is_archive(&self) -> bool {
        self.source.format().is_archive()
    }

    /// Everything that holds pickles.
    ///
    /// # Errors
    ///
    /// If nothing does, or a member was asked for that is not there, or the input is a malformed torch file.
    pub fn parts(&self) -> Result<Parts<'_>, Error> {
        self.parts_among(
            self.source.leaves_of(|_| false, self.member.is_some()),
            has_pickles,
            self.shared_torch()?,
        )
    }

    /// Returns the one part that holds pickles; of a torch file, that which refers to its storages.
    ///
    /// # Errors
    ///
    /// As [`parts`](Self::parts), and if several parts hold pickles.
    pub fn one_part(&self) -> Result<Part, Error> {
        if let (None, Some(torch)) = (&self.member, self.shared_torch()?) {
            return Ok(self.part(&self.source, Some(torch.clone())));
        }
        let none = || Error::new(ErrorKind::NoPickles, self.source.name(), None);
        let mut parts = self.parts()?;
        let part = parts.next().ok_or_else(none)?;
        match parts.next() {
            None => part,
            Some(_) => {
                let error = Error::new(ErrorKind::SeveralParts, self.source.name(), None);
                Err(error.with_look_alike(self.some_members()))
            }
        }
    }

    /// Everything that may hold tensors: pickles, `.npy`, and of each torch file, also within archives, the one pickle that
    /// says which tensors there are.
    ///
    /// # Errors
    ///
    /// As [`parts`](Self::parts).
    pub fn parts_with_tensors(&self) -> Result<Parts<'_>, Error> {
        if let (None, Some(torch)) = (&self.member, self.shared_torch()?) {
            return Ok(Parts::one(self.part(&self.source, Some(torch.clone()))));
        }
        let is_torch = |source: &Source| matches!(Torch::of(source), Ok(Some(_)));
        let leaves = self
            .source
            .leaves_of(move |source| self.is_named(source) && is_torch(source), self.member.is_some());
        self.parts_among(leaves, is_npy_or_pickles, None)
    }

    /// Everything that holds pickles, and each `.npy`, also of numbers.
    ///
    /// # Errors
    ///
    /// As [`parts`](Self::parts).
    pub fn parts_with_arrays(&self) -> Result<Parts<'_>, Error> {
        let leaves = self.source.leaves_of(|_| false, self.member.is_some());
        self.parts_among(leaves, is_npy_or_pickles, self.shared_torch()?)
    }

    /// Parts that are leaves. Of the torch file, if there is one, the pickle among them gets it.
    fn parts_among<'i>(
        &'i self,
        leaves: impl Iterator<Item = Result<Leaf, Error>> + 'i,
        is_part: fn(&Source) -> bool,
        torch_file: Option<&'i Arc<Torch>>,
    ) -> Result<Parts<'i>, Error> {
        if !self.is_archive() {
            return self.only_part(is_part).map(Parts::one);
        }
        // Storages are no pickles, whatever their bytes look like.
        let storages: HashSet<&str> = self.torch()?.into_iter().flat_map(Torch::keys).collect();
        let is_storage = move |name: &str| {
            const FOLDER: &str = "data/";
            name.match_indices(FOLDER).any(|(at, _)| storages.contains(&name[at + FOLDER.len()..]))
        };
        let is_wanted = move |source: &Source| {
            self.is_named(source) && (self.member.is_some() || is_part(source) && !is_storage(source.name()))
        };
        let all = self.member.is_none();
        let part = move |leaf: Leaf| {
            let torch = if self.is_named(&leaf.source) { Torch::of(&leaf.source)? } else { None };
            let is_other = || leaf.member.as_ref().is_some_and(|member| member.is_other_value(&leaf.source));
            if torch.is_none() && (!is_wanted(&leaf.source) || all && is_other()) {
                return Ok(None);
            }
            leaf.check()?;
            let is_its_pickle = |torch: &&Arc<Torch>| torch.pickle().bytes() == leaf.source.bytes();
            let torch = torch.map(Arc::new).or_else(|| torch_file.filter(is_its_pickle).cloned());
            Ok(Some(self.part(&leaf.source, torch)))
        };
        let mut records = Records::default();
        let mut leaves = leaves;
        let parts = std::iter::from_fn(move || {
            for leaf in leaves.by_ref() {
                let record = leaf.as_ref().ok().filter(|_| all).and_then(Record::of);
                let part = leaf.and_then(&part).transpose();
                if let Some(record) = record {
                    records.add(record, matches!(part, Some(Ok(_))));
                }
                if part.is_some() {
                    return part;
                }
            }
            records.next_error().map(Err)
        });
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            let name = self.source.name();
            return Err(match &self.member {
                Some(member) => {
                    let error = Error::new(ErrorKind::NoMember, &format!("{name}:{member}"), None);
                    error.with_look_alike(self.some_members())
                }
                None => {
                    let archive = self.source.archive()?;
                    let look_alike = archive.and_then(|archive| archive.look_alike());
                    Error::new(ErrorKind::NoPickles, name, None).with_look_alike(look_alike)
                }
            });
        }
        Ok(Parts(Box::new(parts)))
    }

    /// The part that an input is which is no archive.
    fn only_part(&self, is_part: fn(&Source) -> bool) -> Result<Part, Error> {
        let fail = |kind| Err(Error::new(kind, self.source.name(), None));
        if self.member.is_some() {
            return fail(ErrorKind::NotAnArchive);
        }
        // Any other bytes are taken for pickles, so that errors say where they are none.
        if self.source.format() == Format::Npy && !is_part(&self.source) {
            return fail(ErrorKind::NoPickles);
        }
        Ok(self.part(&self.source, self.shared_torch()?.cloned()))
    }

    fn part(&self, source: &Source, torch: Option<Arc<Torch>>) -> Part {
        let pickles = torch.as_ref().map_or_else(|| source.pickles(), |torch| torch.pickle());
        let is_whole_file = source.name() == self.source.name();
        Part {
            name: source.name().to_owned(),
            layers: source.layers().to_vec(),
            is_whole_file,
            pickles,
            torch,
            rest: source.rest().map(str::to_owned),
            damage: source.damage_kind(),
        }
    }

    /// Whether a member, or what is in one, was asked for. All are where none was.
    fn is_named(&self, source: &Source) -> bool {
        let Some(member) = &self.member else { return true };
        let name = source.name().get(self.source.name().len() + 1..);
        name.and_then(|name| name.strip_suffix(member.as_str()))
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', ':']))
    }
}

fn is_npy_or_pickles(source: &Source) -> bool {
    source.format() == Format::Npy || has_pickles(source)
}

/// Whether a member of an archive holds pickles, by the look of it.
fn has_pickles(source: &Source) -> bool {
    match source.format() {
        Format::Npy => Npy::parse(source.bytes()).is_ok_and(|npy| npy.pickle().is_some()),
        _ => is_pickle(source.bytes()) || source.pickles().has_lengths(),
    }
}

impl Part {
    /// The name of the file, and after a colon that of the member: `model.tar:weights.pt:data.pkl`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The layers of compression that were taken off, from the outside in.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The error at which compressed data ends, of which the bytes are what came before it: see [`Source::damage`].
    pub fn damage(&self) -> Option<Error> {
        self.damage.map(|(format, kind)| Error::new(kind, &self.name, Some(format)))
    }

    /// The bytes in which the pickles lie. Offsets count from their beginning.
    pub fn bytes(&self) -> &Bytes {
        self.pickles.bytes()
    }

    /// The pickles, to be loaded one after the other.
    pub fn pickles(&self) -> Pickles {
        self.pickles.clone()
    }

    /// The torch file whose pickle this is, with the storages to which the pickle refers.
    pub fn torch(&self) -> Option<&Torch> {
        self.torch.as_deref()
    }

    /// The name of the member that has all of a document of JSON in a text of which this is: what is in it beside pickles. It is no part
    /// unless it is asked for, as with [`Input::with_member`].
    pub fn rest(&self) -> Option<&str> {
        self.rest.as_deref()
    }

    /// Whether the lines of the first pickle end as Windows' do, so that [`Options::crlf`] is wanted, even if it can be loaded.
    pub fn has_crlf(&self) -> bool {
        crlf::has_crlf_lines(self.bytes())
    }

    /// The error in the pickle that begins at `start`, after so many, with what its bytes are if they are no pickle.
    #[cold]
    pub fn fail<E>(&self, start: usize, before: usize, error: E) -> PickleError<E> {
        let look_alike = match LookAlike::at(self.bytes(), start) {
            // Bytes are skipped before layers are taken off.
            Some(LookAlike::Prefix { at, what, .. }) => {
                let is_file = self.layers.is_empty() && self.is_whole_file;
                Some(LookAlike::Prefix { at, what, can_skip: is_file })
            }
            None => self.envelope().map(LookAlike::Envelope),
            look_alike => look_alike,
        };
        let look_alike = look_alike.map(Box::new);
        PickleError { name: self.name.clone(), start, before, error, look_alike }
    }

    /// The last layer that was taken off for what it looks like, without a mark that says so for sure.
    fn envelope(&self) -> Option<Format> {
        let formats = self.layers.iter().rev().map(|layer| layer.format);
        formats
            .into_iter()
            .find(|format| matches!(format, Format::Cachelib | Format::Dogpile | Format::DjangoSession))
    }

    /// Calls `each` for every pickle, or for the first only, with the bytes up to where the pickle has to end, and the offset
    /// at which it begins. `each` returns the offset at which it ends.
    ///
    /// A part without any pickle has one that begins and ends at 0, so that `each` can say that it is none.
    ///
    /// # Errors
    ///
    /// The first one that `each` returns.
    pub fn each_pickle<'p, E>(
        &'p self,
        first_only: bool,
        mut each: impl FnMut(&'p [u8], usize) -> Result<usize, E>,
    ) -> Result<(), PickleError<E>> {
        let mut pickles = self.pickles();
        let mut before = 0;
        let mut range = pickles.part().unwrap_or(0..0);
        loop {
            let end = each(&self.bytes()[..range.end], range.start);
            pickles.pass(end.map_err(|error| self.fail(range.start, before, error))?);
            before += 1;
            match pickles.part().filter(|_| !first_only) {
                Some(next) => range = next,
                None => return Ok(()),
            }
        }
    }
}

impl<E> PickleError<E> {
    /// The same with another error, made of this one.
    pub fn map<F>(self, op: impl FnOnce(E) -> F) -> PickleError<F> {
        let Self { name, start, before, error, look_alike } = self;
        PickleError { name, start, before, error: op(error), look_alike }
    }
}

impl Parts<'_> {
    /// Returns no parts: of an input that is done with as a whole.
    pub fn none() -> Self {
        Self(Box::new(std::iter::empty()))
    }

    /// Returns this part alone.
    pub fn one(part: Part) -> Self {
        Self(Box::new(std::iter::once(Ok(part))))
    }
}

impl Iterator for Parts<'_> {
    type Item = Result<Part, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

impl<E: fmt::Display> fmt::Display for PickleError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        if self.before > 0 {
            write!(f, "pickle {}, from byte 0x{:x}: ", self.before + 1, self.start)?;
        }
        self.error.fmt(f)?;
        match &self.look_alike {
            Some(look_alike) => write!(f, "; {look_alike}"),
            None => Ok(()),
        }
    }
}

impl<E: fmt::Display> fmt::Debug for PickleError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<E: StdError + 'static> StdError for PickleError<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}
