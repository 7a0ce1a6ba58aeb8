//! Known objects that are shown on one line.

use std::fmt::{self, Write};
use std::sync::Arc;

use halfsour_classes::numpy::{ArrayClass, ArrayData, DType, Kind, NdArray};
use halfsour_classes::pandas::{Values, beside};
use halfsour_classes::stdlib::{ArrayItems, DateTime, Offset, TimeZone};
use halfsour_classes::{Known, Shape, class_name, cost, recognise};
use halfsour_text::name::visible;
use halfsour_text::phrase::{plural, shape};
use halfsour_text::repr;
use halfsour_value::Node;

use super::cells::{Cells, Of, Rows, Source};
use super::objects::class_text;
use super::parts::{Group, Head, Parts, Target};
use super::{ShowLimits, pandas};
use crate::spans::Role;

/// What is shared is looked at each time: of what has longer arguments, the parts are shown.
const LONGEST: usize = 2048;

/// Whether [`leaf`] has something of it.
pub fn is_leaf<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    known(node).is_some_and(|known| known.as_text().is_some() || matches!(known.shape(), Shape::Null))
}

/// A known object without parts: its class, its text, and the role of that.
pub fn leaf<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(String, String, Role)> {
    let known = known(node)?;
    if let Known::Cell(None) = known {
        return Some((String::new(), "cell(empty)".to_owned(), Role::Constant));
    }
    if let Shape::Null = known.shape() {
        let (module, name) = class_name(node)?;
        return Some((String::new(), format!("{module}.{name}"), Role::Constant));
    }
    let text = known.as_text()?.to_string();
    if let Known::NumpyScalar(scalar) = &known {
        return Some((format!("numpy.{}", scalar_name(scalar.dtype())), text, Role::Number));
    }
    let (text, role) = match known {
        Known::DateTime(datetime) => (with_offset(&datetime, text.replacen('T', " ", 1)), Role::Number),
        Known::Timestamp(_) => (text.replacen('T', " ", 1), Role::Number),
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

/// The text of a time, with the offset from UTC before the name of a zone, where a database has it.
fn with_offset<S: AsRef<[u8]>>(datetime: &DateTime<'_, S>, text: String) -> String {
    match (datetime.zone(), datetime.offset()) {
        (Some(TimeZone::Iana { .. }), Some(offset)) => text.replacen('[', &format!("{}[", Offset(offset)), 1),
        _ => text,
    }
}

/// What an array or a table is drawn as.
pub fn drawn<S: AsRef<[u8]>>(node: Node<'_, S>, limits: ShowLimits) -> Option<(Head, Parts<'_, S>)> {
    // A table may have more arguments than the others.
    let known = known(node).or_else(|| recognise(node).filter(pandas::is_table))?;
    if let Known::Payload(payload) = &known {
        let (module, name) = class_name(node)?;
        let open = format!("{module}.{name}({}, {})", payload.format, plural(payload.bytes.len(), "byte"));
        return Some((Head { open, close: "" }, Parts::none()));
    }
    drawn_of(&Arc::new(known), Some(node), limits)
}

/// The same, of the object of `node`, or of a part of one.
pub fn drawn_of<'g, S: AsRef<[u8]>>(
    known: &Arc<Known<'g, S>>,
    node: Option<Node<'g, S>>,
    limits: ShowLimits,
) -> Option<(Head, Parts<'g, S>)> {
    let all = |known: &Arc<Known<'g, S>>, open, close| {
        Cells::all(Source { known: Arc::clone(known), of: Of::All }, open, close).parts(limits)
    };
    Some(match &**known {
        Known::NdArray(array) => {
            let (class, rest) = array_head(node, array);
            let attributes: Vec<_> = array.attributes().collect();
            // An array without dimensions is no list.
            let (close, close_all) = if array.shape.is_empty() { ("", ")") } else { ("]", "])") };
            if attributes.is_empty() {
                return Some(elements(known, array, format!("{class}{rest}"), close_all).parts(limits));
            }
            let rest = rest.strip_prefix('(').unwrap_or_default().to_owned();
            let array = elements(known, array, rest, close);
            let mut parts = Parts::of(Group::Target(array));
            parts.push_attributes(attributes);
            (Head { open: format!("{class}("), close: ")" }, parts)
        }
        Known::Array(array) if matches!(array.items, ArrayItems::Machine { .. }) => {
            all(known, format!("array.array('{}', [", array.typecode), "])")
        }
        Known::PandasIndex(index) => all(known, format!("pandas.{}", pandas::index_head(index)), "])"),
        Known::PandasArray(values) => all(known, pandas::array_head("pandas", values), "])"),
        Known::ArrowArray(held) => {
            let values: Values<'_, S> = Values::Arrow { array: (**held).clone(), dtype: None };
            let open = pandas::array_head("pyarrow", &values);
            all(&Arc::new(Known::PandasArray(Box::new(values))), open, "])")
        }
        Known::DataFrame(_) | Known::Series(_) => {
            let (open, table) = pandas::table(known, node)?;
            (Head { open, close: "])" }, Parts::of_table(table, node.map(beside).unwrap_or_default()))
        }
        _ => return None,
    })
}

/// The elements of an array: by rows, if it has several dimensions.
fn elements<'g, S: AsRef<[u8]>>(
    known: &Arc<Known<'g, S>>,
    array: &NdArray<'g, S>,
    open: String,
    close: &'static str,
) -> Target<'g, S> {
    match (Rows::of(known, &open, close), &array.data) {
        (Some(rows), _) => Target::Rows(rows),
        (None, ArrayData::Objects(objects)) if array.mask.is_none() => {
            Target::Array(open, objects.clone(), close)
        }
        _ => Target::Cells(Cells::all(Source { known: Arc::clone(known), of: Of::All }, open, close)),
    }
}

/// A part of an array or table that has no parts of its own, on one line.
pub fn part<S: AsRef<[u8]>>(known: &Known<'_, S>) -> Option<String> {
    match known {
        Known::NumpyScalar(scalar) => Some(format!("numpy.{} {scalar}", scalar_name(scalar.dtype()))),
        _ => None,
    }
}

/// `numpy.ndarray` and `((2, 3), float64, [`
fn array_head<S: AsRef<[u8]>>(node: Option<Node<'_, S>>, array: &NdArray<'_, S>) -> (String, String) {
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
    let mut head = format!("({}, ", shape(&array.shape));
    let _ = write!(Truncated { text: &mut head, limit: 2 * LONGEST }, "{}", array.dtype);
    head.push_str(if let ArrayData::Buffer(_) = array.data { ", out of band " } else { ", " });
    head.push_str(if array.shape.is_empty() { "" } else { "[" });
    (class, head)
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

/// The name of the class of a scalar: that of its type, which of text and bytes has no size.
fn scalar_name(dtype: &DType) -> String {
    match dtype.kind {
        Kind::Text => "str_".to_owned(),
        Kind::Bytes => "bytes_".to_owned(),
        Kind::Void | Kind::Structured(_) | Kind::SubArray(_) => "void".to_owned(),
        _ => dtype.name(),
    }
}
