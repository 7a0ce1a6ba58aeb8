//! Geometries as well-known binary: whether as many points are there as it says. GEOS takes memory for them before it looks.

use halfsour_vm::value::machine::{Peek, StepKind};
use halfsour_vm::value::{Id, View};

/// How deep collections may lie in each other.
const DEEPEST: usize = 16;

/// Whether it is a geometry, or the state of an array of some: an array of objects, and something else.
pub(super) fn are_geometries(view: View<'_>, value: Id) -> bool {
    match view.peek(value) {
        Peek::Bytes(bytes) | Peek::ByteString(bytes) => is_geometry(bytes),
        Peek::Tuple(&[array, _]) => objects(view, array).is_some_and(|all| {
            all.iter().all(|&it| match view.peek(it) {
                Peek::None => true,
                Peek::Bytes(bytes) => is_geometry(bytes),
                _ => false,
            })
        }),
        _ => false,
    }
}

/// How many bytes the geometries in the state of an array of some have: each is read by itself, also if it is there again and again.
pub(super) fn size(view: View<'_>, state: Id) -> u64 {
    let Peek::Tuple(&[array, _]) = view.peek(state) else { return 0 };
    let size = |&it: &Id| match view.peek(it) {
        Peek::Bytes(bytes) => bytes.len() as u64,
        _ => 0,
    };
    objects(view, array).unwrap_or_default().iter().map(size).sum()
}

/// The objects in the state of an array of numpy, which is the last thing in it.
fn objects(view: View<'_>, array: Id) -> Option<&[Id]> {
    let Peek::Instance(instance) = view.peek(array) else { return None };
    let mut steps = instance.steps();
    let (Some((StepKind::State, &[state])), None) = (steps.next(), steps.next()) else { return None };
    match view.peek(*view.sequence(state)?.last()?) {
        Peek::List(objects) => Some(objects),
        _ => None,
    }
}

fn is_geometry(bytes: &[u8]) -> bool {
    let mut reader = Reader { rest: bytes, is_big: false };
    reader.geometry(None, 0).is_some()
}

struct Reader<'b> {
    rest: &'b [u8],
    is_big: bool,
}

impl Reader<'_> {
    /// Reads a geometry of this type, if it must be of one.
    fn geometry(&mut self, wanted: Option<u32>, depth: usize) -> Option<()> {
        const Z: u32 = 1 << 31;
        const M: u32 = 1 << 30;
        const SRID: u32 = 1 << 29;
        let (&order, rest) = self.rest.split_first().filter(|_| depth <= DEEPEST)?;
        self.rest = rest;
        self.is_big = order == 0;
        let head = self.number().filter(|_| order <= 1)?;
        if head & SRID != 0 {
            self.number()?;
        }
        let (kind, more) = ((head & 0xffff) % 1000, (head & 0xffff) / 1000);
        let has_z = head & Z != 0 || more & 1 != 0;
        let has_m = head & M != 0 || more & 2 != 0;
        let size = 8 * (2 + usize::from(has_z) + usize::from(has_m));
        if more > 3 || wanted.is_some_and(|wanted| wanted != kind) {
            return None;
        }
        match kind {
            1 => self.skip(size),
            2 => self.points(size),
            3 => (0..self.number()?).try_for_each(|_| self.points(size)),
            4..=7 => {
                let parts = (kind < 7).then(|| kind - 3);
                (0..self.number()?).try_for_each(|_| self.geometry(parts, depth + 1))
            }
            _ => None,
        }
    }

    fn points(&mut self, size: usize) -> Option<()> {
        let count = usize::try_from(self.number()?).ok()?;
        self.skip(count.checked_mul(size)?)
    }

    fn number(&mut self) -> Option<u32> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(if self.is_big { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) })
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.rest = self.rest.get(count..)?;
        Some(())
    }
}
