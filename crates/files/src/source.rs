//! [`Source`]: a file, or what is in one, with the compression taken off.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use crate::beside::{self, Beside, Room};
use crate::coding::decode_or_salvage;
use crate::limits::Budget;
use crate::spool::Spool;
use crate::{
    Archive, Error, ErrorKind, Format, Limit, Options, Pickles, container, crlf, envelope, joblib09, journal,
    queue,
};

/// A file, or a member of an archive, with all compression taken off.
///
/// ```
/// use halfsour_files::{Format, Limits, Source};
///
/// // base64.b64encode(zlib.compress(pickle.dumps(None)))
/// let source = Source::from_bytes("none", "eJxrYPHTAwAC2gEB".into(), Limits::UNTRUSTED)?;
/// let layers: Vec<_> = source.layers().iter().map(|layer| layer.format).collect();
/// assert_eq!(layers, [Format::Base64, Format::Zlib]);
/// assert_eq!(source.format(), Format::Pickle);
/// assert_eq!(source.bytes()[..], *b"\x80\x04N.");
/// # Ok::<(), halfsour_files::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    layers: Vec<Layer>,
    /// The bytes of each layer, before it was taken off.
    coats: Vec<Bytes>,
    bytes: Bytes,
    /// The bytes with all layers.
    raw: Bytes,
    format: Format,
    depth: usize,
    budget: Budget,
    beside: Option<Arc<Beside>>,
    /// The name of the member that has the rest of the container in which this lies.
    rest: Option<String>,
    damage: Option<Damage>,
}

/// Where compressed data, or a member of an archive, ends before its end, and was taken as far as it goes.
pub(crate) type Damage = (Format, ErrorKind);

/// A layer that was taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Layer {
    /// The format of the layer.
    pub format: Format,
    /// The length of the layer, in bytes.
    pub length: usize,
    /// The number of bytes that follow the first stream of compressed data: other streams, zeros between them, and the rest.
    pub behind: usize,
    /// The number of bytes that follow the layer and belong to nothing.
    pub rest: usize,
}

/// Why bytes cannot be skipped.
const SHORT: &str = "the file has fewer bytes than are to be skipped";

/// Below this, a file is read rather than mapped.
#[cfg(feature = "map")]
const SMALL: u64 = 1 << 20;

impl Source {
    /// Opens a file, or a folder of parts that Spark wrote. With the feature `map`, a large one is not read but mapped into memory: it must not be
    /// changed or cut off by others meanwhile.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or a layer of compression is malformed or exceeds the limits.
    pub fn open(path: impl AsRef<Path>, options: impl Into<Options>) -> Result<Self, Error> {
        Self::open_within(path.as_ref(), usize::MAX, options.into())
    }

    /// As [`open`](Self::open). Where several files are one, they may have no more bytes together.
    fn open_within(path: &Path, max_bytes: usize, options: Options) -> Result<Self, Error> {
        let name = path.to_string_lossy().into_owned();
        let fail = |error| Error::io(error, &name);
        if let Some((bytes, index)) = beside::dumb(path, max_bytes).map_err(fail)? {
            let budget = Budget::new(options, bytes.len());
            return Ok(Self::of_several(name, Format::DumbDbm, bytes, Beside::Index(index), budget));
        }
        if let Some(parts) = beside::spark(path, max_bytes).map_err(fail)? {
            let length = parts.members.iter().map(|part| part.size).sum::<u64>();
            let budget = Budget::new(options, usize::try_from(length).unwrap_or(usize::MAX));
            return Ok(Self::of_several(
                name,
                Format::SparkFolder,
                Bytes::new(),
                Beside::Parts(parts),
                budget,
            ));
        }
        if path.is_dir() {
            return Err(fail(beside::is_folder(path)));
        }
        let bytes = read(path).map_err(fail)?;
        let room = Room::beside(max_bytes, bytes.len());
        let mut source = Self::from_bytes(name.clone(), bytes, options)?;
        source.look_beside(path, room)?;
        Ok(source)
    }

    /// What several files are together.
    fn of_several(name: String, format: Format, bytes: Bytes, beside: Beside, budget: Budget) -> Self {
        let (raw, beside) = (bytes.clone(), Some(Arc::new(beside)));
        let (layers, coats, rest, damage) = (Vec::new(), Vec::new(), None, None);
        Self { name, layers, coats, bytes, raw, format, depth: 0, budget, beside, rest, damage }
    }

    /// Takes what belongs to the file and is in others beside it, for which there is this room.
    fn look_beside(&mut self, path: &Path, mut room: Room) -> Result<(), Error> {
        match self.format {
            Format::Sqlite => {
                self.bytes = journal::settled(&self.bytes, path, &mut room)?;
                #[cfg(feature = "sqlite")]
                {
                    self.beside = Some(Arc::new(Beside::Path(path.to_owned(), room)));
                }
            }
            Format::Pickle => {
                let made = joblib09::with_arrays(&self.bytes, path, &mut room, &self.budget);
                let of_file =
                    |fault: joblib09::Fault| Error::new(fault.kind, &fault.file.to_string_lossy(), None);
                if let Some(bytes) = made.map_err(of_file)? {
                    self.replace(Format::JoblibPair, bytes);
                } else if let Some(begin) = queue::begin(&self.bytes, path, &mut room) {
                    self.replace(Format::Queuelib, self.bytes.slice(begin..));
                    if self.bytes.is_empty() {
                        return Err(self.error(ErrorKind::NoPickles));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes off a layer.
    fn replace(&mut self, format: Format, bytes: Bytes) {
        self.layers.push(Layer { format, length: self.bytes.len(), behind: 0, rest: 0 });
        self.coats.push(self.bytes.clone());
        self.bytes = bytes;
    }

    /// As [`open`](Self::open), of a file, or of several that are one, that may have no more than `max_bytes`.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and if the file is longer.
    pub fn open_at_most(
        path: impl AsRef<Path>,
        max_bytes: usize,
        options: impl Into<Options>,
    ) -> Result<Self, Error> {
        let (path, options) = (path.as_ref(), options.into());
        // Of pipes and devices, the length is not known before they are read.
        let is_short = |file: Metadata| file.is_dir() || file.is_file() && file.len() <= max_bytes as u64;
        if fs::metadata(path).map_or(true, is_short) {
            return Self::open_within(path, max_bytes, options);
        }
        let name = path.to_string_lossy().into_owned();
        let bytes = File::open(path).and_then(|file| read_at_most(file, max_bytes));
        Self::from_bytes(name.clone(), bytes.map_err(|error| Error::io(error, &name))?, options)
    }

    /// Reads all that there is, which may be no more than `max_bytes`. The name is for errors.
    ///
    /// # Errors
    ///
    /// As [`open_at_most`](Self::open_at_most).
    pub fn from_reader(
        name: impl Into<String>,
        reader: impl Read,
        max_bytes: usize,
        options: impl Into<Options>,
    ) -> Result<Self, Error> {
        let name = name.into();
        let bytes = read_at_most(reader, max_bytes).map_err(|error| Error::io(error, &name))?;
        Self::from_bytes(name, bytes, options)
    }

    /// A source of these bytes. The name is for errors.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn from_bytes(
        name: impl Into<String>,
        mut bytes: Bytes,
        options: impl Into<Options>,
    ) -> Result<Self, Error> {
        let (name, options) = (name.into(), options.into());
        let budget = Budget::new(options, bytes.len());
        if options.skip > bytes.len() {
            return Err(Error::new(ErrorKind::Malformed(SHORT), &name, None));
        }
        drop(bytes.split_to(options.skip));
        Self::within(name, bytes, 0, budget)
    }

    /// Takes off all compression from what lies this deep.
    pub(crate) fn within(name: String, bytes: Bytes, depth: usize, budget: Budget) -> Result<Self, Error> {
        let raw = bytes.clone();
        let (layers, coats, format) = (Vec::new(), Vec::new(), Format::Pickle);
        let (beside, rest, damage) = (None, None, None);
        let mut source =
            Self { name, layers, coats, bytes, raw, format, depth, budget, beside, rest, damage };
        source.tell_format()?;
        while source.format.is_coding() {
            let format = source.format;
            source.check_depth()?;
            let length = source.bytes.len();
            source.coats.push(source.bytes.clone());
            let (behind, rest) = if let Some(range) = envelope::contents(format, &source.bytes) {
                source.bytes = source.bytes.slice(range);
                (0, 0)
            } else {
                let decoded = decode_or_salvage(format, &source.bytes, &source.budget);
                let (decoded, damage) = decoded.map_err(|kind| source.error(kind))?;
                source.damage = source.damage.or(damage.map(|kind| (format, kind)));
                source.bytes = decoded.bytes;
                (decoded.behind, decoded.rest)
            };
            source.layers.push(Layer { format, length, behind, rest });
            source.tell_format()?;
            source.depth += 1;
        }
        Ok(source)
    }

    /// Tells what the bytes are, once the ends of their lines are as they were.
    fn tell_format(&mut self) -> Result<(), Error> {
        if self.budget.crlf && crlf::is_crlf(&self.bytes) {
            self.budget.spend(self.bytes.len() as u64).map_err(|kind| self.error(kind))?;
            self.bytes = crlf::undone(&self.bytes).into();
        }
        self.format = Format::of(&self.bytes);
        Ok(())
    }

    pub(crate) fn check_depth(&self) -> Result<(), Error> {
        if self.depth < self.budget.limits.depth {
            Ok(())
        } else {
            Err(self.error(ErrorKind::Limit(Limit::Depth)))
        }
    }

    /// The name that it was given; for members of archives, the names of all from the file on:
    /// `model.tar:weights.pt:data.pkl`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The layers that were taken off, from the outside in.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The format within all layers: an archive, `.npy`, or pickles, which everything else is taken for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The bytes within all layers.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The error at which a layer, or the member of an archive, ends: [`bytes`](Self::bytes) are what came before it. It is only there with
    /// [`Options::salvage`].
    pub fn damage(&self) -> Option<Error> {
        self.damage.map(|(format, kind)| Error::new(kind, &self.name, Some(format)))
    }

    /// Whether what is cut off is taken as far as it goes: [`Options::salvage`].
    pub fn salvages(&self) -> bool {
        self.budget.salvage
    }

    pub(crate) fn damage_kind(&self) -> Option<Damage> {
        self.damage
    }

    /// The same, as a member of an archive that is cut off or damaged.
    pub(crate) fn damaged(self, format: Format, kind: Option<ErrorKind>) -> Self {
        let outer = kind.map(|kind| (format, kind));
        Self { damage: outer.or(self.damage), ..self }
    }

    /// The bytes with all layers, as the file or the archive has them.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The bytes of each layer, from the outside in, before it was taken off. To a reader that takes nothing off, these are the file.
    pub fn coats(&self) -> &[Bytes] {
        &self.coats
    }

    /// The archive that it is, if it is one. What is wrong with it is told by [`Archive::damage`].
    ///
    /// # Errors
    ///
    /// If it lies too deep in other archives.
    pub fn archive(&self) -> Result<Option<Archive>, Error> {
        if self.format.is_archive() {
            self.check_depth()?;
            Ok(Some(Archive::of(self)))
        } else {
            Ok(None)
        }
    }

    /// The pickles that it is made of, where it is no archive: of an `.npy`, the one of an array of objects.
    pub fn pickles(&self) -> Pickles {
        Pickles::of(self)
    }

    /// A source of some of the bytes, or of what they became.
    pub(crate) fn part(&self, name: &str, bytes: Bytes) -> Result<Self, Error> {
        let mut part =
            Self::within(format!("{}:{name}", self.name), bytes, self.depth + 1, self.budget.clone())?;
        let rest = container::name_of_rest(self.format).filter(|&rest| rest != name);
        part.rest = rest.map(|rest| format!("{}:{rest}", self.name));
        Ok(part)
    }

    /// The same with other bytes, of which its members are.
    pub(crate) fn with_bytes(&self, bytes: Bytes) -> Self {
        Self { bytes, ..self.clone() }
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// See [`Part::rest`](crate::Part::rest).
    pub(crate) fn rest(&self) -> Option<&str> {
        self.rest.as_deref()
    }

    /// What is known of files beside this one.
    pub(crate) fn beside(&self) -> Option<&Beside> {
        self.beside.as_deref()
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, &self.name, Some(self.format))
    }
}

pub(crate) fn read(path: &Path) -> io::Result<Bytes> {
    let mut file = File::open(path)?;
    #[cfg(feature = "map")]
    {
        let metadata = file.metadata()?;
        // What cannot be mapped, as some file systems' files, is read.
        if metadata.is_file()
            && metadata.len() >= SMALL
            && let Ok(bytes) = crate::map::map(&file)
        {
            return Ok(bytes);
        }
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Bytes::from(bytes))
}

/// Reads all that there is, which may be no more than `max_bytes`. With the feature `map`, what is large goes to a temporary file, which is mapped
/// into memory.
///
/// # Errors
///
/// [`io::ErrorKind::FileTooLarge`] if there is more, and those of the reader.
pub fn read_at_most(reader: impl Read, max_bytes: usize) -> io::Result<Bytes> {
    const PIECE: usize = 1 << 16;
    let mut reader = reader.take((max_bytes as u64).saturating_add(1));
    let mut spool = Spool::default();
    let mut piece = vec![0; PIECE];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return spool.finish(),
            Ok(count) => spool.push(&piece[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if spool.len() > max_bytes {
            return Err(too_long(max_bytes));
        }
    }
}

/// The error that there is more than `max_bytes`.
pub(crate) fn too_long(max_bytes: usize) -> io::Error {
    let message = format!("it is longer than the limit for input, {max_bytes} bytes");
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

#[cfg(test)]
mod tests {
    use super::read_at_most;

    #[test]
    fn what_is_too_long_is_refused() {
        assert_eq!(&read_at_most(&b"abc"[..], 3).unwrap()[..], b"abc");
        let error = read_at_most(std::io::repeat(0), 1000).unwrap_err();
        assert_eq!(error.to_string(), "it is longer than the limit for input, 1000 bytes");
    }
}
