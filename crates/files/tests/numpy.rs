//! What joblib wrote, compared with what `joblib.load` made of it.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{self, Element};
use halfsour_files::{JoblibArrays, Limits, Npy, Source};
use halfsour_value::Node;
use halfsour_vm::Loader;
use serde_json::{Value, json};

fn element(found: Element<'_, &[u8]>) -> Value {
    match found {
        Element::Scalar(Scalar::Int(value)) => json!(value),
        Element::Scalar(Scalar::UInt(value)) => json!(value),
        Element::Scalar(Scalar::Float(value)) => json!(halfsour_text::repr::Float(value).to_string()),
        Element::Text(text) => json!(text),
        Element::DateTime(ticks) => json!(ticks.count),
        Element::Record(record) => record.fields().map(|(_, value)| element(value)).collect(),
        Element::Object(node) => match node.elements() {
            Some(elements) => elements.map(|node| element(Element::Object(node))).collect(),
            None => node.as_i64().map(Value::from).or(node.as_str().map(Value::from)).into(),
        },
        Element::Missing => json!("?"),
        _ => panic!("{found}"),
    }
}

/// Compares all arrays in lists and dicts; how many there were.
fn compare(node: Node<'_, &[u8]>, printed: &Value, name: &str) -> usize {
    if let (Some(values), Some(nodes)) = (printed.as_array(), node.elements()) {
        assert_eq!(nodes.len(), values.len(), "{name}");
        return nodes.zip(values).map(|(node, value)| compare(node, value, name)).sum();
    }
    if printed["kind"] == "dict" {
        let items = printed["items"].as_array().unwrap().iter().zip(node.items().unwrap());
        return items.map(|(printed, (_, node))| compare(node, &printed[1], name)).sum();
    }
    let printed = if printed["kind"] == "masked" { &printed["data"] } else { printed };
    if printed["kind"] != "ndarray" {
        return 0;
    }
    let mut array = numpy::array(node).unwrap_or_else(|| panic!("{name}: {node}"));
    array.mask = None;
    assert_eq!(json!(array.shape), printed["shape"], "{name}");
    assert_eq!(json!(array.dtype.typestr()), printed["dtype"]["str"], "{name}");
    let elements: Value = array.elements().unwrap().map(element).collect();
    assert_eq!(elements, printed["elements"], "{name}");
    1
}

#[test]
fn joblibs_arrays_are_what_it_loads() {
    let mut seen = 0;
    for package in halfsour_fixtures::package_files().iter().filter(|package| package.script == "dumps") {
        let name = package.to_string();
        let source = Source::from_bytes(&name, package.bytes.clone().into(), Limits::default()).unwrap();
        let graph = Loader::new().load_observed(&source.bytes()[..], 0, JoblibArrays::new(())).unwrap();
        seen += compare(graph.root(), &package.value, &name);
    }
    assert!(seen > 100, "{seen}");
}

/// numpy takes every name of a type in a header, `object` among them.
#[test]
fn what_may_be_an_array_of_objects_has_a_pickle() {
    for (descr, has_objects) in [
        ("'|O'", true),
        ("'object'", true),
        ("'i4,O'", true),
        ("[('a', '<i4'), ('b', '|O')]", true),
        ("'<f8'", false),
        ("'|V2'", false),
        ("'<M8[ns]'", false),
        ("[('a', '<i4'), ('b', '<U3', (2,))]", false),
    ] {
        let header = Npy::header(descr, false, &[1]);
        assert_eq!(Npy::parse(&header).unwrap().pickle().is_some(), has_objects, "{descr}");
    }
}

/// `joblib.dump([array, 7])` by joblib 1.6, where the type is given by these opcodes.
fn dumped(dtype: &[u8], shape: &[u8], data: &[u8]) -> Vec<u8> {
    let wrapper = b"\x80\x02](cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\x08\0\0\0subclasscnumpy\nndarray\nX\x05\0\0\0shape";
    let order = b"X\x05\0\0\0orderX\x01\0\0\0CX\x05\0\0\0dtype";
    let rest = b"X\n\0\0\0allow_mmap\x88X\x1b\0\0\0numpy_array_alignment_bytesK\x10ub";
    [&wrapper[..], shape, order, dtype, rest, data, b"K\x07e."].concat()
}

#[test]
fn types_that_numpy_does_not_have_itself() {
    // numpy.array([1.5, -2], ml_dtypes.bfloat16)
    let dtype = b"cnumpy\ndtype\ncml_dtypes\nbfloat16\n\x89\x88\x87R(K\x03X\x01\0\0\0<NNNK\x02K\x02K@tb";
    let file = dumped(dtype, b"K\x02\x85", b"\x03\xff\xff\xff\xc0?\x00\xc0");
    let graph = Loader::new().load_observed(&file[..], 0, JoblibArrays::new(())).unwrap();
    let array = numpy::array(graph.root().at(0).unwrap()).unwrap();
    let elements: Vec<_> = array.elements().unwrap().map(|element| element.to_string()).collect();
    assert_eq!((elements.join(" "), graph.root().at(1).unwrap().as_i64()), ("1.5 -2.0".to_owned(), Some(7)));

    // Text of any length stands in a pickle with a memo of its own.
    let dtype = b"cnumpy._core._internal\n_convert_to_stringdtype_kwargs\nK\x01X\x01\0\0\0?q\x00\x86R";
    let inner = b"\x80\x05cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85C\x01b\x87R(K\x01K\x02\x85\
        cnumpy._core._internal\n_convert_to_stringdtype_kwargs\nK\x01X\x01\0\0\0?q\x05\x86R\x89](X\x01\0\0\0aq\x00h\x05etb.";
    let file = dumped(dtype, b"K\x02\x85", inner);
    let graph = Loader::new().load_observed(&file[..], 0, JoblibArrays::new(())).unwrap();
    let array = numpy::array(graph.root().at(0).unwrap()).unwrap();
    assert_eq!(array.elements().unwrap().map(element).collect::<Value>(), json!(["a", "?"]));
    assert_eq!(graph.root().at(1).unwrap().as_i64(), Some(7));
}

/// Data whose length nothing tells would be taken for opcodes.
#[test]
fn data_of_unknown_length_is_refused() {
    let file = dumped(b"cquaddtype\nQuadDType\n)R", b"K\x01\x85", b"]K\x05a.");
    let error = Loader::new().load_observed(&file[..], 0, JoblibArrays::new(())).unwrap_err();
    assert!(error.to_string().contains("its type is not known here"), "{error}");
}
