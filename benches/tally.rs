//! Counts the contents of data in the same way for every type, to detect a contender that loses or changes something.

use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasher;

use halfsour_value::{Data, Node, Value};

use crate::types::{Address, Record, Text};

/// The counts of leaves, and sums of their values, which wrap around. `xtask/python/bench_data.py` counts the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    leaves: u64,
    ints: u64,
    floats: u64,
    bytes: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.leaves, self.ints, self.floats, self.bytes)
    }
}

impl Tally {
    /// Counts the contents of a value.
    pub fn of(thing: &impl Tallied) -> Self {
        let mut tally = Self::default();
        thing.add_to(&mut tally);
        tally
    }

    /// Counts a `None`.
    pub fn none(&mut self) {
        self.leaves += 1;
    }

    /// Counts an int, or a bool.
    pub fn int(&mut self, value: i64) {
        self.leaves += 1;
        self.ints = self.ints.wrapping_add(value.cast_unsigned());
    }

    /// Counts an int as little-endian two's complement: its low 64 bits.
    pub fn big_int(&mut self, bytes: &[u8]) {
        let fill = if bytes.last().is_some_and(|byte| *byte >= 0x80) { 0xff } else { 0 };
        let mut low = [fill; 8];
        let length = bytes.len().min(low.len());
        low[..length].copy_from_slice(&bytes[..length]);
        self.int(i64::from_le_bytes(low));
    }

    /// Counts a float.
    pub fn float(&mut self, value: f64) {
        self.leaves += 1;
        self.floats = self.floats.wrapping_add(value.to_bits());
    }

    /// Counts text, or bytes.
    pub fn bytes(&mut self, value: &[u8]) {
        self.leaves += 1;
        self.bytes += value.len() as u64;
    }
}

/// Data that can be counted.
pub trait Tallied {
    /// Adds the contents of this value to the counts.
    fn add_to(&self, tally: &mut Tally);
}

macro_rules! leaves {
    ($($type:ty: |$value:ident, $tally:ident| $add:expr;)*) => {
        $(impl Tallied for $type {
            fn add_to(&self, $tally: &mut Tally) {
                let $value = self;
                $add;
            }
        })*
    };
}

leaves! {
    i64: |value, tally| tally.int(*value);
    f64: |value, tally| tally.float(*value);
    bool: |value, tally| tally.int(i64::from(*value));
    String: |value, tally| tally.bytes(value.as_bytes());
    &str: |value, tally| tally.bytes(value.as_bytes());
    Text<'_>: |value, tally| tally.bytes(value.0.as_bytes());
}

impl<T: Tallied> Tallied for Vec<T> {
    fn add_to(&self, tally: &mut Tally) {
        for member in self {
            member.add_to(tally);
        }
    }
}

impl<K: Tallied, V: Tallied, S: BuildHasher> Tallied for HashMap<K, V, S> {
    fn add_to(&self, tally: &mut Tally) {
        for (key, value) in self {
            key.add_to(tally);
            value.add_to(tally);
        }
    }
}

impl<S: Tallied> Tallied for Record<S> {
    fn add_to(&self, tally: &mut Tally) {
        let Self { id, name, email, age, score, active, tags, address } = self;
        for key in ["id", "name", "email", "age", "score", "active", "tags", "address"] {
            key.add_to(tally);
        }
        let parts: [&dyn Tallied; 8] = [id, name, email, age, score, active, tags, address];
        for part in parts {
            part.add_to(tally);
        }
    }
}

impl<S: Tallied> Tallied for Address<S> {
    fn add_to(&self, tally: &mut Tally) {
        for (key, value) in [("street", &self.street), ("city", &self.city), ("zip", &self.zip)] {
            key.add_to(tally);
            value.add_to(tally);
        }
    }
}

impl<S: AsRef<[u8]>> Tallied for Node<'_, S> {
    fn add_to(&self, tally: &mut Tally) {
        match self.data() {
            Data::None => tally.none(),
            Data::Bool(value) => value.add_to(tally),
            Data::Int(value) => tally.int(value),
            Data::BigInt(bytes) => tally.big_int(bytes),
            Data::Float(value) => tally.float(value),
            Data::Str(text) => tally.bytes(text.as_str().unwrap_or_default().as_bytes()),
            Data::Bytes(bytes) => tally.bytes(bytes),
            Data::List(members) | Data::Tuple(members) => members.for_each(|member| member.add_to(tally)),
            Data::Dict(items) => items.for_each(|(key, value)| {
                key.add_to(tally);
                value.add_to(tally);
            }),
            // The Python side does not count data with instances.
            _ => {}
        }
    }
}

impl Tallied for Value {
    fn add_to(&self, tally: &mut Tally) {
        match self {
            Self::None => tally.none(),
            Self::Bool(value) => value.add_to(tally),
            Self::Int(value) => tally.int(*value),
            Self::BigInt(bytes) => tally.big_int(bytes),
            Self::Float(value) => tally.float(*value),
            Self::Str(text) => tally.bytes(text.as_bytes()),
            Self::Bytes(bytes) => tally.bytes(bytes),
            Self::List(_) | Self::Tuple(_) => {
                self.as_slice().into_iter().flatten().for_each(|member| member.add_to(tally));
            }
            Self::Dict(items) => {
                for (key, value) in &**items {
                    key.add_to(tally);
                    value.add_to(tally);
                }
            }
            _ => {}
        }
    }
}
