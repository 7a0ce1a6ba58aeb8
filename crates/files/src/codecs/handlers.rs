//! What is done with bytes that are no text: Python's `errors`.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use halfsour_vm::{Codec, StringEncoding, Undecodable};

use super::unicode::named;
use super::{push, push_point};

/// What is done with bytes that are no text in an encoding, as `errors` of Python's `pickle.load` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextErrors {
    /// They are an error.
    #[default]
    Strict,
    /// They are left out.
    Ignore,
    /// U+FFFD stands for them.
    Replace,
    /// Escapes such as `\xff` stand for them.
    BackslashReplace,
    /// A lone surrogate stands for each of them, from U+DC80 to U+DCFF.
    SurrogateEscape,
    /// Surrogates in UTF-8, -16 and -32 are surrogates; other bytes are an error.
    SurrogatePass,
}

/// A text that names nothing that is done with errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownErrors(String);

const NAMES: [(&str, TextErrors); 6] = [
    ("strict", TextErrors::Strict),
    ("ignore", TextErrors::Ignore),
    ("replace", TextErrors::Replace),
    ("backslashreplace", TextErrors::BackslashReplace),
    ("surrogateescape", TextErrors::SurrogateEscape),
    ("surrogatepass", TextErrors::SurrogatePass),
];

impl FromStr for TextErrors {
    type Err = UnknownErrors;

    fn from_str(name: &str) -> Result<Self, UnknownErrors> {
        let named = NAMES.iter().find(|(known, _)| *known == name);
        named.map(|(_, errors)| *errors).ok_or_else(|| UnknownErrors(name.to_owned()))
    }
}

impl fmt::Display for UnknownErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if ["xmlcharrefreplace", "namereplace"].contains(&self.0.as_str()) {
            return write!(f, "{}: Python has it for writing text only", self.0);
        }
        let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
        write!(f, "{}: unknown; expected one of {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownErrors {}

/// The codecs with handlers that were made, of which there are as many as names: options borrow them for ever.
static MADE: Mutex<Option<HashMap<(String, TextErrors), &'static Handled>>> = Mutex::new(None);

impl TextErrors {
    /// Returns the same encoding, in which this is done with bytes that are no text.
    ///
    /// ```
    /// use halfsour_files::{TextErrors, string_encoding};
    /// use halfsour_vm::{Loader, Options};
    ///
    /// let encoding = TextErrors::Replace.applied_to(string_encoding("gbk")?);
    /// let graph = Loader::with_options(Options::default().with_encoding(encoding)).load(b"U\x03\xd6\xd0\xff.")?;
    /// assert_eq!(graph.root().as_str(), Some("中\u{fffd}"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn applied_to(self, encoding: StringEncoding) -> StringEncoding {
        let codec: &'static dyn Codec = match encoding {
            _ if self == Self::Strict => return encoding,
            StringEncoding::Ascii => named("ascii"),
            StringEncoding::Utf8 => named("utf_8"),
            StringEncoding::Codec(codec) => codec,
            // Any bytes are text, or none is asked for.
            encoding => return encoding,
        };
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let handled =
            made.get_or_insert_default().entry((codec.name().to_owned(), self)).or_insert_with(|| {
                let name = NAMES.iter().find(|(_, errors)| *errors == self).map_or("", |(name, _)| name);
                Box::leak(Box::new(Handled {
                    name: format!("{}, errors={name}", codec.name()),
                    codec,
                    errors: self,
                }))
            });
        StringEncoding::Codec(*handled)
    }
}

/// A codec with what is done with errors.
struct Handled {
    name: String,
    codec: &'static dyn Codec,
    errors: TextErrors,
}

impl Codec for Handled {
    fn name(&self) -> &str {
        &self.name
    }

    fn decode(&self, bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
        let mut codec = self.codec;
        let mut at = 0;
        while let Err(error) = codec.decode(&bytes[at..], text) {
            let start = at + error.at;
            let bad = &bytes[start..start + error.length];
            let taken = handle(self.errors, codec.name(), bad, &bytes[start..], text);
            // Without progress, there is something that this codec cannot read and Python's can.
            let taken = taken.filter(|&taken| taken > 0).ok_or(Undecodable { at: start, ..error })?;
            if at == 0 {
                codec = behind_mark(codec, bytes);
            }
            at = start + taken;
        }
        Ok(())
    }
}

/// The codec for what follows the beginning, where a mark may stand.
fn behind_mark(codec: &'static dyn Codec, bytes: &[u8]) -> &'static dyn Codec {
    named(match (codec.name(), bytes) {
        ("utf_8_sig", _) => "utf_8",
        ("utf_16", [0xfe, 0xff, ..]) => "utf_16_be",
        ("utf_16", _) => "utf_16_le",
        ("utf_32", [0, 0, 0xfe, 0xff, ..]) => "utf_32_be",
        ("utf_32", _) => "utf_32_le",
        _ => return codec,
    })
}

/// Does with bytes that are no text what is wanted; gives the number of bytes that are done with, or `None` if they are an error.
fn handle(errors: TextErrors, codec: &str, bad: &[u8], rest: &[u8], text: &mut Vec<u8>) -> Option<usize> {
    match errors {
        TextErrors::Strict => return None,
        _ if bad.is_empty() => return None,
        TextErrors::Ignore => {}
        TextErrors::Replace => push(text, '\u{fffd}'),
        TextErrors::BackslashReplace => {
            for byte in bad {
                text.extend(format!("\\x{byte:02x}").bytes());
            }
        }
        TextErrors::SurrogateEscape => {
            // Python takes those before an ASCII character, and goes on there.
            let high = bad.iter().take_while(|byte| !byte.is_ascii()).count();
            bad[..high].iter().for_each(|&byte| push_point(text, 0xdc00 + u32::from(byte)));
            return Some(high);
        }
        TextErrors::SurrogatePass => {
            let (point, length) = match codec {
                "utf_8" | "utf_8_sig" => {
                    let [first @ 0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, ..] = *rest else {
                        return None;
                    };
                    let bits = |byte: u8, mask: u8| u32::from(byte & mask);
                    (bits(first, 0xf) << 12 | bits(second, 0x3f) << 6 | bits(third, 0x3f), 3)
                }
                "utf_16_be" => (u16::from_be_bytes(*rest.first_chunk()?).into(), 2),
                "utf_16_le" | "utf_16" => (u16::from_le_bytes(*rest.first_chunk()?).into(), 2),
                "utf_32_be" => (u32::from_be_bytes(*rest.first_chunk()?), 4),
                "utf_32_le" | "utf_32" => (u32::from_le_bytes(*rest.first_chunk()?), 4),
                _ => return None,
            };
            if !(0xd800..0xe000).contains(&point) {
                return None;
            }
            push_point(text, point);
            return Some(length);
        }
    }
    Some(bad.len())
}
