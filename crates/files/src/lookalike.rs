//! [`LookAlike`]: what bytes are that are no pickle, or no longer one.

mod signatures;
mod text;

use std::fmt;
use std::ops::Range;

use halfsour_lexer::text::name::visible;
use halfsour_lexer::text::phrase::{count, plural};
use halfsour_lexer::{ErrorKind, Lexer, Op, Opcode};
use halfsour_vm::{self as vm, Loader};

use crate::{Archive, Format, Member, crlf, sure};

/// What bytes are that are taken for a pickle and are none, or no longer one. It prints as a sentence, without a full stop, that
/// says what to do.
///
/// ```
/// use halfsour_files::LookAlike;
///
/// let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1234567\n";
/// let what = LookAlike::of(pointer).unwrap();
/// assert_eq!(what, LookAlike::LfsPointer { oid: "sha256:4d7a".into(), size: 1_234_567 });
/// assert_eq!(
///     what.to_string(),
///     "this is a pointer of git-lfs, which stands for a file of 1,234,567 bytes: `git lfs pull` gets it"
/// );
/// assert_eq!(LookAlike::of(b"\x80\x04N."), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookAlike {
    /// There is nothing in it.
    Empty,
    /// Every byte is zero.
    Zeros,
    /// From this offset to the end there are only zeros.
    ZeroTail(usize),
    /// Only zeros are between these offsets, where opcodes should be.
    ZeroRun(Range<usize>),
    /// The bytes are fewer than the pickle says.
    Truncated {
        /// How many bytes there are.
        has: usize,
        /// How many there are at least in the whole, if the last frame or argument says so.
        wants: Option<usize>,
    },
    /// A pointer of git-lfs.
    LfsPointer {
        /// The hash of the file, after the name of its algorithm and a colon.
        oid: String,
        /// The number of bytes of the file.
        size: u64,
    },
    /// A page of HTML, with its title.
    Html(Option<String>),
    /// Every LF has become CR LF.
    Crlf,
    /// Each byte was taken for a character, and written as UTF-8.
    Recoded,
    /// Bytes that are no UTF-8 were replaced by U+FFFD, and are lost.
    Replaced,
    /// Before the pickle, or what it is compressed with, stand other bytes.
    Prefix {
        /// Where it begins.
        at: usize,
        /// What the bytes before it are, if that is known.
        what: Option<&'static str>,
        /// Whether [`Options::skip`](crate::Options::skip) leaves them out: they are the file's, not those of a member or layer.
        can_skip: bool,
    },
    /// An archive with these members, of which the last may be `…`.
    Members(Vec<String>),
    /// A head, or something else around the pickle that has no mark of its own, was taken for that of this format, and taken off.
    Envelope(Format),
    /// Something else, of the table of signatures.
    Other {
        /// A name with its article: `a database of SQLite`.
        name: &'static str,
        /// What to do, as the end of a sentence.
        advice: &'static str,
    },
}

impl LookAlike {
    /// What the bytes are; `None` if they are a pickle, or nothing that is known. [`Crlf`](Self::Crlf) is also said of what Python
    /// loads, with names that end in CR.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Self::at(bytes, 0)
    }

    /// What the bytes are from `start` on, where a pickle should begin. Offsets count from the beginning of the bytes.
    pub fn at(bytes: &[u8], start: usize) -> Option<Self> {
        let part = bytes.get(start..)?;
        if is_complete(part) {
            return (crlf::has_crlf_lines(part) && crlf::loads_undone(part)).then_some(Self::Crlf);
        }
        if part.is_empty() {
            return (start == 0).then_some(Self::Empty);
        }
        if part.iter().all(|&byte| byte == 0) {
            return Some(if start == 0 { Self::Zeros } else { Self::ZeroTail(start) });
        }
        text::look(part, start)
            .or_else(|| signatures::look(part))
            .or_else(|| recoded(part))
            .or_else(|| (crlf::is_crlf(part) && crlf::loads_undone(part)).then_some(Self::Crlf))
            .or_else(|| zero_tail(part, start))
            .or_else(|| zero_run(bytes, start))
            .or_else(|| truncated(bytes, start))
            .or_else(|| prefix(part, start))
            .or_else(|| text::look_at_any(part).filter(|_| !may_go_on(part)))
    }
}

impl Archive {
    /// What the archive is, by the names of its members, if that is known and has no pickles; otherwise, some of the names.
    ///
    /// ```
    /// use halfsour_files::{Limits, Source, ZipWriter};
    ///
    /// let mut zip = ZipWriter::new(Vec::new());
    /// zip.member("model.weights.h5", &[b"\x89HDF"])?;
    /// let source = Source::from_bytes("model.keras", zip.finish()?.into(), Limits::UNTRUSTED)?;
    /// let what = source.archive()?.unwrap().look_alike().unwrap();
    /// assert_eq!(what.to_string(), "this is a model of Keras: `keras.models.load_model` reads it");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn look_alike(&self) -> Option<LookAlike> {
        signatures::look_at_members(self.members()).or_else(|| some_names(self.members()))
    }
}

pub(crate) use self::signatures::{closed, has_hdf5_behind, has_types_of_python, loads_nothing};

/// The first names of members.
pub(crate) fn some_names(members: &[Member]) -> Option<LookAlike> {
    const MOST: usize = 5;
    let names = members.iter().take(MOST).map(|member| visible(&member.name).into_owned());
    let more = (members.len() > MOST).then(|| "…".to_owned());
    (!members.is_empty()).then(|| LookAlike::Members(names.chain(more).collect()))
}

/// Whether the opcodes go as far as `STOP`. Where the first one takes what is not there, which is right for few, it is tried.
fn is_complete(bytes: &[u8]) -> bool {
    let Some(end) = sure::end_of_opcodes(bytes) else { return false };
    let first = bytes.first().and_then(|&byte| Opcode::from_byte(byte));
    first.is_some_and(|first| first.stack_before().is_empty()) || sure::loads(&bytes[..end])
}

/// Whether the opcodes are valid up to the end, and can be run so far: it may be the beginning of a pickle.
pub(crate) fn may_go_on(bytes: &[u8]) -> bool {
    let mut lexer = Lexer::new(bytes);
    loop {
        match lexer.next_op() {
            Ok(Op::Stop) => return false,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEnd => break,
            Err(_) => return false,
        }
    }
    // Many a text is opcodes, of which one takes what is not there. Behind a mark, the frame may be what is too long.
    let begins = matches!(bytes, [0x80, ..]) || bytes.len() > sure::LONGEST;
    begins
        || Loader::new()
            .load(bytes)
            .is_err_and(|error| matches!(error.kind(), vm::ErrorKind::Lexer(ErrorKind::UnexpectedEnd)))
}

/// Bytes that were written as characters.
fn recoded(bytes: &[u8]) -> Option<LookAlike> {
    match bytes {
        // PROTO as Latin-1 and as Windows' code page 1252 have it.
        [0xc2, 0x80, 0..=5, ..] | [0xe2, 0x82, 0xac, 0..=5, ..] => Some(LookAlike::Recoded),
        [0xef, 0xbf, 0xbd, 0..=5, ..] => Some(LookAlike::Replaced),
        _ => None,
    }
}

/// Zeros at the end, which no pickle has so many of.
fn zero_tail(bytes: &[u8], start: usize) -> Option<LookAlike> {
    const LEAST: usize = 64;
    let zeros = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    let begins = matches!(bytes, [0x80, 2..=5, ..]);
    (begins && zeros >= LEAST).then(|| LookAlike::ZeroTail(start + bytes.len() - zeros))
}

/// Zeros in the place of an opcode that follows others.
fn zero_run(bytes: &[u8], start: usize) -> Option<LookAlike> {
    const LEAST: usize = 8;
    let mut lexer = Lexer::at(bytes, start);
    let at = loop {
        let at = lexer.offset();
        match lexer.next_op() {
            Ok(Op::Stop) => return None,
            Ok(_) => {}
            Err(_) => break at,
        }
    };
    let before = bytes[start..at].iter().rev().take_while(|&&byte| byte == 0).count();
    let zeros = bytes[at..].iter().take_while(|&&byte| byte == 0).count();
    if at == start || zeros == 0 || before + zeros < LEAST {
        return None;
    }
    let run = at - before..at + zeros;
    Some(if run.end == bytes.len() { LookAlike::ZeroTail(run.start) } else { LookAlike::ZeroRun(run) })
}

/// The end of opcodes that are valid up to it.
fn truncated(bytes: &[u8], start: usize) -> Option<LookAlike> {
    // The data of joblib's arrays is no opcodes.
    if memchr::memmem::find(&bytes[start..], b"NumpyArrayWrapper").is_some() {
        return None;
    }
    let mut lexer = Lexer::at(bytes, start);
    let (mut opcodes, mut frame) = (0, None);
    let kind = loop {
        let at = lexer.offset();
        match lexer.next_op() {
            Ok(Op::Stop) => return None,
            Ok(Op::Frame(length)) => {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                frame = Some(lexer.offset().saturating_add(length));
            }
            Ok(_) => {}
            Err(error) => break (error.kind(), at),
        }
        opcodes += 1;
    };
    let has = bytes.len() - start;
    if !may_go_on(&bytes[start..]) {
        return None;
    }
    let is_cut = match kind {
        (ErrorKind::UnexpectedEnd, at) => {
            opcodes > 1 || opcodes > 0 && (at == bytes.len() || bytes[start] == Opcode::Proto.byte())
        }
        _ => false,
    };
    let frame = frame.filter(|&end| end > bytes.len()).map(|end| end - start);
    let argument = wanted_by_argument(bytes, kind.1).map(|end| end - start);
    let wants = frame.max(argument.filter(|&wants| wants > has));
    is_cut.then_some(LookAlike::Truncated { has, wants })
}

/// Where the argument ends whose length is known, of the opcode that stands here.
fn wanted_by_argument(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at + 1..)?;
    let number = |width: usize| {
        let bytes = rest.get(..width)?;
        let number = bytes
            .iter()
            .rev()
            .try_fold(0_u64, |number, &byte| number.checked_mul(256)?.checked_add(byte.into()));
        (at + 1 + width).checked_add(usize::try_from(number?).ok()?)
    };
    match Opcode::from_byte(*bytes.get(at)?)? {
        Opcode::BinBytes | Opcode::BinUnicode | Opcode::BinString | Opcode::Long4 => number(4),
        Opcode::ShortBinBytes | Opcode::ShortBinUnicode | Opcode::ShortBinString | Opcode::Long1 => number(1),
        Opcode::BinBytes8 | Opcode::BinUnicode8 | Opcode::ByteArray8 => number(8),
        _ => None,
    }
}

/// Where a pickle with a mark, or compressed data with one in it, begins within the first bytes, or behind the header of HTTP.
pub(crate) fn prefix(bytes: &[u8], start: usize) -> Option<LookAlike> {
    const LONGEST: usize = 64;
    let begins = |at: usize| {
        let rest = &bytes[at..];
        sure::begins_as_pickle(rest) && sure::goes_on_as_pickle(rest)
            || matches!(Format::magic(rest), Some(format) if format != Format::Lzma && (format != Format::Zlib || sure::inflates(rest)))
    };
    let found = |at: usize, what| Some(LookAlike::Prefix { at: start + at, what, can_skip: true });
    if bytes.starts_with(b"HTTP/") {
        let at = memchr::memmem::find(bytes, b"\r\n\r\n")? + 4;
        return begins(at).then(|| found(at, Some("the header of HTTP")))?;
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return is_complete(rest).then(|| found(3, Some("a byte order mark")))?;
    }
    let mut places = 1..bytes.len().min(LONGEST);
    places.find(|&at| begins(at)).and_then(|at| found(at, None))
}

impl fmt::Display for LookAlike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty: it was never written, or cut off; get it anew"),
            Self::Zeros => f.write_str("every byte is zero: the data was never written to the disk; get the file anew"),
            Self::ZeroTail(at) => write!(
                f,
                "from byte 0x{at:x} to the end there are only zeros: the data was never written to the disk; get the file anew"
            ),
            Self::ZeroRun(run) => write!(
                f,
                "from byte 0x{:x} to 0x{:x} there are only zeros: a part of the data was never written to the disk; get the file anew",
                run.start, run.end
            ),
            Self::Truncated { has, wants: None } => {
                write!(f, "the pickle is cut off after {}: get the file anew", plural(*has, "byte"))
            }
            Self::Truncated { has, wants: Some(wants) } => write!(
                f,
                "the pickle is cut off: there are {} of {} at least; get the file anew",
                count(*has),
                plural(*wants, "byte")
            ),
            Self::LfsPointer { size, .. } => {
                let size = usize::try_from(*size).unwrap_or(usize::MAX);
                write!(
                    f,
                    "this is a pointer of git-lfs, which stands for a file of {}: `git lfs pull` gets it",
                    plural(size, "byte")
                )
            }
            Self::Html(title) => {
                f.write_str("this is a page of HTML")?;
                if let Some(title) = title {
                    write!(f, " with the title {title:?}")?;
                }
                f.write_str(": the download gave a page, not the file; read it in a browser")
            }
            Self::Crlf => f.write_str(
                "this is a pickle that was written or copied as text on Windows, with CR LF for each LF: --crlf undoes that",
            ),
            Self::Recoded => f.write_str(
                "this is a pickle whose bytes were taken for characters and written as UTF-8: `iconv -f utf-8 -t latin1` (or cp1252) undoes that",
            ),
            Self::Replaced => f.write_str(
                "this is a pickle that was read as UTF-8, with U+FFFD for each byte that is none: these are lost; get the file anew, as bytes",
            ),
            Self::Prefix { at, what, can_skip } => {
                if let Some(what) = what {
                    write!(f, "before the pickle stands {what}; ")?;
                }
                write!(f, "a pickle, or compressed data, begins at byte {at}")?;
                if *can_skip { write!(f, ": --skip {at}") } else { Ok(()) }
            }
            Self::Members(names) => {
                write!(f, "it has {}: {}", if names.len() == 1 { "one member" } else { "members" }, names.join(", "))
            }
            Self::Envelope(format) => write!(f, "what is around it was taken for {format}'s and left out"),
            Self::Other { name, advice } => write!(f, "this is {name}: {advice}"),
        }
    }
}
