//! The plain form of objects of well-known classes.

use std::fmt::Display;

use halfsour_classes::numpy::{ArrayClass, NdArray};
use halfsour_classes::pandas::Values;
use halfsour_classes::stdlib::{Array, ArrayItem, ArrayItems, Base, Named, Subclass};
use halfsour_classes::{Int, Known, Shape, class_name, cost, recognise};
use halfsour_value::{Data, Instance, Node};

use crate::pandas::class_of;
use crate::plain::{Work, Writer};
use crate::{Error, events};

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    /// Writes an object of a known class that JSON has something better for than its parts; false if it has not.
    pub(crate) fn known(&mut self, node: Node<'g, S>, instance: Instance<'g, S>) -> Result<bool, Error> {
        let Some(known) = recognise(node) else { return Ok(false) };
        match known.shape() {
            Shape::Null => self.out.word("null"),
            Shape::Number(decimal) if is_number(decimal.as_str()) => self.out.digits(decimal.as_str())?,
            Shape::Sequence(members) => self.array(Work::Held(Box::new(members))),
            Shape::Mapping(pairs) => {
                if pairs.clone().any(|(key, _)| key.as_str().is_none()) {
                    self.check_names(node, pairs.clone().map(|(key, _)| key))?;
                }
                self.object(Work::Pairs(Box::new(pairs)));
            }
            Shape::Inner(node) => self.push([Work::Node(node)]),
            Shape::Array(array) => self.numbers(array)?,
            Shape::Text(_) | Shape::Number(_) | Shape::NdArray(_) | Shape::Table(_) | Shape::Object => {
                return self.by_class(node, instance, known);
            }
        }
        Ok(true)
    }

    /// Writes an object whose shape is not enough.
    fn by_class(
        &mut self,
        node: Node<'g, S>,
        instance: Instance<'g, S>,
        known: Known<'g, S>,
    ) -> Result<bool, Error> {
        match known {
            Known::SimpleNamespace(attributes) => self.object(Work::Pairs(Box::new(attributes))),
            Known::Range(range) => {
                self.out.open(b'{');
                for (name, part) in [("start", range.start), ("stop", range.stop), ("step", range.step)] {
                    self.out.member(name)?;
                    match part {
                        Int::Small(int) => self.out.int(int),
                        Int::Big(bytes) => self.big_int(&bytes)?,
                    }
                }
                self.out.close(b'}');
            }
            // That the type of an array of jax is weak is no more said than the type itself.
            Known::NdArray(array)
                if !matches!(array.class, ArrayClass::Array) && array.attributes().next().is_some() =>
            {
                return self.array_with_attributes(node, *array);
            }
            Known::NdArray(array) => return self.numpy(node, *array),
            Known::NumpyScalar(scalar) => return self.numpy(node, *scalar.into_array()),
            Known::DataFrame(frame) => self.frame(frame, &class_of(instance))?,
            Known::Series(series) => self.series(series)?,
            Known::PandasIndex(index) => self.index(index)?,
            Known::PandasArray(values) => self.values(values),
            Known::ArrowArray(array) => {
                // Each chunk was looked at, also those with nothing in them.
                self.spend(instance.args().at(0).and_then(Node::len).unwrap_or_default())?;
                self.values(Box::new(Values::Arrow { array: *array, dtype: None }));
            }
            Known::Interval(interval) => {
                self.interval(Work::Node(interval.left), Work::Node(interval.right), interval.closed)?;
            }
            Known::Slice(slice) => {
                self.out.open(b'{');
                self.push([
                    Work::Member("start"),
                    Work::Node(slice.start),
                    Work::Member("stop"),
                    Work::Node(slice.stop),
                    Work::Member("step"),
                    Work::Node(slice.step),
                    Work::Close(b'}'),
                ]);
            }
            Known::Code(code) => {
                self.out.open(b'{');
                self.out.member("@class")?;
                self.out.string(b"types.CodeType")?;
                self.out.member("@python")?;
                self.out.string(code.pythons.as_bytes())?;
                self.out.member("@arguments")?;
                self.out.string(code.arguments().join(", ").as_bytes())?;
                self.parts(code.parts, None, Vec::new());
            }
            Known::Function(function) => {
                self.out.open(b'{');
                self.out.member("@class")?;
                self.out.string(b"types.FunctionType")?;
                self.parts(function.parts, function.attributes, Vec::new());
            }
            Known::DynamicClass(class) => {
                self.out.open(b'{');
                self.out.member("@class")?;
                self.out.string(b"builtins.type")?;
                self.parts(vec![("__name__", class.name), ("__bases__", class.bases)], None, class.members);
            }
            Known::Pattern(pattern) => {
                self.out.open(b'{');
                self.out.member("flags")?;
                self.out.int(pattern.flags);
                self.push([Work::Member("pattern"), Work::Node(pattern.pattern), Work::Close(b'}')]);
            }
            Known::Partial(partial) if partial.attributes.is_none() || partial.attributes.is_empty() => {
                self.out.open(b'{');
                self.push([
                    Work::Member("func"),
                    Work::Node(partial.function),
                    Work::Member("args"),
                    Work::Open(b'['),
                    Work::Elements(partial.args),
                    Work::Close(b']'),
                    Work::Member("keywords"),
                    Work::Open(b'{'),
                    Work::Items(partial.keywords),
                    Work::Close(b'}'),
                    Work::Close(b'}'),
                ]);
            }
            known => return self.known_text(&known, instance),
        }
        Ok(true)
    }

    /// Writes a key that is of a known class, if that has a text.
    pub(crate) fn known_key(&mut self, node: Node<'g, S>, instance: Instance<'g, S>) -> Result<bool, Error> {
        match recognise(node) {
            Some(Known::Subclass(Subclass { base: Base::Value(value), .. })) => match value.data() {
                Data::Str(text) => self.out.text(text).map(|()| true),
                _ => Ok(false),
            },
            Some(known) => self.known_text(&known, instance),
            None => Ok(false),
        }
    }

    fn known_text(&mut self, known: &Known<'g, S>, instance: Instance<'g, S>) -> Result<bool, Error> {
        let Some(written) = with_text(known, |text| self.out.string_of(text)) else { return Ok(false) };
        written?;
        // What is long may have a short text, and an object may occur often.
        self.spend(cost(instance, usize::MAX) / 16)?;
        Ok(true)
    }

    /// Writes an array of a class that has more than the array: the class, the array, and the attributes.
    fn array_with_attributes(&mut self, node: Node<'g, S>, array: NdArray<'g, S>) -> Result<bool, Error> {
        if array.elements().is_none() {
            return Ok(false);
        }
        self.out.open(b'{');
        self.out.member("@class")?;
        match (&array.class, class_name(node)) {
            (ArrayClass::Other(class), _) if self.scalar(&class.data())? => {}
            (_, Some((module, name))) => {
                self.out.string_of(format_args!("{module}.{name}"))?;
            }
            _ => self.out.word("null"),
        }
        let (dicts, others): (Vec<_>, Vec<_>) = array.attributes().partition(|part| part.items().is_some());
        let mut work = Vec::new();
        for (index, part) in others.into_iter().enumerate() {
            let name = if index == 0 { "@state".into() } else { format!("@state{}", index + 1).into() };
            work.extend([Work::Name(name), Work::Node(part)]);
        }
        work.extend(dicts.into_iter().filter_map(Node::items).map(Work::Items));
        work.push(Work::Close(b'}'));
        self.push_all(work);
        self.out.member("@array")?;
        self.numpy(node, array)
    }

    /// Writes members of an object that is open, its attributes, and what else has names, and closes it.
    fn parts(&mut self, parts: Vec<Named<'g, S>>, attributes: Option<Node<'g, S>>, dicts: Vec<Node<'g, S>>) {
        let mut work = Vec::new();
        for (name, part) in parts {
            work.extend([Work::Member(name), Work::Node(part)]);
        }
        work.extend(attributes.into_iter().flat_map(|dict| [Work::Member("__dict__"), Work::Node(dict)]));
        work.extend(dicts.into_iter().filter_map(Node::items).map(Work::Items));
        work.push(Work::Close(b'}'));
        self.push_all(work);
    }

    fn object(&mut self, members: Work<'g, S>) {
        self.out.open(b'{');
        self.push([members, Work::Close(b'}')]);
    }

    fn array(&mut self, elements: Work<'g, S>) {
        self.out.open(b'[');
        self.push([elements, Work::Close(b']')]);
    }

    /// An `array.array`: a string if it is of characters.
    fn numbers(&mut self, array: &Array<'g, S>) -> Result<(), Error> {
        self.spend(array.len())?;
        if "uwc".contains(array.typecode) {
            return self.out.string(characters(array).as_bytes());
        }
        self.out.open(b'[');
        for item in array.iter() {
            self.out.item()?;
            match item {
                ArrayItem::Float(value) => self.float(value),
                ArrayItem::Int(int) => match i64::try_from(int) {
                    Ok(int) => self.out.int(int),
                    Err(_) => self.out.digits(&int.to_string())?,
                },
                // Only where the code is one of those above.
                ArrayItem::Character(_) => {}
            }
        }
        self.out.close(b']');
        Ok(())
    }
}

/// Does something with the text that a known object is written as, if it is one.
pub(crate) fn with_text<S: AsRef<[u8]>, R>(
    known: &Known<'_, S>,
    take: impl FnOnce(&dyn Display) -> R,
) -> Option<R> {
    Some(match known {
        // A zone by its name alone, of which a database has the offset.
        Known::DateTime(datetime)
            if datetime.offset().is_some() && datetime.zone().is_some_and(|zone| zone.offset().is_none()) =>
        {
            take(&datetime.isoformat())
        }
        Known::TimeDelta(delta) => take(&delta.to_iso()),
        Known::PandasTimedelta(delta) => take(&delta.to_iso()),
        known => take(known.as_text()?),
    })
}

/// Text, with U+FFFD for what is none.
fn characters<S: AsRef<[u8]>>(array: &Array<'_, S>) -> String {
    let points = array.iter().filter_map(|item| match item {
        ArrayItem::Character(point) => Some(point),
        _ => None,
    });
    let point = |point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
    match &array.items {
        ArrayItems::Machine { format, .. } if format.size == 2 => {
            let units = points.map(|unit| u16::try_from(unit).unwrap_or_default());
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => points.map(point).collect(),
    }
}

/// Whether readers of JSON take a `Decimal` for a number, and do not make 0 or infinity of it.
fn is_number(text: &str) -> bool {
    let starts_well = text.strip_prefix('-').unwrap_or(text).starts_with(|c: char| c.is_ascii_digit());
    let digits = text.split(['E', 'e']).next().unwrap_or_default();
    let is_zero = digits.bytes().all(|byte| !(b'1'..=b'9').contains(&byte));
    starts_well && text.len() <= 400 && events::number(text).is_some_and(|value| value != 0.0 || is_zero)
}
