//! How lines are laid out.

use alloc::boxed::Box;
use core::fmt::{self, Write};

use halfsour_text::repr;

use super::argument::Argument;
use super::machine::{Remark, Row};

/// Writes lines, in large pieces: a call of the writer for each word would take most of the time.
pub(super) struct Page<'w> {
    out: &'w mut dyn Write,
    buffer: Box<[u8; CAPACITY]>,
    /// How much of the buffer is used.
    len: usize,
    annotate: usize,
    /// The column at which the next annotation would best begin.
    column: usize,
    /// Where the part of the line begins that is still in the buffer, without the offset.
    line: usize,
    /// How many characters of the line are no longer in the buffer.
    written: usize,
    counters: Counters,
}

const CAPACITY: usize = 8192;

/// What a [`Cursor`] may need: an offset, the columns, a short text and a remark.
const ROOM: usize = 512;

/// Texts and indents of more bytes are not left to a [`Cursor`].
pub(super) const SHORT: usize = 64;

impl<'w> Page<'w> {
    pub fn new(out: &'w mut dyn Write, annotate: usize) -> Self {
        Self {
            out,
            buffer: Box::new([0; CAPACITY]),
            len: 0,
            annotate,
            column: annotate,
            line: 0,
            written: 0,
            counters: Counters { offset: Counter::new(5), stored: Counter::new(1) },
        }
    }

    #[inline(always)]
    pub fn line(
        &mut self,
        offset: usize,
        row: &Row,
        indent: usize,
        argument: &Argument<'_>,
        remark: Remark,
    ) -> fmt::Result {
        let has_argument = !matches!(argument, Argument::None);
        let has_remark = !matches!(remark, Remark::Nothing);

        let annotate = self.annotate > 0;
        self.make_room()?;
        let mut cursor = Cursor { buffer: &mut self.buffer, len: self.len, counters: &mut self.counters };
        cursor.counted(|counters| &mut counters.offset, offset);
        (self.line, self.written) = (cursor.len + 2, 0);
        cursor.put(&row.label, row.label.len());
        if indent <= SHORT {
            cursor.blanks(indent);
        } else {
            self.len = cursor.len;
            self.blanks(indent)?;
            cursor = self.cursor()?;
        }
        cursor
            .put(&row.name, if has_argument || has_remark { row.name_len.max(10) + 1 } else { row.name_len });

        if !cursor.argument(argument) {
            self.len = cursor.len;
            self.argument(argument)?;
            cursor = self.cursor()?;
        }
        if has_remark {
            cursor.put(b" ", has_argument.into());
            cursor.remark(remark);
        }
        if annotate {
            self.len = cursor.len;
            self.annotation(row.summary)?;
            cursor = self.cursor()?;
        }
        cursor.put(b"\n", 1);
        self.len = cursor.len;
        Ok(())
    }

    fn argument(&mut self, argument: &Argument<'_>) -> fmt::Result {
        match argument {
            Argument::None => Ok(()),
            Argument::Bool(true) => self.write_str("True"),
            Argument::Bool(false) => self.write_str("False"),
            Argument::Int(int) => repr::Int(*int).write_to(self),
            Argument::Big(_, digits) => self.write_str(digits),
            Argument::Float(float) => repr::Float(*float).write_to(self),
            Argument::Str(text) | Argument::Plain(text) => repr::Str(text).write_to(self),
            Argument::Pair(first, second) => {
                for part in [b"'", *first, b" ", *second, b"'"] {
                    self.write_bytes(part)?;
                }
                Ok(())
            }
            Argument::Bytes(bytes) => repr::Bytes(bytes).write_to(self),
            Argument::ByteArray(bytes) => repr::ByteArray(bytes).write_to(self),
        }
    }

    #[cold]
    fn annotation(&mut self, summary: &str) -> fmt::Result {
        const RIGHTMOST: usize = 50;
        let length = self.written + characters(&self.buffer[self.line..self.len]);
        self.blanks(self.column.saturating_sub(length) + 1)?;
        self.column = length.max(self.column);
        if self.column > RIGHTMOST {
            self.column = self.annotate;
        }
        self.write_str(summary)
    }

    #[cold]
    fn blanks(&mut self, number: usize) -> fmt::Result {
        let mut missing = number;
        while missing > 0 {
            let some = missing.min(SHORT);
            let mut cursor = self.cursor()?;
            cursor.blanks(some);
            self.len = cursor.len;
            missing -= some;
        }
        Ok(())
    }

    pub fn end(&mut self, highest_protocol: u8) -> fmt::Result {
        writeln!(self, "highest protocol among opcodes = {highest_protocol}")
    }

    pub fn flush(&mut self) -> fmt::Result {
        if self.annotate > 0 {
            self.written += characters(&self.buffer[self.line..self.len]);
        }
        let text = str::from_utf8(&self.buffer[..self.len]).map_err(|_| fmt::Error)?;
        (self.len, self.line) = (0, 0);
        self.out.write_str(text)
    }

    /// A cursor at the end of what is written. What it puts down counts once `len` is set to its own.
    #[inline(always)]
    fn cursor(&mut self) -> Result<Cursor<'_>, fmt::Error> {
        self.make_room()?;
        Ok(Cursor { buffer: &mut self.buffer, len: self.len, counters: &mut self.counters })
    }

    #[inline(always)]
    fn make_room(&mut self) -> fmt::Result {
        if self.len > CAPACITY - ROOM { self.flush() } else { Ok(()) }
    }

    #[inline]
    fn write_bytes(&mut self, bytes: &[u8]) -> fmt::Result {
        if self.len + bytes.len() > CAPACITY {
            self.flush()?;
            if bytes.len() > CAPACITY {
                if self.annotate > 0 {
                    self.written += characters(bytes);
                }
                return self.out.write_str(str::from_utf8(bytes).map_err(|_| fmt::Error)?);
            }
        }
        self.buffer[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
        Ok(())
    }
}

impl Write for Page<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write_bytes(text.as_bytes())
    }
}

/// A place in the buffer that has [`ROOM`] after it.
struct Cursor<'b> {
    buffer: &'b mut [u8; CAPACITY],
    len: usize,
    counters: &'b mut Counters,
}

impl Cursor<'_> {
    /// Puts down the first `used` of some bytes. How many there are is known when this is compiled, so that all are
    /// copied at once without counting them.
    #[inline(always)]
    fn put<const N: usize>(&mut self, bytes: &[u8; N], used: usize) {
        self.buffer[self.len..self.len + N].copy_from_slice(bytes);
        self.len += used;
    }

    /// At most [`SHORT`] blanks.
    #[inline(always)]
    fn blanks(&mut self, number: usize) {
        const SOME: usize = 16;
        let mut missing = number;
        while missing > SOME {
            self.put(&[b' '; SOME], SOME);
            missing -= SOME;
        }
        self.put(&[b' '; SOME], missing);
    }

    /// Puts down an argument of the most usual kinds, or says that it is not one.
    #[inline(always)]
    fn argument(&mut self, argument: &Argument<'_>) -> bool {
        match *argument {
            Argument::None => true,
            Argument::Int(int) => match int.try_into() {
                Ok(natural) => {
                    self.number(natural, 1);
                    true
                }
                Err(_) => false,
            },
            Argument::Plain(text) => {
                self.put(b"'", 1);
                self.buffer[self.len..self.len + text.len()].copy_from_slice(text);
                self.len += text.len();
                self.put(b"'", 1);
                true
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn remark(&mut self, remark: Remark) {
        match remark {
            Remark::Nothing => return,
            Remark::NoMark => return self.put(b"no MARK exists on stack", 23),
            Remark::MarkAt(offset) => {
                self.put(b"(MARK at ", 9);
                self.number(offset, 1);
            }
            Remark::StoredAs(index) => {
                self.put(b"(as ", 4);
                self.counted(|counters| &mut counters.stored, index);
            }
        }
        self.put(b")", 1);
    }

    /// A number that is a little larger, as a rule, than the one before.
    #[inline(always)]
    fn counted(&mut self, which: impl FnOnce(&mut Counters) -> &mut Counter, number: usize) {
        let counter = which(self.counters);
        let last = number.wrapping_sub(counter.hundred);
        if last < PAIRS.len() {
            let (text, len) = (counter.text | u64::from(PAIRS[last]) << counter.shift, counter.len);
            return self.put(&text.to_le_bytes(), len);
        }
        let width = counter.follow(number);
        self.number(number, width);
    }

    /// A number, after blanks if it has less than `width` digits.
    #[inline(always)]
    fn number(&mut self, number: usize, width: u32) {
        if number >= EIGHT_DIGITS {
            return self.long_number(number);
        }
        let (text, len) = digits(number, width);
        self.put(&text.to_le_bytes(), len);
    }

    #[cold]
    fn long_number(&mut self, number: usize) {
        let (first, rest) = (number / EIGHT_DIGITS, number % EIGHT_DIGITS);
        if first >= EIGHT_DIGITS {
            self.long_number(first);
        } else {
            self.number(first, 1);
        }
        let digits = eight_digits(rest as u64) | ZEROS;
        self.put(&digits.to_le_bytes(), 8);
    }
}

/// Numbers that grow line by line.
struct Counters {
    offset: Counter,
    /// The index of `MEMOIZE`.
    stored: Counter,
}

/// What stands before the last two digits of a number is kept, since it seldom changes.
struct Counter {
    /// How wide the number is at least.
    width: u32,
    /// The number with zeros for the last two digits.
    hundred: usize,
    /// Its text, without these two.
    text: u64,
    /// Where they belong.
    shift: usize,
    /// How long all of it is.
    len: usize,
}

impl Counter {
    const fn new(width: u32) -> Self {
        // Nothing is near this number.
        Self { width, hundred: usize::MAX / 2, text: 0, shift: 0, len: 0 }
    }

    /// Keeps what is to be kept of a number, if it has three to eight digits; how wide it is at least.
    #[cold]
    fn follow(&mut self, number: usize) -> u32 {
        if (100..EIGHT_DIGITS).contains(&number) {
            let (text, len) = digits(number, self.width);
            (self.shift, self.len) = (8 * (len - 2), len);
            self.text = text & !(u64::MAX << self.shift);
            self.hundred = number - number % 100;
        }
        self.width
    }
}

/// The numbers below a hundred, in two digits.
static PAIRS: [u16; 100] = {
    let mut pairs = [0; 100];
    let mut number = 0;
    while number < pairs.len() {
        let [.., tens, ones] = (eight_digits(number as u64) | ZEROS).to_le_bytes();
        pairs[number] = u16::from_le_bytes([tens, ones]);
        number += 1;
    }
    pairs
};

/// As many numbers have eight digits or less.
const EIGHT_DIGITS: usize = 100_000_000;

const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// A number of at most eight digits, after blanks if it has less than `width`; and its length.
#[inline(always)]
fn digits(number: usize, width: u32) -> (u64, usize) {
    // Counted by branches, which are foreseen, so that what follows in the line need not wait for the digits.
    let mut count = width;
    let mut beyond = 10usize.pow(width);
    while number >= beyond {
        count += 1;
        beyond *= 10;
    }
    let digits = eight_digits(number as u64);
    let mut text = digits | ZEROS;
    if width > 1 {
        // A blank is a zero less one bit.
        let leading = digits.trailing_zeros().min(56) & !7;
        text ^= 0x1010_1010_1010_1010 & !(u64::MAX << leading);
    }
    (text >> (8 * (8 - count)), count as usize)
}

/// The eight decimal digits of a number below 10⁸, one in each byte, the first in the lowest.
///
/// The number is halved three times; the parts are kept side by side and divided together, by multiplication.
const fn eight_digits(number: u64) -> u64 {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let twos = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((twos * 103) >> 10) & 0x000F_000F_000F_000F;
    tens | ((twos - 10 * tens) << 8)
}

fn characters(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}
