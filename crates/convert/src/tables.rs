//! The tables of a file.

use std::fmt;

use halfsour_classes::memory::Scalar;
use halfsour_classes::pandas::{Cell, Frame};
use halfsour_classes::{Shape, Table as Found, recognise};
use halfsour_files::{JoblibArrays, Part};
use halfsour_text::name::visible;
use halfsour_text::phrase::plural;
use halfsour_value::Node;
use halfsour_vm::Loader;
use serde::Serialize;

use crate::tensors::walk;
use crate::{ConvertError, Error, Options};

/// The facts about a frame or a series of pandas. `Display` gives its name and a line for each column.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Table {
    /// The keys, attributes and indices that lead to the table, with dots between them.
    pub name: String,
    /// How many rows there are.
    pub rows: usize,
    /// The columns in order; one, of a series.
    pub columns: Vec<Column>,
}

/// The facts about a column.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Column {
    /// The name, or `None` if that is neither text nor an int.
    pub name: Option<String>,
    /// The type as pandas names it, or `None` if the column cannot be read.
    pub dtype: Option<String>,
}

/// Lists the frames and series of pandas that are in a file, or in a member of an archive.
///
/// ```
/// use halfsour_convert::{Options, tables};
/// use halfsour_files::{Input, Limits};
///
/// let input = Input::from_bytes("no frame", b"N."[..].into(), Limits::UNTRUSTED)?;
/// for part in input.parts()? {
///     assert!(tables(&part?, &Options::default())?.is_empty());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If a pickle cannot be loaded, if its data nests too deep, or if the list would be longer than the limits allow.
pub fn tables(part: &Part, options: &Options) -> Result<Vec<Table>, Error> {
    let mut tables = Vec::new();
    let mut loader = Loader::with_options(options.reading.clone());
    part.each_pickle(options.first, |bytes, start| {
        let graph = loader.load_observed(bytes, start, JoblibArrays::new(()))?;
        let mut left = options.limits.json.room(bytes.len());
        walk(graph.root(), |node, name| {
            let Some(table) = table(node, name) else { return Ok(false) };
            left = left.checked_sub(table.size()).ok_or("its list of tables is longer than the limit")?;
            tables.push(table);
            Ok(true)
        })?;
        Ok::<_, ConvertError>(graph.end())
    })?;
    Ok(tables)
}

fn table<S: AsRef<[u8]>>(node: Node<'_, S>, name: &dyn Fn() -> String) -> Option<Table> {
    match recognise(node)?.shape() {
        Shape::Table(Found::Frame(frame)) => {
            let columns = (0..frame.width()).map(|number| column(frame, number)).collect();
            Some(Table { name: name(), rows: frame.len(), columns })
        }
        Shape::Table(Found::Series(series)) => {
            let column = Column { name: label(&series.name), dtype: Some(series.values.to_string()) };
            Some(Table { name: name(), rows: series.index.len(), columns: vec![column] })
        }
        _ => None,
    }
}

fn column<S: AsRef<[u8]>>(frame: &Frame<'_, S>, number: usize) -> Column {
    let dtype = frame.column(number).map(|column| column.values.to_string()).ok();
    Column { name: frame.columns.get(number).as_ref().and_then(label), dtype }
}

fn label<S: AsRef<[u8]>>(label: &Cell<'_, S>) -> Option<String> {
    match label {
        Cell::Text(text) => Some(text.clone().into_owned()),
        Cell::Object(label) => {
            label.as_str().map(str::to_owned).or_else(|| label.as_i64().map(|int| int.to_string()))
        }
        Cell::Scalar(Scalar::Int(int)) => Some(int.to_string()),
        Cell::Scalar(Scalar::UInt(int)) => Some(int.to_string()),
        _ => None,
    }
}

impl Table {
    /// The bytes that it takes.
    fn size(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let columns = self.columns.iter();
        let columns = columns.map(|column| size_of::<Column>() + text(&column.name) + text(&column.dtype));
        size_of::<Self>() + self.name.len() + columns.sum::<usize>()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, columns) = (plural(self.rows, "row"), plural(self.columns.len(), "column"));
        match self.name.as_str() {
            "" => writeln!(f, "{rows}, {columns}")?,
            name => writeln!(f, "{}: {rows}, {columns}", visible(name))?,
        }
        let shown = |text: &Option<String>| visible(text.as_deref().unwrap_or("?")).into_owned();
        self.columns
            .iter()
            .try_for_each(|column| writeln!(f, "  {}  {}", shown(&column.name), shown(&column.dtype)))
    }
}
