//! Patterns: what an argument or a state may be.

mod parse;
mod types;
mod values;

use std::fmt;
use std::ops::RangeInclusive;

use halfsour_lexer::text::repr;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind};

use crate::judge::partials::{class_of_new, class_of_partial};
use types::{Plain, Type, is_kind};
pub(crate) use values::{Checked, Part, Values, holds, is_object};

/// What an argument, or a state, may be; `POLICY.md` has the grammar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pattern {
    /// Anything that may be stored.
    Any,
    /// Plain data all the way down.
    Data,
    /// A type, and how many items or bytes there may be.
    Kind(Type, Option<Lengths>),
    /// Text of digits, `-` and `/`.
    Numeral,
    /// An int with which one can reckon in no time.
    ShortInt,
    Int(i64, i64),
    Bool(bool),
    Str(String),
    Bytes(String),
    Tuple(Vec<Self>),
    /// A list, tuple or set, each of whose members fits.
    Each(Type, Option<Lengths>, Box<Self>),
    /// A dict, each of whose keys and values fits.
    Pairs(Option<Lengths>, Box<[Self; 2]>),
    /// A dict with text for keys: these and no others, of which some may be missing.
    Record(Vec<Field>),
    /// The dict of attributes of a state, whose keys the class must have.
    Attributes,
    /// The dict of slots of a state.
    Slots,
    /// A class or function, by name or set.
    Is(String),
    /// What one of these made.
    Of(String),
    /// What the program finds by a persistent id, which is judged by itself.
    Persistent,
    /// What one of these made of such arguments.
    Made(String, Vec<Self>),
    OneOf(Plain, Vec<Self>),
    /// At the end of arguments: may be missing.
    Optional(Box<Self>),
    /// At the end of arguments: any number of them.
    Repeated(Box<Self>),
}

/// How many items or bytes there may be.
pub(crate) type Lengths = RangeInclusive<u32>;

/// A key of a [`Pattern::Record`], and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub key: String,
    pub is_optional: bool,
    pub value: Pattern,
}

/// How many arguments are looked at where a pattern allows any number. A call with more does not fit, since the same arguments may
/// come again and again.
pub(crate) const MOST_ITEMS: usize = 1000;

/// How many bytes a short int has at most.
const SHORT_INT: usize = 512;

impl Pattern {
    /// The patterns that it is made of.
    fn parts(&self) -> &[Self] {
        match self {
            Self::Tuple(parts) | Self::OneOf(_, parts) | Self::Made(_, parts) => parts,
            Self::Each(_, _, part) | Self::Optional(part) | Self::Repeated(part) => {
                std::slice::from_ref(&**part)
            }
            Self::Pairs(_, parts) => &**parts,
            _ => &[],
        }
    }

    /// Calls `visit` with it and every pattern in it.
    pub fn visit<'p>(&'p self, visit: &mut dyn FnMut(&'p Self)) {
        visit(self);
        self.parts().iter().for_each(|part| part.visit(visit));
        if let Self::Record(fields) = self {
            for field in fields {
                field.value.visit(visit);
            }
        }
    }

    /// Whether a value fits. Of most, it is enough to know the kind.
    #[inline]
    pub fn matches(&self, values: &Values<'_>, id: Id) -> bool {
        match self {
            Self::Any => values.take(id),
            Self::OneOf(plain, _) if plain.has(values.view.kind(id)) && !values.callees.contains(id) => true,
            Self::Kind(kind, None) if Plain::kinds(*kind).has(values.view.kind(id)) => {
                !values.callees.contains(id)
            }
            Self::OneOf(plain, all) if !plain.has_parts() => all.iter().any(|it| it.matches(values, id)),
            Self::Optional(pattern) | Self::Repeated(pattern) => pattern.matches(values, id),
            Self::Persistent => values.view.kind(id) == Kind::PersistentId,
            Self::Int(low, high) => {
                matches!(values.view.peek(id), Peek::Int(value) if (low..=high).contains(&&value))
            }
            Self::Of(name) => is_of(values, id, name),
            _ => self.fits(values, id, values.view.peek(id)),
        }
    }

    fn fits(&self, values: &Values<'_>, id: Id, peek: Peek<'_>) -> bool {
        match (self, peek) {
            (Self::Any, _) => values.take(id),
            (Self::ShortInt, Peek::Int(_)) | (Self::Persistent, Peek::PersistentId(_)) => true,
            (Self::Data, _) => values.is_data(id),
            (Self::OneOf(_, all), _) => {
                all.iter().any(|pattern| values.tries(|| pattern.fits(values, id, peek)))
            }
            (Self::Optional(pattern) | Self::Repeated(pattern), _) => pattern.fits(values, id, peek),
            (Self::Int(low, high), Peek::Int(value)) => (low..=high).contains(&&value),
            (Self::Numeral, Peek::Str(text) | Peek::ByteString(text)) => {
                text.len() <= MOST_ITEMS
                    && text.iter().all(|byte| byte.is_ascii_digit() || b"-/".contains(byte))
            }
            (Self::ShortInt, Peek::BigInt(bytes)) => bytes.len() <= SHORT_INT,
            (Self::Bool(expected), Peek::Bool(value)) => *expected == value,
            (Self::Str(text), Peek::Str(value) | Peek::ByteString(value))
            | (Self::Bytes(text), Peek::Bytes(value) | Peek::ByteString(value)) => text.as_bytes() == value,
            (Self::Tuple(parts), Peek::Tuple(items)) => Self::all_match(parts, values, items),
            (Self::Each(kind, lengths, pattern), peek) => match members(*kind, peek) {
                Some(ids) if fits(lengths.as_ref(), ids.len()) => {
                    values.each(self, id, ids, |&member| pattern.matches(values, member))
                }
                _ => false,
            },
            (Self::Pairs(lengths, patterns), Peek::Dict(items)) => {
                let [key, value] = &**patterns;
                fits(lengths.as_ref(), items.len() / 2)
                    && values.each(self, id, items.as_chunks::<2>().0, |pair| {
                        key.matches(values, pair[0]) && value.matches(values, pair[1])
                    })
            }
            (Self::Record(fields), Peek::Dict(items)) => {
                let has = |key: &str| {
                    items.chunks_exact(2).any(|pair| values.view.text_bytes(pair[0]) == Some(key.as_bytes()))
                };
                fields.iter().all(|field| field.is_optional || has(&field.key))
                    && values.each(self, id, items.as_chunks::<2>().0, |pair| {
                        let key = values.view.text_bytes(pair[0]);
                        let field = fields.iter().find(|field| key == Some(field.key.as_bytes()));
                        field.is_some_and(|field| field.value.matches(values, pair[1]))
                    })
            }
            (Self::Attributes, Peek::Dict(_)) => values.has_part(id, Part::Attributes),
            (Self::Slots, Peek::Dict(_)) => values.has_part(id, Part::Slots),
            (Self::Is(name), Peek::Global(..)) => values.names(id, name),
            (Self::Is(name), Peek::Instance(_)) => values.is_loaded_type(id, name) || values.names(id, name),
            (Self::Of(name), Peek::Instance(_)) => is_of(values, id, name),
            (Self::Made(name, parts), Peek::Instance(_)) => {
                values.view.class(id).is_some_and(|class| values.names(class, name))
                    && values.view.arguments(id).is_some_and(|(args, kwargs)| {
                        kwargs.is_none() && Self::all_match(parts, values, args)
                    })
            }
            (Self::Kind(kind, lengths), peek) => {
                is_kind(*kind, peek)
                    && values.take(id)
                    && (lengths.is_none()
                        || length(peek).is_some_and(|length| fits(lengths.as_ref(), length)))
            }
            _ => false,
        }
    }

    /// Whether these are arguments that the patterns allow, one by one.
    pub fn all_match(patterns: &[Self], values: &Values<'_>, items: &[Id]) -> bool {
        Self::misfit(patterns, values, items).is_none()
    }

    /// The number of the first argument that does not fit, or is not there, and what may be there.
    pub fn misfit<'p>(
        patterns: &'p [Self],
        values: &Values<'_>,
        items: &[Id],
    ) -> Option<(usize, Option<&'p Self>)> {
        let mut number = 0;
        for pattern in patterns {
            match (pattern, items.get(number)) {
                (Self::Repeated(each), _) => {
                    let rest = &items[number..];
                    if rest.len() > MOST_ITEMS {
                        return Some((number + MOST_ITEMS, None));
                    }
                    let place = rest.iter().position(|&item| !each.matches(values, item));
                    return place.map(|place| (number + place, Some(&**each)));
                }
                (Self::Optional(_), None) => {}
                (pattern, Some(&item)) if pattern.matches(values, item) => number += 1,
                (Self::Optional(pattern), _) => return Some((number, Some(&**pattern))),
                (pattern, _) => return Some((number, Some(pattern))),
            }
        }
        (number < items.len()).then_some((number, None))
    }
}

/// Whether it is what this class or function made, or the class through a partial of its `__new__`. A `__new__` that was looked up may only be called.
fn is_of(values: &Values<'_>, id: Id, name: &str) -> bool {
    let Some(class) = values.view.class(id) else { return false };
    match class_of_partial(values.view, values.policy, class) {
        Some(class) => values.names(class, name),
        None => values.names(class, name) && class_of_new(values.view, values.policy, id).is_none(),
    }
}

/// The members of what is of this kind.
fn members(kind: Type, peek: Peek<'_>) -> Option<&[Id]> {
    match (kind, peek) {
        (Type::List, Peek::List(ids))
        | (Type::Tuple, Peek::Tuple(ids))
        | (Type::Set, Peek::Set(ids))
        | (Type::FrozenSet, Peek::FrozenSet(ids)) => Some(ids),
        _ => None,
    }
}

/// How many items or bytes it has.
fn length(peek: Peek<'_>) -> Option<usize> {
    match peek {
        Peek::Str(bytes)
        | Peek::ByteString(bytes)
        | Peek::Bytes(bytes)
        | Peek::ByteArray(bytes)
        | Peek::BigInt(bytes) => Some(bytes.len()),
        Peek::Int(_) => Some(size_of::<i64>()),
        Peek::List(ids) | Peek::Tuple(ids) | Peek::Set(ids) | Peek::FrozenSet(ids) => Some(ids.len()),
        Peek::Dict(ids) => Some(ids.len() / 2),
        _ => None,
    }
}

fn fits(lengths: Option<&Lengths>, length: usize) -> bool {
    lengths.is_none_or(|lengths| u32::try_from(length).is_ok_and(|length| lengths.contains(&length)))
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, parts: &[Self], between| {
            parts.iter().enumerate().try_for_each(|(number, part)| {
                f.write_str(if number > 0 { between } else { "" })?;
                part.fmt(f)
            })
        };
        let many = |lengths: &Option<Lengths>| match lengths {
            None => String::new(),
            Some(lengths) if lengths.start() == lengths.end() => format!("[{}]", lengths.start()),
            Some(lengths) if *lengths.end() == u32::MAX => format!("[{}..]", lengths.start()),
            Some(lengths) => format!("[{}..{}]", lengths.start(), lengths.end()),
        };
        match self {
            Self::Any => f.write_str("any"),
            Self::Data => f.write_str("data"),
            Self::Numeral => f.write_str("numeral"),
            Self::ShortInt => f.write_str("shortint"),
            Self::Attributes => f.write_str("attributes"),
            Self::Slots => f.write_str("slots"),
            Self::Persistent => f.write_str("persistent"),
            Self::Kind(kind, lengths) => write!(f, "{}{}", kind.name(), many(lengths)),
            Self::Each(kind, lengths, part) => {
                write!(f, "{}{} of {}", kind.name(), many(lengths), Single(part))
            }
            Self::Pairs(lengths, parts) => {
                write!(f, "dict{} of {}: {}", many(lengths), Single(&parts[0]), Single(&parts[1]))
            }
            Self::Int(low, high) if low == high => write!(f, "{low}"),
            Self::Int(low, high) => write!(f, "{low}..{high}"),
            Self::Bool(value) => f.write_str(if *value { "True" } else { "False" }),
            Self::Str(text) => write!(f, "{}", repr::Str(text.as_bytes())),
            Self::Bytes(text) => write!(f, "{}", repr::Bytes(text.as_bytes())),
            Self::Tuple(parts) => {
                f.write_str("(")?;
                list(f, parts, ", ")?;
                f.write_str(if parts.len() == 1 { ",)" } else { ")" })
            }
            Self::Record(fields) => {
                f.write_str("{")?;
                fields.iter().enumerate().try_for_each(|(number, field)| {
                    let between = if number > 0 { ", " } else { "" };
                    let mark = if field.is_optional { "?" } else { "" };
                    write!(f, "{between}{}{mark}: {}", field.key, field.value)
                })?;
                f.write_str("}")
            }
            Self::Is(name) => write!(f, "is {name}"),
            Self::Of(name) => write!(f, "of {name}"),
            Self::Made(name, parts) => {
                write!(f, "of {name}(")?;
                list(f, parts, ", ")?;
                f.write_str(")")
            }
            Self::OneOf(_, parts) => list(f, parts, " | "),
            Self::Optional(part) => write!(f, "{part}?"),
            Self::Repeated(part) => write!(f, "{part}..."),
        }
    }
}

/// A pattern where alternatives stand in brackets.
struct Single<'p>(&'p Pattern);

impl fmt::Display for Single<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Pattern::OneOf(..) => write!(f, "<{}>", self.0),
            pattern => pattern.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_written_as_they_are_read() {
        for text in [
            "any",
            "data",
            "int | None",
            "0..9",
            "-1",
            "shortint",
            "persistent | None",
            "'latin1'",
            "b'b'",
            "(0,)",
            "(is ndarray, int...)",
            "of a:b.c?",
            "of a:b(is c, any)",
            "()",
            "str[0..40]",
            "bytes[2500]",
            "list[1..] of int",
            "dict of str: list of any",
            "{pos: 0..624, key?: of arrays}",
            "tuple of <int | None>",
            "list of (str, any)",
            "(attributes | None, slots)",
        ] {
            assert_eq!(Pattern::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "",
            "foo",
            "(int",
            "'x",
            "is",
            "int int",
            "1..x",
            "{a}",
            "{a: int",
            "dict of str",
            "str[",
            "str[x]",
            "float[2]",
        ] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
