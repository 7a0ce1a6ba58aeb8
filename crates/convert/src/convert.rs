//! [`convert`].

use std::io::{self, Write};

use halfsour_files::{JoblibArrays, Part, PickleError};
use halfsour_vm::{Graph, Loader};

use crate::tensors::{is_npy, is_safetensors};
use crate::{ConvertError, Error, Format, Options};

/// How far a conversion is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The bytes that have been written.
    pub written: u64,
    /// The bytes that there will be, once that is known. Headers may come on top.
    pub total: Option<u64>,
}

/// Writes the pickles of a file, or of a member of an archive, in another format.
///
/// Some formats make many small writes: give the function a [`BufWriter`](io::BufWriter). What has been written when it
/// fails is of no use.
///
/// ```
/// use halfsour_convert::{Options, convert};
/// use halfsour_files::{Input, Limits};
///
/// let input = Input::from_bytes("in.pkl", b"](K\x01](K\x02K\x03ee."[..].into(), Limits::UNTRUSTED)?;
/// let mut out = Vec::new();
/// for part in input.parts()? {
///     convert(&part?, "ndjson".parse()?, &Options::default(), &mut out)?;
/// }
/// assert_eq!(out, b"1\n[2,3]\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If a pickle cannot be loaded, if the format cannot hold what is in it, or if the output takes no more.
pub fn convert(part: &Part, format: Format, options: &Options, out: impl Write + Send) -> Result<(), Error> {
    convert_with_progress(part, format, options, out, |_| ())
}

/// Does as [`convert`], and tells how far it is after each write.
///
/// # Errors
///
/// As [`convert`].
pub fn convert_with_progress(
    part: &Part,
    format: Format,
    options: &Options,
    mut out: impl Write + Send,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<(), Error> {
    let whole =
        |error| PickleError { name: part.name().to_owned(), start: 0, before: 0, error, look_alike: None };
    for (is_one, name) in [(is_safetensors as fn(&[u8]) -> bool, "safetensors"), (is_npy, ".npy")] {
        if is_one(part.bytes()) {
            return Err(whole(format!("already {name}; converting from it is not supported").into()));
        }
    }
    let mut out = Out { to: &mut out, progress: &mut progress, written: 0, total: None };
    let mut writer = format.writer(options);
    let mut loader = Loader::with_options(options.reading.clone());
    loader.options_mut().fix_imports &= !writer.keeps_names();
    part.each_pickle(options.first, |bytes, start| {
        let graph = loader.load_observed(bytes, start, JoblibArrays::new(()))?;
        writer.add(&graph, part, &mut out)?;
        let end = graph.end();
        loader.recycle(graph);
        Ok(end)
    })?;
    out.flush().map_err(|error| whole(error.into()))
}

/// Writes one format.
pub(crate) trait Writer {
    /// Writes a pickle.
    fn add(&mut self, graph: &Graph<&[u8]>, part: &Part, out: &mut Out<'_>) -> Result<(), ConvertError>;

    /// Whether Python 2's names of modules and classes stay as they are.
    fn keeps_names(&self) -> bool {
        false
    }
}

/// The output of a conversion, which counts what is written.
pub(crate) struct Out<'a> {
    to: &'a mut (dyn Write + Send),
    progress: &'a mut (dyn FnMut(Progress) + Send),
    written: u64,
    total: Option<u64>,
}

impl Out<'_> {
    /// Says how many bytes will be written.
    pub(crate) fn expect(&mut self, bytes: u64) {
        self.total = Some(bytes);
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.written += count as u64;
        (self.progress)(Progress { written: self.written, total: self.total });
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
