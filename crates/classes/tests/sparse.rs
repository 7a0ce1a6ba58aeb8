//! Sparse matrices and arrays, compared with what scipy printed of them.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::Element;
use halfsour_classes::scipy::Parts;
use halfsour_classes::{Known, class_name, recognise};
use halfsour_vm::{Loader, Options};
use serde_json::{Value, json};

/// Those of the fixtures are not large.
fn float(int: i64) -> f64 {
    i32::try_from(int).unwrap().into()
}

/// As a number.
fn number(element: &Element<'_, &[u8]>) -> f64 {
    match element {
        Element::Scalar(Scalar::Int(int)) => float(*int),
        Element::Scalar(Scalar::Float(float)) => *float,
        Element::Object(node) => match recognise(*node) {
            Some(Known::NumpyScalar(scalar)) => number(&scalar.element()),
            _ => node.as_f64().or(node.as_i64().map(float)).unwrap(),
        },
        _ => unreachable!("there are no others"),
    }
}

/// The number that is printed, as it is or as a float's `repr()`.
fn printed(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

#[test]
fn sparse_matrices_are_those_of_scipy() {
    let mut seen = Vec::new();
    for package in halfsour_fixtures::packages().iter().filter(|package| package.value["kind"] == "sparse") {
        let (told, name) = (&package.value, package.to_string());
        let graph = Loader::with_options(Options::default()).load(&package.bytes[..]).unwrap();
        let Some(Known::Sparse(sparse)) = recognise(graph.root()) else { panic!("{name}") };
        let (_, class) = class_name(graph.root()).unwrap();
        assert!(told["class"].as_str().unwrap().ends_with(&format!(".{class}")), "{name}");
        assert_eq!(class.ends_with("array"), sparse.is_array, "{name}");
        assert_eq!(
            (&told["format"], &told["shape"]),
            (&json!(sparse.format), &json!(sparse.shape)),
            "{name}"
        );
        let columns = *sparse.shape.last().unwrap();
        let mut dense = vec![0.0; sparse.shape.iter().product()];
        let mut count = 0_u64;
        for (row, column, element) in sparse.elements().unwrap_or_else(|| panic!("{name}")) {
            dense[row * columns + column] += number(&element);
            count += 1;
        }
        let told_dense: Vec<_> = told["dense"].as_array().unwrap().iter().map(printed).collect();
        assert_eq!(dense, told_dense, "{name}");
        match sparse.parts {
            // scipy 1.2 counts what is beyond the end of short diagonals; and some of what is stored is outside.
            Parts::Diagonals { .. } => {
                assert!(told["nnz"].as_u64().unwrap() >= count && sparse.stored() as u64 >= count);
            }
            _ => assert_eq!((&json!(count), count), (&told["nnz"], sparse.stored() as u64), "{name}"),
        }
        seen.push((sparse.format, sparse.is_array, package.environment.clone()));
    }
    for format in ["csr", "csc", "bsr", "coo", "dia", "lil", "dok"] {
        for (environment, kinds) in [("2.7", &[false][..]), ("3.8", &[false, true]), ("3.13", &[false, true])]
        {
            for is_array in kinds {
                assert!(
                    seen.contains(&(format, *is_array, environment.to_owned())),
                    "{environment} {format}"
                );
            }
        }
    }
}

/// Whatever is changed, nothing is outside, and there is no more than the pickle has.
#[test]
fn broken_matrices_have_no_elements_outside() {
    let (mut whole, mut refused) = (0, 0);
    for package in halfsour_fixtures::packages() {
        if package.value["kind"] != "sparse" || package.environment != "3.13" || package.protocol != Some(5) {
            continue;
        }
        let mut bytes = package.bytes;
        for at in 0..bytes.len() {
            for byte in [0, 2, 0x80, 0xFF] {
                let before = std::mem::replace(&mut bytes[at], byte);
                if let Ok(graph) = halfsour_vm::from_slice(&bytes)
                    && let Some(Known::Sparse(sparse)) = recognise(graph.root())
                {
                    match sparse.elements() {
                        Some(elements) => {
                            let rows = if sparse.shape.len() == 1 { 1 } else { sparse.shape[0] };
                            let columns = *sparse.shape.last().unwrap();
                            let is_inside = |(row, column, _)| row < rows && column < columns;
                            assert!(elements.take(bytes.len()).all(is_inside));
                            whole += 1;
                        }
                        None => refused += 1,
                    }
                }
                bytes[at] = before;
            }
        }
    }
    assert!(whole > 1000 && refused > 100, "{whole} {refused}");
}
