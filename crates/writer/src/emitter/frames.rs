//! Frames.

use halfsour_opcode::Opcode;

use super::Emitter;

/// CPython closes a frame once it has this size, and writes payloads of this size outside frames.
pub(super) const FRAME_TARGET: usize = 64 * 1024;
/// Since 3.7, CPython writes no frame of less.
const FRAME_LEAST: usize = 4;
const FRAME_HEADER: usize = 9;
/// The longest number in binary has so many bytes, or fewer.
pub(super) const SHORT: usize = 16;

/// The open frame, if one is.
#[derive(Debug)]
pub(super) struct Frames {
    on: bool,
    /// A frame of less is not worth its header.
    least: usize,
    /// Where the open frame's header is.
    start: Option<usize>,
    /// From this length of the output on, there is something to be done before an object: the open frame is full, or none
    /// is open.
    limit: usize,
}

impl Frames {
    pub fn new(on: bool) -> Self {
        let limit = if on { 0 } else { usize::MAX };
        Self { on, least: FRAME_LEAST, start: None, limit }
    }
}

impl Emitter {
    /// Frames whatever there is, as CPython 3.6 did.
    pub(crate) fn frame_all(&mut self) {
        // Of nothing, there never was one.
        self.frames.least = 1;
    }

    /// Whether a short object can be written as it is: in binary, in the open frame and in memory that is there. The code
    /// for this case makes no calls.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn has_room(&self) -> bool {
        let length = self.out.len();
        self.protocol >= 2 && length < self.frames.limit && self.out.capacity() - length >= SHORT
    }

    /// An object begins here. CPython closes a full frame only here.
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
