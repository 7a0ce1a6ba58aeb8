//! [`Payload`]: data that packages pickle in formats of their own, as bytes or as text.

use std::fmt;

use halfsour_value::{Data, Node};

use crate::call::Call;
use crate::names::Class;
use crate::ubjson;

/// The data of an object in a format that its package also has files of: a model, or a data frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload<'g> {
    /// The format.
    pub format: Format,
    /// All that the pickle has of it. Text is UTF-8, with lone surrogates if Python had some.
    pub bytes: &'g [u8],
}

/// The format of a [`Payload`]. Its `Display` is the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A stream of Arrow's IPC: of a `DataFrame` or `Series` of polars.
    ArrowStream,
    /// The plan of a `LazyFrame` of polars, with its data.
    PolarsPlan,
    /// A model of xgboost in UBJSON, from 1.6 on, together with the configuration of training, which is in no file of a model.
    XgBoost,
    /// A model of lightgbm: text.
    LightGbm,
    /// A model of catboost.
    CatBoost,
}

impl Format {
    /// The extension of files of this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::ArrowStream => "arrows",
            Self::PolarsPlan => "plan",
            Self::XgBoost => "ubj",
            Self::LightGbm => "txt",
            Self::CatBoost => "cbm",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ArrowStream => "Arrow IPC stream",
            Self::PolarsPlan => "polars plan",
            Self::XgBoost => "XGBoost model",
            Self::LightGbm => "LightGBM model",
            Self::CatBoost => "CatBoost model",
        })
    }
}

impl<'g> Payload<'g> {
    /// The file that the package itself would write and load; `None` if the bytes are not of the format.
    ///
    /// This is where they are looked at: to know an object takes no time, however much it holds.
    pub fn file(&self) -> Option<&'g [u8]> {
        match self.format {
            Format::XgBoost => ubjson::member(self.bytes, b"Model"),
            _ => Some(self.bytes),
        }
    }
}

/// `DataFrame()`, `Series()` and `LazyFrame()`, with bytes for a state
pub(crate) fn polars<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Payload<'g>> {
    let Data::Bytes(bytes) = call.state()?.data() else { return None };
    match call.class {
        Class::PolarsLazyFrame if bytes.starts_with(b"DSL_VERSION") => {
            Some(Payload { format: Format::PolarsPlan, bytes })
        }
        // What every message begins with.
        Class::PolarsFrame | Class::PolarsSeries if bytes.starts_with(&[0xFF; 4]) => {
            Some(Payload { format: Format::ArrowStream, bytes })
        }
        _ => None,
    }
}

/// An attribute: of the state, as far as that is a dict.
fn attribute<'g, S: AsRef<[u8]>>(call: &Call<'g, S>, name: &str) -> Option<Node<'g, S>> {
    call.state()?.get(name)
}

/// `Booster()`, with a bytearray in `handle`
pub(crate) fn xgboost<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Payload<'g>> {
    let bytes = attribute(call, "handle")?.as_bytes()?;
    // As xgboost begins an object: what is from before 1.6 is not in UBJSON.
    bytes.starts_with(b"{L").then_some(Payload { format: Format::XgBoost, bytes })
}

/// `Booster()`, with text in `_handle`
pub(crate) fn lightgbm<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Payload<'g>> {
    // 3 and before had no underscore.
    let handle = attribute(call, "_handle").or_else(|| attribute(call, "handle"))?;
    let Data::Str(text) = handle.data() else { return None };
    Some(Payload { format: Format::LightGbm, bytes: text.as_wtf8() })
}

/// `CatBoost…()`, with bytes in `__model` once it is fitted
pub(crate) fn catboost<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Payload<'g>> {
    let bytes = attribute(call, "__model")?.as_bytes()?;
    bytes.starts_with(b"CBM1").then_some(Payload { format: Format::CatBoost, bytes })
}
