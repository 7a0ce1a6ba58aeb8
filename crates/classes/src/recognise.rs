//! [`recognise`]: which class has which reader. It stands on top of all that it lists.

use halfsour_value::{Data, Instance, Node};

use crate::call::{Call, class_of};
use crate::names::Class;
use crate::numpy::ArrayClass;
use crate::stdlib::{self, code, collections, datetime, net, numbers, objects, subclass};
use crate::{Known, geometry, numpy, pandas, payload, pyarrow, scipy, sklearn, torch};

/// Recognises an object of a known class, in a pickle that the class writes.
///
/// Anything else is `None`: an instance that keeps its name and its fields, never an error. The objects inside are not looked
/// at: the nodes that a [`Known`] holds may be known objects in turn, and it is for the caller to ask.
///
/// ```
/// use halfsour_classes::{Known, recognise};
///
/// // datetime.date(2024, 2, 29)
/// let graph = halfsour_vm::from_slice(b"\x80\x03cdatetime\ndate\nC\x04\x07\xe8\x02\x1d\x85R.")?;
/// let Some(Known::Date(date)) = recognise(graph.root()) else { panic!() };
/// assert_eq!((date.year, date.month, date.day), (2024, 2, 29));
/// assert_eq!(date.to_string(), "2024-02-29");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "recognize")]
pub fn recognise<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Known<'_, S>> {
    match Call::of(node) {
        Some(call) => called(&call),
        None => uncalled(node),
    }
}

/// Reads an object that is no call of a name in the table: an estimator, a bare global, a persistent id.
fn uncalled<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Known<'_, S>> {
    match node.data() {
        Data::Instance(instance) => match sklearn::estimator(node) {
            Some(estimator) => Some(Known::Estimator(Box::new(estimator))),
            None => managed(&instance).or_else(|| subclass::subclass(instance)),
        },
        Data::Global(global) if pandas::is_na(&global) => Some(Known::NA),
        Data::Global(global) => torch::DType::from_global(&global).map(Known::TorchDType),
        Data::PersistentId(_) => torch::Storage::of(node).map(Known::Storage),
        _ => None,
    }
}

/// Reads a frame or a series by its manager, whatever its class is.
fn managed<'g, S: AsRef<[u8]>>(instance: &Instance<'g, S>) -> Option<Known<'g, S>> {
    Some(match pandas::Managed::of(instance)?.ok()? {
        pandas::Managed::Frame(frame) => Known::DataFrame(frame),
        pandas::Managed::Series(series) => Known::Series(series),
    })
}

/// Reads an array of numpy. Before 0.24, a `SparseArray` of pandas was a subclass of that.
fn array<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Known<'g, S>> {
    let array = numpy::called(call)?;
    let values = match array.class {
        ArrayClass::Other(class) if class_of(class).is_some() => pandas::Values::read(call.node),
        _ => None,
    };
    Some(match values {
        Some(values) => Known::PandasArray(Box::new(values)),
        None => Known::NdArray(Box::new(array)),
    })
}

/// Reads what a call of a known class or function makes.
#[allow(clippy::too_many_lines)] // a line for each class
fn called<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Known<'g, S>> {
    Some(match call.class {
        // ---- The standard library ----
        Class::Date => Known::Date(datetime::date(call)?),
        Class::DateTime => Known::DateTime(datetime::datetime(call)?),
        Class::Time => Known::Time(datetime::time(call)?),
        Class::TimeDelta => Known::TimeDelta(datetime::timedelta(call)?),
        Class::TimeZone
        | Class::ZoneInfo
        | Class::PytzUtc
        | Class::Pytz
        | Class::PytzFixed
        | Class::DateutilUtc
        | Class::DateutilOffset => Known::TimeZone(stdlib::TimeZone::called(call)?),
        Class::Decimal => Known::Decimal(numbers::decimal(call)?),
        Class::Fraction => Known::Fraction(numbers::fraction(call)?),
        Class::Uuid => Known::Uuid(numbers::uuid(call)?),
        Class::Range => Known::Range(numbers::range(call)?),
        Class::OrderedDict => Known::OrderedDict(collections::ordered_dict(call)?),
        Class::DefaultDict => Known::DefaultDict(collections::default_dict(call)?),
        Class::Counter => Known::Counter(collections::counter(call)?),
        Class::Deque => Known::Deque(collections::deque(call)?),
        Class::SortedList => Known::SortedList(collections::sorted_list(call)?),
        Class::ChainMap => Known::ChainMap(collections::chain_map(call)?),
        Class::UserDict => Known::User(collections::user(call)?),
        Class::UserString => Known::User(collections::user_string(call)?),
        Class::Array => Known::Array(stdlib::array::listed(call)?),
        Class::MachineArray => Known::Array(stdlib::array::machine(call)?),
        Class::PosixPath | Class::WindowsPath => Known::Path(stdlib::paths::path(call)?),
        Class::Ipv4Address | Class::Ipv6Address => Known::IpAddress(net::address(call)?),
        Class::Ipv4Network | Class::Ipv6Network => Known::IpNetwork(net::network(call)?),
        Class::Ipv4Interface | Class::Ipv6Interface => Known::IpInterface(net::network(call)?),
        Class::DjangoSafe | Class::Markup | Class::BsonInt => return subclass::text_or_number(call.instance),
        Class::SortedDict | Class::SortedSet => return subclass::sorted(call.instance),
        Class::DjangoLazy => return subclass::lazy_text(call.instance),
        Class::Slice => Known::Slice(objects::slice(call)?),
        Class::Pattern => Known::Pattern(objects::pattern(call)?),
        Class::Partial => Known::Partial(objects::partial(call)?),
        Class::CodeType | Class::DillCode => Known::Code(code::code(call)?),
        Class::FunctionType
        | Class::CloudpickleFunction
        | Class::CloudpickleSkeleton
        | Class::CloudpickleFill
        | Class::DillFunction => Known::Function(code::function(call)?),
        Class::CloudpickleCell | Class::DillCell => Known::Cell(code::Cell::of(call)?.value),
        Class::CloudpickleMade | Class::DillMade => Known::DynamicClass(code::class(call)?),
        Class::SimpleNamespace => Known::SimpleNamespace(objects::namespace(call)?),
        Class::Exception => Known::Exception(objects::exception(call)?),

        // ---- numpy, joblib ----
        Class::NumpyDType | Class::NumpyStringType => Known::NumpyDType(numpy::dtype(call.node)?),
        Class::NumpyArray
        | Class::NumpyBuffer
        | Class::NumpyMasked
        | Class::NumpyMaskedConstant
        | Class::DillArray
        | Class::JaxArray
        | Class::CupyArray
        | Class::TheanoArray
        | Class::TensorflowTensor
        | Class::JoblibArray => array(call)?,
        Class::NumpyScalar => Known::NumpyScalar(numpy::scalar(call)?),

        // ---- scipy, scikit-learn ----
        Class::SparseBsr
        | Class::SparseCoo
        | Class::SparseCsc
        | Class::SparseCsr
        | Class::SparseDia
        | Class::SparseDok
        | Class::SparseLil => Known::Sparse(Box::new(scipy::sparse(call)?)),
        Class::SklearnTree => Known::Tree(Box::new(sklearn::tree(call)?)),

        // ---- pandas, pyarrow ----
        Class::PandasFrame | Class::PandasSeries => managed(&call.instance)?,
        Class::PandasNewIndex => Known::PandasIndex(Box::new(pandas::index(call)?)),
        Class::PandasArray | Class::PandasBacked | Class::PandasMixin | Class::GeometryArray => {
            Known::PandasArray(Box::new(pandas::array(call)?))
        }
        Class::PandasTimestamp | Class::PandasNewTimestamp => Known::Timestamp(pandas::timestamp(call)?),
        Class::PandasTimedelta | Class::PandasNewTimedelta => {
            Known::PandasTimedelta(pandas::timedelta(call)?)
        }
        Class::PandasPeriod => Known::Period(pandas::period(call)?),
        Class::PandasInterval => Known::Interval(pandas::interval(call)?),
        Class::PandasNat => {
            pandas::nat(call)?;
            Known::NaT
        }
        Class::Shapely | Class::ShapelyWkb => Known::Geometry(geometry::geometry(call)?),
        Class::ArrowArray | Class::ArrowChunks => Known::ArrowArray(Box::new(pyarrow::Array::called(call)?)),

        // ---- torch ----
        Class::TorchTensor1
        | Class::TorchTensor2
        | Class::TorchTensor3
        | Class::TorchQuantised
        | Class::TorchSparse
        | Class::TorchMeta
        | Class::TorchTyped => Known::Tensor(torch::tensor(call)?),
        Class::TorchParameter => Known::Tensor(torch::parameter(call)?),
        Class::TorchEmbedded => Known::Storage(torch::Storage::embedded(call)?),
        Class::TorchSize => Known::TorchSize(torch::size(call)?),
        Class::TorchDevice => Known::Device(torch::device(call)?),

        // ---- others ----
        Class::PolarsFrame | Class::PolarsSeries | Class::PolarsLazyFrame => {
            Known::Payload(payload::polars(call)?)
        }
        Class::XgBoost => Known::Payload(payload::xgboost(call)?),
        Class::LightGbm => Known::Payload(payload::lightgbm(call)?),
        Class::CatBoost => Known::Payload(payload::catboost(call)?),

        // Classes and functions that only occur in the arguments of others, and are read there.
        Class::GetAttr
        | Class::DillGetAttr
        | Class::DillModule
        | Class::DillType
        | Class::CloudpickleType
        | Class::TzInfo
        | Class::NumpyNdArray
        | Class::NumpyMaskedArray
        | Class::NumpyRecord
        | Class::PandasManager
        | Class::PandasBlock
        | Class::PandasIndex
        | Class::PandasSparseIndex
        | Class::PandasDType
        | Class::PandasOffset
        | Class::ArrowBuffer
        | Class::ArrowField
        | Class::ArrowType
        | Class::TorchTensor
        | Class::TorchLayout => return None,
    })
}
