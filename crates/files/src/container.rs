//! Small containers: what programs write with several pickles, or with a pickle and more.

use bytes::Bytes;
use memchr::memmem;

use crate::limits::Budget;
use crate::member::Member;
use crate::sevenzip::Unpacked;
use crate::sure::{self, DEPTH};
use crate::{Doubt, ErrorKind, Format, texts};

mod document;
mod json;
mod lines;

/// The name of the member that is a document of JSON as a whole, in which the pickles are text.
const DOCUMENT: &str = "document";

/// The container that it is, if a pickle is in it for sure.
pub(crate) fn format(bytes: &[u8], depth: usize) -> Option<Format> {
    match bytes {
        [0x80, ..] => django_expiry(bytes).map(|_| Format::DjangoCache),
        _ if bytes.starts_with(FONT) => font(bytes).next().map(|_| Format::SplineFont),
        _ => match texts::bare(bytes) {
            text @ [b'{' | b'[', ..] if depth > 0 => {
                json::pickles(text, depth, |_, _| ()).map(|()| Format::Json)
            }
            _ => None,
        },
    }
}

/// Whether it is text that is nothing else, with pickles in it.
pub(crate) fn is_text_with_pickles(bytes: &[u8]) -> bool {
    lines::has_any(bytes)
}

/// The members of a container of this format.
pub(crate) fn unpack(format: Format, bytes: &Bytes, budget: &Budget) -> Unpacked {
    match format {
        Format::DjangoCache => {
            let end = django_expiry(bytes).unwrap_or(bytes.len());
            let members =
                vec![member("expiry".to_owned(), 0, end), member("value".to_owned(), end, bytes.len())];
            Unpacked { bytes: bytes.clone(), members, damage: None }
        }
        _ => {
            let mut copy = Copy { bytes: Vec::new(), members: Vec::new(), damage: None, budget };
            if format == Format::SplineFont {
                font(bytes).for_each(|(name, pickle)| copy.push(&name, &pickle));
            } else if format == Format::Text {
                lines::pickles(bytes).for_each(|(name, pickle)| copy.push(&name, &pickle));
            } else {
                json::pickles(texts::bare(bytes), DEPTH, |path, text| copy.push(&json::name(path), text));
            }
            Unpacked { bytes: copy.bytes.into(), members: copy.members, damage: copy.damage }
        }
    }
}

/// What is beside the members: a document of JSON holds more than the pickles in it.
pub(crate) fn aside(format: Format, bytes: &[u8], budget: &Budget) -> Vec<Member> {
    if format != Format::Json {
        return Vec::new();
    }
    let pickle = document::pickle(texts::bare(bytes), budget).ok().flatten();
    pickle.map(|pickle| Member::owned(DOCUMENT.to_owned(), pickle.into()).aside()).into_iter().collect()
}

/// The doubts in what is no member, with the names of these places: the texts of JSON, or all of a text but the pickles in it.
pub(crate) fn doubts(format: Format, bytes: &[u8]) -> Vec<(String, Doubt)> {
    match format {
        Format::Json => json::doubts(texts::bare(bytes)),
        Format::Text => {
            Doubt::trace(&lines::without_pickles(bytes)).map(|it| (String::new(), it)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What the member is called in which the rest of this container is, if there may be some.
pub(crate) fn name_of_rest(format: Format) -> Option<&'static str> {
    (format == Format::Json).then_some(DOCUMENT)
}

fn member(name: String, start: usize, end: usize) -> Member {
    Member::slice(name, start..end)
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

/// How a font of `FontForge` begins.
const FONT: &[u8] = b"SplineFontDB:";

/// The pickles in a font of `FontForge`, with their names: of the font itself, and of glyphs behind that of the glyph.
fn font(bytes: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    const GLYPH: &[u8] = b"\nStartChar: ";
    const FIELDS: [&[u8]; 2] = [b"PickledData: \"", b"PickledDataWithLists: \""];
    let (mut at, mut last_glyph) = (0, None);
    std::iter::from_fn(move || {
        loop {
            let found = at + memmem::find(&bytes[at..], b"\nPickledData")? + 1;
            last_glyph = memmem::rfind(&bytes[at..found], GLYPH).map(|glyph| at + glyph).or(last_glyph);
            at = found;
            let Some(field) = FIELDS.iter().find(|field| bytes[found..].starts_with(field)) else { continue };
            let (pickle, length) = quoted(&bytes[found + field.len()..])?;
            let name = str::from_utf8(&field[..field.len() - 3]).unwrap_or_default();
            let glyph = last_glyph.map(|glyph: usize| {
                let line =
                    bytes[glyph + GLYPH.len()..].split(|&byte| byte == b'\n').next().unwrap_or_default();
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
