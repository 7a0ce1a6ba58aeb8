//! Numbers in memory: what the arrays of numpy, torch and Arrow have in common.

pub(crate) mod numbers;

use std::borrow::Cow;
use std::fmt;

use halfsour_text::repr;

pub use numbers::{ArrayError, Numbers, Numeric};

/// The order of the bytes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// The least significant first.
    Little,
    /// The most significant first.
    Big,
}

impl ByteOrder {
    /// The bits of a number of at most 8 bytes.
    pub(crate) fn bits(self, bytes: &[u8]) -> u64 {
        let mut little = [0; 8];
        for (index, &byte) in bytes.iter().take(8).enumerate() {
            little[if self == Self::Little { index } else { bytes.len().min(8) - 1 - index }] = byte;
        }
        u64::from_le_bytes(little)
    }
}

/// Each row: the variant, its name, and the bytes of a number.
macro_rules! numbers {
    ($($variant:ident $name:literal $size:literal;)*) => {
        /// The type of a number that machines compute with. Its `Display` is the name that numpy, torch and Arrow have for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Number {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Number {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name: `float32`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The size in bytes.
            pub const fn size(self) -> usize {
                match self { $(Self::$variant => $size,)* }
            }
        }
    };
}

#[rustfmt::skip]
numbers! {
    Bool "bool" 1;
    Int8 "int8" 1;
    Int16 "int16" 2;
    Int32 "int32" 4;
    Int64 "int64" 8;
    UInt8 "uint8" 1;
    UInt16 "uint16" 2;
    UInt32 "uint32" 4;
    UInt64 "uint64" 8;
    Float16 "float16" 2;
    Float32 "float32" 4;
    Float64 "float64" 8;
}

impl Number {
    /// The type with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|number| number.name() == name)
    }

    /// Whether it is a type of ints, with a sign or without.
    pub const fn is_int(self) -> bool {
        !matches!(self, Self::Bool | Self::Float16 | Self::Float32 | Self::Float64)
    }

    /// Reads a number from its bytes; `None` if there are not as many as [`size`](Self::size) says.
    pub fn read(self, bytes: &[u8], order: ByteOrder) -> Option<Scalar> {
        let size = self.size();
        if bytes.len() != size {
            return None;
        }
        let bits = order.bits(bytes);
        Some(match self {
            Self::Bool => Scalar::Bool(bits != 0),
            Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64 => Scalar::Int(signed(bits, size)),
            Self::UInt8 | Self::UInt16 | Self::UInt32 | Self::UInt64 => Scalar::UInt(bits),
            Self::Float16 | Self::Float32 | Self::Float64 => Scalar::Float(float(bits, size)),
        })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A number that was read, exactly. Its `Display` is as Python shows it: `True`, `-7`, `0.5`, `(1+2j)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// A bool.
    Bool(bool),
    /// An int of a type with a sign.
    Int(i64),
    /// An int of a type without a sign.
    UInt(u64),
    /// A float of up to 64 bits.
    Float(f64),
    /// A complex number of up to 128 bits: real and imaginary part.
    Complex(f64, f64),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Bool(value) => f.write_str(if value { "True" } else { "False" }),
            Self::Int(value) => write!(f, "{value}"),
            Self::UInt(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{}", repr::Float(value)),
            Self::Complex(re, im) => {
                repr::write_complex(f, &repr::Float(re).to_string(), &repr::Float(im).to_string())
            }
        }
    }
}

impl Scalar {
    /// The number of a shorter type as the `float64` with the digits that numpy prints of it: the fewest that tell it from its neighbours
    /// in that type. A `float32` of 0.1 is 0.1, and not 0.10000000149011612.
    #[must_use]
    pub fn shortest(self, of: Option<Number>) -> Self {
        match (self, of) {
            (Self::Float(value), Some(Number::Float32)) => Self::Float(repr::shortest_of_32_bits(value)),
            (Self::Float(value), Some(Number::Float16)) => Self::Float(repr::shortest_of_16_bits(value)),
            (scalar, _) => scalar,
        }
    }
}

/// The places of the elements of an array in memory, counted in elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strided {
    /// The number of elements in each dimension.
    pub shape: Vec<u64>,
    /// The distance between neighbours in each dimension.
    pub strides: Vec<u64>,
    /// The place of the first element.
    pub offset: u64,
}

impl Strided {
    /// The places of elements that lie side by side, the last dimension first, or in Fortran's order, the first dimension first.
    pub fn side_by_side(shape: Vec<u64>, is_fortran: bool) -> Self {
        let mut strides = vec![0; shape.len()];
        let mut step = 1_u64;
        let mut set = |(stride, length): (&mut u64, &u64)| {
            *stride = step;
            step = step.saturating_mul(*length);
        };
        if is_fortran {
            strides.iter_mut().zip(&shape).for_each(&mut set);
        } else {
            strides.iter_mut().zip(&shape).rev().for_each(&mut set);
        }
        Self { shape, strides, offset: 0 }
    }

    /// The number of elements, if 64 bits hold it.
    pub fn len(&self) -> Option<u64> {
        count(&self.shape)
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Whether the elements lie side by side, the last dimension first.
    pub fn is_contiguous(&self) -> bool {
        let mut expected = Some(1);
        let mut dimensions = self.shape.iter().zip(&self.strides).rev().filter(|(length, _)| **length != 1);
        self.is_empty()
            || dimensions.all(|(length, stride)| {
                let fits = expected == Some(*stride);
                expected = length.checked_mul(*stride);
                fits
            })
    }

    /// The bytes at which elements of `size` bytes begin, in a storage of `length` bytes, the last dimension first. `None` if one
    /// would be outside.
    pub fn positions(&self, size: usize, length: usize) -> Option<Positions> {
        let size = size as u64;
        // Of what has no elements, neither where they begin nor strides mean anything.
        let scale = |elements: u64| if self.is_empty() { Some(0) } else { elements.checked_mul(size) };
        let dimensions = self.shape.iter().zip(&self.strides);
        let strides = dimensions.map(|(&length, &stride)| if length == 1 { Some(0) } else { scale(stride) });
        let strides: Vec<_> = strides.collect::<Option<_>>()?;
        Positions::new(&self.shape, strides, scale(self.offset)?, size, length as u64)
    }

    /// The elements side by side, the last dimension first, little-endian: borrowed, if they lie so in the storage. An element has
    /// `size` bytes, in which the order is that of numbers of `number` bytes. `None` if an element would be outside.
    pub fn gather<'b>(
        &self,
        storage: &'b [u8],
        size: usize,
        number: usize,
        order: ByteOrder,
    ) -> Option<Cow<'b, [u8]>> {
        let mut positions = self.positions(size, storage.len())?;
        let length = usize::try_from(positions.left()).ok()?.checked_mul(size)?;
        let is_little = order == ByteOrder::Little || number == 1;
        if self.is_contiguous() && is_little {
            let start = positions.next().unwrap_or_default();
            return storage.get(start..start + length).map(Cow::Borrowed);
        }
        let mut bytes = Vec::with_capacity(length);
        for at in positions {
            let element = storage.get(at..at + size)?;
            if is_little {
                bytes.extend_from_slice(element);
            } else {
                element.chunks_exact(number).for_each(|part| bytes.extend(part.iter().rev()));
            }
        }
        Some(Cow::Owned(bytes))
    }
}

/// The number of two's complement that has this many bits.
pub(crate) fn signed(bits: u64, size: usize) -> i64 {
    let unused = 64 - 8 * size;
    bits.cast_signed() << unused >> unused
}

/// A float of IEEE 754 of 2, 4 or 8 bytes.
pub(crate) fn float(bits: u64, size: usize) -> f64 {
    match size {
        2 => small(bits, 5, 10, 15),
        4 => f64::from(f32::from_bits(u32::try_from(bits).unwrap_or_default())),
        _ => f64::from_bits(bits),
    }
}

/// The upper half of a float of 4 bytes.
pub(crate) fn bfloat(bits: u64) -> f64 {
    f32::from_bits(u32::try_from(bits << 16).unwrap_or_default()).into()
}

/// A float of IEEE 754 with so many bits of exponent and mantissa.
pub(crate) fn small(float: u64, exponent: u32, mantissa: u32, bias: u64) -> f64 {
    let sign = if float >> (exponent + mantissa) & 1 == 1 { -1.0 } else { 1.0 };
    let special = ((1 << exponent) - 1) << mantissa;
    match float & ((1 << (exponent + mantissa)) - 1) {
        magnitude if magnitude > special => f64::NAN,
        magnitude if magnitude == special => sign * f64::INFINITY,
        _ => finite(float, exponent, mantissa, bias),
    }
}

/// The same where no exponent is special.
pub(crate) fn finite(float: u64, exponent: u32, mantissa: u32, bias: u64) -> f64 {
    let fraction = float & ((1 << mantissa) - 1);
    let power = float >> mantissa & ((1 << exponent) - 1);
    let digits = if power == 0 { fraction } else { fraction | 1 << mantissa };
    let magnitude = f64::from(u32::try_from(digits).unwrap_or_default())
        * power_of_two(power.max(1), bias + u64::from(mantissa));
    if float >> (exponent + mantissa) & 1 == 1 { -magnitude } else { magnitude }
}

/// 2 to the power of the exponent less the bias: both are small.
pub(crate) fn power_of_two(exponent: u64, bias: u64) -> f64 {
    const BIAS: u64 = 1023;
    const MANTISSA: u32 = 52;
    f64::from_bits((BIAS + exponent - bias) << MANTISSA)
}

/// The product, if it is a number of 64 bits.
pub(crate) fn count(shape: &[u64]) -> Option<u64> {
    if shape.contains(&0) {
        Some(0)
    } else {
        shape.iter().try_fold(1, |count: u64, length| count.checked_mul(*length))
    }
}

/// The bytes at which elements begin, the last dimension first.
#[derive(Clone, Debug)]
pub struct Positions {
    dimensions: Vec<Dimension>,
    next: u64,
    left: u64,
}

#[derive(Clone, Debug)]
struct Dimension {
    length: u64,
    stride: u64,
    index: u64,
}

impl Positions {
    /// The positions of elements of this size that begin `first` from the start of a storage of so many bytes, and are in each
    /// dimension so many bytes from each other. `None` if one would be outside.
    pub(crate) fn new(
        shape: &[u64],
        strides: impl IntoIterator<Item = u64>,
        first: u64,
        size: u64,
        storage: u64,
    ) -> Option<Self> {
        let left = count(shape)?;
        let mut dimensions = Vec::with_capacity(shape.len());
        if left == 0 {
            return Some(Self { dimensions, next: 0, left });
        }
        let mut last = first;
        for (&length, stride) in shape.iter().zip(strides) {
            // Of one element, the stride means nothing.
            let stride = if length == 1 { 0 } else { stride };
            last = last.checked_add(stride.checked_mul(length - 1)?)?;
            dimensions.push(Dimension { length, stride, index: 0 });
        }
        let fits = last.checked_add(size)? <= storage;
        fits.then_some(Self { dimensions, next: first, left })
    }

    /// The number of positions that are left.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }
}

impl Iterator for Positions {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let at = self.next;
        for dimension in self.dimensions.iter_mut().rev() {
            dimension.index += 1;
            self.next += dimension.stride;
            if dimension.index < dimension.length {
                break;
            }
            dimension.index = 0;
            self.next -= dimension.stride * dimension.length;
        }
        usize::try_from(at).ok()
    }
}
