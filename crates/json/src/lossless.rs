//! The lossless form: see `LOSSLESS.md`.

use std::fmt::Write;

use halfsour_text::wtf8::{self, Encoding};
use halfsour_value::{Data, Elements, Form, Id, Instance, IntSpelling, Items, Node, Step, Steps, Text};

use crate::census::{Census, KEY, NON_CANONICAL, PLAIN, SHARED};
use crate::out::Out;
use crate::{Error, ErrorKind, Style};

pub(crate) fn write<S: AsRef<[u8]>>(out: &mut Out<'_>, node: Node<'_, S>, style: Style) -> Result<(), Error> {
    out.open(b'{');
    out.member("@pickle")?;
    out.int(node.graph().protocol().into());
    out.member("value")?;
    let census = Census::of(node);
    let numbers = vec![0; node.graph().node_count()];
    let work = vec![Work::Close(b'}'), Work::Node(node)];
    Writer { out, census, numbers, last: 0, depth: style.limits.depth, work }.run()
}

pub(crate) struct Writer<'o, 'w, 'g, S> {
    pub(crate) out: &'o mut Out<'w>,
    census: Census,
    /// The `@id` of each node that has been written; 0 for the others.
    numbers: Vec<u32>,
    last: u32,
    depth: usize,
    /// What is still to be written, the next last.
    pub(crate) work: Vec<Work<'g, S>>,
}

pub(crate) enum Work<'g, S> {
    Node(Node<'g, S>),
    Element(Node<'g, S>),
    Elements(Elements<'g, S>),
    Pairs(Items<'g, S>),
    Items(Items<'g, S>),
    /// A member with this name; the value follows.
    Member(&'static str),
    /// What is left of `then`, and the step that is open, to which others of its kind are added.
    Steps(Steps<'g, S>, Option<&'static str>),
    /// A string that needs no escapes.
    Word(&'static str),
    Open(u8),
    Close(u8),
}

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    fn run(mut self) -> Result<(), Error> {
        while let Some(work) = self.work.pop() {
            match work {
                Work::Node(node) => self.node(node)?,
                Work::Element(node) => {
                    self.out.item()?;
                    self.node(node)?;
                }
                Work::Elements(rest) => self.elements(rest)?,
                Work::Pairs(rest) => self.pairs(rest)?,
                Work::Items(rest) => self.items(rest)?,
                Work::Member(name) => self.out.member(name)?,
                Work::Steps(steps, open) => self.steps(steps, open)?,
                Work::Word(word) => self.out.string(word.as_bytes())?,
                Work::Open(bracket) => self.out.open(bracket),
                Work::Close(bracket) => self.out.close(bracket),
            }
        }
        Ok(())
    }

    /// Puts work on the stack so that it is done in this order.
    pub(crate) fn push<const N: usize>(&mut self, work: [Work<'g, S>; N]) {
        self.work.extend(work.into_iter().rev());
    }

    fn elements(&mut self, mut rest: Elements<'g, S>) -> Result<(), Error> {
        while let Some(node) = rest.next() {
            self.out.item()?;
            let data = node.data();
            if !self.scalar(node, &data) {
                self.work.push(Work::Elements(rest));
                return self.object(node, data);
            }
        }
        Ok(())
    }

    fn items(&mut self, mut rest: Items<'g, S>) -> Result<(), Error> {
        let siblings = rest.len();
        while let Some((key, node)) = rest.next() {
            self.out.item()?;
            self.out.name(key, siblings)?;
            let data = node.data();
            if !self.scalar(node, &data) {
                self.work.push(Work::Items(rest));
                return self.object(node, data);
            }
        }
        Ok(())
    }

    fn pairs(&mut self, mut rest: Items<'g, S>) -> Result<(), Error> {
        if let Some((key, value)) = rest.next() {
            self.out.item()?;
            self.out.open(b'[');
            self.push([Work::Element(key), Work::Element(value), Work::Close(b']'), Work::Pairs(rest)]);
        }
        Ok(())
    }

    fn steps(&mut self, mut rest: Steps<'g, S>, open: Option<&'static str>) -> Result<(), Error> {
        let step = rest.next();
        let name = match &step {
            Some(Step::Append(_)) => Some("append"),
            Some(Step::SetItem(_)) => Some("setitem"),
            Some(Step::Add(_)) => Some("add"),
            Some(Step::State(_) | Step::Call(_)) | None => None,
        };
        if open.is_some() && open != name {
            self.out.close(b']');
            self.out.close(b'}');
        }
        if open.is_none() || open != name {
            if step.is_some() {
                self.out.item()?;
                self.out.open(b'{');
            }
            if let Some(name) = name {
                self.out.member(name)?;
                self.out.open(b'[');
            }
        }
        match step {
            Some(Step::State(state)) if state.attribute_set().is_some() => {
                let Some(call) = state.attribute_set() else { return Ok(()) };
                let at = |id: Id| Work::Node(state.graph().node(id));
                self.push([
                    Work::Member("setattr"),
                    Work::Open(b'{'),
                    Work::Member("@call"),
                    at(call.callable),
                    Work::Member("args"),
                    at(call.args),
                    Work::Close(b'}'),
                    Work::Close(b'}'),
                    Work::Steps(rest, None),
                ]);
            }
            Some(Step::State(state)) => {
                self.push([
                    Work::Member("state"),
                    Work::Node(state),
                    Work::Close(b'}'),
                    Work::Steps(rest, None),
                ]);
            }
            Some(Step::Call(call)) => {
                self.push([
                    Work::Member("call"),
                    Work::Node(call),
                    Work::Close(b'}'),
                    Work::Steps(rest, None),
                ]);
            }
            Some(Step::Append(elements) | Step::Add(elements)) => {
                self.push([Work::Elements(elements), Work::Steps(rest, name)]);
            }
            Some(Step::SetItem(items)) => self.push([Work::Pairs(items), Work::Steps(rest, name)]),
            None => {}
        }
        Ok(())
    }

    fn node(&mut self, node: Node<'g, S>) -> Result<(), Error> {
        let data = node.data();
        if self.scalar(node, &data) { Ok(()) } else { self.object(node, data) }
    }

    /// Writes what has no identity and is of limited length; false for other things.
    #[inline]
    fn scalar(&mut self, node: Node<'g, S>, data: &Data<'g, S>) -> bool {
        match *data {
            Data::None => self.out.word("null"),
            Data::Bool(value) => self.out.word(if value { "true" } else { "false" }),
            Data::Int(value) if node.int_spelling().is_none() => self.out.int(value),
            Data::Float(value) if value.is_finite() => self.out.float(value),
            _ => return false,
        }
        true
    }

    /// Writes an object, or a reference to it.
    fn object(&mut self, node: Node<'g, S>, data: Data<'g, S>) -> Result<(), Error> {
        match data {
            Data::Float(value) => return self.float(value),
            Data::Int(value) => return self.int(value, node.int_spelling()),
            Data::BigInt(bytes) => return self.out.tagged("@int", |out| out.int_string(bytes)),
            Data::Str(text) if self.census.is(node.id(), KEY) => {
                return self.out.tagged("@key", |out| out.text(text));
            }
            Data::Str(text) if text.encoding() != Encoding::Wtf8 && !self.census.is(node.id(), SHARED) => {
                return self.out.text(text);
            }
            _ => {}
        }
        if self.out.depth() >= self.depth {
            return Err(Error::new(ErrorKind::TooDeep, node));
        }
        if self.census.is(node.id(), SHARED)
            && let Some(index) = node.id().index()
        {
            let number = self.numbers[index];
            if number != 0 {
                return self.number("@ref", number);
            }
            self.last += 1;
            self.numbers[index] = self.last;
            self.out.open(b'{');
            self.out.member("@id")?;
            self.out.int(self.last.into());
            self.out.member("@value")?;
            self.work.push(Work::Close(b'}'));
        }
        self.body(node, data)
    }

    /// An int with an opcode that is not the usual one for its size.
    fn int(&mut self, value: i64, op: Option<IntSpelling>) -> Result<(), Error> {
        let op = match op {
            Some(IntSpelling::Long) => "LONG",
            Some(IntSpelling::Int) => "INT",
            None => unreachable!("a canonical int has been written"),
        };
        self.out.tagged("@int", |out| {
            out.string_of(value)?;
            out.member("op")?;
            out.string(op.as_bytes())
        })
    }

    fn float(&mut self, value: f64) -> Result<(), Error> {
        const NAN: u64 = 0x7ff8_0000_0000_0000;
        match value.to_bits() {
            _ if value.is_finite() => {
                self.out.float(value);
                Ok(())
            }
            NAN => self.out.tagged("@float", |out| out.string(b"nan")),
            bits if value.is_nan() => {
                self.out.tagged("@float", |out| out.string_of(format_args!("nan:{bits:016x}")).map(drop))
            }
            _ => self.out.tagged("@float", |out| out.string_of(value).map(drop)),
        }
    }

    fn number(&mut self, tag: &'static str, number: u32) -> Result<(), Error> {
        self.out.tagged(tag, |out| {
            out.int(number.into());
            Ok(())
        })
    }

    fn body(&mut self, node: Node<'g, S>, data: Data<'g, S>) -> Result<(), Error> {
        match data {
            Data::Str(text) => self.text(text),
            Data::ByteString(bytes) => self.out.tagged("@bytestring", |out| out.base64(bytes)),
            Data::Bytes(bytes) => self.bytes("@bytes", bytes, node),
            Data::ByteArray(bytes) => self.bytes("@bytearray", bytes, node),
            Data::List(elements) => {
                self.out.open(b'[');
                self.push([Work::Elements(elements), Work::Close(b']')]);
                Ok(())
            }
            Data::Tuple(elements) => self.builtin("@tuple", Work::Elements(elements), node),
            Data::Set(elements) => self.builtin("@set", Work::Elements(elements), node),
            Data::FrozenSet(elements) => self.builtin("@frozenset", Work::Elements(elements), node),
            Data::Dict(items) if self.census.is(node.id(), PLAIN) => {
                self.out.open(b'{');
                self.push([Work::Items(items), Work::Close(b'}')]);
                Ok(())
            }
            Data::Dict(items) => self.builtin("@dict", Work::Pairs(items), node),
            Data::Complex(re, im) => {
                self.out.open(b'{');
                self.out.member("@complex")?;
                self.out.open(b'[');
                for part in [re, im] {
                    self.out.item()?;
                    self.float(part)?;
                }
                self.out.close(b']');
                self.work.push(Work::Close(b'}'));
                self.by(node);
                Ok(())
            }
            Data::Instance(_) if self.census.has_tag(node.id()) => self.known(node),
            Data::Instance(instance) => {
                self.instance(instance);
                Ok(())
            }
            Data::Global(global) => {
                self.out.open(b'{');
                self.out.member("@global")?;
                self.out.open(b'[');
                self.work.push(Work::Close(b'}'));
                self.then(node);
                self.push([Work::Element(global.module), Work::Element(global.name), Work::Close(b']')]);
                Ok(())
            }
            Data::PersistentId(id) => {
                self.out.open(b'{');
                self.out.member("@persid")?;
                self.work.push(Work::Close(b'}'));
                self.then(node);
                self.work.push(Work::Node(id));
                Ok(())
            }
            Data::Extension(code) => self.numbered("@ext", code.into(), node),
            Data::Buffer(index) => self.numbered("@buffer", i64::try_from(index).unwrap_or(i64::MAX), node),
            Data::ReadOnly(of) => {
                self.out.open(b'{');
                self.out.member("@readonly")?;
                self.push([Work::Node(of), Work::Close(b'}')]);
                Ok(())
            }
            _ => unreachable!("scalars have been written"),
        }
    }

    fn text(&mut self, text: Text<'g>) -> Result<(), Error> {
        if text.encoding() != Encoding::Wtf8 {
            return self.out.text(text);
        }
        let mut spelled = String::new();
        for point in wtf8::chars(text.as_wtf8()) {
            match char::from_u32(point) {
                Some('\\') => spelled.push_str("\\\\"),
                Some(c) => spelled.push(c),
                // Writing to a String does not fail.
                None => drop(write!(spelled, "\\u{point:04x}")),
            }
        }
        self.out.tagged("@str", |out| out.string(spelled.as_bytes()))
    }

    fn bytes(&mut self, tag: &'static str, bytes: &[u8], node: Node<'g, S>) -> Result<(), Error> {
        self.out.open(b'{');
        self.out.member(tag)?;
        self.out.base64(bytes)?;
        self.work.push(Work::Close(b'}'));
        self.by(node);
        Ok(())
    }

    fn builtin(&mut self, tag: &'static str, content: Work<'g, S>, node: Node<'g, S>) -> Result<(), Error> {
        self.out.open(b'{');
        self.out.member(tag)?;
        self.out.open(b'[');
        self.work.push(Work::Close(b'}'));
        self.by(node);
        self.push([content, Work::Close(b']')]);
        Ok(())
    }

    fn numbered(&mut self, tag: &'static str, number: i64, node: Node<'g, S>) -> Result<(), Error> {
        self.out.open(b'{');
        self.out.member(tag)?;
        self.out.int(number);
        self.work.push(Work::Close(b'}'));
        self.then(node);
        Ok(())
    }

    /// The spelling of a builtin, if it is not canonical.
    fn by(&mut self, node: Node<'g, S>) {
        if !self.census.is(node.id(), NON_CANONICAL) {
            return;
        }
        let Some(spelling) = node.spelling() else { return };
        let at = |id: Id| Work::Node(node.graph().node(id));
        self.push([
            Work::Member("by"),
            Work::Open(b'{'),
            Work::Member("@call"),
            at(spelling.callable),
            Work::Member("args"),
            at(spelling.args),
            Work::Close(b'}'),
        ]);
    }

    fn instance(&mut self, instance: Instance<'g, S>) {
        let (args, form) = (instance.args(), instance.form());
        let op = match form {
            Form::Inst => Some("INST"),
            Form::Obj => Some("OBJ"),
            _ => None,
        };
        let is_new = match form {
            Form::New | Form::NewEx => true,
            Form::Inst | Form::Obj => args.is_empty(),
            _ => false,
        };
        self.out.open(b'{');
        self.work.push(Work::Close(b'}'));
        self.push_steps(instance.steps());
        if let Some(op) = op {
            self.push([Work::Member("op"), Work::Word(op)]);
        }
        if let Some(kwargs) = instance.kwargs() {
            self.push([Work::Member("kwargs"), Work::Node(kwargs)]);
        }
        self.push([
            Work::Member(if is_new { "@new" } else { "@call" }),
            Work::Node(instance.callable()),
            Work::Member("args"),
            Work::Node(args),
        ]);
    }

    /// The steps that were done to something that is no instance.
    fn then(&mut self, node: Node<'g, S>) {
        if let Some(steps) = node.foreign_steps() {
            self.push_steps(steps);
        }
    }

    fn push_steps(&mut self, steps: Steps<'g, S>) {
        if steps.clone().next().is_some() {
            self.push([Work::Member("then"), Work::Open(b'['), Work::Steps(steps, None), Work::Close(b']')]);
        }
    }
}
