//! Arrays of numpy, in pickles and in files of their own.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use halfsour_classes::memory::Strided;
use halfsour_classes::numpy::{ArrayClass, ArrayData, ByteOrder, DType, NdArray};
use halfsour_classes::torch;
use halfsour_files::{Literal, Npy};
use halfsour_value::Node;

use super::{Flat, Form, Key, Places, Storage, Tensor, Tensors};

/// Whether the file is numpy's of one array, without a pickle in it.
pub(crate) fn is_npy(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x93NUMPY") && Npy::parse(bytes).is_ok_and(|npy| npy.pickle().is_none())
}

/// Returns numpy's name of a type. Where the bytes are in the other order, it is the short one, which says so.
fn name(dtype: &DType) -> String {
    match dtype.order {
        ByteOrder::Little => dtype.name(),
        ByteOrder::Big => dtype.typestr(),
    }
}

/// An array of numpy whose elements are in the pickle.
pub(crate) struct Array<'g> {
    pub(crate) dtype: DType,
    pub(crate) bytes: &'g [u8],
    /// Whether neighbours lie along the first dimension (Fortran's order) or along the last; `None` if along neither.
    pub(crate) is_fortran: Option<bool>,
    /// The places of the elements in the bytes.
    strided: Strided,
    /// The type that torch has for such elements, if it has one.
    pub(super) torch: Option<torch::DType>,
}

impl<'g> Array<'g> {
    fn of<S: AsRef<[u8]>>(array: &NdArray<'g, S>) -> Option<Self> {
        let bytes = array.bytes()?;
        let is_fortran = [false, true].into_iter().find(|is_fortran| array.is_contiguous(*is_fortran));
        let torch = torch::DType::from_name(&array.dtype.name());
        let torch = torch.filter(|dtype| dtype.size() == array.dtype.size);
        Some(Self { dtype: array.dtype.clone(), bytes, is_fortran, strided: array.strided(), torch })
    }

    /// Returns the elements if torch has their type, and all lie within the bytes.
    pub(super) fn flat(&self) -> Option<Flat<'_>> {
        let dtype = self.torch?;
        self.strided.positions(dtype.size(), self.bytes.len())?;
        let places = Places::Numpy(&self.strided);
        Some(Flat { dtype, places, bytes: self.bytes, order: self.dtype.order })
    }
}

impl<'g> Tensors<'g> {
    /// Adds an array. Several that lie in the same bytes share them.
    pub(super) fn array<S: AsRef<[u8]>>(
        &mut self,
        name: String,
        node: Node<'g, S>,
        array: &NdArray<'g, S>,
    ) -> Result<(), String> {
        let mut notes: Vec<Cow<'static, str>> = Vec::new();
        match &array.class {
            ArrayClass::Other(class) => {
                let class = class.as_global().map(|class| class.visible_name());
                notes.push(format!("of class {}", class.as_deref().unwrap_or("?")).into());
            }
            ArrayClass::Matrix => notes.push("a matrix".into()),
            _ => {}
        }
        if array.mask.is_some() {
            notes.push("masked".into());
        }
        let length = array.len().checked_mul(array.dtype.size);
        let place = match array.data {
            ArrayData::Fields { .. } => {
                notes.push("a field of records".into());
                None
            }
            ArrayData::Bytes(bytes) => {
                let source = node.graph().source().as_ref().as_ptr_range();
                let start =
                    source.contains(&bytes.as_ptr()).then(|| bytes.as_ptr().addr() - source.start.addr());
                Some((self.in_pickle(bytes, start), 0))
            }
            ArrayData::Buffer(index) => {
                notes.push(format!("in the out-of-band buffer {index}").into());
                None
            }
            ArrayData::Objects(_) => {
                notes.push("of objects".into());
                None
            }
        };
        let Strided { shape, strides, .. } = array.strided();
        let bytes =
            if let ArrayData::Objects(_) = array.data { None } else { length.map(|length| length as u64) };
        self.push(Tensor {
            name,
            dtype: self::name(&array.dtype).into(),
            shape,
            strides,
            bytes,
            place,
            notes,
            is_part: false,
            form: Array::of(array).filter(|_| array.mask.is_none()).map(Form::Numpy),
        })
    }

    /// Returns the index of the storage, which is added if it is new.
    fn in_pickle(&mut self, bytes: &[u8], start: Option<usize>) -> usize {
        let next = self.storages.len();
        let index = *self.by_key.entry(Key::Embedded(bytes.as_ptr().addr())).or_insert(next);
        if index == next {
            let contents = Err("an array of numpy".to_owned());
            let (name, length) = ("in the pickle".to_owned(), Some(bytes.len()));
            self.storages.push(Storage { name, contents, length, start });
        }
        index
    }
}

impl Tensors<'_> {
    /// Describes the array of numpy's file.
    pub(super) fn of_npy(bytes: &Bytes) -> Result<Self, String> {
        let npy = Npy::parse(bytes).map_err(|error| error.to_string())?;
        let dtype = match &npy.descr {
            Literal::Str(descr) => DType::parse(descr),
            _ => None,
        };
        let length = bytes.len() - npy.data.min(bytes.len());
        let contents = Err("an array of numpy".to_owned());
        let storage =
            Storage { name: "the file".to_owned(), contents, length: Some(length), start: Some(npy.data) };
        let count = if npy.shape.contains(&0) {
            Some(0)
        } else {
            npy.shape.iter().try_fold(1_u64, |count, length| count.checked_mul(*length))
        };
        let size = dtype.as_ref().and_then(|dtype| count?.checked_mul(dtype.size as u64));
        let mut notes: Vec<Cow<'static, str>> = Vec::new();
        if size.is_some_and(|size| size != length as u64) {
            notes.push("the file is not as long as its header says".into());
        }
        let Strided { shape, strides, .. } = Strided::side_by_side(npy.shape, npy.fortran_order);
        let all = vec![Tensor {
            name: "array".to_owned(),
            dtype: dtype.as_ref().map_or("structured".into(), |dtype| name(dtype).into()),
            shape,
            strides,
            bytes: size.or(Some(length as u64)),
            place: Some((0, 0)),
            notes,
            is_part: false,
            form: None,
        }];
        Ok(Self { all, storages: vec![storage], by_key: HashMap::new(), left: 0 })
    }
}
