//! Pickles with their lengths, in the forms that [`Framing`](crate::Framing) does not know: the numbers little-endian or of eight bytes,
//! or behind the pickles.

use std::ops::Range;

use halfsour_lexer::Opcode;

/// How a length is written.
#[derive(Clone, Copy)]
enum Width {
    Big4,
    Little4,
    Big8,
    Little8,
}

impl Width {
    const ALL: [Self; 4] = [Self::Big4, Self::Little4, Self::Big8, Self::Little8];

    fn bytes(self) -> usize {
        match self {
            Self::Big4 | Self::Little4 => 4,
            Self::Big8 | Self::Little8 => 8,
        }
    }

    /// The number that stands here.
    fn read(self, bytes: &[u8], at: usize) -> Option<usize> {
        let bytes = bytes.get(at..)?;
        let number = match self {
            Self::Big4 => u32::from_be_bytes(*bytes.first_chunk()?).into(),
            Self::Little4 => u32::from_le_bytes(*bytes.first_chunk()?).into(),
            Self::Big8 => u64::from_be_bytes(*bytes.first_chunk()?),
            Self::Little8 => u64::from_le_bytes(*bytes.first_chunk()?),
        };
        usize::try_from(number).ok()
    }
}

/// Where the pickles are, if all of it is pickles with their lengths.
pub(crate) fn places(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let before = || Width::ALL.into_iter().find_map(|width| before(bytes, width));
    // queuelib's stack has the number of items at its beginning, which is 0 as long as it is open.
    let counted = || {
        let count = Width::Big4.read(bytes, 0)?;
        behind(bytes, 4, Width::Big4).filter(|places| count == 0 || count == places.len())
    };
    let behind = || Width::ALL.into_iter().find_map(|width| behind(bytes, 0, width));
    before().or_else(counted).or_else(behind)
}

fn before(bytes: &[u8], width: Width) -> Option<Vec<Range<usize>>> {
    let (mut places, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let start = at + width.bytes();
        at = start.checked_add(width.read(bytes, at)?)?;
        places.push(pickle(bytes, start..at)?);
    }
    (!places.is_empty()).then_some(places)
}

/// Read from the end to `start`.
fn behind(bytes: &[u8], start: usize, width: Width) -> Option<Vec<Range<usize>>> {
    let (mut places, mut at) = (Vec::new(), bytes.len());
    while at > start {
        let end = at.checked_sub(width.bytes())?;
        at = end.checked_sub(width.read(bytes, end)?).filter(|&at| at >= start)?;
        places.push(pickle(bytes, at..end)?);
    }
    places.reverse();
    (!places.is_empty()).then_some(places)
}

/// The place, if it begins and ends as a pickle with a mark does.
fn pickle(bytes: &[u8], place: Range<usize>) -> Option<Range<usize>> {
    let is_pickle =
        matches!(bytes.get(place.clone())?, [0x80, 2..=5, .., last] if *last == Opcode::Stop.byte());
    is_pickle.then_some(place)
}

#[cfg(test)]
mod tests {
    use super::places;

    const PICKLE: &[u8] = b"\x80\x04N.";

    fn joined(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    #[test]
    fn lengths_are_found_in_every_form() {
        let twice = |part: &[u8]| part.repeat(2);
        let forms: [(&[u8], &[u8]); 8] = [
            (b"\0\0\0\x04", b""),
            (b"\x04\0\0\0", b""),
            (b"\0\0\0\0\0\0\0\x04", b""),
            (b"\x04\0\0\0\0\0\0\0", b""),
            (b"", b"\0\0\0\x04"),
            (b"", b"\x04\0\0\0"),
            (b"", b"\0\0\0\0\0\0\0\x04"),
            (b"", b"\x04\0\0\0\0\0\0\0"),
        ];
        for (before, behind) in forms {
            let bytes = twice(&joined(&[before, PICKLE, behind]));
            let (start, step) = (before.len(), bytes.len() / 2);
            let expected = [start..start + 4, start + step..start + step + 4];
            assert_eq!(places(&bytes).as_deref(), Some(&expected[..]), "{before:?} {behind:?}");
            assert_eq!(places(&bytes[..bytes.len() - 1]), None);
        }
        for count in [0, 2] {
            let bytes = joined(&[&[0, 0, 0, count], &twice(b"\x80\x04N.\0\0\0\x04")]);
            assert_eq!(places(&bytes).as_deref(), Some(&[4..8, 12..16][..]));
        }
        assert_eq!(places(&joined(&[b"\0\0\0\x03", &twice(b"\x80\x04N.\0\0\0\x04")])), None);
        assert_eq!(places(PICKLE), None);
        assert_eq!(places(b""), None);
    }
}
