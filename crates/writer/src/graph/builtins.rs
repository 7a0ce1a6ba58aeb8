//! The writer of objects that old protocols have no opcodes for.
//!
//! Those are written as calls. If the graph was read from such a call, the same call is written again, so that the pickle
//! of an older Python stays as it is; otherwise the call is the one that CPython 3.8 and later write.

use halfsour_opcode::Opcode;
use halfsour_value::machine::Spelling;
use halfsour_value::{Data, Elements, Id, Node};

use super::{Task, Writer};
use crate::batch::Members;
use crate::memo::Constant;
use crate::{Error, ErrorKind};

impl<'g, S: AsRef<[u8]>> Writer<'g, S> {
    /// Writes the call by which an object was spelled in the stream that it was read from. Returns false if there is none,
    /// or it no longer makes this object.
    fn spelled(&mut self, node: Node<'g, S>) -> bool {
        let Some(Spelling { callable, args }) = node.spelling() else { return false };
        if !self.still_spells(node, args) {
            return false;
        }
        self.tasks.push(Task::Made { id: node.id(), opcode: Opcode::Reduce });
        self.push_all(&[callable, args]);
        true
    }

    /// Returns whether the call still makes the object: since then, the list in its arguments or the object may have changed.
    fn still_spells(&self, node: Node<'g, S>, args: Id) -> bool {
        let first = self.graph.node(args).at(0);
        match (node.data(), first.map(Node::data)) {
            (Data::Set(now) | Data::FrozenSet(now), Some(Data::List(then))) => now.ids() == then.ids(),
            (Data::ByteArray(now), Some(Data::Bytes(then))) => now == then,
            (Data::ByteArray(now), None) => now.is_empty(),
            (Data::ByteArray(now), Some(Data::Str(text))) => {
                halfsour_text::escape::utf8_to_latin1(text.as_wtf8()).is_some_and(|then| *now == *then)
            }
            _ => true,
        }
    }

    pub(super) fn bytes(&mut self, node: Node<'g, S>, bytes: &[u8]) -> Result<(), Error> {
        if self.emitter.protocol() >= 3 {
            self.emitter.bytes(bytes);
            self.memoize(node.id());
        } else if !self.spelled(node) {
            self.call_for_bytes(bytes)?;
            self.memoize(node.id());
        }
        Ok(())
    }

    /// Writes `bytes()`, or `_codecs.encode(text, 'latin1')`.
    fn call_for_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            self.constant(Constant::Bytes)?;
            self.emitter.empty_tuple();
        } else {
            self.constant(Constant::CodecsEncode)?;
            self.emitter.begin_tuple(2);
            self.emitter.wtf8(&halfsour_text::escape::latin1_to_utf8(bytes));
            self.memo.passing(&mut self.emitter);
            self.constant(Constant::Latin1)?;
            self.emitter.end_tuple(2);
            self.memo.passing(&mut self.emitter);
        }
        self.emitter.op(Opcode::Reduce);
        Ok(())
    }

    pub(super) fn bytearray(&mut self, node: Node<'g, S>, bytes: &[u8]) -> Result<(), Error> {
        if self.emitter.protocol() >= 5 {
            self.emitter.bytearray(bytes);
        } else if self.spelled(node) {
            return Ok(());
        } else {
            self.constant(Constant::ByteArray)?;
            if bytes.is_empty() {
                self.emitter.empty_tuple();
            } else {
                self.emitter.begin_tuple(1);
                if self.emitter.protocol() >= 3 {
                    self.emitter.bytes(bytes);
                } else {
                    self.call_for_bytes(bytes)?;
                }
                self.memo.passing(&mut self.emitter);
                self.emitter.end_tuple(1);
                self.memo.passing(&mut self.emitter);
            }
            self.emitter.op(Opcode::Reduce);
        }
        self.memoize(node.id());
        Ok(())
    }

    pub(super) fn set(&mut self, node: Node<'g, S>, elements: &Elements<'g, S>) -> Result<(), Error> {
        if self.emitter.protocol() >= 4 {
            self.emitter.empty(Members::Set);
            self.memoize(node.id());
            self.push(self.elements(Members::Set, elements));
            Ok(())
        } else {
            self.call_of_list(node, Constant::Set, elements)
        }
    }

    pub(super) fn frozenset(&mut self, node: Node<'g, S>, elements: &Elements<'g, S>) -> Result<(), Error> {
        if self.emitter.protocol() >= 4 {
            self.emitter.op_with_frame_check(Opcode::Mark);
            self.tasks.push(Task::FrozenSet(node.id()));
            self.tasks.push(Task::Each(elements.ids()));
            Ok(())
        } else {
            self.call_of_list(node, Constant::FrozenSet, elements)
        }
    }

    /// Writes `set([…])`.
    ///
    /// A set may have a member that leads back to it. Then the set is written again inside itself, and as Python does, each
    /// call gets a list of its own. If both calls got the list that is in the graph, the second would get its members of
    /// that time.
    fn call_of_list(
        &mut self,
        node: Node<'g, S>,
        constant: Constant,
        elements: &Elements<'g, S>,
    ) -> Result<(), Error> {
        let begun = self.begun_sets.entry(node.id()).or_default();
        *begun += 1;
        let begun = *begun;
        match begun {
            1 if self.memo.is_as_read() && self.spelled(node) => return Ok(()),
            1 | 2 => {}
            // The member that leads back is not in the memo either: this would not end, and does not in Python.
            _ => return Err(ErrorKind::SetInItself.into()),
        }
        self.constant(constant)?;
        self.emitter.begin_tuple(1);
        self.tasks.push(Task::CallOfOne(node.id()));
        self.emitter.empty(Members::List);
        self.memo.passing(&mut self.emitter);
        self.push(self.elements(Members::List, elements));
        Ok(())
    }

    pub(super) fn complex(&mut self, node: Node<'g, S>, re: f64, im: f64) -> Result<(), Error> {
        if self.spelled(node) {
            return Ok(());
        }
        self.constant(Constant::Complex)?;
        self.emitter.begin_tuple(2);
        self.emitter.float(re);
        self.emitter.float(im);
        self.emitter.end_tuple(2);
        self.memo.passing(&mut self.emitter);
        self.emitter.op(Opcode::Reduce);
        self.memoize(node.id());
        Ok(())
    }
}
