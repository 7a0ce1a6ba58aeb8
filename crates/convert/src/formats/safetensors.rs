//! Safetensors.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use halfsour_text::name::visible;
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};

use super::{labels, tied};
use crate::convert::{self, Out, Subject, Unfinished};
use crate::options::{Limits, Tied};
use crate::tensors::{Flat, Form, Tensor, Tensors, safe_dtype};
use crate::{ConvertError, Options};

struct Writer {
    index: Option<bool>,
    tied: Tied,
    limits: Limits,
    is_written: bool,
}

pub(super) fn writer(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { index: options.index, tied: options.tied, limits: options.limits, is_written: false })
}

impl convert::Writer for Writer {
    fn unfinished(&self) -> Unfinished {
        Unfinished::Dropped
    }

    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        let most = self.limits.json.room(data.graph.source().len());
        let mut tensors = data.tensors(most)?;
        if tensors.all.is_empty() {
            return Err("there are no tensors in it".into());
        }
        if std::mem::replace(&mut self.is_written, true) {
            return Err("several pickles with tensors; the option `first` takes those of the first".into());
        }
        labels::leave_out(data, self.index, out)?;
        let mut metadata = HashMap::new();
        match self.tied {
            Tied::Copy => {}
            Tied::Dedup => metadata.extend(tied::dedup(&mut tensors)),
            Tied::Refuse => tied::refuse(&tensors)?,
        }
        let mut left = self.limits.written.room(tensors.stored()) as u64;
        let mut names = HashSet::new();
        let mut views = Vec::with_capacity(tensors.all.len());
        for tensor in &tensors.all {
            let view = match View::of(&tensors, tensor) {
                Ok(view) => view,
                Err(why) => {
                    out.leave_out(visible(&tensor.name).into_owned(), why);
                    continue;
                }
            };
            left = left
                .checked_sub(view.length as u64)
                .ok_or("it would be larger than the limit: what is shared is written each time")?;
            if tensor.name == "__metadata__" || !names.insert(&tensor.name) {
                return Err(format!("{}: not a name for one tensor", visible(&tensor.name)).into());
            }
            views.push((&tensor.name, view));
        }
        out.check()?;
        // By it other programs know that the tensors are those of torch.
        if tensors.all.iter().any(|tensor| matches!(tensor.form, Some(Form::Torch(..)))) {
            metadata.insert("format".to_owned(), "pt".to_owned());
        }
        write(views, metadata, out)
    }
}

/// A tensor as it is written.
struct View<'t> {
    dtype: Dtype,
    shape: Vec<usize>,
    /// In bytes.
    length: usize,
    elements: Flat<'t>,
}

impl<'t> View<'t> {
    fn of(tensors: &'t Tensors<'_>, tensor: &'t Tensor<'_>) -> Result<Self, String> {
        let elements =
            tensors.elements(tensor)?.flat().map_err(|of| format!("safetensors has no type {of}"))?;
        let dtype = elements.dtype;
        let dtype = safe_dtype(dtype).ok_or_else(|| format!("safetensors has no type {dtype}"))?;
        let size = |size: u64| usize::try_from(size).map_err(|_| "too large".to_owned());
        let shape = tensor.shape.iter().map(|&length| size(length)).collect::<Result<_, _>>()?;
        let length = size(tensor.bytes.ok_or("too large")?)?;
        Ok(Self { dtype, shape, length, elements })
    }
}

/// The bytes that a reader accepts of a header: a constant of the crate `safetensors`.
const LONGEST_HEADER: usize = 100_000_000;

/// Writes the length of the header, the header, and the tensors one at a time. The crate `safetensors` does the same,
/// but only to memory or to a file that it makes.
fn write(
    mut views: Vec<(&String, View<'_>)>,
    metadata: HashMap<String, String>,
    out: &mut Out<'_>,
) -> Result<(), ConvertError> {
    // The widest elements come first, so that all are aligned.
    views.sort_by(|(name, view), (other, than)| than.dtype.cmp(&view.dtype).then(name.cmp(other)));
    let mut end = 0_usize;
    let mut infos = Vec::with_capacity(views.len());
    for (name, View { dtype, shape, length, .. }) in &views {
        let start = end;
        end = start.checked_add(*length).ok_or("too large")?;
        let (dtype, shape) = (*dtype, shape.clone());
        infos.push((String::clone(name), TensorInfo { dtype, shape, data_offsets: (start, end) }));
    }
    let header = Metadata::new(Some(metadata).filter(|told| !told.is_empty()), infos)
        .map_err(|error| error.to_string())?;
    let mut header = serde_json::to_vec(&header).map_err(|error| error.to_string())?;
    header.resize(header.len().next_multiple_of(8), b' ');
    if header.len() > LONGEST_HEADER {
        return Err("the names of the tensors are too long for a header".into());
    }
    out.expect((8 + header.len() + end) as u64);
    out.write_all(&(header.len() as u64).to_le_bytes())?;
    out.write_all(&header)?;
    views.iter().try_for_each(|(_, view)| Ok(out.write_all(&view.elements.contiguous())?))
}
