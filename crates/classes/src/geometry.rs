//! [`Geometry`]: points, lines and areas of shapely, which pickles them as well-known binary.

use std::fmt;

use halfsour_value::{Data, Node};

use crate::call::Call;
use crate::names::Class;

/// A geometry of shapely, as well-known binary. Its `Display` is well-known text: `POINT (1 2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry<'g> {
    /// Well-known binary, complete and nothing else.
    pub wkb: &'g [u8],
    is_ring: bool,
}

/// Geometries lie in each other no deeper than this.
const DEEPEST: usize = 16;

const NAMES: [&str; 7] =
    ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"];

impl<'g> Geometry<'g> {
    /// Reads well-known binary, also with what `PostGIS` adds to it; `None` if it is not complete or has more in it. It is looked at whole.
    ///
    /// ```
    /// use halfsour_classes::geometry::Geometry;
    ///
    /// let mut wkb = vec![1, 1, 0, 0, 0];
    /// wkb.extend([1.0, -0.5].into_iter().flat_map(f64::to_le_bytes));
    /// assert_eq!(Geometry::new(&wkb).unwrap().to_string(), "POINT (1 -0.5)");
    /// assert!(Geometry::new(&wkb[1..]).is_none());
    /// ```
    pub fn new(wkb: &'g [u8]) -> Option<Self> {
        let mut reader = Reader { rest: wkb };
        reader.geometry(&mut Nothing, DEEPEST, true, false).ok()?;
        reader.rest.is_empty().then_some(Self { wkb, is_ring: false })
    }
}

impl fmt::Display for Geometry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Reader { rest: self.wkb }.geometry(f, DEEPEST, true, self.is_ring)
    }
}

/// A geometry by the call that makes it: `Point()` with a state, `from_wkb(bytes)`, `_unpickle_linearring(bytes)`
pub(crate) fn geometry<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Geometry<'g>> {
    let bytes = match call.class {
        Class::Shapely if call.has_no_args() => call.state()?,
        Class::ShapelyWkb => {
            let [bytes] = call.bare()?.exactly()?;
            bytes
        }
        _ => return None,
    };
    let is_ring = matches!(call.name.1, "LinearRing" | "_unpickle_linearring");
    Some(Geometry { is_ring, ..of_bytes(bytes)? })
}

/// A geometry in an array: an object, or well-known binary alone.
pub(crate) fn element<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Geometry<'_>> {
    of_bytes(node).or_else(|| geometry(&Call::of(node)?))
}

fn of_bytes<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Geometry<'_>> {
    match node.data() {
        Data::Bytes(bytes) | Data::ByteString(bytes) => Geometry::new(bytes),
        _ => None,
    }
}

/// Takes the text where it is only checked that there is one.
struct Nothing;

impl fmt::Write for Nothing {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}

struct Reader<'g> {
    rest: &'g [u8],
}

/// What the head of a geometry says.
struct Head {
    is_little: bool,
    kind: usize,
    has_z: bool,
    has_m: bool,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], fmt::Error> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(fmt::Error)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn int(&mut self, is_little: bool) -> Result<u32, fmt::Error> {
        let bytes = self.take()?;
        Ok(if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// The order of bytes, the type with its dimensions, and an identifier of a reference system, which is passed over.
    fn head(&mut self) -> Result<Head, fmt::Error> {
        const FLAGS: [u32; 3] = [0x8000_0000, 0x4000_0000, 0x2000_0000];
        let is_little = match self.take()? {
            [0] => false,
            [1] => true,
            _ => return Err(fmt::Error),
        };
        let number = self.int(is_little)?;
        let [z, m, reference] = FLAGS.map(|flag| number & flag != 0);
        let plain = number & !(FLAGS[0] | FLAGS[1] | FLAGS[2]);
        let dimensions = plain / 1000;
        if reference {
            self.take::<4>()?;
        }
        let kind = usize::try_from(plain % 1000).map_err(|_| fmt::Error)?;
        if dimensions > 3 || !(1..=NAMES.len()).contains(&kind) {
            return Err(fmt::Error);
        }
        let (has_z, has_m) = (z || dimensions % 2 == 1, m || dimensions >= 2);
        Ok(Head { is_little, kind, has_z, has_m })
    }

    /// Writes a geometry, whose parts count against `depth`, with its name or without.
    fn geometry(
        &mut self,
        out: &mut dyn fmt::Write,
        depth: usize,
        named: bool,
        is_ring: bool,
    ) -> fmt::Result {
        let depth = depth.checked_sub(1).ok_or(fmt::Error)?;
        let head = self.head()?;
        if named {
            out.write_str(if is_ring && head.kind == 2 { "LINEARRING" } else { NAMES[head.kind - 1] })?;
            out.write_str(match (head.has_z, head.has_m) {
                (false, false) => " ",
                (true, false) => " Z ",
                (false, true) => " M ",
                (true, true) => " ZM ",
            })?;
        }
        if head.kind == 1 {
            return self.point(out, &head);
        }
        self.list(out, &head, |reader, out| match head.kind {
            2 => reader.place(out, &head),
            3 => reader.list(out, &head, |reader, out| reader.place(out, &head)),
            kind => reader.geometry(out, depth, kind == 7, false),
        })
    }

    /// So many members as a number says, or `EMPTY`.
    fn list(
        &mut self,
        out: &mut dyn fmt::Write,
        head: &Head,
        mut member: impl FnMut(&mut Self, &mut dyn fmt::Write) -> fmt::Result,
    ) -> fmt::Result {
        let count = self.int(head.is_little)?;
        if count == 0 {
            return out.write_str("EMPTY");
        }
        for number in 0..count {
            out.write_str(if number == 0 { "(" } else { ", " })?;
            member(self, out)?;
        }
        out.write_str(")")
    }

    /// A point, which has no number: without a place, it is made of NaN.
    fn point(&mut self, out: &mut dyn fmt::Write, head: &Head) -> fmt::Result {
        let mut text = String::new();
        self.place(&mut text, head)?;
        if text.split(' ').all(|number| number == "NaN") {
            return out.write_str("EMPTY");
        }
        write!(out, "({text})")
    }

    /// The coordinates of a place.
    fn place(&mut self, out: &mut dyn fmt::Write, head: &Head) -> fmt::Result {
        for number in 0..2 + usize::from(head.has_z) + usize::from(head.has_m) {
            let bytes = self.take()?;
            let value = if head.is_little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) };
            out.write_str(if number == 0 { "" } else { " " })?;
            write!(out, "{value}")?;
        }
        Ok(())
    }
}
