//! What stands between opcodes, and belongs to an object.

use std::mem;

use halfsour_lexer::{self as lexer, Lexer};
use halfsour_value::machine::Payload;
use halfsour_value::{Id, View};

use super::{Done, Machine};
use crate::memo::Memo;
use crate::{Attached, ErrorKind, Observer};

/// A pickle that waits for the end of one that is attached to an object of it.
#[derive(Debug)]
pub(crate) struct Outer {
    object: Id,
    stack: Vec<Id>,
    marks: Vec<usize>,
    fence: usize,
    memo: Memo,
    protocol: u8,
}

impl<O: Observer> Machine<'_, '_, O> {
    /// Passes over what is attached to an object that was just built.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn attach(&mut self, lexer: &mut Lexer<'_>, object: Id) -> Done {
        let offset = lexer.offset();
        if self.state.outer.is_some() || !self.is_whole {
            return Ok(());
        }
        match self.observer.attached(View::new(&self.state.store, self.source), offset, object) {
            Attached::Nothing => Ok(()),
            Attached::Unknown => Err(ErrorKind::UnknownAttached.into()),
            Attached::Bytes { padding, length } => {
                let end = padding.checked_add(length).filter(|&end| end <= lexer.rest().len());
                let end = end.ok_or(ErrorKind::Lexer(lexer::ErrorKind::UnexpectedEnd))?;
                let bytes = self.state.store.borrowed(Payload::Bytes, offset + padding, 0, length)?;
                self.append_to(object, bytes)?;
                lexer.advance(end);
                Ok(())
            }
            Attached::Pickle => {
                self.state.outer = Some(Outer {
                    object,
                    stack: mem::take(&mut self.state.stack),
                    marks: mem::take(&mut self.state.marks),
                    fence: mem::take(&mut self.fence),
                    memo: mem::take(&mut self.state.memo),
                    protocol: mem::take(&mut self.state.protocol),
                });
                Ok(())
            }
        }
    }

    /// Goes on with the outer pickle, now that the attached one has ended.
    pub(super) fn go_on(&mut self, outer: Outer, attached: Id) -> Result<(), ErrorKind> {
        let Outer { object, stack, marks, fence, memo, protocol } = outer;
        self.fence = fence;
        self.state.stack = stack;
        self.state.marks = marks;
        self.state.memo = memo;
        self.state.protocol = protocol;
        self.append_to(object, attached)
    }

    fn append_to(&mut self, object: Id, attached: Id) -> Result<(), ErrorKind> {
        let store = &mut self.state.store;
        store.append(object, &[attached]).map_err(|refusal| ErrorKind::refused(refusal, store.kind(object)))
    }
}
