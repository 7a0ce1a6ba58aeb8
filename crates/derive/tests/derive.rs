//! Derived types are objects of Python's classes, and are read back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Debug;

use halfsour_serde::{FromPython, ToPython, WriteOptions, from_slice, python, to_graph, to_vec_with};
use rust_decimal::Decimal;

/// Checks that a value is what it was after a way through the pickle of each protocol, and through JSON. Returns what Python has.
fn there_and_back<T>(value: &T) -> String
where
    T: halfsour_serde::__private::Serialize
        + for<'de> halfsour_serde::__private::Deserialize<'de>
        + PartialEq
        + Debug,
{
    for protocol in 0..=5 {
        let pickle = to_vec_with(value, &WriteOptions::default().with_protocol(protocol)).unwrap();
        assert_eq!(from_slice::<T>(&pickle).unwrap(), *value, "protocol {protocol}");
    }
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value, "{json}");
    to_graph(value).unwrap().root().to_string()
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Point")]
struct Point {
    x: i32,
    #[python(rename = "y_axis")]
    y: i32,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Point", frozen)]
struct Frozen {
    x: i32,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Point", slots)]
struct Slots {
    x: i32,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Point", namedtuple)]
struct Named {
    x: i32,
    #[python(skip)]
    cached: Option<i32>,
    y: Option<i32>,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.point", call)]
struct Called {
    x: i32,
    y: i32,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Jar")]
struct Jar(u8, #[python(decimal)] Decimal);

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Nothing")]
struct Nothing;

#[derive(ToPython, FromPython, Debug, PartialEq)]
struct NoClass {
    #[python(set)]
    tags: BTreeSet<String>,
}

#[test]
fn structs() {
    assert_eq!(there_and_back(&Point { x: 1, y: 2 }), "app.Point(x=1, y_axis=2)");
    assert_eq!(there_and_back(&Frozen { x: 1 }), "app.Point(x=1)");
    assert_eq!(there_and_back(&Slots { x: 1 }), "app.Point().__setstate__((None, {'x': 1}))");
    assert_eq!(there_and_back(&Named { x: 1, cached: None, y: None }), "app.Point(1, None)");
    assert_eq!(there_and_back(&Called { x: 1, y: 2 }), "app.point(1, 2)");
    assert_eq!(there_and_back(&Jar(1, Decimal::TEN)), "app.Jar(1, decimal.Decimal('10'))");
    assert_eq!(there_and_back(&Nothing), "app.Nothing()");
    assert_eq!(there_and_back(&NoClass { tags: ["a".into()].into() }), "{'tags': {'a'}}");
    let all = (
        vec![Point { x: 1, y: 2 }],
        Some(Frozen { x: 1 }),
        BTreeMap::from([("a".to_owned(), Slots { x: 3 })]),
    );
    assert_eq!(
        there_and_back(&all),
        "([app.Point(x=1, y_axis=2)], app.Point(x=1), {'a': app.Point().__setstate__((None, {'x': 3}))})"
    );
}

/// Reading by place is that of `halfsour-serde`.
#[test]
fn list_states_are_written() {
    #[derive(ToPython)]
    #[python(class = "app.Point", frozen, slots)]
    struct Both {
        x: i32,
    }
    #[derive(ToPython)]
    #[python(class = "app.Point", list_state)]
    struct Listed(i32);

    let options = WriteOptions::default().with_protocol(2);
    assert_eq!(to_vec_with(&Both { x: 1 }, &options).unwrap(), b"\x80\x02capp\nPoint\n)\x81](K\x01eb.");
    assert_eq!(to_vec_with(&Listed(1), &options).unwrap(), b"\x80\x02capp\nPoint\n)\x81](K\x01eb.");
}

#[derive(ToPython, FromPython, Debug, PartialEq, Clone, Copy)]
#[python(class = "app.Color")]
enum Color {
    #[python(value = "blue")]
    Blue,
    #[python(value = "3")]
    Three,
    #[python(value = -4)]
    MinusFour,
    Red = 5,
    Green = -2,
}

#[derive(ToPython, FromPython, Debug, PartialEq, Clone, Copy)]
#[python(class = "app.Color", by = "global")]
enum Global {
    #[python(rename = "RED")]
    Red,
}

#[derive(ToPython)]
#[python(class = "app.Color", by = "name")]
enum ByName {
    #[python(rename = "RED")]
    Red,
}

#[test]
fn enums() {
    let all = [Color::Red, Color::Green, Color::Blue, Color::Three, Color::MinusFour];
    let shown: Vec<_> = all.iter().map(there_and_back).collect();
    assert_eq!(
        shown,
        ["app.Color(5)", "app.Color(-2)", "app.Color('blue')", "app.Color('3')", "app.Color(-4)"]
    );
    assert_eq!(to_graph(&Global::Red).unwrap().root().to_string(), "app.Color.RED");
    assert_eq!(to_graph(&ByName::Red).unwrap().root().to_string(), "builtins.getattr(app.Color, 'RED')");
    assert_eq!(serde_json::from_str::<Global>("\"RED\"").unwrap(), Global::Red);
    let error = serde_json::from_str::<Color>("\"pink\"").unwrap_err();
    assert!(
        error.to_string().starts_with("unknown variant `pink`, expected one of `blue`, `'3'`"),
        "{error}"
    );
}

#[derive(ToPython, FromPython, Debug, PartialEq, Default)]
#[python(class = "app.Forms")]
struct Forms {
    #[python(set)]
    set: Vec<u8>,
    #[python(frozenset, decimal)]
    prices: Option<BTreeSet<Decimal>>,
    #[python(tuple)]
    tuples: HashMap<String, Vec<u8>>,
    #[python(deque, datetime)]
    moments: std::collections::VecDeque<jiff::civil::DateTime>,
    #[python(ordered_dict, timedelta)]
    waits: BTreeMap<u8, Option<jiff::SignedDuration>>,
    #[python(bytes)]
    raw: Option<Vec<Vec<u8>>>,
    #[python(bytes)]
    three: [u8; 3],
    #[python(date)]
    days: [jiff::civil::Date; 2],
    #[python(time)]
    time: jiff::civil::Time,
    #[python(path)]
    path: std::path::PathBuf,
    #[python(ndarray)]
    matrix: Vec<[f64; 2]>,
    #[python(as = "(python::Same, python::Set<python::Decimal>)")]
    pair: (u8, Vec<Decimal>),
    #[python(default)]
    later: u8,
    r#type: u8,
}

#[test]
fn forms_go_through_containers() {
    let forms = Forms {
        set: vec![1],
        prices: Some([Decimal::ONE].into()),
        tuples: [("a".into(), vec![1, 2])].into(),
        moments: [jiff::civil::date(2024, 2, 29).at(1, 2, 3, 0)].into(),
        waits: [(1, Some(jiff::SignedDuration::from_secs(5))), (2, None)].into(),
        raw: Some(vec![vec![1]]),
        matrix: vec![[1.0, 2.0]],
        days: [jiff::civil::date(2024, 2, 29); 2],
        path: "a/b".into(),
        pair: (1, vec![Decimal::ONE]),
        ..Forms::default()
    };
    there_and_back(&forms);
    let graph = to_graph(&forms).unwrap();
    let shown = |name| graph.root().path(&format!(".{name}")).unwrap().to_string();
    assert_eq!(shown("set"), "{1}");
    assert_eq!(shown("prices"), "frozenset({decimal.Decimal('1')})");
    assert_eq!(shown("tuples"), "{'a': (1, 2)}");
    assert_eq!(
        shown("moments"),
        r"collections.deque() + [datetime.datetime(b'\x07\xe8\x02\x1d\x01\x02\x03\x00\x00\x00')]"
    );
    assert_eq!(shown("waits"), "collections.OrderedDict() | {1: datetime.timedelta(0, 5, 0), 2: None}");
    assert_eq!(shown("raw"), r"[b'\x01']");
    assert_eq!(shown("three"), r"b'\x00\x00\x00'");
    assert!(shown("days").starts_with("(datetime.date("));
    assert_eq!(shown("pair"), "(1, {decimal.Decimal('1')})");
    assert_eq!(shown("type"), "0");
}

#[test]
fn missing_fields() {
    let missing = from_slice::<Point>(b"}X\x01\0\0\0xK\x01s.").unwrap_err();
    assert_eq!(missing.to_string(), "missing field `y_axis` (from byte 0x0)");
    let slots: Named = from_slice(b"}X\x01\0\0\0xK\x01s.").unwrap();
    assert_eq!(slots, Named { x: 1, cached: None, y: None });
    let keys = b"}(K\0K\x01NK\x02X\x01\0\0\0xK\x03X\x06\0\0\0y_axisK\x04X\x01\0\0\0z]u.";
    assert_eq!(from_slice::<Point>(keys).unwrap(), Point { x: 3, y: 4 });
    let short = from_slice::<Point>(b"]K\x01a.").unwrap_err();
    assert!(short.to_string().contains("invalid length 1, expected a member for each field"), "{short}");
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Base")]
struct Base {
    id: u8,
    #[python(decimal)]
    price: Decimal,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Item", slots)]
struct Item {
    name: String,
    #[python(flatten)]
    base: Base,
    #[python(flatten)]
    maybe: Option<Point>,
    #[python(flatten)]
    rest: BTreeMap<String, u8>,
}

#[test]
fn flattening_keeps_the_class_and_the_kinds() {
    let item = Item {
        name: "jar".into(),
        base: Base { id: 7, price: Decimal::ONE },
        maybe: None,
        rest: [("more".into(), 1)].into(),
    };
    assert_eq!(
        there_and_back(&item),
        "app.Item().__setstate__((None, {'name': 'jar', 'id': 7, 'price': decimal.Decimal('1'), 'more': 1}))"
    );
    there_and_back(&Item { maybe: Some(Point { x: 1, y: 2 }), rest: BTreeMap::new(), ..item });
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Box")]
struct Generic<T, const N: usize>
where
    T: Ord,
{
    value: T,
    #[python(set)]
    set: BTreeSet<T>,
    #[python(tuple)]
    items: [u8; N],
    next: Option<Box<Generic<T, N>>>,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Text")]
struct Borrowed<'a, 'b> {
    text: &'a str,
    more: Cow<'b, str>,
}

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Wrapper")]
struct Wrapper<F> {
    #[python(flatten)]
    inner: F,
}

#[test]
fn generics_and_lifetimes() {
    let inner = Generic { value: 2_u8, set: [1].into(), items: [0; 2], next: None };
    let value = Generic { value: 1_u8, set: BTreeSet::new(), items: [0; 2], next: Some(Box::new(inner)) };
    there_and_back(&value);
    assert_eq!(there_and_back(&Wrapper { inner: Point { x: 1, y: 2 } }), "app.Wrapper(x=1, y_axis=2)");
    let text = Borrowed { text: "a", more: "b".into() };
    let pickle = halfsour_serde::to_vec(&text).unwrap();
    assert_eq!(from_slice::<Borrowed<'_, '_>>(&pickle).unwrap(), text);
}

#[test]
fn hashed_sets_of_derived_enums() {
    #[derive(ToPython, FromPython, Debug, PartialEq, Eq, Hash)]
    #[python(class = "app.Unit")]
    enum Unit {
        One = 1,
    }
    #[derive(ToPython, FromPython, Debug, PartialEq)]
    #[python(class = "app.Units")]
    struct Units {
        #[python(set)]
        all: HashSet<Unit>,
    }

    assert_eq!(there_and_back(&Units { all: [Unit::One].into() }), "app.Units(all={app.Unit(1)})");
}

#[test]
fn named_tuples_of_protocol_0() {
    #[derive(FromPython, Debug, PartialEq)]
    #[python(class = "app.Pair", namedtuple)]
    struct Pair {
        x: i32,
        y: String,
    }

    // Python: pickle.dumps(Pair(1, 'a'), 0), without its memo
    let pickle = b"ccopy_reg\n_reconstructor\n(capp\nPair\nc__builtin__\ntuple\n(I1\nVa\nttR.";
    assert_eq!(from_slice::<Pair>(pickle).unwrap(), Pair { x: 1, y: "a".into() });
}
