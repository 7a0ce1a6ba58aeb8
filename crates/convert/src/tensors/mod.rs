//! The tensors of a file, of whatever kind the file is.

mod list;
mod missing;
mod numpy;
mod safetensors;
mod table;
mod walk;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use halfsour_classes::memory::Strided;
use halfsour_classes::numpy::{ArrayData, array_file};
use halfsour_classes::torch::{self, ByteOrder, DType, Dense, Layout, Place, Quantiser, Sparse};
use halfsour_classes::{Known, recognise};
use halfsour_files::{Contents, Part, PickleError, Torch};
use halfsour_text::phrase::shape;
use halfsour_value::{Node, Step};
use halfsour_vm::Loader;

pub use list::{Row, TensorList};
pub(crate) use numpy::Array;
pub(crate) use numpy::is_npy;
pub(crate) use safetensors::{is_safetensors, safe_dtype};
pub(crate) use walk::walk;

use crate::convert::{Subject, Unfinished, load};
use crate::{ConvertError, Error, Options, arrays};

/// Lists the tensors of a file, or of a member of an archive: a list for each pickle.
///
/// The file may be torch's, old or new, any other with pickles in which torch's tensors or numpy's arrays are, a file
/// of safetensors, or a `.npy`. [`Input::parts_with_tensors`](halfsour_files::Input::parts_with_tensors) returns the
/// parts of a file to call this with.
///
/// ```
/// use halfsour_convert::{Options, tensors};
/// use halfsour_files::{Input, Limits};
///
/// let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/torch.pt");
/// let input = Input::open(file, Limits::UNTRUSTED)?;
/// let part = input.parts_with_tensors()?.next().expect("it is torch's")?;
/// let lists = tensors(&part, &Options::default())?;
/// let weight = &lists[0].tensors[0];
/// assert_eq!((&*weight.name, &*weight.dtype, &weight.shape[..]), ("weight", "float32", &[2, 3][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If a pickle cannot be loaded, if a tensor cannot be described, or if the list would be longer than the limits allow.
pub fn tensors(part: &Part, options: &Options) -> Result<Vec<TensorList>, Error> {
    let mut lists = Vec::new();
    each_tensors(part, options, |tensors| {
        lists.push(tensors.list());
        Ok(())
    })?;
    Ok(lists)
}

/// Calls a function with the tensors of each pickle, or of the part to which [`Options::path`] leads. They also give
/// their elements: see
/// [`Tensors::contiguous`].
///
/// # Errors
///
/// As [`tensors`]; and the error that the function returns. An array in another file that is missing is an error after the function
/// was called. With [`Options::salvage`], the function is called with
/// what was complete before [`ConvertError::Damage`].
pub fn each_tensors<E: From<ConvertError>>(
    part: &Part,
    options: &Options,
    mut each: impl FnMut(&Tensors<'_>) -> Result<(), E>,
) -> Result<(), PickleError<E>> {
    let bytes = part.bytes();
    let whole =
        |error| PickleError { name: part.name().to_owned(), start: 0, before: 0, error, look_alike: None };
    let mut loader = Loader::with_options(options.reading.clone());
    let path = options.path.as_ref();
    if path.is_some_and(|path| !path.segments().is_empty())
        && let Some(pickle) = arrays::pickle_of(part)
    {
        let run = || {
            let pickle = pickle.map_err(ConvertError::from)?;
            let graph = loader.load(pickle.as_slice()).map_err(ConvertError::from)?;
            let most = options.limits.json.room(bytes.len());
            each(&Subject::of(&graph, None, path)?.tensors(most)?)
        };
        return run().map_err(whole);
    }
    let all = if is_safetensors(bytes) {
        Some(Tensors::of_safetensors(bytes))
    } else if is_npy(bytes) {
        Some(Tensors::of_npy(bytes))
    } else {
        None
    };
    if let Some(tensors) = all {
        let tensors = tensors.map_err(|why| E::from(why.into()));
        return tensors.and_then(|tensors| each(&tensors)).map_err(whole);
    }
    let mut count = 0;
    part.each_pickle(options.first, |bytes, start| {
        let (mut graph, damage) = load(&mut loader, bytes, start, options)?;
        count += 1;
        if let Some(damage) = &damage
            && options.means(count)
        {
            Unfinished::Dropped.prepare(&mut graph, damage, options)?;
        }
        if options.means(count) {
            let most = options.limits.json.room(bytes.len());
            let tensors = Subject::of(&graph, part.torch(), path)?.tensors(most)?;
            each(&tensors)?;
            tensors.check()?;
        }
        match damage {
            Some(damage) => Err(ConvertError::Damage(Box::new(damage)).into()),
            None => Ok::<_, E>(graph.end()),
        }
    })?;
    options.check(count).map_err(|error| whole(error.into()))
}

/// The tensors of a pickle, of a file of safetensors, or of a `.npy`.
#[non_exhaustive]
pub struct Tensors<'g> {
    /// The tensors in the order of the data.
    pub all: Vec<Tensor<'g>>,
    /// The storages that they lie in.
    pub storages: Vec<Storage>,
    by_key: HashMap<Key<'g>, usize>,
    /// The bytes that names and shapes may still take.
    left: usize,
}

/// A tensor of torch or safetensors, or an array of numpy.
#[non_exhaustive]
pub struct Tensor<'g> {
    /// The keys, attributes and indices that lead to the tensor, with dots between them, as torch names parameters.
    pub name: String,
    /// The type of the elements, as torch or numpy names it; `?` if only the storage would tell, which cannot be read.
    pub dtype: Cow<'static, str>,
    /// The length of each dimension.
    pub shape: Vec<u64>,
    /// The distance of neighbours in each dimension, in elements.
    pub strides: Vec<u64>,
    /// The bytes that the elements take side by side, if that is a number of 64 bits.
    pub bytes: Option<u64>,
    /// The index of the storage in [`Tensors::storages`], and the offset of the first element in it, in bytes.
    pub place: Option<(usize, u64)>,
    /// Remarks, such as `parameter` or the reason that the elements cannot be read.
    pub notes: Vec<Cow<'static, str>>,
    /// Whether this is a part of a sparse tensor.
    pub is_part: bool,
    pub(crate) form: Option<Form<'g>>,
}

/// The way in which elements lie.
pub(crate) enum Form<'g> {
    Torch(Dense<'g>, DType),
    Numpy(Array<'g>),
}

impl Form<'_> {
    /// Returns the type that torch has for such elements, if it has one, and whether they are marked as conjugates
    /// and as negatives.
    pub(crate) fn torch(&self) -> Option<(DType, bool, bool)> {
        match self {
            Self::Torch(dense, dtype) => Some((*dtype, dense.is_conjugate, dense.is_negative)),
            Self::Numpy(array) => array.torch.map(|dtype| (dtype, false, false)),
        }
    }
}

/// A storage, in which tensors lie.
#[derive(Debug)]
#[non_exhaustive]
pub struct Storage {
    /// The key of the storage in a file of torch, or a text that says where it is.
    pub name: String,
    /// The contents, or the reason that they cannot be read.
    pub contents: Result<Contents, String>,
    /// The length in bytes, if it is known.
    pub length: Option<usize>,
    /// The offset in the file, with compression taken off, if the storage is there as it is.
    pub start: Option<usize>,
}

impl fmt::Debug for Tensors<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { all, storages, .. } = self;
        f.debug_struct("Tensors").field("all", all).field("storages", storages).finish_non_exhaustive()
    }
}

impl fmt::Debug for Tensor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, dtype, shape, notes, .. } = self;
        let mut tensor = f.debug_struct("Tensor");
        tensor.field("name", name).field("dtype", dtype).field("shape", shape).field("notes", notes);
        tensor.finish_non_exhaustive()
    }
}

/// The elements of a tensor, all within its storage.
pub(crate) enum Elements<'t> {
    Torch(Flat<'t>),
    Numpy(&'t Array<'t>),
}

/// Elements of a type that torch has.
pub(crate) struct Flat<'t> {
    pub(crate) dtype: DType,
    places: Places<'t>,
    bytes: &'t [u8],
    order: ByteOrder,
}

/// The places of elements in their bytes.
enum Places<'t> {
    Torch(&'t Dense<'t>),
    Numpy(&'t Strided),
}

impl<'t> Elements<'t> {
    /// Returns elements of a type that torch has; or the name of the type, if torch has no such.
    pub(crate) fn flat(self) -> Result<Flat<'t>, String> {
        match self {
            Self::Torch(flat) => Ok(flat),
            Self::Numpy(array) => array.flat().ok_or_else(|| array.dtype.to_string()),
        }
    }
}

impl<'t> Flat<'t> {
    /// Returns the elements side by side, the last dimension first, little-endian.
    pub(crate) fn contiguous(&self) -> Cow<'t, [u8]> {
        let (of, order) = (self.dtype, self.order);
        let data = match self.places {
            Places::Torch(dense) => dense.contiguous(of, self.bytes, order),
            Places::Numpy(strided) => strided.gather(self.bytes, of.size(), of.number_size(), order),
        };
        data.expect("that it is within its storage was looked at before")
    }
}

impl Tensor<'_> {
    /// Returns the first note, for a complaint.
    fn note(&self) -> &str {
        self.notes.first().map_or("its elements are not known", |note| note)
    }
}

/// The mark by which storages are told apart.
#[derive(PartialEq, Eq, Hash)]
enum Key<'g> {
    Beside(&'g str),
    /// The address of the first byte.
    Embedded(usize),
}

impl<'g> Tensors<'g> {
    /// Finds the tensors of torch and the arrays of numpy in a graph, columns of pandas among them. The pickle may be
    /// that of a torch file, which has the storages. Names and shapes may take `most` bytes.
    ///
    /// # Errors
    ///
    /// If the data nests too deep, if a tensor has an unknown layout, or if names and shapes would take more than
    /// `most` bytes.
    pub fn of_pickle<S: AsRef<[u8]> + Clone>(
        root: Node<'g, S>,
        torch: Option<&Torch>,
        most: usize,
    ) -> Result<Self, String> {
        let mut tensors = Self { all: Vec::new(), storages: Vec::new(), by_key: HashMap::new(), left: most };
        walk(root, |node, name| tensors.add(node, name, torch))?;
        Ok(tensors)
    }

    /// Returns the elements of one of these tensors side by side, the last dimension first, little-endian.
    ///
    /// # Errors
    ///
    /// If the tensor is part of a sparse one, if its storage cannot be read or is too short, or if it has elements of
    /// a type that torch has not, such as records.
    pub fn contiguous<'t>(&'t self, tensor: &'t Tensor<'_>) -> Result<Cow<'t, [u8]>, ConvertError> {
        let flat = self.elements(tensor)?.flat().map_err(|of| format!("torch has no type {of}"))?;
        Ok(flat.contiguous())
    }

    pub(crate) fn elements<'t>(&'t self, tensor: &'t Tensor<'_>) -> Result<Elements<'t>, String> {
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
            Some(_) => {
                Ok(Elements::Torch(Flat { dtype, places: Places::Torch(dense), bytes, order: *byte_order }))
            }
            None => Err("not within its storage".to_owned()),
        }
    }

    /// Returns the bytes of all storages together.
    pub(crate) fn stored(&self) -> usize {
        self.storages.iter().filter_map(|storage| storage.length).sum()
    }

    /// Whether that several lie in one storage says that they share it. A file of safetensors is one storage, in
    /// which nothing is shared.
    pub(crate) fn may_share(&self) -> bool {
        !self.by_key.is_empty()
    }

    /// Adds a node if it is a tensor. Returns whether it is one that holds no others.
    fn add<S: AsRef<[u8]> + Clone>(
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
                // There may be others among objects; joblib's wrapper has in it the array that it stands for, once
                // more.
                Ok(!matches!(array.data, ArrayData::Objects(_)) || is_wrapper(node))
            }
            Some(known) => self.table(name, node, &known),
            None => match array_file(node) {
                Some(file) => self.missing(name(), &file).map(|()| true),
                None => Ok(false),
            },
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
            let class = class.as_global().map(|class| class.visible_name());
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
                let note = || vec![format!("{layout} of shape {}", self::shape(&shape)).into()];
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
            shape: dense.strided.shape.clone(),
            strides: dense.strided.strides.clone(),
            bytes: dense.strided.len().and_then(|count| count.checked_mul(dtype?.size() as u64)),
            place: Some((storage, dense.strided.offset.saturating_mul(size))),
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

    /// Returns the index of the storage of a tensor, which is added if it is new.
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

/// Whether something was appended to the object, as joblib's wrapper has its array.
fn is_wrapper<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    node.as_instance().is_some_and(|object| object.steps().any(|step| matches!(step, Step::Append(_))))
}
