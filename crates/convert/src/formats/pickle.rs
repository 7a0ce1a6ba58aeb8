//! A pickle, perhaps of another protocol.

use std::collections::HashSet;

use halfsour_classes::numpy::{Unwrapped, array_file};
use halfsour_classes::torch::{Place as StoragePlace, Storage};
use halfsour_inspect::path::Place;
use halfsour_text::phrase::plural;
use halfsour_value::{Builder, Kind, Node};
use halfsour_writer::{self as writer, Limits, MemoPolicy, to_writer};

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
        leave_out_what_is_beside(&nodes, data.torch.is_some(), out);
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

/// Notes what these objects refer to that lies beside the pickle in its file, or in other files.
fn leave_out_what_is_beside(nodes: &[Node<'_, &[u8]>], is_torch: bool, out: &mut Out<'_>) {
    let (mut storages, mut files) = (HashSet::new(), HashSet::new());
    for node in nodes.iter().flat_map(|node| node.descendants()) {
        if is_torch && node.kind() == Kind::PersistentId {
            storages.insert(match Storage::of(node).map(|storage| storage.place) {
                Some(StoragePlace::Beside { key, .. }) => Some(key),
                _ => None,
            });
        }
        if let Some(file) = array_file(node)
            && files.insert(node.id())
        {
            out.leave_out(file.into_owned(), "a file with an array, which is missing or cannot be read");
        }
    }
    if !storages.is_empty() {
        let why = "a pickle only refers to what is in them; safetensors and npz hold tensors";
        out.leave_out(plural(storages.len(), "storage"), why);
    }
}
