//! A document of JSON as a pickle, so that what is in it beside the pickles is there, too.

use halfsour_lexer::Opcode;
use json_event_parser::{JsonEvent, SliceJsonParser};

use crate::ErrorKind;
use crate::limits::Budget;

/// The opcodes that make what Python's `json` reads: dicts, lists, text, numbers. `None` if it is no JSON.
pub(super) fn pickle(document: &[u8], budget: &Budget) -> Result<Option<Vec<u8>>, ErrorKind> {
    const PROTOCOL: u8 = 4;
    budget.spend(document.len() as u64)?;
    let mut out = vec![Opcode::Proto.byte(), PROTOCOL];
    let mut parser = SliceJsonParser::new(document);
    loop {
        let opcodes: &[Opcode] = match parser.parse_next() {
            Err(_) => return Ok(None),
            Ok(JsonEvent::Eof) => break,
            Ok(JsonEvent::StartObject) => &[Opcode::EmptyDict, Opcode::Mark],
            Ok(JsonEvent::EndObject) => &[Opcode::SetItems],
            Ok(JsonEvent::StartArray) => &[Opcode::EmptyList, Opcode::Mark],
            Ok(JsonEvent::EndArray) => &[Opcode::Appends],
            Ok(JsonEvent::Boolean(true)) => &[Opcode::NewTrue],
            Ok(JsonEvent::Boolean(false)) => &[Opcode::NewFalse],
            Ok(JsonEvent::Null) => &[Opcode::None],
            Ok(JsonEvent::Number(number)) => {
                if let Err(()) = push_number(&number, &mut out) {
                    return Ok(None);
                }
                &[]
            }
            Ok(JsonEvent::String(text) | JsonEvent::ObjectKey(text)) => {
                out.push(Opcode::BinUnicode8.byte());
                out.extend((text.len() as u64).to_le_bytes());
                out.extend_from_slice(text.as_bytes());
                &[]
            }
        };
        out.extend(opcodes.iter().map(|opcode| opcode.byte()));
    }
    out.push(Opcode::Stop.byte());
    Ok(Some(out))
}

/// An int where it is one to Python.
fn push_number(number: &str, out: &mut Vec<u8>) -> Result<(), ()> {
    if number.contains(['.', 'e', 'E']) {
        out.push(Opcode::BinFloat.byte());
        out.extend(number.parse::<f64>().map_err(drop)?.to_be_bytes());
    } else {
        out.push(Opcode::Long.byte());
        out.extend_from_slice(number.as_bytes());
        out.extend_from_slice(b"L\n");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use halfsour_vm::Loader;

    use super::pickle;
    use crate::limits::Budget;
    use crate::{Limits, Options};

    fn shown(document: &str) -> Option<String> {
        let budget = Budget::new(Options::from(Limits::UNTRUSTED), document.len());
        let pickle = pickle(document.as_bytes(), &budget).unwrap()?;
        Some(Loader::new().load(&pickle[..]).unwrap().root().to_string())
    }

    #[test]
    fn json_is_read_as_python_reads_it() {
        let document = r#"{"a": [1, -2.5, 1e3, true, false, null, {}, []], "é": {"b": "\u00e9\n"}, "a": 12345678901234567890}"#;
        assert_eq!(shown(document).as_deref(), Some(r"{'a': 12345678901234567890, 'é': {'b': 'é\n'}}"));
        assert_eq!(shown("[1, -2.5, 1e3, true, null]").as_deref(), Some("[1, -2.5, 1000.0, True, None]"));
        assert_eq!(shown("[1"), None);
    }
}
