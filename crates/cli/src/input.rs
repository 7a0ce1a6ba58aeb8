//! What the command line names: files with their members, and standard input.

use std::fs::File;
use std::io;
use std::path::Path;

use bytes::Bytes;
use halfsour_files::{Input, Source, read_at_most};

use crate::args::Reading;
use crate::failure::Failure;

const STDIN: &str = "<stdin>";

/// Opens a file, or standard input, and perhaps a member of it, which is named after a colon or by `--member`.
pub fn open(name: &str, reading: &Reading) -> Result<Input, Failure> {
    let (name, member) = split(name);
    let input = Input::from(source(name, reading)?);
    Ok(match member.or(reading.member.as_deref()) {
        Some(member) => input.with_member(member),
        None => input,
    })
}

/// Opens a file, or standard input.
pub fn source(name: &str, reading: &Reading) -> Result<Source, Failure> {
    let (limits, most) = (reading.file_limits(), reading.options().limits.input);
    Ok(match name {
        "-" => Source::from_reader(STDIN, io::stdin().lock(), most, limits)?,
        _ => Source::open_at_most(name, most, limits)?,
    })
}

/// The name and the bytes of a file, or of standard input, which may have so many bytes.
pub fn read(name: &str, most: usize) -> Result<(String, Bytes), Failure> {
    let (name, bytes) = match name {
        "-" => (STDIN, read_at_most(io::stdin().lock(), most)),
        _ => (name, File::open(name).and_then(|file| read_at_most(file, most))),
    };
    match bytes {
        Ok(bytes) => Ok((name.to_owned(), bytes)),
        Err(error) => Err(Failure::File { name: name.to_owned(), error }),
    }
}

/// The name of a file, and that of a member, after the first colon before which there is a file.
fn split(name: &str) -> (&str, Option<&str>) {
    // The name of a shelf stands for two files.
    let is_shelf = |name: &str| Path::new(&format!("{name}.dir")).exists();
    let is_file = |name: &str| name == "-" || Path::new(name).exists() || is_shelf(name);
    let mut colons = name.match_indices(':').map(|(at, _)| (&name[..at], &name[at + 1..]));
    match colons.find(|(file, _)| is_file(file)) {
        Some((file, member)) if !is_file(name) => (file, Some(member)),
        _ => (name, None),
    }
}
