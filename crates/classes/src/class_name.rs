//! [`class_name`]: the name of the class of a known object. [`callable_name`]: the name of what made it.

use halfsour_value::Node;

use crate::call::Call;
use crate::names::Name;

/// Functions that make objects of a class, and what the class is called.
#[rustfmt::skip]
const MAKERS: &[(Name, Name)] = &[
    (("zoneinfo", "ZoneInfo._unpickle"), ("zoneinfo", "ZoneInfo")),
    (("pytz", "_UTC"), ("pytz", "UTC")),
    (("pytz", "_p"), ("pytz", "timezone")),
    (("cloudpickle.cloudpickle", "_make_function"), ("types", "FunctionType")),
    (("cloudpickle.cloudpickle", "_make_skel_func"), ("types", "FunctionType")),
    (("cloudpickle.cloudpickle", "_fill_function"), ("types", "FunctionType")),
    (("cloudpickle.cloudpickle", "_make_cell"), ("types", "CellType")),
    (("cloudpickle.cloudpickle", "_make_empty_cell"), ("types", "CellType")),
    (("cloudpickle.cloudpickle", "_make_skeleton_class"), ("builtins", "type")),
    (("cloudpickle.cloudpickle", "_make_skeleton_enum"), ("enum", "EnumType")),
    (("dill._dill", "_create_code"), ("types", "CodeType")),
    (("dill._dill", "_create_function"), ("types", "FunctionType")),
    (("dill._dill", "_create_cell"), ("types", "CellType")),
    (("dill._dill", "_create_type"), ("builtins", "type")),
    (("array", "_array_reconstructor"), ("array", "array")),
    (("re", "_compile"), ("re", "Pattern")),
    (("shapely.io", "_unpickle_linearring"), ("shapely.geometry", "LinearRing")),
    (("shapely.io", "from_wkb"), ("shapely", "Geometry")),
    (("pyarrow.lib", "_restore_array"), ("pyarrow.lib", "Array")),
    (("pyarrow.lib", "chunked_array"), ("pyarrow.lib", "ChunkedArray")),
    (("numpy._core.multiarray", "_reconstruct"), ("numpy", "ndarray")),
    (("numpy._core.numeric", "_frombuffer"), ("numpy", "ndarray")),
    (("numpy._core._internal", "_convert_to_stringdtype_kwargs"), ("numpy.dtypes", "StringDType")),
    (("numpy.ma.core", "_mareconstruct"), ("numpy.ma", "MaskedArray")),
    (("joblib.numpy_pickle", "NumpyArrayWrapper"), ("numpy", "ndarray")),
    (("dill._dill", "_create_array"), ("numpy", "ndarray")),
    (("jax._src.array", "_reconstruct_array"), ("jax", "Array")),
    (("cupy._core.core", "array"), ("cupy", "ndarray")),
    (("theano.sandbox.cuda.type", "CudaNdarray_unpickler"), ("theano.sandbox.cuda", "CudaNdarray")),
    (("tensorflow.python.framework.ops", "convert_to_tensor"), ("tensorflow", "Tensor")),
    (("pandas._libs.tslibs.timestamps", "_unpickle_timestamp"), ("pandas", "Timestamp")),
    (("pandas._libs.tslibs.timedeltas", "_timedelta_unpickle"), ("pandas", "Timedelta")),
    (("pandas._libs.tslibs.nattype", "_nat_unpickle"), ("pandas", "NaT")),
];

/// Returns the class of an object, if it is known here, by the module and the name that it has today; also where the pickle names a
/// function that makes such objects.
///
/// ```
/// use halfsour_classes::class_name;
///
/// // re.compile("a")
/// let graph = halfsour_vm::from_slice(b"cre\n_compile\n(Va\nK\x20tR.")?;
/// assert_eq!(class_name(graph.root()), Some(("re", "Pattern")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn class_name<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(&'static str, &'static str)> {
    let name = Call::of(node)?.name;
    Some(MAKERS.iter().find(|(maker, _)| *maker == name).map_or(name, |(_, class)| *class))
}

/// Returns what is called to make an object, if it is known here, by the module and the name that it has today: the class, or a
/// function that makes such objects.
///
/// ```
/// use halfsour_classes::callable_name;
///
/// // re.compile("a")
/// let graph = halfsour_vm::from_slice(b"cre\n_compile\n(Va\nK\x20tR.")?;
/// assert_eq!(callable_name(graph.root()), Some(("re", "_compile")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn callable_name<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(&'static str, &'static str)> {
    Some(Call::of(node)?.name)
}
