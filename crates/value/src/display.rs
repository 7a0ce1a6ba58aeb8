//! Nodes as Python's `repr` would print them.

use std::collections::HashSet;
use std::fmt::{self, Formatter, Write};

use halfsour_text::name::identifier;
use halfsour_text::{number, repr};

use crate::data::{Data, Elements, Items};
use crate::form::Form;
use crate::instance::{Instance, Step, Steps};
use crate::limits::Budget;
use crate::{Id, Node, TreeLimits};

/// As Python's `repr` prints it, cycles as `[...]`. Objects of classes are shown by what the pickle says of them:
/// `app.Point(x=1, y=2)`, `collections.deque([]) + [1, 2]`. A Python 2 byte string is shown like bytes. With `{:#}`, the members of a
/// container stand on lines of their own, indented by four spaces for each level, of up to 100.
///
/// What is shared is printed each time it occurs. Beyond what [`TreeLimits::UNTRUSTED`] grants to a tree, save that there may be
/// any number of levels, an object is printed as `...`.
impl<S: AsRef<[u8]>> fmt::Display for Node<'_, S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let budget = TreeLimits::UNTRUSTED.budget(self.graph());
        let level = f.alternate().then_some(0);
        Printer { f, open: HashSet::new(), work: vec![Work::Node(*self)], budget, level }.run()
    }
}

/// `repr` of a complex number.
pub(crate) struct Complex(pub f64, pub f64);

impl fmt::Display for Complex {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let part = |value: f64| {
            let text = repr::Float(value).to_string();
            text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
        };
        let Self(re, im) = *self;
        if re == 0.0 && re.is_sign_positive() {
            return write!(f, "{}j", part(im));
        }
        // The sign of a NaN is not shown.
        let plus = if im.is_sign_negative() && !im.is_nan() { "" } else { "+" };
        write!(f, "({}{plus}{}j)", part(re), part(im))
    }
}

struct Printer<'p, 'f, 'g, S> {
    f: &'p mut Formatter<'f>,
    /// The containers that are being printed.
    open: HashSet<Id>,
    work: Vec<Work<'g, S>>,
    budget: Budget,
    /// The level, if members stand on lines of their own.
    level: Option<usize>,
}

/// What is still to be printed, the next last.
enum Work<'g, S> {
    Node(Node<'g, S>),
    Text(&'static str),
    /// What stands before a member, which may be the first one.
    Before(bool),
    /// What stands behind a member.
    After,
    /// What stands before the first member of all.
    Indent,
    /// What stands behind the last member of all.
    Outdent,
    Elements {
        rest: Elements<'g, S>,
        first: bool,
    },
    Items {
        rest: Items<'g, S>,
        first: bool,
    },
    Attributes {
        rest: Items<'g, S>,
        first: bool,
    },
    Steps(Steps<'g, S>),
    Close(Id),
}

impl<'g, S: AsRef<[u8]>> Printer<'_, '_, 'g, S> {
    fn run(mut self) -> fmt::Result {
        while let Some(work) = self.work.pop() {
            match work {
                Work::Text(text) => self.f.write_str(text)?,
                Work::Close(id) => {
                    self.open.remove(&id);
                }
                Work::Node(node) => self.node(node)?,
                Work::Before(first) => self.separate(first)?,
                Work::After => self.f.write_str(if self.level.is_some() { "," } else { "" })?,
                Work::Indent => self.level = self.level.map(|level| level + 1),
                Work::Outdent => {
                    self.level = self.level.map(|level| level - 1);
                    // A new line, if members stand on lines of their own.
                    self.separate(true)?;
                }
                Work::Elements { mut rest, first } => {
                    if let Some(node) = rest.next() {
                        self.separate(first)?;
                        self.push([Work::Node(node), Work::After, Work::Elements { rest, first: false }]);
                    }
                }
                Work::Items { mut rest, first } => {
                    if let Some((key, value)) = rest.next() {
                        self.separate(first)?;
                        self.push([Work::After, Work::Items { rest, first: false }]);
                        self.push([Work::Node(key), Work::Text(": "), Work::Node(value)]);
                    }
                }
                Work::Attributes { mut rest, first } => {
                    if let Some((name, value)) = rest.next() {
                        self.separate(first)?;
                        self.name(name)?;
                        self.f.write_char('=')?;
                        self.push([Work::Node(value), Work::After, Work::Attributes { rest, first: false }]);
                    }
                }
                Work::Steps(mut steps) => {
                    if let Some(step) = steps.next() {
                        self.work.push(Work::Steps(steps));
                        self.step(step);
                    }
                }
            }
        }
        Ok(())
    }

    fn separate(&mut self, first: bool) -> fmt::Result {
        /// More would take the square of the levels in bytes.
        const MOST: usize = 100;
        match self.level {
            Some(level) => write!(self.f, "\n{:1$}", "", 4 * level.min(MOST)),
            None if first => Ok(()),
            None => self.f.write_str(", "),
        }
    }

    /// Puts work on the stack so that it is done in this order.
    fn push<const N: usize>(&mut self, work: [Work<'g, S>; N]) {
        self.work.extend(work.into_iter().rev());
    }

    /// A keyword: text as it is.
    fn name(&mut self, node: Node<'g, S>) -> fmt::Result {
        if self.budget.bytes(length(node)).is_err() {
            return self.f.write_str("...");
        }
        match node.data() {
            Data::Str(text) => write!(self.f, "{text}"),
            Data::ByteString(bytes) => write!(self.f, "{}", String::from_utf8_lossy(bytes)),
            _ => Ok(()),
        }
    }

    fn node(&mut self, node: Node<'g, S>) -> fmt::Result {
        let data = node.data();
        let bytes = match &data {
            Data::Global(global) => length(global.module) + length(global.name),
            _ => length(node),
        };
        if self.budget.value().and_then(|()| self.budget.bytes(bytes)).is_err() {
            return self.f.write_str("...");
        }
        match data {
            Data::None => self.f.write_str("None"),
            Data::Bool(true) => self.f.write_str("True"),
            Data::Bool(false) => self.f.write_str("False"),
            Data::Int(value) => write!(self.f, "{value}"),
            Data::BigInt(bytes) => write!(self.f, "{}", number::BigDisplay(bytes)),
            Data::Float(value) => write!(self.f, "{}", repr::Float(value)),
            Data::Complex(re, im) => write!(self.f, "{}", Complex(re, im)),
            Data::Str(text) => write!(self.f, "{text:?}"),
            Data::ByteString(bytes) | Data::Bytes(bytes) => write!(self.f, "{}", repr::Bytes(bytes)),
            Data::ByteArray(bytes) => write!(self.f, "bytearray({})", repr::Bytes(bytes)),
            Data::Global(global) => write!(self.f, "{global}"),
            Data::Extension(code) => write!(self.f, "extension({code})"),
            Data::Buffer(index) => write!(self.f, "buffer({index})"),
            Data::PersistentId(id) => self.open(node, "persistent_id(", Work::Node(id), ")"),
            Data::ReadOnly(of) => self.open(node, "memoryview(", Work::Node(of), ")"),
            Data::List(rest) => self.open(node, "[", Work::Elements { rest, first: true }, "]"),
            Data::Tuple(rest) => {
                let close = if rest.len() == 1 && self.level.is_none() { ",)" } else { ")" };
                self.open(node, "(", Work::Elements { rest, first: true }, close)
            }
            Data::Dict(rest) => self.open(node, "{", Work::Items { rest, first: true }, "}"),
            Data::Set(rest) if rest.is_empty() => self.f.write_str("set()"),
            Data::FrozenSet(rest) if rest.is_empty() => self.f.write_str("frozenset()"),
            Data::Set(rest) => self.open(node, "{", Work::Elements { rest, first: true }, "}"),
            Data::FrozenSet(rest) => {
                self.open(node, "frozenset({", Work::Elements { rest, first: true }, "})")
            }
            Data::Instance(instance) => self.instance(node, instance),
        }
    }

    /// Prints a container, or `[...]` where it stands in itself.
    fn open(
        &mut self,
        node: Node<'g, S>,
        open: &'static str,
        inside: Work<'g, S>,
        close: &'static str,
    ) -> fmt::Result {
        self.f.write_str(open)?;
        if self.open.insert(node.id()) {
            self.push([Work::Text(close), Work::Close(node.id())]);
            self.group(inside);
            Ok(())
        } else {
            write!(self.f, "...{}", close.trim_start_matches(','))
        }
    }

    /// Puts members on the stack.
    fn group(&mut self, inside: Work<'g, S>) {
        let is_empty = match &inside {
            Work::Elements { rest, .. } => rest.is_empty(),
            Work::Items { rest, .. } => rest.is_empty(),
            _ => true,
        };
        if is_empty {
            self.work.push(inside);
        } else {
            self.push([Work::Indent, inside, Work::Outdent]);
        }
    }

    /// `class(args, **keywords, attributes)`, then the steps.
    fn instance(&mut self, node: Node<'g, S>, instance: Instance<'g, S>) -> fmt::Result {
        if !self.open.insert(node.id()) {
            return self.f.write_str("...");
        }
        let class = instance.class();
        let args = match instance.args().data() {
            Data::Tuple(mut args) => {
                if instance.form() == Form::NewObjCall {
                    args.next();
                }
                if instance.form() == Form::Reconstructor && args.get(1).and_then(Node::as_global).is_some() {
                    // The base says nothing; if it is `object`, its state does not either.
                    args.nth(if args.get(2).is_some_and(Node::is_none) { 2 } else { 1 });
                }
                Some(args)
            }
            _ => None,
        };
        let mut steps = instance.steps();
        let rest = steps.clone();
        let attributes = match steps.next() {
            Some(Step::State(state)) if is_attributes(state) => state.items(),
            _ => None,
        };
        let steps = if attributes.is_some() { steps } else { rest };
        let attributes = attributes.filter(|attributes| !attributes.is_empty());
        let keywords = instance.kwargs();
        let no_args = args.as_ref().is_some_and(Elements::is_empty);
        let any = !no_args || keywords.is_some() || attributes.is_some();
        self.push([Work::Text(")"), Work::Steps(steps), Work::Close(node.id())]);
        if any {
            self.work.push(Work::Outdent);
        }
        if let Some(rest) = attributes {
            self.work.push(Work::Attributes { rest, first: no_args && keywords.is_none() });
        }
        if let Some(keywords) = keywords {
            self.push([Work::Before(no_args), Work::Text("**"), Work::Node(keywords), Work::After]);
        }
        match args {
            Some(rest) => self.work.push(Work::Elements { rest, first: true }),
            None => self.push([Work::Before(true), Work::Node(instance.args()), Work::After]),
        }
        if any {
            self.work.push(Work::Indent);
        }
        self.push([Work::Node(class), Work::Text("(")]);
        Ok(())
    }

    fn step(&mut self, step: Step<'g, S>) {
        match step {
            Step::State(state) => {
                self.push([Work::Text(".__setstate__("), Work::Node(state), Work::Text(")")]);
            }
            Step::Call(call) => self.push([Work::Text(" <- "), Work::Node(call)]),
            Step::Append(rest) => self.added(" + [", Work::Elements { rest, first: true }, "]"),
            Step::SetItem(rest) => self.added(" | {", Work::Items { rest, first: true }, "}"),
            Step::Add(rest) => self.added(" | {", Work::Elements { rest, first: true }, "}"),
        }
    }

    fn added(&mut self, open: &'static str, inside: Work<'g, S>, close: &'static str) {
        self.work.push(Work::Text(close));
        self.group(inside);
        self.work.push(Work::Text(open));
    }
}

/// How many bytes of text or bytes there are.
fn length<S: AsRef<[u8]>>(node: Node<'_, S>) -> usize {
    match node.data() {
        Data::Str(text) => text.as_wtf8().len(),
        Data::BigInt(bytes) | Data::ByteString(bytes) | Data::Bytes(bytes) | Data::ByteArray(bytes) => {
            bytes.len()
        }
        _ => 0,
    }
}

/// Whether a state is a dict whose keys can stand as keywords.
fn is_attributes<S: AsRef<[u8]>>(state: Node<'_, S>) -> bool {
    let is_name = |key: Node<'_, S>| key.text_bytes().and_then(identifier).is_some();
    state.items().is_some_and(|mut items| items.all(|(key, _)| is_name(key)))
}

#[cfg(test)]
mod tests {
    use crate::{Builder, Form};

    #[test]
    fn keyword_arguments_stand_after_the_others() {
        let mut b = Builder::new();
        let (class, key, one) = (b.global("app", "C"), b.str("k"), b.int(1));
        let kwargs = b.dict(&[(key, one)]).expect("text is hashable");
        let args = [b.tuple(&[]), b.tuple(&[one])];
        let objects = args.map(|args| b.made(Form::NewEx, class, args, Some(kwargs)));
        let state = b.dict(&[(key, one)]).expect("text is hashable");
        b.state(objects[1], state).expect("there is room");
        let root = b.list(&objects);
        let shown = b.build(root).root().to_string();
        assert_eq!(shown, "[app.C(**{'k': 1}), app.C(1, **{'k': 1}, k=1)]");
    }

    #[test]
    fn the_long_form_has_cycles_and_any_number_of_levels() {
        let mut b = Builder::new();
        let one = b.int(1);
        let list = b.list(&[one]);
        b.append(list, list).expect("there is room");
        let graph = b.build(list);
        assert_eq!(format!("{:#}", graph.root()), "[\n    1,\n    [...],\n]");

        let mut b = Builder::new();
        let nested = (0..10_000).fold(b.list(&[]), |inner, _| b.list(&[inner]));
        let shown = format!("{:#}", b.build(nested).root());
        assert_eq!(shown.lines().count(), 20_001);
        assert!(shown.lines().all(|line| line.len() <= 4 * 100 + 3));
    }
}
