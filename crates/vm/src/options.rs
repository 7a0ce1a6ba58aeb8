//! How to read.

use std::collections::HashMap;

use bytes::Bytes;

use crate::{Codec, IntBase, Limits};

/// The encoding of Python 2 strings, whose bytes may be text or no text at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StringEncoding {
    /// Keep them as they are, as a kind of their own.
    #[default]
    Keep,
    /// The strings become `bytes`: Python's `encoding="bytes"`.
    Bytes,
    /// The strings are text in which each byte is one character.
    Latin1,
    /// The strings are UTF-8; anything else is an error.
    Utf8,
    /// The strings are ASCII; anything else is an error. This is the default of Python 3.
    Ascii,
    /// The strings are text in another encoding; anything else is an error.
    Codec(&'static dyn Codec),
}

/// An out-of-band buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// The contents of the buffer.
    pub contents: Bytes,
    /// Whether Python could not write to it, as to a `bytes`. A read-only view of it is the buffer itself.
    pub read_only: bool,
}

/// Writable, as a bytearray is.
impl From<Bytes> for Buffer {
    fn from(contents: Bytes) -> Self {
        Self { contents, read_only: false }
    }
}

/// Writable, as a bytearray is.
impl From<Vec<u8>> for Buffer {
    fn from(contents: Vec<u8>) -> Self {
        Bytes::from(contents).into()
    }
}

/// The options for reading a pickle: those that Python's `pickle.load` takes as arguments, and limits.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Options {
    /// The encoding of Python 2 strings.
    pub encoding: StringEncoding,
    /// The base of the numbers in the lines of `INT` and `LONG`. Picklers write base 10, without zeros in front; only other lines
    /// depend on it. The default is base 10, as in Python 3.14, and the base that a prefix tells, as in Python up to 3.13, where
    /// base 10 is refused.
    pub int_base: IntBase,
    /// Whether names of Python 2's modules and builtins, in protocols below 3, are turned into those of Python 3. The
    /// default is true, as in Python.
    pub fix_imports: bool,
    /// The names for extension codes, as they were given to `copyreg.add_extension`: code to module and name. A code
    /// without a name stays a code.
    pub extensions: HashMap<u32, (String, String)>,
    /// The out-of-band buffers of protocol 5, in order.
    pub buffers: Option<Vec<Buffer>>,
    /// Whether an out-of-band buffer that was not supplied is an error, as in Python: the default. Otherwise it
    /// stays an index.
    pub require_buffers: bool,
    /// Whether the graph keeps what is in the memo at the end, so that a writer can put the same objects into the same
    /// slots. The default is false.
    pub record_memo: bool,
    /// Whether the pickles that come before the one to be loaded, in the same input, are run first, and leave their memo: so
    /// one `Unpickler` of Python reads what one `Pickler` wrote in several goes. The default is false.
    pub keep_memo: bool,
    /// The limits on reading.
    pub limits: Limits,
}

impl Options {
    /// Sets the encoding of Python 2 strings.
    #[must_use]
    pub fn with_encoding(self, encoding: StringEncoding) -> Self {
        Self { encoding, ..self }
    }

    /// Sets the base of the numbers in lines.
    #[must_use]
    pub fn with_int_base(self, int_base: IntBase) -> Self {
        Self { int_base, ..self }
    }

    /// Sets whether Python 2's names are turned into those of Python 3.
    #[must_use]
    pub fn with_fix_imports(self, fix_imports: bool) -> Self {
        Self { fix_imports, ..self }
    }

    /// Sets the names for extension codes.
    #[must_use]
    pub fn with_extensions(self, extensions: HashMap<u32, (String, String)>) -> Self {
        Self { extensions, ..self }
    }

    /// Sets the out-of-band buffers.
    #[must_use]
    pub fn with_buffers(self, buffers: impl Into<Option<Vec<Buffer>>>) -> Self {
        Self { buffers: buffers.into(), ..self }
    }

    /// Sets whether an out-of-band buffer that was not supplied is an error.
    #[must_use]
    pub fn with_require_buffers(self, require_buffers: bool) -> Self {
        Self { require_buffers, ..self }
    }

    /// Sets whether the graph keeps what is in the memo at the end.
    #[must_use]
    pub fn with_record_memo(self, record_memo: bool) -> Self {
        Self { record_memo, ..self }
    }

    /// Sets whether the memo of the pickles that come before is kept.
    #[must_use]
    pub fn with_keep_memo(self, keep_memo: bool) -> Self {
        Self { keep_memo, ..self }
    }

    /// Sets the limits on reading.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            encoding: StringEncoding::default(),
            int_base: IntBase::default(),
            fix_imports: true,
            extensions: HashMap::new(),
            buffers: None,
            require_buffers: true,
            record_memo: false,
            keep_memo: false,
            limits: Limits::default(),
        }
    }
}
