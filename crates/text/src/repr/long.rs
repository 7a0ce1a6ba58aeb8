//! [`Long`]: floats of more than 64 bits.

use alloc::{string::String, vec::Vec};
use core::cmp::Ordering;
use core::fmt;

use num_bigint::BigUint;

/// A finite float of any precision: mantissa × 2^exponent. Prints the shortest digits that tell it from its neighbours, as numpy's
/// `str()` of a `longdouble` does.
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

/// The decimal logarithm of 2, from below and from above, in units of 10⁻¹².
const LOG_BELOW: i64 = 301_029_995_663;
const LOG_ABOVE: i64 = LOG_BELOW + 1;
const LOG_UNIT: i64 = 1_000_000_000_000;

impl Long {
    /// The digits, and the power of ten of the first one.
    fn digits(self) -> (Vec<u8>, i32) {
        let one = || BigUint::from(1_u8);
        let unit = u32::from(self.is_lowest);
        let (up, down) = (self.exponent.max(0).unsigned_abs(), self.exponent.min(0).unsigned_abs());
        // With d for the distance to the next number above, `above` is d / 2, and `below` is d / 2 or, for the lowest number of its exponent,
        // d / 4. All are multiplied by 2, or by 4, so that they are whole.
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
        // The logarithm of 2, a little below what it is: one that is above it makes the power of some exponents one too large.
        #[allow(clippy::cast_possible_truncation)] // exponents have no more than 16 bits
        let mut power = ((bits * if bits < 0 { LOG_ABOVE } else { LOG_BELOW }).div_euclid(LOG_UNIT)) as i32;
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

/// The digits of `value`, a float of 16 bits, that numpy prints.
pub(super) fn of_16_bits(value: f64) -> Option<Long> {
    const FRACTION: i32 = 10;
    const LEAST: i32 = -14;
    if !value.is_finite() || value == 0.0 {
        return None;
    }
    let biased = i32::try_from(value.to_bits() >> 52 & 0x7FF).ok()?;
    let exponent = (biased - 1023).max(LEAST) - FRACTION;
    let scale = f64::from_bits(u64::try_from(1023 - exponent).ok()? << 52);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a whole number of 11 bits
    let mantissa = (value.abs() * scale) as u128;
    let is_lowest = mantissa == 1 << FRACTION && exponent > LEAST - FRACTION;
    Some(Long { is_negative: value.is_sign_negative(), mantissa, exponent, is_lowest })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    /// Powers of two whose first digits are near 9.99 or 1.00, as exact arithmetic has them.
    #[test]
    fn powers_of_two_near_powers_of_ten() {
        let printed = |power: i32| {
            let exponent = power - 63;
            Long { is_negative: false, mantissa: 1 << 63, exponent, is_lowest: true }.to_string()
        };
        assert_eq!(printed(13301), "9.999362817037386265e+4003");
        assert_eq!(printed(-13301), "1.0000637223565413661e-4004");
        assert_eq!(printed(16383), "5.9486574767861588254e+4931");
        assert_eq!(printed(-16382), "3.3621031431120935063e-4932");
        assert_eq!(printed(93), "9.903520314283042199e+27");
        assert_eq!(printed(485), "9.9895953610111751404e+145");
        assert_eq!(printed(196), "1.0043362776618689222e+59");
    }
}
