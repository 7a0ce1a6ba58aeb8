//! [`Codec`]: how Python 2 strings become text.

use std::fmt;

/// A codec that makes text of bytes, as one of Python's does.
///
/// ```
/// use halfsour_vm::{Codec, Loader, Options, StringEncoding};
///
/// struct Rot13;
///
/// impl Codec for Rot13 {
///     fn name(&self) -> &str {
///         "rot_13"
///     }
///
///     fn decode(&self, bytes: &[u8]) -> Result<Vec<u8>, usize> {
///         if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_lowercase()) {
///             return Err(at);
///         }
///         Ok(bytes.iter().map(|byte| (byte - b'a' + 13) % 26 + b'a').collect())
///     }
/// }
///
/// let options = Options::default().with_encoding(StringEncoding::Codec(&Rot13));
/// let graph = Loader::with_options(options).load(b"U\x05uryyb.")?;
/// assert_eq!(graph.root().as_str(), Some("hello"));
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
pub trait Codec: Sync {
    /// Returns the name of the codec. Codecs of the same name are equal.
    fn name(&self) -> &str;

    /// Returns the text as UTF-8, in which lone surrogates may be, in three bytes each.
    ///
    /// # Errors
    ///
    /// The offset of the first byte that is no part of a text.
    fn decode(&self, bytes: &[u8]) -> Result<Vec<u8>, usize>;
}

impl fmt::Debug for dyn Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl PartialEq for dyn Codec {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for dyn Codec {}
