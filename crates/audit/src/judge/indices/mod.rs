//! Objects whose indices C code believes when they are used: sparse matrices, trees, and what keeps trees.
//!
//! They are looked at when the pickle has ended, since what they are made of may be filled later; but for what is used while it is loaded.

mod array;
mod sparse;
mod trees;

use std::collections::{HashMap, HashSet};

use halfsour_vm::Graph;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, View};

use self::array::Array;
use super::Judge;
use crate::Rule;
use crate::at::At;
use crate::policy::Acts;
use crate::report::{Action, Severity};

/// Why they are not allowed.
pub(super) const WRONG: &str = "its indices and lengths do not fit each other, and C code would believe them";

/// An object that was given a state that has to be looked into.
pub(super) struct Indexed {
    object: Id,
    state: Id,
    /// How many keys the state had then.
    length: usize,
    acts: Acts,
    offset: usize,
    name: String,
}

/// The objects of a pickle that has ended, and how much may still be looked at: the same array may be in many matrices.
struct Objects<'v> {
    view: View<'v>,
    left: u64,
    /// Bytes that opcodes have changed.
    changed: HashSet<Id>,
    /// How many features the trees have that are right.
    widths: HashMap<Id, usize>,
}

impl Judge<'_, '_> {
    /// An object is made, which may not be used without a state, or is given one.
    pub(super) fn give_indices(&mut self, at: At<'_>, object: Id, state: Id, acts: Acts, name: &str) {
        let length = length(at.view, state);
        let it = Indexed { object, state, length, acts, offset: at.offset, name: name.to_owned() };
        self.indexed.insert(object, it);
    }

    /// Whether the arguments of a `Tree`, which it believes at once, are right as they are now.
    pub(super) fn is_tree_call(&mut self, at: At<'_>, args: &[Id]) -> bool {
        self.looks(at, |objects| objects.tree_arguments(args).is_some())
    }

    /// Whether the state of a `cKDTree`, which follows its indices at once, is right as it is now.
    pub(super) fn is_ckd_tree(&mut self, at: At<'_>, state: Id) -> bool {
        self.looks(at, |objects| objects.ckd_tree(state).is_some())
    }

    /// Looks at objects as they are now.
    fn looks(&mut self, at: At<'_>, look: impl FnOnce(&mut Objects<'_>) -> bool) -> bool {
        let left = self.most_copied().saturating_sub(self.copied);
        let mut objects = Objects { view: at.view, left, changed: HashSet::new(), widths: HashMap::new() };
        let is_right = look(&mut objects);
        self.copied += left - objects.left;
        is_right
    }

    /// How many bytes and items may be looked at.
    fn most(&self) -> u64 {
        self.policy.limits().expansion.max(self.source.len() as u64 * 100)
    }

    /// Looks at all of them: first at what holds indices itself, then at what holds those.
    pub(super) fn check_indices(&mut self, graph: &Graph<&[u8]>) {
        let view = graph.view();
        let mut objects = Objects {
            view,
            left: self.most(),
            changed: self.buffers.changed.clone(),
            widths: HashMap::new(),
        };
        let mut indexed: Vec<Indexed> = std::mem::take(&mut self.indexed).into_values().collect();
        indexed.sort_by_key(|it| it.acts == Acts::Forest);
        for it in indexed {
            if length(view, it.state) == it.length && objects.is_right(&it) {
                continue;
            }
            let at = At { view, offset: it.offset };
            let name = it.name.replacen(':', ".", 1);
            let code = format!("{name}.__setstate__({})", at.short().value(it.state));
            self.add(
                it.offset,
                Rule::R9,
                Action::Build,
                &it.name,
                code,
                (Severity::Dangerous, WRONG.to_owned()),
            );
        }
    }
}

/// The items of an array of one dimension whose items are numbers of eight bytes.
pub(super) fn words(view: View<'_>, id: Id) -> Option<&[[u8; 8]]> {
    Array::of(view, id)?.words()
}

/// How many items a dict or tuple has.
fn length(view: View<'_>, state: Id) -> usize {
    match view.peek(state) {
        Peek::Dict(items) | Peek::Tuple(items) => items.len(),
        _ => 0,
    }
}

/// An int that is not negative.
fn number(view: View<'_>, id: Id) -> Option<usize> {
    match view.peek(id) {
        Peek::Int(number) => usize::try_from(number).ok(),
        _ => None,
    }
}

impl<'v> Objects<'v> {
    fn is_right(&mut self, it: &Indexed) -> bool {
        let right = match it.acts {
            Acts::Sparse => {
                let [_, name] =
                    self.view.class(it.object).and_then(|class| self.view.global(class)).unwrap_or_default();
                self.sparse(name, it.state)
            }
            Acts::Tree => self.tree(it.object, it.state),
            Acts::Predictor => self.predictor(it.object, it.state),
            Acts::CkdTree => self.ckd_tree(it.state),
            Acts::BallTree => self.ball_tree(it.object, it.state),
            Acts::Metric => self.metric(it.object, it.state, None),
            Acts::Forest => self.forest(it.state),
            Acts::Spline => self.spline(it.state),
            Acts::Vocabulary => self.vocabulary(it.state),
            _ => Some(()),
        };
        right.is_some()
    }

    fn array(&mut self, id: Id) -> Option<Array<'v>> {
        let array = Array::of(self.view, id)?;
        // They may have been others when they were copied.
        if self.changed.contains(&array.data) {
            return None;
        }
        self.left = self.left.checked_sub(array.cost())?;
        Some(array)
    }

    /// The value of a key that is there once.
    fn value(&self, dict: Id, key: &str) -> Option<Id> {
        let Peek::Dict(items) = self.view.peek(dict) else { return None };
        let mut pairs =
            items.chunks_exact(2).filter(|pair| self.view.text_bytes(pair[0]) == Some(key.as_bytes()));
        match (pairs.next(), pairs.next()) {
            (Some(pair), None) => Some(pair[1]),
            _ => None,
        }
    }

    /// Whether a key is there.
    fn has(&self, dict: Id, key: &str) -> bool {
        self.view.item(dict, key.as_bytes()).is_some()
    }

    /// An int that is not negative, of Python or of numpy.
    fn index(&self, id: Id) -> Option<usize> {
        match self.view.global(self.view.class(id).unwrap_or(id)) {
            Some([_, b"scalar"]) => {
                array::scalar(self.view, id).and_then(|index| usize::try_from(index).ok())
            }
            _ => number(self.view, id),
        }
    }

    /// Words and the number of the column of each: there are as many columns as words.
    fn vocabulary(&mut self, state: Id) -> Option<()> {
        for name in ["vocabulary_", "vocabulary"] {
            let Some(words) = self.view.item(state, name.as_bytes()) else { continue };
            let Peek::Dict(items) = self.view.peek(words) else { continue };
            self.left = self.left.checked_sub(items.len() as u64)?;
            // A word that is set twice is there once.
            let keys: HashSet<_> = items.iter().step_by(2).map(|&word| self.view.text_bytes(word)).collect();
            let count = keys.len();
            let mut columns = items.iter().skip(1).step_by(2);
            if keys.contains(&None)
                || !columns.all(|&column| self.index(column).is_some_and(|column| column < count))
            {
                return None;
            }
        }
        Some(())
    }

    /// Knots, coefficients and degree of a spline: C code looks for coefficients by the numbers of knots.
    fn spline(&mut self, state: Id) -> Option<()> {
        // Around another spline, which is looked at by itself.
        if let Peek::Tuple(_) = self.view.peek(state) {
            return Some(());
        }
        let either = |name: &str, other: &str| self.value(state, name).or_else(|| self.value(state, other));
        let (knots, coefficients) = (either("t", "_t")?, either("c", "_c")?);
        let degree = number(self.view, self.value(state, "k")?)?;
        let is_twice =
            ["t", "c"].iter().any(|name| self.has(state, name) && self.has(state, &format!("_{name}")));
        let (knots, coefficients) = (self.array(knots)?, self.array(coefficients)?);
        let needed = knots.length()?.checked_sub(degree.checked_add(1)?)?;
        let is_right = needed > degree && *coefficients.shape.first()? >= needed && !is_twice;
        is_right.then_some(())
    }
}

/// Whether all are from 0 to below `end`.
fn are_below(mut ints: impl Iterator<Item = i64>, end: usize) -> bool {
    ints.all(|int| usize::try_from(int).is_ok_and(|int| int < end))
}
