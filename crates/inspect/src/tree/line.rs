//! What fits on one line.

use halfsour_text::phrase::count;
use halfsour_value::Node;

use super::ShowLimits;
use super::leaf::Leaf;
use super::marks::{Mark, Marks};
use super::parts::{Head, Target};
use crate::spans::{Role, Spans};

/// A line that is being filled up to a width.
pub struct Line {
    spans: Spans,
    width: usize,
    most: usize,
}

/// It does not fit.
pub struct Full;

/// How many levels of containers may be on one line.
pub const LEVELS: usize = 4;

impl Line {
    pub fn new(most: usize) -> Self {
        Self { spans: Spans::default(), width: 0, most }
    }

    pub fn into_spans(self) -> Spans {
        self.spans
    }

    pub fn spans(&self) -> &Spans {
        &self.spans
    }

    /// How many characters it takes.
    pub fn width(&self) -> usize {
        self.width
    }

    fn widen(&mut self, by: usize) -> Result<(), Full> {
        self.width = self.width.saturating_add(by);
        if self.width > self.most { Err(Full) } else { Ok(()) }
    }

    pub fn plain(&mut self, text: &str) -> Result<(), Full> {
        self.push(Role::Plain, text)
    }

    pub fn push(&mut self, role: Role, text: &str) -> Result<(), Full> {
        self.spans.push(role, text);
        self.widen(text.chars().count())
    }

    fn leaf(&mut self, leaf: &Leaf) -> Result<(), Full> {
        leaf.push_to(&mut self.spans);
        self.widen(leaf.width())
    }

    /// Adds all of something, if it fits and nothing in it has to be cut or marked for later.
    pub fn target<S: AsRef<[u8]>>(
        &mut self,
        target: &Target<'_, S>,
        limits: ShowLimits,
        levels: usize,
        marks: Option<&Marks>,
    ) -> Result<(), Full> {
        self.nested(target, limits, levels.min(LEVELS), marks)
    }

    /// The depth of this recursion is at most [`LEVELS`].
    fn nested<S: AsRef<[u8]>>(
        &mut self,
        target: &Target<'_, S>,
        limits: ShowLimits,
        levels: usize,
        marks: Option<&Marks>,
    ) -> Result<(), Full> {
        let (head, parts) = target.parts_line(limits);
        if levels == 0 && parts.len() > 0 || parts.len() > parts.most(limits) {
            return Err(Full);
        }
        self.open(&head)?;
        for (index, item) in parts.enumerate() {
            if index > 0 {
                self.plain(", ")?;
            }
            item.write_name(self, limits, levels - 1)?;
            match &item.target {
                Target::Node(node) => self.node(*node, limits, levels - 1, marks)?,
                target => self.nested(target, limits, levels - 1, marks)?,
            }
        }
        self.plain(head.close)
    }

    fn open(&mut self, head: &Head) -> Result<(), Full> {
        let (name, rest) = head.name_and_rest();
        self.push(Role::Name, name)?;
        self.plain(rest)
    }

    fn node<S: AsRef<[u8]>>(
        &mut self,
        node: Node<'_, S>,
        limits: ShowLimits,
        levels: usize,
        marks: Option<&Marks>,
    ) -> Result<(), Full> {
        if let Some(leaf) = Leaf::of(node, limits) {
            return self.leaf(&leaf);
        }
        match marks.map_or(Some(Mark::None), |marks| marks.known(node)) {
            Some(Mark::Known(number)) => self.push(Role::Dim, &format!("→ #{number}")),
            Some(_) => self.nested(&Target::Node(node), limits, levels, marks),
            None => Err(Full),
        }
    }

    /// Adds a key of a dict; what is long or deep in it is left out.
    pub fn key<S: AsRef<[u8]>>(
        &mut self,
        key: Node<'_, S>,
        limits: ShowLimits,
        levels: usize,
    ) -> Result<(), Full> {
        const MOST: usize = 60;
        if let Some(leaf) = Leaf::of(key, limits) {
            return self.leaf(&leaf);
        }
        let mut whole = Self::new(MOST);
        if whole.node(key, limits, levels, None).is_ok() {
            self.spans.extend(&whole.spans);
            return self.widen(whole.width);
        }
        let (head, parts) = Target::Node(key).parts(limits);
        self.open(&head)?;
        // What opens may be all there is to be shown.
        if parts.len() > 0 {
            self.push(Role::Dim, &format!("… {}", count(parts.len())))?;
        }
        self.plain(head.close)
    }
}
