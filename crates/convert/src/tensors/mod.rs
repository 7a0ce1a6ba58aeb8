//! The tensors of a file: what is the same for all kinds of files.

mod numpy;
mod safetensors;
mod walk;

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use halfsour::Node;
use halfsour::classes::numpy::ArrayData;
use halfsour::classes::torch::{self, ByteOrder, DType, Dense, Layout, Place, Quantiser, Sparse};
use halfsour::classes::{Known, recognise};
use halfsour::value::Step;
use halfsour_files::{Contents, Torch};

pub use numpy::{Array, is_npy};
pub use safetensors::{is_safetensors, safe_dtype};
pub use walk::walk;

/// The tensors of a pickle, or of a file of safetensors.
pub struct Tensors<'g> {
    /// In the order of the data.
    pub all: Vec<Tensor<'g>>,
    pub storages: Vec<Storage>,
    by_key: HashMap<Key<'g>, usize>,
    /// How many bytes more there may be of names and the like.
    left: usize,
}

pub struct Tensor<'g> {
    pub name: String,
    /// As torch names it; a question mark if its storage, which cannot be read, would tell.
    pub dtype: Cow<'static, str>,
    pub shape: Vec<u64>,
    /// In elements.
    pub strides: Vec<u64>,
    /// How many bytes its elements take, side by side, if that is a number of 64 bits.
    pub bytes: Option<u64>,
    /// In which of the storages it is, and how far from its beginning, in bytes.
    pub place: Option<(usize, u64)>,
    /// What else there is to say.
    pub notes: Vec<Cow<'static, str>>,
    /// Whether it is but a part of a sparse one.
    pub is_part: bool,
    /// How to get at its elements.
    pub form: Option<Form<'g>>,
}

/// How elements lie, and where those of numpy do.
pub enum Form<'g> {
    Torch(Dense<'g>, DType),
    Numpy(Array<'g>),
}

impl<'g> Form<'g> {
    /// As torch would have it, if it has such elements.
    pub fn dense(&self) -> Option<(&Dense<'g>, DType)> {
        match self {
            Self::Torch(dense, dtype) => Some((dense, *dtype)),
            Self::Numpy(array) => array.dense.as_ref().map(|(dense, dtype)| (dense, *dtype)),
        }
    }
}

pub struct Storage {
    pub name: String,
    /// What is in it, or why that cannot be told.
    pub contents: Result<Contents, String>,
    /// How many bytes it has, if that is known.
    pub length: Option<usize>,
    /// Where it begins in the file's bytes, with compression taken off, if it is there as it is.
    pub start: Option<usize>,
}

/// The elements of a tensor, all within its storage.
pub enum Elements<'t> {
    Torch(Flat<'t>),
    Numpy(&'t Array<'t>),
}

/// Elements of a type that torch has.
pub struct Flat<'t> {
    pub dtype: DType,
    dense: &'t Dense<'t>,
    bytes: &'t [u8],
    order: ByteOrder,
}

impl<'t> Elements<'t> {
    /// As torch would have them; or the name of the type, if it has none such.
    pub fn flat(self) -> Result<Flat<'t>, String> {
        match self {
            Self::Torch(flat) => Ok(flat),
            Self::Numpy(array) => array.flat().ok_or_else(|| array.dtype.to_string()),
        }
    }
}

impl Flat<'_> {
    /// Side by side, the last dimension first, little-endian.
    pub fn contiguous(&self) -> Cow<'_, [u8]> {
        let data = self.dense.contiguous(self.dtype, self.bytes, self.order);
        data.expect("that it is within its storage was looked at before")
    }
}

impl Tensor<'_> {
    /// The first thing that there is to say.
    pub fn note(&self) -> &str {
        self.notes.first().map_or("its elements are not known", |note| note)
    }
}

/// What tells storages apart.
#[derive(PartialEq, Eq, Hash)]
enum Key<'g> {
    Beside(&'g str),
    /// By where they are.
    Embedded(usize),
}

impl<'g> Tensors<'g> {
    /// Those of a pickle, and of the torch file that it is of, if it is of one; arrays of numpy, too. There may be so many bytes of
    /// names and the like.
    pub fn of_pickle<S: AsRef<[u8]>>(
        root: Node<'g, S>,
        torch: Option<&Torch>,
        most: usize,
    ) -> Result<Self, String> {
        let mut tensors = Self { all: Vec::new(), storages: Vec::new(), by_key: HashMap::new(), left: most };
        walk(root, |node, name| tensors.add(node, name, torch))?;
        Ok(tensors)
    }

    /// The elements of one of the tensors, or why they cannot be had.
    pub fn elements<'t>(&'t self, tensor: &'t Tensor<'_>) -> Result<Elements<'t>, String> {
        if tensor.is_part {
            return Err(format!("{}: sparse tensors cannot be converted", tensor.note()));
        }
        let (Some((storage, _)), Some(form)) = (tensor.place, &tensor.form) else {
            return Err(tensor.note().to_owned());
        };
        let (dense, dtype) = match form {
            Form::Torch(dense, dtype) => (dense, *dtype),
            Form::Numpy(array) => return Ok(Elements::Numpy(array)),
        };
        let Contents { bytes, byte_order, .. } =
            self.storages[storage].contents.as_ref().map_err(String::clone)?;
        match dense.positions(dtype, bytes.len()) {
            Some(_) => Ok(Elements::Torch(Flat { dtype, dense, bytes, order: *byte_order })),
            None => Err("not within its storage".to_owned()),
        }
    }

    /// How many bytes all storages have.
    pub fn stored(&self) -> usize {
        self.storages.iter().filter_map(|storage| storage.length).sum()
    }

    /// Whether several may lie in one storage: not in a file of safetensors, which is one storage.
    pub fn may_share(&self) -> bool {
        !self.by_key.is_empty()
    }

    /// Adds what is a tensor; says whether it is one.
    fn add<S: AsRef<[u8]>>(
        &mut self,
        node: Node<'g, S>,
        name: &dyn Fn() -> String,
        file: Option<&Torch>,
    ) -> Result<bool, String> {
        match recognise(node) {
            Some(Known::Tensor(tensor)) => {
                let mut name = name();
                if name.is_empty() {
                    "tensor".clone_into(&mut name);
                }
                self.torch(name, tensor, file)?;
                Ok(true)
            }
            Some(Known::NdArray(array)) => {
                let mut name = name();
                if name.is_empty() {
                    "array".clone_into(&mut name);
                }
                self.array(name, node, &array)?;
                // There may be others among objects; joblib's wrapper has in it the array that it stands for, once more.
                Ok(!matches!(array.data, ArrayData::Objects(_)) || is_wrapper(node))
            }
            _ => Ok(false),
        }
    }

    fn torch<S: AsRef<[u8]>>(
        &mut self,
        name: String,
        tensor: torch::Tensor<'g, S>,
        file: Option<&Torch>,
    ) -> Result<(), String> {
        let mut notes: Vec<Cow<'static, str>> = Vec::new();
        if tensor.is_parameter {
            notes.push("parameter".into());
        }
        if let Some(class) = tensor.class {
            let class = class.as_global().map(|class| crate::text::global(&class));
            notes.push(format!("of class {}", class.as_deref().unwrap_or("?")).into());
        }
        match tensor.layout {
            Layout::Strided(dense) => self.dense(name, dense, notes, false, file),
            Layout::Quantised(dense, Quantiser::Tensor { scale, zero_point }) => {
                notes.push(format!("quantised: scale {scale}, zero point {zero_point}").into());
                self.dense(name, dense, notes, false, file)
            }
            Layout::Quantised(dense, Quantiser::Channel { scales, zero_points, axis }) => {
                notes.push(format!("quantised along dimension {axis}").into());
                let (of_scales, of_points) = (format!("{name}.scales"), format!("{name}.zero_points"));
                self.dense(name, dense, notes, false, file)?;
                self.dense(of_scales, *scales, Vec::new(), false, file)?;
                self.dense(of_points, *zero_points, Vec::new(), false, file)
            }
            Layout::Sparse(sparse) => {
                let Sparse { layout, shape, pointers, indices, values, .. } = *sparse;
                let note = || vec![format!("{layout} of shape {}", crate::text::shape(&shape)).into()];
                if let Some(pointers) = pointers {
                    self.dense(format!("{name}.pointers"), pointers, note(), true, file)?;
                }
                self.dense(format!("{name}.indices"), indices, note(), true, file)?;
                self.dense(format!("{name}.values"), values, note(), true, file)
            }
            Layout::Meta { dtype, shape, strides } => {
                notes.push("on the device meta, without elements".into());
                let bytes = Some(0);
                let dtype = dtype.name().into();
                self.push(Tensor {
                    name,
                    dtype,
                    shape,
                    strides,
                    bytes,
                    place: None,
                    notes,
                    is_part: false,
                    form: None,
                })
            }
            _ => Err(format!("{name}: a tensor of an unknown layout")),
        }
    }

    fn dense(
        &mut self,
        name: String,
        dense: Dense<'g>,
        mut notes: Vec<Cow<'static, str>>,
        is_part: bool,
        file: Option<&Torch>,
    ) -> Result<(), String> {
        let storage = self.storage(&dense, file);
        let contents = &self.storages[storage].contents;
        let dtype = dense.dtype.or_else(|| contents.as_ref().ok()?.dtype);
        let size = dtype.map_or(1, DType::size) as u64;
        match contents {
            Err(problem) => notes.push(problem.clone().into()),
            Ok(Contents { bytes, .. }) => {
                let told = |length| length == bytes.len() as u64;
                if matches!(dense.storage.place, Place::Beside { length, .. } if !told(length)) {
                    notes.push("its storage is not as long as the pickle says".into());
                }
                if dtype.is_some_and(|dtype| dense.positions(dtype, bytes.len()).is_none()) {
                    notes.push("not within its storage".into());
                }
            }
        }
        if dense.is_conjugate {
            notes.push("conjugate".into());
        }
        if dense.is_negative {
            notes.push("negative".into());
        }
        self.push(Tensor {
            name,
            dtype: dtype.map_or("?", DType::name).into(),
            shape: dense.shape.clone(),
            strides: dense.strides.clone(),
            bytes: dense.len().and_then(|count| count.checked_mul(dtype?.size() as u64)),
            place: Some((storage, dense.offset.saturating_mul(size))),
            notes,
            is_part,
            form: dtype.map(|dtype| Form::Torch(dense, dtype)),
        })
    }

    fn push(&mut self, tensor: Tensor<'g>) -> Result<(), String> {
        let room = size_of::<Tensor<'_>>() + tensor.name.len() + 32 * tensor.shape.len();
        self.left = self.left.checked_sub(room).ok_or("its list of tensors is longer than the limit")?;
        self.all.push(tensor);
        Ok(())
    }

    /// Which of the storages it is.
    fn storage(&mut self, dense: &Dense<'g>, torch: Option<&Torch>) -> usize {
        let (key, name) = match dense.storage.place {
            Place::Beside { key, .. } => (Key::Beside(key), key.to_owned()),
            Place::Embedded(file) => (Key::Embedded(file.as_ptr().addr()), "in the pickle".to_owned()),
        };
        let next = self.storages.len();
        let index = *self.by_key.entry(key).or_insert(next);
        if index == next {
            let contents = match (torch, dense.storage.place) {
                (_, Place::Embedded(file)) => Contents::embedded("a storage", &Bytes::copy_from_slice(file)),
                (Some(torch), Place::Beside { .. }) => torch.contents(&dense.storage),
                (None, Place::Beside { .. }) => {
                    let contents = Err("its storage is in another file".to_owned());
                    self.storages.push(Storage { name, contents, length: None, start: None });
                    return index;
                }
            };
            let contents =
                contents.map_err(|error| format!("its storage cannot be read: {}", error.reason()));
            let start = torch.and_then(|torch| Some(torch.place(&name)?.start));
            let length = contents.as_ref().ok().map(|contents| contents.bytes.len());
            self.storages.push(Storage { name, contents, length, start });
        }
        index
    }
}

/// Whether something was appended to it, as the array to joblib's wrapper is.
fn is_wrapper<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    node.as_instance().is_some_and(|object| object.steps().any(|step| matches!(step, Step::Append(_))))
}
