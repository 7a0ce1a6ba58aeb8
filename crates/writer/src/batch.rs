//! How members are added to a container: in batches of a thousand, as CPython does it.

use halfsour_opcode::Opcode;

/// As many members as one `APPENDS`, `SETITEMS` or `ADDITEMS` takes.
const BATCH: usize = 1000;

/// To what members are added. CPython's C code has a loop of its own for each, and the loops differ in how they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// Of a list.
    List,
    /// Of a dict.
    Dict,
    /// Of a set.
    Set,
    /// Appended to an object that is no plain list; also to a plain one, in protocol 0.
    Appended,
    /// Set on an object that is no plain dict.
    Assigned,
    /// Added to an object that is no plain set.
    Added,
}

/// The members of one container, while they are written.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    members: Members,
    one_by_one: bool,
    /// Members are added one by one: `APPEND`, `SETITEM`.
    singly: bool,
    /// How many come after the open batch; more than there can be, if that is not known.
    left: usize,
    /// How many the open batch takes.
    size: usize,
    /// How many of these are still to come; if none is, no batch is open.
    room: usize,
}

/// What to write at a point between members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Punctuation {
    Nothing,
    One(Opcode),
    /// CPython's loops over dicts and sets, after a full batch, open one more even if nothing is left.
    Empty(Opcode, Opcode, Opcode),
}

impl Batch {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn new(members: Members, protocol: u8, length: Option<usize>) -> Self {
        let left = length.unwrap_or(usize::MAX);
        let mut batch = Self { members, one_by_one: protocol == 0, singly: false, left, size: 0, room: 0 };
        batch.decide();
        batch
    }

    /// A member that stands alone is added by itself; in protocol 0, all are. There is no opcode to add one to a set.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn decide(&mut self) {
        self.singly =
            (self.left == 1 || self.one_by_one) && !matches!(self.members, Members::Set | Members::Added);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn one(&self) -> Opcode {
        match self.members {
            Members::List | Members::Appended => Opcode::Append,
            Members::Dict | Members::Assigned => Opcode::SetItem,
            Members::Set | Members::Added => Opcode::AddItems,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn many(&self) -> Opcode {
        match self.members {
            Members::List | Members::Appended => Opcode::Appends,
            Members::Dict | Members::Assigned => Opcode::SetItems,
            Members::Set | Members::Added => Opcode::AddItems,
        }
    }

    /// Before a member: whether to write a mark.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn before(&mut self) -> bool {
        self.room == 0 && self.open()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn open(&mut self) -> bool {
        // The general loop looks ahead; the ones for plain lists and dicts do not.
        if matches!(self.members, Members::Appended | Members::Assigned) {
            self.decide();
        }
        self.size = if self.singly { 1 } else { self.left.clamp(1, BATCH) };
        self.room = self.size;
        self.left = self.left.saturating_sub(self.size);
        !self.singly
    }

    /// After a member.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn after(&mut self) -> Punctuation {
        self.room = self.room.saturating_sub(1);
        if self.room == 0 { self.close() } else { Punctuation::Nothing }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn close(&self) -> Punctuation {
        if self.singly {
            return Punctuation::One(self.one());
        }
        if self.size == BATCH && self.left == 0 && matches!(self.members, Members::Dict | Members::Set) {
            return Punctuation::Empty(self.many(), Opcode::Mark, self.many());
        }
        Punctuation::One(self.many())
    }

    /// After the last member, where its being the last was not known before.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn end(self) -> Option<Opcode> {
        (self.room > 0).then(|| self.many())
    }
}
