//! What is in a place to which a path did lead, for errors.

use halfsour_classes::{Known, Shape, fields, members, numpy, pairs};
use halfsour_text::near;
use halfsour_text::phrase::plural;
use halfsour_value::path::Segment;

use super::{Place, key};
use crate::type_name;

/// So many names are told.
const TOLD: usize = 8;

/// So many are looked through for those that are near.
const LOOKED_THROUGH: usize = 10_000;

/// The kind of what is there, and its length, or the names that are nearest to the one that is not there.
pub fn told<S: AsRef<[u8]> + Clone>(place: &Place<'_, S>, missing: &Segment) -> String {
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
    near.sort_by_cached_key(|(at, name)| (distance(&wanted, name), *at));
    let shown: Vec<_> = near.into_iter().take(TOLD).map(|(_, name)| name).collect();
    let more = if count > TOLD { format!(" and {} more", count - TOLD) } else { String::new() };
    format!("{class} has {}{more}", shown.join(", "))
}

/// The class of what is there, the steps that lead on by name, and how many members are there by index.
fn inside<S: AsRef<[u8]> + Clone>(place: &Place<'_, S>) -> (String, Vec<String>, Option<usize>) {
    let class = match place {
        Place::Node(node) => type_name(*node),
        Place::Members(_) => "list".to_owned(),
        Place::Known(_) => "array".to_owned(),
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
        Some(Known::Series(series)) => return ("Series".to_owned(), Vec::new(), Some(series.values.len())),
        Some(Known::PandasIndex(index)) => return (class, Vec::new(), Some(index.len())),
        Some(Known::PandasArray(values)) => return (class, Vec::new(), Some(values.len())),
        Some(Known::NdArray(array)) => {
            // The one object of an array without dimensions is seen through.
            if let (numpy::ArrayData::Objects(objects), []) = (&array.data, &array.shape[..])
                && let Some(object) = objects.get(0).filter(|object| numpy::array(*object).is_none())
            {
                return inside(&Place::Node(object));
            }
            let shape = halfsour_text::phrase::shape(&array.shape);
            if let numpy::Kind::Structured(structure) = &array.dtype.kind {
                let names = structure.fields.iter().map(|field| super::field(&field.name));
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
    let names: Vec<_> = keys.take(LOOKED_THROUGH).map(|(name, _)| key(name)).collect();
    let length = if names.is_empty() { members(*node).map(Iterator::count) } else { None };
    (class, names, length)
}

/// Returns how far two names are from each other, whatever their case. Beyond half of the name, nothing is near.
fn distance(a: &str, b: &str) -> usize {
    let [a, b] =
        [a, b].map(|name| name.chars().take(near::FIRST).flat_map(char::to_lowercase).collect::<String>());
    let distance = near::distance(&a, &b);
    if 2 * distance > a.chars().count() { usize::MAX } else { distance }
}
