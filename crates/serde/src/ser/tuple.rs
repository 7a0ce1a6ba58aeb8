//! Tuples and tuple structs.

use halfsour_vm::Op;
use halfsour_writer::Batch;
use serde::ser::{self, Serialize};

use super::{Items, Serializer};
use crate::Error;

/// The state of writing a tuple.
#[derive(Debug)]
pub struct Tuple<'s> {
    pub(super) serializer: &'s mut Serializer,
    pub(super) length: usize,
    pub(super) around: Around,
}

/// The object that a tuple is the content of.
#[derive(Debug)]
pub(super) enum Around {
    Nothing,
    Variant(Batch),
    /// In place of a tuple, there is an object and its state.
    Build,
}

impl Tuple<'_> {
    fn finish(self) -> Result<(), Error> {
        if self.length > 0 {
            self.serializer.emitter.end_tuple(self.length);
        }
        match self.around {
            Around::Nothing => {}
            Around::Variant(batch) => self.serializer.end_variant(batch),
            Around::Build => self.serializer.emitter.raw(&Op::Build)?,
        }
        Ok(())
    }
}

macro_rules! members {
    ($($trait:ident $method:ident)*) => {
        $(impl ser::$trait for Tuple<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                value.serialize(&mut *self.serializer)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        })*
    };
}

members! {
    SerializeTuple serialize_element
    SerializeTupleVariant serialize_field
}

/// The state of writing a tuple struct.
#[derive(Debug)]
pub enum Fields<'s> {
    /// The tuple that it is.
    Tuple(Tuple<'s>),
    /// The object of a Python class.
    Object(Items<'s>),
}

impl ser::SerializeTupleStruct for Fields<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        match self {
            Self::Tuple(tuple) => value.serialize(&mut *tuple.serializer),
            Self::Object(items) => items.field("", value),
        }
    }

    fn end(self) -> Result<(), Error> {
        match self {
            Self::Tuple(tuple) => tuple.finish(),
            Self::Object(items) => items.finish(),
        }
    }
}
