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
    /// How many are still to come; `None` if that is not known.
    left: Option<usize>,
    written: usize,
    /// Members are added one by one: `APPEND`, `SETITEM`.
    singly: bool,
    one_by_one: bool,
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
    pub(crate) fn new(members: Members, protocol: u8, length: Option<usize>) -> Self {
        let mut batch = Self { members, left: length, written: 0, singly: false, one_by_one: protocol == 0 };
        batch.decide();
        batch
    }

    /// A member that stands alone is added by itself; in protocol 0, all are. There is no opcode to add one to a set.
    fn decide(&mut self) {
        self.singly = (self.left == Some(1) || self.one_by_one)
            && !matches!(self.members, Members::Set | Members::Added);
    }

    fn one(&self) -> Opcode {
        match self.members {
            Members::List | Members::Appended => Opcode::Append,
            Members::Dict | Members::Assigned => Opcode::SetItem,
            Members::Set | Members::Added => Opcode::AddItems,
        }
    }

    fn many(&self) -> Opcode {
        match self.members {
            Members::List | Members::Appended => Opcode::Appends,
            Members::Dict | Members::Assigned => Opcode::SetItems,
            Members::Set | Members::Added => Opcode::AddItems,
        }
    }

    /// Before a member: whether to write a mark.
    #[inline]
    pub(crate) fn before(&mut self) -> bool {
        if self.written == 0 {
            // The general loop looks ahead; the ones for plain lists and dicts do not.
            if matches!(self.members, Members::Appended | Members::Assigned) {
                self.decide();
            }
            return !self.singly;
        }
        false
    }

    /// After a member.
    #[inline]
    pub(crate) fn after(&mut self) -> Punctuation {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(1);
        }
        if self.singly {
            return Punctuation::One(self.one());
        }
        self.written += 1;
        let last = self.left == Some(0);
        if self.written < BATCH && !last {
            return Punctuation::Nothing;
        }
        let full = self.written == BATCH;
        self.written = 0;
        if full && last && matches!(self.members, Members::Dict | Members::Set) {
            return Punctuation::Empty(self.many(), Opcode::Mark, self.many());
        }
        Punctuation::One(self.many())
    }

    /// After the last member, where its being the last was not known before.
    pub(crate) fn end(self) -> Option<Opcode> {
        (self.written > 0).then(|| self.many())
    }
}
