//! Arrays, scalars and dtypes, compared with what numpy printed of them.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{
    self, ArrayClass, ArrayData, DType, Element, Kind, Na, NdArray, Resolution, Ticks,
};
use halfsour_classes::sheet::{self, Sheet};
use halfsour_classes::time::NAT;
use halfsour_classes::{ClassBuilder, Known, recognise};
use halfsour_fixtures::Package;
use halfsour_value::{Builder, Data, Graph, Id, Node};
use halfsour_vm::{Buffer, Loader};
use halfsour_writer::{Options, to_vec};
use serde_json::{Value, json};

type N<'g> = Node<'g, &'g [u8]>;

/// As Python's `repr()`.
fn float(value: f64) -> Value {
    json!(halfsour_text::repr::Float(value).to_string())
}

fn hex(bytes: &[u8]) -> Value {
    let digit = |digit: u8| char::from_digit(digit.into(), 16).unwrap();
    json!(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<String>())
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
        Element::Scalar(Scalar::Bool(value)) => json!(value),
        Element::Scalar(Scalar::Int(value)) => json!(value),
        Element::Scalar(Scalar::UInt(value)) => json!(value),
        Element::Scalar(Scalar::Float(value)) => float(value),
        Element::LongDouble(number) => hex(&number.bytes()[..10]),
        Element::Scalar(Scalar::Complex(re, im)) => json!([float(re), float(im)]),
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
    let mut plain = array.clone();
    plain.mask = None;
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
    let options = halfsour_vm::Options::default().with_buffers(Some(buffers));
    Loader::with_options(options).load(&package.bytes[..]).unwrap()
}

#[test]
fn all_is_as_numpy_said() {
    let mut seen = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "arrays") {
        if ["types", "ufunc", "Generator"].contains(&package.name.as_str()) {
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
    let ticks = |count, unit| Ticks { count, unit: Resolution::parse(unit).unwrap() };
    // As numpy 2 prints them.
    for (count, unit, text) in [
        (NAT, "[D]", "NaT"),
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

/// What is built of an array, a scalar or a dtype; `None` of what there is no way back for.
fn built(build: &mut ClassBuilder<'_>, node: N<'_>) -> Option<Id> {
    let array = match recognise(node)? {
        Known::NumpyDType(dtype) => return build.dtype(&dtype).ok(),
        Known::NumpyScalar(scalar) => scalar.into_array(),
        Known::NdArray(array) if matches!(array.class, ArrayClass::Array) => array,
        _ => return None,
    };
    let data = match &array.data {
        ArrayData::Bytes(bytes) => build.builder.bytes(bytes),
        ArrayData::Objects(objects) => {
            let copied = objects.clone().map(|object| match object.data() {
                Data::None => Some(Id::NONE),
                Data::Int(value) => Some(build.builder.int(value)),
                Data::Str(text) => Some(build.builder.str(text.as_str()?)),
                _ => None,
            });
            let copied: Vec<_> = copied.collect::<Option<_>>()?;
            build.builder.list(&copied)
        }
        ArrayData::Fields { .. } | ArrayData::Buffer(_) => return None,
    };
    let dtype = build.dtype(&array.dtype).unwrap();
    if matches!(recognise(node), Some(Known::NumpyScalar(_))) {
        return Some(build.numpy_scalar(dtype, data));
    }
    let is_fortran = !array.is_contiguous(false);
    (array.is_contiguous(is_fortran)).then(|| build.nd_array(dtype, &array.shape, is_fortran, data).unwrap())
}

/// What is built is what numpy 1 wrote, byte for byte where Python 3 wrote it, and reads the same in any case.
#[test]
fn what_is_built_is_what_numpy_writes() {
    let (mut same, mut seen) = (0, 0);
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "arrays") {
        let (graph, mut builder) = (load(package), Builder::new());
        let Some(root) = built(&mut ClassBuilder::new(&mut builder), graph.root()) else { continue };
        let protocol = package.protocol.unwrap();
        let pickle = to_vec(builder.build(root).root(), &Options::default().with_protocol(protocol)).unwrap();
        let again = halfsour_vm::from_slice(&pickle).unwrap();
        let mut expected = value(graph.root());
        // What a program says of a dtype is not a part of it.
        expected.as_object_mut().unwrap().remove("metadata");
        assert_eq!(value(again.root()), expected, "{package}");
        seen += 1;
        same += usize::from(package.environment == "3.6" && pickle == package.bytes);
    }
    assert!(seen > 900 && same > 100, "{seen}, {same}");
}

/// An array of numpy with this type, shape and number of bytes.
fn claimed(dtype: &str, size: i64, shape: &[i64], bytes: usize) -> bool {
    let mut builder = Builder::new();
    let class = builder.global("numpy", "ndarray");
    let zero = builder.int(0);
    let (empty, b) = (builder.tuple(&[zero]), builder.bytes(b"b"));
    let args = builder.tuple(&[class, empty, b]);
    let callable = builder.global("numpy.core.multiarray", "_reconstruct");
    let array = builder.call(callable, args);
    let name = builder.str(dtype);
    let args = builder.tuple(&[name, Id::bool(false), Id::bool(true)]);
    let callable = builder.global("numpy", "dtype");
    let dtype = builder.call(callable, args);
    let (three, order, minus, size) = (builder.int(3), builder.str("|"), builder.int(-1), builder.int(size));
    let state = builder.tuple(&[three, order, Id::NONE, Id::NONE, Id::NONE, size, minus, zero]);
    builder.state(dtype, state).unwrap();
    let shape: Vec<_> = shape.iter().map(|length| builder.int(*length)).collect();
    let (shape, bytes, one) = (builder.tuple(&shape), builder.bytes(&vec![0; bytes]), builder.int(1));
    let state = builder.tuple(&[one, shape, dtype, Id::bool(false), bytes]);
    builder.state(array, state).unwrap();
    numpy::array(builder.build(array).root()).is_some()
}

#[test]
fn what_does_not_fit_is_no_array() {
    const HUGE: i64 = 1 << 62;
    assert!(claimed("u1", -1, &[2, 3], 6));
    assert!(claimed("u1", -1, &[HUGE, 0, HUGE], 0));
    assert!(claimed("V0", 0, &[100], 0) && claimed("S3", 3, &[2], 6));
    for (dtype, size, shape, bytes) in [
        ("u1", -1, &[2, 3][..], 5),
        ("u1", -1, &[2, 3], 7),
        ("u1", -1, &[-1], 0),
        ("u1", -1, &[HUGE, 4], 0),
        ("u1", -1, &[HUGE, HUGE, HUGE], 0),
        ("f8", -1, &[HUGE], 0),
        ("u1", -1, &[0], 1),
        ("V0", 0, &[HUGE], 0),
        ("S0", 0, &[1 << 20], 0),
        ("V8", i64::MAX, &[4], 32),
        ("U1", 3, &[2], 6),
        ("i3", -1, &[2], 6),
        ("f", -1, &[2], 6),
        ("O8", -1, &[2], 16),
        ("x", -1, &[2], 6),
        ("\u{20ac}", -1, &[2], 6),
        ("", -1, &[2], 6),
        ("u1", -1, &[1; 65], 1),
    ] {
        assert!(!claimed(dtype, size, shape, bytes), "{dtype} {size} {shape:?} {bytes}");
    }
}

/// Each in the next, twice.
#[test]
fn types_that_unfold_without_end_are_not_read() {
    for (depth, twice, is_one) in
        [(10, false, true), (40, false, false), (1000, false, false), (30, true, false)]
    {
        let mut builder = Builder::new();
        let callable = builder.global("numpy", "dtype");
        let mut inner = None;
        for _ in 0..depth {
            let name = builder.str(if inner.is_some() { "V1" } else { "u1" });
            let args = builder.tuple(&[name, Id::bool(false), Id::bool(true)]);
            let dtype = builder.call(callable, args);
            let (three, order, one, zero) =
                (builder.int(3), builder.str("|"), builder.int(1), builder.int(0));
            let (mut names, mut items) = (Vec::new(), Vec::new());
            for name in if twice { &["a", "b"][..] } else { &["a"] } {
                if let Some(inner) = inner {
                    names.push(builder.str(name));
                    items.push((names[names.len() - 1], builder.tuple(&[inner, zero])));
                }
            }
            let fields = builder.dict(&items).unwrap();
            let names = builder.tuple(&names);
            let (names, fields) = if inner.is_some() { (names, fields) } else { (Id::NONE, Id::NONE) };
            let state = builder.tuple(&[three, order, Id::NONE, names, fields, one, one, zero]);
            builder.state(dtype, state).unwrap();
            inner = Some(dtype);
        }
        let graph = builder.build(inner.unwrap());
        assert_eq!(numpy::dtype(graph.root()).is_some(), is_one, "{depth}");
    }
}

/// A longdouble in a column has the format that its neighbours tell: what follows its 80 bits may be anything.
#[test]
fn longdoubles_of_a_column_have_one_format() {
    let number = |top: u16, first: u8| {
        let mut bytes = vec![7, 0, 0, 0, 0, 0, 0, 0, first];
        bytes.extend(top.to_le_bytes());
        bytes.extend([0x11, 0x22, 0x33, 0x44, 0x12, 0x34]);
        bytes
    };
    let data = [number(0x3FFF, 0x80), number(0, 0)].concat();
    let pickle = [
        &b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85U\x01btR(K\x01K\x02\x85\
            cnumpy\ndtype\n(U\x03V17K\0K\x01tR(K\x03U\x01|NX\x01\0\0\0nX\x01\0\0\0a\x86\
            }(X\x01\0\0\0ncnumpy\ndtype\n(U\x02i1K\0K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tbK\0\x86\
            X\x01\0\0\0acnumpy\ndtype\n(U\x03f16K\0K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tbK\x01\x86u\
            K\x11K\x01K\x10tb\x89U\x22"[..],
        &data,
        b"tb.",
    ]
    .concat();
    let graph = halfsour_vm::from_slice(&pickle).unwrap();
    let sheet = Sheet::of(graph.root(), usize::MAX).unwrap();
    let Ok(cells) = &sheet.columns[1].cells else { panic!() };
    for (row, expected) in ["1.0", "0.0"].into_iter().enumerate() {
        let Some(sheet::Cell::Element(Element::LongDouble(number))) = cells.get(row) else { panic!() };
        assert_eq!(number.text().as_deref(), Some(expected));
    }
}

/// Short floats are printed with as many digits as numpy prints.
#[test]
fn short_floats_have_few_digits() {
    let printed = |kind: &str, bytes: &[u8]| {
        let pickle = [
            b"\x80\x03cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n(X\x02\0\0\0",
            kind.as_bytes(),
            b"K\0K\x01tR(K\x03X\x01\0\0\0<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tbC",
            &[u8::try_from(bytes.len()).unwrap()],
            bytes,
            b"\x86R.",
        ]
        .concat();
        let graph = halfsour_vm::from_slice(&pickle).unwrap();
        let Some(Known::NumpyScalar(scalar)) = recognise(graph.root()) else { panic!("{}", graph.root()) };
        scalar.to_string()
    };
    assert_eq!(printed("f4", &0.1_f32.to_le_bytes()), "0.1");
    assert_eq!(printed("f4", &203_696.13_f32.to_le_bytes()), "203696.12");
    // 4112, 0.1, 65504 and 6e-08.
    assert_eq!(printed("f2", &[0x04, 0x6C]), "4110.0");
    assert_eq!(printed("f2", &[0x66, 0x2E]), "0.1");
    assert_eq!(printed("f2", &[0xFF, 0x7B]), "65500.0");
    assert_eq!(printed("f2", &[0x01, 0x00]), "6e-08");
    let complex = [1.0_f32.to_le_bytes(), 0.1_f32.to_le_bytes()].concat();
    assert_eq!(printed("c8", &complex), "(1+0.1j)");
    assert_eq!(printed("c8", &[&[0; 4][..], &2.0_f32.to_le_bytes()].concat()), "2j");
}
