//! [`Known`]: an object of a known class.

use std::fmt;

use halfsour_value::Node;

use crate::{Payload, geometry, numpy, pandas, pyarrow, scipy, sklearn, stdlib, torch};

/// Defines the enum as it stands, and its `Debug`.
macro_rules! known {
    ($(#[$meta:meta])* pub enum Known { $($(#[$doc:meta])* $variant:ident $(($of:ty))?,)* }) => {
        $(#[$meta])*
        pub enum Known<'g, S> {
            $($(#[$doc])* $variant $(($of))?,)*
        }

        impl<S: AsRef<[u8]>> fmt::Debug for Known<'_, S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant $((known!(@held held, $of)))? => {
                        f.debug_tuple(stringify!($variant))$(.field(known!(@held held, $of)))?.finish()
                    })*
                }
            }
        }
    };
    (@held $held:ident, $of:ty) => { $held };
}

known! {
    /// An object of a known class, as [`recognise`](crate::recognise) finds it.
    #[derive(Clone)]
    #[non_exhaustive]
    pub enum Known {
        /// `datetime.date`
        Date(stdlib::Date),
        /// `datetime.datetime`
        DateTime(stdlib::DateTime<'g, S>),
        /// `datetime.time`
        Time(stdlib::Time<'g, S>),
        /// `datetime.timedelta`
        TimeDelta(stdlib::TimeDelta),
        /// Time zones of the standard library, pytz and dateutil.
        TimeZone(stdlib::TimeZone<'g>),
        /// `decimal.Decimal`
        Decimal(stdlib::Decimal<'g>),
        /// `fractions.Fraction`
        Fraction(stdlib::Fraction),
        /// `uuid.UUID`
        Uuid(stdlib::Uuid),
        /// `range`
        Range(stdlib::Range),
        /// `collections.OrderedDict`
        OrderedDict(stdlib::OrderedDict<'g, S>),
        /// `collections.defaultdict`
        DefaultDict(stdlib::DefaultDict<'g, S>),
        /// `collections.Counter`: what was counted, and how often.
        Counter(stdlib::Pairs<'g, S>),
        /// `collections.deque`
        Deque(stdlib::Deque<'g, S>),
        /// `sortedcontainers.SortedList`, `SortedKeyList`
        SortedList(stdlib::Members<'g, S>),
        /// `collections.ChainMap`: its maps, the first to be looked into first.
        ChainMap(stdlib::Members<'g, S>),
        /// `collections.UserDict`, `UserList` or `UserString`: the dict, list or text in it.
        User(Node<'g, S>),
        /// `array.array`
        Array(stdlib::Array<'g, S>),
        /// Paths of `pathlib`.
        Path(stdlib::Path<'g, S>),
        /// `ipaddress.IPv4Address`, `IPv6Address`
        IpAddress(stdlib::IpAddress<'g>),
        /// `ipaddress.IPv4Network`, `IPv6Network`
        IpNetwork(stdlib::IpNetwork<'g>),
        /// `ipaddress.IPv4Interface`, `IPv6Interface`
        IpInterface(stdlib::IpNetwork<'g>),
        /// `slice`
        Slice(stdlib::Slice<'g, S>),
        /// `re.Pattern`
        Pattern(stdlib::Pattern<'g, S>),
        /// `functools.partial`
        Partial(stdlib::Partial<'g, S>),
        /// `types.SimpleNamespace`: its attributes.
        SimpleNamespace(stdlib::Pairs<'g, S>),
        /// A code object that is pickled by value.
        Code(stdlib::Code<'g, S>),
        /// A function that cloudpickle or dill pickled by value.
        Function(stdlib::Function<'g, S>),
        /// A class that cloudpickle or dill pickled by value.
        DynamicClass(stdlib::DynamicClass<'g, S>),
        /// A variable of an outer function, and what it holds, if it holds something.
        Cell(Option<Node<'g, S>>),
        /// Exceptions and warnings that are built in.
        Exception(stdlib::Exception<'g, S>),
        /// An object of a program's subclass of a builtin.
        Subclass(stdlib::Subclass<'g, S>),
        /// `numpy.ndarray` and its subclasses.
        NdArray(Box<numpy::NdArray<'g, S>>),
        /// `numpy.float64(0.5)`, …
        NumpyScalar(numpy::Scalar<'g, S>),
        /// `numpy.dtype`
        NumpyDType(numpy::DType),
        /// `scipy.sparse.csr_matrix`, `csr_array`, and those of the other formats.
        Sparse(Box<scipy::Sparse<'g, S>>),
        /// `pandas.DataFrame`
        DataFrame(Box<pandas::Frame<'g, S>>),
        /// `pandas.Series`
        Series(Box<pandas::Series<'g, S>>),
        /// `pandas.Index`, `RangeIndex`, `DatetimeIndex`, `MultiIndex` and others.
        PandasIndex(Box<pandas::Index<'g, S>>),
        /// `pandas.Categorical`, and the arrays of `pandas.arrays`.
        PandasArray(Box<pandas::Values<'g, S>>),
        /// `pandas.Timestamp`
        Timestamp(pandas::Timestamp<'g, S>),
        /// `pandas.Timedelta`
        PandasTimedelta(pandas::Timedelta),
        /// `pandas.Period`
        Period(pandas::Period),
        /// `pandas.Interval`
        Interval(pandas::Interval<'g, S>),
        /// `pandas.NaT`: no time.
        NaT,
        /// `pandas.NA`: no value.
        NA,
        /// `shapely.Point` and other geometries.
        Geometry(geometry::Geometry<'g>),
        /// `pyarrow.Array`, `ChunkedArray`
        ArrowArray(Box<pyarrow::Array<'g>>),
        /// `torch.Tensor`, `torch.nn.Parameter`, and subclasses.
        Tensor(torch::Tensor<'g, S>),
        /// The storage of a tensor: a reference to one outside the pickle, or an embedded file.
        Storage(torch::Storage<'g>),
        /// `torch.Size`
        TorchSize(Vec<u64>),
        /// `torch.device`
        Device(torch::Device<'g>),
        /// `torch.float32`, …
        TorchDType(torch::DType),
        /// Any model, transformer or pipeline.
        Estimator(Box<sklearn::Estimator<'g, S>>),
        /// `sklearn.tree._tree.Tree`
        Tree(Box<sklearn::Tree<'g, S>>),
        /// Data that polars, xgboost, lightgbm and catboost pickle in formats of their own.
        Payload(Payload<'g>),
    }
}
