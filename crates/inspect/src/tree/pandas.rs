//! Frames, series, indexes and arrays of pandas: what they are, and their first values.

use std::collections::HashSet;
use std::fmt::{self, Write};
use std::rc::Rc;

use halfsour_classes::memory::Scalar;
use halfsour_classes::pandas::{Cell, Frame, Index, Labels, Series, Values};
use halfsour_classes::{Known, class_name, recognise};
use halfsour_text::phrase::count;
use halfsour_text::repr;
use halfsour_value::{Data, Node};

use super::known::Truncated;

/// How long the first values of a column may get.
const LONG: usize = 60;

/// What stands before the parts of an object of pandas, and these, each by name.
pub fn table<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(String, Table<'_, S>)> {
    Some(match recognise(node)? {
        Known::DataFrame(frame) => {
            let open = format!("{}(({}, {}), [", class(node), frame.len(), frame.width());
            (open, Table::Frame(frame, 0))
        }
        Known::Series(series) => of_series(&class(node), &Rc::from(series)),
        _ => return None,
    })
}

/// The name that the class has today, also if it is a subclass that is not known.
fn class<S: AsRef<[u8]>>(node: Node<'_, S>) -> String {
    match class_name(node) {
        Some((module, name)) => format!("{module}.{name}"),
        None => node.class().and_then(Node::as_global).map_or_else(String::new, |class| class.visible_name()),
    }
}

/// The same, of a series of a class.
pub fn of_series<'g, S: AsRef<[u8]>>(class: &str, series: &Rc<Series<'g, S>>) -> (String, Table<'g, S>) {
    let mut open = format!("{class}(({},), ", series.index.len());
    if !series.name.is_none() {
        let _ = write!(Truncated { text: &mut open, limit: LONG }, "{}", series.name);
        open.push_str(", ");
    }
    (open + "[", Table::Series(Rc::clone(series), 0))
}

/// A value of a table.
pub fn cell<S: AsRef<[u8]>>(cell: &Cell<'_, S>) -> String {
    Shown(Some(cell)).to_string()
}

/// An index or an array, on one line.
pub fn line<S: AsRef<[u8]>>(known: &Known<'_, S>) -> Option<String> {
    match known {
        Known::PandasIndex(index) => Some(format!("pandas.{}", of_index(index))),
        Known::PandasArray(values) => Some(array("pandas", values)),
        Known::ArrowArray(held) => {
            let values: Values<'_, S> = Values::Arrow { array: (**held).clone(), dtype: None };
            Some(array("pyarrow", &values))
        }
        _ => None,
    }
}

/// `pandas.array((2,), Int64 [1, 2])`
fn array<S: AsRef<[u8]>>(module: &str, values: &Values<'_, S>) -> String {
    let cells = (0..values.len()).map(|at| values.get(at));
    format!("{module}.array(({},), {})", values.len(), column(values, cells, values.len()))
}

/// The parts that are left: those of a frame are its labels and its columns.
pub enum Table<'g, S> {
    Frame(Box<Frame<'g, S>>, usize),
    Series(Rc<Series<'g, S>>, usize),
}

impl<'g, S: AsRef<[u8]>> Table<'g, S> {
    /// The coordinate reference systems of geometries, each once.
    pub fn reference_systems(&self) -> impl Iterator<Item = Node<'g, S>> + use<'g, S> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let mut see = |values: &Values<'g, S>| {
            if let Values::Geometries { crs: Some(crs), .. } = values
                && seen.insert(crs.id())
            {
                found.push(*crs);
            }
        };
        match self {
            Self::Frame(frame, _) => frame.columns().flatten().for_each(|column| see(column.values)),
            Self::Series(series, _) => see(&series.values),
        }
        found.into_iter()
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Frame(frame, next) => frame.width() + 1 - next,
            Self::Series(_, next) => 2 - next,
        }
    }
}

impl<S: AsRef<[u8]>> Iterator for Table<'_, S> {
    type Item = (String, String);

    fn next(&mut self) -> Option<Self::Item> {
        if self.len() == 0 {
            return None;
        }
        let (index, next) = match self {
            Self::Frame(frame, next) => (&frame.index, next),
            Self::Series(series, next) => (&series.index, next),
        };
        *next += 1;
        if *next == 1 {
            return Some(("index".to_owned(), of_index(index)));
        }
        Some(match self {
            Self::Frame(frame, next) => {
                let number = *next - 2;
                let mut name = String::new();
                let _ = write!(
                    Truncated { text: &mut name, limit: LONG },
                    "{}",
                    Shown(frame.columns.get(number).as_ref())
                );
                let line = match frame.column(number) {
                    Ok(of) => column(of.values, of.cells(), of.len),
                    Err(unreadable) => unreadable.reason(),
                };
                (name, line)
            }
            Self::Series(series, _) => {
                let cells = (0..series.values.len()).map(|at| series.values.get(at));
                ("values".to_owned(), column(&series.values, cells, series.values.len()))
            }
        })
    }
}

/// `RangeIndex([0, 1, 2])`
fn of_index<S: AsRef<[u8]>>(index: &Index<'_, S>) -> String {
    let mut names = String::new();
    for name in index.names.iter().flatten() {
        let _ = write!(Truncated { text: &mut names, limit: LONG }, "{name}");
        names.push_str(", ");
    }
    let values = match &index.labels {
        Labels::Values(values) => column(values, index.cells(), index.len()),
        _ => cells(index.cells(), index.len()),
    };
    format!("{}({names}{values})", index.class)
}

/// `int64 [1, 2, 3]`
fn column<'g, S: AsRef<[u8]> + 'g>(
    values: &Values<'g, S>,
    all: impl Iterator<Item = Option<Cell<'g, S>>>,
    len: usize,
) -> String {
    let mut dtype = String::new();
    let _ = write!(Truncated { text: &mut dtype, limit: LONG }, "{values}");
    format!("{dtype} {}", cells(all, len))
}

fn cells<'g, S: AsRef<[u8]> + 'g>(all: impl Iterator<Item = Option<Cell<'g, S>>>, len: usize) -> String {
    let mut line = "[".to_owned();
    for (index, cell) in all.enumerate() {
        let separator = if index > 0 { ", " } else { "" };
        if line.len() > LONG {
            let _ = write!(line, "{separator}… {} more", count(len - index));
            break;
        }
        line.push_str(separator);
        // What is longer than the room is cut off there.
        let _ = write!(Truncated { text: &mut line, limit: LONG }, "{}", Shown(cell.as_ref()));
    }
    line + "]"
}

/// A value as Python would show it.
struct Shown<'a, 'g, S>(Option<&'a Cell<'g, S>>);

impl<S: AsRef<[u8]>> fmt::Display for Shown<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(cell) = self.0 else { return f.write_str("?") };
        match cell {
            Cell::Missing => f.write_str("NA"),
            Cell::Scalar(Scalar::Complex(re, im)) => {
                write!(f, "({}, {})", repr::Float(*re), repr::Float(*im))
            }
            Cell::Scalar(scalar) => write!(f, "{scalar}"),
            Cell::Text(text) => write!(f, "{}", repr::Str(text.as_bytes())),
            Cell::Bytes(bytes) => write!(f, "{}", repr::Bytes(bytes)),
            Cell::LongDouble(number) => write!(f, "{number}"),
            // The dtype has the name of the zone.
            Cell::Timestamp(stamp) => {
                let text = stamp.to_string().replacen('T', " ", 1);
                f.write_str(text.split('[').next().unwrap_or_default())
            }
            Cell::Timedelta(delta) => write!(f, "{delta}"),
            Cell::Geometry(geometry) => write!(f, "{geometry}"),
            Cell::Period(period) => write!(f, "{period}"),
            Cell::Day(day) => write!(f, "{day}"),
            Cell::TimeOfDay(ticks, unit) => write!(f, "{}", unit.time_of_day(*ticks)),
            Cell::Decimal(decimal) => write!(f, "{decimal}"),
            Cell::Interval(sides, _) => write!(f, "{}..{}", Shown(Some(&sides.0)), Shown(Some(&sides.1))),
            Cell::Tuple(cells) => write_cells(f, "(", cells, ")"),
            Cell::List(cells) => write_cells(f, "[", cells, "]"),
            Cell::Dict(members) => {
                f.write_str("{")?;
                for (index, (name, cell)) in members.iter().enumerate() {
                    let separator = if index > 0 { ", " } else { "" };
                    write!(f, "{separator}{}: {}", repr::Str(name.as_bytes()), Shown(Some(cell)))?;
                }
                f.write_str("}")
            }
            Cell::Object(node) => match node.data() {
                Data::Instance(_) => match recognise(*node).as_ref().and_then(Known::as_text) {
                    Some(text) => write!(f, "{text}"),
                    None => write!(f, "{node}"),
                },
                _ => write!(f, "{node}"),
            },
            _ => f.write_str("?"),
        }
    }
}

fn write_cells<S: AsRef<[u8]>>(
    f: &mut fmt::Formatter<'_>,
    open: &str,
    cells: &[Cell<'_, S>],
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (index, cell) in cells.iter().enumerate() {
        write!(f, "{}{}", if index > 0 { ", " } else { "" }, Shown(Some(cell)))?;
    }
    f.write_str(close)
}
