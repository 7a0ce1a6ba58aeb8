//! [`Place`]: that to which a path leads.

use std::fmt;

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{ArrayData, Kind};
use halfsour_classes::pandas::{Cell, Frame, Index, Labels, Series, Values};
use halfsour_classes::stdlib::ArrayItem;
use halfsour_classes::{Known, Shape, field, members, numpy, pairs, recognise};
use halfsour_value::path::{Literal, Segment, Slice, Subscript, place};
use halfsour_value::{Data, Instance, Items, Node, Step};

use super::steps;

/// That to which a path leads: an object of the graph, or a part of an array or table, which is none.
#[derive(Clone)]
#[non_exhaustive]
pub enum Place<'g, S> {
    /// An object.
    Node(Node<'g, S>),
    /// Some members of a list, tuple or array of objects: `users[1:3]`.
    Members(Vec<Node<'g, S>>),
    /// A part that is an array (`w[0]`), a scalar of numpy (`w[0, 1]`), a series (`df.price`) or an index (`df.index`), as if it had
    /// been pickled alone.
    Known(Box<Known<'g, S>>),
    /// A value of a table: `df.price[3]`.
    Cell(Cell<'g, S>),
}

impl<'g, S: AsRef<[u8]> + Clone> Place<'g, S> {
    /// The object, if the place is one of the graph.
    pub fn node(&self) -> Option<Node<'g, S>> {
        match self {
            Self::Node(node) => Some(*node),
            _ => None,
        }
    }

    /// The known object that is here, if it is one.
    pub fn known(&self) -> Option<Known<'g, S>> {
        match self {
            Self::Node(node) => recognise(*node),
            Self::Known(known) => Some((**known).clone()),
            Self::Members(_) | Self::Cell(_) => None,
        }
    }

    /// Follows a segment of a path.
    pub fn step(&self, segment: &Segment) -> Option<Self> {
        match self {
            Self::Node(node) => of_node(*node, segment),
            Self::Known(known) => of_known(known, None, segment),
            Self::Members(members) => match segment {
                Segment::Subscript { items, .. } => of_members(members, items),
                _ => None,
            },
            Self::Cell(Cell::Tuple(cells) | Cell::List(cells)) => {
                cell_at(segment, cells.len(), |at| cells.get(at).cloned())
            }
            Self::Cell(Cell::Dict(members)) => {
                let name = match segment {
                    Segment::Name(name) => name.as_bytes(),
                    _ => match segment.literal()? {
                        Literal::Text(name) => name,
                        _ => return None,
                    },
                };
                let found = members.iter().find(|(found, _)| found.as_bytes() == name);
                found.map(|(_, cell)| of_cell(cell.clone()))
            }
            Self::Cell(Cell::Bytes(bytes)) => of_bytes(bytes, segment),
            Self::Cell(Cell::Interval(sides, _)) => match segment {
                Segment::Name(name) if name == "left" => Some(of_cell(sides.0.clone())),
                Segment::Name(name) if name == "right" => Some(of_cell(sides.1.clone())),
                _ => None,
            },
            Self::Cell(_) => None,
        }
    }
}

fn of_node<'g, S: AsRef<[u8]> + Clone>(node: Node<'g, S>, segment: &Segment) -> Option<Place<'g, S>> {
    let known = match node.data() {
        Data::Instance(_) => recognise(node),
        Data::Bytes(bytes) | Data::ByteArray(bytes) => return of_bytes(bytes, segment),
        _ => None,
    };
    // The rows and columns of tables and arrays come before the attributes that pandas keeps in the object.
    if let Some(place) = known.as_ref().and_then(|known| of_known(known, Some(node), segment)) {
        return Some(place);
    }
    if let Some(found) = node.segment(segment) {
        return Some(Place::Node(found));
    }
    match segment {
        Segment::Name(name) => {
            let found = field(node, name).or_else(|| keyword(node, name));
            found.or_else(|| built(node, name)).map(Place::Node)
        }
        Segment::Subscript { text, items } => {
            if let Some(all) = members(node).filter(|_| !matches!(known, Some(Known::ChainMap(_))))
                && let Some(place) = of_members(&all.collect::<Vec<_>>(), items)
            {
                return Some(place);
            }
            let key = segment.key();
            let is_key = |found: Node<'g, S>| {
                key.as_ref().is_some_and(|key| key.is(found)) || steps::shown(found) == *text
            };
            // Names of attributes that are no identifiers are written as keys.
            let attributes = states(node).filter_map(Node::attributes).flatten().flatten().flatten();
            let all = attributes.chain(pairs(node).into_iter().flatten());
            all.filter(|(found, _)| is_key(*found)).last().map(|(_, value)| Place::Node(value))
        }
        _ => None,
    }
}

/// The states that an object was given.
fn states<S: AsRef<[u8]>>(node: Node<'_, S>) -> impl Iterator<Item = Node<'_, S>> {
    let steps = node.as_instance().into_iter().flat_map(Instance::steps);
    steps.filter_map(|step| match step {
        Step::State(state) => Some(state),
        _ => None,
    })
}

/// An attribute that was given to an object that is no instance: to a class, say.
fn built<'g, S: AsRef<[u8]>>(node: Node<'g, S>, name: &str) -> Option<Node<'g, S>> {
    let states = node.foreign_steps()?.filter_map(|step| match step {
        Step::State(state) => state.attributes(),
        _ => None,
    });
    let mut attributes = states.flatten().flatten().flatten();
    attributes.find(|(key, _)| key.text_bytes() == Some(name.as_bytes())).map(|(_, value)| value)
}

/// A keyword argument that an object was made with.
fn keyword<'g, S: AsRef<[u8]> + Clone>(node: Node<'g, S>, name: &str) -> Option<Node<'g, S>> {
    let (_, keywords): (_, Option<Items<'g, S>>) = node.as_instance()?.arguments()?;
    let is_named = |key: &Node<'g, S>| key.text_bytes() == Some(name.as_bytes());
    keywords?.find(|(key, _)| is_named(key)).map(|(_, value)| value)
}

/// One of several objects, or some of them.
fn of_members<'g, S: AsRef<[u8]> + Clone>(
    members: &[Node<'g, S>],
    items: &[Subscript],
) -> Option<Place<'g, S>> {
    match items {
        [Subscript::Literal(Literal::Int(index))] => {
            members.get(place(*index, members.len())?).copied().map(Place::Node)
        }
        [Subscript::Slice(slice)] => {
            let (start, count, step) = slice.indices(members.len());
            Some(Place::Members(members.iter().skip(start).step_by(step).take(count).copied().collect()))
        }
        _ => None,
    }
}

/// A part of a known object, which may be the one of `node`.
fn of_known<'g, S: AsRef<[u8]> + Clone>(
    known: &Known<'g, S>,
    node: Option<Node<'g, S>>,
    segment: &Segment,
) -> Option<Place<'g, S>> {
    match known {
        Known::DataFrame(frame) => of_frame(frame, segment),
        Known::Series(series) => of_series(series, segment),
        Known::PandasIndex(index) => match (slice_of(segment), segment) {
            (Some(slice), _) => Some(of_index(&index.slice(slice)?)),
            (None, Segment::Name(name)) => attribute_of_index(index, name),
            _ => cell_at(segment, index.len(), |at| index.get(at)),
        },
        Known::PandasArray(values) => of_array_of_pandas(values, segment),
        Known::ArrowArray(array) => {
            of_array_of_pandas(&Values::Arrow { array: (**array).clone(), dtype: None }, segment)
        }
        Known::NdArray(array) => of_array(array, segment).or_else(|| {
            let Segment::Name(name) = segment else { return None };
            let attribute = array.attributes().find_map(|dict| dict.get(&**name)).map(Place::Node);
            attribute.or_else(|| (name == "dtype").then(|| text(&array.dtype)))
        }),
        Known::Array(array) => cell_at(segment, array.len(), |at| {
            Some(match array.get(at)? {
                ArrayItem::Int(int) => Cell::Scalar(match i64::try_from(int) {
                    Ok(int) => Scalar::Int(int),
                    Err(_) => Scalar::UInt(u64::try_from(int).ok()?),
                }),
                ArrayItem::Float(float) => Cell::Scalar(Scalar::Float(float)),
                ArrayItem::Character(point) => Cell::Text(char::from_u32(point)?.to_string().into()),
            })
        }),
        Known::Range(range) => {
            let length = usize::try_from(range.count()?).ok()?;
            cell_at(segment, length, |at| range.get(at.try_into().ok()?).map(Scalar::Int).map(Cell::Scalar))
        }
        Known::NumpyScalar(scalar) => of_array(scalar.as_array(), segment).or_else(|| {
            matches!(segment, Segment::Name(name) if name == "dtype").then(|| text(scalar.dtype()))
        }),
        Known::ChainMap(maps) => match segment {
            // The first map that has the key is asked.
            Segment::Name(_) | Segment::Subscript { .. } => {
                maps.clone().find_map(|map| pairs(map).and(of_node(map, segment)))
            }
            _ => None,
        },
        Known::Partial(partial) => match segment {
            Segment::Name(name) if name == "func" => Some(Place::Node(partial.function)),
            _ => None,
        },
        known => match (known.shape(), segment) {
            (Shape::Mapping(mut pairs), Segment::Name(name)) => {
                let key = Literal::Text(name.clone().into_bytes());
                pairs.find(|(found, _)| key.is(*found)).map(|(_, value)| Place::Node(value))
            }
            (Shape::Mapping(pairs), Segment::Subscript { .. }) => {
                let key = segment.key()?;
                pairs.filter(|(found, _)| key.is(*found)).last().map(|(_, value)| Place::Node(value))
            }
            (Shape::Sequence(members), Segment::Subscript { items, .. }) => {
                of_members(&members.collect::<Vec<_>>(), items)
            }
            (Shape::Inner(inner), _) if Some(inner) != node => of_data(inner, segment),
            _ => None,
        },
    }
}

/// A part of the text or the bytes that another object stands for: there are none that are objects; of anything else, as Python's `UserList` and
/// the like do, the part that it has itself.
fn of_data<'g, S: AsRef<[u8]> + Clone>(node: Node<'g, S>, segment: &Segment) -> Option<Place<'g, S>> {
    node.segment(segment).map(Place::Node)
}

/// The number of the column that a segment names.
pub(super) fn column<S: AsRef<[u8]>>(frame: &Frame<'_, S>, segment: &Segment) -> Option<usize> {
    let label = match segment {
        Segment::Name(name) => Literal::Text(name.clone().into_bytes()),
        Segment::Subscript { .. } => segment.key()?,
        _ => return None,
    };
    frame.columns.cells().position(|cell| cell.is_some_and(|cell| is_label(&label, &cell)))
}

fn of_frame<'g, S: AsRef<[u8]> + Clone>(frame: &Frame<'g, S>, segment: &Segment) -> Option<Place<'g, S>> {
    if let Some(slice) = slice_of(segment) {
        return Some(Place::Known(Box::new(Known::DataFrame(Box::new(frame.slice(slice)?)))));
    }
    if let Some(number) = column(frame, segment) {
        return frame.series(number).map(|series| Place::Known(Box::new(Known::Series(Box::new(series)))));
    }
    match segment {
        Segment::Name(name) if name == "index" => Some(of_index(&frame.index)),
        Segment::Name(name) if name == "columns" => Some(of_index(&frame.columns)),
        _ => None,
    }
}

/// A byte, or some of them.
fn of_bytes<'g, S: AsRef<[u8]> + Clone>(bytes: &'g [u8], segment: &Segment) -> Option<Place<'g, S>> {
    match slice_of(segment) {
        Some(slice) => {
            let (start, count, step) = slice.indices(bytes.len());
            let part = bytes.get(start..start.checked_add(count)?).filter(|_| step == 1 || count <= 1)?;
            Some(Place::Cell(Cell::Bytes(part)))
        }
        None => cell_at(segment, bytes.len(), |at| Some(Cell::Scalar(Scalar::Int(bytes[at].into())))),
    }
}

/// What pandas and numpy show of a dtype.
fn text<'g, S>(shown: &impl fmt::Display) -> Place<'g, S> {
    Place::Cell(Cell::Text(shown.to_string().into()))
}

fn attribute_of_index<'g, S: AsRef<[u8]> + Clone>(index: &Index<'g, S>, name: &str) -> Option<Place<'g, S>> {
    let names = || index.names.iter().map(|name| name.map_or(Cell::Missing, Cell::Object));
    match (name, &index.labels) {
        ("name", Labels::Levels(_)) => None,
        ("name", _) => index.names.first().copied().flatten().map(Place::Node),
        ("names", _) => Some(Place::Cell(Cell::List(names().collect()))),
        ("freq", _) => index.freq.map(Place::Node),
        ("dtype", _) => Some(text(&index.dtype())),
        (_, Labels::Values(values)) => attribute_of_values(values, name),
        _ => None,
    }
}

fn attribute_of_values<'g, S: AsRef<[u8]> + Clone>(
    values: &Values<'g, S>,
    name: &str,
) -> Option<Place<'g, S>> {
    match (name, values) {
        ("dtype", _) => Some(text(values)),
        ("categories", Values::Categorical(of)) => Some(of_index(&of.categories)),
        ("ordered", Values::Categorical(of)) => Some(Place::Cell(Cell::Scalar(Scalar::Bool(of.is_ordered)))),
        _ => None,
    }
}

fn of_array_of_pandas<'g, S: AsRef<[u8]> + Clone>(
    values: &Values<'g, S>,
    segment: &Segment,
) -> Option<Place<'g, S>> {
    match (slice_of(segment), segment) {
        (Some(slice), _) => Some(of_values(values.slice(slice)?)),
        (None, Segment::Name(name)) => attribute_of_values(values, name),
        _ => cell_at(segment, values.len(), |at| values.get(at)),
    }
}

fn of_index<'g, S: AsRef<[u8]> + Clone>(index: &Index<'g, S>) -> Place<'g, S> {
    Place::Known(Box::new(Known::PandasIndex(Box::new(index.clone()))))
}

fn of_values<S: AsRef<[u8]> + Clone>(values: Values<'_, S>) -> Place<'_, S> {
    Place::Known(Box::new(Known::PandasArray(Box::new(values))))
}

/// The one slice between the brackets.
pub(super) fn slice_of(segment: &Segment) -> Option<Slice> {
    match segment {
        Segment::Subscript { items, .. } => match items.as_slice() {
            [Subscript::Slice(slice)] => Some(*slice),
            _ => None,
        },
        _ => None,
    }
}

fn of_series<'g, S: AsRef<[u8]> + Clone>(series: &Series<'g, S>, segment: &Segment) -> Option<Place<'g, S>> {
    match segment {
        Segment::Name(name) => match &**name {
            "index" => Some(of_index(&series.index)),
            "values" => Some(of_values(series.values.clone())),
            "name" => Some(of_cell(series.name.clone())),
            _ => of_label(series, &Literal::Text(name.clone().into_bytes())).or_else(|| match &**name {
                "dtype" => Some(text(&series.values)),
                "cat" if matches!(series.values, Values::Categorical(_)) => {
                    Some(of_values(series.values.clone()))
                }
                _ => None,
            }),
        },
        Segment::Subscript { .. } => match (slice_of(segment), segment.key()) {
            (Some(slice), _) => Some(Place::Known(Box::new(Known::Series(Box::new(series.slice(slice)?))))),
            (None, key) => match key? {
                Literal::Int(index) => series.values.get(place(index, series.values.len())?).map(of_cell),
                label => of_label(series, &label),
            },
        },
        _ => None,
    }
}

/// The value of the row with this label.
fn of_label<'g, S: AsRef<[u8]> + Clone>(series: &Series<'g, S>, label: &Literal) -> Option<Place<'g, S>> {
    let row = series.index.cells().position(|cell| cell.is_some_and(|cell| is_label(label, &cell)))?;
    series.values.get(row).map(of_cell)
}

/// A value by its place.
fn cell_at<'g, S: AsRef<[u8]> + Clone>(
    segment: &Segment,
    length: usize,
    get: impl FnOnce(usize) -> Option<Cell<'g, S>>,
) -> Option<Place<'g, S>> {
    match segment.literal()? {
        Literal::Int(index) => get(place(*index, length)?).map(of_cell),
        _ => None,
    }
}

fn of_cell<S: AsRef<[u8]> + Clone>(cell: Cell<'_, S>) -> Place<'_, S> {
    match cell {
        Cell::Object(node) => Place::Node(node),
        cell => Place::Cell(cell),
    }
}

/// Whether a label of a row or column is the one that is written. The recursion is as deep as the literal.
fn is_label<S: AsRef<[u8]>>(literal: &Literal, cell: &Cell<'_, S>) -> bool {
    match (literal, cell) {
        (literal, Cell::Object(node)) => literal.is(*node),
        (Literal::Text(text), Cell::Text(label)) => text == label.as_bytes(),
        // Times are labels, which nobody writes otherwise than as text.
        (Literal::Text(text), Cell::Timestamp(stamp)) => {
            let shown = stamp.to_string();
            let shown = shown.split('[').next().unwrap_or_default();
            text == shown.as_bytes() || text == shown.replacen('T', " ", 1).as_bytes()
        }
        (Literal::Text(text), Cell::Period(period)) => text == period.to_string().as_bytes(),
        (Literal::Text(text), Cell::Day(day)) => text == day.to_string().as_bytes(),
        (Literal::Int(int), Cell::Scalar(Scalar::Int(label))) => int == label,
        (Literal::Int(int), Cell::Scalar(Scalar::UInt(label))) => u64::try_from(*int) == Ok(*label),
        (Literal::Bool(value), Cell::Scalar(Scalar::Bool(label))) => value == label,
        #[expect(clippy::float_cmp, reason = "a label is found if it is the same")]
        (Literal::Float(float), Cell::Scalar(Scalar::Float(label))) => float == label,
        (Literal::Tuple(parts), Cell::Tuple(cells)) => {
            parts.len() == cells.len() && parts.iter().zip(cells).all(|(part, cell)| is_label(part, cell))
        }
        (Literal::None, Cell::Missing) => true,
        _ => false,
    }
}

fn of_array<'g, S: AsRef<[u8]> + Clone>(
    array: &numpy::NdArray<'g, S>,
    segment: &Segment,
) -> Option<Place<'g, S>> {
    let is_record = matches!(array.dtype.kind, Kind::Structured(_));
    // An object in an array without dimensions, as `numpy.save` makes it of a dict, is seen through.
    if let (ArrayData::Objects(objects), [], None) = (&array.data, &array.shape[..], &array.mask)
        && !is_record
    {
        return of_node(objects.get(0)?, segment);
    }
    let part = match segment {
        Segment::Name(name) => array.field(name)?,
        Segment::Subscript { items, .. } => match items.as_slice() {
            [Subscript::Literal(Literal::Text(name))] => array.field(std::str::from_utf8(name).ok()?)?,
            [Subscript::Literal(Literal::Int(index))] if array.shape.is_empty() => {
                let Kind::Structured(structure) = &array.dtype.kind else { return None };
                array.field_at(place(*index, structure.fields.len())?)?
            }
            [] => return None,
            items => match (array.part(items), &array.data) {
                (Some(part), _) => part,
                // Objects that do not lie side by side.
                (None, ArrayData::Objects(objects)) if array.shape.len() == 1 && array.mask.is_none() => {
                    return of_members(&objects.clone().collect::<Vec<_>>(), items);
                }
                _ => return None,
            },
        },
        _ => return None,
    };
    let is_masked = part.mask.as_ref().is_some_and(|mask| mask.bytes.iter().any(|byte| *byte != 0));
    let is_record = matches!(part.dtype.kind, Kind::Structured(_));
    let known = match (&part.data, &part.shape[..]) {
        (ArrayData::Objects(objects), []) if !is_masked && !is_record => {
            return objects.get(0).map(Place::Node);
        }
        (ArrayData::Bytes(_), []) => Known::NumpyScalar(numpy::Scalar::of_array(part)?),
        _ => Known::NdArray(Box::new(part)),
    };
    Some(Place::Known(Box::new(known)))
}

impl<S: AsRef<[u8]>> fmt::Debug for Place<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => f.debug_tuple("Node").field(node).finish(),
            Self::Members(members) => f.debug_tuple("Members").field(members).finish(),
            Self::Known(known) => f.debug_tuple("Known").field(known).finish(),
            Self::Cell(cell) => f.debug_tuple("Cell").field(cell).finish(),
        }
    }
}
