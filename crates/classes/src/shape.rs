//! [`Shape`]: what a known object is to those who need not know its class.

use std::fmt::{self, Display};

use halfsour_value::{Data, Node};

use crate::stdlib::{Array, Base, Decimal, Members, Pairs};
use crate::{Known, numpy, pandas, pyarrow, recognise};

/// The shape of a known object: the few kinds of things that readers treat alike, whatever the class.
///
/// Ask for the shape first, and for the class only where the shape is not enough. A class that is new here then works at once.
///
/// ```
/// use halfsour_classes::{Shape, recognise};
///
/// // collections.deque([7, 8])
/// let graph = halfsour_vm::from_slice(b"ccollections\ndeque\n)R(K\x07K\x08e.")?;
/// let known = recognise(graph.root()).unwrap();
/// let Shape::Sequence(members) = known.shape() else { panic!() };
/// assert_eq!(members.filter_map(|node| node.as_i64()).collect::<Vec<_>>(), [7, 8]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub enum Shape<'a, 'g, S> {
    /// No value: `NaT`, `NA`.
    Null,
    /// A value that one text tells: a date, a UUID, a path.
    Text(&'a dyn Display),
    /// A number in decimal digits.
    Number(&'a Decimal<'g>),
    /// Members in order: `deque`, `UserList`, and the maps of a `ChainMap`.
    Sequence(Members<'g, S>),
    /// Keys and values: `OrderedDict`, `defaultdict`, `Counter`, `UserDict`.
    Mapping(Pairs<'g, S>),
    /// Another object, for which this one stands: the text of a `UserString`, or that of a subclass of `str`. It may be of any kind, also this object itself.
    Inner(Node<'g, S>),
    /// `array.array`
    Array(&'a Array<'g, S>),
    /// An array of numpy, or a scalar, which has no dimensions.
    NdArray(&'a numpy::NdArray<'g, S>),
    /// A table, or a column of one.
    Table(Table<'a, 'g, S>),
    /// Anything else: an object with parts, which only its class explains.
    Object,
}

/// A table, or a column of one.
#[derive(Clone, Copy)]
pub enum Table<'a, 'g, S> {
    /// `pandas.DataFrame`
    Frame(&'a pandas::Frame<'g, S>),
    /// `pandas.Series`
    Series(&'a pandas::Series<'g, S>),
    /// The labels of rows or columns.
    Index(&'a pandas::Index<'g, S>),
    /// An array of pandas.
    Values(&'a pandas::Values<'g, S>),
    /// An array of pyarrow.
    Arrow(&'a pyarrow::Array<'g>),
}

impl<'g, S: AsRef<[u8]>> Known<'g, S> {
    /// The shape of the object. Takes the same time for all objects, whatever they hold.
    pub fn shape(&self) -> Shape<'_, 'g, S> {
        match self {
            Self::NaT | Self::NA | Self::Cell(None) => Shape::Null,
            Self::Cell(Some(value)) => Shape::Inner(*value),
            Self::Date(date) => Shape::Text(date),
            // What the pickle does not tell of a zone is not in the text.
            Self::DateTime(datetime) if datetime.tz.is_none() || datetime.zone().is_some() => {
                Shape::Text(datetime)
            }
            Self::Time(time) if time.tz.is_none() || time.zone().is_some() => Shape::Text(time),
            Self::Timestamp(stamp) if stamp.tz.is_none() || stamp.zone.is_some() => Shape::Text(stamp),
            Self::TimeDelta(delta) => Shape::Text(delta),
            Self::TimeZone(zone) => Shape::Text(zone),
            Self::Fraction(fraction) => Shape::Text(fraction),
            Self::Uuid(uuid) => Shape::Text(uuid),
            Self::Range(range) => Shape::Text(range),
            Self::Path(path) => Shape::Text(path),
            Self::IpAddress(address) => Shape::Text(address),
            Self::IpNetwork(network) | Self::IpInterface(network) => Shape::Text(network),
            Self::NumpyDType(dtype) => Shape::Text(dtype),
            Self::PandasTimedelta(delta) => Shape::Text(delta),
            Self::Geometry(geometry) => Shape::Text(geometry),
            Self::Period(period) => Shape::Text(period),
            Self::Decimal(decimal) => Shape::Number(decimal),
            Self::Deque(deque) => Shape::Sequence(deque.items.clone()),
            Self::ChainMap(members) | Self::SortedList(members) => Shape::Sequence(members.clone()),
            Self::OrderedDict(dict) => Shape::Mapping(dict.items.clone()),
            Self::DefaultDict(dict) => Shape::Mapping(dict.items.clone()),
            Self::Counter(counts) => Shape::Mapping(counts.clone()),
            Self::User(data) => match data.data() {
                Data::List(elements) | Data::Tuple(elements) => Shape::Sequence(elements.into()),
                Data::Dict(items) => Shape::Mapping(items.into()),
                _ => Shape::Inner(*data),
            },
            Self::Subclass(subclass) => match &subclass.base {
                Base::Value(value) => Shape::Inner(*value),
                Base::Argument(_) => Shape::Object,
                Base::Sequence(members) => Shape::Sequence(members.clone()),
                Base::Mapping(pairs) => Shape::Mapping(pairs.clone()),
            },
            Self::Array(array) => Shape::Array(array),
            Self::NdArray(array) => Shape::NdArray(array),
            Self::NumpyScalar(scalar) => Shape::NdArray(scalar.as_array()),
            Self::DataFrame(frame) => Shape::Table(Table::Frame(frame)),
            Self::Series(series) => Shape::Table(Table::Series(series)),
            Self::PandasIndex(index) => Shape::Table(Table::Index(index)),
            Self::PandasArray(values) => Shape::Table(Table::Values(values)),
            Self::ArrowArray(array) => Shape::Table(Table::Arrow(array)),
            Self::DateTime(_)
            | Self::Time(_)
            | Self::Timestamp(_)
            | Self::Slice(_)
            | Self::Pattern(_)
            | Self::Partial(_)
            | Self::SimpleNamespace(_)
            | Self::Code(_)
            | Self::Function(_)
            | Self::DynamicClass(_)
            | Self::Exception(_)
            | Self::Interval(_)
            | Self::Sparse(_)
            | Self::Tensor(_)
            | Self::Storage(_)
            | Self::TorchSize(_)
            | Self::Device(_)
            | Self::TorchDType(_)
            | Self::Estimator(_)
            | Self::Tree(_)
            | Self::Payload(_) => Shape::Object,
        }
    }

    /// The object as text that tells all of it: `2024-02-29`, `1.50`, `/usr/bin`. `None` if it has
    /// parts, or is no text to people.
    pub fn as_text(&self) -> Option<&dyn Display> {
        match self {
            Self::NumpyScalar(scalar) if scalar.as_array().bytes().is_some() => Some(scalar),
            _ => match self.shape() {
                Shape::Text(text) => Some(text),
                Shape::Number(decimal) => Some(decimal),
                _ => None,
            },
        }
    }
}

/// The members of a sequence: of a list, of a tuple, or of a known object with the shape of one.
pub fn members<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Members<'_, S>> {
    match node.data() {
        Data::List(elements) | Data::Tuple(elements) => Some(elements.into()),
        _ => match recognise(node)?.shape() {
            Shape::Sequence(members) => Some(members),
            _ => None,
        },
    }
}

/// The keys and values of a mapping: of a dict, or of a known object with the shape of one.
pub fn pairs<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Pairs<'_, S>> {
    match node.data() {
        Data::Dict(items) => Some(items.into()),
        _ => match recognise(node)?.shape() {
            Shape::Mapping(pairs) => Some(pairs),
            _ => None,
        },
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Shape<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Text(text) => f.debug_tuple("Text").field(&format_args!("{text}")).finish(),
            Self::Number(decimal) => f.debug_tuple("Number").field(decimal).finish(),
            Self::Sequence(members) => f.debug_tuple("Sequence").field(members).finish(),
            Self::Mapping(pairs) => f.debug_tuple("Mapping").field(pairs).finish(),
            Self::Inner(node) => f.debug_tuple("Inner").field(node).finish(),
            Self::Array(array) => f.debug_tuple("Array").field(array).finish(),
            Self::NdArray(array) => f.debug_tuple("NdArray").field(array).finish(),
            Self::Table(table) => f.debug_tuple("Table").field(table).finish(),
            Self::Object => f.write_str("Object"),
        }
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Table<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(frame) => frame.fmt(f),
            Self::Series(series) => series.fmt(f),
            Self::Index(index) => index.fmt(f),
            Self::Values(values) => fmt::Debug::fmt(values, f),
            Self::Arrow(array) => array.fmt(f),
        }
    }
}
