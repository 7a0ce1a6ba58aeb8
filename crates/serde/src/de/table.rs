//! Frames, series, indexes and arrays of pandas, as serde sees them: rows, or columns by name.

use std::collections::HashSet;

use halfsour_classes::Known;
use halfsour_classes::pandas::names::{label_names, make_unique, name_of};
use halfsour_classes::pandas::{Cell, Frame, Index, Labels, Series, Values};
use halfsour_value::Node;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::access::Lend;
use super::item::Item;
use super::{Asked, De};
use crate::Error;
use crate::common::forward_wrappers;

enum Source<'g, S> {
    Frame(Box<Frame<'g, S>>),
    Series(Box<Series<'g, S>>),
    Values(Box<Values<'g, S>>),
    Index(Box<Index<'g, S>>),
}

struct Table<'g, S> {
    source: Source<'g, S>,
    rows: usize,
    /// The names of the columns, those of the labels first. Of values and indexes, which have one column, it is empty.
    names: Vec<String>,
    /// The number of columns that are labels.
    labels: usize,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> De<'_, 'g, S, L> {
    /// Deserializes a table.
    pub(super) fn table<V: Visitor<'de>>(
        &self,
        known: Known<'g, S>,
        asked: Asked,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let table = match known {
            Known::DataFrame(frame) => self.frame(frame)?,
            Known::Series(series) => self.series(series)?,
            Known::PandasIndex(index) => {
                check_index(&index)?;
                Table { rows: index.len(), source: Source::Index(index), names: Vec::new(), labels: 0 }
            }
            Known::PandasArray(values) => {
                check(&values)?;
                Table { rows: values.len(), source: Source::Values(values), names: Vec::new(), labels: 0 }
            }
            Known::ArrowArray(array) => {
                let values = Box::new(Values::Arrow { array: *array, dtype: None });
                Table { rows: values.len(), source: Source::Values(values), names: Vec::new(), labels: 0 }
            }
            _ => return Err(self.misfit(&visitor)),
        };
        let at = self.deeper()?;
        match (asked, &table.source) {
            (Asked::Map | Asked::Struct(_), Source::Frame(_)) => {
                visitor.visit_map(Columns { at, table: &table, next: 0, is_struct: asked != Asked::Map })
            }
            (Asked::Map | Asked::Struct(_), Source::Series(series)) => {
                if asked == Asked::Map {
                    at.check_labels(&series.index)?;
                }
                visitor.visit_map(Labelled { at, series, next: 0 })
            }
            (Asked::Any | Asked::Sequence | Asked::Tuple(_), source) => {
                let is_column = match source {
                    Source::Frame(_) => false,
                    // To a type that takes anything, labels belong to the values.
                    Source::Series(_) => asked != Asked::Any || table.labels == 0,
                    Source::Values(_) | Source::Index(_) => true,
                };
                let column = is_column.then_some(table.labels);
                visit_members(at, &table, column, visitor)
            }
            _ => Err(self.misfit(&visitor)),
        }
    }

    /// Refuses labels of which a map would lose some.
    fn check_labels(&self, index: &Index<'g, S>) -> Result<(), Error> {
        if let Labels::Range { .. } = index.labels {
            return Ok(());
        }
        let mut seen = HashSet::new();
        for (row, label) in index.cells().enumerate() {
            let mut name = String::new();
            if let Some(label) = label {
                // So, text and numbers differ.
                name_of(&Cell::Tuple(vec![label]), &mut name);
            }
            self.pay(name.len())?;
            if let Some(name) = seen.replace(name) {
                let error =
                    Error::custom(format_args!("the label {} is there twice", name.trim_matches(['(', ')'])));
                return Err(error.within(format!("[{row}]")));
            }
        }
        Ok(())
    }

    fn frame(&self, frame: Box<Frame<'g, S>>) -> Result<Table<'g, S>, Error> {
        check_index(&frame.index)?;
        let mut names = label_names(&frame.index);
        let labels = names.len();
        for label in frame.columns.cells() {
            let mut name = String::new();
            if let Some(label) = label {
                name_of(&label, &mut name);
            }
            self.pay(name.len())?;
            names.push(name);
        }
        make_unique(&mut names, labels);
        for (number, name) in names[labels..].iter().enumerate() {
            let column = frame.column(number);
            let column = column.ok_or_else(|| Error::custom("the frame's blocks do not have this column"));
            column
                .and_then(|column| check(column.values))
                .map_err(|error| error.within(format!(".{name}")))?;
        }
        Ok(Table { rows: frame.len(), source: Source::Frame(frame), names, labels })
    }

    fn series(&self, series: Box<Series<'g, S>>) -> Result<Table<'g, S>, Error> {
        check(&series.values)?;
        check_index(&series.index)?;
        let mut names = label_names(&series.index);
        let labels = names.len();
        let mut name = String::new();
        if series.name.is_none() {
            name.push_str("value");
        } else {
            name_of(&Cell::Object(series.name), &mut name);
        }
        self.pay(name.len())?;
        names.push(name);
        make_unique(&mut names, labels);
        Ok(Table { rows: series.index.len(), source: Source::Series(series), names, labels })
    }
}

/// Checks that values are of a class that is known.
fn check<S: AsRef<[u8]>>(values: &Values<'_, S>) -> Result<(), Error> {
    let Values::Other(node) = values else { return Ok(()) };
    let class = node.class().and_then(Node::as_global);
    let class = class.map_or_else(|| node.kind().to_string(), |class| class.full_name());
    Err(Error::custom(format_args!("values that are not known, of {class}")))
}

fn check_index<S: AsRef<[u8]>>(index: &Index<'_, S>) -> Result<(), Error> {
    match &index.labels {
        Labels::Values(values) => check(values).map_err(|error| error.within(".index".to_owned())),
        Labels::Levels(levels) => levels.iter().try_for_each(|level| check_index(&level.labels)),
        Labels::Range { .. } => Ok(()),
    }
}

impl<'g, S: AsRef<[u8]>> Table<'g, S> {
    /// Returns a column as a step of a path.
    fn step(&self, column: usize) -> String {
        self.names.get(column).map_or_else(String::new, |name| format!(".{name}"))
    }

    fn cell(&self, row: usize, column: usize) -> Result<Cell<'g, S>, Error> {
        let of_index = |index: &Index<'g, S>| match &index.labels {
            Labels::Levels(levels) => levels.get(column)?.get(row),
            _ => index.get(row),
        };
        let cell = match &self.source {
            Source::Frame(frame) => match column.checked_sub(self.labels) {
                Some(column) => frame.column(column).and_then(|column| column.get(row)),
                None => of_index(&frame.index),
            },
            Source::Series(series) if column == self.labels => series.values.get(row),
            Source::Series(series) => of_index(&series.index),
            Source::Values(values) => values.get(row),
            Source::Index(index) => index.get(row),
        };
        cell.ok_or_else(|| Error::custom("a value that cannot be read"))
    }
}

fn visit_members<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>, V: Visitor<'de>>(
    at: De<'_, 'g, S, L>,
    table: &Table<'g, S>,
    column: Option<usize>,
    visitor: V,
) -> Result<V::Value, Error> {
    let mut members = Members { at, table, column, next: 0 };
    let value = visitor.visit_seq(&mut members)?;
    if members.next == table.rows {
        return Ok(value);
    }
    Err(Error::invalid_length(table.rows, &"a shorter sequence"))
}

/// The rows of a table, or the values of one column.
struct Members<'t, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    table: &'t Table<'g, S>,
    column: Option<usize>,
    next: usize,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> SeqAccess<'de> for Members<'_, '_, 'g, S, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let row = self.next;
        if row == self.table.rows {
            return Ok(None);
        }
        self.next += 1;
        let member = match self.column {
            Some(column) => self
                .table
                .cell(row, column)
                .and_then(|cell| Item::cell(self.at.at(self.at.node), cell).read(seed)),
            None => {
                self.at.deeper().and_then(|at| seed.deserialize(Row { at, table: self.table, number: row }))
            }
        };
        member.map(Some).map_err(|error| error.within(format!("[{row}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.table.rows - self.next)
    }
}

/// The deserializer of a row.
struct Row<'t, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    table: &'t Table<'g, S>,
    number: usize,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> Row<'_, '_, 'g, S, L> {
    fn map<V: Visitor<'de>>(self, is_struct: bool, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { row: self, next: 0, is_struct })
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::Deserializer<'de> for Row<'_, '_, 'g, S, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.map(false, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.map(true, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let width = self.table.names.len();
        let mut fields = Fields { row: self, next: 0, is_struct: true };
        let value = visitor.visit_seq(&mut fields)?;
        if fields.next == width { Ok(value) } else { Err(Error::invalid_length(width, &"a shorter row")) }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    forward_wrappers!();

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct map enum
        identifier
    }
}

/// The names and values of a row.
struct Fields<'t, 'b, 'g, S, L> {
    row: Row<'t, 'b, 'g, S, L>,
    next: usize,
    /// Whether the names are not kept.
    is_struct: bool,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> Fields<'_, '_, 'g, S, L> {
    fn value<T: DeserializeSeed<'de>>(&self, column: usize, seed: T) -> Result<T::Value, Error> {
        let Row { at, table, number } = &self.row;
        let value = table.cell(*number, column).and_then(|cell| Item::cell(at.at(at.node), cell).read(seed));
        value.map_err(|error| error.within(table.step(column)))
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> MapAccess<'de> for Fields<'_, '_, 'g, S, L> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.row.table.names.get(self.next) else { return Ok(None) };
        self.next += 1;
        if !self.is_struct {
            self.row.at.pay(name.len())?;
        }
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        self.value(self.next.saturating_sub(1), seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.row.table.names.len() - self.next)
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> SeqAccess<'de> for Fields<'_, '_, 'g, S, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.next == self.row.table.names.len() {
            return Ok(None);
        }
        self.next += 1;
        self.value(self.next - 1, seed).map(Some)
    }
}

/// The names and columns of a frame.
struct Columns<'t, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    table: &'t Table<'g, S>,
    next: usize,
    is_struct: bool,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> MapAccess<'de> for Columns<'_, '_, 'g, S, L> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.table.names.get(self.next) else { return Ok(None) };
        self.next += 1;
        if !self.is_struct {
            self.at.pay(name.len())?;
        }
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let column = self.next.saturating_sub(1);
        let value = seed.deserialize(Column { at: self.at.deeper()?, table: self.table, number: column });
        value.map_err(|error| error.within(self.table.step(column)))
    }
}

/// The deserializer of a column.
struct Column<'t, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    table: &'t Table<'g, S>,
    number: usize,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::Deserializer<'de> for Column<'_, '_, 'g, S, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visit_members(self.at, self.table, Some(self.number), visitor)
    }

    forward_wrappers!();

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct enum identifier
    }
}

/// The labels and values of a series.
struct Labelled<'t, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    series: &'t Series<'g, S>,
    next: usize,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> Labelled<'_, '_, 'g, S, L> {
    fn item<T: DeserializeSeed<'de>>(&self, cell: Option<Cell<'g, S>>, seed: T) -> Result<T::Value, Error> {
        let cell = cell.ok_or_else(|| Error::custom("a value that cannot be read"))?;
        Item::cell(self.at.at(self.at.node), cell).read(seed)
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> MapAccess<'de> for Labelled<'_, '_, 'g, S, L> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let row = self.next;
        if row == self.series.index.len() {
            return Ok(None);
        }
        self.next += 1;
        let label = self.item(self.series.index.get(row), seed);
        label.map(Some).map_err(|error| error.note(" (as a label)").within(format!("[{row}]")))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let row = self.next.saturating_sub(1);
        self.item(self.series.values.get(row), seed).map_err(|error| error.within(format!("[{row}]")))
    }
}
