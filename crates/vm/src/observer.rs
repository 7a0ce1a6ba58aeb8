//! [`Observer`]: an observer is told what a stream does.

use halfsour_lexer::Opcode;
use halfsour_value::{Id, View};

/// An action of the stream beyond making plain data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A class or function is looked up, by this global or extension code.
    Import(Id),
    /// A callable is called, also where the call spells a builtin.
    Call {
        /// The callable.
        callable: Id,
        /// The arguments: a tuple.
        args: Id,
        /// The object that stands for the result.
        result: Id,
    },
    /// An instance is made without calling its class.
    New {
        /// The class.
        class: Id,
        /// The arguments of `__new__`.
        args: Id,
        /// Its keyword arguments.
        kwargs: Option<Id>,
        /// The instance.
        result: Id,
    },
    /// An object is given a state.
    Build {
        /// The object.
        object: Id,
        /// The state.
        state: Id,
    },
    /// Items are appended to an object that is no list. [`View::last_items`] has them.
    Append {
        /// The object.
        object: Id,
        /// The number of items.
        count: usize,
    },
    /// Items are set on an object that is no dict.
    SetItem {
        /// The object.
        object: Id,
        /// The number of keys and values together.
        count: usize,
    },
    /// Members are added to an object that is no set.
    Add {
        /// The object.
        object: Id,
        /// The number of items.
        count: usize,
    },
    /// An object is asked for by a persistent id.
    PersistentId(Id),
}

/// The bytes that stand in a stream right after a `BUILD`, and are no opcodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    /// None: the next opcode follows.
    Nothing,
    /// Bytes that belong to the object: they are appended to it, as one `bytes` that is borrowed from the source.
    Bytes {
        /// The number of bytes before them that mean nothing.
        padding: usize,
        /// The number of bytes that belong to the object.
        length: usize,
    },
    /// A pickle of its own, with a stack and a memo of its own. Its object is appended. In it, nobody is asked what is
    /// attached.
    Pickle,
    /// Data of an unknown length: the stream cannot be read further, and loading it fails with [`ErrorKind::UnknownAttached`].
    ///
    /// [`ErrorKind::UnknownAttached`]: crate::ErrorKind::UnknownAttached
    Unknown,
}

/// An observer of a stream: it is told what the stream does, as it happens.
///
/// Every method does nothing by default; `()` is an observer. Events name objects by their ids in the graph
/// that is being made; `view` looks at those that there are so far.
pub trait Observer {
    /// Whether the observer is told of each opcode. Set to `false` to let the machine run several neighbouring opcodes at once.
    const IS_ACTIVE: bool = true;

    /// An opcode is about to be run.
    fn opcode(&mut self, offset: usize, opcode: Opcode) {
        let _ = (offset, opcode);
    }

    /// The opcode at `offset` did something.
    fn event(&mut self, view: View<'_>, offset: usize, event: Event) {
        let _ = (view, offset, event);
    }

    /// Returns what stands at `offset`, right after a `BUILD` of this object, and belongs to it. Some picklers write the bytes
    /// of arrays there, which plain Python cannot read. This is not asked of pickles that arrive in pieces.
    fn attached(&mut self, view: View<'_>, offset: usize, object: Id) -> Attached {
        let _ = (view, offset, object);
        Attached::Nothing
    }
}

impl Observer for () {
    const IS_ACTIVE: bool = false;
}

impl<O: Observer> Observer for &mut O {
    const IS_ACTIVE: bool = O::IS_ACTIVE;

    fn opcode(&mut self, offset: usize, opcode: Opcode) {
        (**self).opcode(offset, opcode);
    }

    fn event(&mut self, view: View<'_>, offset: usize, event: Event) {
        (**self).event(view, offset, event);
    }

    fn attached(&mut self, view: View<'_>, offset: usize, object: Id) -> Attached {
        (**self).attached(view, offset, object)
    }
}
