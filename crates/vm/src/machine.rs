//! The machine itself: one arm for each opcode.

// The arms are compiled into the lexer's dispatch, where the opcode is known; but not without optimisation, which would
// make one frame of a megabyte.

mod attached;
mod objects;
mod scalars;
mod stack;

use halfsour_lexer::text::number;
use halfsour_lexer::{self as lexer, HIGHEST_PROTOCOL, Lexer, Op, Visitor};
use halfsour_value::machine::{Container, OutOfBudget, Payload, Store};
use halfsour_value::{Id, View};

use self::attached::Outer;
use crate::memo::Memo;
use crate::{Error, ErrorKind, Event, Limit, Observer, Options};

/// What the machine works on; kept between pickles so that its memory is used again.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub store: Store,
    pub memo: Memo,
    stack: Vec<Id>,
    /// For each mark, the fence below it.
    marks: Vec<usize>,
    /// The protocol that the stream declared last.
    pub protocol: u8,
    next_buffer: usize,
    /// The pickle that goes on after the one that is attached to an object of it.
    outer: Option<Outer>,
}

impl State {
    pub fn restart_buffers(&mut self) {
        self.next_buffer = 0;
    }

    pub fn stack(&self) -> &[Id] {
        &self.stack
    }

    /// Whether the pickle that is run is attached to an object of another.
    pub fn is_attached(&self) -> bool {
        self.outer.is_some()
    }

    /// The objects on the stack, and for each mark the fence below it.
    pub fn take_stack(&mut self) -> (Vec<Id>, Vec<usize>) {
        (std::mem::take(&mut self.stack), std::mem::take(&mut self.marks))
    }

    /// Makes ready for another pickle, which may use the memo of the last.
    pub fn start_pickle(&mut self) {
        self.stack.clear();
        self.marks.clear();
        self.protocol = 0;
        self.outer = None;
    }
}

/// How far a pickle has been run.
#[derive(Debug)]
pub(crate) struct Position {
    /// Where the next opcode begins.
    pub offset: usize,
    opcodes_left: u64,
    fence: usize,
    /// Where the frame ends that ends last, of those that were not all there.
    pub frames_end: u64,
}

impl Position {
    pub fn new(offset: usize, options: &Options) -> Self {
        Self { offset, opcodes_left: options.limits.opcodes, fence: 0, frames_end: 0 }
    }
}

/// Runs one pickle, or what has arrived of it.
pub(crate) struct Machine<'m, 'a, O> {
    pub state: &'m mut State,
    source: &'a [u8],
    options: &'m Options,
    observer: O,
    /// Nothing below this height of the stack may be taken: where the topmost mark is.
    fence: usize,
    /// Whether several opcodes may be run at once: nobody watches them, and they cannot be too many.
    is_fused: bool,
    /// Whether nothing follows the source.
    is_whole: bool,
    /// Whether a frame may be longer than a source that is whole.
    is_lenient: bool,
    frames_end: u64,
}

/// What stops the machine: one word, so that each arm of the dispatch hands on its result in a register.
#[derive(Debug)]
pub(crate) struct Fault(Box<ErrorKind>);

impl From<ErrorKind> for Fault {
    #[cold]
    #[inline(never)]
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<OutOfBudget> for Fault {
    #[cold]
    #[inline(never)]
    fn from(full: OutOfBudget) -> Self {
        Self(Box::new(full.into()))
    }
}

type Done = Result<(), Fault>;

impl<'m, 'a, O: Observer> Machine<'m, 'a, O> {
    /// A machine for a source that is whole.
    pub fn new(state: &'m mut State, source: &'a [u8], options: &'m Options, observer: O) -> Self {
        let is_fused = !O::IS_ACTIVE && options.limits.opcodes >= source.len() as u64;
        Self {
            state,
            source,
            options,
            observer,
            fence: 0,
            is_fused,
            is_whole: true,
            is_lenient: false,
            frames_end: 0,
        }
    }

    /// A machine for the beginning of a source.
    pub fn for_partial_input(
        state: &'m mut State,
        source: &'a [u8],
        options: &'m Options,
        observer: O,
    ) -> Self {
        // How many opcodes there will be is not known.
        let is_fused = !O::IS_ACTIVE && options.limits.opcodes == u64::MAX;
        Self { is_fused, is_whole: false, ..Self::new(state, source, options, observer) }
    }

    /// The same, which runs a frame as far as it goes.
    pub fn lenient(self) -> Self {
        Self { is_lenient: true, ..self }
    }

    /// The height of the topmost mark; 0 without marks.
    pub fn fence(&self) -> usize {
        self.fence
    }

    /// Where the frame ends that ends last, of those that are not all there.
    pub fn frames_end(&self) -> u64 {
        self.frames_end
    }

    /// Runs the pickle on from `position` to its STOP, and gives the object. If a piece ends before, that is `None`, and
    /// `position` is where the pickle can be run on, with the same state.
    pub fn run(&mut self, position: &mut Position) -> Result<Option<Id>, Error> {
        let mut lexer = Lexer::at(self.source, position.offset);
        let mut opcodes_left = position.opcodes_left;
        self.fence = position.fence;
        self.frames_end = position.frames_end;
        let object = loop {
            let start = lexer.offset();
            if opcodes_left == 0 && !lexer.rest().is_empty() {
                return Err(self.error(ErrorKind::Limit(Limit::Opcodes), start));
            }
            match lexer.visit(self) {
                Ok(Ok(())) if !lexer.is_done() => opcodes_left -= 1,
                Ok(Ok(())) => {
                    let object = self.state.stack[self.state.stack.len() - 1];
                    match self.state.outer.take() {
                        None => break Some(object),
                        Some(outer) => self.go_on(outer, object).map_err(|kind| self.error(kind, start))?,
                    }
                    opcodes_left -= 1;
                    lexer = Lexer::at(self.source, lexer.offset());
                }
                Ok(Err(fault)) => return Err(self.error(*fault.0, start)),
                Err(error) if !self.is_whole && error.kind() == lexer::ErrorKind::UnexpectedEnd => {
                    break None;
                }
                Err(error) => return Err(error.into()),
            }
        };
        let (fence, frames_end) = (self.fence, self.frames_end);
        *position = Position { offset: lexer.offset(), opcodes_left, fence, frames_end };
        Ok(object)
    }

    #[cold]
    fn error(&self, kind: ErrorKind, offset: usize) -> Error {
        let opcode = self.source.get(offset).and_then(|&byte| lexer::Opcode::from_byte(byte));
        Error::new(kind, offset, opcode)
    }

    /// A frame of which not all is there.
    #[cold]
    fn long_frame(&mut self, start: usize, length: u64) -> Done {
        if self.is_whole && !self.is_lenient {
            return Err(ErrorKind::FrameTooLong.into());
        }
        let end = length.saturating_add(start as u64);
        if end > self.options.limits.input as u64 {
            return Err(ErrorKind::Limit(Limit::Input).into());
        }
        self.frames_end = self.frames_end.max(end);
        Ok(())
    }

    fn event(&mut self, offset: usize, event: Event) {
        self.observer.event(View::new(&self.state.store, self.source), offset, event);
    }
}

impl<'a, O: Observer> Visitor<'a> for Machine<'_, 'a, O> {
    type Output = Done;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn visit(&mut self, start: usize, lexer: &mut Lexer<'a>, op: Op<'a>) -> Self::Output {
        let end = lexer.offset();
        self.observer.opcode(start, op.opcode());
        match op {
            Op::Mark => {
                self.state.marks.push(self.fence);
                self.fence = self.state.stack.len();
                Ok(())
            }
            Op::Stop => self.need(1),
            Op::Pop => self.pop_op(start),
            Op::PopMark => self.pop_mark().map(|height| self.state.stack.truncate(height)),
            Op::Dup => self.need(1).and_then(|()| self.push(self.state.stack[self.state.stack.len() - 1])),

            Op::None => self.push(Id::NONE),
            Op::NewTrue => self.push(Id::TRUE),
            Op::NewFalse => self.push(Id::FALSE),
            Op::Int(line) => self.int_line(start, line),
            Op::Long(line) => self.long_line(start, line),
            Op::BinInt(value) => self.int(start, value.into()).map(|()| self.more_ints(lexer)),
            Op::BinInt1(value) => self.small(value.into()).map(|()| self.more_ints(lexer)),
            Op::BinInt2(value) => self.small(value.into()).map(|()| self.more_ints(lexer)),
            Op::Long1(bytes) | Op::Long4(bytes) => self.long(start, end, bytes),
            Op::Float(line) => self.float_line(start, line),
            Op::BinFloat(value) => self.float(start, value),

            Op::Unicode(line) => self.unicode_line(start, end, line),
            // The other opcodes of text are those of protocols that have no MEMOIZE, or of long ones.
            Op::ShortBinUnicode(text) => self.unicode(start, end, text).map(|()| self.memoize(lexer)),
            Op::BinUnicode(text) | Op::BinUnicode8(text) => self.unicode(start, end, text),
            Op::String(line) => self.string_line(start, end, line),
            Op::BinString(bytes) | Op::ShortBinString(bytes) => self.byte_string(start, end, bytes),
            Op::BinBytes(bytes) | Op::ShortBinBytes(bytes) | Op::BinBytes8(bytes) => {
                self.payload(Payload::Bytes, start, end, bytes)
            }
            Op::ByteArray8(bytes) => self.payload(Payload::ByteArray, start, end, bytes),
            Op::NextBuffer => self.next_buffer(start),
            Op::ReadonlyBuffer => self.read_only_buffer(start),

            Op::EmptyTuple => self.push(Id::EMPTY_TUPLE),
            Op::Tuple1 => self.collect_counted(start, 1),
            Op::Tuple2 => self.collect_counted(start, 2),
            Op::Tuple3 => self.collect_counted(start, 3),
            Op::Tuple => self.collect_marked(Container::Tuple, start),
            Op::EmptyList => {
                self.collect(Container::List, start, self.state.stack.len()).map(|()| self.memoize(lexer))
            }
            Op::List => self.collect_marked(Container::List, start),
            Op::EmptyDict => {
                self.collect(Container::Dict, start, self.state.stack.len()).map(|()| self.memoize(lexer))
            }
            Op::Dict => {
                let height = self.pop_mark()?;
                if !(self.state.stack.len() - height).is_multiple_of(2) {
                    return Err(ErrorKind::OddItems.into());
                }
                self.collect(Container::Dict, start, height)
            }
            Op::EmptySet => self.collect(Container::Set, start, self.state.stack.len()),
            Op::FrozenSet => self.collect_marked(Container::FrozenSet, start),
            Op::Append => self.need(2).and_then(|()| self.append(start, self.state.stack.len() - 1)),
            Op::Appends => self.pop_mark().and_then(|height| self.append(start, height)),
            Op::SetItem => self.need(3).and_then(|()| self.set_items(start, self.state.stack.len() - 2)),
            Op::SetItems => self.pop_mark().and_then(|height| self.set_items(start, height)),
            Op::AddItems => self.add_items(start),

            Op::Put(line) => number::index_line(line).map_err(number_fault).and_then(|slot| self.put(slot)),
            Op::BinPut(slot) => self.put(slot.into()),
            Op::LongBinPut(slot) => self.put(slot.into()),
            Op::Memoize => self.put(self.state.memo.set() as u64),
            Op::Get(line) => number::index_line(line).map_err(number_fault).and_then(|slot| self.get(slot)),
            Op::BinGet(slot) => self.get(slot.into()),
            Op::LongBinGet(slot) => self.get(slot.into()).map(|()| self.more_gets(lexer)),

            Op::Global(lines) => self.global_op(start, end, lines),
            Op::StackGlobal => self.stack_global(start),
            Op::Ext1(code) => self.extension(start, code.into()),
            Op::Ext2(code) => self.extension(start, code.into()),
            Op::Ext4(code) => self.extension(start, code.into()),
            Op::Reduce => self.reduce(start),
            Op::NewObj => self.new_object(start, false),
            Op::NewObjEx => self.new_object(start, true),
            Op::Inst(lines) => self.inst(start, end, lines),
            Op::Obj => self.obj(start),
            Op::Build => self.build(start).and_then(|object| self.attach(lexer, object)),
            Op::PersId(line) => self.persistent_id_line(start, end, line),
            Op::BinPersId => self.pop().and_then(|id| self.persistent_id(start, id)),

            Op::Proto(protocol) if protocol > HIGHEST_PROTOCOL => {
                Err(ErrorKind::UnsupportedProtocol(protocol).into())
            }
            Op::Proto(protocol) => {
                self.state.protocol = protocol;
                Ok(())
            }
            Op::Frame(length) if length > (self.source.len() - end) as u64 => self.long_frame(end, length),
            Op::Frame(_) => Ok(()),
        }
    }
}

fn number_fault(error: number::NumberError) -> Fault {
    ErrorKind::Number(error).into()
}
