//! [`Dense`]: a tensor whose elements lie in a storage.

use std::borrow::Cow;

use super::dtype::{DType, Element};
use super::storage::Storage;
use crate::memory::{ByteOrder, Numbers, Positions, Scalar, Strided};

/// A tensor each of whose elements has a place in a storage.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Dense<'g> {
    /// The type of the elements, where the pickle has it; an [embedded](super::Place::Embedded) file has it itself.
    pub dtype: Option<DType>,
    /// The places of the elements in the storage, in at most 64 dimensions.
    pub strided: Strided,
    /// The storage of the elements.
    pub storage: Storage<'g>,
    /// Whether the elements are the conjugates of those in the storage.
    pub is_conjugate: bool,
    /// Whether the elements are the negatives of those in the storage.
    pub is_negative: bool,
}

impl Dense<'_> {
    /// The bytes at which the elements begin in a storage of `length` bytes, the last dimension first. `None` if one would be outside, or if
    /// they are to be negated and are of a type that torch never marks so.
    pub fn positions(&self, dtype: DType, length: usize) -> Option<Positions> {
        if !self.has_signs(dtype) {
            return None;
        }
        self.strided.positions(dtype.size(), length)
    }

    /// The elements, the last dimension first, from the bytes of the storage. `None` as for [`positions`](Self::positions).
    ///
    /// ```
    /// use halfsour_classes::memory::{ByteOrder, Scalar};
    /// use halfsour_classes::torch::{Element, Layout};
    /// use halfsour_classes::{Known, recognise};
    ///
    /// // torch.tensor([7, 8], dtype=torch.uint8), as torch.save writes it beside the storage 0
    /// let pickle = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nByteStorage\n\
    ///     X\x01\0\0\x000X\x03\0\0\0cpuK\x02tQK\0K\x02\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR.";
    /// let graph = halfsour_vm::from_slice(pickle)?;
    /// let Some(Known::Tensor(tensor)) = recognise(graph.root()) else { panic!() };
    /// let Layout::Strided(dense) = &tensor.layout else { panic!() };
    /// let elements = dense.elements(dense.dtype.unwrap(), &[7, 8], ByteOrder::Little).unwrap();
    /// assert_eq!(elements.collect::<Vec<_>>(), [7, 8].map(|int| Element::Scalar(Scalar::UInt(int))));
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
                Element::Scalar(Scalar::Complex(re, im)) => {
                    let (re, im) = if negative { (-re, -im) } else { (re, im) };
                    Element::Scalar(Scalar::Complex(re, if conjugate { -im } else { im }))
                }
                Element::Scalar(Scalar::Float(value)) if negative => Element::Scalar(Scalar::Float(-value)),
                element => element,
            })
        };
        Some(positions.map_while(element))
    }

    /// The elements side by side, the last dimension first, little-endian: the bytes where they lie, if they do so. `None` as for
    /// [`positions`](Self::positions).
    pub fn contiguous<'b>(&self, dtype: DType, storage: &'b [u8], order: ByteOrder) -> Option<Cow<'b, [u8]>> {
        if !self.has_signs(dtype) {
            return None;
        }
        let number = dtype.number_size();
        let mut bytes = self.strided.gather(storage, dtype.size(), number, order)?;
        // The sign is the highest bit of each number: of the first, and of the second in complex ones.
        let signs = [self.is_negative, self.is_negative != self.is_conjugate];
        let signs = if dtype.is_complex() { signs } else { [self.is_negative; 2] };
        if signs != [false; 2] {
            for (part, negated) in bytes.to_mut().chunks_exact_mut(number).zip(signs.into_iter().cycle()) {
                if negated && let Some(highest) = part.last_mut() {
                    *highest ^= 0x80;
                }
            }
        }
        Some(bytes)
    }

    /// The elements as numbers in the bytes of the storage. `None` if torch has them with another sign than the storage, which
    /// [`contiguous`](Self::contiguous) gives them.
    pub fn numbers<'b>(&self, dtype: DType, storage: &'b [u8], order: ByteOrder) -> Option<Numbers<'b>> {
        let is_stored = !self.is_negative && !self.is_conjugate;
        let numbers =
            || Numbers { dtype: dtype.name().into(), bytes: storage, order, strided: self.strided.clone() };
        is_stored.then(numbers)
    }

    /// Whether elements of this type are negated as torch does it, if they are: it marks only those that have a sign so.
    fn has_signs(&self, dtype: DType) -> bool {
        !self.is_negative || dtype.is_float() || dtype.is_complex()
    }
}
