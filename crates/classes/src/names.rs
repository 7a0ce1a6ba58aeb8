//! The one table of the classes and functions that are known: their names of today, and those that they had before.

use std::borrow::Cow;
use std::sync::LazyLock;

use halfsour_text::names::to_python2;
use hashbrown::{Equivalent, HashMap};

/// A module and a qualified name in it.
pub(crate) type Name = (&'static str, &'static str);

/// Each row: the class here, its module, and its names in that module. `recognise.rs` says which have a reader.
macro_rules! table {
    ($($class:ident: $module:literal [$($name:literal)+];)*) => {
        /// A row of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Class { $($class,)* }

        const NAMES: &[(Name, Class)] = &[$($((($module, $name), Class::$class),)+)*];
    };
}

#[rustfmt::skip]
table! {
    // ---- The standard library ----
    GetAttr: "builtins" ["getattr"];
    DillGetAttr: "dill._dill" ["_get_attr"];
    DillModule: "dill._dill" ["_import_module"];
    DillType: "dill._dill" ["_load_type"];
    CloudpickleType: "cloudpickle.cloudpickle" ["_builtin_type"];
    Date: "datetime" ["date"];
    DateTime: "datetime" ["datetime"];
    Time: "datetime" ["time"];
    TimeDelta: "datetime" ["timedelta"];
    TzInfo: "datetime" ["tzinfo"];
    TimeZone: "datetime" ["timezone"];
    ZoneInfo: "zoneinfo" ["ZoneInfo" "ZoneInfo._unpickle"];
    PytzUtc: "pytz" ["_UTC"];
    Pytz: "pytz" ["_p"];
    PytzFixed: "pytz" ["FixedOffset"];
    DateutilUtc: "dateutil.tz.tz" ["tzutc"];
    DateutilOffset: "dateutil.tz.tz" ["tzoffset"];
    Decimal: "decimal" ["Decimal"];
    Fraction: "fractions" ["Fraction"];
    Uuid: "uuid" ["UUID"];
    Range: "builtins" ["range"];
    OrderedDict: "collections" ["OrderedDict"];
    DefaultDict: "collections" ["defaultdict"];
    Counter: "collections" ["Counter"];
    Deque: "collections" ["deque"];
    ChainMap: "collections" ["ChainMap"];
    UserDict: "collections" ["UserDict" "UserList"];
    UserString: "collections" ["UserString"];
    SortedList: "sortedcontainers.sortedlist" ["SortedKeyList" "SortedList"];
    Array: "array" ["array"];
    MachineArray: "array" ["_array_reconstructor"];
    PosixPath: "pathlib" ["PosixPath" "PurePosixPath"];
    WindowsPath: "pathlib" ["WindowsPath" "PureWindowsPath"];
    Ipv4Address: "ipaddress" ["IPv4Address"];
    Ipv6Address: "ipaddress" ["IPv6Address"];
    Ipv4Network: "ipaddress" ["IPv4Network"];
    Ipv6Network: "ipaddress" ["IPv6Network"];
    Ipv4Interface: "ipaddress" ["IPv4Interface"];
    Ipv6Interface: "ipaddress" ["IPv6Interface"];
    DjangoLazy: "django.utils.functional" ["_lazy_proxy_unpickle"];
    DjangoSafe: "django.utils.safestring" ["SafeString" "SafeText" "SafeUnicode" "SafeBytes"];
    Markup: "markupsafe" ["Markup"];
    BsonInt: "bson.int64" ["Int64"];
    SortedDict: "sortedcontainers.sorteddict" ["SortedDict"];
    SortedSet: "sortedcontainers.sortedset" ["SortedSet"];
    FrozenDict: "frozendict" ["frozendict"];
    ImmutableDict: "immutabledict" ["immutabledict"];
    PMap: "pyrsistent._pmap" ["pmap"];
    PSet: "pyrsistent._pset" ["pset"];
    PList: "pyrsistent._plist" ["plist"];
    PVector: "pvectorc" ["pvector"];
    FakeDate: "freezegun.api" ["FakeDate"];
    FakeDateTime: "freezegun.api" ["FakeDatetime"];
    PendulumDate: "pendulum.date" ["Date"];
    PendulumDuration: "pendulum.duration" ["Duration"];
    Slice: "builtins" ["slice"];
    Pattern: "re" ["_compile"];
    Partial: "functools" ["partial"];
    SimpleNamespace: "types" ["SimpleNamespace"];
    CodeType: "types" ["CodeType"];
    FunctionType: "types" ["FunctionType" "LambdaType"];
    CloudpickleFunction: "cloudpickle.cloudpickle" ["_make_function"];
    CloudpickleSkeleton: "cloudpickle.cloudpickle" ["_make_skel_func"];
    CloudpickleFill: "cloudpickle.cloudpickle" ["_fill_function"];
    CloudpickleCell: "cloudpickle.cloudpickle" ["_make_cell" "_make_empty_cell"];
    CloudpickleMade: "cloudpickle.cloudpickle" ["_make_skeleton_class" "_make_skeleton_enum"];
    DillCode: "dill._dill" ["_create_code"];
    DillFunction: "dill._dill" ["_create_function"];
    DillCell: "dill._dill" ["_create_cell"];
    DillMade: "dill._dill" ["_create_type"];
    Exception: "builtins" [
        "ArithmeticError" "AssertionError" "AttributeError" "BaseException" "BaseExceptionGroup"
        "BlockingIOError" "BrokenPipeError" "BufferError" "BytesWarning" "ChildProcessError"
        "ConnectionAbortedError" "ConnectionError" "ConnectionRefusedError" "ConnectionResetError"
        "DeprecationWarning" "EOFError" "EncodingWarning" "EnvironmentError" "Exception"
        "ExceptionGroup" "FileExistsError" "FileNotFoundError" "FloatingPointError" "FutureWarning"
        "GeneratorExit" "IOError" "ImportError" "ImportWarning" "IndentationError" "IndexError"
        "InterruptedError" "IsADirectoryError" "KeyError" "KeyboardInterrupt" "LookupError"
        "MemoryError" "ModuleNotFoundError" "NameError" "NotADirectoryError" "NotImplementedError"
        "OSError" "OverflowError" "PendingDeprecationWarning" "PermissionError" "ProcessLookupError"
        "PythonFinalizationError" "RecursionError" "ReferenceError" "ResourceWarning" "RuntimeError"
        "RuntimeWarning" "StandardError" "StopAsyncIteration" "StopIteration" "SyntaxError"
        "SyntaxWarning" "SystemError" "SystemExit" "TabError" "TimeoutError" "TypeError"
        "UnboundLocalError" "UnicodeDecodeError" "UnicodeEncodeError" "UnicodeError"
        "UnicodeTranslateError" "UnicodeWarning" "UserWarning" "ValueError" "Warning" "WindowsError"
        "ZeroDivisionError" "_IncompleteInputError"
    ];

    // ---- numpy ----
    NumpyDType: "numpy" ["dtype"];
    NumpyStringType: "numpy._core._internal" ["_convert_to_stringdtype_kwargs"];
    NumpyArray: "numpy._core.multiarray" ["_reconstruct"];
    NumpyBuffer: "numpy._core.numeric" ["_frombuffer"];
    NumpyMasked: "numpy.ma.core" ["_mareconstruct"];
    NumpyMaskedConstant: "numpy.ma.core" ["MaskedConstant"];
    NumpyScalar: "numpy._core.multiarray" ["scalar"];
    NumpyNdArray: "numpy" ["ndarray" "matrix" "recarray" "memmap"];
    NumpyMaskedArray: "numpy.ma" ["MaskedArray"];
    NumpyRecord: "numpy" ["record"];
    DillArray: "dill._dill" ["_create_array"];
    JaxArray: "jax._src.array" ["_reconstruct_array"];
    CupyArray: "cupy._core.core" ["array"];
    TheanoArray: "theano.sandbox.cuda.type" ["CudaNdarray_unpickler"];
    TensorflowTensor: "tensorflow.python.framework.ops" ["convert_to_tensor"];

    // ---- scipy ----
    SparseBsr: "scipy.sparse._bsr" ["bsr_matrix" "bsr_array"];
    SparseCoo: "scipy.sparse._coo" ["coo_matrix" "coo_array"];
    SparseCsc: "scipy.sparse._csc" ["csc_matrix" "csc_array"];
    SparseCsr: "scipy.sparse._csr" ["csr_matrix" "csr_array"];
    SparseDia: "scipy.sparse._dia" ["dia_matrix" "dia_array"];
    SparseDok: "scipy.sparse._dok" ["dok_matrix" "dok_array"];
    SparseLil: "scipy.sparse._lil" ["lil_matrix" "lil_array"];

    // ---- pandas ----
    PandasFrame: "pandas" ["DataFrame"];
    PandasSeries: "pandas" ["Series"];
    PandasManager: "pandas.core.internals.managers" [
        "ArrayManager" "BlockManager" "SingleArrayManager" "SingleBlockManager"
    ];
    PandasBlock: "pandas._libs.internals" ["_unpickle_block" "new_block"];
    PandasIndex: "pandas" [
        "CategoricalIndex" "DatetimeIndex" "Float64Index" "Index" "Int64Index" "IntervalIndex" "MultiIndex"
        "PeriodIndex" "RangeIndex" "TimedeltaIndex" "UInt64Index"
    ];
    PandasNewIndex: "pandas.core.indexes.base" [
        "_new_DatetimeIndex" "_new_Index" "_new_IntervalIndex" "_new_PeriodIndex" "_new_TimedeltaIndex"
    ];
    PandasArray: "pandas.arrays" [
        "ArrowExtensionArray" "ArrowStringArray" "BooleanArray" "Categorical" "DatetimeArray" "FloatingArray"
        "IntegerArray" "IntervalArray" "NumpyExtensionArray" "PeriodArray" "SparseArray" "StringArray"
        "TimedeltaArray"
    ];
    PandasBacked: "pandas._libs.arrays" ["__pyx_unpickle_NDArrayBacked"];
    PandasMixin: "pandas._libs.interval" ["__pyx_unpickle_IntervalMixin" "__pyx_unpickle_PeriodMixin"];
    PandasSparseIndex: "pandas._libs.sparse" ["BlockIndex" "IntIndex"];
    PandasDType: "pandas" [
        "ArrowDtype" "CategoricalDtype" "DatetimeTZDtype" "IntervalDtype" "NumpyEADtype" "PeriodDtype" "SparseDtype"
        "StringDtype"
    ];
    PandasOffset: "pandas._libs.tslibs.offsets" [
        "BHalfYearBegin" "BHalfYearEnd" "BQuarterBegin" "BQuarterEnd" "BYearBegin" "BYearEnd" "BusinessDay"
        "BusinessHour" "BusinessMonthBegin" "BusinessMonthEnd" "CustomBusinessDay" "CustomBusinessHour"
        "CustomBusinessMonthBegin" "CustomBusinessMonthEnd" "Day" "HalfYearBegin" "HalfYearEnd" "Hour"
        "LastWeekOfMonth" "Micro" "Milli" "Minute" "MonthBegin" "MonthEnd" "Nano" "QuarterBegin" "QuarterEnd"
        "Second" "SemiMonthBegin" "SemiMonthEnd" "Week" "WeekOfMonth" "YearBegin" "YearEnd"
    ];
    PandasTimestamp: "pandas" ["Timestamp"];
    PandasNewTimestamp: "pandas._libs.tslibs.timestamps" ["_unpickle_timestamp"];
    PandasTimedelta: "pandas" ["Timedelta"];
    PandasNewTimedelta: "pandas._libs.tslibs.timedeltas" ["_timedelta_unpickle"];
    PandasPeriod: "pandas" ["Period"];
    PandasInterval: "pandas" ["Interval"];
    PandasNat: "pandas._libs.tslibs.nattype" ["_nat_unpickle"];

    // ---- shapely, geopandas ----
    Shapely: "shapely.geometry" [
        "GeometryCollection" "LineString" "LinearRing" "MultiLineString" "MultiPoint" "MultiPolygon" "Point" "Polygon"
    ];
    ShapelyWkb: "shapely.io" ["_unpickle_linearring" "from_wkb"];
    GeometryArray: "geopandas.array" ["GeometryArray"];

    // ---- pyarrow ----
    ArrowArray: "pyarrow.lib" ["_restore_array"];
    ArrowChunks: "pyarrow.lib" ["chunked_array"];
    ArrowBuffer: "pyarrow.lib" ["py_buffer"];
    ArrowField: "pyarrow.lib" ["field"];
    ArrowType: "pyarrow.lib" [
        "binary" "decimal128" "dictionary" "duration" "large_list" "list_" "map_" "struct" "time32" "time64" "timestamp" "type_for_alias"
    ];

    // ---- torch ----
    TorchTensor: "torch" ["Tensor"];
    TorchTensor1: "torch._utils" ["_rebuild_tensor"];
    TorchTensor2: "torch._utils" ["_rebuild_tensor_v2"];
    TorchTensor3: "torch._utils" ["_rebuild_tensor_v3"];
    TorchQuantised: "torch._utils" ["_rebuild_qtensor"];
    TorchSparse: "torch._utils" ["_rebuild_sparse_tensor" "_rebuild_sparse_csr_tensor"];
    TorchMeta: "torch._utils" ["_rebuild_meta_tensor_no_storage"];
    TorchTyped: "torch._tensor" ["_rebuild_from_type_v2"];
    TorchParameter: "torch._utils" ["_rebuild_parameter" "_rebuild_parameter_with_state"];
    TorchLayout: "torch.serialization" ["_get_layout"];
    TorchEmbedded: "torch.storage" ["_load_from_bytes"];
    TorchSize: "torch" ["Size"];
    TorchDevice: "torch" ["device"];

    // ---- scikit-learn, joblib ----
    SklearnTree: "sklearn.tree._tree" ["Tree"];
    JoblibArray: "joblib.numpy_pickle" ["NumpyArrayWrapper"];

    // ---- others ----
    PolarsFrame: "polars.dataframe.frame" ["DataFrame"];
    PolarsSeries: "polars.series.series" ["Series"];
    PolarsLazyFrame: "polars.lazyframe.frame" ["LazyFrame"];
    XgBoost: "xgboost.core" ["Booster"];
    LightGbm: "lightgbm.basic" ["Booster"];
    CatBoost: "catboost.core" [
        "CatBoost" "CatBoostClassifier" "CatBoostRanker" "CatBoostRegressor"
    ];
}

/// Modules that moved, with all in them: the old name and the new one.
#[rustfmt::skip]
const MOVED_MODULES: &[(&str, &str)] = &[
    // The standard library.
    ("pathlib._local", "pathlib"),
    // numpy 2.
    ("numpy.core", "numpy._core"),
    // cupy 9, dill 0.2.8.
    ("cupy.core", "cupy._core"),
    ("dill.dill", "dill._dill"),
    // Copies of cloudpickle.
    ("joblib.externals.cloudpickle", "cloudpickle"),
    ("pyspark.cloudpickle", "cloudpickle"),
    ("ray.cloudpickle", "cloudpickle"),
    // pandas: 1.1, and 0.20.
    ("pandas.tseries.offsets", "pandas._libs.tslibs.offsets"),
    ("pandas.indexes", "pandas.core.indexes"),
    ("pandas.tslib", "pandas._libs.tslib"),
    ("pandas._period", "pandas._libs.period"),
    ("pandas._sparse", "pandas._libs.sparse"),
    ("pandas.src.sparse", "pandas._libs.sparse"),
    ("pandas.sparse", "pandas.core.sparse"),
    ("pandas.tseries.index", "pandas.core.indexes.datetimes"),
    ("pandas.tseries.period", "pandas.core.indexes.period"),
    ("pandas.tseries.tdi", "pandas.core.indexes.timedeltas"),
    ("pandas.types.dtypes", "pandas.core.dtypes.dtypes"),
    // scipy 1.8.
    ("scipy.sparse.bsr", "scipy.sparse._bsr"),
    ("scipy.sparse.coo", "scipy.sparse._coo"),
    ("scipy.sparse.csc", "scipy.sparse._csc"),
    ("scipy.sparse.csr", "scipy.sparse._csr"),
    ("scipy.sparse.dia", "scipy.sparse._dia"),
    ("scipy.sparse.dok", "scipy.sparse._dok"),
    ("scipy.sparse.lil", "scipy.sparse._lil"),
    // joblib, as scikit-learn brought it up to 0.22.
    ("sklearn.externals.joblib", "joblib"),
];

/// Single names that moved: the old one and the new one. Those of Python 2 need no row: `halfsour-text` has them.
#[rustfmt::skip]
const MOVED: &[(Name, Name)] = &[
    // The standard library, pytz and dateutil.
    (("UserDict", "UserDict"), ("collections", "UserDict")),
    (("_collections", "deque"), ("collections", "deque")),
    (("dateutil.tz", "tzutc"), ("dateutil.tz.tz", "tzutc")),
    (("dateutil.tz", "tzoffset"), ("dateutil.tz.tz", "tzoffset")),

    // numpy
    (("numpy.ma.core", "MaskedArray"), ("numpy.ma", "MaskedArray")),
    (("numpy.rec", "recarray"), ("numpy", "recarray")),
    (("numpy._core.records", "recarray"), ("numpy", "recarray")),
    (("numpy.rec", "record"), ("numpy", "record")),
    (("numpy._core.records", "record"), ("numpy", "record")),
    (("numpy._core.memmap", "memmap"), ("numpy", "memmap")),
    (("numpy.matrixlib.defmatrix", "matrix"), ("numpy", "matrix")),
    (("numpy.ma.mrecords", "_mrreconstruct"), ("numpy.ma.core", "_mareconstruct")),
    (("jax._src.device_array", "reconstruct_device_array"), ("jax._src.array", "_reconstruct_array")),
    (("theano.gpuarray.type", "GpuArray_unpickler"), ("theano.sandbox.cuda.type", "CudaNdarray_unpickler")),

    // pandas: in 3.0 classes have the names by which people import them.
    (("pandas.core.frame", "DataFrame"), ("pandas", "DataFrame")),
    (("pandas.core.series", "Series"), ("pandas", "Series")),
    (("pandas.core.internals", "BlockManager"), ("pandas.core.internals.managers", "BlockManager")),
    (("pandas.core.internals", "SingleBlockManager"), ("pandas.core.internals.managers", "SingleBlockManager")),
    (("pandas.core.internals.array_manager", "ArrayManager"), ("pandas.core.internals.managers", "ArrayManager")),
    (
        ("pandas.core.internals.array_manager", "SingleArrayManager"),
        ("pandas.core.internals.managers", "SingleArrayManager"),
    ),
    (("pandas.core.internals.blocks", "new_block"), ("pandas._libs.internals", "new_block")),
    (
        ("pandas._libs.tslibs.period", "__pyx_unpickle_PeriodMixin"),
        ("pandas._libs.interval", "__pyx_unpickle_PeriodMixin"),
    ),
    (("pandas.core.index", "_new_Index"), ("pandas.core.indexes.base", "_new_Index")),
    (("pandas.core.index", "CategoricalIndex"), ("pandas", "CategoricalIndex")),
    (("pandas.core.index", "Float64Index"), ("pandas", "Float64Index")),
    (("pandas.core.index", "Index"), ("pandas", "Index")),
    (("pandas.core.index", "Int64Index"), ("pandas", "Int64Index")),
    (("pandas.core.index", "MultiIndex"), ("pandas", "MultiIndex")),
    (("pandas.core.index", "RangeIndex"), ("pandas", "RangeIndex")),
    (("pandas.core.indexes.base", "Index"), ("pandas", "Index")),
    (("pandas.core.indexes.category", "CategoricalIndex"), ("pandas", "CategoricalIndex")),
    (("pandas.core.indexes.datetimes", "DatetimeIndex"), ("pandas", "DatetimeIndex")),
    (("pandas.core.indexes.interval", "IntervalIndex"), ("pandas", "IntervalIndex")),
    (("pandas.core.indexes.multi", "MultiIndex"), ("pandas", "MultiIndex")),
    (("pandas.core.indexes.numeric", "Float64Index"), ("pandas", "Float64Index")),
    (("pandas.core.indexes.numeric", "Int64Index"), ("pandas", "Int64Index")),
    (("pandas.core.indexes.numeric", "UInt64Index"), ("pandas", "UInt64Index")),
    (("pandas.core.indexes.period", "PeriodIndex"), ("pandas", "PeriodIndex")),
    (("pandas.core.indexes.range", "RangeIndex"), ("pandas", "RangeIndex")),
    (("pandas.core.indexes.timedeltas", "TimedeltaIndex"), ("pandas", "TimedeltaIndex")),
    (("pandas.core.indexes.datetimes", "_new_DatetimeIndex"), ("pandas.core.indexes.base", "_new_DatetimeIndex")),
    (("pandas.core.indexes.interval", "_new_IntervalIndex"), ("pandas.core.indexes.base", "_new_IntervalIndex")),
    (("pandas.core.indexes.period", "_new_PeriodIndex"), ("pandas.core.indexes.base", "_new_PeriodIndex")),
    (("pandas.core.indexes.timedeltas", "_new_TimedeltaIndex"), ("pandas.core.indexes.base", "_new_TimedeltaIndex")),
    (("pandas.core.arrays.arrow.array", "ArrowExtensionArray"), ("pandas.arrays", "ArrowExtensionArray")),
    (("pandas.core.arrays.string_arrow", "ArrowStringArray"), ("pandas.arrays", "ArrowStringArray")),
    (("pandas.core.arrays.boolean", "BooleanArray"), ("pandas.arrays", "BooleanArray")),
    (("pandas", "Categorical"), ("pandas.arrays", "Categorical")),
    (("pandas.core.arrays.categorical", "Categorical"), ("pandas.arrays", "Categorical")),
    (("pandas.core.categorical", "Categorical"), ("pandas.arrays", "Categorical")),
    (("pandas.core.arrays.datetimes", "DatetimeArray"), ("pandas.arrays", "DatetimeArray")),
    (("pandas.core.arrays.floating", "FloatingArray"), ("pandas.arrays", "FloatingArray")),
    (("pandas.core.arrays.integer", "IntegerArray"), ("pandas.arrays", "IntegerArray")),
    (("pandas.core.arrays.interval", "IntervalArray"), ("pandas.arrays", "IntervalArray")),
    (("pandas.core.arrays.numpy_", "NumpyExtensionArray"), ("pandas.arrays", "NumpyExtensionArray")),
    (("pandas.core.arrays.numpy_", "PandasArray"), ("pandas.arrays", "NumpyExtensionArray")),
    (("pandas.core.arrays.period", "PeriodArray"), ("pandas.arrays", "PeriodArray")),
    (("pandas.core.arrays.string_arrow", "ArrowStringArrayNumpySemantics"), ("pandas.arrays", "ArrowStringArray")),
    (("pandas.core.arrays.string_", "StringArrayNumpySemantics"), ("pandas.arrays", "StringArray")),
    (("pandas.core.sparse.array", "SparseArray"), ("pandas.arrays", "SparseArray")),
    (("pandas.core.arrays.sparse", "SparseArray"), ("pandas.arrays", "SparseArray")),
    (("pandas.core.arrays.sparse.array", "SparseArray"), ("pandas.arrays", "SparseArray")),
    (("pandas.core.arrays.string_", "StringArray"), ("pandas.arrays", "StringArray")),
    (("pandas.core.arrays.timedeltas", "TimedeltaArray"), ("pandas.arrays", "TimedeltaArray")),
    (("pandas.core.dtypes.dtypes", "ArrowDtype"), ("pandas", "ArrowDtype")),
    (("pandas.core.arrays.arrow.dtype", "ArrowDtype"), ("pandas", "ArrowDtype")),
    (("pandas.core.dtypes.dtypes", "CategoricalDtype"), ("pandas", "CategoricalDtype")),
    (("pandas.core.dtypes.dtypes", "DatetimeTZDtype"), ("pandas", "DatetimeTZDtype")),
    (("pandas.core.dtypes.dtypes", "IntervalDtype"), ("pandas", "IntervalDtype")),
    (("pandas.core.dtypes.dtypes", "NumpyEADtype"), ("pandas", "NumpyEADtype")),
    (("pandas.core.dtypes.dtypes", "PandasDtype"), ("pandas", "NumpyEADtype")),
    (("pandas.core.arrays.numpy_", "PandasDtype"), ("pandas", "NumpyEADtype")),
    (("pandas.core.dtypes.dtypes", "PeriodDtype"), ("pandas", "PeriodDtype")),
    (("pandas.core.dtypes.dtypes", "SparseDtype"), ("pandas", "SparseDtype")),
    (("pandas.core.arrays.sparse", "SparseDtype"), ("pandas", "SparseDtype")),
    (("pandas.core.arrays.sparse.dtype", "SparseDtype"), ("pandas", "SparseDtype")),
    (("pandas.core.arrays.string_", "StringDtype"), ("pandas", "StringDtype")),
    (("pandas._libs.tslibs.timestamps", "Timestamp"), ("pandas", "Timestamp")),
    (("pandas._libs.tslib", "Timestamp"), ("pandas", "Timestamp")),
    (("pandas._libs.tslibs.timedeltas", "Timedelta"), ("pandas", "Timedelta")),
    (("pandas._libs.tslib", "Timedelta"), ("pandas", "Timedelta")),
    (("pandas._libs.tslibs.period", "Period"), ("pandas", "Period")),
    (("pandas._libs.period", "Period"), ("pandas", "Period")),
    (("pandas._libs.interval", "Interval"), ("pandas", "Interval")),
    (("pandas._libs.tslibs.nattype", "__nat_unpickle"), ("pandas._libs.tslibs.nattype", "_nat_unpickle")),
    (("pandas._libs.tslib", "__nat_unpickle"), ("pandas._libs.tslibs.nattype", "_nat_unpickle")),
    // shapely
    (("shapely.geometry.polygon", "_unpickle_linearring"), ("shapely.io", "_unpickle_linearring")),
    (("shapely.geometry.collection", "GeometryCollection"), ("shapely.geometry", "GeometryCollection")),
    (("shapely.geometry.linestring", "LineString"), ("shapely.geometry", "LineString")),
    (("shapely.geometry.polygon", "LinearRing"), ("shapely.geometry", "LinearRing")),
    (("shapely.geometry.multilinestring", "MultiLineString"), ("shapely.geometry", "MultiLineString")),
    (("shapely.geometry.multipoint", "MultiPoint"), ("shapely.geometry", "MultiPoint")),
    (("shapely.geometry.multipolygon", "MultiPolygon"), ("shapely.geometry", "MultiPolygon")),
    (("shapely.geometry.point", "Point"), ("shapely.geometry", "Point")),
    (("shapely.geometry.polygon", "Polygon"), ("shapely.geometry", "Polygon")),

    // scipy 1.8 to 1.10
    (("scipy.sparse._arrays", "bsr_array"), ("scipy.sparse._bsr", "bsr_array")),
    (("scipy.sparse._arrays", "coo_array"), ("scipy.sparse._coo", "coo_array")),
    (("scipy.sparse._arrays", "csc_array"), ("scipy.sparse._csc", "csc_array")),
    (("scipy.sparse._arrays", "csr_array"), ("scipy.sparse._csr", "csr_array")),
    (("scipy.sparse._arrays", "dia_array"), ("scipy.sparse._dia", "dia_array")),
    (("scipy.sparse._arrays", "dok_array"), ("scipy.sparse._dok", "dok_array")),
    (("scipy.sparse._arrays", "lil_array"), ("scipy.sparse._lil", "lil_array")),
];

/// Longer names are not looked up.
const LONGEST: usize = 100;

/// Any name of a row, with the row and today's name.
type Table = HashMap<(Cow<'static, str>, &'static str), (Class, Name)>;

#[derive(Hash)]
struct Query<'a>(&'a str, &'a str);

impl Equivalent<(Cow<'static, str>, &'static str)> for Query<'_> {
    fn equivalent(&self, key: &(Cow<'static, str>, &'static str)) -> bool {
        self.0 == key.0 && self.1 == key.1
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::new();
    for &(name, class) in NAMES {
        let before = MOVED.iter().filter(|(_, new)| *new == name).map(|(old, _)| *old);
        for alias in before.chain([name]).chain(to_python2(name.0, name.1)) {
            let moved = MOVED_MODULES.iter().filter_map(|(old, new)| {
                let rest = alias.0.strip_prefix(new)?;
                (rest.is_empty() || rest.starts_with('.')).then(|| Cow::Owned(format!("{old}{rest}")))
            });
            for module in moved.chain([Cow::Borrowed(alias.0)]) {
                table.insert((module, alias.1), (class, name));
            }
        }
    }
    table
});

/// The row of a name, and the name that it has today.
pub(crate) fn find(module: &str, name: &str) -> Option<(Class, Name)> {
    if module.len() > LONGEST || name.len() > LONGEST {
        return None;
    }
    TABLE.get(&Query(module, name)).copied()
}

/// The row of a function by which numpy makes an array, in any module of numpy: releases and copies of it have them in others.
pub(crate) fn find_maker(module: &str, name: &str) -> Option<(Class, Name)> {
    const MODULES: [&str; 4] = ["_multiarray_umath", "multiarray", "numeric", "numpy"];
    module.split('.').any(|part| MODULES.contains(&part)).then_some(())?;
    let (module, name) = match name {
        "_reconstruct" => ("numpy._core.multiarray", "_reconstruct"),
        "_frombuffer" => ("numpy._core.numeric", "_frombuffer"),
        "_mareconstruct" => ("numpy.ma.core", "_mareconstruct"),
        "scalar" => ("numpy._core.multiarray", "scalar"),
        _ => return None,
    };
    find(module, name)
}

/// The row of an attribute of a class.
pub(crate) fn find_attribute(module: &str, class: &str, attribute: &str) -> Option<(Class, Name)> {
    // Most classes are not known, and the names of those that are do not get longer.
    if class.len() + attribute.len() >= LONGEST {
        return None;
    }
    find(module, &format!("{class}.{attribute}"))
}

/// Today's name of a known class or function, by any name that it had.
///
/// ```
/// use halfsour_classes::canonical;
///
/// assert_eq!(canonical("dateutil.tz", "tzutc"), Some(("dateutil.tz.tz", "tzutc")));
/// assert_eq!(canonical("app.models", "Point"), None);
/// ```
pub fn canonical(module: &str, name: &str) -> Option<(&'static str, &'static str)> {
    find(module, name).map(|(_, name)| name)
}

/// The classes and functions that are known, by today's names.
pub fn classes() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.iter().map(|(name, _)| *name)
}
