//! Any value of a derived type of each shape is itself after a way through a pickle of each protocol.

use std::collections::{BTreeMap, BTreeSet};

use halfsour_serde::{FromPython, ToPython, WriteOptions, from_slice, to_vec_with};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

macro_rules! shapes {
    ($($name:ident [$($shape:tt)*])*) => {
        $(#[derive(ToPython, FromPython, Clone, Debug, PartialEq)]
        #[python(class = "app.models.Thing", $($shape)*)]
        struct $name {
            int: i64,
            text: String,
            maybe: Option<u8>,
            #[python(set)]
            set: BTreeSet<String>,
            #[python(bytes)]
            bytes: Vec<u8>,
            floats: Vec<f64>,
            #[python(ordered_dict, frozenset)]
            map: BTreeMap<String, BTreeSet<i32>>,
            pair: (bool, Option<String>),
            color: Color,
        })*

        type Parts = (
            i64,
            String,
            Option<u8>,
            BTreeSet<String>,
            Vec<u8>,
            Vec<f64>,
            BTreeMap<String, BTreeSet<i32>>,
            (bool, Option<String>),
            Color,
        );

        fn check(parts: &Parts) -> Result<(), TestCaseError> {
            $({
                let (int, text, maybe, set, bytes, floats, map, pair, color) = parts.clone();
                there_and_back(&$name { int, text, maybe, set, bytes, floats, map, pair, color })?;
            })*
            Ok(())
        }
    };
}

shapes! {
    Plain []
    Frozen [frozen]
    Slots [slots]
    FrozenSlots [frozen, slots]
    Named [namedtuple]
    Called [call]
    Model [pydantic]
    OldModel [pydantic_v1]
}

#[derive(ToPython, FromPython, Clone, Copy, Debug, PartialEq)]
#[python(class = "app.models.Color")]
enum Color {
    Red = 1,
    Green = -2,
    #[python(value = "blue")]
    Blue,
}

#[derive(ToPython, FromPython, Clone, Debug, PartialEq)]
#[python(class = "app.models.Call")]
struct Call(u8, String);

#[derive(ToPython, FromPython, Clone, Debug, PartialEq)]
#[python(class = "app.models.Call", list_state)]
struct Listed(u8, String);

#[derive(ToPython, FromPython, Clone, Debug, PartialEq)]
#[python(class = "app.models.Call", namedtuple)]
struct NamedPair(u8, String);

#[derive(ToPython, FromPython, Clone, Debug, PartialEq)]
#[python(class = "app.models.Flat", slots)]
struct Flat {
    id: u8,
    #[python(flatten)]
    inner: Inner,
    #[python(flatten)]
    rest: BTreeMap<String, i32>,
}

#[derive(ToPython, FromPython, Clone, Debug, PartialEq)]
#[python(class = "app.models.Inner")]
struct Inner {
    name: String,
    #[python(set)]
    set: BTreeSet<u8>,
}

fn there_and_back<T>(value: &T) -> Result<(), TestCaseError>
where
    T: halfsour_serde::__private::Serialize
        + for<'de> halfsour_serde::__private::Deserialize<'de>
        + PartialEq
        + std::fmt::Debug,
{
    for protocol in 0..=5 {
        let pickle = to_vec_with(value, &WriteOptions::default().with_protocol(protocol)).unwrap();
        let read = from_slice::<T>(&pickle);
        prop_assert_eq!(read.as_ref().ok(), Some(value), "protocol {}: {:?}", protocol, read);
    }
    Ok(())
}

fn colors() -> impl Strategy<Value = Color> {
    prop_oneof![Just(Color::Red), Just(Color::Green), Just(Color::Blue)]
}

proptest! {
    #[test]
    fn structs(parts in (
        any::<i64>(),
        ".*",
        any::<Option<u8>>(),
        btree_set("[a-c]{0,2}", 0..3),
        vec(any::<u8>(), 0..5),
        vec(-1e300..1e300, 0..4),
        btree_map("[a-c]", btree_set(any::<i32>(), 0..3), 0..3),
        (any::<bool>(), option::of(".*")),
        colors(),
    )) {
        check(&parts)?;
    }

    #[test]
    fn tuple_structs(number: u8, text in ".*") {
        there_and_back(&Call(number, text.clone()))?;
        there_and_back(&Listed(number, text.clone()))?;
        there_and_back(&NamedPair(number, text))?;
    }

    #[test]
    fn flattened(
        id: u8,
        name in ".*",
        set in btree_set(any::<u8>(), 0..3),
        rest in btree_map("[A-C]", any::<i32>(), 0..4),
    ) {
        there_and_back(&Flat { id, inner: Inner { name, set }, rest })?;
    }
}
