//! Data as a readable tree.

mod known;
mod leaf;
mod line;
mod marks;
mod pandas;
mod parts;

use std::io::{self, Write};

use halfsour::Node;

use crate::args::Cuts;
use crate::text::count;
use leaf::{Leaf, Palette};
use line::Line;
use marks::{Mark, Marks};
use parts::{Item, Parts, Target};

/// How wide a line may get by what is put on it rather than on lines of its own.
const WIDTH: usize = 88;

/// How many levels are indented, so that deep data does not grow with the square of its depth.
const INDENTED: usize = 40;

/// Writes the tree of an object.
pub fn show<S: AsRef<[u8]>>(out: &mut dyn Write, root: Node<'_, S>, cuts: Cuts) -> io::Result<()> {
    let mut tree = Tree { out, cuts, marks: Marks::of(root), blocks: Vec::new() };
    tree.target(&Target::Node(root), 0)?;
    while let Some(block) = tree.blocks.last_mut() {
        if let Some(left) = block.left.checked_sub(1)
            && let Some(item) = block.parts.next()
        {
            block.left = left;
            tree.item(&item)?;
            continue;
        }
        let (close, hidden) = (block.close, block.parts.len());
        if hidden > 0 {
            tree.indent()?;
            tree.dim(&format!("… {} more", count(hidden)))?;
            tree.out.write_all(b"\n")?;
        }
        tree.blocks.pop();
        tree.indent()?;
        tree.out.write_all(close.as_bytes())?;
        tree.end()?;
    }
    Ok(())
}

/// An object on part of a line; what does not fit is left out.
pub fn brief<S: AsRef<[u8]>>(node: Node<'_, S>, cuts: Cuts) -> String {
    let mut line = Line::new(usize::MAX);
    // A line without end takes everything.
    let _ = line.key(node, cuts, line::LEVELS);
    line.text().to_owned()
}

/// A container whose items are on lines of their own.
struct Block<'g, S> {
    parts: Parts<'g, S>,
    close: &'static str,
    /// How many items may still be shown.
    left: usize,
}

struct Tree<'o, 'g, S> {
    out: &'o mut dyn Write,
    cuts: Cuts,
    marks: Marks,
    blocks: Vec<Block<'g, S>>,
}

impl<'g, S: AsRef<[u8]>> Tree<'_, 'g, S> {
    fn indent(&mut self) -> io::Result<()> {
        write!(self.out, "{:width$}", "", width = self.indentation())
    }

    fn indentation(&self) -> usize {
        2 * self.blocks.len().min(INDENTED)
    }

    fn dim(&mut self, text: &str) -> io::Result<()> {
        write!(self.out, "{}{text}{:#}", Palette::DIM, Palette::DIM)
    }

    /// Ends what has been shown.
    fn end(&mut self) -> io::Result<()> {
        self.out.write_all(if self.blocks.is_empty() { b"\n" } else { b",\n" })
    }

    fn item(&mut self, item: &Item<'g, S>) -> io::Result<()> {
        self.indent()?;
        let mut line = Line::new(usize::MAX);
        // A line without end takes everything.
        let _ = item.write_name(&mut line, self.cuts, line::LEVELS);
        self.out.write_all(line.text().as_bytes())?;
        self.target(&item.target, line.width())
    }

    /// Shows something after so many characters on the line.
    fn target(&mut self, target: &Target<'g, S>, before: usize) -> io::Result<()> {
        let mut mark = String::new();
        if let Target::Node(node) = target {
            if let Some(leaf) = Leaf::of(*node, self.cuts) {
                write!(self.out, "{leaf}")?;
                return self.end();
            }
            match self.marks.meet(*node) {
                Mark::Known(number) => {
                    self.dim(&format!("→ #{number}"))?;
                    return self.end();
                }
                Mark::New(number) => mark = format!("#{number}="),
                Mark::None => {}
            }
        }
        if !mark.is_empty() {
            self.dim(&mark)?;
        }
        let before = self.indentation() + before + mark.len();
        // Not less than some room, however deep.
        let mut line = Line::new(WIDTH.saturating_sub(before).max(WIDTH / 2));
        let levels = self.cuts.depth.saturating_sub(self.blocks.len());
        if line.target(target, self.cuts, levels, Some(&self.marks)).is_ok() {
            self.out.write_all(line.text().as_bytes())?;
            return self.end();
        }
        let (head, parts) = target.parts();
        self.out.write_all(head.styled_open().as_bytes())?;
        if parts.len() == 0 {
            self.out.write_all(head.close.as_bytes())?;
            return self.end();
        }
        if levels == 0 {
            self.dim(&format!("… {}", count(parts.len())))?;
            self.out.write_all(head.close.as_bytes())?;
            return self.end();
        }
        self.out.write_all(b"\n")?;
        self.blocks.push(Block { parts, close: head.close, left: self.cuts.max_items });
        Ok(())
    }
}
