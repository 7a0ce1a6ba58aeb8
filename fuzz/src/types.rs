//! The properties of reading and writing Rust types.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use arbitrary::Arbitrary;
use halfsour_serde::{WriteOptions, from_graph, from_slice, to_vec_with};
use jiff::ZonedDateTime;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// A type with a part of each kind in serde's data model.
#[derive(Arbitrary, Debug, Deserialize, Serialize)]
pub struct Typed {
    scalars: (bool, i8, u16, i64, u64, f32, f64, char),
    wide: (i128, u128),
    text: String,
    nothing: (),
    maybe: Option<u8>,
    list: Vec<i32>,
    shapes: Vec<Shape>,
    by_name: BTreeMap<String, Vec<f64>>,
    by_number: BTreeMap<i64, bool>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    left_out: Vec<Self>,
}

#[derive(Arbitrary, Debug, Deserialize, Serialize)]
enum Shape {
    Unit,
    Newtype(u32),
    Tuple(i8, String),
    #[serde(rename = "with a name")]
    Struct {
        x: f64,
        y: Option<i16>,
    },
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)] // read by Debug
struct Borrowed<'a> {
    #[serde(default)]
    key: &'a str,
    #[serde(borrow, default)]
    other: Cow<'a, [u8]>,
}

/// Checks that a value is read as it was written.
pub fn typed(value: &Typed) {
    for protocol in 0..=5 {
        let pickle =
            to_vec_with(value, &WriteOptions::default().with_protocol(protocol)).expect("it is plain data");
        let read: Typed = from_slice(&pickle).unwrap_or_else(|error| panic!("protocol {protocol}: {error}"));
        // NaN is not equal to itself.
        assert_eq!(format!("{read:?}"), format!("{value:?}"), "protocol {protocol}");
    }
}

/// Checks that any bytes, read as types that they were not made for, give what the graph gives, whether or not a graph is made.
pub fn serde(input: &[u8]) {
    macro_rules! read {
        ($($type:ty),*) => { $(as_graph::<$type>(input);)* };
    }
    read! {
        bool, u8, i64, i128, f64, char, String, (), Option<i32>, Vec<i64>, Vec<f64>, Vec<String>, (i64, String),
        [u8; 3], BTreeMap<String, u8>, BTreeMap<i64, Vec<bool>>, Shape, Typed, serde_json::Value, IgnoredAny, ZonedDateTime, Duration
    }
    let _ = from_slice::<Borrowed<'_>>(input);
    let _ = from_slice::<&[u8]>(input);
}

fn as_graph<T: DeserializeOwned + Debug>(input: &[u8]) {
    let read: Result<T, _> = from_slice(input);
    let of_graph = match halfsour_vm::from_slice(input) {
        Ok(graph) => from_graph::<T>(&graph),
        Err(error) => Err(error.into()),
    };
    match (read, of_graph) {
        (Ok(read), Ok(of_graph)) => assert_eq!(format!("{read:?}"), format!("{of_graph:?}")),
        (Err(read), Err(of_graph)) => assert_eq!(read.to_string(), of_graph.to_string()),
        (read, of_graph) => panic!("{read:?}, but of the graph {of_graph:?}"),
    }
}
