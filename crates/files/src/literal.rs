//! Python literals, as numpy's headers are written in.

use halfsour_classes::numpy::DType;

/// A Python literal: what headers of `.npy` are made of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// `True`, `False`.
    Bool(bool),
    /// An int that is not negative.
    Int(u64),
    /// `'text'`
    Str(String),
    /// `(1, 2)`
    Tuple(Vec<Literal>),
    /// `[1, 2]`
    List(Vec<Literal>),
    /// `{'key': value}`
    Dict(Vec<(Literal, Literal)>),
}

impl Literal {
    /// Text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// An int.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a key in a dict.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Dict(items) => {
                items.iter().rev().find(|(name, _)| name.as_str() == Some(key)).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// Returns the size in bytes of an element of this type, if the type is known.
    pub fn item_size(&self) -> Option<u64> {
        match self {
            Self::Str(code) => u64::try_from(DType::parse(code)?.size).ok(),
            Self::List(fields) => fields.iter().try_fold(0, |size: u64, field| {
                let Self::Tuple(parts) = field else { return None };
                size.checked_add(Self::sizes(parts.get(1..)?)?)
            }),
            Self::Tuple(parts) => Self::sizes(parts),
            Self::Bool(_) | Self::Int(_) | Self::Dict(_) => None,
        }
    }

    /// Returns the size of a type, or of arrays with that type and this shape.
    fn sizes(parts: &[Self]) -> Option<u64> {
        match parts {
            [base] => base.item_size(),
            [base, Self::Tuple(shape)] => {
                let size = base.item_size()?;
                shape.iter().try_fold(size, |size, length| size.checked_mul(length.as_u64()?))
            }
            [base, length] => base.item_size()?.checked_mul(length.as_u64()?),
            _ => None,
        }
    }

    /// Whether numpy writes this for a type without objects: a code as `<f8`, or a list of fields, each with a name, a code and perhaps a shape.
    pub(crate) fn is_of_numbers(&self) -> bool {
        match self {
            Self::Str(code) => {
                let is_plain = |code: &[u8]| {
                    matches!(
                        code,
                        [
                            b'<' | b'>' | b'|',
                            b'b' | b'i' | b'u' | b'f' | b'c' | b'S' | b'U' | b'V' | b'm' | b'M',
                            b'0'..=b'9',
                            ..
                        ]
                    )
                };
                is_plain(code.as_bytes()) && DType::parse(code).is_some()
            }
            Self::List(fields) => fields.iter().all(|field| {
                let Self::Tuple(parts) = field else { return false };
                let [Self::Str(_) | Self::Tuple(_), base, shape @ ..] = &parts[..] else { return false };
                base.is_of_numbers() && matches!(shape, [] | [Self::Tuple(_)])
            }),
            _ => false,
        }
    }

    /// Python's `repr`, with the `L` that Python 2 writes behind ints if that is wanted; `None` for text that has to be escaped.
    pub(crate) fn repr(&self, is_long: bool) -> Option<String> {
        let all = |parts: &[Self]| {
            let parts = parts.iter().map(|part| part.repr(is_long)).collect::<Option<Vec<_>>>();
            Some(parts?.join(", "))
        };
        Some(match self {
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(value) if is_long => format!("{value}L"),
            Self::Int(value) => value.to_string(),
            Self::Str(text) => {
                if text.contains(|c: char| c == '\\' || c.is_control()) {
                    return None;
                }
                let quote = if text.contains('\'') { '"' } else { '\'' };
                (!text.contains(quote)).then(|| format!("{quote}{text}{quote}"))?
            }
            Self::Tuple(parts) if parts.len() == 1 => format!("({},)", all(parts)?),
            Self::Tuple(parts) => format!("({})", all(parts)?),
            Self::List(parts) => format!("[{}]", all(parts)?),
            Self::Dict(_) => return None,
        })
    }

    /// Whether arrays of this type hold Python objects: `|O`, alone or in a field. Of a type that is not known, they may.
    pub fn has_objects(&self) -> bool {
        match self {
            Self::Str(code) => DType::parse(code).is_none_or(|dtype| dtype.has_objects()),
            Self::List(fields) => fields.iter().any(|field| match field {
                Self::Tuple(parts) => parts.get(1).is_some_and(Self::has_objects),
                _ => false,
            }),
            // A field of arrays: their type and shape.
            Self::Tuple(parts) => parts.first().is_some_and(Self::has_objects),
            Self::Bool(_) | Self::Int(_) | Self::Dict(_) => false,
        }
    }
}

/// Parses one literal.
pub(crate) fn parse(text: &str) -> Option<Literal> {
    const DEEPEST: usize = 32;
    let mut parser = Parser { rest: text };
    let literal = parser.literal(DEEPEST)?;
    parser.blanks();
    parser.rest.is_empty().then_some(literal)
}

struct Parser<'t> {
    rest: &'t str,
}

impl Parser<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn skip(&mut self, token: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn literal(&mut self, depth: usize) -> Option<Literal> {
        let depth = depth.checked_sub(1)?;
        self.blanks();
        if self.skip("True") {
            return Some(Literal::Bool(true));
        }
        if self.skip("False") {
            return Some(Literal::Bool(false));
        }
        if self.skip("(") {
            return self.elements(")", depth).map(Literal::Tuple);
        }
        if self.skip("[") {
            return self.elements("]", depth).map(Literal::List);
        }
        if self.skip("{") {
            let mut items = Vec::new();
            while !self.skip("}") {
                let key = self.literal(depth)?;
                let value = self.skip(":").then(|| self.literal(depth))??;
                items.push((key, value));
                self.comma("}")?;
            }
            return Some(Literal::Dict(items));
        }
        match self.rest.chars().next()? {
            quote @ ('\'' | '"') => self.string(quote),
            '0'..='9' => self.number(),
            _ => None,
        }
    }

    fn elements(&mut self, close: &str, depth: usize) -> Option<Vec<Literal>> {
        let mut elements = Vec::new();
        while !self.skip(close) {
            elements.push(self.literal(depth)?);
            self.comma(close)?;
        }
        Some(elements)
    }

    /// A comma, unless what closes comes next.
    fn comma(&mut self, close: &str) -> Option<()> {
        self.blanks();
        (self.skip(",") || self.rest.starts_with(close)).then_some(())
    }

    /// Python 2 wrote `3L`.
    fn number(&mut self) -> Option<Literal> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let value = self.rest[..length].parse().ok()?;
        self.rest = &self.rest[length..];
        self.rest = self.rest.strip_prefix('L').unwrap_or(self.rest);
        Some(Literal::Int(value))
    }

    /// Escapes are kept as they are, save that of the quote and the backslash.
    fn string(&mut self, quote: char) -> Option<Literal> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next()?.1 {
                    c @ ('\\' | '\'' | '"') => text.push(c),
                    c => text.extend(['\\', c]),
                },
                c if c == quote => {
                    self.rest = &self.rest[at + 1..];
                    return Some(Literal::Str(text));
                }
                c => text.push(c),
            }
        }
        None
    }
}
