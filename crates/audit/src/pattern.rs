//! Patterns: what an argument may be.

use std::fmt;

use halfsour_lexer::text::repr;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, View};

use crate::Policy;

/// What an argument, or a state, may be; `POLICY.md` has the grammar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pattern {
    Any,
    Kind(&'static str),
    /// Text of digits, `-` and `/`.
    Numeral,
    /// An int with which one can reckon in no time.
    ShortInt,
    Int(i64, i64),
    Bool(bool),
    Str(String),
    Bytes(String),
    Tuple(Vec<Self>),
    /// A class or function, by name or set.
    Is(String),
    /// What one of these made.
    Of(String),
    OneOf(Vec<Self>),
    /// At the end of arguments: may be missing.
    Optional(Box<Self>),
    /// At the end of arguments: any number of them.
    Repeated(Box<Self>),
}

/// How many items are looked at where a pattern allows any number. What holds more does not fit, since the same items may
/// come again and again.
pub(crate) const MOST_ITEMS: usize = 1000;

/// How many bytes a short int has at most.
const SHORT_INT: usize = 512;

const KINDS: [&str; 14] = [
    "None",
    "bool",
    "int",
    "float",
    "complex",
    "str",
    "bytes",
    "bytearray",
    "list",
    "tuple",
    "dict",
    "set",
    "frozenset",
    "buffer",
];

/// What patterns are matched over.
#[derive(Clone, Copy)]
pub(crate) struct Values<'s> {
    pub view: View<'s>,
    /// Knows the sets that patterns mention.
    pub policy: &'s Policy,
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { rest: text };
        let pattern = parser.one_of()?;
        parser.space();
        if parser.rest.is_empty() { Ok(pattern) } else { Err(format!("{:?} is left over", parser.rest)) }
    }

    /// The names and sets that it mentions.
    pub fn mentions<'p>(&'p self, names: &mut Vec<&'p str>) {
        match self {
            Self::Is(name) | Self::Of(name) => names.push(name),
            Self::Tuple(parts) | Self::OneOf(parts) => parts.iter().for_each(|part| part.mentions(names)),
            Self::Optional(part) | Self::Repeated(part) => part.mentions(names),
            _ => {}
        }
    }

    pub fn matches(&self, values: &Values<'_>, id: Id) -> bool {
        let peek = values.view.peek(id);
        match (self, peek) {
            (Self::Any, _) | (Self::ShortInt, Peek::Int(_)) => true,
            (Self::OneOf(all), _) => all.iter().any(|pattern| pattern.matches(values, id)),
            (Self::Optional(pattern) | Self::Repeated(pattern), _) => pattern.matches(values, id),
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
            (Self::Is(name), Peek::Global(..)) => values.names(id, name),
            (Self::Of(name), Peek::Instance(_)) => {
                values.view.class(id).is_some_and(|class| values.names(class, name))
            }
            (Self::Kind(kind), peek) => match peek {
                // Python 2 has one type for both.
                Peek::ByteString(_) => matches!(*kind, "str" | "bytes"),
                Peek::Str(_) => *kind == "str",
                Peek::Bytes(_) => *kind == "bytes",
                Peek::None => *kind == "None",
                Peek::Bool(_) => *kind == "bool",
                Peek::Int(_) | Peek::BigInt(_) => *kind == "int",
                Peek::Float(_) => *kind == "float",
                Peek::Complex(..) => *kind == "complex",
                Peek::ByteArray(_) => *kind == "bytearray",
                Peek::List(_) => *kind == "list",
                Peek::Tuple(_) => *kind == "tuple",
                Peek::Dict(_) => *kind == "dict",
                Peek::Set(_) => *kind == "set",
                Peek::FrozenSet(_) => *kind == "frozenset",
                Peek::Buffer(_) | Peek::ReadOnly(_) => *kind == "buffer",
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether these are arguments that the patterns allow, one by one.
    pub fn all_match(patterns: &[Self], values: &Values<'_>, items: &[Id]) -> bool {
        let mut items = items.iter();
        for pattern in patterns {
            match (pattern, items.as_slice().first()) {
                (Self::Repeated(pattern), _) => {
                    let fits = |&item: &Id| pattern.matches(values, item);
                    return **pattern == Self::Any || items.len() <= MOST_ITEMS && items.all(fits);
                }
                (Self::Optional(_), None) => {}
                (_, None) => return false,
                (pattern, Some(&item)) => {
                    if !pattern.matches(values, item) {
                        return false;
                    }
                    items.next();
                }
            }
        }
        items.as_slice().is_empty()
    }
}

impl Values<'_> {
    /// Whether a global is the class or function of this name, or in the set.
    fn names(&self, global: Id, name: &str) -> bool {
        let names = self.view.global(global);
        names.is_some_and(|[module, qualified]| self.policy.is_in(module, qualified, name))
    }
}

struct Parser<'p> {
    rest: &'p str,
}

impl<'p> Parser<'p> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn one_of(&mut self) -> Result<Pattern, String> {
        let mut all = vec![self.single()?];
        while self.take("|") {
            all.push(self.single()?);
        }
        let pattern = if all.len() == 1 { all.remove(0) } else { Pattern::OneOf(all) };
        Ok(match () {
            () if self.take("...") => Pattern::Repeated(Box::new(pattern)),
            () if self.take("?") => Pattern::Optional(Box::new(pattern)),
            () => pattern,
        })
    }

    fn single(&mut self) -> Result<Pattern, String> {
        if self.take("(") {
            let mut parts = Vec::new();
            while !self.take(")") {
                parts.push(self.one_of()?);
                if !self.take(",") && !self.rest.trim_start().starts_with(')') {
                    return Err(format!("a comma or ) is missing before {:?}", self.rest));
                }
            }
            return Ok(Pattern::Tuple(parts));
        }
        if self.take("'") {
            return self.quoted().map(Pattern::Str);
        }
        if self.take("b'") {
            return self.quoted().map(Pattern::Bytes);
        }
        let word = self.word();
        match word {
            "any" => Ok(Pattern::Any),
            "numeral" => Ok(Pattern::Numeral),
            "shortint" => Ok(Pattern::ShortInt),
            "True" => Ok(Pattern::Bool(true)),
            "False" => Ok(Pattern::Bool(false)),
            "is" => Ok(Pattern::Is(self.name()?)),
            "of" => Ok(Pattern::Of(self.name()?)),
            _ => match KINDS.iter().find(|kind| **kind == word) {
                Some(kind) => Ok(Pattern::Kind(kind)),
                None => Self::int(word).ok_or_else(|| format!("{word:?} is no pattern")),
            },
        }
    }

    /// `5` or `0..9`
    fn int(word: &str) -> Option<Pattern> {
        let (low, high) = word.split_once("..").unwrap_or((word, word));
        Some(Pattern::Int(low.parse().ok()?, high.parse().ok()?))
    }

    fn quoted(&mut self) -> Result<String, String> {
        let (text, rest) = self.rest.split_once('\'').ok_or("a quote is not closed")?;
        self.rest = rest;
        Ok(text.to_owned())
    }

    fn word(&mut self) -> &'p str {
        self.space();
        let is_end = |c: char| c.is_whitespace() || "|,()?'".contains(c);
        let mut end = self.rest.find(is_end).unwrap_or(self.rest.len());
        if let Some(at) = self.rest[..end].find("...") {
            end = at;
        }
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn name(&mut self) -> Result<String, String> {
        match self.word() {
            "" => Err("a name is missing".to_owned()),
            name => Ok(name.to_owned()),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, parts: &[Self], between| {
            parts.iter().enumerate().try_for_each(|(number, part)| {
                f.write_str(if number > 0 { between } else { "" })?;
                part.fmt(f)
            })
        };
        match self {
            Self::Any => f.write_str("any"),
            Self::Numeral => f.write_str("numeral"),
            Self::ShortInt => f.write_str("shortint"),
            Self::Kind(kind) => f.write_str(kind),
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
            Self::Is(name) => write!(f, "is {name}"),
            Self::Of(name) => write!(f, "of {name}"),
            Self::OneOf(parts) => list(f, parts, " | "),
            Self::Optional(part) => write!(f, "{part}?"),
            Self::Repeated(part) => write!(f, "{part}..."),
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
            "int | None",
            "0..9",
            "-1",
            "shortint",
            "'latin1'",
            "b'b'",
            "(0,)",
            "(is ndarray, int...)",
            "of a:b.c?",
            "()",
        ] {
            assert_eq!(Pattern::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", "foo", "(int", "'x", "is", "int int", "1..x"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
