//! The file that is written.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;

/// A file beside its place, to which it is moved when it is complete, and a bar for who waits at a terminal.
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
            Ok(file) => {
                let bar = ProgressBar::no_length();
                style(&bar, "{spinner} {bytes}");
                Ok(Self { name: name.to_owned(), file: BufWriter::new(file), bar })
            }
            Err(error) => Err(Failure::File { name: name.to_owned(), error }),
        }
    }

    pub fn parts(&mut self) -> (impl Write + Send, &ProgressBar) {
        (&mut self.file, &self.bar)
    }

    pub fn finish(self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        let name = self.name;
        let persisted = match self.file.into_inner() {
            Ok(file) => file.persist(&name).map(drop).map_err(|error| error.error),
            Err(error) => Err(io::Error::from(error)),
        };
        persisted.map_err(|error| Failure::File { name, error })
    }
}

/// Makes the bar one of which the end is known.
pub fn expect(bar: &ProgressBar, bytes: u64) {
    bar.set_length(bytes);
    style(bar, "{bar:30} {bytes} of {total_bytes}, {eta}");
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}
