//! [`Codec`]: how Python 2 strings become text.

use std::fmt;

/// A codec that makes text of bytes, as one of Python's does.
///
/// ```
/// use halfsour_vm::{Codec, Loader, Options, StringEncoding, Undecodable};
///
/// struct Rot13;
///
/// impl Codec for Rot13 {
///     fn name(&self) -> &str {
///         "rot_13"
///     }
///
///     fn decode(&self, bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
///         for (at, byte) in bytes.iter().enumerate() {
///             if !byte.is_ascii_lowercase() {
///                 return Err(Undecodable { at, length: 1 });
///             }
///             text.push((byte - b'a' + 13) % 26 + b'a');
///         }
///         Ok(())
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

    /// Appends the text as UTF-8, in which lone surrogates may be, in three bytes each.
    ///
    /// # Errors
    ///
    /// The bytes that are no text. What comes before them has been appended then.
    fn decode(&self, bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable>;
}

/// Bytes that are no text in an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable {
    /// The offset of the first of them.
    pub at: usize,
    /// The number of them that are taken for one error; 0 if they may be text, but the codec cannot tell which.
    pub length: usize,
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
