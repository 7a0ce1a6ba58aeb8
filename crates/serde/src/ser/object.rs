//! Objects of Python's classes: what goes before the fields of a Rust type, and what goes behind.

use halfsour_vm::Op;
use halfsour_writer::{Batch, Members};
use serde::ser::Serialize;

use super::Serializer;
use super::items::{Around, Items};
use crate::Error;
use crate::instance::{Class, Shape};

/// An object whose fields are not just a dict, of those that a struct may be.
#[derive(Debug)]
pub(super) enum Object {
    /// The fields are items of a list, which is the state.
    List,
    /// The fields are arguments.
    Arguments(Arguments),
    /// The fields are a dict within the state of a model of pydantic.
    Model { outer: Batch, is_v1: bool, names: Vec<&'static str> },
}

/// The tuple of arguments that is being written.
#[derive(Debug)]
pub(super) struct Arguments {
    /// The number of members that the tuple was begun for.
    length: usize,
    written: usize,
    op: Op<'static>,
}

impl Serializer {
    /// Writes a class or function.
    pub(super) fn global(&mut self, module: &str, name: &str) -> Result<(), Error> {
        if self.emitter.protocol() >= 4 {
            self.emitter.str(module);
            self.emitter.str(name);
            self.emitter.stack_global();
            return Ok(());
        }
        // Older protocols have no names with dots.
        match name.rsplit_once('.') {
            Some((outer, name)) => self.attribute(module, outer, name),
            None => Ok(self.emitter.global(module, name)?),
        }
    }

    /// Writes `getattr(outer, name)`.
    fn attribute(&mut self, module: &str, outer: &str, name: &str) -> Result<(), Error> {
        self.global("builtins", "getattr")?;
        self.emitter.begin_tuple(2);
        self.global(module, outer)?;
        self.emitter.str(name);
        self.emitter.end_tuple(2);
        Ok(self.emitter.raw(&Op::Reduce)?)
    }

    /// Begins the making of an instance, whose `__new__` has that many arguments.
    fn begin_new(&mut self, class: Class<'_>, length: usize) -> Result<Arguments, Error> {
        if self.emitter.protocol() < 2 {
            self.emitter.global("copyreg", "__newobj__")?;
            self.emitter.begin_tuple(length + 1);
            self.global(class.module, class.name)?;
            return Ok(Arguments { length: length + 1, written: 1, op: Op::Reduce });
        }
        self.global(class.module, class.name)?;
        self.begin_arguments(length);
        Ok(Arguments { length, written: 0, op: Op::NewObj })
    }

    fn begin_arguments(&mut self, length: usize) {
        if length == 0 {
            self.emitter.empty_tuple();
        } else {
            self.emitter.begin_tuple(length);
        }
    }

    fn end_arguments(&mut self, arguments: &Arguments) -> Result<(), Error> {
        let Arguments { length, written, op } = arguments;
        if length != written {
            return Err(serde::ser::Error::custom(format_args!(
                "a type has {written} fields in place of the {length} that it said, which are arguments in Python"
            )));
        }
        if *length > 0 {
            self.emitter.end_tuple(*length);
        }
        Ok(self.emitter.raw(op)?)
    }

    /// Writes an instance without a state.
    fn new_instance(&mut self, class: Class<'_>) -> Result<(), Error> {
        let arguments = self.begin_new(class, 0)?;
        self.end_arguments(&arguments)
    }

    fn begin_call(&mut self, class: Class<'_>, length: usize) -> Result<Arguments, Error> {
        self.global(class.module, class.name)?;
        self.begin_arguments(length);
        Ok(Arguments { length, written: 0, op: Op::Reduce })
    }

    /// Writes what goes before the fields of a struct.
    #[cold]
    pub(super) fn begin_object(&mut self, class: Class<'_>, length: usize) -> Result<Items<'_>, Error> {
        // Whether such an object can be hashed is its class's affair.
        self.enter_keys(false);
        let mut members = Members::Dict;
        let around = match class.shape {
            Shape::Default => {
                self.new_instance(class)?;
                Around::Instance
            }
            Shape::Slots => {
                self.new_instance(class)?;
                self.emitter.begin_tuple(2);
                self.emitter.none();
                Around::Slots
            }
            Shape::List => {
                self.new_instance(class)?;
                members = Members::List;
                self.enter(Object::List)
            }
            Shape::Pydantic | Shape::Pydantic1 => {
                self.new_instance(class)?;
                let mut outer = self.emitter.begin(Members::Dict, None);
                self.emitter.before_item(&mut outer);
                self.emitter.str("__dict__");
                let is_v1 = class.shape == Shape::Pydantic1;
                self.enter(Object::Model { outer, is_v1, names: Vec::new() })
            }
            Shape::Call | Shape::NamedTuple => {
                let arguments = match class.shape {
                    Shape::Call => self.begin_call(class, length)?,
                    _ => self.begin_new(class, length)?,
                };
                let batch = self.emitter.members(Members::List, Some(0));
                let around = self.enter(Object::Arguments(arguments));
                return Ok(Items { serializer: self, batch, around });
            }
            Shape::Name | Shape::Global => {
                return Err(class.unfit("a struct", "only members of enums have that shape"));
            }
        };
        // The length is not passed on: serde counts skipped fields, too, and a batch must not end early.
        let batch = self.emitter.begin(members, None);
        Ok(Items { serializer: self, batch, around })
    }

    /// Opens an object, which the items have until they end.
    fn enter(&mut self, object: Object) -> Around {
        self.objects.push(object);
        Around::Object
    }

    /// Writes what goes before the fields of a tuple struct.
    #[cold]
    pub(super) fn begin_tuple_object(&mut self, class: Class<'_>, length: usize) -> Result<Items<'_>, Error> {
        match class.shape {
            Shape::Default => self.begin_object(Class { shape: Shape::Call, ..class }, length),
            Shape::Call | Shape::NamedTuple | Shape::List => self.begin_object(class, length),
            _ => Err(class.unfit("a tuple struct", "its fields have no names")),
        }
    }

    /// Writes a unit struct.
    #[cold]
    pub(super) fn unit_object(&mut self, class: Class<'_>) -> Result<(), Error> {
        match class.shape {
            Shape::Default | Shape::Slots => self.new_instance(class),
            Shape::Global => self.global(class.module, class.name),
            _ => self.begin_object(class, 0)?.finish(),
        }
    }

    /// Writes a member of an enum.
    #[cold]
    pub(super) fn member(&mut self, class: Class<'_>, variant: &str) -> Result<(), Error> {
        let Class { module, name, shape } = class;
        match shape {
            Shape::Default | Shape::Call => {
                let arguments = self.begin_call(class, 1)?;
                let quoted = variant.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
                match (variant.parse(), quoted) {
                    (Ok(value), _) => self.emitter.int(value),
                    (Err(_), Some(text)) => self.emitter.str(text),
                    (Err(_), None) => self.emitter.str(variant),
                }
                self.end_arguments(&Arguments { written: 1, ..arguments })
            }
            Shape::Name => self.attribute(module, name, variant),
            Shape::Global => self.global(module, &format!("{name}.{variant}")),
            _ => Err(class.unfit("a member of an enum", "it has a value or a name, and no fields")),
        }
    }

    /// Begins a set, or below protocol 4 a call of the function of that name.
    pub(super) fn begin_set(
        &mut self,
        members: Members,
        name: &str,
        length: Option<usize>,
    ) -> Result<(Batch, Around), Error> {
        self.enter_keys(true);
        if self.emitter.protocol() >= 4 {
            return Ok((self.emitter.begin(members, length), Around::Set));
        }
        self.emitter.global("builtins", name)?;
        self.emitter.begin_tuple(1);
        Ok((self.emitter.begin(Members::List, length), Around::Argument))
    }

    /// Begins the items of an object that a call without arguments makes.
    pub(super) fn begin_filled(&mut self, path: &str, members: Members) -> Result<(Batch, Around), Error> {
        let Some(class) = Class::of(path)? else {
            return Err(serde::ser::Error::custom(format_args!("`{path}` is not a path to a class")));
        };
        let call = self.begin_call(class, 0)?;
        self.end_arguments(&call)?;
        Ok((self.emitter.members(members, None), Around::Nothing))
    }

    /// Writes a persistent id.
    pub(super) fn persistent_id<T: Serialize + ?Sized>(&mut self, id: &T) -> Result<(), Error> {
        if self.emitter.protocol() > 0 {
            self.enter_keys(false);
            id.serialize(&mut *self)?;
            self.leave_keys();
            return Ok(self.emitter.raw(&Op::BinPersId)?);
        }
        // A line of text: that of the opcode for text, if nothing in it had to be escaped.
        let text = crate::to_vec_with(id, &halfsour_writer::Options::default().with_protocol(0))?;
        let line = text.strip_prefix(b"V").and_then(|text| text.strip_suffix(b"\n."));
        match line.filter(|line| line.is_ascii() && !line.contains(&b'\\')) {
            Some(line) => Ok(self.emitter.raw(&Op::PersId(line))?),
            None => Err(serde::ser::Error::custom(
                "protocol 0 has only persistent ids that are a line of ASCII text; protocol 1 has any",
            )),
        }
    }
}

impl Serializer {
    /// Writes a field of the open object. Takes the batch and returns it: if [`Items`] were borrowed here, the compiler would not keep
    /// those of plain structs in registers.
    #[cold]
    pub(super) fn object_field<T: Serialize + ?Sized>(
        &mut self,
        batch: Batch,
        key: &'static str,
        value: &T,
    ) -> Result<Batch, Error> {
        let mut items = Items { serializer: self, batch, around: Around::Object };
        match items.serializer.objects.last_mut() {
            Some(Object::Arguments(arguments)) => {
                arguments.written += 1;
                value.serialize(&mut *items.serializer)?;
            }
            Some(Object::Model { names, .. }) => {
                names.push(key);
                items.named_field(key, value)?;
            }
            Some(Object::List) | None => items.item(value)?,
        }
        Ok(items.batch)
    }

    /// Returns an error if a field of the open object must not be left out.
    #[cold]
    pub(super) fn skipped(&self, key: &str) -> Result<(), Error> {
        match self.objects.last() {
            Some(Object::Arguments(_) | Object::List) => Err(serde::ser::Error::custom(format_args!(
                "the field `{key}` cannot be skipped, because the fields of this class are told apart by their places"
            ))),
            Some(Object::Model { .. }) | None => Ok(()),
        }
    }
}

impl Serializer {
    /// Writes what goes behind the fields of the open object.
    #[cold]
    pub(super) fn end_object(&mut self, batch: Batch) -> Result<(), Error> {
        match self.objects.pop() {
            Some(Object::Arguments(arguments)) => return self.end_arguments(&arguments),
            Some(Object::Model { mut outer, is_v1, names }) => {
                let outer = &mut outer;
                self.emitter.end(batch);
                self.emitter.after_item(outer);
                if is_v1 {
                    self.names(outer, "__fields_set__", &names)?;
                    self.emitter.before_item(outer);
                    self.emitter.str("__private_attribute_values__");
                    let none = self.emitter.begin(Members::Dict, Some(0));
                    self.emitter.end(none);
                    self.emitter.after_item(outer);
                } else {
                    self.nothing(outer, "__pydantic_extra__");
                    self.names(outer, "__pydantic_fields_set__", &names)?;
                    self.nothing(outer, "__pydantic_private__");
                }
                self.emitter.end(*outer);
            }
            Some(Object::List) | None => self.emitter.end(batch),
        }
        Ok(self.emitter.raw(&Op::Build)?)
    }

    /// Writes an item of a dict whose value is the set of these names.
    fn names(&mut self, dict: &mut Batch, key: &str, names: &[&str]) -> Result<(), Error> {
        self.emitter.before_item(dict);
        self.emitter.str(key);
        let (batch, around) = self.begin_set(Members::Set, "set", Some(names.len()))?;
        let mut set = Items { serializer: self, batch, around };
        names.iter().try_for_each(|name| set.item(name))?;
        set.finish()?;
        self.emitter.after_item(dict);
        Ok(())
    }

    /// Writes an item of a dict whose value is `None`.
    fn nothing(&mut self, dict: &mut Batch, key: &str) {
        self.emitter.before_item(dict);
        self.emitter.str(key);
        self.emitter.none();
        self.emitter.after_item(dict);
    }
}
