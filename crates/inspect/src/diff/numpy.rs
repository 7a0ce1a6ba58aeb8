//! Arrays of numpy: which elements differ.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{ArrayData, Element, NdArray};
use halfsour_text::phrase::shape;
use halfsour_value::{Instance, Node};

use super::tables::{Tally, short};
use super::{Change, Diff, Step, TablePart as Part, leaf};
use crate::find::at_index;

impl<'g, S: AsRef<[u8]>> Diff<'g, S> {
    /// Whether two arrays are of one shape; if they are not, that is told. What their classes have beside them is compared.
    fn have_one_shape(
        &mut self,
        nodes: Option<[Node<'g, S>; 2]>,
        a: &NdArray<'g, S>,
        b: &NdArray<'g, S>,
        place: usize,
    ) -> bool {
        let attributes = |array: &NdArray<'g, S>| array.attributes().collect::<Vec<_>>();
        let (x, y) = (attributes(a), attributes(b));
        match nodes {
            Some([old, new]) if x.iter().chain(&y).any(|part| part.items().is_none()) => {
                // Those in the same place of the state belong together.
                let mut theirs: Vec<_> = y.iter().map(|part| (in_state(new, *part), *part)).collect();
                let mut pairs = Vec::new();
                for part in x {
                    let step = in_state(old, part);
                    match theirs.iter().position(|(other, _)| *other == step) {
                        Some(at) => pairs.push((part, theirs.remove(at).1, Step::Text(step))),
                        None => self.differ_at(place, Step::Text(step), Change::Removed(part)),
                    }
                }
                for (step, part) in theirs {
                    self.differ_at(place, Step::Text(step), Change::Added(part));
                }
                self.frames.push(super::Frame::Pairs(pairs.into_iter(), place));
            }
            // Dicts of attributes.
            _ => self.each(&x, &y, place, |_| Step::Part("")),
        }
        if self.rules.types {
            self.dtypes([a.dtype.to_string(), b.dtype.to_string()], place);
        }
        if a.shape != b.shape {
            let told = |array: &NdArray<'g, S>| format!("an array of shape {}", shape(&array.shape));
            self.differ(place, Change::Part(Part::changed(told(a), told(b))));
        }
        a.shape == b.shape
    }

    /// Compares arrays without objects. They are the objects of `nodes`, or parts of others.
    pub(super) fn numpy_arrays(
        &mut self,
        nodes: Option<[Node<'g, S>; 2]>,
        a: &NdArray<'g, S>,
        b: &NdArray<'g, S>,
        place: usize,
    ) {
        if !self.have_one_shape(nodes, a, b, place) {
            return;
        }
        let (Some(x), Some(y)) = (a.elements(), b.elements()) else {
            if let Some([a, b]) = nodes {
                self.differ(place, Change::Changed(a, b));
            }
            return;
        };
        let mut tally = Tally::default();
        for (at, (x, y)) in x.zip(y).enumerate() {
            if !leaf::same_element(&x, &y, self.rules.tolerance) {
                tally.add(at, [&x, &y].map(float_of), || (short(&x.to_string()), short(&y.to_string())));
            }
        }
        let tally = match tally {
            // An element has no index.
            Tally { first: Some((_, old, new)), .. } if a.shape.is_empty() => {
                return self.differ(place, Change::Part(Part::changed(old, new)));
            }
            tally => tally,
        };
        if let Some(elements) = tally.told(a.len(), |at| at_index(a, at)) {
            self.differ(place, Change::Elements(Box::new(elements)));
        }
    }

    /// Compares arrays of objects, one object with the other; what is masked is as good as absent.
    pub(super) fn objects_of_arrays(
        &mut self,
        nodes: Option<[Node<'g, S>; 2]>,
        a: &NdArray<'g, S>,
        b: &NdArray<'g, S>,
        place: usize,
    ) {
        let (ArrayData::Objects(x), ArrayData::Objects(y)) = (&a.data, &b.data) else { return };
        if !self.have_one_shape(nodes, a, b, place) {
            return;
        }
        let is_masked = |array: &NdArray<'g, S>| {
            array.mask.as_ref().is_some_and(|mask| mask.bytes.iter().any(|byte| *byte != 0))
        };
        let is_masked = is_masked(a) || is_masked(b);
        let mut pairs = Vec::new();
        for (at, (old, new)) in x.clone().zip(y.clone()).enumerate() {
            let step = Step::Text(at_index(a, at));
            match (a.get(at), b.get(at)) {
                _ if !is_masked => pairs.push((old, new, step)),
                (Some(Element::Object(_)), Some(Element::Object(_))) => pairs.push((old, new, step)),
                (Some(x), Some(y)) if x.to_string() != y.to_string() => {
                    let place = self.place(place, step);
                    let told = Part::changed(short(&x.to_string()), short(&y.to_string()));
                    self.differ(place, Change::Part(told));
                }
                _ => {}
            }
        }
        self.frames.push(super::Frame::Pairs(pairs.into_iter(), place));
    }
}

/// The steps to what a subclass pickles beside an array: somewhere in the state.
fn in_state<S: AsRef<[u8]>>(node: Node<'_, S>, part: Node<'_, S>) -> String {
    let state = node.as_instance().and_then(Instance::state);
    for (index, outer) in
        state.into_iter().flat_map(|state| state.elements().into_iter().flatten().enumerate())
    {
        if outer.id() == part.id() {
            return format!("(state)[{index}]");
        }
        let mut inner = outer.elements().into_iter().flatten();
        if let Some(at) = inner.position(|inner| inner.id() == part.id()) {
            return format!("(state)[{index}][{at}]");
        }
    }
    "(state)".to_owned()
}

fn float_of<S: AsRef<[u8]>>(element: &Element<'_, S>) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "it tells how far apart they are")]
    match element {
        Element::Scalar(Scalar::Int(int)) => Some(*int as f64),
        Element::Scalar(Scalar::UInt(int)) => Some(*int as f64),
        Element::Scalar(Scalar::Float(float)) => Some(*float),
        _ => None,
    }
}
