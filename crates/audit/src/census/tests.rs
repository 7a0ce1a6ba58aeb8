//! What the census says of classes that are well known.

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
    assert!(!class.is_c());
    assert!(class.own().any(|method| method == "__setstate__"));
}

#[test]
fn what_setstate_calls_is_told() {
    let class = class("random:Random").unwrap();
    assert!(class.is_c());
    let reached: Vec<_> = class.reached().collect();
    let (_, mut names) = reached.into_iter().find(|(method, _)| *method == "__setstate__").unwrap();
    assert!(names.any(|name| name == "setstate"));
}

#[test]
fn slots_are_no_keys() {
    let class = class("fractions:Fraction").unwrap();
    assert_eq!(class.slots().collect::<Vec<_>>(), ["_denominator", "_numerator"]);
    assert!(class.has_slot(b"_numerator"));
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
            if let Some(class) = class(&name) {
                assert!(class.releases().count() > 0 || place.field(Field::Releases).is_empty(), "{name}");
            }
        }
    }
}
