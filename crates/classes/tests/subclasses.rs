//! Arrays of subclasses of numpy's, and arrays that dill, cloudpickle and jax pickle in ways of their own.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{ArrayClass, Element, NdArray};
use halfsour_classes::{Known, Shape, class_name, recognise};
use halfsour_value::Node;
use serde_json::{Value, json};

type Array<'g> = NdArray<'g, &'g [u8]>;

fn element(found: &Element<'_, &[u8]>) -> Value {
    match found {
        Element::Scalar(Scalar::Bool(value)) => json!(value),
        Element::Scalar(Scalar::Int(value)) => json!(value),
        Element::Scalar(Scalar::UInt(value)) => json!(value),
        Element::Scalar(Scalar::Float(value)) => json!(halfsour_text::repr::Float(*value).to_string()),
        Element::Text(text) => json!(text),
        Element::LongDouble(number) => {
            number.bytes()[..10].iter().map(|byte| format!("{byte:02x}")).collect()
        }
        Element::Object(node) => match node.as_i64() {
            Some(int) => json!(int),
            None => json!(node.as_str()),
        },
        _ => panic!("numpy prints no {found}"),
    }
}

/// Compares an array with what its package said of it.
fn compare(node: Node<'_, &[u8]>, array: &Array<'_>, told: &Value, name: &str) {
    assert_eq!(json!(array.shape), told["shape"], "{name}");
    // numpy turns the bytes around as it loads them.
    if let Some(texts) = told["texts"].as_array() {
        let found = array.elements().unwrap().flat_map(|element| match element {
            Element::LongDouble(number) => vec![number.to_string()],
            Element::LongComplex(re, im) => vec![re.to_string(), im.to_string()],
            _ => panic!("{element}"),
        });
        assert_eq!(json!(found.collect::<Vec<_>>()), json!(texts), "{name}");
        return;
    }
    assert_eq!(array.dtype.typestr(), told["dtype"]["str"].as_str().unwrap(), "{name}");
    // What is under a mask is printed, too.
    let mut data = array.clone();
    data.mask = None;
    let elements: Value = data.elements().unwrap().map(|found| element(&found)).collect();
    assert_eq!(elements, told["elements"], "{name}");
    let class = match &array.class {
        // dill pickles a class of a program as what makes it.
        ArrayClass::Other(class) => class.as_global().map(|class| class.full_name()),
        _ => class_name(node).map(|(module, name)| format!("{module}.{name}")),
    };
    if let Some(class) = class {
        // It may be known by the name of a module that shows it.
        let expected = told["class"].as_str().unwrap();
        assert_eq!(class.rsplit('.').next(), expected.rsplit('.').next(), "{name}");
    }
    if let Some(beside) = told["beside"].as_str() {
        let found =
            array.attributes().any(|part| part.descendants().any(|node| node.as_str() == Some(beside)));
        // A unit is an object of many.
        let is_unit = beside.contains("m / s");
        assert!(found || is_unit && array.attributes().next().is_some(), "{name}: {beside}");
    }
}

#[test]
fn arrays_are_known_by_their_shape() {
    let mut seen = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "subclasses") {
        let name = package.to_string();
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let told = &package.value;
        match (recognise(graph.root()), told["kind"].as_str()) {
            (Some(Known::NdArray(array)), Some("ndarray")) => compare(graph.root(), &array, told, &name),
            (Some(Known::NdArray(array)), Some("masked")) => {
                let mask: Value = array.mask.as_ref().unwrap().bytes.iter().map(|byte| *byte != 0).collect();
                assert_eq!(mask, told["mask"]["elements"], "{name}");
            }
            (Some(Known::NumpyScalar(scalar)), Some("scalar")) => {
                assert_eq!(element(&scalar.element()), told["element"], "{name}");
            }
            (found, _) => panic!("{name}: {found:?}"),
        }
        seen += 1;
    }
    assert!(seen > 120, "{seen}");
}

/// The name of a class of a program says nothing of its base: its arguments are what is known.
#[test]
fn nothing_is_guessed_from_names() {
    for pickle in [
        &b"capp\nDeltaE\n(I1\nI2\nI3\ntR."[..],
        b"\x80\x03capp\nUpdatePacket\nC\x04\x07\xe8\x02\x1d\x85R.",
        // A month 15, and a second argument that is no zone.
        b"\x80\x03capp\nKey\nC\x0a\x07\xe8\x0f\x1d\x0c\x00\x00\x00\x00\x00\x85R.",
        b"\x80\x03capp\nKey\nC\x0a\x07\xe8\x02\x1d\x0c\x00\x00\x00\x00\x00K\x01\x86R.",
        b"capp\nDecimalPoint\n(V1.5\ntR.",
        b"capp\nHeatMap\n((lp0\n(I0\nI1\ntp1\na(I0\nI0\ntp2\natR.",
        b"capp\nCountry\n((dp0\nVa\nI1\nstR.",
        b"capp\nDataSet\n((lp0\nI1\natR.",
        // Functions with the names of numpy's.
        b"\x80\x02capp.graphics\nscalar\ncnumpy\ndtype\nX\x02\0\0\0i1K\0K\x01\x87RU\x01a\x86R.",
    ] {
        let graph = halfsour_vm::from_slice(pickle).unwrap();
        assert!(recognise(graph.root()).is_none(), "{}", graph.root());
    }
    // A named tuple of one field looks the same.
    let graph = halfsour_vm::from_slice(b"\x80\x02capp\nRichText\nX\x01\0\0\0a\x85\x81.").unwrap();
    let Some(known @ Known::Subclass(_)) = recognise(graph.root()) else { panic!() };
    assert!(matches!(known.shape(), Shape::Object));
}

/// Classes of packages are known by their full names, as these packages pickle them.
#[test]
fn known_subclasses_are_their_value() {
    let shown = |pickle: &[u8]| {
        let graph = halfsour_vm::from_slice(pickle).unwrap();
        let known = recognise(graph.root()).unwrap();
        match known.shape() {
            Shape::Text(text) => text.to_string(),
            Shape::Mapping(pairs) => {
                pairs.map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join(" ")
            }
            Shape::Sequence(members) => members.map(|node| node.to_string()).collect(),
            _ => panic!("{known:?}"),
        }
    };
    assert_eq!(
        shown(b"\x80\x03cfreezegun.api\nFakeDatetime\nC\x0a\x07\xe8\x02\x1d\x0c\x00\x00\x00\x00\x00\x85R."),
        "2024-02-29T12:00:00"
    );
    // A subclass of a program: ten bytes are a time.
    assert_eq!(
        shown(b"\x80\x03capp\nMoment\nC\x0a\x07\xe8\x02\x1d\x0c\x00\x00\x00\x00\x00\x85R."),
        "2024-02-29T12:00:00"
    );
    assert_eq!(shown(b"\x80\x03cpendulum.date\nDate\nC\x04\x07\xe8\x02\x1d\x85R."), "2024-02-29");
    assert_eq!(shown(b"\x80\x03cpendulum.duration\nDuration\nK\x01K\x05K\x00\x87R."), "1 day, 0:00:05");
    assert_eq!(shown(b"\x80\x02cpyrsistent._pmap\npmap\n}X\x01\0\0\0aK\x01s\x85R."), "'a': 1");
    assert_eq!(shown(b"\x80\x02cpvectorc\npvector\n]K\x01a\x85R."), "1");
    assert_eq!(shown(b"\x80\x02cpyrsistent._pset\npset\n]K\x01a\x85R."), "1");
}

/// A masked array of a subclass may have parts before those of the array, and behind its mask.
#[test]
fn the_mask_stands_behind_the_array() {
    let pickle = b"\x80\x02cnumpy.ma.core\n_mareconstruct\n(capp\nMasked\ncnumpy\nndarray\nK\0\x85U\x01btR\
        (X\x02\0\0\0moK\x01K\x02\x85cnumpy\ndtype\n(U\x02u1K\0K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\
        \x89U\x02\x07\x08U\x02\0\x01NX\x02\0\0\0kgtb.";
    let graph = halfsour_vm::from_slice(pickle).unwrap();
    let Some(Known::NdArray(array)) = recognise(graph.root()) else { panic!("{}", graph.root()) };
    assert_eq!(array.mask.as_ref().unwrap().bytes, [0, 1]);
    let beside: Vec<_> = array.attributes().filter_map(Node::as_str).collect();
    assert_eq!(beside, ["mo", "kg"]);
}
