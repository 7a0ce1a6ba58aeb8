//! [`Text`]: Python's text.

use std::borrow::Cow;
use std::fmt;

use halfsour_text::repr;
use halfsour_text::wtf8::{self, Encoding};

/// Python's text: UTF-8 in which lone surrogates are allowed, as they are in a `str`.
///
/// Its `Display` shows U+FFFD for a lone surrogate, its `Debug` is Python's `repr`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<'g> {
    bytes: &'g [u8],
    encoding: Encoding,
}

impl<'g> Text<'g> {
    pub(crate) const fn new(bytes: &'g [u8], encoding: Encoding) -> Self {
        Self { bytes, encoding }
    }

    /// The text, if it has no lone surrogates.
    pub fn as_str(self) -> Option<&'g str> {
        match self.encoding {
            Encoding::Ascii | Encoding::Utf8 => std::str::from_utf8(self.bytes).ok(),
            Encoding::Wtf8 => None,
        }
    }

    /// The bytes of the text: UTF-8, with lone surrogates encoded like any other code point (WTF-8).
    pub const fn as_wtf8(self) -> &'g [u8] {
        self.bytes
    }

    /// The encoding that the text is known to fit: ASCII, UTF-8, or with lone surrogates.
    pub const fn encoding(self) -> Encoding {
        self.encoding
    }

    /// The text, with U+FFFD in place of lone surrogates.
    pub fn to_string_lossy(self) -> Cow<'g, str> {
        match self.as_str() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(
                self.chars().map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect(),
            ),
        }
    }

    /// The code points of the text, lone surrogates among them.
    pub fn chars(self) -> impl Iterator<Item = u32> + 'g {
        wtf8::chars(self.bytes)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_string_lossy())
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", repr::Str(self.bytes))
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.bytes == other.as_bytes()
    }
}
