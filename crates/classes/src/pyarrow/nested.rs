//! Arrays of lists, maps and structs.

use std::ops::Range;
use std::sync::Arc;

use halfsour_value::Node;

use super::datatype::Room;
use super::{Array, DataType, Field, Value, read};

/// A list in an [`Array`]: some neighbours of another array.
#[derive(Clone, Debug)]
pub struct List<'g> {
    pub(super) all: Arc<Array<'g>>,
    pub(super) span: Range<usize>,
}

/// A struct in an [`Array`]: a value of each of some arrays.
#[derive(Clone, Debug)]
pub struct Struct<'g> {
    pub(super) fields: Arc<[Arc<Array<'g>>]>,
    pub(super) at: usize,
}

impl<'g> List<'g> {
    /// The number of values.
    pub fn len(&self) -> usize {
        self.span.len()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.span.is_empty()
    }

    /// The type of the values.
    pub fn datatype(&self) -> &DataType<'g> {
        &self.all.datatype
    }

    /// The values; `None` in place of one that the buffers do not hold.
    pub fn values(&self) -> impl Iterator<Item = Option<Value<'g>>> {
        self.span.clone().map(|at| self.all.get(at))
    }
}

impl<'g> Struct<'g> {
    /// The value and its type, of each field of the type; `None` in place of a value that the buffers do not hold.
    pub fn values(&self) -> impl Iterator<Item = (Option<Value<'g>>, &DataType<'g>)> {
        self.fields.iter().map(|field| (field.get(self.at), &field.datatype))
    }
}

/// The arrays that an array of a type is made of, which have to reach to its end: one of the values of lists, or one for each field.
pub(super) fn children<'g, S: AsRef<[u8]>>(
    datatype: &DataType<'g>,
    end: usize,
    nodes: Node<'g, S>,
    room: &mut Room,
) -> Option<Arc<[Arc<Array<'g>>]>> {
    let mut children: Vec<Arc<Array<'g>>> = Vec::new();
    if !datatype.is_nested() {
        return Some(children.into());
    }
    for node in nodes.elements()? {
        let child = room.enter(|room| read(node, room))?;
        children.push(Arc::new(Array::joined(vec![child])?));
    }
    let is = |child: &Arc<Array<'g>>, field: &Field<'g>| child.datatype == field.datatype;
    let fits = match (datatype, &*children) {
        (DataType::List { of, .. }, [child]) => is(child, of),
        (DataType::FixedList { size, of }, [child]) => {
            is(child, of) && end.checked_mul(*size).is_some_and(|end| end <= child.len())
        }
        (DataType::Map { of, .. }, [child]) => match &child.datatype {
            DataType::Struct(fields) => {
                fields.len() == 2 && fields.iter().zip(&**of).all(|(a, b)| a.datatype == b.datatype)
            }
            _ => false,
        },
        (DataType::Struct(fields), children) => {
            fields.len() == children.len()
                && children.iter().zip(fields).all(|(child, field)| is(child, field) && child.len() >= end)
        }
        _ => false,
    };
    fits.then(|| children.into())
}
