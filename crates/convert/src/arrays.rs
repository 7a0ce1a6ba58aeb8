//! Files of arrays that hold no pickle: `.npy`, `.npz` and safetensors, as the pickles that numpy would make of the
//! same arrays. So they can be shown, searched and converted as pickles are.

use halfsour_classes::ClassBuilder;
use halfsour_classes::numpy::{ByteOrder, DType, Extended, Field, Kind, Structure};
use halfsour_files::{Input, Literal, Npy, Part};
use halfsour_value::{Builder, Id, TreeLimits, Value};
use halfsour_vm::{self as vm, Loader};
use halfsour_writer::{self as writer, to_vec};
use safetensors::{Dtype, SafeTensors};

use crate::tensors::{is_npy, is_safetensors};

/// Returns a pickle of the arrays of a file, if it is a `.npy` without a pickle, or one of safetensors; `None` if it
/// is neither.
///
/// ```
/// use halfsour_convert::arrays::pickle_of;
/// use halfsour_files::{Input, Limits, Npy};
///
/// let mut file = Npy::header("'|u1'", false, &[2]);
/// file.extend([7, 8]);
/// let input = Input::from_bytes("a.npy", file.into(), Limits::UNTRUSTED)?;
/// let part = input.parts_with_arrays()?.next().expect("it is one part")?;
/// let pickle = pickle_of(&part).expect("it is an array")?;
/// let graph = halfsour_vm::from_slice(&pickle)?;
/// assert_eq!(halfsour_classes::numpy::array(graph.root()).unwrap().to_vec::<u8>()?, [7, 8]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The reason, if the file is malformed or has a type of elements that is not known.
pub fn pickle_of(part: &Part) -> Option<Result<Vec<u8>, String>> {
    let bytes = part.bytes();
    let mut builder = Builder::new();
    let made = if is_safetensors(bytes) {
        of_safetensors(&mut builder, bytes)
    } else if is_npy(bytes) {
        of_npy(&mut builder, bytes)
    } else {
        return None;
    };
    Some(made.and_then(|root| pickled(builder, root)))
}

/// The arrays of an archive.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Arrays {
    /// A pickle of a dict of the arrays.
    pub pickle: Vec<u8>,
    /// The members that the dict lacks: arrays of objects that are no trees, or cannot be read.
    pub others: Vec<String>,
    /// What else the dict lacks: a line for each member that is cut off, and for the archive. It is only there with
    /// [`Options::salvage`](halfsour_files::Options::salvage).
    pub damage: Vec<String>,
}

/// Returns the arrays of an archive, of which each member is a `.npy`. Those of objects are pickles, which are read
/// with these options.
///
/// # Errors
///
/// If a member cannot be read, or has a type of elements that is not known.
pub fn pickle_of_archive(input: &Input, reading: &vm::Options) -> Result<Arrays, String> {
    let mut builder = Builder::new();
    let (mut items, mut others, mut damage) = (Vec::new(), Vec::new(), Vec::new());
    for part in input.parts_with_tensors().map_err(|error| error.to_string())? {
        let part = match part {
            Err(error) if input.source().salvages() => {
                damage.push(error.to_string());
                continue;
            }
            part => part.map_err(|error| error.to_string())?,
        };
        if let Some(error) = part.damage() {
            damage.push(error.to_string());
            continue;
        }
        let name = part.name().rsplit(':').next().unwrap_or_default();
        let name = name.strip_suffix(".npy").unwrap_or(name);
        if is_npy(part.bytes()) {
            let array = of_npy(&mut builder, part.bytes()).map_err(|why| format!("{name}: {why}"))?;
            items.push((builder.str(name), array));
        } else if let Some(tree) = tree(part.bytes(), reading) {
            let array = builder.value(&tree).map_err(|error| format!("{name}: {error}"))?;
            items.push((builder.str(name), array));
        } else {
            others.push(name.to_owned());
        }
    }
    let root = builder.dict(&items).map_err(|error| error.to_string())?;
    Ok(Arrays { pickle: pickled(builder, root)?, others, damage })
}

/// Returns an array of objects, if it is a tree: it may hold itself, or be too large for one.
fn tree(npy: &[u8], reading: &vm::Options) -> Option<Value> {
    let pickle = Npy::parse(npy).ok()?.pickle()?;
    let graph = Loader::with_options(reading.clone()).load_at(npy, pickle).ok()?;
    graph.to_value(TreeLimits::UNTRUSTED).ok()
}

fn pickled(builder: Builder, root: Id) -> Result<Vec<u8>, String> {
    let options = writer::Options::default().with_protocol(4).with_limits(writer::Limits::TRUSTED);
    to_vec(builder.build(root).root(), &options).map_err(|error| error.to_string())
}

fn of_npy(builder: &mut Builder, bytes: &[u8]) -> Result<Id, String> {
    let npy = Npy::parse(bytes).map_err(|error| error.to_string())?;
    let dtype = described(&npy.descr).ok_or("an array whose elements are of a type that is not known")?;
    let data = bytes.get(npy.data..).ok_or("the file ends before its elements")?;
    array(builder, &dtype, &npy.shape, npy.fortran_order, data)
}

/// Reads the type in a header: `'<f4'`, or of records `[('a', '<i4'), ('b', '|S3', (2,))]`, of which fields of
/// several numbers are not known.
fn described(descr: &Literal) -> Option<DType> {
    let fields = match descr {
        Literal::Str(descr) => return DType::parse(descr),
        Literal::List(fields) => fields,
        _ => return None,
    };
    let (mut all, mut offset) = (Vec::new(), 0);
    for field in fields {
        let Literal::Tuple(parts) = field else { return None };
        let [Literal::Str(name), Literal::Str(descr)] = parts.as_slice() else { return None };
        let dtype = DType::parse(descr)?;
        let size = dtype.size;
        // Room between fields has no name.
        if !name.is_empty() {
            all.push(Field { name: name.clone(), title: None, offset, dtype });
        }
        offset += size;
    }
    let structure = Structure { fields: all, is_aligned: false, is_record: false };
    Some(DType { kind: Kind::Structured(Box::new(structure)), size: offset, order: ByteOrder::Little })
}

fn extended(name: &str) -> Option<DType> {
    let of = Extended::from_name(name)?;
    Some(DType { kind: Kind::Extended(of), size: of.size(), order: ByteOrder::Little })
}

fn of_safetensors(builder: &mut Builder, bytes: &[u8]) -> Result<Id, String> {
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    let mut items = Vec::new();
    for (name, tensor) in tensors.iter() {
        let dtype =
            dtype(tensor.dtype()).ok_or_else(|| format!("{name}: numpy has no type {}", tensor.dtype()))?;
        let shape: Vec<u64> = tensor.shape().iter().map(|length| *length as u64).collect();
        let array =
            array(builder, &dtype, &shape, false, tensor.data()).map_err(|why| format!("{name}: {why}"))?;
        items.push((builder.str(name), array));
    }
    builder.dict(&items).map_err(|error| error.to_string())
}

fn array(
    builder: &mut Builder,
    dtype: &DType,
    shape: &[u64],
    is_fortran: bool,
    data: &[u8],
) -> Result<Id, String> {
    let count = shape.iter().try_fold(dtype.size as u64, |size, length| size.checked_mul(*length));
    if count.is_none_or(|count| count != data.len() as u64) {
        return Err("the file is not as long as its header says".to_owned());
    }
    let shape = shape.iter().map(|length| usize::try_from(*length).map_err(|_| "too large".to_owned()));
    let shape = shape.collect::<Result<Vec<_>, _>>()?;
    let data = builder.bytes(data);
    let mut classes = ClassBuilder::new(builder);
    let made = classes.dtype(dtype).and_then(|dtype| classes.nd_array(dtype, &shape, is_fortran, data));
    made.map_err(|error| error.to_string())
}

/// Returns numpy's type, if numpy or `ml_dtypes` has it.
fn dtype(of: Dtype) -> Option<DType> {
    Some(match of {
        Dtype::BOOL => DType::parse("|b1")?,
        Dtype::U8 => DType::parse("|u1")?,
        Dtype::I8 => DType::parse("|i1")?,
        Dtype::U16 => DType::parse("<u2")?,
        Dtype::I16 => DType::parse("<i2")?,
        Dtype::U32 => DType::parse("<u4")?,
        Dtype::I32 => DType::parse("<i4")?,
        Dtype::U64 => DType::parse("<u8")?,
        Dtype::I64 => DType::parse("<i8")?,
        Dtype::F16 => DType::parse("<f2")?,
        Dtype::F32 => DType::parse("<f4")?,
        Dtype::F64 => DType::parse("<f8")?,
        Dtype::C64 => DType::parse("<c8")?,
        Dtype::BF16 => extended("bfloat16")?,
        Dtype::F8_E4M3 => extended("float8_e4m3fn")?,
        Dtype::F8_E4M3FNUZ => extended("float8_e4m3fnuz")?,
        Dtype::F8_E5M2 => extended("float8_e5m2")?,
        Dtype::F8_E5M2FNUZ => extended("float8_e5m2fnuz")?,
        Dtype::F8_E8M0 => extended("float8_e8m0fnu")?,
        _ => return None,
    })
}
