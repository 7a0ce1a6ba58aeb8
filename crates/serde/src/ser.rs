//! The serializer.

mod items;
mod object;
mod tuple;
mod value;

use halfsour_lexer::text::number;
use halfsour_value::Value;
use halfsour_value::machine::Special;
use halfsour_vm::Op;
use halfsour_writer::{Batch, Emitter, Members, Options};
use serde::ser::{self, Serialize};

use crate::instance::Class;
use crate::{Error, big_int};
use items::Around;
use object::Object;

pub use items::Items;
pub use tuple::{Fields, Tuple};

/// A serializer that writes one value as a pickle.
///
/// - Structs and maps become dicts, sequences become lists, tuples become tuples, `None` and `()` become `None`.
/// - Enums are written as by `serde_json`: a unit variant is its name, any other variant a dict of one item.
/// - A struct whose name is a path to a Python class becomes an instance of it, such a tuple struct a call, and a variant of such an
///   enum a member of it: see [`shapes`](crate::shapes).
///
/// Nothing is memoised, because no two parts of a Rust value are one object.
#[derive(Debug)]
pub struct Serializer {
    emitter: Emitter,
    next: Next,
    /// Whether the value is a key or a member of a set, which Python must be able to hash.
    is_key: bool,
    /// Whether what is around the open sets and objects is such, from the outermost to the innermost.
    around_keys: Vec<bool>,
    /// The objects that are open, each within the one before it. They are here so that dropping [`Items`] costs nothing.
    objects: Vec<Object>,
}

/// The meaning of what is serialized next, where serde's data model does not have it. The name of a newtype around it says so.
#[derive(Clone, Copy, Debug, Default)]
enum Next {
    /// The data itself.
    #[default]
    Plain,
    /// Bytes are an int.
    BigInt,
    /// A sequence is a set.
    Set,
    /// A sequence is a frozenset.
    FrozenSet,
    /// A sequence or map has the items of an object of this class, which a call without arguments makes.
    Items(&'static str),
    /// A map is the state of an instance of this class.
    State(&'static str),
}

/// The names of such newtypes. A path to a class follows those that end in a space.
pub(crate) mod names {
    pub(crate) const SET: &str = "$halfsour::Set";
    pub(crate) const FROZEN_SET: &str = "$halfsour::FrozenSet";
    pub(crate) const PERSISTENT_ID: &str = "$halfsour::PersistentId";
    /// A tuple struct of an object and its state: `Build` in `python/arrays.rs`.
    pub(crate) const BUILD: &str = "$halfsour::Build";
    pub(crate) const ITEMS: &str = "$halfsour::items ";
    #[cfg(feature = "classes")]
    pub(crate) const DEQUE: &str = "$halfsour::items collections.deque";
    #[cfg(feature = "classes")]
    pub(crate) const ORDERED_DICT: &str = "$halfsour::items collections.OrderedDict";
    /// Written out by `halfsour-derive`, for classes with flattened fields.
    pub(crate) const STATE: &str = "$halfsour::state ";
}

impl Serializer {
    /// Creates a serializer.
    ///
    /// # Errors
    ///
    /// If the protocol does not exist.
    pub fn new(options: &Options) -> Result<Self, Error> {
        Ok(Self::from(Emitter::new(options)?))
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
        Ok(Self::from(Emitter::with_buffer(options, buffer)?))
    }

    fn from(emitter: Emitter) -> Self {
        Self { emitter, next: Next::Plain, is_key: false, around_keys: Vec::new(), objects: Vec::new() }
    }

    /// Begins an object or set, in which values are keys or not.
    fn enter_keys(&mut self, are_keys: bool) {
        self.around_keys.push(std::mem::replace(&mut self.is_key, are_keys));
    }

    fn leave_keys(&mut self) {
        self.is_key = self.around_keys.pop().unwrap_or_default();
    }

    /// Returns the error that a key, or a member of a set, cannot be of a kind.
    #[cold]
    #[inline(never)]
    fn unhashable(kind: &str, instead: &str) -> Error {
        ser::Error::custom(format_args!("a {kind} cannot be a key or a member of a set in Python: {instead}"))
    }

    /// Returns an error if a dict must not be here.
    #[inline]
    fn check_dict(&self) -> Result<(), Error> {
        if self.is_key {
            return Err(Self::unhashable(
                "dict",
                "use a tuple, a tuple struct, or a struct that has a class",
            ));
        }
        Ok(())
    }

    /// Ends the pickle. Returns its bytes, behind those that the buffer held at first.
    pub fn finish(self) -> Vec<u8> {
        self.emitter.finish()
    }

    /// Writes an int of more than 64 bits, given as little-endian two's complement.
    fn long(&mut self, bytes: [u8; 16], negative: bool) {
        let mut wide = [if negative { 0xff } else { 0 }; 17];
        wide[..16].copy_from_slice(&bytes);
        self.emitter.big_int(number::minimal(&wide));
    }

    /// Begins a dict of one item, whose key is the name of a variant.
    fn begin_variant(&mut self, name: &str, variant: &str) -> Result<Batch, Error> {
        if let Some(class) = Class::of(name)? {
            return Err(
                class.unfit(&format!("the variant `{variant}`"), "a member of an enum has no content")
            );
        }
        self.check_dict()?;
        let mut batch = self.emitter.begin(Members::Dict, Some(1));
        self.emitter.before_item(&mut batch);
        self.emitter.str(variant);
        Ok(batch)
    }

    fn end_variant(&mut self, mut batch: Batch) {
        self.emitter.after_item(&mut batch);
        self.emitter.end(batch);
    }

    /// Serializes what a newtype of a private name is around.
    #[inline(never)]
    fn private<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        if let Some(special) = Special::of(name) {
            return value::write(&mut self.emitter, special, self.is_key, value);
        }
        #[cfg(feature = "classes")]
        crate::python::announce(name);
        self.next = match name {
            big_int::NAME => Next::BigInt,
            names::SET => Next::Set,
            names::FROZEN_SET => Next::FrozenSet,
            names::PERSISTENT_ID => return self.persistent_id(value),
            _ => match (name.strip_prefix(names::ITEMS), name.strip_prefix(names::STATE)) {
                (Some(path), _) => Next::Items(path),
                (None, Some(path)) => Next::State(path),
                (None, None) => Next::Plain,
            },
        };
        value.serialize(self)
    }

    /// Begins a sequence or map that is not a plain one.
    #[cold]
    fn begin_next(&mut self, members: Members, length: Option<usize>) -> Result<Items<'_>, Error> {
        let next = std::mem::take(&mut self.next);
        if self.is_key {
            match next {
                Next::FrozenSet | Next::State(_) => {}
                Next::Set => return Err(Self::unhashable("set", "use a frozenset")),
                Next::Items(path) => return Err(Self::unhashable(path, "use a tuple")),
                Next::Plain | Next::BigInt if members == Members::List => {
                    return Err(Self::unhashable("list", "use a tuple"));
                }
                Next::Plain | Next::BigInt => self.check_dict()?,
            }
        }
        let (batch, around) = match next {
            Next::Set => self.begin_set(Members::Set, "set", length)?,
            Next::FrozenSet => self.begin_set(Members::FrozenSet, "frozenset", length)?,
            Next::Items(path) => {
                let members = if members == Members::Dict { Members::Assigned } else { Members::Appended };
                self.begin_filled(path, members)?
            }
            Next::State(path) => match Class::of(path)? {
                Some(class) => return self.begin_object(class, 0),
                None => {
                    self.check_dict()?;
                    (self.emitter.begin(members, length), Around::Nothing)
                }
            },
            Next::Plain | Next::BigInt => (self.emitter.begin(members, length), Around::Nothing),
        };
        Ok(Items { serializer: self, batch, around })
    }
}

impl<'s> ser::Serializer for &'s mut Serializer {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'s>;
    type SerializeTuple = Tuple<'s>;
    type SerializeTupleStruct = Fields<'s>;
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
            Err(_) => self.long(value.to_le_bytes(), value < 0),
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
            Err(_) => self.long(value.to_le_bytes(), false),
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
        if matches!(std::mem::take(&mut self.next), Next::BigInt) {
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

    fn serialize_unit_struct(self, name: &'static str) -> Result<(), Error> {
        match Class::of(name)? {
            Some(class) => self.unit_object(class),
            None => self.serialize_unit(),
        }
    }

    #[inline]
    fn serialize_unit_variant(self, name: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        match Class::of(name)? {
            Some(class) => self.member(class, variant),
            None => self.serialize_str(variant),
        }
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        if let Some(class) = Class::of(name)? {
            let mut fields = self.begin_tuple_object(class, 1)?;
            fields.field("", value)?;
            return fields.finish();
        }
        if name.starts_with('$') { self.private(name, value) } else { value.serialize(self) }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let batch = self.begin_variant(name, variant)?;
        value.serialize(&mut *self)?;
        self.end_variant(batch);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_seq(self, length: Option<usize>) -> Result<Items<'s>, Error> {
        if self.is_key || !matches!(self.next, Next::Plain) {
            return self.begin_next(Members::List, length);
        }
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

    fn serialize_tuple_struct(self, name: &'static str, length: usize) -> Result<Fields<'s>, Error> {
        Ok(match Class::of(name)? {
            Some(class) => Fields::Object(self.begin_tuple_object(class, length)?),
            None if name == names::BUILD => {
                Fields::Tuple(Tuple { serializer: self, length: 0, around: tuple::Around::Build })
            }
            None => Fields::Tuple(self.serialize_tuple(length)?),
        })
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Tuple<'s>, Error> {
        let batch = self.begin_variant(name, variant)?;
        let tuple = self.serialize_tuple(length)?;
        Ok(Tuple { around: tuple::Around::Variant(batch), ..tuple })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_map(self, length: Option<usize>) -> Result<Items<'s>, Error> {
        if self.is_key || !matches!(self.next, Next::Plain) {
            return self.begin_next(Members::Dict, length);
        }
        let batch = self.emitter.begin(Members::Dict, length);
        Ok(Items { serializer: self, batch, around: Around::Nothing })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Items<'s>, Error> {
        if let Some(class) = Class::of(name)? {
            return self.begin_object(class, length);
        }
        self.check_dict()?;
        let batch = self.emitter.begin(Members::Dict, None);
        Ok(Items { serializer: self, batch, around: Around::Nothing })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'s>, Error> {
        let outer = self.begin_variant(name, variant)?;
        let batch = self.emitter.begin(Members::Dict, None);
        Ok(Items { serializer: self, batch, around: Around::Variant(outer) })
    }
}
