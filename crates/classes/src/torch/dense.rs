//! [`Dense`]: how elements lie in a storage.

use std::borrow::Cow;

use super::dtype::{DType, Element};
use super::storage::Storage;
use crate::memory::ByteOrder;
use crate::memory::{Positions, count};

/// A tensor each of whose elements has a place in a storage.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense<'g> {
    /// Of what it is, where the pickle says it: what is [`Place::Embedded`](super::Place::Embedded) says it itself.
    pub dtype: Option<DType>,
    /// How many elements it has in each dimension; at most 64.
    pub shape: Vec<u64>,
    /// By how many elements the next one in each dimension is away.
    pub strides: Vec<u64>,
    /// At which element it begins.
    pub offset: u64,
    /// Where the elements are.
    pub storage: Storage<'g>,
    /// Whether the elements are the conjugates of those in the storage.
    pub is_conjugate: bool,
    /// Whether the elements are the negatives of those in the storage.
    pub is_negative: bool,
}

impl Dense<'_> {
    /// How many elements there are, if that is a number of 64 bits.
    pub fn len(&self) -> Option<u64> {
        count(&self.shape)
    }

    /// Whether there are none.
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

    /// Where the elements begin in a storage of so many bytes, the last dimension first. `None` if one would be outside, or if
    /// they are to be negated and are of a type that torch never marks so.
    pub fn positions(&self, dtype: DType, length: usize) -> Option<Positions> {
        if self.is_negative && !dtype.is_float() && !dtype.is_complex() {
            return None;
        }
        let size = dtype.size() as u64;
        // Of what has no elements, neither where they begin nor strides mean anything.
        let scale = |elements: u64| if self.is_empty() { Some(0) } else { elements.checked_mul(size) };
        let dimensions = self.shape.iter().zip(&self.strides);
        let strides = dimensions.map(|(&length, &stride)| if length == 1 { Some(0) } else { scale(stride) });
        let strides: Vec<_> = strides.collect::<Option<_>>()?;
        Positions::new(&self.shape, strides, scale(self.offset)?, size, length as u64)
    }

    /// The elements, the last dimension first, from the bytes of the storage. `None` as for [`positions`](Self::positions).
    ///
    /// ```
    /// use halfsour_classes::torch::{ByteOrder, Element, Layout};
    /// use halfsour_classes::{Known, recognise};
    ///
    /// // torch.tensor([7, 8], dtype=torch.uint8), as torch.save writes it beside the storage 0
    /// let pickle = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nByteStorage\n\
    ///     X\x01\0\0\x000X\x03\0\0\0cpuK\x02tQK\0K\x02\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR.";
    /// let graph = halfsour_vm::from_slice(pickle)?;
    /// let Some(Known::Tensor(tensor)) = recognise(graph.root()) else { panic!() };
    /// let Layout::Strided(dense) = &tensor.layout else { panic!() };
    /// let elements = dense.elements(dense.dtype.unwrap(), &[7, 8], ByteOrder::Little).unwrap();
    /// assert_eq!(elements.collect::<Vec<_>>(), [Element::Int(7), Element::Int(8)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn elements<'b>(
        &self,
        dtype: DType,
        storage: &'b [u8],
        order: ByteOrder,
    ) -> Option<impl Iterator<Item = Element> + use<'b>> {
        let positions = self.positions(dtype, storage.len())?;
        let (conjugate, negative) = (self.is_conjugate, self.is_negative);
        let element = move |at: usize| {
            Some(match dtype.read(storage.get(at..at + dtype.size())?, order)? {
                Element::Complex(re, im) => {
                    let (re, im) = if negative { (-re, -im) } else { (re, im) };
                    Element::Complex(re, if conjugate { -im } else { im })
                }
                Element::Float(value) if negative => Element::Float(-value),
                element => element,
            })
        };
        Some(positions.map_while(element))
    }

    /// The elements side by side, the last dimension first, little-endian: the bytes where they lie, if they do so. `None` as for
    /// [`positions`](Self::positions).
    pub fn contiguous<'b>(&self, dtype: DType, storage: &'b [u8], order: ByteOrder) -> Option<Cow<'b, [u8]>> {
        let (size, number) = (dtype.size(), dtype.number_size());
        let mut positions = self.positions(dtype, storage.len())?;
        let length = usize::try_from(positions.left()).ok()?.checked_mul(size)?;
        let is_little = order == ByteOrder::Little || number == 1;
        // The sign is the highest bit of each number: of the first, and of the second in complex ones.
        let signs = [self.is_negative, self.is_negative != self.is_conjugate];
        let signs = if dtype.is_complex() { signs } else { [self.is_negative; 2] };
        if self.is_contiguous() && is_little && signs == [false; 2] {
            let start = positions.next().unwrap_or_default();
            return storage.get(start..start + length).map(Cow::Borrowed);
        }
        let mut bytes = Vec::with_capacity(length);
        for at in positions {
            for (part, negated) in storage.get(at..at + size)?.chunks_exact(number).zip(signs) {
                if is_little {
                    bytes.extend_from_slice(part);
                } else {
                    bytes.extend(part.iter().rev());
                }
                if negated && let Some(highest) = bytes.last_mut() {
                    *highest ^= 0x80;
                }
            }
        }
        Some(Cow::Owned(bytes))
    }
}
