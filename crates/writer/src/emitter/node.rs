//! Objects of graphs in a pickle that is written object by object.

use std::mem::replace;

use halfsour_value::Node;

use super::Emitter;
use crate::graph::Writer;
use crate::memo::Memo;
use crate::{Error, MemoPolicy, Options};

impl Emitter {
    /// Writes an object of a graph and all objects that it refers to. Those that occur again among them get slots in the memo.
    ///
    /// # Errors
    ///
    /// If the protocol cannot express something, as for [`to_vec`](crate::to_vec). What was written before is lost then.
    pub fn node<S: AsRef<[u8]>>(&mut self, node: Node<'_, S>) -> Result<(), Error> {
        let options =
            Options { fix_imports: self.fix_imports, ..Options::default().with_protocol(self.protocol) };
        let graph = node.graph();
        let memo = Memo::new(MemoPolicy::Shared, graph.node_count(), Vec::new());
        let mut first = Writer::new(graph, Self::new(&options)?, memo);
        first.run(node.id(), usize::MAX)?;
        let memo = first.memo.second_pass(&[]);
        let mut writer = Writer::new(graph, replace(self, Self::new(&options)?), memo);
        writer.run(node.id(), usize::MAX)?;
        *self = writer.emitter;
        Ok(())
    }
}
