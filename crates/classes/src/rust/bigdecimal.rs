//! bigdecimal: `BigDecimal`.

use bigdecimal::BigDecimal;

use crate::{Unfit, stdlib};

/// All its digits: `1.50` has two after the point, and `1E+40` one before forty that are not known. There is no
/// negative zero.
///
/// ```
/// use bigdecimal::BigDecimal;
/// use halfsour_classes::stdlib;
///
/// let python = stdlib::Decimal::new("1E+40").unwrap();
/// assert_eq!(BigDecimal::try_from(python)?.into_bigint_and_exponent(), (1.into(), -40));
/// # Ok::<(), halfsour_classes::Unfit>(())
/// ```
///
/// # Errors
///
/// [`Unfit::NotFinite`]; [`Unfit::Range`], if the exponent has more than 64 bits.
impl TryFrom<stdlib::Decimal<'_>> for BigDecimal {
    type Error = Unfit;

    fn try_from(decimal: stdlib::Decimal<'_>) -> Result<Self, Unfit> {
        if !decimal.is_finite() {
            return Err(Unfit::NotFinite);
        }
        decimal.as_str().parse().map_err(|_| Unfit::Range)
    }
}
