//! Ints in binary, looked up in a table.
//!
//! A jump to code of its own for each opcode cannot be predicted where ints of different sizes are mixed at random, and
//! guessing wrong takes longer than everything else.

use halfsour_opcode::Opcode;

/// How an int is written.
#[derive(Clone, Copy)]
struct Int {
    /// What is left of eight bytes.
    mask: i32,
    /// Where these are, from the opcode.
    from: u8,
    /// By how many bits they have to be shifted so that nothing is left but the int's own. That of what is no int is out of
    /// range.
    shift: u8,
    /// How many bytes it takes, with the opcode, beside those that are counted.
    length: u8,
    /// All bits, if the byte after the opcode counts bytes.
    counted: u8,
}

const INTS: [Int; 256] = {
    let none = Int { mask: -1, from: 1, shift: u8::MAX, length: 0, counted: 0 };
    let mut ints = [none; 256];
    ints[Opcode::BinInt1.byte() as usize] = Int { mask: 0xff, shift: 56, length: 2, ..none };
    ints[Opcode::BinInt2.byte() as usize] = Int { mask: 0xffff, shift: 48, length: 3, ..none };
    ints[Opcode::BinInt.byte() as usize] = Int { shift: 32, length: 5, ..none };
    // It has one byte at least.
    ints[Opcode::Long1.byte() as usize] = Int { from: 2, shift: 64, length: 2, counted: u8::MAX, ..none };
    ints
};

/// The int with which `input` begins, and how many bytes it takes; unless it is longer than a word, or near the end of the
/// input, or a `LONG1` where Python would have written something shorter.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn int(input: &[u8]) -> Option<(i64, usize)> {
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
    use super::int;
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
                let Some((value, length)) = int(&input) else { continue };
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
