//! [`Long`]: floats of more than 64 bits.

use alloc::{string::String, vec::Vec};
use core::cmp::Ordering;
use core::fmt;

use num_bigint::BigUint;

/// A finite float of any precision: mantissa × 2^exponent. Prints the shortest digits that tell it from its neighbours, as numpy's `str()` of a `longdouble` does.
///
/// ```
/// use halfsour_text::repr::Long;
///
/// // 0.1, to 64 bits.
/// let tenth = Long { is_negative: false, mantissa: 0xCCCC_CCCC_CCCC_CCCD, exponent: -67, is_lowest: false };
/// assert_eq!(tenth.to_string(), "0.1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Long {
    /// Whether there is a minus sign, also before zero.
    pub is_negative: bool,
    /// The mantissa, of at most 127 bits: neighbours differ by 1.
    pub mantissa: u128,
    /// The power of two, of at most some ten thousands.
    pub exponent: i32,
    /// Whether the neighbour towards zero is half as far away as the other: that has a smaller exponent.
    pub is_lowest: bool,
}

impl Long {
    /// The digits, and the power of ten of the first one.
    fn digits(self) -> (Vec<u8>, i32) {
        let one = || BigUint::from(1_u8);
        let unit = u32::from(self.is_lowest);
        let (up, down) = (self.exponent.max(0).unsigned_abs(), self.exponent.min(0).unsigned_abs());
        // All are multiplied by 2, or by 4 where half of the distance below is a quarter of that above.
        let mut rest = BigUint::from(self.mantissa) << (up + 1 + unit);
        let mut scale = one() << (down + 1 + unit);
        let mut below = one() << up;
        let mut above = one() << (up + unit);
        let is_even = self.mantissa.is_multiple_of(2);
        let reaches = |rest: &BigUint, above: &BigUint, scale: &BigUint| match (rest + above).cmp(scale) {
            Ordering::Equal => is_even,
            order => order == Ordering::Greater,
        };
        // One too small at most, since the mantissa has more bits than the logarithm errs.
        let bits = i64::from(128 - self.mantissa.leading_zeros()) + i64::from(self.exponent) - 1;
        #[allow(clippy::cast_possible_truncation)] // exponents have no more than 16 bits
        let mut power = ((bits * 30_103).div_euclid(100_000)) as i32;
        let ten = |power: u32| BigUint::from(10_u8).pow(power);
        if power >= 0 {
            scale *= ten(power.unsigned_abs());
        } else {
            let factor = ten(power.unsigned_abs());
            rest *= &factor;
            below *= &factor;
            above *= &factor;
        }
        // Now the value is rest / scale × 10^power: from 1 up to 10, or to the next power.
        let next = &scale * 10_u8;
        if reaches(&rest, &above, &next) {
            scale = next;
            power += 1;
        }
        let mut digits = Vec::new();
        loop {
            let digit = &rest / &scale;
            rest -= &digit * &scale;
            #[allow(clippy::cast_possible_truncation)] // it is one digit
            let digit = digit.iter_u32_digits().next().unwrap_or(0) as u8;
            let is_low = match rest.cmp(&below) {
                Ordering::Equal => is_even,
                order => order == Ordering::Less,
            };
            let is_high = reaches(&rest, &above, &scale);
            if !is_low && !is_high {
                digits.push(digit);
                rest *= 10_u8;
                below *= 10_u8;
                above *= 10_u8;
                continue;
            }
            let is_up = match (&rest * 2_u8).cmp(&scale) {
                _ if is_low != is_high => is_high,
                Ordering::Equal => !digit.is_multiple_of(2),
                order => order == Ordering::Greater,
            };
            digits.push(digit + u8::from(is_up));
            break;
        }
        // A 9 that was rounded up.
        while digits.last() == Some(&10) {
            digits.pop();
            match digits.last_mut() {
                Some(digit) => *digit += 1,
                None => {
                    digits.push(1);
                    power += 1;
                }
            }
        }
        (digits, power)
    }
}

impl fmt::Display for Long {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative { "-" } else { "" };
        if self.mantissa == 0 {
            return write!(f, "{sign}0.0");
        }
        let (digits, power) = self.digits();
        let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let length = i32::try_from(text.len()).map_err(|_| fmt::Error)?;
        match usize::try_from(power) {
            Ok(power @ 0..16) if power + 1 >= text.len() => write!(f, "{sign}{text:0<0$}.0", power + 1),
            Ok(power @ 0..16) => write!(f, "{sign}{}.{}", &text[..=power], &text[power + 1..]),
            Err(_) if power >= -4 => {
                let zeros = usize::try_from(-power - 1).map_err(|_| fmt::Error)?;
                write!(f, "{sign}0.{:0<zeros$}{text}", "")
            }
            _ => {
                let point = if length > 1 { "." } else { "" };
                write!(f, "{sign}{}{point}{}e{power:+03}", &text[..1], &text[1..])
            }
        }
    }
}
