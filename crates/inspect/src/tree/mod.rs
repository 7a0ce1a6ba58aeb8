//! [`Tree`]: data as a readable tree.

mod cells;
mod known;
mod leaf;
mod line;
mod marks;
mod objects;
mod pandas;
mod parts;

use std::fmt;

use halfsour_text::phrase::count;
use halfsour_value::Node;
use serde::{Serialize, Serializer};

use crate::path::Place;
use crate::spans::{Role, Spans, write_lines};
use leaf::Leaf;
use line::Line;
use marks::{Mark, Marks};
use parts::{Item, Parts, Target};

/// How wide a line may get by what is put on it rather than on lines of its own.
const WIDTH: usize = 88;

/// How many levels are indented, so that deep data does not grow with the square of its depth.
const INDENTED: usize = 40;

/// Where a tree is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShowLimits {
    /// How many levels are shown.
    pub depth: usize,
    /// How many items of each container are shown.
    pub max_items: usize,
    /// How many bytes of each text, or of bytes, are shown.
    pub max_text: usize,
    /// How many rows of each array that has several dimensions are shown.
    pub max_rows: usize,
}

/// 20 levels, 100 items, 200 bytes, 6 rows.
impl Default for ShowLimits {
    fn default() -> Self {
        Self { depth: 20, max_items: 100, max_text: 200, max_rows: 6 }
    }
}

impl ShowLimits {
    /// Nothing is cut.
    #[must_use]
    pub const fn full() -> Self {
        Self { depth: usize::MAX, max_items: usize::MAX, max_text: usize::MAX, max_rows: usize::MAX }
    }

    /// Whether nothing is cut, so that arrays and columns take as many lines as they have.
    const fn is_full(self) -> bool {
        self.max_items == usize::MAX
    }

    /// Sets how many levels are shown.
    #[must_use]
    pub const fn with_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// Sets how many items of each container are shown.
    #[must_use]
    pub const fn with_max_items(self, max_items: usize) -> Self {
        Self { max_items, ..self }
    }

    /// Sets how many bytes of each text are shown.
    #[must_use]
    pub const fn with_max_text(self, max_text: usize) -> Self {
        Self { max_text, ..self }
    }

    /// Sets how many rows of each array that has several dimensions are shown.
    #[must_use]
    pub const fn with_max_rows(self, max_rows: usize) -> Self {
        Self { max_rows, ..self }
    }
}

/// Data as a readable tree: it looks like Python.
///
/// What is short is on one line. An object that occurs again is marked `#1=`, and later shown as `→ #1`. Dates, decimals and
/// the like are shown by their class and their text, arrays and tables by their first elements, and those with several
/// dimensions by rows. What is cut says how much is
/// missing.
///
/// `Display` writes the lines; as `Serialize`, the tree is an array of lines, each an array of pieces with roles: see [`Spans`]. An
/// object that is shared is shown once, so that a tree is no larger than its graph.
///
/// ```
/// use halfsour_inspect::tree::{ShowLimits, Tree};
///
/// // people = [{'name': 'Ann'}]; pickle.dumps((people, people), protocol=0)
/// let graph = halfsour_vm::from_slice(b"((lp0\n(dp1\nVname\np2\nVAnn\np3\nsag0\ntp4\n.")?;
/// assert_eq!(Tree::new(graph.root(), ShowLimits::default()).to_string(), "\
/// (
///   #1=[{'name': 'Ann'}],
///   → #1,
/// )");
/// let limits = ShowLimits::default().with_depth(1);
/// assert_eq!(Tree::new(graph.root().at(0).unwrap(), limits).to_string(), "\
/// [
///   {… 1},
/// ]");
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
pub struct Tree<'g, S> {
    root: Target<'g, S>,
    limits: ShowLimits,
}

impl<'g, S: AsRef<[u8]>> Tree<'g, S> {
    /// The tree of an object.
    pub fn new(root: Node<'g, S>, limits: ShowLimits) -> Self {
        Self { root: Target::Node(root), limits }
    }

    /// The tree of that to which a path leads.
    pub fn of_place(place: Place<'g, S>, limits: ShowLimits) -> Self {
        Self { root: place.into(), limits }
    }

    /// The lines, one after the other, with their indentation. Looks through the whole graph first, for objects that occur again.
    pub fn lines(&self) -> Lines<'g, S> {
        let root = self.root.clone();
        Lines { limits: self.limits, marks: Marks::of(&root), root: Some(root), blocks: Vec::new() }
    }
}

impl<S: AsRef<[u8]>> fmt::Display for Tree<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, self.lines())
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Tree<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl<S: AsRef<[u8]>> Serialize for Tree<'_, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_seq(self.lines())
    }
}

pub(crate) use pandas::{cell, freq_text};

/// An object on part of a line; what does not fit is left out.
pub(crate) fn brief<S: AsRef<[u8]>>(node: Node<'_, S>, limits: ShowLimits) -> Spans {
    let mut line = Line::new(usize::MAX);
    // A line without end takes everything.
    let _ = line.key(node, limits, line::LEVELS);
    line.into_spans()
}

/// The lines of a [`Tree`].
pub struct Lines<'g, S> {
    limits: ShowLimits,
    /// The object of which the tree is, until its first line is made.
    root: Option<Target<'g, S>>,
    marks: Marks,
    blocks: Vec<Block<'g, S>>,
}

/// A container whose items are on lines of their own.
struct Block<'g, S> {
    parts: Parts<'g, S>,
    close: &'static str,
    /// How many items may still be shown.
    left: usize,
}

impl<S: AsRef<[u8]>> Iterator for Lines<'_, S> {
    type Item = Spans;

    fn next(&mut self) -> Option<Spans> {
        if let Some(root) = self.root.take() {
            let mut line = Spans::default();
            self.target(&mut line, &root, 0);
            return Some(line);
        }
        let block = self.blocks.last_mut()?;
        if let Some(left) = block.left.checked_sub(1)
            && let Some(item) = block.parts.next()
        {
            block.left = left;
            return Some(self.item(&item));
        }
        let (close, hidden) = (block.close, block.parts.len());
        if hidden > 0 {
            block.parts = Parts::none();
            let mut line = self.indented();
            line.push(Role::Dim, &format!("… {} more", count(hidden)));
            return Some(line);
        }
        self.blocks.pop();
        let mut line = self.indented();
        line.plain(close);
        self.end(&mut line);
        Some(line)
    }
}

impl<'g, S: AsRef<[u8]>> Lines<'g, S> {
    fn indented(&self) -> Spans {
        let mut line = Spans::default();
        line.plain(&" ".repeat(self.indentation()));
        line
    }

    fn indentation(&self) -> usize {
        2 * self.blocks.len().min(INDENTED)
    }

    /// Ends what has been shown.
    fn end(&self, line: &mut Spans) {
        line.plain(if self.blocks.is_empty() { "" } else { "," });
    }

    fn item(&mut self, item: &Item<'g, S>) -> Spans {
        let mut line = self.indented();
        let mut name = Line::new(usize::MAX);
        // A line without end takes everything.
        let _ = item.write_name(&mut name, self.limits, line::LEVELS);
        line.extend(name.spans());
        self.target(&mut line, &item.target, name.width());
        line
    }

    /// Shows something after so many characters on the line.
    fn target(&mut self, line: &mut Spans, target: &Target<'g, S>, before: usize) {
        let mut mark = String::new();
        if let Target::Node(node) = target {
            if let Some(leaf) = Leaf::of(*node, self.limits) {
                leaf.push_to(line);
                return self.end(line);
            }
            match self.marks.meet(*node) {
                Mark::Known(number) => {
                    line.push(Role::Dim, &format!("→ #{number}"));
                    return self.end(line);
                }
                Mark::New(number) => mark = format!("#{number}="),
                Mark::None => {}
            }
        }
        line.push(Role::Dim, &mark);
        let before = self.indentation() + before + mark.len();
        // Not less than some room, however deep.
        let mut rest = Line::new(WIDTH.saturating_sub(before).max(WIDTH / 2));
        let levels = self.limits.depth.saturating_sub(self.blocks.len());
        if rest.target(target, self.limits, levels, Some(&self.marks)).is_ok() {
            line.extend(rest.spans());
            return self.end(line);
        }
        let (head, parts) = target.parts(self.limits);
        let (name, rest) = head.name_and_rest();
        line.push(Role::Name, name);
        line.plain(rest);
        if parts.len() == 0 {
            line.plain(head.close);
            return self.end(line);
        }
        if levels == 0 {
            line.push(Role::Dim, &format!("… {}", count(parts.len())));
            line.plain(head.close);
            return self.end(line);
        }
        let left = parts.most(self.limits);
        self.blocks.push(Block { parts, close: head.close, left });
    }
}

impl<S> fmt::Debug for Lines<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("limits", &self.limits).finish_non_exhaustive()
    }
}
