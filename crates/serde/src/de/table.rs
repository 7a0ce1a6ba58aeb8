//! Frames, series, indexes and arrays of pandas, as serde sees them: rows, or columns by name.

use halfsour_classes::Known;
use halfsour_classes::pandas::{Cell, Rows, Series, Values};
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::access::Lend;
use super::item::Item;
use super::{Asked, De};
use crate::Error;
use crate::common::forward_wrappers;

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> De<'_, 'g, S, L> {
    /// Deserializes a table.
    pub(super) fn table<V: Visitor<'de>>(
        &self,
        known: Known<'g, S>,
        asked: Asked,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let table = match known {
            Known::DataFrame(frame) => Rows::of_frame(frame, |length| self.pay(length))?,
            Known::Series(series) => Rows::of_series(series),
            Known::PandasIndex(index) => Rows::of_index(index),
            Known::PandasArray(values) => Rows::of_values(values),
            Known::ArrowArray(array) => {
                Rows::of_values(Box::new(Values::Arrow { array: *array, dtype: None }))
            }
            _ => return Err(self.misfit(&visitor)),
        };
        if table.series().is_some() {
            self.pay(table.names().iter().map(String::len).sum())?;
        }
        let at = self.deeper()?;
        match (asked, table.series()) {
            (Asked::Map | Asked::Struct(_), Some(series)) => {
                // A map would lose one of the two.
                if asked == Asked::Map
                    && let Some((row, label)) = table.repeated_label(|length| at.pay(length))?
                {
                    let error = Error::custom(format_args!("the label {label} is there twice"));
                    return Err(error.within(format!("[{row}]")));
                }
                visitor.visit_map(Labelled { at, series, next: 0 })
            }
            (Asked::Map | Asked::Struct(_), None) if table.frame().is_some() => {
                visitor.visit_map(Columns { at, table: &table, next: 0, is_struct: asked != Asked::Map })
            }
            (Asked::Any | Asked::Sequence | Asked::Tuple(_), series) => {
                // To a type that takes anything, labels belong to the values.
                let is_column = table.is_column() || (series.is_some() && asked != Asked::Any);
                visit_members(at, &table, is_column.then_some(table.labels()), visitor)
            }
            _ => Err(self.misfit(&visitor)),
        }
    }
}

/// Returns a column as a step of a path.
fn step<S: AsRef<[u8]>>(table: &Rows<'_, S>, column: usize) -> String {
    table.names().get(column).map_or_else(String::new, |name| format!(".{name}"))
}

fn cell<'g, S: AsRef<[u8]>>(table: &Rows<'g, S>, row: usize, column: usize) -> Result<Cell<'g, S>, Error> {
    table.cell(row, column).map_err(|unreadable| Error::custom(unreadable.reason()))
}

fn visit_members<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>, V: Visitor<'de>>(
    at: De<'_, 'g, S, L>,
    table: &Rows<'g, S>,
    column: Option<usize>,
    visitor: V,
) -> Result<V::Value, Error> {
    let mut members = Members { at, table, column, next: 0 };
    let value = visitor.visit_seq(&mut members)?;
    if members.next == table.len() {
        return Ok(value);
    }
    Err(Error::invalid_length(table.len(), &"a shorter sequence"))
}

/// The rows of a table, or the values of one column.
struct Members<'t, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    table: &'t Rows<'g, S>,
    column: Option<usize>,
    next: usize,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> SeqAccess<'de> for Members<'_, '_, 'g, S, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let row = self.next;
        if row == self.table.len() {
            return Ok(None);
        }
        self.next += 1;
        let member = match self.column {
            Some(column) => cell(self.table, row, column)
                .and_then(|cell| Item::cell(self.at.at(self.at.node), cell).read(seed)),
            None => {
                self.at.deeper().and_then(|at| seed.deserialize(Row { at, table: self.table, number: row }))
            }
        };
        member.map(Some).map_err(|error| error.within(format!("[{row}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.table.len() - self.next)
    }
}

/// The deserializer of a row.
struct Row<'t, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    table: &'t Rows<'g, S>,
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
        let width = self.table.names().len();
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
        let value = cell(table, *number, column).and_then(|cell| Item::cell(at.at(at.node), cell).read(seed));
        value.map_err(|error| error.within(step(table, column)))
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> MapAccess<'de> for Fields<'_, '_, 'g, S, L> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.row.table.names().get(self.next) else { return Ok(None) };
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
        Some(self.row.table.names().len() - self.next)
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> SeqAccess<'de> for Fields<'_, '_, 'g, S, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.next == self.row.table.names().len() {
            return Ok(None);
        }
        self.next += 1;
        self.value(self.next - 1, seed).map(Some)
    }
}

/// The names and columns of a frame.
struct Columns<'t, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    table: &'t Rows<'g, S>,
    next: usize,
    is_struct: bool,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> MapAccess<'de> for Columns<'_, '_, 'g, S, L> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.table.names().get(self.next) else { return Ok(None) };
        self.next += 1;
        if !self.is_struct {
            self.at.pay(name.len())?;
        }
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let column = self.next.saturating_sub(1);
        let value = seed.deserialize(Column { at: self.at.deeper()?, table: self.table, number: column });
        value.map_err(|error| error.within(step(self.table, column)))
    }
}

/// The deserializer of a column.
struct Column<'t, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    table: &'t Rows<'g, S>,
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
