//! The numbers.

use halfsour_opcode::Opcode;
use halfsour_text::{number, repr};
use halfsour_value::IntSpelling;

use super::Emitter;
use super::frames::SHORT;

/// The binary encoding of an int.
///
/// All encodings are a head of one or two bytes, then the lowest bytes of the int. So head and int are joined by shifts to a
/// word of 16 bytes, which is written as a whole, and the output is cut to the encoding's length. That takes no branch.
#[derive(Clone, Copy)]
struct BinaryInt {
    /// The opcode, and for `LONG1` the number of bytes.
    head: u16,
    /// The length of the head, in bits.
    head_bits: u8,
    /// The length of the encoding, in bytes.
    length: u8,
}

/// The encodings by sign (1 is negative), then by the index of the highest bit that differs from the sign.
const BINARY_INTS: [[BinaryInt; 64]; 2] = {
    const fn short(opcode: Opcode, length: u8) -> BinaryInt {
        BinaryInt { head: opcode.byte() as u16, head_bits: 8, length }
    }
    let mut table = [[short(Opcode::BinInt, 5); 64]; 2];
    // The length of the int in two's complement.
    let mut bytes = 1;
    let mut bit = 0;
    while bit < 64 {
        if bit % 8 == 7 {
            bytes += 1;
        }
        match bit {
            ..8 => table[0][bit] = short(Opcode::BinInt1, 2),
            8..16 => table[0][bit] = short(Opcode::BinInt2, 3),
            16..31 => {}
            31.. => {
                let head = Opcode::Long1.byte() as u16 | (bytes as u16) << 8;
                table[0][bit] = BinaryInt { head, head_bits: 16, length: 2 + bytes };
                table[1][bit] = table[0][bit];
            }
        }
        bit += 1;
    }
    table
};

impl Emitter {
    /// Writes an int of up to 64 bits.
    #[inline]
    pub fn int(&mut self, value: i64) {
        if self.has_room() { self.binary_int(value) } else { self.any_int(value) }
    }

    #[cold]
    fn any_int(&mut self, value: i64) {
        self.object();
        match self.protocol {
            2.. => self.binary_int(value),
            1 if i32::try_from(value).is_ok() => self.binary_int(value),
            _ => self.int_text(value),
        }
    }

    /// Writes an int in binary without a branch: where sizes are mixed, a branch would be mispredicted.
    #[inline]
    fn binary_int(&mut self, value: i64) {
        let highest_bit = ((value ^ value >> 63) | 1).ilog2() as usize;
        let BinaryInt { head, head_bits, length } = BINARY_INTS[usize::from(value < 0)][highest_bit & 63];
        let bits = value.cast_unsigned();
        let (low, high) = (u64::from(head) | bits << (head_bits & 63), bits >> ((64 - head_bits) & 63));
        let mut op = [0; SHORT];
        op[..8].copy_from_slice(&low.to_le_bytes());
        op[8..].copy_from_slice(&high.to_le_bytes());
        let end = self.out.len() + usize::from(length);
        self.out.extend_from_slice(&op);
        self.out.truncate(end);
    }

    /// Writes an int by the opcode that Python 2 gave it.
    pub(crate) fn int_by(&mut self, op: IntSpelling, value: i64) {
        self.object();
        match op {
            IntSpelling::Int => self.line(Opcode::Int, value, ""),
            IntSpelling::Long if self.protocol < 2 => self.line(Opcode::Long, value, "L"),
            IntSpelling::Long => self.long(value),
        }
    }

    fn long(&mut self, value: i64) {
        let (bytes, length) = number::i64_to_le(value);
        #[allow(clippy::cast_possible_truncation)] // at most eight
        self.payload(Opcode::Long1, [length as u8], &bytes[..length]);
    }

    fn int_text(&mut self, value: i64) {
        let mut buffer = itoa::Buffer::new();
        let text = buffer.format(value);
        if i32::try_from(value).is_ok() {
            self.line(Opcode::Int, text, "");
        } else {
            self.line(Opcode::Long, text, "L");
        }
    }

    /// Writes an int of more than 64 bits, given as its shortest little-endian two's complement.
    ///
    /// Protocols 0 and 1 write an int of more than 4,300 digits in hexadecimal, where Python refuses to write it.
    pub fn big_int(&mut self, bytes: &[u8]) {
        self.object();
        if self.protocol < 2 {
            self.line(Opcode::Long, number::BigDisplay(bytes), "L");
        } else if let Ok(length) = u8::try_from(bytes.len()) {
            self.payload(Opcode::Long1, [length], bytes);
        } else {
            // An int of 2 GiB cannot be written by Python either.
            let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
            self.payload(Opcode::Long4, length.to_le_bytes(), bytes);
        }
    }

    /// Writes a float.
    #[inline]
    pub fn float(&mut self, value: f64) {
        if self.has_room() { self.binary_float(value) } else { self.any_float(value) }
    }

    #[cold]
    fn any_float(&mut self, value: f64) {
        self.object();
        if self.protocol == 0 {
            self.line(Opcode::Float, repr::Float(value), "");
        } else {
            self.binary_float(value);
        }
    }

    #[inline]
    fn binary_float(&mut self, value: f64) {
        self.write(Opcode::BinFloat, value.to_be_bytes());
    }
}
