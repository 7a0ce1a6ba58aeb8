//! numpy's files: of one array, and archives of several.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};

use halfsour_classes::Known;
use halfsour_classes::torch::DType;
use halfsour_files::{Npy, ZipWriter};
use halfsour_text::name::visible;

use super::{labels, tied};
use crate::convert::{self, Out, Subject, Unfinished};
use crate::options::{Limits, Tied};
use crate::tensors::{Elements, Flat, Tensor, Tensors, safe_dtype};
use crate::{ConvertError, Options};

struct Writer {
    is_archive: bool,
    is_compressed: bool,
    index: Option<bool>,
    tied: Tied,
    limits: Limits,
    is_written: bool,
}

pub(super) fn array(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer::new(false, options))
}

pub(super) fn archive(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer::new(true, options))
}

impl Writer {
    fn new(is_archive: bool, options: &Options) -> Self {
        Self {
            is_archive,
            is_compressed: options.compressed,
            index: options.index,
            tied: options.tied,
            limits: options.limits,
            is_written: false,
        }
    }

    fn write(&self, arrays: &[(&String, Array<'_>)], out: &mut Out<'_>) -> io::Result<()> {
        out.expect(arrays.iter().map(|(_, array)| array.length).sum());
        if !self.is_archive {
            return arrays.iter().try_for_each(|(_, array)| {
                out.write_all(&array.header)?;
                out.write_all(&array.data())
            });
        }
        let mut zip = ZipWriter::new(out);
        for (name, array) in arrays {
            let (name, data) = (format!("{name}.npy"), array.data());
            if self.is_compressed {
                zip.deflated_member(&name, &[&array.header, &data])?;
            } else {
                zip.member(&name, &[&array.header, &data])?;
            }
        }
        zip.finish().map(drop)
    }
}

impl convert::Writer for Writer {
    fn unfinished(&self) -> Unfinished {
        Unfinished::Dropped
    }

    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        let most = self.limits.json.room(data.graph.source().len());
        let tensors = data.tensors(most)?;
        if tensors.all.is_empty() {
            return Err("there are no arrays in it".into());
        }
        if std::mem::replace(&mut self.is_written, true) {
            return Err("several pickles with arrays; the option `first` takes those of the first".into());
        }
        labels::leave_out(data, self.index, out)?;
        let is_frame = !self.is_archive && matches!(data.place.known(), Some(Known::DataFrame(_)));
        if !self.is_archive && !is_frame && tensors.all.len() > 1 {
            return Err(
                format!("there are {} arrays in it; .npz takes all of them", tensors.all.len()).into()
            );
        }
        match self.tied {
            Tied::Copy => {}
            Tied::Dedup => return Err("numpy's files cannot say which arrays are left out".into()),
            Tied::Refuse => tied::refuse(&tensors)?,
        }
        let mut left = self.limits.written.room(tensors.stored()) as u64;
        let mut names = HashSet::new();
        let mut arrays = Vec::with_capacity(tensors.all.len());
        for tensor in &tensors.all {
            let array = match Array::of(&tensors, tensor) {
                Ok(array) => array,
                Err(why) => {
                    out.leave_out(visible(&tensor.name).into_owned(), why);
                    continue;
                }
            };
            left = left
                .checked_sub(array.length)
                .ok_or("it would be larger than the limit: what is shared is written each time")?;
            if !is_good(&tensor.name) || !names.insert(&tensor.name) {
                return Err(format!("{}: not a name for one array", visible(&tensor.name)).into());
            }
            arrays.push((&tensor.name, array));
        }
        out.check()?;
        if is_frame {
            as_one(&mut arrays)?;
        }
        Ok(self.write(&arrays, out)?)
    }
}

/// Whether a member of an archive may have this name: whoever unpacks it must not write elsewhere.
fn is_good(name: &str) -> bool {
    !name.starts_with('/') && !name.contains(['\\', '\0']) && name.split('/').all(|part| part != "..")
}

/// Makes the columns of a frame one array, as its `to_numpy` does: the first has the header, and the others follow it.
fn as_one(columns: &mut [(&String, Array<'_>)]) -> Result<(), String> {
    let count = columns.len() as u64;
    let Some(((_, first), others)) = columns.split_first_mut() else { return Ok(()) };
    if let Some((name, _)) = others.iter().find(|(_, column)| column.descr != first.descr) {
        let name = visible(name);
        return Err(format!(
            "{name}: a column of another type than the first; .npz takes all, a path takes one"
        ));
    }
    first.header = Npy::header(&first.descr, true, &[first.rows, count]);
    for (_, column) in others {
        column.header.clear();
    }
    Ok(())
}

/// An array as it is written.
struct Array<'t> {
    /// The type as headers spell it.
    descr: String,
    header: Vec<u8>,
    /// The length of the first dimension.
    rows: u64,
    /// The bytes of its elements.
    length: u64,
    data: Data<'t>,
}

enum Data<'t> {
    /// The bytes where they lie.
    Bytes(&'t [u8]),
    /// Elements that have to be put side by side.
    Flat(Flat<'t>),
}

impl<'t> Array<'t> {
    fn of(tensors: &'t Tensors<'_>, tensor: &'t Tensor<'_>) -> Result<Self, String> {
        let elements = tensors.elements(tensor)?;
        let length = tensor.bytes.ok_or("too large")?;
        let rows = tensor.shape.first().copied().unwrap_or_default();
        if let Elements::Numpy(array) = elements
            && let Some(is_fortran) = array.is_fortran
        {
            let descr = array.dtype.descr();
            let descr = descr.ok_or_else(|| format!("numpy's files have no type {}", array.dtype))?;
            let header = Npy::header(&descr, is_fortran, &tensor.shape);
            return Ok(Self { descr, header, rows, length, data: Data::Bytes(array.bytes) });
        }
        let flat = elements.flat().map_err(|of| format!("its elements, {of}, are not side by side"))?;
        let hint = if safe_dtype(flat.dtype).is_some() { "; safetensors has it" } else { "" };
        let descr = descr(flat.dtype).ok_or_else(|| format!("numpy has no type {}{hint}", flat.dtype))?;
        let header = Npy::header(descr, false, &tensor.shape);
        Ok(Self { descr: descr.to_owned(), header, rows, length, data: Data::Flat(flat) })
    }

    fn data(&self) -> Cow<'_, [u8]> {
        match &self.data {
            Data::Bytes(bytes) => Cow::Borrowed(bytes),
            Data::Flat(flat) => flat.contiguous(),
        }
    }
}

/// Returns the type as a header of numpy's files spells it, if numpy has it.
fn descr(dtype: DType) -> Option<&'static str> {
    Some(match dtype {
        DType::Bool => "'|b1'",
        DType::UInt8 => "'|u1'",
        DType::UInt16 => "'<u2'",
        DType::UInt32 => "'<u4'",
        DType::UInt64 => "'<u8'",
        DType::Int8 => "'|i1'",
        DType::Int16 => "'<i2'",
        DType::Int32 => "'<i4'",
        DType::Int64 => "'<i8'",
        DType::Float16 => "'<f2'",
        DType::Float32 => "'<f4'",
        DType::Float64 => "'<f8'",
        DType::Complex64 => "'<c8'",
        DType::Complex128 => "'<c16'",
        _ => return None,
    })
}
