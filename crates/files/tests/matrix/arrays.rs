//! Arrays, scalars and dtypes of numpy.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{self, ArrayClass, DType, Element, Kind, Na, NdArray};
use halfsour_classes::{Known, class_name, recognise};
use serde_json::{Value, json};

use crate::plain::{self, float, hex, named};
use crate::{N, unknown};

pub fn tell(node: N<'_>, printed: &Value) -> (Value, Value) {
    let mut said = said(printed);
    let is_constant = || class_name(node).is_some_and(|(_, name)| name == "MaskedConstant");
    let mut told = match recognise(node) {
        Some(Known::NdArray(found)) if printed["kind"] == "masked constant" && is_constant() => {
            json!({"kind": if found.shape.is_empty() && found.get(0).is_some_and(|found| masked(&found) == true) { "masked constant" } else { "masked" }})
        }
        Some(Known::NdArray(found)) => array(&found, printed),
        Some(Known::NumpyScalar(scalar)) => json!({
            "kind": "scalar", "dtype": dtype(scalar.dtype()),
            "element": element(&scalar.element(), scalar.dtype(), &printed["element"]),
        }),
        Some(Known::NumpyDType(found)) => {
            let mut told = dtype(&found);
            if let (Some(metadata), Some(printed)) = (numpy::metadata(node), printed.get("metadata")) {
                told["metadata"] = object(metadata, printed);
            }
            told
        }
        _ => named(node),
    };
    forget_short_names(&told, &mut said);
    // Without a value of its own, numpy has one for each type.
    if let (Some(Value::Null), Some(Known::NdArray(found))) = (told.get("fill_value"), recognise(node)) {
        told["fill_value"] = default_fill(&found.dtype, &said["fill_value"]);
    }
    (told, said)
}

/// Before numpy 2.3, the short name of a `StringDType` was that of its size; its parameters are told beside it.
fn forget_short_names(told: &Value, said: &mut Value) {
    match (told, said) {
        (Value::Object(told), Value::Object(said)) => {
            if said.get("name") == Some(&json!("StringDType")) && said["str"] == "|T16" {
                said.insert("str".into(), told.get("str").cloned().into());
            }
            for (key, said) in said {
                if let Some(told) = told.get(key) {
                    forget_short_names(told, said);
                }
            }
        }
        (Value::Array(told), Value::Array(said)) => {
            told.iter().zip(said).for_each(|(told, said)| forget_short_names(told, said));
        }
        _ => {}
    }
}

/// Tells of an object in an array what numpy said, if it is that.
fn object(node: N<'_>, printed: &Value) -> Value {
    let (told, expected) = plain::tell(node, printed);
    if told == expected { said(printed) } else { told }
}

/// Tells of an element what numpy printed.
pub fn element(found: &Element<'_, &[u8]>, of: &DType, printed: &Value) -> Value {
    match found {
        Element::Scalar(Scalar::Bool(value)) => json!(value),
        // Of ints of `ml_dtypes`, floats were printed.
        Element::Scalar(Scalar::Int(value)) if matches!(of.kind, Kind::Extended(_)) => {
            json!(format!("{value}.0"))
        }
        Element::Scalar(Scalar::Int(value)) => json!(value),
        Element::Scalar(Scalar::UInt(value)) => json!(value),
        Element::Scalar(Scalar::Float(value)) => float(*value),
        Element::LongDouble(number) => hex(&number.bytes()[..10]),
        Element::LongComplex(re, im) => json!([re, im].map(|number| hex(&number.bytes()[..10]))),
        Element::Scalar(Scalar::Complex(re, im)) => json!([float(*re), float(*im)]),
        Element::Bytes(bytes) => hex(bytes),
        Element::Text(text) => json!(text),
        Element::DateTime(ticks) | Element::TimeDelta(ticks) => json!(ticks.count),
        Element::Object(node) => object(*node, printed),
        Element::Record(record) => {
            let Kind::Structured(structure) = &of.kind else { return unknown("a record") };
            let fields = record.fields().zip(&structure.fields).enumerate();
            let told =
                fields.map(|(number, ((_, value), field))| element(&value, &field.dtype, &printed[number]));
            told.collect()
        }
        Element::Array(array) => json!({
            "kind": "ndarray", "class": "ndarray", "shape": array.shape(), "dtype": dtype(array.dtype()),
            "elements": array.elements().enumerate()
                .map(|(number, found)| element(&found, array.dtype(), &printed["elements"][number])).collect::<Value>(),
        }),
        Element::Missing => match &of.kind {
            Kind::String(string) => match &string.na {
                Some(Na::NaN) => json!({"kind": "float", "value": "nan"}),
                Some(Na::Text(text)) => json!(text),
                _ => Value::Null,
            },
            _ => json!("missing"),
        },
        _ => unknown(&found),
    }
}

/// In the words of `xtask/python/packages/numpys.py`, as far as a pickle shows it.
pub fn dtype(of: &DType) -> Value {
    let mut told = json!({"kind": "dtype", "str": of.typestr(), "name": of.name(), "itemsize": of.size});
    match &of.kind {
        Kind::Structured(structure) => {
            let field = |field: &numpy::Field| json!({"name": field.name, "title": field.title, "offset": field.offset, "dtype": dtype(&field.dtype)});
            told["fields"] = structure.fields.iter().map(field).collect();
            told["aligned"] = json!(structure.is_aligned);
            if structure.is_record {
                told["class"] = json!("numpy.record");
            }
        }
        Kind::SubArray(array) => {
            told["base"] = dtype(&array.base);
            told["shape"] = json!(array.shape);
        }
        Kind::Extended(extended) => told["class"] = json!(format!("ml_dtypes.{}", extended.name)),
        Kind::String(string) => {
            told["coerce"] = json!(string.coerce);
            match &string.na {
                Some(Na::None) => told["na"] = Value::Null,
                Some(Na::NaN) => told["na"] = json!({"kind": "float", "value": "nan"}),
                Some(Na::Text(text)) => told["na"] = json!(text),
                _ => {}
            }
        }
        _ => {}
    }
    told
}

fn array(array: &NdArray<'_, &[u8]>, printed: &Value) -> Value {
    let is_masked = printed["kind"] == "masked";
    let (whole, printed) = (printed, if is_masked { &printed["data"] } else { printed });
    let class = match array.class {
        ArrayClass::Array => json!("ndarray"),
        ArrayClass::Matrix => json!("matrix"),
        ArrayClass::Record => json!("recarray"),
        ArrayClass::Memmap => json!("memmap"),
        ArrayClass::Masked => json!("MaskedArray"),
        ArrayClass::Other(class) => json!(class.as_global().and_then(|class| class.name.as_str())),
    };
    let mut plain = array.clone();
    plain.mask = None;
    let Some(elements) = plain.elements() else { return unknown("elements") };
    let elements: Value = elements
        .enumerate()
        .map(|(number, found)| element(&found, &array.dtype, &printed["elements"][number]))
        .collect();
    let mut data = json!({
        "kind": "ndarray", "class": class, "dtype": dtype(&array.dtype), "shape": array.shape, "elements": elements,
    });
    let Some(mask) = &array.mask else { return data };
    data["class"] = json!("ndarray");
    let found = mask.fill.and_then(numpy::array);
    let fill = found.as_ref().and_then(|found| {
        Some(fill(&found.elements()?.next()?, &found.dtype, &array.dtype, &whole["fill_value"]))
    });
    json!({
        "kind": "masked", "class": class, "data": data,
        "mask": collapsed(&array.elements().into_iter().flatten().map(|found| masked(&found)).collect()),
        "fill_value": fill,
    })
}

/// Tells of the value for masked elements what numpy printed: by the fields of the array, since old releases made fields of what is between
/// them; and of one number for a whole sub-array, they printed the bytes.
fn fill(found: &Element<'_, &[u8]>, of: &DType, array: &DType, printed: &Value) -> Value {
    match (found, &of.kind, &array.kind) {
        (Element::Record(record), Kind::Structured(of), Kind::Structured(array)) => {
            let told = array.fields.iter().enumerate().map(|(number, field)| {
                let at = of.fields.iter().position(|found| found.name == field.name)?;
                Some(fill(&record.fields().nth(at)?.1, &of.fields[at].dtype, &field.dtype, &printed[number]))
            });
            told.collect()
        }
        (_, _, Kind::SubArray(_)) if printed.as_str().is_some_and(|bytes| is_number(found, bytes)) => {
            printed.clone()
        }
        _ => element(found, of, printed),
    }
}

const INT: i64 = 999_999;
const FLOAT: f64 = 1e20;

/// Tells of the value that numpy has for masked elements of an array what it printed. A number is of the array's type only in records.
fn default_fill(of: &DType, printed: &Value) -> Value {
    match &of.kind {
        Kind::Int | Kind::UInt => json!(INT),
        Kind::Float => float(FLOAT),
        _ => default_part(of, printed),
    }
}

/// Tells the same of an element of a type.
fn default_part(of: &DType, printed: &Value) -> Value {
    #[allow(clippy::cast_possible_truncation)] // numpy does the same
    match (&of.kind, of.size) {
        (Kind::Bool, _) => json!(true),
        (Kind::Int, 1) => json!(INT as i8),
        (Kind::Int, 2) => json!(INT as i16),
        (Kind::UInt, 1) => json!(INT as u8),
        (Kind::UInt, 2) => json!(INT as u16),
        (Kind::Int | Kind::UInt, _) => json!(INT),
        (Kind::Float, 2) => json!("inf"),
        (Kind::Float, 4) => float(f64::from(FLOAT as f32)),
        (Kind::Float, 8) => float(FLOAT),
        (Kind::Complex, 16) => json!([float(FLOAT), float(0.0)]),
        (Kind::Bytes, size) => hex(&b"N/A"[..size.min(3)]),
        (Kind::Text, size) => json!(&"N/A"[..(size / 4).min(3)]),
        (Kind::Void, size) => hex(&b"???"[..size.min(3)]),
        (Kind::DateTime(_) | Kind::TimeDelta(_), _) => json!(i64::MIN),
        // A text, which numpy has in an array of its own in some releases.
        (Kind::Object, _) if ["\"?\"", "\"3f\""].iter().any(|text| printed.to_string().contains(text)) => {
            printed.clone()
        }
        (Kind::Structured(structure), _) => {
            let fields = structure.fields.iter().enumerate();
            fields.map(|(number, field)| default_part(&field.dtype, &printed[number])).collect()
        }
        _ => json!("another"),
    }
}

/// Whether a number, or each of those in an array, has these bytes, in hexadecimal, as an `f4`.
fn is_number(found: &Element<'_, &[u8]>, bytes: &str) -> bool {
    match found {
        Element::Array(array) => array.elements().all(|found| is_number(&found, bytes)),
        Element::Scalar(Scalar::Float(value)) => u32::from_str_radix(bytes, 16)
            .is_ok_and(|bits| f64::from(f32::from_bits(bits.swap_bytes())).to_bits() == value.to_bits()),
        _ => false,
    }
}

/// Whether an element is masked, or which of its fields are.
fn masked(found: &Element<'_, &[u8]>) -> Value {
    match found {
        Element::Record(record) => record.fields().map(|(_, found)| masked(&found)).collect(),
        Element::Array(array) => array.elements().map(|found| masked(&found)).collect(),
        found => json!(matches!(found, Element::Missing)),
    }
}

/// Returns masks with one word for those records and sub-arrays that are masked as a whole.
fn collapsed(mask: &Value) -> Value {
    let parts = mask.as_array().or(mask["elements"].as_array());
    let Some(parts) = parts else { return mask.clone() };
    let parts: Vec<_> = parts.iter().map(collapsed).collect();
    if !parts.is_empty() && parts.iter().all(|part| *part == true) { json!(true) } else { parts.into() }
}

/// Returns what numpy said, less what a pickle does not show and with the names of numpy 2.
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
            let name = object["name"].as_str().unwrap_or_default();
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
            let mask = object["mask"]["elements"].as_array().into_iter().flatten().map(collapsed).collect();
            object.insert("mask".into(), collapsed(&mask));
            if object["fill_value"]["kind"] == "scalar" {
                let fill = object["fill_value"]["element"].take();
                object.insert("fill_value".into(), fill);
            }
        }
        _ => {}
    }
    if let (Some("ndarray" | "masked"), Some(class)) =
        (object.get("kind").and_then(Value::as_str), object.get("class").and_then(Value::as_str))
    {
        let class = class.rsplit('.').next().unwrap_or_default().to_owned();
        object.insert("class".into(), json!(class));
    }
    // Python 2's titles are byte strings.
    if let Some(fields) = object.get_mut("fields").and_then(Value::as_array_mut) {
        for field in fields {
            if let Some(hex) = field["title"]["hex"].as_str() {
                let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap_or_default();
                let text: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
                field["title"] = json!(String::from_utf8_lossy(&text));
            }
        }
    }
    Value::Object(object)
}
