//! Facts about tables beside their values: the names of labels, dtypes, and categories.

use halfsour_classes::pandas::{Index, Labels, Values};

use super::tables::{label, short};
use super::{Change, Diff, DiffError, Step, TablePart as Part};
use crate::{path, tree};

impl<'g, S: AsRef<[u8]>> Diff<'g, S> {
    /// Compares indexes but for their labels; `step` leads to them.
    pub(super) fn heads(
        &mut self,
        [a, b]: [&Index<'g, S>; 2],
        place: usize,
        step: &str,
    ) -> Result<(), DiffError> {
        self.names([a, b], place, step)?;
        let freq = format!("{step}.freq");
        // The dtype of periods has it.
        let of = |index: &Index<'g, S>| {
            let has_periods =
                matches!(&index.labels, Labels::Values(values) if matches!(**values, Values::Periods { .. }));
            index.freq.filter(|_| !has_periods)
        };
        match (of(a), of(b)) {
            (Some(x), Some(y)) => {
                let [x, y] = [x, y].map(tree::freq_text);
                if x != y {
                    self.differ_at(place, Step::Text(freq), Change::Part(Part::changed(x, y)));
                }
            }
            (Some(x), None) => self.differ_at(place, Step::Text(freq), Change::Removed(x)),
            (None, Some(y)) => self.differ_at(place, Step::Text(freq), Change::Added(y)),
            (None, None) => {}
        }
        match (&a.labels, &b.labels) {
            (Labels::Values(x), Labels::Values(y))
                if matches!((&**x, &**y), (Values::Categorical(_), Values::Categorical(_))) =>
            {
                return self.kinds([x, y], place, step, "");
            }
            _ if self.rules.types && a.dtype() != b.dtype() => {
                let changed = Part::changed(a.dtype(), b.dtype());
                self.differ_at(place, Step::Text(format!("{step}.dtype")), Change::Part(changed));
            }
            _ => {}
        }
        Ok(())
    }

    fn names(&mut self, [a, b]: [&Index<'g, S>; 2], place: usize, step: &str) -> Result<(), DiffError> {
        if a.names.len() != b.names.len() {
            let told = |index: &Index<'g, S>| {
                let shown =
                    |name: &Option<_>| name.map_or_else(|| "None".to_owned(), |name| path::brief(name, 60));
                short(&format!("[{}]", index.names.iter().map(shown).collect::<Vec<_>>().join(", ")))
            };
            let changed = Part::changed(told(a), told(b));
            self.differ_at(place, Step::Text(format!("{step}.names")), Change::Part(changed));
            return Ok(());
        }
        for (number, pair) in a.names.iter().zip(&b.names).enumerate() {
            let step = path::name_of(a, step, number);
            match pair {
                (Some(x), Some(y)) => self.step(*x, *y, place, Step::Text(step))?,
                (Some(x), None) => self.differ_at(place, Step::Text(step), Change::Removed(*x)),
                (None, Some(y)) => self.differ_at(place, Step::Text(step), Change::Added(*y)),
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// Compares dtypes, and categories; `step` leads to the values, and `categories` from there to what has them.
    pub(super) fn kinds(
        &mut self,
        [a, b]: [&Values<'g, S>; 2],
        place: usize,
        step: &str,
        categories: &str,
    ) -> Result<(), DiffError> {
        let (Values::Categorical(x), Values::Categorical(y)) = (a, b) else {
            let [x, y] = [a.to_string(), b.to_string()];
            if self.rules.types || family(&x) != family(&y) {
                self.dtypes([x, y], place);
            }
            return Ok(());
        };
        let step = if categories.is_empty() { step.to_owned() } else { format!("{step}.{categories}") };
        if x.is_ordered != y.is_ordered {
            let told = |is_ordered| if is_ordered { "True" } else { "False" }.to_owned();
            let changed = Part::changed(told(x.is_ordered), told(y.is_ordered));
            self.differ_at(place, Step::Text(format!("{step}.ordered")), Change::Part(changed));
        }
        self.spend(x.categories.len().saturating_add(y.categories.len()))?;
        let all = |index: &Index<'g, S>| {
            let shown = index.cells().map(|cell| cell.map_or_else(String::new, |cell| label(&cell)));
            shown.collect::<Vec<_>>()
        };
        let (mut mine, mut theirs) = (all(&x.categories), all(&y.categories));
        let told = [&mine, &theirs].map(|labels| short(&format!("[{}]", labels.join(", "))));
        // Without an order, it does not matter which comes first.
        if !(x.is_ordered || y.is_ordered || self.rules.order) {
            mine.sort_unstable();
            theirs.sort_unstable();
        }
        if mine != theirs {
            let [old, new] = told;
            let step = Step::Text(format!("{step}.categories"));
            self.differ_at(place, step, Change::Part(Part::changed(old, new)));
        }
        Ok(())
    }

    pub(super) fn dtypes(&mut self, [x, y]: [String; 2], place: usize) {
        if x != y {
            self.differ_at(place, Step::Part(".dtype"), Change::Part(Part::changed(x, y)));
        }
    }
}

/// Returns the dtype, or that of which it is one where releases of pandas choose differently for the same data: text is kept as objects,
/// or in one of several ways as text, and times are counted in one unit or another.
fn family(dtype: &str) -> String {
    let is_text = ["str", "object"].contains(&dtype)
        || ["string", "large_string"].iter().any(|name| {
            dtype.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        });
    if is_text {
        return "text".to_owned();
    }
    for name in ["datetime64[", "timedelta64["] {
        if let Some(rest) = dtype.strip_prefix(name) {
            let zone = rest.find([',', ']']).map_or("", |end| &rest[end..]);
            return format!("{name}{zone}");
        }
    }
    dtype.to_owned()
}
