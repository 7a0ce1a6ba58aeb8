//! Objects that are not data: exceptions, patterns, calls to come.

use halfsour_value::{Data, Elements, Items, Node};

use super::collections::{Members, Pairs};
use crate::call::Call;
use crate::debug::debug_fields;

/// An exception or a warning that is built in.
#[derive(Clone)]
#[non_exhaustive]
pub struct Exception<'g, S> {
    /// The name of its class in Python 3: `ValueError`.
    pub name: &'static str,
    /// `args`
    pub args: Elements<'g, S>,
    /// Its attributes, a dict, if it was given some.
    pub attributes: Option<Node<'g, S>>,
}

/// `slice`
#[derive(Clone)]
#[non_exhaustive]
pub struct Slice<'g, S> {
    /// The start: any object, mostly an int or `None`; so are the others.
    pub start: Node<'g, S>,
    /// The end.
    pub stop: Node<'g, S>,
    /// The step.
    pub step: Node<'g, S>,
}

/// A compiled regular expression: `re.Pattern`.
#[derive(Clone)]
#[non_exhaustive]
pub struct Pattern<'g, S> {
    /// Text or bytes.
    pub pattern: Node<'g, S>,
    /// The sum of `re.IGNORECASE` (2), `LOCALE` (4), `MULTILINE` (8), `DOTALL` (16), `UNICODE` (32), `VERBOSE` (64),
    /// `ASCII` (256).
    pub flags: i64,
}

impl<S: AsRef<[u8]>> Pattern<'_, S> {
    /// The flags as Python's `repr()` of a pattern has them: `re.IGNORECASE|re.DOTALL`; `UNICODE`, which all patterns of text have, is left out.
    pub fn flag_names(&self) -> String {
        const NAMES: [(i64, &str); 9] = [
            (1, "re.TEMPLATE"),
            (2, "re.IGNORECASE"),
            (4, "re.LOCALE"),
            (8, "re.MULTILINE"),
            (16, "re.DOTALL"),
            (32, "re.UNICODE"),
            (64, "re.VERBOSE"),
            (128, "re.DEBUG"),
            (256, "re.ASCII"),
        ];
        let is_text = matches!(self.pattern.data(), Data::Str(_));
        let mut rest = if is_text { self.flags & !32 } else { self.flags };
        let mut names = Vec::new();
        for (flag, name) in NAMES {
            if rest & flag != 0 {
                rest &= !flag;
                names.push(name.to_owned());
            }
        }
        if rest != 0 {
            names.push(format!("{rest:#x}"));
        }
        names.join("|")
    }
}

/// `functools.partial`
#[derive(Clone)]
#[non_exhaustive]
pub struct Partial<'g, S> {
    /// The function to be called.
    pub function: Node<'g, S>,
    /// The arguments that it would be given first.
    pub args: Elements<'g, S>,
    /// The keyword arguments.
    pub keywords: Items<'g, S>,
    /// Its attributes, a dict or None.
    pub attributes: Node<'g, S>,
}

pub(crate) fn exception<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Exception<'g, S>> {
    let attributes = if call.is_bare() { None } else { Some(call.state()?) };
    Some(Exception { name: call.name.1, args: call.args()?, attributes })
}

pub(crate) fn slice<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Slice<'g, S>> {
    let [start, stop, by] = call.bare()?.exactly()?;
    Some(Slice { start, stop, step: by })
}

/// `_compile(pattern, flags)`
pub(crate) fn pattern<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Pattern<'g, S>> {
    let [pattern, flags] = call.bare()?.exactly()?;
    let is_text = matches!(pattern.data(), Data::Str(_) | Data::Bytes(_) | Data::ByteString(_));
    is_text.then_some(Pattern { pattern, flags: flags.as_i64()? })
}

/// `partial(function)` with `(function, args, keywords, attributes)`
pub(crate) fn partial<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Partial<'g, S>> {
    let [called] = call.exactly()?;
    let Data::Tuple(mut state) = call.state()?.data() else { return None };
    let (function, args, keywords, attributes) = (state.next()?, state.next()?, state.next()?, state.next()?);
    let Data::Tuple(args) = args.data() else { return None };
    let is_whole = function == called && state.next().is_none();
    is_whole.then_some(Partial { function, args, keywords: keywords.items()?, attributes })
}

/// `SimpleNamespace()` with a dict
pub(crate) fn namespace<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Pairs<'g, S>> {
    let [] = call.exactly()?;
    call.state()?.items().map(Pairs::from)
}

debug_fields!(
    Exception,
    this { name: this.name, args: Members::from(this.args.clone()), attributes: this.attributes }
);
debug_fields!(Slice, this { start: this.start, stop: this.stop, step: this.step });
debug_fields!(Pattern, this { pattern: this.pattern, flags: this.flags });
debug_fields!(
    Partial,
    this {
        function: this.function,
        args: Members::from(this.args.clone()),
        keywords: Pairs::from(this.keywords.clone()),
        attributes: this.attributes,
    }
);
