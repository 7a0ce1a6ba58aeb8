//! [`Sizes`]: what takes the space in a file of pickles.

mod report;
mod walk;

use std::cmp::Reverse;
use std::collections::HashMap;

use halfsour_files::{JoblibArrays, Part, Torch};
use halfsour_value::{Graph, Node};
use halfsour_vm::Loader;

use serde::Serialize;

pub use report::SizeReport;

use crate::{Error, path};

/// What is deeper belongs to the place at this depth.
const DEEPEST: usize = 100;

/// The bytes of each place, and of each type, in the pickles that were added.
///
/// The bytes are those of the opcodes that make an object, and of the storages of a torch file. What is shared counts once,
/// where it occurs first. Elements of long lists and dicts, and several pickles, are taken together:
/// `users[*].email`. Together, they are as many as the pickles have.
///
/// ```
/// use halfsour_files::{Input, Limits};
/// use halfsour_inspect::size::Sizes;
/// use halfsour_vm::Loader;
///
/// // pickle.dumps({'name': 'Ann', 'ages': [1, 2, 3]}, protocol=2)
/// let pickle = b"\x80\x02}q\0(X\x04\0\0\0nameq\x01X\x03\0\0\0Annq\x02X\x04\0\0\0agesq\x03]q\x04(K\x01K\x02K\x03eu.";
/// let input = Input::from_bytes("ann.pkl", pickle[..].into(), Limits::UNTRUSTED)?;
/// for part in input.parts()? {
///     let part = part?;
///     let mut sizes = Sizes::new();
///     sizes.add_part(&part, false, &mut Loader::new())?;
///     assert_eq!(sizes.bytes(), pickle.len() as u64);
///     let report = sizes.report(part.name(), 2);
///     assert_eq!(report.to_string(), "\
/// ann.pkl: 51 bytes in 1 pickle
///           bytes      %     objects  path
///              21   41.1           2  name
///              20   39.2           5  ages
///           bytes      %     objects  type
///              32   62.7           3  str
///               7   13.7           0  (marks, references, frames)");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Sizes {
    places: Vec<Tally>,
    numbers: HashMap<(usize, String), usize>,
    types: Vec<Type>,
    type_numbers: HashMap<String, usize>,
    /// The bytes of the storages of a torch file that were not met yet.
    storages: HashMap<String, u64>,
    /// Every element, and every pickle, has a place of its own.
    each: bool,
    pickles: usize,
}

/// What was counted at a place.
#[derive(Clone, Debug)]
struct Tally {
    parent: usize,
    depth: usize,
    /// How the place is reached from its parent.
    step: String,
    /// Without what has a place of its own.
    own: u64,
    objects: u64,
}

/// A place in the data, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The path of the place: `users[*].email`.
    pub path: String,
    /// The bytes of all that is there.
    pub bytes: u64,
    /// The bytes of what is there, without what has a place of its own.
    pub own: u64,
    /// How many objects are there.
    pub objects: u64,
}

/// A type, and what all its objects take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Type {
    /// The name of the type: `str`, `deli.Jar`; or in parentheses, what belongs to no object.
    #[serde(rename = "type")]
    pub name: String,
    /// The bytes of its objects, without those of other types in them.
    pub bytes: u64,
    /// How many objects there are.
    pub objects: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self::new()
    }
}

impl Sizes {
    /// Nothing, to which pickles can be added.
    pub fn new() -> Self {
        let all = Tally { parent: 0, depth: 0, step: String::new(), own: 0, objects: 0 };
        Self {
            places: vec![all],
            numbers: HashMap::new(),
            types: Vec::new(),
            type_numbers: HashMap::new(),
            storages: HashMap::new(),
            each: false,
            pickles: 0,
        }
    }

    /// Gives each element of long containers, and each pickle, a place of its own.
    #[must_use]
    pub fn each(mut self) -> Self {
        self.each = true;
        self
    }

    /// Adds all pickles of a part, or the first only, and the storages of the torch file that it is of.
    ///
    /// # Errors
    ///
    /// If a pickle cannot be loaded, or a storage cannot be read.
    pub fn add_part(&mut self, part: &Part, first_only: bool, loader: &mut Loader) -> Result<(), Error> {
        if let Some(torch) = part.torch() {
            self.add_storages(torch)?;
        }
        part.each_pickle(first_only, |bytes, start| {
            let graph = loader.load_observed(bytes, start, JoblibArrays::new(()))?;
            self.add(&graph);
            let end = graph.end();
            loader.recycle(graph);
            Ok(end)
        })?;
        Ok(())
    }

    /// Adds the storages of a torch file: each counts where the pickle that is added next refers to it.
    ///
    /// # Errors
    ///
    /// If one cannot be read.
    pub fn add_storages(&mut self, torch: &Torch) -> Result<(), halfsour_files::Error> {
        for key in torch.keys() {
            self.storages.insert(key.to_owned(), torch.storage(key)?.len() as u64);
        }
        Ok(())
    }

    /// Adds a pickle.
    pub fn add<S: AsRef<[u8]>>(&mut self, graph: &Graph<S>) {
        let at = self.pickle();
        walk::walk(self, graph, None, at);
    }

    /// Adds an object of a pickle, with all that is in it. Paths begin at the object.
    pub fn add_node<S: AsRef<[u8]>>(&mut self, graph: &Graph<S>, node: Node<'_, S>) {
        let at = self.pickle();
        walk::walk(self, graph, Some(node.id()), at);
    }

    /// Counts a pickle, and returns the number of its place.
    fn pickle(&mut self) -> usize {
        self.pickles += 1;
        if self.each { self.place(0, format!("#{}", self.pickles)) } else { 0 }
    }

    /// How many pickles were added.
    pub fn pickles(&self) -> usize {
        self.pickles
    }

    /// The bytes of all that was added.
    pub fn bytes(&self) -> u64 {
        self.types.iter().map(|of| of.bytes).sum()
    }

    /// The places, those that take most first; without the one for all.
    pub fn places(&self) -> Vec<Place> {
        self.largest_places(usize::MAX)
    }

    fn largest_places(&self, most: usize) -> Vec<Place> {
        // Places come after what they are in.
        let mut totals: Vec<_> = self.places.iter().map(|place| (place.own, place.objects)).collect();
        for number in (1..self.places.len()).rev() {
            let (bytes, objects) = totals[number];
            let parent = &mut totals[self.places[number].parent];
            (parent.0, parent.1) = (parent.0 + bytes, parent.1 + objects);
        }
        let mut numbers: Vec<_> = (1..self.places.len()).filter(|&number| totals[number].0 > 0).collect();
        numbers.sort_by_key(|&number| Reverse(totals[number].0));
        numbers.truncate(most);
        let place = |number: usize| {
            let (bytes, objects) = totals[number];
            Place { path: path::join(&self.steps(number)), bytes, own: self.places[number].own, objects }
        };
        numbers.into_iter().map(place).collect()
    }

    /// The types, those that take most first.
    pub fn types(&self) -> Vec<Type> {
        let mut types = self.types.clone();
        types.sort_by_key(|of| Reverse(of.bytes));
        types
    }

    /// The `top` places and types that take most. The name is that of the file.
    pub fn report(&self, name: &str, top: usize) -> SizeReport {
        let mut types = self.types();
        types.truncate(top);
        SizeReport {
            file: name.to_owned(),
            bytes: self.bytes(),
            pickles: self.pickles,
            objects: self.types.iter().map(|of| of.objects).sum(),
            paths: self.largest_places(top),
            types,
        }
    }

    /// Every place with bytes of its own, as folded stacks: `pickle;users[*];.email 12`, of which programs make flame graphs.
    pub fn folded(&self) -> impl Iterator<Item = String> {
        let with_own = self.places.iter().enumerate().filter(|(_, place)| place.own > 0);
        with_own.map(|(number, place)| {
            let steps = self.steps(number);
            let frames = std::iter::once("pickle").chain(steps).map(|step| step.replace([';', ' '], "_"));
            format!("{} {}", frames.collect::<Vec<_>>().join(";"), place.own)
        })
    }

    /// The steps to a place, from the first on.
    fn steps(&self, mut place: usize) -> Vec<&str> {
        let mut steps = Vec::new();
        while place > 0 {
            steps.push(&*self.places[place].step);
            place = self.places[place].parent;
        }
        steps.reverse();
        steps
    }

    /// The place that is reached so from another.
    fn place(&mut self, parent: usize, step: String) -> usize {
        let depth = self.places[parent].depth + 1;
        if depth > DEEPEST {
            return parent;
        }
        let key = (parent, step);
        if let Some(&place) = self.numbers.get(&key) {
            return place;
        }
        let number = self.places.len();
        self.places.push(Tally { parent, depth, step: key.1.clone(), own: 0, objects: 0 });
        self.numbers.insert(key, number);
        number
    }

    fn type_number(&mut self, name: String) -> usize {
        if let Some(&number) = self.type_numbers.get(&name) {
            return number;
        }
        let number = self.types.len();
        self.types.push(Type { name: name.clone(), bytes: 0, objects: 0 });
        self.type_numbers.insert(name, number);
        number
    }

    fn count(&mut self, at: usize, of: usize, bytes: u64, objects: u64) {
        let (place, of) = (&mut self.places[at], &mut self.types[of]);
        place.own += bytes;
        place.objects += objects;
        of.bytes += bytes;
        of.objects += objects;
    }
}

#[cfg(test)]
mod tests {
    //! Compared with the offsets of opcodes that Python's disassembler shows.

    use halfsour_fixtures::{Expect, all};
    use halfsour_vm::{Limits, Loader, Options};

    use super::*;

    /// The bytes of opcodes with these names, and of the ones after them that only remember, as `pickletools.dis` shows
    /// their offsets.
    fn disassembled(dis: &str, end: usize, names: &[&str]) -> u64 {
        let line = |line: &str| {
            let (offset, rest) = line.split_once(':')?;
            Some((offset.trim().parse().ok()?, rest.split_whitespace().nth(1)?.to_owned()))
        };
        let ops: Vec<(usize, String)> = dis.lines().filter_map(line).collect();
        let is_memo = |name: &str| ["MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"].contains(&name);
        let mut bytes = 0;
        let mut counts = false;
        for (number, (offset, name)) in ops.iter().enumerate() {
            counts = names.contains(&&**name) || counts && is_memo(name);
            if counts {
                bytes += ops.get(number + 1).map_or(end, |(next, _)| *next) - offset;
            }
        }
        bytes as u64
    }

    #[test]
    fn the_class_of_an_object_of_old_protocols_counts() {
        for pickle in [
            &b"ccopy_reg\n_reconstructor\n(cm\nP\nc__builtin__\nobject\nNtR."[..],
            b"ccopy_reg\n_reconstructor\n(cm\nP\nc__builtin__\nlist\n]tR.",
            b"ccopy_reg\n__newobj__\n(cm\nP\nK\x01tR.",
            b"ccopyreg\n__newobj_ex__\n(cm\nP\nK\x01\x85}tR.",
        ] {
            let mut sizes = Sizes::new();
            sizes.add(&Loader::new().load_at(pickle, 0).unwrap());
            let between: u64 =
                sizes.types.iter().filter(|of| of.name.starts_with("(marks")).map(|of| of.bytes).sum();
            // The mark, and the end.
            assert_eq!(between, 2, "{}", pickle.escape_ascii());
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_opcodes() {
        let types: [(&str, &[&str]); 5] = [
            ("str", &["UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"]),
            // In text, bools are ints.
            (
                "int bool",
                &["INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "NEWTRUE", "NEWFALSE"],
            ),
            ("float", &["FLOAT", "BINFLOAT"]),
            ("None", &["NONE"]),
            ("tuple", &["EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"]),
        ];
        let (mut compared, mut all_of_them) = (0, 0);
        let options = Options::default().with_limits(Limits::TRUSTED).with_require_buffers(false);
        for fixture in all() {
            let Expect::Loads(_) = &fixture.expect else { continue };
            let Ok(graph) = Loader::with_options(options.clone()).load_at(&fixture.pickle[..], 0) else {
                continue;
            };
            let mut sizes = Sizes::new();
            sizes.add(&graph);
            all_of_them += 1;
            let sum: u64 = sizes.types.iter().map(|of| of.bytes).sum();
            assert_eq!((sum, sizes.bytes()), (graph.end() as u64, graph.end() as u64), "{fixture}");
            let Some(dis) = fixture.dis.as_ref().filter(|dis| dis.error.is_none() && fixture.pickles == 1)
            else {
                continue;
            };
            // Names, ids, and what old protocols spell as calls, are parts of other objects; what was dropped is in none.
            let is_plain = !["GLOBAL", "PERSID", " POP", "EXT"].iter().any(|name| dis.text.contains(name));
            if fixture.producer != "C pickler" || !is_plain {
                continue;
            }
            for (name, opcodes) in types {
                let found = sizes.types.iter().filter(|of| name.split(' ').any(|name| of.name == name));
                let found: u64 = found.map(|of| of.bytes).sum();
                assert_eq!(
                    found,
                    disassembled(&dis.text, graph.end(), opcodes),
                    "{fixture}: {name}\n{}",
                    dis.text
                );
            }
            compared += 1;
        }
        assert!(compared > 500 && all_of_them > 10_000, "{compared} of {all_of_them}");
    }
}
