//! Names that may be called, and where they are kept.

use halfsour_vm::Graph;
use halfsour_vm::value::machine::{Peek, StepKind};
use halfsour_vm::value::{Id, Node};
use hashbrown::HashSet;

use super::Judge;
use crate::Rule;
use crate::at::At;
use crate::pattern::holds;
use crate::report::Action;
use crate::shapes::Shapes;

impl Judge<'_, '_> {
    /// Finds names that may be called, but not stored, in whatever keeps them: the result, items that objects are given, and
    /// containers that something took as they are. Where a pattern names them, they may be; so they may as the callee of a call.
    pub(super) fn stored(&mut self, graph: &Graph<&[u8]>, shapes: &Shapes) {
        if self.callees.is_empty() {
            return;
        }
        let view = graph.view();
        let mut open = self.checked.taken();
        open.extend(graph.roots().map(Node::id));
        // Most are where a call has its arguments, and nowhere else.
        if !shapes.keeps_name(&open) {
            return;
        }
        for id in graph.store().ids() {
            let steps = match view.peek(id) {
                Peek::Instance(instance) => Some(instance.steps()),
                _ => view.foreign_steps(id),
            };
            for (kind, items) in steps.into_iter().flatten() {
                // A state is looked at by its pattern.
                if kind != StepKind::State {
                    open.extend(items);
                }
            }
        }
        let mut seen = vec![false; graph.node_count()];
        let mut kept = HashSet::new();
        while let Some(id) = open.pop() {
            if self.callees.contains(id) {
                kept.insert(id);
            } else if holds(view.kind(id))
                && let Some(index) = id.index()
                && !std::mem::replace(&mut seen[index], true)
            {
                open.extend(view.children(id));
            }
        }
        let mut kept: Vec<Id> = kept.into_iter().collect();
        kept.sort_by_key(|id| id.index());
        for id in kept {
            let at = At { view, offset: graph.node(id).offset().unwrap_or(graph.start()) };
            let named = self.partials.get(&id).cloned().or_else(|| self.named(at, id));
            let Some(named) = named else { continue };
            let why =
                Self::why(&named, "it may be called, but not kept: what keeps it may call it with anything");
            self.add(at.offset, Rule::R12, Action::Data, &named.name, named.python(), why);
        }
    }
}
