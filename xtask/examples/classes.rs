//! Rust types as objects of the classes of `xtask/python/oracle_classes.py`. `cargo xtask oracle` lets Pythons load them.
//!
//! `write FILE` writes a line for each object and protocol: `name, protocol, pickle`, separated by tabs, with the pickle in base64. `read`
//! reads such lines of Python's from the standard input, and compares what they hold with what was written.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::{Debug, Write};
use std::io::BufRead;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use halfsour_serde::{FromPython, ToPython, WriteOptions, from_slice, to_vec_with};
use jiff::{SignedDuration, Timestamp, ZonedDateTime, civil};
use rust_decimal::Decimal;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

macro_rules! points {
    ($($name:ident $class:literal [$($shape:tt)*])*) => {
        $(#[derive(ToPython, FromPython, Debug, PartialEq)]
        #[python(class = $class, $($shape)*)]
        struct $name {
            x: i32,
            text: String,
            #[python(set)]
            tags: BTreeSet<String>,
        }

        impl $name {
            fn example() -> Self {
                Self { x: -1, text: "é".into(), tags: ["a".to_owned(), "b".to_owned()].into() }
            }
        })*
    };
}

points! {
    Plain "oracle_classes.Plain" []
    Data "oracle_classes.Data" []
    Frozen "oracle_classes.Frozen" [frozen]
    Slots "oracle_classes.Slots" [slots]
    DataSlots "oracle_classes.DataSlots" [slots]
    FrozenSlots "oracle_classes.FrozenSlots" [frozen, slots]
    Typed "oracle_classes.Typed" [namedtuple]
    Named "oracle_classes.Named" [namedtuple]
    Called "oracle_classes.Called" [call]
    Inner "oracle_classes:Outer.Inner" []
    Attrs "oracle_classes.Attrs" []
    AttrsSlots "oracle_classes.AttrsSlots" []
    Model "oracle_classes.Model" [pydantic]
    OldModel "oracle_classes.OldModel" [pydantic_v1]
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Color")]
enum Color {
    Red = 1,
    #[python(value = "green")]
    Green,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Color", by = "name")]
enum ColorByName {
    #[python(rename = "RED")]
    Red = 1,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Color", by = "global")]
enum ColorAsGlobal {
    #[python(rename = "RED")]
    Red = 1,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Level")]
enum Level {
    Low = -1,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Access")]
enum Access {
    Read = 1,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Nothing")]
struct Nothing;

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Flat")]
struct Flat {
    x: i32,
    #[python(flatten)]
    more: More,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.More")]
struct More {
    #[python(decimal)]
    price: Decimal,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Forms")]
struct Forms {
    #[python(set)]
    set: Vec<u8>,
    #[python(frozenset, decimal)]
    frozenset: Option<BTreeSet<Decimal>>,
    #[python(tuple)]
    tuple: Vec<u8>,
    #[python(deque)]
    deque: VecDeque<u8>,
    #[python(ordered_dict, timedelta)]
    ordered: BTreeMap<String, SignedDuration>,
    #[python(bytes)]
    bytes: Vec<u8>,
    #[python(date)]
    date: civil::Date,
    #[python(time)]
    time: civil::Time,
    #[python(datetime)]
    naive: civil::DateTime,
    #[python(datetime)]
    utc: Timestamp,
    #[python(datetime)]
    fixed: ZonedDateTime,
    #[python(uuid)]
    uuid: Uuid,
    #[python(fraction)]
    fraction: String,
    #[python(path)]
    path: std::path::PathBuf,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Zoned")]
struct Zoned {
    #[python(datetime)]
    zoned: ZonedDateTime,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "oracle_classes.Arrays")]
struct Arrays {
    #[python(ndarray)]
    matrix: Vec<Vec<f32>>,
    #[python(ndarray)]
    row: Vec<i64>,
    #[python(ndarray)]
    bytes: Vec<u8>,
    #[python(ndarray)]
    flags: Vec<bool>,
}

fn forms() -> Forms {
    Forms {
        set: vec![1, 2],
        frozenset: Some(["1.50".parse().expect("a number")].into()),
        tuple: vec![1, 2, 3, 4],
        deque: [1, 2].into(),
        ordered: [("a".to_owned(), SignedDuration::from_millis(-1500))].into(),
        bytes: vec![0, 127, 255],
        date: civil::date(2024, 2, 29),
        time: civil::time(1, 2, 3, 4000),
        naive: civil::date(2024, 2, 29).at(1, 2, 3, 4000),
        utc: "2024-02-29T12:30:00Z".parse().expect("a time"),
        fixed: "2024-02-29T12:30:00+05:30[+05:30]".parse().expect("a time"),
        uuid: Uuid::from_u128(u128::MAX - 1),
        fraction: "22/7".into(),
        path: "/tmp/a".into(),
    }
}

fn zoned() -> Zoned {
    Zoned { zoned: "2024-10-27T03:30:00+02:00[Europe/Vilnius]".parse().expect("a time") }
}

fn arrays() -> Arrays {
    Arrays {
        matrix: vec![vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0, 6.5]],
        row: vec![1, -2, 3],
        bytes: vec![0, 255],
        flags: vec![true, false],
    }
}

/// A thing to do with each object.
trait Visit {
    fn visit<T: Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str, value: &T);
}

fn each(visit: &mut impl Visit) {
    visit.visit("Plain", &Plain::example());
    visit.visit("Data", &Data::example());
    visit.visit("Frozen", &Frozen::example());
    visit.visit("Slots", &Slots::example());
    visit.visit("DataSlots", &DataSlots::example());
    visit.visit("FrozenSlots", &FrozenSlots::example());
    visit.visit("Typed", &Typed::example());
    visit.visit("Named", &Named::example());
    visit.visit("Called", &Called::example());
    visit.visit("Inner", &Inner::example());
    visit.visit("Attrs", &Attrs::example());
    visit.visit("AttrsSlots", &AttrsSlots::example());
    visit.visit("Model", &Model::example());
    visit.visit("OldModel", &OldModel::example());
    visit.visit("Red", &Color::Red);
    visit.visit("Green", &Color::Green);
    visit.visit("RedByName", &ColorByName::Red);
    visit.visit("RedAsGlobal", &ColorAsGlobal::Red);
    visit.visit("Low", &Level::Low);
    visit.visit("Read", &Access::Read);
    visit.visit("Nothing", &Nothing);
    visit.visit("Flat", &Flat { x: 1, more: More { price: Decimal::ONE } });
    visit.visit("Forms", &forms());
    visit.visit("Zoned", &zoned());
    visit.visit("Arrays", &arrays());
    visit.visit("List", &(vec![Plain::example()], Some(Typed::example())));
}

/// Writes each object at each protocol.
struct Written(String);

impl Visit for Written {
    fn visit<T: Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str, value: &T) {
        for protocol in 0..=5 {
            let options = WriteOptions::default().with_protocol(protocol);
            let pickle = to_vec_with(value, &options).expect("it can be written");
            assert_eq!(from_slice::<T>(&pickle).expect("it can be read"), *value, "{name}");
            let _ = writeln!(self.0, "{name}\t{protocol}\t{}", STANDARD.encode(pickle));
        }
    }
}

/// Reads Python's pickle, if it has this name.
struct ReadBack<'a> {
    name: &'a str,
    pickle: &'a [u8],
    found: bool,
}

impl Visit for ReadBack<'_> {
    fn visit<T: Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str, value: &T) {
        if name == self.name {
            self.found = true;
            match from_slice::<T>(self.pickle) {
                Ok(read) => assert_eq!(read, *value, "{name}: {:?}", STANDARD.encode(self.pickle)),
                Err(error) => panic!("{name}: {error}: {:?}", STANDARD.encode(self.pickle)),
            }
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("write") {
        let mut written = Written(String::new());
        each(&mut written);
        let file = arguments.next().expect("the second argument is the file to write");
        std::fs::write(file, written.0).expect("the file can be written");
        return;
    }
    let mut count = 0;
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("the input can be read");
        let fields: Vec<_> = line.split('\t').collect();
        let [name, _, pickle] = fields[..] else { panic!("a line has three fields: {line}") };
        let pickle = STANDARD.decode(pickle).expect("it is base64");
        let mut read = ReadBack { name, pickle: &pickle, found: false };
        each(&mut read);
        assert!(read.found, "{name} is not written");
        count += 1;
    }
    println!("{count} read back");
}
