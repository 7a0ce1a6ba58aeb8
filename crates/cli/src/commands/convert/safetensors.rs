//! Safetensors.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use halfsour::Graph;
use halfsour::classes::torch::{ByteOrder, DType, Dense};
use indicatif::ProgressBar;
use safetensors::{Dtype, View, serialize_to_file};

use super::output::Output;
use super::{Limits, Tied};
use crate::failure::{Cause, Failure};
use crate::file::File;
use crate::tensors::{Tensor, Tensors, safe_dtype};
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

    fn write(&mut self, graph: &Graph<&[u8]>, file: &File) -> Result<(), String> {
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
            Tied::Dedup => metadata.extend(dedup(&mut tensors)),
            Tied::Refuse => refuse(&tensors)?,
        }
        let stored: usize =
            tensors.storages.iter().flat_map(|storage| &storage.contents).map(|c| c.bytes.len()).sum();
        let mut left = limit(self.limits.written.bytes, stored) as u64;
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
    fn add(&mut self, graph: &Graph<&[u8]>, file: &File) -> Result<(), Cause> {
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
    dense: &'t Dense<'t>,
    of: DType,
    bytes: &'t Bytes,
    order: ByteOrder,
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
        let data = self.dense.contiguous(self.of, self.bytes, self.order);
        data.expect("that it is within its storage was looked at before")
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
    let problem = || tensor.notes.first().map_or("its elements are not known", |note| note);
    if tensor.is_part {
        return Err(format!("{}: safetensors has no sparse tensors", problem()));
    }
    let (Some((storage, _)), Some((dense, of))) = (tensor.place, &tensor.elements) else {
        return Err(problem().to_owned());
    };
    let storage = &tensors.storages[storage];
    let contents = storage.contents.as_ref().map_err(String::clone)?;
    let dtype = safe_dtype(*of).ok_or_else(|| format!("safetensors has no type {of}"))?;
    if dense.positions(*of, contents.bytes.len()).is_none() {
        return Err("not within its storage".to_owned());
    }
    let size = |size: u64| usize::try_from(size).map_err(|_| "too large".to_owned());
    let shape = dense.shape.iter().map(|&length| size(length)).collect::<Result<_, _>>()?;
    let length = size(tensor.bytes.ok_or("too large")?)?;
    let (bytes, order, bar) = (&contents.bytes, contents.byte_order, bar.clone());
    Ok(Written { dtype, shape, length, dense, of: *of, bytes, order, bar })
}

/// Takes away those that are the same as one before, and tells which.
fn dedup(tensors: &mut Tensors<'_>) -> Vec<(String, String)> {
    let mut kept = HashMap::new();
    let mut removed = Vec::new();
    tensors.all.retain(|tensor| {
        let (Some(place), Some((dense, dtype))) = (tensor.place, &tensor.elements) else { return true };
        let marks = (dense.is_conjugate, dense.is_negative);
        let key = (place, *dtype, tensor.shape.clone(), tensor.strides.clone(), marks);
        match kept.get(&key) {
            Some(first) => {
                removed.push((tensor.name.clone(), String::clone(first)));
                false
            }
            None => {
                kept.insert(key, tensor.name.clone());
                true
            }
        }
    });
    removed
}

/// An error if there are two in the same bytes.
fn refuse(tensors: &Tensors<'_>) -> Result<(), String> {
    let span = |tensor: &Tensor<'_>| {
        let (storage, start) = tensor.place.filter(|_| tensor.bytes != Some(0))?;
        let reach = |(length, stride): (&u64, &u64)| (length - 1).saturating_mul(*stride);
        let last = tensor.shape.iter().zip(&tensor.strides).map(reach).fold(0, u64::saturating_add);
        let size = tensor.elements.as_ref()?.1.size() as u64;
        Some((storage, start, start.saturating_add(last.saturating_add(1).saturating_mul(size))))
    };
    let mut spans: Vec<_> =
        tensors.all.iter().filter_map(|tensor| Some((span(tensor)?, &tensor.name))).collect();
    spans.sort();
    // The one that reaches furthest of those before.
    let mut before: Option<((usize, u64, u64), &String)> = None;
    for (span, name) in spans {
        if let Some((other, first)) = before
            && other.0 == span.0
        {
            if span.1 < other.2 {
                let (first, second) = (text::name(first), text::name(name));
                return Err(format!("{first} and {second} share elements; --tied says what to do with them"));
            }
            if span.2 <= other.2 {
                continue;
            }
        }
        before = Some((span, name));
    }
    Ok(())
}
