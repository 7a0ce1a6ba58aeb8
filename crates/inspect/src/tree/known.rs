//! Known objects that are shown on one line.

use std::fmt::{self, Write};

use halfsour_classes::numpy::{ArrayClass, ArrayData, Element, NdArray};
use halfsour_classes::stdlib::{ArrayItem, ArrayItems};
use halfsour_classes::{Known, Shape, class_name, cost, recognise};
use halfsour_text::name::visible;
use halfsour_text::phrase::{count, plural, shape};
use halfsour_text::repr;
use halfsour_value::{Elements, Node};

use super::objects::class_text;
use super::pandas;
use crate::spans::Role;

/// What is shared is looked at each time: of what has longer arguments, the parts are shown.
const LONGEST: usize = 2048;

/// So many elements of an array are always shown.
const FEW: usize = 16;

/// Whether [`leaf`] has something of it.
pub fn is_leaf<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    known(node).is_some_and(|known| known.as_text().is_some() || matches!(known.shape(), Shape::Null))
}

/// A known object without parts: its class, its text, and the role of that.
pub fn leaf<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(String, String, Role)> {
    let known = known(node)?;
    if let Shape::Null = known.shape() {
        let (module, name) = class_name(node)?;
        return Some((String::new(), format!("{module}.{name}"), Role::Constant));
    }
    let text = known.as_text()?.to_string();
    if let Known::NumpyScalar(scalar) = &known {
        return Some((format!("numpy.{}", scalar.dtype().name()), text, Role::Number));
    }
    let (text, role) = match known {
        Known::DateTime(_) | Known::Timestamp(_) => (text.replacen('T', " ", 1), Role::Number),
        Known::Path(_) => (repr::Str(text.as_bytes()).to_string(), Role::Text),
        Known::Decimal(_) | Known::Fraction(_) | Known::Date(_) | Known::Time(_) | Known::TimeDelta(_) => {
            (text, Role::Number)
        }
        Known::PandasTimedelta(_) | Known::Period(_) => (text, Role::Number),
        // Its text says what it is.
        Known::Range(_) => return Some((String::new(), text, Role::Number)),
        _ => (visible(&text).into_owned(), Role::Text),
    };
    Some((class_text(node)?, text, role))
}

/// A known object whose parts are no objects.
pub fn line<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<String> {
    line_of(&known(node)?, Some(node))
}

/// The same, of the object of `node`, or of a part of one.
pub fn line_of<S: AsRef<[u8]>>(known: &Known<'_, S>, node: Option<Node<'_, S>>) -> Option<String> {
    const LONG: usize = 60;
    match known {
        Known::NdArray(array) if objects_in(array).is_none() => {
            let mut line = array_head(node, array);
            let long = LONG.max(line.len() + LONG / 2);
            for (index, element) in array.elements().into_iter().flatten().enumerate() {
                let separator = if index > 0 { ", " } else { "" };
                if line.len() > long && index >= FEW {
                    let _ = write!(line, "{separator}… {} more", count(array.len() - index));
                    break;
                }
                line.push_str(separator);
                // What is longer than the room is cut off there; of a number that would be another one.
                let limit = match element {
                    Element::Scalar(_) => usize::MAX,
                    _ => long.max(line.len() + LONG / 4),
                };
                let _ = write!(Truncated { text: &mut line, limit }, "{element}");
            }
            line.push_str("])");
            Some(line)
        }
        Known::Array(array) if matches!(array.items, ArrayItems::Machine { .. }) => {
            let mut line = format!("array.array('{}', [", array.typecode);
            for (index, item) in array.iter().enumerate() {
                let separator = if index > 0 { ", " } else { "" };
                if line.len() > LONG {
                    let _ = write!(line, "{separator}… {} more", count(array.len() - index));
                    break;
                }
                // Writing to a String does not fail.
                let _ = match item {
                    ArrayItem::Int(int) => write!(line, "{separator}{int}"),
                    ArrayItem::Float(value) => write!(line, "{separator}{}", repr::Float(value)),
                    ArrayItem::Character(point) => {
                        write!(line, "{separator}{:?}", char::from_u32(point).unwrap_or('\u{fffd}'))
                    }
                };
            }
            line.push_str("])");
            Some(line)
        }
        Known::Payload(payload) => {
            let (module, name) = class_name(node?)?;
            Some(format!("{module}.{name}({}, {})", payload.format, plural(payload.bytes.len(), "byte")))
        }
        known => pandas::line(known),
    }
}

/// What comes before the elements of an array of objects, and these.
pub fn objects<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(String, Elements<'_, S>)> {
    let Known::NdArray(array) = known(node)? else { return None };
    Some((array_head(Some(node), &array), objects_in(&array)?))
}

/// A part of an array or table, on one line.
pub fn part<S: AsRef<[u8]>>(known: &Known<'_, S>) -> Option<String> {
    match known {
        Known::NumpyScalar(scalar) => Some(format!("numpy.{} {scalar}", scalar.dtype().name())),
        known => line_of(known, None),
    }
}

/// What comes before the elements of a part that is an array of objects, and these.
pub fn objects_of<'g, S: AsRef<[u8]>>(known: &Known<'g, S>) -> Option<(String, Elements<'g, S>)> {
    let Known::NdArray(array) = known else { return None };
    Some((array_head(None, array), objects_in(array)?))
}

/// The elements of an array of objects, if none can be masked: those that are masked are not shown.
fn objects_in<'g, S: AsRef<[u8]>>(array: &NdArray<'g, S>) -> Option<Elements<'g, S>> {
    match &array.data {
        ArrayData::Objects(elements) if array.mask.is_none() => Some(elements.clone()),
        _ => None,
    }
}

/// What an array of a subclass has beside the array: dicts of attributes, and other parts of its state.
pub fn attributes<S: AsRef<[u8]>>(node: Node<'_, S>) -> Vec<Node<'_, S>> {
    match known(node) {
        Some(Known::NdArray(array)) => array.attributes().collect(),
        _ => Vec::new(),
    }
}

/// `numpy.ndarray((2, 3), float64, [`
fn array_head<S: AsRef<[u8]>>(node: Option<Node<'_, S>>, array: &NdArray<'_, S>) -> String {
    let class = match &array.class {
        ArrayClass::Matrix => "numpy.matrix".to_owned(),
        ArrayClass::Record => "numpy.recarray".to_owned(),
        ArrayClass::Memmap => "numpy.memmap".to_owned(),
        ArrayClass::Other(class) => match (class.as_global(), recognise(*class)) {
            (Some(class), _) => class.visible_name(),
            (None, Some(Known::DynamicClass(class))) => {
                class.name.as_str().map_or_else(|| "?".to_owned(), |name| visible(name).into_owned())
            }
            _ => "?".to_owned(),
        },
        ArrayClass::Masked => "numpy.ma.MaskedArray".to_owned(),
        ArrayClass::Array => {
            let class = node.and_then(class_name);
            class.map_or_else(|| "numpy.ndarray".to_owned(), |(module, name)| format!("{module}.{name}"))
        }
    };
    let mut head = format!("{class}({}, ", shape(&array.shape));
    let _ = write!(Truncated { text: &mut head, limit: 2 * LONGEST }, "{}", array.dtype);
    head.push_str(if let ArrayData::Buffer(_) = array.data { ", out of band [" } else { ", [" });
    head
}

/// A text that takes no more than `limit` bytes, and then an ellipsis.
pub struct Truncated<'a> {
    pub text: &'a mut String,
    pub limit: usize,
}

impl Write for Truncated<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.limit.saturating_sub(self.text.len());
        if text.len() <= room {
            self.text.push_str(text);
            return Ok(());
        }
        let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.text.push_str(&text[..end]);
        self.text.push('…');
        Err(fmt::Error)
    }
}

pub fn known<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Known<'_, S>> {
    if cost(node.as_instance()?, LONGEST + 1) > LONGEST {
        return None;
    }
    recognise(node)
}
