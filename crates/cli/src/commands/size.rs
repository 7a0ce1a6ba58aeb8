//! `halfsour size`

use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::{self, Write};

use anstyle::Style;
use halfsour::Loader;
use halfsour_files::{Input, Part};
use serde_json::{Value, json};

use super::{PerFile, each_pickle, load};
use crate::args::{Reading, SizeForm};
use crate::failure::Failure;
use crate::path;
use crate::sizes::{Place, Sizes, Type};
use crate::text::{count, plural};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

pub struct Size {
    loader: Loader,
    first: bool,
    form: SizeForm,
    /// Of the torch file that is looked at, if it is one.
    storages: HashMap<String, u64>,
}

impl Size {
    pub fn new(reading: &Reading, form: SizeForm) -> Self {
        let loader = Loader::with_options(reading.options());
        Self { loader, first: reading.first, form, storages: HashMap::new() }
    }
}

impl PerFile for Size {
    fn is_styled(&self) -> bool {
        true
    }

    fn input(&mut self, _: &mut dyn Write, input: &Input) -> Result<(), Failure> {
        self.storages.clear();
        if let Some(torch) = input.torch()? {
            for key in torch.keys() {
                self.storages.insert(key.to_owned(), torch.storage(key)?.len() as u64);
            }
        }
        Ok(())
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        let mut sizes = Sizes::new(std::mem::take(&mut self.storages), self.form.each);
        let mut pickles = 0;
        each_pickle(file, self.first, |bytes, start| {
            let graph = load(&mut self.loader, bytes, start)?;
            pickles += 1;
            let at = if self.form.each { sizes.place(0, format!("#{pickles}")) } else { 0 };
            sizes.add(&graph, at);
            let end = graph.end();
            self.loader.recycle(graph);
            Ok(end)
        })?;
        sizes.sum();
        match self.form {
            SizeForm { folded: true, .. } => folded(out, &sizes)?,
            SizeForm { json: true, top, .. } => writeln!(out, "{}", as_json(file.name(), &sizes, top))?,
            SizeForm { top, .. } => {
                let all = sizes.places[0].total;
                let (bytes, pickles) = (plural(all, "byte"), plural(pickles, "pickle"));
                writeln!(out, "{BOLD}{}{BOLD:#}: {bytes} in {pickles}", file.name())?;
                table(
                    out,
                    "path",
                    all,
                    places(&sizes, top).map(|(path, place)| (path, place.total, place.objects)),
                )?;
                table(
                    out,
                    "type",
                    all,
                    types(&sizes, top).map(|of| (of.name.clone(), of.bytes, of.objects)),
                )?;
            }
        }
        Ok(())
    }
}

/// The places that take most, without the one for all.
fn places(sizes: &Sizes, top: usize) -> impl Iterator<Item = (String, &Place)> {
    let mut numbers: Vec<_> =
        (1..sizes.places.len()).filter(|&place| sizes.places[place].total > 0).collect();
    numbers.sort_by_key(|&place| Reverse(sizes.places[place].total));
    numbers.truncate(top);
    numbers.into_iter().map(|place| (path::join(&sizes.steps(place)), &sizes.places[place]))
}

fn types(sizes: &Sizes, top: usize) -> impl Iterator<Item = &Type> {
    let mut types: Vec<_> = sizes.types.iter().collect();
    types.sort_by_key(|of| Reverse(of.bytes));
    types.truncate(top);
    types.into_iter()
}

fn table(
    out: &mut dyn Write,
    what: &str,
    all: u64,
    rows: impl Iterator<Item = (String, u64, u64)>,
) -> io::Result<()> {
    writeln!(out, "{DIM}{:>15} {:>6} {:>11}  {what}{DIM:#}", "bytes", "%", "objects")?;
    for (name, bytes, objects) in rows {
        let per_mille = (u128::from(bytes) * 1000).checked_div(all.into()).unwrap_or_default();
        let percent = format!("{}.{}", per_mille / 10, per_mille % 10);
        writeln!(out, "{:>15} {percent:>6} {:>11}  {name}", count(bytes), count(objects))?;
    }
    Ok(())
}

/// What flame graphs are made of: the steps to each place, and its bytes.
fn folded(out: &mut dyn Write, sizes: &Sizes) -> io::Result<()> {
    for (number, place) in sizes.places.iter().enumerate().filter(|(_, place)| place.own > 0) {
        let steps = sizes.steps(number);
        let frames = std::iter::once("pickle").chain(steps).map(|step| step.replace([';', ' '], "_"));
        writeln!(out, "{} {}", frames.collect::<Vec<_>>().join(";"), place.own)?;
    }
    Ok(())
}

fn as_json(file: &str, sizes: &Sizes, top: usize) -> Value {
    let place = |(path, place): (String, &Place)| json!({"path": path, "bytes": place.total, "own": place.own, "objects": place.objects});
    let of = |of: &Type| json!({"type": of.name, "bytes": of.bytes, "objects": of.objects});
    json!({
        "file": file,
        "bytes": sizes.places[0].total,
        "paths": places(sizes, top).map(place).collect::<Value>(),
        "types": types(sizes, top).map(of).collect::<Value>(),
    })
}
