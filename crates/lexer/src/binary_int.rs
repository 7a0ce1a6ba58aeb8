//! Binary ints, decoded by a table.
//!
//! Where ints of different sizes are mixed at random, a branch for each opcode is mispredicted, and that takes longer than
//! all the rest. The table needs no branch.

use halfsour_opcode::Opcode;

/// The encoding of an int.
#[derive(Clone, Copy)]
struct Int {
    /// The bits of the word that belong to the int, once it is shifted.
    mask: i32,
    /// The distance in bytes from the opcode to the word of eight bytes that holds the int.
    from: u8,
    /// The number of bits by which to shift the word up and down again, so that only the int is left. Out of range for an
    /// opcode that is no int.
    shift: u8,
    /// The length in bytes, with the opcode, without the bytes that are counted.
    length: u8,
    /// All bits, if the byte after the opcode is a count of bytes.
    counted: u8,
}

const INTS: [Int; 256] = {
    let none = Int { mask: -1, from: 1, shift: u8::MAX, length: 0, counted: 0 };
    let mut ints = [none; 256];
    ints[Opcode::BinInt1.byte() as usize] = Int { mask: 0xff, shift: 56, length: 2, ..none };
    ints[Opcode::BinInt2.byte() as usize] = Int { mask: 0xffff, shift: 48, length: 3, ..none };
    ints[Opcode::BinInt.byte() as usize] = Int { shift: 32, length: 5, ..none };
    // Without a byte, the shift is out of range: 0 is never written so.
    ints[Opcode::Long1.byte() as usize] = Int { from: 2, shift: 64, length: 2, counted: u8::MAX, ..none };
    ints
};

/// Returns the int that `input` begins with, and its length in bytes with the opcode.
///
/// Returns `None` for an int of more than eight bytes, one near the end of the input, and a `LONG1` where Python would have
/// written something shorter.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn binary_int(input: &[u8]) -> Option<(i64, usize)> {
    let [byte, next, ..] = *input.first_chunk::<10>()?;
    let Int { mask, from, shift, length, counted } = INTS[usize::from(byte)];
    let count = next & counted;
    let shift = u32::from(shift).wrapping_sub(u32::from(count) * 8);
    if shift >= u64::BITS {
        return None;
    }
    let word = i64::from_le_bytes(*input[usize::from(from)..].first_chunk()?);
    let value = word << shift >> shift & i64::from(mask);
    if counted != 0 && i32::try_from(value).is_ok() {
        return None;
    }
    Some((value, usize::from(length) + usize::from(count)))
}

#[cfg(test)]
mod tests {
    use super::binary_int;
    use crate::{Lexer, Op};
    use halfsour_text::number::le_to_i64;

    #[test]
    fn what_the_table_reads_the_lexer_reads() {
        let mut read = 0;
        for byte in 0..=u8::MAX {
            for (count, filler) in
                (0..12).flat_map(|count| [0, 0x7f, 0x80, 0xff].map(|filler| (count, filler)))
            {
                let mut input = [filler; 16];
                input[..2].copy_from_slice(&[byte, count]);
                let Some((value, length)) = binary_int(&input) else { continue };
                let mut lexer = Lexer::new(&input);
                let same = match lexer.next_op().unwrap() {
                    Op::BinInt1(same) => same.into(),
                    Op::BinInt2(same) => same.into(),
                    Op::BinInt(same) => same.into(),
                    Op::Long1(bytes) => le_to_i64(bytes).unwrap(),
                    other => panic!("{other:?}"),
                };
                assert_eq!((value, length), (same, lexer.offset()));
                read += 1;
            }
        }
        // All of three opcodes; of `LONG1`, those of more than four bytes that are not zeros or ones only.
        assert_eq!(read, 3 * 12 * 4 + 4 * 2);
    }
}
