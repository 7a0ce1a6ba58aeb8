//! A pickle, perhaps of another protocol.

use halfsour_classes::numpy::Unwrapped;
use halfsour_inspect::path::Place;
use halfsour_value::{Builder, Node};
use halfsour_writer::{self as writer, Limits, MemoPolicy, to_writer};

use super::beside;
use crate::convert::{self, Out, Subject};
use crate::{ConvertError, Options};

struct Writer {
    protocol: Option<u8>,
    /// The pickles that are read have one memo.
    keeps_memo: bool,
    limits: Limits,
}

pub(super) fn writer(options: &Options) -> Box<dyn convert::Writer> {
    let (protocol, keeps_memo) = (options.protocol, options.reading.keep_memo);
    Box::new(Writer { protocol, keeps_memo, limits: options.limits.written })
}

impl convert::Writer for Writer {
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        let (memo, fix_imports, limits) = (MemoPolicy::All, !self.keeps_names(), self.limits);
        let protocol = self.protocol.unwrap_or_else(|| data.graph.protocol());
        let options = writer::Options::default()
            .with_protocol(protocol)
            .with_memo(memo)
            .with_fix_imports(fix_imports)
            .with_numbered_slots(self.keeps_memo)
            .with_limits(limits);
        let nodes = match &data.place {
            Place::Members(members) => members.clone(),
            _ => vec![data.node()?],
        };
        if let Some(storages) = beside::noted(data, out) {
            let why = "a pickle only refers to what is in them; safetensors and npz hold tensors";
            out.leave_out(storages, why);
        }
        out.check()?;
        let unwrapped = Unwrapped::of(data.graph)?;
        if let (Place::Node(node), None) = (&data.place, &unwrapped) {
            return Ok(to_writer(out, *node, &options)?);
        }
        let new = |node: &Node<'_, _>| unwrapped.as_ref().map_or(node.id(), |new| new.node(node.id()).id());
        let ids: Vec<_> = nodes.iter().map(new).collect();
        let graph = unwrapped.as_ref().map_or_else(|| data.graph.copied(), |new| new.graph().clone());
        if let Place::Node(_) = data.place {
            return Ok(to_writer(out, graph.node(ids[0]), &options)?);
        }
        let mut builder = Builder::from_graph(graph);
        let list = builder.list(&ids);
        Ok(to_writer(out, builder.build(list).root(), &options)?)
    }

    /// A pickle of the same protocol keeps them.
    fn keeps_names(&self) -> bool {
        self.protocol.is_none()
    }
}
