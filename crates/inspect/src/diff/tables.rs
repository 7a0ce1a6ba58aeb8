//! Arrays and tables: which elements differ, and which values, by column and row.

use std::collections::HashMap;

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::Element;
use halfsour_classes::pandas::{Cell, Column, Frame, Index, Labels, Series, Values, is_na};
use halfsour_classes::stdlib::{Array, ArrayItem};
use halfsour_text::repr;
use halfsour_value::{Data, Items, Node};
use serde::Serialize;

use super::shape::Shape;
use super::{Change, Diff, DiffError, Step, Tolerance, leaf};
use crate::{path, tree, type_name};

/// How many bytes of a value are shown.
const MOST: usize = 60;

/// Which elements of two arrays of one shape differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Elements {
    /// How many elements differ.
    pub different: usize,
    /// How many there are.
    pub all: usize,
    /// The first that differs: `[0, 3]`.
    pub first: String,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
    /// The greatest distance between two numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest: Option<f64>,
    /// The element at which that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greatest_at: Option<String>,
}

/// A part of an array or table that differs, and is no object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// What it was, as Python shows it; `None` if only the new side has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What it is; `None` if only the old side has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// What it is a part of: the label of the row, say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

impl Part {
    pub(super) fn changed(old: String, new: String) -> Self {
        Self { old: Some(old), new: Some(new), of: None }
    }
}

/// How elements differ, taken together from one after the other.
#[derive(Default)]
pub(super) struct Tally {
    different: usize,
    pub(super) first: Option<(usize, String, String)>,
    greatest: Option<(f64, usize)>,
}

impl Tally {
    pub(super) fn add(
        &mut self,
        at: usize,
        [x, y]: [Option<f64>; 2],
        shown: impl FnOnce() -> (String, String),
    ) {
        self.different += 1;
        if self.first.is_none() {
            let (old, new) = shown();
            self.first = Some((at, old, new));
        }
        if let (Some(x), Some(y)) = (x, y)
            && let distance = (x - y).abs()
            && self.greatest.is_none_or(|(greatest, _)| distance > greatest)
            && !distance.is_nan()
        {
            self.greatest = Some((distance, at));
        }
    }

    pub(super) fn told(self, all: usize, index: impl Fn(usize) -> String) -> Option<Elements> {
        let (first, old, new) = self.first?;
        let (greatest, at) = self.greatest.unzip();
        let (first, greatest_at) = (index(first), at.map(index));
        Some(Elements { different: self.different, all, first, old, new, greatest, greatest_at })
    }
}

impl<'g, S: AsRef<[u8]>> Diff<'g, S> {
    pub(super) fn arrays(&mut self, a: &Array<'g, S>, b: &Array<'g, S>, place: usize) {
        if self.rules.types && a.typecode != b.typecode {
            let told = |array: &Array<'g, S>| format!("an array of '{}'", array.typecode);
            self.differ(place, Change::Part(Part::changed(told(a), told(b))));
        }
        if a.len() != b.len() {
            let told = |array: &Array<'g, S>| format!("an array of {}", array.len());
            return self.differ(place, Change::Part(Part::changed(told(a), told(b))));
        }
        let float = |item: &ArrayItem| match item {
            #[expect(clippy::cast_precision_loss, reason = "it tells how far apart they are")]
            ArrayItem::Int(int) => Some(*int as f64),
            ArrayItem::Float(float) => Some(*float),
            ArrayItem::Character(_) => None,
        };
        let shown = |item: &ArrayItem| match item {
            ArrayItem::Int(int) => int.to_string(),
            ArrayItem::Float(float) => repr::Float(*float).to_string(),
            ArrayItem::Character(point) => format!("{:?}", char::from_u32(*point).unwrap_or('\u{fffd}')),
        };
        let mut tally = Tally::default();
        for (at, (x, y)) in a.iter().zip(b.iter()).enumerate() {
            if !leaf::same_items(x, y, self.rules.tolerance) {
                tally.add(at, [float(&x), float(&y)], || (shown(&x), shown(&y)));
            }
        }
        if let Some(elements) = tally.told(a.len(), path::index) {
            self.differ(place, Change::Elements(Box::new(elements)));
        }
    }

    /// Compares the classes of two tables, of which the values are compared whatever the classes are.
    pub(super) fn classes(&mut self, [a, b]: [Node<'g, S>; 2], place: usize) {
        let [x, y] = [a, b].map(type_name);
        if x != y {
            let place = self.place(place, Step::Part("(class)"));
            self.differ(place, Change::Part(Part::changed(x, y)));
        }
    }

    /// Compares the attributes that a program gave to tables.
    fn attributes(&mut self, [a, b]: [Option<&Items<'g, S>>; 2], place: usize) {
        let [x, y] = [a, b].map(|items| items.cloned().into_iter().flatten().collect::<Vec<_>>());
        if !x.is_empty() || !y.is_empty() {
            let place = self.place(place, Step::Part(".attrs"));
            self.mappings(&x, &y, self.rules.order, place);
        }
    }

    /// Compares frames by their columns and the labels of their rows.
    pub(super) fn tables(
        &mut self,
        a: &Frame<'g, S>,
        b: &Frame<'g, S>,
        place: usize,
    ) -> Result<(), DiffError> {
        self.attributes([a.attributes.as_ref(), b.attributes.as_ref()], place);
        self.heads([&a.index, &b.index], place, ".index")?;
        self.heads([&a.columns, &b.columns], place, ".columns")?;
        let rows = self.rows(&a.index, &b.index, place)?;
        let theirs = numbered(&b.columns);
        let mine = numbered(&a.columns);
        let (mut last, mut in_order) = (0, true);
        for (label, &number) in sorted(&mine) {
            let x = readable(a, number)?;
            let place = self.place(place, Step::Text(path::column(&a.columns, number)));
            if let Some(&other) = theirs.get(label) {
                in_order &= last <= other;
                last = other;
                let y = readable(b, other)?;
                self.kinds([x.values, y.values], place, "", "cat")?;
                self.column(&rows, place, |row| x.get(row), |row| y.get(row))?;
            } else {
                let old = Some(format!("a column of {}", x.values));
                self.differ(place, Change::Part(Part { old, ..Part::default() }));
            }
        }
        if self.rules.order && !in_order {
            self.differ_at(place, Step::Part(".columns"), Change::Order);
        }
        for (label, &number) in sorted(&theirs) {
            if !mine.contains_key(label) {
                let new = Some(format!("a column of {}", readable(b, number)?.values));
                let place = self.place(place, Step::Text(path::column(&b.columns, number)));
                self.differ(place, Change::Part(Part { new, ..Part::default() }));
            }
        }
        Ok(())
    }

    pub(super) fn series(
        &mut self,
        a: &Series<'g, S>,
        b: &Series<'g, S>,
        place: usize,
    ) -> Result<(), DiffError> {
        self.attributes([a.attributes.as_ref(), b.attributes.as_ref()], place);
        self.heads([&a.index, &b.index], place, ".index")?;
        let rows = self.rows(&a.index, &b.index, place)?;
        match (&a.name, &b.name) {
            (Cell::Object(x), Cell::Object(y)) => self.step(*x, *y, place, Step::Part(".name"))?,
            (x, y) if same_cells(x, y, self.rules.tolerance) => {}
            (x, y) => {
                self.differ_at(place, Step::Part(".name"), Change::Part(Part::changed(label(x), label(y))));
            }
        }
        self.kinds([&a.values, &b.values], place, "", "cat")?;
        self.column(&rows, place, |row| a.values.get(row), |row| b.values.get(row))
    }

    /// Compares indexes that belong to no table.
    pub(super) fn indexes(
        &mut self,
        a: &Index<'g, S>,
        b: &Index<'g, S>,
        place: usize,
    ) -> Result<(), DiffError> {
        self.heads([a, b], place, "")?;
        self.values([a.len(), b.len()], place, |at| a.get(at), |at| b.get(at))
    }

    /// Compares arrays of pandas that belong to no table.
    pub(super) fn columns(
        &mut self,
        a: &Values<'g, S>,
        b: &Values<'g, S>,
        place: usize,
    ) -> Result<(), DiffError> {
        self.kinds([a, b], place, "", "")?;
        self.values([a.len(), b.len()], place, |at| a.get(at), |at| b.get(at))
    }

    /// The labels of an index, or the values of an array of pandas.
    fn values(
        &mut self,
        lengths: [usize; 2],
        place: usize,
        a: impl Fn(usize) -> Option<Cell<'g, S>>,
        b: impl Fn(usize) -> Option<Cell<'g, S>>,
    ) -> Result<(), DiffError> {
        let [x, y] = lengths;
        if x != y {
            let told = |length| format!("an array of {length}");
            self.differ(place, Change::Part(Part::changed(told(x), told(y))));
            return Ok(());
        }
        self.spend(x)?;
        let rows = Rows { pairs: (0..x).map(|row| (row, row)).collect(), labels: Vec::new() };
        self.column(&rows, place, a, b)
    }

    pub(super) fn spend(&mut self, cells: usize) -> Result<(), DiffError> {
        self.left = self.left.checked_sub(cells).ok_or(DiffError::TooMuch)?;
        Ok(())
    }

    /// Which rows belong together: those with the same label, where each label is there once; otherwise those in the same place.
    fn rows(&mut self, a: &Index<'g, S>, b: &Index<'g, S>, place: usize) -> Result<Rows, DiffError> {
        self.spend(a.len().saturating_add(b.len()))?;
        let same = a.len() == b.len();
        let is_numbered =
            |index: &Index<'g, S>| matches!(index.labels, Labels::Range { start: 0, step: 1, .. });
        if is_numbered(a) && is_numbered(b) {
            let both = a.len().min(b.len());
            self.lone_rows(a, both..a.len(), false, place);
            self.lone_rows(b, both..b.len(), true, place);
            return Ok(Rows { pairs: (0..both).map(|row| (row, row)).collect(), labels: Vec::new() });
        }
        let labels = |index: &Index<'g, S>| {
            index.cells().map(|cell| cell.map_or_else(String::new, |cell| label(&cell))).collect::<Vec<_>>()
        };
        let (x, y) = (labels(a), labels(b));
        if x == y {
            return Ok(Rows { pairs: (0..x.len()).map(|row| (row, row)).collect(), labels: y });
        }
        let places = |labels: &[String]| -> Option<HashMap<String, usize>> {
            let all: HashMap<_, _> = labels.iter().cloned().zip(0..).collect();
            (all.len() == labels.len()).then_some(all)
        };
        let (Some(mine), Some(theirs)) = (places(&x), places(&y)) else {
            let both = x.len().min(y.len());
            if !same {
                let told = |length| format!("{length} rows, of which some have the same label");
                let at = self.place(place, Step::Part(".index"));
                self.differ(at, Change::Part(Part::changed(told(x.len()), told(y.len()))));
            }
            for (row, (old, new)) in x.iter().zip(&y).enumerate().filter(|(_, (old, new))| old != new) {
                let at = self.place(place, Step::Text(format!(".index[{row}]")));
                self.differ(at, Change::Part(Part::changed(old.clone(), new.clone())));
            }
            return Ok(Rows { pairs: (0..both).map(|row| (row, row)).collect(), labels: y });
        };
        let mut pairs = Vec::new();
        for (row, label) in x.iter().enumerate() {
            match theirs.get(label) {
                Some(other) => pairs.push((row, *other)),
                None => self.lone_rows(a, row..row + 1, false, place),
            }
        }
        if self.rules.order && !pairs.is_sorted_by_key(|(_, other)| *other) {
            self.differ_at(place, Step::Part(".index"), Change::Order);
        }
        for (row, _) in y.iter().enumerate().filter(|(_, label)| !mine.contains_key(*label)) {
            self.lone_rows(b, row..row + 1, true, place);
        }
        Ok(Rows { pairs, labels: y })
    }

    /// Tells rows that only one side has.
    fn lone_rows(&mut self, index: &Index<'g, S>, rows: std::ops::Range<usize>, is_new: bool, place: usize) {
        for row in rows {
            let text = index.get(row).map(|cell| format!("the row {}", label(&cell)));
            let (old, new) = if is_new { (None, text) } else { (text, None) };
            let at = self.place(place, Step::Text(format!(".index[{row}]")));
            self.differ(at, Change::Part(Part { old, new, of: None }));
        }
    }

    fn column(
        &mut self,
        rows: &Rows,
        place: usize,
        a: impl Fn(usize) -> Option<Cell<'g, S>>,
        b: impl Fn(usize) -> Option<Cell<'g, S>>,
    ) -> Result<(), DiffError> {
        self.spend(rows.pairs.len())?;
        for &(row, other) in &rows.pairs {
            let (x, y) = (a(row), b(other));
            match (&x, &y) {
                // What has parts is compared by them.
                (Some(Cell::Object(x)), Some(Cell::Object(y)))
                    if !matches!((Shape::of(*x), Shape::of(*y)), (Shape::Leaf, Shape::Leaf)) =>
                {
                    let pairs = vec![(*x, *y, Step::Index(other))];
                    self.frames.push(super::Frame::Pairs(pairs.into_iter(), place));
                }
                (Some(x), Some(y)) if same_cells(x, y, self.rules.tolerance) => {}
                (None, None) => {}
                _ => {
                    let shown =
                        |cell: Option<Cell<'g, S>>| cell.map_or_else(|| "?".to_owned(), |cell| label(&cell));
                    let of = rows.labels.get(other).map(|label| format!("row {label}"));
                    let at = self.place(place, Step::Index(other));
                    self.differ(at, Change::Part(Part { of, ..Part::changed(shown(x), shown(y)) }));
                }
            }
        }
        Ok(())
    }
}

/// The rows of two tables that belong together, and the labels of the new one, where they do more than number its rows.
struct Rows {
    pairs: Vec<(usize, usize)>,
    labels: Vec<String>,
}

/// The columns by their labels, of which the same may be there again.
fn numbered<S: AsRef<[u8]>>(columns: &Index<'_, S>) -> HashMap<(String, usize), usize> {
    let mut times = HashMap::new();
    let mut number = |(at, cell): (usize, Option<Cell<'_, S>>)| {
        let label = cell.map_or_else(String::new, |cell| label(&cell));
        let time = times.entry(label.clone()).or_insert(0_usize);
        *time += 1;
        ((label, *time), at)
    };
    columns.cells().enumerate().map(&mut number).collect()
}

/// A column, or the reason why there is none to be compared.
fn readable<'f, 'g, S: AsRef<[u8]>>(
    frame: &'f Frame<'g, S>,
    number: usize,
) -> Result<Column<'f, 'g, S>, DiffError> {
    frame.column(number).map_err(|why| {
        let name = frame.columns.get(number).map_or_else(|| number.to_string(), |cell| label(&cell));
        DiffError::Unreadable(format!("{name}: {}", why.reason()))
    })
}

/// In the order of the columns.
fn sorted(columns: &HashMap<(String, usize), usize>) -> Vec<(&(String, usize), &usize)> {
    let mut all: Vec<_> = columns.iter().collect();
    all.sort_by_key(|(_, number)| **number);
    all
}

/// A value or label as it is shown.
pub(super) fn label<S: AsRef<[u8]>>(cell: &Cell<'_, S>) -> String {
    match cell {
        Cell::Object(node) => path::brief(*node, MOST),
        cell => short(&tree::cell(cell)),
    }
}

pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether two values of tables are equal. What is missing is, however a release of pandas says so.
pub(super) fn same_cells<S: AsRef<[u8]>>(a: &Cell<'_, S>, b: &Cell<'_, S>, tolerance: Tolerance) -> bool {
    if let (Cell::Object(a), Cell::Object(b)) = (a, b) {
        return leaf::same(*a, *b, tolerance);
    }
    match (plain(a), plain(b)) {
        (Plain::Missing, Plain::Missing) => true,
        (Plain::Scalar(a), Plain::Scalar(b)) => {
            leaf::same_element::<S>(&Element::Scalar(a), &Element::Scalar(b), tolerance)
        }
        (Plain::Text(a), Plain::Text(b)) => a == b,
        (Plain::Other, Plain::Other) => tree::cell(a) == tree::cell(b),
        _ => false,
    }
}

/// A value, whether it is an object or not.
enum Plain<'a> {
    Missing,
    Scalar(Scalar),
    Text(&'a [u8]),
    Other,
}

fn plain<'a, S: AsRef<[u8]>>(cell: &'a Cell<'_, S>) -> Plain<'a> {
    let scalar = match cell {
        Cell::Missing => return Plain::Missing,
        Cell::Text(text) => return Plain::Text(text.as_bytes()),
        Cell::Scalar(Scalar::Float(float)) if float.is_nan() => return Plain::Missing,
        Cell::Scalar(scalar) => return Plain::Scalar(*scalar),
        Cell::Object(node) => match node.data() {
            Data::None => return Plain::Missing,
            Data::Global(global) if is_na(&global) => return Plain::Missing,
            Data::Str(text) => return Plain::Text(text.as_wtf8()),
            Data::Float(float) if float.is_nan() => return Plain::Missing,
            Data::Float(float) => Scalar::Float(float),
            Data::Int(int) => Scalar::Int(int),
            Data::Bool(value) => Scalar::Bool(value),
            _ => return Plain::Other,
        },
        _ => return Plain::Other,
    };
    Plain::Scalar(scalar)
}

/// Whether all values of a frame can be read, so that it is compared by them.
pub fn is_readable<S: AsRef<[u8]>>(frame: &Frame<'_, S>) -> bool {
    frame.columns().all(|column| column.is_ok())
}
