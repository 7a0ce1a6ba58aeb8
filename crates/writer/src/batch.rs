//! The batches of a thousand in which members are added to a container, as by CPython.

use halfsour_opcode::Opcode;

/// The most members that CPython adds by one `APPENDS`, `SETITEMS` or `ADDITEMS`.
const BATCH: usize = 1000;

/// The kind of container that members are added to. CPython's C code has a loop for each kind, and the loops differ in how
/// they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// The items of a list.
    List,
    /// The keys and values of a dict.
    Dict,
    /// The members of a set.
    Set,
    /// The items appended to an object that is not a plain list; in protocol 0, to a plain list, too.
    Appended,
    /// The keys and values set on an object that is not a plain dict.
    Assigned,
    /// The members added to an object that is not a plain set.
    Added,
    /// The members of a frozenset, which has no batches.
    FrozenSet,
}

/// The state of writing the members of one container. Made by [`Emitter::begin`](crate::Emitter::begin).
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    members: Members,
    /// The protocol has no batches.
    one_by_one: bool,
    /// The next member is added by itself: `APPEND`, `SETITEM`.
    singly: bool,
    /// The number of members behind the open batch; `usize::MAX` at first if the length is unknown.
    left: usize,
    /// The number of members in the open batch.
    size: usize,
    /// The number of members of the open batch that are still to come; 0 if no batch is open.
    room: usize,
}

/// The opcodes to write at a point between members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Punctuation {
    Nothing,
    One(Opcode),
    /// After a full batch, CPython's loops over dicts and sets open one more, even if no member is left.
    Empty(Opcode, Opcode, Opcode),
}

impl Batch {
    #[inline]
    pub(crate) fn new(members: Members, protocol: u8, length: Option<usize>) -> Self {
        let left = length.unwrap_or(usize::MAX);
        let mut batch = Self { members, one_by_one: protocol == 0, singly: false, left, size: 0, room: 0 };
        batch.decide();
        if members == Members::FrozenSet {
            batch.room = usize::MAX;
        }
        batch
    }

    /// Decides whether to add the next member by itself: if it is the only one left, and always in protocol 0. Sets have no
    /// opcode for one member.
    #[inline]
    fn decide(&mut self) {
        self.singly =
            (self.left == 1 || self.one_by_one) && !matches!(self.members, Members::Set | Members::Added);
    }

    #[inline]
    fn one(&self) -> Opcode {
        match self.members {
            Members::List | Members::Appended => Opcode::Append,
            Members::Dict | Members::Assigned => Opcode::SetItem,
            Members::Set | Members::Added => Opcode::AddItems,
            Members::FrozenSet => Opcode::FrozenSet,
        }
    }

    #[inline]
    fn many(&self) -> Opcode {
        match self.members {
            Members::List | Members::Appended => Opcode::Appends,
            Members::Dict | Members::Assigned => Opcode::SetItems,
            Members::Set | Members::Added => Opcode::AddItems,
            Members::FrozenSet => Opcode::FrozenSet,
        }
    }

    /// Begins a member; returns whether to write a mark before it.
    #[inline]
    pub(crate) fn before(&mut self) -> bool {
        self.room == 0 && self.open()
    }

    #[inline]
    fn open(&mut self) -> bool {
        // CPython's general loop looks ahead; the loops for plain lists and dicts do not.
        if matches!(self.members, Members::Appended | Members::Assigned) {
            self.decide();
        }
        self.size = if self.singly { 1 } else { self.left.clamp(1, BATCH) };
        self.room = self.size;
        self.left = self.left.saturating_sub(self.size);
        !self.singly
    }

    /// Ends a member; returns the opcodes to write behind it.
    #[inline]
    pub(crate) fn after(&mut self) -> Punctuation {
        self.room = self.room.saturating_sub(1);
        if self.room == 0 { self.close() } else { Punctuation::Nothing }
    }

    #[inline]
    fn close(&self) -> Punctuation {
        if self.singly {
            return Punctuation::One(self.one());
        }
        if self.size == BATCH && self.left == 0 && matches!(self.members, Members::Dict | Members::Set) {
            return Punctuation::Empty(self.many(), Opcode::Mark, self.many());
        }
        Punctuation::One(self.many())
    }

    /// Ends the members; returns the opcode to write if the last batch is not full, because the length was unknown.
    #[inline]
    pub(crate) fn end(self) -> Option<Opcode> {
        (self.room > 0).then(|| self.many())
    }
}
