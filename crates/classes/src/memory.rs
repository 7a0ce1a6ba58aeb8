//! How numbers lie in memory: what arrays of numpy and tensors of torch have in common.

/// In which order the bytes of numbers are.
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

/// Where elements begin, the last dimension first.
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
    /// Those of elements of this size that begin `first` from the start of a storage of so many bytes, and are in each
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

    /// How many there are left.
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
