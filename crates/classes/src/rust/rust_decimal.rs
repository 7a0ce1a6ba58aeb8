//! `rust_decimal`: `Decimal`.

use rust_decimal::{Decimal, Error};

use crate::{ConversionError, stdlib};

/// All its digits: `1.50` has two after the point. Positive exponents are multiplied out.
///
/// ```
/// use halfsour_classes::stdlib;
/// use rust_decimal::Decimal;
///
/// let python = stdlib::Decimal::new("1.50").unwrap();
/// let decimal = Decimal::try_from(python)?;
/// assert_eq!((decimal.mantissa(), decimal.scale()), (150, 2));
/// // The way back:
/// assert_eq!(stdlib::Decimal::new(&decimal.to_string()), Some(python));
/// # Ok::<(), halfsour_classes::ConversionError>(())
/// ```
///
/// # Errors
///
/// [`ConversionError::NotFinite`]; [`ConversionError::Range`], from 2⁹⁶; [`ConversionError::Precision`], of more than 28 digits after the point.
impl TryFrom<stdlib::Decimal<'_>> for Decimal {
    type Error = ConversionError;

    fn try_from(decimal: stdlib::Decimal<'_>) -> Result<Self, ConversionError> {
        if !decimal.is_finite() {
            return Err(ConversionError::NotFinite);
        }
        let text = decimal.as_str();
        let (number, exponent) = text.split_once(['E', 'e']).unwrap_or((text, "0"));
        let mut value = Self::from_str_exact(number).map_err(|error| match error {
            Error::Underflow => ConversionError::Precision,
            _ => ConversionError::Range,
        })?;
        // It parses -0 as 0.
        value.set_sign_negative(text.starts_with('-'));
        let exponent: i32 = exponent.parse().map_err(|_| ConversionError::Range)?;
        let scale = i64::from(value.scale()) - i64::from(exponent);
        value
            .set_scale(u32::try_from(scale.max(0)).map_err(|_| ConversionError::Precision)?)
            .map_err(|_| ConversionError::Precision)?;
        if scale >= 0 || value.is_zero() {
            return Ok(value);
        }
        let zeros = u32::try_from(-scale).map_err(|_| ConversionError::Range)?;
        let power =
            10_i128.checked_pow(zeros).and_then(|power| Self::try_from_i128_with_scale(power, 0).ok());
        power.and_then(|power| value.checked_mul(power)).ok_or(ConversionError::Range)
    }
}
