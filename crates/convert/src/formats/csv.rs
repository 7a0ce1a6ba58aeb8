//! CSV, as the `to_csv` of the pandas that wrote a frame prints it.

use std::collections::HashMap;
use std::io::Write;

use halfsour_classes::pandas;
use halfsour_classes::sheet::{
    Cell, Cells, Column, Extent, Form, Name, Release, Sheet, Unknowns, Unwritten, write_cell, write_name,
};
use halfsour_json::{ErrorKind, Pen, Style};
use halfsour_value::Graph;

use super::sheet::{sheet, shown};
use crate::convert::{self, Out, Subject};
use crate::options::Limits;
use crate::{ConvertError, Options};

struct Writer {
    limits: Limits,
    index: Option<bool>,
    is_written: bool,
}

pub(super) fn writer(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { limits: options.limits, index: options.index, is_written: false })
}

/// A column that is written.
struct Field<'t, 'g> {
    name: &'t Name<'g, &'g [u8]>,
    cells: &'t Cells<'g, &'g [u8]>,
    is_label: bool,
}

impl convert::Writer for Writer {
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        if std::mem::replace(&mut self.is_written, true) {
            return Err("several pickles; the option `first` takes the table of the first".into());
        }
        let most = self.limits.written.room(data.graph.source().len());
        let sheet = sheet(data, most)?;
        let mut fields = Vec::new();
        let labels = if self.index.unwrap_or(!sheet.labels_only_count()) { &sheet.labels[..] } else { &[] };
        let columns = labels.iter().map(|column| (column, true));
        for (Column { name, cells, .. }, is_label) in
            columns.chain(sheet.columns.iter().map(|column| (column, false)))
        {
            match cells {
                Ok(cells) => fields.push(Field { name, cells, is_label }),
                Err(why) => out.leave_out(shown(name, is_label), why.clone()),
            }
        }
        // Each row has as many separators as fields, also without any. So tables without end are refused before their rows are looked at.
        if sheet.rows.checked_mul(fields.len().max(1)).is_none_or(|least| least > most) {
            return Err(TOO_LARGE.into());
        }
        let style = Style::plain().with_limits(self.limits.json);
        // Rows that are written cannot be taken back, so that all cells are tried before, if a column may be left out.
        if out.is_partial() {
            leave_out(&sheet, &mut fields, CellWriter::new(data.graph, style), out)?;
        }
        out.check()?;
        let cells = CellWriter::new(data.graph, style);
        match (Body { line: Line::default(), left: most, cells, out: &mut *out }.write(&sheet, &fields)) {
            Err(Fault::Cell(why)) => {
                // There may be more such columns.
                leave_out(&sheet, &mut fields, CellWriter::new(data.graph, style), out)?;
                out.check().and(Err(why.into()))
            }
            Err(Fault::Other(error)) => Err(error),
            Ok(()) => Ok(()),
        }
    }
}

/// The reason that a body was not written.
enum Fault {
    /// A cell has no text, for this reason.
    Cell(String),
    Other(ConvertError),
}

impl<E: Into<ConvertError>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// Takes away the columns of which a cell cannot be written, and notes them.
fn leave_out<'g>(
    sheet: &Sheet<'g, &'g [u8]>,
    fields: &mut Vec<Field<'_, 'g>>,
    mut cells: CellWriter,
    out: &mut Out<'_>,
) -> Result<(), ConvertError> {
    let mut kept = Vec::with_capacity(fields.len());
    for field in fields.drain(..) {
        match cells.try_all(&field, sheet) {
            Ok(()) => kept.push(field),
            Err(Fault::Cell(why)) => out.leave_out(shown(field.name, field.is_label), why),
            Err(Fault::Other(error)) => return Err(error),
        }
    }
    *fields = kept;
    Ok(())
}

/// Makes the text of cells.
struct CellWriter {
    /// The text of the last, kept for its room.
    text: String,
    pen: Pen,
    unknowns: Unknowns,
}

impl CellWriter {
    fn new(graph: &Graph<&[u8]>, style: Style) -> Self {
        Self { text: String::new(), pen: Pen::new(graph, style), unknowns: Unknowns::new(graph) }
    }

    /// Makes the text of all cells of a column, and keeps none.
    fn try_all<'g>(&mut self, field: &Field<'_, 'g>, sheet: &Sheet<'g, &'g [u8]>) -> Result<(), Fault> {
        let form = Form::of(field.cells, Extent::default(), sheet.release, field.is_label);
        let form = form.map_err(Fault::Cell)?;
        for row in 0..sheet.rows {
            self.write(field, &form, row).map_err(|fault| match fault {
                Fault::Cell(why) => Fault::Cell(format!("row {row}: {why}")),
                other @ Fault::Other(_) => other,
            })?;
        }
        Ok(())
    }

    /// Makes the text of a cell. Containers are JSON.
    fn write(&mut self, field: &Field<'_, '_>, form: &Form, row: usize) -> Result<&str, Fault> {
        let no_text = |why: &str| Fault::Cell(why.to_owned());
        self.text.clear();
        let cell = field.cells.get(row).ok_or_else(|| no_text("a value that cannot be read"))?;
        let json = match write_cell(&cell, form, &mut self.text) {
            Ok(()) => return Ok(&self.text),
            Err(Unwritten::Unreadable(why)) => return Err(Fault::Cell(why)),
            Err(Unwritten::Object(node)) => match self.unknowns.find(node) {
                Some(why) => return Err(Fault::Cell(why)),
                None => self.pen.write(node),
            },
            Err(Unwritten::Parts) => match cell {
                Cell::Pandas(cell) => self.pen.write_cell(cell),
                _ => return Err(no_text("a value without a text")),
            },
        };
        self.text = json.map_err(|error| match error.kind() {
            ErrorKind::TooLarge | ErrorKind::Io(_) => Fault::Other(error.into()),
            _ => Fault::Cell(error.to_string()),
        })?;
        Ok(&self.text)
    }
}

struct Body<'o, 'w> {
    line: Line,
    /// The bytes that may still be written.
    left: usize,
    cells: CellWriter,
    out: &'o mut Out<'w>,
}

impl Body<'_, '_> {
    fn write<'g>(&mut self, sheet: &Sheet<'g, &'g [u8]>, fields: &[Field<'_, 'g>]) -> Result<(), Fault> {
        self.header(sheet, fields)?;
        // pandas looks at so many rows at once to see how exact their times are.
        let chunk = (100_000 / sheet.columns.len().max(1)).max(1);
        // The labels of a level are written once for all rows.
        let of_level = |field: &Field<'_, 'g>| match field.cells {
            Cells::Level(_) => Some(Extent::of(field.cells, 0..sheet.rows)),
            _ => None,
        };
        let levels: Vec<_> = fields.iter().map(of_level).collect();
        let mut start = 0;
        while start < sheet.rows {
            let end = sheet.rows.min(start + chunk);
            let forms = forms(sheet, fields, &levels, start..end).map_err(Fault::Cell)?;
            for row in start..end {
                for (field, form) in fields.iter().zip(&forms) {
                    self.cell(field, form, row)?;
                }
                self.end()?;
            }
            start = end;
        }
        Ok(())
    }

    /// Writes the names of the columns: on one line, or on one for each level, and then the names of the labels of
    /// rows.
    fn header<'g>(
        &mut self,
        sheet: &Sheet<'g, &'g [u8]>,
        fields: &[Field<'_, 'g>],
    ) -> Result<(), ConvertError> {
        let form = sheet.name_form();
        let labels = fields.iter().filter(|field| field.is_label).count();
        let levels = sheet.header.as_ref().map_or(&[][..], |header| &header.names);
        if levels.len() < 2 {
            for field in fields {
                let form = if field.is_label { &Form::default() } else { &form };
                let mut name = String::new();
                write_name(field.name, form, &mut name);
                self.field(&name)?;
            }
            return self.end();
        }
        for (level, name) in levels.iter().enumerate() {
            for label in 0..labels {
                let mut text = String::new();
                if let (0, Some(name)) = (label, name) {
                    write_name(&Name::Label(pandas::Cell::Object(*name)), &Form::default(), &mut text);
                }
                self.field(&text)?;
            }
            for field in fields.iter().filter(|field| !field.is_label) {
                let mut text = String::new();
                match field.name {
                    Name::Label(pandas::Cell::Tuple(parts)) => {
                        if let Some(part) = parts.get(level) {
                            write_name(&Name::Label(part.clone()), &Form::default(), &mut text);
                        }
                    }
                    name => write_name(name, &Form::default(), &mut text),
                }
                self.field(&text)?;
            }
            self.end()?;
        }
        if fields.iter().any(|field| field.is_label && !matches!(field.name, Name::None)) {
            for field in fields {
                let mut text = String::new();
                if field.is_label {
                    write_name(field.name, &Form::default(), &mut text);
                }
                self.field(&text)?;
            }
            self.end()?;
        }
        Ok(())
    }

    fn cell(&mut self, field: &Field<'_, '_>, form: &Form, row: usize) -> Result<(), Fault> {
        let text = self.cells.write(field, form, row)?;
        Ok(add(&mut self.line, &mut self.left, text)?)
    }

    fn field(&mut self, text: &str) -> Result<(), ConvertError> {
        add(&mut self.line, &mut self.left, text)
    }

    fn end(&mut self) -> Result<(), ConvertError> {
        if self.line.fields == 0 {
            self.left = self.left.checked_sub(1).ok_or(TOO_LARGE)?;
        }
        Ok(self.line.end(self.out)?)
    }
}

const TOO_LARGE: &str =
    "the table would be larger than the limit: what is shared, or numbered, is written each time";

/// Adds a field to a line, if there is room left.
fn add(line: &mut Line, left: &mut usize, text: &str) -> Result<(), ConvertError> {
    let room = left.checked_sub(text.len() + 1);
    *left = room.ok_or(TOO_LARGE)?;
    line.field(text);
    Ok(())
}

/// Returns the block of a column, if the pandas that wrote it prints the times of a whole block alike.
fn block<'g>(sheet: &Sheet<'g, &'g [u8]>, field: &Field<'_, 'g>) -> Option<usize> {
    match field.cells {
        Cells::Values { block, .. } if !field.is_label && sheet.release < Release::Two => Some(*block),
        _ => None,
    }
}

/// Returns how the cells of each column are written, in some rows, or that a zone is not known. Levels have the
/// extents of all rows.
fn forms<'g>(
    sheet: &Sheet<'g, &'g [u8]>,
    fields: &[Field<'_, 'g>],
    levels: &[Option<Extent>],
    rows: std::ops::Range<usize>,
) -> Result<Vec<Form>, String> {
    let mut blocks: HashMap<usize, Extent> = HashMap::new();
    let mut extents = Vec::with_capacity(fields.len());
    for (field, level) in fields.iter().zip(levels) {
        let extent = level.unwrap_or_else(|| Extent::of(field.cells, rows.clone()));
        if let Some(block) = block(sheet, field) {
            let all = blocks.entry(block).or_default();
            *all = all.with(extent);
        }
        extents.push(extent);
    }
    let form = |(field, extent): (&Field<'_, 'g>, Extent)| {
        let extent = block(sheet, field).map_or(extent, |block| blocks[&block]);
        Form::of(field.cells, extent, sheet.release, field.is_label)
    };
    fields.iter().zip(extents).map(form).collect()
}

/// A line while it is made.
#[derive(Default)]
struct Line {
    text: String,
    fields: usize,
}

impl Line {
    fn field(&mut self, text: &str) {
        if self.fields > 0 {
            self.text.push(',');
        }
        self.fields += 1;
        if text.contains([',', '"', '\n', '\r']) {
            self.text.extend(["\"", &text.replace('"', "\"\""), "\""]);
        } else {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, out: &mut impl Write) -> std::io::Result<()> {
        // A line with one empty field would be an empty line, which readers skip.
        if self.text.is_empty() && self.fields == 1 {
            self.text.push_str("\"\"");
        }
        self.text.push('\n');
        out.write_all(self.text.as_bytes())?;
        self.text.clear();
        self.fields = 0;
        Ok(())
    }
}
