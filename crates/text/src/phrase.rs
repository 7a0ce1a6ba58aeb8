//! Numbers as people read them: `1,234 items`, `(2, 3)`.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

/// Returns a number with commas between its thousands.
///
/// ```
/// use halfsour_text::phrase::count;
///
/// assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
/// ```
pub fn count(number: impl Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns a number of things, with an `s` unless it is one.
///
/// ```
/// use halfsour_text::phrase::plural;
///
/// assert_eq!(plural(1, "byte"), "1 byte");
/// assert_eq!(plural(2000, "byte"), "2,000 bytes");
/// ```
pub fn plural(number: impl Display, thing: &str) -> String {
    let number = count(number);
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// Returns the lengths of an array's dimensions as a tuple of Python.
///
/// ```
/// use halfsour_text::phrase::shape;
///
/// assert_eq!(shape(&[2, 3]), "(2, 3)");
/// assert_eq!(shape(&[2]), "(2,)");
/// ```
pub fn shape<T: Display>(lengths: &[T]) -> String {
    match lengths {
        [only] => format!("({only},)"),
        _ => format!("({})", lengths.iter().map(T::to_string).collect::<Vec<_>>().join(", ")),
    }
}
