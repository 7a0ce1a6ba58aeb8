//! The names of values.

/// Names a value in a [`Graph`](crate::Graph).
///
/// Four bytes: the index of a node, or a value so small that it needs no node (None, bools, the empty tuple, and ints
/// of at most 30 bits). Two ids are equal exactly if they name the same object; an id means something only in the
/// graph that gave it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u32);

const SMALL_INT: u32 = 0b10 << 30;
const CONSTANT: u32 = 0b1100 << 28;
const APPEND: u32 = 0b1101 << 28;
const SET_ITEM: u32 = 0b1110 << 28;
const ADD: u32 = 0b1111 << 28;
const CLASS: u32 = 0b1111 << 28;

/// What an id is, unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpacked {
    Node(u32),
    Int(i32),
    None,
    Bool(bool),
    EmptyTuple,
    /// Not a value: a mark in an instance's region, before the values of a step.
    Run(StepKind, u32),
}

/// The kinds of [`Step`](crate::Step).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// `BUILD`.
    State,
    /// `setter(object, state)`: a call whose result the stream drops.
    Call,
    /// `APPEND`, `APPENDS`.
    Append,
    /// `SETITEM`, `SETITEMS`.
    SetItem,
    /// `ADDITEMS`.
    Add,
}

/// Names nothing: for tables of ids with vacant places.
pub const VACANT: Id = Id(u32::MAX);

impl Id {
    /// `None`.
    pub const NONE: Self = Self(CONSTANT);
    /// `False`.
    pub const FALSE: Self = Self(CONSTANT | 1);
    /// `True`.
    pub const TRUE: Self = Self(CONSTANT | 2);
    /// `()`.
    pub const EMPTY_TUPLE: Self = Self(CONSTANT | 3);
    const STATE: Self = Self(CONSTANT | 4);
    const CALL: Self = Self(CONSTANT | 5);
    pub(crate) const MAX_NODES: usize = 1 << 31;
    pub(crate) const MAX_RUN: usize = 1 << 28;

    /// A bool.
    #[inline]
    pub const fn bool(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    /// An int that needs no node; `None` if it needs one.
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked by the shifts
    pub const fn small_int(value: i64) -> Option<Self> {
        if value << 34 >> 34 == value { Some(Self(SMALL_INT | (value as u32 & !(0b11 << 30)))) } else { None }
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // callers keep below MAX_NODES
    pub(crate) const fn node(index: usize) -> Self {
        debug_assert!(index < Self::MAX_NODES);
        Self(index as u32)
    }

    /// The beginning of a run of `count` values; a state or a call is one value.
    #[allow(clippy::cast_possible_truncation)] // callers keep below MAX_RUN
    pub(crate) const fn run(run: StepKind, count: usize) -> Self {
        debug_assert!(count < Self::MAX_RUN);
        match run {
            StepKind::State => Self::STATE,
            StepKind::Call => Self::CALL,
            StepKind::Append => Self(APPEND | count as u32),
            StepKind::SetItem => Self(SET_ITEM | count as u32),
            StepKind::Add => Self(ADD | count as u32),
        }
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The index of its node, if it has one: below [`Graph::node_count`](crate::Graph::node_count). For tables of what
    /// is known of each node.
    #[inline]
    pub const fn index(self) -> Option<usize> {
        if self.0 >> 31 == 0 { Some(self.0 as usize) } else { None }
    }

    #[inline]
    #[allow(clippy::cast_possible_wrap)] // the bits are moved, not the number
    pub(crate) const fn unpack(self) -> Unpacked {
        if self.0 >> 31 == 0 {
            return Unpacked::Node(self.0);
        }
        if self.0 >> 30 == 0b10 {
            return Unpacked::Int((self.0 << 2) as i32 >> 2);
        }
        let count = self.0 & !CLASS;
        match self.0 & CLASS {
            APPEND => Unpacked::Run(StepKind::Append, count),
            SET_ITEM => Unpacked::Run(StepKind::SetItem, count),
            ADD => Unpacked::Run(StepKind::Add, count),
            _ => match count {
                0 => Unpacked::None,
                1 => Unpacked::Bool(false),
                2 => Unpacked::Bool(true),
                3 => Unpacked::EmptyTuple,
                5 => Unpacked::Run(StepKind::Call, 1),
                _ => Unpacked::Run(StepKind::State, 1),
            },
        }
    }
}

impl std::fmt::Debug for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.unpack() {
            Unpacked::Node(index) => write!(f, "#{index}"),
            other => other.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ints_are_those_of_thirty_bits() {
        for value in [0, 1, -1, (1 << 29) - 1, -(1 << 29)] {
            let id = Id::small_int(value).unwrap();
            assert_eq!(id.unpack(), Unpacked::Int(i32::try_from(value).unwrap()));
            assert_eq!(id.index(), None);
        }
        for value in [1 << 29, -(1 << 29) - 1, i64::MAX, i64::MIN] {
            assert_eq!(Id::small_int(value), None);
        }
    }

    #[test]
    fn every_constant_and_run_unpacks_to_itself() {
        assert_eq!(Id::NONE.unpack(), Unpacked::None);
        assert_eq!(Id::bool(true).unpack(), Unpacked::Bool(true));
        assert_eq!(Id::FALSE.unpack(), Unpacked::Bool(false));
        assert_eq!(Id::EMPTY_TUPLE.unpack(), Unpacked::EmptyTuple);
        for run in [StepKind::Append, StepKind::SetItem, StepKind::Add] {
            assert_eq!(Id::run(run, Id::MAX_RUN - 1).unpack(), Unpacked::Run(run, (1 << 28) - 1));
        }
        for run in [StepKind::State, StepKind::Call] {
            assert_eq!(Id::run(run, 1).unpack(), Unpacked::Run(run, 1));
        }
    }
}
