//! The walk over a graph that counts the bytes of each object once.

use std::collections::{HashMap, HashSet};

use halfsour_classes::numpy::ArrayData;
use halfsour_classes::pandas::Frame;
use halfsour_classes::{Known, Shape, dicts_of_pydantic, recognise, state_fields};
use halfsour_lexer::{Lexer, Opcode};
use halfsour_value::{Data, Elements, Form, Graph, Id, Instance, Items, Node, Part, Step, Steps};

use super::Sizes;
use crate::{path, type_name};

/// Longer lists and dicts have one place for all that is in them, unless each is asked for.
const MANY_ELEMENTS: usize = 16;
const MANY_ITEMS: usize = 256;

/// Counts the bytes of a pickle at a place, and of what is in it at places below. Of a part of it, only what that is made of counts.
pub fn walk<S: AsRef<[u8]>>(sizes: &mut Sizes, graph: &Graph<S>, part: Option<Id>, at: usize) {
    let seen = vec![false; graph.node_count()];
    let (ops, newest) = (HashSet::new(), newest(graph));
    let left = (graph.end() - graph.start()) as u64;
    let mut walk = Walk { sizes, graph, newest, seen, ops, left, work: Vec::new() };
    walk.work.push(Work { id: part.unwrap_or(graph.root().id()), at, owner: None });
    while let Some(work) = walk.work.pop() {
        walk.node(work);
    }
    if part.is_some() {
        return;
    }
    let left = walk.left;
    let between = sizes.type_number("(marks, references, frames)".to_owned());
    sizes.count(at, between, left, 0);
}

/// Something whose bytes are to be counted.
struct Work {
    id: Id,
    at: usize,
    /// The type to which it belongs: it is no object to people, but part of one.
    owner: Option<usize>,
}

struct Walk<'s, 'g, S> {
    sizes: &'s mut Sizes,
    graph: &'g Graph<S>,
    /// The newest protocol of its opcodes.
    newest: u8,
    /// What is shared counts where it is met first.
    seen: Vec<bool>,
    /// The opcodes that were counted, by their offsets: one may make several objects.
    ops: HashSet<usize>,
    /// The bytes of the pickle that were not counted yet.
    left: u64,
    work: Vec<Work>,
}

impl<'g, S: AsRef<[u8]>> Walk<'_, 'g, S> {
    fn node(&mut self, Work { id, at, owner }: Work) {
        if let Some(index) = id.index()
            && std::mem::replace(&mut self.seen[index], true)
        {
            return;
        }
        let node = self.graph.node(id);
        let of = owner.unwrap_or_else(|| self.sizes.type_number(type_name(node)));
        let bytes = self.bytes(node);
        self.sizes.count(at, of, bytes, u64::from(owner.is_none()));
        let before = self.work.len();
        self.parts(node, at, owner, of);
        self.work[before..].reverse();
    }

    fn later(&mut self, node: Node<'g, S>, at: usize, owner: Option<usize>) {
        self.work.push(Work { id: node.id(), at, owner });
    }

    fn parts(&mut self, node: Node<'g, S>, at: usize, owner: Option<usize>, of: usize) {
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

    fn elements(&mut self, elements: Elements<'g, S>, before: usize, at: usize, owner: Option<usize>) {
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

    fn items(&mut self, items: Items<'g, S>, at: usize, owner: Option<usize>) {
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
        node: Node<'g, S>,
        instance: Instance<'g, S>,
        at: usize,
        of: usize,
        is_part: bool,
    ) {
        let known = if is_part { None } else { recognise(node) };
        if let Some(Known::DataFrame(frame)) = &known {
            self.columns(frame, at);
        }
        if is_part || known.is_some_and(|known| !has_objects(&known)) {
            return node.children().for_each(|part| self.later(part, at, Some(of)));
        }
        let arguments = instance.arguments();
        for part in instance.parts() {
            match (part, &arguments) {
                (Part::Callable(callable), _) => self.later(callable, at, Some(of)),
                (Part::Args(args), Some((positional, keywords))) => {
                    self.shell(args, at, of);
                    self.named(instance, positional.len(), at, of);
                    for (index, arg) in positional.clone().enumerate() {
                        let place = self.sizes.place(at, format!("({index})"));
                        self.later(arg, place, None);
                    }
                    if let Some(keywords) = keywords {
                        self.items(keywords.clone(), at, None);
                    }
                }
                (Part::Kwargs(kwargs), Some(_)) => self.shell(kwargs, at, of),
                (Part::Args(odd) | Part::Kwargs(odd), None) => self.later(odd, at, Some(of)),
                (Part::Step(_), _) => {}
            }
        }
        self.steps(instance.steps(), at, of);
    }

    /// Gives each array of a frame, which may have several columns, a place of its own.
    fn columns(&mut self, frame: &Frame<'g, S>, at: usize) {
        let step = |number: usize| path::column(&frame.columns, number);
        let mut arrays: Vec<(Node<'g, S>, usize, usize)> = Vec::new();
        let mut numbers = HashMap::new();
        for number in 0..frame.width() {
            let Some(array) = frame.object(number) else { continue };
            let known = *numbers.entry(array.id()).or_insert(arrays.len());
            match arrays.get_mut(known) {
                Some((_, _, last)) => *last = number,
                None => arrays.push((array, number, number)),
            }
        }
        for (array, first, last) in arrays {
            let step = if first == last { step(first) } else { format!("{}…{}", step(first), step(last)) };
            let place = self.sizes.place(at, step);
            self.later(array, place, None);
        }
    }

    /// Counts what a form names among its arguments beside the `positional` ones of the class: the class itself, its base, and the
    /// containers that hold its arguments.
    fn named(&mut self, instance: Instance<'g, S>, positional: usize, at: usize, of: usize) {
        let args = instance.args();
        if instance.form() == Form::NewObjExCall {
            self.later(instance.class(), at, Some(of));
            [args.at(1), args.at(2)].into_iter().flatten().for_each(|inner| self.shell(inner, at, of));
        } else {
            let before = args.len().unwrap_or_default().saturating_sub(positional);
            args.elements().into_iter().flatten().take(before).for_each(|arg| self.later(arg, at, Some(of)));
        }
    }

    fn steps(&mut self, steps: Steps<'g, S>, at: usize, of: usize) {
        let mut before = 0;
        for step in steps {
            match step {
                Step::State(state) => match state_fields(state) {
                    Some(fields) => {
                        self.shell(state, at, of);
                        // The containers of attributes, and what pydantic has beside the fields, belong to the object.
                        for dict in state.elements().into_iter().flatten() {
                            self.shell(dict, at, of);
                        }
                        if let Some(dicts) = dicts_of_pydantic(state) {
                            for dict in dicts {
                                self.shell(dict, at, of);
                            }
                            let beside = state.items().into_iter().flatten();
                            for part in beside.flat_map(|(name, part)| [name, part]) {
                                self.later(part, at, Some(of));
                            }
                        }
                        for attributes in fields {
                            self.items(attributes, at, None);
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
    fn shell(&mut self, node: Node<'g, S>, at: usize, of: usize) {
        if let Some(index) = node.id().index()
            && !std::mem::replace(&mut self.seen[index], true)
        {
            let bytes = self.bytes(node);
            self.sizes.count(at, of, bytes, 0);
        }
    }

    /// Counts the bytes of the storage to which a tensor's persistent id refers.
    fn storage(&mut self, id: Node<'g, S>, at: usize) {
        let (Some(class), Some(key)) = (id.at(1), id.at(2).and_then(Node::as_str)) else { return };
        if let Some(bytes) = self.sizes.storages.remove(key) {
            let class = class.as_global().map_or_else(|| "storage".to_owned(), |class| class.visible_name());
            let of = self.sizes.type_number(class);
            self.sizes.count(at, of, bytes, 1);
        }
    }

    /// The bytes of the opcode that made it, and of the one that puts it into the memo.
    fn bytes(&mut self, node: Node<'g, S>) -> u64 {
        let bytes = match node.offset() {
            Some(offset) if !self.ops.insert(offset) => 0,
            Some(offset) => match attached(node, offset) {
                Some(length) => length,
                None => self.opcodes(offset),
            },
            None => immediate(node, self.newest),
        };
        // What was duplicated and has no place in the source counts each time, but no more than there is.
        let bytes = self.left.min(bytes as u64);
        self.left -= bytes;
        bytes
    }

    fn source(&self) -> &'g [u8] {
        self.graph.source().as_ref()
    }

    fn op(&self, offset: usize) -> Option<Opcode> {
        Opcode::from_byte(*self.source().get(offset)?)
    }

    fn opcodes(&self, offset: usize) -> usize {
        let mut lexer = Lexer::at(self.source(), offset);
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
fn newest<S: AsRef<[u8]>>(graph: &Graph<S>) -> u8 {
    const ENOUGH: usize = 1000;
    let mut lexer = Lexer::at(graph.source().as_ref(), graph.start());
    let mut protocol = || Some(lexer.next_op().ok()?.opcode().protocol());
    (0..ENOUGH).map_while(|_| protocol()).max().unwrap_or_default()
}

/// The length of bytes that stand between opcodes: there, no opcode comes first.
fn attached<S: AsRef<[u8]>>(node: Node<'_, S>, offset: usize) -> Option<usize> {
    let bytes = node.as_bytes()?;
    let source = node.graph().source().as_ref();
    (bytes.as_ptr().addr().checked_sub(source.as_ptr().addr()) == Some(offset)).then_some(bytes.len())
}

/// How many bytes a value takes that has no node, and so no place in the source.
fn immediate<S: AsRef<[u8]>>(node: Node<'_, S>, newest: u8) -> usize {
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
fn has_objects<S: AsRef<[u8]>>(known: &Known<'_, S>) -> bool {
    match known.shape() {
        Shape::Sequence(_) | Shape::Mapping(_) | Shape::Inner(_) => true,
        Shape::NdArray(array) => matches!(array.data, ArrayData::Objects(_)),
        Shape::Object => matches!(
            known,
            Known::Partial(_) | Known::SimpleNamespace(_) | Known::Exception(_) | Known::Estimator(_)
        ),
        _ => false,
    }
}
