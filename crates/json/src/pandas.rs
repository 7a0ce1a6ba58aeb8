//! Frames, series and arrays of pandas in the plain form: records of rows, and lists.

use std::rc::Rc;
use std::vec;

use halfsour_classes::Known;
use halfsour_classes::pandas::{Cell, Closed, Frame, Index, Rows, Series, Values};
use halfsour_value::Instance;

use crate::Error;
use crate::plain::{Work, Writer};

/// A table that is being written.
pub(crate) struct Table<'g, S> {
    rows: Rc<Rows<'g, S>>,
    order: Order,
    /// Whether each column is left out of lines.
    left_out: Vec<bool>,
    /// The next to be written.
    row: usize,
    column: usize,
}

/// The way in which a table is written.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    /// Each row is a map.
    Rows,
    /// Each row is a map on a line of its own, without the columns that are left out.
    Lines,
    /// The values of the column with this number.
    Column(usize),
    /// Each column is a member, since some cannot be read, and so have no values for a row.
    Columns,
}

impl<'g, S: AsRef<[u8]>> Table<'g, S> {
    fn new(rows: Rc<Rows<'g, S>>, order: Order) -> Self {
        Self { rows, order, left_out: Vec::new(), row: 0, column: 0 }
    }
}

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    /// Writes a frame, and by columns, with its class, if one of them cannot be read.
    pub(crate) fn frame(&mut self, frame: Box<Frame<'g, S>>, class: &str) -> Result<(), Error> {
        // Each column is looked for, also where it is then written in another way.
        self.spend(frame.width() + frame.index.names.len())?;
        // Names are held, and written in each row.
        let rows = Rows::of_frame(frame, |length| self.spend(length / 16))?;
        let mut unreadable = rows.unreadable().peekable();
        if unreadable.peek().is_none() {
            drop(unreadable);
            self.table(rows);
            return Ok(());
        }
        self.out.open(b'{');
        self.out.member("@class")?;
        self.out.string(class.as_bytes())?;
        self.out.member("@unreadable")?;
        self.out.open(b'{');
        for (column, why) in unreadable {
            self.name(&rows.names()[column])?;
            self.out.string(why.reason().as_bytes())?;
        }
        self.out.close(b'}');
        self.out.member("columns")?;
        self.out.open(b'{');
        let table = Table::new(Rc::new(rows), Order::Columns);
        self.push([Work::Table(Box::new(table)), Work::Close(b'}'), Work::Close(b'}')]);
        Ok(())
    }

    pub(crate) fn series(&mut self, series: Box<Series<'g, S>>) -> Result<(), Error> {
        self.spend(series.index.names.len())?;
        self.table(Rows::of_series(series));
        Ok(())
    }

    pub(crate) fn index(&mut self, index: Box<Index<'g, S>>) -> Result<(), Error> {
        self.spend(index.names.len())?;
        self.table(Rows::of_index(index));
        Ok(())
    }

    pub(crate) fn values(&mut self, values: Box<Values<'g, S>>) {
        self.table(Rows::of_values(values));
    }

    fn table(&mut self, rows: Rows<'g, S>) {
        self.out.open(b'[');
        let order = if rows.is_column() { Order::Column(0) } else { Order::Rows };
        let table = Table::new(Rc::new(rows), order);
        self.push([Work::Table(Box::new(table)), Work::Close(b']')]);
    }

    fn name(&mut self, name: &str) -> Result<(), Error> {
        self.spend(1)?;
        self.out.item()?;
        self.out.string(name.as_bytes())?;
        self.out.colon();
        Ok(())
    }

    /// Writes the next column, or the object that stands for it.
    fn next_column(&mut self, mut table: Box<Table<'g, S>>) -> Result<(), Error> {
        let column = table.column;
        let Some(name) = table.rows.names().get(column) else { return Ok(()) };
        self.name(name)?;
        table.column += 1;
        let frame = table.rows.frame().zip(column.checked_sub(table.rows.labels()));
        let values = match frame {
            Some((frame, number)) if frame.column(number).is_err() => frame.object(number).map(Work::Node),
            _ => {
                let rows = Rc::clone(&table.rows);
                let values = Table::new(rows, Order::Column(column));
                self.out.open(b'[');
                self.push([Work::Table(Box::new(values)), Work::Close(b']'), Work::Table(table)]);
                return Ok(());
            }
        };
        let Some(values) = values else {
            self.out.word("null");
            self.push([Work::Table(table)]);
            return Ok(());
        };
        self.push([values, Work::Table(table)]);
        Ok(())
    }

    /// Writes the rows of a frame or series on lines; false if it is neither.
    pub(crate) fn table_lines(
        &mut self,
        known: Known<'g, S>,
        is_left_out: &dyn Fn(Option<usize>) -> bool,
    ) -> Result<bool, Error> {
        let rows = match known {
            Known::DataFrame(frame) => {
                self.spend(frame.width() + frame.index.names.len())?;
                Rows::of_frame(frame, |length| self.spend(length / 16))?
            }
            Known::Series(series) => Rows::of_series(series),
            _ => return Ok(false),
        };
        let mut table = Table::new(Rc::new(rows), Order::Lines);
        let is_unreadable = |column| table.rows.frame().is_some_and(|frame| frame.column(column).is_err());
        let numbers = (0..table.rows.names().len()).map(|number| number.checked_sub(table.rows.labels()));
        table.left_out =
            numbers.map(|column| column.is_some_and(is_unreadable) || is_left_out(column)).collect();
        self.push([Work::Table(Box::new(table))]);
        Ok(true)
    }

    /// Writes rows up to a value that has parts.
    pub(crate) fn rows(&mut self, mut table: Box<Table<'g, S>>) -> Result<(), Error> {
        if table.order == Order::Columns {
            return self.next_column(table);
        }
        while table.row < table.rows.len() {
            if table.column == 0 {
                self.spend(1)?;
                if table.order != Order::Lines {
                    self.out.item()?;
                }
                if matches!(table.order, Order::Rows | Order::Lines) {
                    self.out.open(b'{');
                }
            }
            let (cell, column) = if let Order::Column(column) = table.order {
                let cell = table.rows.cell(table.row, column);
                table.row += 1;
                (cell, column)
            } else {
                let Some(name) = table.rows.names().get(table.column) else {
                    self.out.close(b'}');
                    if table.order == Order::Lines {
                        self.out.end_line()?;
                    }
                    (table.row, table.column) = (table.row + 1, 0);
                    continue;
                };
                if table.order == Order::Lines && table.left_out[table.column] {
                    table.column += 1;
                    continue;
                }
                self.name(name)?;
                let column = table.column;
                table.column += 1;
                (table.rows.cell(table.row, column), column)
            };
            let cell = match cell.map_err(|_| Error::unreadable())? {
                Cell::Scalar(scalar) => Cell::Scalar(scalar.shortest(table.rows.number(column))),
                cell => cell,
            };
            if let Some(cell) = self.flat(cell)? {
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
            Cell::Geometry(geometry) => drop(self.out.string_of(geometry)?),
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
            Some(Cell::Tuple(cells) | Cell::List(cells)) => {
                self.out.open(b'[');
                self.push([Work::Cells(Box::new(cells.into_iter())), Work::Close(b']')]);
            }
            Some(Cell::Dict(members)) => {
                self.spend(members.len())?;
                self.out.open(b'{');
                let member = |(name, cell): (&str, _)| [Work::Name(name.into()), Work::Cell(Box::new(cell))];
                let mut work: Vec<_> = members.into_iter().flat_map(member).collect();
                work.push(Work::Close(b'}'));
                self.push_all(work);
            }
            Some(_) => return Err(Error::unreadable()),
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

pub(crate) fn class_of<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> String {
    instance.class().as_global().map_or_else(String::new, |class| class.visible_name())
}
