//! [`Spans`]: a line of text in pieces, each with a [`Role`].

use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

/// The role of a piece of text. A terminal may give each role a colour, a page a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// Everything else: brackets, names of attributes.
    #[default]
    Plain,
    /// `None`, `True`, `False`, `pandas.NaT`.
    Constant,
    /// A number, or a time.
    Number,
    /// Text or bytes.
    Text,
    /// The name of a class or function.
    Name,
    /// What is said about the data, and is not in it: what was left out, marks of shared objects.
    Dim,
    /// The name of a file.
    Heading,
    /// A difference: removed.
    Removed,
    /// A difference: added.
    Added,
    /// A difference: changed.
    Changed,
}

/// A line of text in pieces, each with a [`Role`]. `Display` writes the text alone.
///
/// ```
/// use halfsour_inspect::tree::{ShowLimits, Tree};
/// use halfsour_inspect::Role;
///
/// let graph = halfsour_vm::from_slice(b"I7\n.")?;
/// let line = Tree::new(graph.root(), ShowLimits::default()).lines().next().unwrap();
/// assert_eq!(line.iter().collect::<Vec<_>>(), [(Role::Number, "7")]);
/// assert_eq!(line.to_string(), "7");
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    text: String,
    /// Where each piece ends.
    ends: Vec<(Role, usize)>,
}

impl Spans {
    /// A line of one piece.
    pub fn new(role: Role, text: &str) -> Self {
        let mut line = Self::default();
        line.push(role, text);
        line
    }

    /// Adds a piece at the end.
    pub fn push(&mut self, role: Role, text: &str) {
        self.text.push_str(text);
        match self.ends.last_mut() {
            Some((last, end)) if *last == role => *end = self.text.len(),
            _ if text.is_empty() => {}
            _ => self.ends.push((role, self.text.len())),
        }
    }

    /// Adds text that has no role.
    pub fn plain(&mut self, text: &str) {
        self.push(Role::Plain, text);
    }

    /// Adds all pieces of another line.
    pub fn extend(&mut self, other: &Self) {
        other.iter().for_each(|(role, text)| self.push(role, text));
    }

    /// The text without roles.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pieces, from the first on. None is empty, and no two neighbours have the same role.
    pub fn iter(&self) -> impl Iterator<Item = (Role, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |&(role, end)| (role, &self.text[std::mem::replace(&mut start, end)..end]))
    }
}

impl fmt::Display for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// As `[{"role": "number", "text": "7"}]`.
impl Serialize for Spans {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Span<'a> {
            role: Role,
            text: &'a str,
        }
        let mut spans = serializer.serialize_seq(Some(self.ends.len()))?;
        for (role, text) in self.iter() {
            spans.serialize_element(&Span { role, text })?;
        }
        spans.end()
    }
}

/// Writes lines, with line feeds between them.
pub(crate) fn write_lines(f: &mut fmt::Formatter<'_>, lines: impl Iterator<Item = Spans>) -> fmt::Result {
    for (number, line) in lines.enumerate() {
        f.write_str(if number > 0 { "\n" } else { "" })?;
        f.write_str(line.text())?;
    }
    Ok(())
}
