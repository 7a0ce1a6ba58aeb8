//! scipy: sparse matrices and arrays, in all the formats that it has.

use std::collections::HashSet;

use halfsour_value::{Elements, Items, Node};

use crate::call::Call;
use crate::debug::{debug_fields, debug_variants};
use crate::memory::Scalar;
use crate::names::Class;
use crate::numpy::{self, ArrayData, Element, Kind, NdArray};
use crate::stdlib::Pairs;

/// A sparse matrix or array: `scipy.sparse.csr_matrix`, `csr_array`, …
#[derive(Clone)]
#[non_exhaustive]
pub struct Sparse<'g, S> {
    /// The name of its format: `csr`, `csc`, `bsr`, `coo`, `dia`, `lil` or `dok`.
    pub format: &'static str,
    /// Whether it is an array, not a matrix.
    pub is_array: bool,
    /// The number of elements in each dimension, zeros with them. Some arrays have one dimension, or more than two.
    pub shape: Vec<usize>,
    /// The stored elements.
    pub parts: Parts<'g, S>,
}

/// The stored elements of a [`Sparse`].
#[derive(Clone)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // there are few of them, and arrays are in most
pub enum Parts<'g, S> {
    /// `csr`, `csc`, `bsr`: one row, column or row of blocks after the other.
    Compressed {
        /// The start of each line in the others, and the end of the last: `indptr`.
        pointers: NdArray<'g, S>,
        /// The column, row or column of blocks of each.
        indices: NdArray<'g, S>,
        /// The elements, or blocks.
        data: NdArray<'g, S>,
    },
    /// `coo`: each with its place.
    Coordinates {
        /// For each dimension, where in it each element is: `row` and `col`.
        coordinates: Vec<NdArray<'g, S>>,
        /// The elements. Those that are in one place add up.
        data: NdArray<'g, S>,
    },
    /// `dia`: diagonals.
    Diagonals {
        /// The distance of each diagonal to the right of the main one.
        offsets: NdArray<'g, S>,
        /// The diagonals, an element for each column from the first on.
        data: NdArray<'g, S>,
    },
    /// `lil`: two arrays of lists, one of each for each row.
    Lists {
        /// The columns.
        columns: NdArray<'g, S>,
        /// The elements: objects.
        data: NdArray<'g, S>,
    },
    /// `dok`: a dict.
    Keys(Items<'g, S>),
}

fn int<S>(element: &Element<'_, S>) -> Option<usize> {
    match *element {
        Element::Scalar(Scalar::Int(int)) => usize::try_from(int).ok(),
        Element::Scalar(Scalar::UInt(int)) => usize::try_from(int).ok(),
        _ => None,
    }
}

fn ints<S: AsRef<[u8]>>(array: &NdArray<'_, S>) -> Option<Vec<usize>> {
    array.elements()?.map(|element| int(&element)).collect()
}

/// An int of Python, or a scalar of numpy, as some keys have them.
fn size<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<usize> {
    match node.as_i64() {
        Some(int) => usize::try_from(int).ok(),
        None => int(&numpy::scalar(&Call::of_class(node, Class::NumpyScalar)?)?.element()),
    }
}

fn objects<'g, S: AsRef<[u8]>>(array: &NdArray<'g, S>) -> Option<Elements<'g, S>> {
    match &array.data {
        ArrayData::Objects(objects) => Some(objects.clone()),
        _ => None,
    }
}

/// An array in an attribute: of ints, and of one dimension.
fn index<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<NdArray<'_, S>> {
    let array = numpy::array(node)?;
    let is_index = matches!(array.dtype.kind, Kind::Int | Kind::UInt) && array.mask.is_none();
    (is_index && array.shape.len() == 1).then_some(array)
}

/// A sparse matrix or array, if there is as much in its parts as the shape says.
pub(crate) fn sparse<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Sparse<'g, S>> {
    let (format, kind) = call.name.1.split_once('_')?;
    let state = call.state()?;
    let shape = state.get("_shape")?.elements()?.map(size).collect::<Option<Vec<_>>>()?;
    let array = |name: &str| numpy::array(state.get(name)?);
    let parts = match format {
        "coo" => {
            let data = array("data")?;
            let coordinates = match state.get("coords") {
                Some(coordinates) => coordinates.elements()?.map(index).collect::<Option<Vec<_>>>()?,
                // Up to scipy 1.12.
                None => vec![index(state.get("row")?)?, index(state.get("col")?)?],
            };
            let mut lengths = coordinates.iter().map(|of| &of.shape);
            (coordinates.len() == shape.len() && lengths.all(|length| *length == data.shape)).then_some(())?;
            Parts::Coordinates { coordinates, data }
        }
        "dia" => {
            let (offsets, data) = (index(state.get("offsets")?)?, array("data")?);
            (data.shape.len() == 2 && data.shape[0] == offsets.len()).then_some(())?;
            Parts::Diagonals { offsets, data }
        }
        "lil" => {
            let (columns, data) = (array("rows")?, array("data")?);
            (objects(&columns)?.len() == *shape.first()? && objects(&data)?.len() == shape[0])
                .then_some(())?;
            Parts::Lists { columns, data }
        }
        "dok" => Parts::Keys(match (state.get("_dict"), call.up_to::<1>()) {
            // From scipy 1.12 on, a field.
            (Some(keys), _) | (None, Some((1, [keys]))) => keys.items()?,
            // Up to scipy 0.19, one without elements.
            (None, Some((0, _))) => {
                let mut none = state.items()?;
                none.by_ref().for_each(drop);
                none
            }
            _ => return None,
        }),
        _ => {
            let (pointers, indices) = (index(state.get("indptr")?)?, index(state.get("indices")?)?);
            let data = array("data")?;
            let lines = match (format, shape.as_slice(), data.shape.as_slice()) {
                ("bsr", [rows, _], [_, height, width])
                    if *width > 0 && rows.checked_rem(*height) == Some(0) =>
                {
                    rows / height
                }
                ("csr", [_], [_]) => 1,
                ("csr", [lines, _], [_]) | ("csc", [_, lines], [_]) => *lines,
                _ => return None,
            };
            let fits = Some(pointers.len()) == lines.checked_add(1) && data.shape[0] == indices.len();
            fits.then_some(())?;
            Parts::Compressed { pointers, indices, data }
        }
    };
    Some(Sparse { format, is_array: kind == "array", shape, parts })
}

impl<S: AsRef<[u8]>> Sparse<'_, S> {
    /// The stored elements, in the order in which they are stored: row, column and element. Those of an array of one dimension are in
    /// row 0.
    /// Elements of `lil` and `dok` are objects: floats and ints of Python, or scalars of numpy.
    ///
    /// `None` if it has more dimensions, if there is something outside, or if buffers were not supplied.
    pub fn elements(&self) -> Option<impl Iterator<Item = (usize, usize, Element<'_, S>)>> {
        let places = self.places()?;
        let values: Box<dyn Iterator<Item = Element<'_, S>>> = match &self.parts {
            Parts::Compressed { data, .. }
            | Parts::Coordinates { data, .. }
            | Parts::Diagonals { data, .. } => Box::new(data.elements()?),
            Parts::Lists { data, .. } => {
                let lists = objects(data)?.map(|list| list.elements().into_iter().flatten());
                Box::new(lists.flatten().map(Element::Object))
            }
            Parts::Keys(items) => Box::new(items.clone().map(|(_, value)| Element::Object(value))),
        };
        let found = places.into_iter().zip(values);
        Some(found.filter_map(|(place, value)| place.map(|(row, column)| (row, column, value))))
    }

    /// The place of each element; `None` for those of diagonals that are outside, which scipy allows.
    fn places(&self) -> Option<Vec<Option<(usize, usize)>>> {
        let (rows, columns) = match *self.shape.as_slice() {
            [columns] => (1, columns),
            [rows, columns] => (rows, columns),
            _ => return None,
        };
        let inside = |row, column| (row < rows && column < columns).then_some(Some((row, column)));
        match &self.parts {
            Parts::Compressed { pointers, indices, data } => {
                let (height, width) = match *data.shape.as_slice() {
                    [_, height, width] => (height, width),
                    _ => (1, 1),
                };
                let (pointers, indices) = (ints(pointers)?, ints(indices)?);
                let mut places = Vec::new();
                for (line, span) in pointers.windows(2).enumerate() {
                    for &index in indices.get(span[0]..span[1])? {
                        let (row, column) = if self.format == "csc" { (index, line) } else { (line, index) };
                        for inner in 0..height {
                            let row = row.checked_mul(height)?.checked_add(inner)?;
                            for inner in 0..width {
                                places.push(inside(row, column.checked_mul(width)?.checked_add(inner)?)?);
                            }
                        }
                    }
                }
                (pointers.first() == Some(&0)).then_some(places)
            }
            Parts::Coordinates { coordinates, .. } => match coordinates.as_slice() {
                [columns] => ints(columns)?.into_iter().map(|column| inside(0, column)).collect(),
                [rows, columns] => {
                    let places = ints(rows)?.into_iter().zip(ints(columns)?);
                    places.map(|(row, column)| inside(row, column)).collect()
                }
                _ => None,
            },
            Parts::Diagonals { offsets, data } => {
                let length = *data.shape.get(1)?;
                let mut places = Vec::new();
                for offset in offsets.elements()? {
                    let offset = match offset {
                        Element::Scalar(Scalar::Int(offset)) => offset,
                        Element::Scalar(Scalar::UInt(offset)) => i64::try_from(offset).ok()?,
                        _ => return None,
                    };
                    let place = |column: usize| {
                        let row = i64::try_from(column).ok()?.checked_sub(offset)?;
                        inside(usize::try_from(row).ok()?, column)?
                    };
                    places.extend((0..length).map(place));
                }
                Some(places)
            }
            Parts::Lists { columns, data } => {
                let (mut places, mut seen) = (Vec::new(), HashSet::new());
                for (row, (list, values)) in objects(columns)?.zip(objects(data)?).enumerate() {
                    // One list for many rows would be longer than the pickle.
                    (list.len() == values.len() && (list.is_empty() || seen.insert(list.id())))
                        .then_some(())?;
                    for column in list.elements()? {
                        places.push(inside(row, size(column)?)?);
                    }
                }
                Some(places)
            }
            Parts::Keys(items) => {
                let place = |(key, _): (Node<'_, S>, _)| match self.shape.len() {
                    1 => inside(0, size(key)?),
                    _ => inside(size(key.at(0)?)?, size(key.at(1)?)?),
                };
                items.clone().map(place).collect()
            }
        }
    }

    /// The number of stored elements, as far as the parts say it.
    pub fn stored(&self) -> usize {
        match &self.parts {
            Parts::Compressed { data, .. }
            | Parts::Coordinates { data, .. }
            | Parts::Diagonals { data, .. } => data.len(),
            Parts::Lists { data, .. } => objects(data).map_or(0, |lists| lists.filter_map(Node::len).sum()),
            Parts::Keys(items) => items.len(),
        }
    }
}

debug_fields!(
    Sparse,
    this { format: this.format, is_array: this.is_array, shape: this.shape, parts: this.parts }
);
debug_variants!(Parts {
    Self::Compressed { pointers, indices, data } => Compressed(pointers, indices, data),
    Self::Coordinates { coordinates, data } => Coordinates(coordinates, data),
    Self::Diagonals { offsets, data } => Diagonals(offsets, data),
    Self::Lists { columns, data } => Lists(columns, data),
    Self::Keys(items) => Keys(&Pairs::from(items.clone())),
});
