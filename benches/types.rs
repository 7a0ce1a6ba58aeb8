//! The Rust types of the workloads.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// A person, with owned or borrowed text: `S` is `String`, `&str` or [`Text`].
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Record<S> {
    pub id: i64,
    pub name: S,
    pub email: S,
    pub age: i64,
    pub score: f64,
    pub active: bool,
    pub tags: Vec<S>,
    pub address: Address<S>,
}

/// The address of a person.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Address<S> {
    pub street: S,
    pub city: S,
    pub zip: S,
}

/// Text that is borrowed if it needs no decoding. In JSON and in protocol 0, some does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// The data of the workload `records`.
pub type Records<S> = Vec<Record<S>>;
/// The data of the workload `bigdict`.
pub type BigDict<S> = HashMap<S, i64>;

/// Runs `$run` with `$t` as an alias of the workload's type, with text of type `$text`.
#[macro_export]
macro_rules! with_type {
    ($workload:expr, $text:ty, $t:ident => $run:expr) => {
        match $workload.kind.as_str() {
            "records" => {
                type $t = $crate::types::Records<$text>;
                Ok($run)
            }
            "ints" => {
                type $t = Vec<i64>;
                Ok($run)
            }
            "floats" => {
                type $t = Vec<f64>;
                Ok($run)
            }
            "strings" => {
                type $t = Vec<$text>;
                Ok($run)
            }
            "bigdict" => {
                type $t = $crate::types::BigDict<$text>;
                Ok($run)
            }
            other => Err(format!("{other}: the workload has no Rust type")),
        }
    };
}
