//! [`Spending`]: what Python may do more often than the pickle says it.

use std::collections::HashMap;

use halfsour_value::machine::Peek;
use halfsour_value::{Id, View};

/// How deep a tuple that is hashed may be: Python recurses, until its stack is full.
const DEEPEST_KEY: usize = 1000;

/// What it takes Python to hash an object.
#[derive(Clone, Copy)]
struct Hashing {
    depth: usize,
    /// Of a tuple, whose hash is not kept: all that it holds, each time that it occurs.
    members: usize,
}

pub struct Spending {
    /// The bytes that calls may still copy, and members that may still be hashed.
    budget: usize,
    /// Of tuples that hold tuples.
    hashing: HashMap<Id, Hashing>,
}

impl Spending {
    /// For a pickle of so many bytes.
    pub fn new(length: usize) -> Self {
        Self { budget: length.saturating_mul(64).saturating_add(1 << 20), hashing: HashMap::new() }
    }

    pub fn pay(&mut self, bytes: usize) -> Result<(), &'static str> {
        let left = self.budget.checked_sub(bytes);
        self.budget = left.ok_or("objects would be copied or hashed more often than the limit allows")?;
        Ok(())
    }

    fn hashing(&self, view: View<'_>, id: Id) -> Hashing {
        match view.peek(id) {
            Peek::Tuple(ids) => {
                self.hashing.get(&id).copied().unwrap_or(Hashing { depth: 1, members: ids.len() })
            }
            Peek::BigInt(bytes) => Hashing { depth: 0, members: bytes.len() / 8 },
            _ => Hashing { depth: 0, members: 0 },
        }
    }

    /// Notes what it takes to hash a tuple, if that is more than its members.
    pub fn measure(&mut self, view: View<'_>, id: Id, members: &[Id]) {
        let mut whole = Hashing { depth: 1, members: members.len() };
        for &member in members {
            let part = self.hashing(view, member);
            whole.depth = whole.depth.max(part.depth + 1);
            whole.members = whole.members.saturating_add(part.members);
        }
        if whole.members > members.len() {
            self.hashing.insert(id, whole);
        }
    }

    /// Pays for the hashes of keys.
    pub fn hash<'i>(
        &mut self,
        view: View<'_>,
        keys: impl Iterator<Item = &'i Id>,
    ) -> Result<(), &'static str> {
        for &key in keys {
            let hashing = self.hashing(view, key);
            if hashing.depth > DEEPEST_KEY {
                return Err("a key is a tuple that is nested deeper than 1000 levels");
            }
            if hashing.members > 0 {
                self.pay(hashing.members)?;
            }
        }
        Ok(())
    }
}
