//! Values that are no objects: those of tables and arrays.

use halfsour_classes::Known;
use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{ArrayData, Element, Kind, NdArray};
use halfsour_classes::pandas::{Cell, Frame, Index, Values, beside};
use halfsour_value::{Graph, Node};

use super::walk::{MOST, Step, Walk};
use super::{Found, Pattern};
use crate::{path, tree};

impl<'g, S: AsRef<[u8]>> Walk<'_, 'g, S> {
    /// Looks at the values of a table or an array; false if it is none, or a table of which not all can be read.
    pub(super) fn table(&mut self, known: &Known<'g, S>, node: Node<'g, S>, place: usize) -> bool {
        match known {
            Known::DataFrame(frame) if frame.columns().all(|column| column.is_ok()) => {
                self.frame(frame, place);
                self.items(beside(node), place);
            }
            Known::Series(series) => {
                self.index(&series.index, place, ".index");
                self.label(Some(&series.name), place, ".name".to_owned());
                self.cells((0..series.values.len()).map(|at| series.values.get(at)), place);
                self.items(beside(node), place);
            }
            Known::PandasIndex(index) => self.index(index, place, ""),
            Known::PandasArray(values) => {
                self.cells((0..values.len()).map(|at| values.get(at)), place);
            }
            Known::ArrowArray(array) => {
                let values: Values<'g, S> = Values::Arrow { array: (**array).clone(), dtype: None };
                self.cells((0..values.len()).map(|at| values.get(at)), place);
            }
            Known::NdArray(array) => {
                self.elements(array, place, node.graph());
                match array.attributes().map(Node::items).collect::<Option<Vec<_>>>() {
                    Some(dicts) => self.items(dicts.into_iter().flatten(), place),
                    // What is no attribute has no name: it is somewhere in the state.
                    None => self.push_state(node, place),
                }
            }
            Known::NumpyScalar(scalar) => self.array(scalar.as_array(), place, node.graph()),
            _ => return false,
        }
        true
    }

    fn frame(&mut self, frame: &Frame<'g, S>, place: usize) {
        self.index(&frame.index, place, ".index");
        self.names(&frame.columns, place, ".columns");
        for number in 0..frame.width() {
            let (Ok(column), Some(label)) = (frame.column(number), frame.columns.get(number)) else {
                continue;
            };
            let of_column = self.label(Some(&label), place, path::column(&frame.columns, number));
            self.cells(column.cells(), of_column);
        }
    }

    /// Looks at a label, which leads to another place, and returns the number of that.
    fn label(&mut self, label: Option<&Cell<'g, S>>, from: usize, step: String) -> usize {
        let place = self.place(from, Step::Text(step));
        if let Some(label) = label.filter(|label| self.search.scope.keys && self.is_label(label)) {
            let (offset, value) = match label {
                Cell::Object(node) => (node.offset(), path::brief(*node, MOST)),
                cell => (None, tree::cell(cell)),
            };
            self.hit(place, Found::Key, offset, || value);
        }
        place
    }

    fn is_label(&self, label: &Cell<'g, S>) -> bool {
        match label {
            Cell::Missing => false,
            Cell::Object(node) => self.is_key(*node),
            Cell::Tuple(parts) => parts.iter().any(|part| self.is_label(part)),
            cell => found(cell, &self.search.pattern).is_some(),
        }
    }

    /// The names of an index, and its labels.
    fn index(&mut self, index: &Index<'g, S>, from: usize, step: &str) {
        self.names(index, from, step);
        let place = if step.is_empty() { from } else { self.place(from, Step::Text(step.to_owned())) };
        self.cells(index.cells(), place);
    }

    fn names(&mut self, index: &Index<'g, S>, from: usize, step: &str) {
        for (number, name) in index.names.iter().enumerate() {
            let Some(name) = name else { continue };
            self.label(Some(&Cell::Object(*name)), from, path::name_of(index, step, number));
        }
    }

    /// The values of a column, which are not all objects.
    fn cells(&mut self, cells: impl Iterator<Item = Option<Cell<'g, S>>>, place: usize) {
        for (row, cell) in cells.enumerate() {
            match cell {
                Some(Cell::Object(node)) => self.push(node, place, Step::Index(row)),
                Some(cell) => self.cell(&cell, place, &|| path::index(row)),
                None => {}
            }
        }
    }

    /// A value, at a step that is only made if something is found. Values of Arrow lie in each other no deeper than their types.
    fn cell(&mut self, cell: &Cell<'g, S>, place: usize, step: &dyn Fn() -> String) {
        match cell {
            Cell::Object(node) => self.push(*node, place, Step::Text(step())),
            Cell::Tuple(parts) | Cell::List(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    self.cell(part, place, &|| format!("{}[{at}]", step()));
                }
            }
            Cell::Dict(members) => {
                for (name, part) in members {
                    self.cell(part, place, &|| step() + &halfsour_value::path::step(name));
                }
            }
            Cell::Interval(sides, _) => {
                self.cell(&sides.0, place, &|| step() + ".left");
                self.cell(&sides.1, place, &|| step() + ".right");
            }
            cell => {
                let scope = self.search.scope;
                let kind = found(cell, &self.search.pattern)
                    .filter(|kind| if *kind == Found::Number { scope.numbers } else { scope.text });
                if let Some(kind) = kind {
                    let place = self.place(place, Step::Text(step()));
                    self.hit(place, kind, None, || tree::cell(cell));
                }
            }
        }
    }

    /// The elements of an array, of which some may be objects.
    fn elements(&mut self, array: &NdArray<'g, S>, place: usize, graph: &'g Graph<S>) {
        let is_record = matches!(array.dtype.kind, Kind::Structured(_));
        match &array.data {
            ArrayData::Objects(objects) if array.mask.is_none() && !is_record => {
                for (at, object) in objects.clone().enumerate() {
                    let step = match at_index(array, at) {
                        index if index.is_empty() => Step::All,
                        index => Step::Text(index),
                    };
                    self.push(object, place, step);
                }
            }
            _ => self.array(array, place, graph),
        }
    }

    /// The elements of an array, and the fields of records; what is masked is not there.
    fn array(&mut self, array: &NdArray<'g, S>, place: usize, graph: &'g Graph<S>) {
        for (at, element) in array.elements().into_iter().flatten().enumerate() {
            self.element(&element, place, &|| at_index(array, at), graph);
        }
    }

    /// An element, at a step that is only made if something is found. Types lie in each other no more than 32 times.
    fn element(
        &mut self,
        element: &Element<'_, S>,
        place: usize,
        step: &dyn Fn() -> String,
        graph: &'g Graph<S>,
    ) {
        let (scope, pattern) = (self.search.scope, &self.search.pattern);
        let kind = match element {
            Element::Scalar(scalar) if scope.numbers && is_scalar(scalar, pattern) => Found::Number,
            Element::LongDouble(_) if scope.numbers && pattern.is_in(element.to_string().as_bytes()) => {
                Found::Number
            }
            Element::Text(text) if scope.text && pattern.is_in(text.as_bytes()) => Found::Text,
            Element::Bytes(bytes) if scope.text && pattern.is_in(bytes) => Found::Bytes,
            Element::DateTime(_) | Element::TimeDelta(_)
                if scope.text && pattern.is_time(&element.to_string()) =>
            {
                Found::Text
            }
            Element::Object(object) => {
                return self.push(graph.node(object.id()), place, Step::Text(step()));
            }
            Element::Record(record) => {
                for (name, field) in record.fields() {
                    self.element(
                        &field,
                        place,
                        &|| format!("{}{}", step(), halfsour_value::path::step(name)),
                        graph,
                    );
                }
                return;
            }
            Element::Array(inner) => {
                for (at, element) in inner.elements().enumerate() {
                    self.element(
                        &element,
                        place,
                        &|| format!("{}{}", step(), spelled(inner.shape(), at)),
                        graph,
                    );
                }
                return;
            }
            _ => return,
        };
        let place = self.place(place, Step::Text(step()));
        self.hit(place, kind, None, || element.to_string());
    }
}

/// The kind of a value that has no parts, if it is found.
fn found<S: AsRef<[u8]>>(cell: &Cell<'_, S>, pattern: &Pattern) -> Option<Found> {
    let (kind, is_found) = match cell {
        Cell::Scalar(scalar) => (Found::Number, is_scalar(scalar, pattern)),
        Cell::Text(text) => (Found::Text, pattern.is_in(text.as_bytes())),
        Cell::Bytes(bytes) => (Found::Bytes, pattern.is_in(bytes)),
        Cell::LongDouble(number) => (Found::Number, pattern.is_in(number.to_string().as_bytes())),
        Cell::Timestamp(stamp) => {
            (Found::Text, pattern.is_in(tree::cell(cell).as_bytes()) || pattern.is_time(&stamp.to_string()))
        }
        Cell::Missing | Cell::Object(_) => return None,
        cell => (Found::Text, pattern.is_in(tree::cell(cell).as_bytes())),
    };
    is_found.then_some(kind)
}

pub(super) fn is_scalar(scalar: &Scalar, pattern: &Pattern) -> bool {
    match *scalar {
        Scalar::Int(int) => pattern.is_int(int),
        Scalar::UInt(int) => match i64::try_from(int) {
            Ok(int) => pattern.is_int(int),
            Err(_) => pattern.is_in(int.to_string().as_bytes()),
        },
        Scalar::Bool(value) => pattern.is_int(value.into()),
        Scalar::Float(float) => pattern.is_float(float),
        Scalar::Complex(..) => false,
    }
}

/// `[0, 3]`: the step to an element, by its number.
pub(crate) fn at_index<S>(array: &NdArray<'_, S>, number: usize) -> String {
    spelled(&array.shape, number)
}

fn spelled(shape: &[usize], number: usize) -> String {
    let mut rest = number;
    let mut indices: Vec<_> = shape
        .iter()
        .rev()
        .map(|length| {
            let index = rest.checked_rem(*length).unwrap_or(0);
            rest = rest.checked_div(*length).unwrap_or(0);
            index.to_string()
        })
        .collect();
    indices.reverse();
    if indices.is_empty() { String::new() } else { format!("[{}]", indices.join(", ")) }
}
