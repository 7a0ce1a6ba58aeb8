//! Writes what fuzzers begin with, a file each, into the directory that is named: `cargo xtask fuzz` runs it.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let directory = PathBuf::from(env::args_os().nth(1).expect("the argument is a directory"));
    fs::create_dir_all(&directory)?;
    for (number, fixture) in halfsour_fixtures::all().iter().enumerate() {
        // libFuzzer has more of many short ones.
        if fixture.pickle.len() <= 4096 {
            fs::write(directory.join(number.to_string()), &fixture.pickle)?;
        }
    }
    Ok(())
}
