//! The stack, the marks and the memo; and the containers, which take what lies on the stack.

// Compiled into the arms of the dispatch.

use halfsour_lexer::{Lexer, Opcode};
use halfsour_value::machine::{Container, Store};
use halfsour_value::{Id, Kind, StepError};

use super::{Done, Fault, Machine};
use crate::{ErrorKind, Event, Limit, Observer};

/// What a step does to a bytearray: in a store, over a source, to this one, with these items.
type OnBytes = fn(&mut Store, &[u8], Id, &[Id]) -> Result<(), StepError>;

impl<O: Observer> Machine<'_, '_, O> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn push(&mut self, id: Id) -> Done {
        if self.state.stack.len() == self.state.stack.capacity() {
            self.grow_stack()?;
        }
        self.state.stack.push(id);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    pub(super) fn grow_stack(&mut self) -> Done {
        let (length, limit) = (self.state.stack.len(), self.options.limits.stack);
        if length >= limit {
            return Err(ErrorKind::Limit(Limit::Stack).into());
        }
        self.state.stack.reserve_exact(length.max(64).min(limit - length));
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn pop(&mut self) -> Result<Id, Fault> {
        self.need(1)?;
        Ok(self.state.stack.pop().expect("there is one above the fence"))
    }

    /// Asks for objects above the fence.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn need(&self, needs: usize) -> Done {
        if self.state.stack.len() - self.fence < needs { Err(self.underflow(needs)) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn underflow(&self, needs: usize) -> Fault {
        let kind = if self.state.marks.is_empty() {
            ErrorKind::StackUnderflow { holds: self.state.stack.len(), needs }
        } else {
            ErrorKind::UnexpectedMark
        };
        kind.into()
    }

    /// Removes the topmost mark; gives the height at which it was.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn pop_mark(&mut self) -> Result<usize, Fault> {
        let below = self.state.marks.pop().ok_or_else(|| Fault::from(ErrorKind::NoMark))?;
        Ok(std::mem::replace(&mut self.fence, below))
    }

    /// The object below a height, which takes what lies above.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn target(&self, height: usize) -> Result<Id, Fault> {
        if height <= self.fence {
            return Err(self.underflow(self.state.stack.len() - height + 1));
        }
        Ok(self.state.stack[height - 1])
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn put(&mut self, slot: u64) -> Done {
        self.need(1)?;
        if self.state.memo.set() >= self.options.limits.memo {
            return Err(ErrorKind::Limit(Limit::Memo).into());
        }
        self.state.memo.put(slot, self.state.stack[self.state.stack.len() - 1]);
        Ok(())
    }

    /// Runs the `MEMOIZE` that comes next, if one does.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn memoize(&mut self, lexer: &mut Lexer<'_>) {
        if self.is_fused
            && self.state.memo.set() < self.options.limits.memo
            && let Some(&id) = self.state.stack.last()
            && lexer.skip(Opcode::Memoize)
        {
            self.state.memo.put(self.state.memo.set() as u64, id);
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn get(&mut self, slot: u64) -> Done {
        match self.state.memo.get(slot) {
            Some(id) => self.push(id),
            None => Err(ErrorKind::MemoUnset(slot).into()),
        }
    }

    /// Runs the `LONG_BINGET`s that come next.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn more_gets(&mut self, lexer: &mut Lexer<'_>) {
        while self.is_fused
            && self.state.stack.len() < self.state.stack.capacity()
            && let &[byte, a, b, c, d, ..] = lexer.rest()
            && byte == Opcode::LongBinGet.byte()
            && let Some(id) = self.state.memo.get(u32::from_le_bytes([a, b, c, d]).into())
        {
            self.state.stack.push(id);
            lexer.advance(5);
        }
    }

    /// Makes a container of what lies above a height.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn collect(&mut self, container: Container, start: usize, height: usize) -> Done {
        let made = self.state.store.container(container, start, &self.state.stack[height..]);
        let id = made.map_err(|refusal| ErrorKind::refused(refusal, Kind::Dict))?;
        self.state.stack.truncate(height);
        self.push(id)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn collect_marked(&mut self, container: Container, start: usize) -> Done {
        let height = self.pop_mark()?;
        self.collect(container, start, height)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn collect_counted(&mut self, start: usize, count: usize) -> Done {
        self.need(count)?;
        self.collect(Container::Tuple, start, self.state.stack.len() - count)
    }

    /// `APPEND(S)`: what lies above a height goes to what is below it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn append(&mut self, start: usize, height: usize) -> Done {
        let list = self.target(height)?;
        if let Err(refusal) = self.state.store.append(list, &self.state.stack[height..]) {
            self.refused(refusal, list, height, Store::append_bytes)?;
        }
        let count = self.state.stack.len() - height;
        self.state.stack.truncate(height);
        self.report(start, list, Kind::List, |object| Event::Append { object, count });
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn set_items(&mut self, start: usize, height: usize) -> Done {
        let dict = self.target(height)?;
        let count = self.state.stack.len() - height;
        if !count.is_multiple_of(2) {
            return Err(ErrorKind::OddItems.into());
        }
        if let Err(refusal) = self.state.store.set_items(dict, &self.state.stack[height..]) {
            self.refused(refusal, dict, height, Store::assign_bytes)?;
        }
        self.state.stack.truncate(height);
        self.report(start, dict, Kind::Dict, |object| Event::SetItem { object, count });
        Ok(())
    }

    pub(super) fn add_items(&mut self, start: usize) -> Done {
        let height = self.pop_mark()?;
        let set = self.target(height)?;
        if let Err(refusal) = self.state.store.add_items(set, &self.state.stack[height..]) {
            self.refused(refusal, set, height, |_, _, _, _| Err(StepError::Unsupported))?;
        }
        let count = self.state.stack.len() - height;
        self.state.stack.truncate(height);
        self.report(start, set, Kind::Set, |object| Event::Add { object, count });
        Ok(())
    }

    /// A step that the object refused: no error where there are no items, and bytearrays take some.
    #[cold]
    #[inline(never)]
    fn refused(&mut self, mut refusal: StepError, object: Id, height: usize, on_bytes: OnBytes) -> Done {
        let items = &self.state.stack[height..];
        let kind = self.state.store.kind(object);
        if items.is_empty() {
            return Ok(());
        }
        if kind == Kind::ByteArray {
            match on_bytes(&mut self.state.store, self.source, object, items) {
                Ok(()) => return Ok(()),
                Err(why) => refusal = why,
            }
        }
        Err(ErrorKind::refused(refusal, kind).into())
    }

    /// Reports a step on something that is not of the plain kind.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn report(&mut self, start: usize, object: Id, plain: Kind, event: impl Fn(Id) -> Event) {
        if O::IS_ACTIVE && self.state.store.kind(object) != plain {
            self.event(start, event(object));
        }
    }
}
