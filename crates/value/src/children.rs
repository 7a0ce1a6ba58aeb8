//! Every object that another one holds.

use std::iter::FusedIterator;

use crate::id::VACANT;
use crate::peek::{Peek, RawInstance, RawSteps};
use crate::{Graph, Id, Node};

/// An iterator over the ids of every object that another one holds: see [`View::children`](crate::View::children).
#[derive(Clone, Debug)]
pub struct ChildIds<'s> {
    /// The objects whose ids lie in the node itself, the next one last; [`VACANT`] where there is none.
    within: [Id; 2],
    /// How many of `ids` come before the next mark.
    count: usize,
    /// The others, with a mark before each step.
    ids: &'s [Id],
}

impl<'s> ChildIds<'s> {
    #[inline]
    pub(crate) fn all(ids: &'s [Id]) -> Self {
        Self { within: [VACANT; 2], count: ids.len(), ids }
    }

    #[inline]
    pub(crate) fn of_instance(instance: RawInstance<'s>) -> Self {
        let (ids, count) = instance.all();
        Self { within: [VACANT; 2], count, ids }
    }

    /// Of what lies in a node, and the steps that were done to it.
    pub(crate) fn of_foreign([first, second]: [Id; 2], steps: Option<RawSteps<'s>>) -> Self {
        let within = if first == VACANT { [VACANT, second] } else { [second, first] };
        Self { within, count: 0, ids: steps.map(|steps| steps.ids).unwrap_or_default() }
    }

    /// What lies in the node itself, or else the first id after a mark.
    fn next_group(&mut self) -> Option<Id> {
        for slot in self.within.iter_mut().rev() {
            if *slot != VACANT {
                return Some(std::mem::replace(slot, VACANT));
            }
        }
        let (mark, rest) = self.ids.split_first()?;
        (_, self.count) = mark.as_mark();
        self.ids = rest;
        self.next()
    }
}

impl Iterator for ChildIds<'_> {
    type Item = Id;

    #[inline]
    fn next(&mut self) -> Option<Id> {
        if self.count == 0 {
            return self.next_group();
        }
        let (first, rest) = self.ids.split_first()?;
        self.count -= 1;
        self.ids = rest;
        Some(*first)
    }
}

impl FusedIterator for ChildIds<'_> {}

/// An iterator over every object that another one holds: see [`Node::children`].
pub struct Children<'g, S> {
    graph: &'g Graph<S>,
    ids: ChildIds<'g>,
}

impl<'g, S> Children<'g, S> {
    #[inline]
    pub(crate) fn new(graph: &'g Graph<S>, ids: ChildIds<'g>) -> Self {
        Self { graph, ids }
    }
}

impl<'g, S: AsRef<[u8]>> Children<'g, S> {
    pub(crate) fn one(node: Node<'g, S>) -> Self {
        Self::new(node.graph(), ChildIds::of_foreign([VACANT, node.id()], None))
    }
}

impl<S> Clone for Children<'_, S> {
    fn clone(&self) -> Self {
        Self { graph: self.graph, ids: self.ids.clone() }
    }
}

impl<'g, S: AsRef<[u8]>> Iterator for Children<'g, S> {
    type Item = Node<'g, S>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.ids.next().map(|id| self.graph.node(id))
    }
}

impl<S: AsRef<[u8]>> FusedIterator for Children<'_, S> {}

impl<'g, S: AsRef<[u8]>> Node<'g, S> {
    /// Every object that this one holds, in the order of the stream.
    ///
    /// | object | children |
    /// |---|---|
    /// | list, tuple, set, frozenset | the members |
    /// | dict | keys and values in turn, each key once |
    /// | instance | callable, arguments, keyword arguments, then those of each step: see [`Instance::parts`](crate::Instance::parts) |
    /// | global | the names of module and class or function |
    /// | persistent id | the id |
    /// | read-only view | the object that it shows |
    /// | any other | none |
    ///
    /// Those of [`foreign_steps`](Self::foreign_steps) follow. The call by which an old protocol spelled the object is no
    /// part of it.
    ///
    /// ```
    /// use halfsour_value::Builder;
    ///
    /// let mut b = Builder::new();
    /// let x = b.int(1);
    /// let args = b.tuple(&[x]);
    /// let point = b.instance("app", "Point").args(args).attr("x", x).finish();
    /// let graph = b.build(point);
    /// let children: Vec<_> = graph.root().children().map(|node| node.to_string()).collect();
    /// assert_eq!(children, ["app.Point", "(1,)", "{'x': 1}"]);
    /// ```
    pub fn children(self) -> Children<'g, S> {
        let view = self.graph().view();
        let ids = match view.peek(self.id()) {
            // Of these, the graph knows which are equal.
            Peek::Dict(_) | Peek::Set(_) | Peek::FrozenSet(_) => ChildIds::all(self.distinct()),
            _ => view.children(self.id()),
        };
        Children::new(self.graph(), ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Builder, Form};

    /// The children as text; those by ids are the same.
    fn children(graph: &Graph, id: Id) -> Vec<String> {
        let shown = |node: Node<'_, _>| node.to_string();
        let by_id: Vec<_> = graph.view().children(id).map(|id| shown(graph.node(id))).collect();
        assert_eq!(graph.node(id).children().map(shown).collect::<Vec<_>>(), by_id);
        by_id
    }

    #[test]
    fn all_parts_of_an_instance_are_children() {
        let mut b = Builder::new();
        let [zero, one, two, three] = [0, 1, 2, 3].map(|int| b.int(int));
        let key = b.str("k");
        let (class, args, kwargs) =
            (b.global("m", "C"), b.tuple(&[zero]), b.dict(&[(key, one)]).expect("text is hashable"));
        let object = b.made(Form::NewEx, class, args, Some(kwargs));
        b.append(object, two).unwrap();
        b.append(object, three).unwrap();
        b.set_item(object, key, three).unwrap();
        b.state(object, key).unwrap();
        b.add(object, one).unwrap();
        let graph = b.build(object);
        let parts = ["m.C", "(0,)", "{'k': 1}", "2", "3", "'k'", "3", "'k'", "1"];
        assert_eq!(children(&graph, object), parts);
        let instance = graph.root().as_instance().unwrap();
        let by_part: Vec<_> =
            instance.parts().flat_map(|part| part.children()).map(|node| node.to_string()).collect();
        assert_eq!(by_part, parts);
    }

    #[test]
    fn steps_of_what_is_no_instance_follow_its_own_parts() {
        let mut b = Builder::new();
        let (one, text) = (b.int(1), b.str("text"));
        let (global, persistent) = (b.global("m", "f"), b.persistent_id(text));
        let (extension, buffer) = (b.extension(7), b.buffer(&b""[..]));
        for id in [global, persistent, extension, buffer] {
            b.state(id, one).unwrap();
            b.append(id, text).unwrap();
        }
        let view = b.read_only(buffer);
        let root = b.list(&[global, persistent, extension, buffer, view]);
        let graph = b.build(root);
        assert_eq!(children(&graph, global), ["'m'", "'f'", "1", "'text'"]);
        assert_eq!(children(&graph, persistent), ["'text'", "1", "'text'"]);
        assert_eq!(children(&graph, extension), ["1", "'text'"]);
        assert_eq!(children(&graph, buffer), ["1", "'text'"]);
        assert_eq!(children(&graph, view), ["buffer(0)"]);
        assert_eq!(children(&graph, root).len(), 5);
        assert_eq!(children(&graph, text), [""; 0]);
    }

    #[test]
    fn keys_that_are_equal_are_one_child_of_a_node() {
        let mut b = Builder::new();
        let (int, float, text) = (b.int(1), b.float(1.0), b.str("text"));
        let dict = b.dict(&[(int, text), (float, int)]).unwrap();
        let graph = b.build(dict);
        assert_eq!(graph.root().children().map(Node::id).collect::<Vec<_>>(), [int, int]);
        assert_eq!(graph.view().children(dict).collect::<Vec<_>>(), [int, text, float, int]);
    }
}
