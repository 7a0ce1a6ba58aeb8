//! Rust's types for dates, decimals and the like, read from what Python pickled, and compared with what it printed.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use bigdecimal::BigDecimal;
use halfsour_fixtures::Package;
use halfsour_serde::{from_graph, from_node, from_slice};
use jiff::{SignedDuration, Timestamp, ZonedDateTime, civil};
use num_complex::Complex64;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use serde_json::{Value, json};
use uuid::Uuid;

/// Reads all as a type, and gives each with what Python printed for each field.
fn each<T: DeserializeOwned>(mut see: impl FnMut(&T, &dyn Fn(&str) -> Value)) {
    let all: Vec<Package> = halfsour_fixtures::packages();
    let records = all.iter().filter(|package| package.script == "records" && package.name != "written");
    let mut count = 0;
    for package in records {
        let printed = |name: &str| match &package.value["state"][name] {
            Value::Null => {
                let items = package.value["items"].as_array();
                let item = items.into_iter().flatten().find(|item| item[0] == name);
                item.map_or(Value::Null, |item| item[1].clone())
            }
            field => field.clone(),
        };
        let read = from_slice(&package.bytes).unwrap_or_else(|error| panic!("{package}: {error}"));
        see(&read, &printed);
        let graph = halfsour_vm::from_bytes(package.bytes.clone()).unwrap();
        see(&from_graph(&graph).unwrap(), &printed);
        count += 1;
    }
    assert!(count > 50, "{count}");
}

fn same<T: Display>(found: &T, printed: &Value) {
    assert_eq!(json!(found.to_string()), *printed);
}

#[test]
fn moments_of_jiff() {
    #[derive(Deserialize)]
    struct Moments {
        day: civil::Date,
        time: civil::Time,
        moment: civil::DateTime,
        first: ZonedDateTime,
        second: ZonedDateTime,
        utc: Timestamp,
        fixed: ZonedDateTime,
        skipped: Option<ZonedDateTime>,
        wait: SignedDuration,
        ago: SignedDuration,
    }
    let zoned = |found: &ZonedDateTime, printed: &Value| {
        same(&format!("{}{}", found.datetime(), found.strftime("%:z")), &printed["iso"]);
        assert_eq!(Some(found.offset().seconds().into()), printed["utcoffset"].as_i64());
        assert_eq!(found.time_zone().iana_name(), printed["tz"]["key"].as_str());
    };
    let duration = |found: &SignedDuration, printed: &Value| {
        let part = |name: &str| i128::from(printed[name].as_i64().unwrap());
        let seconds = part("days") * 86_400 + part("seconds");
        assert_eq!(found.as_micros(), seconds * 1_000_000 + part("microseconds"));
    };
    each(|found: &Moments, printed| {
        same(&found.day, &printed("day")["iso"]);
        same(&found.time, &printed("time")["iso"]);
        same(&found.moment, &printed("moment")["iso"]);
        zoned(&found.first, &printed("first"));
        zoned(&found.second, &printed("second"));
        same(&found.utc.strftime("%Y-%m-%dT%H:%M:%S%.f+00:00"), &printed("utc")["iso"]);
        zoned(&found.fixed, &printed("fixed"));
        if let Some(skipped) = &found.skipped {
            let iso = printed("skipped")["iso"].as_str().unwrap().to_owned();
            assert_eq!(skipped.timestamp(), iso.parse().unwrap());
        }
        duration(&found.wait, &printed("wait"));
        duration(&found.ago, &printed("ago"));
    });
}

#[test]
fn moments_of_chrono_and_time() {
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
    use time::OffsetDateTime;

    #[derive(Deserialize)]
    struct Moments {
        day: NaiveDate,
        time: NaiveTime,
        moment: NaiveDateTime,
        first: DateTime<FixedOffset>,
        second: DateTime<FixedOffset>,
        utc: DateTime<Utc>,
        ago: TimeDelta,
        wait: Duration,
        #[serde(with = "time::serde::rfc3339")]
        fixed: OffsetDateTime,
    }
    each(|found: &Moments, printed| {
        same(&found.day, &printed("day")["iso"]);
        same(&found.time, &printed("time")["iso"]);
        same(&found.moment.format("%FT%T%.f"), &printed("moment")["iso"]);
        same(&found.first.to_rfc3339(), &printed("first")["iso"]);
        same(&found.second.to_rfc3339(), &printed("second")["iso"]);
        same(&found.utc.to_rfc3339(), &printed("utc")["iso"]);
        let fixed = DateTime::from_timestamp_nanos(found.fixed.unix_timestamp_nanos().try_into().unwrap());
        let offset = FixedOffset::east_opt(found.fixed.offset().whole_seconds()).unwrap();
        same(&fixed.with_timezone(&offset).to_rfc3339(), &printed("fixed")["iso"]);
        let ago = printed("ago");
        let part = |name: &str| ago[name].as_i64().unwrap();
        let expected = TimeDelta::days(part("days")) + TimeDelta::seconds(part("seconds"));
        assert_eq!(found.ago, expected + TimeDelta::microseconds(part("microseconds")));
        let wait = printed("wait");
        let part = |name: &str| wait[name].as_u64().unwrap();
        let expected = Duration::from_secs(part("days") * 86_400 + part("seconds"));
        assert_eq!(found.wait, expected + Duration::from_micros(part("microseconds")));
    });
}

#[test]
fn moments_of_time() {
    use time::{Date, OffsetDateTime, PlainDateTime, SignedDuration, Time};

    #[derive(Deserialize)]
    struct Moments {
        day: Date,
        time: Time,
        moment: PlainDateTime,
        first: OffsetDateTime,
        second: OffsetDateTime,
        fixed: OffsetDateTime,
        ago: SignedDuration,
    }
    each(|found: &Moments, printed| {
        same(&found.day, &printed("day")["iso"]);
        same(&found.time, &printed("time")["iso"].as_str().unwrap().trim_start_matches('0').into());
        let moment = found.moment.to_string().replace(' ', "T");
        same(&moment.replacen("T3", "T03", 1), &printed("moment")["iso"]);
        for (name, moment) in [("first", found.first), ("second", found.second), ("fixed", found.fixed)] {
            let utc = Timestamp::from_nanosecond(moment.unix_timestamp_nanos()).unwrap();
            assert_eq!(utc, printed(name)["iso"].as_str().unwrap().parse().unwrap());
            assert_eq!(Some(moment.offset().whole_seconds().into()), printed(name)["utcoffset"].as_i64());
        }
        let ago = printed("ago");
        let part = |name: &str| ago[name].as_i64().unwrap();
        let expected = SignedDuration::days(part("days")) + SignedDuration::seconds(part("seconds"));
        assert_eq!(found.ago, expected + SignedDuration::microseconds(part("microseconds")));
    });
}

#[test]
fn text_is_what_python_prints() {
    #[derive(Deserialize)]
    struct Texts {
        /// A type that takes anything gets the same.
        day: Value,
        time: String,
        moment: Value,
        first: String,
        second: Value,
        utc: String,
        fixed: Value,
        id: Value,
        price: String,
        huge: Value,
        odd: Value,
        ago: Value,
        path: Option<String>,
        network: Option<Value>,
    }
    each(|found: &Texts, printed| {
        let iso = |name: &str| printed(name)["iso"].clone();
        let value = |name: &str| printed(name)["value"].clone();
        assert_eq!([&found.day, &found.moment], [&iso("day"), &iso("moment")]);
        assert_eq!([&found.second, &found.fixed], [&iso("second"), &iso("fixed")]);
        assert_eq!(
            [&found.time, &found.first, &found.utc].map(|text| json!(text)),
            ["time", "first", "utc"].map(iso)
        );
        assert_eq!([&found.id, &found.huge], [&value("id"), &value("huge")]);
        assert_eq!(json!(found.price), value("price"));
        assert_eq!(found.odd, format!("-1/{}", printed("odd")["denominator"]["value"].as_str().unwrap()));
        assert_eq!(found.ago, "-PT82799.999995S");
        assert_eq!(json!(found.path), value("path"));
        assert_eq!(json!(found.network), value("network"));
    });
}

/// A row takes memory, whatever is in it: `numpy.zeros((2**40, 0))`, as numpy 2.5 pickles it.
#[test]
fn rows_without_elements_are_counted() {
    let pickle = b"\x80\x02cnumpy._core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02c_codecs\nencode\nq\x03\
        X\x01\x00\x00\x00bq\x04X\x06\x00\x00\x00latin1q\x05\x86q\x06Rq\x07\x87q\x08Rq\t(K\x01\x8a\x06\x00\x00\x00\x00\x00\x01K\x00\x86q\n\
        cnumpy\ndtype\nq\x0bX\x02\x00\x00\x00f8q\x0c\x89\x88\x87q\rRq\x0e(K\x03X\x01\x00\x00\x00<q\x0fNNNJ\xff\xff\xff\xff\
        J\xff\xff\xff\xffK\x00tq\x10b\x89c__builtin__\nbytes\nq\x11)Rq\x12tq\x13b.";
    let error = from_slice::<Vec<Vec<f64>>>(pickle).unwrap_err();
    assert!(error.to_string().contains("too large"), "{error}");
}

#[test]
fn numbers() {
    #[derive(Deserialize)]
    struct Numbers {
        id: Uuid,
        price: Decimal,
        huge: BigDecimal,
        count: u8,
        ratio: (i64, i64),
        odd: (i8, u128),
        complex: Complex64,
    }
    #[derive(Deserialize)]
    struct Floats {
        price: f64,
        huge: f64,
        ratio: f64,
        wait: f64,
        ago: f64,
        id: u128,
    }
    let python = |text: &Value| text["value"].as_str().unwrap().to_owned();
    each(|found: &Numbers, printed| {
        same(&found.id, &printed("id")["value"]);
        same(&found.price, &printed("price")["value"]);
        assert_eq!(found.huge, python(&printed("huge")).parse::<BigDecimal>().unwrap());
        same(&found.count, &printed("count")["value"]);
        assert_eq!(
            json!([found.ratio.0, found.ratio.1]),
            json!([printed("ratio")["numerator"], printed("ratio")["denominator"]])
        );
        assert_eq!(json!(found.odd.0), printed("odd")["numerator"]);
        same(&found.odd.1, &printed("odd")["denominator"]["value"]);
        let complex = [found.complex.re, found.complex.im].map(|part| format!("{part:?}"));
        assert_eq!(json!(complex), json!([printed("complex")["real"], printed("complex")["imag"]]));
    });
    each(|found: &Floats, printed| {
        assert_eq!(found.id, Uuid::parse_str(&python(&printed("id"))).unwrap().as_u128());
        let floats = [found.price, found.huge, found.ratio, found.wait, found.ago];
        let printed: Vec<f64> = printed("as floats")
            .as_array()
            .unwrap()
            .iter()
            .map(|float| python(float).parse().unwrap())
            .collect();
        assert_eq!(floats.map(f64::to_bits)[..], printed.into_iter().map(f64::to_bits).collect::<Vec<_>>());
    });
}

#[test]
fn collections_and_addresses() {
    type Map<T> = BTreeMap<String, T>;
    #[derive(Deserialize)]
    struct Collections {
        ordered: Map<i64>,
        default: Map<Vec<i64>>,
        empty: Map<Vec<i64>>,
        counter: Map<i64>,
        deque: Vec<u8>,
        none: Vec<u8>,
        bytes: ByteBuf,
        id: ByteBuf,
        ints: Vec<i32>,
        floats: Vec<f32>,
        vector: Vec<f32>,
        path: Option<PathBuf>,
        v4: Option<IpAddr>,
        v6: Option<IpAddr>,
        user: Option<Map<i64>>,
    }
    fn map<T: serde::Serialize>(found: &Map<T>, printed: &Value) {
        let mut items = printed["items"].as_array().unwrap().clone();
        items.sort_by_key(|item| item[0].to_string());
        assert_eq!(json!(found.iter().collect::<Vec<_>>()), json!(items));
    }
    each(|found: &Collections, printed| {
        map(&found.ordered, &printed("ordered"));
        map(&found.default, &printed("default"));
        map(&found.empty, &printed("empty"));
        map(&found.counter, &printed("counter"));
        assert_eq!(json!(found.deque), printed("deque")["items"]);
        assert_eq!(json!(found.none), printed("none")["items"]);
        assert_eq!(json!(found.bytes), printed("bytes")["elements"]);
        let id = Uuid::from_slice(&found.id).unwrap();
        same(&id, &printed("id")["value"]);
        assert_eq!(json!(found.ints), printed("ints")["elements"]);
        let floats: Vec<_> = found.floats.iter().map(|float| format!("{float:?}")).collect();
        assert_eq!(json!(floats), printed("floats")["elements"]);
        let vector: Vec<_> = found.vector.iter().map(|float| format!("{float:?}")).collect();
        assert_eq!(json!(vector), printed("vector")["elements"]);
        if let (Some(path), Some(v4), Some(v6), Some(user)) = (&found.path, found.v4, found.v6, &found.user) {
            same(&path.display(), &printed("path")["value"]);
            same(&v4, &printed("v4")["value"]);
            same(&v6, &printed("v6")["value"]);
            map(user, &printed("user")["state"]["data"]);
        } else {
            assert!(printed("path").is_null());
        }
    });
}

#[test]
fn time_zones() {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Zone(#[serde(with = "jiff::fmt::serde::tz::required")] jiff::tz::TimeZone);

    let mut count = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.name == "timezones") {
        let zones: Vec<Zone> = from_slice(&package.bytes).unwrap();
        for (Zone(zone), printed) in zones.iter().zip(package.value.as_array().unwrap()) {
            let offset = zone.to_fixed_offset().unwrap();
            assert_eq!(Some(offset.seconds().into()), printed["utcoffset"].as_i64());
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
    // ZoneInfo('Europe/Vilnius')
    let pickle = b"\x80\x04czoneinfo\nZoneInfo._unpickle\n\x8c\x0eEurope/VilniusK\x01\x86R.";
    assert_eq!(from_slice::<Zone>(pickle).unwrap().0.iana_name(), Some("Europe/Vilnius"));
}

#[test]
fn what_does_not_fit_is_said() {
    // datetime(2024, 1, 1, tzinfo=ZoneInfo('Deli/Jar'))
    let pickle = b"\x80\x04cdatetime\ndatetime\nC\x0a\x07\xe8\x01\x01\0\0\0\0\0\0\
        czoneinfo\nZoneInfo._unpickle\n\x8c\x08Deli/JarK\x01\x86R\x86R.";
    let error = from_slice::<ZonedDateTime>(pickle).unwrap_err();
    assert_eq!(error.to_string(), "the time zone is not known (from byte 0x4d)");
    // A UserDict in a UserDict …
    let mut deep = b"\x80\x02".to_vec();
    deep.extend(b"ccollections\nUserDict\n)\x81}U\x04data".repeat(1000));
    deep.extend(b"N");
    deep.extend(b"sb".repeat(1000));
    deep.push(b'.');
    let error = from_slice::<BTreeMap<String, u8>>(&deep).unwrap_err();
    assert!(error.to_string().starts_with("the data nests too deep"), "{error}");
}

/// Streams that were cut about: whatever is made of them, nothing panics.
#[test]
fn what_nobody_wrote_is_no_harm() {
    let mut read = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.name == "record") {
        for at in (0..package.bytes.len()).step_by(31) {
            let mut pickle = package.bytes.clone();
            pickle[at] ^= 1;
            let Ok(graph) = halfsour_vm::from_slice(&pickle) else { continue };
            for (_, field) in graph.root().items().into_iter().flatten() {
                read += usize::from(from_node::<Value>(field).is_ok());
                read += usize::from(from_node::<String>(field).is_ok());
                read += usize::from(from_node::<f64>(field).is_ok());
                read += usize::from(from_node::<i128>(field).is_ok());
                read += usize::from(from_node::<BTreeMap<String, Value>>(field).is_ok());
                read += usize::from(from_node::<Vec<Value>>(field).is_ok());
                read += usize::from(from_node::<ByteBuf>(field).is_ok());
                read += usize::from(from_node::<Duration>(field).is_ok());
                read += usize::from(from_node::<(Value, Value)>(field).is_ok());
                read += usize::from(from_node::<ZonedDateTime>(field).is_ok());
            }
        }
    }
    assert!(read > 2_000, "{read}");
}

/// An object in many places is paid for in each, even if little is read from it.
#[test]
fn what_is_shared_has_a_limit() {
    let mut pickle = b"\x80\x03](carray\n_array_reconstructor\n(carray\narray\nX\x01\0\0\0BK\0B".to_vec();
    pickle.extend(100_000_u32.to_le_bytes());
    pickle.extend(vec![7; 100_000]);
    pickle.extend(b"tRq\0");
    let once = [&pickle[..], b"e."].concat();
    assert_eq!(from_slice::<Vec<Vec<u8>>>(&once).unwrap(), [vec![7; 100_000]]);
    pickle.extend(b"h\0".repeat(1000));
    pickle.extend(b"e.");
    let bytes = from_slice::<Vec<ByteBuf>>(&pickle).unwrap_err();
    let numbers = from_slice::<Vec<Vec<u8>>>(&pickle).unwrap_err();
    // PurePosixPath('', '', …): '.'
    let mut pickle = b"\x80\x03](cpathlib\nPurePosixPath\n(".to_vec();
    pickle.extend(b"X\0\0\0\0".repeat(100_000));
    pickle.extend(b"tRq\0");
    assert_eq!(from_slice::<Vec<String>>(&[&pickle[..], b"e."].concat()).unwrap(), ["."]);
    pickle.extend(b"h\0".repeat(1000));
    pickle.extend(b"e.");
    let paths = from_slice::<Vec<String>>(&pickle).unwrap_err();
    for error in [bytes, numbers, paths] {
        assert!(error.to_string().contains("the data is too large"), "{error}");
    }
}

/// Arrays and scalars of numpy, of the fixtures that have a name.
fn numpy<T: DeserializeOwned>(name: &str, mut see: impl FnMut(T, &Value)) {
    let all = halfsour_fixtures::packages();
    let arrays = all.iter().filter(|package| package.script == "arrays" && package.name == name);
    let mut count = 0;
    for package in arrays {
        see(from_slice(&package.bytes).unwrap_or_else(|error| panic!("{package}: {error}")), &package.value);
        count += 1;
    }
    assert!(count >= 10, "{count} of {name}");
}

#[test]
fn arrays_of_numpy() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Point {
        x: i32,
        y: f64,
    }
    #[derive(Deserialize)]
    struct Mixed {
        name: String,
        raw: ByteBuf,
        day: Option<civil::Date>,
        ok: bool,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    struct Scalars(bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f32, f64, Complex64, Complex64);
    let complex = Complex64::new(3.0, 0.0);
    let scalars = Scalars(true, 3, 3, 3, 3, 3, 3, 3, 3, 3.0, 3.0, 3.0, complex, complex);
    let grid: Value = json!([[0, 1, 2], [3, 4, 5]]);
    for name in ["C", "Fortran"] {
        numpy(name, |found: Vec<Vec<f64>>, printed| {
            assert_eq!(
                found.concat(),
                serde_json::from_value::<Vec<f64>>(printed["elements"].clone()).unwrap()
            );
        });
        numpy(name, |found: Value, _| assert_eq!(found, grid));
        numpy(name, |found: Vec<(u8, i64, u32)>, _| assert_eq!(found, [(0, 1, 2), (3, 4, 5)]));
    }
    numpy("0-d", |found: f64, _| assert_eq!(found.to_bits(), 2.5_f64.to_bits()));
    numpy("text", |found: Vec<String>, printed| assert_eq!(json!(found), printed["elements"]));
    numpy("structured", |found: Vec<Point>, _| {
        assert_eq!(found, [Point { x: 1, y: 2.5 }, Point { x: -3, y: 0.1 }]);
    });
    numpy("structured", |found: Vec<(i64, f64)>, _| assert_eq!(found, [(1, 2.5), (-3, 0.1)]));
    numpy("structured mixed", |found: Vec<Mixed>, _| {
        let [first, second] = found.as_slice() else { panic!() };
        assert_eq!((first.name.as_str(), &first.raw[..], first.ok), ("dill", &b"ab"[..], true));
        assert_eq!(first.day, Some(civil::date(2024, 2, 29)));
        assert_eq!((second.name.as_str(), second.day), ("", None));
    });
    numpy("masked fill", |found: Vec<Option<i64>>, _| assert_eq!(found, [Some(1), Some(2), None]));
    numpy("scalars", |found: Scalars, _| assert_eq!(found, scalars));
    numpy("scalar structured", |found: Point, _| assert_eq!(found, Point { x: 1, y: 2.5 }));
    numpy("objects that are arrays", |found: (Vec<i64>, Vec<String>), _| {
        assert_eq!(found, (vec![0, 1], vec!["x".to_owned()]));
    });
    // What is longer than the type is no such type.
    let all = halfsour_fixtures::packages();
    let package = all.iter().find(|package| package.script == "arrays" && package.name == "C").unwrap();
    assert!(from_slice::<Vec<(u8, u8)>>(&package.bytes).is_err());
    assert!(from_slice::<Vec<(u8, u8, u8, u8)>>(&package.bytes).is_err());
    assert!(from_slice::<Vec<f64>>(&package.bytes).is_err());
}
