//! Safetensors.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use halfsour::Graph;
use halfsour_files::Part;
use indicatif::ProgressBar;
use safetensors::{Dtype, View, serialize_to_file};

use super::output::Output;
use super::{Limits, Tied, tied};
use crate::failure::{Cause, Failure};
use crate::tensors::{Flat, Tensor, Tensors, safe_dtype};
use crate::text;

pub struct Writer {
    output: Output,
    tied: Tied,
    limits: Limits,
    is_written: bool,
}

impl Writer {
    pub fn new(output: Output, tied: Tied, limits: Limits) -> Self {
        Self { output, tied, limits, is_written: false }
    }

    fn write(&mut self, graph: &Graph<&[u8]>, file: &Part) -> Result<(), String> {
        let limit = |most: usize, size: usize| size.saturating_mul(8).saturating_add(most);
        let most = limit(self.limits.json.bytes, graph.source().len());
        let mut tensors = Tensors::of_pickle(graph.root(), file.torch(), most)?;
        if tensors.all.is_empty() {
            return Err("there are no tensors in it".to_owned());
        }
        if std::mem::replace(&mut self.is_written, true) {
            return Err("several pickles with tensors; --first takes those of the first".to_owned());
        }
        let mut metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
        match self.tied {
            Tied::Copy => {}
            Tied::Dedup => metadata.extend(tied::dedup(&mut tensors)),
            Tied::Refuse => tied::refuse(&tensors)?,
        }
        let mut left = limit(self.limits.written.bytes, tensors.stored()) as u64;
        let mut names = HashSet::new();
        let mut views = Vec::with_capacity(tensors.all.len());
        for tensor in &tensors.all {
            let view = view(&tensors, tensor, self.output.bar())
                .map_err(|why| format!("{}: {why}", text::name(&tensor.name)))?;
            left = left
                .checked_sub(view.length as u64)
                .ok_or("it would be larger than the limit: what is shared is written each time")?;
            if tensor.name == "__metadata__" || !names.insert(&tensor.name) {
                return Err(format!("{}: not a name for one tensor", text::name(&tensor.name)));
            }
            views.push((&tensor.name, view));
        }
        self.output.expect(views.iter().map(|(_, view)| view.length as u64).sum());
        for (_, view) in &mut views {
            view.bar = self.output.bar().clone();
        }
        self.output
            .replace(|path| serialize_to_file(views, Some(metadata), path))
            .map_err(|error| format!("{}: {error}", self.output.name()))
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

/// A tensor as it is written.
struct Written<'t> {
    dtype: Dtype,
    shape: Vec<usize>,
    length: usize,
    elements: Flat<'t>,
    bar: ProgressBar,
}

impl View for Written<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.bar.inc(self.length as u64);
        self.elements.contiguous()
    }

    fn data_len(&self) -> usize {
        self.length
    }
}

/// The tensor as it is to be written, or why it cannot be.
fn view<'t>(
    tensors: &'t Tensors<'_>,
    tensor: &'t Tensor<'_>,
    bar: &ProgressBar,
) -> Result<Written<'t>, String> {
    let elements = tensors.elements(tensor)?.flat().map_err(|of| format!("safetensors has no type {of}"))?;
    let dtype = elements.dtype;
    let dtype = safe_dtype(dtype).ok_or_else(|| format!("safetensors has no type {dtype}"))?;
    let size = |size: u64| usize::try_from(size).map_err(|_| "too large".to_owned());
    let shape = tensor.shape.iter().map(|&length| size(length)).collect::<Result<_, _>>()?;
    let length = size(tensor.bytes.ok_or("too large")?)?;
    Ok(Written { dtype, shape, length, elements, bar: bar.clone() })
}
