//! What is read.

use std::cell::OnceCell;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use bytes::Bytes;
use halfsour_files::{Error, Format, Layer, Leaf, Limits, Npy, Pickles, Source, Torch, is_pickle};

use crate::failure::{Cause, Failure};

/// All of a file, or of standard input.
pub struct Whole {
    pub source: Source,
    /// The torch file that it is, once that is known.
    torch: OnceCell<Option<Rc<Torch>>>,
    /// What is wanted of the archive that it is.
    member: Option<String>,
}

/// Something with pickles: a file, or a member of an archive.
pub struct File {
    name: String,
    /// The compression that was taken off.
    pub layers: Vec<Layer>,
    pickles: Pickles,
    /// The torch file of which it is the pickle.
    torch: Option<Rc<Torch>>,
}

/// What is in a file, opened one by one.
pub type Parts<'w> = Box<dyn Iterator<Item = Result<File, Failure>> + 'w>;

impl Whole {
    /// Opens what is named: a file, and perhaps, after a colon, a member of it. It may have so many bytes.
    pub fn open(name: &str, member: Option<&str>, limits: Limits, most: usize) -> Result<Self, Failure> {
        let (name, after) = split(name);
        let member = after.or(member).map(str::to_owned);
        Ok(Self { source: open(name, limits, most)?, torch: OnceCell::new(), member })
    }

    /// The torch file that it is. Of an archive, the members say what is wrong.
    pub fn torch(&self) -> Result<Option<&Rc<Torch>>, Error> {
        if let Some(torch) = self.torch.get() {
            return Ok(torch.as_ref());
        }
        let torch = match Torch::of(&self.source) {
            Err(_) if self.is_archive() => None,
            torch => torch?,
        };
        Ok(self.torch.get_or_init(|| torch.map(Rc::new)).as_ref())
    }

    /// Whether there may be several files in it.
    pub fn has_parts(&self) -> bool {
        self.is_archive() && self.member.is_none()
    }

    fn is_archive(&self) -> bool {
        matches!(self.source.format(), Format::Zip | Format::Tar | Format::SevenZip)
    }

    /// All of it that has tensors: of torch files, also of those in archives, the one pickle that says what there is; nothing else
    /// of them is looked at.
    pub fn parts_with_tensors(&self) -> Result<Parts<'_>, Failure> {
        if let (None, Some(torch)) = (&self.member, self.torch()?) {
            let mut file = File::of(&self.source);
            file.of_torch(torch);
            return Ok(Box::new(std::iter::once(Ok(file))));
        }
        let is_torch = |source: &Source| matches!(Torch::of(source), Ok(Some(_)));
        let leaves = self.source.leaves_with(move |source| self.is_named(source) && is_torch(source));
        self.parts_among(leaves, |source| source.format() == Format::Npy || has_pickle(source))
    }

    /// All of it that has pickles.
    pub fn parts(&self) -> Result<Parts<'_>, Failure> {
        self.parts_among(self.source.leaves(), has_pickle)
    }

    fn parts_among<'w>(
        &'w self,
        leaves: impl Iterator<Item = Result<Leaf, Error>> + 'w,
        is_one: fn(&Source) -> bool,
    ) -> Result<Parts<'w>, Failure> {
        if !self.is_archive() {
            if self.member.is_some() {
                return Err(Failure::message(format!(
                    "{}: not an archive, so without members",
                    self.source.name()
                )));
            }
            if self.source.format() == Format::Npy && !is_one(&self.source) {
                return Err(Failure::message(format!("{}: an array without a pickle", self.source.name())));
            }
            let mut file = File::of(&self.source);
            if let Some(torch) = self.torch()? {
                file.of_torch(torch);
            }
            return Ok(Box::new(std::iter::once(Ok(file))));
        }
        let storages: Vec<String> = match self.torch()? {
            Some(torch) => torch.keys().into_iter().map(|key| format!("data/{key}")).collect(),
            None => Vec::new(),
        };
        let is_wanted = move |source: &Source| {
            self.is_named(source)
                && (self.member.is_some()
                    || is_one(source) && !storages.iter().any(|storage| source.name().ends_with(storage)))
        };
        let part = move |leaf: Result<Leaf, Error>| {
            let part = leaf.and_then(|leaf| {
                let torch = if self.is_named(&leaf.source) { Torch::of(&leaf.source)? } else { None };
                if torch.is_none() && !is_wanted(&leaf.source) {
                    return Ok(None);
                }
                leaf.check()?;
                let mut file = File::of(&leaf.source);
                if let Some(torch) = torch {
                    file.of_torch(&Rc::new(torch));
                }
                Ok(Some(file))
            });
            part.map_err(Failure::from).transpose()
        };
        let mut parts = leaves.filter_map(part).peekable();
        if parts.peek().is_none() {
            let what = self
                .member
                .as_ref()
                .map_or("a member with pickles".to_owned(), |member| format!("a member {member}"));
            return Err(Failure::message(format!("{}: without {what}", self.source.name())));
        }
        Ok(Box::new(parts))
    }

    /// Whether a member, or what is in one, is what is wanted; without a wish, all are.
    fn is_named(&self, source: &Source) -> bool {
        let Some(member) = &self.member else { return true };
        let name = source.name().get(self.source.name().len() + 1..);
        name.and_then(|name| name.strip_suffix(member.as_str()))
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', ':']))
    }
}

/// Whether something in an archive has pickles, where nobody said so.
fn has_pickle(source: &Source) -> bool {
    match source.format() {
        Format::Npy => Npy::parse(source.bytes()).is_ok_and(|npy| npy.pickle().is_some()),
        _ => is_pickle(source.bytes()) || source.pickles().framing() != halfsour_files::Framing::None,
    }
}

/// A name of a file, and that of a member, after the first colon before which there is a file.
fn split(name: &str) -> (&str, Option<&str>) {
    let is_file = |name: &str| name == "-" || Path::new(name).exists();
    let colons = name.match_indices(':').map(|(at, _)| (&name[..at], &name[at + 1..]));
    match colons.into_iter().find(|(file, _)| is_file(file)) {
        Some((file, member)) if !is_file(name) => (file, Some(member)),
        _ => (name, None),
    }
}

/// Opens a file, or standard input, which may have so many bytes.
pub fn open(name: &str, limits: Limits, most: usize) -> Result<Source, Failure> {
    Ok(if is_short(name, most) {
        Source::open(name, limits)?
    } else {
        let (name, bytes) = read(name, most)?;
        Source::from_bytes(name, bytes, limits)?
    })
}

/// Whether it is known before it is read that it is no longer than this. Of pipes and devices it is not.
fn is_short(name: &str, most: usize) -> bool {
    name != "-"
        && fs::metadata(name)
            .map_or(true, |file| file.is_dir() || file.is_file() && file.len() <= most as u64)
}

/// The name and the bytes of a file, or of standard input.
pub fn read(name: &str, most: usize) -> Result<(String, Bytes), Failure> {
    let (name, bytes) = if name == "-" {
        ("<stdin>", read_most(io::stdin().lock(), most))
    } else {
        (name, fs::File::open(name).and_then(|file| read_most(file, most)))
    };
    match bytes {
        Ok(bytes) => Ok((name.to_owned(), bytes)),
        Err(error) => Err(Failure::File { name: name.to_owned(), error }),
    }
}

fn read_most(from: impl Read, most: usize) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    from.take((most as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        let message = format!("it is longer than the limit for input, {most} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes.into())
}

impl File {
    fn of(source: &Source) -> Self {
        let (name, layers) = (source.name().to_owned(), source.layers().to_vec());
        Self { name, layers, pickles: source.pickles(), torch: None }
    }

    fn of_torch(&mut self, torch: &Rc<Torch>) {
        self.pickles = torch.pickle();
        self.torch = Some(torch.clone());
    }

    /// The torch file of which it is the pickle.
    pub fn torch(&self) -> Option<&Torch> {
        self.torch.as_deref()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn bytes(&self) -> &Bytes {
        self.pickles.bytes()
    }

    /// Does something with each pickle, or only with the first, given the bytes up to where it must end, and where it begins;
    /// which tells where it ends.
    pub fn pickles<'f>(
        &'f self,
        first: bool,
        mut each: impl FnMut(&'f [u8], usize) -> Result<usize, Cause>,
    ) -> Result<(), Failure> {
        let mut pickles = self.pickles.clone();
        let mut before = 0;
        // If there is none, it is an error that there is none.
        let mut part = pickles.part().unwrap_or(0..0);
        loop {
            let end = each(&self.bytes()[..part.end], part.start);
            pickles.pass(end.map_err(|cause| Failure::new(cause, self, part.start, before))?);
            before += 1;
            match pickles.part().filter(|_| !first) {
                Some(next) => part = next,
                None => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_most;

    #[test]
    fn what_is_too_long_is_refused() {
        assert_eq!(&read_most(&b"abc"[..], 3).unwrap()[..], b"abc");
        let error = read_most(std::io::repeat(0), 1000).unwrap_err();
        assert_eq!(error.to_string(), "it is longer than the limit for input, 1000 bytes");
    }
}
