//! [`Emitter`]: a method for each kind of Python object, to bytes.

mod frames;
mod memo;
mod node;
mod numbers;

use halfsour_opcode::{HIGHEST_PROTOCOL, Op, Opcode};
use halfsour_text::{names, repr, wtf8};

use frames::{FRAME_TARGET, Frames};

use crate::batch::{Batch, Members, Punctuation};
use crate::op::write_op;
use crate::{Error, ErrorKind, Options};

/// Writes one pickle, object by object.
///
/// There is a method for each kind of Python object: [`int`](Self::int), [`str`](Self::str), [`begin`](Self::begin) for a
/// list, with calls around each item. The emitter knows the opcodes of the protocol, the batches of members, and the frames.
/// The caller decides which objects are memoised.
///
/// ```
/// use halfsour_writer::{Emitter, Members, Options};
///
/// let mut e = Emitter::new(&Options::default().with_protocol(2))?;
/// let mut list = e.begin(Members::List, Some(2));
/// for value in [1, 1000] {
///     e.before_item(&mut list);
///     e.int(value);
///     e.after_item(&mut list);
/// }
/// e.end(list);
/// assert_eq!(e.finish(), b"\x80\x02](K\x01M\xe8\x03e.");
/// # Ok::<(), halfsour_writer::Error>(())
/// ```
#[derive(Debug)]
pub struct Emitter {
    out: Vec<u8>,
    protocol: u8,
    fix_imports: bool,
    frames: Frames,
    memoized: u64,
    /// The slots of the memo need no numbers where the next one is set.
    counts_slots: bool,
}

impl Emitter {
    /// Begins a pickle.
    ///
    /// # Errors
    ///
    /// If the protocol does not exist.
    pub fn new(options: &Options) -> Result<Self, Error> {
        Self::with_buffer(options, Vec::new())
    }

    /// Begins a pickle behind the bytes that `buffer` holds already.
    ///
    /// # Errors
    ///
    /// If the protocol does not exist.
    pub fn with_buffer(options: &Options, buffer: Vec<u8>) -> Result<Self, Error> {
        let protocol = options.protocol;
        if protocol > HIGHEST_PROTOCOL {
            return Err(ErrorKind::UnsupportedProtocol(protocol).into());
        }
        let mut out = buffer;
        if protocol >= 2 {
            out.extend([Opcode::Proto.byte(), protocol]);
        }
        let frames = Frames::new(options.framing && protocol >= 4);
        let counts_slots = protocol >= 4 && !options.numbered_slots;
        Ok(Self { out, protocol, fix_imports: options.fix_imports, frames, memoized: 0, counts_slots })
    }

    /// Returns the protocol, 0 to 5.
    pub fn protocol(&self) -> u8 {
        self.protocol
    }

    /// Returns the length of the output in bytes, those included that the buffer held at first.
    pub(crate) fn length(&self) -> usize {
        self.out.len()
    }

    /// Returns the number of objects that have been memoised.
    pub fn memoized(&self) -> u64 {
        self.memoized
    }

    /// Ends the pickle. Returns its bytes, behind those that the buffer held at first.
    pub fn finish(mut self) -> Vec<u8> {
        self.op(Opcode::Stop);
        self.close_frame();
        self.out
    }

    /// Writes an opcode without an argument, which does not begin an object.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn op(&mut self, opcode: Opcode) {
        self.in_frame();
        self.out.push(opcode.byte());
    }

    /// Writes an opcode without an argument, which begins an object, and so may close the frame.
    #[inline]
    pub(crate) fn op_with_frame_check(&mut self, opcode: Opcode) {
        self.object();
        self.out.push(opcode.byte());
    }

    /// Writes an object that is an opcode with a payload; a large one is written outside of frames.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn payload<const N: usize>(&mut self, opcode: Opcode, length: [u8; N], payload: &[u8]) {
        if payload.len() >= FRAME_TARGET {
            self.close_frame();
        } else {
            self.object();
        }
        self.out.reserve(1 + N + payload.len());
        self.write(opcode, length);
        self.out.extend_from_slice(payload);
    }

    /// Writes an opcode with an argument of at most eight bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn write<const N: usize>(&mut self, opcode: Opcode, arg: [u8; N]) {
        const { assert!(N <= 8) };
        let mut op = [opcode.byte(); 9];
        op[1..=N].copy_from_slice(&arg);
        self.out.extend_from_slice(&op[..=N]);
    }

    #[inline(never)]
    fn line(&mut self, opcode: Opcode, text: impl std::fmt::Display, end: &str) {
        use std::io::Write;
        self.in_frame();
        self.out.push(opcode.byte());
        // Writing to a Vec does not fail.
        let _ = writeln!(self.out, "{text}{end}");
    }

    /// Writes `None`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn none(&mut self) {
        self.op_with_frame_check(Opcode::None);
    }

    /// Writes a bool.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn bool(&mut self, value: bool) {
        self.object();
        match (self.protocol, value) {
            (0 | 1, _) => self.line(Opcode::Int, if value { "01" } else { "00" }, ""),
            (_, true) => self.out.push(Opcode::NewTrue.byte()),
            (_, false) => self.out.push(Opcode::NewFalse.byte()),
        }
    }

    /// Writes a str.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn str(&mut self, text: &str) {
        self.wtf8(text.as_bytes());
    }

    /// Writes a str that may have lone surrogates, given in WTF-8.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn wtf8(&mut self, text: &[u8]) {
        if self.protocol >= 4
            && let Ok(length) = u8::try_from(text.len())
        {
            self.object();
            self.write(Opcode::ShortBinUnicode, [length]);
            self.out.extend_from_slice(text);
        } else {
            self.long_text(text);
        }
    }

    /// Writes a str for which there is no short opcode.
    #[inline(never)]
    fn long_text(&mut self, text: &[u8]) {
        if self.protocol == 0 {
            self.unicode_line(text);
        } else if let Ok(length) = u32::try_from(text.len()) {
            self.payload(Opcode::BinUnicode, length.to_le_bytes(), text);
        } else {
            self.payload(Opcode::BinUnicode8, (text.len() as u64).to_le_bytes(), text);
        }
    }

    /// Writes text in `raw-unicode-escape`, and also escapes the characters that would end the line or that readers cut off.
    fn unicode_line(&mut self, text: &[u8]) {
        use std::io::Write;
        self.out.push(Opcode::Unicode.byte());
        for c in wtf8::chars(text) {
            let written = match c {
                0 | 0x0a | 0x0d | 0x1a | 0x5c | 0x100..=0xffff => write!(self.out, "\\u{c:04x}"),
                0x1_0000.. => write!(self.out, "\\U{c:08x}"),
                _ => {
                    self.out.push(u8::try_from(c).unwrap_or_default());
                    Ok(())
                }
            };
            // Writing to a Vec does not fail.
            let _ = written;
        }
        self.out.push(b'\n');
    }

    /// Writes a Python 2 string.
    pub fn byte_string(&mut self, bytes: &[u8]) {
        if self.protocol == 0 {
            // The literal of bytes, without its prefix.
            let text = repr::Bytes(bytes).to_string();
            self.line(Opcode::String, &text[1..], "");
        } else if let Ok(length) = u8::try_from(bytes.len()) {
            self.payload(Opcode::ShortBinString, [length], bytes);
        } else {
            let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
            self.payload(Opcode::BinString, length.to_le_bytes(), bytes);
        }
    }

    /// Writes `bytes`. Needs protocol 3.
    ///
    /// # Panics
    ///
    /// In debug builds, if the protocol is lower than 3.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        debug_assert!(self.protocol >= 3);
        if let Ok(length) = u8::try_from(bytes.len()) {
            self.payload(Opcode::ShortBinBytes, [length], bytes);
        } else if let Ok(length) = u32::try_from(bytes.len()) {
            self.payload(Opcode::BinBytes, length.to_le_bytes(), bytes);
        } else {
            self.payload(Opcode::BinBytes8, (bytes.len() as u64).to_le_bytes(), bytes);
        }
    }

    /// Writes a bytearray. Needs protocol 5.
    ///
    /// # Panics
    ///
    /// In debug builds, if the protocol is lower than 5.
    pub fn bytearray(&mut self, bytes: &[u8]) {
        debug_assert!(self.protocol >= 5);
        self.payload(Opcode::ByteArray8, (bytes.len() as u64).to_le_bytes(), bytes);
    }

    /// Writes an empty tuple.
    pub fn empty_tuple(&mut self) {
        self.object();
        if self.protocol == 0 {
            self.op(Opcode::Mark);
            self.op(Opcode::Tuple);
        } else {
            self.op(Opcode::EmptyTuple);
        }
    }

    /// Begins a tuple of `length` members, at least one. Write the members next, then call [`end_tuple`](Self::end_tuple).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn begin_tuple(&mut self, length: usize) {
        self.object();
        if self.protocol < 2 || length > 3 {
            self.op(Opcode::Mark);
        }
    }

    /// Ends a tuple of `length` members, at least one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn end_tuple(&mut self, length: usize) {
        self.op(match length {
            1 if self.protocol >= 2 => Opcode::Tuple1,
            2 if self.protocol >= 2 => Opcode::Tuple2,
            3 if self.protocol >= 2 => Opcode::Tuple3,
            _ => Opcode::Tuple,
        });
    }

    /// Drops the members of a tuple that turned out to be in the memo already.
    pub(crate) fn drop_tuple(&mut self, length: usize) {
        let marked = self.protocol < 2 || length > 3;
        if marked && self.protocol > 0 {
            self.op(Opcode::PopMark);
        } else {
            for _ in 0..length + usize::from(marked) {
                self.op(Opcode::Pop);
            }
        }
    }

    /// Writes an empty list, dict or set, to be memoised and filled next, or begins a frozenset. A set or frozenset needs protocol 4.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn empty(&mut self, members: Members) {
        self.object();
        let (empty, old) = match members {
            Members::List | Members::Appended => (Opcode::EmptyList, Opcode::List),
            Members::Dict | Members::Assigned => (Opcode::EmptyDict, Opcode::Dict),
            Members::Set | Members::Added => (Opcode::EmptySet, Opcode::EmptySet),
            Members::FrozenSet => (Opcode::Mark, Opcode::Mark),
        };
        if self.protocol == 0 {
            self.op(Opcode::Mark);
            self.op(old);
        } else {
            self.op(empty);
        }
    }

    /// Begins the members of a container that is on the stack already, such as an object that a call has made. They are written as
    /// those of [`begin`](Self::begin).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn members(&self, members: Members, length: Option<usize>) -> Batch {
        Batch::new(members, self.protocol, length)
    }

    /// Begins a list, a dict, a set or a frozenset. `length` is the number of members (pairs, for a dict), if it is known.
    ///
    /// For each member, call [`before_item`](Self::before_item), write it, and call [`after_item`](Self::after_item). Then
    /// call [`end`](Self::end). A set or frozenset needs protocol 4.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn begin(&mut self, members: Members, length: Option<usize>) -> Batch {
        self.empty(members);
        self.members(members, length)
    }

    /// Begins an item. Write it next; for a dict, write a key and then a value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn before_item(&mut self, batch: &mut Batch) {
        if batch.before() {
            self.op(Opcode::Mark);
        }
    }

    /// Ends an item.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn after_item(&mut self, batch: &mut Batch) {
        match batch.after() {
            Punctuation::Nothing => {}
            Punctuation::One(opcode) => self.op(opcode),
            Punctuation::Empty(many, mark, again) => {
                self.op(many);
                self.op(mark);
                self.op(again);
            }
        }
    }

    /// Ends a list, a dict, a set or a frozenset.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn end(&mut self, batch: Batch) {
        if let Some(opcode) = batch.end() {
            self.op(opcode);
        }
    }

    /// Writes a global, that is a class or function, by the two lines of `GLOBAL`. Protocols 4 and 5 can also write it by
    /// [`stack_global`](Self::stack_global).
    ///
    /// # Errors
    ///
    /// If a name is empty or contains a newline.
    pub fn global(&mut self, module: &str, name: &str) -> Result<(), Error> {
        self.object();
        let (module, name) = self.fixed(module, name);
        if module.is_empty() || name.is_empty() {
            return Err(ErrorKind::Name.into());
        }
        self.in_frame();
        write_op(&mut self.out, &Op::Global((module.as_bytes(), name.as_bytes())))
    }

    /// Returns Python 2's names for a global, if they are to be written, or else the given ones.
    pub(crate) fn fixed<'n>(&self, module: &'n str, name: &'n str) -> (&'n str, &'n str) {
        if self.protocol < 3 && self.fix_imports {
            names::to_python2(module, name).unwrap_or((module, name))
        } else {
            (module, name)
        }
    }

    /// Replaces the two strings on top of the stack, module and name, by the global of that name. Needs protocol 4.
    pub fn stack_global(&mut self) {
        self.op(Opcode::StackGlobal);
    }

    /// Writes an opcode with its argument, for objects that have no method here.
    ///
    /// # Errors
    ///
    /// As [`write_op`].
    pub fn raw(&mut self, op: &Op<'_>) -> Result<(), Error> {
        self.in_frame();
        write_op(&mut self.out, op)
    }
}
