//! `halfsour diff`

use std::io::{self, Write};
use std::process::ExitCode;

use halfsour::{Graph, Loader};
use halfsour_files::{Input, Part};
use serde_json::{Value, json};

use super::{each_pickle, load};
use crate::args::{DiffForm, Reading};
use crate::diff::{Change, Diff, Storages, TooMuch};
use crate::failure::Failure;
use crate::input;
use crate::text::count;

/// The exit status of `diff` and `cmp`, too.
const DIFFERENT: u8 = 1;
const TROUBLE: u8 = 2;

/// Compares two files, and tells what differs.
pub fn run(out: &mut dyn Write, reading: &Reading, names: [&str; 2], form: &DiffForm) -> ExitCode {
    let told = compare(out, reading, names, form).and_then(|differences| {
        out.flush()?;
        Ok(differences)
    });
    match told {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(DIFFERENT),
        // Whoever reads the output has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(DIFFERENT),
        Err(failure) => {
            failure.report();
            ExitCode::from(TROUBLE)
        }
    }
}

/// One of the files that are compared.
struct Side {
    input: Input,
    parts: Vec<Part>,
}

impl Side {
    fn open(reading: &Reading, name: &str) -> Result<Self, Failure> {
        let input = input::open(name, reading)?;
        let parts = input.parts()?.collect::<Result<_, _>>()?;
        Ok(Self { input, parts })
    }

    fn graphs(&self, reading: &Reading) -> Result<Vec<Graph<&[u8]>>, Failure> {
        let mut loader = Loader::with_options(reading.options());
        let mut graphs = Vec::new();
        for part in &self.parts {
            each_pickle(part, reading.first, |bytes, start| {
                let graph = load(&mut loader, bytes, start)?;
                let end = graph.end();
                graphs.push(graph);
                Ok(end)
            })?;
        }
        Ok(graphs)
    }
}

/// How many differences there are.
fn compare(
    out: &mut dyn Write,
    reading: &Reading,
    [old, new]: [&str; 2],
    form: &DiffForm,
) -> Result<usize, Failure> {
    let (old, new) = (Side::open(reading, old)?, Side::open(reading, new)?);
    let (a, b) = (old.graphs(reading)?, new.graphs(reading)?);
    let storages = Storages::new(old.input.torch()?, new.input.torch()?);
    let mut diff = Diff::new(form.rules(), storages, form.max);
    let several = a.len() > 1 || b.len() > 1;
    for (number, (a, b)) in (1..).zip(a.iter().zip(&b)) {
        diff.pickles(a, b, several.then_some(number)).map_err(|TooMuch| {
            Failure::message("too much is shared and differs: comparing would take too long".to_owned())
        })?;
    }
    for (number, graph) in (1..).zip(&a).skip(b.len()) {
        diff.alone(Change::Removed(graph.root()), number);
    }
    for (number, graph) in (1..).zip(&b).skip(a.len()) {
        diff.alone(Change::Added(graph.root()), number);
    }
    let total = diff.total;
    if form.json {
        let differences: Value = diff.found.iter().map(|difference| diff.as_json(difference)).collect();
        writeln!(out, "{}", json!({"same": total == 0, "total": total, "differences": differences}))?;
        return Ok(total);
    }
    for difference in &diff.found {
        diff.line(out, difference)?;
    }
    match total - diff.found.len() {
        0 => {}
        more => writeln!(out, "… {} more", count(more))?,
    }
    Ok(total)
}
