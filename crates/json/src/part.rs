//! Parts of arrays and tables, which are no objects of a graph.

use std::fmt;
use std::io::Write;

use halfsour_classes::Known;
use halfsour_classes::pandas::Cell;
use halfsour_value::Node;

use crate::out::Out;
use crate::plain::{Work, Writer};
use crate::{Error, Style};

/// A part of an array or table, or some members of a list.
#[non_exhaustive]
pub enum Part<'g, S> {
    /// Objects, as a JSON array.
    Members(Vec<Node<'g, S>>),
    /// An array or a scalar of numpy, some rows of a frame, a series, an index, or an array of pandas.
    Known(Box<Known<'g, S>>),
    /// A value of a table.
    Cell(Cell<'g, S>),
}

impl<S: AsRef<[u8]>> fmt::Debug for Part<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Members(members) => f.debug_tuple("Members").field(members).finish(),
            Self::Known(known) => f.debug_tuple("Known").field(known).finish(),
            Self::Cell(cell) => f.debug_tuple("Cell").field(cell).finish(),
        }
    }
}

/// Writes the plain JSON of a part of an object; `of` is any object of its graph, to which errors refer.
///
/// # Errors
///
/// As of [`to_writer`](crate::to_writer). [`ErrorKind::Unreadable`](crate::ErrorKind::Unreadable), if the part has values of an unknown class.
pub fn part_to_writer<'g, W: Write, S: AsRef<[u8]>>(
    mut writer: W,
    of: Node<'g, S>,
    part: Part<'g, S>,
    style: Style,
) -> Result<(), Error> {
    let mut out = Out::new(of, style, Some(&mut writer));
    let mut json = Writer::new(&mut out, of.graph(), style);
    let is_written = match part {
        Part::Members(members) => {
            json.out.open(b'[');
            for member in members {
                json.out.item()?;
                json.write(member)?;
            }
            json.out.close(b']');
            true
        }
        Part::Cell(cell) => {
            json.push([Work::Cell(Box::new(cell))]);
            true
        }
        Part::Known(known) => match *known {
            Known::NdArray(array) => json.numpy(of, *array)?,
            Known::NumpyScalar(scalar) => json.numpy(of, *scalar.into_array())?,
            Known::DataFrame(frame) => json.frame(frame, "pandas.DataFrame").map(|()| true)?,
            Known::Series(series) => json.series(series).map(|()| true)?,
            Known::PandasIndex(index) => json.index(index).map(|()| true)?,
            Known::PandasArray(values) => {
                json.values(values);
                true
            }
            _ => false,
        },
    };
    if !is_written {
        return Err(Error::new(crate::ErrorKind::Unreadable, of));
    }
    json.run()?;
    out.finish().map(drop)
}
