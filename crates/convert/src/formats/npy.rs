//! numpy's files: of one array, and archives of several.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Write;

use halfsour::Graph;
use halfsour::classes::torch::DType;
use halfsour_files::{Npy, Part};

use super::output::Output;
use super::zip::Archive;
use super::{Limits, Tied, tied};
use crate::failure::{Cause, Failure};
use crate::tensors::{Elements, Flat, Tensor, Tensors, safe_dtype};
use crate::text;

pub struct Writer {
    output: Output,
    is_archive: bool,
    tied: Tied,
    limits: Limits,
    is_written: bool,
}

impl Writer {
    pub fn new(output: Output, is_archive: bool, tied: Tied, limits: Limits) -> Self {
        Self { output, is_archive, tied, limits, is_written: false }
    }

    fn write(&mut self, graph: &Graph<&[u8]>, file: &Part) -> Result<(), String> {
        let limit = |most: usize, size: usize| size.saturating_mul(8).saturating_add(most);
        let most = limit(self.limits.json.bytes, graph.source().len());
        let tensors = Tensors::of_pickle(graph.root(), file.torch(), most)?;
        if tensors.all.is_empty() {
            return Err("there are no arrays in it".to_owned());
        }
        if std::mem::replace(&mut self.is_written, true) {
            return Err("several pickles with arrays; --first takes those of the first".to_owned());
        }
        if !self.is_archive && tensors.all.len() > 1 {
            return Err(format!("there are {} arrays in it; .npz takes all of them", tensors.all.len()));
        }
        match self.tied {
            Tied::Copy => {}
            Tied::Dedup => return Err("numpy's files cannot say which arrays are left out".to_owned()),
            Tied::Refuse => tied::refuse(&tensors)?,
        }
        let mut left = limit(self.limits.written.bytes, tensors.stored()) as u64;
        let mut names = HashSet::new();
        let mut arrays = Vec::with_capacity(tensors.all.len());
        for tensor in &tensors.all {
            let array =
                Array::of(&tensors, tensor).map_err(|why| format!("{}: {why}", text::name(&tensor.name)))?;
            left = left
                .checked_sub(array.length)
                .ok_or("it would be larger than the limit: what is shared is written each time")?;
            if !is_good(&tensor.name) || !names.insert(&tensor.name) {
                return Err(format!("{}: not a name for one array", text::name(&tensor.name)));
            }
            arrays.push((&tensor.name, array));
        }
        self.output.expect(arrays.iter().map(|(_, array)| array.length).sum());
        self.write_all(&arrays).map_err(|error| format!("{}: {error}", self.output.name()))
    }

    fn write_all(&mut self, arrays: &[(&String, Array<'_>)]) -> std::io::Result<()> {
        if !self.is_archive {
            return arrays.iter().try_for_each(|(_, array)| {
                self.output.write_all(&array.header)?;
                self.output.write_all(&array.data())
            });
        }
        let mut archive = Archive::new(&mut self.output);
        for (name, array) in arrays {
            archive.member(&format!("{name}.npy"), [&array.header, &array.data()])?;
        }
        archive.finish().map(drop)
    }
}

impl super::Writer for Writer {
    fn add(&mut self, graph: &Graph<&[u8]>, file: &Part) -> Result<(), Cause> {
        self.write(graph, file).map_err(Cause::Other)
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.output.finish()
    }
}

/// Whether a member of an archive may be called so: whoever unpacks it must not write elsewhere.
fn is_good(name: &str) -> bool {
    !name.starts_with('/') && !name.contains(['\\', '\0']) && name.split('/').all(|part| part != "..")
}

/// An array as it is written.
struct Array<'t> {
    header: Vec<u8>,
    /// Of its data.
    length: u64,
    data: Data<'t>,
}

enum Data<'t> {
    /// Where it lies.
    Bytes(&'t [u8]),
    /// To be put side by side.
    Flat(Flat<'t>),
}

impl<'t> Array<'t> {
    /// The array as it is to be written, or why it cannot be.
    fn of(tensors: &'t Tensors<'_>, tensor: &'t Tensor<'_>) -> Result<Self, String> {
        let elements = tensors.elements(tensor)?;
        let length = tensor.bytes.ok_or("too large")?;
        if let Elements::Numpy(array) = elements
            && let Some(is_fortran) = array.is_fortran
        {
            let descr = array.dtype.descr();
            let descr = descr.ok_or_else(|| format!("numpy's files have no type {}", array.dtype))?;
            let header = Npy::header(&descr, is_fortran, &tensor.shape);
            return Ok(Self { header, length, data: Data::Bytes(array.bytes) });
        }
        let flat = elements.flat().map_err(|of| format!("its elements, {of}, are not side by side"))?;
        let hint = if safe_dtype(flat.dtype).is_some() { "; safetensors has it" } else { "" };
        let descr = descr(flat.dtype).ok_or_else(|| format!("numpy has no type {}{hint}", flat.dtype))?;
        Ok(Self { header: Npy::header(descr, false, &tensor.shape), length, data: Data::Flat(flat) })
    }

    fn data(&self) -> Cow<'_, [u8]> {
        match &self.data {
            Data::Bytes(bytes) => Cow::Borrowed(bytes),
            Data::Flat(flat) => flat.contiguous(),
        }
    }
}

/// As numpy names it, if it does.
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
