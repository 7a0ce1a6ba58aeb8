//! [`Numbers`]: numbers in memory as those of a Rust type.

use std::borrow::Cow;
use std::fmt;

use super::{ByteOrder, Positions, Strided};

/// Numbers of one type in memory, as numpy, torch and `array.array` pickle them.
///
/// ```
/// use halfsour_classes::{Known, recognise};
///
/// // array.array('d', [0.5, -2.0])
/// let graph = halfsour_vm::from_slice(
///     b"\x80\x03carray\n_array_reconstructor\n(carray\narray\nX\x01\0\0\0dK\x10C\x10\
///       \0\0\0\0\0\0\xe0\x3f\0\0\0\0\0\0\0\xc0tR.",
/// )?;
/// let Some(Known::Array(array)) = recognise(graph.root()) else { panic!() };
/// let numbers = array.numbers().unwrap();
/// assert_eq!(numbers.to_vec::<f64>()?, [0.5, -2.0]);
/// let error = numbers.to_vec::<i64>().unwrap_err();
/// assert_eq!(error.to_string(), "the elements are of type float64, not int64");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers<'a> {
    /// The name of their type in numpy and torch: `float64`. It decides as which Rust type they are read.
    pub dtype: Cow<'static, str>,
    /// The bytes that they lie in.
    pub bytes: &'a [u8],
    /// The order of the bytes of a number.
    pub order: ByteOrder,
    /// Their places in the bytes.
    pub strided: Strided,
}

impl Numbers<'_> {
    /// Copies the numbers, the last dimension first, whatever their places and the order of their bytes.
    ///
    /// # Errors
    ///
    /// [`ArrayError::DType`], if they are of another type; [`ArrayError::Shape`], if the bytes are fewer than those of so many numbers.
    pub fn to_vec<T: Numeric>(&self) -> Result<Vec<T>, ArrayError> {
        let mut places = self.places::<T>()?;
        if self.strided.is_contiguous() {
            let length =
                usize::try_from(places.left()).ok().and_then(|left| left.checked_mul(size_of::<T>()));
            let side_by_side = places.next().unwrap_or_default()..;
            let bytes =
                self.bytes.get(side_by_side).zip(length).and_then(|(bytes, length)| bytes.get(..length));
            return bytes.map(|bytes| T::read_all(bytes, self.order)).ok_or(ArrayError::Shape);
        }
        let number = |at| self.bytes.get(at..).and_then(|bytes| T::read(bytes, self.order));
        places.map(number).collect::<Option<_>>().ok_or(ArrayError::Shape)
    }

    /// The bytes at which the numbers begin, if they are of this type, within the bytes, and not more than would fit into them side by side.
    pub(crate) fn places<T: Numeric>(&self) -> Result<Positions, ArrayError> {
        if self.dtype != T::DTYPE {
            return Err(ArrayError::DType { found: self.dtype.clone(), asked: T::DTYPE });
        }
        let places = self.strided.positions(size_of::<T>(), self.bytes.len());
        places
            .filter(|places| places.left() <= (self.bytes.len() / size_of::<T>()) as u64)
            .ok_or(ArrayError::Shape)
    }
}

/// A Rust type of numbers that numpy and torch have, too.
pub trait Numeric: Copy + cast::Cast {
    /// The name of the type in numpy and torch: `float64`.
    const DTYPE: &'static str;

    /// Reads a number from the first of the bytes; `None` if they are too few.
    fn read(bytes: &[u8], order: ByteOrder) -> Option<Self>;

    /// Reads numbers that lie side by side, as many as there are in the bytes.
    fn read_all(bytes: &[u8], order: ByteOrder) -> Vec<Self> {
        bytes.chunks_exact(size_of::<Self>()).filter_map(|bytes| Self::read(bytes, order)).collect()
    }
}

/// Keeps [`Numeric`] to the types here.
pub(crate) mod cast {
    /// A type that bytes in memory may be seen as.
    #[cfg(feature = "ndarray")]
    pub trait Cast: bytemuck::CheckedBitPattern + bytemuck::NoUninit {}
    #[cfg(not(feature = "ndarray"))]
    pub trait Cast {}
}

macro_rules! numeric {
    ($($type:ty = $name:literal)*) => {
        $(
            impl $crate::memory::numbers::cast::Cast for $type {}

            impl $crate::memory::Numeric for $type {
                const DTYPE: &'static str = $name;

                fn read(bytes: &[u8], order: $crate::memory::ByteOrder) -> Option<Self> {
                    let bytes = *bytes.first_chunk()?;
                    Some(match order {
                        $crate::memory::ByteOrder::Little => Self::from_le_bytes(bytes),
                        $crate::memory::ByteOrder::Big => Self::from_be_bytes(bytes),
                    })
                }

                fn read_all(bytes: &[u8], order: $crate::memory::ByteOrder) -> Vec<Self> {
                    let each = bytes
                        .chunks_exact(size_of::<Self>())
                        .map(|bytes| bytes.first_chunk().copied().unwrap_or_default());
                    match order {
                        $crate::memory::ByteOrder::Little => each.map(Self::from_le_bytes).collect(),
                        $crate::memory::ByteOrder::Big => each.map(Self::from_be_bytes).collect(),
                    }
                }
            }
        )*
    };
}
#[cfg(feature = "half")]
pub(crate) use numeric;

numeric! {
    i8 = "int8" i16 = "int16" i32 = "int32" i64 = "int64"
    u8 = "uint8" u16 = "uint16" u32 = "uint32" u64 = "uint64"
    f32 = "float32" f64 = "float64"
}

impl cast::Cast for bool {}

impl Numeric for bool {
    const DTYPE: &'static str = "bool";

    fn read(bytes: &[u8], _: ByteOrder) -> Option<Self> {
        bytes.first().map(|byte| *byte != 0)
    }
}

/// The reason that numbers in memory cannot be had as those of a Rust type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArrayError {
    /// The elements are of another type.
    DType {
        /// The type of the elements.
        found: Cow<'static, str>,
        /// The name of the type that was asked for.
        asked: &'static str,
    },
    /// The bytes are fewer than the shape and the strides say.
    Shape,
    /// The bytes are in an out-of-band buffer, of this index, that was not supplied.
    OutOfBand(usize),
    /// The mask of the array hides some elements.
    Masked,
    /// The bytes do not begin at a multiple of this many bytes, which a view of the type needs. A copy does not.
    Alignment(usize),
    /// The bytes of each number are in the other order than this machine has them, which a view cannot mend. A copy can.
    ByteOrder,
    /// A bool is a byte other than 0 and 1, which a view cannot mend. A copy takes it for `true`, as numpy does.
    Bool,
}

impl fmt::Display for ArrayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DType { found, asked } => write!(f, "the elements are of type {found}, not {asked}"),
            Self::Shape => f.write_str("there are fewer bytes than the shape and the strides say"),
            Self::OutOfBand(index) => {
                write!(f, "the elements are in the out-of-band buffer {index}, which was not supplied")
            }
            Self::Masked => f.write_str("some elements are masked: `elements` tells which"),
            Self::Alignment(to) => {
                write!(
                    f,
                    "the bytes do not begin at a multiple of {to}: use `to_array` or `to_vec`, which copy"
                )
            }
            Self::ByteOrder => f.write_str(
                "the bytes of the numbers are in the other order: use `to_array` or `to_vec`, which copy",
            ),
            Self::Bool => f.write_str("a bool is neither 0 nor 1: use `to_array` or `to_vec`, which copy"),
        }
    }
}

impl std::error::Error for ArrayError {}
