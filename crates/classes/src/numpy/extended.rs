//! [`Extended`]: the small numbers of the package `ml_dtypes`.

use crate::memory::{Scalar, bfloat, finite, power_of_two, small};

/// A type of numbers that `ml_dtypes` adds to numpy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extended {
    /// `bfloat16`
    pub name: &'static str,
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Format {
    BFloat,
    /// Bits of exponent and mantissa, and the bias, as IEEE 754 has them.
    Ieee(u32, u32, u64),
    /// The same without infinities: only all bits set are NaN.
    Finite(u32, u32, u64),
    /// The same without infinities and -0, which is NaN.
    Unsigned0(u32, u32, u64),
    /// The same without infinities and NaN.
    Numbers(u32, u32, u64),
    /// An exponent alone.
    Exponent,
    /// Ints of so many bits in a byte.
    Int(u32),
    UInt(u32),
}

#[rustfmt::skip]
const ALL: &[Extended] = &[
    Extended { name: "bfloat16", format: Format::BFloat },
    Extended { name: "float8_e3m4", format: Format::Ieee(3, 4, 3) },
    Extended { name: "float8_e4m3", format: Format::Ieee(4, 3, 7) },
    Extended { name: "float8_e4m3fn", format: Format::Finite(4, 3, 7) },
    Extended { name: "float8_e4m3b11fnuz", format: Format::Unsigned0(4, 3, 11) },
    Extended { name: "float8_e4m3fnuz", format: Format::Unsigned0(4, 3, 8) },
    Extended { name: "float8_e5m2", format: Format::Ieee(5, 2, 15) },
    Extended { name: "float8_e5m2fnuz", format: Format::Unsigned0(5, 2, 16) },
    Extended { name: "float8_e8m0fnu", format: Format::Exponent },
    Extended { name: "float6_e2m3fn", format: Format::Numbers(2, 3, 1) },
    Extended { name: "float6_e3m2fn", format: Format::Numbers(3, 2, 3) },
    Extended { name: "float4_e2m1fn", format: Format::Numbers(2, 1, 1) },
    Extended { name: "int4", format: Format::Int(4) },
    Extended { name: "uint4", format: Format::UInt(4) },
    Extended { name: "int2", format: Format::Int(2) },
    Extended { name: "uint2", format: Format::UInt(2) },
];

impl Extended {
    /// The type with this name in `ml_dtypes`.
    pub fn from_name(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|kind| kind.name == name)
    }

    /// The size in bytes. A number of less than a byte has a byte for itself.
    pub const fn size(self) -> usize {
        if matches!(self.format, Format::BFloat) { 2 } else { 1 }
    }

    pub(crate) fn read(self, number: u64) -> Scalar {
        match self.format {
            Format::BFloat => Scalar::Float(bfloat(number)),
            Format::Ieee(exponent, mantissa, bias) => Scalar::Float(small(number, exponent, mantissa, bias)),
            Format::Finite(..) if number & 0x7F == 0x7F => Scalar::Float(f64::NAN),
            Format::Unsigned0(..) if number == 0x80 => Scalar::Float(f64::NAN),
            Format::Finite(exponent, mantissa, bias)
            | Format::Unsigned0(exponent, mantissa, bias)
            | Format::Numbers(exponent, mantissa, bias) => {
                Scalar::Float(finite(number, exponent, mantissa, bias))
            }
            Format::Exponent if number == 0xFF => Scalar::Float(f64::NAN),
            Format::Exponent => Scalar::Float(power_of_two(number, 127)),
            Format::Int(width) => {
                let unused = 64 - width;
                Scalar::Int(number.cast_signed() << unused >> unused)
            }
            Format::UInt(width) => Scalar::Int((number & ((1 << width) - 1)).cast_signed()),
        }
    }
}
