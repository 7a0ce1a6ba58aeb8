//! [`Diff`]: how data differs, by Python's equality.

mod align;
mod compare;
mod heads;
mod keys;
mod leaf;
mod numpy;
mod places;
mod report;
mod shape;
mod sides;
mod storage;
mod tables;
#[cfg(test)]
mod tests;
mod times;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::ControlFlow;

use halfsour_value::{Graph, Id, Node, PathError};

use keys::Keys;
pub use leaf::Tolerance;
pub use report::Difference;
pub use sides::Side;
pub use storage::Contents;
use storage::Storages;
pub use tables::{Elements, Part as TablePart};

/// What counts as a difference, beside what Python finds unequal.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Rules {
    /// How far apart floats may be that count as equal.
    pub tolerance: Tolerance,
    /// Types have to be the same, also where Python finds the values equal: 1 and 1.0, bytes and bytearray, arrays of numpy and labels of
    /// pandas of another dtype.
    pub types: bool,
    /// Dicts have to have the same order, and tables that of their rows and columns.
    pub order: bool,
    /// What is one object on one side has to be one on the other.
    pub sharing: bool,
}

/// Compares data, and collects what differs.
///
/// Objects are the same if Python finds them equal: 1, 1.0 and True are, dicts are whatever their order. Objects of other
/// classes are if their classes have the same name, and their parts are the same. nan is the same as nan. How objects are
/// shared, and in which protocol they were written, does not matter, unless [`Rules`] ask for it.
///
/// Rows and columns of tables belong together by their labels, in whatever order. As pandas has it with `equals`, columns of another dtype
/// differ; beyond that, so do the names of labels, and categories that are in another order.
///
/// `Display` writes a line for each difference. As `Serialize`: `{"same": …, "total": …, "differences": […]}`.
///
/// ```
/// use halfsour_inspect::diff::{Diff, Rules};
///
/// // pickle.dumps({'name': 'Ann', 'ages': [1, 2]}, protocol=0), and with other ages
/// let old = halfsour_vm::from_slice(b"(dVname\nVAnn\nsVages\n(lI1\naI2\nas.")?;
/// let new = halfsour_vm::from_slice(b"(dVages\n(lI1\naI2\naI3\nasVname\nVBob\ns.")?;
/// let mut diff = Diff::new(Rules::default(), 1000);
/// diff.graphs(&old, &new)?;
/// assert_eq!(diff.to_string(), "\
/// ~ name: 'Ann' → 'Bob'
/// + ages[2]: 3");
/// let paths: Vec<_> = diff.differences().map(|difference| difference.path()).collect();
/// assert_eq!(paths, ["name", "ages[2]"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Diff<'g, S> {
    rules: Rules,
    keys: Keys<'g>,
    storages: Storages<'g>,
    /// How each place is reached, and from which; the first is all.
    places: Vec<(usize, Step<'g, S>)>,
    frames: Vec<Frame<'g, S>>,
    /// Pairs that need not be compared again; so cycles end, too.
    seen: HashSet<(Id, Id)>,
    /// How many pairs and parts may still be looked at.
    left: usize,
    /// With what an object was compared first, on either side.
    partners: [HashMap<Id, Id>; 2],
    /// The first differences, with their places.
    found: Vec<(usize, Change<'g, S>)>,
    /// How many to keep.
    max: usize,
    /// How many there are, also those that are not kept.
    total: usize,
    compared: usize,
    progress: Option<Progress<'g>>,
}

type Progress<'g> = Box<dyn FnMut(usize) -> ControlFlow<()> + 'g>;

/// How an object differs.
#[non_exhaustive]
pub enum Change<'g, S> {
    /// The old object became the new one.
    Changed(Node<'g, S>, Node<'g, S>),
    /// Only the old side has the object.
    Removed(Node<'g, S>),
    /// Only the new side has the object.
    Added(Node<'g, S>),
    /// Two arrays of one shape have elements that differ.
    Elements(Box<Elements>),
    /// A part of a table that is no object: a value, a row, a column; or the shape of an array.
    Part(TablePart),
    /// The keys are the same, in another order.
    Order,
    /// The contents of a storage of torch differ.
    Storage(Contents),
    /// The values are equal, but one object here is two there.
    Sharing,
}

/// Why a comparison ended before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiffError {
    /// So much is shared and differs that comparing it would take too long.
    TooMuch,
    /// The progress callback asked for it.
    Stopped,
    /// The path to the parts that are to be compared leads nowhere on either side.
    Path(PathError),
    /// A column of the rows that are to be compared cannot be read: its label, and the reason.
    Unreadable(String),
    /// There is no pickle of the number that the path names, on one side or the other.
    NoPickle,
}

impl fmt::Display for DiffError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMuch => "too much is shared and differs: comparing would take too long",
            Self::Stopped => "the comparison was stopped",
            Self::Path(error) => return write!(f, "{error}; nor is it on the other side"),
            Self::Unreadable(column) => column,
            Self::NoPickle => "one of the files has no such pickle",
        })
    }
}

impl std::error::Error for DiffError {}

/// A key and its value, or a member twice.
type Entry<'g, S> = (Node<'g, S>, Node<'g, S>);

/// A step on the way to an object.
enum Step<'g, S> {
    /// A member of an archive or a database. Such a step comes first.
    Member(&'g str),
    Pickle(usize),
    Index(usize),
    Key(Node<'g, S>),
    Argument(usize),
    Part(&'static str),
    /// A row, column or element.
    Text(String),
}

/// Pairs that are still to be compared, in a place.
enum Frame<'g, S> {
    Elements { a: Ids<'g>, b: Ids<'g>, next: usize, place: usize },
    Pairs(std::vec::IntoIter<(Node<'g, S>, Node<'g, S>, Step<'g, S>)>, usize),
}

type Ids<'g> = std::borrow::Cow<'g, [Id]>;

/// Beyond those that the graphs have: hostile ones have more pairs than objects.
const PAIRS: usize = 10_000_000;

/// After so many pairs, progress is told.
const TICK: usize = 1 << 16;

impl<'g, S: AsRef<[u8]>> Diff<'g, S> {
    /// Nothing compared yet. At most `max` differences are kept; the others are only counted.
    pub fn new(rules: Rules, max: usize) -> Self {
        Self {
            rules,
            keys: Keys::default(),
            storages: Storages::default(),
            places: vec![(0, Step::Part(""))],
            frames: Vec::new(),
            seen: HashSet::new(),
            total: 0,
            left: PAIRS,
            partners: [HashMap::new(), HashMap::new()],
            found: Vec::new(),
            max,
            compared: 0,
            progress: None,
        }
    }

    /// Calls `progress` now and then, with the number of pairs of objects that were compared. `Break` ends the
    /// comparison with [`DiffError::Stopped`].
    #[must_use]
    pub fn watch(mut self, progress: impl FnMut(usize) -> ControlFlow<()> + 'g) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// Compares two graphs.
    ///
    /// # Errors
    ///
    /// [`DiffError`]. What was found until then stays.
    pub fn graphs(&mut self, old: &'g Graph<S>, new: &'g Graph<S>) -> Result<(), DiffError> {
        self.pickles(old, new, Storages::default(), 0)
    }

    /// The differences that were kept, in the order in which they were found.
    pub fn differences(&self) -> impl Iterator<Item = Difference<'_, 'g, S>> {
        self.found.iter().map(|(place, change)| Difference::new(self, *place, change))
    }

    /// How many differences there are, also those that were not kept.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.total == 0
    }

    /// Compares two pickles, which are in this place.
    fn pickles(
        &mut self,
        a: &'g Graph<S>,
        b: &'g Graph<S>,
        storages: Storages<'g>,
        place: usize,
    ) -> Result<(), DiffError> {
        self.begin(a, b, storages);
        let [x, y] = [a, b].map(|graph| graph.source().as_ref());
        // What was written alike is alike, except for storages, which are not in the pickles.
        if !self.storages.are_known() && x[a.start()..a.end()] == y[b.start()..b.end()] {
            return Ok(());
        }
        self.pair(a.root(), b.root(), place)?;
        self.drain(a, b)
    }

    /// Prepares for two pickles.
    fn begin(&mut self, a: &'g Graph<S>, b: &'g Graph<S>, storages: Storages<'g>) {
        self.keys.begin(a, b);
        self.storages = storages;
        self.seen.clear();
        self.partners = [HashMap::new(), HashMap::new()];
        for graph in [a, b] {
            // Each part of it, each container, and each element of an array, once: an id has four bytes, an element may have one.
            self.left += graph.node_count() + graph.bytes_held() / 2 + graph.source().as_ref().len();
        }
    }

    /// Counts a pair.
    fn tick(&mut self) -> Result<(), DiffError> {
        self.compared += 1;
        if self.compared.is_multiple_of(TICK)
            && let Some(progress) = &mut self.progress
            && progress(self.compared).is_break()
        {
            return Err(DiffError::Stopped);
        }
        Ok(())
    }
}
