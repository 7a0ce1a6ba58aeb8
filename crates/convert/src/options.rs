//! [`Options`].

use halfsour_json as json;
use halfsour_value::path::Path;
use halfsour_vm as vm;
use halfsour_writer as writer;

/// The options of a conversion, and of listing tensors.
///
/// ```
/// use halfsour_convert::{Options, Tied};
///
/// let options = Options::default().with_tied(Tied::Dedup).with_first(true);
/// assert_eq!(options.protocol, None);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Options {
    /// How pickles are read, with the limits on that.
    pub reading: vm::Options,
    /// The limits on what is written.
    pub limits: Limits,
    /// Reads only the first pickle of a file, whatever follows it.
    pub first: bool,
    /// What happens to tensors that share their elements, where the format cannot say that they do.
    pub tied: Tied,
    /// The protocol of a pickle that is written. `None` means the protocol of the pickle that is read.
    pub protocol: Option<u8>,
    /// The path to the part of each pickle that is converted, as [`halfsour_inspect::path`] reads it. `None` means
    /// all of it.
    pub path: Option<Path>,
    /// Whether the labels of the rows of a table are written. `None` means as pandas does it: text has them unless
    /// they only number the rows, parquet and Arrow's files unless they are a `RangeIndex`.
    pub index: Option<bool>,
    /// Whether parts that the format cannot hold are left out, and told of in the [`Report`](crate::Report). Without
    /// it they are an error.
    pub partial: bool,
    /// Whether what was complete is taken of a pickle that is cut off or damaged. Of a list or dict that is
    /// converted, the member that is unfinished is left out; JSON has it as `halfsour.Unfinished`.
    /// [`Report::damage`](crate::Report::damage) says so.
    pub salvage: bool,
    /// Whether the members of an archive of arrays are compressed.
    pub compressed: bool,
    /// The extension of the file that is written, which the format `payload` compares with the kind of file that it
    /// finds.
    pub extension: Option<String>,
}

/// The limits on what a conversion writes.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Limits {
    /// The limits on JSON, of which `bytes` also bounds the names of tensors.
    pub json: json::Limits,
    /// The limit on anything else. What data shares may be written each time.
    pub written: writer::Limits,
}

/// What happens to tensors that share their elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tied {
    /// Each is written.
    #[default]
    Copy,
    /// Of those that are the same only the first is written. The metadata maps the names of the others to its name.
    Dedup,
    /// They are an error.
    Refuse,
}

impl Options {
    /// Sets how pickles are read.
    #[must_use]
    pub fn with_reading(self, reading: vm::Options) -> Self {
        Self { reading, ..self }
    }

    /// Sets the limits on what is written.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Sets whether only the first pickle of a file is read.
    #[must_use]
    pub fn with_first(self, first: bool) -> Self {
        Self { first, ..self }
    }

    /// Sets what happens to tensors that share their elements.
    #[must_use]
    pub fn with_tied(self, tied: Tied) -> Self {
        Self { tied, ..self }
    }

    /// Sets the protocol of a pickle that is written.
    #[must_use]
    pub fn with_protocol(self, protocol: u8) -> Self {
        Self { protocol: Some(protocol), ..self }
    }

    /// Sets the path to the part that is converted.
    #[must_use]
    pub fn with_path(self, path: Path) -> Self {
        Self { path: Some(path), ..self }
    }

    /// Sets whether the labels of the rows of a table are written.
    #[must_use]
    pub fn with_index(self, index: bool) -> Self {
        Self { index: Some(index), ..self }
    }

    /// Sets whether parts that the format cannot hold are left out.
    #[must_use]
    pub fn with_partial(self, partial: bool) -> Self {
        Self { partial, ..self }
    }

    /// Sets whether what was complete is taken of a pickle that is cut off or damaged.
    #[must_use]
    pub fn with_salvage(self, salvage: bool) -> Self {
        Self { salvage, ..self }
    }

    /// Sets whether the members of an archive of arrays are compressed.
    #[must_use]
    pub fn with_compressed(self, compressed: bool) -> Self {
        Self { compressed, ..self }
    }

    /// Sets the extension of the file that is written, without the dot.
    #[must_use]
    pub fn with_extension(self, extension: impl Into<String>) -> Self {
        Self { extension: Some(extension.into()), ..self }
    }
}

impl Limits {
    /// For input from strangers: the default.
    pub const UNTRUSTED: Self = Self { json: json::Limits::UNTRUSTED, written: writer::Limits::UNTRUSTED };

    /// No limits.
    pub const TRUSTED: Self = Self { json: json::Limits::TRUSTED, written: writer::Limits::TRUSTED };

    /// Sets the limits on JSON.
    #[must_use]
    pub fn with_json(self, json: json::Limits) -> Self {
        Self { json, ..self }
    }

    /// Sets the limit on anything else.
    #[must_use]
    pub fn with_written(self, written: writer::Limits) -> Self {
        Self { written, ..self }
    }
}
