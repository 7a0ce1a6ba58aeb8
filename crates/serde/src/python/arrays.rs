//! Numbers as an array of numpy.

use serde::ser::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::native::native;
use super::{ReadAs, WriteAs};
use crate::big_int::Bytes;

/// A number that numpy has a dtype for.
pub trait Element {
    /// The code of the dtype in numpy: the kind and the size in bytes, such as `f8`.
    const CODE: &'static str;

    /// Appends the number, little-endian.
    fn put(&self, out: &mut Vec<u8>);
}

macro_rules! elements {
    ($($type:ident $code:literal |$number:ident| $bytes:expr;)*) => {
        $(impl Element for $type {
            const CODE: &'static str = $code;

            fn put(&self, out: &mut Vec<u8>) {
                let $number = *self;
                out.extend_from_slice(&$bytes);
            }
        }

        impl Array for $type {
            type Element = Self;

            fn shape(&self, _: &mut Vec<usize>) {}

            fn put(&self, shape: &[usize], out: &mut Vec<u8>) -> bool {
                Element::put(self, out);
                shape.is_empty()
            }
        })*
    };
}

elements! {
    i8 "i1" |number| number.to_le_bytes();
    i16 "i2" |number| number.to_le_bytes();
    i32 "i4" |number| number.to_le_bytes();
    i64 "i8" |number| number.to_le_bytes();
    u8 "u1" |number| number.to_le_bytes();
    u16 "u2" |number| number.to_le_bytes();
    u32 "u4" |number| number.to_le_bytes();
    u64 "u8" |number| number.to_le_bytes();
    f32 "f4" |number| number.to_le_bytes();
    f64 "f8" |number| number.to_le_bytes();
    bool "b1" |flag| [u8::from(flag)];
}

/// A number, or a sequence of them of one dimension or more.
pub trait Array {
    /// The numbers in it.
    type Element: Element;

    /// Appends the length of each dimension, from the outermost.
    fn shape(&self, shape: &mut Vec<usize>);

    /// Appends the numbers, little-endian. Returns whether the lengths are those of `shape`.
    fn put(&self, shape: &[usize], out: &mut Vec<u8>) -> bool;
}

impl<T: Array> Array for [T] {
    type Element = T::Element;

    fn shape(&self, shape: &mut Vec<usize>) {
        shape.push(self.len());
        if let Some(first) = self.first() {
            first.shape(shape);
        }
    }

    fn put(&self, shape: &[usize], out: &mut Vec<u8>) -> bool {
        match shape {
            [length, inner @ ..] => *length == self.len() && self.iter().all(|row| row.put(inner, out)),
            [] => false,
        }
    }
}

macro_rules! slices {
    ($([$($generics:tt)*] $type:ty;)*) => {
        $(impl<$($generics)*> Array for $type {
            type Element = T::Element;

            fn shape(&self, shape: &mut Vec<usize>) {
                self[..].shape(shape);
            }

            fn put(&self, shape: &[usize], out: &mut Vec<u8>) -> bool {
                self[..].put(shape, out)
            }
        })*
    };
}

slices! {
    [T: Array] Vec<T>;
    [T: Array] Box<[T]>;
    [T: Array] &[T];
    [T: Array, const N: usize] [T; N];
}

native! {
    /// A `numpy.ndarray`, for numbers, and for `Vec`, arrays and slices of them of one dimension or more, such as `Vec<[f32; 3]>`. numpy 1
    /// and 2 load it.
    ///
    /// Rows of different lengths are an error.
    NdArray "ndarray" where [T: Array]
    |array, serializer| {
        let mut shape = Vec::new();
        array.shape(&mut shape);
        let mut bytes = Vec::new();
        if !array.put(&shape, &mut bytes) {
            return Err(S::Error::custom("the rows of an array of numpy have one length"));
        }
        let code = T::Element::CODE;
        let order = if code.ends_with('1') { '|' } else { '<' };
        let dtype = Build(DType(code, false, true), (3, order, (), (), (), -1, -1, 0));
        let shape = super::Written::<_, super::Tuple>::new(&shape);
        Build(Reconstruct(Class, (0,), Bytes(b"b")), (1, shape, dtype, false, Bytes(&bytes))).serialize(serializer)
    }
}

/// An object and its state.
#[derive(Serialize)]
#[serde(rename = "$halfsour::Build")]
struct Build<O, S>(O, S);

#[derive(Serialize)]
#[serde(rename = "numpy.ndarray{global}")]
struct Class;

/// numpy 2 has its modules under new names; it still loads the old ones, and numpy 1 does not load the new ones.
#[derive(Serialize)]
#[serde(rename = "numpy.core.multiarray._reconstruct")]
struct Reconstruct<'a>(Class, (u8,), Bytes<'a>);

#[derive(Serialize)]
#[serde(rename = "numpy.dtype")]
struct DType(&'static str, bool, bool);
