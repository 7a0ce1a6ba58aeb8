//! The file that is written, or standard output.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;

/// The name of standard output.
pub const STDOUT: &str = "-";

/// Extensions of compressed files.
const COMPRESSED: [&str; 8] = ["bz2", "gz", "lz4", "lzma", "xz", "z", "zip", "zst"];

/// A place for bytes, and a bar for who waits at a terminal.
pub struct Output {
    name: String,
    file: BufWriter<Sink>,
    bar: ProgressBar,
}

/// The file that bytes go to.
enum Sink {
    /// A file beside its place, to which it is moved when it is complete.
    Beside(NamedTempFile, PathBuf),
    /// Standard output, or a pipe, socket or device, which is not replaced.
    Through(File),
}

impl Output {
    pub fn create(name: &str) -> Result<Self, Failure> {
        let fail = |error| Failure::File { name: name.to_owned(), error };
        let file = BufWriter::new(Sink::open(name).map_err(fail)?);
        let bar = if is_stdout(name) { ProgressBar::hidden() } else { ProgressBar::no_length() };
        style(&bar, "{spinner} {bytes}");
        Ok(Self { name: name.to_owned(), file, bar })
    }

    pub fn parts(&mut self) -> (impl Write + Send, &ProgressBar) {
        (&mut self.file, &self.bar)
    }

    pub fn finish(self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        let finished = match self.file.into_inner() {
            Ok(Sink::Beside(file, place)) => file.persist(place).map(drop).map_err(|error| error.error),
            Ok(Sink::Through(_)) => Ok(()),
            Err(error) => Err(io::Error::from(error)),
        };
        finished.map_err(|error| failure(&self.name, error))
    }
}

/// Writes all of a file at once.
pub fn write(name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let mut output = Output::create(name)?;
    output.file.write_all(bytes).map_err(|error| failure(name, error))?;
    output.finish()
}

/// Tells of an output that takes no more. A reader of standard output may have seen enough, which is no fault.
pub fn failure(name: &str, error: io::Error) -> Failure {
    if is_stdout(name) { Failure::Output(error) } else { Failure::File { name: name.to_owned(), error } }
}

/// Whether a name stands for standard output.
pub fn is_stdout(name: &str) -> bool {
    name == STDOUT || name == "/dev/stdout"
}

/// Whether a name stands for standard output, and that is a terminal.
pub fn is_terminal(name: &str) -> bool {
    is_stdout(name) && io::stdout().is_terminal()
}

/// Returns why a file of this name is not written: its extension is that of a compressed file, and nothing is
/// compressed here.
pub fn refused(name: &str) -> Option<String> {
    let path = Path::new(name);
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let plain = path.with_extension("");
    COMPRESSED
        .contains(&&*extension)
        .then(|| format!("{name}: output is not compressed; write {}", plain.display()))
}

impl Sink {
    fn open(name: &str) -> io::Result<Self> {
        if is_stdout(name) {
            return stdout().map(Self::Through);
        }
        let place = followed(Path::new(name));
        let old = match fs::metadata(&place) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        // A file that another program has open, as of `3>file`, is not replaced either.
        let is_open = ["/dev", "/proc"].iter().any(|folder| Path::new(name).starts_with(folder));
        if is_open || old.as_ref().is_some_and(|old| !old.is_file()) {
            return OpenOptions::new().append(true).open(name).map(Self::Through);
        }
        let mut builder = Builder::new();
        // As other files are made, less what the umask says; such a file would be for its owner only.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty());
        let file = builder.tempfile_in(parent.unwrap_or(Path::new(".")))?;
        #[cfg(unix)]
        if let Some(old) = old {
            use std::os::unix::fs::{MetadataExt, fchown};
            // Only root may give files away; others keep theirs.
            let _ = fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
            file.as_file().set_permissions(old.permissions())?;
        }
        Ok(Self::Beside(file, place))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside(file, _) => file.write(bytes),
            Self::Through(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside(file, _) => file.flush(),
            Self::Through(file) => file.flush(),
        }
    }
}

/// Follows symbolic links, also to a file that is not there yet.
fn followed(path: &Path) -> PathBuf {
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

/// Standard output without the lock that the command holds, for writers of other threads.
fn stdout() -> io::Result<File> {
    #[cfg(windows)]
    use std::os::windows::io::AsHandle;
    #[cfg(unix)]
    let stdout = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
    #[cfg(windows)]
    let stdout = io::stdout().as_handle().try_clone_to_owned()?;
    Ok(stdout.into())
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
