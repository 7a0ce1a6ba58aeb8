//! [`string_encoding`]: the codecs of Python, by the names that Python knows them by.

mod escapes;
mod handlers;
mod multibyte;
mod unicode;

use std::fmt;
use std::sync::OnceLock;

use halfsour_text::name::distance;
use halfsour_vm::{Codec, StringEncoding, Undecodable};

pub use self::handlers::{TextErrors, UnknownErrors};
use self::multibyte::multibyte;
use self::unicode::UNICODE;

/// The codecs in which each byte is a character, a line each: its names, and behind a tabulator the characters of all 256
/// bytes, or of the upper 128 if the others are ASCII. `\XXXX` is a code point, `\fffe` a byte that is none.
/// `xtask/python/codecs_tables.py` writes it.
const TABLES: &str = include_str!("codecs/tables.txt");

/// The number that stands for no character.
const NONE: char = '\u{fffe}';

/// Names of the encodings that readers have an option of their own for.
const OWN: [(StringEncoding, &[&str]); 4] = [
    (StringEncoding::Bytes, &["bytes"]),
    (
        StringEncoding::Ascii,
        &[
            "ascii",
            "646",
            "ansi_x3.4_1968",
            "ansi_x3_4_1968",
            "ansi_x3.4_1986",
            "cp367",
            "csascii",
            "ibm367",
            "iso646_us",
            "iso_646.irv_1991",
            "iso_ir_6",
            "us",
            "us_ascii",
        ],
    ),
    (
        StringEncoding::Latin1,
        &[
            "latin_1",
            "latin1",
            "latin",
            "8859",
            "charmap",
            "cp819",
            "csisolatin1",
            "ibm819",
            "iso8859",
            "iso8859_1",
            "iso_8859_1",
            "iso_8859_1_1987",
            "iso_ir_100",
            "l1",
        ],
    ),
    (StringEncoding::Utf8, &["utf_8", "u8", "utf", "utf8", "utf8_ucs2", "utf8_ucs4", "cp65001"]),
];

/// Names of Python's codecs that are not there: those with a state between characters, and those for names of hosts.
const MISSING: &str = "\
    hz hz_gb hz_gb_2312 hzgb idna iso2022_jp csiso2022jp iso2022jp iso_2022_jp iso2022_jp_1 iso2022jp_1 \
    iso_2022_jp_1 iso2022_jp_2 iso2022jp_2 iso_2022_jp_2 iso2022_jp_2004 iso2022jp_2004 iso_2022_jp_2004 \
    iso2022_jp_3 iso2022jp_3 iso_2022_jp_3 iso2022_jp_ext iso2022jp_ext iso_2022_jp_ext iso2022_kr \
    csiso2022kr iso2022kr iso_2022_kr punycode undefined";

/// A name that is no codec's, or that of one that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCodec(String);

impl fmt::Display for UnknownCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = normal(&self.0);
        if MISSING.split(' ').any(|missing| missing == name) {
            return write!(f, "{}: a codec of Python's that cannot be read with", self.0);
        }
        write!(f, "{}: there is no such codec", self.0)?;
        let mut near: Vec<_> =
            codec_names().map(|known| (distance(&name, known), known)).filter(|near| near.0 <= 2).collect();
        near.sort_unstable();
        near.dedup();
        for (at, (_, known)) in near.iter().take(4).enumerate() {
            write!(f, "{}{known}", if at == 0 { "; near it: " } else { ", " })?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownCodec {}

/// Returns how Python 2 strings are read with Python's `encoding=name`: `bytes`, or any codec of Python's for text, by any of its names, save
/// those that shift with escapes.
///
/// ```
/// use halfsour_files::string_encoding;
/// use halfsour_vm::{Loader, Options, StringEncoding};
///
/// assert_eq!(string_encoding("ISO-8859-1")?, StringEncoding::Latin1);
/// let options = Options::default().with_encoding(string_encoding("cp1251")?);
/// let graph = Loader::with_options(options).load(b"U\x03\xe4\xe0!.")?;
/// assert_eq!(graph.root().as_str(), Some("да!"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the codec is unknown, or is one that is not there: `hz`, those of ISO 2022, `punycode` and `idna`.
pub fn string_encoding(name: &str) -> Result<StringEncoding, UnknownCodec> {
    let normal = normal(name);
    let is_named = |names: &[&str]| names.contains(&&*normal);
    if let Some((own, _)) = OWN.iter().find(|(_, names)| is_named(names)) {
        return Ok(*own);
    }
    if let Some(codec) = UNICODE.iter().find(|codec| is_named(codec.names)) {
        return Ok(StringEncoding::Codec(codec));
    }
    let is_among = |names: &str| names.split(' ').any(|known| known == normal);
    if let Some(table) = tables().iter().find(|table| is_among(table.names)) {
        return Ok(StringEncoding::Codec(table));
    }
    let codec = multibyte().iter().find(|codec| is_among(&codec.names));
    codec.map(|codec| StringEncoding::Codec(codec)).ok_or_else(|| UnknownCodec(name.to_owned()))
}

/// The names of all codecs, other names for them among these, as Python spells them.
pub fn codec_names() -> impl Iterator<Item = &'static str> {
    let own = OWN.iter().flat_map(|(_, names)| names.iter().copied());
    let unicode = UNICODE.iter().flat_map(|codec| codec.names.iter().copied());
    let tables = tables().iter().flat_map(|table| table.names.split(' '));
    own.chain(unicode).chain(tables).chain(multibyte().iter().flat_map(|codec| codec.names.split(' ')))
}

/// A name as Python compares it: in lower case, with underscores between its parts.
fn normal(name: &str) -> String {
    let parts = name.split(|char: char| !char.is_alphanumeric() && char != '.');
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("_").to_ascii_lowercase()
}

/// A codec in which each byte is a character.
struct Table {
    names: &'static str,
    chars: [char; 256],
}

impl Codec for Table {
    fn name(&self) -> &str {
        self.names.split(' ').next().unwrap_or_default()
    }

    fn decode(&self, bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
        for (at, &byte) in bytes.iter().enumerate() {
            match self.chars[usize::from(byte)] {
                NONE => return Err(Undecodable { at, length: 1 }),
                char => push(text, char),
            }
        }
        Ok(())
    }
}

fn push(text: &mut Vec<u8>, char: char) {
    text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Appends a code point, which may be a surrogate.
fn push_point(text: &mut Vec<u8>, point: u32) {
    match char::from_u32(point) {
        Some(char) => push(text, char),
        None => text.extend([12, 6, 0].map(|shift| {
            let bits = u8::try_from(point >> shift & 0x3f).unwrap_or_default();
            bits | if shift == 12 { 0xe0 } else { 0x80 }
        })),
    }
}

fn tables() -> &'static [Table] {
    static READ: OnceLock<Vec<Table>> = OnceLock::new();
    READ.get_or_init(|| TABLES.lines().filter_map(table).collect())
}

/// Reads a line of the tables.
fn table(line: &'static str) -> Option<Table> {
    let (names, mut rest) = line.split_once('\t')?;
    let mut given = Vec::with_capacity(256);
    while let Some(char) = rest.chars().next() {
        let (char, length) = match rest.strip_prefix('\\') {
            Some(code) => (char::from_u32(u32::from_str_radix(code.get(..4)?, 16).ok()?)?, 5),
            None => (char, char.len_utf8()),
        };
        given.push(char);
        rest = &rest[length..];
    }
    let ascii = (0..128_u8).map(char::from).take(256_usize.checked_sub(given.len())?);
    let chars: Vec<char> = ascii.chain(given).collect();
    Some(Table { names, chars: chars.try_into().ok()? })
}
