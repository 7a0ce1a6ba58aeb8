//! The items of lists and dicts.

use halfsour_vm::Op;
use halfsour_writer::Batch;
use serde::ser::{self, Serialize};

use super::Serializer;
use crate::Error;

/// The state of writing a list or dict.
#[derive(Debug)]
pub struct Items<'s> {
    pub(super) serializer: &'s mut Serializer,
    pub(super) batch: Batch,
    pub(super) around: Around,
}

/// The object that a list or dict is the content of.
#[derive(Debug)]
pub(super) enum Around {
    Nothing,
    Variant(Batch),
    /// The members are those of a set.
    Set,
    /// The dict is the state of an instance.
    Instance,
    /// The dict is the second part of the state of an instance.
    Slots,
    /// The list is the only argument of a call of `set` or `frozenset`.
    Argument,
    /// The items are the fields of the innermost open object of the serializer.
    Object,
}

impl Items<'_> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.serializer.emitter.before_item(&mut self.batch);
        value.serialize(&mut *self.serializer)?;
        self.serializer.emitter.after_item(&mut self.batch);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        if matches!(self.around, Around::Object) {
            self.batch = self.serializer.object_field(self.batch, key, value)?;
            return Ok(());
        }
        self.named_field(key, value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn named_field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Error> {
        self.serializer.emitter.before_item(&mut self.batch);
        self.serializer.emitter.str(key);
        value.serialize(&mut *self.serializer)?;
        self.serializer.emitter.after_item(&mut self.batch);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn finish(self) -> Result<(), Error> {
        if matches!(self.around, Around::Nothing) {
            self.serializer.emitter.end(self.batch);
            return Ok(());
        }
        self.finish_around()
    }

    #[inline(never)]
    fn finish_around(self) -> Result<(), Error> {
        if !matches!(self.around, Around::Nothing | Around::Variant(_)) {
            self.serializer.leave_keys();
        }
        let emitter = &mut self.serializer.emitter;
        match self.around {
            Around::Nothing | Around::Set => emitter.end(self.batch),
            Around::Variant(batch) => {
                emitter.end(self.batch);
                self.serializer.end_variant(batch);
            }
            Around::Instance => {
                emitter.end(self.batch);
                emitter.raw(&Op::Build)?;
            }
            Around::Slots => {
                emitter.end(self.batch);
                emitter.end_tuple(2);
                emitter.raw(&Op::Build)?;
            }
            Around::Argument => {
                emitter.end(self.batch);
                emitter.end_tuple(1);
                emitter.raw(&Op::Reduce)?;
            }
            Around::Object => self.serializer.end_object(self.batch)?,
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

    #[cfg_attr(not(debug_assertions), inline(always))]
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
        self.serializer.is_key = true;
        key.serialize(&mut *self.serializer)?;
        self.serializer.is_key = false;
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut *self.serializer)?;
        self.serializer.emitter.after_item(&mut self.batch);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
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

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn skip_field(&mut self, key: &'static str) -> Result<(), Error> {
                if matches!(self.around, Around::Object) { self.serializer.skipped(key) } else { Ok(()) }
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        })*
    };
}

fields! { SerializeStruct SerializeStructVariant }
