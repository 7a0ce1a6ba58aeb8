//! An opcode and its argument on one short line.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use crate::text::number::BigDisplay;
use crate::text::repr;
use crate::{ArgKind, Opcode};

/// Returns the name of the opcode that `bytes` begin with and a short form of its argument, such as
/// `SHORT_BINUNICODE 'hi'`.
///
/// `bytes` end where the opcode ends, or earlier. A long text is cut after 40 bytes, a long integer is shown as its length.
///
/// ```
/// assert_eq!(halfsour_lexer::brief(b"K\x07"), "BININT1 7");
/// ```
pub fn brief(bytes: &[u8]) -> String {
    let Some((&byte, argument)) = bytes.split_first() else { return "the end".to_owned() };
    let Some(opcode) = Opcode::from_byte(byte) else { return format!("byte 0x{byte:02x}") };
    match opcode.arg().and_then(|kind| short(kind, argument)) {
        Some(argument) => format!("{opcode} {argument}"),
        None => opcode.to_string(),
    }
}

fn short(kind: ArgKind, bytes: &[u8]) -> Option<String> {
    const MOST: usize = 40;
    let unsigned = |width: usize| {
        let number = bytes.get(..width)?.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
        Some(number.to_string())
    };
    let quoted = |payload: &[u8]| {
        let is_start = |&at: &usize| payload.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
        let shown = &payload[..(0..=MOST.min(payload.len())).rev().find(is_start).unwrap_or(0)];
        format!("{}{}", repr::Str(shown), if shown.len() < payload.len() { "…" } else { "" })
    };
    let counted = |width: usize| Some(quoted(bytes.get(width..)?));
    let integer = |width: usize| {
        let payload = bytes.get(width..)?;
        let short = payload.len() <= MOST / 2;
        Some(if short { BigDisplay(payload).to_string() } else { format!("{} bytes", payload.len()) })
    };
    match kind {
        ArgKind::Uint1 => unsigned(1),
        ArgKind::Uint2 => unsigned(2),
        ArgKind::Uint4 => unsigned(4),
        ArgKind::Uint8 => unsigned(8),
        ArgKind::Int4 => Some(i32::from_le_bytes(*bytes.first_chunk()?).to_string()),
        ArgKind::Float8 => Some(repr::Float(f64::from_be_bytes(*bytes.first_chunk()?)).to_string()),
        ArgKind::String1 | ArgKind::Bytes1 | ArgKind::UnicodeString1 => counted(1),
        ArgKind::String4 | ArgKind::Bytes4 | ArgKind::UnicodeString4 => counted(4),
        ArgKind::Bytes8 | ArgKind::ByteArray8 | ArgKind::UnicodeString8 => counted(8),
        ArgKind::Long1 => integer(1),
        ArgKind::Long4 => integer(4),
        ArgKind::StringNl
        | ArgKind::StringNlNoEscape
        | ArgKind::StringNlNoEscapePair
        | ArgKind::UnicodeStringNl
        | ArgKind::DecimalNlShort
        | ArgKind::DecimalNlLong
        | ArgKind::FloatNl => Some(quoted(bytes.strip_suffix(b"\n").unwrap_or(bytes))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opcodes_have_short_arguments() {
        assert_eq!(brief(b"K\x07"), "BININT1 7");
        assert_eq!(brief(b"J\xff\xff\xff\xff"), "BININT -1");
        assert_eq!(brief(b"\x8c\x02hi"), "SHORT_BINUNICODE 'hi'");
        assert_eq!(brief(b"cos\nsystem\n"), r"GLOBAL 'os\nsystem'");
        assert_eq!(brief(b"\x8a\x01\xff"), "LONG1 -1");
        assert_eq!(brief(b"X\xff\xff"), "BINUNICODE");
        assert_eq!(brief(b"\xff"), "byte 0xff");
        assert_eq!(brief(b""), "the end");
    }
}
