//! The way through a graph, with names.

use std::collections::HashSet;
use std::fmt::{self, Write};

use halfsour_classes::{Known, recognise};
use halfsour_value::{Data, Id, Kind, Node, Part, Step};

/// The levels of containers that are looked into.
const DEEPEST: usize = 1000;

/// The place of an object: the index of the place that it is in, and its segment of the name.
struct Place<'g, S> {
    within: usize,
    segment: Segment<'g, S>,
    depth: usize,
}

enum Segment<'g, S> {
    /// The whole, and the dicts in which a module keeps its parts: they add nothing to a name.
    Nameless,
    Text(&'g [u8]),
    Index(usize),
    /// A key of a dict, as Python prints it.
    Key(Node<'g, S>),
}

impl<S> Clone for Segment<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Segment<'_, S> {}

/// The text of a key, of which no more is wanted than a name takes.
fn key_name<S: AsRef<[u8]>>(key: Node<'_, S>) -> String {
    let mut name = Short(String::new());
    // What is too long is cut off.
    let _ = write!(name, "{key}");
    name.0
}

/// Text up to a length.
struct Short(String);

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        const LONGEST: usize = 1 << 10;
        if self.0.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// A walk through a graph.
struct Walk<'g, S> {
    open: Vec<(Node<'g, S>, usize)>,
    places: Vec<Place<'g, S>>,
    seen: HashSet<Id>,
}

/// Calls `leaf` with every object, and a function that makes its name of the keys, attributes and indices that lead
/// to it, with dots between them, as torch names the parameters of modules. Where `leaf` returns true, the object is
/// not looked into, and comes again each time that it occurs; any other comes once.
pub(crate) fn walk<'g, S: AsRef<[u8]>>(
    root: Node<'g, S>,
    mut leaf: impl FnMut(Node<'g, S>, &dyn Fn() -> String) -> Result<bool, String>,
) -> Result<(), String> {
    let whole = Place { within: 0, segment: Segment::Nameless, depth: 0 };
    let mut walk = Walk { open: vec![(root, 0)], places: vec![whole], seen: HashSet::new() };
    while let Some((node, place)) = walk.open.pop() {
        if walk.seen.contains(&node.id()) || leaf(node, &|| walk.name(place))? {
            continue;
        }
        walk.seen.insert(node.id());
        if walk.places[place].depth == DEEPEST {
            return Err(format!("the data nests deeper than {DEEPEST} levels"));
        }
        let first = walk.open.len();
        walk.parts(node, place);
        walk.open[first..].reverse();
    }
    Ok(())
}

impl<'g, S: AsRef<[u8]>> Walk<'g, S> {
    fn name(&self, mut place: usize) -> String {
        let mut segments = Vec::new();
        while place != 0 {
            match self.places[place].segment {
                Segment::Nameless => {}
                Segment::Text(text) => segments.push(String::from_utf8_lossy(text)),
                Segment::Index(index) => segments.push(index.to_string().into()),
                Segment::Key(key) => segments.push(key_name(key).into()),
            }
            place = self.places[place].within;
        }
        segments.reverse();
        segments.join(".")
    }

    /// Puts off an object in `within`, if it may hold others.
    fn put_off(&mut self, within: usize, segment: Segment<'g, S>, node: Node<'g, S>) {
        use Kind::{Dict, FrozenSet, Instance, List, Set, Tuple};
        let holds =
            matches!(node.kind(), Dict | FrozenSet | Instance | List | Set | Tuple) && !node.is_empty();
        if holds || node.foreign_steps().is_some() {
            let depth = self.places[within].depth + 1;
            self.places.push(Place { within, segment, depth });
            self.open.push((node, self.places.len() - 1));
        }
    }

    fn elements(&mut self, within: usize, elements: impl Iterator<Item = Node<'g, S>>) {
        for (index, node) in elements.enumerate() {
            self.put_off(within, Segment::Index(index), node);
        }
    }

    fn pairs(&mut self, within: usize, pairs: impl Iterator<Item = (Node<'g, S>, Node<'g, S>)>) {
        for (index, (key, value)) in pairs.enumerate() {
            let segment = match key.data() {
                Data::Str(text) => Segment::Text(text.as_wtf8()),
                Data::ByteString(text) => Segment::Text(text),
                // With the option that Python 2's strings are bytes, they are still names.
                Data::Bytes(text) if str::from_utf8(text).is_ok() => Segment::Text(text),
                Data::Instance(_) => Segment::Index(index),
                _ => Segment::Key(key),
            };
            if key.kind() == Kind::Instance {
                self.put_off(within, segment, key);
            }
            self.put_off(within, segment, value);
        }
    }

    fn parts(&mut self, node: Node<'g, S>, place: usize) {
        match node.data() {
            Data::Dict(items) => self.pairs(place, items),
            Data::Instance(instance) => {
                if let Some(Known::OrderedDict(dict)) = recognise(node) {
                    self.pairs(place, dict.items);
                    return self.pairs(place, dict.attributes.and_then(Node::items).into_iter().flatten());
                }
                let arguments = instance.arguments();
                for part in instance.parts() {
                    match part {
                        Part::Callable(callable) => self.put_off(place, Segment::Nameless, callable),
                        Part::Args(args) => match &arguments {
                            // Without the class, which some forms name among them.
                            Some((positional, keywords)) => {
                                self.elements(place, positional.clone());
                                self.pairs(place, keywords.clone().into_iter().flatten());
                            }
                            None => self.put_off(place, Segment::Nameless, args),
                        },
                        // They are among the arguments, unless those are odd.
                        Part::Kwargs(kwargs) => {
                            if arguments.is_none() {
                                self.put_off(place, Segment::Nameless, kwargs);
                            }
                        }
                        Part::Step(step) => self.step(place, step),
                    }
                }
            }
            _ => self.elements(place, node.elements().into_iter().flatten()),
        }
        for step in node.foreign_steps().into_iter().flatten() {
            self.step(place, step);
        }
    }

    fn step(&mut self, place: usize, step: Step<'g, S>) {
        match step {
            Step::State(state) => self.state(place, state),
            // The first argument is the object itself.
            Step::Call(call) => {
                let setter = call.as_instance().and_then(|call| call.args().at(1));
                if let Some(state) = setter {
                    self.state(place, state);
                }
            }
            Step::SetItem(items) => self.pairs(place, items),
            Step::Append(elements) | Step::Add(elements) => self.elements(place, elements),
        }
    }

    fn state(&mut self, place: usize, state: Node<'g, S>) {
        match state.attributes() {
            Some(attributes) => {
                for (name, value) in attributes.into_iter().flatten().flatten() {
                    self.attribute(place, name, value);
                }
            }
            None => self.elements(place, state.elements().into_iter().flatten()),
        }
    }

    fn attribute(&mut self, within: usize, name: Node<'g, S>, value: Node<'g, S>) {
        let text = match name.data() {
            Data::Str(text) => text.as_wtf8(),
            Data::ByteString(text) => text,
            _ => b"",
        };
        let segment = match text {
            b"_parameters" | b"_buffers" | b"_modules" => Segment::Nameless,
            text => Segment::Text(text),
        };
        self.put_off(within, segment, value);
    }
}
