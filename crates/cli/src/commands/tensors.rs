//! `halfsour tensors`

use std::collections::HashMap;
use std::io::Write;

use anstyle::Style;
use halfsour::{Loader, json};
use halfsour_files::{Input, Part, Parts, PickleError};
use serde::Serialize;

use super::{PerFile, each_pickle, load};
use crate::args::Reading;
use crate::failure::{Cause, Failure};
use crate::tensors::{Tensor, Tensors, is_npy, is_safetensors};
use crate::text::{self, plural, shape};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

pub struct ListTensors {
    loader: Loader,
    first: bool,
    json: bool,
    limits: json::Limits,
}

impl ListTensors {
    pub fn new(reading: &Reading, json: bool) -> Self {
        let loader = Loader::with_options(reading.options());
        Self { loader, first: reading.first, json, limits: reading.json_limits() }
    }

    fn print(&self, out: &mut dyn Write, tensors: &Tensors<'_>) -> Result<(), Cause> {
        if self.json {
            let rows: Vec<_> = rows(tensors).collect();
            serde_json::to_writer(&mut *out, &rows).map_err(std::io::Error::from)?;
            return Ok(writeln!(out)?);
        }
        table(out, tensors)
    }
}

impl PerFile for ListTensors {
    fn is_headed(&self) -> bool {
        !self.json
    }

    fn is_styled(&self) -> bool {
        !self.json
    }

    fn parts<'i>(&self, input: &'i Input) -> Result<Parts<'i>, Failure> {
        Ok(input.parts_with_tensors()?)
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        let fail = |error| {
            let name = file.name().to_owned();
            Failure::in_pickle(PickleError { name, start: 0, before: 0, error }, file.bytes())
        };
        if is_safetensors(file.bytes()) {
            let tensors = Tensors::of_safetensors(file.bytes()).map_err(|why| fail(Cause::Other(why)))?;
            return self.print(out, &tensors).map_err(fail);
        }
        if is_npy(file.bytes()) {
            let tensors = Tensors::of_npy(file.bytes()).map_err(|why| fail(Cause::Other(why)))?;
            return self.print(out, &tensors).map_err(fail);
        }
        each_pickle(file, self.first, |bytes, start| {
            let graph = load(&mut self.loader, bytes, start)?;
            let most = bytes.len().saturating_mul(8).saturating_add(self.limits.bytes);
            let tensors = Tensors::of_pickle(graph.root(), file.torch(), most).map_err(Cause::Other)?;
            self.print(out, &tensors)?;
            Ok(graph.end())
        })
    }
}

/// A tensor in JSON.
#[derive(Serialize)]
struct Row<'t> {
    name: &'t str,
    dtype: &'t str,
    shape: &'t [u64],
    /// In elements.
    strides: &'t [u64],
    /// Of its elements, side by side.
    bytes: Option<u64>,
    storage: Option<&'t str>,
    storage_bytes: Option<usize>,
    /// From the beginning of the storage, in bytes.
    offset: Option<u64>,
    /// From the beginning of the file, with compression taken off, in bytes; where it is in the file as it is.
    file_offset: Option<u64>,
    /// The first with the same storage.
    shares_with: Option<&'t str>,
    notes: &'t [std::borrow::Cow<'static, str>],
}

fn rows<'t>(tensors: &'t Tensors<'_>) -> impl Iterator<Item = Row<'t>> {
    let mut firsts: HashMap<usize, &str> = HashMap::new();
    tensors.all.iter().map(move |tensor| {
        let Tensor { name, dtype, shape, strides, bytes, place, notes, .. } = tensor;
        let storage = place.map(|(index, _)| &tensors.storages[index]);
        let offset = place.map(|(_, offset)| offset);
        let shares = place.filter(|_| tensors.may_share()).and_then(|(index, _)| {
            let first = *firsts.entry(index).or_insert(name);
            (!std::ptr::eq(first, name.as_str())).then_some(first)
        });
        Row {
            name,
            dtype,
            shape,
            strides,
            bytes: *bytes,
            storage: storage.map(|storage| storage.name.as_str()),
            storage_bytes: storage.and_then(|storage| storage.length),
            offset,
            file_offset: storage.and_then(|storage| offset?.checked_add(storage.start? as u64)),
            shares_with: shares,
            notes,
        }
    })
}

/// Lines whose columns are below each other.
fn table(out: &mut dyn Write, tensors: &Tensors<'_>) -> Result<(), Cause> {
    const HEAD: [&str; 7] = ["name", "dtype", "shape", "strides", "bytes", "storage", "offset"];
    let number = |number: Option<u64>| number.map_or("?".to_owned(), text::count);
    let line = |row: Row<'_>| {
        let mut notes: Vec<_> = row.notes.iter().map(|note| text::name(note).into_owned()).collect();
        if let Some(first) = row.shares_with {
            notes.push(format!("shares the storage of {}", text::name(first)));
        }
        let cells = [
            text::name(row.name).into_owned(),
            row.dtype.to_owned(),
            shape(row.shape),
            shape(row.strides),
            number(row.bytes),
            row.storage.map_or("-".to_owned(), |storage| text::name(storage).into_owned()),
            row.storage.map_or("-".to_owned(), |_| number(row.offset)),
        ];
        (cells, notes.join("; "))
    };
    let lines: Vec<_> = rows(tensors).map(line).collect();
    let mut widths = HEAD.map(str::len);
    for (cells, _) in &lines {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let aligned = |cells: [&str; 7]| {
        let mut line = String::new();
        for (column, (cell, width)) in cells.into_iter().zip(widths).enumerate() {
            let blanks = " ".repeat(width - cell.chars().count());
            let is_number = matches!(HEAD[column], "bytes" | "offset");
            let (first, second) = if is_number { (&*blanks, cell) } else { (cell, &*blanks) };
            line.extend([first, second, "  "]);
        }
        line
    };
    if !lines.is_empty() {
        writeln!(out, "{BOLD}{}{BOLD:#}", aligned(HEAD).trim_end())?;
    }
    for (cells, notes) in &lines {
        let line = aligned(cells.each_ref().map(String::as_str));
        match notes.as_str() {
            "" => writeln!(out, "{}", line.trim_end())?,
            notes => writeln!(out, "{line}{DIM}{notes}{DIM:#}")?,
        }
    }
    let sizes = tensors.storages.iter().filter_map(|storage| storage.length);
    let (count, storages) = (tensors.all.len(), tensors.storages.len());
    Ok(writeln!(
        out,
        "{}, in {} of {}",
        plural(count, "tensor"),
        plural(storages, "storage"),
        plural(sizes.sum::<usize>(), "byte")
    )?)
}
