//! Files of safetensors: tensors without pickles.

use json_event_parser::{JsonEvent, SliceJsonParser};

/// Whether the bytes are a file of safetensors that holds nothing else: a length of eight bytes, a header of JSON as long, and the
/// tensors' data, which fills the rest.
///
/// ```
/// use halfsour_files::is_safetensors;
///
/// let header = br#"{"bias":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#;
/// let file = [&(header.len() as u64).to_le_bytes(), &header[..], &[1, 2, 3]].concat();
/// assert!(is_safetensors(&file));
/// assert!(!is_safetensors(&[&file[..], b"more"].concat()));
/// ```
pub fn is_safetensors(bytes: &[u8]) -> bool {
    data(bytes).is_some_and(|(header, length)| fills(header, length) == Some(true))
}

/// The header, and how many bytes follow it.
fn data(bytes: &[u8]) -> Option<(&[u8], u64)> {
    // Readers take no longer headers.
    const LONGEST: usize = 100_000_000;
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok().filter(|length| *length <= LONGEST)?;
    let (header, data) = rest.split_at_checked(length)?;
    header.starts_with(b"{").then_some((header, data.len() as u64))
}

/// Whether the tensors in a header lie one behind the other up to this length.
fn fills(header: &[u8], length: u64) -> Option<bool> {
    let mut parser = SliceJsonParser::new(header);
    let (mut depth, mut is_place, mut name) = (0, false, String::new());
    let (mut places, mut numbers, mut tensors) = (Vec::new(), Vec::new(), 0_usize);
    loop {
        match parser.parse_next().ok()? {
            JsonEvent::ObjectKey(key) => {
                is_place = depth == 2 && key == "data_offsets" && name != "__metadata__";
                if depth == 1 {
                    tensors += usize::from(key != "__metadata__");
                    name = key.into_owned();
                }
            }
            JsonEvent::Number(number) if is_place => numbers.push(number.parse::<u64>().ok()?),
            JsonEvent::StartObject | JsonEvent::StartArray => depth += 1,
            JsonEvent::EndObject => depth -= 1,
            JsonEvent::EndArray => {
                depth -= 1;
                if is_place {
                    let &[start, end] = &numbers[..] else { return None };
                    numbers.clear();
                    places.push((start, end));
                    is_place = false;
                }
            }
            JsonEvent::Eof => break,
            _ => {}
        }
    }
    places.sort_unstable();
    let end = places.iter().try_fold(0, |at, &(start, end)| (start == at && end >= at).then_some(end));
    Some(places.len() == tensors && end == Some(length))
}

#[cfg(test)]
mod tests {
    use super::is_safetensors;

    #[test]
    fn tensors_fill_the_file() {
        let is_whole = |header: &str, data: usize| {
            let length = (header.len() as u64).to_le_bytes();
            is_safetensors(&[&length, header.as_bytes(), &vec![0; data]].concat())
        };
        let one = r#""a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}"#;
        let two = r#""b":{"data_offsets":[3,7],"dtype":"I32","shape":[1]}"#;
        let meta = r#""__metadata__":{"data_offsets":"[9, 9]"}"#;
        for (header, length) in [
            (format!("{{{one}}}"), 3),
            (format!("{{{two},{meta},{one}}}  "), 7),
            ("{}".to_owned(), 0),
            (format!("{{{meta}}}"), 0),
        ] {
            assert!(is_whole(&header, length), "{header}");
            assert!(!is_whole(&header, length + 1), "{header}");
            assert!(length == 0 || !is_whole(&header, length - 1), "{header}");
        }
        // A gap, a tensor without a place, two at one place, text that is no JSON, and none at all.
        for header in [&format!("{{{two}}}"), r#"{"a":{}}"#, &format!("{{{one},{one}}}"), "{", ""] {
            assert!(!is_whole(header, 3) && !is_whole(header, 7), "{header}");
        }
        assert!(!is_safetensors(b"\x01\0\0"));
    }
}
