//! Lets Pythons load what other releases pickled, once the names are those that they have.

use std::path::PathBuf;
use std::process::Command;

use crate::packages::{self, Environment};
use crate::pythons::Python;
use crate::{Result, shell};

/// Pickles that one Python makes, renamed for a release, and those that load them.
struct Move {
    /// The preset of `halfsour rewrite --for`.
    release: &'static str,
    /// The parts of `renamed.py` that make objects, and their highest protocol.
    made: (&'static str, &'static str),
    from: &'static Environment,
    to: &'static [&'static Environment],
}

const fn environment(
    name: &'static str,
    python: &'static str,
    packages: &'static [&'static str],
) -> Environment {
    Environment { name, python, scripts: &[], packages }
}

static NUMPY_1_19: Environment = environment("3.8-renamed", "3.8", &["numpy==1.19.5", "pandas==1.1.5"]);
static NUMPY_1_26: Environment = environment("3.11-renamed", "3.11", &["numpy==1.26.4", "pandas==2.2.3"]);
static NUMPY_2: Environment = environment("3.13-renamed", "3.13", &["numpy==2.2.6"]);
static PLAIN: [Environment; 4] = [
    environment("3.13", "3.13", &[]),
    environment("3.12", "3.12", &[]),
    environment("3.9", "3.9", &[]),
    environment("3.6", "3.6", &[]),
];

static MOVES: [Move; 5] = [
    Move { release: "numpy1", made: ("arrays", "5"), from: &NUMPY_2, to: &[&NUMPY_1_26, &NUMPY_1_19] },
    Move { release: "numpy2", made: ("arrays", "5"), from: &NUMPY_1_26, to: &[&NUMPY_2] },
    Move { release: "numpy2", made: ("arrays", "5"), from: &NUMPY_1_19, to: &[&NUMPY_2] },
    Move { release: "pandas2", made: ("frames", "5"), from: &NUMPY_1_19, to: &[&NUMPY_1_26] },
    Move {
        release: "python3.12",
        made: ("paths", "4"),
        from: &PLAIN[0],
        to: &[&PLAIN[1], &PLAIN[2], &PLAIN[3]],
    },
];

pub fn run() -> Result {
    for Move { release, made: (kinds, protocol), from, to } in &MOVES {
        let Some(mut make) = script(from) else { continue };
        let [old, new] = ["renames.tsv", "renamed.tsv"].map(|name| shell::target().join(name));
        shell::output(make.0.arg("make").arg(&old).args([protocol, kinds]), &[])?;
        let rename = ["run", "--quiet", "--package", "xtask", "--example", "rename", "--", release];
        shell::run(shell::cargo(&rename).arg(&old).arg(&new))?;
        for environment in *to {
            let Some(mut load) = script(environment) else { continue };
            let said = shell::output(load.0.arg("load").arg(&new), &[])?;
            print!("renamed for {release}, from Python {} to {}: {said}", make.1, load.1);
        }
    }
    Ok(())
}

/// The script in an environment, and its name with the packages; `None` if there is no such Python, or pip fails.
fn script(environment: &Environment) -> Option<(Command, String)> {
    let name = [&[environment.python], environment.packages].concat().join(", ");
    let Some(python) = Python::find(environment.python) else {
        println!("renamed: Python {name} is not installed");
        return None;
    };
    let mut command = python.script("renamed.py");
    if !environment.packages.is_empty() {
        match packages::install(environment, &python) {
            Ok(directory) => command.env::<_, PathBuf>("PYTHONPATH", directory),
            Err(error) => {
                println!("renamed: Python {name} is skipped, because pip fails: {error}");
                return None;
            }
        };
    }
    // What pandas says of releases to come.
    command.env("PYTHONWARNINGS", "ignore");
    Some((command, name))
}
