//! [`LongDouble`]: a number of more than 64 bits, in one of the formats that machines have for it.

use std::fmt;

use halfsour_text::repr::{self, Long};

use crate::memory::ByteOrder;

/// A `longdouble`. Its `Display` is numpy's `str()`; the bytes, where the format cannot be told.
///
/// A pickle has the size of such numbers (12 or 16 bytes), and not their format, which is that of the machine: an x86 has 80 bits and then anything, most others have
/// 128 bits of IEEE 754. The numbers tell: what is a usual number in one of these formats is hardly ever one in the other. The pairs of `float64` that POWER has are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongDouble<'a> {
    bytes: &'a [u8],
    order: ByteOrder,
    format: Option<LongFormat>,
}

/// The format of a [`LongDouble`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LongFormat {
    /// 80 bits, in 12 or 16 bytes.
    Extended,
    /// 128 bits, of which 113 are the mantissa.
    Quad,
}

/// What the bytes are as a number of one of the formats.
#[derive(Clone, Copy, PartialEq)]
enum Reading {
    /// Zero, infinite, not a number, or with an exponent that a `float64` may have.
    Usual,
    /// A number with an exponent beyond that.
    Unusual,
    /// None that arithmetic makes.
    None,
}

/// Exponents of two of numbers that are usual.
const USUAL: i32 = 1100;

/// A number without the bytes that do not count.
enum Value {
    Zero(bool),
    Finite(Long),
    Infinite(bool),
    NaN,
}

impl<'a> LongDouble<'a> {
    /// A number as it lies in memory, in 12 or 16 bytes; what it is alone says which format it has.
    pub(crate) fn new(bytes: &'a [u8], order: ByteOrder) -> Self {
        let mut number = Self { bytes, order, format: None };
        number.format = LongFormat::of([number].into_iter());
        number
    }

    /// The same number in the format of its neighbours, if it does not tell its own.
    pub(super) fn or_format(self, format: impl FnOnce() -> Option<LongFormat>) -> Self {
        Self { format: self.format.or_else(format), ..self }
    }

    /// The bytes, as the machine had them.
    pub fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The format; `None` if it cannot be told.
    pub fn format(self) -> Option<LongFormat> {
        self.format
    }

    /// The number as numpy's `str()` has it; `None` if the format cannot be told.
    pub fn text(self) -> Option<String> {
        Some(match self.value(self.format?) {
            Value::Zero(is_negative) => if is_negative { "-0.0" } else { "0.0" }.to_owned(),
            Value::Finite(long) => long.to_string(),
            Value::Infinite(is_negative) => if is_negative { "-inf" } else { "inf" }.to_owned(),
            Value::NaN => "nan".to_owned(),
        })
    }

    /// The nearest `float64`; `None` if the format cannot be told.
    pub fn to_f64(self) -> Option<f64> {
        self.text()?.parse().ok()
    }

    /// All bits, the lowest first.
    fn bits(self) -> u128 {
        let mut little = [0; 16];
        for (place, byte) in little.iter_mut().zip(self.bytes) {
            *place = *byte;
        }
        if self.order == ByteOrder::Big {
            little[..self.bytes.len().min(16)].reverse();
        }
        u128::from_le_bytes(little)
    }

    #[allow(clippy::cast_possible_truncation)] // parts of the bits are taken
    fn value(self, format: LongFormat) -> Value {
        let bits = self.bits();
        match format {
            LongFormat::Extended => {
                let (mantissa, top) = (u128::from(bits as u64), (bits >> 64) as u16);
                // The first bit of the mantissa is written.
                finite(mantissa, top, 0x8000_0000_0000_0000, mantissa << 1 & 0xFFFF_FFFF_FFFF_FFFF, 63)
            }
            LongFormat::Quad => {
                let (fraction, top) = (bits & ((1 << 112) - 1), (bits >> 112) as u16);
                let first = if top & 0x7FFF == 0 { 0 } else { 1 << 112 };
                finite(fraction | first, top, 1 << 112, fraction, 112)
            }
        }
    }

    fn reading(self, format: LongFormat) -> Reading {
        let is_usual =
            |exponent: i32| if exponent.abs() <= USUAL { Reading::Usual } else { Reading::Unusual };
        let bits = self.bits();
        match (format, self.value(format)) {
            // In this format, a number whose first bit is not written is a very small one; else it is none.
            (LongFormat::Extended, _) if bits >> 63 & 1 == 0 && bits & ((1 << 79) - 1) != 0 => Reading::None,
            (_, Value::Finite(long)) => {
                #[allow(clippy::cast_possible_wrap)] // at most 128
                let bits = (128 - long.mantissa.leading_zeros()) as i32;
                is_usual(long.exponent + bits)
            }
            _ => Reading::Usual,
        }
    }

    /// Whether it may be a pair of `float64`: the smaller one is no more than half of the last place of the larger one, and not far
    /// below.
    fn is_pair(self) -> bool {
        const FARTHEST: f64 = 1e-48;
        let bits = self.bits();
        #[allow(clippy::cast_possible_truncation)] // halves are taken
        let (first, second) = (f64::from_bits(bits as u64), f64::from_bits((bits >> 64) as u64));
        let (high, low) = if self.order == ByteOrder::Big { (second, first) } else { (first, second) };
        let is_near = low == 0.0 || low.abs() > high.abs() * FARTHEST;
        bits == 0 || high.is_normal() && is_near && (high + low).to_bits() == high.to_bits()
    }

    fn is_nothing(self, format: LongFormat) -> bool {
        matches!(self.value(format), Value::Zero(_))
    }
}

impl LongFormat {
    /// The format of numbers that all have the same one.
    pub(super) fn of<'a>(numbers: impl Iterator<Item = LongDouble<'a>> + Clone) -> Option<Self> {
        const MANY: usize = 8;
        let are_valid = numbers.clone().all(|number| number.reading(Self::Extended) != Reading::None);
        let has_nothing_else = |size: u32| numbers.clone().all(|number| number.bits() >> size == 0);
        if numbers.clone().all(|number| number.bytes.len() == 12) || has_nothing_else(80) {
            return are_valid.then_some(Self::Extended);
        }
        // What follows the 80 bits may be anything, so that it may look like the end of another format. But the first 80 of 128 bits are
        // zero, or a number with any exponent.
        let counting = numbers.clone().filter(|number| !number.is_nothing(Self::Extended));
        let count = counting.clone().count();
        let usual = counting.filter(|number| number.reading(Self::Extended) == Reading::Usual).count();
        let is_extended = are_valid && usual > 0 && usual * 2 >= count;
        let is_quad = numbers.clone().all(|number| number.reading(Self::Quad) == Reading::Usual);
        // Pairs are known, so that they are taken for nothing else, and not read.
        let is_pair = numbers.clone().all(LongDouble::is_pair);
        match (is_extended, is_quad || is_pair) {
            (true, false) => Some(Self::Extended),
            (true, true) if usual >= MANY => Some(Self::Extended),
            (false, true) if !is_pair && count > 0 => Some(Self::Quad),
            _ => None,
        }
    }
}

/// A number of 15 bits of exponent, with the sign above them.
fn finite(mantissa: u128, top: u16, lowest: u128, fraction: u128, bits: i32) -> Value {
    const BIAS: i32 = 16_383;
    let (is_negative, exponent) = (top & 0x8000 != 0, i32::from(top & 0x7FFF));
    match exponent {
        0x7FFF if fraction == 0 => Value::Infinite(is_negative),
        0x7FFF => Value::NaN,
        _ if mantissa == 0 => Value::Zero(is_negative),
        _ => {
            let exponent = exponent.max(1);
            let is_lowest = mantissa == lowest && exponent > 1;
            Value::Finite(Long { is_negative, mantissa, exponent: exponent - BIAS - bits, is_lowest })
        }
    }
}

impl fmt::Display for LongDouble<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => f.write_str(&text),
            None => write!(f, "{}", repr::Bytes(self.bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that an AArch64 has of these numbers.
    const QUADS: [u128; 4] = [
        0x3FFF_0000_0000_0000_0000_0000_0000_0000,
        0x3FFB_9999_9999_9999_9999_9999_9999_999A,
        0xC000_5555_5555_5555_5555_5555_5555_5555,
        0,
    ];

    #[test]
    fn quads_are_told_from_extended_numbers() {
        let bytes = QUADS.map(u128::to_le_bytes);
        let numbers = bytes.iter().map(|bytes| LongDouble::new(bytes, ByteOrder::Little));
        let format = LongFormat::of(numbers.clone());
        assert_eq!(format, Some(LongFormat::Quad));
        let texts: Vec<_> = numbers.map(|number| number.or_format(|| format).to_string()).collect();
        assert_eq!(texts, ["1.0", "0.1", "-2.6666666666666666666666666666666665", "0.0"]);
    }

    #[test]
    fn pairs_are_not_taken_for_anything_else() {
        for (high, low) in [(1.0, 0.0), (0.1, -5.551_115_123_125_783e-18), (-1.5, 1e-20)] {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&f64::to_le_bytes(high));
            bytes[8..].copy_from_slice(&f64::to_le_bytes(low));
            let number = LongDouble::new(&bytes, ByteOrder::Little);
            assert_eq!((number.format(), number.text()), (None, None), "{high}");
        }
    }
}
