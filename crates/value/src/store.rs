//! [`Store`]: the nodes of a graph while it is being made.

// What makes a node is compiled into the arm of the machine that asks for it: there the kind is known, and the parts of
// a cell go from registers to their places.

mod outside;

use std::collections::HashMap;
use std::hint::select_unpredictable;

use halfsour_text::wtf8::Encoding;

use crate::cell::{Cell, Place, Tag};
use crate::form::{Builtin, Form, IntSpelling};
use crate::id::Unpacked;
use crate::parts::{Container, OutOfBudget, Payload, Spelling, StepError};
use crate::{Id, Kind};

/// The nodes of a graph, without the bytes that they borrow from.
///
/// This is what a reader builds and what [`Graph`](crate::Graph) wraps. Scalars and strings are one cell of 16 bytes;
/// containers are one cell and four bytes for each child, in one vector for all. Nothing is freed before the whole
/// store is.
///
/// All that adds to it spends the store's budget of bytes and fails with [`OutOfBudget`] when that is gone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) cells: Vec<Cell>,
    pub(crate) children: Vec<Id>,
    pub(crate) pool: Vec<u8>,
    /// How an old protocol spelled a builtin; sorted by node, since nodes are made in order.
    pub(crate) spellings: Vec<(u32, Spelling)>,
    /// The steps of nodes that have no room for them: from such a node to an instance that only has steps.
    pub(crate) foreign_steps: HashMap<u32, Id>,
    /// The run that was added last: its node, and its place in the node's region.
    pub(crate) last_run: Option<(usize, usize)>,
    /// Whether some `bytes` were Python 2 strings.
    pub(crate) has_python2_bytes: bool,
    budget: usize,
}

/// Offsets in the source have this many bits.
const OFFSET_BITS: u32 = 48;

impl Default for Store {
    fn default() -> Self {
        Self::new(usize::MAX)
    }
}

/// What each Vec begins with, so that small graphs take one allocation of each.
const FIRST: usize = 64;

impl Store {
    /// An empty store that will hold at most `budget` bytes.
    pub fn new(budget: usize) -> Self {
        Self {
            cells: Vec::new(),
            children: Vec::new(),
            pool: Vec::new(),
            spellings: Vec::new(),
            foreign_steps: HashMap::new(),
            last_run: None,
            has_python2_bytes: false,
            budget,
        }
    }

    /// Forgets all nodes and keeps the memory for those to come.
    pub fn clear(&mut self, budget: usize) {
        self.cells.clear();
        self.children.clear();
        self.pool.clear();
        self.spellings.clear();
        self.foreign_steps.clear();
        self.last_run = None;
        self.has_python2_bytes = false;
        self.budget = budget;
    }

    /// Changes the budget, as when more of the input has arrived.
    pub fn set_budget(&mut self, budget: usize) {
        self.budget = budget;
    }

    /// The number of nodes.
    pub fn nodes(&self) -> usize {
        self.cells.len()
    }

    /// The number of bytes that the store holds now.
    pub fn bytes_held(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>()
            + self.children.capacity() * size_of::<Id>()
            + self.pool.capacity()
            + self.spellings.capacity() * size_of::<(u32, Spelling)>()
            + self.foreign_steps.capacity() * size_of::<(u32, Id)>() * 2
    }

    /// The capacity to grow a vector of elements of `size` bytes to, so that it has room for `more`.
    #[cold]
    pub(crate) fn grown(
        &self,
        size: usize,
        length: usize,
        capacity: usize,
        more: usize,
    ) -> Result<usize, OutOfBudget> {
        let needed = length.checked_add(more).ok_or(OutOfBudget)?;
        let free = self.budget.saturating_sub(self.bytes_held()) / size;
        let most = capacity.saturating_add(free);
        if needed > most {
            return Err(OutOfBudget);
        }
        Ok((capacity * 2).max(needed).max(FIRST).min(most))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn push(&mut self, cell: Cell) -> Result<Id, OutOfBudget> {
        let index = self.cells.len();
        if index == self.cells.capacity() {
            self.grow_cells()?;
        }
        self.cells.push(cell);
        Ok(Id::node(index))
    }

    #[cold]
    #[inline(never)]
    fn grow_cells(&mut self) -> Result<(), OutOfBudget> {
        let length = self.cells.len();
        if length >= Id::MAX_NODES {
            return Err(OutOfBudget);
        }
        let capacity = self.grown(size_of::<Cell>(), length, length, 1)?.min(Id::MAX_NODES);
        self.cells.reserve_exact(capacity - length);
        Ok(())
    }

    /// Makes room for `more` children.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn reserve_children(&mut self, more: usize) -> Result<(), OutOfBudget> {
        if self.children.capacity() - self.children.len() < more { self.grow_children(more) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn grow_children(&mut self, more: usize) -> Result<(), OutOfBudget> {
        let (length, capacity) = (self.children.len(), self.children.capacity());
        if length.checked_add(more).is_none_or(|needed| needed > u32::MAX as usize) {
            return Err(OutOfBudget);
        }
        let capacity = self.grown(size_of::<Id>(), length, capacity, more)?.min(u32::MAX as usize);
        self.children.reserve_exact(capacity - length);
        Ok(())
    }

    fn reserve_pool(&mut self, more: usize) -> Result<(), OutOfBudget> {
        let (length, capacity) = (self.pool.len(), self.pool.capacity());
        if capacity - length < more {
            let capacity = self.grown(1, length, capacity, more)?;
            self.pool.reserve_exact(capacity - length);
        }
        Ok(())
    }

    /// An int.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn int(&mut self, origin: usize, value: i64) -> Result<Id, OutOfBudget> {
        match Id::small_int(value) {
            Some(id) => Ok(id),
            None => self.push(Cell::new(Tag::Int, 0, origin, value.cast_unsigned())),
        }
    }

    /// As [`int`](Self::int), without a jump that depends on the value; `None` if the store would have to grow.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn int_without_growing(&mut self, origin: usize, value: i64) -> Option<Id> {
        let index = self.cells.len();
        if index == self.cells.capacity() {
            return None;
        }
        // The node is made in any case, and forgotten if the int needs none.
        self.cells.push(Cell::new(Tag::Int, 0, origin, value.cast_unsigned()));
        let small = Id::small_int(value);
        self.cells.truncate(index + usize::from(small.is_none()));
        Some(select_unpredictable(small.is_some(), small.unwrap_or(Id::NONE), Id::node(index)))
    }

    /// An int with an opcode that Python 3 would not have written for it.
    pub fn int_with_opcode(&mut self, op: IntSpelling, origin: usize, value: i64) -> Result<Id, OutOfBudget> {
        self.push(Cell::new(Tag::Int, op as u8, origin, value.cast_unsigned()))
    }

    /// A float.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn float(&mut self, origin: usize, value: f64) -> Result<Id, OutOfBudget> {
        self.push(Cell::new(Tag::Float, 0, origin, value.to_bits()))
    }

    /// A complex number, from the ids of two floats; `None` if they are not.
    pub fn complex(&mut self, origin: usize, re: Id, im: Id) -> Result<Option<Id>, OutOfBudget> {
        match (self.float_index(re), self.float_index(im)) {
            (Some(re), Some(im)) => self.push(Cell::pair(Tag::Complex, 0, origin, re, im)).map(Some),
            _ => Ok(None),
        }
    }

    fn float_index(&self, id: Id) -> Option<u32> {
        match id.unpack() {
            Unpacked::Node(index) if self.cells[index as usize].tag == Tag::Float => Some(index),
            _ => None,
        }
    }

    /// A node whose payload is in the source, `delta` bytes (at most 15) after `origin`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn borrowed(
        &mut self,
        payload: Payload,
        origin: usize,
        delta: u8,
        length: usize,
    ) -> Result<Id, OutOfBudget> {
        if origin as u64 >> OFFSET_BITS != 0 {
            return Err(OutOfBudget);
        }
        let (tag, encoding) = payload.parts();
        self.push(Cell::borrowed(tag, encoding, origin, delta, length))
    }

    /// A node with a payload that is not in the source.
    pub fn owned(&mut self, payload: Payload, origin: usize, bytes: &[u8]) -> Result<Id, OutOfBudget> {
        let (tag, encoding) = payload.parts();
        let start = self.pool_bytes(bytes)?;
        self.push(Cell::owned(tag, encoding, origin, start))
    }

    /// Puts bytes, after their length, into the pool.
    pub(crate) fn pool_bytes(&mut self, bytes: &[u8]) -> Result<usize, OutOfBudget> {
        self.reserve_pool(bytes.len() + size_of::<u64>())?;
        let start = self.pool.len();
        self.pool.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.pool.extend_from_slice(bytes);
        Ok(start)
    }

    /// Puts a length alone into the pool.
    pub(crate) fn pool_length(&mut self, length: usize) -> Result<(), OutOfBudget> {
        self.reserve_pool(size_of::<u64>())?;
        self.pool.extend_from_slice(&(length as u64).to_le_bytes());
        Ok(())
    }

    /// A node of another kind that shares the payload of `of`.
    ///
    /// # Panics
    ///
    /// If `of` has no payload.
    pub fn share_payload(&mut self, payload: Payload, origin: usize, of: Id) -> Result<Id, OutOfBudget> {
        let cell = self.cells[of.index().expect("nodes with payloads have an index")];
        let (tag, encoding) = payload.parts();
        match cell.place() {
            Place::Pool { start } => self.push(Cell::owned(tag, encoding, origin, start)),
            // The origin moves to the payload's own operation, since the payload is found from there.
            Place::Source { start, length } => {
                let at = cell.origin();
                self.push(Cell::borrowed(tag, encoding, at, u8::try_from(start - at).unwrap_or(0), length))
            }
        }
    }

    /// The payload of a node that has one.
    #[inline]
    pub fn payload<'s>(&'s self, source: &'s [u8], id: Id) -> Option<&'s [u8]> {
        let cell = &self.cells[id.index()?];
        match cell.tag {
            Tag::Str | Tag::ByteString | Tag::Bytes | Tag::ByteArray | Tag::BigInt => {
                Some(self.bytes_of(source, cell))
            }
            _ => None,
        }
    }

    /// Whether an object is text that is known to be ASCII.
    pub fn is_ascii(&self, id: Id) -> bool {
        let cell = id.index().map(|index| &self.cells[index]);
        cell.is_some_and(|cell| cell.tag == Tag::Str && cell.encoding() == Encoding::Ascii)
    }

    /// What is known of a text.
    #[inline]
    pub(crate) fn encoding(&self, text: Id) -> Encoding {
        text.index().map_or(Encoding::Ascii, |index| self.cells[index].encoding())
    }

    #[inline]
    pub(crate) fn bytes_of<'s>(&'s self, source: &'s [u8], cell: &Cell) -> &'s [u8] {
        match cell.place() {
            Place::Source { start, length } => &source[start..start + length],
            Place::Pool { start } => self.pooled(start),
        }
    }

    pub(crate) fn pooled(&self, start: usize) -> &[u8] {
        &self.pool[start + size_of::<u64>()..][..self.pooled_length(start)]
    }

    pub(crate) fn pooled_length(&self, start: usize) -> usize {
        let length = self.pool[start..].first_chunk().expect("a length stands before each payload");
        usize::try_from(u64::from_le_bytes(*length)).expect("it was a usize")
    }

    /// A container that holds `items`.
    ///
    /// # Errors
    ///
    /// [`StepError::OutOfBudget`], and [`StepError::Unhashable`] for a key or member that is not hashable.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn container(&mut self, container: Container, origin: usize, items: &[Id]) -> Result<Id, StepError> {
        let tag = match container {
            Container::Tuple if items.is_empty() => return Ok(Id::EMPTY_TUPLE),
            Container::List => Tag::List,
            Container::Tuple => Tag::Tuple,
            Container::Dict => Tag::Dict,
            Container::Set => Tag::Set,
            Container::FrozenSet => Tag::FrozenSet,
        };
        match container {
            Container::Dict => self.check_hashable(items.iter().step_by(2))?,
            Container::Set | Container::FrozenSet => self.check_hashable(items.iter())?,
            Container::List | Container::Tuple => {}
        }
        Ok(self.region(tag, 0, origin, items)?)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(clippy::cast_possible_truncation)] // reserve_children keeps them in 32 bits
    fn region(&mut self, tag: Tag, flags: u8, origin: usize, items: &[Id]) -> Result<Id, OutOfBudget> {
        self.reserve_children(items.len())?;
        let start = self.children.len() as u32;
        self.children.extend_from_slice(items);
        self.push(Cell::pair(tag, flags, origin, start, items.len() as u32))
    }

    /// A tuple that is to get its members.
    pub(crate) fn hollow_tuple(&mut self, origin: usize) -> Result<Id, OutOfBudget> {
        self.region(Tag::Tuple, 0, origin, &[])
    }

    /// The region of a node that has one.
    #[inline]
    pub(crate) fn region_of(&self, index: usize) -> &[Id] {
        let (start, length) = self.cells[index].region();
        &self.children[start..start + length]
    }

    /// A class or function, by the ids of its module's and its own name.
    pub fn global(
        &mut self,
        origin: usize,
        module: Id,
        name: Id,
        builtin: Builtin,
    ) -> Result<Id, OutOfBudget> {
        let (Some(module), Some(name)) = (module.index(), name.index()) else {
            unreachable!("names are nodes");
        };
        let cell = Cell::pair(
            Tag::Global,
            builtin as u8,
            origin,
            u32::try_from(module).map_err(|_| OutOfBudget)?,
            u32::try_from(name).map_err(|_| OutOfBudget)?,
        );
        self.push(cell)
    }

    /// The kind of an object.
    #[inline]
    pub fn kind(&self, id: Id) -> Kind {
        match id.unpack() {
            Unpacked::Node(index) => match self.cells[index as usize].tag {
                Tag::Int | Tag::BigInt => Kind::Int,
                Tag::Float => Kind::Float,
                Tag::Complex => Kind::Complex,
                Tag::Str => Kind::Str,
                Tag::ByteString => Kind::ByteString,
                Tag::Bytes => Kind::Bytes,
                Tag::ByteArray => Kind::ByteArray,
                Tag::List => Kind::List,
                Tag::Tuple => Kind::Tuple,
                Tag::Dict => Kind::Dict,
                Tag::Set => Kind::Set,
                Tag::FrozenSet => Kind::FrozenSet,
                Tag::Global => Kind::Global,
                Tag::Instance => Kind::Instance,
                Tag::PersistentId => Kind::PersistentId,
                Tag::Extension => Kind::Extension,
                Tag::Buffer => Kind::Buffer,
                Tag::ReadOnly => Kind::ReadOnly,
            },
            Unpacked::Int(_) => Kind::Int,
            Unpacked::None => Kind::None,
            Unpacked::Bool(_) => Kind::Bool,
            Unpacked::EmptyTuple => Kind::Tuple,
            Unpacked::Run(..) => unreachable!("a run is not a value"),
        }
    }

    /// The members of a list or tuple.
    pub fn sequence(&self, id: Id) -> Option<&[Id]> {
        match id.index() {
            Some(index) if matches!(self.cells[index].tag, Tag::List | Tag::Tuple) => {
                Some(self.region_of(index))
            }
            None if id == Id::EMPTY_TUPLE => Some(&[]),
            _ => None,
        }
    }

    /// The ids of all nodes, in the order in which they were made.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = Id> + use<> {
        (0..self.nodes()).map(Id::node)
    }

    /// The builtin that a global is, of those that old protocols spell as calls.
    pub fn builtin(&self, id: Id) -> Builtin {
        match id.index().map(|index| &self.cells[index]) {
            Some(cell) if cell.tag == Tag::Global => Builtin::from_bits(cell.flags),
            _ => Builtin::Other,
        }
    }

    /// An instance: the result of a call, or of a class. Room for a state is kept.
    pub fn instance(
        &mut self,
        form: Form,
        origin: usize,
        callable: Id,
        args: Id,
        kwargs: Option<Id>,
    ) -> Result<Id, OutOfBudget> {
        const ROOM: usize = 4;
        let mut region = [callable, args, Id::NONE, Id::NONE];
        let mut length = 2;
        if let Some(kwargs) = kwargs {
            region[2] = kwargs;
            length = 3;
        }
        let id = self.region(Tag::Instance, 0, origin, &region)?;
        let cell = self.cells.last_mut().expect("it was just pushed");
        let (start, _) = cell.region();
        cell.move_region(start, length, u8::try_from(ROOM.trailing_zeros()).expect("below 32"));
        *cell = cell.with_form_bits(form as u8);
        Ok(id)
    }

    /// Records the call by which an old protocol spelled a builtin.
    pub fn record_spelling(&mut self, id: Id, spelling: Spelling) -> Result<(), OutOfBudget> {
        if self.spellings.len() == self.spellings.capacity() {
            let length = self.spellings.len();
            let capacity = self.grown(size_of::<(u32, Spelling)>(), length, length, 1)?;
            self.spellings.reserve_exact(capacity - length);
        }
        self.spellings.push((id.bits(), spelling));
        Ok(())
    }

    /// The call by which it was spelled, where calls were remembered in the order of the objects.
    pub(crate) fn spelling(&self, id: Id) -> Option<Spelling> {
        let at = self.spellings.binary_search_by_key(&id.bits(), |(node, _)| *node).ok()?;
        Some(self.spellings[at].1)
    }
}
