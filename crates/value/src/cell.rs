//! Sixteen bytes a node: what [`Store`](crate::machine::Store) is made of.

use halfsour_text::wtf8::Encoding;

/// What the data of a cell means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Tag {
    /// An `i64`; in the flags, the [`IntSpelling`](crate::IntSpelling) if it is not the usual one.
    Int,
    /// The bits of an `f64`.
    Float,
    /// Two floats, by their ids.
    Complex,
    /// A payload: a little-endian two's complement integer.
    BigInt,
    /// A payload: WTF-8; its encoding is in the flags.
    Str,
    /// A payload.
    ByteString,
    /// A payload.
    Bytes,
    /// A payload.
    ByteArray,
    /// A region.
    List,
    /// A region; whether it is hashable, if that is known, is in the flags.
    Tuple,
    /// A region of keys and values in turn, as the stream gave them.
    Dict,
    /// A region of members, as the stream gave them.
    Set,
    /// A region of members, as the stream gave them.
    FrozenSet,
    /// The ids of module and qualified name; in the flags, the [`Builtin`](crate::machine::Builtin).
    Global,
    /// A region: callable, args, kwargs if the form has them, then runs of steps. In the flags, the [`Form`](crate::Form).
    Instance,
    /// An id.
    PersistentId,
    /// A code.
    Extension,
    /// The index of an out-of-band buffer.
    Buffer,
    /// The id of what the view shows.
    ReadOnly,
}

impl Tag {
    /// How many ids an entry of its region takes, if entries have keys: of a dict a key and a value, of a set a member.
    pub const fn entry_width(self) -> Option<usize> {
        match self {
            Self::Dict => Some(2),
            Self::Set | Self::FrozenSet => Some(1),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub tag: Tag,
    pub flags: u8,
    origin_high: u16,
    origin_low: u32,
    data: u64,
}

/// The payload is in the store's pool, after its length; otherwise it is in the source, some bytes after the origin.
const OWNED: u8 = 0x80;
const ENCODING: u8 = 0x30;
/// Of text and bytes: the payload was a Python 2 string.
const PYTHON2: u8 = 0x40;
/// A Python 2 string with this distance is in the pool.
const POOLED: u8 = DELTA;
const DELTA: u8 = 0x0f;

/// A tuple was found to be hashable, or not to be.
pub(crate) const HASHABLE: u8 = 1;
pub(crate) const UNHASHABLE: u8 = 2;
/// It is so if its members are, which are being looked at.
pub(crate) const ASKED: u8 = 3;

/// Of a region: how many slots it has, as a power of two; 0 for as many as it holds.
const CAPACITY: u8 = 0x1f;
const FORM_SHIFT: u8 = 5;

/// Where a payload is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Source { start: usize, length: usize },
    Pool { start: usize },
}

/// Where a Python 2 string is that text or bytes were made of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Python2 {
    /// It has the same bytes.
    Same,
    /// In the source; its length is after the text in the pool.
    Source { start: usize },
    /// After the text in the pool, with its length.
    AfterText,
}

#[allow(clippy::cast_possible_truncation)] // offsets have 48 bits, as the store checks
impl Cell {
    #[inline]
    pub const fn new(tag: Tag, flags: u8, origin: usize, data: u64) -> Self {
        Self { tag, flags, origin_high: (origin as u64 >> 32) as u16, origin_low: origin as u32, data }
    }

    /// A cell whose payload is in the source, at most 15 bytes after the origin.
    #[inline]
    pub const fn borrowed(tag: Tag, encoding: Encoding, origin: usize, delta: u8, length: usize) -> Self {
        debug_assert!(delta <= DELTA);
        Self::new(tag, delta | encoding_bits(encoding), origin, length as u64)
    }

    pub const fn owned(tag: Tag, encoding: Encoding, origin: usize, start: usize) -> Self {
        Self::new(tag, OWNED | encoding_bits(encoding), origin, start as u64)
    }

    /// Text that a Python 2 string was decoded to; the string is `delta` bytes after the origin or, for `None`, after the text in the pool.
    pub const fn decoded(encoding: Encoding, origin: usize, start: usize, delta: Option<u8>) -> Self {
        let delta = match delta {
            Some(delta) => delta,
            None => POOLED,
        };
        debug_assert!(0 < delta && delta <= DELTA);
        Self::new(Tag::Str, OWNED | PYTHON2 | encoding_bits(encoding) | delta, origin, start as u64)
    }

    /// Records that the payload is that of a Python 2 string.
    pub const fn mark_python2(&mut self) {
        self.flags |= PYTHON2;
    }

    /// The place of the Python 2 string that text or bytes were made of.
    pub const fn python2(&self) -> Option<Python2> {
        match (self.flags & PYTHON2, self.flags & OWNED, self.flags & DELTA) {
            (0, ..) => None,
            (_, OWNED, POOLED) => Some(Python2::AfterText),
            (_, OWNED, delta @ 1..) => Some(Python2::Source { start: self.origin() + delta as usize }),
            _ => Some(Python2::Same),
        }
    }

    #[inline]
    pub const fn pair(tag: Tag, flags: u8, origin: usize, first: u32, second: u32) -> Self {
        Self::new(tag, flags, origin, first as u64 | (second as u64) << 32)
    }

    #[inline]
    pub const fn origin(&self) -> usize {
        ((self.origin_high as u64) << 32 | self.origin_low as u64) as usize
    }

    #[inline]
    pub const fn data(&self) -> u64 {
        self.data
    }

    #[inline]
    pub const fn first(&self) -> u32 {
        self.data as u32
    }

    #[inline]
    pub const fn second(&self) -> u32 {
        (self.data >> 32) as u32
    }

    #[inline]
    pub const fn place(&self) -> Place {
        if self.flags & OWNED != 0 {
            Place::Pool { start: self.data as usize }
        } else {
            let start = self.origin() + (self.flags & DELTA) as usize;
            Place::Source { start, length: self.data as usize }
        }
    }

    #[inline]
    pub const fn encoding(&self) -> Encoding {
        match self.flags & ENCODING {
            0 => Encoding::Ascii,
            0x10 => Encoding::Utf8,
            _ => Encoding::Wtf8,
        }
    }

    /// Start and length of the region.
    #[inline]
    pub const fn region(&self) -> (usize, usize) {
        (self.first() as usize, self.second() as usize)
    }

    pub const fn capacity(&self) -> usize {
        match self.flags & CAPACITY {
            0 => self.second() as usize,
            power => 1 << power,
        }
    }

    /// The same cell with another region; `power` says how many slots it has, 0 for exactly `length`.
    #[inline]
    pub fn move_region(&mut self, start: usize, length: usize, power: u8) {
        self.data = start as u64 | (length as u64) << 32;
        self.flags = self.flags & !CAPACITY | power;
    }

    /// The same cell with the region in its place, now of fewer ids.
    pub fn shorten_region(&mut self, length: usize) {
        let (start, _) = self.region();
        self.move_region(start, length, self.flags & CAPACITY);
    }

    pub const fn form_bits(&self) -> u8 {
        self.flags >> FORM_SHIFT
    }

    pub const fn with_form_bits(mut self, form: u8) -> Self {
        self.flags = self.flags & CAPACITY | form << FORM_SHIFT;
        self
    }
}

const fn encoding_bits(encoding: Encoding) -> u8 {
    match encoding {
        Encoding::Ascii => 0,
        Encoding::Utf8 => 0x10,
        Encoding::Wtf8 => 0x20,
    }
}

const _: () = assert!(size_of::<Cell>() == 16);
