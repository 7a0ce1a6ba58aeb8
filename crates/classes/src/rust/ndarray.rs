//! ndarray: arrays of numbers.

use std::mem::size_of;

use bytemuck::Pod;
use ndarray::{ArrayD, ArrayViewD, CowArray, IxDyn, ShapeBuilder};

use crate::ConversionError;
use crate::numpy::{ByteOrder, NdArray};

/// Numbers side by side, as the memory of a machine held them, and as numpy, torch and `array.array` pickle them.
///
/// ```
/// use halfsour_classes::stdlib::ArrayItems;
/// use halfsour_classes::{Known, Memory, recognise};
///
/// // array.array('d', [0.5, -2.0])
/// let graph = halfsour_vm::from_slice(
///     b"\x80\x03carray\n_array_reconstructor\n(carray\narray\nX\x01\0\0\0dK\x10C\x10\
///       \0\0\0\0\0\0\xe0\x3f\0\0\0\0\0\0\0\xc0tR.",
/// )?;
/// let Some(Known::Array(array)) = recognise(graph.root()) else { panic!() };
/// let ArrayItems::Machine { format, bytes } = array.items else { panic!() };
/// assert_eq!(format.size, size_of::<f64>());
/// let memory =
///     Memory { bytes, shape: &[2], is_fortran: false, is_big_endian: format.is_big_endian };
/// assert_eq!(memory.array::<f64>()?.sum(), -1.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Memory<'a> {
    /// The numbers.
    pub bytes: &'a [u8],
    /// The number of elements in each dimension.
    pub shape: &'a [usize],
    /// Whether those of the first dimension are neighbours, not those of the last.
    pub is_fortran: bool,
    /// Whether the first byte of each is the highest.
    pub is_big_endian: bool,
}

impl<'a> Memory<'a> {
    /// The numbers where they lie. The caller knows their type.
    ///
    /// # Errors
    ///
    /// [`ConversionError::Shape`], if there are not as many as the shape says; [`ConversionError::Layout`], if they do not lie as this machine
    /// keeps such numbers, in the order of their bytes and at what they are aligned to.
    pub fn view<T: Numeric>(&self) -> Result<ArrayViewD<'a, T>, ConversionError> {
        self.check::<T>()?;
        let numbers = self.is_native::<T>().then(|| bytemuck::try_cast_slice(self.bytes).ok()).flatten();
        ArrayViewD::from_shape(self.order(), numbers.ok_or(ConversionError::Layout)?)
            .map_err(|_| ConversionError::Shape)
    }

    /// The numbers where they lie, if that can be, or else a copy of them.
    ///
    /// # Errors
    ///
    /// [`ConversionError::Shape`], if there are not as many as the shape says.
    pub fn array<T: Numeric>(&self) -> Result<CowArray<'a, T, IxDyn>, ConversionError> {
        match self.view() {
            Err(ConversionError::Layout) => {}
            view => return view.map(CowArray::from),
        }
        let is_native = self.is_native::<T>();
        let number = |bytes: &[u8]| {
            let mut number = T::zeroed();
            let native = bytemuck::bytes_of_mut(&mut number);
            native.copy_from_slice(bytes);
            if !is_native {
                native.chunks_exact_mut(T::PART).for_each(<[u8]>::reverse);
            }
            number
        };
        let numbers = self.bytes.chunks_exact(size_of::<T>()).map(number).collect();
        let array = ArrayD::from_shape_vec(self.order(), numbers).map_err(|_| ConversionError::Shape)?;
        Ok(array.into())
    }

    fn is_native<T: Numeric>(&self) -> bool {
        T::PART == 1 || self.is_big_endian == cfg!(target_endian = "big")
    }

    fn check<T>(&self) -> Result<(), ConversionError> {
        let bytes = self.shape.iter().try_fold(size_of::<T>(), |bytes, length| bytes.checked_mul(*length));
        if bytes == Some(self.bytes.len()) { Ok(()) } else { Err(ConversionError::Shape) }
    }

    fn order(&self) -> ndarray::Shape<IxDyn> {
        IxDyn(self.shape).set_f(self.is_fortran)
    }
}

impl<S: AsRef<[u8]>> NdArray<'_, S> {
    /// The numbers of an array of numpy, for types of the crate ndarray; whether they are of such a type, the array's `dtype` says.
    ///
    /// # Errors
    ///
    /// [`ConversionError::Layout`], if they are in no bytes here, or lie in an order other than C's and Fortran's.
    pub fn memory(&self) -> Result<Memory<'_>, ConversionError> {
        let bytes = self.bytes().ok_or(ConversionError::Layout)?;
        let is_fortran = !self.is_contiguous(false);
        if is_fortran && !self.is_contiguous(true) {
            return Err(ConversionError::Layout);
        }
        let is_big_endian = self.dtype.order == ByteOrder::Big;
        Ok(Memory { bytes, shape: &self.shape, is_fortran, is_big_endian })
    }
}

/// A number as machines keep it.
pub trait Numeric: Pod {
    /// The number of bytes that have an order: all of a number, or those of one part of a complex number.
    const PART: usize = size_of::<Self>();
}

macro_rules! numbers {
    ($($type:ty)*) => { $(impl Numeric for $type {})* };
}

numbers! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

#[cfg(feature = "half")]
numbers! { half::f16 half::bf16 }

#[cfg(feature = "num-complex")]
impl<T: Numeric> Numeric for num_complex::Complex<T> {
    const PART: usize = T::PART;
}
