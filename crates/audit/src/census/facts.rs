//! What only the tests of policies ask of the census.

use super::{Class, FILES, Field, METHOD, Place, find};

/// Returns the lines of a class and of all that it inherits from, the nearest first; none if the census has no such class.
pub(super) fn lines(name: &str) -> Vec<&'static Place> {
    let mut lines = Vec::new();
    if let Some(place) = name.split_once(':').and_then(|(module, qualified)| find(module, qualified)) {
        place.with_bases(&mut lines);
    }
    lines
}

/// Returns what loading objects of a class may run, `__setstate__` or another special method or the setter of a property (`name=`), with the
/// names that it calls on `self`, at any depth. CENSUS.md describes the words with `@` in front.
pub(super) fn reached(name: &str) -> Vec<(&'static str, std::str::Split<'static, char>)> {
    let mut reached: Vec<(&str, &str)> = Vec::new();
    for line in lines(name) {
        for told in line.field(Field::Reached).split_terminator(';') {
            let (method, names) = told.split_once(':').expect("a method, a colon and names");
            if reached.iter().all(|(known, _)| *known != method) {
                reached.push((method, names));
            }
        }
    }
    let calling = reached.into_iter().filter(|(_, names)| !names.is_empty());
    calling.map(|(method, names)| (method, names.split(' '))).collect()
}

/// Whether a key of this name would stand for a method: of properties and slots, Python takes no notice of one.
pub(super) fn has_method(class: &Class, key: &str) -> bool {
    class.kinds(key.as_bytes()).is_some_and(|kinds| kinds & METHOD != 0)
}

/// Returns the releases of its package that have a class, the oldest first.
pub(super) fn releases(place: &Place) -> Vec<&'static str> {
    let holds = |file: &&&str| file.as_bytes().as_ptr_range().contains(&place.line.as_ptr());
    let file = FILES.iter().find(holds).expect("the line of a file");
    let all: Vec<_> = file.lines().next().unwrap_or_default().trim_start_matches("# ").split(' ').collect();
    let told = place.field(Field::Releases);
    if told == "*" {
        return all;
    }
    let ranges = told.split_terminator(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        all.get(first.parse().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().copied().collect()
}
