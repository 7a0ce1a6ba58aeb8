//! The writer of graphs.

mod builtins;
mod instances;

use std::collections::HashMap;
use std::mem::replace;

use halfsour_opcode::{Op, Opcode};
use halfsour_value::{Data, Elements, Graph, Id, Items, Node, Steps};

use crate::batch::{Batch, Members};
use crate::memo::{Constant, Memo};
use crate::{Emitter, Error, ErrorKind};

/// Writes one graph, without recursion: the objects still to be written are tasks on a stack.
pub(crate) struct Writer<'g, S> {
    graph: &'g Graph<S>,
    pub emitter: Emitter,
    pub memo: Memo,
    /// The number of times that each set has been begun that is written as a call.
    begun_sets: HashMap<Id, u8>,
    /// The index of the out-of-band buffer that `NEXT_BUFFER` takes next.
    next_buffer: usize,
    /// Lists are batched as by Python 2.
    looks_ahead: bool,
    tasks: Vec<Task<'g, S>>,
}

/// A part of the pickle that is still to be written. CPython's pickler recurses instead.
enum Task<'g, S> {
    Object(Id),
    Each(&'g [Id]),
    Op(Opcode),
    Members(Rest<'g>),
    /// The members are on the stack: makes the tuple.
    Tuple {
        id: Id,
        length: usize,
    },
    FrozenSet(Id),
    /// The operands are on the stack: the opcode makes this object of them.
    Made {
        id: Id,
        opcode: Opcode,
    },
    /// The steps that follow once an object is made.
    Steps(Steps<'g, S>),
    /// The callable and its one argument are on the stack: makes the tuple, and the object by `REDUCE`.
    CallOfOne(Id),
    /// Module and name are on the stack: makes the global.
    StackGlobal(Id),
    /// Writes a callable that is not in the graph, and begins its arguments, of this number.
    Callable(Constant, usize),
    /// Ends the arguments, of this number.
    Arguments(usize),
    /// The arguments are on the stack, above a mark: makes the instance.
    Inst {
        id: Id,
        class: Id,
    },
}

/// The members of a container that are still to be written.
struct Rest<'g> {
    ids: &'g [Id],
    /// The members are keys and values in turn.
    pairs: bool,
    batch: Batch,
    /// A member has been written, and not been ended.
    begun: bool,
}

impl<'g, S: AsRef<[u8]>> Writer<'g, S> {
    pub fn new(graph: &'g Graph<S>, emitter: Emitter, memo: Memo) -> Self {
        Self {
            graph,
            emitter,
            memo,
            begun_sets: HashMap::new(),
            next_buffer: 0,
            looks_ahead: false,
            tasks: Vec::new(),
        }
    }

    /// Takes up the habits of the pickler that wrote the source, if the memo is to be as it was read.
    pub fn follow_dialect(&mut self) {
        if !self.memo.is_as_read() {
            return;
        }
        // Python 2's cPickle counts slots from 1, and looks ahead in lists.
        let first = self.graph.recorded_memo().and_then(|mut memo| memo.next());
        self.looks_ahead = first.is_some_and(|(slot, _)| slot > 0);
        let source = self.graph.source().as_ref();
        let mut ops = source.get(self.graph.start() + 2..).unwrap_or_default().iter();
        if ops.next() == Some(&Opcode::Frame.byte())
            && ops.next().is_some_and(|&length| length < 4)
            && ops.take(7).all(|&byte| byte == 0)
        {
            self.emitter.frame_all();
        }
    }

    /// Returns the line by which protocol 0 wrote this object, if it is to be written so again.
    fn read_line(&self, node: Node<'g, S>, opcode: Opcode) -> Option<&'g [u8]> {
        if self.emitter.protocol() != 0 || !self.memo.is_as_read() {
            return None;
        }
        let line = self.graph.source().as_ref().get(node.offset()?..)?;
        let line = line.strip_prefix(&[opcode.byte()])?;
        line.split(|&byte| byte == b'\n').next()
    }

    /// Writes an object and all that it holds, up to an output of `most` bytes.
    pub fn run(&mut self, root: Id, most: usize) -> Result<(), Error> {
        self.object(root)?;
        while let Some(task) = self.tasks.pop() {
            if self.emitter.length() > most {
                return Err(ErrorKind::TooLarge.into());
            }
            self.task(task)?;
        }
        Ok(())
    }

    fn task(&mut self, task: Task<'g, S>) -> Result<(), Error> {
        match task {
            Task::Object(id) => self.object(id)?,
            Task::Each(ids) => {
                if let Some((&first, rest)) = ids.split_first() {
                    if !rest.is_empty() {
                        self.tasks.push(Task::Each(rest));
                    }
                    self.object(first)?;
                }
            }
            Task::Op(opcode) => self.emitter.op(opcode),
            Task::Callable(constant, count) => {
                self.constant(constant)?;
                self.emitter.begin_tuple(count);
            }
            Task::Arguments(count) => {
                self.emitter.end_tuple(count);
                self.memo.passing(&mut self.emitter);
            }
            Task::Inst { id, class } => self.inst(id, class)?,
            Task::Members(rest) => self.members(rest)?,
            Task::Tuple { id, length } => match self.memo.find(index(id)) {
                // A member of the tuple led back to it, so the tuple has been written already.
                Some(slot) => {
                    self.emitter.drop_tuple(length);
                    self.emitter.get(slot);
                }
                None => {
                    self.emitter.end_tuple(length);
                    self.memoize(id);
                }
            },
            Task::FrozenSet(id) => match self.memo.find(index(id)) {
                Some(slot) => {
                    self.emitter.op(Opcode::PopMark);
                    self.emitter.get(slot);
                }
                None => {
                    self.emitter.op(Opcode::FrozenSet);
                    self.memoize(id);
                }
            },
            Task::Made { id, opcode } => {
                self.emitter.op(opcode);
                match self.memo.find(index(id)) {
                    Some(slot) => {
                        self.emitter.op(Opcode::Pop);
                        self.emitter.get(slot);
                        // Its operands led back to the object, and there its steps have been written.
                        if matches!(self.tasks.last(), Some(Task::Steps(_))) {
                            self.tasks.pop();
                        }
                    }
                    None => self.memoize(id),
                }
            }
            Task::CallOfOne(id) => {
                self.emitter.end_tuple(1);
                self.memo.passing(&mut self.emitter);
                self.task(Task::Made { id, opcode: Opcode::Reduce })?;
            }
            Task::StackGlobal(id) => {
                self.emitter.stack_global();
                self.memoize(id);
            }
            Task::Steps(mut steps) => {
                if let Some(step) = steps.next() {
                    self.tasks.push(Task::Steps(steps));
                    self.step(step);
                }
            }
        }
        Ok(())
    }

    /// Writes members, and those of lists and dicts among them, up to a member of another kind that may have members itself:
    /// those go first.
    fn members(&mut self, mut rest: Rest<'g>) -> Result<(), Error> {
        loop {
            let between = !rest.pairs || rest.ids.len().is_multiple_of(2);
            if between && rest.begun {
                self.emitter.after_item(&mut rest.batch);
            }
            let Some((&id, others)) = rest.ids.split_first() else { return Ok(()) };
            if between {
                self.emitter.before_item(&mut rest.batch);
                rest.begun = true;
            }
            rest.ids = others;
            let node = self.graph.node(id);
            let inner = match self.flat(node)? {
                None => continue,
                Some(Data::List(elements)) => self.list(id, &elements),
                Some(Data::Dict(items)) => self.dict(id, &items),
                Some(data) => {
                    self.tasks.push(Task::Members(rest));
                    return self.deep(node, data);
                }
            };
            self.tasks.push(Task::Members(replace(&mut rest, inner)));
        }
    }

    #[inline]
    fn memoize(&mut self, id: Id) {
        self.memo.object(&mut self.emitter, index(id));
    }

    /// Writes an object. Its members become tasks.
    fn object(&mut self, id: Id) -> Result<(), Error> {
        let node = self.graph.node(id);
        match self.flat(node)? {
            Some(data) => self.deep(node, data),
            None => Ok(()),
        }
    }

    /// Writes an object that is in the memo or is of a common kind without members. Returns the data of any other.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn flat(&mut self, node: Node<'g, S>) -> Result<Option<Data<'g, S>>, Error> {
        let id = node.id();
        if let Some(number) = id.index()
            && let Some(slot) = self.memo.find(number)
        {
            self.emitter.get(slot);
            return Ok(None);
        }
        match node.data() {
            Data::None => self.emitter.none(),
            Data::Bool(value) => self.emitter.bool(value),
            Data::Int(value) => self.int(node, value),
            Data::Float(value) => match self.read_line(node, Opcode::Float) {
                Some(line) => self.emitter.raw(&Op::Float(line))?,
                None => self.emitter.float(value),
            },
            Data::Str(text) => {
                match self.read_line(node, Opcode::Unicode) {
                    Some(line) => self.emitter.raw(&Op::Unicode(line))?,
                    None => self.emitter.wtf8(text.as_wtf8()),
                }
                self.memoize(id);
            }
            data => return Ok(Some(data)),
        }
        Ok(None)
    }

    /// Writes the data that [`flat`](Self::flat) returned.
    fn deep(&mut self, node: Node<'g, S>, data: Data<'g, S>) -> Result<(), Error> {
        let id = node.id();
        match data {
            Data::None | Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Str(_) => {
                unreachable!("flat data")
            }
            Data::BigInt(bytes) => self.emitter.big_int(bytes),
            Data::ByteString(bytes) => {
                self.emitter.byte_string(bytes);
                self.memoize(id);
            }
            Data::Bytes(bytes) => self.bytes(node, bytes)?,
            Data::ByteArray(bytes) => self.bytearray(node, bytes)?,
            Data::Tuple(elements) if elements.is_empty() => self.emitter.empty_tuple(),
            Data::Tuple(elements) => {
                let length = elements.len();
                self.emitter.begin_tuple(length);
                self.tasks.push(Task::Tuple { id, length });
                self.tasks.push(Task::Each(elements.ids()));
            }
            Data::List(elements) => {
                let rest = self.list(id, &elements);
                self.push(rest);
            }
            Data::Dict(items) => {
                let rest = self.dict(id, &items);
                self.push(rest);
            }
            Data::Set(elements) => self.set(node, &elements)?,
            Data::FrozenSet(elements) => self.frozenset(node, &elements)?,
            Data::Complex(re, im) => self.complex(node, re, im)?,
            Data::Global(global) => self.global(node, global)?,
            Data::Instance(instance) => self.instance(node, instance),
            Data::PersistentId(of) => self.persistent_id(node, of)?,
            Data::Extension(code) => self.extension(node, code)?,
            Data::Buffer(number) => self.out_of_band(node, number)?,
            Data::ReadOnly(of) => self.read_only(node, of)?,
        }
        Ok(())
    }

    /// Adds tasks for some objects, to be written in this order.
    fn push_all(&mut self, ids: &[Id]) {
        self.tasks.extend(ids.iter().rev().map(|&id| Task::Object(id)));
    }

    /// Writes a list without its members.
    fn list(&mut self, id: Id, elements: &Elements<'g, S>) -> Rest<'g> {
        self.emitter.empty(Members::List);
        self.memoize(id);
        let members = if self.looks_ahead { Members::Appended } else { Members::List };
        self.elements(members, elements)
    }

    /// Writes a dict without its members.
    fn dict(&mut self, id: Id, items: &Items<'g, S>) -> Rest<'g> {
        self.emitter.empty(Members::Dict);
        self.memoize(id);
        self.items(Members::Dict, items)
    }

    fn elements(&self, members: Members, elements: &Elements<'g, S>) -> Rest<'g> {
        let batch = self.emitter.members(members, Some(elements.len()));
        Rest { ids: elements.ids(), pairs: false, batch, begun: false }
    }

    fn items(&self, members: Members, items: &Items<'g, S>) -> Rest<'g> {
        let batch = self.emitter.members(members, Some(items.len()));
        Rest { ids: items.ids(), pairs: true, batch, begun: false }
    }

    /// Adds a task for the members of the container on the stack.
    fn push(&mut self, rest: Rest<'g>) {
        self.tasks.push(Task::Members(rest));
    }

    /// Adds a task for the steps that a stream applied to a global or an outside object.
    fn foreign_steps(&mut self, node: Node<'g, S>) {
        if let Some(steps) = node.foreign_steps() {
            self.tasks.push(Task::Steps(steps));
        }
    }

    /// Writes a constant by its name, or fetches it from the memo.
    fn constant(&mut self, constant: Constant) -> Result<(), Error> {
        if let Some(slot) = self.memo.find_constant(constant) {
            self.emitter.get(slot);
            return Ok(());
        }
        let name = match constant {
            Constant::Latin1 => {
                self.emitter.str("latin1");
                self.memo.constant(&mut self.emitter, constant);
                return Ok(());
            }
            Constant::CodecsEncode => ("_codecs", "encode"),
            Constant::Bytes => ("builtins", "bytes"),
            Constant::ByteArray => ("builtins", "bytearray"),
            Constant::Set => ("builtins", "set"),
            Constant::FrozenSet => ("builtins", "frozenset"),
            Constant::Complex => ("builtins", "complex"),
            Constant::NewObj => ("copyreg", "__newobj__"),
            Constant::NewObjEx => ("copyreg", "__newobj_ex__"),
            Constant::GetAttr => ("builtins", "getattr"),
            Constant::MemoryView => ("builtins", "memoryview"),
        };
        if self.emitter.protocol() >= 4 {
            for text in [name.0, name.1] {
                self.emitter.str(text);
                self.memo.passing(&mut self.emitter);
            }
            self.emitter.stack_global();
        } else {
            self.emitter.global(name.0, name.1)?;
        }
        self.memo.constant(&mut self.emitter, constant);
        Ok(())
    }

    /// Writes an int; in Python 2's protocols, by the opcode that it had.
    fn int(&mut self, node: Node<'g, S>, value: i64) {
        let protocol = self.emitter.protocol();
        match node.int_spelling() {
            Some(op) if protocol < 3 => self.emitter.int_by(op, value),
            _ => self.emitter.int(value),
        }
    }
}

/// Returns the index of a node. Every object that is memoised is a node.
fn index(id: Id) -> usize {
    id.index().expect("only nodes are memoised")
}
