//! Elements and values that are no objects: those of arrays, columns and indexes, on one line or on as many as they take.

use std::fmt::{Display, Write};
use std::sync::Arc;

use halfsour_classes::Known;
use halfsour_classes::memory::Number;
use halfsour_classes::numpy::{ArrayData, Element, NdArray};
use halfsour_classes::pandas::{Cell, Index, Labels};
use halfsour_classes::stdlib::ArrayItem;
use halfsour_text::phrase::count;
use halfsour_text::repr;

use super::known::Truncated;
use super::parts::{Group, Head, Parts, Target};
use super::{ShowLimits, WIDTH, pandas};

/// How long a line of elements gets before the others are only counted.
const LONG: usize = 60;

/// So many elements of an array are always shown.
const FEW: usize = 16;

/// Some elements, and what stands before and after them.
pub struct Cells<'g, S> {
    pub open: String,
    pub close: &'static str,
    source: Source<'g, S>,
    from: usize,
    to: usize,
}

/// The rows of an array with several dimensions, or of a part of it, that are left.
pub struct Rows<'g, S> {
    pub open: String,
    pub close: &'static str,
    known: Arc<Known<'g, S>>,
    /// The number of the first element.
    from: usize,
    /// The number of the dimension of the rows.
    dimension: usize,
    left: usize,
}

/// That which has elements.
pub struct Source<'g, S> {
    pub known: Arc<Known<'g, S>>,
    pub of: Of,
}

/// A part of a frame or series, or the whole of what has elements.
#[derive(Clone, Copy)]
pub enum Of {
    All,
    Index,
    Column(usize),
}

impl<S: AsRef<[u8]>> Source<'_, S> {
    fn len(&self) -> usize {
        match (&*self.known, self.of) {
            (Known::NdArray(array), _) if matches!(array.data, ArrayData::Buffer(_)) => 0,
            (Known::NdArray(array), _) => array.len(),
            (Known::Array(array), _) => array.len(),
            (Known::DataFrame(frame), _) => frame.len(),
            (Known::Series(series), Of::Index) => series.index.len(),
            (Known::Series(series), _) => series.values.len(),
            (Known::PandasIndex(index), _) => index.len(),
            (Known::PandasArray(values), _) => values.len(),
            _ => 0,
        }
    }

    fn is_array(&self) -> bool {
        matches!(&*self.known, Known::NdArray(_) | Known::Array(_))
    }

    /// The type of the numbers of a column or index, if numpy has it.
    fn number(&self) -> Option<Number> {
        let labels = |index: &Index<'_, S>| match &index.labels {
            Labels::Values(values) => values.number(),
            _ => None,
        };
        match (&*self.known, self.of) {
            (Known::DataFrame(frame), Of::Column(number)) => frame.column(number).ok()?.values.number(),
            (Known::DataFrame(frame), _) => labels(&frame.index),
            (Known::Series(series), Of::Index) => labels(&series.index),
            (Known::Series(series), _) => series.values.number(),
            (Known::PandasIndex(index), _) => labels(index),
            (Known::PandasArray(values), _) => values.number(),
            _ => None,
        }
    }

    /// Adds an element. Text may be cut where the line has no more room; a number that was cut would be another one.
    fn push(&self, at: usize, line: &mut String, room: usize) {
        let mut put = |shown: &dyn Display, is_text: bool| {
            // Writing to a String does not fail, save for want of room.
            let _ =
                write!(Truncated { text: line, limit: if is_text { room } else { usize::MAX } }, "{shown}");
        };
        let cell = match (&*self.known, self.of) {
            (Known::NdArray(array), _) => {
                return match array.get(at).map(|element| element.shortest(&array.dtype)) {
                    Some(element) => {
                        let is_text = !matches!(
                            element,
                            Element::Scalar(_)
                                | Element::LongDouble(_)
                                | Element::LongComplex(..)
                                | Element::DateTime(_)
                                | Element::TimeDelta(_)
                        );
                        put(&element, is_text);
                    }
                    None => put(&"?", true),
                };
            }
            (Known::Array(array), _) => {
                return match array.get(at) {
                    Some(ArrayItem::Int(int)) => put(&int, false),
                    Some(ArrayItem::Float(float)) => put(&repr::Float(float), false),
                    Some(ArrayItem::Character(point)) => {
                        put(&format_args!("{:?}", char::from_u32(point).unwrap_or('\u{fffd}')), false);
                    }
                    None => put(&"?", true),
                };
            }
            (Known::DataFrame(frame), Of::Column(number)) => {
                frame.column(number).ok().and_then(|column| column.get(at))
            }
            (Known::DataFrame(frame), _) => frame.index.get(at),
            (Known::Series(series), Of::Index) => series.index.get(at),
            (Known::Series(series), _) => series.values.get(at),
            (Known::PandasIndex(index), _) => index.get(at),
            (Known::PandasArray(values), _) => values.get(at),
            _ => None,
        };
        if let Some(Cell::Object(node)) = cell
            && let Some(shown) = pandas::object(node, room == usize::MAX)
        {
            return put(&shown, true);
        }
        // A label of several levels is cut only if it is long by itself.
        if let Some(Cell::Tuple(_)) = cell {
            let room = room.max(line.len() + LONG);
            let _ = write!(Truncated { text: line, limit: room }, "{}", pandas::Shown(cell.as_ref()));
            return;
        }
        let cell = match cell {
            Some(Cell::Scalar(scalar)) => Some(Cell::Scalar(scalar.shortest(self.number()))),
            cell => cell,
        };
        let is_text =
            matches!(cell, None | Some(Cell::Text(_) | Cell::Bytes(_) | Cell::Geometry(_) | Cell::Object(_)));
        put(&pandas::Shown(cell.as_ref()), is_text);
    }
}

impl<'g, S: AsRef<[u8]>> Cells<'g, S> {
    /// All elements.
    pub fn all(source: Source<'g, S>, open: String, close: &'static str) -> Self {
        let to = source.len();
        Self { open, close, source, from: 0, to }
    }

    /// Those of this line, and after them how many there are more.
    fn line(&self) -> String {
        let mut line = self.open.clone();
        let is_array = self.source.is_array();
        let (few, long) =
            if is_array { (FEW, LONG.max(line.len() + LONG / 2)) } else { (0, line.len() - 1 + LONG) };
        for at in self.from..self.to {
            let separator = if at > self.from { ", " } else { "" };
            if line.len() > long && at - self.from >= few {
                let _ = write!(line, "{separator}… {} more", count(self.to - at));
                break;
            }
            line.push_str(separator);
            let room = if is_array { long.max(line.len() + LONG / 4) } else { long };
            self.source.push(at, &mut line, room);
        }
        line
    }

    /// One line, or all lines where nothing is to be cut.
    pub fn parts(&self, limits: ShowLimits) -> (Head, Parts<'g, S>) {
        if !limits.is_full() {
            return (Head { open: self.line() + self.close, close: "" }, Parts::none());
        }
        let head = Head { open: self.open.clone(), close: self.close };
        (head, Parts::of(Group::Cells(self.clone())))
    }

    /// Takes as many as fit on a line.
    pub fn next_line(&mut self) -> Option<String> {
        (self.from < self.to).then_some(())?;
        let mut line = String::new();
        while self.from < self.to && line.len() < WIDTH - FEW {
            line.push_str(if line.is_empty() { "" } else { ", " });
            self.source.push(self.from, &mut line, usize::MAX);
            self.from += 1;
        }
        Some(line)
    }

    /// How many are left.
    pub fn len(&self) -> usize {
        self.to - self.from
    }
}

impl<'g, S: AsRef<[u8]>> Rows<'g, S> {
    /// The rows of an array, if it has several dimensions, and elements.
    pub fn of(known: &Arc<Known<'g, S>>, open: &str, close: &'static str) -> Option<Self> {
        let Known::NdArray(array) = &**known else { return None };
        if array.shape.len() < 2 || array.is_empty() || matches!(array.data, ArrayData::Buffer(_)) {
            return None;
        }
        let left = array.shape[0];
        Some(Self { open: open.to_owned(), close, known: Arc::clone(known), from: 0, dimension: 0, left })
    }

    /// Whether the elements are objects.
    pub fn has_objects(&self) -> bool {
        matches!(&*self.known, Known::NdArray(array) if matches!(**array, NdArray { data: ArrayData::Objects(_), mask: None, .. }))
    }

    /// Takes a row, which may have rows of its own.
    pub fn next_row(&mut self) -> Option<Target<'g, S>> {
        let Known::NdArray(array) = &*self.known else { return None };
        self.left = self.left.checked_sub(1)?;
        let dimension = self.dimension + 1;
        let inner = &array.shape[dimension..];
        let (from, length) = (self.from, inner.iter().product::<usize>());
        self.from += length;
        let (open, close) = ("[".to_owned(), "]");
        if inner.len() > 1 {
            let known = Arc::clone(&self.known);
            return Some(Target::Rows(Self { open, close, known, from, dimension, left: inner[0] }));
        }
        if let (ArrayData::Objects(objects), None) = (&array.data, &array.mask) {
            return Some(Target::Elements(objects.slice(from..self.from)?, "[", "]"));
        }
        let source = Source { known: Arc::clone(&self.known), of: Of::All };
        Some(Target::Cells(Cells { open, close, source, from, to: self.from }))
    }

    /// How many are left.
    pub fn len(&self) -> usize {
        self.left
    }
}

impl<S> Clone for Source<'_, S> {
    fn clone(&self) -> Self {
        Self { known: Arc::clone(&self.known), of: self.of }
    }
}

impl<S> Clone for Cells<'_, S> {
    fn clone(&self) -> Self {
        let Self { close, from, to, .. } = *self;
        Self { open: self.open.clone(), close, source: self.source.clone(), from, to }
    }
}

impl<S> Clone for Rows<'_, S> {
    fn clone(&self) -> Self {
        let Self { close, from, dimension, left, .. } = *self;
        Self { open: self.open.clone(), close, known: Arc::clone(&self.known), from, dimension, left }
    }
}
