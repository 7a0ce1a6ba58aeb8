//! [`Torch`]: what `torch.save` writes, new and old.

use std::collections::HashMap;
use std::ops::Range;

use bytes::Bytes;
use halfsour_classes::torch::{ByteOrder, DType, Place, Storage};
use halfsour_value::{Data, Id, Node, View};
use halfsour_vm::{Event, Graph, Loader, Observer};

use crate::archive::Archive;
use crate::member;
use crate::{Error, ErrorKind, Format, Member, Pickles, Source};

/// A file of torch: a pickle, in which tensors refer to storages by persistent ids, and the storages beside it.
///
/// Storages are not looked at until they are asked for.
///
/// ```
/// use halfsour_files::{Limits, Source, Torch};
/// use halfsour_vm::Loader;
///
/// let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/torch.pt");
/// let source = Source::open(file, Limits::UNTRUSTED)?;
/// let torch = Torch::of(&source)?.expect("it is torch's");
/// let graph = torch.pickle().load_next(&mut Loader::new()).expect("there is one")?;
/// assert_eq!(graph.root().class().unwrap().to_string(), "collections.OrderedDict");
/// assert_eq!(torch.storage("0")?.len(), 24);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Torch {
    source: Source,
    pickle: Pickles,
    byte_order: ByteOrder,
    /// The name of the folder in the archive, with the slash behind it.
    prefix: Option<String>,
    storages: Storages,
    /// By the key: which of the storages.
    by_key: HashMap<String, usize>,
}

#[derive(Debug)]
enum Storages {
    /// Members of an archive, their names after `data/`, in the order of the archive.
    Members(Box<Archive>, Vec<(String, usize)>),
    /// One after the other, behind the pickles: in the order of their keys, where they are.
    Behind(Vec<(String, Range<usize>)>),
}

/// The contents of a storage.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The type of the elements, where the file states it.
    pub dtype: Option<DType>,
    /// The bytes, where they lie.
    pub bytes: Bytes,
    /// The byte order of each number.
    pub byte_order: ByteOrder,
}

/// A storage that has fewer bytes than the pickle says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StorageTooShort {
    /// The key of the storage.
    pub key: String,
    /// The offset of the reference in the pickle.
    pub offset: usize,
    /// The number of bytes that the pickle says.
    pub says: u64,
    /// The number of bytes that there are; 0 if the storage is missing.
    pub has: u64,
}

impl Contents {
    /// Reads the contents of a storage that lies in a pickle as a whole file: [`Place::Embedded`]. The name is for errors.
    ///
    /// # Errors
    ///
    /// If it is not such a file.
    pub fn embedded(name: &str, file: &Bytes) -> Result<Self, Error> {
        let fail = |kind| Error::new(kind, name, Some(Format::Pickle));
        let wrong = || fail(ErrorKind::Malformed("the embedded file is not a storage"));
        let Old { whole, storages, .. } = old(file).ok_or_else(wrong)?.map_err(fail)?;
        let (key, dtype) = whole.ok_or_else(wrong)?;
        let (_, place) = storages.into_iter().find(|(known, _)| *known == key).ok_or_else(wrong)?;
        Ok(Self { dtype, bytes: file.slice(place), byte_order: ByteOrder::Little })
    }
}

impl Torch {
    /// The torch file that a source is, if it is one: a zip with a `data.pkl`, as also `torch.jit` writes; or, from before
    /// torch 1.6, five pickles that begin with a magic number, and the storages behind them.
    ///
    /// # Errors
    ///
    /// If it is one, but malformed or cut off.
    pub fn of(source: &Source) -> Result<Option<Self>, Error> {
        match source.format() {
            Format::Zip => Self::of_zip(source),
            Format::Pickle => Self::of_pickles(source),
            _ => Ok(None),
        }
    }

    fn of_zip(source: &Source) -> Result<Option<Self>, Error> {
        const NAME: &str = "data.pkl";
        let Some(archive) = source.archive()? else { return Ok(None) };
        // Where torch looks for a name, case makes no difference; what is spelled as torch spells it comes first.
        let prefix = |same: fn(&str, &str) -> bool| {
            archive.members().iter().find_map(|member| {
                let (prefix, name) =
                    member.name.split_at_checked(member.name.len().checked_sub(NAME.len())?)?;
                let is_it = same(name, NAME) && (prefix.is_empty() || prefix.ends_with('/'));
                is_it.then(|| (prefix.to_owned(), name.to_owned()))
            })
        };
        let found = prefix(|name, wanted| name == wanted).or_else(|| prefix(str::eq_ignore_ascii_case));
        let Some((prefix, name)) = found else { return Ok(None) };
        let Some(member) = archive.find(&format!("{prefix}{name}")) else { return Ok(None) };
        let bytes = archive.bytes(member)?;
        let pickle = Pickles::within(bytes.clone(), 0..bytes.len());
        let byte_order = match archive.find(&format!("{prefix}byteorder")) {
            None => ByteOrder::Little,
            Some(member) => match &archive.bytes(member)?[..] {
                b"little" => ByteOrder::Little,
                b"big" => ByteOrder::Big,
                _ => {
                    return Err(
                        archive.error(ErrorKind::Malformed("the byte order is neither little nor big"))
                    );
                }
            },
        };
        let folder = format!("{prefix}data/");
        let members = archive.members().iter().enumerate();
        let key =
            |(index, member): (usize, &Member)| Some((member.name.strip_prefix(&folder)?.to_owned(), index));
        let storages: Vec<_> = members.filter_map(key).collect();
        let mut by_key = HashMap::new();
        // The last one in the directory, as readers take it.
        for (place, (key, member)) in storages.iter().enumerate() {
            if archive.members()[*member].view == member::View::Directory {
                by_key.insert(key.clone(), place);
            }
        }
        let storages = Storages::Members(Box::new(archive), storages);
        Ok(Some(Self { source: source.clone(), pickle, byte_order, prefix: Some(prefix), storages, by_key }))
    }

    fn of_pickles(source: &Source) -> Result<Option<Self>, Error> {
        let Some(found) = old(source.bytes()) else { return Ok(None) };
        let Old { object, storages, .. } = found.map_err(|kind| source.error(kind))?;
        let pickle = Pickles::within(source.bytes().clone(), object);
        let by_key = storages.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect();
        let storages = Storages::Behind(storages);
        let (byte_order, prefix) = (ByteOrder::Little, None);
        Ok(Some(Self { source: source.clone(), pickle, byte_order, prefix, storages, by_key }))
    }

    /// The pickle of the object that was saved: one.
    pub fn pickle(&self) -> Pickles {
        self.pickle.clone()
    }

    /// Whether the file is an archive, with the storages in members of their own. In files from before torch 1.6, they follow the pickle.
    pub fn is_archive(&self) -> bool {
        matches!(self.storages, Storages::Members(..))
    }

    /// The byte order that the file states. Files from before torch 2.1 do not: torch takes them for little-endian.
    pub fn byte_order(&self) -> ByteOrder {
        self.byte_order
    }

    /// Whether a member of the archive is one that torch reads as numbers, wherever it is spelled with other capitals.
    pub fn is_storage(&self, member: &Member) -> bool {
        let Some(end) = self.prefix.as_ref().map(String::len) else { return false };
        let Some((prefix, name)) = member.name.split_at_checked(end) else { return false };
        let is_in = |folder: &str| name.get(..folder.len()).is_some_and(|it| it.eq_ignore_ascii_case(folder));
        self.prefix.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(prefix))
            && (is_in("data/") || is_in("constants/"))
    }

    /// The keys of the storages, in the order of the file.
    pub fn keys(&self) -> Vec<&str> {
        match &self.storages {
            Storages::Members(_, members) => members.iter().map(|(key, _)| key.as_str()).collect(),
            Storages::Behind(places) => places.iter().map(|(key, _)| key.as_str()).collect(),
        }
    }

    /// The bytes of a storage, where they lie.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoMember`], and if the member cannot be read.
    pub fn storage(&self, key: &str) -> Result<Bytes, Error> {
        let index = *self.by_key.get(key).ok_or_else(|| self.source.error(ErrorKind::NoMember))?;
        match &self.storages {
            Storages::Members(archive, members) => archive.bytes(&archive.members()[members[index].1]),
            Storages::Behind(places) => Ok(self.source.bytes().slice(places[index].1.clone())),
        }
    }

    /// Reads the contents of a storage that this file's pickle refers to.
    ///
    /// # Errors
    ///
    /// As [`storage`](Self::storage) and [`Contents::embedded`].
    pub fn contents(&self, storage: &Storage<'_>) -> Result<Contents, Error> {
        match storage.place {
            Place::Embedded(file) => Contents::embedded(self.source.name(), &Bytes::copy_from_slice(file)),
            Place::Beside { key, .. } => {
                Ok(Contents { dtype: storage.dtype, bytes: self.storage(key)?, byte_order: self.byte_order })
            }
        }
    }

    /// The storages that have fewer bytes than the pickle says.
    ///
    /// # Errors
    ///
    /// Those of loading the pickle.
    pub fn short_storages(&self, loader: &mut Loader) -> Result<Vec<StorageTooShort>, halfsour_vm::Error> {
        let mut ids = Ids::default();
        let Some(graph) = self.pickle().load_next_observed(loader, &mut ids) else { return Ok(Vec::new()) };
        let graph = graph?;
        let overdrawn = |id| {
            let node = graph.node(id);
            let Place::Beside { key, length: says, .. } = Storage::of(node)?.place else { return None };
            let has = self.length(key).unwrap_or(0);
            (says > has).then(|| StorageTooShort {
                key: key.to_owned(),
                offset: node.offset().unwrap_or(0),
                says,
                has,
            })
        };
        Ok(ids.0.into_iter().filter_map(overdrawn).collect())
    }

    /// How many bytes a storage has; `None` if it is not there.
    fn length(&self, key: &str) -> Option<u64> {
        let index = *self.by_key.get(key)?;
        Some(match &self.storages {
            Storages::Members(archive, members) => archive.members()[members[index].1].size,
            Storages::Behind(places) => places[index].1.len() as u64,
        })
    }

    /// The range of the file's bytes, with compression taken off, that is the storage; `None` if the storage is compressed or missing.
    pub fn place(&self, key: &str) -> Option<Range<usize>> {
        let index = *self.by_key.get(key)?;
        match &self.storages {
            Storages::Members(archive, members) => {
                let member = &archive.members()[members[index].1];
                (member.method == 0).then(|| member.data.clone())
            }
            Storages::Behind(places) => Some(places[index].1.clone()),
        }
    }
}

/// A file from before torch 1.6.
struct Old {
    object: Range<usize>,
    /// The key and the type of the storage that the object is, if it is one.
    whole: Option<(String, Option<DType>)>,
    storages: Vec<(String, Range<usize>)>,
}

/// The number with which such a file begins.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// Five pickles (magic number, version, facts of the system, object, keys); then, for each key, how many elements it has,
/// and these. Of what size they are, only the object's persistent ids tell.
fn old(bytes: &Bytes) -> Option<Result<Old, ErrorKind>> {
    let mut loader = Loader::new();
    let mut end = 0;
    let mut next = |observer: &mut Ids| {
        let graph = loader.load_observed(bytes.clone(), end, observer).ok()?;
        end = graph.end();
        Some(graph)
    };
    let first = &bytes[..bytes.len().min(32)];
    let magic =
        first.windows(MAGIC.len()).any(|found| found == MAGIC).then(|| next(&mut Ids::default()))??;
    if !matches!(magic.root().data(), Data::BigInt(number) if number == MAGIC) {
        return None;
    }
    let mut rest = || {
        let (_version, _system) = (next(&mut Ids::default())?, next(&mut Ids::default())?);
        let mut ids = Ids::default();
        let object = next(&mut ids)?;
        let sizes = element_sizes(&object, &ids);
        let whole = beside(object.root()).map(|(key, storage)| (key.to_owned(), storage.dtype));
        let keys = next(&mut Ids::default())?;
        Some((object.start()..object.end(), whole, sizes, keys))
    };
    let Some((object, whole, sizes, keys)) = rest() else {
        return Some(Err(ErrorKind::Malformed("the pickles of an old torch file are incomplete")));
    };
    Some(storages(bytes, &keys, &sizes).map(|storages| Old { object, whole, storages }))
}

fn storages(
    bytes: &[u8],
    keys: &Graph,
    sizes: &HashMap<String, usize>,
) -> Result<Vec<(String, Range<usize>)>, ErrorKind> {
    const WRONG: ErrorKind = ErrorKind::Malformed("a storage is of no known type");
    let mut at = keys.end();
    let mut storages = Vec::new();
    for key in keys.root().elements().into_iter().flatten() {
        let key = text(key).ok_or(WRONG)?;
        let size = *sizes.get(&key).ok_or(WRONG)?;
        let count = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(ErrorKind::Truncated)?;
        let count = usize::try_from(i64::from_le_bytes(*count)).map_err(|_| WRONG)?;
        let start = at + 8;
        at = count
            .checked_mul(size)
            .and_then(|length| start.checked_add(length))
            .ok_or(ErrorKind::Truncated)?;
        if at > bytes.len() {
            return Err(ErrorKind::Truncated);
        }
        storages.push((key, start..at));
    }
    Ok(storages)
}

/// Collects persistent ids.
#[derive(Default)]
struct Ids(Vec<Id>);

impl Observer for &mut Ids {
    fn event(&mut self, _: View<'_>, _: usize, event: Event) {
        if let Event::PersistentId(id) = event {
            self.0.push(id);
        }
    }
}

fn text(node: Node<'_, Bytes>) -> Option<String> {
    Some(str::from_utf8(node.text_bytes()?).ok()?.to_owned())
}

/// The key by which a persistent id names a storage.
fn beside(node: Node<'_, Bytes>) -> Option<(&str, Storage<'_>)> {
    let storage = Storage::of(node)?;
    match storage.place {
        Place::Beside { key, .. } => Some((key, storage)),
        Place::Embedded(_) => None,
    }
}

/// Of each storage, how many bytes its elements have.
fn element_sizes(object: &Graph, ids: &Ids) -> HashMap<String, usize> {
    let size =
        |id: &Id| beside(object.node(*id)).map(|(key, storage)| (key.to_owned(), storage.element_size()));
    ids.0.iter().filter_map(size).collect()
}
