//! Frames, series, indexes and arrays of pandas: what they are, and their first values.

use std::collections::HashSet;
use std::fmt::{self, Write};
use std::sync::Arc;

use halfsour_classes::pandas::{Cell, Freq, Index, Labels, Span, Values};
use halfsour_classes::{Known, class_name, recognise};
use halfsour_text::repr;
use halfsour_value::{Data, Node};

use super::cells::{Cells, Of, Source};
use super::known::Truncated;
use super::leaf::is_leaf;
use super::line::{LEVELS, Line};
use super::parts::Target;
use super::{ShowLimits, brief};
use crate::spans::Spans;

/// How long names may get.
const LONG: usize = 60;

/// Whether it is a frame or a series.
pub fn is_table<S>(known: &Known<'_, S>) -> bool {
    matches!(known, Known::DataFrame(_) | Known::Series(_))
}

/// What stands before the parts of a frame or series, and these, each by name. `node` is the object, if it is one.
pub fn table<'g, S: AsRef<[u8]>>(
    known: &Arc<Known<'g, S>>,
    node: Option<Node<'g, S>>,
) -> Option<(String, Table<'g, S>)> {
    let class = |name: &str| node.map_or_else(|| name.to_owned(), class);
    let open = match &**known {
        Known::DataFrame(frame) => {
            format!("{}(({}, {}), [", class("pandas.DataFrame"), frame.len(), frame.width())
        }
        Known::Series(series) => {
            let mut open = format!("{}(({},), ", class("pandas.Series"), series.index.len());
            if series.is_named() {
                let _ = write!(Truncated { text: &mut open, limit: LONG }, "{}", Shown(Some(&series.name)));
                open.push_str(", ");
            }
            open + "["
        }
        _ => return None,
    };
    Some((open, Table { known: Arc::clone(known), next: 0 }))
}

/// The name that the class has today, also if it is a subclass that is not known.
fn class<S: AsRef<[u8]>>(node: Node<'_, S>) -> String {
    match class_name(node) {
        Some((module, name)) => format!("{module}.{name}"),
        None => node.class().and_then(Node::as_global).map_or_else(String::new, |class| class.visible_name()),
    }
}

/// A value of a table.
pub fn cell<S: AsRef<[u8]>>(cell: &Cell<'_, S>) -> String {
    Shown(Some(cell)).to_string()
}

/// `pandas.array((2,), Int64 [`
pub fn array_head<S: AsRef<[u8]>>(module: &str, values: &Values<'_, S>) -> String {
    format!("{module}.array(({},), {}", values.len(), values_head(values))
}

/// The parts that are left: those of a frame are its labels and its columns, those of a series its labels and its values.
pub struct Table<'g, S> {
    known: Arc<Known<'g, S>>,
    next: usize,
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
        match &*self.known {
            Known::DataFrame(frame) => frame.columns().flatten().for_each(|column| see(column.values)),
            Known::Series(series) => see(&series.values),
            _ => {}
        }
        found.into_iter()
    }

    pub fn len(&self) -> usize {
        match &*self.known {
            Known::DataFrame(frame) => frame.width() + 1 - self.next,
            _ => 2 - self.next,
        }
    }
}

impl<'g, S: AsRef<[u8]>> Iterator for Table<'g, S> {
    type Item = (String, Target<'g, S>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.len() == 0 {
            return None;
        }
        let number = self.next.checked_sub(1);
        self.next += 1;
        let cells = |of, open, close| {
            Target::Cells(Cells::all(Source { known: Arc::clone(&self.known), of }, open, close))
        };
        let Some(number) = number else {
            let open = index_head(index_of(&self.known)?);
            return Some(("index".to_owned(), cells(Of::Index, open, "])")));
        };
        Some(match &*self.known {
            Known::DataFrame(frame) => {
                let mut name = String::new();
                let label = frame.columns.get(number);
                let _ = write!(Truncated { text: &mut name, limit: LONG }, "{}", Shown(label.as_ref()));
                let column = match frame.column(number) {
                    Ok(of) => cells(Of::Column(number), values_head(of.values), "]"),
                    Err(unreadable) => Target::Text(unreadable.reason()),
                };
                (name, column)
            }
            Known::Series(series) => {
                ("values".to_owned(), cells(Of::Column(0), values_head(&series.values), "]"))
            }
            _ => return None,
        })
    }
}

/// The labels of the rows.
fn index_of<'k, 'g, S>(known: &'k Known<'g, S>) -> Option<&'k Index<'g, S>> {
    match known {
        Known::DataFrame(frame) => Some(&frame.index),
        Known::Series(series) => Some(&series.index),
        _ => None,
    }
}

/// The distance between times: its name, `'D'`, or the offset, `MonthBegin(1, False)`.
pub fn freq_text<S: AsRef<[u8]>>(freq: Node<'_, S>) -> String {
    // Months and what is longer have other names than as periods.
    if let Some(freq) =
        Freq::of(freq).filter(|freq| !matches!(freq.span, Span::Year(_) | Span::Quarter(_) | Span::Month))
    {
        return format!("'{freq}'");
    }
    let text = brief(freq, ShowLimits::default()).to_string();
    let class = text.find('(').unwrap_or(0);
    let start = text[..class].rfind('.').map_or(0, |dot| dot + 1);
    text[start..].to_owned()
}

/// `Index('name', int64 [`
pub fn index_head<S: AsRef<[u8]>>(index: &Index<'_, S>) -> String {
    let mut names = String::new();
    for name in index.names.iter().flatten() {
        let _ = write!(Truncated { text: &mut names, limit: LONG }, "{name}");
        names.push_str(", ");
    }
    let values = match &index.labels {
        Labels::Values(values) => {
            // The dtype of periods has it.
            if let Some(freq) = index.freq.filter(|_| !matches!(**values, Values::Periods { .. })) {
                let _ = write!(names, "freq={}, ", freq_text(freq));
            }
            values_head(values)
        }
        _ => "[".to_owned(),
    };
    format!("{}({names}{values}", index.class)
}

/// `int64 [`
fn values_head<S: AsRef<[u8]>>(values: &Values<'_, S>) -> String {
    let mut dtype = String::new();
    let _ = write!(Truncated { text: &mut dtype, limit: LONG }, "{values}");
    dtype + " ["
}

/// An object that is a value and has no text, or a container, as it is shown by itself, on one line; `None` of others.
pub fn object<S: AsRef<[u8]>>(node: Node<'_, S>, is_whole: bool) -> Option<Spans> {
    // What is longer is cut.
    const MOST: usize = 400;
    let is_instance = node.as_instance().is_some();
    let has_text = || recognise(node).as_ref().and_then(Known::as_text).is_some();
    if !is_instance && node.elements().is_none() && node.items().is_none() || is_instance && has_text() {
        return None;
    }
    if is_instance && is_leaf(node) {
        return Some(brief(node, ShowLimits::full()));
    }
    let (most, limits) =
        if is_whole { (usize::MAX, ShowLimits::full()) } else { (MOST, ShowLimits::default()) };
    let mut line = Line::new(most);
    match line.target(&Target::Node(node), limits, LEVELS, None) {
        Ok(()) => Some(line.into_spans()),
        Err(_) => (is_instance && !is_whole).then(|| brief(node, limits)),
    }
}

/// A value as Python would show it.
pub struct Shown<'a, 'g, S>(pub Option<&'a Cell<'g, S>>);

impl<S: AsRef<[u8]>> fmt::Display for Shown<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(cell) = self.0 else { return f.write_str("?") };
        match cell {
            Cell::Missing => f.write_str("NA"),
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
            Cell::Interval(sides, closed) => {
                let [open, close] = closed.brackets();
                write!(f, "{open}{}, {}{close}", Shown(Some(&sides.0)), Shown(Some(&sides.1)))
            }
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

#[cfg(test)]
mod tests {
    use halfsour_classes::ClassBuilder;
    use halfsour_classes::numpy::DType;
    use halfsour_value::Builder;

    use super::{freq_text, object};

    #[test]
    fn the_distance_of_times_has_its_name_or_is_an_offset() {
        let cases: [(&[u8], &str); 4] = [
            (b"V2MS\n.", "'2MS'"),
            (b"cpandas._libs.tslibs.offsets\nDay\n(K\x02\x89tR.", "'2D'"),
            (b"cpandas._libs.tslibs.offsets\nMonthBegin\n(K\x01\x89tR.", "MonthBegin(1, False)"),
            (b"cpandas._libs.tslibs.offsets\nMonthEnd\n(K\x01\x89tR.", "MonthEnd(1, False)"),
        ];
        for (pickle, text) in cases {
            assert_eq!(freq_text(halfsour_vm::from_slice(pickle).unwrap().root()), text);
        }
    }

    #[test]
    fn an_array_in_a_cell_is_shown_as_one() {
        let shown = |count: u8, is_whole| {
            let mut builder = Builder::new();
            let bytes: Vec<u8> = (0..count).collect();
            let data = builder.bytes(&bytes);
            let mut classes = ClassBuilder::new(&mut builder);
            let dtype = classes.dtype(&DType::parse("|u1").unwrap()).unwrap();
            let root = classes.nd_array(dtype, &[count.into()], false, data).unwrap();
            object(builder.build(root).root(), is_whole).unwrap().to_string()
        };
        assert_eq!(shown(2, false), "numpy.ndarray((2,), uint8, [0, 1])");
        assert!(shown(200, false).ends_with(" more])"), "{}", shown(200, false));
        assert!(shown(200, true).ends_with("198, 199])"), "{}", shown(200, true));
        let parsed = |pickle: &[u8]| {
            let graph = halfsour_vm::from_slice(pickle).unwrap();
            object(graph.root(), false).map(|shown| shown.to_string())
        };
        // What has a text is not shown by its class.
        assert_eq!(parsed(b"cdecimal\nDecimal\n(V1.5\ntR."), None);
        assert_eq!(
            parsed(b"cpandas._libs.tslibs.nattype\n_nat_unpickle\n(NtR.").as_deref(),
            Some("pandas.NaT")
        );
        let array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tC\x01btR(K\x01(K\x02tcnumpy\ndtype\n(Vu1\ntR\x89C\x02\x07\x08tb";
        let dict = [b"}Va\n", &array[..], b"s."].concat();
        assert_eq!(parsed(&dict).as_deref(), Some("{'a': numpy.ndarray((2,), uint8, [7, 8])}"));
    }
}
