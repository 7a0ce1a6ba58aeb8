//! Objects of well-known classes in the plain form, compared with what the Pythons that pickled them said of them.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use halfsour_fixtures::packages;
use halfsour_json::{ErrorKind, Limits, Style, to_string};
use halfsour_vm::from_slice;
use halfsour_vm::value::Kind;
use serde_json::{Value, json};

#[test]
fn known_objects_are_what_a_person_expects() {
    let mut kinds = BTreeMap::new();
    for package in packages().iter().filter(|package| package.script == "standard") {
        let mut found = Vec::new();
        let Some(expected) = expected(&package.value, &mut found) else { continue };
        let graph = from_slice(&package.bytes).unwrap();
        let text = to_string(graph.root(), Style::plain()).unwrap();
        let actual: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{package}: {error}: {text}"));
        assert_eq!(actual, expected, "{package}: {}", graph.root());
        for kind in found {
            *kinds.entry(kind).or_insert(0) += 1;
        }
    }
    let seen: Vec<_> =
        kinds.iter().filter(|(_, count)| **count >= 6).map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(
        seen.join(" "),
        "ChainMap Counter Decimal Fraction IP OrderedDict Path UUID array bytearray bytes bytestring complex date \
         datetime defaultdict deque dict frozenset global object partial range re set slice time timedelta timezone"
    );
}

#[track_caller]
fn plain(pickle: &[u8], json: &str) {
    assert_eq!(to_string(from_slice(pickle).unwrap().root(), Style::plain()).unwrap(), json);
}

#[test]
fn keys_are_texts() {
    plain(b"}cdatetime\ndate\n(C\x04\x07\xe8\x02\x1dtRK\x01s.", r#"{"2024-02-29":1}"#);
    plain(b"}cdatetime\ntimedelta\n(K\x01K\x00K\x00tRK\x01s.", r#"{"P1D":1}"#);
    plain(b"}cdecimal\nDecimal\n(V1.50\ntRK\x01s.", r#"{"1.50":1}"#);
}

/// What a reader would take for 0 or infinity, or not take at all, is a string.
#[test]
fn decimals_are_numbers_where_json_has_them() {
    let decimal = |digits: &str| {
        let pickle = format!("cdecimal\nDecimal\n(V{digits}\ntR.");
        to_string(from_slice(pickle.as_bytes()).unwrap().root(), Style::plain()).unwrap()
    };
    for number in ["1.50", "-0", "0.00", "1E+40", "0E-500", "12345678901234567890.123456789"] {
        assert_eq!(decimal(number), number);
    }
    for text in ["NaN", "-Infinity", "1E+400", "1E-400", "+1", ".5", "007"] {
        assert_eq!(decimal(text), format!("\"{text}\""));
    }
}

/// Parts of an object that its text would leave out.
#[test]
fn nothing_is_left_out_of_what_is_not_known() {
    plain(
        b"cdatetime\ntime\n(C\x06\x0c\x00\x00\x00\x00\x00cm\nZone\n)RtR.",
        r#"{"@class":"datetime.time","@args":["DAAAAAAA",{"@class":"m.Zone"}]}"#,
    );
    plain(
        b"cdatetime\ndate\n(C\x04\x00\x00\x02\x1dtR.",
        r#"{"@class":"datetime.date","@args":["AAACHQ=="]}"#,
    );
}

#[test]
fn characters_of_utf16() {
    // Python on Windows: array.array("u", "a🥒")
    let pickle = b"carray\n_array_reconstructor\n(carray\narray\nVu\nK\x12C\x06a\x00\x3e\xd8\x52\xddtR.";
    plain(pickle, "\"a🥒\"");
}

#[test]
fn what_contains_itself_is_an_error() {
    let deque = from_slice(b"\x80\x02ccollections\ndeque\n)Rq\x00h\x00a.").unwrap();
    let error = to_string(deque.root(), Style::plain()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cycle(Kind::Instance));
}

/// A long object with a short text, many times: reading it each time counts.
#[test]
fn work_is_limited() {
    let digits = "0".repeat(1 << 12);
    let mut pickle = format!("(cfractions\nFraction\n(V{digits}\ntRq").into_bytes();
    pickle.push(0);
    pickle.extend(b"h\x00".repeat(1000));
    pickle.extend(b"l.");
    let graph = from_slice(&pickle).unwrap();
    let limits = Limits::default().with_values(100_000);
    let error = to_string(graph.root(), Style::plain().with_limits(limits)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

/// The plain JSON of what Python described in the words of `xtask/python/packages/values.py`; `None` if it is none of
/// what is known here.
fn expected(value: &Value, kinds: &mut Vec<String>) -> Option<Value> {
    let Some(kind) = value["kind"].as_str() else {
        return match value {
            Value::Array(items) => all(items, kinds),
            Value::Object(_) => None,
            scalar => Some(scalar.clone()),
        };
    };
    kinds.push(kind.to_owned());
    let text = |name: &str| value[name].as_str().unwrap();
    Some(match kind {
        "complex" => json!([float(text("real")), float(text("imag"))]),
        "bytes" | "bytearray" => json!(STANDARD.encode(unhex(text("hex")))),
        "bytestring" => {
            let bytes = unhex(text("hex"));
            String::from_utf8(bytes)
                .map_or_else(|error| json!(STANDARD.encode(error.as_bytes())), Value::from)
        }
        "set" | "frozenset" | "deque" => all(value["items"].as_array()?, kinds)?,
        "dict" | "OrderedDict" | "Counter" | "defaultdict" => object(&value["items"], kinds)?,
        "ChainMap" => all(value["maps"].as_array()?, kinds)?,
        "date" | "datetime" | "time" => {
            let iso = text("iso").to_owned();
            // In a zone, the offset says it.
            let is_shown = value["fold"] == 1 && value["tz"]["class"] != "zoneinfo.ZoneInfo";
            json!(if is_shown { iso + "[fold=1]" } else { iso })
        }
        "timezone" => value.get("key").or(value.get("name")).filter(|name| !name.is_null())?.clone(),
        "timedelta" => duration(value),
        // As its digits, where they are a number.
        "Decimal" => match text("value") {
            "NaN" | "sNaN" | "Infinity" | "-Infinity" => value["value"].clone(),
            digits => serde_json::from_str(digits).unwrap(),
        },
        "UUID" | "Path" | "IP" => value["value"].clone(),
        "Fraction" => {
            let part = |part: &Value| part["value"].as_str().map_or_else(|| part.to_string(), str::to_owned);
            let (numerator, denominator) = (part(&value["numerator"]), part(&value["denominator"]));
            json!(if denominator == "1" { numerator } else { format!("{numerator}/{denominator}") })
        }
        "array" if value["typecode"] == "u" => {
            value["elements"].as_array()?.iter().filter_map(Value::as_str).collect::<String>().into()
        }
        "array" => value["elements"]
            .as_array()?
            .iter()
            .map(|item| item.as_str().map_or(item.clone(), float))
            .collect(),
        "slice" | "range" => json!({
            "start": expected(&value["start"], kinds)?,
            "stop": expected(&value["stop"], kinds)?,
            "step": expected(&value["step"], kinds)?,
        }),
        "re" => json!({"flags": value["flags"], "pattern": expected(&value["pattern"], kinds)?}),
        "partial" => json!({
            "func": expected(&value["func"], kinds)?,
            "args": expected(&value["args"], kinds)?,
            "keywords": object(&value["keywords"], kinds)?,
        }),
        "global" => json!(format!("{}.{}", text("module").replace("__builtin__", "builtins"), text("name"))),
        "object" if value["class"] == "types.SimpleNamespace" => {
            let state = value["state"].as_object()?.iter();
            state.map(|(name, value)| Some((name.clone(), expected(value, kinds)?))).collect::<Option<_>>()?
        }
        "object" if value["class"].as_str()?.starts_with("collections.User") => {
            expected(&value["state"]["data"], kinds)?
        }
        _ => return None,
    })
}

fn all(items: &[Value], kinds: &mut Vec<String>) -> Option<Value> {
    items.iter().map(|item| expected(item, kinds)).collect()
}

fn object(pairs: &Value, kinds: &mut Vec<String>) -> Option<Value> {
    let mut member = |pair: &Value| {
        let key = expected(&pair[0], kinds)?;
        let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        Some((key, expected(&pair[1], kinds)?))
    };
    pairs.as_array()?.iter().map(&mut member).collect::<Option<_>>().map(Value::Object)
}

fn float(repr: &str) -> Value {
    serde_json::from_str(repr).unwrap_or_default()
}

fn unhex(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// What pydantic 2.14 makes of those of the fixtures, save that it takes years of 365 days out of the days.
fn duration(delta: &Value) -> Value {
    let parts = ["days", "seconds", "microseconds"].map(|name| delta[name].as_i64().unwrap());
    json!(match parts {
        [-1, 3600, 5] => "-PT22H59M59.999995S",
        [0, 0, 0] => "PT0S",
        [-999_999_999, 0, 0] => "-P999999999D",
        [999_999_999, 86399, 999_999] => "P999999999DT23H59M59.999999S",
        other => panic!("{other:?}"),
    })
}

#[test]
fn masked_fields_of_records_of_objects_are_null() {
    // numpy 2.5: numpy.ma.array([(1, 'a'), (2, 'b')], [('n', 'i4'), ('any', 'O')], mask=[(0, 1), (1, 0)])
    let pickle = STANDARD.decode(
        "gASVMwEAAAAAAACMDW51bXB5Lm1hLmNvcmWMDl9tYXJlY29uc3RydWN0kyiMCG51bXB5Lm1hjAtNYXNrZWRBcnJheZOMBW51bXB5lIwHbmRhcn\
        JheZOUSwCFjAFilHRSKEsBSwKFaACMBWR0eXBlk5SMA1YxMomIh1KUKEsDjAF8lE6MAW6UjANhbnmUhn0oaAZoA4wCaTSJiIdSKEsDjAE8Tk5O\
        Sv////9K/////0sAdGJLAIZoB2gDjAJPOImIh1IoSwNoBU5OTkr/////Sv////9LP3RiSwSGdUsMSwFLG3RiiV0oSwGMAWGGSwJoAoZlQwQAAQ\
        EAjBZudW1weS5fY29yZS5tdWx0aWFycmF5jAxfcmVjb25zdHJ1Y3STaAFLAIVDAWKHUihLASloBIldSwmMAT+GYXRidGIu",
    );
    plain(&pickle.unwrap(), r#"[{"n":1,"any":null},{"n":null,"any":"b"}]"#);
}

/// What is based on a builtin is that in the plain form. A named tuple of one field looks like a subclass of the field's class from protocol 2 on: it keeps its class.
#[test]
fn subclasses_are_their_value_and_named_tuples_are_none() {
    let mut seen = 0;
    for package in packages().iter().filter(|package| package.script == "containers") {
        let found = to_string(from_slice(&package.bytes).unwrap().root(), Style::plain()).unwrap();
        let found: Value = serde_json::from_str(&found).unwrap();
        for (found, told) in found.as_array().unwrap().iter().zip(package.value.as_array().unwrap()) {
            let expected = match told["kind"].as_str().unwrap() {
                // The name of a class of a program does not say that it is based on `Counter` or `set`, which are called with a dict and a list.
                "set" if package.name == "of RevertableSet" => {
                    json!({"@class": "__main__.RevertableSet", "@args": [told["items"]]})
                }
                "mapping" if package.name == "of WordCounter" => {
                    let pairs = told["items"].as_array().unwrap().iter();
                    let items: Value =
                        pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone())).collect();
                    json!({"@class": "__main__.WordCounter", "@args": [items]})
                }
                "mapping" => {
                    let pairs = told["items"].as_array().unwrap().iter();
                    pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone())).collect()
                }
                "text" => told["text"].clone(),
                "named" if package.protocol > Some(1) => {
                    json!({"@class": found["@class"], "@args": told["items"]})
                }
                _ => told["items"].clone(),
            };
            assert_eq!(*found, expected, "{package}");
            assert!(
                !found.is_object() || told["kind"] != "named" || found["@class"].is_string(),
                "{package}"
            );
            seen += 1;
        }
    }
    assert!(seen > 150, "{seen}");
}
