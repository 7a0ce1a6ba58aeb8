//! torch: tensors, storages, and what goes with them.
//!
//! A pickle holds no elements: it names storages, which lie beside it in the file, as `halfsour-files` reads it. What is here says which
//! storage, and which bytes of it.

mod dense;
mod dtype;
mod storage;

use halfsour_value::{Data, Elements, Node};

pub use dense::Dense;
pub use dtype::{DType, Element};
pub use storage::{Place, Storage};

pub use crate::memory::{ByteOrder, Positions};

use crate::args::text;
use crate::call::{Call, class_of};
use crate::debug::debug_fields;
use crate::memory::Strided;
use crate::names::Class;

/// `torch.Tensor`, or one of its subclasses.
#[derive(Clone)]
#[non_exhaustive]
pub struct Tensor<'g, S> {
    /// Whether it is a `torch.nn.Parameter`.
    pub is_parameter: bool,
    /// The subclass that it is of, if it is another one.
    pub class: Option<Node<'g, S>>,
    /// Its attributes, if it was given some.
    pub attributes: Option<Node<'g, S>>,
    /// Whether gradients are computed for it.
    pub requires_grad: bool,
    /// The place of its elements.
    pub layout: Layout<'g>,
}

/// The place of the elements of a [`Tensor`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Layout<'g> {
    /// Each in its place: `torch.strided`.
    Strided(Dense<'g>),
    /// Each in its place, as integers that stand for floats.
    Quantised(Dense<'g>, Quantiser<'g>),
    /// Only those that are not zero.
    Sparse(Box<Sparse<'g>>),
    /// Nowhere: it is on the device `meta`.
    Meta {
        /// The type that it would have.
        dtype: DType,
        /// The number of elements that it would have in each dimension.
        shape: Vec<u64>,
        /// The distance, in elements, that neighbours would have in each dimension.
        strides: Vec<u64>,
    },
}

/// The floats for which the integers of a quantised tensor stand: `(integer - zero point) * scale`.
#[derive(Clone, Debug)]
pub enum Quantiser<'g> {
    /// All have one scale.
    Tensor {
        /// The scale.
        scale: f64,
        /// The integer that stands for 0.
        zero_point: i64,
    },
    /// Each index in one dimension has a scale of its own.
    Channel {
        /// The scales.
        scales: Box<Dense<'g>>,
        /// The integers, or floats, that stand for 0.
        zero_points: Box<Dense<'g>>,
        /// The dimension.
        axis: u64,
    },
}

/// A sparse tensor.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sparse<'g> {
    /// `sparse_coo`, `sparse_csr`, `sparse_csc`, `sparse_bsr` or `sparse_bsc`.
    pub layout: &'static str,
    /// The number of elements in each dimension, zeros with them.
    pub shape: Vec<u64>,
    /// Of the compressed layouts: at which of the values each row (or column) begins, and where the last ends.
    pub pointers: Option<Dense<'g>>,
    /// The places of the values: of `sparse_coo`, a column of indices for each; otherwise its column (or row).
    pub indices: Dense<'g>,
    /// The values.
    pub values: Dense<'g>,
    /// Of `sparse_coo`, whether no place comes twice, where the pickle says it.
    pub is_coalesced: Option<bool>,
}

/// `torch.device`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Device<'g> {
    /// `cpu`, `cuda`
    pub kind: &'g str,
    /// The number of the device.
    pub index: Option<u64>,
}

impl<S> Tensor<'_, S> {
    /// The type of its elements, where the pickle has it; see [`Dense::dtype`].
    pub fn dtype(&self) -> Option<DType> {
        match &self.layout {
            Layout::Strided(dense) | Layout::Quantised(dense, _) => dense.dtype,
            Layout::Sparse(sparse) => sparse.values.dtype,
            Layout::Meta { dtype, .. } => Some(*dtype),
        }
    }

    /// The number of elements in each dimension.
    pub fn shape(&self) -> &[u64] {
        match &self.layout {
            Layout::Strided(dense) | Layout::Quantised(dense, _) => &dense.strided.shape,
            Layout::Sparse(sparse) => &sparse.shape,
            Layout::Meta { shape, .. } => shape,
        }
    }
}

/// More have no operations in torch.
const MOST_DIMENSIONS: usize = 64;

fn sizes<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Vec<u64>> {
    let node = match Call::of_class(node, Class::TorchSize) {
        Some(call) => call.bare()?.exactly::<1>()?[0],
        None => node,
    };
    let Data::Tuple(sizes) = node.data() else { return None };
    if sizes.len() > MOST_DIMENSIONS {
        return None;
    }
    sizes.map(|size| u64::try_from(size.as_i64()?).ok()).collect()
}

fn dtype<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<DType> {
    DType::from_global(&node.as_global()?)
}

/// `storage, offset, size, stride`, from which on all dense ones begin.
fn dense<'g, S: AsRef<[u8]>>(args: &Elements<'g, S>) -> Option<Dense<'g>> {
    let storage = Storage::of(args.get(0)?)?;
    let dense = Dense {
        dtype: storage.dtype,
        strided: Strided {
            shape: sizes(args.get(2)?)?,
            strides: sizes(args.get(3)?)?,
            offset: u64::try_from(args.get(1)?.as_i64()?).ok()?,
        },
        storage,
        is_conjugate: false,
        is_negative: false,
    };
    (dense.strided.shape.len() == dense.strided.strides.len()).then_some(dense)
}

/// The strided tensor that a function makes of these arguments, and whether gradients are computed for it.
fn strided<'g, S: AsRef<[u8]>>(function: Class, args: &Elements<'g, S>) -> Option<(Dense<'g>, bool)> {
    // Those who wrote less had no marks.
    let marks = match (function, args.len()) {
        (Class::TorchTensor1, 4) => return Some((dense(args)?, false)),
        (Class::TorchTensor2, 6 | 7) => 6,
        (Class::TorchTensor3, 7 | 8) => 7,
        _ => return None,
    };
    let mut dense = marked(dense(args)?, args.get(marks))?;
    if function == Class::TorchTensor3 {
        dense.dtype = Some(dtype(args.get(6)?)?);
    }
    Some((dense, args.get(4)?.as_bool()?))
}

/// The plain tensor that a function makes of these arguments.
fn made<'g, S: AsRef<[u8]>>(function: Class, args: &Elements<'g, S>) -> Option<Tensor<'g, S>> {
    let counted = |count| (args.len() == count).then_some(());
    let (layout, requires_grad) = match function {
        Class::TorchQuantised => {
            counted(7)?;
            (Layout::Quantised(dense(args)?, quantiser(args.get(4)?)?), args.get(5)?.as_bool()?)
        }
        Class::TorchSparse => {
            counted(2)?;
            (Layout::Sparse(Box::new(sparse(args.get(0)?, args.get(1)?)?)), false)
        }
        Class::TorchMeta => {
            counted(4)?;
            let (dtype, shape, strides) = (dtype(args.get(0)?)?, sizes(args.get(1)?)?, sizes(args.get(2)?)?);
            (shape.len() == strides.len()).then_some(())?;
            (Layout::Meta { dtype, shape, strides }, args.get(3)?.as_bool()?)
        }
        _ => {
            let (dense, requires_grad) = strided(function, args)?;
            (Layout::Strided(dense), requires_grad)
        }
    };
    Some(Tensor { is_parameter: false, class: None, attributes: None, requires_grad, layout })
}

/// As the dict at the end says, if there is one: `{'conj': True, 'neg': True}`.
fn marked<'g, S: AsRef<[u8]>>(mut dense: Dense<'g>, marks: Option<Node<'g, S>>) -> Option<Dense<'g>> {
    let Some(marks) = marks.filter(|marks| !marks.is_none()) else { return Some(dense) };
    for (mark, value) in marks.items()? {
        let mark = match text(mark)? {
            "conj" => &mut dense.is_conjugate,
            "neg" => &mut dense.is_negative,
            // Those of other devices say what is not known here.
            _ => return None,
        };
        *mark = value.as_bool()?;
    }
    Some(dense)
}

/// A tensor in another: a strided one, in which there is no other.
fn part<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Dense<'_>> {
    let call = Call::of(node)?;
    strided(call.bare()?.class, &call.args()?).map(|(dense, _)| dense)
}

/// `(per_tensor_affine, scale, zero_point)` or `(per_channel_affine, scales, zero_points, axis)`
fn quantiser<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Quantiser<'_>> {
    let Data::Tuple(parts) = node.data() else { return None };
    let scheme = parts.get(0)?.as_global()?;
    if text(scheme.module)? != "torch" {
        return None;
    }
    match (text(scheme.name)?, parts.len()) {
        ("per_tensor_affine", 3) => {
            let (scale, zero_point) = (parts.get(1)?.as_f64()?, parts.get(2)?.as_i64()?);
            Some(Quantiser::Tensor { scale, zero_point })
        }
        ("per_channel_affine" | "per_channel_affine_float_qparams", 4) => {
            let (scales, zero_points) = (Box::new(part(parts.get(1)?)?), Box::new(part(parts.get(2)?)?));
            Some(Quantiser::Channel {
                scales,
                zero_points,
                axis: u64::try_from(parts.get(3)?.as_i64()?).ok()?,
            })
        }
        _ => None,
    }
}

/// `(indices, values, size[, is_coalesced])`, or `(pointers, indices, values, size)`
fn sparse<'g, S: AsRef<[u8]>>(layout: Node<'g, S>, parts: Node<'g, S>) -> Option<Sparse<'g>> {
    const LAYOUTS: [&str; 5] = ["sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc"];
    let call = Call::of_class(layout, Class::TorchLayout)?;
    let [name] = call.bare()?.exactly()?;
    let name = text(name)?.strip_prefix("torch.")?;
    let layout = LAYOUTS.into_iter().find(|layout| *layout == name)?;
    let Data::Tuple(parts) = parts.data() else { return None };
    if layout == "sparse_coo" {
        let is_coalesced = match parts.len() {
            3 => None,
            4 if parts.get(3)?.is_none() => None,
            4 => Some(parts.get(3)?.as_bool()?),
            _ => return None,
        };
        let (indices, values) = (part(parts.get(0)?)?, part(parts.get(1)?)?);
        return Some(Sparse {
            layout,
            shape: sizes(parts.get(2)?)?,
            pointers: None,
            indices,
            values,
            is_coalesced,
        });
    }
    if parts.len() != 4 {
        return None;
    }
    let (pointers, indices, values) = (part(parts.get(0)?)?, part(parts.get(1)?)?, part(parts.get(2)?)?);
    let (shape, pointers) = (sizes(parts.get(3)?)?, Some(pointers));
    Some(Sparse { layout, shape, pointers, indices, values, is_coalesced: None })
}

/// A tensor that is no parameter: made by a function, or of a subclass, `_rebuild_from_type_v2(function, class, args, state)`
pub(crate) fn tensor<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Tensor<'g, S>> {
    if call.class != Class::TorchTyped {
        return made(call.bare()?.class, &call.args()?);
    }
    let [function, class, args, state] = call.bare()?.exactly()?;
    let Data::Tuple(args) = args.data() else { return None };
    let tensor = made(class_of(function)?.0, &args)?;
    let is_plain = matches!(class_of(class), Some((Class::TorchTensor, _)));
    let attributes = Some(state).filter(|state| !state.is_none() && !state.is_empty());
    Some(Tensor { class: Some(class).filter(|_| !is_plain), attributes, ..tensor })
}

/// `_rebuild_parameter(tensor, requires_grad, hooks)`, or `_rebuild_parameter_with_state` with the state after those
pub(crate) fn parameter<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Tensor<'g, S>> {
    let (count, [data, requires_grad, _, state]) = call.bare()?.up_to()?;
    let is_whole = count == if call.name.1 == "_rebuild_parameter" { 3 } else { 4 };
    let tensor = is_whole.then(|| tensor(&Call::of(data)?))??;
    let attributes = Some(state).filter(|state| !state.is_none()).or(tensor.attributes);
    let requires_grad = requires_grad.as_bool()?;
    Some(Tensor { is_parameter: true, requires_grad, attributes, ..tensor })
}

pub(crate) fn size<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<Vec<u64>> {
    let [items] = call.bare()?.exactly()?;
    sizes(items)
}

/// `device(kind[, index])`
pub(crate) fn device<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Device<'g>> {
    let (_, [kind, index]) = call.bare()?.up_to()?;
    let index = if index.is_none() { None } else { Some(u64::try_from(index.as_i64()?).ok()?) };
    Some(Device { kind: text(kind)?, index })
}

debug_fields!(
    Tensor,
    this {
        is_parameter: this.is_parameter,
        class: this.class,
        attributes: this.attributes,
        requires_grad: this.requires_grad,
        layout: this.layout,
    }
);
