//! Short opcodes, looked up in tables.
//!
//! A jump to code of its own for each opcode cannot be predicted where the kinds of objects are mixed at random, as with
//! ints of different sizes; and guessing wrong takes longer than everything else.

use halfsour_lexer::{ArgKind, Opcode};

/// How many bytes an opcode takes: none if it is not short.
#[derive(Clone, Copy)]
struct Length {
    fixed: u8,
    /// All bits, if the byte after the opcode says how many more there are.
    counted: u8,
}

/// The scalars that have no lines, and no lengths of more than a byte.
const LENGTHS: [Length; 256] = {
    use Opcode::{
        BinFloat, BinInt, BinInt1, BinInt2, EmptyTuple, Long1, NewFalse, NewTrue, None, ShortBinBytes,
        ShortBinUnicode,
    };
    let scalars = [
        None,
        NewTrue,
        NewFalse,
        EmptyTuple,
        BinInt,
        BinInt1,
        BinInt2,
        BinFloat,
        Long1,
        ShortBinUnicode,
        ShortBinBytes,
    ];
    let mut lengths = [Length { fixed: 0, counted: 0 }; 256];
    let mut at = 0;
    while at < scalars.len() {
        let (argument, counted) = match scalars[at].arg() {
            Option::None => (0, 0),
            Some(ArgKind::Uint2) => (2, 0),
            Some(ArgKind::Int4) => (4, 0),
            Some(ArgKind::Float8) => (8, 0),
            Some(ArgKind::Uint1) => (1, 0),
            // A length.
            Some(_) => (1, u8::MAX),
        };
        lengths[scalars[at].byte() as usize] = Length { fixed: 1 + argument, counted };
        at += 1;
    }
    lengths
};

/// More bytes than a short scalar takes, whatever the bytes are: then they need no checks one by one.
pub(super) const WINDOW: usize = 3 * 256;

/// How many bytes the scalar takes that is at the start, if it is a short one: otherwise none.
#[inline]
pub(super) fn length(window: &[u8; WINDOW]) -> usize {
    const TEXT: u8 = Opcode::ShortBinUnicode.byte();
    const FLOAT: u8 = Opcode::BinFloat.byte();
    // Where these are guessed right, nobody waits for the table.
    match window[0] {
        TEXT => 2 + usize::from(window[1]),
        FLOAT => 9,
        byte => looked_up(byte, window[1]),
    }
}

#[inline]
fn looked_up(byte: u8, next: u8) -> usize {
    let Length { fixed, counted } = LENGTHS[usize::from(byte)];
    usize::from(fixed) + (usize::from(next) & usize::from(counted))
}

/// How an int is written.
#[derive(Clone, Copy)]
struct Int {
    /// Where its bytes are, from the opcode.
    from: u8,
    /// By how many bits eight bytes from there have to be shifted so that nothing is left but its own. That of what is no
    /// int is out of range.
    shift: u8,
    is_signed: bool,
    is_counted: bool,
}

const INTS: [Int; 256] = {
    let mut ints = [Int { from: 1, shift: u8::MAX, is_signed: false, is_counted: false }; 256];
    let fixed = Int { from: 1, shift: 0, is_signed: false, is_counted: false };
    ints[Opcode::BinInt1.byte() as usize] = Int { shift: 56, ..fixed };
    ints[Opcode::BinInt2.byte() as usize] = Int { shift: 48, ..fixed };
    ints[Opcode::BinInt.byte() as usize] = Int { shift: 32, is_signed: true, ..fixed };
    // It counts bytes, and has one at least.
    ints[Opcode::Long1.byte() as usize] = Int { from: 2, shift: 64, is_signed: true, is_counted: true };
    ints
};

/// The int that is at `at` in binary, and where it ends; unless it is too long, or near the end of the input.
#[inline]
pub(super) fn int(input: &[u8], at: usize) -> Option<(i64, usize)> {
    let rest = input.get(at..)?;
    let &[byte, next, ..] = rest else { return None };
    let Int { from, shift, is_signed, is_counted } = INTS[usize::from(byte)];
    let counted = if is_counted { next } else { 0 };
    let shift = u32::from(shift).checked_sub(u32::from(counted) * 8).filter(|shift| *shift < 64)?;
    let (bytes, _) = rest.get(usize::from(from)..)?.split_first_chunk()?;
    let word = u64::from_le_bytes(*bytes) << shift;
    let value = if is_signed { word.cast_signed() >> shift } else { (word >> shift).cast_signed() };
    // Its length could be told from the shift, but what comes next waits for it.
    Some((value, at + looked_up(byte, next)))
}
