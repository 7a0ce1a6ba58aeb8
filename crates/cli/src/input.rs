//! What the command line names: files with their members, and standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use halfsour_files::{Error, Input, Source};

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
pub fn source(name: &str, reading: &Reading) -> Result<Source, Error> {
    source_at(name, Path::new(name), reading)
}

/// Opens the file at a path, or standard input, if that is the name.
pub fn source_at(name: &str, path: &Path, reading: &Reading) -> Result<Source, Error> {
    let (options, most) = (reading.file_options(), reading.options().limits.input);
    match name {
        "-" => Source::from_reader(STDIN, io::stdin().lock(), most, options),
        _ => Source::open_at_most(path, most, options),
    }
}

/// The name of a file, or of standard input, and a reader of it, which gives no more than so many bytes.
pub fn reader(name: &str, most: usize) -> Result<(&str, impl Read), Failure> {
    let (name, reader): (_, Box<dyn Read>) = match name {
        "-" => (STDIN, Box::new(io::stdin().lock())),
        _ => match File::open(name) {
            Ok(file) => (name, Box::new(file)),
            Err(error) => return Err(Failure::File { name: name.to_owned(), error }),
        },
    };
    Ok((name, AtMost { reader, most, left: most }))
}

/// A reader that fails where more than so many bytes come.
struct AtMost<R> {
    reader: R,
    most: usize,
    left: usize,
}

impl<R: Read> Read for AtMost<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.left = self.left.checked_sub(count).ok_or_else(|| {
            let message = format!("it is longer than the limit for input, {} bytes", self.most);
            io::Error::new(io::ErrorKind::FileTooLarge, message)
        })?;
        Ok(count)
    }
}

/// Whether a file has this name, or a member of it has.
pub fn is_file(name: &str) -> bool {
    let (file, member) = split(name);
    member.is_some() || file == "-" || Path::new(file).exists()
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
