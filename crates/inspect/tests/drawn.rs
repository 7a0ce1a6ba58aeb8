//! How arrays are drawn: by rows, cut between numbers, and whole where all is wanted.

use halfsour_classes::ClassBuilder;
use halfsour_classes::numpy::DType;
use halfsour_inspect::path::{Place, resolve};
use halfsour_inspect::tree::{ShowLimits, Tree};
use halfsour_value::{Builder, Graph};

/// The array of floats 0.1, 1.1, 2.1, …
fn array(shape: &[usize]) -> Graph {
    let count: u32 = shape.iter().map(|length| u32::try_from(*length).unwrap()).product();
    let bytes: Vec<u8> = (0..count).flat_map(|number| (f64::from(number) + 0.1).to_le_bytes()).collect();
    let mut builder = Builder::new();
    let data = builder.bytes(&bytes);
    let mut classes = ClassBuilder::new(&mut builder);
    let dtype = classes.dtype(&DType::parse("<f8").unwrap()).unwrap();
    let root = classes.nd_array(dtype, shape, false, data).unwrap();
    builder.build(root)
}

fn shown(graph: &Graph, path: &str, limits: ShowLimits) -> String {
    let place: Place<'_, _> = resolve(graph.root(), &path.parse().unwrap()).unwrap();
    Tree::of_place(place, limits).to_string()
}

#[test]
fn arrays_are_drawn_by_rows() {
    let graph = array(&[2, 3]);
    let limits = ShowLimits::default();
    assert_eq!(
        shown(&graph, "", limits),
        "numpy.ndarray((2, 3), float64, [[0.1, 1.1, 2.1], [3.1, 4.1, 5.1]])"
    );
    assert_eq!(shown(&graph, "[:, 1]", limits), "numpy.ndarray((2,), float64, [1.1, 4.1])");
    assert_eq!(
        shown(&array(&[2, 2, 2]), "", limits),
        "numpy.ndarray((2, 2, 2), float64, [[[0.1, 1.1], [2.1, 3.1]], [[4.1, 5.1], [6.1, 7.1]]])"
    );
    assert_eq!(shown(&array(&[2, 0]), "", limits), "numpy.ndarray((2, 0), float64, [])");
}

#[test]
fn rows_are_cut_between_numbers() {
    let graph = array(&[9, 40]);
    let drawn = shown(&graph, "", ShowLimits::default().with_max_rows(2));
    let row = "0.1, 1.1, 2.1, 3.1, 4.1, 5.1, 6.1, 7.1, 8.1, 9.1, 10.1, 11.1, 12.1, 13.1, 14.1, 15.1";
    assert!(
        drawn.starts_with(&format!("numpy.ndarray((9, 40), float64, [\n  [{row}, … 24 more],\n")),
        "{drawn}"
    );
    assert!(drawn.ends_with("\n  … 7 more\n])"), "{drawn}");
}

/// What is full has every element, on lines that are not endless.
#[test]
fn all_is_shown_if_all_is_wanted() {
    for shape in [&[1000][..], &[30, 40], &[3, 2, 100], &[300, 1]] {
        let graph = array(shape);
        let drawn = shown(&graph, "", ShowLimits::full());
        assert!(!drawn.contains('…'), "{drawn}");
        assert!(drawn.lines().all(|line| line.chars().count() <= 100), "{drawn}");
        let elements = drawn.split_once("float64, ").unwrap().1;
        let numbers = elements.split(|c: char| "[](), \n".contains(c)).filter(|word| !word.is_empty());
        let numbers: Vec<f64> = numbers.map(|word| word.parse().unwrap()).collect();
        let expected: Vec<f64> =
            (0..numbers.len()).map(|number| f64::from(u32::try_from(number).unwrap()) + 0.1).collect();
        assert_eq!(numbers, expected);
        assert_eq!(numbers.len(), shape.iter().product::<usize>());
    }
}

/// Columns and labels, too.
#[test]
fn whole_columns_are_shown_if_all_is_wanted() {
    for package in halfsour_fixtures::packages() {
        let Ok(graph) = halfsour_vm::from_slice(&package.bytes) else { continue };
        let drawn = Tree::new(graph.root(), ShowLimits::full()).to_string();
        assert!(!drawn.contains(" more"), "{package}: {drawn}");
    }
}
