//! The file that is written.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;

/// A file beside its place, to which it is moved when it is complete.
pub struct Output {
    name: String,
    file: BufWriter<NamedTempFile>,
    bar: ProgressBar,
}

impl Output {
    pub fn create(name: &str) -> Result<Self, Failure> {
        let parent = Path::new(name).parent().filter(|parent| !parent.as_os_str().is_empty());
        let mut builder = Builder::new();
        // As other files are made, less what the umask says; such a file would be for its owner only.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        match builder.tempfile_in(parent.unwrap_or(Path::new("."))) {
            Ok(file) => Ok(Self { name: name.to_owned(), file: BufWriter::new(file), bar: bytes_bar(None) }),
            Err(error) => Err(Failure::File { name: name.to_owned(), error }),
        }
    }

    /// What somebody at a terminal sees meanwhile.
    pub fn bar(&self) -> &ProgressBar {
        &self.bar
    }

    /// So many bytes will be written.
    pub fn expect(&mut self, bytes: u64) {
        self.bar = bytes_bar(Some(bytes));
    }

    /// Has it written by something that makes a file of its own in its place, for its owner only.
    pub fn replace<E: From<io::Error>>(&self, write: impl FnOnce(&Path) -> Result<(), E>) -> Result<(), E> {
        let path = self.file.get_ref().path();
        let permissions = fs::metadata(path)?.permissions();
        write(path)?;
        Ok(fs::set_permissions(path, permissions)?)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn finish(self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        let name = self.name;
        let persisted = match self.file.into_inner() {
            Ok(file) => file.persist(&name).map(drop).map_err(|error| error.error),
            Err(error) => Err(error.into_error()),
        };
        persisted.map_err(|error| Failure::File { name, error })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bar.inc(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// On standard error, if that is a terminal.
fn bytes_bar(total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{bar:30} {bytes} of {total_bytes}, {eta}"),
        None => (ProgressBar::no_length(), "{spinner} {bytes}"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
