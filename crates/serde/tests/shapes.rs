//! Classes of Python of each shape, as a Rust type's name says it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use halfsour_serde::python::{self, As, DateTime, Decimal, FrozenSet, OrderedDict, PersistentId, Same, Set};
use halfsour_serde::{WriteOptions, from_slice, to_vec, to_vec_with};
use serde::{Deserialize, Serialize};

/// Returns the object that the pickle of each protocol has, which is the same in all.
fn shown<T: Serialize>(value: &T) -> String {
    let shown: BTreeSet<_> = (0..=5)
        .map(|protocol| {
            let pickle = to_vec_with(value, &WriteOptions::default().with_protocol(protocol)).unwrap();
            halfsour_vm::from_slice(&pickle).unwrap().root().to_string()
        })
        .collect();
    assert_eq!(shown.len(), 1, "{shown:?}");
    shown.into_iter().next().unwrap()
}

fn refused<T: Serialize>(value: &T) -> String {
    to_vec(value).unwrap_err().to_string()
}

macro_rules! money {
    ($($name:ident $class:literal)*) => {
        $(#[derive(Serialize, Deserialize, Debug, PartialEq)]
        #[serde(rename = $class)]
        struct $name {
            amount: u32,
            currency: String,
        })*
    };
}

money! {
    Plain "app.Money"
    Slots "app.Money{slots}"
    Listed "app.Money[..]"
    Called "app.Money(..)"
    Named "app.Money{namedtuple}"
    Model "app.Money{pydantic}"
    OldModel "app.Money{pydantic_v1}"
    Inner "app:Bank.Money{slots}"
}

macro_rules! five_euro {
    ($type:ident) => {
        $type { amount: 5, currency: "EUR".into() }
    };
}

#[test]
fn structs() {
    assert_eq!(shown(&five_euro!(Plain)), "app.Money(amount=5, currency='EUR')");
    let slots = "app.Money().__setstate__((None, {'amount': 5, 'currency': 'EUR'}))";
    assert_eq!(shown(&five_euro!(Slots)), slots);
    assert_eq!(shown(&five_euro!(Called)), "app.Money(5, 'EUR')");
    assert_eq!(shown(&five_euro!(Named)), "app.Money(5, 'EUR')");
    // Python: pickle.dumps(Money(5, 'EUR'), 2), of a dataclass with slots, as is, and frozen
    let slots =
        b"\x80\x02capp\nMoney\n)\x81N}(X\x06\0\0\0amountK\x05X\x08\0\0\0currencyX\x03\0\0\0EURu\x86b.";
    assert_eq!(to_vec_with(&five_euro!(Slots), &WriteOptions::default().with_protocol(2)).unwrap(), slots);
    let listed = b"\x80\x02capp\nMoney\n)\x81](K\x05X\x03\0\0\0EUReb.";
    assert_eq!(to_vec_with(&five_euro!(Listed), &WriteOptions::default().with_protocol(2)).unwrap(), listed);
    let named = b"\x80\x02capp\nMoney\nK\x05X\x03\0\0\0EUR\x86\x81.";
    assert_eq!(to_vec_with(&five_euro!(Named), &WriteOptions::default().with_protocol(2)).unwrap(), named);
    let graph = halfsour_serde::to_graph(&five_euro!(Model)).unwrap();
    let state = "{'__dict__': {'amount': 5, 'currency': 'EUR'}, '__pydantic_extra__': None, \
        '__pydantic_fields_set__': {'amount', 'currency'}, '__pydantic_private__': None}";
    let shown_state = graph.root().as_instance().unwrap().state().unwrap().to_string();
    assert_eq!(shown_state, state);
    let graph = halfsour_serde::to_graph(&five_euro!(OldModel)).unwrap();
    let state = "{'__dict__': {'amount': 5, 'currency': 'EUR'}, '__fields_set__': {'amount', 'currency'}, \
        '__private_attribute_values__': {}}";
    assert_eq!(graph.root().as_instance().unwrap().state().unwrap().to_string(), state);
    assert_eq!(from_slice::<Slots>(&to_vec(&five_euro!(Slots)).unwrap()).unwrap(), five_euro!(Slots));
    assert_eq!(from_slice::<Named>(&to_vec(&five_euro!(Named)).unwrap()).unwrap(), five_euro!(Named));
    assert_eq!(from_slice::<Called>(&to_vec(&five_euro!(Called)).unwrap()).unwrap(), five_euro!(Called));
}

#[test]
fn classes_within_classes() {
    let four = halfsour_serde::to_graph(&five_euro!(Inner)).unwrap();
    let shown = "app.Bank.Money().__setstate__((None, {'amount': 5, 'currency': 'EUR'}))";
    assert_eq!(four.root().to_string(), shown);
    let two = to_vec_with(&five_euro!(Inner), &WriteOptions::default().with_protocol(2)).unwrap();
    assert!(two.starts_with(b"\x80\x02c__builtin__\ngetattr\ncapp\nBank\nX\x05\0\0\0Money\x86R)\x81N}("));
}

#[test]
fn structs_without_fields_or_names() {
    #[derive(Serialize)]
    #[serde(rename = "app.Nothing")]
    struct Nothing;
    #[derive(Serialize)]
    #[serde(rename = "app.Nothing(..)")]
    struct Call;
    #[derive(Serialize)]
    #[serde(rename = "app.Nothing{namedtuple}")]
    struct Named;
    #[derive(Serialize)]
    #[serde(rename = "app.Nothing{global}")]
    struct Global;
    #[derive(Serialize)]
    #[serde(rename = "app.Pair[..]")]
    struct Listed(u8, u8);
    #[derive(Serialize)]
    #[serde(rename = "app.Pair{namedtuple}")]
    struct Pair(u8, u8);

    assert_eq!(shown(&Nothing), "app.Nothing()");
    assert_eq!(shown(&Call), "app.Nothing()");
    assert_eq!(shown(&Named), "app.Nothing()");
    assert_eq!(shown(&Global), "app.Nothing");
    let options = WriteOptions::default().with_protocol(2);
    assert_eq!(to_vec_with(&Nothing, &options).unwrap(), b"\x80\x02capp\nNothing\n)\x81.");
    assert_eq!(to_vec_with(&Listed(1, 2), &options).unwrap(), b"\x80\x02capp\nPair\n)\x81](K\x01K\x02eb.");
    assert_eq!(to_vec_with(&Pair(1, 2), &options).unwrap(), b"\x80\x02capp\nPair\nK\x01K\x02\x86\x81.");
}

#[test]
fn members_of_enums() {
    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    #[serde(rename = "app.Color")]
    enum Value {
        #[serde(rename = "1")]
        Red,
        #[serde(rename = "-2")]
        Green,
        #[serde(rename = "blue")]
        Blue,
        #[serde(rename = "'3'")]
        Digit,
    }
    #[derive(Serialize)]
    #[serde(rename = "app.Color{name}")]
    enum Name {
        #[serde(rename = "RED")]
        Red,
    }
    #[derive(Serialize)]
    #[serde(rename = "app.Color{global}")]
    enum Global {
        #[serde(rename = "RED")]
        Red,
    }
    #[derive(Serialize)]
    #[serde(rename = "app.Color")]
    enum Content {
        Rgb(u8, u8, u8),
        Named { name: u8 },
        Gray(u8),
    }

    assert_eq!(shown(&Value::Red), "app.Color(1)");
    assert_eq!(shown(&Value::Green), "app.Color(-2)");
    assert_eq!(shown(&Value::Blue), "app.Color('blue')");
    assert_eq!(shown(&Value::Digit), "app.Color('3')");
    for value in [Value::Red, Value::Green, Value::Blue] {
        assert_eq!(from_slice::<Value>(&to_vec(&value).unwrap()).unwrap(), value);
    }
    assert_eq!(shown(&Name::Red), "builtins.getattr(app.Color, 'RED')");
    assert_eq!(halfsour_serde::to_graph(&Global::Red).unwrap().root().to_string(), "app.Color.RED");
    let two = to_vec_with(&Global::Red, &WriteOptions::default().with_protocol(2)).unwrap();
    assert_eq!(two, b"\x80\x02c__builtin__\ngetattr\ncapp\nColor\nX\x03\0\0\0RED\x86R.");
    let content = "cannot be written as app.Color: a member of an enum has no content";
    assert_eq!(refused(&Content::Rgb(1, 2, 3)), format!("the variant `Rgb` {content}"));
    assert_eq!(refused(&Content::Named { name: 1 }), format!("the variant `Named` {content}"));
    assert_eq!(refused(&Content::Gray(1)), format!("the variant `Gray` {content}"));
}

#[test]
fn what_a_shape_cannot_hold_is_refused() {
    #[derive(Serialize)]
    #[serde(rename = "app.Money{slot}")]
    struct Typo {
        amount: u8,
    }
    #[derive(Serialize)]
    #[serde(rename = "app.Money{slots}")]
    struct NoNames(u8, u8);
    #[derive(Serialize)]
    #[serde(rename = "app.Money[..]")]
    struct Skips {
        #[serde(skip_serializing_if = "Option::is_none")]
        amount: Option<u8>,
        currency: u8,
    }
    #[derive(Serialize)]
    #[serde(rename = "app.Money{name}")]
    struct NoEnum {
        amount: u8,
    }
    #[derive(Serialize)]
    #[serde(rename = "app.Money[..]")]
    enum NoStruct {
        A,
    }

    assert_eq!(
        refused(&Typo { amount: 1 }),
        "`{slot}` at the end of `app.Money{slot}` is not a shape of a class; shapes are `{slots}`, `[..]`, `(..)`, \
         `{namedtuple}`, `{pydantic}`, `{pydantic_v1}`, `{name}`, `{global}`"
    );
    assert_eq!(
        refused(&NoNames(1, 2)),
        "a tuple struct cannot be written as app.Money{slots}: its fields have no names"
    );
    assert_eq!(
        refused(&Skips { amount: None, currency: 1 }),
        "the field `amount` cannot be skipped, because the fields of this class are told apart by their places"
    );
    assert_eq!(
        refused(&NoEnum { amount: 1 }),
        "a struct cannot be written as app.Money{name}: only members of enums have that shape"
    );
    assert_eq!(
        refused(&NoStruct::A),
        "a member of an enum cannot be written as app.Money[..]: it has a value or a name, and no fields"
    );
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Forms {
    #[serde(with = "python::set")]
    set: Vec<u8>,
    #[serde(with = "python::frozenset")]
    frozenset: BTreeSet<String>,
    #[serde(with = "python::tuple")]
    tuple: Vec<u8>,
    #[serde(with = "python::deque")]
    deque: VecDeque<u8>,
    #[serde(with = "python::ordered_dict")]
    ordered: BTreeMap<String, u8>,
    #[serde(with = "python::bytes")]
    bytes: [u8; 3],
    #[serde(with = "python::time")]
    time: jiff::civil::Time,
    #[serde(with = "python::datetime")]
    timestamp: jiff::Timestamp,
    #[serde(with = "python::datetime")]
    utc: jiff::ZonedDateTime,
    #[serde(with = "python::path")]
    path: std::path::PathBuf,
    #[serde(with = "python::fraction")]
    fraction: String,
    #[serde(with = "python::ndarray")]
    matrix: Vec<Vec<f32>>,
    #[serde(with = "As::<Option<Decimal>>")]
    price: Option<rust_decimal::Decimal>,
    #[serde(with = "As::<Vec<(DateTime, FrozenSet<Decimal>)>>")]
    prices: Vec<(jiff::civil::DateTime, Vec<rust_decimal::Decimal>)>,
    #[serde(with = "As::<OrderedDict<Same, Box<[Set; 2]>>>")]
    nested: BTreeMap<String, Box<[BTreeSet<u8>; 2]>>,
}

fn forms() -> Forms {
    Forms {
        set: vec![1, 2],
        frozenset: ["a".to_owned()].into(),
        tuple: vec![1, 2, 3, 4],
        deque: [1].into(),
        ordered: [("a".to_owned(), 1)].into(),
        bytes: [0, 1, 255],
        time: jiff::civil::time(1, 2, 3, 4000),
        timestamp: "2024-02-29T12:30:00Z".parse().unwrap(),
        utc: "2024-02-29T12:30:00+00:00[UTC]".parse().unwrap(),
        path: "/tmp/a".into(),
        fraction: "22/7".into(),
        matrix: vec![vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0, 6.0]],
        price: "1.50".parse().ok(),
        prices: vec![(jiff::civil::date(2024, 2, 29).at(1, 2, 3, 0), vec![rust_decimal::Decimal::ONE])],
        nested: [("a".to_owned(), Box::new([[1].into(), [2].into()]))].into(),
    }
}

#[test]
fn forms_are_objects_of_python() {
    let forms = forms();
    for protocol in 0..=5 {
        let pickle = to_vec_with(&forms, &WriteOptions::default().with_protocol(protocol)).unwrap();
        let graph = halfsour_vm::from_slice(&pickle).unwrap();
        let shown = |name| graph.root().get(name).unwrap().to_string();
        assert_eq!(shown("set"), "{1, 2}");
        assert_eq!(shown("frozenset"), "frozenset({'a'})");
        assert_eq!(shown("tuple"), "(1, 2, 3, 4)");
        assert_eq!(shown("deque"), "collections.deque() + [1]");
        assert_eq!(shown("ordered"), "collections.OrderedDict() | {'a': 1}");
        assert_eq!(shown("bytes"), r"b'\x00\x01\xff'");
        assert_eq!(shown("time"), r"datetime.time(b'\x01\x02\x03\x00\x00\x04')");
        let utc = r"datetime.datetime(b'\x07\xe8\x02\x1d\x0c\x1e\x00\x00\x00\x00', datetime.timezone(datetime.timedelta(0, 0, 0)))";
        assert_eq!(shown("timestamp"), utc);
        assert_eq!(shown("utc"), utc);
        assert_eq!(shown("path"), "pathlib.PosixPath('/tmp/a')");
        assert_eq!(shown("fraction"), "fractions.Fraction('22/7')");
        assert_eq!(shown("price"), "decimal.Decimal('1.50')");
        assert_eq!(
            shown("prices"),
            r"[(datetime.datetime(b'\x07\xe8\x02\x1d\x01\x02\x03\x00\x00\x00'), frozenset({decimal.Decimal('1')}))]"
        );
        assert_eq!(shown("nested"), "collections.OrderedDict() | {'a': ({1}, {2})}");
        assert_eq!(from_slice::<Forms>(&pickle).unwrap(), forms);
    }
}

#[test]
fn forms_are_themselves_in_json() {
    let forms = forms();
    let json = serde_json::to_value(&forms).unwrap();
    assert_eq!(json["time"], "01:02:03.000004");
    assert_eq!(json["set"], serde_json::json!([1, 2]));
    assert_eq!(json["matrix"], serde_json::json!([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]));
    assert_eq!(serde_json::from_value::<Forms>(json).unwrap(), forms);
}

#[test]
fn a_form_that_serde_kept_changes_no_other_format() {
    #[derive(Serialize)]
    enum Inner {
        Waits {
            #[serde(with = "python::timedelta")]
            time: jiff::SignedDuration,
        },
    }
    #[derive(Serialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        Of(Inner),
    }
    #[derive(Serialize)]
    struct Wait(#[serde(with = "python::timedelta")] jiff::SignedDuration);

    let time = jiff::SignedDuration::from_secs(1);
    to_vec(&Tagged::Of(Inner::Waits { time })).unwrap();
    assert_eq!(serde_json::to_string(&Wait(time)).unwrap(), r#""PT1S""#);
}

#[test]
fn persistent_ids() {
    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Stored(#[serde(with = "As::<PersistentId>")] String);
    #[derive(Serialize)]
    struct Keyed(#[serde(with = "python::persistent_id")] (u8, u8));

    for protocol in 0..=5 {
        let pickle =
            to_vec_with(&Stored("user:1".into()), &WriteOptions::default().with_protocol(protocol)).unwrap();
        assert!(
            halfsour_vm::from_slice(&pickle).unwrap().root().kind() == halfsour_value::Kind::PersistentId
        );
        assert_eq!(from_slice::<Stored>(&pickle).unwrap(), Stored("user:1".into()));
    }
    to_vec(&Keyed((1, 2))).unwrap();
    let error = to_vec_with(&Keyed((1, 2)), &WriteOptions::default().with_protocol(0)).unwrap_err();
    assert!(error.to_string().starts_with("protocol 0 has only"), "{error}");
}

#[test]
fn forms_that_python_does_not_have_are_refused() {
    #[derive(Serialize)]
    struct Ragged(#[serde(with = "python::ndarray")] Vec<Vec<u8>>);
    #[derive(Serialize)]
    struct Quotient(#[serde(with = "python::fraction")] &'static str);

    assert_eq!(refused(&Ragged(vec![vec![1], vec![]])), "the rows of an array of numpy have one length");
    for text in ["", "1/0", "1/", "/1", "a", "1/2/3", "--1"] {
        assert_eq!(refused(&Quotient(text)), "the value does not print as a quotient such as 22/7");
    }
    to_vec(&Quotient("-3")).unwrap();
}
