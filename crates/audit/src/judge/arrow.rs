//! pyarrow's arrays: whether their buffers hold what they say, which Arrow itself believes.

mod check;
mod types;

use std::collections::HashSet;

use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind, View};

use self::check::Walk;
use super::Judge;
use crate::Rule;
use crate::at::At;
use crate::report::{Action, Severity};

/// What is known of bytes that change.
#[derive(Default)]
pub(super) struct Buffers {
    /// Those in which an array lies.
    held: HashSet<Id>,
    pub(super) changed: HashSet<Id>,
}

/// The module of all that makes such an array.
const MODULE: &[u8] = b"pyarrow.lib";

impl Judge<'_, '_> {
    /// Whether the argument of `_restore_array` is an array whose buffers, children and dictionary are as large as its length and its
    /// offsets say.
    pub(super) fn is_arrow_array(&mut self, at: At<'_>, args: &[Id]) -> bool {
        let &[data] = args else { return false };
        let mut walk = Walk::new(at.view, self.most_copied().saturating_sub(self.copied));
        let is_valid = walk.array(data, 0).is_some();
        self.copied = self.copied.saturating_add(walk.spent);
        let is_valid = is_valid && !walk.holders.iter().any(|holder| self.buffers.changed.contains(holder));
        self.buffers.held.extend(walk.holders);
        is_valid
    }

    /// Bytes are changed, which an array may believe.
    pub(super) fn change_bytes(&mut self, at: At<'_>, object: Id) {
        if at.view.kind(object) != Kind::ByteArray {
            return;
        }
        self.buffers.changed.insert(object);
        if self.buffers.held.contains(&object) {
            let why = "an array of Arrow lies in it, whose offsets are believed".to_owned();
            let code = at.short().value(object);
            self.add(at.offset, Rule::R9, Action::Data, "", code, (Severity::Dangerous, why));
        }
    }
}

/// The name of the function of pyarrow whose call made an object, and its arguments.
fn made(view: View<'_>, object: Id) -> Option<(&[u8], &[Id])> {
    let [module, function] = view.global(view.class(object)?)?;
    let (args, kwargs) = view.arguments(object)?;
    (module == MODULE && kwargs.is_none()).then_some((function, args))
}

/// A number that is no less than 0.
fn number(view: View<'_>, id: Id) -> Option<usize> {
    match view.peek(id) {
        Peek::Int(number) => usize::try_from(number).ok(),
        _ => None,
    }
}
