//! Tuples, and calls, whose arguments are a tuple.

use halfsour_vm::Op;
use halfsour_writer::Batch;
use serde::ser::{self, Serialize};

use super::Serializer;
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
    /// The tuple is the arguments of a call.
    Call,
}

impl Tuple<'_> {
    fn finish(self) -> Result<(), Error> {
        if self.length > 0 {
            self.serializer.emitter.end_tuple(self.length);
        }
        match self.around {
            Around::Nothing => {}
            Around::Variant(batch) => self.serializer.end_variant(batch),
            Around::Call => self.serializer.emitter.raw(&Op::Reduce)?,
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
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}
