//! `halfsour diff`

use std::io::{self, Write};

use halfsour::Loader;
use halfsour::value::path::Path;
use halfsour_files::{Input, Part};
use halfsour_inspect::diff::{Diff, Side};

use crate::args::{DiffForm, Reading};
use crate::failure::{Cause, Failure};
use crate::{arrays, input, print};

/// The exit status of `diff` and `cmp`, too.
const DIFFERENT: u8 = 1;
const TROUBLE: u8 = 2;

/// Compares two files, and tells what differs.
pub fn run(out: &mut dyn Write, reading: &Reading, names: [&str; 2], path: &Path, form: &DiffForm) -> u8 {
    let same = compare(out, reading, names, path, form).and_then(|same| {
        out.flush()?;
        Ok(same)
    });
    match same {
        Ok(true) => 0,
        Ok(false) => DIFFERENT,
        // Whoever reads the output has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => DIFFERENT,
        Err(failure) => {
            failure.report();
            TROUBLE
        }
    }
}

/// Whether the two files are the same.
fn compare(
    out: &mut dyn Write,
    reading: &Reading,
    [old, new]: [&str; 2],
    path: &Path,
    form: &DiffForm,
) -> Result<bool, Failure> {
    let (old, new) = (input::open(old, reading)?, input::open(new, reading)?);
    let (mine, theirs) = (parts(reading, &old)?, parts(reading, &new)?);
    let (old, new) = (side(reading, &old, &mine)?, side(reading, &new, &theirs)?);
    let mut diff = Diff::new(form.rules(), form.max);
    diff.sides_at(&old, &new, path).map_err(|error| Failure::message(error.to_string()))?;
    if form.json {
        print::json(out, &diff)?;
    } else {
        print::lines(out, diff.lines())?;
    }
    Ok(diff.is_same())
}

fn parts(reading: &Reading, input: &Input) -> Result<Vec<Part>, Failure> {
    if let Some(part) = arrays::of_archive(input, reading)? {
        return Ok(vec![part]);
    }
    input
        .parts_with_arrays()?
        .map(|part| -> Result<Part, Failure> {
            let part = part?;
            Ok(arrays::of_part(&part, reading)?.unwrap_or(part))
        })
        .collect()
}

fn side<'p>(reading: &Reading, input: &'p Input, parts: &'p [Part]) -> Result<Side<'p>, Failure> {
    let mut loader = Loader::with_options(reading.options());
    let mut side = Side::of_file(input.source().name());
    for part in parts {
        let added = side.add(part, reading.first, &mut loader);
        added.map_err(|error| Failure::in_pickle(error.map(Cause::Load), part.bytes()))?;
    }
    Ok(side)
}
