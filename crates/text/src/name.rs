//! Names that come from a pickle, as people are shown them.

use alloc::borrow::Cow;
use alloc::string::String;

/// The length in bytes up to which text is tested for being an identifier. A pickle may use one long text as many names, and each
/// is tested where it occurs.
pub const LONGEST_IDENTIFIER: usize = 256;

/// How many characters of a name are shown.
pub const LONGEST_SHOWN: usize = 200;

/// Returns the text if it can stand as the name of an attribute or of a keyword argument: letters, digits and underscores,
/// without a digit in front, no longer than [`LONGEST_IDENTIFIER`].
///
/// ```
/// use halfsour_text::name::identifier;
///
/// assert_eq!(identifier(b"_age2"), Some("_age2"));
/// assert_eq!(identifier(b"2nd"), None);
/// assert_eq!(identifier(b"first name"), None);
/// ```
pub fn identifier(utf8: &[u8]) -> Option<&str> {
    if utf8.len() > LONGEST_IDENTIFIER {
        return None;
    }
    let text = core::str::from_utf8(utf8).ok()?;
    let is_name = text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some(text)
}

/// Returns a name without characters that would do something to a terminal or cannot be seen, which are escaped as in Rust.
/// Of a name longer than [`LONGEST_SHOWN`], the beginning and an ellipsis are returned.
///
/// ```
/// use halfsour_text::name::visible;
///
/// assert_eq!(visible("café's"), "café's");
/// assert_eq!(visible("\x1b[31mred"), r"\u{1b}[31mred");
/// ```
pub fn visible(name: &str) -> Cow<'_, str> {
    // Quotes and backslashes can be seen.
    let is_plain = |c: char| "'\"\\".contains(c) || c.escape_debug().len() == 1;
    if name.len() <= LONGEST_SHOWN && name.chars().all(is_plain) {
        return Cow::Borrowed(name);
    }
    let mut shown = String::new();
    for c in name.chars().take(LONGEST_SHOWN) {
        if is_plain(c) { shown.push(c) } else { shown.extend(c.escape_debug()) }
    }
    if name.chars().nth(LONGEST_SHOWN).is_some() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

/// Returns the first `most` bytes of text, or one to three less so that no character is cut. Returns all if there are no more.
///
/// ```
/// use halfsour_text::name::cut;
///
/// assert_eq!(cut("aéb".as_bytes(), 2), b"a");
/// assert_eq!(cut("aéb".as_bytes(), 3), "aé".as_bytes());
/// assert_eq!(cut("aéb".as_bytes(), 9), "aéb".as_bytes());
/// ```
pub fn cut(wtf8: &[u8], most: usize) -> &[u8] {
    let is_start = |&at: &usize| wtf8.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
    &wtf8[..(0..=most.min(wtf8.len())).rev().find(is_start).unwrap_or(0)]
}
