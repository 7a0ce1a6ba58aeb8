//! CSV, as the `to_csv` of the pandas that wrote a frame prints it.

use std::collections::HashMap;
use std::io::Write;

use halfsour_classes::pandas;
use halfsour_classes::sheet::{
    Cells, Column, Extent, Form, Name, Release, Sheet, Unwritten, write_cell, write_name,
};
use halfsour_json::{Pen, Style};

use super::sheet::sheet;
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
                Err(why) => out.leave_out(shown(name, &Form::default(), is_label), why.clone()),
            }
        }
        out.check()?;
        let pen = Pen::new(data.graph, Style::plain().with_limits(self.limits.json));
        Body { line: Line::default(), left: most, pen, out }.write(&sheet, &fields)
    }
}

/// Returns the name of a column in a message.
fn shown(name: &Name<'_, &[u8]>, form: &Form, is_label: bool) -> String {
    let mut text = String::new();
    write_name(name, form, &mut text);
    if text.is_empty() && is_label { "the index".to_owned() } else { text }
}

struct Body<'o, 'w> {
    line: Line,
    /// The bytes that may still be written.
    left: usize,
    pen: Pen,
    out: &'o mut Out<'w>,
}

impl Body<'_, '_> {
    fn write<'g>(
        &mut self,
        sheet: &Sheet<'g, &'g [u8]>,
        fields: &[Field<'_, 'g>],
    ) -> Result<(), ConvertError> {
        self.header(sheet, fields)?;
        // pandas looks at so many rows at once to see how exact their times are.
        let chunk = (100_000 / sheet.columns.len().max(1)).max(1);
        let mut start = 0;
        while start < sheet.rows {
            let end = sheet.rows.min(start + chunk);
            let forms = forms(sheet, fields, start..end)?;
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

    /// Writes the names of the columns: on one line, or on one for each level, and then the names of the labels of rows.
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

    fn cell(&mut self, field: &Field<'_, '_>, form: &Form, row: usize) -> Result<(), ConvertError> {
        let mut text = std::mem::take(&mut self.line.cell);
        text.clear();
        let written = match field.cells.get(row) {
            Some(cell) => write_cell(&cell, form, &mut text),
            None => Err("a value that cannot be read".into()),
        };
        match written {
            Ok(()) => {}
            Err(Unwritten::Object(node)) => text = self.pen.write(node)?,
            Err(Unwritten::Unreadable(why)) => {
                let name = shown(field.name, &Form::default(), field.is_label);
                return Err(format!("column {name:?}: row {row}: {why}").into());
            }
        }
        self.field(&text)?;
        self.line.cell = text;
        Ok(())
    }

    fn field(&mut self, text: &str) -> Result<(), ConvertError> {
        let left = self.left.checked_sub(text.len() + 1);
        self.left =
            left.ok_or("the table would be larger than the limit: what is shared is written each time")?;
        self.line.field(text);
        Ok(())
    }

    fn end(&mut self) -> Result<(), ConvertError> {
        Ok(self.line.end(self.out)?)
    }
}

/// Returns the block of a column, if the pandas that wrote it prints the times of a whole block alike.
fn block<'g>(sheet: &Sheet<'g, &'g [u8]>, field: &Field<'_, 'g>) -> Option<usize> {
    match field.cells {
        Cells::Values { block, .. } if !field.is_label && sheet.release < Release::Two => Some(*block),
        _ => None,
    }
}

/// Returns how the cells of each column are written, in some rows.
fn forms<'g>(
    sheet: &Sheet<'g, &'g [u8]>,
    fields: &[Field<'_, 'g>],
    rows: std::ops::Range<usize>,
) -> Result<Vec<Form>, ConvertError> {
    let mut blocks: HashMap<usize, Extent> = HashMap::new();
    let mut extents = Vec::with_capacity(fields.len());
    for field in fields {
        // The labels of a level are written once for all rows.
        let rows = if let Cells::Level(_) = field.cells { 0..sheet.rows } else { rows.clone() };
        let extent = Extent::of(field.cells, rows);
        if let Some(block) = block(sheet, field) {
            let all = blocks.entry(block).or_default();
            *all = all.with(extent);
        }
        extents.push(extent);
    }
    let form = |(field, extent): (&Field<'_, 'g>, Extent)| {
        let extent = block(sheet, field).map_or(extent, |block| blocks[&block]);
        Form::of(field.cells, extent, sheet.release, field.is_label).map_err(|why| {
            let name = shown(field.name, &Form::default(), field.is_label);
            format!("column {name:?}: {why}").into()
        })
    };
    fields.iter().zip(extents).map(form).collect()
}

/// A line while it is made.
#[derive(Default)]
struct Line {
    text: String,
    fields: usize,
    /// The text of a cell, kept for its room.
    cell: String,
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
