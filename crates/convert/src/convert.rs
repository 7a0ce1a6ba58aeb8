//! [`convert`].

use std::fmt;
use std::io::{self, Write};

use halfsour_files::{Input, JoblibArrays, LookAlike, Part, PickleError, Torch};
use halfsour_inspect::path::{Place, resolve};
use halfsour_text::name::visible;
use halfsour_text::phrase::plural;
use halfsour_value::Node;
use halfsour_value::path::{Literal, Segment};
use halfsour_vm::{Damage, Graph, Loader};

use crate::tensors::Tensors;
use crate::{ConvertError, Error, Format, Options, Path, arrays};

/// How far a conversion is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The bytes that have been written.
    pub written: u64,
    /// The bytes that there will be, once that is known. Headers may come on top.
    pub total: Option<u64>,
}

/// The outcome of a conversion.
///
/// `Display` gives a line for each part that was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The parts that the format cannot hold, and that were not written.
    pub left_out: Vec<LeftOut>,
    /// The facts that the format does not keep, although all values are written, a line for each.
    pub notes: Vec<String>,
    /// What is missing in the file, a line for each pickle that is cut off or damaged. It is only there with
    /// [`Options::salvage`].
    pub damage: Vec<String>,
}

/// A part of the data that was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The name of the column or tensor.
    pub name: String,
    /// The reason, with the class that is not known, if that is one.
    pub reason: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.left_out
            .iter()
            .try_for_each(|LeftOut { name, reason }| writeln!(f, "{}: {reason}", visible(name)))
    }
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
/// [`ConvertError::LeftOut`], if the format can hold some of it, and [`Options::partial`] does not allow that.
pub fn convert(
    part: &Part,
    format: Format,
    options: &Options,
    out: impl Write + Send,
) -> Result<Report, Error> {
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
) -> Result<Report, Error> {
    let whole =
        |error| PickleError { name: part.name().to_owned(), start: 0, before: 0, error, look_alike: None };
    let mut job = Job::new(format, options, &mut out, &mut progress);
    let mut loader = job.loader();
    match arrays::pickle_of(part) {
        Some(pickle) => {
            let pickle = pickle.map_err(|why| whole(why.into()))?;
            let graph = loader.load(pickle.as_slice()).map_err(|error| whole(error.into()))?;
            job.add(&graph, None).map_err(whole)?;
        }
        None => part.each_pickle(options.first, |bytes, start| {
            let (mut graph, damage) = load(&mut loader, bytes, start, options)?;
            if let Some(damage) = damage {
                let mut fault = part.fail(start, job.count, &damage);
                // The damage tells the lengths.
                fault.look_alike =
                    fault.look_alike.filter(|what| !matches!(**what, LookAlike::Truncated { .. }));
                job.out.report.damage.push(fault.to_string());
                if options.means(job.count + 1) {
                    job.writer.unfinished().prepare(&mut graph, &damage, options)?;
                }
            }
            job.add_if_meant(&graph, part.torch())?;
            let end = graph.end();
            loader.recycle(graph);
            Ok(end)
        })?,
    }
    options.check(job.count).map_err(whole)?;
    job.out.flush().map_err(|error| whole(error.into()))?;
    Ok(job.out.report)
}

/// Loads a pickle; of one that is cut off or damaged, if that is wanted, what comes before the damage.
pub(crate) fn load<'b>(
    loader: &mut Loader,
    bytes: &'b [u8],
    start: usize,
    options: &Options,
) -> Result<(Graph<&'b [u8]>, Option<Damage>), ConvertError> {
    if !options.salvage {
        return Ok((loader.load_observed(bytes, start, JoblibArrays::new(()))?, None));
    }
    let salvaged = loader.salvage(bytes, start, JoblibArrays::new(()))?;
    Ok((salvaged.graph, salvaged.damage))
}

fn is_unfinished(node: Node<'_, &[u8]>) -> bool {
    let callable = node.as_instance().and_then(|instance| instance.callable().as_global());
    callable.is_some_and(|class| class.is("halfsour", "Unfinished"))
}

/// What happens to the objects that are unfinished in a pickle that is cut off or damaged.
#[derive(Clone, Copy)]
pub(crate) enum Unfinished {
    /// They are there, as `halfsour.Unfinished`.
    Shown,
    /// They are left out. What holds them has the members that were complete.
    Dropped,
    /// Of what is converted, the member that is unfinished, or holds what is, is left out.
    MemberDropped,
}

impl Unfinished {
    /// Leaves out what is to be left out.
    pub(crate) fn prepare(
        self,
        graph: &mut Graph<&[u8]>,
        damage: &Damage,
        options: &Options,
    ) -> Result<(), ConvertError> {
        let owner = match self {
            Self::Shown => return Ok(()),
            Self::Dropped => damage.open().first().copied(),
            Self::MemberDropped => {
                let node = match &options.path {
                    Some(path) => resolve(graph.root(), path)?.node(),
                    None => Some(graph.root()),
                };
                if node.is_some_and(is_unfinished) {
                    return Err(format!("it is unfinished: {damage}").into());
                }
                node.map(Node::id)
            }
        };
        if let Some(owner) = owner.filter(|owner| damage.open().contains(owner)) {
            graph.remove_last(owner);
        }
        Ok(())
    }
}

/// Writes all arrays of an archive of numpy (`.npz`) in another format, as if they were a dict, and tells how far it
/// is.
///
/// # Errors
///
/// As [`convert`]. Arrays of objects, which are pickles of their own, are parts that cannot be written.
pub fn convert_archive(
    input: &Input,
    format: Format,
    options: &Options,
    mut out: impl Write + Send,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Report, Error> {
    let name = input.source().name();
    let whole = |error| PickleError { name: name.to_owned(), start: 0, before: 0, error, look_alike: None };
    let mut job = Job::new(format, options, &mut out, &mut progress);
    let arrays = arrays::pickle_of_archive(input, &options.reading).map_err(|why| whole(why.into()))?;
    let is_meant = |other: &String| match options.path.as_ref().and_then(|path| path.segments().first()) {
        Some(Segment::Name(name)) => name == other,
        Some(segment) => {
            segment.literal().is_none_or(|key| matches!(key, Literal::Text(key) if key == other.as_bytes()))
        }
        None => true,
    };
    for other in arrays.others.into_iter().filter(is_meant) {
        job.out.leave_out(other, "an array of objects that cannot be read as a tree");
    }
    job.out.report.damage = arrays.damage;
    job.out.check().map_err(whole)?;
    let pickle = arrays.pickle;
    let graph = job.loader().load(pickle.as_slice()).map_err(|error| whole(error.into()))?;
    job.add(&graph, None).map_err(whole)?;
    job.out.flush().map_err(|error| whole(error.into()))?;
    Ok(job.out.report)
}

/// A conversion at work.
struct Job<'a> {
    options: &'a Options,
    writer: Box<dyn Writer>,
    out: Out<'a>,
    /// How many pickles there were.
    count: usize,
}

impl<'a> Job<'a> {
    fn new(
        format: Format,
        options: &'a Options,
        to: &'a mut (dyn Write + Send),
        progress: &'a mut (dyn FnMut(Progress) + Send),
    ) -> Self {
        let (report, partial) = (Report::default(), options.partial || options.salvage);
        let out = Out { to, progress, written: 0, total: None, report, partial };
        Self { options, writer: format.writer(options), out, count: 0 }
    }

    fn loader(&self) -> Loader {
        let mut loader = Loader::with_options(self.options.reading.clone());
        loader.options_mut().fix_imports &= !self.writer.keeps_names();
        loader
    }

    /// Writes the next pickle of the file, unless the path is into another.
    fn add_if_meant(&mut self, graph: &Graph<&[u8]>, torch: Option<&Torch>) -> Result<(), ConvertError> {
        self.count += 1;
        if self.options.means(self.count) { self.add(graph, torch) } else { Ok(()) }
    }

    /// Writes a pickle, or the part of it to which the path leads.
    fn add(&mut self, graph: &Graph<&[u8]>, torch: Option<&Torch>) -> Result<(), ConvertError> {
        self.writer.add(&Subject::of(graph, torch, self.options.path.as_ref())?, &mut self.out)
    }
}

impl Options {
    /// Whether the path is into the pickle of this number, from 1 on.
    pub(crate) fn means(&self, number: usize) -> bool {
        self.meant().is_none_or(|meant| meant == number)
    }

    /// Fails if the path is into a pickle that a file of so many has not.
    pub(crate) fn check(&self, count: usize) -> Result<(), ConvertError> {
        match self.meant() {
            Some(meant) if !(1..=count).contains(&meant) => {
                Err(format!("#{meant}: the file has {}", plural(count, "pickle")).into())
            }
            _ => Ok(()),
        }
    }

    fn meant(&self) -> Option<usize> {
        self.path.as_ref().and_then(Path::pickle)
    }
}

impl<'g> Subject<'g> {
    /// Returns what a path leads to.
    pub(crate) fn of(
        graph: &'g Graph<&'g [u8]>,
        torch: Option<&'g Torch>,
        path: Option<&Path>,
    ) -> Result<Self, ConvertError> {
        let place = match path {
            Some(path) => resolve(graph.root(), path)?,
            None => Place::Node(graph.root()),
        };
        Ok(Self { place, graph, torch })
    }

    /// Returns the object.
    ///
    /// # Errors
    ///
    /// If it is some members of a list, or a part of an array or table, which is no object of its own.
    pub(crate) fn node(&self) -> Result<Node<'g, &'g [u8]>, ConvertError> {
        let why = match &self.place {
            Place::Members(_) => "some members of a list, which are no object of their own",
            _ => {
                "a part of an array or of a table, which is no object of its own; JSON, npy and tables hold it"
            }
        };
        self.place.node().ok_or_else(|| why.into())
    }

    /// Returns the tensors and arrays in it, whose list may take so many bytes.
    pub(crate) fn tensors(&self, most: usize) -> Result<Tensors<'g>, ConvertError> {
        Ok(match &self.place {
            Place::Known(known) => Tensors::of_known(known, self.graph.root(), most)?,
            Place::Members(members) => Tensors::of_members(members, self.torch, most)?,
            _ => Tensors::of_pickle(self.node()?, self.torch, most)?,
        })
    }
}

/// The object that is converted.
pub(crate) struct Subject<'g> {
    pub(crate) place: Place<'g, &'g [u8]>,
    pub(crate) graph: &'g Graph<&'g [u8]>,
    pub(crate) torch: Option<&'g Torch>,
}

/// Writes one format.
pub(crate) trait Writer {
    /// Writes a pickle, or the part of it that is asked for.
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError>;

    /// Whether Python 2's names of modules and classes stay as they are.
    fn keeps_names(&self) -> bool {
        false
    }

    /// What happens to objects that are unfinished.
    fn unfinished(&self) -> Unfinished {
        Unfinished::MemberDropped
    }
}

/// The output of a conversion, which counts what is written.
pub(crate) struct Out<'a> {
    to: &'a mut (dyn Write + Send),
    progress: &'a mut (dyn FnMut(Progress) + Send),
    written: u64,
    total: Option<u64>,
    report: Report,
    partial: bool,
}

impl Out<'_> {
    /// Notes that a part will not be written, and why.
    pub(crate) fn leave_out(&mut self, name: String, reason: impl Into<String>) {
        self.report.left_out.push(LeftOut { name, reason: reason.into() });
    }

    /// Notes a fact that the format does not keep.
    pub(crate) fn note(&mut self, note: String) {
        self.report.notes.push(note);
    }

    /// Fails if a part is left out that may not be. A writer calls it before it writes.
    pub(crate) fn check(&self) -> Result<(), ConvertError> {
        if self.partial || self.report.left_out.is_empty() {
            return Ok(());
        }
        Err(ConvertError::LeftOut(self.report.clone()))
    }

    /// Whether parts may be left out.
    pub(crate) fn is_partial(&self) -> bool {
        self.partial
    }

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
