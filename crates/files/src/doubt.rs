//! [`Doubt`]: why a value that is no pickle as it stands may hold one all the same.

mod characters;
mod compressed;
mod far;
mod forms;
mod names;
mod plain;
mod run;
mod wide;

use std::fmt;

use bytes::Bytes;
use json_event_parser::{JsonEvent, SliceJsonParser};

use crate::coding::decode;
use crate::limits::Budget;
use crate::sure::{self, LONGEST};
use crate::{
    Format, Layer, Limits, Npy, Source, base64, container, is_safetensors, lookalike, sqlite, texts, zip,
};

/// Why a value, or a file, that is no pickle as it stands may hold one all the same. It prints as the end of a sentence that says what
/// to do.
///
/// ```
/// use halfsour_files::Doubt;
///
/// // base64.b85encode(b"cos\nsystem\n(S'id'\ntR.")
/// let doubt = Doubt::of(b"V{dZ`b9r-gWo-&5QzvO;Ckk{@E&").unwrap();
/// assert!(doubt.is_trace() && doubt.to_string().contains("in base85"));
/// assert_eq!(Doubt::of(b"salt, 3.50, https://deli.example/brine?a=1"), None);
/// assert!(!Doubt::of(b"\xff\0\xfe\0\xfd\0").unwrap().is_trace());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt(Look);

/// What looking at a value showed, from harmless to not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Look {
    /// It is words, numbers, or else known to be no pickle.
    Plain,
    /// It is what the text says, of which nothing is known.
    Unknown(&'static str),
    /// A pickle that names classes seems to be in it, in the form that the text says.
    Trace(&'static str),
}

impl Doubt {
    /// The doubt in a value that is not known as a pickle. There is none where it is plainly data: words and numbers in text, a picture,
    /// or fewer bytes than a pickle needs that does harm.
    pub fn of(value: &[u8]) -> Option<Self> {
        let look = if value.len() > LONGEST {
            Look::Unknown("longer than what is looked through")
        } else {
            Looker::new(value).look(value, DEPTH)
        };
        (look != Look::Plain).then_some(Self(look))
    }

    /// The doubt in any file, or member of an archive, in which no pickle was found. There is none where it is known to have none: text, JSON,
    /// arrays of numbers, safetensors, and other formats of which no reader unpickles anything.
    ///
    /// ```
    /// use halfsour_files::{Doubt, Limits, Source};
    ///
    /// let doubt = |bytes: &'static [u8]| {
    ///     Doubt::of_file(&Source::from_bytes("file", bytes.into(), Limits::UNTRUSTED).unwrap())
    /// };
    /// assert_eq!(doubt(b"salt, 3.50\n"), None);
    /// assert!(doubt(b"Rar!\x1a\x07\0").unwrap().to_string().contains("an archive in RAR"));
    /// assert!(doubt(b"\xff\0\xfe\0\xfd\0").is_some());
    /// ```
    pub fn of_file(source: &Source) -> Option<Self> {
        let bytes = source.bytes();
        if (1..SHORTEST).contains(&bytes.len()) {
            return None;
        }
        if Npy::end_of_numbers(bytes) == Some(bytes.len()) || is_safetensors(bytes) {
            return None;
        }
        if let Some(trace) = Self::trace(bytes) {
            return Some(trace);
        }
        if compressed::has_pickle(bytes) {
            return Some(Self(Look::Trace("compressed, among other bytes")));
        }
        if lookalike::has_types_of_python(bytes) {
            return Some(Self(Look::Trace("as a type of Arrow's, which old releases of pyarrow load")));
        }
        let what = match lookalike::closed(bytes) {
            Some(name) => name,
            None if bytes.is_empty() => "empty",
            None if source.format() == Format::Npy => "an array whose header is not as numpy writes it",
            None if source.format() != Format::Pickle
                || lookalike::loads_nothing(bytes)
                || is_text(bytes) =>
            {
                return None;
            }
            None => "of no format that is known",
        };
        Some(Self(Look::Unknown(what)))
    }

    /// The doubt in any bytes: only where something like a pickle is in them, in text or behind the first bytes.
    pub(crate) fn trace(file: &[u8]) -> Option<Self> {
        const HEAD: usize = 1 << 12;
        // Of a long text, each part lies in the one before for so many bytes.
        const PART: usize = 1 << 20;
        const COMMON: usize = 1 << 16;
        let trace = |part: &[u8]| {
            let look = Looker::new(part).look(part, DEPTH);
            matches!(look, Look::Trace(_)).then_some(Self(look))
        };
        match file {
            _ if wide::is_text(file) => trace(wide::text(file)?.as_bytes()),
            _ if str::from_utf8(file).is_err() => trace(&file[..file.len().min(HEAD)]),
            _ if file.len() <= LONGEST => trace(file),
            _ => (0..file.len()).step_by(PART - COMMON).find_map(|start| {
                let part = &file[start..file.len().min(start + PART)];
                trace(String::from_utf8_lossy(part).as_bytes())
            }),
        }
    }

    /// The doubt in lists of numbers in a text.
    pub(crate) fn of_numbers(text: &[u8]) -> Option<Self> {
        let mut looker = Looker::new(text);
        let is_trace = |list: &Vec<u8>| matches!(looker.look(list, 1), Look::Trace(_));
        forms::numbers(text).iter().any(is_trace).then_some(Self(Look::Trace("as numbers")))
    }

    /// Whether decoders of base64 read different things, of which the second is something like a pickle.
    fn of_readings(text: &[u8]) -> bool {
        let text = texts::bare(text);
        let [one, other] = base64::readings(text);
        one != other && matches!(Looker::new(text).look(&other, DEPTH), Look::Trace(_))
    }

    /// Whether there is something like a pickle, and not only something unknown.
    pub fn is_trace(self) -> bool {
        matches!(self.0, Look::Trace(_))
    }

    /// The doubt in text in which pickles were found, which are members of it.
    pub const AMONG_TEXT: Self = Self(Look::Unknown("text in which pickles stand among other things"));

    /// The doubt in a value that SQLite computes.
    #[cfg(feature = "sqlite")]
    pub(crate) const COMPUTED: Self = Self(Look::Unknown("computed by the database where it is asked for"));
}

impl Source {
    /// The places that are no members of it and may hold a pickle all the same, with their names and the reasons: texts of a database or of a
    /// document of JSON, what SQLite computes, the rest of a text with pickles in it, and what another decoder makes of base64. All
    /// of it is looked through for that.
    pub fn doubts(&self) -> Vec<(String, Doubt)> {
        let mut doubts = match self.format() {
            Format::Sqlite => sqlite::doubts(self.bytes(), self.budget()),
            format => container::doubts(format, self.bytes()),
        };
        for (name, _) in &mut doubts {
            *name = if name.is_empty() { self.name().to_owned() } else { format!("{}:{name}", self.name()) };
        }
        doubts.extend(self.beside_data().map(|doubt| (self.name().to_owned(), doubt)));
        if lookalike::has_hdf5_behind(self.bytes()) {
            doubts.push((self.name().to_owned(), Doubt(Look::Trace("as HDF5 behind other bytes"))));
        }
        if let [Layer { format: Format::Base64, .. }, ..] = self.layers()
            && Doubt::of_readings(self.raw())
        {
            doubts.push((self.name().to_owned(), Doubt(Look::Trace("to other decoders of base64"))));
        }
        doubts
    }
}

impl Source {
    /// The doubt in what is beside the data of an archive of zip, and in the header of gzip: in comments, names and extra fields.
    fn beside_data(&self) -> Option<Doubt> {
        const HEADER: usize = 1 << 16;
        let header = match self.layers() {
            [Layer { format: Format::Gzip, .. }, ..] => &self.raw()[..self.raw().len().min(HEADER)],
            _ => &[],
        };
        let gaps = if self.format() == Format::Zip { zip::beside(self.bytes()) } else { Vec::new() };
        if gaps.iter().any(|gap| compressed::has_pickle(gap)) {
            return Some(Doubt(Look::Trace("compressed, beside the members")));
        }
        let words: Vec<_> = [header].into_iter().chain(gaps).flat_map(plain::words).collect();
        let words = words.join(&b' ');
        let look = Looker::new(&words).look(&words, DEPTH - 1);
        matches!(look, Look::Trace(_)).then_some(Doubt(look))
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Look::Plain => f.write_str("it is data"),
            Look::Unknown(what) => write!(
                f,
                "it was not looked at, for it is {what}: if a program unpickles it, audit the bytes that the program gives to pickle"
            ),
            Look::Trace(form) => write!(
                f,
                "there seems to be a pickle in it, {form}, where none is opened: audit the bytes that the program gives to pickle"
            ),
        }
    }
}

/// How many forms lie in each other that are looked through.
const DEPTH: usize = 4;
/// The fewest bytes of a pickle that names something.
const SHORTEST: usize = 6;

/// Gives what a text may stand for in some form, in each of its places.
type Read = fn(&[u8]) -> Vec<Vec<u8>>;

/// What is left of the work that looking at a value may take, in bytes and opcodes.
struct Looker {
    left: usize,
}

impl Looker {
    fn new(value: &[u8]) -> Self {
        const FIRST: usize = 1 << 20;
        const PER_BYTE: usize = 64;
        Self { left: FIRST + value.len() * PER_BYTE }
    }

    fn spend(&mut self, work: usize) -> bool {
        self.left = self.left.saturating_sub(work);
        self.left > 0
    }

    fn look(&mut self, value: &[u8], depth: usize) -> Look {
        if value.len() < SHORTEST {
            return Look::Plain;
        }
        if !self.spend(value.len()) {
            return Look::Trace("or more than can be looked through");
        }
        if forms::has_pickle(value, &mut self.left) {
            return Look::Trace("among other bytes");
        }
        match str::from_utf8(value) {
            Ok(text) => self.text(text, depth),
            Err(_) => self.binary(value, depth),
        }
    }

    fn binary(&mut self, value: &[u8], depth: usize) -> Look {
        const UNKNOWN: Look = Look::Unknown("bytes that are no pickle, and nothing else that is known");
        const HEAD: usize = 64;
        if wide::is_text(value)
            && let Some(text) = wide::text(value)
            && self.spend(text.len())
        {
            return self.text(&text, depth);
        }
        if plain::is_picture(value) {
            return Look::Plain;
        }
        if depth == 0 {
            return UNKNOWN;
        }
        if let Some(inside) = self.decompressed(value) {
            return match self.look(&inside, depth - 1) {
                Look::Trace(_) => Look::Trace("compressed"),
                look => look,
            };
        }
        let mut places = 1..value.len().min(HEAD);
        if places.any(|at| is_compressed(&value[at..])) {
            return Look::Trace("compressed, behind other bytes");
        }
        UNKNOWN
    }

    /// What compressed data becomes, with a header or without.
    fn decompressed(&mut self, value: &[u8]) -> Option<Bytes> {
        let magic = Format::magic(value);
        let deflate = Some(Format::Deflate).filter(|_| magic.is_none() && sure::may_be_deflated(value));
        let format = magic.filter(|_| is_compressed(value)).or(deflate)?;
        let limits = Limits::UNTRUSTED.with_total(LONGEST as u64);
        let decoded = decode(format, value, &Budget::new(limits.into(), value.len())).ok()?;
        let is_it = format != Format::Deflate || decoded.rest == 0 && decoded.bytes.len() >= value.len() / 2;
        // What it became is as much work again.
        (is_it && self.spend(decoded.bytes.len())).then_some(decoded.bytes)
    }

    fn text(&mut self, text: &str, depth: usize) -> Look {
        if let Some(bytes) = forms::latin1(text)
            && forms::has_pickle(&bytes, &mut self.left)
        {
            return Look::Trace("a character for each byte");
        }
        if depth == DEPTH && self.turned(text) {
            return Look::Trace("backwards, or with other letters");
        }
        if depth > 0 {
            let mut worst = self.forms(text, depth);
            if matches!(text.trim_start().as_bytes(), [b'{' | b'[', ..])
                && let Some(look) = self.json(text, depth)
            {
                return worst.max(look);
            }
            if !matches!(worst, Look::Trace(_)) {
                worst = worst.max(self.runs(text, depth));
            }
            if worst != Look::Plain {
                return worst;
            }
        }
        // The last stands for bytes that are no text.
        let is_odd = |c: char| {
            c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c') || c == char::REPLACEMENT_CHARACTER
        };
        if text.chars().any(is_odd) {
            Look::Unknown("text with characters that are no text")
        } else {
            Look::Plain
        }
    }

    /// Whether text is a pickle, or base64 of one, from its end to its beginning, or with the letters that ROT13 makes of it.
    fn turned(&mut self, text: &str) -> bool {
        let backwards = text.bytes().rev().collect::<Vec<_>>();
        [backwards, forms::rot13(text.as_bytes())].iter().any(|turned| {
            let runs = forms::runs_of_base64(turned);
            let mut inside = runs.iter().flat_map(|run| forms::both(run));
            self.spend(text.len())
                && (forms::has_pickle(turned, &mut self.left)
                    || inside.any(|bytes| forms::has_pickle(&bytes, &mut self.left)))
        })
    }

    /// Every text in a document of JSON, and its numbers, one after the other; `None` if it is none.
    fn json(&mut self, text: &str, depth: usize) -> Option<Look> {
        let mut parser = SliceJsonParser::new(text.as_bytes());
        let (mut worst, mut numbers) = (Look::Plain, Vec::new());
        loop {
            match parser.parse_next().ok()? {
                JsonEvent::Number(number) => {
                    let signed = || number.parse().ok().map(i8::cast_unsigned);
                    numbers.extend(number.parse().ok().or_else(signed));
                }
                JsonEvent::Eof if forms::has_pickle(&numbers, &mut self.left) => {
                    return Some(Look::Trace("as numbers"));
                }
                JsonEvent::String(text) | JsonEvent::ObjectKey(text) => {
                    worst = worst.max(self.look(text.as_bytes(), depth - 1));
                }
                JsonEvent::Eof => return Some(worst),
                _ => {}
            }
        }
    }

    /// The forms that a whole text may have.
    fn forms(&mut self, text: &str, depth: usize) -> Look {
        let readings: [(&'static str, Read); 8] = [
            ("as uuencode", forms::uudecode),
            ("as escapes", |text| forms::unescape(text).into_iter().collect()),
            ("as escapes of URLs or mail", |text| forms::unquote(text).into_iter().collect()),
            ("in UTF-7", |text| characters::utf7(text).into_iter().collect()),
            ("as references to characters", |text| characters::references(text).into_iter().collect()),
            ("as numbers", forms::numbers),
            ("as hexadecimal digits", forms::hex),
            ("in base64", |text| if text.len() < 8 { vec![] } else { base64::readings(text).into() }),
        ];
        for (form, read) in readings {
            for bytes in read(text.as_bytes()) {
                if let Look::Trace(_) = self.inside(&bytes, depth) {
                    return Look::Trace(form);
                }
            }
        }
        Look::Plain
    }

    /// What text without blanks may be, of which there are several.
    fn runs(&mut self, text: &str, depth: usize) -> Look {
        let mut worst = Look::Plain;
        for run in forms::runs_of_base64(text.as_bytes()) {
            let mut is_read = false;
            for start in 0..run.len().min(4) {
                for bytes in forms::both(&run[start..]) {
                    // The first lines of a pickle may not name anything yet.
                    if start == 0 && bytes.len() >= SHORTEST && sure::begins_as_pickle(&bytes) {
                        return Look::Trace("in base64");
                    }
                    match self.inside(&bytes, depth) {
                        Look::Trace(_) => return Look::Trace("in base64"),
                        look => is_read |= start == 0 && look == Look::Plain && !bytes.is_empty(),
                    }
                }
            }
            if !is_read && plain::is_opaque(&run) {
                worst = Look::Unknown("text as base64 and digits are, of an unknown form");
            }
        }
        let others: [(&'static str, Read); 2] = [("in base32", forms::base32), ("in base85", forms::base85)];
        for (form, read) in others {
            for bytes in read(text.as_bytes()) {
                if let Look::Trace(_) = self.inside(&bytes, depth) {
                    return Look::Trace(form);
                }
            }
        }
        worst
    }

    /// What was decoded.
    fn inside(&mut self, bytes: &[u8], depth: usize) -> Look {
        if bytes.is_empty() { Look::Plain } else { self.look(bytes, depth - 1) }
    }
}

/// Whether it is text, in UTF-8 or in UTF-16 with its mark, and nothing else.
fn is_text(bytes: &[u8]) -> bool {
    let is_odd = |&byte: &u8| byte < b' ' && !byte.is_ascii_whitespace() && !matches!(byte, 0x1b | 0x0b);
    wide::is_text(bytes) || str::from_utf8(bytes).is_ok() && !bytes.iter().any(is_odd)
}

/// Whether compressed data with a mark begins here, not an archive.
fn is_compressed(bytes: &[u8]) -> bool {
    match Format::magic(bytes) {
        Some(Format::Zlib) => sure::inflates(bytes),
        Some(Format::Gzip | Format::Bzip2 | Format::Xz | Format::Zstd | Format::Lz4) => true,
        _ => false,
    }
}
