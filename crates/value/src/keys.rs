//! Which keys are equal in Python, and what follows for dicts and sets.

mod numbers;

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::RandomState;

use halfsour_text::number::{le_to_i64, minimal};
use hashbrown::HashTable;

use crate::Id;
use crate::cell::Tag;
use crate::id::Unpacked;
use crate::store::Store;
pub(crate) use numbers::Numbers;
use numbers::hash;

/// A key, such that two are equal exactly where Python finds them equal: `1 == 1.0 == True`, `0.0 == -0.0`, text never
/// equals bytes. A NaN, and an object whose class is unknown, equals itself only.
///
/// A Python 2 byte string equals the text with the same characters if it is ASCII, as in Python 2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key<'k> {
    /// `None`.
    None,
    /// An int, a bool, or a float without a fraction.
    Int(i64),
    /// Such a number beyond 64 bits: minimal little-endian two's complement.
    BigInt(Cow<'k, [u8]>),
    /// The bits of any other float.
    Float(u64),
    /// The bits of a complex number that is not real.
    Complex(u64, u64),
    /// Text, as WTF-8.
    Text(&'k [u8]),
    /// Bytes.
    Bytes(&'k [u8]),
    /// A Python 2 byte string that is not ASCII.
    ByteString(&'k [u8]),
    /// A class or function: Python has one object for a name.
    Global(&'k [u8], &'k [u8]),
    /// The same, named by a code.
    Extension(u64),
    /// A tuple, a frozenset, or what is long: all that are equal have one number.
    Composite(u32),
    /// Anything else: itself only.
    Object(Id),
}

impl<'k> From<&'k str> for Key<'k> {
    fn from(text: &'k str) -> Self {
        Self::Text(text.as_bytes())
    }
}

impl<'k> From<&'k [u8]> for Key<'k> {
    fn from(bytes: &'k [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'k, const N: usize> From<&'k [u8; N]> for Key<'k> {
    fn from(bytes: &'k [u8; N]) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<i64> for Key<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Key<'_> {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<bool> for Key<'_> {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl From<()> for Key<'_> {
    fn from((): ()) -> Self {
        Self::None
    }
}

impl From<f64> for Key<'_> {
    fn from(value: f64) -> Self {
        float_key(value)
    }
}

/// The key of a float that is not NaN.
#[allow(clippy::cast_possible_truncation, clippy::float_cmp)] // exact: it is compared after the cast
fn float_key(value: f64) -> Key<'static> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) && value.trunc() == value {
        Key::Int(value as i64)
    } else if value.is_finite() && value.trunc() == value {
        Key::BigInt(Cow::Owned(integer_bytes(value)))
    } else {
        Key::Float(value.to_bits())
    }
}

pub(crate) fn byte_string_key(bytes: &[u8]) -> Key<'_> {
    if bytes.is_ascii() { Key::Text(bytes) } else { Key::ByteString(bytes) }
}

/// The key of an int: little-endian two's complement.
pub(crate) fn int_key(bytes: &[u8]) -> Key<'static> {
    match le_to_i64(bytes) {
        Some(value) => Key::Int(value),
        None => Key::BigInt(Cow::Owned(minimal(bytes).to_vec())),
    }
}

pub(crate) fn big_int_key(bytes: &[u8]) -> Key<'_> {
    Key::BigInt(Cow::Borrowed(minimal(bytes)))
}

pub(crate) fn complex_key(re: f64, im: f64) -> Key<'static> {
    // Adding zero turns -0.0, which equals 0.0, into it.
    if im == 0.0 { float_key(re) } else { Key::Complex((re + 0.0).to_bits(), im.to_bits()) }
}

/// A float without a fraction as minimal little-endian two's complement.
fn integer_bytes(value: f64) -> Vec<u8> {
    let bits = value.to_bits();
    let exponent = usize::try_from(bits >> 52 & 0x7ff).expect("eleven bits") - 1075;
    let mantissa = u128::from(bits & ((1 << 52) - 1) | 1 << 52) << (exponent % 8);
    let mut bytes = vec![0; exponent / 8];
    bytes.extend_from_slice(&mantissa.to_le_bytes());
    if value.is_sign_negative() {
        let mut carry = true;
        for byte in &mut bytes {
            (*byte, carry) = (!*byte).overflowing_add(carry.into());
        }
    }
    bytes.truncate(minimal(&bytes).len());
    bytes
}

/// What dicts and sets look like once equal keys are one: made when a dict is first looked into.
#[derive(Clone, Debug, Default)]
pub(crate) struct Views {
    /// The regions of the dicts and sets that hold equal keys, with each key once.
    resolved: HashMap<u32, Box<[Id]>>,
    /// Where to find a key in dicts that are too large to be searched: dict to entries.
    indices: HashMap<u32, HashTable<u32>>,
    hasher: RandomState,
}

/// Up to so many entries, comparing each with each is faster than hashing.
const SMALL: usize = 8;

impl Views {
    pub fn new(store: &Store, source: &[u8]) -> Self {
        let mut views = Self::default();
        // Random, so that nobody can choose keys whose hashes are the same.
        let hasher = RandomState::new();
        let mut numbers = Numbers::new(store, source, &hasher);
        // The last small dict of each length that holds no key twice: records come with dicts of their own.
        let mut seen: [&[Id]; SMALL + 1] = [&[]; SMALL + 1];
        for (index, cell) in store.cells.iter().enumerate() {
            let Some(width) = cell.tag.entry_width() else { continue };
            let region = store.region_of(index);
            let count = region.len() / width;
            if count <= 1 || seen.get(count).is_some_and(|seen| same_keys(seen, region, width)) {
                continue;
            }
            let node = u32::try_from(index).expect("nodes have 32 bits");
            let before = views.resolved.len();
            if count <= SMALL {
                views.look_at_small(node, region, width, &mut numbers);
            } else {
                views.look_at_large(node, region, width, &mut numbers);
            }
            if let Some(seen) = seen.get_mut(count)
                && width == 2
                && views.resolved.len() == before
            {
                *seen = region;
            }
        }
        Self { hasher, ..views }
    }

    fn look_at_small(&mut self, node: u32, region: &[Id], width: usize, numbers: &mut Numbers<'_>) {
        let mut keys: [(Id, Key<'_>); SMALL] = [const { (Id::NONE, Key::None) }; SMALL];
        let count = region.len() / width;
        for (slot, &id) in keys.iter_mut().zip(region.iter().step_by(width)) {
            *slot = (id, numbers.key(id));
        }
        let duplicate = (1..count).any(|later| {
            keys[..later].iter().any(|earlier| earlier.0 == keys[later].0 || earlier.1 == keys[later].1)
        });
        if duplicate {
            let mut resolved: Vec<Id> = Vec::with_capacity(region.len());
            let mut kept: Vec<&Key<'_>> = Vec::new();
            for (entry, (_, key)) in region.chunks_exact(width).zip(&keys) {
                match kept.iter().position(|kept| *kept == key) {
                    Some(at) => replace_value(&mut resolved, at, entry),
                    None => {
                        kept.push(key);
                        resolved.extend_from_slice(entry);
                    }
                }
            }
            self.resolved.insert(node, resolved.into());
        }
    }

    fn look_at_large(&mut self, node: u32, region: &[Id], width: usize, numbers: &mut Numbers<'_>) {
        let mut table: HashTable<u32> = HashTable::with_capacity(region.len() / width);
        let mut resolved: Option<Vec<Id>> = None;
        for (at, entry) in region.chunks_exact(width).enumerate() {
            let (key, hash) = numbers.hashed_key(entry[0]);
            let current: &[Id] = resolved.as_deref().unwrap_or(region);
            let found = table
                .find(hash, |&other| {
                    let other = current[other as usize * width];
                    other == entry[0] || numbers.key(other) == key
                })
                .copied();
            match (found, &mut resolved) {
                (Some(found), Some(resolved)) => replace_value(resolved, found as usize, entry),
                (Some(found), None) => {
                    let mut first = region[..at * width].to_vec();
                    replace_value(&mut first, found as usize, entry);
                    resolved = Some(first);
                }
                (None, kept) => {
                    let at = kept.as_ref().map_or(at, |kept| kept.len() / width);
                    if let Some(kept) = kept {
                        kept.extend_from_slice(entry);
                    }
                    // Rehashing needs no key: the table has room for all.
                    table.insert_unique(hash, u32::try_from(at).expect("regions have 32 bits"), |_| hash);
                }
            }
        }
        if let Some(resolved) = resolved {
            self.resolved.insert(node, resolved.into());
        }
        if width == 2 {
            self.indices.insert(node, table);
        }
    }

    /// The region of a dict or set, each key once.
    #[inline]
    pub fn region<'g>(&'g self, store: &'g Store, index: usize) -> &'g [Id] {
        if !self.resolved.is_empty()
            && let Some(resolved) = u32::try_from(index).ok().and_then(|node| self.resolved.get(&node))
        {
            return resolved;
        }
        store.region_of(index)
    }

    /// The value of a key in a dict. Tuples and frozensets are found by identity only.
    pub fn get(&self, store: &Store, source: &[u8], index: usize, key: &Key<'_>) -> Option<Id> {
        let region = self.region(store, index);
        let is_key = |id| match key {
            Key::Object(object) => *object == id,
            _ => key_of(store, source, id) == *key,
        };
        match u32::try_from(index).ok().and_then(|node| self.indices.get(&node)) {
            Some(table) if !matches!(key, Key::Object(_)) => {
                let hash = hash(&self.hasher, key);
                table
                    .find(hash, |&entry| is_key(region[entry as usize * 2]))
                    .map(|&entry| region[entry as usize * 2 + 1])
            }
            _ => region.chunks_exact(2).find(|entry| is_key(entry[0])).map(|entry| entry[1]),
        }
    }
}

/// The first key stays, the last value wins.
fn replace_value(resolved: &mut [Id], at: usize, entry: &[Id]) {
    if let [_, value] = entry {
        resolved[at * 2 + 1] = *value;
    }
}

/// Whether two dicts have the very same objects as keys, as records from one producer do.
fn same_keys(a: &[Id], b: &[Id], width: usize) -> bool {
    width == 2 && a.len() == b.len() && a.iter().step_by(2).eq(b.iter().step_by(2))
}

/// The key of an object; of a tuple or frozenset, the object itself.
fn key_of<'k>(store: &'k Store, source: &'k [u8], id: Id) -> Key<'k> {
    let index = match id.unpack() {
        Unpacked::Node(index) => index,
        Unpacked::Int(value) => return Key::Int(value.into()),
        Unpacked::Bool(value) => return Key::Int(value.into()),
        Unpacked::None => return Key::None,
        Unpacked::EmptyTuple => return Key::Composite(0),
        Unpacked::Run(..) => unreachable!("a run is not a value"),
    };
    let cell = &store.cells[index as usize];
    match cell.tag {
        Tag::Str => Key::Text(store.bytes_of(source, cell)),
        Tag::ByteString => byte_string_key(store.bytes_of(source, cell)),
        Tag::Global => {
            let name = |bits| store.payload(source, Id::from_bits(bits)).unwrap_or_default();
            Key::Global(name(cell.first()), name(cell.second()))
        }
        Tag::Extension => Key::Extension(cell.data()),
        Tag::Bytes => Key::Bytes(store.bytes_of(source, cell)),
        Tag::Int => Key::Int(cell.data().cast_signed()),
        Tag::BigInt => big_int_key(store.bytes_of(source, cell)),
        Tag::Float => match f64::from_bits(cell.data()) {
            value if value.is_nan() => Key::Object(id),
            value => float_key(value),
        },
        Tag::Complex => {
            let part = |index: u32| f64::from_bits(store.cells[index as usize].data());
            match (part(cell.first()), part(cell.second())) {
                (re, im) if re.is_nan() || im.is_nan() => Key::Object(id),
                (re, im) => complex_key(re, im),
            }
        }
        _ => Key::Object(id),
    }
}
