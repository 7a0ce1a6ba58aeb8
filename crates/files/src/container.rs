//! Small containers: what programs write with several pickles, or with a pickle and more.

use bytes::Bytes;
use json_event_parser::{JsonEvent, SliceJsonParser};
use memchr::memmem;

use crate::limits::Budget;
use crate::member::{Member, View};
use crate::sevenzip::Unpacked;
use crate::sure::{self, DEPTH};
use crate::{ErrorKind, Format, texts};

/// The container that it is, if a pickle is in it for sure.
pub(crate) fn format(bytes: &[u8], depth: usize) -> Option<Format> {
    match bytes {
        [0x80, ..] => django_expiry(bytes).map(|_| Format::DjangoCache),
        _ if bytes.starts_with(FONT) => font(bytes).next().map(|_| Format::SplineFont),
        _ => match texts::bare(bytes) {
            text @ [b'{' | b'[', ..] if depth > 0 => json(text, |_, _| ()).map(|_| Format::Json),
            _ => None,
        },
    }
}

/// The members of a container of this format.
pub(crate) fn unpack(format: Format, bytes: &Bytes, budget: &Budget) -> Unpacked {
    match format {
        Format::DjangoCache => {
            let end = django_expiry(bytes).unwrap_or(bytes.len());
            let members = vec![member("expiry".to_owned(), 0, end), member("value".to_owned(), end, bytes.len())];
            Unpacked { bytes: bytes.clone(), members, damage: None }
        }
        _ => {
            let mut copy = Copy { bytes: Vec::new(), members: Vec::new(), damage: None, budget };
            if format == Format::SplineFont {
                font(bytes).for_each(|(name, pickle)| copy.push(&name, &pickle));
            } else {
                json(texts::bare(bytes), |path, text| copy.push(&path.join("/"), text));
            }
            Unpacked { bytes: copy.bytes.into(), members: copy.members, damage: copy.damage }
        }
    }
}

fn member(name: String, start: usize, end: usize) -> Member {
    let size = (end - start) as u64;
    Member { name, size, method: 0, data: start..end, crc: None, view: View::Directory, encrypted: false }
}

/// Members that do not stand in the file as they are.
struct Copy<'b> {
    bytes: Vec<u8>,
    members: Vec<Member>,
    damage: Option<ErrorKind>,
    budget: &'b Budget,
}

impl Copy<'_> {
    fn push(&mut self, name: &str, contents: &[u8]) {
        if let Err(kind) = self.budget.spend((name.len() + contents.len()) as u64) {
            self.damage = Some(kind);
        }
        if self.damage.is_none() {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(contents);
            self.members.push(member(name.to_owned(), start, self.bytes.len()));
        }
    }
}

/// Where the pickle of a time ends which stands before compressed data: Django's file cache.
fn django_expiry(bytes: &[u8]) -> Option<usize> {
    const LONGEST: usize = 64;
    let end = sure::end_of_opcodes(&bytes[..bytes.len().min(LONGEST)])?;
    let rest = &bytes[end..];
    (Format::magic(rest) == Some(Format::Zlib) && sure::inflates(rest)).then_some(end)
}

/// How a font of FontForge begins.
const FONT: &[u8] = b"SplineFontDB:";

/// The pickles in a font of FontForge, with their names: of the font itself, and of glyphs behind that of the glyph.
fn font(bytes: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    const GLYPH: &[u8] = b"\nStartChar: ";
    const FIELDS: [&[u8]; 2] = [b"PickledData: \"", b"PickledDataWithLists: \""];
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let found = at + memmem::find(&bytes[at..], b"\nPickledData")? + 1;
            at = found;
            let Some(field) = FIELDS.iter().find(|field| bytes[found..].starts_with(field)) else { continue };
            let (pickle, length) = quoted(&bytes[found + field.len()..])?;
            let name = str::from_utf8(&field[..field.len() - 3]).unwrap_or_default();
            let glyph = memmem::rfind(&bytes[..found], GLYPH).map(|glyph| {
                let line = bytes[glyph + GLYPH.len()..].split(|&byte| byte == b'\n').next().unwrap_or_default();
                String::from_utf8_lossy(line.trim_ascii()).into_owned()
            });
            at += field.len() + length;
            return Some((glyph.map_or_else(|| name.to_owned(), |glyph| format!("{glyph}/{name}")), pickle));
        }
    })
}

/// The text up to the quote that closes it, without the backslashes before quotes and backslashes, and its length with them.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    let mut rest = text.iter();
    loop {
        match rest.next()? {
            b'"' => return Some((bytes, text.len() - rest.len())),
            b'\\' => bytes.push(*rest.next()?),
            &byte => bytes.push(byte),
        }
    }
}

/// Calls `each` for every text in a document of JSON that is a pickle for sure, with the keys and indices that lead to it.
/// `None` says that it is no JSON, or that there is none.
fn json(text: &[u8], mut each: impl FnMut(&[String], &[u8])) -> Option<()> {
    let mut parser = SliceJsonParser::new(text);
    // The path to the next value; and whether each container is an array, with the index.
    let (mut path, mut arrays): (Vec<String>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    let mut found = None;
    loop {
        let event = parser.parse_next().ok()?;
        if let (Some(Some(index)), JsonEvent::String(_) | JsonEvent::StartArray | JsonEvent::StartObject) =
            (arrays.last(), &event)
        {
            path.push(index.to_string());
        }
        match event {
            JsonEvent::StartArray => arrays.push(Some(0)),
            JsonEvent::StartObject => arrays.push(None),
            JsonEvent::ObjectKey(key) => {
                path.push(key.into_owned());
                continue;
            }
            JsonEvent::EndArray | JsonEvent::EndObject => drop(arrays.pop()),
            JsonEvent::String(text) => {
                if let Some(bytes) = pickled(&text) {
                    each(&path, &bytes);
                    found = Some(());
                }
            }
            JsonEvent::Eof => return found,
            _ => {
                if let Some(Some(index)) = arrays.last_mut() {
                    *index += 1;
                    continue;
                }
            }
        }
        if matches!(event_kind(&arrays, &path), Step::Value) {}
    }
}
