//! [`Path`]: the way to a place in data, as text: `users[3].email`, `df.price[3]`, `w[0, 1:3]`.
//!
//! This is the grammar. A path is made of segments, one after the other:
//!
//! | segment | leads to |
//! |---|---|
//! | `.name`, at the beginning also `name` | the value of a text key, an attribute, a field, a column |
//! | `[3]`, `[-1]` | the member with this index, the value of an int key |
//! | `['a key']`, `["a key"]`, `[b'x']`, `[None]`, `[True]`, `[0.5]`, `[(1, 'a')]` | the value of a key, written as Python shows it |
//! | `[0, 1]` | an element of an array with several dimensions, or the value of a key that is a tuple |
//! | `[1:3]`, `[::2]`, `[0, 1:3]`, `[..., 0]` | a part of a list or an array; steps are positive |
//! | `[datetime.date 2024-02-29]` | the value of any other key, written as `show` and `diff` write keys |
//! | `(2)` | an argument of an object: one that it was made with |
//! | `(args)`, `(kwargs)`, `(state)`, `(call)`, `(class)`, `(persistent id)` | the arguments, or another part, of an object where `show` names that part so |
//!
//! A name ends before `.`, `[`, and a part in round brackets. In quotes, `\` begins an escape, as in Python. `#2` before all segments means the second pickle
//! of a file, and `(all)`, as the empty path does, the whole.
//!
//! [`Node::path`] follows what needs no knowledge of classes; `halfsour_inspect::path::resolve` follows all of it.

mod parse;

use std::fmt;
use std::str::FromStr;

use halfsour_text::name::identifier;
use halfsour_text::repr;

use crate::data::Data;
use crate::instance::Step;
use crate::{Key, Node, Value};

/// Returns the step to an attribute, or to the value of a text key: `.email`, `['a key']`.
///
/// ```
/// use halfsour_value::path::step;
///
/// assert_eq!(step("email"), ".email");
/// assert_eq!(step("it's"), "[\"it's\"]");
/// ```
pub fn step(name: &str) -> String {
    match identifier(name.as_bytes()) {
        Some(name) => format!(".{name}"),
        None => format!("[{}]", repr::Str(name.as_bytes())),
    }
}

/// A path that was read: see the [module](self).
///
/// ```
/// use halfsour_value::path::{Literal, Path, Segment};
///
/// let path: Path = "users[3].email".parse()?;
/// assert_eq!(path.segments()[0], Segment::Name("users".to_owned()));
/// assert_eq!(path.segments()[1].literal(), Some(&Literal::Int(3)));
/// assert_eq!(path.until(2), "users[3]");
/// # Ok::<(), halfsour_value::PathError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    text: String,
    pickle: Option<usize>,
    segments: Vec<Segment>,
    /// Where each segment ends in the text.
    ends: Vec<usize>,
}

/// A segment of a [`Path`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Segment {
    /// `.name`
    Name(String),
    /// `[…]`
    Subscript {
        /// The text between the brackets, which may be a key as it is shown.
        text: String,
        /// The items between the commas; empty if the text is made of no literals and slices.
        items: Vec<Subscript>,
    },
    /// `(2)`: an argument.
    Argument(usize),
    /// `(state)`: the name of a part.
    Part(String),
}

/// An item between the brackets of a [`Segment::Subscript`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Subscript {
    /// An index or a key.
    Literal(Literal),
    /// `start:stop:step`
    Slice(Slice),
    /// `...`: all dimensions that are not named.
    Ellipsis,
}

/// `start:stop:step`, where each may be absent; negative ones count from the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// The first index.
    pub start: Option<i64>,
    /// The index after the last one.
    pub stop: Option<i64>,
    /// The distance between indices, from 1 on.
    pub step: Option<usize>,
}

/// A key as Python writes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// An int of 64 bits.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text, as WTF-8.
    Text(Vec<u8>),
    /// Bytes, or a Python 2 byte string.
    Bytes(Vec<u8>),
    /// A tuple.
    Tuple(Vec<Literal>),
}

/// Why a path leads nowhere: the part of it that does not, and how it fails.
#[derive(Clone, PartialEq, Eq)]
pub struct PathError {
    at: String,
    reason: String,
}

impl PathError {
    /// An error at a part of a path, for a reason.
    pub fn new(at: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { at: at.into(), reason: reason.into() }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.reason)
    }
}

impl fmt::Debug for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for PathError {}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        parse::path(text)
    }
}

/// The text that it was read from.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Path {
    /// The number of the pickle in its file, from 1 on, if the path names one: `#2.users`.
    pub fn pickle(&self) -> Option<usize> {
        self.pickle
    }

    /// The segments.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The text of the first `count` segments.
    pub fn until(&self, count: usize) -> &str {
        let end = count.checked_sub(1).and_then(|last| self.ends.get(last)).copied();
        &self.text[..end.unwrap_or_default()]
    }

    /// Follows the path from `start`: each `step` leads to where the next one begins.
    fn follow<T>(&self, start: T, mut step: impl FnMut(T, &Segment) -> Option<T>) -> Result<T, PathError> {
        let mut at = start;
        for (number, segment) in (1..).zip(&self.segments) {
            at = step(at, segment)
                .ok_or_else(|| PathError::new(self.until(number), segment.missing().to_owned()))?;
        }
        Ok(at)
    }
}

impl Segment {
    /// The one literal between the brackets.
    pub fn literal(&self) -> Option<&Literal> {
        match self {
            Self::Subscript { items, .. } => match items.as_slice() {
                [Subscript::Literal(literal)] => Some(literal),
                _ => None,
            },
            _ => None,
        }
    }

    /// How it is told that the segment leads nowhere: `no such name`.
    pub fn missing(&self) -> &'static str {
        match self {
            Self::Name(_) => "no such name",
            Self::Argument(_) => "no such argument",
            Self::Part(_) => "no such part",
            Self::Subscript { items, .. } => match items.as_slice() {
                [Subscript::Literal(Literal::Int(_))] => "no such index",
                [Subscript::Literal(_)] | [] => "no such key",
                items if items.iter().all(|item| matches!(item, Subscript::Literal(_))) => "no such element",
                _ => "no such part",
            },
        }
    }

    /// The key that is between the brackets: one literal, or a tuple of several.
    pub fn key(&self) -> Option<Literal> {
        let Self::Subscript { items, .. } = self else { return None };
        if let [Subscript::Literal(literal)] = items.as_slice() {
            return Some(literal.clone());
        }
        let parts = items.iter().map(|item| match item {
            Subscript::Literal(literal) => Some(literal.clone()),
            _ => None,
        });
        parts.collect::<Option<Vec<_>>>().filter(|parts| !parts.is_empty()).map(Literal::Tuple)
    }
}

impl Slice {
    /// The indices in a sequence of this length: the first, how many there are, and the step between them.
    pub fn indices(self, length: usize) -> (usize, usize, usize) {
        let bound = |index: i64| {
            let from_end = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
            if index < 0 { length.saturating_sub(from_end) } else { from_end.min(length) }
        };
        let (first, end) = (self.start.map_or(0, bound), self.stop.map_or(length, bound));
        let step = self.step.unwrap_or(1).max(1);
        (first, end.saturating_sub(first).div_ceil(step), step)
    }
}

impl Literal {
    /// Whether an object is equal to the literal, as Python finds a key.
    ///
    /// The recursion is as deep as the literal, which is limited.
    pub fn is<S: AsRef<[u8]>>(&self, node: Node<'_, S>) -> bool {
        #[expect(
            clippy::float_cmp,
            clippy::cast_precision_loss,
            reason = "a key that is so large is found by how it is shown"
        )]
        match (self, node.data()) {
            (Self::None, Data::None) => true,
            (Self::Bool(a), Data::Bool(b)) => *a == b,
            (Self::Bool(a), Data::Int(b)) => i64::from(*a) == b,
            (Self::Int(a), Data::Bool(b)) => *a == i64::from(b),
            (Self::Int(a), Data::Int(b)) => *a == b,
            (Self::Int(a), Data::Float(b)) => *a as f64 == b,
            (Self::Float(a), Data::Int(b)) => *a == b as f64,
            (Self::Float(a), Data::Float(b)) => *a == b || a.is_nan() && b.is_nan(),
            (Self::Text(a), Data::Str(b)) => a == b.as_wtf8(),
            (Self::Text(a), Data::ByteString(b)) | (Self::Bytes(a), Data::ByteString(b) | Data::Bytes(b)) => {
                a == b
            }
            (Self::Tuple(a), Data::Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is(b)),
            _ => false,
        }
    }

    /// The key, if it is text or an int, by which dicts find it at once.
    fn key(&self) -> Option<Key<'_>> {
        match self {
            Self::Int(int) => Some((*int).into()),
            Self::Text(text) => Some(Key::Text(text)),
            _ => None,
        }
    }
}

/// The place in a sequence of this length that an index leads to: a negative one counts from the end.
pub fn place(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { i64::try_from(length).ok()?.checked_add(index)? } else { index };
    usize::try_from(index).ok().filter(|&index| index < length)
}

impl<'g, S: AsRef<[u8]>> Node<'g, S> {
    /// Follows a path such as `users[3].email` or `['a key'][-1]`; the [module](crate::path) has the grammar.
    ///
    /// `.name` is a key of a dict or an attribute of an instance; `[3]` the index in a list or tuple (negative ones
    /// count from the end) or an int key; `['key']` or `["key"]` a key. An instance's items (those of an `OrderedDict`, say) are
    /// reached like a dict's or list's own. Where an instance that was made by its class's `__new__` has neither items nor
    /// attributes, `[0]` is a member of its state, if that is a list or tuple (a frozen dataclass with slots), or, without a state,
    /// an argument (a `NamedTuple`).
    ///
    /// # Errors
    ///
    /// If the path is not of that form, or leads nowhere. What only a class explains (columns, elements of arrays) and parts of
    /// lists are followed by `halfsour_inspect::path`.
    pub fn path(self, path: &str) -> Result<Self, PathError> {
        path.parse::<Path>()?.follow(self, Self::segment)
    }

    /// Follows a segment of a path: the step that [`path`](Self::path) is made of.
    pub fn segment(self, segment: &Segment) -> Option<Self> {
        match segment {
            Segment::Name(name) => self.entry(&(&**name).into()).or_else(|| self.attr(name)),
            Segment::Argument(index) => self.as_instance()?.arguments()?.0.get(*index),
            Segment::Part(part) => self.part(part),
            Segment::Subscript { .. } => match segment.key()? {
                Literal::Int(index) => self.index(index),
                literal => match literal.key() {
                    Some(key) => self.entry(&key),
                    None => self.entries().filter(|(key, _)| literal.is(*key)).last().map(|(_, value)| value),
                },
            },
        }
    }

    /// The part of an instance that `show` and `diff` name so.
    fn part(self, name: &str) -> Option<Self> {
        if let ("persistent id", Data::PersistentId(id)) = (name, self.data()) {
            return Some(id);
        }
        let states = |mut steps: crate::instance::Steps<'g, S>| {
            steps.find_map(|step| match step {
                Step::State(state) => Some(state),
                _ => None,
            })
        };
        let Some(instance) = self.as_instance() else {
            return (name == "state").then(|| self.foreign_steps().and_then(states)).flatten();
        };
        match name {
            "args" => Some(instance.args()),
            "kwargs" => instance.kwargs(),
            "class" => Some(instance.class()),
            // `setter(object, state)` gives it one, too.
            "state" => instance.state().or_else(|| {
                instance.steps().find_map(|step| match step {
                    Step::Call(call) => call.as_instance()?.args().at(1),
                    _ => None,
                })
            }),
            "call" => instance.steps().find_map(|step| match step {
                Step::Call(call) => Some(call),
                _ => None,
            }),
            _ => None,
        }
    }

    /// The items of a dict, or those that were set on an instance.
    fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let set =
            self.as_instance().into_iter().flat_map(crate::Instance::steps).filter_map(|step| match step {
                Step::SetItem(items) => Some(items),
                _ => None,
            });
        self.items().into_iter().chain(set).flatten()
    }

    /// The value of a key in a dict, or among the items that were set on an instance.
    fn entry(self, key: &Key<'_>) -> Option<Self> {
        match self.as_instance() {
            Some(_) => self.entries().filter(|(name, _)| name.is_key(key)).last().map(|(_, value)| value),
            None => self.get(key.clone()),
        }
    }

    fn is_key(self, key: &Key<'_>) -> bool {
        match (self.data(), key) {
            (Data::Str(text), Key::Text(key)) => text.as_wtf8() == *key,
            (Data::ByteString(bytes), Key::Text(key)) => bytes == *key,
            (Data::Int(value), Key::Int(key)) => value == *key,
            _ => false,
        }
    }

    fn index(self, index: i64) -> Option<Self> {
        let at = |length| place(index, length);
        match self.data() {
            Data::List(elements) | Data::Tuple(elements) => elements.get(at(elements.len())?),
            Data::Instance(instance) => self.entry(&index.into()).or_else(|| {
                let appended = instance.steps().filter_map(|step| match step {
                    Step::Append(elements) => Some(elements),
                    _ => None,
                });
                let all: Vec<_> = match instance.members() {
                    Some(members) => members.collect(),
                    None => appended.flatten().collect(),
                };
                all.get(at(all.len())?).copied()
            }),
            _ => self.get(index),
        }
    }
}

impl Value {
    /// Follows a path such as `users[3].email`, in the syntax of [`Node::path`]. Keys are text and ints.
    ///
    /// ```
    /// use halfsour_value::{Value, value};
    ///
    /// let mut value = value!({"users": [(Value::instance("app", "User").attr("name", "Ada"))], 7: "seven"});
    /// assert_eq!(value.path("users[-1].name")?, "Ada");
    /// assert_eq!(value.path("[7]")?, "seven");
    /// assert_eq!(value.path("users[0].mail").unwrap_err().to_string(), "users[0].mail: no such name");
    /// # Ok::<(), halfsour_value::PathError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the path is not of that form, or leads nowhere.
    pub fn path(&self, path: &str) -> Result<&Self, PathError> {
        path.parse::<Path>()?.follow(self, |value, segment| match segment {
            Segment::Name(name) => value.get(&**name).or_else(|| value.attr(name)),
            _ => match segment.literal()? {
                Literal::Int(index) => value.get(*index),
                Literal::Text(key) => value.get(std::str::from_utf8(key).ok()?),
                _ => None,
            },
        })
    }

    /// Follows a path, as [`path`](Self::path) does, to a value that is to be changed.
    ///
    /// # Errors
    ///
    /// As [`path`](Self::path).
    pub fn path_mut(&mut self, path: &str) -> Result<&mut Self, PathError> {
        path.parse::<Path>()?.follow(self, |value, segment| match segment {
            Segment::Name(name) if value.get(&**name).is_none() => value.attr_mut(name),
            Segment::Name(name) => value.get_mut(&**name),
            _ => match segment.literal()? {
                Literal::Int(index) => value.get_mut(*index),
                Literal::Text(key) => value.get_mut(std::str::from_utf8(key).ok()?),
                _ => None,
            },
        })
    }
}
