//! Records of databases that are no pickles, though others of the same kind are.

use std::collections::{HashSet, VecDeque};

use crate::{Error, ErrorKind, Leaf, LookAlike, Source, lookalike, sure};

/// A record of a database, of a kind of which all or none are pickles.
pub(crate) struct Record {
    /// The database, and the number of the kind.
    group: (String, usize),
    source: Source,
}

impl Record {
    /// Returns the record that a leaf is, if it is one.
    pub fn of(leaf: &Leaf) -> Option<Self> {
        let member = leaf.member.as_ref()?;
        let database = leaf.source.name().strip_suffix(member.name.as_str())?.to_owned();
        Some(Self { group: (database, member.group?), source: leaf.source.clone() })
    }

    /// Returns the error that it is no pickle, as others of its kind are or as the pickle within it says.
    fn error(&self, are_pickles: bool) -> Option<Error> {
        let bytes = self.source.bytes();
        let prefix = lookalike::prefix(bytes, 0);
        let (kind, look_alike) = match prefix {
            _ if are_pickles => (ErrorKind::NoPickle, prefix.or_else(|| LookAlike::at(bytes, 0))),
            Some(LookAlike::Prefix { at, .. }) if is_one_pickle(&bytes[at..]) => {
                (ErrorKind::NoPickles, prefix)
            }
            _ => return None,
        };
        let look_alike = match look_alike {
            // Only the beginning of a file can be skipped.
            Some(LookAlike::Prefix { at, what, .. }) => Some(LookAlike::Prefix { at, what, can_skip: false }),
            look_alike => look_alike,
        };
        Some(Error::new(kind, self.source.name(), None).with_look_alike(look_alike))
    }
}

fn is_one_pickle(bytes: &[u8]) -> bool {
    sure::begins_as_pickle(bytes) && sure::end_of_opcodes(bytes) == Some(bytes.len())
}

/// The records that were seen.
#[derive(Default)]
pub(crate) struct Records {
    pickles: HashSet<(String, usize)>,
    others: VecDeque<Record>,
}

impl Records {
    /// Adds a record, which is a pickle or not.
    pub fn add(&mut self, record: Record, is_pickle: bool) {
        if is_pickle {
            self.pickles.insert(record.group);
        } else {
            self.others.push_back(record);
        }
    }

    /// Returns the error of the next record that is no pickle, though it should be one. All have been added before.
    pub fn next_error(&mut self) -> Option<Error> {
        while let Some(record) = self.others.pop_front() {
            let error = record.error(self.pickles.contains(&record.group));
            if error.is_some() {
                return error;
            }
        }
        None
    }
}
