//! The lengths of short scalars, looked up in a table.
//!
//! Where the kinds of objects are mixed at random, a branch for each opcode is mispredicted, and that takes longer than all
//! the rest. The table needs no branch.

use halfsour_lexer::{ArgKind, Opcode};

/// The length of an opcode with its argument, in bytes; 0 for an opcode that is no short scalar.
#[derive(Clone, Copy)]
struct Length {
    fixed: u8,
    /// All bits, if the byte after the opcode is a count of further bytes.
    counted: u8,
}

/// The lengths of the scalars that have no line, and no count of more than a byte.
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
            // The argument is a count of one byte, then that many bytes.
            Some(_) => (1, u8::MAX),
        };
        lengths[scalars[at].byte() as usize] = Length { fixed: 1 + argument, counted };
        at += 1;
    }
    lengths
};

/// More bytes than a short scalar can take, so that its bytes need no bounds checks one by one.
pub(super) const WINDOW: usize = 3 * 256;

/// Returns the length in bytes of the short scalar that the window begins with, or 0 if it begins with none.
#[inline]
pub(super) fn scalar_length(window: &[u8; WINDOW]) -> usize {
    const TEXT: u8 = Opcode::ShortBinUnicode.byte();
    const FLOAT: u8 = Opcode::BinFloat.byte();
    // If the branch predictor guesses these right, nothing waits for the table.
    match window[0] {
        TEXT => 2 + usize::from(window[1]),
        FLOAT => 9,
        byte => {
            let Length { fixed, counted } = LENGTHS[usize::from(byte)];
            usize::from(fixed) + usize::from(window[1] & counted)
        }
    }
}
