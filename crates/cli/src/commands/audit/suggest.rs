//! Entries of a policy for what is unknown.

use std::io::{self, Write};

use halfsour::Loader;
use halfsour_audit::{Completeness, FileReport, Policy, Suggestions};
use halfsour_files::JoblibArrays;

use crate::args::Reading;
use crate::commands::each_pickle;
use crate::failure::{Cause, Failure};
use crate::input;

/// Writes the entries for all names of some files that a policy does not list.
pub fn write(
    out: &mut dyn Write,
    policy: &Policy,
    files: &[FileReport],
    reading: &Reading,
) -> io::Result<()> {
    let mut suggestions = Suggestions::new(policy);
    for file in files {
        for part in &file.parts {
            if let Completeness::Incomplete { kind, reason, .. } = &part.report.completeness {
                Failure::message(format!("{}: {kind}: {reason}", part.name)).report();
            }
        }
        let imports = || file.parts.iter().flat_map(|part| &part.report.imports);
        if imports().all(|import| import.listed) {
            continue;
        }
        // What cannot be read further was told of by the audit, and has its names all the same.
        let _ = watch(&mut suggestions, &file.name, reading);
        imports().filter(|import| !import.listed).for_each(|import| suggestions.add(&import.name));
    }
    if suggestions.is_empty() {
        return writeln!(
            out,
            "# There is no name that no pack lists, save those that are dangerous. Where a use of a listed name is unknown, an entry of your own\n# \
             for the name replaces the one there is: --explain NAME shows that, and POLICY.md says how entries are written."
        );
    }
    write!(out, "{}", suggestions.to_toml())
}

fn watch(suggestions: &mut Suggestions<'_>, name: &str, reading: &Reading) -> Result<(), Failure> {
    let mut loader = Loader::with_options(reading.options());
    for part in input::open(name, reading)?.parts()? {
        each_pickle(&part?, reading.first, |bytes, start| {
            let observer = JoblibArrays::new(&mut *suggestions);
            let graph = loader.load_observed(bytes, start, observer).map_err(Cause::Load)?;
            let end = graph.end();
            loader.recycle(graph);
            Ok(end)
        })?;
    }
    Ok(())
}
