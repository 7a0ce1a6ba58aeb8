//! The policy, held against the census.
//!
//! The policy's files are read as TOML here, and not as [`Policy`](crate::Policy) reads them: what is checked are the few words
//! of an entry that the census has facts about.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::facts::{has_method, lines, reached};
use super::{Field, INDEX, Place, class};
use crate::policy::BUILT_IN;

/// What loading an object runs, whatever its state is: `__getattr__` when Python looks for `__setstate__`.
const AT_LOAD: [&str; 5] = ["__setstate__", "__del__", "__getattr__", "__setattr__", "__array_finalize__"];

/// An `[[allow]]` of a policy.
struct Entry {
    names: Vec<String>,
    uses: Vec<String>,
    /// The list, if `keys` is one.
    keys: Vec<String>,
    /// Whether the keys are those that the census has.
    is_listed: bool,
    calls: BTreeSet<String>,
    /// The keys that have patterns for their values.
    fields: Vec<String>,
    state: String,
    reason: String,
}

/// Returns the entries of TOML files.
fn entries(texts: &[&str]) -> Vec<Entry> {
    let tables = texts.iter().map(|text| text.parse::<Table>().unwrap());
    let allows = tables.flat_map(|table| match table.get("allow") {
        Some(Value::Array(entries)) => entries.clone(),
        _ => Vec::new(),
    });
    let strings = |entry: &Value, field: &str| -> Vec<String> {
        let strings = entry.get(field).and_then(Value::as_array).into_iter().flatten();
        strings.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let string = |entry: &Value, field: &str| -> String {
        entry.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let read = allows.map(|entry| Entry {
        names: strings(&entry, "names"),
        uses: strings(&entry, "uses"),
        keys: strings(&entry, "keys"),
        is_listed: entry.get("keys").is_none_or(|keys| keys.as_str() == Some("listed")),
        calls: strings(&entry, "calls").into_iter().collect(),
        fields: entry
            .get("fields")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
            .map(|it| it.0.clone())
            .collect(),
        state: string(&entry, "state"),
        reason: string(&entry, "reason"),
    });
    read.collect()
}

/// Returns the entries of the policy that halfsour brings.
fn built_in() -> Vec<Entry> {
    entries(BUILT_IN)
}

/// The keys that an entry lists by hand, without a pattern for their values, although a class of it has a method of that name.
fn shadowing(entry: &Entry) -> Vec<String> {
    let classes = entry.names.iter().filter_map(|name| Some((name, class(name)?)));
    let shadowing = classes.flat_map(|(name, class)| {
        let keys = entry.keys.iter().filter(|key| !entry.fields.contains(key));
        let hides = keys.filter(|key| has_method(class, key));
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
    for name in &entry.names {
        let is_named = |call: &str| entry.calls.contains(call) || is_refused(entry, call);
        let missing: Vec<_> = called(name).into_iter().filter(|call| !is_named(call)).collect();
        if !missing.is_empty() {
            unnamed.push(format!("{name}: calls = {missing:?} are missing"));
        }
    }
    unnamed
}

/// Whether nothing unknown stands under a name in a state anyway: names with two underscores are refused unless they are listed, and of
/// some the entry itself says what may stand there.
fn is_refused(entry: &Entry, name: &str) -> bool {
    let is_in = |names: &[String]| names.iter().any(|it| it == name);
    is_in(&entry.fields) || name.starts_with("__") && !is_in(&entry.keys)
}

/// The classes of an entry that have a `__setstate__` of their own in some release, although the state is for those that have none, and
/// neither `calls` nor the reason tells that somebody has read it.
fn unread(entry: &Entry) -> Vec<String> {
    if !has_plain_state(entry) || !entry.calls.is_empty() || entry.reason.contains("__setstate__") {
        return Vec::new();
    }
    let with = entry.names.iter().filter_map(|name| Some((name, setstate(name)?)));
    // That of exceptions sets each key by setattr, which is why no property may be among their keys.
    let unread = with.filter(|(_, place)| (place.module, place.qualified()) != ("builtins", "BaseException"));
    unread.map(|(name, place)| format!("{name}: {}:{}", place.module, place.qualified())).collect()
}

/// The classes of an entry whose keys are left to the census, which does not have them: each key is allowed then.
fn uncounted(entry: &Entry) -> Vec<&str> {
    if !entry.is_listed || !has_plain_state(entry) {
        return Vec::new();
    }
    entry.names.iter().map(String::as_str).filter(|name| class(name).is_none()).collect()
}

/// Whether a state is for classes that have no `__setstate__`.
fn has_plain_state(entry: &Entry) -> bool {
    ["attributes", "slots"].iter().any(|word| entry.state.contains(word))
}

/// The class whose `__setstate__` objects of a class have.
fn setstate(name: &str) -> Option<&'static Place> {
    lines(name).into_iter().find(|line| line.field(Field::Methods).split(' ').any(|it| it == "__setstate__"))
}

/// What loading an object of the class calls on it. Setters run only if `__setstate__` takes names out of the state.
fn called(name: &str) -> BTreeSet<&'static str> {
    let reached = reached(name);
    let at_load = |method: &str| AT_LOAD.contains(&method);
    let sets =
        reached.iter().any(|(method, names)| at_load(method) && names.clone().any(|it| it == "@setattr"));
    let run = reached.into_iter().filter(|(method, _)| at_load(method) || sets && method.ends_with('='));
    run.flat_map(|(_, names)| names).filter(|name| !name.starts_with('@')).collect()
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
    let found: Vec<_> = built_in().iter().flat_map(shadowing).collect();
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
    let entries = entries(&[hides]);
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
    let entries = entries(&[forgets]);
    assert_eq!(unnamed_calls(&entries[0]), ["random:Random: calls = [\"setstate\"] are missing"]);
    assert!(unnamed_calls(&entries[1]).is_empty());
    assert!(unnamed_calls(&entries[2]).is_empty());
}

#[test]
fn a_setstate_that_nobody_read_is_found() {
    let unknown = r#"
        [[allow]]
        names = ["statistics:NormalDist", "types:SimpleNamespace", "builtins:ValueError"]
        uses = ["new", "build"]
        state = "(None, slots)"
        reason = "two numbers"
        [[allow]]
        names = ["statistics:NormalDist"]
        uses = ["new", "build"]
        state = "(None, slots)"
        reason = "__setstate__ takes two numbers"
    "#;
    let entries = entries(&[unknown]);
    assert_eq!(unread(&entries[0]), ["statistics:NormalDist: statistics:NormalDist"]);
    assert!(unread(&entries[1]).is_empty());
}

#[test]
fn keys_that_nobody_lists_are_found() {
    let forgets = r#"
        [[allow]]
        names = ["app.models:Point", "imblearn.over_sampling._smote.base:SMOTE"]
        uses = ["new", "build"]
        state = "attributes"
        [[allow]]
        names = ["app.models:Point"]
        uses = ["new", "build"]
        state = "attributes"
        keys = ["x", "y"]
    "#;
    let entries = entries(&[forgets]);
    assert_eq!(uncounted(&entries[0]), ["app.models:Point"]);
    assert!(uncounted(&entries[1]).is_empty());
}

#[test]
fn a_pickled_name_that_nobody_lists_is_found() {
    let none = unlisted(&[], "");
    assert!(none.iter().any(|name| name == "sklearn.linear_model._base:LinearRegression"));
    let entries = entries(&["[[allow]]\nnames = [\"sklearn.linear_model._base:LinearRegression\"]"]);
    assert_eq!(unlisted(&entries, "sklearn.svm._classes:SVC\tis for the test").len(), none.len() - 2);
}

#[test]
fn every_entry_names_what_loading_calls() {
    let found: Vec<_> = built_in().iter().flat_map(unnamed_calls).collect();
    assert!(found.is_empty(), "{} classes:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_setstate_was_read() {
    let found: Vec<_> = built_in().iter().flat_map(unread).collect();
    assert!(found.is_empty(), "{} classes:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_census_has_each_class_whose_keys_are_left_to_it() {
    let entries = built_in();
    let found: Vec<_> = entries.iter().flat_map(uncounted).collect();
    assert!(found.is_empty(), "{} classes:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_pickled_name_is_listed() {
    let found = unlisted(&built_in(), include_str!("../../census/exceptions.tsv"));
    assert!(found.is_empty(), "{} names:\n{}", found.len(), found.join("\n"));
}
