//! Rust's types, written as objects of Python's classes, are what Python wrote.

use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use halfsour_classes::{Known, recognise};
use halfsour_serde::{WriteOptions, from_slice, python, to_vec_with};
use halfsour_value::Node;
use jiff::{SignedDuration, ZonedDateTime, civil};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Written {
    #[serde(with = "python::date")]
    day: civil::Date,
    #[serde(with = "python::datetime")]
    moment: civil::DateTime,
    #[serde(with = "python::datetime")]
    first: ZonedDateTime,
    #[serde(with = "python::datetime")]
    second: ZonedDateTime,
    #[serde(with = "python::datetime")]
    fixed: DateTime<FixedOffset>,
    #[serde(with = "python::timedelta")]
    wait: chrono::TimeDelta,
    #[serde(with = "python::timedelta")]
    ago: SignedDuration,
    #[serde(with = "python::decimal")]
    price: Decimal,
    #[serde(with = "python::uuid")]
    id: Uuid,
}

#[test]
fn objects_are_those_of_python() {
    let mut count = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.name == "written") {
        let written: Written = from_slice(&package.bytes).unwrap();
        let options = WriteOptions::default().with_protocol(package.protocol.unwrap());
        let ours = to_vec_with(&written, &options).unwrap();
        assert_eq!(from_slice::<Written>(&ours).unwrap(), written);
        let theirs = halfsour_vm::from_slice(&package.bytes).unwrap();
        let ours = halfsour_vm::from_slice(&ours).unwrap();
        for (name, theirs) in theirs.root().items().unwrap() {
            let ours = ours.root().get(name.as_str().unwrap()).unwrap();
            assert_eq!(meaning(ours), meaning(theirs), "{package}: {name}");
            count += 1;
        }
    }
    assert!(count > 80, "{count}");
}

/// Returns the text of an object. Python pickles a zone as a call of a method.
fn meaning(node: Node<'_, &[u8]>) -> String {
    match recognise(node) {
        Some(Known::DateTime(datetime)) => {
            format!("{datetime} {:?} {:?}", datetime.clock.fold, datetime.zone())
        }
        Some(_) => node.to_string(),
        None => panic!("{node}"),
    }
}

#[test]
fn what_python_cannot_have_is_refused() {
    #[derive(Serialize)]
    struct Fine(#[serde(with = "python::datetime")] civil::DateTime);
    #[derive(Serialize)]
    struct Text(#[serde(with = "python::decimal")] &'static str);

    let fine = Fine(civil::datetime(2024, 1, 1, 0, 0, 0, 1));
    let error = halfsour_serde::to_vec(&fine).unwrap_err();
    assert_eq!(error.to_string(), "the value is finer than the type");
    halfsour_serde::to_vec(&Text("1E+3")).unwrap();
    let error = halfsour_serde::to_vec(&Text("ten")).unwrap_err();
    assert_eq!(error.to_string(), "the value does not print as a number that Python's Decimal accepts");
}

#[test]
fn tuple_structs_are_calls() {
    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    #[serde(rename = "app.Jar")]
    struct Jar(u8, Duration);
    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    #[serde(rename = "app.Lid")]
    struct Lid(Jar);

    let lid = Lid(Jar(7, Duration::new(1, 2)));
    for protocol in 0..=5 {
        let pickle = to_vec_with(&lid, &WriteOptions::default().with_protocol(protocol)).unwrap();
        let graph = halfsour_vm::from_slice(&pickle).unwrap();
        assert_eq!(graph.root().to_string(), "app.Lid(app.Jar(7, {'secs': 1, 'nanos': 2}))");
        assert_eq!(from_slice::<Jar>(&halfsour_serde::to_vec(&lid.0).unwrap()).unwrap(), lid.0);
    }
}
