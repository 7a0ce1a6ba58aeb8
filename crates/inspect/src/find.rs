//! [`Search`]: where keys, classes, text and numbers are in data.

mod cells;
mod pattern;
mod walk;

use std::fmt;

use halfsour_files::{JoblibArrays, Part, PickleError};
use halfsour_value::Graph;
use halfsour_vm::Loader;
use serde::Serialize;

pub use pattern::{Pattern, PatternError};

use crate::spans::{Role, Spans};
pub(crate) use cells::at_index;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a kind of its own")]
pub struct Scope {
    /// Keys of dicts, names of attributes and of keyword arguments, labels of columns, names of indexes and of series.
    pub keys: bool,
    /// The names of classes and functions.
    pub classes: bool,
    /// Text and bytes.
    pub text: bool,
    /// Ints and floats.
    pub numbers: bool,
}

/// Everything.
impl Default for Scope {
    fn default() -> Self {
        Self { keys: true, classes: true, text: true, numbers: true }
    }
}

impl Scope {
    /// No kind, to which some can be added.
    pub const NONE: Self = Self { keys: false, classes: false, text: false, numbers: false };
}

/// The kind of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Found {
    /// A key, the name of an attribute, or the label of a column, of which the path leads to the value; or the name of an index or a series.
    Key,
    /// The name of a class or function; the path leads to the object.
    Class,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// A number.
    Number,
}

/// Something that was found, and where.
///
/// `Display` writes a line: `users[3].email: text 'ann@example.org' (byte 0x2a)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Hit {
    /// The path to it, as `get` follows it; that of the whole is `(all)`.
    pub path: String,
    /// Its kind.
    pub kind: Found,
    /// The beginning of it, as Python shows it.
    pub value: String,
    /// The offset in the file, or the part of it, at which it was made; small ints, and elements of arrays, have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
}

impl Hit {
    /// The line that tells of it.
    pub fn line(&self) -> Spans {
        let (kind, role) = match self.kind {
            Found::Key => ("key", Role::Plain),
            Found::Class => ("class", Role::Name),
            Found::Text => ("text", Role::Text),
            Found::Bytes => ("bytes", Role::Text),
            Found::Number => ("number", Role::Number),
        };
        let mut line = Spans::default();
        line.plain(&format!("{}: ", self.path));
        line.push(Role::Dim, &format!("{kind} "));
        line.push(role, &self.value);
        if let Some(offset) = self.offset {
            line.push(Role::Dim, &format!(" (byte 0x{offset:x})"));
        }
        line
    }
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line().fmt(f)
    }
}

/// Looks for a pattern, and collects what it finds. An object that is part of several is found in the first of them.
///
/// ```
/// use halfsour_inspect::find::{Pattern, Scope, Search};
///
/// // {'users': [{'email': 'ann@example.org'}]}
/// let graph = halfsour_vm::from_slice(b"}Vusers\n(}Vemail\nVann@example.org\nsls.")?;
/// let mut search = Search::new(Pattern::plain("ann@"), Scope::default(), 1000);
/// search.graph(&graph);
/// assert_eq!(search.hits()[0].to_string(), "users[0].email: text 'ann@example.org' (byte 0x11)");
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
#[derive(Debug)]
pub struct Search {
    pattern: Pattern,
    scope: Scope,
    /// How many hits to keep.
    max: usize,
    hits: Vec<Hit>,
    /// How many there are, also those that are not kept.
    total: usize,
    /// How many pickles were looked through.
    pickles: usize,
}

impl Search {
    /// Nothing found yet. At most `max` hits are kept; the others are only counted.
    pub fn new(pattern: Pattern, scope: Scope, max: usize) -> Self {
        Self { pattern, scope, max, hits: Vec::new(), total: 0, pickles: 0 }
    }

    /// Looks through a graph. From the second on, the paths begin with its number: `#2.users`.
    pub fn graph<S: AsRef<[u8]>>(&mut self, graph: &Graph<S>) {
        self.pickles += 1;
        let number = (self.pickles > 1).then_some(self.pickles);
        walk::Walk::new(self, number).graph(graph);
    }

    /// Looks through all pickles of a part, or the first only.
    ///
    /// # Errors
    ///
    /// If one cannot be loaded; what was found before it stays.
    pub fn part(
        &mut self,
        part: &Part,
        first_only: bool,
        loader: &mut Loader,
    ) -> Result<(), PickleError<halfsour_vm::Error>> {
        self.pickles = 0;
        part.each_pickle(first_only, |bytes, start| {
            let graph = loader.load_observed(bytes, start, JoblibArrays::new(()))?;
            self.graph(&graph);
            Ok(graph.end())
        })
    }

    /// What was found, in the order of the data.
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// How much was found, also what was not kept.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Takes what was found.
    pub fn take(&mut self) -> Vec<Hit> {
        std::mem::take(&mut self.hits)
    }
}
