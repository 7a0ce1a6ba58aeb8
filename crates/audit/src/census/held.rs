//! The policy, held against the census.
//!
//! The policy's files are read as TOML here, and not as [`Policy`](crate::Policy) reads them: what is checked are the few words
//! of an entry that the census has facts about.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Class, Field, INDEX, class};

/// What loading an object runs, whatever its state is: `__getattr__` when Python looks for `__setstate__`.
const AT_LOAD: [&str; 5] = ["__setstate__", "__del__", "__getattr__", "__setattr__", "__array_finalize__"];

/// An `[[allow]]` of a policy.
struct Entry {
    names: Vec<String>,
    uses: Vec<String>,
    /// The list, if `keys` is one.
    keys: Vec<String>,
    calls: BTreeSet<String>,
    /// The keys that have patterns for their values.
    fields: Vec<String>,
}

/// Returns the entries of TOML files.
fn entries(texts: &[String]) -> Vec<Entry> {
    let tables = texts.iter().map(|text| text.parse::<Table>().unwrap());
    let allows = tables.flat_map(|table| match table.get("allow") {
        Some(Value::Array(entries)) => entries.clone(),
        _ => Vec::new(),
    });
    let strings = |entry: &Value, field: &str| -> Vec<String> {
        let strings = entry.get(field).and_then(Value::as_array).into_iter().flatten();
        strings.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let read = allows.map(|entry| Entry {
        names: strings(&entry, "names"),
        uses: strings(&entry, "uses"),
        keys: strings(&entry, "keys"),
        calls: strings(&entry, "calls").into_iter().collect(),
        fields: entry
            .get("fields")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
            .map(|it| it.0.clone())
            .collect(),
    });
    read.collect()
}

/// Returns the policy that halfsour brings.
fn policy() -> Vec<String> {
    let audit = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packs = audit.join("policy");
    let files: Vec<PathBuf> = if packs.is_dir() {
        fs::read_dir(packs).unwrap().map(|file| file.unwrap().path()).collect()
    } else {
        vec![audit.join("policy.toml")]
    };
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The keys that an entry lists by hand, without a pattern for their values, although a class of it has a method of that name.
fn shadowing(entry: &Entry) -> Vec<String> {
    let classes = entry.names.iter().filter_map(|name| Some((name, class(name)?)));
    let shadowing = classes.flat_map(|(name, class)| {
        let keys = entry.keys.iter().filter(|key| !entry.fields.contains(key));
        let hides = keys.filter(|key| class.has_method(key.as_bytes()));
        hides.map(move |key| format!("{name}: the key {key} hides a method"))
    });
    shadowing.collect()
}

/// The methods that loading calls on objects of an entry that may be given a state, and that the entry does not name.
fn unnamed_calls(entry: &Entry) -> Vec<String> {
    if !entry.uses.iter().any(|it| it == "build") {
        return Vec::new();
    }
    let mut unnamed = Vec::new();
    for (name, class) in entry.names.iter().filter_map(|name| Some((name, class(name)?))) {
        let missing: Vec<_> = called(class).into_iter().filter(|call| !entry.calls.contains(*call)).collect();
        if !missing.is_empty() {
            unnamed.push(format!("{name}: calls = {missing:?} are missing"));
        }
    }
    unnamed
}

/// What loading an object of the class calls on it. Setters run only if `__setstate__` takes names out of the state.
fn called(class: &Class) -> BTreeSet<&'static str> {
    let sets = class
        .reached()
        .any(|(method, mut names)| AT_LOAD.contains(&method) && names.any(|it| it == "@setattr"));
    let at_load =
        class.reached().filter(|(method, _)| AT_LOAD.contains(method) || sets && method.ends_with('='));
    at_load.flat_map(|(_, names)| names).filter(|name| !name.starts_with('@')).collect()
}

/// The names that pickles of packages really have, and that neither the policy nor `exceptions.txt` lists.
fn unlisted(entries: &[Entry], exceptions: &str) -> Vec<String> {
    let listed: BTreeSet<&str> = entries.iter().flat_map(|entry| &entry.names).map(String::as_str).collect();
    let excepted = exceptions_of(exceptions);
    let pickled = INDEX.iter().flatten().filter(|place| place.field(Field::Flags).contains('p'));
    let names = pickled.map(|place| format!("{}:{}", place.module, place.qualified()));
    names.filter(|name| !listed.contains(name.as_str()) && !excepted.contains_key(name.as_str())).collect()
}

/// Names, each with a person's reason why no policy lists it.
fn exceptions_of(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('\t').expect("a name, a tab and a reason")).collect()
}

#[test]
fn no_entry_allows_a_key_that_hides_a_method() {
    let found: Vec<_> = entries(&policy()).iter().flat_map(shadowing).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_key_that_hides_a_method_is_found() {
    let hides = r#"
        [[allow]]
        names = ["sklearn.linear_model._base:LinearRegression"]
        uses = ["new", "build"]
        keys = ["coef_", "predict"]
    "#;
    let entries = entries(&[hides.to_owned()]);
    assert_eq!(
        shadowing(&entries[0]),
        ["sklearn.linear_model._base:LinearRegression: the key predict hides a method"]
    );
}

#[test]
fn a_call_that_no_entry_names_is_found() {
    let forgets = r#"
        [[allow]]
        names = ["random:Random"]
        uses = ["call", "build"]
        [[allow]]
        names = ["random:Random"]
        uses = ["call", "build"]
        calls = ["getstate", "setstate"]
        [[allow]]
        names = ["random:Random"]
        uses = ["call"]
    "#;
    let entries = entries(&[forgets.to_owned()]);
    assert_eq!(unnamed_calls(&entries[0]), ["random:Random: calls = [\"setstate\"] are missing"]);
    assert!(unnamed_calls(&entries[1]).is_empty());
    assert!(unnamed_calls(&entries[2]).is_empty());
}

#[test]
fn a_pickled_name_that_nobody_lists_is_found() {
    let none = unlisted(&[], "");
    assert!(none.iter().any(|name| name == "sklearn.linear_model._base:LinearRegression"));
    let entries =
        entries(&["[[allow]]\nnames = [\"sklearn.linear_model._base:LinearRegression\"]".to_owned()]);
    assert_eq!(unlisted(&entries, "sklearn.svm._classes:SVC\tis for the test").len(), none.len() - 2);
}
