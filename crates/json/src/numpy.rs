//! Arrays of numpy in the plain form: lists in lists, and records as objects.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{ArrayData, Element, Kind, LongDouble, NdArray, Record, Unit};
use halfsour_classes::pandas::Cell;
use halfsour_value::{Id, Node};

use crate::plain::{Work, Writer};
use crate::{Error, ErrorKind};

/// An array of objects that is being written.
pub(crate) struct Objects<'g, S> {
    node: Node<'g, S>,
    array: NdArray<'g, S>,
    /// The number of elements that are written.
    next: usize,
}

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    /// False if the elements are in a buffer that was not supplied.
    pub(crate) fn numpy(&mut self, node: Node<'g, S>, array: NdArray<'g, S>) -> Result<bool, Error> {
        // What its type is made of was read, too.
        if let Kind::Structured(structure) = &array.dtype.kind {
            self.spend(structure.fields.len())?;
        }
        if matches!(array.data, ArrayData::Objects(_)) && !array.is_empty() {
            self.push([Work::Objects(Box::new(Objects { node, array, next: 0 }))]);
            return Ok(true);
        }
        let Some(elements) = array.elements() else { return Ok(false) };
        let mut elements = elements.map(|element| element.shortest(&array.dtype));
        self.nested(node, &array.shape, &mut elements)?;
        Ok(true)
    }

    fn deeper(&mut self, node: Node<'g, S>, bracket: u8) -> Result<(), Error> {
        if self.out.depth() >= self.depth {
            return Err(Error::new(ErrorKind::TooDeep, node));
        }
        self.out.open(bracket);
        Ok(())
    }

    /// The recursion is as deep as shapes are long, of which no more than 64 dimensions are read.
    fn nested<'a>(
        &mut self,
        node: Node<'g, S>,
        shape: &[usize],
        elements: &mut dyn Iterator<Item = Element<'a, S>>,
    ) -> Result<(), Error>
    where
        S: 'a,
    {
        self.spend(1)?;
        let Some((&length, inner)) = shape.split_first() else {
            return elements.next().map_or(Ok(()), |element| self.element(node, element));
        };
        self.deeper(node, b'[')?;
        for _ in 0..length {
            self.out.item()?;
            self.nested(node, inner, elements)?;
        }
        self.out.close(b']');
        Ok(())
    }

    /// Writes a number; a complex one as an array of its parts.
    pub(crate) fn number(&mut self, scalar: Scalar) -> Result<(), Error> {
        match scalar {
            Scalar::Bool(value) => self.out.word(if value { "true" } else { "false" }),
            Scalar::Int(value) => self.out.int(value),
            Scalar::UInt(value) => self.out.digits(&value.to_string())?,
            Scalar::Float(value) => self.float(value),
            Scalar::Complex(re, im) => {
                self.out.open(b'[');
                for part in [re, im] {
                    self.out.item()?;
                    self.float(part);
                }
                self.out.close(b']');
            }
        }
        Ok(())
    }

    /// Writes a `longdouble` as text, since readers of JSON would make a shorter number of it; its bytes, where these do not tell the format.
    pub(crate) fn long_double(&mut self, number: LongDouble<'_>) -> Result<(), Error> {
        match number.text() {
            Some(text) => self.out.string(text.as_bytes()),
            None => self.out.base64(number.bytes()),
        }
    }

    /// One that is no object: only types lie in it, of which no more than 32 do so in each other.
    pub(crate) fn element(&mut self, node: Node<'g, S>, element: Element<'_, S>) -> Result<(), Error> {
        match element {
            Element::Scalar(scalar) => self.number(scalar)?,
            Element::LongDouble(number) => self.long_double(number)?,
            Element::LongComplex(re, im) => {
                self.out.open(b'[');
                for part in [re, im] {
                    self.out.item()?;
                    self.long_double(part)?;
                }
                self.out.close(b']');
            }
            Element::Bytes(bytes) => self.out.base64(bytes)?,
            Element::Text(text) => self.out.string(text.as_bytes())?,
            Element::DateTime(ticks) | Element::TimeDelta(ticks) if ticks.is_nat() => self.out.word("null"),
            Element::DateTime(ticks) | Element::TimeDelta(ticks) if ticks.unit.unit == Unit::Generic => {
                self.out.int(ticks.count);
            }
            Element::DateTime(ticks) => self.out.string(ticks.to_datetime().as_bytes())?,
            Element::TimeDelta(ticks) => self.out.string(ticks.to_duration().as_bytes())?,
            Element::Record(record) => {
                self.deeper(node, b'{')?;
                for (name, element) in record.shortest_fields() {
                    self.spend(1)?;
                    self.out.item()?;
                    self.out.string(name.as_bytes())?;
                    self.out.colon();
                    self.element(node, element)?;
                }
                self.out.close(b'}');
            }
            Element::Array(array) => self.nested(node, array.shape(), &mut array.shortest_elements())?,
            // Missing ones; objects are written elsewhere.
            _ => self.out.word("null"),
        }
        Ok(())
    }

    /// Writes elements of an array of objects, with the brackets around them, up to one that is an object.
    pub(crate) fn objects(&mut self, mut objects: Box<Objects<'g, S>>) -> Result<(), Error> {
        let node = objects.node;
        let Objects { array, next, .. } = &mut *objects;
        while *next < array.len() {
            let index = *next;
            *next += 1;
            self.spend(1)?;
            // How many elements each list has in it, of the outermost first.
            let mut rows = array.len();
            for (dimension, length) in array.shape.iter().enumerate() {
                if index.is_multiple_of(rows) {
                    if dimension > 0 {
                        self.out.item()?;
                    }
                    self.deeper(node, b'[')?;
                }
                rows /= length;
            }
            if !array.shape.is_empty() {
                self.out.item()?;
            }
            let mut closed = 0;
            for length in array.shape.iter().rev() {
                rows *= length;
                closed += usize::from((index + 1).is_multiple_of(rows));
            }
            let own = |found: Node<'_, S>| node.graph().node(found.id());
            let mut work = Vec::new();
            match array.get(index) {
                Some(Element::Object(found)) => work.push(Work::Node(own(found))),
                Some(Element::Record(record)) => {
                    self.deeper(node, b'{')?;
                    fields(node, &record, &mut work)?;
                    work.push(Work::Close(b'}'));
                }
                Some(Element::Array(array)) => {
                    let cell = inner(node, array.shape(), &mut array.shortest_elements())?;
                    work.push(Work::Cell(Box::new(cell)));
                }
                element => self.element(node, element.unwrap_or(Element::Missing))?,
            }
            if work.is_empty() {
                (0..closed).for_each(|_| self.out.close(b']'));
                continue;
            }
            work.extend((0..closed).map(|_| Work::Close(b']')));
            work.push(Work::Objects(objects));
            self.push_all(work);
            return Ok(());
        }
        Ok(())
    }
}

/// Adds the fields of a record of objects to the work. Types lie in each other no more than 32 times.
fn fields<'g, S: AsRef<[u8]>>(
    node: Node<'g, S>,
    record: &Record<'_, S>,
    work: &mut Vec<Work<'g, S>>,
) -> Result<(), Error> {
    for (name, element) in record.fields() {
        work.push(Work::Name(name.into()));
        part(node, element, work)?;
    }
    Ok(())
}

fn part<'g, S: AsRef<[u8]>>(
    node: Node<'g, S>,
    element: Element<'_, S>,
    work: &mut Vec<Work<'g, S>>,
) -> Result<(), Error> {
    match element {
        Element::Record(record) => {
            work.push(Work::Open(b'{'));
            fields(node, &record, work)?;
            work.push(Work::Close(b'}'));
        }
        Element::Array(array) => {
            let cell = inner(node, array.shape(), &mut array.shortest_elements())?;
            work.push(Work::Cell(Box::new(cell)));
        }
        Element::Object(found) => work.push(Work::Node(node.graph().node(found.id()))),
        // A masked one; there are no others.
        _ => work.push(Work::Node(node.graph().node(Id::NONE))),
    }
    Ok(())
}

/// The elements of an array within a record with objects, of which some are masked. The recursion is as deep as shapes are long, as above.
fn inner<'a, 'g, S: AsRef<[u8]> + 'a>(
    node: Node<'g, S>,
    shape: &[usize],
    elements: &mut dyn Iterator<Item = Element<'a, S>>,
) -> Result<Cell<'g, S>, Error> {
    if let Some((&length, shape)) = shape.split_first() {
        let cells: Result<_, _> = (0..length).map(|_| inner(node, shape, elements)).collect();
        return cells.map(Cell::List);
    }
    Ok(match elements.next() {
        Some(Element::Object(found)) => Cell::Object(node.graph().node(found.id())),
        Some(Element::Scalar(scalar)) => Cell::Scalar(scalar),
        Some(Element::Missing) | None => Cell::Missing,
        Some(_) => return Err(Error::unreadable()),
    })
}
