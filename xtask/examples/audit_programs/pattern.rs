//! The patterns of a policy, read here a second time: what judges by them is not what makes programs of them.

/// What an argument or a state may be, as `POLICY.md` says.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Anything.
    Any,
    /// Data without any name, all the way down.
    Data,
    /// An object of a type, of such a length if one is given.
    Kind(String, Option<(i64, i64)>),
    Int(i64, i64),
    Bool(bool),
    Str(String),
    Bytes(String),
    Tuple(Vec<Self>),
    /// The class or function, or one of a set.
    Is(String),
    /// What it made, or one of a set, and of which arguments.
    Of(String, Option<Vec<Self>>),
    OneOf(Vec<Self>),
    Optional(Box<Self>),
    Repeated(Box<Self>),
    /// A `list`, `tuple`, `set` or `frozenset` of items, of such a length if one is given.
    Items(String, Option<(i64, i64)>, Box<Self>),
    /// A dict, of such a length if one is given.
    Pairs(Option<(i64, i64)>, Box<[Self; 2]>),
    /// A dict with these keys; whether it may lack one.
    Fields(Vec<(String, bool, Self)>),
}

const COLLECTIONS: [&str; 4] = ["list", "tuple", "set", "frozenset"];

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Panics
    ///
    /// If the policy, which has been read already, writes one that is not known here.
    pub fn parse(text: &str) -> Self {
        let mut parser = Parser { rest: text };
        let pattern = parser.one_of();
        assert!(parser.rest.trim().is_empty(), "{:?} of the pattern {text:?} is left over", parser.rest);
        pattern
    }

    /// Whether it takes what is made of nothing else.
    pub fn is_flat(&self) -> bool {
        match self {
            Self::Of(..) => false,
            Self::Tuple(parts) => parts.iter().all(Self::is_flat),
            _ => true,
        }
    }
}

struct Parser<'p> {
    rest: &'p str,
}

impl<'p> Parser<'p> {
    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn one_of(&mut self) -> Pattern {
        let mut all = vec![self.single()];
        while self.take("|") {
            all.push(self.single());
        }
        let pattern = if all.len() == 1 { all.remove(0) } else { Pattern::OneOf(all) };
        match () {
            () if self.take("...") => Pattern::Repeated(Box::new(pattern)),
            () if self.take("?") => Pattern::Optional(Box::new(pattern)),
            () => pattern,
        }
    }

    fn single(&mut self) -> Pattern {
        if self.take("(") {
            return Pattern::Tuple(self.parts());
        }
        if self.take("{") {
            let mut fields = Vec::new();
            while !self.take("}") {
                let key = if self.take("'") { self.quoted() } else { self.word().to_owned() };
                let is_optional = self.take("?");
                self.take(":");
                fields.push((key, is_optional, self.one_of()));
                self.take(",");
            }
            return Pattern::Fields(fields);
        }
        if self.take("<") {
            let pattern = self.one_of();
            self.take(">");
            return pattern;
        }
        if self.take("'") {
            return Pattern::Str(self.quoted());
        }
        if self.take("b'") {
            return Pattern::Bytes(self.quoted());
        }
        let word = self.word();
        match word {
            "any" => Pattern::Any,
            "data" => Pattern::Data,
            "True" => Pattern::Bool(true),
            "False" => Pattern::Bool(false),
            "is" => Pattern::Is(self.name()),
            "of" => {
                let name = self.name();
                let has_args = self.rest.starts_with('(') && self.take("(");
                Pattern::Of(name, has_args.then(|| self.parts()))
            }
            _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                let (low, high) = range(word);
                Pattern::Int(low, high)
            }
            kind => {
                let length = self.take("[").then(|| {
                    let (length, rest) = self.rest.split_once(']').expect("a bracket is closed");
                    self.rest = rest;
                    range(length)
                });
                if COLLECTIONS.contains(&kind) && self.take("of ") {
                    return Pattern::Items(kind.to_owned(), length, Box::new(self.single()));
                }
                if kind == "dict" && self.take("of ") {
                    let key = self.single();
                    self.take(":");
                    return Pattern::Pairs(length, Box::new([key, self.single()]));
                }
                Pattern::Kind(kind.to_owned(), length)
            }
        }
    }

    /// What is between commas, up to a bracket.
    fn parts(&mut self) -> Vec<Pattern> {
        let mut parts = Vec::new();
        while !self.take(")") {
            parts.push(self.one_of());
            self.take(",");
        }
        parts
    }

    fn quoted(&mut self) -> String {
        let (text, rest) = self.rest.split_once('\'').expect("a quote is closed");
        self.rest = rest;
        text.to_owned()
    }

    fn word(&mut self) -> &'p str {
        self.take("");
        self.until(|c| c.is_whitespace() || "|,()?'[]{}<>:".contains(c))
    }

    fn name(&mut self) -> String {
        self.take("");
        self.until(|c| c.is_whitespace() || "|,()?'[]{}<>".contains(c)).trim_end_matches(':').to_owned()
    }

    fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'p str {
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let end = self.rest[..end].find("...").unwrap_or(end);
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }
}

/// `5` or `0..9`
fn range(text: &str) -> (i64, i64) {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let end = |text: &str| text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"));
    (end(low), if high.is_empty() { i64::MAX } else { end(high) })
}
