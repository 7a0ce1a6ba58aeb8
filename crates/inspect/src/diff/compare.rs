//! The comparison: pairs of objects, from the roots down.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use halfsour_value::{Graph, Id, Instance, Items, Node};

use super::shape::{Shape, Steps};
use super::{Change, Contents, Diff, DiffError, Entry, Frame, Step, leaf, shape};
use crate::type_name;

impl<'g, S: AsRef<[u8]>> Diff<'g, S> {
    pub(super) fn drain(&mut self, a: &'g Graph<S>, b: &'g Graph<S>) -> Result<(), DiffError> {
        while let Some(mut frame) = self.frames.pop() {
            match &mut frame {
                Frame::Elements { a: left, b: right, next, place } => {
                    let mut pair = None;
                    while *next < left.len() && pair.is_none() {
                        let (index, x, y) = (*next, left[*next], right[*next]);
                        *next += 1;
                        // Ids without a node are values; those of two graphs are the same if they are equal.
                        pair = (x != y || x.index().is_some()).then_some((index, x, y));
                    }
                    let Some((index, x, y)) = pair else { continue };
                    let place = *place;
                    self.frames.push(frame);
                    self.step(a.node(x), b.node(y), place, Step::Index(index))?;
                }
                Frame::Pairs(pairs, place) => {
                    let Some((x, y, step)) = pairs.next() else { continue };
                    let place = *place;
                    self.frames.push(frame);
                    self.step(x, y, place, step)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn place(&mut self, from: usize, step: Step<'g, S>) -> usize {
        self.places.push((from, step));
        self.places.len() - 1
    }

    pub(super) fn differ(&mut self, place: usize, change: Change<'g, S>) {
        self.total += 1;
        if self.found.len() < self.max {
            self.found.push((place, change));
        }
    }

    pub(super) fn differ_at(&mut self, from: usize, step: Step<'g, S>, change: Change<'g, S>) {
        let place = self.place(from, step);
        self.differ(place, change);
    }

    /// Compares what is reached by a step.
    pub(super) fn step(
        &mut self,
        a: Node<'g, S>,
        b: Node<'g, S>,
        from: usize,
        step: Step<'g, S>,
    ) -> Result<(), DiffError> {
        let before = self.places.len();
        let place = self.place(from, step);
        let (frames, total) = (self.frames.len(), self.total);
        self.pair(a, b, place)?;
        // Where nothing is to be told, the place is not needed.
        if (self.frames.len(), self.total) == (frames, total) {
            self.places.truncate(before);
        }
        Ok(())
    }

    pub(super) fn pair(&mut self, a: Node<'g, S>, b: Node<'g, S>, place: usize) -> Result<(), DiffError> {
        let (a, b) = (shape::shown(a), shape::shown(b));
        if self.rules.types && type_name(a) != type_name(b) {
            self.differ(place, Change::Changed(a, b));
            return Ok(());
        }
        let (a, b) = (shape::held(a, b).unwrap_or(a), shape::held(b, a).unwrap_or(b));
        let pair = (a.id(), b.id());
        if self.seen.contains(&pair) {
            return Ok(());
        }
        self.tick()?;
        let size = shape::size(a, usize::MAX).saturating_add(shape::size(b, usize::MAX));
        self.left = self.left.checked_sub(size.saturating_add(1)).ok_or(DiffError::TooMuch)?;
        let (x, y) = (Shape::of(a), Shape::of(b));
        self.foreign(a, b, place);
        if let Some(is_same) = self.same_values([a, b], [&x, &y]) {
            if !is_same {
                self.differ(place, Change::Changed(a, b));
            }
            return Ok(());
        }
        if pair.0.index().is_some() && pair.1.index().is_some() {
            self.seen.insert(pair);
            self.partner(pair.0, pair.1, place);
        }
        match (x, y) {
            (Shape::Sequence(kind, x), Shape::Sequence(other, y)) if kind == other => {
                self.sequences([a, b], &kind, [x, y], place);
            }
            (Shape::Mapping(x, x_ordered), Shape::Mapping(y, y_ordered)) => {
                let ordered = x_ordered && y_ordered || self.rules.order;
                self.mappings(&x, &y, ordered, place);
            }
            (Shape::Counter(x), Shape::Counter(y)) => {
                let counted = |items: Vec<Entry<'g, S>>| -> Vec<_> {
                    items.into_iter().filter(shape::is_counted).collect()
                };
                self.mappings(&counted(x), &counted(y), self.rules.order, place);
            }
            (Shape::Counter(x), Shape::Mapping(y, _)) | (Shape::Mapping(x, _), Shape::Counter(y)) => {
                self.mappings(&x, &y, self.rules.order, place);
            }
            (Shape::Set(x), Shape::Set(y)) => self.sets(&x, &y, place),
            (Shape::Object(x), Shape::Object(y)) if shape::same_class(x, y) => {
                return self.objects(x, y, place);
            }
            (Shape::Id(x), Shape::Id(y)) => match self.storages.compare(x, y, self.rules.tolerance) {
                Some(Contents { different: 0, .. }) => {}
                Some(contents) => self.differ(place, Change::Storage(contents)),
                None => return self.step(x, y, place, Step::Part("(persistent id)")),
            },
            (x, y) => return self.elements([a, b], x, y, place),
        }
        Ok(())
    }

    /// Whether two values without parts are equal, of which one may be a scalar of numpy; `None` of anything else.
    fn same_values(&self, [a, b]: [Node<'g, S>; 2], shapes: [&Shape<'g, S>; 2]) -> Option<bool> {
        let tolerance = self.rules.tolerance;
        match shapes {
            [Shape::Leaf, Shape::Leaf] => Some(leaf::same(a, b, tolerance)),
            [Shape::NdArray(array), Shape::Leaf] if array.shape.is_empty() => {
                Some(leaf::same_scalar(array, b, tolerance))
            }
            [Shape::Leaf, Shape::NdArray(array)] if array.shape.is_empty() => {
                Some(leaf::same_scalar(array, a, tolerance))
            }
            _ => None,
        }
    }

    /// Compares arrays and tables, and tells that everything else differs.
    fn elements(
        &mut self,
        [a, b]: [Node<'g, S>; 2],
        x: Shape<'g, S>,
        y: Shape<'g, S>,
        place: usize,
    ) -> Result<(), DiffError> {
        match (x, y) {
            (Shape::Array(x), Shape::Array(y)) => self.arrays(&x, &y, place),
            (Shape::NdArray(x), Shape::NdArray(y)) => self.numpy_arrays(Some([a, b]), &x, &y, place),
            (Shape::Objects(x), Shape::Objects(y)) => self.objects_of_arrays(Some([a, b]), &x, &y, place),
            (Shape::Frame(x), Shape::Frame(y)) => {
                self.classes([a, b], place);
                return self.tables(&x, &y, place);
            }
            (Shape::Series(x), Shape::Series(y)) => {
                self.classes([a, b], place);
                return self.series(&x, &y, place);
            }
            (Shape::Index(x), Shape::Index(y)) => return self.indexes(&x, &y, place),
            (Shape::Values(x), Shape::Values(y)) => return self.columns(&x, &y, place),
            _ => self.differ(place, Change::Changed(a, b)),
        }
        Ok(())
    }

    /// Notes which object is compared with which, if that matters.
    fn partner(&mut self, a: Id, b: Id, place: usize) {
        if self.rules.sharing {
            let first = *self.partners[0].entry(a).or_insert(b);
            let other = *self.partners[1].entry(b).or_insert(a);
            if (first, other) != (b, a) {
                self.differ(place, Change::Sharing);
            }
        }
    }

    pub(super) fn has_tolerance(&self) -> bool {
        self.rules.tolerance.absolute > 0.0 || self.rules.tolerance.relative > 0.0
    }

    /// Compares elements: of tuples those in the same place, of lists those that belong together.
    fn sequences(&mut self, of: [Node<'g, S>; 2], kind: &str, ids: [Cow<'g, [Id]>; 2], place: usize) {
        let [a, b] = ids;
        let aligned = if kind == "tuple" && a.len() == b.len() { None } else { self.align(of, [&a, &b]) };
        let Some(mut pairs) = aligned else {
            self.frames.push(Frame::Elements { a, b, next: 0, place });
            return;
        };
        let (mut at, mut other) = (0, 0);
        pairs.push((a.len(), b.len()));
        for &(next, next_other) in &pairs {
            for index in at..next {
                self.differ_at(place, Step::Index(index), Change::Removed(of[0].graph().node(a[index])));
            }
            for index in other..next_other {
                self.differ_at(place, Step::Index(index), Change::Added(of[1].graph().node(b[index])));
            }
            (at, other) = (next + 1, next_other + 1);
        }
        pairs.pop();
        let nodes = |(at, other): (usize, usize)| {
            (of[0].graph().node(a[at]), of[1].graph().node(b[other]), Step::Index(other))
        };
        let pairs: Vec<_> = pairs.into_iter().map(nodes).collect();
        self.frames.push(Frame::Pairs(pairs.into_iter(), place));
    }

    pub(super) fn mappings(
        &mut self,
        a: &[(Node<'g, S>, Node<'g, S>)],
        b: &[(Node<'g, S>, Node<'g, S>)],
        ordered: bool,
        place: usize,
    ) {
        let [mine, theirs] = [(a, 0), (b, 1)].map(|(items, side)| {
            // Where a key comes twice, the last one counts.
            let numbered = items.iter().enumerate().map(|(at, (key, _))| (self.keys.number(side, *key), at));
            numbered.collect::<HashMap<usize, usize>>()
        });
        let (mut pairs, mut last, mut in_order) = (Vec::new(), 0, true);
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for (at, (key, value)) in a.iter().enumerate() {
            let number = self.keys.number(0, *key);
            match theirs.get(&number) {
                _ if mine[&number] != at => {}
                Some(&other) => {
                    in_order &= last <= other;
                    last = other;
                    pairs.push((*value, b[other].1, Step::Key(*key)));
                }
                None => removed.push((*key, *value)),
            }
        }
        for (at, (key, value)) in b.iter().enumerate() {
            let number = self.keys.number(1, *key);
            if theirs[&number] == at && !mine.contains_key(&number) {
                added.push((*key, *value));
            }
        }
        for ((key, value), (other_key, other)) in self.unequal(&mut removed, &mut added) {
            pairs.push((key, other_key, Step::Part("(key)")));
            pairs.push((value, other, Step::Key(key)));
        }
        for (key, value) in removed {
            self.differ_at(place, Step::Key(key), Change::Removed(value));
        }
        for (key, value) in added {
            self.differ_at(place, Step::Key(key), Change::Added(value));
        }
        if ordered && !in_order {
            self.differ(place, Change::Order);
        }
        self.frames.push(Frame::Pairs(pairs.into_iter(), place));
    }

    fn sets(&mut self, a: &[Node<'g, S>], b: &[Node<'g, S>], place: usize) {
        let [mine, theirs] = [(a, 0), (b, 1)].map(|(members, side)| {
            members.iter().map(|member| self.keys.number(side, *member)).collect::<HashSet<_>>()
        });
        let mut left =
            |members: &[Node<'g, S>], side, others: &HashSet<usize>| -> Vec<(Node<'g, S>, Node<'g, S>)> {
                let left =
                    members.iter().filter(|member| !others.contains(&self.keys.number(side, **member)));
                left.map(|member| (*member, *member)).collect()
            };
        let (mut removed, mut added) = (left(a, 0, &theirs), left(b, 1, &mine));
        let pairs = self.unequal(&mut removed, &mut added);
        for (member, _) in removed {
            self.differ(place, Change::Removed(member));
        }
        for (member, _) in added {
            self.differ(place, Change::Added(member));
        }
        let pairs: Vec<_> = pairs.into_iter().map(|((a, _), (b, _))| (a, b, Step::Key(a))).collect();
        self.frames.push(Frame::Pairs(pairs.into_iter(), place));
    }

    /// Takes out keys that contain themselves, with what they lead to: they are compared in their order, as nothing tells which
    /// of them are equal.
    fn unequal(
        &mut self,
        a: &mut Vec<Entry<'g, S>>,
        b: &mut Vec<Entry<'g, S>>,
    ) -> Vec<(Entry<'g, S>, Entry<'g, S>)> {
        let mut take = |side, entries: &mut Vec<Entry<'g, S>>| -> Vec<Entry<'g, S>> {
            entries.extract_if(.., |(key, _)| self.keys.is_alone(side, *key)).collect()
        };
        let (mut mine, mut theirs) = (take(0, a), take(1, b));
        let both = mine.len().min(theirs.len());
        a.extend(mine.drain(both..));
        b.extend(theirs.drain(both..));
        mine.into_iter().zip(theirs).collect()
    }

    fn objects(&mut self, a: Instance<'g, S>, b: Instance<'g, S>, place: usize) -> Result<(), DiffError> {
        if a.class().as_global().is_none() {
            self.step(a.class(), b.class(), place, Step::Part("(class)"))?;
        }
        self.steps([a.callable(), b.callable()], &Steps::of(a), &Steps::of(b), place);
        let (Some((mine, keywords)), Some((theirs, other_keywords))) = (a.arguments(), b.arguments()) else {
            let kwargs = |of: Instance<'g, S>| of.kwargs().into_iter().collect::<Vec<_>>();
            self.each(&kwargs(a), &kwargs(b), place, |_| Step::Part("(kwargs)"));
            return self.step(a.args(), b.args(), place, Step::Part("(args)"));
        };
        let items = |items: Option<Items<'g, S>>| items.into_iter().flatten().collect::<Vec<_>>();
        self.mappings(&items(keywords), &items(other_keywords), false, place);
        let (mine, theirs): (Vec<_>, Vec<_>) = (mine.collect(), theirs.collect());
        self.each(&mine, &theirs, place, Step::Argument);
        Ok(())
    }

    /// Compares what was done to two objects.
    fn steps(&mut self, of: [Node<'g, S>; 2], x: &Steps<'g, S>, y: &Steps<'g, S>, place: usize) {
        // What comes first is to be told first: frames are worked off from the last.
        let ids = |nodes: &[Node<'g, S>]| Cow::Owned(nodes.iter().map(|node| node.id()).collect());
        self.sequences(of, "list", [ids(&x.appended), ids(&y.appended)], place);
        self.each(&x.others, &y.others, place, |_| Step::Part("(state)"));
        self.sets(&x.added, &y.added, place);
        self.mappings(&x.items, &y.items, self.rules.order, place);
        self.mappings(&x.attributes, &y.attributes, false, place);
    }

    /// Compares what was done to objects that are no instances: the state that a class was given, say.
    fn foreign(&mut self, a: Node<'g, S>, b: Node<'g, S>, place: usize) {
        let (mine, theirs) = (a.foreign_steps(), b.foreign_steps());
        if (mine.is_none() && theirs.is_none()) || !self.seen.insert((a.id(), b.id())) {
            return;
        }
        let [x, y] = [mine, theirs].map(|steps| steps.map(Steps::of_all).unwrap_or_default());
        self.steps([a, b], &x, &y, place);
    }

    /// Compares one by one what has no order of its own.
    pub(super) fn each(
        &mut self,
        a: &[Node<'g, S>],
        b: &[Node<'g, S>],
        place: usize,
        step: fn(usize) -> Step<'g, S>,
    ) {
        for (index, node) in a.iter().enumerate().skip(b.len()) {
            self.differ_at(place, step(index), Change::Removed(*node));
        }
        for (index, node) in b.iter().enumerate().skip(a.len()) {
            self.differ_at(place, step(index), Change::Added(*node));
        }
        let pairs: Vec<_> =
            a.iter().zip(b).enumerate().map(|(index, (a, b))| (*a, *b, step(index))).collect();
        self.frames.push(Frame::Pairs(pairs.into_iter(), place));
    }
}
