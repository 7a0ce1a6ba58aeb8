//! The serializer.

mod tuple;

use halfsour_value::Value;
use halfsour_vm::Op;
use halfsour_writer::{Batch, Emitter, Members, Options};
use serde::ser::{self, Serialize};

use crate::{Error, big_int, class_name};

pub use tuple::Tuple;

/// A serializer that writes one value as a pickle.
///
/// - Structs and maps become dicts, sequences become lists, tuples become tuples, `None` and `()` become `None`.
/// - Enums are written as by `serde_json`: a unit variant is its name, any other variant a dict of one item.
/// - A struct whose name is a path to a Python class becomes an instance of it, and such a tuple struct a call: see
///   [`class_name`].
///
/// Nothing is memoised, because no two parts of a Rust value are one object.
#[derive(Debug)]
pub struct Serializer {
    emitter: Emitter,
    /// The bytes that are serialized next are an int.
    is_big_int: bool,
}

impl Serializer {
    /// Creates a serializer.
    ///
    /// # Errors
    ///
    /// If the protocol does not exist.
    pub fn new(options: &Options) -> Result<Self, Error> {
        Ok(Self { emitter: Emitter::new(options)?, is_big_int: false })
    }

    /// Creates a serializer that appends to `buffer`, and so uses its memory again.
    ///
    /// ```
    /// use halfsour_serde::{Serializer, WriteOptions};
    /// use serde::Serialize;
    ///
    /// let mut buffer = Vec::new();
    /// for value in [1, 2] {
    ///     let mut serializer = Serializer::with_buffer(&WriteOptions::default().with_protocol(2), buffer)?;
    ///     value.serialize(&mut serializer)?;
    ///     buffer = serializer.finish();
    /// }
    /// assert_eq!(buffer, b"\x80\x02K\x01.\x80\x02K\x02.");
    /// # Ok::<(), halfsour_serde::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the protocol does not exist.
    pub fn with_buffer(options: &Options, buffer: Vec<u8>) -> Result<Self, Error> {
        Ok(Self { emitter: Emitter::with_buffer(options, buffer)?, is_big_int: false })
    }

    /// Ends the pickle. Returns its bytes, behind those that the buffer held at first.
    pub fn finish(self) -> Vec<u8> {
        self.emitter.finish()
    }

    /// Writes an int of more than 64 bits, given as little-endian two's complement.
    fn long(&mut self, bytes: &[u8], negative: bool) {
        let fill = if negative { 0xff } else { 0 };
        let mut length = bytes.iter().rposition(|&byte| byte != fill).map_or(0, |last| last + 1);
        // The highest bit is the sign.
        if length == 0 || (bytes[length - 1] >= 0x80) != negative {
            length += 1;
        }
        let mut minimal = bytes[..length.min(bytes.len())].to_vec();
        minimal.resize(length, fill);
        self.emitter.big_int(&minimal);
    }

    /// Begins a dict of one item, whose key is the name of a variant.
    fn begin_variant(&mut self, variant: &str) -> Batch {
        let mut batch = self.emitter.begin(Members::Dict, Some(1));
        self.emitter.before_item(&mut batch);
        self.emitter.str(variant);
        batch
    }

    fn end_variant(&mut self, mut batch: Batch) {
        self.emitter.after_item(&mut batch);
        self.emitter.end(batch);
    }

    /// Writes an instance of a class, without its state.
    fn instance(&mut self, module: &str, name: &str) -> Result<(), Error> {
        if self.emitter.protocol() < 2 {
            self.emitter.global("copyreg", "__newobj__")?;
            self.emitter.begin_tuple(1);
            self.emitter.global(module, name)?;
            self.emitter.end_tuple(1);
            self.emitter.raw(&Op::Reduce)?;
            return Ok(());
        }
        self.global(module, name)?;
        self.emitter.empty_tuple();
        Ok(self.emitter.raw(&Op::NewObj)?)
    }

    /// Writes a class or function.
    fn global(&mut self, module: &str, name: &str) -> Result<(), Error> {
        if self.emitter.protocol() < 4 {
            return Ok(self.emitter.global(module, name)?);
        }
        self.emitter.str(module);
        self.emitter.str(name);
        self.emitter.stack_global();
        Ok(())
    }
}

impl<'s> ser::Serializer for &'s mut Serializer {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'s>;
    type SerializeTuple = Tuple<'s>;
    type SerializeTupleStruct = Tuple<'s>;
    type SerializeTupleVariant = Tuple<'s>;
    type SerializeMap = Items<'s>;
    type SerializeStruct = Items<'s>;
    type SerializeStructVariant = Items<'s>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.emitter.bool(value);
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.emitter.int(value);
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Result<(), Error> {
        match i64::try_from(value) {
            Ok(value) => self.emitter.int(value),
            Err(_) => self.long(&value.to_le_bytes(), value < 0),
        }
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.serialize_i128(value.into())
    }

    fn serialize_u128(self, value: u128) -> Result<(), Error> {
        match i64::try_from(value) {
            Ok(value) => self.emitter.int(value),
            Err(_) => self.long(&value.to_le_bytes(), false),
        }
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        self.emitter.float(value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.emitter.str(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.emitter.str(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        if std::mem::take(&mut self.is_big_int) {
            match Value::big_int(value).as_i64() {
                Some(value) => self.emitter.int(value),
                None => self.emitter.big_int(value),
            }
            return Ok(());
        }
        if self.emitter.protocol() >= 3 {
            self.emitter.bytes(value);
            return Ok(());
        }
        // Python writes this call, too, if the protocol has no opcode for bytes.
        if value.is_empty() {
            self.emitter.global("builtins", "bytes")?;
            self.emitter.empty_tuple();
        } else {
            self.emitter.global("_codecs", "encode")?;
            self.emitter.begin_tuple(2);
            self.emitter.str(&value.iter().copied().map(char::from).collect::<String>());
            self.emitter.str("latin1");
            self.emitter.end_tuple(2);
        }
        Ok(self.emitter.raw(&Op::Reduce)?)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.emitter.none();
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        if class_name(name).is_some() {
            let mut call = self.serialize_tuple_struct(name, 1)?;
            ser::SerializeTupleStruct::serialize_field(&mut call, value)?;
            return ser::SerializeTupleStruct::end(call);
        }
        if name == big_int::NAME {
            self.is_big_int = true;
        }
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let batch = self.begin_variant(variant);
        value.serialize(&mut *self)?;
        self.end_variant(batch);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_seq(self, length: Option<usize>) -> Result<Items<'s>, Error> {
        let batch = self.emitter.begin(Members::List, length);
        Ok(Items { serializer: self, batch, around: Around::Nothing })
    }

    fn serialize_tuple(self, length: usize) -> Result<Tuple<'s>, Error> {
        if length == 0 {
            self.emitter.empty_tuple();
        } else {
            self.emitter.begin_tuple(length);
        }
        Ok(Tuple { serializer: self, length, around: tuple::Around::Nothing })
    }

    fn serialize_tuple_struct(self, name: &'static str, length: usize) -> Result<Tuple<'s>, Error> {
        let Some((module, name)) = class_name(name) else { return self.serialize_tuple(length) };
        self.global(module, name)?;
        Ok(Tuple { around: tuple::Around::Call, ..self.serialize_tuple(length)? })
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Tuple<'s>, Error> {
        let batch = self.begin_variant(variant);
        let tuple = self.serialize_tuple(length)?;
        Ok(Tuple { around: tuple::Around::Variant(batch), ..tuple })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_map(self, length: Option<usize>) -> Result<Items<'s>, Error> {
        let batch = self.emitter.begin(Members::Dict, length);
        Ok(Items { serializer: self, batch, around: Around::Nothing })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Items<'s>, Error> {
        let around = match class_name(name) {
            Some((module, name)) => {
                self.instance(module, name)?;
                Around::Instance
            }
            None => Around::Nothing,
        };
        // The length is not passed on: serde counts skipped fields, too, and a batch must not end early.
        let batch = self.emitter.begin(Members::Dict, None);
        Ok(Items { serializer: self, batch, around })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'s>, Error> {
        let outer = self.begin_variant(variant);
        let batch = self.emitter.begin(Members::Dict, None);
        Ok(Items { serializer: self, batch, around: Around::Variant(outer) })
    }
}

/// The state of writing a list or dict.
#[derive(Debug)]
pub struct Items<'s> {
    serializer: &'s mut Serializer,
    batch: Batch,
    around: Around,
}

/// The object that a list or dict is the content of.
#[derive(Debug)]
enum Around {
    Nothing,
    Variant(Batch),
    /// The dict is the state of an instance.
    Instance,
}

impl Items<'_> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.serializer.emitter.before_item(&mut self.batch);
        value.serialize(&mut *self.serializer)?;
        self.serializer.emitter.after_item(&mut self.batch);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Error> {
        self.serializer.emitter.before_item(&mut self.batch);
        self.serializer.emitter.str(key);
        value.serialize(&mut *self.serializer)?;
        self.serializer.emitter.after_item(&mut self.batch);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn finish(self) -> Result<(), Error> {
        self.serializer.emitter.end(self.batch);
        match self.around {
            Around::Nothing => {}
            Around::Variant(batch) => self.serializer.end_variant(batch),
            Around::Instance => self.serializer.emitter.raw(&Op::Build)?,
        }
        Ok(())
    }
}

impl ser::SerializeSeq for Items<'_> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}

impl ser::SerializeMap for Items<'_> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.serializer.emitter.before_item(&mut self.batch);
        key.serialize(&mut *self.serializer)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut *self.serializer)?;
        self.serializer.emitter.after_item(&mut self.batch);
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}

macro_rules! fields {
    ($($trait:ident)*) => {
        $(impl ser::$trait for Items<'_> {
            type Ok = ();
            type Error = Error;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.field(key, value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        })*
    };
}

fields! { SerializeStruct SerializeStructVariant }
