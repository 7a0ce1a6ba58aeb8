//! The plain form.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use halfsour_classes::memory::Scalar;
use halfsour_classes::pandas::{Cell, is_na};
use halfsour_classes::stdlib::{Members, Pairs};
use halfsour_classes::{Known, state_fields};
use halfsour_text::{number, repr};
use halfsour_value::{Data, Elements, Global, Graph, Id, Instance, Items, Node, Step, Steps};

use crate::numpy::Objects;
use crate::out::Out;
use crate::pandas::Table;
use crate::{Cycles, Error, ErrorKind, Style};

pub(crate) fn write<S: AsRef<[u8]>>(out: &mut Out<'_>, node: Node<'_, S>, style: Style) -> Result<(), Error> {
    Writer::new(out, node.graph(), style).write(node)
}

/// Each row of a frame or series on a line, without the columns that cannot be read or are left out; false of any other object.
pub(crate) fn table_lines<'g, S: AsRef<[u8]>>(
    out: &mut Out<'_>,
    graph: &'g Graph<S>,
    known: Known<'g, S>,
    is_left_out: &dyn Fn(Option<usize>) -> bool,
    style: Style,
) -> Result<bool, Error> {
    let mut writer = Writer::new(out, graph, style);
    let is_table = writer.table_lines(known, is_left_out)?;
    writer.run()?;
    Ok(is_table)
}

/// Each on a line.
pub(crate) fn lines<'g, S: AsRef<[u8]>>(
    out: &mut Out<'_>,
    graph: &'g Graph<S>,
    rows: impl IntoIterator<Item = Node<'g, S>>,
    style: Style,
) -> Result<(), Error> {
    let mut writer = Writer::new(out, graph, style);
    for row in rows {
        writer.write(row)?;
        writer.out.end_line()?;
    }
    Ok(())
}

impl<'o, 'w, 'g, S: AsRef<[u8]>> Writer<'o, 'w, 'g, S> {
    pub(crate) fn new(out: &'o mut Out<'w>, graph: &'g Graph<S>, style: Style) -> Self {
        // As long as nothing is written twice, there are no more values than ids, of four bytes, in the graph.
        let values = style.limits.values.saturating_add(graph.bytes_held() / size_of::<Id>());
        Self::resumed(out, vec![false; graph.node_count()], values, style)
    }

    /// Returns a writer with what is left of another one: see [`into_parts`](Self::into_parts).
    pub(crate) fn resumed(out: &'o mut Out<'w>, open: Vec<bool>, values: usize, style: Style) -> Self {
        let (depth, cycles) = (style.limits.depth, style.cycles);
        Self { out, open, cycles, depths: HashMap::new(), values, depth, work: Vec::new() }
    }

    /// The places of all nodes, none of which is open, and the number of values that may still be written. What was left to do after an
    /// error is not done.
    pub(crate) fn into_parts(mut self) -> (Vec<bool>, usize) {
        while let Some(work) = self.work.pop() {
            if let Work::Leave(id) | Work::End(_, id) = work {
                self.set_open(id, false);
            }
        }
        (self.open, self.values)
    }

    pub(crate) fn write(&mut self, node: Node<'g, S>) -> Result<(), Error> {
        self.work.push(Work::Node(node));
        self.run()
    }
}

pub(crate) struct Writer<'o, 'w, 'g, S> {
    pub(crate) out: &'o mut Out<'w>,
    /// The nodes that are being written: one that stands in itself is a cycle.
    open: Vec<bool>,
    cycles: Cycles,
    /// The depth of each of these, where references may lead to them.
    depths: HashMap<Id, usize>,
    /// The number of values that may still be written.
    values: usize,
    pub(crate) depth: usize,
    /// The work that is left, the next last.
    work: Vec<Work<'g, S>>,
}

/// The name of an attribute or the key of an item, and the value.
type Member<'g, S> = (Node<'g, S>, Node<'g, S>);

pub(crate) enum Work<'g, S> {
    Node(Node<'g, S>),
    Elements(Elements<'g, S>),
    Items(Items<'g, S>),
    /// Attributes or items of an object, whose names stand beside those that begin with `@`.
    Fields(Items<'g, S>),
    /// Those of several steps, of which each name is there once.
    Merged(std::vec::IntoIter<Member<'g, S>>),
    /// The members of a known object. It is long, and rare.
    Held(Box<Members<'g, S>>),
    Pairs(Box<Pairs<'g, S>>),
    /// A member with this name; the value follows.
    Member(&'static str),
    /// A member with a name of the data; the value follows.
    Name(Box<str>),
    /// The elements of an array of numpy.
    Objects(Box<Objects<'g, S>>),
    /// The rows of a frame or series, or the values of an array.
    Table(Box<Table<'g, S>>),
    /// A value of such.
    Cell(Box<Cell<'g, S>>),
    Cells(Box<std::vec::IntoIter<Cell<'g, S>>>),
    /// The elements that these steps append or add.
    Appended(Steps<'g, S>),
    Open(u8),
    Close(u8),
    Leave(Id),
    /// The end of an array or object, with which the node is left.
    End(u8, Id),
}

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    pub(crate) fn run(&mut self) -> Result<(), Error> {
        while let Some(work) = self.work.pop() {
            match work {
                Work::Node(node) => {
                    self.spend(1)?;
                    let data = node.data();
                    if !self.scalar(&data)? {
                        self.container(node, data)?;
                    }
                }
                Work::Elements(rest) => self.elements(rest, Work::Elements)?,
                Work::Items(rest) => self.items(rest.len(), rest, Work::Items)?,
                Work::Fields(rest) => self.fields(rest.len(), rest, Work::Fields)?,
                Work::Merged(rest) => self.fields(rest.len(), rest, Work::Merged)?,
                Work::Held(rest) => self.elements(rest, Work::Held)?,
                Work::Pairs(rest) => self.items(0, rest, Work::Pairs)?,
                Work::Member(name) => self.out.member(name)?,
                Work::Name(name) => {
                    self.out.item()?;
                    self.out.step_of_tag(&name);
                    self.out.string(name.as_bytes())?;
                    self.out.colon();
                }
                Work::Objects(objects) => self.objects(objects)?,
                Work::Table(table) => self.rows(table)?,
                Work::Cell(cell) => self.cell(*cell)?,
                Work::Cells(cells) => self.cells(cells)?,
                Work::Appended(steps) => self.appended(steps),
                Work::Open(bracket) => self.out.open(bracket),
                Work::Close(bracket) => self.out.close(bracket),
                Work::Leave(id) => self.set_open(id, false),
                Work::End(bracket, id) => {
                    self.out.close(bracket);
                    self.set_open(id, false);
                }
            }
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn spend(&mut self, values: usize) -> Result<(), Error> {
        self.values = self.values.checked_sub(values).ok_or_else(Error::too_large)?;
        Ok(())
    }

    fn set_open(&mut self, id: Id, open: bool) {
        if let Some(index) = id.index() {
            self.open[index] = open;
        }
    }

    /// Writes elements up to one that has parts; after that, the rest is work of its own.
    fn elements<I: Iterator<Item = Node<'g, S>>>(
        &mut self,
        mut rest: I,
        later: fn(I) -> Work<'g, S>,
    ) -> Result<(), Error> {
        while let Some(node) = rest.next() {
            self.spend(1)?;
            self.out.item()?;
            let data = node.data();
            if !self.scalar(&data)? {
                self.work.push(later(rest));
                return self.container(node, data);
            }
        }
        Ok(())
    }

    /// Writes so many items, likewise.
    fn items<I: Iterator<Item = (Node<'g, S>, Node<'g, S>)>>(
        &mut self,
        siblings: usize,
        mut rest: I,
        later: fn(I) -> Work<'g, S>,
    ) -> Result<(), Error> {
        while let Some((key, node)) = rest.next() {
            self.spend(1)?;
            self.out.item()?;
            if !self.out.name(key, siblings)? {
                self.odd_key(key)?;
                self.out.colon();
            }
            let data = node.data();
            if !self.scalar(&data)? {
                self.work.push(later(rest));
                return self.container(node, data);
            }
        }
        Ok(())
    }

    /// Writes attributes of an object, likewise. One whose own name begins with `@` gets another one, so that no name is there twice.
    fn fields<I: Iterator<Item = (Node<'g, S>, Node<'g, S>)>>(
        &mut self,
        siblings: usize,
        mut rest: I,
        later: fn(I) -> Work<'g, S>,
    ) -> Result<(), Error> {
        while let Some((key, node)) = rest.next() {
            let is_ours = key.text_bytes().is_some_and(|name| name.starts_with(b"@"));
            if !is_ours {
                self.spend(1)?;
                self.out.item()?;
                if !self.out.name(key, siblings)? {
                    self.odd_key(key)?;
                    self.out.colon();
                }
                let data = node.data();
                if !self.scalar(&data)? {
                    self.work.push(later(rest));
                    return self.container(node, data);
                }
                continue;
            }
            let name = String::from_utf8_lossy(key.text_bytes().unwrap_or_default());
            self.push([Work::Name(format!("@{name}").into()), Work::Node(node), later(rest)]);
            return Ok(());
        }
        Ok(())
    }

    /// Writes what has no parts; false if it has.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn scalar(&mut self, data: &Data<'g, S>) -> Result<bool, Error> {
        match *data {
            Data::None => self.out.word("null"),
            Data::Bool(value) => self.out.word(if value { "true" } else { "false" }),
            Data::Int(value) => self.out.int(value),
            Data::Float(value) => self.float(value),
            Data::Str(text) => self.out.text(text)?,
            Data::Bytes(bytes) | Data::ByteArray(bytes) => self.out.base64(bytes)?,
            Data::ByteString(bytes) => self.byte_string(bytes)?,
            Data::BigInt(bytes) => self.big_int(bytes)?,
            Data::Global(global) if is_na(&global) => self.out.word("null"),
            Data::Global(global) => self.global(global)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(crate) fn big_int(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.out.big_int(bytes)? { Ok(()) } else { self.out.int_string(bytes) }
    }

    #[inline]
    pub(crate) fn float(&mut self, value: f64) {
        if value.is_finite() { self.out.float(value) } else { self.out.word("null") }
    }

    fn byte_string(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match str::from_utf8(bytes) {
            Ok(text) => self.out.string(text.as_bytes()),
            Err(_) => self.out.base64(bytes),
        }
    }

    fn global(&mut self, global: Global<'g, S>) -> Result<(), Error> {
        self.out.string(global.full_name().as_bytes())
    }

    /// A key of a dict that is no text: what JSON knows as `json.dumps` spells it, a known object by its text, all else by
    /// its `repr`.
    fn odd_key(&mut self, key: Node<'g, S>) -> Result<(), Error> {
        // Paths find keys by their `repr`; text of Python 2 and known objects are found as they are written.
        if !matches!(key.data(), Data::Instance(_) | Data::ByteString(_)) {
            self.out.step(|| format!("[{key}]"));
        }
        let written = match key.data() {
            Data::None => self.out.string_of("null"),
            Data::Bool(value) => self.out.string_of(value),
            Data::Int(value) => self.out.string_of(value),
            Data::BigInt(bytes) => self.out.string_of(number::BigDisplay(bytes)),
            Data::Float(value) => self.out.string_of(repr::Float(value)),
            Data::ByteString(bytes) => return self.byte_string(bytes),
            Data::Instance(instance) if self.known_key(key, instance)? => return Ok(()),
            _ => self.out.string_of(key),
        };
        // A repr may show as many objects as it has characters.
        self.spend(written? / 2)
    }

    /// Enters what has parts.
    fn container(&mut self, node: Node<'g, S>, data: Data<'g, S>) -> Result<(), Error> {
        if self.out.depth() >= self.depth {
            return Err(Error::new(ErrorKind::TooDeep, node));
        }
        if let Some(index) = node.id().index() {
            if self.open[index] {
                return self.cycle(node);
            }
            self.open[index] = true;
            if self.cycles == Cycles::Ref {
                self.depths.insert(node.id(), self.out.depth());
            }
        }
        let id = node.id();
        match data {
            Data::List(elements)
            | Data::Tuple(elements)
            | Data::Set(elements)
            | Data::FrozenSet(elements) => {
                self.out.open(b'[');
                self.work.push(Work::End(b']', id));
                self.work.push(Work::Elements(elements));
                return Ok(());
            }
            Data::Dict(items) => {
                self.out.open(b'{');
                self.work.push(Work::End(b'}', id));
                self.work.push(Work::Items(items));
                return Ok(());
            }
            _ => self.work.push(Work::Leave(id)),
        }
        match data {
            Data::Complex(re, im) => self.number(Scalar::Complex(re, im))?,
            Data::Instance(instance) => {
                if !self.known(node, instance)? {
                    self.instance(instance)?;
                }
            }
            Data::PersistentId(id) => {
                self.out.open(b'{');
                self.push([Work::Member("@persid"), Work::Node(id), Work::Close(b'}')]);
            }
            Data::Extension(code) => self.out.tagged("@ext", |out| {
                out.int(code.into());
                Ok(())
            })?,
            Data::Buffer(index) => match node.graph().buffers().get(index) {
                Some(bytes) => self.out.base64(bytes)?,
                None => self.out.tagged("@buffer", |out| {
                    out.int(i64::try_from(index).unwrap_or(i64::MAX));
                    Ok(())
                })?,
            },
            // Not an object of its own: what is read-only in Python looks the same.
            Data::ReadOnly(of) => self.work.push(Work::Node(of)),
            _ => unreachable!("scalars have no parts"),
        }
        Ok(())
    }

    /// Writes an object within itself.
    #[cold]
    fn cycle(&mut self, node: Node<'g, S>) -> Result<(), Error> {
        match self.cycles {
            Cycles::Error => Err(Error::new(ErrorKind::Cycle(node.kind()), node)),
            Cycles::Null => {
                self.out.word("null");
                Ok(())
            }
            Cycles::Ref => {
                let path = self.out.path(self.depths.get(&node.id()).copied().unwrap_or_default());
                self.out.reference(&path)
            }
        }
    }

    /// Puts work on the stack so that it is done in this order.
    pub(crate) fn push<const N: usize>(&mut self, work: [Work<'g, S>; N]) {
        self.work.extend(work.into_iter().rev());
    }

    /// Puts a list of work on the stack so that it is done in this order.
    pub(crate) fn push_all(&mut self, work: Vec<Work<'g, S>>) {
        self.work.extend(work.into_iter().rev());
    }

    fn instance(&mut self, instance: Instance<'g, S>) -> Result<(), Error> {
        let steps = instance.steps();
        self.out.open(b'{');
        self.work.push(Work::Close(b'}'));
        if steps.clone().any(|step| matches!(step, Step::Append(_) | Step::Add(_))) {
            self.push([
                Work::Member("@items"),
                Work::Open(b'['),
                Work::Appended(steps.clone()),
                Work::Close(b']'),
            ]);
        }
        let members = self.members(steps)?;
        self.push_all(members);
        match instance.arguments() {
            Some((args, keywords)) => {
                if let Some(keywords) = keywords.filter(|keywords| !keywords.is_empty()) {
                    self.push([
                        Work::Member("@kwargs"),
                        Work::Open(b'{'),
                        Work::Items(keywords),
                        Work::Close(b'}'),
                    ]);
                }
                if !args.is_empty() {
                    self.push([
                        Work::Member("@args"),
                        Work::Open(b'['),
                        Work::Elements(args),
                        Work::Close(b']'),
                    ]);
                }
            }
            None => {
                if let Some(keywords) = instance.kwargs() {
                    self.push([Work::Member("@kwargs"), Work::Node(keywords)]);
                }
                self.push([Work::Member("@args"), Work::Node(instance.args())]);
            }
        }
        self.push([Work::Member("@class"), Work::Node(instance.class())]);
        Ok(())
    }

    /// Returns the work for the attributes and items that steps set. Each name is there once, with the value that was set last: what is set
    /// is looked at before, if several steps set something. Items that have the names of attributes stand apart, as `@dict`.
    fn members(&mut self, steps: Steps<'g, S>) -> Result<Vec<Work<'g, S>>, Error> {
        // Each group with whether it is of items, which may have the names of attributes.
        let (mut groups, mut states) = (Vec::new(), Vec::new());
        for step in steps {
            let state = match step {
                Step::State(state) => Some(state),
                // `setter(object, state)`
                Step::Call(call) => call.as_instance().and_then(|call| call.args().at(1)),
                Step::SetItem(group) => {
                    groups.push((true, group));
                    None
                }
                Step::Append(_) | Step::Add(_) => None,
            };
            match state.map(|state| state_fields(state).ok_or(state)) {
                Some(Ok(fields)) => {
                    let fields = fields.into_iter().filter(|group| !group.is_empty());
                    groups.extend(fields.map(|group| (false, group)));
                }
                Some(Err(state)) => states.push(state),
                None => {}
            }
        }
        let mut work = Vec::new();
        if groups.len() <= 1 {
            work.extend(groups.into_iter().map(|(_, group)| Work::Fields(group)));
        } else {
            let all = self.merged(groups)?;
            let name = |(is_item, (key, _)): &(bool, Member<'g, S>), wanted| {
                key.text_bytes().filter(|_| *is_item == wanted)
            };
            let names: HashSet<&[u8]> = all.iter().filter_map(|member| name(member, false)).collect();
            if all.iter().filter_map(|member| name(member, true)).any(|key| names.contains(key)) {
                let (items, fields): (Vec<_>, Vec<_>) = all.into_iter().partition(|(is_item, _)| *is_item);
                let members =
                    |all: Vec<(bool, _)>| all.into_iter().map(|(_, member)| member).collect::<Vec<_>>();
                work.push(Work::Merged(members(fields).into_iter()));
                work.extend([Work::Member("@dict"), Work::Open(b'{')]);
                work.extend([Work::Merged(members(items).into_iter()), Work::Close(b'}')]);
            } else {
                let members: Vec<_> = all.into_iter().map(|(_, member)| member).collect();
                work.push(Work::Merged(members.into_iter()));
            }
        }
        for (index, state) in states.into_iter().enumerate() {
            let name = if index == 0 { "@state".into() } else { format!("@state{}", index + 1).into() };
            work.extend([Work::Name(name), Work::Node(state)]);
        }
        Ok(work)
    }

    /// The members of all groups, as a dict of Python has them: in the place of the first, with the value of the last.
    fn merged(&mut self, groups: Vec<(bool, Items<'g, S>)>) -> Result<Vec<(bool, Member<'g, S>)>, Error> {
        let mut all: Vec<(bool, Member<'g, S>)> = Vec::new();
        let mut places: HashMap<(bool, Result<&[u8], Id>), usize> = HashMap::new();
        for (is_item, group) in groups {
            for (key, value) in group {
                self.spend(1)?;
                match places.entry((is_item, key.text_bytes().ok_or(key.id()))) {
                    Entry::Occupied(place) => all[*place.get()].1.1 = value,
                    Entry::Vacant(place) => {
                        place.insert(all.len());
                        all.push((is_item, (key, value)));
                    }
                }
            }
        }
        Ok(all)
    }

    fn appended(&mut self, mut steps: Steps<'g, S>) {
        let Some(step) = steps.next() else { return };
        self.work.push(Work::Appended(steps));
        match step {
            Step::Append(elements) | Step::Add(elements) => self.work.push(Work::Elements(elements)),
            Step::State(_) | Step::Call(_) | Step::SetItem(_) => {}
        }
    }
}
