//! scikit-learn's trees, and what keeps them.

use halfsour_vm::value::Id;
use halfsour_vm::value::machine::{Peek, StepKind};

use super::{Objects, are_below, number};

/// The kinds of the fields of a node of `Tree`: left, right, feature, threshold, impurity, samples, weight, and in newer releases where
/// missing values go.
const NODE: [&[u8]; 2] = [b"iiiffif", b"iiiffifu"];
/// Those of a node of `TreePredictor`: value, count, feature, threshold, where missing values go, left, right, gain, depth, whether it is
/// a leaf, threshold, and in newer releases whether there are categories, and which; the oldest has nothing about missing values.
const RECORD: [&[u8]; 4] = [b"fuufuufuuu", b"fuufuuufuuu", b"fuufuuufuuuuu", b"fuifuuufuuuuu"];
/// Those of a node of `KDTree` and `BallTree`: start, end, whether it is a leaf, radius.
const RANGE: [&[u8]; 1] = [b"iiif"];

/// How deep a `cKDTree` may be.
const DEEPEST: usize = 1000;

/// Distances that look at a number for each feature.
const WEIGHTED: [&[u8]; 3] = [b"Minkowski", b"SEuclidean", b"WMinkowski"];

impl Objects<'_> {
    /// `Tree(n_features, n_classes, n_outputs)`, with its nodes and values.
    pub(super) fn tree(&mut self, tree: Id, state: Id) -> Option<()> {
        let (args, None) = self.view.arguments(tree)? else { return None };
        let [width, outputs, most] = self.tree_arguments(args)?;
        let (nodes, values) = (self.value(state, "nodes")?, self.value(state, "values")?);
        let (nodes, values) = (self.array(nodes)?, self.array(values)?);
        let count = nodes.length()?;
        let is_whole = number(self.view, self.value(state, "node_count")?)? == count
            && values.shape == [count, outputs, most]
            && values.is_double();
        if !is_whole {
            return None;
        }
        let places = nodes.field(&NODE, 0)?.zip(nodes.field(&NODE, 1)?);
        let mut children = Vec::with_capacity(count);
        for ((left, right), feature) in places.zip(nodes.field(&NODE, 2)?) {
            children.push(if left == -1 { None } else { Some([left, right]) });
            if left != -1 && usize::try_from(feature).ok()? >= width {
                return None;
            }
        }
        // What holds the nodes of a path is as long as this says.
        if number(self.view, self.value(state, "max_depth")?)? < depth(&children)? {
            return None;
        }
        self.widths.insert(tree, width);
        Some(())
    }

    /// Features, outputs, and the largest number of classes. As many numbers of classes are read as there are outputs.
    pub(super) fn tree_arguments(&mut self, args: &[Id]) -> Option<[usize; 3]> {
        let &[width, classes, outputs] = args else { return None };
        let (width, outputs) = (number(self.view, width)?, number(self.view, outputs)?);
        let classes = self.array(classes)?;
        let count_of_classes = |it| (1..=i64::from(u32::MAX)).contains(&it);
        if outputs == 0 || classes.length()? != outputs || !classes.ints()?.all(count_of_classes) {
            return None;
        }
        Some([width, outputs, usize::try_from(classes.ints()?.max()?).ok()?])
    }

    /// The nodes of a tree of histograms, and the sets of categories that they mention.
    pub(super) fn predictor(&mut self, predictor: Id, state: Id) -> Option<()> {
        let nodes = self.value(state, "nodes")?;
        let nodes = self.array(nodes)?;
        let [left, right, is_leaf] = if nodes.fields() == RECORD[0].len() { [4, 5, 8] } else { [5, 6, 9] };
        let places = nodes.field(&RECORD, left)?.zip(nodes.field(&RECORD, right)?);
        let mut children = Vec::with_capacity(nodes.length()?);
        let mut width = 0;
        for ((children_of, is_leaf), feature) in
            places.zip(nodes.field(&RECORD, is_leaf)?).zip(nodes.field(&RECORD, 2)?)
        {
            children.push(if is_leaf == 0 { Some([children_of.0, children_of.1]) } else { None });
            if is_leaf == 0 {
                width = width.max(usize::try_from(feature).ok()?.checked_add(1)?);
            }
        }
        depth(&children)?;
        if let Some(is_set) = nodes.field(&RECORD, 11) {
            let mut least = usize::MAX;
            for name in ["raw_left_cat_bitsets", "binned_left_cat_bitsets"] {
                let sets = self.value(state, name)?;
                let &[sets, 8] = &self.array(sets)?.shape[..] else { return None };
                least = least.min(sets);
            }
            let sets = is_set.zip(nodes.field(&RECORD, 12)?).filter(|it| it.0 != 0).map(|it| it.1);
            if !are_below(sets, least) {
                return None;
            }
        }
        self.widths.insert(predictor, width);
        Some(())
    }

    /// Data, order, nodes and bounds of a `KDTree` or `BallTree`, and numbers.
    pub(super) fn ball_tree(&mut self, tree: Id, state: Id) -> Option<()> {
        let &[data, order, nodes, bounds, _, _, count, ref rest @ ..] = self.view.sequence(state)? else {
            return None;
        };
        let (&[_, _, _, _, metric] | &[_, _, _, _, metric, _]) = rest else { return None };
        let (data, order, nodes, bounds) =
            (self.array(data)?, self.array(order)?, self.array(nodes)?, self.array(bounds)?);
        let &[points, features] = &data.shape[..] else { return None };
        let count = number(self.view, count).filter(|&count| count > 0 && nodes.length() == Some(count))?;
        let class = self.view.arguments(tree)?.0.first().and_then(|&class| self.view.global(class))?;
        // In old releases, both trees are pickled as `BinaryTree` of their modules.
        let halves = if class[0].ends_with(b"kd_tree") { 2 } else { 1 };
        if order.length()? != points
            || !are_below(order.ints()?, points)
            || bounds.shape != [halves, count, features]
        {
            return None;
        }
        let starts = nodes.field(&RANGE, 0)?.map(|it| usize::try_from(it).ok());
        let ends = nodes.field(&RANGE, 1)?.map(|it| usize::try_from(it).ok());
        let ranges = starts.zip(ends).map(|it| Some((it.0?, it.1?))).collect::<Option<Vec<_>>>()?;
        if ranges[0] != (0, points) {
            return None;
        }
        for (at, is_leaf) in nodes.field(&RANGE, 2)?.enumerate() {
            let (start, end) = ranges[at];
            if start > end {
                return None;
            }
            if is_leaf == 0 {
                // Both halves of a range follow in the next row.
                let &[left, right] = ranges.get(2 * at + 1..2 * at + 3)? else { return None };
                if left.0 != start || left.1 != right.0 || right.1 != end {
                    return None;
                }
            }
        }
        if let &[.., weights] = rest
            && rest.len() == 6
            && weights != Id::NONE
            && self.array(weights)?.length()? != points
        {
            return None;
        }
        let Peek::Instance(instance) = self.view.peek(metric) else { return None };
        let (_, &[of_metric]) = instance.steps().next()? else { return None };
        self.metric(metric, of_metric, Some(features))
    }

    /// Nodes, data, counts, bounds and order of scipy's `cKDTree`. A node has nine words: the dimension that it splits (-1 in a leaf),
    /// the place, start, end, and the numbers of its children, which become addresses.
    pub(super) fn ckd_tree(&mut self, state: Id) -> Option<()> {
        let &[nodes, data, points, features, leaf, highs, lows, order, sizes, more_sizes] =
            self.view.sequence(state)?
        else {
            return None;
        };
        let (points, features) = (number(self.view, points)?, number(self.view, features)?);
        number(self.view, leaf).filter(|&leaf| leaf > 0)?;
        let (nodes, data, order) = (self.array(nodes)?, self.array(data)?, self.array(order)?);
        let is_order = order.length()? == points && are_below(order.ints()?, points);
        if points == 0 || data.shape != [points, features] || !data.is_double() || !is_order {
            return None;
        }
        let is_periodic = (sizes, more_sizes) != (Id::NONE, Id::NONE);
        let bounds = [(highs, features), (lows, features), (sizes, features), (more_sizes, 2 * features)];
        for (id, length) in bounds.into_iter().take(if is_periodic { 4 } else { 2 }) {
            let bounds = self.array(id)?;
            if bounds.length()? != length || !bounds.is_double() {
                return None;
            }
        }
        let (words, &[]) = nodes.bytes()?.as_chunks::<8>() else { return None };
        let (nodes, &[]) = words.as_chunks::<9>() else { return None };
        let mut children = Vec::with_capacity(nodes.len());
        for node in nodes {
            let [dimension, _, _, start, end, _, _, left, right] = node.map(i64::from_le_bytes);
            if start < 0
                || start > end
                || usize::try_from(end).ok()? > points
                || dimension >= i64::try_from(features).ok()?
            {
                return None;
            }
            children.push(if dimension < 0 { None } else { Some([left, right]) });
            if dimension < -1 {
                return None;
            }
        }
        // The children of a node are set by a call within the call for the node.
        (depth(&children)? <= DEEPEST).then_some(())
    }

    /// The power of a distance, its weights and its matrix, which the features that it is used for have to fit.
    pub(super) fn metric(&mut self, metric: Id, state: Id, features: Option<usize>) -> Option<()> {
        let &[_, weights, matrix] = self.view.sequence(state)? else { return None };
        let (weights, matrix) = (self.array(weights)?.length()?, self.array(matrix)?);
        let class = self.view.arguments(metric)?.0.first().and_then(|&class| self.view.global(class))?;
        let is_weighted = WEIGHTED.iter().any(|name| class[1].starts_with(name));
        let fits = match (class[1], features) {
            (name, _) if name.starts_with(b"Mahalanobis") => {
                matches!(matrix.shape[..], [rows, columns] if rows == columns && features.is_none_or(|it| it == rows))
            }
            (_, None) => true,
            (name, Some(features)) if name.starts_with(b"Haversine") => features == 2,
            (name, Some(_)) if name.starts_with(b"Minkowski") && weights == 0 => true,
            (_, Some(features)) => !is_weighted || weights == features,
        };
        fits.then_some(())
    }

    /// Trees, in lists of what keeps them, may not look at more features than what keeps them all has.
    pub(super) fn forest(&mut self, state: Id) -> Option<()> {
        let mut width = usize::MAX;
        for name in ["n_features_in_", "n_features_", "_n_features"] {
            if self.has(state, name) {
                let value = self.value(state, name)?;
                // Of what is not fitted, None.
                width = width.min(if value == Id::NONE { 0 } else { number(self.view, value)? });
            }
        }
        let mut open = Vec::new();
        for name in ["tree_", "estimators_", "_predictors"] {
            if self.has(state, name) {
                open.push(self.value(state, name)?);
            }
        }
        while let Some(id) = open.pop() {
            self.left = self.left.checked_sub(1)?;
            if let Some(&of_tree) = self.widths.get(&id) {
                if of_tree > width || width == usize::MAX {
                    return None;
                }
            } else if let Some(items) = self.view.sequence(id) {
                open.extend(items);
            } else if let Peek::Instance(instance) = self.view.peek(id) {
                let Some((StepKind::State, &[state])) = instance.steps().next() else { return None };
                let Peek::Dict(_) = self.view.peek(state) else { return None };
                if self.has(state, "tree_") {
                    open.push(self.value(state, "tree_")?);
                }
            } else {
                return None;
            }
        }
        Some(())
    }
}

/// How deep a tree is: each node but the first has one parent, which stands before it.
fn depth(children: &[Option<[i64; 2]>]) -> Option<usize> {
    let mut depths = vec![None; children.len()];
    *depths.first_mut()? = Some(0);
    for (at, children) in children.iter().enumerate() {
        let depth: usize = depths[at]?;
        for &child in children.iter().flatten() {
            let child = usize::try_from(child).ok().filter(|&child| child > at)?;
            if depths.get_mut(child)?.replace(depth + 1).is_some() {
                return None;
            }
        }
    }
    depths.into_iter().flatten().max()
}
