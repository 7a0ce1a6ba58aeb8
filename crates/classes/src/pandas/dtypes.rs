//! Dtypes of pandas' own extensions.

use halfsour_value::Node;

use super::period::Freq;
use crate::args::short;
use crate::call::Call;
use crate::names::Class;

/// The frequency of `PeriodDtype('period[M]')`, or of an offset in its place.
pub(super) fn period_of<S: AsRef<[u8]>>(dtype: Node<'_, S>) -> Option<Freq> {
    let call = Call::of_class(dtype, Class::PandasDType).filter(|call| call.name.1 == "PeriodDtype")?;
    let (count, [freq]) = call.up_to()?;
    if count == 0 {
        return Freq::of(dtype.attr("freq")?);
    }
    match short(freq) {
        Some(name) => Freq::parse(name.strip_prefix("period[")?.strip_suffix(']')?),
        None => Freq::of(freq),
    }
}

/// Whether a dtype is of text of pandas' own.
pub(super) fn is_text<S: AsRef<[u8]>>(dtype: Node<'_, S>) -> bool {
    Call::of_class(dtype, Class::PandasDType).is_some_and(|call| call.name.1 == "StringDtype")
}

/// The name of a `StringDtype`: `StringDtype(storage, nan)` is `str`.
pub(super) fn text_of<S: AsRef<[u8]>>(dtype: Node<'_, S>) -> &'static str {
    let missing = Call::of_class(dtype, Class::PandasDType).and_then(|call| call.args()?.get(1));
    if missing.and_then(Node::as_f64).is_some_and(f64::is_nan) { "str" } else { "string" }
}
