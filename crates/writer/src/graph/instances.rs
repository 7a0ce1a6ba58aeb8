//! The writer of globals, instances, and references to outside of the stream.

use halfsour_opcode::{Op, Opcode};
use halfsour_value::machine::Spelling;
use halfsour_value::{Data, Form, Global, Id, Instance, Node, Step};

use super::{Task, Writer, index};
use crate::batch::Members;
use crate::memo::Constant;
use crate::{Error, ErrorKind};

impl<'g, S: AsRef<[u8]>> Writer<'g, S> {
    pub(super) fn global(&mut self, node: Node<'g, S>, global: Global<'g, S>) -> Result<(), Error> {
        self.foreign_steps(node);
        if self.emitter.protocol() >= 4 {
            self.tasks.push(Task::StackGlobal(node.id()));
            self.push_all(&[global.module.id(), global.name.id()]);
            return Ok(());
        }
        let (module, name) = (text(global.module)?, text(global.name)?);
        match name.rsplit_once('.') {
            Some((parent, last)) => self.nested_global(module, parent, last)?,
            None => self.emitter.global(module, name)?,
        }
        self.memoize(node.id());
        Ok(())
    }

    /// Writes `getattr(parent, last)`, because only protocols 4 and 5 look up dotted names.
    fn nested_global(&mut self, module: &str, parent: &str, last: &str) -> Result<(), Error> {
        let mut names = parent.split('.').chain([last]);
        let first = names.next().unwrap_or_default();
        // The outermost call comes first: its first argument is the next call.
        let depth = names.clone().count();
        for _ in 0..depth {
            self.constant(Constant::GetAttr)?;
            self.emitter.begin_tuple(2);
        }
        self.emitter.global(module, first)?;
        self.memo.passing(&mut self.emitter);
        for (at, name) in names.enumerate() {
            self.emitter.str(name);
            self.memo.passing(&mut self.emitter);
            self.emitter.end_tuple(2);
            self.memo.passing(&mut self.emitter);
            self.emitter.op(Opcode::Reduce);
            if at + 1 < depth {
                self.memo.passing(&mut self.emitter);
            }
        }
        Ok(())
    }

    pub(super) fn instance(&mut self, node: Node<'g, S>, instance: Instance<'g, S>) {
        let id = node.id();
        self.tasks.push(Task::Steps(instance.steps()));
        let (callable, args) = (instance.callable().id(), instance.args().id());
        let protocol = self.emitter.protocol();
        match (instance.form(), instance.kwargs()) {
            (Form::NewEx, Some(kwargs)) if protocol >= 4 => {
                self.tasks.push(Task::Made { id, opcode: Opcode::NewObjEx });
                self.push_all(&[callable, args, kwargs.id()]);
            }
            (Form::NewEx, Some(kwargs)) => {
                self.tasks.push(Task::Made { id, opcode: Opcode::Reduce });
                self.tasks.push(Task::Arguments(3));
                self.push_all(&[callable, args, kwargs.id()]);
                self.tasks.push(Task::Callable(Constant::NewObjEx, 3));
            }
            (Form::New | Form::NewEx, _) if protocol >= 2 => {
                self.tasks.push(Task::Made { id, opcode: Opcode::NewObj });
                self.push_all(&[callable, args]);
            }
            (Form::New | Form::NewEx, _) => {
                let elements = instance.args().elements();
                let ids = elements.map(|elements| elements.ids()).unwrap_or_default();
                self.tasks.push(Task::Made { id, opcode: Opcode::Reduce });
                self.tasks.push(Task::Arguments(ids.len() + 1));
                self.tasks.push(Task::Each(ids));
                self.tasks.push(Task::Object(callable));
                self.tasks.push(Task::Callable(Constant::NewObj, ids.len() + 1));
            }
            (Form::Inst | Form::Obj, _) => self.old_instance(id, instance),
            _ => {
                self.tasks.push(Task::Made { id, opcode: Opcode::Reduce });
                self.push_all(&[callable, args]);
            }
        }
    }

    /// Writes an instance of one of Python 2's classic classes.
    fn old_instance(&mut self, id: Id, instance: Instance<'g, S>) {
        self.emitter.op_with_frame_check(Opcode::Mark);
        let class = instance.callable();
        let args = instance.args().elements();
        let args = args.map(|elements| elements.ids()).unwrap_or_default();
        match class.data() {
            Data::Global(_) if self.emitter.protocol() == 0 => {
                self.tasks.push(Task::Inst { id, class: class.id() });
                self.tasks.push(Task::Each(args));
            }
            _ => {
                self.tasks.push(Task::Made { id, opcode: Opcode::Obj });
                self.tasks.push(Task::Each(args));
                self.tasks.push(Task::Object(class.id()));
            }
        }
    }

    /// Writes the last part of an instance in protocol 0, whose arguments are on the stack.
    pub(super) fn inst(&mut self, id: Id, class: Id) -> Result<(), Error> {
        if let Data::Global(global) = self.graph.node(class).data() {
            let (module, name) = self.emitter.fixed(text(global.module)?, text(global.name)?);
            // The lines of INST are ASCII.
            if module.is_empty() || name.is_empty() || !module.is_ascii() || !name.is_ascii() {
                return Err(ErrorKind::Name.into());
            }
            self.emitter.raw(&Op::Inst((module.as_bytes(), name.as_bytes())))?;
        }
        self.memoize(id);
        Ok(())
    }

    pub(super) fn step(&mut self, step: Step<'g, S>) {
        match step {
            Step::State(state) => match state.attribute_set() {
                Some(Spelling { callable, args }) => {
                    self.tasks.push(Task::Op(Opcode::Pop));
                    self.tasks.push(Task::Op(Opcode::Reduce));
                    self.tasks.push(Task::Object(args));
                    self.tasks.push(Task::Object(callable));
                }
                None => {
                    self.tasks.push(Task::Op(Opcode::Build));
                    self.tasks.push(Task::Object(state.id()));
                }
            },
            Step::Append(elements) => self.push(self.elements(Members::Appended, &elements)),
            Step::SetItem(items) => self.push(self.items(Members::Assigned, &items)),
            Step::Add(elements) => self.push(self.elements(Members::Added, &elements)),
            Step::Call(call) => {
                let Some(call) = call.as_instance() else { return };
                let args = call.args().elements().map(|elements| elements.ids()).unwrap_or_default();
                self.tasks.push(Task::Op(Opcode::Pop));
                self.tasks.push(Task::Op(Opcode::Reduce));
                // CPython writes this opcode at any protocol.
                self.tasks.push(Task::Op(Opcode::Tuple2));
                self.tasks.push(Task::Each(args));
                self.tasks.push(Task::Object(call.callable().id()));
            }
        }
    }

    pub(super) fn persistent_id(&mut self, node: Node<'g, S>, of: Node<'g, S>) -> Result<(), Error> {
        let Some(kept) = self.meet_outside(node) else { return Ok(()) };
        if self.emitter.protocol() > 0 {
            self.made_of(node, kept, Opcode::BinPersId, of);
            return Ok(());
        }
        match of.as_str().filter(|text| text.is_ascii()) {
            Some(text) => self.emitter.raw(&Op::PersId(text.as_bytes()))?,
            None => return Err(ErrorKind::PersistentId.into()),
        }
        self.keep_outside(node, kept);
        Ok(())
    }

    /// Adds tasks for an object that an opcode makes of another.
    fn made_of(&mut self, node: Node<'g, S>, kept: bool, opcode: Opcode, of: Node<'g, S>) {
        self.foreign_steps(node);
        self.tasks.push(if kept { Task::Made { id: node.id(), opcode } } else { Task::Op(opcode) });
        self.tasks.push(Task::Object(of.id()));
    }

    /// Returns whether to memoise an outside object. Python does not, but a stream may hold it twice, or apply steps to it.
    /// Returns `None` if it turns out only now that the object should have been memoised.
    fn meet_outside(&mut self, node: Node<'g, S>) -> Option<bool> {
        let index = index(node.id());
        let kept = node.foreign_steps().is_some() || self.memo.keeps_outside(index);
        if !kept && self.memo.meet_outside(index) {
            self.emitter.none();
            return None;
        }
        Some(kept)
    }

    fn keep_outside(&mut self, node: Node<'g, S>, kept: bool) {
        if kept {
            self.memoize(node.id());
        }
        self.foreign_steps(node);
    }

    pub(super) fn extension(&mut self, node: Node<'g, S>, code: u32) -> Result<(), Error> {
        let op = match (u8::try_from(code), u16::try_from(code), i32::try_from(code)) {
            (Ok(code), _, _) => Op::Ext1(code),
            (_, Ok(code), _) => Op::Ext2(code),
            (_, _, Ok(code)) => Op::Ext4(code),
            _ => return Err(ErrorKind::Length.into()),
        };
        self.emitter.raw(&op)?;
        // Python keeps one object for each code.
        self.keep_outside(node, node.foreign_steps().is_some());
        Ok(())
    }

    pub(super) fn out_of_band(&mut self, node: Node<'g, S>, number: usize) -> Result<(), Error> {
        if self.emitter.protocol() >= 5 {
            let Some(kept) = self.meet_outside(node) else { return Ok(()) };
            // Buffers before this one that are not in the graph are taken and dropped; one that was skipped is gone.
            let unused = number.checked_sub(self.next_buffer).ok_or(ErrorKind::BufferOrder)?;
            for _ in 0..unused {
                self.emitter.op_with_frame_check(Opcode::NextBuffer);
                self.emitter.op(Opcode::Pop);
            }
            self.next_buffer = number + 1;
            self.emitter.op_with_frame_check(Opcode::NextBuffer);
            if node.is_read_only_buffer() {
                self.emitter.op(Opcode::ReadonlyBuffer);
            }
            self.keep_outside(node, kept);
            return Ok(());
        }
        if node.foreign_steps().is_some() {
            // The steps would be applied to a bytearray.
            return Err(ErrorKind::Buffer.into());
        }
        let contents = self.graph.buffers().get(number).ok_or(ErrorKind::Buffer)?;
        self.bytearray(node, contents)
    }

    pub(super) fn read_only(&mut self, node: Node<'g, S>, of: Node<'g, S>) -> Result<(), Error> {
        if self.emitter.protocol() >= 5 {
            let Some(kept) = self.meet_outside(node) else { return Ok(()) };
            self.made_of(node, kept, Opcode::ReadonlyBuffer, of);
            return Ok(());
        }
        self.constant(Constant::MemoryView)?;
        self.emitter.begin_tuple(1);
        self.tasks.push(Task::CallOfOne(node.id()));
        self.tasks.push(Task::Object(of.id()));
        Ok(())
    }
}

/// Returns a name as text.
fn text<S: AsRef<[u8]>>(node: Node<'_, S>) -> Result<&str, Error> {
    let bytes = || std::str::from_utf8(node.as_bytes()?).ok();
    node.as_str().or_else(bytes).ok_or_else(|| ErrorKind::Name.into())
}
