//! What takes the space in a file of pickles.

use std::collections::{HashMap, HashSet};

use halfsour::classes::numpy::ArrayData;
use halfsour::classes::{Known, recognise};
use halfsour::lexer::{Lexer, Opcode};
use halfsour::value::{Data, Elements, Id, Instance, Items, Step, Steps};
use halfsour::{Graph, Node};

use crate::path;

/// Longer lists and dicts have one place for all that is in them, unless each is asked for.
const MANY_ELEMENTS: usize = 16;
const MANY_ITEMS: usize = 256;

/// What is deeper belongs to the place at this depth.
const DEEPEST: usize = 100;

/// The bytes of each place and of each type.
pub struct Sizes {
    pub places: Vec<Place>,
    numbers: HashMap<(usize, String), usize>,
    pub types: Vec<Type>,
    type_numbers: HashMap<String, usize>,
    /// The bytes of the storages of a torch file that were not met yet.
    pub storages: HashMap<String, u64>,
    /// Every element has a place of its own.
    pub each: bool,
}

/// Where something is.
pub struct Place {
    parent: usize,
    depth: usize,
    /// How it is reached from there.
    step: String,
    /// The bytes of what is there, without what has a place of its own.
    pub own: u64,
    /// With that, and so the next.
    pub total: u64,
    pub objects: u64,
}

/// All objects of a type.
pub struct Type {
    pub name: String,
    pub bytes: u64,
    pub objects: u64,
}

impl Sizes {
    pub fn new(storages: HashMap<String, u64>, each: bool) -> Self {
        let root = Place { parent: 0, depth: 0, step: String::new(), own: 0, total: 0, objects: 0 };
        let (numbers, type_numbers) = (HashMap::new(), HashMap::new());
        Self { places: vec![root], numbers, types: Vec::new(), type_numbers, storages, each }
    }

    /// Adds a pickle, at this place.
    pub fn add(&mut self, graph: &Graph<&[u8]>, at: usize) {
        let seen = vec![false; graph.node_count()];
        let (ops, newest) = (HashSet::new(), newest(graph));
        let mut walk = Walk { sizes: self, graph, newest, seen, ops, counted: 0, work: Vec::new() };
        walk.work.push(Work { id: graph.root().id(), at, owner: None });
        while let Some(work) = walk.work.pop() {
            walk.node(work);
        }
        let (all, counted) = ((graph.end() - graph.start()) as u64, walk.counted);
        let between = self.type_number("(marks, references, frames)".to_owned());
        self.count(at, between, all.saturating_sub(counted), 0);
    }

    /// Works out the totals; places come after what they are in.
    pub fn sum(&mut self) {
        for number in (0..self.places.len()).rev() {
            self.places[number].total += self.places[number].own;
            let Place { parent, total, objects, .. } = self.places[number];
            if number > 0 {
                self.places[parent].total += total;
                self.places[parent].objects += objects;
            }
        }
    }

    /// The steps to a place, the first first.
    pub fn steps(&self, mut place: usize) -> Vec<&str> {
        let mut steps = Vec::new();
        while place > 0 {
            steps.push(&*self.places[place].step);
            place = self.places[place].parent;
        }
        steps.reverse();
        steps
    }

    /// The place that is reached so from another.
    pub fn place(&mut self, parent: usize, step: String) -> usize {
        let depth = self.places[parent].depth + 1;
        if depth > DEEPEST {
            return parent;
        }
        let key = (parent, step);
        if let Some(&place) = self.numbers.get(&key) {
            return place;
        }
        let number = self.places.len();
        self.places.push(Place { parent, depth, step: key.1.clone(), own: 0, total: 0, objects: 0 });
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

/// Something whose bytes are to be counted.
struct Work {
    id: Id,
    at: usize,
    /// The type to which it belongs: it is no object to people, but part of one.
    owner: Option<usize>,
}

struct Walk<'s, 'g> {
    sizes: &'s mut Sizes,
    graph: &'g Graph<&'g [u8]>,
    /// The newest protocol of its opcodes.
    newest: u8,
    /// What is shared counts where it is met first.
    seen: Vec<bool>,
    /// The opcodes that were counted, by their offsets: one may make several objects.
    ops: HashSet<usize>,
    counted: u64,
    work: Vec<Work>,
}

type N<'g> = Node<'g, &'g [u8]>;

impl<'g> Walk<'_, 'g> {
    fn node(&mut self, Work { id, at, owner }: Work) {
        if let Some(index) = id.index()
            && std::mem::replace(&mut self.seen[index], true)
        {
            return;
        }
        let node = self.graph.node(id);
        let of = owner.unwrap_or_else(|| self.sizes.type_number(path::type_name(node)));
        let bytes = self.bytes(node);
        self.counted += bytes;
        self.sizes.count(at, of, bytes, u64::from(owner.is_none()));
        let before = self.work.len();
        self.parts(node, at, owner, of);
        self.work[before..].reverse();
    }

    fn later(&mut self, node: N<'g>, at: usize, owner: Option<usize>) {
        self.work.push(Work { id: node.id(), at, owner });
    }

    fn parts(&mut self, node: N<'g>, at: usize, owner: Option<usize>, of: usize) {
        match node.data() {
            Data::List(elements)
            | Data::Tuple(elements)
            | Data::Set(elements)
            | Data::FrozenSet(elements) => {
                self.elements(elements, 0, at, owner);
            }
            Data::Dict(items) => self.items(items, at, owner),
            // Where one opcode names both, there is nothing to be counted.
            Data::Global(global)
                if node.offset().is_some_and(|offset| self.op(offset) == Some(Opcode::StackGlobal)) =>
            {
                self.later(global.module, at, Some(of));
                self.later(global.name, at, Some(of));
            }
            Data::Instance(instance) => self.instance(node, instance, at, of, owner.is_some()),
            Data::PersistentId(id) => {
                self.storage(id, at);
                self.later(id, at, Some(of));
            }
            Data::ReadOnly(inner) => self.later(inner, at, owner),
            _ => {}
        }
        if let Some(spelling) = node.spelling() {
            self.later(self.graph.node(spelling.callable), at, Some(of));
            let args = self.graph.node(spelling.args);
            match node.data() {
                // The list has the same members.
                Data::Set(_) | Data::FrozenSet(_) => {
                    self.shell(args, at, of);
                    args.elements().into_iter().flatten().for_each(|list| self.shell(list, at, of));
                }
                _ => self.later(args, at, Some(of)),
            }
        }
        if let Some(steps) = node.foreign_steps() {
            self.steps(steps, at, of);
        }
    }

    fn elements(&mut self, elements: Elements<'g, &'g [u8]>, before: usize, at: usize, owner: Option<usize>) {
        let each = self.sizes.each || before + elements.len() <= MANY_ELEMENTS;
        for (index, node) in (before..).zip(elements) {
            let place = match owner {
                Some(_) => at,
                None if each => self.sizes.place(at, path::index(index)),
                None => self.sizes.place(at, "[*]".to_owned()),
            };
            self.later(node, place, owner);
        }
    }

    fn items(&mut self, items: Items<'g, &'g [u8]>, at: usize, owner: Option<usize>) {
        let each = self.sizes.each || items.len() <= MANY_ITEMS;
        for (key, value) in items {
            let place = match owner {
                Some(_) => at,
                None if each => self.sizes.place(at, path::key(key)),
                None => self.sizes.place(at, "[*]".to_owned()),
            };
            self.later(key, place, owner);
            self.later(value, place, owner);
        }
    }

    fn instance(
        &mut self,
        node: N<'g>,
        instance: Instance<'g, &'g [u8]>,
        at: usize,
        of: usize,
        is_part: bool,
    ) {
        self.later(instance.callable(), at, Some(of));
        if is_part || recognise(node).is_some_and(|known| !has_objects(&known)) {
            self.later(instance.args(), at, Some(of));
            for part in instance.kwargs().into_iter().chain(instance.steps().flat_map(step_nodes)) {
                self.later(part, at, Some(of));
            }
            return;
        }
        self.shell(instance.args(), at, of);
        match instance.arguments() {
            Some((args, keywords)) => {
                let named = |index| format!("({index})");
                for (index, arg) in args.enumerate() {
                    let place = self.sizes.place(at, named(index));
                    self.later(arg, place, None);
                }
                if let Some(kwargs) = instance.kwargs() {
                    self.shell(kwargs, at, of);
                }
                if let Some(keywords) = keywords {
                    self.items(keywords, at, None);
                }
            }
            None => self.later(instance.args(), at, Some(of)),
        }
        self.steps(instance.steps(), at, of);
    }

    fn steps(&mut self, steps: Steps<'g, &'g [u8]>, at: usize, of: usize) {
        let mut before = 0;
        for step in steps {
            match step {
                Step::State(state) => match state.attributes() {
                    Some(parts) => {
                        self.shell(state, at, of);
                        parts.into_iter().flatten().for_each(|attributes| self.items(attributes, at, None));
                        for dict in state.elements().into_iter().flatten() {
                            self.shell(dict, at, of);
                        }
                    }
                    None => {
                        let place = self.sizes.place(at, "(state)".to_owned());
                        self.later(state, place, None);
                    }
                },
                Step::Call(call) => self.later(call, at, Some(of)),
                Step::SetItem(items) => self.items(items, at, None),
                Step::Append(elements) | Step::Add(elements) => {
                    let length = elements.len();
                    self.elements(elements, before, at, None);
                    before += length;
                }
            }
        }
    }

    /// Counts a container that people do not see, without what is in it.
    fn shell(&mut self, node: N<'g>, at: usize, of: usize) {
        if let Some(index) = node.id().index()
            && !std::mem::replace(&mut self.seen[index], true)
        {
            let bytes = self.bytes(node);
            self.counted += bytes;
            self.sizes.count(at, of, bytes, 0);
        }
    }

    /// Counts the bytes of the storage to which a tensor's persistent id refers.
    fn storage(&mut self, id: N<'g>, at: usize) {
        let (Some(class), Some(key)) = (id.at(1), id.at(2).and_then(Node::as_str)) else { return };
        if let Some(bytes) = self.sizes.storages.remove(key) {
            let class =
                class.as_global().map_or_else(|| "storage".to_owned(), |class| crate::text::global(&class));
            let of = self.sizes.type_number(class);
            self.sizes.count(at, of, bytes, 1);
        }
    }

    /// The bytes of the opcode that made it, and of the one that puts it into the memo.
    fn bytes(&mut self, node: N<'g>) -> u64 {
        let bytes = match node.offset() {
            Some(offset) if !self.ops.insert(offset) => 0,
            Some(offset) => match attached(node, offset) {
                Some(length) => length,
                None => self.opcodes(offset),
            },
            None => immediate(node, self.newest),
        };
        bytes as u64
    }

    fn op(&self, offset: usize) -> Option<Opcode> {
        Opcode::from_byte(*self.graph.source().get(offset)?)
    }

    fn opcodes(&self, offset: usize) -> usize {
        let mut lexer = Lexer::at(self.graph.source(), offset);
        if lexer.next_op().is_err() {
            return 0;
        }
        let end = lexer.offset();
        let is_memo =
            matches!(self.op(end), Some(Opcode::Memoize | Opcode::Put | Opcode::BinPut | Opcode::LongBinPut));
        if is_memo && lexer.next_op().is_ok() { lexer.offset() - offset } else { end - offset }
    }
}

/// The newest protocol that the opcodes are of, as far as the first show it: streams of protocols 0 and 1 do not say.
fn newest(graph: &Graph<&[u8]>) -> u8 {
    const ENOUGH: usize = 1000;
    let mut lexer = Lexer::at(graph.source(), graph.start());
    let mut protocol = || Some(lexer.next_op().ok()?.opcode().protocol());
    (0..ENOUGH).map_while(|_| protocol()).max().unwrap_or_default()
}

/// The length of bytes that stand between opcodes: there, no opcode comes first.
fn attached(node: N<'_>, offset: usize) -> Option<usize> {
    let bytes = node.as_bytes()?;
    let source = node.graph().source();
    (bytes.as_ptr().addr().checked_sub(source.as_ptr().addr()) == Some(offset)).then_some(bytes.len())
}

/// How many bytes a value takes that has no node, and so no place in the source.
fn immediate(node: N<'_>, newest: u8) -> usize {
    match node.data() {
        Data::Int(value) if newest == 0 => value.to_string().len() + 2,
        Data::Int(0..=0xFF) => 2,
        Data::Int(0x100..=0xFFFF) => 3,
        Data::Int(_) => 5,
        Data::Bool(_) if newest < 2 => 4,
        _ => 1,
    }
}

/// Whether a known object holds others that people think of as objects.
fn has_objects(known: &Known<'_, &[u8]>) -> bool {
    if let Known::NdArray(array) = known {
        return matches!(array.data, ArrayData::Objects(_));
    }
    matches!(
        known,
        Known::OrderedDict(_)
            | Known::DefaultDict(_)
            | Known::Counter(_)
            | Known::Deque(_)
            | Known::ChainMap(_)
            | Known::User(_)
            | Known::Partial(_)
            | Known::SimpleNamespace(_)
            | Known::Exception(_)
            | Known::Estimator(_)
    )
}

fn step_nodes<'g>(step: Step<'g, &'g [u8]>) -> Vec<N<'g>> {
    match step {
        Step::State(node) | Step::Call(node) => vec![node],
        Step::Append(elements) | Step::Add(elements) => elements.collect(),
        Step::SetItem(items) => items.flat_map(|(key, value)| [key, value]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use halfsour::{Limits, Loader, Options};
    use halfsour_fixtures::{Expect, all};

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
        let options = Options { limits: Limits::TRUSTED, require_buffers: false, ..Options::default() };
        for fixture in all() {
            let Expect::Loads(_) = &fixture.expect else { continue };
            let Ok(graph) = Loader::with_options(options.clone()).load_at(&fixture.pickle[..], 0) else {
                continue;
            };
            let mut sizes = Sizes::new(HashMap::new(), false);
            sizes.add(&graph, 0);
            sizes.sum();
            all_of_them += 1;
            let sum: u64 = sizes.types.iter().map(|of| of.bytes).sum();
            assert_eq!((sum, sizes.places[0].total), (graph.end() as u64, graph.end() as u64), "{fixture}");
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
