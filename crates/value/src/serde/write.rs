//! Values as they serialize.

use serde::Serialize;
use serde::ser::{SerializeTuple, Serializer};

use super::Special;
use crate::{Value, ValueInstance, ValueStep};

/// As numbers, text, bytes, sequences and maps. What serde does not know is marked, so that `halfsour-serde` writes it as itself.
/// Other formats show a set as a sequence, a class as a pair of module and name, and an instance as a map of `form`, `callable`,
/// `args`, `kwargs` and `steps`.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let special = match self {
            Self::None => return serializer.serialize_unit(),
            Self::Bool(value) => return serializer.serialize_bool(*value),
            Self::Int(value) => return serializer.serialize_i64(*value),
            Self::BigInt(_) => match self.as_i128() {
                Some(value) => return serializer.serialize_i128(value),
                None => Special::Int,
            },
            Self::Float(value) => return serializer.serialize_f64(*value),
            Self::Str(text) => return serializer.serialize_str(text),
            Self::Bytes(bytes) => return serializer.serialize_bytes(bytes),
            Self::List(items) => return serializer.collect_seq(items),
            Self::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                items.iter().try_for_each(|item| tuple.serialize_element(item))?;
                return tuple.end();
            }
            Self::Dict(items) => return serializer.collect_map(&**items),
            Self::Complex(..) => Special::Complex,
            Self::SurrogateStr(_) => Special::SurrogateStr,
            Self::ByteString(_) => Special::ByteString,
            Self::ByteArray(_) => Special::ByteArray,
            Self::Set(_) => Special::Set,
            Self::FrozenSet(_) => Special::FrozenSet,
            Self::Global(_) => Special::Global,
            Self::Instance(_) => Special::Instance,
            Self::PersistentId(_) => Special::PersistentId,
            Self::Extension(_) => Special::Extension,
            Self::Buffer(_) => Special::Buffer,
            Self::ReadOnly(_) => Special::ReadOnly,
        };
        serializer.serialize_newtype_struct(special.name(), &Content(self))
    }
}

/// The content of a value that is special.
struct Content<'v>(&'v Value);

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Complex(re, im) => (re, im).serialize(serializer),
            Value::SurrogateStr(bytes) | Value::ByteString(bytes) => serializer.serialize_bytes(bytes),
            Value::ByteArray(bytes) => serializer.serialize_bytes(bytes),
            Value::Set(members) | Value::FrozenSet(members) => serializer.collect_seq(&**members),
            Value::Global(global) => (&*global.module, &*global.name).serialize(serializer),
            Value::Instance(instance) => Parts::of(instance).serialize(serializer),
            Value::PersistentId(of) | Value::ReadOnly(of) => of.serialize(serializer),
            Value::Extension(code) => serializer.serialize_u32(*code),
            Value::Buffer(index) => serializer.serialize_u64(*index as u64),
            value => serializer.collect_str(value),
        }
    }
}

#[derive(Serialize)]
struct Parts<'v> {
    form: &'static str,
    callable: &'v Value,
    args: &'v Value,
    kwargs: &'v Option<Value>,
    steps: Vec<Step<'v>>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Step<'v> {
    State(&'v Value),
    Append(&'v [Value]),
    SetItem(&'v [(Value, Value)]),
    Add(&'v [Value]),
    Call((&'v Value, &'v Value)),
}

impl<'v> Parts<'v> {
    fn of(instance: &'v ValueInstance) -> Self {
        let ValueInstance { form, callable, args, kwargs, steps } = instance;
        let step = |step: &'v ValueStep| match step {
            ValueStep::State(state) => Step::State(state),
            ValueStep::Append(items) => Step::Append(items),
            ValueStep::SetItem(items) => Step::SetItem(items),
            ValueStep::Add(members) => Step::Add(members),
            ValueStep::Call { callable, state } => Step::Call((callable, state)),
        };
        Self { form: form.name(), callable, args, kwargs, steps: steps.iter().map(step).collect() }
    }
}
