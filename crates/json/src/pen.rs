//! [`Pen`]: the plain JSON of many objects, one at a time.

use std::fmt;

use halfsour_classes::pandas::Cell;
use halfsour_value::{Graph, Id, Node};

use crate::out::Out;
use crate::plain::{Work, Writer};
use crate::{Error, Style};

/// Writes the plain JSON of many objects of a graph, each when it is asked for; the limits are for all of them.
///
/// ```
/// // [[1], {'a': 2}]
/// let graph = halfsour_vm::from_slice(b"](](K\x01e}X\x01\0\0\0aK\x02se.")?;
/// let mut pen = halfsour_json::Pen::new(&graph, halfsour_json::Style::plain());
/// let rows = graph.root().elements().unwrap();
/// let rows: Result<Vec<_>, _> = rows.map(|row| pen.write(row)).collect();
/// assert_eq!(rows?, ["[1]", "{\"a\":2}"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Pen {
    style: Style,
    out: Out<'static>,
    /// The nodes that are being written, kept from one object to the next: there are as many as the graph has.
    open: Vec<bool>,
    values: usize,
}

impl Pen {
    /// Returns a pen for the objects of a graph.
    pub fn new<S: AsRef<[u8]>>(graph: &Graph<S>, style: Style) -> Self {
        let values = style.limits.values.saturating_add(graph.bytes_held() / size_of::<Id>());
        let out = Out::new(graph.root(), style, None);
        Self { style, out, open: vec![false; graph.node_count()], values }
    }

    /// Returns the plain JSON of an object of the graph. What was written of it before an error counts for the limits.
    ///
    /// # Errors
    ///
    /// The errors of [`to_string`](crate::to_string).
    pub fn write<S: AsRef<[u8]>>(&mut self, node: Node<'_, S>) -> Result<String, Error> {
        self.work(Work::Node(node))
    }

    /// Returns the plain JSON of a value of a table, as [`write`](Self::write) does.
    ///
    /// # Errors
    ///
    /// The errors of [`write`](Self::write).
    pub fn write_cell<S: AsRef<[u8]>>(&mut self, cell: Cell<'_, S>) -> Result<String, Error> {
        self.work(Work::Cell(Box::new(cell)))
    }

    fn work<S: AsRef<[u8]>>(&mut self, work: Work<'_, S>) -> Result<String, Error> {
        let open = std::mem::take(&mut self.open);
        let mut writer = Writer::resumed(&mut self.out, open, self.values, self.style);
        writer.push([work]);
        let written = writer.run();
        (self.open, self.values) = writer.into_parts();
        if let Err(error) = written {
            self.out.abandon();
            return Err(error);
        }
        Ok(String::from_utf8(self.out.take()?).expect("JSON is written as UTF-8"))
    }
}

impl fmt::Debug for Pen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pen")
            .field("style", &self.style)
            .field("values", &self.values)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Pen;
    use crate::{ErrorKind, Style};

    /// A list that contains itself, before and after other lists.
    #[test]
    fn a_pen_writes_on_after_an_error() {
        // [[1], a, [[1]]], where a = [[1], a]
        let graph = halfsour_vm::from_slice(b"](](K\x01eq\x00](h\x00]q\x01h\x01aee.").unwrap();
        let mut pen = Pen::new(&graph, Style::plain());
        let rows: Vec<_> = graph.root().elements().unwrap().collect();
        assert_eq!(pen.write(rows[0]).unwrap(), "[1]");
        assert!(matches!(pen.write(rows[1]).unwrap_err().kind(), ErrorKind::Cycle(_)));
        assert_eq!(pen.write(rows[0]).unwrap(), "[1]");
        assert!(matches!(pen.write(graph.root()).unwrap_err().kind(), ErrorKind::Cycle(_)));
        assert_eq!(pen.write(rows[0]).unwrap(), "[1]");
    }
}
