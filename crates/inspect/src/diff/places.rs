//! Comparisons of parts of data: of that to which a path leads on either side.

use halfsour_classes::Known;
use halfsour_classes::numpy::ArrayData;
use halfsour_classes::pandas::Cell;
use halfsour_value::Graph;
use halfsour_value::path::Path;

use super::storage::Storages;
use super::tables::{label, same_cells, short};
use super::{Change, Diff, DiffError, Step, TablePart as Part};
use crate::path::{Place, resolve};
use crate::tree::{ShowLimits, Tree};

impl<'g, S: AsRef<[u8]> + Clone> Diff<'g, S> {
    /// Compares the parts of two graphs to which a path leads. What only one of them has is added, or removed.
    ///
    /// # Errors
    ///
    /// [`DiffError`]: that the path leads nowhere in both, too.
    ///
    /// ```
    /// use halfsour_inspect::diff::{Diff, Rules};
    ///
    /// let old = halfsour_vm::from_slice(b"(dVname\nVAnn\nsVages\n(lI1\naI2\nas.")?;
    /// let new = halfsour_vm::from_slice(b"(dVages\n(lI1\naI2\naI3\nasVname\nVBob\ns.")?;
    /// let mut diff = Diff::new(Rules::default(), 1000);
    /// diff.graphs_at(&old, &new, &"ages".parse()?)?;
    /// assert_eq!(diff.to_string(), "+ ages[2]: 3");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn graphs_at(&mut self, old: &'g Graph<S>, new: &'g Graph<S>, path: &Path) -> Result<(), DiffError> {
        self.parts(old, new, Storages::default(), 0, path)
    }

    /// Compares the parts of two pickles, which are in this place.
    pub(super) fn parts(
        &mut self,
        a: &'g Graph<S>,
        b: &'g Graph<S>,
        storages: Storages<'g>,
        place: usize,
        path: &Path,
    ) -> Result<(), DiffError> {
        if path.segments().is_empty() {
            return self.pickles(a, b, storages, place);
        }
        self.begin(a, b, storages);
        match (resolve(a.root(), path), resolve(b.root(), path)) {
            (Ok(old), Ok(new)) => {
                let place = self.place_of(path, place);
                self.pair_of_places(&old, &new, place)?;
            }
            (Ok(old), Err(_)) => self.alone(old, true, path, place),
            (Err(_), Ok(new)) => self.alone(new, false, path, place),
            (Err(error), Err(_)) => return Err(DiffError::Path(error)),
        }
        self.drain(a, b)
    }

    /// Where a path leads from a place.
    fn place_of(&mut self, path: &Path, place: usize) -> usize {
        if path.segments().is_empty() {
            return place;
        }
        let text = path.until(path.segments().len());
        let named = path.pickle().map(|number| format!("#{number}")).unwrap_or_default();
        let text = text.strip_prefix(&named).unwrap_or(text);
        let dot = if text.starts_with(['.', '[', '(']) { "" } else { "." };
        self.place(place, Step::Text(format!("{dot}{text}")))
    }

    /// Tells of what only the old side has, or only the new one, at the end of a path.
    pub(super) fn alone(&mut self, found: Place<'g, S>, is_old: bool, path: &Path, place: usize) {
        let place = self.place_of(path, place);
        let change = match found {
            Place::Node(node) if is_old => Change::Removed(node),
            Place::Node(node) => Change::Added(node),
            found if is_old => Change::Part(Part { old: Some(shown(&found)), ..Part::default() }),
            found => Change::Part(Part { new: Some(shown(&found)), ..Part::default() }),
        };
        self.differ(place, change);
    }

    fn pair_of_places(
        &mut self,
        old: &Place<'g, S>,
        new: &Place<'g, S>,
        place: usize,
    ) -> Result<(), DiffError> {
        match (old, new) {
            (Place::Node(a), Place::Node(b)) => return self.pair(*a, *b, place),
            (Place::Members(a), Place::Members(b)) => {
                self.each(a, b, place, Step::Index);
                return Ok(());
            }
            _ => {}
        }
        match (old.known(), new.known()) {
            (Some(Known::NdArray(a)), Some(Known::NdArray(b))) => {
                if let (ArrayData::Objects(_), ArrayData::Objects(_)) = (&a.data, &b.data) {
                    self.objects_of_arrays(None, &a, &b, place);
                } else {
                    self.numpy_arrays(None, &a, &b, place);
                }
                return Ok(());
            }
            (Some(Known::NumpyScalar(a)), Some(Known::NumpyScalar(b))) => {
                self.numpy_arrays(None, a.as_array(), b.as_array(), place);
                return Ok(());
            }
            (Some(Known::DataFrame(a)), Some(Known::DataFrame(b))) => return self.tables(&a, &b, place),
            (Some(Known::Series(a)), Some(Known::Series(b))) => return self.series(&a, &b, place),
            (Some(Known::PandasIndex(a)), Some(Known::PandasIndex(b))) => {
                return self.indexes(&a, &b, place);
            }
            (Some(Known::PandasArray(a)), Some(Known::PandasArray(b))) => {
                return self.columns(&a, &b, place);
            }
            _ => {}
        }
        let cell = |place: &Place<'g, S>| match place {
            Place::Node(node) => Some(Cell::Object(*node)),
            Place::Cell(cell) => Some(cell.clone()),
            Place::Members(_) | Place::Known(_) => None,
        };
        let (same, [x, y]) = match (cell(old), cell(new)) {
            (Some(x), Some(y)) => (same_cells(&x, &y, self.rules.tolerance), [label(&x), label(&y)]),
            _ => {
                let [x, y] = [old, new].map(text);
                (x == y, [short(&x), short(&y)])
            }
        };
        if !same {
            self.differ(place, Change::Part(Part::changed(x, y)));
        }
        Ok(())
    }
}

/// All of what a place holds, as `show` has it.
fn text<S: AsRef<[u8]> + Clone>(place: &Place<'_, S>) -> String {
    Tree::of_place(place.clone(), ShowLimits::default()).to_string()
}

fn shown<S: AsRef<[u8]> + Clone>(place: &Place<'_, S>) -> String {
    short(&text(place))
}
