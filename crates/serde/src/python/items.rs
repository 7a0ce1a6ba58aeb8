//! Kinds of objects that hold one value.

use std::fmt;
use std::marker::PhantomData;
use std::path;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use super::native::native;
use super::{Read, ReadAs, WriteAs, Written};
use crate::ser::names;

/// The type as it serializes itself, for the members that need no other form: `OrderedDict<Same, Decimal>`.
#[derive(Clone, Copy, Debug)]
pub struct Same;

impl<T: Serialize + ?Sized> WriteAs<T> for Same {
    fn write_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> ReadAs<'de, T> for Same {
    fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

/// `bytes`, for `Vec<u8>`, `[u8; N]`, `Cow<[u8]>` and whatever else is made from a `Vec<u8>`.
#[derive(Clone, Copy, Debug)]
pub struct Bytes;

impl<T: AsRef<[u8]> + ?Sized> WriteAs<T> for Bytes {
    fn write_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(value.as_ref())
    }
}

impl<'de, T: TryFrom<Vec<u8>>> ReadAs<'de, T> for Bytes {
    fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let bytes = deserializer.deserialize_byte_buf(ByteVisitor)?;
        let length = bytes.len();
        T::try_from(bytes).map_err(|_| de::Error::invalid_length(length, &"as many bytes as the type holds"))
    }
}

struct ByteVisitor;

impl<'de> Visitor<'de> for ByteVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<u8>, E> {
        Ok(text.as_bytes().to_vec())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Vec<u8>, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = access.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}

native! {
    /// A path of `pathlib`, for `PathBuf` and whatever else is a path: a `PosixPath`, or on Windows a `WindowsPath`. Python has the class
    /// of its own system only.
    Path "path" where [T: AsRef<path::Path>]
    |path, serializer| {
        #[derive(Serialize)]
        #[cfg_attr(not(windows), serde(rename = "pathlib.PosixPath"))]
        #[cfg_attr(windows, serde(rename = "pathlib.WindowsPath"))]
        struct Call<'a>(&'a str);

        match path.as_ref().to_str() {
            Some(text) => Call(text).serialize(serializer),
            None => Err(ser::Error::custom("a path is not Unicode")),
        }
    }
}

/// A persistent id, which the reader gives to Python's `Unpickler.persistent_load`. A value that is read is that of the id.
#[derive(Clone, Copy, Debug)]
pub struct PersistentId<M = Same>(PhantomData<fn() -> M>);

impl<T: ?Sized, M: WriteAs<T>> WriteAs<T> for PersistentId<M> {
    fn write_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(names::PERSISTENT_ID, &Written::<T, M>::new(value))
    }
}

impl<'de, T, M: ReadAs<'de, T>> ReadAs<'de, T> for PersistentId<M> {
    fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        super::native::read::<Read<T, M>, D>(names::PERSISTENT_ID, deserializer).map(|read| read.0)
    }
}
