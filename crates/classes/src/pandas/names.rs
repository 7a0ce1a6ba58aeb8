//! Names of columns, where a table is told as rows that are maps.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Write};

use halfsour_value::{Data, Node};

use super::{Cell, Index, Labels};
use crate::memory::Scalar;
use crate::recognise;

/// Returns the names of the labels of rows: of each level, `index` or `level_0` where it has none. Labels that only count the rows
/// are left out.
pub(super) fn label_names<S: AsRef<[u8]>>(index: &Index<'_, S>) -> Vec<String> {
    if matches!(index.labels, Labels::Range { start: 0, step: 1, .. }) && index.names == [None] {
        return Vec::new();
    }
    let name = |(level, name): (usize, &Option<Node<'_, S>>)| {
        let mut text = String::new();
        match name {
            Some(name) => name_of(&Cell::Object(*name), &mut text),
            None if index.names.len() == 1 => text.push_str("index"),
            None => text = format!("level_{level}"),
        }
        text
    };
    index.names.iter().enumerate().map(name).collect()
}

/// Appends the name that a label is: text is itself, other labels are spelled as Python shows them, up to 64 KiB.
pub(super) fn name_of<S: AsRef<[u8]>>(label: &Cell<'_, S>, name: &mut String) {
    let mut short = Short(name);
    // What is too long is cut off.
    let _ = match label {
        Cell::Object(node) => match node.data() {
            Data::Str(text) => {
                short.0.push_str(&text.to_string_lossy());
                Ok(())
            }
            _ if node.python2_string().is_some() => {
                short.write_str(&String::from_utf8_lossy(node.python2_string().unwrap_or_default()))
            }
            _ => match recognise(*node).as_ref().and_then(|known| known.as_text()) {
                Some(text) => write!(short, "{text}"),
                None => write!(short, "{node}"),
            },
        },
        Cell::Tuple(cells) => {
            name.push('(');
            for (index, cell) in cells.iter().enumerate() {
                name.push_str(if index > 0 { ", " } else { "" });
                match cell {
                    Cell::Object(node) => drop(write!(Short(name), "{node}")),
                    cell => name_of(cell, name),
                }
            }
            name.push(')');
            Ok(())
        }
        Cell::List(cells) => {
            name.push('[');
            for (index, cell) in cells.iter().enumerate() {
                name.push_str(if index > 0 { ", " } else { "" });
                name_of(cell, name);
            }
            name.push(']');
            Ok(())
        }
        Cell::Missing => short.write_str("null"),
        Cell::Scalar(Scalar::Bool(value)) => write!(short, "{value}"),
        Cell::Scalar(Scalar::Complex(..)) => short.write_str("?"),
        Cell::Scalar(scalar) => write!(short, "{scalar}"),
        Cell::Text(text) => short.write_str(text),
        Cell::Timestamp(stamp) => write!(short, "{stamp}"),
        Cell::Timedelta(delta) => write!(short, "{delta}"),
        Cell::Geometry(geometry) => write!(short, "{geometry}"),
        Cell::Period(period) => write!(short, "{period}"),
        Cell::Day(day) => write!(short, "{day}"),
        Cell::TimeOfDay(ticks, unit) => write!(short, "{}", unit.time_of_day(*ticks)),
        Cell::Decimal(decimal) => write!(short, "{decimal}"),
        Cell::Interval(sides, closed) => {
            let [open, close] = closed.brackets();
            name.push(open);
            name_of(&sides.0, name);
            name.push_str(", ");
            name_of(&sides.1, name);
            name.push(close);
            Ok(())
        }
        _ => short.write_str("?"),
    };
}

/// Takes text up to a length: what shows an object can be much longer than that.
struct Short<'a>(&'a mut String);

impl Write for Short<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        const LONGEST: usize = 1 << 16;
        if self.0.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// Gives each column a name of its own: another column of a name is `name.1`. Readers of maps keep only one member of a name. The first
/// names are those of so many `labels`, which give way to columns: `frame["x"]` is the column in Python, too.
pub(super) fn make_unique(names: &mut [String], labels: usize) {
    let mut seen = HashSet::new();
    let mut numbers = HashMap::<String, usize>::new();
    let (labels, columns) = names.split_at_mut(labels);
    for name in columns.iter_mut().chain(labels) {
        if seen.contains(name.as_str()) {
            let number = numbers.entry(name.clone()).or_default();
            let other = loop {
                *number += 1;
                let other = format!("{name}.{number}");
                if !seen.contains(&other) {
                    break other;
                }
            };
            *name = other;
        }
        seen.insert(name.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::name_of;
    use crate::memory::Scalar;
    use crate::pandas::{Cell, Closed};

    #[test]
    fn intervals_have_the_names_that_pandas_writes() {
        let named = |closed| {
            let side = |number| Cell::<&[u8]>::Scalar(Scalar::Int(number));
            let mut name = String::new();
            name_of(&Cell::Interval(Box::new((side(0), side(1))), closed), &mut name);
            name
        };
        let closed = [Closed::Left, Closed::Right, Closed::Both, Closed::Neither];
        assert_eq!(closed.map(named), ["[0, 1)", "(0, 1]", "[0, 1]", "(0, 1)"]);
    }
}
