//! What fits on one line.

use std::fmt::Write;

use anstyle::Style;
use halfsour::Node;

use super::leaf::{Leaf, Palette};
use super::marks::{Mark, Marks};
use super::parts::{Head, Target};
use crate::args::Cuts;
use crate::text::count;

/// A line that is being filled up to a width.
pub struct Line {
    text: String,
    width: usize,
    most: usize,
}

/// It does not fit.
pub struct Full;

/// How many levels of containers may be on one line.
pub const LEVELS: usize = 4;

impl Line {
    pub fn new(most: usize) -> Self {
        Self { text: String::new(), width: 0, most }
    }

    /// With escapes for colours.
    pub fn text(&self) -> &str {
        &self.text
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
        self.text.push_str(text);
        self.widen(text.chars().count())
    }

    pub fn styled(&mut self, style: Style, text: &str) -> Result<(), Full> {
        // Writing to a String does not fail.
        let _ = write!(self.text, "{style}{text}{style:#}");
        self.widen(text.chars().count())
    }

    /// Adds all of something, if it fits and nothing in it has to be cut or marked for later.
    pub fn target<S: AsRef<[u8]>>(
        &mut self,
        target: &Target<'_, S>,
        cuts: Cuts,
        levels: usize,
        marks: Option<&Marks>,
    ) -> Result<(), Full> {
        self.nested(target, cuts, levels.min(LEVELS), marks)
    }

    /// The depth of this recursion is at most [`LEVELS`].
    fn nested<S: AsRef<[u8]>>(
        &mut self,
        target: &Target<'_, S>,
        cuts: Cuts,
        levels: usize,
        marks: Option<&Marks>,
    ) -> Result<(), Full> {
        let (head, parts) = target.parts_line();
        if levels == 0 && parts.len() > 0 || parts.len() > cuts.max_items {
            return Err(Full);
        }
        self.open(&head)?;
        for (index, item) in parts.enumerate() {
            if index > 0 {
                self.plain(", ")?;
            }
            item.write_name(self, cuts, levels - 1)?;
            match &item.target {
                Target::Node(node) => self.node(*node, cuts, levels - 1, marks)?,
                target => self.nested(target, cuts, levels - 1, marks)?,
            }
        }
        self.plain(head.close)
    }

    fn open(&mut self, head: &Head) -> Result<(), Full> {
        self.text.push_str(&head.styled_open());
        self.widen(head.open.chars().count())
    }

    fn node<S: AsRef<[u8]>>(
        &mut self,
        node: Node<'_, S>,
        cuts: Cuts,
        levels: usize,
        marks: Option<&Marks>,
    ) -> Result<(), Full> {
        if let Some(leaf) = Leaf::of(node, cuts) {
            let _ = write!(self.text, "{leaf}");
            return self.widen(leaf.width());
        }
        match marks.map_or(Some(Mark::None), |marks| marks.known(node)) {
            Some(Mark::Known(number)) => self.styled(Palette::DIM, &format!("→ #{number}")),
            Some(_) => self.nested(&Target::Node(node), cuts, levels, marks),
            None => Err(Full),
        }
    }

    /// Adds a key of a dict; what is long or deep in it is left out.
    pub fn key<S: AsRef<[u8]>>(&mut self, key: Node<'_, S>, cuts: Cuts, levels: usize) -> Result<(), Full> {
        const MOST: usize = 60;
        if let Some(leaf) = Leaf::of(key, cuts) {
            let _ = write!(self.text, "{leaf}");
            return self.widen(leaf.width());
        }
        let mut whole = Self::new(MOST);
        if whole.node(key, cuts, levels, None).is_ok() {
            self.text.push_str(&whole.text);
            return self.widen(whole.width);
        }
        let (head, parts) = Target::Node(key).parts();
        self.open(&head)?;
        // What opens may be all there is to be shown.
        if parts.len() > 0 {
            self.styled(Palette::DIM, &format!("… {}", count(parts.len())))?;
        }
        self.plain(head.close)
    }
}
