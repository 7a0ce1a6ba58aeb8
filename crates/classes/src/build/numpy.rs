//! Objects of numpy, as numpy 1 pickles them at protocols up to 4.
//!
//! numpy 2 has these modules under new names; it still loads the old ones, and numpy 1 does not load the new ones.

use halfsour_value::{Id, StepError};

use super::ClassBuilder;
use crate::numpy::{DType, Kind, Na, Unit};

const MULTIARRAY: &str = "numpy.core.multiarray";

impl ClassBuilder<'_> {
    /// Makes a `numpy.dtype`. A new one each time: those that share it are to be given the same.
    ///
    /// # Errors
    ///
    /// [`StepError::Unsupported`], of a `StringDType` whose missing text is an object that is not known, and if the size is beyond 63
    /// bits.
    pub fn dtype(&mut self, dtype: &DType) -> Result<Id, StepError> {
        let size = |size: usize| i64::try_from(size).map_err(|_| StepError::Unsupported);
        if let Kind::String(kind) = &dtype.kind {
            let mut args = vec![self.builder.int(kind.coerce.into())];
            args.extend(match &kind.na {
                None => None,
                Some(Na::None) => Some(Id::NONE),
                Some(Na::NaN) => Some(self.builder.float(f64::NAN)),
                Some(Na::Text(text)) => Some(self.builder.str(text)),
                Some(Na::Other) => return Err(StepError::Unsupported),
            });
            return Ok(self.call("numpy._core._internal", "_convert_to_stringdtype_kwargs", &args));
        }
        let kind = match &dtype.kind {
            Kind::Structured(structure) if structure.is_record => self.global("numpy", "record"),
            Kind::Extended(extended) => self.global("ml_dtypes", extended.name),
            Kind::DateTime(_) => self.builder.str("M8"),
            Kind::TimeDelta(_) => self.builder.str("m8"),
            Kind::Object => self.builder.str("O8"),
            _ => self.builder.str(&dtype.typestr()[1..]),
        };
        let args = [kind, self.builder.bool(false), self.builder.bool(true)];
        let made = self.call("numpy", "dtype", &args);
        let (base, names, fields) = self.parts(dtype)?;
        let order = self.builder.str(&dtype.order_code().to_string());
        // Where the size is that of the kind, it is not written.
        let (own_size, alignment) = match dtype.kind {
            Kind::Text => (size(dtype.size)?, 4),
            Kind::Bytes | Kind::Void | Kind::SubArray(_) => (size(dtype.size)?, 1),
            Kind::Structured(_) => (size(dtype.size)?, alignment(dtype)),
            Kind::Extended(extended) => (size(dtype.size)?, size(extended.size())?),
            _ => (-1, -1),
        };
        let unit = match dtype.kind {
            Kind::DateTime(unit) | Kind::TimeDelta(unit) => Some(unit),
            _ => None,
        };
        let mut state = vec![
            self.builder.int(if unit.is_some() { 4 } else { 3 }),
            order,
            base,
            names,
            fields,
            self.builder.int(own_size),
            self.builder.int(alignment),
            self.builder.int(flags(dtype)),
        ];
        if let Some(unit) = unit {
            let name = self.builder.bytes(unit.unit.name().as_bytes());
            let count = self.builder.int(if unit.unit == Unit::Generic { 1 } else { unit.count.into() });
            let one = self.builder.int(1);
            let unit = self.builder.tuple(&[name, count, one, one]);
            state.push(self.builder.tuple(&[Id::NONE, unit]));
        }
        let state = self.builder.tuple(&state);
        self.builder.state(made, state)?;
        Ok(made)
    }

    /// Sub-array, names and fields of a state.
    fn parts(&mut self, dtype: &DType) -> Result<(Id, Id, Id), StepError> {
        match &dtype.kind {
            Kind::SubArray(array) => {
                let base = self.dtype(&array.base)?;
                let shape = self.shape(&array.shape)?;
                Ok((self.builder.tuple(&[base, shape]), Id::NONE, Id::NONE))
            }
            Kind::Structured(structure) => {
                let (mut names, mut items) = (Vec::new(), Vec::new());
                for field in &structure.fields {
                    let name = self.builder.str(&field.name);
                    let kind = self.dtype(&field.dtype)?;
                    let offset = i64::try_from(field.offset).map_err(|_| StepError::Unsupported)?;
                    let mut value = vec![kind, self.builder.int(offset)];
                    let title = field.title.as_ref().map(|title| self.builder.str(title));
                    value.extend(title);
                    let value = self.builder.tuple(&value);
                    names.push(name);
                    items.push((name, value));
                    items.extend(title.map(|title| (title, value)));
                }
                let names = self.builder.tuple(&names);
                Ok((Id::NONE, names, self.builder.dict(&items)?))
            }
            _ => Ok((Id::NONE, Id::NONE, Id::NONE)),
        }
    }

    fn shape(&mut self, shape: &[usize]) -> Result<Id, StepError> {
        let sizes = shape.iter().map(|size| i64::try_from(*size).map_err(|_| StepError::Unsupported));
        let sizes: Vec<_> =
            sizes.map(|size| Ok(self.builder.int(size?))).collect::<Result<_, StepError>>()?;
        Ok(self.builder.tuple(&sizes))
    }

    /// Makes a `numpy.ndarray`, of a dtype from [`dtype`](Self::dtype) and of bytes, the last dimension first or, if `is_fortran`, the first
    /// one. For dtypes with objects, `data` is a list in place of bytes. It does not ask whether they are as many as the shape says.
    ///
    /// # Errors
    ///
    /// [`StepError::Unsupported`], if a length is beyond 63 bits.
    pub fn nd_array(
        &mut self,
        dtype: Id,
        shape: &[usize],
        is_fortran: bool,
        data: Id,
    ) -> Result<Id, StepError> {
        let class = self.global("numpy", "ndarray");
        self.array_of(class, dtype, shape, is_fortran, data)
    }

    /// Makes an array of numpy's class or of a subclass.
    pub(crate) fn array_of(
        &mut self,
        class: Id,
        dtype: Id,
        shape: &[usize],
        is_fortran: bool,
        data: Id,
    ) -> Result<Id, StepError> {
        let zero = self.builder.int(0);
        let args = [class, self.builder.tuple(&[zero]), self.builder.bytes(b"b")];
        let array = self.call(MULTIARRAY, "_reconstruct", &args);
        let (version, is_fortran) = (self.builder.int(1), self.builder.bool(is_fortran));
        let state = [version, self.shape(shape)?, dtype, is_fortran, data];
        let state = self.builder.tuple(&state);
        self.builder.state(array, state)?;
        Ok(array)
    }

    /// Makes a scalar of numpy, of a dtype from [`dtype`](Self::dtype) and of bytes, or an object in their place.
    pub fn numpy_scalar(&mut self, dtype: Id, data: Id) -> Id {
        self.call(MULTIARRAY, "scalar", &[dtype, data])
    }
}

/// The largest one of the fields, where they lie as in C.
fn alignment(dtype: &DType) -> i64 {
    match &dtype.kind {
        Kind::Structured(structure) if structure.is_aligned => {
            structure.fields.iter().map(|field| alignment(&field.dtype)).max().unwrap_or(1)
        }
        Kind::Structured(_) | Kind::Bytes | Kind::Void => 1,
        Kind::SubArray(array) => alignment(&array.base),
        Kind::Text => 4,
        Kind::Complex => i64::try_from(dtype.size / 2).unwrap_or(1),
        _ => i64::try_from(dtype.size).unwrap_or(1),
    }
}

/// The flags of numpy for elements, as bits: of objects, to count references and more.
fn flags(dtype: &DType) -> i64 {
    const ALIGNED: i64 = 0x80;
    // Of these, a structure has what its fields have.
    const INHERITED: i64 = 0x1B;
    match &dtype.kind {
        Kind::Object => 0x3F,
        Kind::Text => 8,
        Kind::Extended(_) => 0x40,
        Kind::Structured(structure) => {
            let fields =
                structure.fields.iter().fold(0x10, |all, field| all | flags(&field.dtype) & INHERITED);
            fields | if structure.is_aligned { ALIGNED } else { 0 }
        }
        Kind::SubArray(array) => flags(&array.base) & INHERITED,
        _ => 0,
    }
}
