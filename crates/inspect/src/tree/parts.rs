//! What a container or an object is made of.

use std::sync::Arc;

use halfsour_classes::{Known, fields_set, state_fields};
use halfsour_value::{Data, Elements, Items, Node, Part, Step};

use super::cells::{Cells, Rows};
use super::line::{Full, Line};
use super::pandas::{self, Table};
use super::{ShowLimits, known, objects};
use crate::names::as_name;
use crate::path::Place;
use crate::spans::Role;

/// Something to be shown.
pub enum Target<'g, S> {
    Node(Node<'g, S>),
    /// Values that were appended or added to an object; in these brackets.
    Elements(Elements<'g, S>, &'static str, &'static str),
    /// A value that is no object.
    Text(String),
    /// Elements of an array, or values of a column or an index.
    Cells(Cells<'g, S>),
    /// Rows of an array.
    Rows(Rows<'g, S>),
    /// A part of an object that is drawn as if it had been pickled alone.
    Known(Arc<Known<'g, S>>),
    /// The objects of an array, and what stands before and after them.
    Array(String, Elements<'g, S>, &'static str),
    /// Some members of a list.
    Members(Vec<Node<'g, S>>),
}

/// What stands before and after the items.
pub struct Head {
    pub open: String,
    pub close: &'static str,
}

/// Something in a container or object.
pub struct Item<'g, S> {
    name: Name<'g, S>,
    pub target: Target<'g, S>,
}

enum Name<'g, S> {
    None,
    /// `key: `
    Key(Node<'g, S>),
    /// `name=`
    Attribute(Node<'g, S>),
    /// `append: `
    Label(&'static str),
    /// The same, of the data.
    Text(String),
}

/// The items of a container or object.
pub struct Parts<'g, S> {
    /// The next last.
    groups: Vec<Group<'g, S>>,
}

pub(super) enum Group<'g, S> {
    Values(Elements<'g, S>),
    Members(std::vec::IntoIter<Node<'g, S>>),
    Pairs(Items<'g, S>),
    Attributes(Items<'g, S>),
    One(&'static str, Node<'g, S>),
    Unnamed(Node<'g, S>),
    Target(Target<'g, S>),
    Many(&'static str, Elements<'g, S>, &'static str, &'static str),
    Table(Table<'g, S>),
    /// Attributes by their names.
    Named(std::vec::IntoIter<(Node<'g, S>, Node<'g, S>)>),
    Cells(Cells<'g, S>),
    Rows(Rows<'g, S>),
    /// What is said of the object itself.
    Said(String),
}

impl<'g, S: AsRef<[u8]>> Target<'g, S> {
    pub fn parts(&self, limits: ShowLimits) -> (Head, Parts<'g, S>) {
        let node = match self {
            Self::Node(node) => *node,
            Self::Elements(elements, open, close) => {
                return (head(open, close), Parts::of(Group::Values(elements.clone())));
            }
            Self::Text(text) => return (head(text, ""), Parts::none()),
            Self::Cells(cells) => return cells.parts(limits),
            Self::Rows(rows) => {
                return (head(&rows.open, rows.close), Parts::of(Group::Rows(rows.clone())));
            }
            Self::Known(known) => {
                return known::drawn_of(known, None, limits)
                    .unwrap_or_else(|| (head("?", ""), Parts::none()));
            }
            Self::Array(open, elements, close) => {
                return (head(open, close), Parts::of(Group::Values(elements.clone())));
            }
            Self::Members(members) => {
                return (head("[", "]"), Parts::of(Group::Members(members.clone().into_iter())));
            }
        };
        match node.data() {
            Data::List(elements) => (head("[", "]"), Parts::of(Group::Values(elements))),
            Data::Tuple(elements) => (head("(", ")"), Parts::of(Group::Values(elements))),
            Data::Dict(items) => (head("{", "}"), Parts::of(Group::Pairs(items))),
            Data::Set(elements) if elements.is_empty() => {
                (head("set(", ")"), Parts::of(Group::Values(elements)))
            }
            Data::Set(elements) => (head("{", "}"), Parts::of(Group::Values(elements))),
            Data::FrozenSet(elements) if elements.is_empty() => {
                (head("frozenset(", ")"), Parts::of(Group::Values(elements)))
            }
            Data::FrozenSet(elements) => (head("frozenset({", "})"), Parts::of(Group::Values(elements))),
            Data::PersistentId(id) => {
                let mut parts = Parts::of(Group::Unnamed(id));
                parts.push_steps(node);
                (head("persistent_id(", ")"), parts)
            }
            Data::ReadOnly(of) => (head("memoryview(", ")"), Parts::of(Group::Unnamed(of))),
            Data::Instance(instance) => {
                let mut parts = Parts::none();
                if let Some(drawn) = known::drawn(node, limits) {
                    return drawn;
                }
                if let Some((open, groups, close)) = objects::call(node) {
                    return (Head { open, close }, Parts { groups });
                }
                let class = instance.class();
                let open = match class.as_global() {
                    Some(class) => format!("{}(", class.visible_name()),
                    None => {
                        parts.groups.push(Group::One("class", class));
                        "object(".to_owned()
                    }
                };
                let arguments = instance.arguments();
                for part in instance.parts() {
                    match (part, &arguments) {
                        (Part::Args(_), Some((args, keywords))) => {
                            parts.groups.push(Group::Values(args.clone()));
                            parts.groups.extend(keywords.clone().map(Group::Attributes));
                        }
                        // The head names the class, and keywords are among the arguments.
                        (Part::Callable(_), _) | (Part::Kwargs(_), Some(_)) => {}
                        (Part::Args(odd), None) => parts.groups.push(Group::One("args", odd)),
                        (Part::Kwargs(odd), None) => parts.groups.push(Group::One("kwargs", odd)),
                        (Part::Step(step), _) => parts.push_step(step),
                    }
                }
                parts.groups.reverse();
                (Head { open, close: ")" }, parts)
            }
            // Something without parts, to which something was done.
            data => {
                let mut parts = Parts::none();
                parts.push_steps(node);
                let name = match data {
                    Data::Global(global) => global.visible_name(),
                    _ => node.to_string(),
                };
                (Head { open: format!("{name} <- ("), close: ")" }, parts)
            }
        }
    }

    /// As they are on one line: there, a tuple of one needs its comma.
    pub fn parts_line(&self, limits: ShowLimits) -> (Head, Parts<'g, S>) {
        let (head, parts) = self.parts(limits);
        let close = if head.open == "(" && parts.len() == 1 { ",)" } else { head.close };
        (Head { close, ..head }, parts)
    }
}

impl<S> Clone for Target<'_, S> {
    fn clone(&self) -> Self {
        match self {
            Self::Node(node) => Self::Node(*node),
            Self::Elements(elements, open, close) => Self::Elements(elements.clone(), open, close),
            Self::Text(text) => Self::Text(text.clone()),
            Self::Cells(cells) => Self::Cells(cells.clone()),
            Self::Rows(rows) => Self::Rows(rows.clone()),
            Self::Known(known) => Self::Known(Arc::clone(known)),
            Self::Array(open, elements, close) => Self::Array(open.clone(), elements.clone(), close),
            Self::Members(members) => Self::Members(members.clone()),
        }
    }
}

impl<'g, S: AsRef<[u8]>> From<Place<'g, S>> for Target<'g, S> {
    fn from(place: Place<'g, S>) -> Self {
        match place {
            Place::Node(node) => Self::Node(node),
            Place::Members(members) => Self::Members(members),
            Place::Cell(cell) => Self::Text(pandas::cell(&cell)),
            Place::Known(known) => match known::part(&known) {
                Some(text) => Self::Text(text),
                None => Self::Known(Arc::from(known)),
            },
        }
    }
}

impl Head {
    /// What opens: a name, and the rest.
    pub fn name_and_rest(&self) -> (&str, &str) {
        self.open.split_at(self.open.find(['(', '[', '{']).unwrap_or(self.open.len()))
    }
}

fn head(open: &str, close: &'static str) -> Head {
    Head { open: open.to_owned(), close }
}

impl<'g, S: AsRef<[u8]>> Parts<'g, S> {
    pub fn none() -> Self {
        Self { groups: Vec::new() }
    }

    pub fn of(group: Group<'g, S>) -> Self {
        Self { groups: vec![group] }
    }

    /// The rows and columns, and after them the reference systems of geometries, and what else is named.
    pub fn of_table(table: Table<'g, S>, named: Vec<(Node<'g, S>, Node<'g, S>)>) -> Self {
        let mut groups = vec![Group::Named(named.into_iter())];
        groups.extend(table.reference_systems().map(|crs| Group::One("crs", crs)));
        groups.push(Group::Table(table));
        Self { groups }
    }

    /// Adds what was done to something that is no instance.
    fn push_steps(&mut self, node: Node<'g, S>) {
        if let Some(steps) = node.foreign_steps() {
            self.groups.reverse();
            steps.for_each(|step| self.push_step(step));
            self.groups.reverse();
        }
    }

    fn push_step(&mut self, step: Step<'g, S>) {
        match step {
            Step::State(state) => match state_fields(state) {
                Some(parts) if parts.iter().all(are_names) => {
                    self.groups.extend(parts.into_iter().map(Group::Attributes));
                    self.groups.extend(fields_set(state).map(|set| Group::One("fields set", set)));
                }
                _ => self.groups.push(Group::One("state", state)),
            },
            Step::Append(elements) => self.groups.push(Group::Many("append", elements, "[", "]")),
            Step::Add(elements) => self.groups.push(Group::Many("add", elements, "{", "}")),
            Step::SetItem(items) => self.groups.push(Group::Pairs(items)),
            Step::Call(call) => self.groups.push(Group::One("call", call)),
        }
    }

    /// Adds parts of a state: attributes, where they are a dict of such.
    pub fn push_attributes(&mut self, states: Vec<Node<'g, S>>) {
        self.groups.reverse();
        for state in states {
            self.push_step(Step::State(state));
        }
        self.groups.reverse();
    }

    /// How many of them are shown at most.
    pub fn most(&self, limits: ShowLimits) -> usize {
        match self.groups[..] {
            [Group::Rows(_)] => limits.max_rows,
            _ => limits.max_items,
        }
    }

    /// Leaves those in which there is no object.
    pub fn objects(mut self) -> Self {
        self.groups.retain(|group| match group {
            Group::Rows(rows) => rows.has_objects(),
            Group::Cells(_) | Group::Table(_) | Group::Said(_) => false,
            _ => true,
        });
        self
    }

    /// How many are left.
    pub fn len(&self) -> usize {
        let length = |group: &Group<'g, S>| match group {
            Group::Values(elements) => elements.len(),
            Group::Members(members) => members.len(),
            Group::Pairs(items) | Group::Attributes(items) => items.len(),
            Group::One(..) | Group::Unnamed(_) | Group::Target(_) | Group::Many(..) | Group::Said(_) => 1,
            Group::Table(table) => table.len(),
            Group::Named(named) => named.len(),
            Group::Cells(cells) => cells.len(),
            Group::Rows(rows) => rows.len(),
        };
        self.groups.iter().map(length).sum()
    }
}

/// Whether these keys can stand as `name=`.
fn are_names<S: AsRef<[u8]>>(items: &Items<'_, S>) -> bool {
    items.clone().all(|(key, _)| as_name(key).is_some())
}

impl<'g, S: AsRef<[u8]>> Iterator for Parts<'g, S> {
    type Item = Item<'g, S>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(group) = self.groups.last_mut() {
            let item = match group {
                Group::Values(elements) => elements.next().map(|node| (Name::None, Target::Node(node))),
                Group::Members(members) => members.next().map(|node| (Name::None, Target::Node(node))),
                Group::Pairs(items) => items.next().map(|(key, node)| (Name::Key(key), Target::Node(node))),
                Group::Named(named) => {
                    named.next().map(|(name, node)| (Name::Attribute(name), Target::Node(node)))
                }
                Group::Attributes(items) => {
                    items.next().map(|(name, node)| (Name::Attribute(name), Target::Node(node)))
                }
                Group::Table(table) => table.next().map(|(name, target)| (Name::Text(name), target)),
                Group::Cells(cells) => cells.next_line().map(|line| (Name::None, Target::Text(line))),
                Group::Rows(rows) => rows.next_row().map(|row| (Name::None, row)),
                Group::One(..) | Group::Unnamed(_) | Group::Target(_) | Group::Many(..) | Group::Said(_) => {
                    None
                }
            };
            if let Some((name, target)) = item {
                return Some(Item { name, target });
            }
            match self.groups.pop() {
                Some(Group::One(label, node)) => {
                    return Some(Item { name: Name::Label(label), target: Target::Node(node) });
                }
                Some(Group::Unnamed(node)) => {
                    return Some(Item { name: Name::None, target: Target::Node(node) });
                }
                Some(Group::Target(target)) => return Some(Item { name: Name::None, target }),
                Some(Group::Said(text)) => {
                    return Some(Item { name: Name::None, target: Target::Text(text) });
                }
                Some(Group::Many(label, elements, open, close)) => {
                    let target = Target::Elements(elements, open, close);
                    return Some(Item { name: Name::Label(label), target });
                }
                _ => {}
            }
        }
        None
    }
}

impl<S: AsRef<[u8]>> Item<'_, S> {
    /// Writes what stands before the value.
    pub fn write_name(&self, line: &mut Line, limits: ShowLimits, levels: usize) -> Result<(), Full> {
        match self.name {
            Name::None => Ok(()),
            Name::Key(key) => {
                line.key(key, limits, levels)?;
                line.plain(": ")
            }
            Name::Attribute(name) => {
                match as_name(name) {
                    Some(name) => line.plain(name)?,
                    None => line.key(name, limits, levels)?,
                }
                line.plain("=")
            }
            Name::Text(ref name) => {
                line.push(Role::Dim, name)?;
                line.plain(": ")
            }
            Name::Label(label) => {
                line.push(Role::Dim, label)?;
                line.plain(": ")
            }
        }
    }
}
