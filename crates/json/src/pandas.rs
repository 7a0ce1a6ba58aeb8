//! Frames, series and arrays of pandas in the plain form: records of rows, and lists.

use std::vec;

use halfsour_classes::pandas::{Cell, Closed, Frame, Index, Rows, Series, Values};

use crate::Error;
use crate::plain::{Work, Writer};

/// Rows that are being written.
pub(crate) struct Table<'g, S> {
    rows: Rows<'g, S>,
    /// Whether rows are maps.
    are_maps: bool,
    /// The next to be written.
    row: usize,
    column: usize,
}

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    /// False if there is a column that cannot be read.
    pub(crate) fn frame(&mut self, frame: Box<Frame<'g, S>>) -> Result<bool, Error> {
        // Each column is looked for, also where it is then written in another way.
        self.spend(frame.width() + frame.index.names.len())?;
        // Names are held, and written in each row.
        let rows = Rows::of_frame(frame, |length| self.spend(length / 16))?;
        Ok(self.table(rows))
    }

    /// False if its values cannot be read.
    pub(crate) fn series(&mut self, series: Box<Series<'g, S>>) -> Result<bool, Error> {
        self.spend(series.index.names.len())?;
        Ok(self.table(Rows::of_series(series)))
    }

    /// False if it is of values that cannot be read.
    pub(crate) fn index(&mut self, index: Box<Index<'g, S>>) -> Result<bool, Error> {
        self.spend(index.names.len())?;
        Ok(self.table(Rows::of_index(index)))
    }

    /// False if they cannot be read.
    pub(crate) fn values(&mut self, values: Box<Values<'g, S>>) -> bool {
        self.table(Rows::of_values(values))
    }

    fn table(&mut self, rows: Rows<'g, S>) -> bool {
        if rows.check().is_err() {
            return false;
        }
        self.out.open(b'[');
        let table = Table { are_maps: !rows.is_column(), rows, row: 0, column: 0 };
        self.push([Work::Table(Box::new(table)), Work::Close(b']')]);
        true
    }

    /// Writes rows up to a value that has parts.
    pub(crate) fn rows(&mut self, mut table: Box<Table<'g, S>>) -> Result<(), Error> {
        while table.row < table.rows.len() {
            if table.column == 0 {
                self.spend(1)?;
                self.out.item()?;
                if table.are_maps {
                    self.out.open(b'{');
                }
            }
            let cell = if table.are_maps {
                let Some(name) = table.rows.names().get(table.column) else {
                    self.out.close(b'}');
                    (table.row, table.column) = (table.row + 1, 0);
                    continue;
                };
                self.spend(1)?;
                self.out.item()?;
                self.out.string(name.as_bytes())?;
                self.out.colon();
                let cell = table.rows.cell(table.row, table.column);
                table.column += 1;
                cell
            } else {
                let cell = table.rows.cell(table.row, 0);
                table.row += 1;
                cell
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
            Cell::Bytes(bytes) => self.out.base64(bytes)?,
            Cell::LongDouble(number) => self.long_double(number)?,
            Cell::Timestamp(stamp) => drop(self.out.string_of(stamp)?),
            Cell::Timedelta(delta) => drop(self.out.string_of(delta.to_iso())?),
            Cell::Period(period) => drop(self.out.string_of(period)?),
            Cell::Day(day) => drop(self.out.string_of(day)?),
            Cell::TimeOfDay(ticks, unit) => drop(self.out.string_of(unit.time_of_day(ticks))?),
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
