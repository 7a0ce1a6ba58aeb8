//! Types as headers of numpy's files spell them.

use std::fmt::Write;

use halfsour_text::repr;

use super::dtype::{DType, Kind, Structure, Tuple};

impl DType {
    /// Returns the type as the header of an `.npy` file spells it, in Python: `'<f8'`, `[('a', '<i4'), ('', '|V4'), ('b', '<f8')]`. `None` for what numpy
    /// does not write without pickling it, or at all: objects, text of any length, types of other packages, and fields that overlap or are not in
    /// the order in which they lie.
    ///
    /// ```
    /// use halfsour_classes::numpy::DType;
    ///
    /// assert_eq!(DType::parse(">M8[ns]").unwrap().descr().unwrap(), "'>M8[ns]'");
    /// assert_eq!(DType::parse("O").unwrap().descr(), None);
    /// ```
    pub fn descr(&self) -> Option<String> {
        let mut text = String::new();
        self.write_descr(&mut text)?;
        Some(text)
    }

    // As deep as types nest, which reading them limits.
    fn write_descr(&self, out: &mut String) -> Option<()> {
        match &self.kind {
            Kind::Object | Kind::String(_) | Kind::Extended(_) => return None,
            Kind::Structured(structure) => fields(structure, self.size, out)?,
            Kind::SubArray(array) => {
                out.push('(');
                array.base.write_descr(out)?;
                write!(out, ", {})", Tuple(&array.shape)).ok()?;
            }
            _ => write!(out, "'{}'", self.typestr()).ok()?,
        }
        Some(())
    }
}

/// With what is between them.
fn fields(structure: &Structure, size: usize, out: &mut String) -> Option<()> {
    let name = |text: &str| repr::Str(text.as_bytes()).to_string();
    let mut parts = Vec::new();
    let mut end = 0;
    let gap = |from: usize, to: usize, parts: &mut Vec<String>| {
        let length = to.checked_sub(from)?;
        if length > 0 {
            parts.push(format!("('', '|V{length}')"));
        }
        Some(())
    };
    for field in &structure.fields {
        gap(end, field.offset, &mut parts)?;
        let mut part = match &field.title {
            Some(title) => format!("(({}, {}), ", name(title), name(&field.name)),
            None => format!("({}, ", name(&field.name)),
        };
        match &field.dtype.kind {
            Kind::SubArray(array) => {
                array.base.write_descr(&mut part)?;
                write!(part, ", {}", Tuple(&array.shape)).ok()?;
            }
            _ => field.dtype.write_descr(&mut part)?,
        }
        part.push(')');
        parts.push(part);
        end = field.offset.checked_add(field.dtype.size)?;
    }
    gap(end, size, &mut parts)?;
    write!(out, "[{}]", parts.join(", ")).ok()
}
