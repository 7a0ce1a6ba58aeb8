//! Frames, which have to end between two opcodes.

use halfsour_lexer::{Lexer, Op};
use halfsour_vm::Opcode;

use super::Judge;
use crate::Rule;
use crate::report::{Action, Severity};

/// The frame that is being read.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// Where it begins and ends.
    open: Option<(usize, usize)>,
}

impl Judge<'_, '_> {
    /// An opcode is about to be run: the frame before it has ended here, or goes on.
    #[inline]
    pub(super) fn frame(&mut self, offset: usize, opcode: Opcode) {
        self.frame_ends(offset);
        if opcode == Opcode::Frame {
            self.frame_begins(offset);
        }
    }

    fn frame_begins(&mut self, offset: usize) {
        if let Some((start, _)) = self.frames.open {
            self.odd_frame(start, "another one begins in it");
        }
        let mut lexer = Lexer::at(self.source, offset);
        if let Ok(Op::Frame(length)) = lexer.next_op() {
            let end = usize::try_from(length).ok().and_then(|length| lexer.offset().checked_add(length));
            self.frames.open = Some((offset, end.unwrap_or(usize::MAX)));
        }
    }

    /// The next opcode, or the end of the pickle, is here.
    #[inline]
    pub(super) fn frame_ends(&mut self, offset: usize) {
        if let Some((start, end)) = self.frames.open.filter(|&(_, end)| end <= offset) {
            self.frames.open = None;
            if end < offset {
                self.odd_frame(start, "it ends within an opcode");
            }
        }
    }

    /// A frame that goes on behind the end of the pickle.
    pub(super) fn last_frame(&mut self, end: usize) {
        self.frame_ends(end);
        if let Some((start, _)) = self.frames.open.take() {
            self.odd_frame(start, "it goes on behind STOP");
        }
    }

    fn odd_frame(&mut self, start: usize, what: &str) {
        let why = format!("{what}: what follows is read in one way from bytes, and in another from files");
        self.add(start, Rule::R2, Action::Data, "", "an odd frame".to_owned(), (Severity::Dangerous, why));
    }
}
