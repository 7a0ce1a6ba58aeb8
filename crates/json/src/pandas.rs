//! Frames, series and arrays of pandas in the plain form: records of rows, and lists.

use std::vec;

use halfsour_classes::pandas::names::{label_names, make_unique, name_of};
use halfsour_classes::pandas::{Cell, Closed, Frame, Index, Labels, Series, Values};

use crate::Error;
use crate::plain::{Work, Writer};

/// Rows that are being written.
pub(crate) struct Table<'g, S> {
    source: Source<'g, S>,
    /// The names of the columns, those of the labels first; none, where a row is its one value.
    names: Option<Vec<String>>,
    /// The number of columns that are labels.
    labels: usize,
    rows: usize,
    /// The next to be written.
    row: usize,
    column: usize,
}

enum Source<'g, S> {
    Frame(Box<Frame<'g, S>>),
    Series(Box<Series<'g, S>>),
    Values(Box<Values<'g, S>>),
    Index(Box<Index<'g, S>>),
}

impl<'g, S: AsRef<[u8]>> Table<'g, S> {
    fn new(source: Source<'g, S>, rows: usize) -> Self {
        Self { source, names: None, labels: 0, rows, row: 0, column: 0 }
    }

    fn cell(&self) -> Option<Cell<'g, S>> {
        let index = match &self.source {
            Source::Frame(frame) => &frame.index,
            Source::Series(series) => &series.index,
            Source::Values(values) => return values.get(self.row),
            Source::Index(index) => return index.get(self.row),
        };
        match self.column.checked_sub(self.labels) {
            Some(column) => match &self.source {
                Source::Frame(frame) => frame.column(column)?.get(self.row),
                Source::Series(series) => series.values.get(self.row),
                Source::Values(_) | Source::Index(_) => None,
            },
            None => match &index.labels {
                Labels::Levels(levels) => levels.get(self.column)?.get(self.row),
                _ => index.get(self.row),
            },
        }
    }
}

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    /// False if there is a column that cannot be read.
    pub(crate) fn frame(&mut self, frame: Box<Frame<'g, S>>) -> Result<bool, Error> {
        // Each column is looked for, also where it is then written in another way.
        self.spend(frame.width() + frame.index.names.len())?;
        let mut columns = (0..frame.width()).map(|number| frame.column(number));
        if columns.any(|column| column.is_none_or(|column| is_unknown(column.values)))
            || is_unknown_index(&frame.index)
        {
            return Ok(false);
        }
        let mut names = label_names(&frame.index);
        let labels = names.len();
        for label in frame.columns.cells() {
            let mut name = String::new();
            if let Some(label) = label {
                name_of(&label, &mut name);
            }
            // Names are held, and written in each row.
            self.spend(name.len() / 16)?;
            names.push(name);
        }
        make_unique(&mut names, labels);
        let rows = frame.len();
        self.table(Table { names: Some(names), labels, ..Table::new(Source::Frame(frame), rows) });
        Ok(true)
    }

    /// False if its values cannot be read.
    pub(crate) fn series(&mut self, series: Box<Series<'g, S>>) -> Result<bool, Error> {
        if is_unknown(&series.values) || is_unknown_index(&series.index) {
            return Ok(false);
        }
        self.spend(series.index.names.len())?;
        let mut names = label_names(&series.index);
        let labels = names.len();
        if labels > 0 {
            let mut name = String::new();
            if series.name.is_none() {
                name.push_str("value");
            } else {
                name_of(&Cell::Object(series.name), &mut name);
            }
            names.push(name);
            make_unique(&mut names, labels);
        }
        let rows = series.index.len();
        let names = Some(names).filter(|names| !names.is_empty());
        self.table(Table { names, labels, ..Table::new(Source::Series(series), rows) });
        Ok(true)
    }

    /// False if it is of values that cannot be read.
    pub(crate) fn index(&mut self, index: Box<Index<'g, S>>) -> Result<bool, Error> {
        if is_unknown_index(&index) {
            return Ok(false);
        }
        self.spend(index.names.len())?;
        let rows = index.len();
        self.table(Table::new(Source::Index(index), rows));
        Ok(true)
    }

    pub(crate) fn values(&mut self, values: Box<Values<'g, S>>) {
        let rows = values.len();
        self.table(Table::new(Source::Values(values), rows));
    }

    fn table(&mut self, table: Table<'g, S>) {
        self.out.open(b'[');
        self.push([Work::Table(Box::new(table)), Work::Close(b']')]);
    }

    /// Writes rows up to a value that has parts.
    pub(crate) fn rows(&mut self, mut table: Box<Table<'g, S>>) -> Result<(), Error> {
        while table.row < table.rows {
            if table.column == 0 {
                self.spend(1)?;
                self.out.item()?;
                if table.names.is_some() {
                    self.out.open(b'{');
                }
            }
            let cell = match &table.names {
                None => {
                    let cell = table.cell();
                    table.row += 1;
                    cell
                }
                Some(names) => {
                    let Some(name) = names.get(table.column) else {
                        self.out.close(b'}');
                        (table.row, table.column) = (table.row + 1, 0);
                        continue;
                    };
                    self.spend(1)?;
                    self.out.item()?;
                    self.out.string(name.as_bytes())?;
                    self.out.colon();
                    let cell = table.cell();
                    table.column += 1;
                    cell
                }
            };
            if let Some(cell) = self.flat(cell.unwrap_or(Cell::Missing))? {
                self.push([Work::Cell(Box::new(cell)), Work::Table(table)]);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Writes a value that has no parts; otherwise gives it back.
    fn flat(&mut self, cell: Cell<'g, S>) -> Result<Option<Cell<'g, S>>, Error> {
        match cell {
            Cell::Missing => self.out.word("null"),
            Cell::Scalar(scalar) => self.number(scalar)?,
            Cell::Text(text) => self.out.string(text.as_bytes())?,
            Cell::Bytes(bytes) | Cell::LongDouble(bytes) => self.out.base64(bytes)?,
            Cell::Timestamp(stamp) => drop(self.out.string_of(stamp)?),
            Cell::Timedelta(delta) => drop(self.out.string_of(delta.to_iso())?),
            Cell::Period(period) => drop(self.out.string_of(period)?),
            Cell::Day(day) => drop(self.out.string_of(day)?),
            Cell::Decimal(decimal) => self.out.digits(&decimal.to_string())?,
            Cell::Object(node) => {
                if !self.scalar(&node.data())? {
                    return Ok(Some(Cell::Object(node)));
                }
            }
            cell => return Ok(Some(cell)),
        }
        Ok(None)
    }

    /// Writes a value that may have parts.
    pub(crate) fn cell(&mut self, cell: Cell<'g, S>) -> Result<(), Error> {
        match self.flat(cell)? {
            None => {}
            Some(Cell::Object(node)) => self.push([Work::Node(node)]),
            Some(Cell::Interval(sides, closed)) => {
                let (left, right) = *sides;
                self.interval(Work::Cell(Box::new(left)), Work::Cell(Box::new(right)), closed)?;
            }
            Some(Cell::Tuple(cells)) => {
                self.out.open(b'[');
                self.push([Work::Cells(Box::new(cells.into_iter())), Work::Close(b']')]);
            }
            Some(_) => self.out.word("null"),
        }
        Ok(())
    }

    pub(crate) fn cells(&mut self, mut cells: Box<vec::IntoIter<Cell<'g, S>>>) -> Result<(), Error> {
        while let Some(cell) = cells.next() {
            self.spend(1)?;
            self.out.item()?;
            if let Some(cell) = self.flat(cell)? {
                self.push([Work::Cell(Box::new(cell)), Work::Cells(cells)]);
                return Ok(());
            }
        }
        Ok(())
    }

    pub(crate) fn interval(
        &mut self,
        left: Work<'g, S>,
        right: Work<'g, S>,
        closed: Closed,
    ) -> Result<(), Error> {
        self.out.open(b'{');
        self.out.member("closed")?;
        self.out.string(closed.name().as_bytes())?;
        self.push([Work::Member("left"), left, Work::Member("right"), right, Work::Close(b'}')]);
        Ok(())
    }
}

fn is_unknown<S>(values: &Values<'_, S>) -> bool {
    matches!(values, Values::Other(_))
}

fn is_unknown_index<S>(index: &Index<'_, S>) -> bool {
    match &index.labels {
        Labels::Values(values) => is_unknown(values),
        Labels::Levels(levels) => levels.iter().any(|level| is_unknown_index(&level.labels)),
        Labels::Range { .. } => false,
    }
}
