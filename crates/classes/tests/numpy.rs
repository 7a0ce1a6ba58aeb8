//! Arrays, scalars and dtypes, compared with what numpy printed of them.

use halfsour_classes::numpy::{self, ArrayClass, DType, Element, Kind, Na, NdArray, Ticks, TimeUnit};
use halfsour_classes::{Known, recognise};
use halfsour_fixtures::Package;
use halfsour_value::{Data, Graph, Node};
use halfsour_vm::{Buffer, Loader, Options};
use serde_json::{Value, json};

type N<'g> = Node<'g, &'g [u8]>;

/// As Python's `repr()`.
fn float(value: f64) -> Value {
    json!(halfsour_text::repr::Float(value).to_string())
}

fn hex(bytes: &[u8]) -> Value {
    json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// Of ints of `ml_dtypes`, floats were printed.
fn element_of(dtype: &DType, found: Element<'_, &[u8]>) -> Value {
    match (&dtype.kind, element(found)) {
        (Kind::Extended(_), Value::Number(number)) => float(number.as_f64().unwrap()),
        (_, value) => value,
    }
}

fn element(found: Element<'_, &[u8]>) -> Value {
    match found {
        Element::Bool(value) => json!(value),
        Element::Int(value) => json!(value),
        Element::UInt(value) => json!(value),
        Element::Float(value) => float(value),
        Element::LongDouble(bytes) => hex(&bytes[..10]),
        Element::Complex(re, im) => json!([float(re), float(im)]),
        Element::Bytes(bytes) => hex(bytes),
        Element::Text(text) => json!(text),
        Element::DateTime(ticks) | Element::TimeDelta(ticks) => json!(ticks.count),
        Element::Object(node) => value(node),
        Element::Record(record) => record.fields().map(|(_, value)| element(value)).collect(),
        Element::Array(array) => json!({
            "kind": "ndarray", "class": "numpy.ndarray", "shape": array.shape(), "dtype": dtype(array.dtype()),
            "elements": array.elements().map(element).collect::<Value>(),
        }),
        Element::Missing => json!("missing"),
        _ => unreachable!("numpy prints no others"),
    }
}

/// In the words of `xtask/python/packages/numpys.py`, as far as a pickle shows it.
fn dtype(dtype: &DType) -> Value {
    let mut told = json!({
        "kind": "dtype", "str": dtype.typestr(), "name": dtype.name(), "itemsize": dtype.size,
    });
    match &dtype.kind {
        Kind::Structured(structure) => {
            let field = |field: &numpy::Field| {
                json!({
                    "name": field.name, "title": field.title, "offset": field.offset,
                    "dtype": self::dtype(&field.dtype),
                })
            };
            told["fields"] = structure.fields.iter().map(field).collect();
            told["aligned"] = json!(structure.is_aligned);
            if structure.is_record {
                told["class"] = json!("numpy.record");
            }
        }
        Kind::SubArray(array) => {
            told["base"] = self::dtype(&array.base);
            told["shape"] = json!(array.shape);
        }
        Kind::Extended(extended) => {
            told["class"] = json!(format!("ml_dtypes.{}", extended.name));
        }
        Kind::String(string) => {
            told["coerce"] = json!(string.coerce);
            match &string.na {
                None => {}
                Some(Na::None) => told["na"] = json!(null),
                Some(Na::NaN) => told["na"] = json!({"kind": "float", "value": "nan"}),
                Some(Na::Text(text)) => told["na"] = json!(text),
                Some(_) => unreachable!("there is none"),
            }
        }
        _ => {}
    }
    told
}

fn array(array: &NdArray<'_, &[u8]>) -> Value {
    let class = match array.class {
        ArrayClass::Array => "numpy.ndarray",
        ArrayClass::Matrix => "numpy.matrix",
        ArrayClass::Record => "numpy.rec.recarray",
        ArrayClass::Masked => "numpy.ma.MaskedArray",
        _ => unreachable!("there is none"),
    };
    let plain = NdArray { mask: None, ..array.clone() };
    for (index, found) in array.elements().unwrap().enumerate().take(10) {
        assert_eq!(array.get(index).unwrap().to_string(), found.to_string());
    }
    assert!(array.get(array.len()).is_none());
    let mut elements: Value =
        plain.elements().unwrap().map(|found| element_of(&array.dtype, found)).collect();
    if let Kind::String(string) = &array.dtype.kind {
        for element in elements.as_array_mut().unwrap() {
            if element == "missing" {
                *element = match string.na {
                    Some(Na::NaN) => json!({"kind": "float", "value": "nan"}),
                    _ => json!(null),
                };
            }
        }
    }
    let told = json!({
        "kind": "ndarray", "class": class, "dtype": dtype(&array.dtype), "shape": array.shape, "elements": elements,
    });
    let Some(mask) = &array.mask else { return told };
    let is_masked = |element| match element {
        Element::Record(record) => {
            record.fields().map(|(_, element)| matches!(element, Element::Missing)).collect()
        }
        element => json!(matches!(element, Element::Missing)),
    };
    let mut data = told;
    data["class"] = json!("numpy.ndarray");
    json!({
        "kind": "masked", "class": class, "data": data,
        "mask": array.elements().unwrap().map(is_masked).collect::<Value>(),
        "fill_value": mask.fill.map(|fill| element(numpy::array(fill).unwrap().elements().unwrap().next().unwrap())),
    })
}

/// What numpy would print of a node.
fn value(node: N<'_>) -> Value {
    match node.data() {
        Data::None => json!(null),
        Data::Bool(value) => json!(value),
        Data::Int(value) => json!(value),
        Data::Float(value) => json!({"kind": "float", "value": float(value)}),
        Data::Str(text) => json!(text.as_str()),
        Data::Bytes(bytes) => json!({"kind": "bytes", "hex": hex(bytes)}),
        Data::ByteString(bytes) => json!({"kind": "bytestring", "hex": hex(bytes)}),
        Data::List(items) => items.map(value).collect(),
        Data::Dict(items) => {
            json!({"kind": "dict", "items": items.map(|(key, item)| json!([value(key), value(item)])).collect::<Value>()})
        }
        _ => match recognise(node) {
            Some(Known::NdArray(found)) => array(&found),
            Some(Known::NumpyScalar(scalar)) => json!({
                "kind": "scalar", "dtype": dtype(scalar.dtype()), "element": element_of(scalar.dtype(), scalar.element()),
            }),
            Some(Known::NumpyDType(found)) => {
                let mut told = dtype(&found);
                if let Some(metadata) = numpy::metadata(node) {
                    told["metadata"] = value(metadata);
                }
                told
            }
            Some(Known::Date(date)) => json!({
                "kind": "date", "iso": date.to_string(), "fields": [date.year, date.month, date.day], "fold": 0,
                "tz": null,
            }),
            _ => panic!("{node}"),
        },
    }
}

/// What numpy said, less what a pickle does not show and with the names of numpy 2.
fn said(value: &Value) -> Value {
    let Value::Object(object) = value else {
        return match value {
            Value::Array(items) => items.iter().map(said).collect(),
            _ => value.clone(),
        };
    };
    let mut object: serde_json::Map<_, _> =
        object.iter().map(|(key, value)| (key.clone(), said(value))).collect();
    object.remove("c_contiguous");
    object.remove("f_contiguous");
    match object.get("kind").and_then(Value::as_str).unwrap_or_default() {
        "dtype" => {
            let name = object["name"].as_str().unwrap();
            let name = match name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len()) {
                end if &name[..end] == "string" => name.replacen("string", "bytes", 1),
                end if &name[..end] == "unicode" => name.replacen("unicode", "str", 1),
                _ => name.to_owned(),
            };
            object.insert("name".into(), json!(name));
        }
        // The class is that of the type.
        "scalar" => drop(object.remove("class")),
        "masked" => {
            let mask = object["mask"]["elements"].take();
            object.insert("mask".into(), mask);
            object.insert("class".into(), json!("numpy.ma.MaskedArray"));
        }
        "ndarray" if object["class"] == "numpy.recarray" => {
            object.insert("class".into(), json!("numpy.rec.recarray"));
        }
        _ => {}
    }
    // Python 2's titles are byte strings.
    if let Some(fields) = object.get_mut("fields").and_then(Value::as_array_mut) {
        for field in fields {
            if let Some(hex) = field["title"]["hex"].as_str() {
                let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
                let text: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
                field["title"] = json!(String::from_utf8(text).unwrap());
            }
        }
    }
    Value::Object(object)
}

fn load(package: &Package) -> Graph<&[u8]> {
    let buffers = package.buffers.iter().flatten();
    let buffers: Vec<_> = buffers
        .map(|buffer| Buffer { contents: buffer.bytes.clone().into(), read_only: buffer.readonly })
        .collect();
    let options = Options { buffers: Some(buffers), ..Options::default() };
    Loader::with_options(options).load(&package.bytes[..]).unwrap()
}

#[test]
fn all_is_as_numpy_said() {
    let mut seen = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "arrays") {
        if ["types", "ufunc", "Generator"].contains(&package.name.as_str()) {
            continue;
        }
        // There, the bytes that were printed are those of a `str()`.
        if package.environment == "2.7" && package.name.ends_with("void") {
            continue;
        }
        let graph = load(package);
        let found = value(graph.root());
        let mut said = said(&package.value);
        // Without a value of its own, numpy has one for each type.
        if found["fill_value"].is_null() && said.get("fill_value").is_some() {
            said["fill_value"] = json!(null);
        }
        assert_eq!(found, said, "{package}");
        seen += 1;
    }
    assert!(seen > 1000, "{seen}");
}

#[test]
fn times_are_shown_as_they_are() {
    let ticks = |count, unit| Ticks { count, unit: TimeUnit::parse(unit).unwrap() };
    // As numpy 2 prints them.
    for (count, unit, text) in [
        (Ticks::NAT, "[D]", "NaT"),
        (5, "[Y]", "1975"),
        (-7, "[M]", "1969-06"),
        (5, "[W]", "1970-02-05"),
        (-7, "[h]", "1969-12-31T17"),
        (-7, "[m]", "1969-12-31T23:53"),
        (-7, "[ms]", "1969-12-31T23:59:59.993"),
        (i64::MIN + 1, "[ns]", "1677-09-21T00:12:43.145224193"),
        (5, "[as]", "1970-01-01T00:00:00.000000000000000005"),
        (5, "[25s]", "1970-01-01T00:02:05"),
        (-719_163, "[D]", "0000-12-31"),
        (-719_529, "[D]", "-001-12-31"),
        (59, "[D]", "1970-03-01"),
        (11_016, "[D]", "2000-02-29"),
        (19_782, "[D]", "2024-02-29"),
        (19_783, "[D]", "2024-03-01"),
        (47_540, "[D]", "2100-02-28"),
        (47_541, "[D]", "2100-03-01"),
        (2_932_896, "[D]", "9999-12-31"),
        (2_932_897, "[D]", "10000-01-01"),
    ] {
        assert_eq!(ticks(count, unit).to_datetime(), text);
    }
    for (count, unit, text) in [
        (93_600, "[s]", "P1DT2H"),
        (-90_500, "[ms]", "-PT1M30.5S"),
        (0, "[D]", "PT0S"),
        (3, "[W]", "P21D"),
        (-2, "[Y]", "-P2Y"),
        (i64::MAX, "[4294967295W]", "P277298568735361577289355624455D"),
        (7, "", "7"),
    ] {
        assert_eq!(ticks(count, unit).to_duration(), text);
    }
}
