//! What the census says of classes that are well known.

use super::facts::{has_method, reached, releases};
use super::*;

#[test]
fn a_class_has_what_it_inherits() {
    let class = class("sklearn.tree._classes:DecisionTreeClassifier").unwrap();
    assert!(class.has_key(b"max_depth"));
    assert!(class.has_key(b"tree_"));
    assert!(class.has_attribute(b"predict_proba"));
    assert!(class.has_attribute(b"get_params"));
    assert!(class.has_attribute(b"__class__"));
    assert!(!class.has_attribute(b"max_depth"));
    assert!(!class.has_key(b"predict"));
    assert!(has_method(class, "__setstate__"));
}

#[test]
fn what_setstate_calls_is_told() {
    let (_, mut names) =
        reached("random:Random").into_iter().find(|(method, _)| *method == "__setstate__").unwrap();
    assert!(names.any(|name| name == "setstate"));
}

#[test]
fn slots_are_no_keys() {
    let class = class("fractions:Fraction").unwrap();
    assert!(class.has_slot(b"_numerator"));
    assert!(class.has_slot(b"_denominator"));
    assert!(!class.has_slot(b"numerator"));
    assert!(class.has_attribute(b"numerator"));
}

#[test]
fn a_function_or_an_unknown_name_is_no_class() {
    assert!(class("numpy._core.multiarray:_reconstruct").is_none());
    assert!(class("app.models:Point").is_none());
    assert!(class("app").is_none());
}

#[test]
fn files_are_sorted_and_whole() {
    for places in INDEX.iter() {
        assert!(places.is_sorted_by_key(|place| (place.module, place.qualified())));
        for place in places {
            let name = format!("{}:{}", place.module, place.qualified());
            assert!(place.line.split('\t').count() <= 9, "{name}");
            for base in place.field(Field::Bases).split_terminator(' ') {
                assert!(place.named(base.trim_start_matches('>')).is_some(), "{name} {base}");
            }
            reached(&name);
            assert!(!releases(place).is_empty() || place.field(Field::Releases).is_empty(), "{name}");
        }
    }
}

#[test]
fn every_committed_file_is_read() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("census");
    let files = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    assert_eq!(files.filter(|path| path.extension().is_some_and(|it| it == "txt")).count(), FILES.len());
}

#[test]
fn a_class_that_moved_is_one_class() {
    let old = class("sklearn.linear_model.base:LinearRegression").unwrap();
    let new = class("sklearn.linear_model._base:LinearRegression").unwrap();
    assert!(std::ptr::eq(old, new));
    assert!(new.has_key(b"coef_"));
    let releases = releases(find("sklearn.linear_model.base", "LinearRegression").unwrap());
    assert_eq!((releases[0], releases[releases.len() - 1]), ("0.18.2", "1.9.1"));
}

#[test]
fn a_key_that_is_a_property_in_another_release_is_a_data_key() {
    let class = class("pandas:Series").unwrap();
    assert!(class.has_attribute(b"name"));
    assert!(!class.has_key(b"name"));
    assert!(class.has_data_key(b"name"));
}
