//! Chunks of the queues that queuelib keeps on disk for Scrapy: what was taken from a queue stays in its file.

use std::path::Path;

use json_event_parser::{JsonEvent, SliceJsonParser};

use crate::beside::Room;
use crate::fields::Fields;

/// Where in a chunk, `q00000`, the entries begin that are still in the queue, by the `info.json` beside it.
///
/// `None` says that it is no such chunk, or that nothing of it was taken.
pub(crate) fn begin(bytes: &[u8], path: &Path, room: &mut Room) -> Option<usize> {
    let number: i64 = path.file_name()?.to_str()?.strip_prefix('q')?.parse().ok()?;
    let [first, _, offset] = tail(&room.read(&path.with_file_name("info.json")).ok()?)?;
    // Chunks from which all was taken are deleted.
    let begin = usize::try_from(offset).ok().filter(|&begin| number == first && begin > 0)?;
    is_end_of_entry(bytes, begin).then_some(begin)
}

/// The numbers of the chunk and of the entry from which the next is taken, and the offset of that entry.
fn tail(info: &[u8]) -> Option<[i64; 3]> {
    let mut parser = SliceJsonParser::new(info);
    let mut depth = 0;
    loop {
        match parser.parse_next().ok()? {
            JsonEvent::Eof => return None,
            JsonEvent::ObjectKey(key) if depth == 1 && key == "tail" => break,
            JsonEvent::StartObject | JsonEvent::StartArray => depth += 1,
            JsonEvent::EndObject | JsonEvent::EndArray => depth -= 1,
            _ => {}
        }
    }
    let mut tail = [0; 3];
    (parser.parse_next().ok()? == JsonEvent::StartArray).then_some(())?;
    for place in &mut tail {
        let JsonEvent::Number(number) = parser.parse_next().ok()? else { return None };
        *place = number.parse().ok()?;
    }
    Some(tail)
}

/// Whether an entry, each of which has its length before it, ends here.
fn is_end_of_entry(bytes: &[u8], end: usize) -> bool {
    const LENGTH: usize = 4;
    let mut at = 0_usize;
    while at < end {
        let next = Fields::big(bytes).u32(at).and_then(|length| (at + LENGTH).checked_add(length));
        at = next.unwrap_or(usize::MAX);
    }
    at == end && end <= bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{is_end_of_entry, tail};

    #[test]
    fn the_tail_is_found() {
        let info =
            br#"{"chunksize": 2, "x": {"tail": [9, 9, 9]}, "size": 4, "tail": [0, 1, 27], "head": [2, 1]}"#;
        assert_eq!(tail(info), Some([0, 1, 27]));
        for info in [&b"{}"[..], b"", b"[1, 2]", br#"{"tail": 1}"#, br#"{"tail": [1, 2]}"#] {
            assert_eq!(tail(info), None);
        }
    }

    #[test]
    fn an_offset_is_the_end_of_an_entry() {
        let bytes = b"\0\0\0\x02N.\0\0\0\x02N.";
        let ends: Vec<_> = (0..20).filter(|&end| is_end_of_entry(bytes, end)).collect();
        assert_eq!(ends, [0, 6, 12]);
        assert!(!is_end_of_entry(b"\xff\xff\xff\xff", 8));
    }
}
