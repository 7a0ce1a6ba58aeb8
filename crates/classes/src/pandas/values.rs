//! [`Values`]: the arrays of columns and of labels.

use std::fmt;

use halfsour_value::{Data, Node};

use super::cells::Cell;
use super::closed::Closed;
use super::dtypes::{is_text, period_of, text_of};
use super::grid::Grid;
use super::index::{DEEPEST, Index, Labels, coded};
use super::period::{Freq, Period};
use super::sparse::Sparse;
use super::timestamp::{Timedelta, Timestamp};
use crate::args::short;
use crate::call::{Call, class_of};
use crate::debug::{debug_fields, debug_variants};
use crate::geometry;
use crate::memory::{Number, Scalar};
use crate::names::Class;
use crate::numpy::{ArrayClass, Kind};
use crate::pyarrow;
use crate::stdlib::TimeZone;
use crate::time::{NAT, TimeUnit};

/// An array as pandas has it, of numpy or an extension. Its `Display` is `str()` of its dtype in pandas 3: `int64`, `Int64`,
/// `datetime64[ns, UTC]`.
///
/// Frames keep several columns in an array of two dimensions, with a row for each column: the values of one column are side by side.
#[derive(Clone)]
#[non_exhaustive]
pub enum Values<'g, S> {
    /// An array of numpy, but of times.
    Numpy(Grid<'g, S>),
    /// `datetime64`, with a time zone or without.
    Times {
        /// The times since 1970 began, or [`NAT`] where one is missing.
        ticks: Grid<'g, S>,
        /// The unit in which they are counted.
        unit: TimeUnit,
        /// The time zone, and what that is if it is known.
        tz: Option<(Node<'g, S>, Option<TimeZone<'g>>)>,
    },
    /// `timedelta64`
    Deltas {
        /// The lengths, or [`NAT`] where one is missing.
        ticks: Grid<'g, S>,
        /// The unit in which they are counted.
        unit: TimeUnit,
    },
    /// `IntegerArray`, `FloatingArray`, `BooleanArray`
    Masked {
        /// The values, with anything where one is missing.
        values: Grid<'g, S>,
        /// Whether each is missing.
        mask: Grid<'g, S>,
    },
    /// `StringArray`: objects.
    Text {
        /// Text, and anything else where it is missing.
        objects: Grid<'g, S>,
        /// `str` or `string`
        dtype: &'static str,
    },
    /// `GeometryArray` of geopandas: objects.
    Geometries {
        /// The geometries.
        objects: Grid<'g, S>,
        /// The coordinate reference system, if it has one.
        crs: Option<Node<'g, S>>,
    },
    /// `Categorical`
    Categorical(Categories<'g, S>),
    /// `PeriodArray`
    Periods {
        /// The numbers of the periods, or [`NAT`] where one is missing.
        ordinals: Grid<'g, S>,
        /// The length of a period.
        freq: Freq,
    },
    /// `IntervalArray`
    Intervals {
        /// The beginnings and the ends.
        sides: Box<(Values<'g, S>, Values<'g, S>)>,
        /// The sides that belong to an interval.
        closed: Closed,
    },
    /// `SparseArray`
    Sparse(Box<Sparse<'g, S>>),
    /// `ArrowExtensionArray`, `ArrowStringArray`: what Arrow holds.
    Arrow {
        /// The array.
        array: pyarrow::Array<'g>,
        /// `str` or `string`, of text of pandas' own.
        dtype: Option<&'static str>,
    },
}

/// `Categorical`: values of which each is one of a few.
#[derive(Clone)]
#[non_exhaustive]
pub struct Categories<'g, S> {
    /// The number of the category of each value; −1 where it is missing.
    pub codes: Grid<'g, S>,
    /// The categories.
    pub categories: Box<Index<'g, S>>,
    /// Whether the categories are in an order.
    pub is_ordered: bool,
}

/// The names that pandas has for numbers that may be missing: those of numpy, but for the case.
const NULLABLE: [&str; 10] =
    ["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64"];

/// Longer names of zones are not known.
const LONGEST_ZONE: usize = 100;

type Parts<'g, S> = (Node<'g, S>, Option<Node<'g, S>>, Option<Node<'g, S>>);

impl<'g, S: AsRef<[u8]>> Values<'g, S> {
    /// The array of numpy that has a place for each of them, in those that are no more than one.
    fn grid(&self) -> Option<&Grid<'g, S>> {
        match self {
            Self::Numpy(array)
            | Self::Times { ticks: array, .. }
            | Self::Deltas { ticks: array, .. }
            | Self::Masked { values: array, .. }
            | Self::Text { objects: array, .. }
            | Self::Geometries { objects: array, .. }
            | Self::Periods { ordinals: array, .. } => Some(array),
            Self::Categorical(categories) => Some(&categories.codes),
            Self::Intervals { .. } | Self::Sparse(_) | Self::Arrow { .. } => None,
        }
    }

    /// The type of the numbers, if they are in an array of numpy.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Numpy(values) | Self::Masked { values, .. } => values.dtype().number(),
            _ => None,
        }
    }

    /// The number of values, of all columns in the array.
    pub fn len(&self) -> usize {
        match self {
            Self::Intervals { sides, .. } => sides.0.len(),
            Self::Sparse(sparse) => sparse.len(),
            Self::Arrow { array, .. } => array.len(),
            _ => self.grid().map_or(0, Grid::len),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of columns in the array.
    pub(super) fn columns(&self) -> Option<usize> {
        match self {
            // One mask, and one index of categories, is of one column.
            Self::Masked { .. } | Self::Categorical(_) => (self.rows() == self.len()).then_some(1),
            _ => Some(self.grid().map_or(1, Grid::columns)),
        }
    }

    /// The number of values of one column.
    pub fn rows(&self) -> usize {
        self.grid().map_or_else(|| self.len(), Grid::rows)
    }

    /// The value with this index; `None` if there is none, or none that can be read.
    pub fn get(&self, index: usize) -> Option<Cell<'g, S>> {
        Some(match self {
            Self::Numpy(array) => array.get(index)?,
            Self::Times { ticks, unit, tz } => match ticks.int(index)? {
                NAT => Cell::Missing,
                ticks => {
                    let (tz, zone) = tz.unzip();
                    Cell::Timestamp(Timestamp::in_zone(ticks, *unit, tz, zone.flatten()))
                }
            },
            Self::Deltas { ticks, unit } => match ticks.int(index)? {
                NAT => Cell::Missing,
                ticks => Cell::Timedelta(Timedelta { ticks, unit: *unit }),
            },
            Self::Masked { values, mask } => match mask.get(index)? {
                Cell::Scalar(Scalar::Bool(true)) => Cell::Missing,
                _ => values.get(index)?,
            },
            Self::Text { objects, .. } => match objects.get(index)? {
                Cell::Object(node)
                    if matches!(node.data(), Data::Str(_)) || node.python2_string().is_some() =>
                {
                    Cell::Object(node)
                }
                Cell::Object(_) => Cell::Missing,
                _ => return None,
            },
            Self::Geometries { objects, .. } => match objects.get(index)? {
                Cell::Object(node) if node.is_none() => Cell::Missing,
                Cell::Object(node) => Cell::Geometry(geometry::element(node)?),
                _ => return None,
            },
            Self::Categorical(of) => coded(&of.codes, index, |code| of.categories.get(code))?,
            Self::Periods { ordinals, freq } => match ordinals.int(index)? {
                NAT => Cell::Missing,
                ordinal => Cell::Period(Period { ordinal, freq: *freq }),
            },
            Self::Intervals { sides, closed } => match (sides.0.get(index)?, sides.1.get(index)?) {
                (Cell::Missing, _) => Cell::Missing,
                (Cell::Scalar(Scalar::Float(left)), _) if left.is_nan() => Cell::Missing,
                sides => Cell::Interval(Box::new(sides), *closed),
            },
            Self::Sparse(sparse) => sparse.get(index)?,
            Self::Arrow { array, .. } => {
                Cell::of_arrow(array.get(index)?, &array.datatype, &mut array.held())?
            }
        })
    }

    /// Reads an array of numpy with one or two dimensions, or an extension array of pandas; `None` of anything else, and of an array of
    /// a class that is not known.
    pub fn read(node: Node<'g, S>) -> Option<Self> {
        Self::of(node, DEEPEST)
    }

    /// An array of numpy, or an extension array.
    pub(super) fn of(node: Node<'g, S>, depth: u8) -> Option<Self> {
        if let Some(array) = Grid::of(node) {
            return match array.array.class {
                ArrayClass::Other(class) if class_of(class).is_some() => Self::old_sparse(array, class),
                _ => Some(Self::of_numpy(array)),
            };
        }
        let call = Call::of(node)?;
        if call.class != Class::PandasNewIndex {
            return Self::extension(&call, depth);
        }
        // Before 0.24, times in a zone were an index, and an index of them could be made of another one.
        match Index::of(node, depth.checked_sub(1)?)?.labels {
            Labels::Values(values) => Some(*values),
            Labels::Range { .. } | Labels::Levels(_) => None,
        }
    }

    fn of_numpy(array: Grid<'g, S>) -> Self {
        match numpy_time(&array) {
            Some((true, unit)) => Self::Times { ticks: array, unit, tz: None },
            Some((false, unit)) => Self::Deltas { ticks: array, unit },
            None => Self::Numpy(array),
        }
    }

    /// Before 0.24, a `SparseArray` was an array of numpy with `(fill, index)` beside it.
    fn old_sparse(array: Grid<'g, S>, class: Node<'g, S>) -> Option<Self> {
        let [beside] = *array.array.beside.as_slice() else { return None };
        let (Some((Class::PandasArray, (_, "SparseArray"))), Data::Tuple(parts)) =
            (class_of(class), beside.data())
        else {
            return None;
        };
        let sparse = Sparse::with_fill(parts.get(1)?, array, parts.get(0)?)?;
        (parts.len() == 2).then(|| Self::Sparse(Box::new(sparse)))
    }

    pub(super) fn intervals(left: Self, right: Self, closed: Closed) -> Option<Self> {
        let fits = left.len() == right.len() && left.rows() == left.len();
        fits.then(|| Self::Intervals { sides: Box::new((left, right)), closed })
    }

    /// The frequency that an array of times was made with.
    pub(super) fn freq(node: Node<'g, S>) -> Option<Node<'g, S>> {
        let state = Call::of(node)?.state()?;
        let attributes = match state.data() {
            Data::Tuple(parts) => parts.get(parts.len().checked_sub(1)?)?,
            _ => state,
        };
        attributes.get("_freq").filter(|freq| !freq.is_none())
    }

    /// The labels that an index of a class makes of its data; the index has some attributes itself.
    pub(super) fn in_index(
        self,
        class: &str,
        tz: Option<Node<'g, S>>,
        freq: Option<Node<'g, S>>,
    ) -> Option<Self> {
        Some(match (class, self) {
            ("DatetimeIndex", Self::Times { ticks, unit, tz: None }) => {
                Self::Times { ticks, unit, tz: tz.map(zoned) }
            }
            ("PeriodIndex", Self::Numpy(ordinals)) => Self::Periods { ordinals, freq: Freq::of(freq?)? },
            ("DatetimeIndex" | "TimedeltaIndex" | "CategoricalIndex", Self::Numpy(_)) => {
                return None;
            }
            (_, values) => values,
        })
    }

    fn extension(call: &Call<'g, S>, depth: u8) -> Option<Self> {
        let (class, state) = match call.class {
            Class::PandasBacked => {
                let [class, _, state] = call.exactly()?;
                (state.is_none().then(|| class_of(class))??.1.1, call.state()?)
            }
            Class::PandasMixin => {
                let [class, _, state] = call.exactly()?;
                (state.is_none().then(|| class_of(class))??.1.1, call.state()?)
            }
            // `(array, reference system)`; with shapely 1 a dict.
            Class::GeometryArray if call.has_no_args() => {
                let state = call.state()?;
                let array =
                    Grid::of(state.at(0).or_else(|| state.get("data")).or_else(|| state.get("_data"))?)?;
                let is_flat = array.dtype().kind == Kind::Object && array.rows() == array.len();
                let crs = state.at(1).or_else(|| state.get("crs")).or_else(|| state.get("_crs"));
                let crs = crs.filter(|crs| !crs.is_none());
                return is_flat.then_some(Self::Geometries { objects: array, crs });
            }
            Class::PandasArray if call.args()?.is_empty() => (call.name.1, call.state()?),
            _ => return None,
        };
        // The state of what Cython makes may be a tuple with the dict in it.
        let state = match state.data() {
            Data::Tuple(parts) if parts.len() == 1 => parts.get(0)?,
            _ => state,
        };
        let attribute = |names: &[&str]| names.iter().find_map(|name| state.get(*name));
        match class {
            "Categorical" => {
                let (codes, dtype, _) = backed(state, &["_codes"])?;
                Self::categorical(codes, dtype, state, depth)
            }
            "DatetimeArray" | "TimedeltaArray" | "PeriodArray" | "StringArray" => {
                let (data, dtype, _) = backed(state, &["_data"])?;
                let array = Grid::of(data)?;
                match class {
                    "DatetimeArray" => match (Self::of_numpy(array), dtype.and_then(zone_of)) {
                        (Self::Times { ticks, unit, .. }, tz) => {
                            Some(Self::Times { ticks, unit, tz: tz.map(zoned) })
                        }
                        _ => None,
                    },
                    "TimedeltaArray" => {
                        Some(Self::of_numpy(array)).filter(|values| matches!(values, Self::Deltas { .. }))
                    }
                    "PeriodArray" => Some(Self::Periods { ordinals: array, freq: period_of(dtype?)? }),
                    _ => Some(Self::Text { objects: array, dtype: dtype.map_or("string", text_of) }),
                }
            }
            "IntegerArray" | "FloatingArray" | "BooleanArray" => {
                let [values, mask] = ["_data", "_mask"].map(|name| state.get(name).and_then(Grid::of));
                let (values, mask) = (values?, mask?);
                (values.array.shape == mask.array.shape).then_some(Self::Masked { values, mask })
            }
            "IntervalArray" => {
                let side = |name| Self::of(state.get(name)?, depth.checked_sub(1)?);
                let closed = match state.get("_closed") {
                    Some(closed) => closed,
                    None => state.get("_dtype")?.attr("closed")?,
                };
                Self::intervals(side("_left")?, side("_right")?, Closed::from_name(short(closed)?)?)
            }
            "SparseArray" => {
                let part = |name| state.get(name);
                Sparse::of(part("_sparse_index")?, part("_sparse_values")?, part("_dtype")?)
                    .map(|sparse| Self::Sparse(Box::new(sparse)))
            }
            "ArrowExtensionArray" | "ArrowStringArray" => Some(Self::Arrow {
                array: pyarrow::Array::of(attribute(&["_pa_array", "_data"])?)?,
                dtype: attribute(&["_dtype"]).filter(|dtype| is_text(*dtype)).map(text_of),
            }),
            // A wrapper that adds nothing.
            "NumpyExtensionArray" => Grid::of(backed(state, &[])?.0).map(Self::of_numpy),
            _ => None,
        }
    }

    fn categorical(
        codes: Node<'g, S>,
        dtype: Option<Node<'g, S>>,
        state: Node<'g, S>,
        depth: u8,
    ) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let codes = Grid::of(codes)?;
        // Before 0.21 there was no dtype.
        let [categories, ordered] = match dtype {
            Some(dtype) => ["categories", "ordered"].map(|name| dtype.attr(name)),
            None => ["_categories", "_ordered"].map(|name| state.get(name)),
        };
        let categories = Box::new(Index::of(categories?, depth)?);
        let is_ordered = ordered.and_then(Node::as_bool).unwrap_or_default();
        let flat = !matches!(categories.labels, Labels::Levels(_));
        flat.then_some(Self::Categorical(Categories { codes, categories, is_ordered }))
    }
}

/// The array, the dtype and the other attributes of what is backed by an array of numpy: `(dtype, array[, {…}])`, in either
/// order, or a dict with the array under `_ndarray` or the name that the class had for it.
fn backed<'g, S: AsRef<[u8]>>(state: Node<'g, S>, names: &[&str]) -> Option<Parts<'g, S>> {
    match state.data() {
        Data::Tuple(parts) => {
            let (first, second) = (parts.get(0)?, parts.get(1)?);
            let is_array = Grid::of(first).is_some();
            let (data, dtype) = if is_array { (first, second) } else { (second, first) };
            (parts.len() <= 3).then(|| (data, Some(dtype), parts.get(2)))
        }
        _ => {
            let data = ["_ndarray"].iter().chain(names).find_map(|name| state.get(*name))?;
            Some((data, state.get("_dtype"), Some(state)))
        }
    }
}

/// Whether it is of points in time, and in what these are counted; only what pandas counts in.
fn numpy_time<S: AsRef<[u8]>>(array: &Grid<'_, S>) -> Option<(bool, TimeUnit)> {
    let (is_point, unit) = match &array.dtype().kind {
        Kind::DateTime(unit) => (true, unit),
        Kind::TimeDelta(unit) => (false, unit),
        _ => return None,
    };
    let unit = TimeUnit::from_name(unit.unit.name()).filter(|_| unit.count == 1)?;
    Some((is_point, unit))
}

fn zoned<S: AsRef<[u8]>>(tz: Node<'_, S>) -> (Node<'_, S>, Option<TimeZone<'_>>) {
    let zone = TimeZone::of(tz).filter(|zone| zone.key().is_none_or(|key| key.len() <= LONGEST_ZONE));
    (tz, zone)
}

/// The zone that a `DatetimeTZDtype` has.
fn zone_of<S: AsRef<[u8]>>(dtype: Node<'_, S>) -> Option<Node<'_, S>> {
    dtype.attr("tz").filter(|tz| !tz.is_none())
}

impl<S: AsRef<[u8]>> fmt::Display for Values<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numpy(array) => write!(f, "{}", array.dtype()),
            Self::Times { unit, tz: None, .. } => write!(f, "datetime64[{unit}]"),
            Self::Times { unit, tz: Some((_, Some(zone))), .. } => write!(f, "datetime64[{unit}, {zone}]"),
            Self::Times { unit, tz: Some((_, None)), .. } => write!(f, "datetime64[{unit}, ?]"),
            Self::Deltas { unit, .. } => write!(f, "timedelta64[{unit}]"),
            Self::Masked { values, .. } => {
                let name = values.dtype().to_string();
                let nullable = NULLABLE.iter().find(|nullable| nullable.eq_ignore_ascii_case(&name));
                f.write_str(nullable.unwrap_or(&"boolean"))
            }
            Self::Text { dtype, .. } | Self::Arrow { dtype: Some(dtype), .. } => f.write_str(dtype),
            Self::Geometries { .. } => f.write_str("geometry"),
            Self::Categorical(_) => f.write_str("category"),
            Self::Periods { freq, .. } => write!(f, "period[{freq}]"),
            Self::Intervals { sides, closed } => write!(f, "interval[{}, {}]", sides.0, closed.name()),
            Self::Sparse(sparse) => write!(f, "{sparse}"),
            Self::Arrow { array, dtype: None } => write!(f, "{}[pyarrow]", array.datatype),
        }
    }
}

pub(crate) fn array<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Values<'g, S>> {
    Values::extension(call, DEEPEST)
}

debug_variants!(Values {
    Self::Numpy(array) => Numpy(array),
    Self::Times { ticks, unit, tz } => Times(ticks, unit, tz),
    Self::Deltas { ticks, unit } => Deltas(ticks, unit),
    Self::Masked { values, mask } => Masked(values, mask),
    Self::Text { objects, dtype } => Text(objects, dtype),
    Self::Geometries { objects, crs } => Geometries(objects, crs),
    Self::Categorical(categories) => Categorical(categories),
    Self::Periods { ordinals, freq } => Periods(ordinals, freq),
    Self::Intervals { sides, closed } => Intervals(sides, closed),
    Self::Sparse(sparse) => Sparse(sparse),
    Self::Arrow { array, dtype } => Arrow(array, dtype),
});
debug_fields!(
    Categories,
    this { codes: this.codes, categories: this.categories, is_ordered: this.is_ordered }
);
