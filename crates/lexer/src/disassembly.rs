//! The disassembler: the text of `pickletools.dis`.

// Forced inlining: the code for a line is copied into each arm of the lexer's dispatch, where the opcode is a constant. That
// halves the time.
#![allow(clippy::inline_always)]

mod argument;
mod complaint;
mod machine;
mod memo;
mod page;

use core::fmt;

use halfsour_opcode::{Op, Opcode};

use crate::{Lexer, Visitor};
use argument::{Argument, Decoder, Reader};
use machine::{Machine, Row};
use page::Page;

pub use complaint::{Complaint, ComplaintKind};
pub use memo::DisassemblyMemo;

/// Prints one pickle as text, to the byte as `pickletools.dis` of Python 3.13 does.
///
/// With `{}`, an invalid pickle is printed up to its first error, which then stands on a line of its own.
/// [`write_to`](Self::write_to) returns the error as a value.
///
/// ```
/// use halfsour_lexer::Disassembly;
///
/// let text = Disassembly::new(b"\x80\x02]q\x00(K\x01K\x02e.").to_string();
/// assert_eq!(text, "    \
///     0: \\x80 PROTO      2
///     2: ]    EMPTY_LIST
///     3: q    BINPUT     0
///     5: (    MARK
///     6: K        BININT1    1
///     8: K        BININT1    2
///    10: e        APPENDS    (MARK at 5)
///    11: .    STOP
/// highest protocol among opcodes = 2
/// ");
/// ```
///
/// # Differences from `pickletools`
///
/// `pickletools` checks the opcodes that it prints, and stops at some that Python's unpickler accepts. Here, printing goes
/// on, [`Summary::complaint`] keeps the first of them, and they are printed as the unpickler reads them:
///
/// - an index of the memo that is set again;
/// - objects left on the stack at `STOP`;
/// - Python 2 strings in `STRING` that are not ASCII (printed as Latin-1, as `BINSTRING` is);
/// - names that are not ASCII (printed as UTF-8);
/// - numbers of `INT` and `LONG` that are not decimal, and NULs in the lines of numbers;
/// - integers of more than 4,300 digits (printed in hexadecimal).
///
/// Printing stops at opcodes that the unpickler refuses as well. Opcodes that only `pickletools` accepts are printed.
#[derive(Clone, Copy, Debug)]
pub struct Disassembly<'a> {
    input: &'a [u8],
    offset: usize,
    indent: usize,
    deepest: usize,
    annotate: usize,
}

/// The facts that are known once a pickle has been disassembled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The offset in bytes where the pickle ends, just behind its `STOP`.
    pub end: usize,
    /// The highest protocol among the opcodes: the lowest one that has them all.
    pub highest_protocol: u8,
    /// The first complaint at which `pickletools` would have stopped, if any.
    pub complaint: Option<Complaint>,
}

impl<'a> Disassembly<'a> {
    /// Creates a disassembly of the pickle that `input` begins with.
    pub const fn new(input: &'a [u8]) -> Self {
        Self::at(input, 0)
    }

    /// Creates a disassembly of the pickle that begins at `offset` of `input`. Printed offsets count from the start of
    /// `input`.
    pub const fn at(input: &'a [u8], offset: usize) -> Self {
        Self { input, offset, indent: 4, deepest: 256, annotate: 0 }
    }

    /// Sets the number of blanks by which each `MARK` indents the lines that follow. The default is 4.
    #[must_use]
    pub const fn indent(mut self, blanks: usize) -> Self {
        self.indent = blanks;
        self
    }

    /// Sets the number of marks beyond which lines are not indented further. The default is 256.
    ///
    /// `pickletools` has no such limit; for an input of nothing but marks, its output grows with the square of the input.
    #[must_use]
    pub const fn deepest(mut self, marks: usize) -> Self {
        self.deepest = marks;
        self
    }

    /// Appends to each line what its opcode does, from this column on if the line is short enough (columns are counted after
    /// the offset). The default is 0, for no annotations.
    #[must_use]
    pub const fn annotate(mut self, column: usize) -> Self {
        self.annotate = column;
        self
    }

    /// Writes the text to `out`.
    ///
    /// # Errors
    ///
    /// At the first opcode that Python's unpickler refuses, too, or if `out` fails. The line of that opcode is still written
    /// if it can be.
    pub fn write_to(&self, out: &mut dyn fmt::Write) -> Result<Summary, Complaint> {
        self.write_with_memo(out, &mut DisassemblyMemo::default())
    }

    /// Writes the text of a pickle that refers to the memo of pickles before it, because the same `Pickler` made them. Pass
    /// the same `memo` for each of them, in order.
    ///
    /// # Errors
    ///
    /// As [`write_to`](Self::write_to).
    pub fn write_with_memo(
        &self,
        out: &mut dyn fmt::Write,
        memo: &mut DisassemblyMemo,
    ) -> Result<Summary, Complaint> {
        let mut lexer = Lexer::at(self.input, self.offset);
        let mut run = Run {
            page: Page::new(out, self.annotate),
            machine: Machine::new(memo),
            decoder: Decoder::default(),
            step: self.indent,
            deepest: self.deepest,
            indent: 0,
            protocols: 0,
            noted: None,
            fatal: None,
        };
        let error = loop {
            match lexer.visit(&mut run) {
                Ok(true) => {}
                Ok(false) => break run.fatal.take(),
                Err(error) => {
                    let kind = ComplaintKind::Bytes(error.kind());
                    break Some(Complaint::new(kind, error.offset(), error.opcode()));
                }
            }
        };
        let end = lexer.offset();
        let highest_protocol = run.protocols.checked_ilog2().unwrap_or_default().to_le_bytes()[0];
        let finished = if error.is_none() { run.page.end(highest_protocol) } else { Ok(()) };
        let flushed = finished.and_then(|()| run.page.flush());
        if let Some(error) = error {
            return Err(error);
        }
        flushed.map_err(|fmt::Error| Complaint::new(ComplaintKind::Output, end, None))?;
        let left = run.machine.into_stack();
        if !left.is_empty() {
            run.noted.get_or_insert_with(|| Complaint::new(ComplaintKind::StackNotEmpty(left), end, None));
        }
        Ok(Summary { end, highest_protocol, complaint: run.noted })
    }
}

/// The state of a disassembly.
struct Run<'w, 'm> {
    page: Page<'w>,
    machine: Machine<'m>,
    decoder: Decoder,
    /// The number of blanks for each mark.
    step: usize,
    deepest: usize,
    /// The number of blanks before the next line.
    indent: usize,
    /// A bit for each protocol that an opcode is from.
    protocols: u8,
    /// The first complaint at which `pickletools` would have stopped.
    noted: Option<Complaint>,
    /// The complaint at which to stop.
    fatal: Option<Complaint>,
}

impl<'a> Visitor<'a> for Run<'_, '_> {
    /// True if more opcodes follow.
    type Output = bool;

    #[inline(always)]
    fn visit(&mut self, start: usize, _: &mut Lexer<'a>, op: Op<'a>) -> bool {
        let opcode = op.opcode();
        let row = Row::of(opcode);
        let mut argument = Argument::None;
        let reader =
            if row.has_argument { self.decoder.read(op, &mut argument) } else { Reader::Pickletools };
        if reader == Reader::Nobody {
            return complain(&mut self.fatal, ComplaintKind::Argument, start, opcode);
        }
        let before = self.machine.before(opcode, row, &argument);
        if self.page.line(start, row, self.indent, &argument, before.remark).is_err() {
            return complain(&mut self.fatal, ComplaintKind::Output, start, opcode);
        }
        if reader == Reader::Unpickler {
            complain(&mut self.noted, ComplaintKind::Argument, start, opcode);
        }
        if let Some(problem) = before.problem {
            let kind = ComplaintKind::new(problem, &argument);
            let first = if kind.is_read_by_python() { &mut self.noted } else { &mut self.fatal };
            complain(first, kind, start, opcode);
            if self.fatal.is_some() {
                return false;
            }
        }
        if let Err(problem) = self.machine.after(row, &before, start) {
            return complain(&mut self.fatal, ComplaintKind::new(problem, &argument), start, opcode);
        }
        if row.moves_marks {
            self.indent = self.step.saturating_mul(self.machine.depth().min(self.deepest));
        }
        self.protocols |= 1 << row.protocol;
        opcode != Opcode::Stop
    }
}

/// Keeps the first complaint.
#[cold]
fn complain(first: &mut Option<Complaint>, kind: ComplaintKind, offset: usize, opcode: Opcode) -> bool {
    first.get_or_insert_with(|| Complaint::new(kind, offset, Some(opcode)));
    false
}

impl fmt::Display for Disassembly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.write_to(f) {
            Ok(_) => Ok(()),
            Err(complaint) if *complaint.kind() == ComplaintKind::Output => Err(fmt::Error),
            Err(complaint) => writeln!(f, "{complaint}"),
        }
    }
}
