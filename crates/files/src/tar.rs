//! Tar archives, as Python's `tarfile` reads them, which takes more than others do.
//!
//! Written here since a reader that refuses what is odd is of no use to those who must know what another makes of it.

use std::ops::Range;

use crate::ErrorKind;
use crate::member::{Listing, Member};

const BLOCK: usize = 512;
const CUT: ErrorKind = ErrorKind::Truncated;
const WRONG: ErrorKind = ErrorKind::Malformed("a header is invalid, or the data ends early");
const SPARSE: ErrorKind = ErrorKind::Unsupported("sparse files, which are left out");
const DISPUTED: ErrorKind =
    ErrorKind::Malformed("readers differ in where the data of a member ends, by a size that is stated oddly");

/// Whether a header begins here, by any sum of its bytes that Python takes.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    bytes.first_chunk().is_some_and(|block| block.iter().any(|&byte| byte != 0) && has_sum(block))
}

/// The files in it, and how the list ends.
pub(crate) fn listing(bytes: &[u8]) -> Listing {
    let mut members = Vec::new();
    let damage = list(bytes, &mut members).err();
    Listing { members, damage, ..Listing::default() }
}

fn list(bytes: &[u8], members: &mut Vec<Member>) -> Result<(), ErrorKind> {
    let (mut at, mut ahead, mut damage) = (0, Ahead::default(), None);
    while let Some(header) = Header::at(bytes, at)? {
        let data = header.data(bytes, at + BLOCK)?;
        match header.kind {
            b'L' => ahead.name = Some(text(&bytes[data.clone()])),
            b'K' => {}
            b'x' | b'X' | b'g' => {
                let records = Records::parse(&bytes[data.clone()])?;
                if records.is_sparse {
                    damage = Some(SPARSE);
                }
                if header.kind != b'g' {
                    let Records { path, size, is_sparse } = records;
                    ahead = Ahead { name: path.or(ahead.name), size, is_sparse };
                } else if records.size.is_some() {
                    // The sizes of all members, but not the places of their data.
                    damage = Some(DISPUTED);
                }
            }
            _ => {
                let Ahead { name, size, is_sparse } = std::mem::take(&mut ahead);
                let name = name.unwrap_or_else(|| header.name());
                let stated = Header { size: size.unwrap_or(header.size), ..header };
                let is_file = stated.is_file(&name);
                if stated.kind == b'S' {
                    damage = Some(SPARSE);
                    at = stated.behind_sparse(bytes, at)?;
                    continue;
                }
                if !is_file && stated.size != 0 {
                    // Python looks for the next header right here, others behind so many bytes.
                    damage = Some(DISPUTED);
                }
                if is_file {
                    let data = stated.data(bytes, at + BLOCK);
                    let end = stated.end(at + BLOCK);
                    if !is_sparse {
                        members.push(Member::slice(name, at + BLOCK..end));
                    }
                    at = data?.end.next_multiple_of(BLOCK);
                } else {
                    at += BLOCK;
                }
                continue;
            }
        }
        at = data.end.next_multiple_of(BLOCK);
    }
    // After the last member comes at least a block of zeros.
    let is_ended = bytes.get(at..at + BLOCK).is_some();
    match damage {
        Some(kind) => Err(kind),
        None if is_ended => Ok(()),
        None => Err(CUT),
    }
}

/// What headers say of the next member, ahead of its own.
#[derive(Default)]
struct Ahead {
    name: Option<String>,
    size: Option<u64>,
    is_sparse: bool,
}

/// A block before the data of a member.
#[derive(Clone, Copy)]
struct Header<'b> {
    block: &'b [u8; BLOCK],
    kind: u8,
    size: u64,
}

impl<'b> Header<'b> {
    /// The header that stands here; `None` at the end, which is a block of zeros or none at all.
    fn at(bytes: &'b [u8], at: usize) -> Result<Option<Self>, ErrorKind> {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(block) = rest.first_chunk::<BLOCK>() else {
            return if rest.is_empty() && at > 0 { Ok(None) } else { Err(WRONG) };
        };
        if block.iter().all(|&byte| byte == 0) {
            return if at > 0 { Ok(None) } else { Err(WRONG) };
        }
        if !has_sum(block) {
            return Err(WRONG);
        }
        let size = number(&block[124..136]).and_then(|size| u64::try_from(size).ok()).ok_or(WRONG)?;
        Ok(Some(Self { block, kind: block[156], size }))
    }

    /// Whether it is of a regular file; to Python, so is every kind that it does not know.
    fn is_file(&self, name: &str) -> bool {
        match self.kind {
            0 => !name.ends_with('/'),
            b'1'..=b'6' => false,
            _ => true,
        }
    }

    /// The name; that of one who wrote GNU's kinds stands alone, others have its beginning elsewhere.
    fn name(&self) -> String {
        let (name, prefix) = (text(&self.block[..100]), text(&self.block[345..500]));
        let is_alone = prefix.is_empty() || matches!(self.kind, b'L' | b'K' | b'S');
        if is_alone { name } else { format!("{prefix}/{name}") }
    }

    fn end(&self, start: usize) -> usize {
        usize::try_from(self.size).map_or(usize::MAX, |size| start.saturating_add(size))
    }

    /// Where the data is, all of which has to be there, save that of what has none.
    fn data(&self, bytes: &[u8], start: usize) -> Result<Range<usize>, ErrorKind> {
        let is_read = matches!(self.kind, b'L' | b'K' | b'x' | b'X' | b'g') || self.is_file("");
        let end = if is_read { self.end(start) } else { start };
        if end <= bytes.len() { Ok(start..end) } else { Err(CUT) }
    }

    /// Where the next header is, behind the blocks that say where the parts of a file with holes belong.
    fn behind_sparse(&self, bytes: &[u8], mut at: usize) -> Result<usize, ErrorKind> {
        let mut goes_on = self.block[482] != 0;
        while goes_on {
            at += BLOCK;
            let block = bytes.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>).ok_or(CUT)?;
            goes_on = block[504] != 0;
        }
        self.end(at + BLOCK).checked_next_multiple_of(BLOCK).ok_or(CUT)
    }
}

/// Whether a block states the sum of its bytes, with or without signs, those of the sum being blanks.
fn has_sum(block: &[u8; BLOCK]) -> bool {
    let others = || block[..148].iter().chain(&block[156..]);
    let unsigned = 256 + others().map(|&byte| i64::from(byte)).sum::<i64>();
    let signed = 256 + others().map(|&byte| i64::from(byte.cast_signed())).sum::<i64>();
    number(&block[148..156]).is_some_and(|stated| stated == unsigned || stated == signed)
}

/// What a header of POSIX's format says of the next member.
#[derive(Default)]
struct Records {
    path: Option<String>,
    size: Option<u64>,
    is_sparse: bool,
}

impl Records {
    /// Lines as `17 path=model.pkl`, each after its length.
    fn parse(mut data: &[u8]) -> Result<Self, ErrorKind> {
        let mut records = Self::default();
        while let Some((length, record)) = record(data) {
            let (key, value) = record.ok_or(WRONG)?;
            match key {
                b"path" => records.path = Some(String::from_utf8_lossy(value).into_owned()),
                b"size" => {
                    let size = str::from_utf8(value).ok().and_then(|size| size.parse().ok());
                    records.size = Some(size.ok_or(WRONG)?);
                }
                _ => records.is_sparse |= key.starts_with(b"GNU.sparse."),
            }
            data = &data[length..];
        }
        Ok(records)
    }
}

/// The key and the value of a record.
type Pair<'b> = (&'b [u8], &'b [u8]);

/// The length of the first record, and its key and value, if it is as long as it says; `None` if there is no more.
fn record(data: &[u8]) -> Option<(usize, Option<Pair<'_>>)> {
    let digits = data.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let length: usize = str::from_utf8(&data[..digits]).ok()?.parse().ok()?;
    let text = data[digits..].strip_prefix(b" ")?;
    let equals = text.iter().position(|&byte| byte == b'=').filter(|&at| at > 0)?;
    let start = digits + 1 + equals + 1;
    let end = length.checked_sub(1).filter(|&end| end >= start);
    let pair = end.and_then(|end| Some((&text[..equals], data.get(start..end)?)));
    Some((length.min(data.len()), pair))
}

/// A field, up to its first zero.
fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(until_zero(field)).into_owned()
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// A number, as Python reads it: in base 256 behind a byte that says so, otherwise what `int(text, 8)` takes, with blanks, a sign,
/// `0o`, and underscores between digits.
fn number(field: &[u8]) -> Option<i64> {
    if let [first @ (0x80 | 0xff), digits @ ..] = field {
        let start = if *first == 0xff { -1 } else { 0 };
        return digits
            .iter()
            .try_fold(start, |value: i64, &byte| value.checked_mul(256)?.checked_add(byte.into()));
    }
    let text = str::from_utf8(until_zero(field)).ok().filter(|text| text.is_ascii())?;
    // These are blanks to Python, too.
    let blanks = |c: char| c.is_ascii_whitespace() || matches!(c, '\x0b' | '\x1c'..='\x1f');
    let text = text.trim_matches(blanks);
    if text.is_empty() {
        return Some(0);
    }
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = match text.strip_prefix("0o").or(text.strip_prefix("0O")) {
        Some(digits) => digits.strip_prefix('_').unwrap_or(digits),
        None => text,
    };
    let is_parted = digits.split('_').all(|part| !part.is_empty() && !part.contains(['+', '-']));
    let value = i64::from_str_radix(&digits.replace('_', ""), 8).ok().filter(|_| is_parted)?;
    Some(sign * value)
}

#[cfg(test)]
mod tests {
    use super::{number, record};

    /// As Python's `tarfile.nti` reads them.
    #[test]
    fn numbers_are_read_as_python_does() {
        for (field, value) in [
            (&b"0000644\0"[..], 0o644),
            (b" 644 \0  ", 0o644),
            (b"", 0),
            (b"\0junk", 0),
            (b"0o6_44\0", 0o644),
            (b"0O644\0", 0o644),
            (b"0o_644\0", 0o644),
            (b"6_4_4\0", 0o644),
            (b"\x0b+644\x1f\0", 0o644),
            (b"-644\0", -0o644),
            (b"\x80\0\0\0\0\0\x01\xa4", 0o644),
            (b"\xff\xff\xff\xff\xff\xff\xfe\x5c", -0o644),
        ] {
            assert_eq!(number(field), Some(value), "{}", field.escape_ascii());
        }
        for field in [
            &b"6__44"[..],
            b"_644",
            b"644_",
            b"0o",
            b"--6",
            b"0x1",
            b"8",
            b"6 4",
            b"\xc2\xa06",
            b"\x80\x7f\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert_eq!(number(field), None, "{}", field.escape_ascii());
        }
    }

    #[test]
    fn records_are_as_long_as_they_say() {
        assert_eq!(record(b"13 path=a=b\n\n rest"), Some((13, Some((&b"path"[..], &b"a=b\n"[..])))));
        assert_eq!(record(b"99 path=ab\n"), Some((11, None)));
        assert_eq!(record(b"3 path=ab\n"), Some((3, None)));
        for none in [&b""[..], b"path=ab", b"9 =b\n", b"9 path"] {
            assert_eq!(record(none), None);
        }
    }
}
