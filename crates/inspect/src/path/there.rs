//! The end of a path that leads nowhere, for errors.

use halfsour_classes::{Known, Shape, fields, members, numpy, pairs};
use halfsour_text::near;
use halfsour_text::phrase::plural;
use halfsour_value::path::{Literal, Segment, step};
use halfsour_value::{Data, Node};

use super::place::{column, slice_of};
use super::{Place, key};
use crate::type_name;

/// So many names are told.
const TOLD: usize = 8;

/// So many are looked through for those that are near.
const LOOKED_THROUGH: usize = 10_000;

/// The reason why a segment leads nowhere: what is there instead, or why that which is there cannot be had.
pub fn reason<S: AsRef<[u8]> + Clone>(place: &Place<'_, S>, missing: &Segment) -> String {
    let known = place.known();
    if let Some(why) = known.as_ref().and_then(|known| barred(known, missing)) {
        return why;
    }
    if is_backward(missing) {
        return "the steps of slices are from 1 on".to_owned();
    }
    let rows = match (&known, missing.literal()) {
        (Some(Known::DataFrame(_)), Some(Literal::Int(row @ 0..0xFFFF_FFFF))) => {
            format!("; rows are [{row}:{}]", row + 1)
        }
        _ => String::new(),
    };
    format!("{}; {}{rows}", missing.missing(), told(place, missing))
}

/// Whether it has a slice of which the step is less than 1: `[::-1]`.
fn is_backward(missing: &Segment) -> bool {
    let Segment::Subscript { text, .. } = missing else { return false };
    text.split(',').any(|item| {
        let bounds: Vec<_> = item.split(':').map(str::trim).collect();
        let is_bound = |bound: &&str| bound.is_empty() || bound.parse::<i64>().is_ok();
        let step = bounds.get(2).and_then(|step| step.parse::<i64>().ok());
        bounds.len() == 3 && bounds.iter().all(is_bound) && step.is_some_and(|step| step < 1)
    })
}

/// The reason why a part of a table that is there cannot be taken out of it.
fn barred<S: AsRef<[u8]>>(known: &Known<'_, S>, missing: &Segment) -> Option<String> {
    let is_table = matches!(
        known,
        Known::DataFrame(_)
            | Known::Series(_)
            | Known::PandasIndex(_)
            | Known::PandasArray(_)
            | Known::ArrowArray(_)
    );
    match (known, slice_of(missing)) {
        (_, Some(slice)) if is_table => Some(match slice.step {
            Some(step) if step != 1 => "only rows that follow each other can be taken: [2:5]".to_owned(),
            _ => "its labels or values do not lie side by side".to_owned(),
        }),
        (Known::DataFrame(frame), None) => Some(match frame.column(column(frame, missing)?) {
            Err(unreadable) => unreadable.reason(),
            Ok(_) => "the values of the column do not lie side by side".to_owned(),
        }),
        _ => None,
    }
}

/// The kind of what is there, and its length, or the names that are nearest to the one that is not there.
fn told<S: AsRef<[u8]> + Clone>(place: &Place<'_, S>, missing: &Segment) -> String {
    let (class, names, length) = inside(place);
    let wanted = match missing {
        Segment::Name(name) => format!(".{name}"),
        Segment::Subscript { text, .. } => format!("[{text}]"),
        _ => String::new(),
    };
    if names.is_empty() {
        return match length {
            Some(length) => format!("{class} has {}", plural(length, "member")),
            None => format!("{class} has no parts"),
        };
    }
    let count = names.len();
    let mut near: Vec<_> = names.into_iter().enumerate().collect();
    // Where none is near, the first come first.
    near.sort_by_cached_key(|(at, name)| (far(&wanted, name), *at));
    let shown: Vec<_> = near.into_iter().take(TOLD).map(|(_, name)| name).collect();
    let more = if count > TOLD { format!(" and {} more", count - TOLD) } else { String::new() };
    format!("{class} has {}{more}", shown.join(", "))
}

/// The class of what is there, the steps that lead on by name, and how many members are there by index.
fn inside<S: AsRef<[u8]> + Clone>(place: &Place<'_, S>) -> (String, Vec<String>, Option<usize>) {
    let class = match place {
        Place::Node(node) => type_name(*node),
        Place::Members(_) => "list".to_owned(),
        Place::Known(known) => match &**known {
            Known::DataFrame(_) => "pandas.DataFrame".to_owned(),
            Known::Series(_) => "pandas.Series".to_owned(),
            Known::PandasIndex(index) => format!("pandas.{}", index.class),
            _ => "array".to_owned(),
        },
        Place::Cell(_) => "value".to_owned(),
    };
    let known = place.known();
    match &known {
        Some(Known::DataFrame(frame)) => {
            let names = frame.columns.cells().take(LOOKED_THROUGH).flatten().map(|cell| match cell {
                halfsour_classes::pandas::Cell::Object(node) => key(node),
                cell => format!("[{}]", crate::tree::cell(&cell)),
            });
            return (class, names.chain([".index".to_owned(), ".columns".to_owned()]).collect(), None);
        }
        Some(Known::Series(series)) => return (class, Vec::new(), Some(series.values.len())),
        Some(Known::PandasIndex(index)) => return (class, Vec::new(), Some(index.len())),
        Some(Known::PandasArray(values)) => return (class, Vec::new(), Some(values.len())),
        Some(Known::Array(array)) => return (class, Vec::new(), Some(array.len())),
        Some(Known::Range(range)) => {
            let length = range.count().and_then(|count| usize::try_from(count).ok());
            return (class, Vec::new(), length);
        }
        Some(Known::NdArray(array)) => {
            // The one object of an array without dimensions is seen through.
            if let (numpy::ArrayData::Objects(objects), []) = (&array.data, &array.shape[..])
                && let Some(object) = objects.get(0).filter(|object| numpy::array(*object).is_none())
            {
                return inside(&Place::Node(object));
            }
            let shape = halfsour_text::phrase::shape(&array.shape);
            if let numpy::Kind::Structured(structure) = &array.dtype.kind {
                let names = structure.fields.iter().map(|field| step(&field.name));
                return (format!("array of shape {shape}"), names.collect(), None);
            }
            return (format!("array of shape {shape}"), Vec::new(), array.shape.first().copied());
        }
        _ => {}
    }
    let Place::Node(node) = place else {
        let length = match place {
            Place::Members(members) => Some(members.len()),
            _ => None,
        };
        return (class, Vec::new(), length);
    };
    if let Some(Shape::Inner(inner)) = known.as_ref().map(Known::shape) {
        return (class, Vec::new(), inner.len());
    }
    let keys = pairs(*node).into_iter().flatten().chain(fields(*node));
    let mut names: Vec<_> = keys.take(LOOKED_THROUGH).map(|(name, _)| key(name)).collect();
    let length = match node.data() {
        Data::Bytes(bytes) | Data::ByteArray(bytes) => Some(bytes.len()),
        _ if names.is_empty() => members(*node).map(Iterator::count),
        _ => None,
    };
    if names.is_empty() && length.is_none() {
        names = unnamed(*node);
    }
    (class, names, length)
}

/// The steps to the parts of an object that have no names.
fn unnamed<S: AsRef<[u8]>>(node: Node<'_, S>) -> Vec<String> {
    let Some(instance) = node.as_instance() else { return Vec::new() };
    let arguments = instance.arguments().map_or(0, |(arguments, _)| arguments.len());
    let arguments = (0..arguments.min(LOOKED_THROUGH)).map(|index| format!("({index})"));
    arguments.chain(instance.state().map(|_| "(state)".to_owned())).collect()
}

/// How far a name is from the one that is wanted, whatever their case. Beyond half of that, nothing is near.
fn far(wanted: &str, name: &str) -> usize {
    let [wanted, name] = [wanted, name]
        .map(|name| name.chars().take(near::FIRST).flat_map(char::to_lowercase).collect::<String>());
    let distance = near::distance(&wanted, &name);
    if 2 * distance > wanted.chars().count() { usize::MAX } else { distance }
}
