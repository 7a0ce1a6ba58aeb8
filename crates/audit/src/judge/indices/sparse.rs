//! scipy's sparse matrices and arrays.

use halfsour_vm::value::Id;
use halfsour_vm::value::machine::Peek;

use super::{Objects, are_below, number};

impl Objects<'_> {
    /// The state of a matrix or array of the class of this name, which begins with the format.
    pub(super) fn sparse(&mut self, name: &[u8], state: Id) -> Option<()> {
        let Peek::Tuple(shape) = self.view.peek(self.value(state, "_shape")?) else { return None };
        let shape = shape.iter().map(|&length| number(self.view, length)).collect::<Option<Vec<_>>>()?;
        match name.get(..3)? {
            b"csr" | b"csc" | b"bsr" => self.compressed(&name[..3], &shape, state),
            b"coo" => self.coordinates(&shape, state),
            b"dia" => self.diagonals(&shape, state),
            b"lil" => self.lists(&shape, state),
            _ => None,
        }
    }

    /// `indptr` rises from 0 to a number of `indices` and of items of `data` that are there.
    fn compressed(&mut self, format: &[u8], shape: &[usize], state: Id) -> Option<()> {
        let mut get = |name: &str| self.value(state, name).and_then(|id| self.array(id));
        let (data, indices, starts) = (get("data")?, get("indices")?, get("indptr")?);
        let (rows, width) = match (format, shape, &data.shape[..]) {
            (b"csr", &[width], &[_]) => (1, width),
            (b"csr", &[rows, width], &[_]) | (b"csc", &[width, rows], &[_]) => (rows, width),
            (b"bsr", &[rows, width], &[_, height, breadth])
                if height > 0 && breadth > 0 && rows % height == 0 && width % breadth == 0 =>
            {
                (rows / height, width / breadth)
            }
            _ => return None,
        };
        if starts.length()? != rows.checked_add(1)? {
            return None;
        }
        let mut end = 0;
        for (number, start) in starts.ints()?.enumerate() {
            if start < end || number == 0 && start != 0 {
                return None;
            }
            end = start;
        }
        let end = usize::try_from(end).ok()?;
        let is_right =
            end <= indices.length()? && end <= data.shape[0] && are_below(indices.ints()?.take(end), width);
        is_right.then_some(())
    }

    /// Of each item, its row and column.
    fn coordinates(&mut self, shape: &[usize], state: Id) -> Option<()> {
        let ids = match (self.value(state, "coords"), shape) {
            (Some(coords), _) if !self.has(state, "row") && !self.has(state, "col") => {
                self.view.sequence(coords)?.to_vec()
            }
            (None, [_, _]) => vec![self.value(state, "row")?, self.value(state, "col")?],
            _ => return None,
        };
        let data = self.value(state, "data")?;
        let count = self.array(data)?.length()?;
        if ids.len() != shape.len() {
            return None;
        }
        for (id, &end) in ids.into_iter().zip(shape) {
            let of = self.array(id)?;
            if of.length()? != count || !are_below(of.ints()?, end) {
                return None;
            }
        }
        Some(())
    }

    /// Of each row of `data`, which diagonal it is.
    fn diagonals(&mut self, shape: &[usize], state: Id) -> Option<()> {
        let &[rows, columns] = shape else { return None };
        let mut get = |name: &str| self.value(state, name).and_then(|id| self.array(id));
        let (data, offsets) = (get("data")?, get("offsets")?);
        let &[count, _] = &data.shape[..] else { return None };
        let far = i64::try_from(rows.checked_add(columns)?).ok()?;
        let is_right =
            offsets.length()? == count && offsets.ints()?.all(|offset| (-far..=far).contains(&offset));
        is_right.then_some(())
    }

    /// Of each row, a list of columns and one of values.
    fn lists(&mut self, shape: &[usize], state: Id) -> Option<()> {
        let &[count, width] = shape else { return None };
        let mut get = |name: &str| self.value(state, name).and_then(|id| self.array(id));
        let (rows, data) = (get("rows")?, get("data")?);
        if rows.length()? != count || data.length()? != count {
            return None;
        }
        for (&columns, &values) in rows.objects()?.iter().zip(data.objects()?) {
            let (Peek::List(columns), Peek::List(values)) = (self.view.peek(columns), self.view.peek(values))
            else {
                return None;
            };
            self.left = self.left.checked_sub(columns.len() as u64)?;
            let is_below = |&column: &Id| self.index(column).is_some_and(|column| column < width);
            if columns.len() != values.len() || !columns.iter().all(is_below) {
                return None;
            }
        }
        Some(())
    }
}
