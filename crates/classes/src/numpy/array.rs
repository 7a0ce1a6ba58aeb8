//! [`NdArray`]: an array of numpy.

use halfsour_value::{Elements, Node};

use super::dtype::DType;
use super::element::Element;
use super::long::LongFormat;
use super::parse::count;
use crate::debug::{debug_fields, debug_variants};
use crate::memory::{ArrayError, ByteOrder, Numbers, Numeric, Strided};
use crate::stdlib::Members;

/// `numpy.ndarray`, or one of its subclasses.
#[derive(Clone)]
#[non_exhaustive]
pub struct NdArray<'g, S> {
    /// Its class.
    pub class: ArrayClass<'g, S>,
    /// The type of its elements.
    pub dtype: DType,
    /// The number of elements in each dimension.
    pub shape: Vec<usize>,
    /// The distance between neighbours in each dimension, in elements of [`ArrayData::Bytes`], or in records.
    pub strides: Vec<usize>,
    /// The elements.
    pub data: ArrayData<'g, S>,
    /// The mask of a masked array.
    pub mask: Option<Mask<'g, S>>,
    /// The parts of the state that are no part of the array, in order: what a subclass has beside it, mostly a dict of attributes.
    pub beside: Vec<Node<'g, S>>,
    /// Of a part of an array of `longdouble`, the format that the whole array told.
    pub(super) long: Option<LongFormat>,
}

/// The class of an [`NdArray`].
#[derive(Clone)]
pub enum ArrayClass<'g, S> {
    /// `numpy.ndarray`
    Array,
    /// `numpy.matrix`
    Matrix,
    /// `numpy.recarray`
    Record,
    /// `numpy.memmap`
    Memmap,
    /// `numpy.ma.MaskedArray`
    Masked,
    /// Another.
    Other(Node<'g, S>),
}

/// The place of the elements of an [`NdArray`].
#[derive(Clone)]
pub enum ArrayData<'g, S> {
    /// In memory, side by side, in the order that the strides say: as many as the shape says, and nothing else.
    Bytes(&'g [u8]),
    /// In memory, as a field of records that lie in the order that the strides say: [`NdArray::field`].
    Fields {
        /// The bytes of the records.
        bytes: &'g [u8],
        /// The size of a record in bytes.
        record: usize,
        /// The offset of the field in a record.
        offset: usize,
    },
    /// Objects, the last dimension first.
    Objects(Elements<'g, S>),
    /// In the out-of-band buffer with this index, which was not supplied.
    Buffer(usize),
}

/// The mask of a masked array: the elements that do not count.
#[derive(Clone)]
#[non_exhaustive]
pub struct Mask<'g, S> {
    /// A byte for each element, or for each field of it, in the order of the elements' bytes; those that are not 0 are masked.
    pub bytes: &'g [u8],
    /// An array without dimensions that has the value which stands for masked elements.
    pub fill: Option<Node<'g, S>>,
}

/// The strides of elements that lie side by side.
pub(crate) fn strides(shape: &[usize], is_fortran: bool) -> Vec<usize> {
    let strides = Strided::side_by_side(wide(shape), is_fortran).strides;
    strides.into_iter().map(|stride| usize::try_from(stride).unwrap_or(usize::MAX)).collect()
}

pub(super) fn wide(sizes: &[usize]) -> Vec<u64> {
    sizes.iter().map(|size| *size as u64).collect()
}

impl<'g, S: AsRef<[u8]>> NdArray<'g, S> {
    /// The number of elements.
    pub fn len(&self) -> usize {
        count(&self.shape, self.dtype.size).unwrap_or(0)
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The parts of the state beside the array that tell something: all but `None` and what is empty.
    pub fn attributes(&self) -> impl Iterator<Item = Node<'g, S>> {
        self.beside.iter().copied().filter(|part| !part.is_none() && !part.is_empty())
    }

    /// The bytes of the elements, in the order that the strides say, if they are in memory.
    pub fn bytes(&self) -> Option<&'g [u8]> {
        match self.data {
            ArrayData::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The places of the elements in [`ArrayData::Bytes`].
    pub fn strided(&self) -> Strided {
        Strided { shape: wide(&self.shape), strides: wide(&self.strides), offset: 0 }
    }

    /// Copies the elements, the last dimension first, whatever their alignment, order of bytes and strides.
    ///
    /// ```
    /// use halfsour_classes::numpy::array;
    ///
    /// // numpy.array([7, 8], dtype="u1")
    /// let pickle = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85U\x01btR\
    ///     (K\x01K\x02\x85cnumpy\ndtype\n(U\x02u1K\0K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\
    ///     \x89U\x02\x07\x08tb.";
    /// let graph = halfsour_vm::from_slice(pickle)?;
    /// let array = array(graph.root()).unwrap();
    /// assert_eq!(array.to_vec::<u8>()?, [7, 8]);
    /// let error = array.to_vec::<f64>().unwrap_err();
    /// assert_eq!(error.to_string(), "the elements are of type uint8, not float64");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ArrayError::DType`], if the elements are of another type; [`ArrayError::Masked`], if a mask hides some of them;
    /// [`ArrayError::OutOfBand`], if they are in a buffer that was not supplied.
    pub fn to_vec<T: Numeric>(&self) -> Result<Vec<T>, ArrayError> {
        self.numbers()?.to_vec()
    }

    /// The elements as numbers in memory, of the type that `dtype` names. A program that wants them as another type of the same size, dates as
    /// ints say, may change the name.
    ///
    /// # Errors
    ///
    /// [`ArrayError::Masked`] and [`ArrayError::OutOfBand`], as of [`to_vec`](Self::to_vec).
    pub fn numbers(&self) -> Result<Numbers<'g>, ArrayError> {
        if let ArrayData::Buffer(index) = self.data {
            return Err(ArrayError::OutOfBand(index));
        }
        if self.mask.as_ref().is_some_and(|mask| mask.bytes.iter().any(|byte| *byte != 0)) {
            return Err(ArrayError::Masked);
        }
        let dtype = match self.dtype.order {
            ByteOrder::Little => self.dtype.to_string(),
            ByteOrder::Big => self.dtype.name(),
        };
        // Objects are in no bytes, and of no type of numbers.
        let bytes = self.bytes().unwrap_or_default();
        Ok(Numbers { dtype: dtype.into(), bytes, order: self.dtype.order, strided: self.strided() })
    }

    /// Whether the elements' bytes lie one after the other, the last dimension first, or in Fortran's order, the first dimension first.
    pub fn is_contiguous(&self, is_fortran: bool) -> bool {
        let strides = strides(&self.shape, is_fortran);
        let mut dimensions = self.shape.iter().zip(self.strides.iter().zip(strides));
        self.is_empty()
            || !matches!(self.data, ArrayData::Fields { .. })
                && dimensions.all(|(length, (stride, expected))| *length == 1 || *stride == expected)
    }

    /// The elements, the last dimension first, whatever the order in memory; those that are masked are missing. `None` if they are
    /// in a buffer that was not supplied.
    ///
    /// ```
    /// use halfsour_classes::memory::Scalar;
    /// use halfsour_classes::numpy::{Element, array};
    ///
    /// // numpy.array([7, 8], dtype="u1")
    /// let pickle = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85U\x01btR\
    ///     (K\x01K\x02\x85cnumpy\ndtype\n(U\x02u1K\0K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\
    ///     \x89U\x02\x07\x08tb.";
    /// let graph = halfsour_vm::from_slice(pickle)?;
    /// let array = array(graph.root()).unwrap();
    /// assert_eq!((array.dtype.to_string().as_str(), &array.shape[..]), ("uint8", &[2][..]));
    /// let ints = array.elements().unwrap().map(|element| match element {
    ///     Element::Scalar(Scalar::UInt(int)) => int,
    ///     _ => unreachable!("it is of uint8"),
    /// });
    /// assert_eq!(ints.collect::<Vec<_>>(), [7, 8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn elements(&self) -> Option<impl Iterator<Item = Element<'_, S>>> {
        if let ArrayData::Buffer(_) = self.data {
            return None;
        }
        let places = self.strided().positions(1, self.room())?;
        Some(places.enumerate().map_while(|(index, place)| self.element(index, place)))
    }

    /// The number of elements for which there is room in memory: a part of an array takes every so many of them.
    fn room(&self) -> usize {
        match self.data {
            ArrayData::Bytes(bytes) if !self.is_empty() => {
                bytes.len().checked_div(self.dtype.size).unwrap_or(usize::MAX)
            }
            ArrayData::Fields { bytes, record, .. } if !self.is_empty() => {
                bytes.len().checked_div(record).unwrap_or(usize::MAX)
            }
            _ => self.len(),
        }
    }

    /// The element with this index, in the order of [`elements`](Self::elements).
    pub fn get(&self, index: usize) -> Option<Element<'_, S>> {
        (index < self.len()).then_some(())?;
        let (mut rest, mut place) = (index, 0_usize);
        for (length, stride) in self.shape.iter().zip(&self.strides).rev() {
            place = place.checked_add(stride.checked_mul(rest % length)?)?;
            rest /= length;
        }
        self.element(index, place)
    }

    /// The format of the first numbers of an array of `longdouble`, or of their parts.
    pub(crate) fn long_format(&self) -> Option<LongFormat> {
        let elements = || Some(self.bytes()?.chunks_exact(self.dtype.size.max(1)));
        self.long.or_else(|| self.dtype.long_format(elements()?))
    }

    /// The element with this index, which is in this place in memory.
    fn element(&self, index: usize, place: usize) -> Option<Element<'_, S>> {
        let mask = match &self.mask {
            Some(mask) => {
                let size = self.dtype.mask_size();
                Some(mask.bytes.get(place.checked_mul(size)?..)?.get(..size)?)
            }
            None => None,
        };
        match &self.data {
            ArrayData::Fields { bytes, record, offset } => {
                let start = place.checked_mul(*record)?.checked_add(*offset)?;
                Some(Element::read(&self.dtype, bytes.get(start..)?.get(..self.dtype.size)?, mask))
            }
            ArrayData::Bytes(bytes) => {
                let size = self.dtype.size;
                let bytes = bytes.get(place.checked_mul(size)?..)?.get(..size)?;
                let format = || self.long_format();
                Some(Element::read(&self.dtype, bytes, mask).or_format(format))
            }
            ArrayData::Objects(objects) => Some(Element::of_object(&self.dtype, objects.get(index)?, mask)),
            ArrayData::Buffer(_) => None,
        }
    }
}

debug_fields!(
    NdArray,
    this {
        class: this.class,
        dtype: this.dtype,
        shape: this.shape,
        strides: this.strides,
        data: this.data,
        mask: this.mask,
        beside: this.beside,
    }
);
debug_variants!(ArrayClass {
    Self::Array => Array(),
    Self::Matrix => Matrix(),
    Self::Record => Record(),
    Self::Memmap => Memmap(),
    Self::Masked => Masked(),
    Self::Other(class) => Other(class),
});
debug_variants!(ArrayData {
    Self::Bytes(bytes) => Bytes(bytes),
    Self::Fields { bytes, record, offset } => Fields(bytes, record, offset),
    Self::Objects(objects) => Objects(&Members::from(objects.clone())),
    Self::Buffer(index) => Buffer(index),
});
debug_fields!(Mask, this { bytes: this.bytes, fill: this.fill });
