//! Paths on what real packages pickled: each one that is printed leads to what was printed.

use halfsour_classes::pandas::{Cell, Series};
use halfsour_classes::{Known, recognise};
use halfsour_fixtures::Package;
use halfsour_inspect::find::{Found, Pattern, Scope, Search};
use halfsour_inspect::get::{Raw, raw_place};
use halfsour_inspect::path::{self, Place, resolve};
use halfsour_inspect::tree::{ShowLimits, Tree};
use halfsour_value::Graph;
use halfsour_vm::{Limits, Loader, Options};

fn load(package: &Package) -> Graph<&[u8]> {
    let options = Options::default().with_require_buffers(false).with_limits(Limits::TRUSTED);
    Loader::with_options(options).load(&package.bytes[..]).unwrap()
}

fn shown<S: AsRef<[u8]>>(place: Place<'_, S>) -> String {
    Tree::of_place(place, ShowLimits::default()).to_string()
}

fn get(graph: &Graph<&[u8]>, path: &str) -> String {
    match resolve(graph.root(), &path.parse().unwrap()) {
        Ok(place) => shown(place),
        Err(error) => format!("error: {error}"),
    }
}

/// `find` and `get` agree on all objects, columns and elements of all packages.
#[test]
fn what_is_found_is_got() {
    let (mut followed, mut lost) = (0, Vec::new());
    for package in halfsour_fixtures::packages() {
        // Those of joblib have arrays between their opcodes, which only a file's part knows.
        let options = Options::default().with_require_buffers(false).with_limits(Limits::TRUSTED);
        let Ok(graph) = Loader::with_options(options).load(&package.bytes[..]) else { continue };
        let mut search = Search::new(Pattern::plain(""), Scope::default(), 200);
        search.graph(&graph);
        for hit in search.hits() {
            let Ok(path) = hit.path.parse() else {
                lost.push(format!("{package}: {}: no path", hit.path));
                continue;
            };
            let place = match resolve(graph.root(), &path) {
                Ok(place) => place,
                Err(error) => {
                    lost.push(format!("{package}: {error}"));
                    continue;
                }
            };
            followed += 1;
            if let (Found::Number, Some(Raw::Text(text))) = (hit.kind, raw_place(&place))
                && text != hit.value
            {
                lost.push(format!("{package}: {}: {} and {text}", hit.path, hit.value));
            }
        }
    }
    let few = &lost[..lost.len().min(40)];
    assert!(lost.is_empty(), "{} of {followed}: {few:#?}", lost.len());
    assert!(followed > 10_000, "{followed}");
}

/// pydantic's fields, columns and rows, elements, named tuples: as Python's `.` and `[]`.
#[test]
fn parts_are_reached_as_in_python() {
    let all = halfsour_fixtures::packages();
    let matrix = all
        .iter()
        .find(|package| package.script == "arrays" && package.name == "C" && package.protocol == Some(2))
        .unwrap();
    let graph = load(matrix);
    let shape: Vec<usize> = serde_json::from_value(matrix.value["shape"].clone()).unwrap();
    let elements = matrix.value["elements"].as_array().unwrap();
    assert_eq!(shape.len(), 2, "{shape:?}");
    let at = |row: usize, column: usize| elements[row * shape[1] + column].to_string();
    let raw = |path: &str| match resolve(graph.root(), &path.parse().unwrap()) {
        Ok(place) => match raw_place(&place) {
            Some(Raw::Text(text)) => text.into_owned(),
            _ => shown(place),
        },
        Err(error) => format!("error: {error}"),
    };
    assert_eq!(raw("[1, 0]"), at(1, 0));
    assert_eq!(raw("[1][0]"), at(1, 0));
    assert_eq!(raw("[-1, -1]"), at(shape[0] - 1, shape[1] - 1));
    assert_eq!(raw("[..., 1][0]"), at(0, 1));
    assert_eq!(raw("[:, 1:][1, 0]"), at(1, 1));
    assert_eq!(raw("[::2, ::2][0, 1]"), at(0, 2));
    let outside = get(&graph, "[9]");
    assert_eq!(
        outside,
        format!(
            "error: [9]: no such index; array of shape ({}, {}) has {} members",
            shape[0], shape[1], shape[0]
        )
    );
}

/// A slice of a column has the values and the labels that lie there.
#[test]
fn columns_are_sliced() {
    let mut sliced = 0;
    for package in halfsour_fixtures::packages() {
        let options = Options::default().with_require_buffers(false).with_limits(Limits::TRUSTED);
        let Ok(graph) = Loader::with_options(options).load(&package.bytes[..]) else { continue };
        let Some(Known::DataFrame(frame)) = recognise(graph.root()) else { continue };
        for number in 0..frame.width() {
            let Some(Cell::Object(label)) = frame.columns.get(number) else { continue };
            let column = path::key(label);
            let at = |rest: &str| resolve(graph.root(), &format!("{column}{rest}").parse().unwrap());
            let (Ok(all), Ok(part)) = (at(""), at("[1:]")) else { continue };
            let (Some(Known::Series(all)), Some(Known::Series(part))) = (all.known(), part.known()) else {
                continue;
            };
            sliced += 1;
            let value = |series: &Series<'_, _>, at: usize| {
                let told = |cell: Option<Cell<'_, _>>| cell.map(|cell| format!("{cell:?}"));
                (told(series.values.get(at)), told(series.index.get(at)))
            };
            assert_eq!(part.values.len(), all.values.len().saturating_sub(1), "{package}: {column}");
            for row in 0..part.values.len() {
                assert_eq!(value(&part, row), value(&all, row + 1), "{package}: {column}[{row}]");
            }
        }
    }
    assert!(sliced > 100, "{sliced}");
}

/// Rows of a frame have the values and the labels that lie there, in each column.
#[test]
fn frames_are_sliced() {
    let (mut sliced, mut refused) = (0, 0);
    for package in halfsour_fixtures::packages() {
        let options = Options::default().with_require_buffers(false).with_limits(Limits::TRUSTED);
        let Ok(graph) = Loader::with_options(options).load(&package.bytes[..]) else { continue };
        let Some(Known::DataFrame(frame)) = recognise(graph.root()) else { continue };
        if frame.len() < 2 {
            continue;
        }
        let Ok(place) = resolve(graph.root(), &"[1:][:2]".parse().unwrap()) else {
            refused += 1;
            continue;
        };
        let Some(Known::DataFrame(part)) = place.known() else { panic!("{package}") };
        assert_eq!((part.len(), part.width()), (2.min(frame.len() - 1), frame.width()), "{package}");
        let told = |cell: Option<Cell<'_, _>>| cell.map(|cell| format!("{cell:?}"));
        for number in 0..frame.width() {
            let (Ok(all), Ok(some)) = (frame.column(number), part.column(number)) else {
                assert!(frame.column(number).is_err() && part.column(number).is_err(), "{package}");
                continue;
            };
            for row in 0..part.len() {
                assert_eq!(told(some.get(row)), told(all.get(row + 1)), "{package}: {number}[{row}]");
                assert_eq!(told(part.index.get(row)), told(frame.index.get(row + 1)), "{package}: {row}");
            }
            assert!(some.get(part.len()).is_none(), "{package}");
            let series = part.series(number);
            if let Some(series) = series {
                assert_eq!(series.values.len(), part.len(), "{package}");
                assert_eq!(told(series.values.get(0)), told(all.get(1)), "{package}: {number}");
            }
        }
        sliced += 1;
    }
    assert!(sliced > 80 && refused < sliced / 10, "{sliced} {refused}");
}

/// A name with dots is found as the names of tensors are written, unless the way through the dots leads on.
#[test]
fn names_with_dots_are_keys() {
    let pickle = b"\x80\x02}(X\x0e\0\0\0layer.0.weight]K\x07aX\x03\0\0\0a.b}X\x01\0\0\0cK\x01sX\x01\0\0\0a}X\x01\0\0\0bK\x02su.";
    let graph = Loader::new().load(&pickle[..]).unwrap();
    assert_eq!(get(&graph, "layer.0.weight"), "[7]");
    assert_eq!(get(&graph, "layer.0.weight[0]"), "7");
    assert_eq!(get(&graph, "a.b"), "2");
    assert_eq!(get(&graph, "['a.b'].c"), "1");
    let error = get(&graph, "layer.1.weight");
    assert!(error.starts_with("error: layer: no such name; dict has ['layer.0.weight']"), "{error}");
}

/// What is a sign in a regular expression is none in a text, and keys with quotes, line ends and brackets are found by the paths that are told.
#[test]
fn signs_and_escapes_are_text() {
    let keys = ["a?=2", "(b)*", "c'd\"e", "f\ng", "h[0]", "i\\j", "", " k", "é", "1", "None", "(all)", "#2"];
    let mut pickle = b"\x80\x02}(".to_vec();
    for (number, key) in (0_u8..).zip(keys) {
        pickle.extend([b'X', u8::try_from(key.len()).unwrap(), 0, 0, 0]);
        pickle.extend(key.as_bytes());
        pickle.extend([b'K', number]);
    }
    pickle.extend(b"u.");
    let graph = Loader::new().load(&pickle[..]).unwrap();
    for (number, key) in keys.into_iter().enumerate() {
        for pattern in [Pattern::plain(key), Pattern::ignoring_case(key).unwrap()] {
            let mut search = Search::new(pattern, Scope::default(), 100);
            search.graph(&graph);
            let found = search.hits().iter().filter(|hit| matches!(hit.kind, Found::Key));
            let values: Vec<_> = found.map(|hit| get(&graph, &hit.path)).collect();
            assert!(values.contains(&number.to_string()), "{key:?}: {values:?}");
            assert!(key.is_empty() || values.len() <= 3, "{key:?}: {values:?}");
        }
    }
}
