//! Databases of Berkeley DB: hash tables, which `dbm.ndbm` and Python 2's `bsddb` write, and B-trees.
//!
//! Pages are read one after the other, whatever the tables say of where a key belongs.

use bytes::Bytes;

use crate::ErrorKind;
use crate::fields::Fields;
use crate::limits::Budget;
use crate::member::{Listing, Member};

const HASH: usize = 0x0006_1561;
const BTREE: usize = 0x0005_3162;

/// Whether it is a database, of which the magic number stands after the page's place in the log and its number; or one of
/// release 1, which begins with the number.
pub(crate) fn is_database(bytes: &[u8]) -> bool {
    is_big(bytes).is_some() || is_release_1(bytes)
}

fn is_big(bytes: &[u8]) -> Option<bool> {
    let is_magic = |is_big: &bool| matches!(Fields::new(bytes, *is_big).u32(12), Some(HASH | BTREE));
    // The number of the first page, and the release of the format.
    let is_first = |is_big: &bool| {
        let fields = Fields::new(bytes, *is_big);
        fields.u32(8) == Some(0) && fields.u32(16).is_some_and(|release| (5..=10).contains(&release))
    };
    [false, true].into_iter().find(|is_big| is_magic(is_big) && is_first(is_big))
}

fn is_release_1(bytes: &[u8]) -> bool {
    [false, true].into_iter().any(|is_big| {
        let fields = Fields::new(bytes, is_big);
        matches!((fields.u32(0), fields.u32(4)), (Some(HASH | BTREE), Some(2 | 3)))
    })
}

pub(crate) fn listing(bytes: &Bytes, budget: &Budget) -> Listing {
    let Some(is_big) = is_big(bytes) else {
        return Listing::broken(ErrorKind::Unsupported("databases of release 1"));
    };
    let head = Fields::new(bytes, is_big);
    let page_size = head.u32(20).filter(|size| (512..=1 << 16).contains(size) && size.is_power_of_two());
    let Some(page_size) = page_size else {
        return Listing::broken(ErrorKind::Malformed("the size of a page is invalid"));
    };
    // Which cipher, and whether pages have checksums, which make their heads longer.
    if bytes.get(24) != Some(&0) || bytes.get(26).is_none_or(|flags| flags & 1 != 0) {
        return Listing::broken(ErrorKind::Unsupported("encryption and checksums of pages"));
    }
    let mut listing = Listing::default();
    let database = Database { bytes, is_big, page_size, budget };
    let stated = head.u32(32).unwrap_or(0);
    if bytes.len() / page_size <= stated || !bytes.len().is_multiple_of(page_size) {
        listing.damage = Some(ErrorKind::Truncated);
    }
    for number in 1..bytes.len() / page_size {
        if let Err(kind) = database.page(number, &mut listing.members) {
            listing.damage = Some(kind);
        }
    }
    listing
}

struct Database<'b> {
    bytes: &'b Bytes,
    is_big: bool,
    page_size: usize,
    budget: &'b Budget,
}

/// The kinds of pages.
const HASH_UNSORTED: u8 = 2;
const LEAF: u8 = 5;
const OVERFLOW: u8 = 7;
const HASH_SORTED: u8 = 13;

/// Where the data begins on a page, after its head.
const HEAD: usize = 26;

const INVALID: ErrorKind = ErrorKind::Malformed("an item of a page is invalid");

/// Where an item is: on its page, or on others.
enum Item {
    Here(std::ops::Range<usize>),
    Elsewhere { page: usize, length: usize },
    Deleted,
}

impl Database<'_> {
    fn fields(&self) -> Fields<'_> {
        Fields::new(self.bytes, self.is_big)
    }

    /// The keys and values of a page, which take turns.
    fn page(&self, number: usize, members: &mut Vec<Member>) -> Result<(), ErrorKind> {
        let start = number * self.page_size;
        let item = match self.bytes[start + 25] {
            HASH_UNSORTED | HASH_SORTED => Self::hash_item,
            LEAF => Self::leaf_item,
            _ => return Ok(()),
        };
        let count = self.fields().u16(start + 20).ok_or(INVALID)?;
        if count > self.page_size / 2 {
            return Err(INVALID);
        }
        for index in (0..count).step_by(2) {
            let (key, value) = (item(self, start, index)?, item(self, start, index + 1));
            let key = match key {
                Item::Here(range) => self.bytes.slice(range),
                Item::Elsewhere { page, length } => self.overflow(page, length)?,
                Item::Deleted => continue,
            };
            // Items may all be at one place.
            self.budget.spend(Member::cost(key.len()))?;
            let name = String::from_utf8_lossy(&key).into_owned();
            let member = match value {
                Ok(Item::Here(range)) => Member::slice(name, range),
                Ok(Item::Elsewhere { page, length }) => match self.overflow(page, length) {
                    Ok(value) => Member::owned(name, value),
                    Err(kind) => Member::damaged(name, kind),
                },
                Ok(Item::Deleted) => continue,
                Err(kind) => Member::damaged(name, kind),
            };
            members.push(member.in_group(0));
        }
        Ok(())
    }

    /// The place in the file of an item of a page, by the table after the page's head.
    fn offset(&self, page: usize, index: usize) -> Result<usize, ErrorKind> {
        let offset = self.fields().u16(page + HEAD + 2 * index).filter(|&offset| offset <= self.page_size);
        Ok(page + offset.ok_or(INVALID)?)
    }

    /// Items of hash tables are packed from the end of the page on, each up to where the one before begins.
    fn hash_item(&self, page: usize, index: usize) -> Result<Item, ErrorKind> {
        let start = self.offset(page, index)?;
        let end = match index.checked_sub(1) {
            Some(before) => self.offset(page, before)?,
            None => page + self.page_size,
        };
        match self.bytes.get(start..end) {
            Some([1, ..]) => Ok(Item::Here(start + 1..end)),
            Some([3, ..]) => self.elsewhere(start),
            Some([2 | 4, ..]) => Err(ErrorKind::Unsupported("several values of one key")),
            _ => Err(INVALID),
        }
    }

    /// Items of B-trees state their length.
    fn leaf_item(&self, page: usize, index: usize) -> Result<Item, ErrorKind> {
        let start = self.offset(page, index)?;
        let length = self.fields().u16(start).ok_or(INVALID)?;
        let end = start + 3 + length;
        match self.bytes.get(start + 2) {
            Some(1) if end <= page + self.page_size => Ok(Item::Here(start + 3..end)),
            Some(3) => self.elsewhere(start),
            Some(2) => Err(ErrorKind::Unsupported("several values of one key")),
            Some(kind) if kind & 0x80 != 0 => Ok(Item::Deleted),
            _ => Err(INVALID),
        }
    }

    fn elsewhere(&self, item: usize) -> Result<Item, ErrorKind> {
        let fields = self.fields();
        let [page, length] = [4, 8].map(|at| fields.u32(item + at));
        Ok(Item::Elsewhere { page: page.ok_or(INVALID)?, length: length.ok_or(INVALID)? })
    }

    /// What lies on a chain of pages of its own.
    fn overflow(&self, mut page: usize, length: usize) -> Result<Bytes, ErrorKind> {
        let mut bytes = Vec::new();
        while bytes.len() < length {
            let start = page.checked_mul(self.page_size).ok_or(INVALID)?;
            let data = start + HEAD;
            let count = self.fields().u16(start + 22).ok_or(ErrorKind::Truncated)?;
            let piece = self.bytes.get(data..data + count).ok_or(ErrorKind::Truncated)?;
            if self.bytes[start + 25] != OVERFLOW || count == 0 {
                return Err(INVALID);
            }
            self.budget.spend(count as u64)?;
            bytes.extend_from_slice(piece);
            page = self.fields().u32(start + 16).ok_or(INVALID)?;
        }
        bytes.truncate(length);
        Ok(bytes.into())
    }
}
