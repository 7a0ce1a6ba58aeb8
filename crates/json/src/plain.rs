//! The plain form.

use std::collections::{HashMap, HashSet};

use halfsour_classes::Known;
use halfsour_classes::memory::Scalar;
use halfsour_classes::pandas::{Cell, is_na};
use halfsour_classes::stdlib::{Members, Pairs};
use halfsour_value::{Data, Elements, Global, Graph, Id, Items, Node, Steps};

use crate::numpy::Objects;
use crate::out::Out;
use crate::pandas::Table;
use crate::{Cycles, Error, ErrorKind, Style};

mod instance;
mod keys;

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
        Self {
            out,
            open,
            cycles,
            depths: HashMap::new(),
            values,
            depth,
            work: Vec::new(),
            checked: (HashSet::new(), None),
        }
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
    /// The dicts whose keys were found to have different names, and the last of them.
    checked: (HashSet<Id>, Option<Id>),
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
                Work::Member(name) => {
                    self.out.member(name)?;
                    self.stands_for_part(name);
                }
                Work::Name(name) => {
                    self.out.item()?;
                    self.out.string(name.as_bytes())?;
                    self.out.colon();
                    self.stands_for_part(&name);
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
                self.check_dict(key.graph())?;
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
}
