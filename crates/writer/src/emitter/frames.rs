//! The frames of protocols 4 and 5.

use halfsour_opcode::Opcode;

use super::Emitter;

/// The size in bytes from which CPython closes a frame, and writes a payload outside of frames.
pub(super) const FRAME_TARGET: usize = 64 * 1024;
/// The least size in bytes of a frame, since CPython 3.7.
const FRAME_LEAST: usize = 4;
const FRAME_HEADER: usize = 9;
/// An upper bound for the length in bytes of a binary number with its opcode.
pub(super) const SHORT: usize = 16;

/// The open frame, if there is one.
#[derive(Debug)]
pub(super) struct Frames {
    on: bool,
    /// The least size of a frame, in bytes; shorter ones are written without a header.
    least: usize,
    /// The index of the open frame's header.
    start: Option<usize>,
    /// The length of the output from which an object needs a new frame: the open one is full, or none is open.
    limit: usize,
}

impl Frames {
    pub fn new(on: bool) -> Self {
        let limit = if on { 0 } else { usize::MAX };
        Self { on, least: FRAME_LEAST, start: None, limit }
    }
}

impl Emitter {
    /// Frames payloads of any size, as CPython 3.6 did.
    pub(crate) fn frame_all(&mut self) {
        // Even CPython 3.6 wrote no empty frame.
        self.frames.least = 1;
    }

    /// Returns whether a short object can be written at once: in binary, in the open frame, without growing the buffer. The
    /// code for this case makes no calls.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn has_room(&self) -> bool {
        let length = self.out.len();
        self.protocol >= 2 && length < self.frames.limit && self.out.capacity() - length >= SHORT
    }

    /// Prepares for the first opcode of an object. CPython closes a full frame only here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn object(&mut self) {
        if self.out.len() >= self.frames.limit {
            self.close_frame();
            self.open_frame();
        }
    }

    /// Opens a frame, if none is open.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn in_frame(&mut self) {
        if self.out.len() >= self.frames.limit && self.frames.start.is_none() {
            self.open_frame();
        }
    }

    #[cold]
    fn open_frame(&mut self) {
        if self.frames.on {
            self.frames.start = Some(self.out.len());
            self.out.extend([0; FRAME_HEADER]);
            self.frames.limit = self.out.len() + FRAME_TARGET;
        }
    }

    #[cold]
    pub(super) fn close_frame(&mut self) {
        let Some(start) = self.frames.start.take() else { return };
        self.frames.limit = 0;
        let payload = start + FRAME_HEADER;
        let length = self.out.len() - payload;
        if length >= self.frames.least {
            self.out[start] = Opcode::Frame.byte();
            self.out[start + 1..payload].copy_from_slice(&(length as u64).to_le_bytes());
        } else {
            self.out.drain(start..payload);
        }
    }
}
