//! Parts of arrays.

use halfsour_value::Data;
use halfsour_value::path::{self, Literal, Subscript};

use super::array::{self, ArrayClass, ArrayData, Mask, NdArray, wide};
use super::dtype::{Field, Kind};
use super::parse::count;
use crate::memory::Strided;

impl<S: AsRef<[u8]> + Clone> NdArray<'_, S> {
    /// The part of the array that Python's `array[…]` gives for these items: an index takes a dimension away, a slice shortens it. Dimensions
    /// that are not named stay as they are. A part without dimensions is an element.
    ///
    /// `None` if an index is outside, or there are more items than dimensions; of objects also where those of the part do not lie side by side.
    ///
    /// ```
    /// use halfsour_classes::numpy::array;
    /// use halfsour_value::path::{Path, Segment};
    ///
    /// // numpy.array([[7, 8], [9, 10]], dtype="u1")
    /// let pickle = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85U\x01btR\
    ///     (K\x01K\x02K\x02\x86cnumpy\ndtype\n(U\x02u1K\0K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\
    ///     \x89U\x04\x07\x08\x09\x0atb.";
    /// let graph = halfsour_vm::from_slice(pickle)?;
    /// let path: Path = "[:, -1]".parse()?;
    /// let Segment::Subscript { items, .. } = &path.segments()[0] else { unreachable!("it is in brackets") };
    /// let column = array(graph.root()).unwrap().part(items).unwrap();
    /// assert_eq!(column.to_vec::<u8>()?, [8, 10]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn part(&self, items: &[Subscript]) -> Option<Self> {
        let named = items.iter().filter(|item| **item != Subscript::Ellipsis).count();
        let unnamed = self.shape.len().checked_sub(named)?;
        let (mut shape, mut strides, mut objects) = (Vec::new(), Vec::new(), Vec::new());
        let (mut offset, mut first) = (0_usize, 0_usize);
        // Objects are in the order of the dimensions, whatever the strides say.
        let along = array::strides(&self.shape, false);
        let mut dimensions = self.shape.iter().zip(self.strides.iter().zip(along));
        let mut keep = |start: usize, length, step: usize, stride: &usize, along: usize| {
            offset = offset.checked_add(start.checked_mul(*stride)?)?;
            first = first.checked_add(start.checked_mul(along)?)?;
            if let Some(length) = length {
                shape.push(length);
                // Of what has no neighbour, the distance means nothing.
                strides.push(stride.checked_mul(step).unwrap_or(1));
                objects.push(along.checked_mul(step).unwrap_or(1));
            }
            Some(())
        };
        let mut has_ellipsis = false;
        for item in items.iter().chain([&Subscript::Ellipsis]) {
            match item {
                Subscript::Literal(Literal::Int(index)) => {
                    let (length, (stride, along)) = dimensions.next()?;
                    keep(path::place(*index, *length)?, None, 1, stride, along)?;
                }
                Subscript::Slice(slice) => {
                    let (length, (stride, along)) = dimensions.next()?;
                    let (start, count, step) = slice.indices(*length);
                    // Of what is empty, the beginning means nothing.
                    keep(if count == 0 { 0 } else { start }, Some(count), step, stride, along)?;
                }
                Subscript::Ellipsis if !has_ellipsis => {
                    has_ellipsis = true;
                    for (length, (stride, along)) in dimensions.by_ref().take(unnamed) {
                        keep(0, Some(*length), 1, stride, along)?;
                    }
                }
                _ if item == &Subscript::Ellipsis => {}
                _ => return None,
            }
        }
        let count = count(&shape, self.dtype.size)?;
        // The place after the last element.
        let end = shape.iter().zip(&strides).try_fold(offset, |end: usize, (length, stride)| {
            end.checked_add(length.saturating_sub(1).checked_mul(*stride)?)
        });
        let (offset, end) = if count == 0 { (0, 0) } else { (offset, end?.checked_add(1)?) };
        let data = match &self.data {
            ArrayData::Bytes(bytes) => {
                let size = self.dtype.size;
                ArrayData::Bytes(bytes.get(offset.checked_mul(size)?..end.checked_mul(size)?)?)
            }
            &ArrayData::Fields { bytes, record, offset: within } => {
                let bytes = bytes.get(offset.checked_mul(record)?..end.checked_mul(record)?)?;
                ArrayData::Fields { bytes, record, offset: within }
            }
            ArrayData::Objects(all) => {
                let side_by_side = Strided { shape: wide(&shape), strides: wide(&objects), offset: 0 };
                side_by_side.is_contiguous().then_some(())?;
                ArrayData::Objects(all.slice(first..first.checked_add(count)?)?)
            }
            ArrayData::Buffer(_) => return None,
        };
        let mask = match &self.mask {
            Some(mask) => {
                let size = self.dtype.mask_size();
                let bytes = mask.bytes.get(offset.checked_mul(size)?..end.checked_mul(size)?)?;
                Some(Mask { bytes, fill: mask.fill })
            }
            None => None,
        };
        let (class, dtype) = (self.class.clone(), self.dtype.clone());
        let long = self.long_format();
        Self { class, dtype, shape, strides, data, mask, beside: Vec::new(), long }.in_bytes()
    }

    /// The field with this name, or else this title, of a structured array, as Python's `array['x']`.
    ///
    /// `None` if there is none; of an array with dimensions also if some of its elements are masked, or it has objects.
    pub fn field(&self, name: &str) -> Option<Self> {
        let Kind::Structured(structure) = &self.dtype.kind else { return None };
        let position = |is: &dyn Fn(&Field) -> bool| structure.fields.iter().position(is);
        let is_named = |field: &Field| field.name == name;
        let is_titled = |field: &Field| field.title.as_deref() == Some(name);
        self.field_at(position(&is_named).or_else(|| position(&is_titled))?)
    }

    /// The same, of the field with this number.
    pub fn field_at(&self, number: usize) -> Option<Self> {
        let Kind::Structured(structure) = &self.dtype.kind else { return None };
        let field = structure.fields.get(number)?;
        let is_one = self.shape.is_empty();
        let mask = match &self.mask {
            Some(mask) if is_one => {
                let sizes = structure.fields[..number].iter().map(|field| field.dtype.mask_size());
                let before = sizes.fold(0, usize::saturating_add);
                let bytes = mask.bytes.get(before..)?.get(..field.dtype.mask_size())?;
                Some(Mask { bytes, fill: None })
            }
            // The bools of a field do not lie side by side.
            Some(mask) => mask.bytes.iter().all(|byte| *byte == 0).then_some(None)?,
            None => None,
        };
        let data = match &self.data {
            ArrayData::Bytes(bytes) => {
                ArrayData::Fields { bytes, record: self.dtype.size, offset: field.offset }
            }
            &ArrayData::Fields { bytes, record, offset } => {
                ArrayData::Fields { bytes, record, offset: offset.checked_add(field.offset)? }
            }
            ArrayData::Objects(records) if is_one => {
                let Data::Tuple(values) = records.get(0)?.data() else { return None };
                ArrayData::Objects(values.slice(number..number.checked_add(1)?)?)
            }
            ArrayData::Objects(_) | ArrayData::Buffer(_) => return None,
        };
        let (class, dtype) = (ArrayClass::Array, field.dtype.clone());
        let (shape, strides) = (self.shape.clone(), self.strides.clone());
        Self { class, dtype, shape, strides, data, mask, beside: Vec::new(), long: None }.in_bytes()
    }

    /// A field of one record as an element in bytes of its own, or as an array, if its type is one.
    fn in_bytes(mut self) -> Option<Self> {
        if let (ArrayData::Objects(objects), [], Kind::SubArray(array), Some(_)) =
            (&self.data, &self.shape[..], &self.dtype.kind, &self.mask)
        {
            let held = super::array(objects.get(0)?)?;
            let fits = held.shape == array.shape && held.mask.is_none() && held.is_contiguous(false);
            return fits.then_some(Self { mask: self.mask, class: ArrayClass::Array, ..held });
        }
        let (ArrayData::Fields { bytes, offset, .. }, []) = (&self.data, &self.shape[..]) else {
            return Some(self);
        };
        self.data = ArrayData::Bytes(bytes.get(*offset..)?.get(..self.dtype.size)?);
        if let Kind::SubArray(array) = &self.dtype.kind {
            self.shape.clone_from(&array.shape);
            self.strides = array::strides(&self.shape, false);
            self.dtype = array.base.clone();
        }
        Some(self)
    }
}
