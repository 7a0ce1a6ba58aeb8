//! bigdecimal: `BigDecimal`.

use bigdecimal::BigDecimal;

use crate::{ConversionError, stdlib};

/// All its digits: `1.50` has two after the point, and `1E+40` one before forty that are not known. There is no
/// negative zero.
///
/// ```
/// use bigdecimal::BigDecimal;
/// use halfsour_classes::stdlib;
///
/// let python = stdlib::Decimal::new("1E+40").unwrap();
/// assert_eq!(BigDecimal::try_from(python)?.into_bigint_and_exponent(), (1.into(), -40));
/// # Ok::<(), halfsour_classes::ConversionError>(())
/// ```
///
/// # Errors
///
/// [`ConversionError::NotFinite`]; [`ConversionError::Range`], if the exponent has more than 64 bits.
impl TryFrom<stdlib::Decimal<'_>> for BigDecimal {
    type Error = ConversionError;

    fn try_from(decimal: stdlib::Decimal<'_>) -> Result<Self, ConversionError> {
        if !decimal.is_finite() {
            return Err(ConversionError::NotFinite);
        }
        decimal.as_str().parse().map_err(|_| ConversionError::Range)
    }
}
