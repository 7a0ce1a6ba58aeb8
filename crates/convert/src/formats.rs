//! The table of formats, a file for each beside this one.

mod beside;
mod csv;
mod json;
mod labels;
mod ndjson;
mod npy;
mod payload;
mod pickle;
mod safetensors;
mod sheet;
#[cfg(feature = "arrow")]
mod table;
mod tied;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::Options;
use crate::convert::Writer;

/// All formats. CONTRIBUTING.md lists what a new one needs.
pub const FORMATS: &[Format] = &[
    Format {
        name: "safetensors",
        extensions: &["safetensors"],
        about: "Tensors, without anything else",
        make: safetensors::writer,
    },
    Format { name: "npy", extensions: &["npy"], about: "numpy's file of one array", make: npy::array },
    Format {
        name: "npz",
        extensions: &["npz"],
        about: "numpy's archive of arrays, which are stored as they are",
        make: npy::archive,
    },
    #[cfg(feature = "arrow")]
    Format {
        name: "parquet",
        extensions: &["parquet", "pq"],
        about: "A table, compressed by snappy",
        make: table::parquet,
    },
    #[cfg(feature = "arrow")]
    Format {
        name: "arrow",
        extensions: &["arrow", "feather"],
        about: "A table, in Arrow's file format, which is also Feather's",
        make: table::ipc,
    },
    Format { name: "csv", extensions: &["csv"], about: "A table, as text", make: csv::writer },
    Format {
        name: "pickle",
        extensions: &["pkl", "pickle", "p"],
        about: "A pickle, perhaps of another protocol",
        make: pickle::writer,
    },
    Format { name: "json", extensions: &["json"], about: "A document for each pickle", make: json::writer },
    Format {
        name: "ndjson",
        extensions: &["ndjson", "jsonl"],
        about: "A line for each row: for each member of a list, tuple, set or other sequence, or for each other pickle",
        make: ndjson::writer,
    },
    Format {
        name: "payload",
        extensions: &["arrows", "cbm", "plan", "txt", "ubj"],
        about: "The model of xgboost, lightgbm or catboost, or the frame of polars, as the file that the package loads",
        make: payload::writer,
    },
];

/// A format that pickles are converted to: a row of [`FORMATS`].
///
/// ```
/// use halfsour_convert::Format;
///
/// let format: Format = "npz".parse()?;
/// assert_eq!(Format::of_path("model.NPZ"), Some(format));
/// assert_eq!(format.extensions(), ["npz"]);
/// # Ok::<(), halfsour_convert::UnknownFormat>(())
/// ```
#[derive(Clone, Copy)]
pub struct Format {
    name: &'static str,
    extensions: &'static [&'static str],
    about: &'static str,
    make: fn(&Options) -> Box<dyn Writer>,
}

/// A text that names no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl Format {
    /// Returns the name, which is also a value of the command's `--to`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Returns the extensions of its files, in lower case and without the dot.
    pub fn extensions(self) -> &'static [&'static str] {
        self.extensions
    }

    /// Returns a line that says what the format holds.
    pub fn about(self) -> &'static str {
        self.about
    }

    /// Returns the format that the extension of a path stands for, in upper or lower case.
    pub fn of_path(path: impl AsRef<Path>) -> Option<Self> {
        let extension = path.as_ref().extension()?.to_str()?.to_ascii_lowercase();
        FORMATS.iter().copied().find(|format| format.extensions.contains(&extension.as_str()))
    }

    pub(crate) fn writer(self, options: &Options) -> Box<dyn Writer> {
        (self.make)(options)
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let named = FORMATS.iter().copied().find(|format| format.name == name);
        named.ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Format").field(&self.name).finish()
    }
}

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        write!(f, "unknown format {:?}: expected one of {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}
