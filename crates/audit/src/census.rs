//! The census: what the classes of packages have, in every release that was looked at. CENSUS.md describes it and its files.

use std::sync::{LazyLock, OnceLock};

/// The committed files, each of one package.
static FILES: [&str; 31] = [
    include_str!("../census/PIL.txt"),
    include_str!("../census/astropy.txt"),
    include_str!("../census/attr.txt"),
    include_str!("../census/cloudpickle.txt"),
    include_str!("../census/dateutil.txt"),
    include_str!("../census/dill.txt"),
    include_str!("../census/gensim.txt"),
    include_str!("../census/geopandas.txt"),
    include_str!("../census/hmmlearn.txt"),
    include_str!("../census/imblearn.txt"),
    include_str!("../census/joblib.txt"),
    include_str!("../census/lifelines.txt"),
    include_str!("../census/lightgbm.txt"),
    include_str!("../census/networkx.txt"),
    include_str!("../census/nltk.txt"),
    include_str!("../census/numpy.txt"),
    include_str!("../census/pandas.txt"),
    include_str!("../census/polars.txt"),
    include_str!("../census/pyarrow.txt"),
    include_str!("../census/pydantic.txt"),
    include_str!("../census/pytz.txt"),
    include_str!("../census/scipy.txt"),
    include_str!("../census/shapely.txt"),
    include_str!("../census/sklearn.txt"),
    include_str!("../census/sortedcontainers.txt"),
    include_str!("../census/statsmodels.txt"),
    include_str!("../census/stdlib.txt"),
    include_str!("../census/sympy.txt"),
    include_str!("../census/torch.txt"),
    include_str!("../census/xarray.txt"),
    include_str!("../census/xgboost.txt"),
];

/// Where each class stands in the files: found by going over their lines once, without reading those.
static INDEX: LazyLock<Vec<Vec<Place>>> = LazyLock::new(|| FILES.iter().map(|file| places(file)).collect());

/// The fields of a line that are looked at, counted from its name on. The others are for the tests of policies.
#[derive(Clone, Copy)]
enum Field {
    Flags = 1,
    #[cfg(test)]
    Releases = 2,
    Bases = 3,
    Keys = 4,
    Methods = 5,
    Data = 6,
    Slots = 7,
    #[cfg(test)]
    Reached = 8,
}

/// A line of a file.
struct Place {
    module: &'static str,
    /// The name in the module, and after a tab the fields.
    line: &'static str,
    class: OnceLock<Class>,
}

/// What the census says of a class: in any release, and with what it inherits.
pub(crate) struct Class {
    /// Names, sorted, with what each is.
    names: Vec<(&'static str, Kinds)>,
}

/// What a name is, in some release: any of the four below.
type Kinds = u8;

const KEY: Kinds = 1;
const METHOD: Kinds = 2;
const DATA: Kinds = 4;
const SLOT: Kinds = 8;

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
        self.kinds(key).is_some_and(is_key)
    }

    /// Whether it is a key in some release, and a method, a property or another descriptor in some release. What stands there has to be
    /// plain data.
    pub(crate) fn has_data_key(&self, key: &[u8]) -> bool {
        self.kinds(key).is_some_and(is_data_key)
    }

    /// Whether it has a `__setstate__` of its own in some release.
    pub(crate) fn has_setstate(&self) -> bool {
        self.kinds(b"__setstate__").is_some_and(|kinds| kinds & METHOD != 0)
    }

    /// Whether it is a slot that the class, or one that it inherits from, names in `__slots__`.
    pub(crate) fn has_slot(&self, key: &[u8]) -> bool {
        self.kinds(key).is_some_and(is_slot)
    }

    /// Whether a key of this name would stand for an attribute of the class: a method, a property, a slot, or what starts with `__`,
    /// which the census does not list.
    pub(crate) fn has_attribute(&self, key: &[u8]) -> bool {
        key.starts_with(b"__") || self.kinds(key).is_some_and(is_attribute)
    }

    fn kinds(&self, key: &[u8]) -> Option<Kinds> {
        let index = self.names.binary_search_by(|(name, _)| name.as_bytes().cmp(key)).ok()?;
        Some(self.names[index].1)
    }

    fn gather(place: &'static Place) -> Self {
        let mut lines = Vec::new();
        place.with_bases(&mut lines);
        let mut class = Self { names: Vec::new() };
        for line in lines {
            class.add(line, Field::Keys, KEY);
            class.add(line, Field::Methods, METHOD);
            class.add(line, Field::Data, DATA);
            class.add(line, Field::Slots, SLOT);
        }
        class.names.sort_unstable_by_key(|(name, _)| *name);
        class.names.dedup_by(|(name, more), (kept, kinds)| {
            let same = name == kept;
            if same {
                *kinds |= *more;
            }
            same
        });
        class
    }

    fn add(&mut self, place: &Place, field: Field, kinds: Kinds) {
        self.names.extend(place.field(field).split_terminator(' ').map(|name| (name, kinds)));
    }
}

fn is_key(kinds: Kinds) -> bool {
    kinds & KEY != 0 && kinds & (METHOD | DATA) == 0
}

fn is_data_key(kinds: Kinds) -> bool {
    kinds & KEY != 0 && kinds & (METHOD | DATA) != 0
}

fn is_slot(kinds: Kinds) -> bool {
    kinds & SLOT != 0
}

fn is_attribute(kinds: Kinds) -> bool {
    kinds & (METHOD | DATA | SLOT) != 0
}

impl Place {
    fn qualified(&self) -> &'static str {
        self.line.split_once('\t').map_or(self.line, |(name, _)| name)
    }

    fn field(&self, field: Field) -> &'static str {
        self.line.split('\t').nth(field as usize).unwrap_or_default()
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
    let mut module = "";
    let mut places = Vec::new();
    for line in file.lines().skip(1) {
        match line.strip_prefix('@') {
            Some(name) => module = name,
            None => places.push(Place { module, line, class: OnceLock::new() }),
        }
    }
    places
}

#[cfg(test)]
mod facts;
#[cfg(test)]
mod held;
#[cfg(test)]
mod tests;
