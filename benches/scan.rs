//! The yardstick for the lexer: a loop that is written by hand for one purpose, a checksum over all opcodes and their
//! arguments, beside the same checksum by way of the lexer. The loop lists the bytes of the opcodes itself, to be independent of
//! the code that it is compared with.

// The lexer's contract: a visitor that is inlined becomes part of its dispatch.
#![allow(clippy::inline_always)]

use halfsour_lexer::{Lexer, Op, Visitor};

/// Adds an opcode and its argument to the checksum. That needs the argument decoded, and costs next to nothing.
#[inline(always)]
fn fold(sum: u64, opcode: u8, argument: u64) -> u64 {
    (sum ^ argument).rotate_left(5).wrapping_add(opcode.into())
}

/// Returns the checksum by the loop, or `None` if the input is not a whole pickle.
pub fn scan(input: &[u8]) -> Option<u64> {
    let mut at = 0;
    let mut sum = 0;
    loop {
        let opcode = *input.get(at)?;
        at += 1;
        let argument = match opcode {
            b'K' | b'h' | b'q' | 0x80 | 0x82 => u64::from(fixed::<1>(input, &mut at)?[0]),
            b'M' | 0x83 => u16::from_le_bytes(fixed(input, &mut at)?).into(),
            b'J' | b'j' | b'r' | 0x84 => u32::from_le_bytes(fixed(input, &mut at)?).into(),
            0x95 => u64::from_le_bytes(fixed(input, &mut at)?),
            b'G' => u64::from_be_bytes(fixed(input, &mut at)?),
            b'C' | b'U' | 0x8a | 0x8c => {
                let length = fixed::<1>(input, &mut at)?[0];
                counted(input, &mut at, length.into())?
            }
            b'B' | b'X' => {
                let length = u32::from_le_bytes(fixed(input, &mut at)?);
                counted(input, &mut at, length.into())?
            }
            b'T' | 0x8b => {
                let length = i32::from_le_bytes(fixed(input, &mut at)?);
                counted(input, &mut at, length.try_into().ok()?)?
            }
            0x8d | 0x8e | 0x96 => {
                let length = u64::from_le_bytes(fixed(input, &mut at)?);
                counted(input, &mut at, length)?
            }
            b'F' | b'I' | b'L' | b'P' | b'S' | b'V' | b'g' | b'p' => line(input, &mut at)?,
            b'c' | b'i' => line(input, &mut at)? + line(input, &mut at)?,
            b'.' => return Some(fold(sum, opcode, 0)),
            b'('
            | b')'
            | b'0'
            | b'1'
            | b'2'
            | b'N'
            | b'Q'
            | b'R'
            | b']'
            | b'a'
            | b'b'
            | b'd'
            | b'e'
            | b'l'
            | b'o'
            | b's'
            | b't'
            | b'u'
            | b'}'
            | 0x81
            | 0x85..=0x89
            | 0x8f..=0x94
            | 0x97
            | 0x98 => 0,
            _ => return None,
        };
        sum = fold(sum, opcode, argument);
    }
}

#[inline(always)]
fn fixed<const N: usize>(input: &[u8], at: &mut usize) -> Option<[u8; N]> {
    let bytes = input.get(*at..)?.first_chunk()?;
    *at += N;
    Some(*bytes)
}

/// Skips an argument of a given length, and returns the length.
#[inline(always)]
fn counted(input: &[u8], at: &mut usize, length: u64) -> Option<u64> {
    let end = at.checked_add(usize::try_from(length).ok()?)?;
    let bytes = input.get(*at..end)?;
    *at = end;
    Some(bytes.len() as u64)
}

#[inline(always)]
fn line(input: &[u8], at: &mut usize) -> Option<u64> {
    let rest = input.get(*at..)?;
    let length = memchr::memchr(b'\n', rest)?;
    *at += length + 1;
    Some(length as u64)
}

/// Returns the same checksum, by way of the lexer.
pub fn lex(input: &[u8]) -> Option<u64> {
    let mut lexer = Lexer::new(input);
    let mut sum = Checksum(0);
    while lexer.visit(&mut sum).ok()? {}
    Some(sum.0)
}

struct Checksum(u64);

impl<'a> Visitor<'a> for Checksum {
    /// True if more opcodes follow.
    type Output = bool;

    #[inline(always)]
    fn visit(&mut self, _: usize, _: &mut Lexer<'a>, op: Op<'a>) -> bool {
        let argument = match op {
            Op::BinInt1(value)
            | Op::BinGet(value)
            | Op::BinPut(value)
            | Op::Proto(value)
            | Op::Ext1(value) => value.into(),
            Op::BinInt2(value) | Op::Ext2(value) => value.into(),
            Op::BinInt(value) | Op::Ext4(value) => value.cast_unsigned().into(),
            Op::LongBinGet(value) | Op::LongBinPut(value) => value.into(),
            Op::Frame(value) => value,
            Op::BinFloat(value) => value.to_bits(),
            Op::Float(bytes)
            | Op::Int(bytes)
            | Op::Long(bytes)
            | Op::PersId(bytes)
            | Op::String(bytes)
            | Op::BinString(bytes)
            | Op::ShortBinString(bytes)
            | Op::Unicode(bytes)
            | Op::BinUnicode(bytes)
            | Op::ShortBinUnicode(bytes)
            | Op::BinUnicode8(bytes)
            | Op::BinBytes(bytes)
            | Op::ShortBinBytes(bytes)
            | Op::BinBytes8(bytes)
            | Op::ByteArray8(bytes)
            | Op::Get(bytes)
            | Op::Put(bytes)
            | Op::Long1(bytes)
            | Op::Long4(bytes) => bytes.len() as u64,
            Op::Global((module, name)) | Op::Inst((module, name)) => (module.len() + name.len()) as u64,
            _ => 0,
        };
        self.0 = fold(self.0, op.opcode().byte(), argument);
        op != Op::Stop
    }
}
