//! Bytes that may be pickles.

use halfsour_vm::value::Id;
use halfsour_vm::value::machine::Peek;

use super::Judge;
use crate::at::At;
use crate::auditor::{may_be_pickle, nested};

impl Judge<'_, '_> {
    /// Arguments of a call that is not allowed: the bytes among them may be loaded.
    pub(super) fn flow(&mut self, at: At<'_>, args: &[Id]) {
        const MOST: usize = 8;
        for &arg in args.iter().take(MOST) {
            self.look_into(at, arg);
        }
    }

    /// Tries bytes as a pickle.
    pub(super) fn look_into(&mut self, at: At<'_>, id: Id) {
        if let Peek::Bytes(bytes) | Peek::ByteArray(bytes) | Peek::ByteString(bytes) | Peek::Str(bytes) =
            at.view.peek(id)
            && self.tried.insert(id)
        {
            self.nested(at.offset, bytes);
        }
    }

    /// Whether these bytes are what `torch.save` wrote in its old way, or nothing but pickles, and nothing is found in them.
    pub(super) fn is_clean(&mut self, at: At<'_>, id: Id) -> bool {
        /// The magic number, the protocol, the system, the object, the names of the storages, which follow.
        const LEGACY: u64 = 5;
        let Peek::Bytes(bytes) = at.view.peek(id) else { return false };
        let (policy, within) = (self.policy, self.within);
        let judge = || {
            let nested = nested(policy, bytes, within, at.offset).filter(|_| may_be_pickle(bytes));
            nested.is_some_and(|it| it.found.findings.is_empty() && (it.is_whole || it.pickles >= LEGACY))
        };
        *self.clean.entry(id).or_insert_with(judge)
    }

    pub(super) fn nested(&mut self, offset: usize, bytes: &[u8]) {
        if let Some(nested) = nested(self.policy, bytes, self.within, offset)
            && !nested.found.is_empty()
        {
            self.found.merge(self.policy.limits(), nested.found);
        }
    }
}
