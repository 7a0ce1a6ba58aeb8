//! ndarray: arrays of numbers.

use bytemuck::PodCastError;
use bytemuck::checked::{CheckedCastError, try_cast_slice};
use ndarray::{ArrayD, ArrayViewD, IxDyn, ShapeBuilder};

use crate::memory::{ArrayError, ByteOrder, Numbers, Numeric};
use crate::numpy::NdArray;

const NATIVE: ByteOrder = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };

impl<'a> Numbers<'a> {
    /// Views the numbers where they lie, with any strides.
    ///
    /// # Errors
    ///
    /// As of [`to_array`](Self::to_array), and [`ArrayError::Alignment`], [`ArrayError::ByteOrder`] and [`ArrayError::Bool`], if this machine
    /// has such numbers in another way. Where bytes of a pickle begin is a matter of luck: a program has to be ready to copy.
    pub fn view<T: Numeric>(&self) -> Result<ArrayViewD<'a, T>, ArrayError> {
        self.places::<T>()?;
        if self.order != NATIVE && size_of::<T>() > 1 {
            return Err(ArrayError::ByteOrder);
        }
        let shape = self.shape()?;
        if self.strided.is_empty() {
            return ArrayViewD::from_shape(shape, &[]).map_err(|_| ArrayError::Shape);
        }
        let sizes = self.strided.shape.iter().zip(&self.strided.strides);
        // Of one element, the stride means nothing, and may be any number.
        let strides =
            sizes.map(|(length, stride)| if *length == 1 { Ok(0) } else { usize::try_from(*stride) });
        let strides: Vec<_> = strides.collect::<Result<_, _>>().map_err(|_| ArrayError::Shape)?;
        // A storage may end within a number.
        let whole = self.bytes.len() - self.bytes.len() % size_of::<T>();
        let numbers = try_cast_slice(&self.bytes[..whole]).map_err(|error| match error {
            CheckedCastError::PodCastError(PodCastError::TargetAlignmentGreaterAndInputNotAligned) => {
                ArrayError::Alignment(align_of::<T>())
            }
            CheckedCastError::PodCastError(_) => ArrayError::Shape,
            CheckedCastError::InvalidBitPattern => ArrayError::Bool,
        })?;
        let first = usize::try_from(self.strided.offset).ok().and_then(|offset| numbers.get(offset..));
        ArrayViewD::from_shape(shape.strides(IxDyn(&strides)), first.ok_or(ArrayError::Shape)?)
            .map_err(|_| ArrayError::Shape)
    }

    /// Copies the numbers into an array in C's order, whatever their places and the order of their bytes.
    ///
    /// # Errors
    ///
    /// As of [`to_vec`](Self::to_vec).
    pub fn to_array<T: Numeric>(&self) -> Result<ArrayD<T>, ArrayError> {
        ArrayD::from_shape_vec(self.shape()?, self.to_vec()?).map_err(|_| ArrayError::Shape)
    }

    fn shape(&self) -> Result<IxDyn, ArrayError> {
        let lengths = self.strided.shape.iter().map(|length| usize::try_from(*length));
        lengths.collect::<Result<Vec<_>, _>>().map(|lengths| IxDyn(&lengths)).map_err(|_| ArrayError::Shape)
    }
}

impl<'g, S: AsRef<[u8]>> NdArray<'g, S> {
    /// Views the elements where they lie in the pickle, with any strides.
    ///
    /// ```
    /// use halfsour_classes::memory::ArrayError;
    /// use halfsour_classes::numpy::array;
    ///
    /// // numpy.array([[1, 2], [3, 4]], dtype="<i2")
    /// let graph = halfsour_vm::from_slice(
    ///     b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85U\x01btR\
    ///       (K\x01K\x02K\x02\x86cnumpy\ndtype\n(U\x02i2K\0K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\
    ///       \x89U\x08\x01\0\x02\0\x03\0\x04\0tb.",
    /// )?;
    /// let array = array(graph.root()).unwrap();
    /// let sum = match array.view::<i16>() {
    ///     Ok(view) => view.sum(),
    ///     // The bytes lie in the pickle where they may.
    ///     Err(ArrayError::Alignment(_)) => array.to_array::<i16>()?.sum(),
    ///     Err(error) => return Err(error.into()),
    /// };
    /// assert_eq!(sum, 10);
    /// assert_eq!(
    ///     array.view::<f64>().unwrap_err().to_string(),
    ///     "the elements are of type int16, not float64"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As of [`to_array`](Self::to_array), and [`ArrayError::Alignment`], [`ArrayError::ByteOrder`] and [`ArrayError::Bool`], if this machine
    /// has such numbers in another way. Where bytes of a pickle begin is a matter of luck: a program has to be ready to copy.
    pub fn view<T: Numeric>(&self) -> Result<ArrayViewD<'g, T>, ArrayError> {
        self.numbers()?.view()
    }

    /// Copies the elements into an array in C's order, whatever their alignment, order of bytes and strides.
    ///
    /// # Errors
    ///
    /// As of [`to_vec`](Self::to_vec).
    pub fn to_array<T: Numeric>(&self) -> Result<ArrayD<T>, ArrayError> {
        self.numbers()?.to_array()
    }
}

#[cfg(feature = "half")]
crate::memory::numbers::numeric! { half::f16 = "float16" half::bf16 = "bfloat16" }

#[cfg(feature = "num-complex")]
mod complex {
    use num_complex::Complex;

    use crate::memory::{ByteOrder, Numeric, numbers::cast::Cast};

    macro_rules! complex {
        ($($type:ty = $name:literal)*) => {
            $(
                impl Cast for Complex<$type> {}

                impl Numeric for Complex<$type> {
                    const DTYPE: &'static str = $name;

                    fn read(bytes: &[u8], order: ByteOrder) -> Option<Self> {
                        let (re, im) = bytes.split_at_checked(size_of::<$type>())?;
                        Some(Self::new(Numeric::read(re, order)?, Numeric::read(im, order)?))
                    }
                }
            )*
        };
    }

    complex! { f32 = "complex64" f64 = "complex128" }
}
