//! Objects of the standard library, compared with what the Pythons that pickled them said.

use std::fs;
use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use halfsour_classes::stdlib::{ArrayItem, Base, Date, TimeDelta, TimeZone};
use halfsour_classes::{Known, Shape, like_enum, like_named_tuple, recognise};
use halfsour_text::names::to_python3;
use halfsour_text::{number::BigDisplay, repr};
use halfsour_value::{Builder, Data, Graph, Node};
use serde_json::{Value, json};

/// `packages/*/standard.jsonl` of the fixtures: a row is a value, and the streams that are it.
fn rows() -> Vec<Value> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/packages");
    let mut rows = Vec::new();
    for environment in fs::read_dir(packages).unwrap() {
        let file = environment.unwrap().path().join("standard.jsonl");
        let lines = fs::read_to_string(&file).unwrap_or_default();
        rows.extend(lines.lines().map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row["name"] = format!("{}: {}", file.display(), row["name"]).into();
            row
        }));
    }
    assert!(rows.len() > 100);
    rows
}

fn load(stream: &Value) -> Graph<Vec<u8>> {
    let pickle = STANDARD.decode(stream["pickle"].as_str().unwrap()).unwrap();
    halfsour_vm::Loader::new().load(pickle).unwrap()
}

#[test]
fn all_are_what_python_says() {
    for row in rows() {
        let expected = modern(row["value"].clone());
        for stream in row["streams"].as_array().unwrap() {
            let graph = load(stream);
            let found = describe(graph.root(), &expected);
            assert_eq!(found, expected, "{}, protocol {}: {}", row["name"], stream["protocol"], graph.root());
        }
    }
}

/// Streams that were cut about: whatever is recognised in them can be shown, and a date is one.
#[test]
fn what_nobody_wrote_is_no_harm() {
    let mut known = 0;
    for row in rows().iter().filter(|row| row["name"].as_str().unwrap().contains("/2.7/")) {
        let pickle = STANDARD.decode(row["streams"][0]["pickle"].as_str().unwrap()).unwrap();
        for at in 0..pickle.len() {
            for byte in [b'N', b')', 0, 0xFF, pickle[at] ^ 1] {
                let mut pickle = pickle.clone();
                pickle[at] = byte;
                if let Ok(graph) = halfsour_vm::from_slice(&pickle) {
                    known += visit(graph.root());
                }
            }
        }
    }
    assert!(known > 10_000, "{known}");
}

fn visit(root: Node<'_, &[u8]>) -> usize {
    let mut known = 0;
    for node in root.descendants() {
        let Some(found) = recognise(node) else { continue };
        known += 1;
        match found {
            Known::Date(date) => assert_eq!(Date::new(date.year, date.month, date.day), Some(date)),
            Known::DateTime(datetime) => assert!(datetime.to_string().len() >= 19),
            Known::Time(time) => assert!(time.to_string().len() >= 8),
            Known::TimeDelta(delta) => {
                assert_eq!(TimeDelta::from_microseconds(delta.as_microseconds()), Some(delta));
            }
            Known::Decimal(decimal) => assert!(!decimal.to_string().is_empty()),
            Known::Fraction(fraction) => assert!(!fraction.to_string().is_empty()),
            Known::Path(path) => assert!(!path.to_string().is_empty()),
            Known::IpNetwork(network) => assert!(network.to_string().contains('/')),
            Known::Array(array) => assert_eq!(array.iter().count(), array.len()),
            known => {
                drop(format!("{known:?}"));
                match known.shape() {
                    Shape::Sequence(members) => drop(members.count()),
                    Shape::Mapping(pairs) => drop(pairs.count()),
                    Shape::Text(text) => drop(text.to_string()),
                    _ => {}
                }
            }
        }
    }
    known
}

/// `timezone(timezone(…))`: nothing calls itself for each.
#[test]
fn depth_takes_no_stack() {
    let mut pickle = b"\x80\x02".to_vec();
    pickle.extend(b"cdatetime\ntimezone\n".repeat(100_000));
    pickle.push(b'N');
    pickle.extend(b"\x85R".repeat(100_000));
    pickle.push(b'.');
    let graph = halfsour_vm::from_slice(&pickle).unwrap();
    assert!(recognise(graph.root()).is_none());
}

/// What `str()` of CPython 3.13 makes of paths that were made of these.
#[test]
fn paths_are_joined_as_python_does() {
    let cases: [(&str, &[&str], &str); 30] = [
        ("PureWindowsPath", &[""], "."),
        ("PureWindowsPath", &["C:\\", "x"], "C:\\x"),
        ("PureWindowsPath", &["C:/x/y"], "C:\\x\\y"),
        ("PureWindowsPath", &["C:", "x"], "C:x"),
        ("PureWindowsPath", &["c:x", "y"], "c:x\\y"),
        ("PureWindowsPath", &["\\\\srv\\share", "a"], "\\\\srv\\share\\a"),
        ("PureWindowsPath", &["//srv/share/a"], "\\\\srv\\share\\a"),
        ("PureWindowsPath", &["a", "C:\\b"], "C:\\b"),
        ("PureWindowsPath", &["C:\\a", "\\b"], "C:\\b"),
        ("PureWindowsPath", &["\\a"], "\\a"),
        ("PureWindowsPath", &["a//b/./c/"], "a\\b\\c"),
        ("PureWindowsPath", &["a", "C:b"], "C:b"),
        ("PureWindowsPath", &["C:a", "c:b"], "c:a\\b"),
        ("PureWindowsPath", &["\\\\?\\C:\\x"], "\\\\?\\C:\\x"),
        ("PureWindowsPath", &["..", "a"], "..\\a"),
        ("PureWindowsPath", &["\\\\srv\\share"], "\\\\srv\\share\\"),
        ("PureWindowsPath", &["\\\\srv"], "\\\\srv"),
        ("PureWindowsPath", &["/"], "\\"),
        ("PurePosixPath", &[], "."),
        ("PurePosixPath", &[""], "."),
        ("PurePosixPath", &["/", "usr"], "/usr"),
        ("PurePosixPath", &["//a", "b"], "//a/b"),
        ("PurePosixPath", &["///a"], "/a"),
        ("PurePosixPath", &["a", "/b"], "/b"),
        ("PurePosixPath", &["a/./b//c/"], "a/b/c"),
        ("PurePosixPath", &["a", "..", "b"], "a/../b"),
        ("PurePosixPath", &["a", ""], "a"),
        ("PurePosixPath", &["/"], "/"),
        ("PurePosixPath", &["//"], "//"),
        ("PurePosixPath", &["./a"], "a"),
    ];
    for (class, segments, expected) in cases {
        let mut b = Builder::new();
        let segments: Vec<_> = segments.iter().map(|segment| b.str(segment)).collect();
        let (class, args) = (b.global("pathlib", class), b.tuple(&segments));
        let path = b.call(class, args);
        let graph = b.build(path);
        let Some(Known::Path(path)) = recognise(graph.root()) else { panic!() };
        assert_eq!(path.to_string(), expected, "{segments:?}");
    }
}

/// With the names of Python 3.
fn modern(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(modern).collect(),
        Value::Object(map) => {
            let mut map: serde_json::Map<_, _> =
                map.into_iter().map(|(key, value)| (key, modern(value))).collect();
            if let (Some(module), Some(name)) = (map.get("module").cloned(), map.get("name").cloned())
                && let Some((module, name)) = to_python3(module.as_str().unwrap(), name.as_str().unwrap())
            {
                map.insert("module".into(), module.into());
                map.insert("name".into(), name.into());
            }
            if let Some(class) = map.get("class").and_then(Value::as_str)
                && let Some((module, name)) = class.split_once('.')
                && let Some((module, name)) = to_python3(module, name)
            {
                map.insert("class".into(), format!("{module}.{name}").into());
            }
            Value::Object(map)
        }
        value => value,
    }
}

type N<'g> = Node<'g, Vec<u8>>;

/// What the object is, in the words of the fixtures. What is in no pickle (the names of the fields of a named tuple, say) is
/// taken from what is expected.
fn describe(node: N<'_>, expected: &Value) -> Value {
    match expected["kind"].as_str() {
        Some("namedtuple") => {
            let Some((class, values)) = like_named_tuple(node) else { return json!(node.to_string()) };
            let items = all_of(values, &expected["items"]);
            return json!({"kind": "namedtuple", "class": name(class), "fields": expected["fields"], "items": items});
        }
        Some("Enum") => {
            let Some((class, value)) = like_enum(node) else { return json!(node.to_string()) };
            let value = describe(value, &expected["value"]);
            return json!({"kind": "Enum", "class": name(class), "name": expected["name"], "value": value});
        }
        _ => {}
    }
    match recognise(node) {
        Some(known) => describe_known(known, expected),
        None => plain(node, expected),
    }
}

fn all_of<'g>(nodes: impl Iterator<Item = N<'g>>, expected: &Value) -> Vec<Value> {
    nodes.enumerate().map(|(index, node)| describe(node, &expected[index])).collect()
}

fn pairs<'g>(pairs: impl Iterator<Item = (N<'g>, N<'g>)>, expected: &Value) -> Vec<Value> {
    let pair = |(index, (key, value))| {
        let pair: &Value = &expected[index];
        json!([describe(key, &pair[0]), describe(value, &pair[1])])
    };
    pairs.enumerate().map(pair).collect()
}

fn float(value: f64) -> String {
    repr::Float(value).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn name(class: N<'_>) -> String {
    class.as_global().map_or_else(|| class.to_string(), |global| global.full_name())
}

fn plain(node: N<'_>, expected: &Value) -> Value {
    let items = &expected["items"];
    match node.data() {
        Data::None => Value::Null,
        Data::Bool(value) => value.into(),
        Data::Int(value) => value.into(),
        Data::BigInt(bytes) => match BigDisplay(bytes).to_string() {
            text if text.parse::<u64>().is_ok() => text.parse::<u64>().unwrap().into(),
            text => json!({"kind": "int", "value": text}),
        },
        Data::Float(value) => json!({"kind": "float", "value": float(value)}),
        Data::Complex(re, im) => json!({"kind": "complex", "real": float(re), "imag": float(im)}),
        Data::Str(text) => text.as_str().unwrap().into(),
        Data::ByteString(bytes) => json!({"kind": "bytestring", "hex": hex(bytes)}),
        Data::Bytes(bytes) => json!({"kind": "bytes", "hex": hex(bytes)}),
        Data::ByteArray(bytes) => json!({"kind": "bytearray", "hex": hex(bytes)}),
        Data::List(elements) => all_of(elements, expected).into(),
        Data::Tuple(elements) => json!({"kind": "tuple", "items": all_of(elements, items)}),
        Data::Set(elements) => json!({"kind": "set", "items": all_of(elements, items)}),
        Data::FrozenSet(elements) => json!({"kind": "frozenset", "items": all_of(elements, items)}),
        Data::Dict(found) => json!({"kind": "dict", "items": pairs(found, items)}),
        Data::Global(global) => {
            let text = |node: N<'_>| node.as_str().unwrap().to_owned();
            json!({"kind": "global", "module": text(global.module), "name": text(global.name)})
        }
        // Of a class of a program.
        _ if node.class().is_some_and(|class| expected["class"] == name(class)) => {
            let class = name(node.class().unwrap());
            assert!(class.starts_with("deli.") || class.ends_with(".relativedelta"), "{node}");
            expected.clone()
        }
        _ => Value::String(format!("not known: {node}")),
    }
}

/// `isoformat()` does not tell the fold.
fn iso(time: &dyn ToString, fold: bool) -> String {
    let text = time.to_string();
    assert_eq!(text.ends_with("[fold=1]"), fold, "{text}");
    text.replace("[fold=1]", "")
}

#[allow(clippy::too_many_lines)] // an arm for each class
fn describe_known(known: Known<'_, Vec<u8>>, expected: &Value) -> Value {
    let items = &expected["items"];
    // Of these there are several classes, which recognise does not tell apart.
    let class = &expected["class"];
    match known {
        Known::Date(d) => {
            json!({"kind": "date", "iso": d.to_string(), "fields": [d.year, d.month, d.day], "fold": 0, "tz": null})
        }
        Known::DateTime(d) => {
            let c = d.clock;
            let fields =
                json!([d.date.year, d.date.month, d.date.day, c.hour, c.minute, c.second, c.microsecond]);
            moment("datetime", &fields, c.fold, iso(&d, c.fold), d.tz, d.zone(), expected)
        }
        Known::Time(t) => {
            let c = t.clock;
            let fields = json!([c.hour, c.minute, c.second, c.microsecond]);
            moment("time", &fields, c.fold, iso(&t, c.fold), t.tz, t.zone(), expected)
        }
        Known::TimeDelta(d) => {
            json!({"kind": "timedelta", "days": d.days, "seconds": d.seconds, "microseconds": d.microseconds})
        }
        Known::TimeZone(zone) => match zone.key() {
            Some(key) => json!({"kind": "timezone", "class": class, "key": key}),
            None => {
                let offset = zone.offset().unwrap().as_microseconds() / 1_000_000;
                let name = if class == "datetime.timezone" {
                    json!(zone.to_string())
                } else {
                    expected["name"].clone()
                };
                json!({"kind": "timezone", "class": class, "utcoffset": i64::try_from(offset).unwrap(), "name": name})
            }
        },
        Known::Decimal(d) => json!({"kind": "Decimal", "class": "decimal.Decimal", "value": d.to_string()}),
        Known::Uuid(uuid) => json!({"kind": "UUID", "class": "uuid.UUID", "value": uuid.to_string()}),
        Known::Fraction(f) => {
            let int = |int: &halfsour_classes::Int| match int {
                halfsour_classes::Int::Small(int) => json!(int),
                big @ halfsour_classes::Int::Big(_) => json!({"kind": "int", "value": big.to_string()}),
            };
            json!({"kind": "Fraction", "numerator": int(&f.numerator), "denominator": int(&f.denominator)})
        }
        Known::Range(r) => {
            let int = |int: halfsour_classes::Int| int.to_string().parse::<i64>().unwrap();
            json!({"kind": "range", "start": int(r.start), "stop": int(r.stop), "step": int(r.step)})
        }
        Known::OrderedDict(d) => json!({"kind": "OrderedDict", "items": pairs(d.items, items)}),
        Known::DefaultDict(d) => {
            let factory = describe(d.factory, &expected["default_factory"]);
            json!({"kind": "defaultdict", "default_factory": factory, "items": pairs(d.items, items)})
        }
        Known::Counter(counts) => json!({"kind": "Counter", "items": pairs(counts, items)}),
        Known::Deque(d) => json!({"kind": "deque", "maxlen": d.maxlen, "items": all_of(d.items, items)}),
        Known::ChainMap(maps) => json!({"kind": "ChainMap", "maps": all_of(maps, &expected["maps"])}),
        Known::User(data) => {
            json!({"kind": "object", "class": class, "state": {"data": describe(data, &expected["state"]["data"])}})
        }
        Known::Array(array) => {
            let element = |item| match item {
                ArrayItem::Int(int) => serde_json::from_str(&int.to_string()).unwrap(),
                ArrayItem::Float(value) => json!(float(value)),
                ArrayItem::Character(c) => json!(char::from_u32(c).unwrap().to_string()),
            };
            let elements: Vec<Value> = array.iter().map(element).collect();
            json!({"kind": "array", "typecode": array.typecode, "itemsize": expected["itemsize"], "elements": elements})
        }
        Known::Path(path) => {
            json!({"kind": "Path", "class": class, "value": path.to_string(), "parts": expected["parts"]})
        }
        Known::IpAddress(ip) => json!({"kind": "IP", "class": class, "value": ip.to_string()}),
        Known::IpNetwork(ip) | Known::IpInterface(ip) => {
            json!({"kind": "IP", "class": class, "value": ip.to_string()})
        }
        Known::Slice(s) => {
            let part = |node, name| describe(node, &expected[name]);
            let (start, stop) = (part(s.start, "start"), part(s.stop, "stop"));
            json!({"kind": "slice", "start": start, "stop": stop, "step": part(s.step, "step")})
        }
        Known::Pattern(p) => {
            json!({"kind": "re", "pattern": describe(p.pattern, &expected["pattern"]), "flags": p.flags})
        }
        Known::Partial(p) => {
            let (func, args) = (describe(p.function, &expected["func"]), all_of(p.args, &expected["args"]));
            json!({"kind": "partial", "func": func, "args": args, "keywords": pairs(p.keywords, &expected["keywords"])})
        }
        Known::SimpleNamespace(attributes) => {
            json!({"kind": "object", "class": "types.SimpleNamespace", "state": state(attributes, expected)})
        }
        Known::Exception(e) => {
            let attributes = e.attributes.and_then(Node::items);
            let state = attributes.map_or(json!({}), |attributes| state(attributes, expected));
            let mut args = all_of(e.args, &expected["args"]);
            let mut name = json!(format!("builtins.{}", e.name));
            // Of an OSError with the name of a file, Python takes that away from the arguments, and chooses the class by the number.
            if e.name.ends_with("Error") && args.len() == 3 && args[0] == 2 {
                args.truncate(2);
                name = class.clone();
            }
            json!({"kind": "exception", "class": name, "args": args, "state": state})
        }
        Known::Subclass(subclass) => {
            let told = &expected["base"];
            let base = match subclass.base {
                Base::Value(value) | Base::Argument(value) => describe(value, told),
                Base::Sequence(members) => all_of(members, told).into(),
                Base::Mapping(found) => json!({"kind": "dict", "items": pairs(found, &told["items"])}),
            };
            json!({"kind": "subclass", "class": name(subclass.class), "base": base})
        }
        _ => json!("of another package"),
    }
}

fn state<'g>(items: impl Iterator<Item = (N<'g>, N<'g>)>, expected: &Value) -> Value {
    let item = |(key, value): (N<'g>, N<'g>)| {
        let key = match key.data() {
            Data::ByteString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            _ => key.as_str().unwrap().to_owned(),
        };
        let value = describe(value, &expected["state"][&key]);
        (key, value)
    };
    Value::Object(items.map(item).collect())
}

fn moment(
    kind: &str,
    fields: &Value,
    fold: bool,
    iso: String,
    tz: Option<N<'_>>,
    zone: Option<TimeZone<'_>>,
    expected: &Value,
) -> Value {
    let tz = tz.map(|tz| describe(tz, &expected["tz"]));
    let mut told = json!({"kind": kind, "fields": fields, "fold": u8::from(fold), "tz": tz});
    let offset = zone.and_then(|zone| zone.offset());
    let seconds = offset.map(|offset| i64::try_from(offset.as_microseconds() / 1_000_000).unwrap());
    // The offset of a zone of the database is not in the pickle.
    told["iso"] = if zone.is_some() && offset.is_none() { expected["iso"].clone() } else { iso.into() };
    if zone.is_some() {
        told["utcoffset"] = seconds.map_or(expected["utcoffset"].clone(), Into::into);
        told["tzname"] = expected["tzname"].clone();
    }
    told
}
