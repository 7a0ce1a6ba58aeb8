//! [`DType`]: the type of the elements of a tensor.

use std::fmt;

use halfsour_value::Global;

use crate::args::text;
use crate::memory::{ByteOrder, Number, Scalar, bfloat, finite, float, power_of_two, small};

/// Each row: the variant, torch's name of it, the bytes of an element, and the prefix of the storage class that torch has for it.
macro_rules! dtypes {
    ($($variant:ident $name:literal $size:literal $($storage:literal)?;)*) => {
        /// The type of the elements of a tensor, by torch's names: `Float32` is `torch.float32`. Its `Display` is `float32`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum DType {
            $(#[doc = concat!("`torch.", $name, "`")] $variant,)*
        }

        impl DType {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// `float32`
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The size of an element in bytes. Numbers of less than a byte share one: that is an element here.
            pub const fn size(self) -> usize {
                match self { $(Self::$variant => $size,)* }
            }

            /// The type whose storages are of this class: `FloatStorage`.
            pub fn of_storage(class: &str) -> Option<Self> {
                match class.strip_suffix("Storage")? {
                    $($($storage => Some(Self::$variant),)?)*
                    _ => None,
                }
            }
        }
    };
}

#[rustfmt::skip]
dtypes! {
    Bool "bool" 1 "Bool";
    UInt8 "uint8" 1 "Byte";
    UInt16 "uint16" 2;
    UInt32 "uint32" 4;
    UInt64 "uint64" 8;
    Int8 "int8" 1 "Char";
    Int16 "int16" 2 "Short";
    Int32 "int32" 4 "Int";
    Int64 "int64" 8 "Long";
    Float4E2M1x2 "float4_e2m1fn_x2" 1;
    Float8E4M3 "float8_e4m3fn" 1;
    Float8E4M3Fnuz "float8_e4m3fnuz" 1;
    Float8E5M2 "float8_e5m2" 1;
    Float8E5M2Fnuz "float8_e5m2fnuz" 1;
    Float8E8M0 "float8_e8m0fnu" 1;
    Float16 "float16" 2 "Half";
    BFloat16 "bfloat16" 2 "BFloat16";
    Float32 "float32" 4 "Float";
    Float64 "float64" 8 "Double";
    Complex32 "complex32" 4;
    Complex64 "complex64" 8 "ComplexFloat";
    Complex128 "complex128" 16 "ComplexDouble";
    QInt8 "qint8" 1 "QInt8";
    QUInt8 "quint8" 1 "QUInt8";
    QInt32 "qint32" 4 "QInt32";
    QUInt4x2 "quint4x2" 1 "QUInt4x2";
    QUInt2x4 "quint2x4" 1 "QUInt2x4";
}

/// An element of a tensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Element {
    /// A number; of quantised tensors, the int that is stored.
    Scalar(Scalar),
    /// A byte with several elements in it: `float4_e2m1fn_x2`, `quint4x2`, `quint2x4`.
    Packed(u8),
}

impl DType {
    /// The type with this name, without `torch.`: `float32`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dtype| dtype.name() == name)
    }

    /// Recognises a type that is pickled as a bare global: `torch.float32`.
    pub(crate) fn from_global<S: AsRef<[u8]>>(global: &Global<'_, S>) -> Option<Self> {
        if text(global.module)? == "torch" { Self::from_name(text(global.name)?) } else { None }
    }

    /// The type of number that machines compute with, if it is one. That of a quantised type is the one of the ints that are stored.
    pub const fn number(self) -> Option<Number> {
        Some(match self {
            Self::Bool => Number::Bool,
            Self::Int8 | Self::QInt8 => Number::Int8,
            Self::Int16 => Number::Int16,
            Self::Int32 | Self::QInt32 => Number::Int32,
            Self::Int64 => Number::Int64,
            Self::UInt8 | Self::QUInt8 => Number::UInt8,
            Self::UInt16 => Number::UInt16,
            Self::UInt32 => Number::UInt32,
            Self::UInt64 => Number::UInt64,
            Self::Float16 => Number::Float16,
            Self::Float32 => Number::Float32,
            Self::Float64 => Number::Float64,
            _ => return None,
        })
    }

    /// The size of the numbers that have an order of bytes: that of an element, or half of it for complex ones.
    pub const fn number_size(self) -> usize {
        if self.is_complex() { self.size() / 2 } else { self.size() }
    }

    /// Whether it is of complex numbers.
    pub const fn is_complex(self) -> bool {
        matches!(self, Self::Complex32 | Self::Complex64 | Self::Complex128)
    }

    /// Whether it is of floats, one in each element, that have a sign.
    pub const fn is_float(self) -> bool {
        matches!(
            self,
            Self::Float8E4M3
                | Self::Float8E4M3Fnuz
                | Self::Float8E5M2
                | Self::Float8E5M2Fnuz
                | Self::Float16
                | Self::BFloat16
                | Self::Float32
                | Self::Float64
        )
    }

    /// Reads an element from its bytes; `None` if there are not as many as [`size`](Self::size) says.
    pub fn read(self, bytes: &[u8], order: ByteOrder) -> Option<Element> {
        if bytes.len() != self.size() {
            return None;
        }
        if let Some(number) = self.number() {
            return number.read(bytes, order).map(Element::Scalar);
        }
        let half = self.number_size();
        let bits = order.bits(&bytes[..half]);
        Some(Element::Scalar(match self {
            Self::BFloat16 => Scalar::Float(bfloat(bits)),
            Self::Float8E5M2 => Scalar::Float(small(bits, 5, 2, 15)),
            // Without infinities: all bits of exponent and mantissa are NaN.
            Self::Float8E4M3 if bits & 0x7F == 0x7F => Scalar::Float(f64::NAN),
            Self::Float8E4M3 => Scalar::Float(finite(bits, 4, 3, 7)),
            // Without infinities and -0, which is NaN.
            Self::Float8E4M3Fnuz | Self::Float8E5M2Fnuz if bits == 0x80 => Scalar::Float(f64::NAN),
            Self::Float8E4M3Fnuz => Scalar::Float(finite(bits, 4, 3, 8)),
            Self::Float8E5M2Fnuz => Scalar::Float(finite(bits, 5, 2, 16)),
            // An exponent alone.
            Self::Float8E8M0 if bits == 0xFF => Scalar::Float(f64::NAN),
            Self::Float8E8M0 => Scalar::Float(power_of_two(bits, 127)),
            Self::Complex32 | Self::Complex64 | Self::Complex128 => {
                Scalar::Complex(float(bits, half), float(order.bits(&bytes[half..]), half))
            }
            _ => return Some(Element::Packed(bytes[0])),
        }))
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
