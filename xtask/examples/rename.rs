//! Renames the modules and classes of the pickles in a file for a release, and writes them into another. `cargo xtask oracle` lets Pythons
//! make the first and load the second: `xtask/python/renamed.py` says what is in them.

use std::error::Error;
use std::fmt::Write;
use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use halfsour_convert::{Preset, rename};
use halfsour_vm::Options;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("the arguments are a release and two files");
    let (release, made, renamed) = (next()?, next()?, next()?);
    let rules = Preset::named(&release).ok_or("no such release")?.rules();
    let mut lines = String::new();
    for line in fs::read_to_string(made)?.lines() {
        let [name, pickle, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err("a line has three columns".into());
        };
        let pickle = rename(&STANDARD.decode(pickle)?, 0, &rules, &Options::default())?.bytes;
        writeln!(lines, "{name}\t{}\t{expected}", STANDARD.encode(pickle))?;
    }
    Ok(fs::write(renamed, lines)?)
}
