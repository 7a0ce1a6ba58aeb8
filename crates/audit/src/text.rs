//! Values as short Python text.

use std::collections::HashMap;
use std::fmt::Write;

use halfsour_lexer::text::number::BigDisplay;
use halfsour_lexer::text::repr;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, View};

/// How many characters of a value are shown, about.
const MOST: usize = 120;
/// How many containers deep.
const DEEPEST: usize = 4;
/// How many characters of a name.
const MOST_NAME: usize = 200;

/// A name as the policy spells it, `module:qualified`, shown as [`visible`] text.
pub(crate) fn name(module: &[u8], qualified: &[u8]) -> String {
    format!("{}:{}", visible(module), visible(qualified))
}

/// A text without characters that would do something to a terminal or cannot be seen; the beginning of a long one.
pub(crate) fn visible(text: &[u8]) -> String {
    let mut shown = String::new();
    let cut = &text[..text.len().min(MOST_NAME)];
    for c in String::from_utf8_lossy(cut).chars() {
        match c {
            '\'' | '"' | '\\' => shown.push(c),
            c => shown.extend(c.escape_debug()),
        }
    }
    if cut.len() < text.len() {
        let _ = write!(shown, "…[{} bytes]", text.len());
    }
    shown
}

/// Objects that have a name: `_0` and so on.
pub(crate) type Variables = HashMap<Id, usize>;

/// What is shown of a stream's values.
pub(crate) struct Short<'s> {
    view: View<'s>,
    variables: Option<&'s Variables>,
    most: usize,
    out: String,
}

impl<'s> Short<'s> {
    pub fn new(view: View<'s>) -> Self {
        Self { view, variables: None, most: MOST, out: String::new() }
    }

    /// Where objects have names, and there is more room.
    pub fn with_variables(view: View<'s>, variables: &'s Variables) -> Self {
        Self { variables: Some(variables), most: 4 * MOST, ..Self::new(view) }
    }

    /// `value`
    pub fn value(mut self, id: Id) -> String {
        self.write(id, 0);
        self.out
    }

    /// `name(args)`
    pub fn call(mut self, name: &str, args: Id, kwargs: Option<Id>) -> String {
        self.out.push_str(name);
        self.arguments(args, 0);
        self.keywords(kwargs, 0);
        self.out
    }

    /// As [`call`](Self::call), with the arguments one by one.
    pub fn call_with(mut self, name: &str, args: &[Id], kwargs: Option<Id>) -> String {
        self.out.push_str(name);
        self.items("(", args, ")", 0);
        self.keywords(kwargs, 0);
        self.out
    }

    /// `name.extend([items])`
    pub fn extended(mut self, name: &str, items: &[Id]) -> String {
        self.out.push_str(name);
        self.items(".extend([", items, "])", 0);
        self.out
    }

    /// `name.update({items})`
    pub fn updated(mut self, name: &str, items: &[Id]) -> String {
        self.out.push_str(name);
        self.items(".update({", items, "})", 0);
        self.out
    }

    /// `name[key] = value`, or `name.update({key: value, …})`
    pub fn assigned(mut self, name: &str, items: &[Id]) -> String {
        self.out.push_str(name);
        if let [key, value] = *items {
            self.out.push('[');
            self.write(key, 1);
            self.out.push_str("] = ");
            self.write(value, 1);
        } else {
            self.out.push_str(".update(");
            self.pairs(items, 0);
            self.out.push(')');
        }
        self.out
    }

    fn pairs(&mut self, items: &[Id], depth: usize) {
        self.out.push('{');
        for (number, pair) in items.chunks_exact(2).enumerate() {
            if number > 0 {
                self.out.push_str(", ");
            }
            if self.is_full() || depth >= DEEPEST {
                self.out.push('…');
                break;
            }
            self.write(pair[0], depth + 1);
            self.out.push_str(": ");
            self.write(pair[1], depth + 1);
        }
        self.out.push('}');
    }

    /// Puts keyword arguments before the parenthesis that closes a call.
    fn keywords(&mut self, kwargs: Option<Id>, depth: usize) {
        if let Some(kwargs) = kwargs
            && !matches!(self.view.peek(kwargs), Peek::Dict([]))
        {
            self.out.pop();
            self.out.push_str(if self.out.ends_with('(') { "**" } else { ", **" });
            self.write(kwargs, depth + 1);
            self.out.push(')');
        }
    }

    fn most_of_text(&self) -> usize {
        self.most / 3 * 2
    }

    fn is_full(&self) -> bool {
        self.out.len() > self.most
    }

    fn arguments(&mut self, args: Id, depth: usize) {
        match self.view.peek(args) {
            Peek::Tuple(items) => self.items("(", items, ")", depth),
            _ => {
                self.out.push_str("(*");
                self.write(args, depth + 1);
                self.out.push(')');
            }
        }
    }

    fn items(&mut self, open: &str, items: &[Id], close: &str, depth: usize) {
        self.out.push_str(open);
        for (number, &item) in items.iter().enumerate() {
            if number > 0 {
                self.out.push_str(", ");
            }
            if self.is_full() || depth >= DEEPEST {
                self.out.push('…');
                break;
            }
            self.write(item, depth + 1);
        }
        self.out.push_str(close);
    }

    fn payload(&mut self, bytes: &[u8], is_text: bool) {
        let mut end = bytes.len().min(self.most_of_text());
        while is_text && end < bytes.len() && bytes[end] & 0xc0 == 0x80 {
            end -= 1;
        }
        let _ = if is_text {
            write!(self.out, "{}", repr::Str(&bytes[..end]))
        } else {
            write!(self.out, "{}", repr::Bytes(&bytes[..end]))
        };
        if end < bytes.len() {
            let quote = self.out.pop();
            self.out.push('…');
            self.out.extend(quote);
        }
    }

    fn write(&mut self, id: Id, depth: usize) {
        if let Some(variable) = self.variables.and_then(|variables| variables.get(&id)) {
            let _ = write!(self.out, "_{variable}");
            return;
        }
        let _ = match self.view.peek(id) {
            Peek::None => write!(self.out, "None"),
            Peek::Bool(true) => write!(self.out, "True"),
            Peek::Bool(false) => write!(self.out, "False"),
            Peek::Int(value) => write!(self.out, "{value}"),
            Peek::BigInt(bytes) if bytes.len() <= self.most_of_text() => {
                write!(self.out, "{}", BigDisplay(bytes))
            }
            Peek::BigInt(bytes) => write!(self.out, "<int of {} bits>", bytes.len() * 8),
            Peek::Float(value) => write!(self.out, "{}", repr::Float(value)),
            Peek::Complex(re, im) => write!(self.out, "complex({}, {})", repr::Float(re), repr::Float(im)),
            Peek::Str(text) => return self.payload(text, true),
            Peek::Bytes(bytes) => return self.payload(bytes, false),
            Peek::ByteString(bytes) => {
                let at = self.out.len();
                self.payload(bytes, false);
                // Python 2's str has no b.
                self.out.remove(at);
                return;
            }
            Peek::ByteArray(bytes) => {
                self.out.push_str("bytearray(");
                self.payload(bytes, false);
                write!(self.out, ")")
            }
            Peek::List(items) => return self.items("[", items, "]", depth),
            Peek::Tuple(items) => {
                return self.items("(", items, if items.len() == 1 { ",)" } else { ")" }, depth);
            }
            Peek::Set(items) => return self.items("{", items, "}", depth),
            Peek::FrozenSet(items) => return self.items("frozenset({", items, "})", depth),
            Peek::Dict(items) => return self.pairs(items, depth),
            Peek::Global(..) => {
                let [module, qualified] = self.view.global(id).unwrap_or_default();
                write!(self.out, "{}.{}", visible(module), visible(qualified))
            }
            Peek::Instance(instance) => {
                if depth >= DEEPEST {
                    self.out.push('…');
                    return;
                }
                self.write(instance.callable(), depth + 1);
                self.arguments(instance.args(), depth + 1);
                return self.keywords(instance.kwargs(), depth + 1);
            }
            Peek::PersistentId(of) => {
                self.out.push_str("persistent_load(");
                if depth < DEEPEST {
                    self.write(of, depth + 1);
                }
                write!(self.out, ")")
            }
            Peek::Extension(code) => write!(self.out, "extension({code})"),
            Peek::Buffer(index) => write!(self.out, "buffer({index})"),
            Peek::ReadOnly(_) => write!(self.out, "memoryview(…)"),
        };
    }
}
