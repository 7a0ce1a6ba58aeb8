//! Databases of gdbm, which `dbm.gnu` writes, and on some systems `dbm.ndbm`.

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::ErrorKind;
use crate::fields::Fields;
use crate::limits::Budget;
use crate::member::{Listing, Member};

/// Where fields are, which depends on whether places in the file have 32 or 64 bits.
struct Layout {
    is_big: bool,
    is_wide: bool,
}

pub(crate) fn is_database(bytes: &[u8]) -> bool {
    Layout::of(bytes).is_some()
}

impl Layout {
    fn of(bytes: &[u8]) -> Option<Self> {
        [false, true].into_iter().find_map(|is_big| {
            let is_wide = match Fields::new(bytes, is_big).u32(0)? {
                0x1357_9acd | 0x1357_9ace | 0x1357_9ad0 => false,
                0x1357_9acf | 0x1357_9ad1 => true,
                _ => return None,
            };
            Some(Self { is_big, is_wide })
        })
    }
}

const INVALID: ErrorKind = ErrorKind::Malformed("the directory of the database is invalid");

pub(crate) fn listing(bytes: &Bytes, budget: &Budget) -> Listing {
    let mut listing = Listing::default();
    if let Err(kind) = members(bytes, budget, &mut listing.members) {
        listing.damage = Some(kind);
    }
    listing
}

/// The directory names buckets, each perhaps several times; a bucket has a place for each of its keys.
fn members(bytes: &Bytes, budget: &Budget, members: &mut Vec<Member>) -> Result<(), ErrorKind> {
    let layout = Layout::of(bytes).ok_or(INVALID)?;
    let fields = Fields::new(bytes, layout.is_big);
    let place = |at| if layout.is_wide { fields.place(at) } else { fields.u32(at) };
    let (width, sizes) = if layout.is_wide { (8, 16) } else { (4, 12) };
    let directory = place(8).ok_or(ErrorKind::Truncated)?;
    let length = fields.u32(sizes).ok_or(ErrorKind::Truncated)?;
    let bucket_size = fields.u32(sizes + 8).ok_or(ErrorKind::Truncated)?;
    let slots = fields.u32(sizes + 12).ok_or(ErrorKind::Truncated)?;
    let end = directory.checked_add(length).filter(|&end| end <= bytes.len()).ok_or(ErrorKind::Truncated)?;
    let mut buckets = BTreeSet::new();
    for at in (directory..end).step_by(width) {
        buckets.insert(place(at).ok_or(ErrorKind::Truncated)?);
    }
    // Before the slots: six free places with their number, and two numbers.
    let (first, step) = if layout.is_wide { (112, 24) } else { (60, 20) };
    let sizes = 8 + width;
    // Slots fill a bucket, and buckets lie beside each other, so that there are no more slots than the file has room for.
    let used = slots.checked_mul(step).and_then(|slots| slots.checked_add(first));
    if used.is_none_or(|used| used > bucket_size) {
        return Err(INVALID);
    }
    let mut free = 0;
    for bucket in buckets {
        if bucket < free {
            return Err(INVALID);
        }
        free = bucket.checked_add(bucket_size).ok_or(INVALID)?;
        for slot in 0..slots {
            const EMPTY: usize = u32::MAX as usize;
            let at = bucket + first + slot * step;
            if fields.u32(at).ok_or(ErrorKind::Truncated)? == EMPTY {
                continue;
            }
            let start = place(at + 8).ok_or(ErrorKind::Truncated)?;
            let [key, value] = [sizes, sizes + 4].map(|field| fields.u32(at + field));
            let middle = start.checked_add(key.ok_or(ErrorKind::Truncated)?).ok_or(INVALID)?;
            let end = middle.checked_add(value.ok_or(ErrorKind::Truncated)?).ok_or(INVALID)?;
            let key = bytes.get(start..middle).ok_or(ErrorKind::Truncated)?;
            budget.spend(Member::cost(key.len()))?;
            let name = String::from_utf8_lossy(key).into_owned();
            let member = if end <= bytes.len() {
                Member::slice(name, middle..end)
            } else {
                Member::damaged(name, ErrorKind::Truncated)
            };
            members.push(member.in_group(0));
        }
    }
    Ok(())
}
