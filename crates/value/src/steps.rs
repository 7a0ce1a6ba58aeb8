//! What a stream does to objects after they were made.

use crate::cell::{ASKED, Cell, HASHABLE, Tag, UNHASHABLE};
use crate::form::Form;
use crate::id::{StepKind, Unpacked};
use crate::parts::{Container, OutOfBudget, Spelling, StepError};
use crate::peek::{RawInstance, RawSteps};
use crate::store::Store;
use crate::{Id, Kind};

impl Store {
    /// `APPEND`, `APPENDS`.
    #[inline]
    pub fn append(&mut self, to: Id, items: &[Id]) -> Result<(), StepError> {
        let index = to.index().ok_or(StepError::Unsupported)?;
        match self.cells[index].tag {
            Tag::List => Ok(self.extend(index, items)?),
            _ => self.step(index, StepKind::Append, items),
        }
    }

    /// `SETITEM`, `SETITEMS`: keys and values in turn.
    #[inline]
    pub fn set_items(&mut self, to: Id, items: &[Id]) -> Result<(), StepError> {
        let index = to.index().ok_or(StepError::Unsupported)?;
        match self.cells[index].tag {
            Tag::Dict => {
                self.check_hashable(items.iter().step_by(2))?;
                Ok(self.extend(index, items)?)
            }
            Tag::List => self.assign(index, items),
            _ => self.step(index, StepKind::SetItem, items),
        }
    }

    /// `ADDITEMS`.
    pub fn add_items(&mut self, to: Id, items: &[Id]) -> Result<(), StepError> {
        let index = to.index().ok_or(StepError::Unsupported)?;
        match self.cells[index].tag {
            Tag::Set => {
                self.check_hashable(items.iter())?;
                Ok(self.extend(index, items)?)
            }
            _ => self.step(index, StepKind::Add, items),
        }
    }

    /// `list[index] = value`, for ints and bools in range.
    fn assign(&mut self, list: usize, items: &[Id]) -> Result<(), StepError> {
        let (start, length) = self.cells[list].region();
        for pair in items.chunks_exact(2) {
            let at = self.place(pair[0], length).ok_or(StepError::Unsupported)?;
            self.children[start + at] = pair[1];
        }
        Ok(())
    }

    /// `APPEND`, `APPENDS` on a bytearray whose bytes may lie in `source`.
    pub fn append_bytes(&mut self, source: &[u8], to: Id, items: &[Id]) -> Result<(), StepError> {
        let mut bytes = self.payload(source, to).ok_or(StepError::Unsupported)?.to_vec();
        for &item in items {
            bytes.push(self.byte(item).ok_or(StepError::Unsupported)?);
        }
        self.replace_payload(to, &bytes)
    }

    /// `SETITEM`, `SETITEMS` on a bytearray whose bytes may lie in `source`.
    pub fn assign_bytes(&mut self, source: &[u8], to: Id, items: &[Id]) -> Result<(), StepError> {
        let mut bytes = self.payload(source, to).ok_or(StepError::Unsupported)?.to_vec();
        for pair in items.chunks_exact(2) {
            let at = self.place(pair[0], bytes.len()).ok_or(StepError::Unsupported)?;
            bytes[at] = self.byte(pair[1]).ok_or(StepError::Unsupported)?;
        }
        self.replace_payload(to, &bytes)
    }

    fn replace_payload(&mut self, of: Id, bytes: &[u8]) -> Result<(), StepError> {
        let start = self.pool_bytes(bytes)?;
        let cell = &mut self.cells[of.index().ok_or(StepError::Unsupported)?];
        *cell = Cell::owned(cell.tag, cell.encoding(), cell.origin(), start);
        Ok(())
    }

    /// `BUILD`. `None`, and `(None, {})`, neither attributes nor slots, change nothing on objects of Python's own types; a
    /// class may have a `__setstate__` for it.
    pub fn build(&mut self, to: Id, state: Id) -> Result<(), StepError> {
        let done = match to.index() {
            Some(index) => self.step(index, StepKind::State, &[state]),
            None => Err(StepError::Unsupported),
        };
        match done {
            Err(StepError::Unsupported) if self.is_no_state(state) => Ok(()),
            done => done,
        }
    }

    fn is_no_state(&self, state: Id) -> bool {
        match self.sequence(state) {
            Some([Id::NONE, slots]) => {
                self.kind(*slots) == Kind::Dict && slots.index().is_some_and(|i| self.region_of(i).is_empty())
            }
            _ => state == Id::NONE,
        }
    }

    /// The result of a call with an object as the first of two arguments was dropped, as after `setter(object, state)`.
    /// Any other object, and any other call, is let be.
    pub fn call_on(&mut self, object: Id, call: Id) -> Result<(), OutOfBudget> {
        let (Some(on), Some(index)) = (object.index(), call.index()) else { return Ok(()) };
        let made = &self.cells[index];
        if made.tag != Tag::Instance || made.form_bits() != Form::Call as u8 {
            return Ok(());
        }
        match self.sequence(self.region_of(index)[1]) {
            Some([first, _]) if *first == object => match self.step(on, StepKind::Call, &[call]) {
                Err(StepError::OutOfBudget) => Err(OutOfBudget),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// `setattr(object, name, value)`, which this call is: a state with this attribute, as if it were in a slot, shows the same. The call is
    /// remembered, since the class may have a `__setstate__`.
    pub fn set_attribute(
        &mut self,
        origin: usize,
        call: Spelling,
        [object, name, value]: [Id; 3],
    ) -> Result<(), StepError> {
        let slots = self.container(Container::Dict, origin, &[name, value])?;
        let state = self.container(Container::Tuple, origin, &[Id::NONE, slots])?;
        self.record_spelling(state, call)?;
        self.build(object, state)
    }

    /// The steps that were done to an object although it is no instance.
    pub(crate) fn foreign_steps(&self, id: Id) -> Option<RawSteps<'_>> {
        if self.foreign_steps.is_empty() {
            return None;
        }
        let steps = self.foreign_steps.get(&u32::try_from(id.index()?).ok()?)?;
        Some(RawInstance::new(self, steps.index()?).steps())
    }

    /// The last so many items that were appended to, set on or added to an object of a class, or one from elsewhere. Of
    /// other kinds, and of more items than lie in one piece, nothing.
    pub fn last_items(&self, object: Id, count: usize) -> &[Id] {
        let Some(index) = object.index() else { return &[] };
        let index = match self.cells[index].tag {
            Tag::Instance => Some(index),
            Tag::Global | Tag::PersistentId | Tag::Extension | Tag::Buffer => {
                let key = u32::try_from(index).ok();
                key.and_then(|key| self.foreign_steps.get(&key)).and_then(|id| id.index())
            }
            _ => None,
        };
        let ids = index.map(|index| self.region_of(index)).unwrap_or_default();
        if count < Id::MAX_RUN { &ids[ids.len().saturating_sub(count)..] } else { &[] }
    }

    /// Keeps what is done to an object, if it is of a class, or from elsewhere.
    #[inline]
    fn step(&mut self, index: usize, run: StepKind, items: &[Id]) -> Result<(), StepError> {
        match self.cells[index].tag {
            Tag::Instance => Ok(self.add_run(index, run, items)?),
            Tag::Global | Tag::PersistentId | Tag::Extension | Tag::Buffer => {
                let key = u32::try_from(index).map_err(|_| StepError::OutOfBudget)?;
                let elsewhere = match self.foreign_steps.get(&key) {
                    Some(&id) => id,
                    None => {
                        let origin = self.cells[index].origin();
                        let id = self.instance(Form::Call, origin, Id::NONE, Id::EMPTY_TUPLE, None)?;
                        self.grown(size_of::<(u32, Id)>() * 2, 0, self.foreign_steps.len(), 1)?;
                        self.foreign_steps.insert(key, id);
                        id
                    }
                };
                Ok(self.add_run(elsewhere.index().expect("an instance is a node"), run, items)?)
            }
            _ => Err(StepError::Unsupported),
        }
    }

    /// A run of one value, for which there is room as a rule.
    #[inline]
    fn add_step(&mut self, index: usize, run: StepKind, item: Id) -> Result<(), OutOfBudget> {
        let pair = [Id::run(run, 1), item];
        let cell = &mut self.cells[index];
        let (start, length) = cell.region();
        self.last_run = Some((index, length));
        let capacity = cell.capacity();
        match self.children[start + length..].first_chunk_mut() {
            Some(room) if length + 2 <= capacity => {
                *room = pair;
                let power = u8::try_from(capacity.trailing_zeros()).expect("below 32");
                cell.move_region(start, length + 2, power);
                Ok(())
            }
            _ => self.extend(index, &pair),
        }
    }

    #[inline]
    fn add_run(&mut self, index: usize, run: StepKind, items: &[Id]) -> Result<(), OutOfBudget> {
        match (run, items) {
            // A state or a call is one value, and a run of its own.
            (StepKind::State | StepKind::Call, [item]) => self.add_step(index, run, *item),
            _ => self.extend_run(index, run, items),
        }
    }

    fn extend_run(&mut self, index: usize, run: StepKind, mut items: &[Id]) -> Result<(), OutOfBudget> {
        let width = if run == StepKind::SetItem { 2 } else { 1 };
        if let Some((last, at)) = self.last_run
            && last == index
        {
            let marker = self.cells[index].region().0 + at;
            if let Unpacked::Run(kind, count) = self.children[marker].unpack()
                && kind == run
                && count as usize + items.len() / width < Id::MAX_RUN
            {
                self.extend(index, items)?;
                let marker = self.cells[index].region().0 + at;
                self.children[marker] = Id::run(run, count as usize + items.len() / width);
                return Ok(());
            }
        }
        while !items.is_empty() {
            let (now, later) = items.split_at(items.len().min((Id::MAX_RUN - 1) * width));
            if let [item] = *now {
                self.add_step(index, run, item)?;
            } else {
                self.last_run = Some((index, self.cells[index].region().1));
                self.extend(index, &[Id::run(run, now.len() / width)])?;
                self.extend(index, now)?;
            }
            items = later;
        }
        Ok(())
    }

    /// Whether Python could hash it, as far as the machine can know: instances and globals pass.
    #[inline]
    pub fn is_hashable(&mut self, id: Id) -> bool {
        let Some(index) = id.index() else { return true };
        match self.cells[index].tag {
            Tag::List | Tag::Dict | Tag::Set | Tag::ByteArray => false,
            Tag::Tuple => self.is_tuple_hashable(index),
            _ => true,
        }
    }

    #[inline]
    pub(crate) fn check_hashable<'i>(&mut self, keys: impl Iterator<Item = &'i Id>) -> Result<(), StepError> {
        for &key in keys {
            if !self.is_hashable(key) {
                return Err(StepError::Unhashable);
            }
        }
        Ok(())
    }

    /// Each tuple is looked at once: what was found stays in its flags.
    fn is_tuple_hashable(&mut self, index: usize) -> bool {
        let mut open = vec![index];
        while let Some(&index) = open.last() {
            let seen = self.cells[index].flags;
            if seen == HASHABLE || seen == UNHASHABLE {
                open.pop();
                continue;
            }
            let before = open.len();
            let mut found = HASHABLE;
            for child in self.region_of(index).iter().filter_map(|child| child.index()) {
                match (self.cells[child].tag, self.cells[child].flags) {
                    (Tag::List | Tag::Dict | Tag::Set | Tag::ByteArray, _) | (Tag::Tuple, UNHASHABLE) => {
                        found = UNHASHABLE;
                        break;
                    }
                    (Tag::Tuple, 0) => open.push(child),
                    _ => {}
                }
            }
            let waits = found == HASHABLE && open.len() > before;
            self.cells[index].flags = if waits { ASKED } else { found };
            if !waits {
                open.truncate(before - 1);
            }
        }
        self.cells[index].flags == HASHABLE
    }

    /// Adds to the end of a region.
    #[inline]
    pub(crate) fn extend(&mut self, index: usize, items: &[Id]) -> Result<(), OutOfBudget> {
        let (start, length) = self.cells[index].region();
        let needed = length + items.len();
        if start + length == self.children.len() || length == 0 && self.cells[index].capacity() == 0 {
            self.reserve_children(items.len())?;
            let start = if length == 0 { self.children.len() } else { start };
            self.children.extend_from_slice(items);
            self.cells[index].move_region(start, needed, 0);
        } else if needed <= self.cells[index].capacity() {
            self.children[start + length..start + needed].copy_from_slice(items);
            let power = self.cells[index].capacity().trailing_zeros();
            self.cells[index].move_region(start, needed, u8::try_from(power).expect("below 32"));
        } else {
            self.relocate(index, items)?;
        }
        Ok(())
    }

    /// Moves a region to the end, into twice the room, and adds to it.
    #[cold]
    #[inline(never)]
    fn relocate(&mut self, index: usize, items: &[Id]) -> Result<(), OutOfBudget> {
        let (start, length) = self.cells[index].region();
        let needed = length + items.len();
        let capacity = needed.checked_next_power_of_two().ok_or(OutOfBudget)?;
        self.reserve_children(capacity)?;
        let at = self.children.len();
        self.children.extend_from_within(start..start + length);
        self.children.extend_from_slice(items);
        self.children.resize(at + capacity, Id::NONE);
        let power = u8::try_from(capacity.trailing_zeros()).expect("below 32");
        self.cells[index].move_region(at, needed, power);
        Ok(())
    }

    /// The index that an int or bool means in something of this length.
    fn place(&self, id: Id, length: usize) -> Option<usize> {
        let at = self.index(id)?;
        let from_start = || usize::try_from(at).ok();
        let from_end = || length.checked_sub(usize::try_from(at.unsigned_abs()).ok()?);
        if at < 0 { from_end() } else { from_start() }.filter(|&at| at < length)
    }

    fn byte(&self, id: Id) -> Option<u8> {
        u8::try_from(self.index(id)?).ok()
    }

    /// What Python takes for an index: an int or a bool.
    fn index(&self, id: Id) -> Option<i64> {
        match id.unpack() {
            Unpacked::Int(value) => Some(value.into()),
            Unpacked::Bool(value) => Some(value.into()),
            Unpacked::Node(node) => {
                let cell = &self.cells[node as usize];
                (cell.tag == Tag::Int).then(|| cell.data().cast_signed())
            }
            _ => None,
        }
    }
}
