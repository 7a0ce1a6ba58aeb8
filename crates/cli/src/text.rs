//! Small pieces of text.

use std::borrow::Cow;
use std::fmt;

use halfsour::Node;
use halfsour::value::{Data, Global, Text};

/// `1,234,567`
pub fn count(number: impl ToString + Copy) -> String {
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

/// `1 item`, `2 items`
pub fn plural(number: impl ToString + Copy, what: &str) -> String {
    let number = count(number);
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// `(2, 3)`, `(2,)`
pub fn shape<T: fmt::Display>(lengths: &[T]) -> String {
    match lengths {
        [only] => format!("({only},)"),
        _ => format!("({})", lengths.iter().map(T::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// How many characters of a name are shown.
const MOST_OF_NAME: usize = 200;

/// A name from a pickle, without characters that would do something to a terminal or cannot be seen; the beginning of a
/// long one.
pub fn name(text: &str) -> Cow<'_, str> {
    // What Rust would escape, save quotes and backslashes.
    let is_plain = |c: char| "'\"\\".contains(c) || c.escape_debug().len() == 1;
    if text.len() <= MOST_OF_NAME && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for c in text.chars().take(MOST_OF_NAME) {
        if is_plain(c) { shown.push(c) } else { shown.extend(c.escape_debug()) }
    }
    if text.chars().nth(MOST_OF_NAME).is_some() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

/// The full name of a class or function, as [`name`] shows it. Of what many of them share no more is looked at than can be seen.
pub fn global<S: AsRef<[u8]>>(global: &Global<'_, S>) -> String {
    let part = |node: Node<'_, S>| {
        let bytes = node.as_text().map(Text::as_wtf8).or(node.as_bytes()).unwrap_or_default();
        // A character has four bytes at most.
        String::from_utf8_lossy(cut(bytes, 4 * (MOST_OF_NAME + 1))).into_owned()
    };
    name(&format!("{}.{}", part(global.module), part(global.name))).into_owned()
}

/// Names are looked at each time that they occur, and so only if they are short: in bytes.
const LONGEST_NAME: usize = 256;

/// The text of a key that can stand as the name of an attribute.
pub fn as_name<S: AsRef<[u8]>>(key: Node<'_, S>) -> Option<&str> {
    let text = match key.data() {
        Data::Str(text) if text.as_wtf8().len() <= LONGEST_NAME => text.as_str()?,
        Data::ByteString(bytes) if bytes.len() <= LONGEST_NAME => str::from_utf8(bytes).ok()?,
        _ => return None,
    };
    let is_name = text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some(text)
}

/// The first `most` bytes of text, or one to three less so that no character is cut; all if there are no more.
pub fn cut(wtf8: &[u8], most: usize) -> &[u8] {
    let is_start = |&at: &usize| wtf8.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
    &wtf8[..(0..=most.min(wtf8.len())).rev().find(is_start).unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn cuts_fall_between_characters() {
        assert_eq!(cut("aéb".as_bytes(), 2), b"a");
        assert_eq!(cut("aéb".as_bytes(), 3), "aé".as_bytes());
        assert_eq!(cut("aéb".as_bytes(), 9), "aéb".as_bytes());
    }
}
