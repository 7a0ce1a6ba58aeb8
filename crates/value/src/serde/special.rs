//! [`Special`]: the kinds of value that serde's data model does not know.

use halfsour_text::number::{Int, parse_big};

use crate::{Form, Set, Value, ValueInstance, ValueStep};

/// The name of the newtype as which a [`Value`] asks to be read.
pub const NAME: &str = "$halfsour::Value";

macro_rules! specials {
    ($($kind:ident)*) => {
        /// The kinds of value that serde's data model does not know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Special { $(#[doc = stringify!($kind)] $kind,)* }

        impl Special {
            /// All names.
            pub const NAMES: &[&str] = &[$(concat!("$halfsour::value::", stringify!($kind)),)*];

            /// Returns the name of the newtype, or of the variant, that marks a value of this kind.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => concat!("$halfsour::value::", stringify!($kind)),)* }
            }

            /// Returns the kind with this name.
            pub fn of(name: &str) -> Option<Self> {
                match name.strip_prefix("$halfsour::value::")? {
                    $(stringify!($kind) => Some(Self::$kind),)*
                    _ => None,
                }
            }
        }
    };
}

specials! {
    Int Complex SurrogateStr ByteString ByteArray Tuple Set FrozenSet Global Instance PersistentId Extension Buffer ReadOnly
}

impl Special {
    /// Returns a value of this kind with this content; `None` if the content is not of that form.
    ///
    /// The contents are those that values serialize, with lists or tuples of this length in place of structs and variants: an instance is
    /// the name of its form, the callable, the arguments, the keyword arguments or `None`, and a list of steps; a step is its name and
    /// content.
    pub fn value(self, content: Value) -> Option<Value> {
        Some(match (self, content) {
            (Self::Int, Value::Str(digits)) => match parse_big(&digits)? {
                Int::Small(value) => Value::Int(value),
                Int::Big(bytes) => Value::big_int(&bytes),
            },
            (Self::Int, Value::Bytes(bytes)) => Value::big_int(&bytes),
            (Self::Complex, parts) => match exactly(parts)? {
                [Value::Float(re), Value::Float(im)] => Value::Complex(re, im),
                _ => return None,
            },
            (Self::SurrogateStr, Value::Bytes(bytes)) => Value::SurrogateStr(bytes),
            (Self::ByteString, Value::Bytes(bytes)) => Value::ByteString(bytes),
            (Self::ByteArray, Value::Bytes(bytes)) => Value::bytearray(&*bytes),
            (Self::Tuple, Value::List(items)) => Value::Tuple(items.into()),
            (Self::Set, Value::List(members)) => Set::from_iter(members).into(),
            (Self::FrozenSet, Value::List(members)) => Value::frozenset(members),
            (Self::Global, names) => match exactly(names)? {
                [Value::Str(module), Value::Str(name)] => Value::global(&module, &name),
                _ => return None,
            },
            (Self::Instance, parts) => instance(parts)?.into(),
            (Self::PersistentId, id) => Value::PersistentId(Box::new(id)),
            (Self::Extension, Value::Int(code)) => Value::Extension(code.try_into().ok()?),
            (Self::Buffer, Value::Int(index)) => Value::Buffer(index.try_into().ok()?),
            (Self::ReadOnly, of) => Value::ReadOnly(Box::new(of)),
            _ => return None,
        })
    }
}

fn instance(parts: Value) -> Option<ValueInstance> {
    let [form, callable, args, kwargs, Value::List(steps)] = exactly(parts)? else { return None };
    let form = Form::of_name(form.as_str()?)?;
    let has_kwargs = form == Form::NewEx || !kwargs.is_none();
    let steps = steps.into_iter().map(step).collect::<Option<_>>()?;
    Some(ValueInstance { form, callable, args, kwargs: has_kwargs.then_some(kwargs), steps })
}

fn step(step: Value) -> Option<ValueStep> {
    let [name, content] = exactly(step)?;
    Some(match (name.as_str()?, content) {
        ("state", state) => ValueStep::State(state),
        ("append", Value::List(items)) => ValueStep::Append(items),
        ("set_item", Value::List(items)) => {
            let items = items.into_iter().map(|item| exactly(item).map(|[key, value]| (key, value)));
            ValueStep::SetItem(items.collect::<Option<_>>()?)
        }
        ("add", Value::List(members)) => ValueStep::Add(members),
        ("call", call) => {
            let [callable, state] = exactly(call)?;
            ValueStep::Call { callable, state }
        }
        _ => return None,
    })
}

/// Returns the members of a list or tuple of this length.
fn exactly<const N: usize>(value: Value) -> Option<[Value; N]> {
    match value {
        Value::List(items) => items.try_into().ok(),
        Value::Tuple(items) => Vec::from(items).try_into().ok(),
        _ => None,
    }
}
