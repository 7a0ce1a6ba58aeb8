//! Arrays of numpy: which elements differ.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{ArrayData, Element, NdArray};
use halfsour_text::phrase::shape;
use halfsour_value::Node;

use super::tables::{Tally, short};
use super::{Change, Diff, Step, TablePart as Part, leaf};
use crate::find::at_index;

impl<'g, S: AsRef<[u8]>> Diff<'g, S> {
    /// Whether two arrays are of one shape; if they are not, that is told. Their attributes are compared.
    fn have_one_shape(&mut self, a: &NdArray<'g, S>, b: &NdArray<'g, S>, place: usize) -> bool {
        let attributes = |array: &NdArray<'g, S>| array.attributes().collect::<Vec<_>>();
        self.each(&attributes(a), &attributes(b), place, |_| Step::Part(""));
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
        if !self.have_one_shape(a, b, place) {
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
    pub(super) fn objects_of_arrays(&mut self, a: &NdArray<'g, S>, b: &NdArray<'g, S>, place: usize) {
        let (ArrayData::Objects(x), ArrayData::Objects(y)) = (&a.data, &b.data) else { return };
        if !self.have_one_shape(a, b, place) {
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

fn float_of<S: AsRef<[u8]>>(element: &Element<'_, S>) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "it tells how far apart they are")]
    match element {
        Element::Scalar(Scalar::Int(int)) => Some(*int as f64),
        Element::Scalar(Scalar::UInt(int)) => Some(*int as f64),
        Element::Scalar(Scalar::Float(float)) => Some(*float),
        _ => None,
    }
}
