//! [`Unreadable`]: the part of a table that cannot be read, and why.

use std::collections::VecDeque;
use std::fmt;

use halfsour_value::Node;

use crate::call::class_of;
use crate::names::Class;

/// A part of a table that cannot be read: its place, the class at fault, and the reason. Other parts are as good as ever.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The part of the table.
    pub place: Place,
    /// The class at fault, `dill._dill._create_array`, or the kind of the object that is there, `list`; `None` if nothing is there.
    pub class: Option<String>,
    /// The reason, as what is said of the object: `is not known here`.
    pub why: &'static str,
}

/// The place of a part in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The table itself: its manager, or what should be one.
    Table,
    /// The labels of the rows.
    Index,
    /// The labels of the columns.
    Columns,
    /// The column with this number.
    Column(usize),
    /// The values of a series, an index or an array.
    Values,
}

pub(super) const UNKNOWN: &str = "is not known here";
pub(super) const OTHER_FORM: &str = "is in a form that is not known here";

impl Unreadable {
    /// The reason that an object could not be read: the class in it that is not known, or the form that it has.
    pub(super) fn of<S: AsRef<[u8]>>(place: Place, node: Node<'_, S>) -> Self {
        match stranger(node) {
            Some(class) => Self { place, class: Some(class), why: UNKNOWN },
            None => Self { place, class: Some(class_name(node)), why: OTHER_FORM },
        }
    }

    /// A part that is not as the rest of the table says.
    pub(super) fn missing(place: Place, why: &'static str) -> Self {
        Self { place, class: None, why }
    }

    pub(super) fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// The reason without the place: `geopandas.array.GeometryArray is not known here`.
    pub fn reason(&self) -> String {
        match &self.class {
            Some(class) => format!("{class} {}", self.why),
            None => self.why.to_owned(),
        }
    }
}

/// The class of an object, or its kind.
pub(super) fn class_name<S: AsRef<[u8]>>(node: Node<'_, S>) -> String {
    let class = node.class().and_then(Node::as_global);
    class.map_or_else(|| node.kind().to_string(), |class| class.visible_name())
}

/// The first class or function that is not known, in an object or in those that it is made of.
fn stranger<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<String> {
    const MOST: usize = 200;
    let mut next = VecDeque::from([node]);
    for _ in 0..MOST {
        let node = next.pop_front()?;
        if let Some(instance) = node.as_instance() {
            let Some((class, _)) = class_of(instance.class()) else { return Some(class_name(node)) };
            // Of these, the class is the first argument.
            if let Class::PandasBacked | Class::PandasIntervals | Class::PandasNewIndex = class
                && let Some(of) = instance.args().at(0)
                && let (Some(global), None) = (of.as_global(), class_of(of))
            {
                return Some(global.visible_name());
            }
        }
        next.extend(node.children().take(MOST - next.len().min(MOST)));
    }
    None
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table => f.write_str("the table"),
            Self::Index => f.write_str("the labels of the rows"),
            Self::Columns => f.write_str("the labels of the columns"),
            Self::Column(number) => write!(f, "column {number}"),
            Self::Values => f.write_str("the values"),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason())
    }
}

impl std::error::Error for Unreadable {}
