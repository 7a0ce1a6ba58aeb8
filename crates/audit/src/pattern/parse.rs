//! Reading patterns.

use super::{Field, Lengths, Pattern, Plain, Type};

/// Kinds that have members.
const HOLD: [Type; 4] = [Type::List, Type::Tuple, Type::Set, Type::FrozenSet];
/// Kinds that have a length.
const LONG: [Type; 9] = [
    Type::Int,
    Type::Str,
    Type::Bytes,
    Type::ByteArray,
    Type::List,
    Type::Tuple,
    Type::Set,
    Type::FrozenSet,
    Type::Dict,
];

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { rest: text };
        let pattern = parser.one_of()?;
        parser.space();
        if parser.rest.is_empty() { Ok(pattern) } else { Err(format!("{:?} is left over", parser.rest)) }
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

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(format!("{token:?} is missing before {:?}", self.rest)) }
    }

    fn one_of(&mut self) -> Result<Pattern, String> {
        let mut all = vec![self.single()?];
        while self.take("|") {
            all.push(self.single()?);
        }
        let pattern = if all.len() == 1 { all.remove(0) } else { Pattern::OneOf(Plain::of(&all), all) };
        Ok(match () {
            () if self.take("...") => Pattern::Repeated(Box::new(pattern)),
            () if self.take("?") => Pattern::Optional(Box::new(pattern)),
            () => pattern,
        })
    }

    fn single(&mut self) -> Result<Pattern, String> {
        if self.take("(") {
            return self.list(")", Self::one_of).map(Pattern::Tuple);
        }
        if self.take("{") {
            return self.list("}", Self::field).map(Pattern::Record);
        }
        if self.take("<") {
            let pattern = self.one_of()?;
            self.expect(">")?;
            return Ok(pattern);
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
            "data" => Ok(Pattern::Data),
            "numeral" => Ok(Pattern::Numeral),
            "shortint" => Ok(Pattern::ShortInt),
            "attributes" => Ok(Pattern::Attributes),
            "slots" => Ok(Pattern::Slots),
            "persistent" => Ok(Pattern::Persistent),
            "True" => Ok(Pattern::Bool(true)),
            "False" => Ok(Pattern::Bool(false)),
            "is" => Ok(Pattern::Is(self.name()?)),
            "of" => {
                let name = self.name()?;
                if self.rest.starts_with('(') && self.take("(") {
                    return Ok(Pattern::Made(name, self.list(")", Self::one_of)?));
                }
                Ok(Pattern::Of(name))
            }
            _ => match Type::ALL.into_iter().find(|kind| kind.name() == word) {
                Some(kind) => self.kind(kind),
                None => int(word).ok_or_else(|| format!("{word:?} is no pattern")),
            },
        }
    }

    /// After the name of a type: how long, and of what.
    fn kind(&mut self, kind: Type) -> Result<Pattern, String> {
        let lengths = if LONG.contains(&kind) && self.take("[") { Some(self.lengths()?) } else { None };
        let before = self.rest;
        if self.word() == "of" {
            if HOLD.contains(&kind) {
                return Ok(Pattern::Each(kind, lengths, Box::new(self.single()?)));
            }
            if kind == Type::Dict {
                let key = self.single()?;
                self.expect(":")?;
                return Ok(Pattern::Pairs(lengths, Box::new([key, self.single()?])));
            }
        }
        self.rest = before;
        Ok(Pattern::Kind(kind, lengths))
    }

    /// `2500]`, `0..40]` or `1..]`
    fn lengths(&mut self) -> Result<Lengths, String> {
        let (text, rest) = self.rest.split_once(']').ok_or("a ] is missing")?;
        let (low, high) = text.split_once("..").unwrap_or((text, text));
        let number = |text: &str| text.parse::<u32>().map_err(|_| format!("{text:?} is no length"));
        let high = if high.is_empty() { u32::MAX } else { number(high)? };
        self.rest = rest;
        Ok(number(low)?..=high)
    }

    /// `key: P` or `key?: P`
    fn field(&mut self) -> Result<Field, String> {
        self.space();
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let (key, rest) = self.rest.split_at(end);
        self.rest = rest;
        let is_optional = self.take("?");
        self.expect(":")?;
        Ok(Field { key: key.to_owned(), is_optional, value: self.one_of()? })
    }

    /// What is between commas, up to `end`.
    fn list<T>(&mut self, end: &str, item: fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let mut items = Vec::new();
        while !self.take(end) {
            items.push(item(self)?);
            if !self.take(",") && !self.rest.trim_start().starts_with(end) {
                return Err(format!("a comma or {end} is missing before {:?}", self.rest));
            }
        }
        Ok(items)
    }

    fn quoted(&mut self) -> Result<String, String> {
        let (text, rest) = self.rest.split_once('\'').ok_or("a quote is not closed")?;
        self.rest = rest;
        Ok(text.to_owned())
    }

    fn word(&mut self) -> &'p str {
        self.space();
        let is_end = |c: char| c.is_whitespace() || "|,()?'{}<>[".contains(c);
        let mut end = self.rest.find(is_end).unwrap_or(self.rest.len());
        if let Some(at) = self.rest[..end].find("...") {
            end = at;
        }
        // A colon is a part of names; not at their end.
        if self.rest[..end].ends_with(':') {
            end -= 1;
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

/// `5` or `0..9`
fn int(word: &str) -> Option<Pattern> {
    let (low, high) = word.split_once("..").unwrap_or((word, word));
    Some(Pattern::Int(low.parse().ok()?, high.parse().ok()?))
}
