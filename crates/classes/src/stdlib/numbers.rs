//! Numbers, and what is one inside: UUIDs.

use std::fmt;

use halfsour_text::number::{Int, parse_big};
use halfsour_value::Node;

use crate::args::{int, text, unsigned};
use crate::call::Call;

/// `decimal.Decimal`: its `Display` is `str()`, which is also how it is pickled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal<'g> {
    text: &'g str,
}

impl<'g> Decimal<'g> {
    /// `3.14`, `-0`, `1E+40`, `Infinity`, `sNaN123`: digits as they were, so that `1.50` is not `1.5`.
    pub const fn as_str(self) -> &'g str {
        self.text
    }

    /// Whether it is a finite number.
    pub fn is_finite(self) -> bool {
        !self.text.contains(['I', 'N'])
    }

    /// The number in parts; `None` if it is not finite, or if 64 bits do not hold the exponent.
    ///
    /// ```
    /// use halfsour_classes::stdlib::Decimal;
    ///
    /// let parts = Decimal::new("-0.0150").unwrap().parts().unwrap();
    /// assert_eq!((parts.is_negative, parts.digits.as_str(), parts.exponent), (true, "150", -4));
    /// ```
    pub fn parts(self) -> Option<DecimalParts> {
        if !self.is_finite() {
            return None;
        }
        let is_negative = self.text.starts_with('-');
        let magnitude = self.text.trim_start_matches(['+', '-']);
        let (number, exponent) = magnitude.split_once(['E', 'e']).unwrap_or((magnitude, "0"));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let exponent = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let digits = [whole, fraction].concat().trim_start_matches('0').to_owned();
        Some(DecimalParts { is_negative, digits, exponent })
    }

    /// Checks the text as Python would; `None` if it is no decimal number.
    pub fn new(text: &'g str) -> Option<Self> {
        let magnitude = text.strip_prefix(['+', '-']).unwrap_or(text);
        let digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let (number, exponent) = magnitude.split_once(['E', 'e']).unwrap_or((magnitude, "0"));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let finite = digits(whole)
            && digits(fraction)
            && !(whole.is_empty() && fraction.is_empty())
            && !exponent.is_empty()
            && digits(exponent);
        let special = matches!(magnitude, "Infinity" | "Inf")
            || magnitude.strip_prefix('s').unwrap_or(magnitude).strip_prefix("NaN").is_some_and(digits);
        (finite || special).then_some(Self { text })
    }
}

/// A finite decimal number in parts: its value is that of the digits, times ten to the power of the exponent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DecimalParts {
    /// Whether it has a minus sign, also before zero.
    pub is_negative: bool,
    /// The digits, without zeros before them; empty for zero.
    pub digits: String,
    /// The exponent of the last digit: −2 for `1.50`.
    pub exponent: i64,
}

/// `fractions.Fraction`. Its `Display` is `str()`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    /// The numerator, with the sign.
    pub numerator: Int,
    /// The denominator, which is positive.
    pub denominator: Int,
}

/// `uuid.UUID`. Its `Display` is `str()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Uuid {
    /// All 128 bits, the first of the text highest.
    pub int: u128,
    /// Whether it was made in a way that is safe for several processes, where that is known.
    pub is_safe: Option<bool>,
}

/// `range`, or Python 2's `xrange`. Its `Display` is `repr()`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// The first number.
    pub start: Int,
    /// The end, which is not in the range.
    pub stop: Int,
    /// The distance between neighbours; never 0.
    pub step: Int,
}

pub(crate) fn decimal<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Decimal<'g>> {
    let [number] = call.bare()?.exactly()?;
    Decimal::new(text(number)?)
}

/// `Fraction(numerator, denominator)`; up to Python 3.10 `Fraction('numerator/denominator')`
pub(crate) fn fraction<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<Fraction> {
    let (numerator, denominator) = match call.bare()?.up_to()? {
        (1, [both, _]) => {
            let both = text(both)?;
            let (numerator, denominator) = both.split_once('/').unwrap_or((both, "1"));
            (parsed(numerator)?, parsed(denominator)?)
        }
        (2, [numerator, denominator]) => (int(numerator)?, int(denominator)?),
        _ => return None,
    };
    is_positive(&denominator).then_some(Fraction { numerator, denominator })
}

/// Decimal digits, after a sign, as `str()` writes an int.
fn parsed(digits: &str) -> Option<Int> {
    let magnitude = digits.strip_prefix('-').unwrap_or(digits);
    if magnitude.is_empty() || !magnitude.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    parse_big(digits)
}

pub(crate) fn is_positive(int: &Int) -> bool {
    match int {
        Int::Small(int) => *int > 0,
        Int::Big(bytes) => bytes.last().is_some_and(|&last| last < 0x80),
    }
}

/// `UUID()` with `{int[, is_safe]}`
pub(crate) fn uuid<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<Uuid> {
    let [] = call.exactly()?;
    let state = call.state()?;
    let int = unsigned(state.get("int")?)?;
    let is_safe = match state.get("is_safe") {
        None => None,
        Some(safe) => match safe.as_i64()? {
            0 => Some(true),
            -1 => Some(false),
            _ => return None,
        },
    };
    Some(Uuid { int, is_safe })
}

pub(crate) fn range<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<Range> {
    let args: [Node<'_, S>; 3] = call.bare()?.exactly()?;
    let [start, stop, by] = args.map(int);
    let range = Range { start: start?, stop: stop?, step: by? };
    (range.step != Int::Small(0)).then_some(range)
}

impl Range {
    /// The numbers that it is made with, unless one of them has more than 64 bits.
    fn small(&self) -> Option<[i128; 3]> {
        match (&self.start, &self.stop, &self.step) {
            (Int::Small(start), Int::Small(stop), Int::Small(by)) => {
                Some([*start, *stop, *by].map(i128::from))
            }
            _ => None,
        }
    }

    /// Returns how many numbers there are in it; `None` if it is made with numbers of more than 64 bits.
    pub fn count(&self) -> Option<u64> {
        let [start, stop, by] = self.small()?;
        let way = if by > 0 { stop - start } else { start - stop };
        u64::try_from((way.max(0) + by.abs() - 1) / by.abs()).ok()
    }

    /// Returns the number with this index; `None` if there is none, or if it has more than 64 bits.
    pub fn get(&self, index: u64) -> Option<i64> {
        let [start, _, by] = self.small()?;
        let number = start + i128::from(index).checked_mul(by)?;
        i64::try_from(number).ok().filter(|_| self.count().is_some_and(|count| index < count))
    }
}

impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text)
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.numerator.fmt(f)?;
        if self.denominator == Int::Small(1) { Ok(()) } else { write!(f, "/{}", self.denominator) }
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32, bits: u32| (self.int >> shift) & ((1 << bits) - 1);
        let (low, mid, high) = (part(96, 32), part(80, 16), part(64, 16));
        write!(f, "{low:08x}-{mid:04x}-{high:04x}-{:04x}-{:012x}", part(48, 16), part(0, 48))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "range({}, {}", self.start, self.stop)?;
        if self.step == Int::Small(1) { f.write_str(")") } else { write!(f, ", {})", self.step) }
    }
}
