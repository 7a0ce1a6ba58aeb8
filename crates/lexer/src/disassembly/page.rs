//! The layout of lines.

use alloc::boxed::Box;
use core::fmt::{self, Write};

use halfsour_text::repr;

use super::argument::{Argument, SHORT};
use super::machine::{Remark, Row};

/// Writes lines through a buffer, because a call of the writer for each word would take most of the time.
pub(super) struct Page<'w> {
    out: &'w mut dyn Write,
    buffer: Box<[u8; CAPACITY]>,
    /// The number of bytes of the buffer that are used.
    len: usize,
    annotate: usize,
    /// The column where the next annotation begins, if the line is short enough.
    column: usize,
    /// The index in the buffer of the line's first byte behind the offset, or of the part that is still in the buffer.
    line: usize,
    /// The number of characters of the line that are no longer in the buffer.
    written: usize,
    counters: Counters,
}

const CAPACITY: usize = 8192;

/// The most bytes that a [`Cursor`] writes: an offset, the columns, a short text and a remark.
const ROOM: usize = 1024;

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
            counters: Counters::default(),
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

        self.make_room()?;
        let mut cursor = Cursor::at(&mut self.buffer, self.len, &mut self.counters);
        cursor.counted(|counters| &mut counters.offset, offset);
        if self.annotate > 0 {
            (self.line, self.written) = (self.len + cursor.len + 2, 0);
        }
        cursor.put(&row.label, row.label.len());
        if indent <= SHORT {
            cursor.blanks(indent);
        } else {
            self.len += cursor.len;
            self.blanks(indent)?;
            cursor = self.cursor()?;
        }
        cursor
            .put(&row.name, if has_argument || has_remark { row.name_len.max(10) + 1 } else { row.name_len });

        if !cursor.argument(argument) {
            self.len += cursor.len;
            self.argument(argument)?;
            cursor = self.cursor()?;
        }
        if has_remark {
            cursor.put(b" ", has_argument.into());
            cursor.remark(remark);
        }
        cursor.put(b"\n", 1);
        self.len += cursor.len;
        if self.annotate > 0 { self.annotation(row.summary) } else { Ok(()) }
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
        // The newline comes behind the annotation.
        self.len -= 1;
        let length = self.written + characters(&self.buffer[self.line..self.len]);
        self.blanks(self.column.saturating_sub(length) + 1)?;
        self.column = length.max(self.column);
        if self.column > RIGHTMOST {
            self.column = self.annotate;
        }
        self.write_str(summary)?;
        self.write_str("\n")
    }

    #[cold]
    fn blanks(&mut self, number: usize) -> fmt::Result {
        let mut missing = number;
        while missing > 0 {
            let some = missing.min(SHORT);
            let mut cursor = self.cursor()?;
            cursor.blanks(some);
            self.len += cursor.len;
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

    /// Returns a cursor at the end of the text. Its bytes belong to the text once its `len` is added to `self.len`.
    #[inline(always)]
    fn cursor(&mut self) -> Result<Cursor<'_>, fmt::Error> {
        self.make_room()?;
        Ok(Cursor::at(&mut self.buffer, self.len, &mut self.counters))
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

/// A place in the buffer, to write at.
struct Cursor<'b> {
    room: &'b mut [u8; ROOM],
    /// The number of bytes of the room that are used. The compiler can see its upper bound, and so drops most checks.
    len: usize,
    counters: &'b mut Counters,
}

impl<'b> Cursor<'b> {
    #[inline(always)]
    fn at(buffer: &'b mut [u8; CAPACITY], place: usize, counters: &'b mut Counters) -> Self {
        let room = buffer[place..].first_chunk_mut().expect("room was made for it");
        Self { room, len: 0, counters }
    }

    /// Writes the first `used` of `N` bytes. As `N` is known to the compiler, all of them are copied at once.
    #[inline(always)]
    fn put<const N: usize>(&mut self, bytes: &[u8; N], used: usize) {
        self.room[self.len..self.len + N].copy_from_slice(bytes);
        self.len += used;
    }

    /// Writes at most [`SHORT`] blanks.
    #[inline(always)]
    fn blanks(&mut self, number: usize) {
        self.put(&[b' '; SHORT], number);
    }

    /// Writes an argument of one of the most common kinds, or returns false if it is of another.
    #[inline(always)]
    fn argument(&mut self, argument: &Argument<'_>) -> bool {
        match *argument {
            Argument::None => true,
            Argument::Int(int) => match int.unsigned_abs().try_into() {
                Ok(number) => {
                    self.put(b"-", (int < 0).into());
                    self.number(number);
                    true
                }
                Err(_) => false,
            },
            Argument::Plain(text) => {
                self.put(b"'", 1);
                self.room[self.len..self.len + text.len()].copy_from_slice(text);
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
                self.number(offset);
            }
            Remark::StoredAs(index) => {
                self.put(b"(as ", 4);
                self.counted(|counters| &mut counters.stored, index);
            }
        }
        self.put(b")", 1);
    }

    /// Writes a number that is usually a little larger than the one before.
    #[inline(always)]
    fn counted(&mut self, which: impl FnOnce(&mut Counters) -> &mut Counter, number: usize) {
        let counter = which(self.counters);
        let mut last = number.wrapping_sub(counter.hundred);
        if last >= PAIRS.len() {
            last = counter.follow(number);
        }
        let pair = self.len + usize::from(counter.pair);
        let len = counter.len.into();
        let text = counter.text;
        self.put(&text, len);
        self.room[pair..pair + 2].copy_from_slice(&PAIRS[last].to_le_bytes());
    }

    #[inline(always)]
    fn number(&mut self, number: usize) {
        if number < EIGHT_DIGITS {
            let (text, len) = digits(number);
            self.put(&text.to_le_bytes(), len.into());
        } else {
            let (text, len) = many_digits(number);
            self.put(&text, len.into());
        }
    }
}

/// The numbers that grow from line to line.
struct Counters {
    offset: Counter,
    /// The index of `MEMOIZE`.
    stored: Counter,
}

impl Default for Counters {
    fn default() -> Self {
        Self { offset: Counter::new(5), stored: Counter::new(1) }
    }
}

/// The text of a number. While all digits but the last two stay the same, only those two are written anew.
struct Counter {
    /// The least width, in characters.
    width: u8,
    /// The number with zeros for the last two digits.
    hundred: usize,
    text: [u8; MOST_DIGITS],
    len: u8,
    /// The index of the last two digits; behind the text, if it has fewer than two.
    pair: u8,
}

impl Counter {
    const fn new(width: u8) -> Self {
        Self { width, hundred: NEAR_NOTHING, text: [b' '; MOST_DIGITS], len: 0, pair: 0 }
    }

    /// Goes on to a number whose leading digits differ; returns the value of its last two.
    #[cold]
    fn follow(&mut self, number: usize) -> usize {
        let (digits, len) = many_digits(number);
        let blanks = self.width.saturating_sub(len);
        self.text = [b' '; MOST_DIGITS];
        self.text[blanks.into()..(blanks + len).into()].copy_from_slice(&digits[..len.into()]);
        self.len = blanks + len;
        if number < PAIRS.len() {
            (self.hundred, self.pair) = (NEAR_NOTHING, self.len);
            return 0;
        }
        (self.hundred, self.pair) = (number - number % 100, self.len - 2);
        number % 100
    }
}

const NEAR_NOTHING: usize = usize::MAX / 2;

/// The most digits of a `usize`, rounded up to whole words.
const MOST_DIGITS: usize = 24;

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

/// The first number of more than eight digits.
const EIGHT_DIGITS: usize = 100_000_000;

const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// Returns the digits of a number below 10⁸, the first in the lowest byte, and how many they are.
#[inline(always)]
fn digits(number: usize) -> (u64, u8) {
    if number < PAIRS.len() {
        let count = 1 + u8::from(number >= 10);
        return (u64::from(PAIRS[number] >> (8 * (2 - count))), count);
    }
    // Branches that are predicted well count the digits, so that the rest of the line need not wait for the division.
    let mut count = 3;
    let mut beyond = 1000;
    while number >= beyond {
        count += 1;
        beyond *= 10;
    }
    ((eight_digits(number as u64) | ZEROS) >> (8 * (8 - count)), count)
}

/// Returns the digits of any number, and how many they are.
#[cold]
fn many_digits(number: usize) -> ([u8; MOST_DIGITS], u8) {
    let mut text = [0; MOST_DIGITS];
    let mut rest = number;
    for word in text.as_chunks_mut().0.iter_mut().rev() {
        *word = (eight_digits((rest % EIGHT_DIGITS) as u64) | ZEROS).to_le_bytes();
        rest /= EIGHT_DIGITS;
    }
    let len = 1 + number.checked_ilog10().unwrap_or_default().to_le_bytes()[0];
    text.copy_within(MOST_DIGITS - usize::from(len).., 0);
    (text, len)
}

/// Returns the eight decimal digits of a number below 10⁸, one in each byte, the first in the lowest.
///
/// The digits are halved three times, into fours, pairs and single ones. The parts lie side by side in one word, and are
/// divided together by a multiplication.
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

#[cfg(test)]
mod tests {
    use alloc::{format, string::String};

    use super::*;

    fn written(write: impl FnOnce(&mut Cursor<'_>), counters: &mut Counters) -> String {
        let mut buffer = [0; CAPACITY];
        let mut cursor = Cursor::at(&mut buffer, 0, counters);
        write(&mut cursor);
        let len = cursor.len;
        str::from_utf8(&buffer[..len]).unwrap().into()
    }

    #[test]
    fn numbers_of_any_length() {
        let mut counters = Counters::default();
        let powers = (0..19).map(|exponent| 10usize.pow(exponent));
        for number in powers.flat_map(|power| [0, 1, 9, 10, 42, 100, 123].map(|more| power - 1 + more)) {
            assert_eq!(written(|cursor| cursor.number(number), &mut counters), format!("{number}"));
            let offset = |cursor: &mut Cursor<'_>| cursor.counted(|counters| &mut counters.offset, number);
            assert_eq!(written(offset, &mut counters), format!("{number:5}"));
            let stored = |cursor: &mut Cursor<'_>| cursor.counted(|counters| &mut counters.stored, number);
            assert_eq!(written(stored, &mut counters), format!("{number}"));
        }
    }
}
