//! The stream gives the same values and errors as the graph, for all types, from any bytes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Debug;

use halfsour_serde::{BigInt, Error, NodeDeserializer, from_slice};
use halfsour_value::Value;
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Through the graph.
fn from_its_graph<'de, T: Deserialize<'de>>(input: &'de [u8]) -> Result<T, Error> {
    let graph = halfsour_vm::from_slice(input)?;
    T::deserialize(NodeDeserializer::borrowing(graph.root()))
}

fn is_read_alike<'de, T: Deserialize<'de> + Debug>(input: &'de [u8]) {
    let stream = from_slice::<T>(input).map_err(|error| (error.to_string(), format!("{error:?}")));
    let graph = from_its_graph::<T>(input).map_err(|error| (error.to_string(), format!("{error:?}")));
    // Sets and maps are printed in an order of their own.
    let text = |result| match result {
        Ok(value) => {
            let mut text: Vec<char> = format!("{value:?}").chars().collect();
            text.sort_unstable();
            Ok(text)
        }
        Err(error) => Err(error),
    };
    assert_eq!(text(stream), text(graph), "{} from {input:?}", std::any::type_name::<T>());
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "it is only compared")]
struct Record<'a> {
    #[serde(borrow)]
    a: Option<Cow<'a, str>>,
    #[serde(default)]
    b: Vec<i64>,
    #[serde(rename = "class attr", default)]
    c: IgnoredAny,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is only compared")]
struct Strict {
    a: u8,
    #[serde(default)]
    b: Option<Box<Strict>>,
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "it is only compared")]
enum Shape {
    #[serde(alias = "")]
    A,
    #[serde(alias = "abc")]
    B(Option<i32>),
    C(i64, String),
    D {
        a: f64,
    },
}

#[derive(Deserialize, Debug)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is only compared")]
enum Untagged {
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Untagged>),
    Map(BTreeMap<String, Untagged>),
    Unit,
}

/// Takes an error for nothing.
#[derive(Debug)]
struct Lenient<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(T::deserialize(deserializer).ok()))
    }
}

/// Does not look at the data.
#[derive(Debug)]
struct Blind;

impl<'de> Deserialize<'de> for Blind {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Self)
    }
}

#[derive(Deserialize, Debug)]
struct Unit;

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "it is only compared")]
struct Flat {
    #[serde(default)]
    a: Option<i64>,
    #[serde(flatten)]
    rest: HashMap<Value, Value>,
}

#[derive(Deserialize, Debug)]
struct Newtype(#[expect(dead_code, reason = "it is only compared")] Box<Tree>);

#[derive(Deserialize, Debug)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is only compared")]
enum Tree {
    List(Vec<Newtype>),
    Other(IgnoredAny),
}

macro_rules! are_read_alike {
    ($input:ident: $($type:ty)*) => { $(is_read_alike::<$type>(&$input[..]);)* };
}

/// The types that take most of what there is.
fn some_types(input: &[u8]) {
    are_read_alike! { input:
        Value serde_json::Value IgnoredAny Vec<Value> HashMap<String, Value> Vec<Vec<i64>> Vec<(i64, Cow<'_, str>)>
        Record<'_> Vec<Record<'_>> Untagged Vec<Lenient<Vec<u8>>> Vec<Shape> Vec<Option<&str>>
    }
}

#[allow(clippy::zero_sized_map_values)] // keys of one type beside values that are skipped: that is to be tried
fn all_types(input: &[u8]) {
    some_types(input);
    are_read_alike! { input:
        bool u8 i8 u16 i32 i64 u64 i128 u128 f32 f64 char String &str Cow<'_, str> () Unit BigInt Newtype Shape Strict
        Option<bool> Option<&str> &[u8] serde_bytes::ByteBuf Vec<u8> Vec<f64> Vec<&str> Vec<Option<()>> Vec<BigInt>
        Flat Vec<Flat> [u8; 2] Vec<Vec<u16>> [i64; 2] (Value,) (u8, Value) (Value, Value, Value) Vec<(Value, Value)> ((u8, u8), Value) Vec<[Value; 2]>
        BTreeMap<String, i64> HashMap<i64, Value> HashMap<(i64, bool), Value> BTreeMap<&str, (i64, f64)>
        HashMap<String, IgnoredAny> HashSet<i64> Vec<HashMap<String, Option<i64>>> Vec<Strict> Option<Vec<Unit>>
        Lenient<Strict> Vec<Blind> (Blind, Value) HashMap<Value, Blind> Vec<Lenient<(u8, u8)>> Option<Blind>
    }
}

/// A source of numbers that are as good as random, and the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

#[test]
fn what_pythons_wrote() {
    let pickles: HashSet<_> = halfsour_fixtures::all().into_iter().map(|fixture| fixture.pickle).collect();
    let mut pickles: Vec<_> =
        pickles.into_iter().filter(|pickle| (1..5000).contains(&pickle.len())).collect();
    pickles.sort();
    let mut numbers = Numbers(1);
    for pickle in pickles.iter().step_by(7) {
        all_types(pickle);
        let mut mutated = pickle.clone();
        for _ in 0..3 {
            let at = numbers.below(mutated.len());
            match numbers.below(4) {
                0 => mutated[at] = u8::try_from(numbers.below(256)).unwrap(),
                1 => drop(mutated.remove(at)),
                2 => mutated.insert(at, b"(telasu}])\x85\x86\x87\x94hq.0N"[numbers.below(19)]),
                _ => {
                    let other = &pickles[numbers.below(pickles.len())];
                    let from = numbers.below(other.len());
                    mutated.splice(at..at, other[from..].iter().take(10).copied());
                }
            }
            if mutated.is_empty() {
                break;
            }
            some_types(&mutated);
        }
    }
}

/// Writes plain streams, and some that are nearly so.
struct Writer {
    out: Vec<u8>,
    numbers: Numbers,
    slots: u8,
    is_old: bool,
}

impl Writer {
    fn memoize(&mut self) {
        if self.numbers.below(2) == 0 && self.slots < 250 {
            if self.is_old {
                self.out.extend(format!("p{}\n", self.slots).bytes());
            } else if self.numbers.below(2) == 0 {
                self.out.extend([b'q', self.slots]);
            } else {
                self.out.push(0x94);
            }
            self.slots += 1;
        }
    }

    fn scalar(&mut self) {
        let scalars: [&[u8]; 24] = [
            b"N",
            b"\x88",
            b"\x89",
            b"K\x07",
            b"M\x01\x02",
            b"J\xff\xff\xff\xff",
            b"\x8a\x00",
            b"\x8a\x02\xff\x7f",
            b"\x8a\x09\0\0\0\0\0\0\0\0\x01",
            b"G?\xf8\0\0\0\0\0\0",
            b"\x8c\x01a",
            b"\x8c\x01b",
            b"X\x02\0\0\0\xc3\xa4",
            b"\x8c\x03\xed\xa0\x80",
            b"C\x01\xff",
            b"U\x03abc",
            b"T\x01\0\0\0\xff",
            b")",
            b"I7\n",
            b"I01\n",
            b"L-5L\n",
            b"F1.5\n",
            b"Va\\u00e4\n",
            b"S'a'\n",
        ];
        let at = self.numbers.below(scalars.len());
        self.out.extend(scalars[at]);
        self.memoize();
    }

    fn key(&mut self) {
        match self.numbers.below(12) {
            0 => self.object(2),
            1..=3 if self.slots > 0 => self.get(),
            4..=8 => {
                self.out.extend([0x8c, 1, b"abc"[self.numbers.below(3)]]);
                self.memoize();
            }
            _ => self.scalar(),
        }
    }

    fn get(&mut self) {
        let slot = u8::try_from(self.numbers.below(self.slots.into())).unwrap();
        match self.numbers.below(3) {
            0 => self.out.extend(format!("g{slot}\n").bytes()),
            1 => self.out.extend([b'j', slot, 0, 0, 0]),
            _ => self.out.extend([b'h', slot]),
        }
    }

    fn object(&mut self, depth: usize) {
        match self.numbers.below(if depth == 0 { 5 } else { 9 }) {
            4 if self.slots > 0 => self.get(),
            0..=4 => self.scalar(),
            5 | 6 => {
                let is_dict = self.numbers.below(2) == 0;
                let (old, new, one, many) =
                    if is_dict { (b'd', b'}', b's', b'u') } else { (b'l', b']', b'a', b'e') };
                if self.is_old {
                    self.out.extend([b'(', old]);
                } else {
                    self.out.push(new);
                }
                self.memoize();
                for _ in 0..self.numbers.below(3) {
                    let members = if self.numbers.below(2) == 0 { 1 } else { self.numbers.below(4) };
                    let single = members == 1 && self.numbers.below(2) == 0;
                    if !single {
                        self.out.push(b'(');
                    }
                    for _ in 0..members {
                        if is_dict {
                            self.key();
                        }
                        self.object(depth - 1);
                    }
                    self.out.push(if single { one } else { many });
                }
            }
            7 => {
                let members = self.numbers.below(4);
                let marked = members == 0 || self.numbers.below(3) == 0;
                if marked {
                    self.out.push(b'(');
                }
                for _ in 0..members {
                    self.object(depth - 1);
                }
                self.out.push(if marked { b't' } else { 0x84 + u8::try_from(members).unwrap() });
                self.memoize();
            }
            _ => {
                // {'B': 1}, ('C', (1, 'a')), or some such.
                self.out.extend(*b"}\x8c\x01");
                self.out.push(b"ABCD"[self.numbers.below(4)]);
                self.object(depth - 1);
                self.out.push(b's');
            }
        }
    }
}

#[test]
fn streams_that_are_nearly_plain() {
    for seed in 0..3000 {
        let numbers = Numbers(seed);
        let mut writer = Writer { out: Vec::new(), numbers, slots: 0, is_old: seed % 4 == 0 };
        // At the root, what types want more often than a scalar.
        writer.out.extend(*b"\x80\x04");
        if seed % 3 == 0 {
            writer.object(4);
        } else {
            writer.out.extend(*b"](");
            for _ in 0..writer.numbers.below(4) {
                writer.object(4);
            }
            writer.out.push(b'e');
        }
        if seed % 17 == 0 {
            writer.out.extend(b"0hR"[writer.numbers.below(3)..].iter());
        }
        writer.out.push(b'.');
        if seed % 4 == 1 { all_types(&writer.out) } else { some_types(&writer.out) }
    }
}

/// Both refuse shared and deep data, however they count the limits.
#[test]
fn towers() {
    let tower = |levels: usize, floor: &[u8]| {
        let mut stream = floor.to_vec();
        for _ in 0..levels {
            stream.extend(b"q\x000](h\x00h\x00e");
        }
        stream.push(b'.');
        stream
    };
    for levels in [1, 10, 16, 18, 40] {
        let stream = tower(levels, b"]");
        are_read_alike! { stream: Value IgnoredAny Vec<Value> Vec<IgnoredAny> };
    }
    let mut stream = b"](]q\0".to_vec();
    for slot in 1..=40 {
        stream.extend([b']', b'q', slot, b'(', b'h', slot - 1, b'h', slot - 1, b'e']);
        let whole = [&stream[..], b"e."].concat();
        are_read_alike! { whole: Value IgnoredAny Vec<Value> Vec<IgnoredAny> };
    }
    for count in [10, 200, 300, 2000] {
        let ints = b"K\x07".repeat(count);
        let stream = [&b"](]q\0("[..], &ints, b"e", &b"h\0".repeat(count), b"e."].concat();
        are_read_alike! { stream: Value Vec<Vec<u8>> Vec<Option<IgnoredAny>> };
    }
    for depth in [126, 127, 128, 129, 500] {
        let nested = [b"]".repeat(depth), b"a".repeat(depth - 1), b".".to_vec()].concat();
        are_read_alike! { nested: Value IgnoredAny Vec<IgnoredAny> Newtype };
    }
    let mut long = [&b"](X\0\x10\0\0"[..], &[b'a'; 4096], b"q\0"].concat();
    for count in [10, 500, 50_000] {
        long.extend(b"h\0".repeat(count));
        let stream = [&long[..], b"e."].concat();
        are_read_alike! { stream: Vec<Cow<'_, str>> IgnoredAny };
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        some_types(&bytes);
    }

    #[test]
    fn any_opcodes(
        opcodes in prop::collection::vec(prop::sample::select(b"(te.Nlda]}su)\x85\x86\x87\x88\x94hqK\0\x01\x02".to_vec()), 0..40),
    ) {
        let mut stream = opcodes;
        stream.push(b'.');
        some_types(&stream);
        stream.splice(0..0, *b"](");
        stream.splice(stream.len() - 1.., *b"e.");
        some_types(&stream);
    }
}
