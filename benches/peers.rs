//! The jobs of the peers that are timed. Each peer is used in the way that its documentation calls fastest for a slice.

use std::fs;
use std::hint::black_box;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sonic_rs::JsonNumberTrait;

use crate::tally::{Tallied, Tally};
use crate::timing::{Report, run};
use crate::with_type;
use crate::workload::Workload;

/// The names of the jobs.
pub const NAMES: [&str; 12] = [
    "serde-pickle-value",
    "serde-pickle-owned",
    "serde-pickle-encode",
    "pickled-value",
    "rmp-serde-owned",
    "rmp-serde-borrowed",
    "rmp-serde-encode",
    "serde_json-value",
    "serde_json-owned",
    "serde_json-encode",
    "sonic-rs-value",
    "sonic-rs-owned",
];

/// Runs the job of this name. Returns `None` if there is no such job.
pub fn named(job: &str, workload: &Workload, repeats: usize) -> Option<Result<Report, String>> {
    let input = workload.bytes;
    let pickle = serde_pickle::DeOptions::new;
    Some(match job {
        "serde-pickle-value" => Ok(decode(repeats, || {
            serde_pickle::value_from_slice(black_box(input), pickle()).expect("plain data")
        })),
        "serde-pickle-owned" => with_type!(workload, String, T => decode::<T>(repeats, || {
            serde_pickle::from_slice(black_box(input), pickle()).expect("such data")
        })),
        "serde-pickle-encode" => {
            with_type!(workload, String, T => encode(repeats, &data_of::<T>(input), |out, data| {
                serde_pickle::to_writer(out, data, serde_pickle::SerOptions::new()).expect("plain data");
            }))
        }
        "pickled-value" => Ok(decode(repeats, || {
            pickled::value_from_slice(black_box(input), pickled::DeOptions::new()).expect("plain data")
        })),
        "rmp-serde-owned" => with_type!(workload, String, T => decode::<T>(repeats, || {
            rmp_serde::from_slice(black_box(input)).expect("such data")
        })),
        "rmp-serde-borrowed" => with_type!(workload, &'static str, T => decode::<T>(repeats, || {
            rmp_serde::from_slice(black_box(input)).expect("such data")
        })),
        "rmp-serde-encode" => {
            with_type!(workload, String, T => encode(repeats, &data_of::<T>(input), |out, data| {
                rmp_serde::encode::write_named(out, data).expect("plain data");
            }))
        }
        "serde_json-value" => Ok(decode(repeats, || {
            serde_json::from_slice::<serde_json::Value>(black_box(input)).expect("JSON")
        })),
        "serde_json-owned" => with_type!(workload, String, T => decode::<T>(repeats, || {
            serde_json::from_slice(black_box(input)).expect("such data")
        })),
        "serde_json-encode" => {
            with_type!(workload, String, T => encode(repeats, &data_of::<T>(input), |out, data| {
                serde_json::to_writer(out, data).expect("plain data");
            }))
        }
        "sonic-rs-value" => {
            Ok(decode(repeats, || sonic_rs::from_slice::<sonic_rs::Value>(black_box(input)).expect("JSON")))
        }
        "sonic-rs-owned" => with_type!(workload, String, T => decode::<T>(repeats, || {
            sonic_rs::from_slice(black_box(input)).expect("such data")
        })),
        _ => return None,
    })
}

/// Writes the data of a pickle as JSON and as `MessagePack`, beside it. Structs are written as maps, as they are in the pickle.
pub fn prepare(workload: &Workload) -> Result<(), String> {
    fn write<T: DeserializeOwned + Serialize>(workload: &Workload) -> Result<(), String> {
        let data: T = data_of(workload.bytes);
        let json = serde_json::to_vec(&data).map_err(|error| error.to_string())?;
        let packed = rmp_serde::to_vec_named(&data).map_err(|error| error.to_string())?;
        for (extension, bytes) in [("json", json), ("msgpack", packed)] {
            fs::write(workload.path.with_extension(extension), bytes).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
    with_type!(workload, String, T => write::<T>(workload)?)
}

/// Reads the data that a peer writes.
fn data_of<T: DeserializeOwned>(input: &'static [u8]) -> T {
    halfsour_serde::from_slice(input).expect("such data")
}

fn decode<T: Tallied>(repeats: usize, mut load: impl FnMut() -> T) -> Report {
    run(repeats, (), |()| load(), |value| Tally::of(value).to_string(), |(), _| ())
}

fn encode<T>(repeats: usize, data: &T, write: impl Fn(&mut Vec<u8>, &T)) -> Report
where
    T: Serialize + Deserialize<'static>,
{
    let into = |out: &mut Vec<u8>| {
        out.clear();
        write(out, black_box(data));
        out.len()
    };
    run(repeats, Vec::new(), into, usize::to_string, |_, _| ())
}

/// serde-pickle and its fork have the same `Value`.
macro_rules! pickle_values {
    ($($peer:ident)*) => {
        $(impl Tallied for $peer::Value {
            fn add_to(&self, tally: &mut Tally) {
                match self {
                    Self::None => tally.none(),
                    Self::Bool(value) => value.add_to(tally),
                    Self::I64(value) => tally.int(*value),
                    Self::Int(value) => tally.big_int(&value.to_signed_bytes_le()),
                    Self::F64(value) => tally.float(*value),
                    Self::Bytes(bytes) => tally.bytes(bytes),
                    Self::String(text) => tally.bytes(text.as_bytes()),
                    Self::List(members) | Self::Tuple(members) => members.add_to(tally),
                    Self::Dict(items) => {
                        for (key, value) in items {
                            key.add_to(tally);
                            value.add_to(tally);
                        }
                    }
                    Self::Set(_) | Self::FrozenSet(_) => {}
                }
            }
        }

        impl Tallied for $peer::HashableValue {
            fn add_to(&self, tally: &mut Tally) {
                self.clone().into_value().add_to(tally);
            }
        })*
    };
}

pickle_values!(serde_pickle pickled);

impl Tallied for serde_json::Value {
    fn add_to(&self, tally: &mut Tally) {
        match self {
            Self::Null => tally.none(),
            Self::Bool(value) => value.add_to(tally),
            Self::Number(number) => number_to(number.as_i64(), number.as_f64(), tally),
            Self::String(text) => tally.bytes(text.as_bytes()),
            Self::Array(members) => members.add_to(tally),
            Self::Object(items) => {
                for (key, value) in items {
                    key.add_to(tally);
                    value.add_to(tally);
                }
            }
        }
    }
}

impl Tallied for sonic_rs::Value {
    fn add_to(&self, tally: &mut Tally) {
        match self.as_ref() {
            sonic_rs::ValueRef::Null => tally.none(),
            sonic_rs::ValueRef::Bool(value) => value.add_to(tally),
            sonic_rs::ValueRef::Number(number) => number_to(number.as_i64(), number.as_f64(), tally),
            sonic_rs::ValueRef::String(text) => tally.bytes(text.as_bytes()),
            sonic_rs::ValueRef::Array(members) => members.iter().for_each(|member| member.add_to(tally)),
            sonic_rs::ValueRef::Object(items) => items.iter().for_each(|(key, value)| {
                key.add_to(tally);
                value.add_to(tally);
            }),
        }
    }
}

fn number_to(int: Option<i64>, float: Option<f64>, tally: &mut Tally) {
    match (int, float) {
        (Some(int), _) => tally.int(int),
        (None, Some(float)) => tally.float(float),
        (None, None) => {}
    }
}
