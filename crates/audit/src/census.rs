//! The census: what the classes of packages have, in every release that was looked at. CENSUS.md describes it and its files.

use std::sync::{LazyLock, OnceLock};

/// The committed files, each of one package.
static FILES: [&str; 6] = [
    include_str!("../census/joblib.txt"),
    include_str!("../census/numpy.txt"),
    include_str!("../census/pandas.txt"),
    include_str!("../census/scipy.txt"),
    include_str!("../census/sklearn.txt"),
    include_str!("../census/stdlib.txt"),
];

/// Where each class stands in the files: found by going over their lines once, without reading those.
static INDEX: LazyLock<Vec<Vec<Place>>> = LazyLock::new(|| FILES.iter().map(|file| places(file)).collect());

/// The fields of a line, after the name.
#[derive(Clone, Copy)]
enum Field {
    Flags,
    Releases,
    Bases,
    Keys,
    Methods,
    Data,
    Slots,
    Reached,
}

/// A line of a file.
struct Place {
    /// All releases of the package.
    releases: &'static str,
    module: &'static str,
    /// The name in the module, and after a tab the fields.
    line: &'static str,
    class: OnceLock<Class>,
}

/// What the census says of a class: in any release, and with what it inherits.
pub(crate) struct Class {
    releases: Vec<&'static str>,
    /// Names, sorted, with what each is.
    names: Vec<(&'static str, Kinds)>,
    /// Methods and setters (`name=`), with what each calls on `self`.
    reached: Vec<(&'static str, &'static str)>,
    is_c: bool,
}

/// What a name is, in some release.
#[derive(Clone, Copy, Default)]
struct Kinds {
    key: bool,
    method: bool,
    data: bool,
    slot: bool,
}

/// Returns what the census says of a class, given as `module:qualified name`; `None` if it has no class of that name.
pub(crate) fn class(name: &str) -> Option<&'static Class> {
    let (module, qualified) = name.split_once(':')?;
    let place = find(module, qualified)?;
    // A function has no more fields than its releases.
    let is_class = !place.field(Field::Flags).contains('f');
    is_class.then(|| place.class.get_or_init(|| Class::gather(place)))
}

impl Class {
    /// Whether picklers write a state with this key, or the class's own code sets it, and no release has an attribute of that name.
    pub(crate) fn has_key(&self, key: &[u8]) -> bool {
        self.kinds(key).is_some_and(Kinds::is_key)
    }

    /// Whether it is a key in some release, and a method, a property or another descriptor in some release. What stands there has to be
    /// plain data.
    pub(crate) fn has_data_key(&self, key: &[u8]) -> bool {
        self.kinds(key).is_some_and(Kinds::is_data_key)
    }

    /// Whether it is a slot that the class, or one that it inherits from, names in `__slots__`.
    pub(crate) fn has_slot(&self, key: &[u8]) -> bool {
        self.kinds(key).is_some_and(|kinds| kinds.slot)
    }

    /// Whether a key of this name would stand for an attribute of the class: a method, a property, a slot, or what starts with `__`,
    /// which the census does not list.
    pub(crate) fn has_attribute(&self, key: &[u8]) -> bool {
        key.starts_with(b"__") || self.kinds(key).is_some_and(Kinds::is_attribute)
    }

    /// The keys of [`has_key`](Self::has_key), sorted.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.named(Kinds::is_key)
    }

    /// The keys of [`has_data_key`](Self::has_data_key), sorted.
    pub(crate) fn data_keys(&self) -> impl Iterator<Item = &'static str> {
        self.named(Kinds::is_data_key)
    }

    /// The slots, sorted.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &'static str> {
        self.named(|kinds| kinds.slot)
    }

    /// The attributes, sorted; of those that start with `__` only those that [`own`](Self::own) tells.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'static str> {
        self.named(Kinds::is_attribute)
    }

    /// The special methods that are its own or inherited, but not those of `object`: `__setstate__`, `__new__`, `__del__` and so on.
    pub(crate) fn own(&self) -> impl Iterator<Item = &'static str> {
        self.attributes().filter(|name| name.starts_with("__"))
    }

    /// What loading may run, `__setstate__` or another special method or the setter of a property (`name=`), with the names that it calls on
    /// `self`, at any depth. A word with `@` in front says what else it does: `@loop` goes over what it is given, `@call` calls
    /// that, `@update` puts it into `__dict__`, `@setattr` and `@getattr` use names out of it, `@self` hands the object to
    /// another function, `@unseen` has no source.
    pub(crate) fn reached(&self) -> impl Iterator<Item = (&'static str, std::str::Split<'static, char>)> {
        self.reached.iter().map(|(method, names)| (*method, names.split(' ')))
    }

    /// The releases of its package that have it, oldest first.
    pub(crate) fn releases(&self) -> impl Iterator<Item = &'static str> {
        self.releases.iter().copied()
    }

    /// Whether it, or a class that it inherits from, is written in C, in some release.
    pub(crate) fn is_c(&self) -> bool {
        self.is_c
    }

    fn kinds(&self, key: &[u8]) -> Option<Kinds> {
        let index = self.names.binary_search_by(|(name, _)| name.as_bytes().cmp(key)).ok()?;
        Some(self.names[index].1)
    }

    fn named(&self, is: fn(Kinds) -> bool) -> impl Iterator<Item = &'static str> {
        self.names.iter().filter(move |(_, kinds)| is(*kinds)).map(|(name, _)| *name)
    }

    fn gather(place: &'static Place) -> Self {
        let mut lines = Vec::new();
        place.with_bases(&mut lines);
        let mut class =
            Self { releases: place.told_releases(), names: Vec::new(), reached: Vec::new(), is_c: false };
        for line in lines {
            class.is_c |= line.field(Field::Flags).contains('c');
            class.add(line, Field::Keys, Kinds { key: true, ..Kinds::default() });
            class.add(line, Field::Methods, Kinds { method: true, ..Kinds::default() });
            class.add(line, Field::Data, Kinds { data: true, ..Kinds::default() });
            class.add(line, Field::Slots, Kinds { slot: true, ..Kinds::default() });
            for told in line.field(Field::Reached).split_terminator(';') {
                let (method, names) = told.split_once(':').expect("the files are tested");
                if class.reached.iter().all(|(known, _)| *known != method) {
                    class.reached.push((method, names));
                }
            }
        }
        class.reached.retain(|(_, names)| !names.is_empty());
        class.reached.sort_unstable();
        class.names.sort_unstable_by_key(|(name, _)| *name);
        class.names.dedup_by(|(name, more), (kept, kinds)| {
            let same = name == kept;
            if same {
                kinds.join(*more);
            }
            same
        });
        class
    }

    fn add(&mut self, place: &Place, field: Field, kinds: Kinds) {
        self.names.extend(place.field(field).split_terminator(' ').map(|name| (name, kinds)));
    }
}

impl Kinds {
    fn is_key(self) -> bool {
        self.key && !self.method && !self.data
    }

    fn is_data_key(self) -> bool {
        self.key && (self.method || self.data)
    }

    fn is_attribute(self) -> bool {
        self.method || self.data || self.slot
    }

    fn join(&mut self, other: Self) {
        self.key |= other.key;
        self.method |= other.method;
        self.data |= other.data;
        self.slot |= other.slot;
    }
}

impl Place {
    fn qualified(&self) -> &'static str {
        self.line.split_once('\t').map_or(self.line, |(name, _)| name)
    }

    fn field(&self, field: Field) -> &'static str {
        self.line.split('\t').nth(field as usize + 1).unwrap_or_default()
    }

    /// The class that a name in this line means: without a module it is in the same one, and with a dot in front in the same package.
    fn named(&self, name: &str) -> Option<&'static Self> {
        let (module, qualified) = name.split_once(':')?;
        if module.is_empty() {
            find(self.module, qualified)
        } else if module.starts_with('.') {
            let package = self.module.split('.').next().unwrap_or_default();
            find(&format!("{package}{module}"), qualified)
        } else {
            find(module, qualified)
        }
    }

    /// Collects the line, and those of all that it inherits from, each base after the class: the nearest first.
    fn with_bases(&'static self, lines: &mut Vec<&'static Self>) {
        if lines.iter().any(|line| std::ptr::eq(*line, self)) {
            return;
        }
        lines.push(self);
        for base in self.field(Field::Bases).split_terminator(' ') {
            if let Some(base) = self.named(base) {
                base.with_bases(lines);
            }
        }
    }

    fn told_releases(&self) -> Vec<&'static str> {
        let all: Vec<_> = self.releases.split(' ').collect();
        let told = self.field(Field::Releases);
        if told == "*" {
            return all;
        }
        let ranges = told.split_terminator(',').filter_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            all.get(first.parse().ok()?..=last.parse().ok()?)
        });
        ranges.flatten().copied().collect()
    }
}

/// Finds the line of a class, or of the one that it is an alias of.
fn find(module: &str, qualified: &str) -> Option<&'static Place> {
    let place = INDEX.iter().find_map(|places| {
        let found =
            places.binary_search_by(|place| (place.module, place.qualified()).cmp(&(module, qualified)));
        Some(&places[found.ok()?])
    })?;
    match place.field(Field::Bases).strip_prefix('>') {
        Some(other) => place.named(other),
        None => Some(place),
    }
}

/// Goes over the lines of a file: the releases, then modules (`@module`), each before its classes, sorted.
fn places(file: &'static str) -> Vec<Place> {
    let mut lines = file.lines();
    let releases = lines.next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
    let mut module = "";
    let mut places = Vec::new();
    for line in lines {
        match line.strip_prefix('@') {
            Some(name) => module = name,
            None => places.push(Place { releases, module, line, class: OnceLock::new() }),
        }
    }
    places
}

#[cfg(test)]
mod tests {
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
                    assert!(
                        class.releases().count() > 0 || place.field(Field::Releases).is_empty(),
                        "{name}"
                    );
                }
            }
        }
    }
}
