//! Paths into a graph: `users[3].email`.

use std::borrow::Cow;
use std::fmt;

use crate::data::Data;
use crate::{Key, Node, Value};

/// Why a path leads nowhere: the part of it that does not, and how it fails.
#[derive(Clone, PartialEq, Eq)]
pub struct PathError {
    at: String,
    reason: &'static str,
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

/// One step of a path.
enum Segment<'p> {
    Name(&'p str),
    Index(i64),
    Key(Cow<'p, str>),
}

/// Follows a path from `start`: each `step` leads to where the next one begins.
fn follow<T>(
    path: &str,
    start: T,
    mut step: impl FnMut(T, &Segment<'_>) -> Option<T>,
) -> Result<T, PathError> {
    let mut at = start;
    let mut rest = path;
    while !rest.is_empty() {
        let (segment, after) = segment(rest).ok_or_else(|| PathError {
            at: rest.to_owned(),
            reason: if rest.starts_with("['") || rest.starts_with("[\"") {
                "a key ends with its quote and ], and a \\ stands before a quote in it"
            } else {
                "a path is made of .name, [index] and ['key']"
            },
        })?;
        at = step(at, &segment).ok_or_else(|| PathError {
            at: path[..path.len() - after.len()].to_owned(),
            reason: match segment {
                Segment::Name(_) => "no such name",
                Segment::Index(_) => "no such index",
                Segment::Key(_) => "no such key",
            },
        })?;
        rest = after;
    }
    Ok(at)
}

/// The place in a sequence of this length that an index leads to: a negative one counts from the end.
pub(crate) fn place(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { i64::try_from(length).ok()?.checked_add(index)? } else { index };
    usize::try_from(index).ok().filter(|&index| index < length)
}

impl<S: AsRef<[u8]>> Node<'_, S> {
    /// Follows a path such as `users[3].email` or `['a key'][-1]`.
    ///
    /// `.name` is a key of a dict or an attribute of an instance; `[3]` the index in a list or tuple (negative ones
    /// count from the end) or an int key; `['key']` or `["key"]` a key, in which a backslash stands before the quote and before
    /// another backslash: `['it\'s']`. An instance's items (those of an `OrderedDict`, say) are reached like a dict's or list's
    /// own. Where an instance that was made by its class's `__new__` has neither items nor attributes, `[0]` is a member of its
    /// state, if that is a list or tuple (a frozen dataclass with slots), or, without a state, an argument (a `NamedTuple`).
    ///
    /// # Errors
    ///
    /// If the path is not of that form, or leads nowhere.
    pub fn path(self, path: &str) -> Result<Self, PathError> {
        follow(path, self, |node, segment| match segment {
            Segment::Name(name) => node.entry(&(*name).into()).or_else(|| node.attr(name)),
            Segment::Key(key) => node.entry(&(&**key).into()),
            Segment::Index(index) => node.index(*index),
        })
    }

    /// The value of a key in a dict, or among the items that were set on an instance.
    fn entry(self, key: &Key<'_>) -> Option<Self> {
        use crate::instance::Step;
        let Some(instance) = self.as_instance() else { return self.get(key.clone()) };
        let mut found = None;
        for step in instance.steps() {
            if let Step::SetItem(items) = step {
                found = items.filter(|(name, _)| name.is_key(key)).map(|(_, value)| value).last().or(found);
            }
        }
        found
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
        use crate::instance::Step;
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
    /// Follows a path such as `users[3].email`, in the syntax of [`Node::path`].
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
        follow(path, self, |value, segment| match segment {
            Segment::Name(name) => value.get(name).or_else(|| value.attr(name)),
            Segment::Key(key) => value.get(&**key),
            Segment::Index(index) => value.get(*index),
        })
    }

    /// Follows a path, as [`path`](Self::path) does, to a value that is to be changed.
    ///
    /// # Errors
    ///
    /// As [`path`](Self::path).
    pub fn path_mut(&mut self, path: &str) -> Result<&mut Self, PathError> {
        follow(path, self, |value, segment| match segment {
            Segment::Name(name) if value.get(name).is_none() => value.attr_mut(name),
            Segment::Name(name) => value.get_mut(name),
            Segment::Key(key) => value.get_mut(&**key),
            Segment::Index(index) => value.get_mut(*index),
        })
    }
}

fn segment(path: &str) -> Option<(Segment<'_>, &str)> {
    if let Some(rest) = path.strip_prefix('[') {
        for quote in ['\'', '"'] {
            if let Some(rest) = rest.strip_prefix(quote) {
                let (key, rest) = quoted(rest, quote)?;
                return Some((Segment::Key(key), rest.strip_prefix(']')?));
            }
        }
        let (index, rest) = rest.split_once(']')?;
        return Some((Segment::Index(index.parse().ok()?), rest));
    }
    let path = path.strip_prefix('.').unwrap_or(path);
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (name, rest) = path.split_at(end);
    (!name.is_empty()).then_some((Segment::Name(name), rest))
}

/// The text up to a quote, and what comes after it. A backslash stands before a quote or a backslash that is meant itself.
fn quoted(path: &str, quote: char) -> Option<(Cow<'_, str>, &str)> {
    let mut text = Cow::Borrowed("");
    let mut from = 0;
    let mut chars = path.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if char == quote {
            text += &path[from..at];
            return Some((text, &path[at + 1..]));
        }
        if char == '\\' && chars.next_if(|(_, next)| matches!(next, '\'' | '"' | '\\')).is_some() {
            text += &path[from..at];
            from = at + 1;
        }
    }
    None
}
