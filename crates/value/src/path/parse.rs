//! Reads a [`Path`].

use halfsour_text::{escape, number, wtf8};

use super::{Literal, Path, PathError, Segment, Slice, Subscript};

const FORM: &str = "a path is made of .name, [index] and ['key']";
const QUOTE: &str = "a key ends with its quote and ], and a \\ stands before a quote in it";

/// The names of parts that are no attributes.
const PARTS: [&str; 7] = ["args", "kwargs", "state", "class", "persistent id", "key", "call"];

/// Tuples lie no deeper in each other.
const DEEPEST: usize = 20;

pub fn path(text: &str) -> Result<Path, PathError> {
    let mut path = Path { text: text.to_owned(), pickle: None, segments: Vec::new(), ends: Vec::new() };
    if text == "(all)" {
        return Ok(path);
    }
    let mut rest = text;
    if let Some(after) = text.strip_prefix('#') {
        let digits = after.len() - after.trim_start_matches(|char: char| char.is_ascii_digit()).len();
        // Otherwise it is the beginning of a name.
        if let Ok(number) = after[..digits].parse()
            && matches!(after.as_bytes().get(digits), None | Some(b'.' | b'[' | b'('))
        {
            (path.pickle, rest) = (Some(number), &after[digits..]);
        }
    }
    while !rest.is_empty() {
        let (segment, after) = segment(rest).ok_or_else(|| {
            let is_quoted = rest.starts_with("['") || rest.starts_with("[\"");
            PathError::new(rest, if is_quoted { QUOTE } else { FORM })
        })?;
        path.segments.push(segment);
        path.ends.push(text.len() - after.len());
        rest = after;
    }
    Ok(path)
}

fn segment(path: &str) -> Option<(Segment, &str)> {
    if path.starts_with('[') {
        let (text, rest) = closed(path)?;
        let items = Items { rest: text }.all().unwrap_or_default();
        // Text that is cut where it is shown is no literal.
        let is_broken = items.is_empty() && text.starts_with(['\'', '"']) && !text.contains('…');
        let is_key = !text.is_empty() && !is_broken;
        return is_key.then(|| (Segment::Subscript { text: text.to_owned(), items }, rest));
    }
    if let Some(part) = part(path) {
        return Some(part);
    }
    let path = path.strip_prefix('.').unwrap_or(path);
    let ends =
        |(at, char): (usize, char)| matches!(char, '.' | '[') || char == '(' && part(&path[at..]).is_some();
    let end = path.char_indices().find(|found| ends(*found));
    let (name, rest) = path.split_at(end.map_or(path.len(), |(at, _)| at));
    (!name.is_empty()).then(|| (Segment::Name(name.to_owned()), rest))
}

/// `(2)` or `(state)`, and what comes after it. Any other bracket may be in a name.
fn part(path: &str) -> Option<(Segment, &str)> {
    let (text, rest) = path.strip_prefix('(')?.split_once(')')?;
    (rest.is_empty() || rest.starts_with(['.', '[', '('])).then_some(())?;
    if PARTS.contains(&text) {
        return Some((Segment::Part(text.to_owned()), rest));
    }
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).map(|index| (Segment::Argument(index), rest))
}

/// The text between a bracket, with which the path begins, and the one that closes it, and what comes after that. Brackets in quotes
/// do not count.
fn closed(path: &str) -> Option<(&str, &str)> {
    let (mut open, mut quote, mut bytes) = (0_usize, None, path.bytes().enumerate());
    while let Some((at, byte)) = bytes.next() {
        match (byte, quote) {
            (b'\\', Some(_)) => drop(bytes.next()),
            (_, Some(by)) => quote = quote.filter(|_| byte != by),
            (b'\'' | b'"', None) => quote = Some(byte),
            (b'[' | b'(' | b'{', None) => open += 1,
            (b']' | b')' | b'}', None) => {
                open -= 1;
                if open == 0 {
                    return (byte == b']').then(|| (&path[1..at], &path[at + 1..]));
                }
            }
            _ => {}
        }
    }
    None
}

/// What is between brackets, from the left.
struct Items<'p> {
    rest: &'p str,
}

impl Items<'_> {
    fn all(mut self) -> Option<Vec<Subscript>> {
        let mut items = vec![self.item()?];
        while self.take(",") {
            // As in Python, a comma may be the last.
            if self.is_at_end() {
                break;
            }
            items.push(self.item()?);
        }
        self.is_at_end().then_some(items)
    }

    fn is_at_end(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.is_empty()
    }

    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        let after = self.rest.strip_prefix(token);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn item(&mut self) -> Option<Subscript> {
        if self.take("...") || self.take("…") {
            return Some(Subscript::Ellipsis);
        }
        let is_bound = |rest: &str| rest.trim_start().starts_with([':', ',']) || rest.trim().is_empty();
        let start = if is_bound(self.rest) { None } else { Some(self.literal(DEEPEST)?) };
        if !self.take(":") {
            return start.map(Subscript::Literal);
        }
        let int = |literal| match literal {
            Literal::Int(int) => Some(int),
            _ => None,
        };
        let start = start.map(|literal| int(literal).ok_or(())).transpose().ok()?;
        let end = if is_bound(self.rest) { None } else { Some(int(self.literal(1)?)?) };
        let mut step = None;
        if self.take(":") && !is_bound(self.rest) {
            step = Some(usize::try_from(int(self.literal(1)?)?).ok().filter(|step| *step > 0)?);
        }
        Some(Subscript::Slice(Slice { start, stop: end, step }))
    }

    /// The depth of this recursion is limited.
    fn literal(&mut self, depth: usize) -> Option<Literal> {
        let depth = depth.checked_sub(1)?;
        if self.take("(") {
            let (mut parts, mut has_comma) = (Vec::new(), false);
            while !self.take(")") {
                if !parts.is_empty() && !has_comma {
                    return None;
                }
                parts.push(self.literal(depth)?);
                has_comma = self.take(",");
            }
            // What is in brackets, without a comma, is no tuple.
            return match parts.len() {
                1 if !has_comma => parts.pop(),
                _ => Some(Literal::Tuple(parts)),
            };
        }
        self.rest = self.rest.trim_start();
        let is_bytes = self.rest.starts_with(['b', 'B']) && self.rest[1..].starts_with(['\'', '"']);
        let quoted = if is_bytes { &self.rest[1..] } else { self.rest };
        if let Some(quote) = quoted.chars().next().filter(|char| matches!(char, '\'' | '"')) {
            let mut end = 1;
            let bytes = quoted.as_bytes();
            while *bytes.get(end)? != quote as u8 {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            self.rest = &quoted[end + 1..];
            let inside = &quoted[1..end];
            return if is_bytes {
                escape::decode(inside.as_bytes()).ok().map(|bytes| Literal::Bytes(bytes.into_owned()))
            } else {
                Some(Literal::Text(unescaped(inside)))
            };
        }
        let end = self.rest.find([',', ':', ')']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(match word.trim() {
            "None" => Literal::None,
            "True" => Literal::Bool(true),
            "False" => Literal::Bool(false),
            word => match word.parse() {
                Ok(int) => Literal::Int(int),
                Err(_) => Literal::Float(float(word)?),
            },
        })
    }
}

/// A float as Python shows it, or other software: `1e-05`, `nan`.
fn float(word: &str) -> Option<f64> {
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    (has_digit || matches!(word.trim_start_matches('-'), "nan" | "inf")).then_some(())?;
    number::float(word.as_bytes()).ok()
}

/// What stands in quotes, with its escapes undone. As in Python, a backslash that begins none stands for itself.
fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let simple = match rest.as_bytes().first() {
            Some(b'n') => Some('\n'),
            Some(b't') => Some('\t'),
            Some(b'r') => Some('\r'),
            Some(byte @ (b'\'' | b'"' | b'\\')) => Some(char::from(*byte)),
            _ => None,
        };
        let digits = match rest.as_bytes().first() {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        let code = rest.get(1..=digits).filter(|_| digits > 0);
        if let Some(char) = simple {
            wtf8::push(&mut out, char.into());
            rest = &rest[1..];
        } else if let Some(code) =
            code.and_then(|code| u32::from_str_radix(code, 16).ok()).filter(|c| *c <= 0x10_ffff)
        {
            wtf8::push(&mut out, code);
            rest = &rest[1 + digits..];
        } else {
            out.push(b'\\');
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}
