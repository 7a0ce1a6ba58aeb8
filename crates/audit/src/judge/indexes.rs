//! Indexes of pandas: their numbers, which are looked up by hashes that have no secret, and ranges, of which arrays are made.

use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, View};

use super::indices::words;
use crate::at::At;

/// How many counters there are: each of those that have the same last bits of their hashes.
const COUNTERS: usize = 1 << 16;

/// Whether an index is made of numbers of which more than `most` have one hash.
pub(super) fn has_equal_hashes(at: At<'_>, args: &[Id], most: usize) -> bool {
    let data = args.get(1).and_then(|&state| at.view.item(state, b"data"));
    let Some(words) = data.and_then(|data| words(at.view, data)) else { return false };
    words.len() > most && [of_int, of_float].iter().any(|hash| are_equal(words, most, *hash))
}

/// How many bytes the positions take that a manager of blocks makes for each row, if its state has ranges for axes.
pub(super) fn positions(view: View<'_>, state: Id) -> u64 {
    const EACH: u64 = 16;
    let blocks = view.sequence(state).and_then(|parts| view.item(*parts.get(3)?, b"0.14.1"));
    let axes = blocks.and_then(|blocks| view.sequence(view.item(blocks, b"axes")?)).unwrap_or_default();
    let rows = axes.iter().filter_map(|&axis| rows(view, axis));
    rows.fold(0, |all, rows| all.saturating_add(rows.saturating_mul(EACH)))
}

/// How many items the index of a range has.
fn rows(view: View<'_>, index: Id) -> Option<u64> {
    let (&[_, state], _) = view.arguments(index)? else { return None };
    let number = |key: &[u8]| match view.peek(view.item(state, key)?) {
        Peek::Int(number) => Some(number),
        _ => None,
    };
    let length = number(b"stop")?.abs_diff(number(b"start").unwrap_or(0));
    length.checked_div(number(b"step").map_or(1, i64::unsigned_abs))
}

fn are_equal(words: &[[u8; 8]], most: usize, hash: fn(u64) -> u32) -> bool {
    let hashes = || words.iter().map(|word| hash(u64::from_le_bytes(*word)));
    let mut counts = vec![0; COUNTERS];
    for hash in hashes() {
        counts[hash as usize % COUNTERS] += 1;
    }
    if counts.iter().all(|&count| count <= most) {
        return false;
    }
    let mut hashes: Vec<_> = hashes().zip(words).collect();
    hashes.sort_unstable();
    // The same number again is the same key.
    hashes.dedup();
    hashes.chunk_by(|one, other| one.0 == other.0).any(|same| same.len() > most)
}

/// The hash of ints, and of floats in old releases.
fn of_int(key: u64) -> u32 {
    let bytes = (key >> 33 ^ key ^ key << 11).to_le_bytes();
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// The hash of floats: `MurmurHash2` of both halves.
fn of_float(key: u64) -> u32 {
    const SEED: u32 = 0xc70f_6907;
    const FACTOR: u32 = 0x5bd1_e995;
    let bytes = key.to_le_bytes();
    let mut hash = SEED ^ 4;
    for half in bytes.as_chunks::<4>().0 {
        let mixed = u32::from_le_bytes(*half).wrapping_mul(FACTOR);
        hash = hash.wrapping_mul(FACTOR) ^ (mixed ^ mixed >> 24).wrapping_mul(FACTOR);
    }
    (hash ^ hash >> 13).wrapping_mul(FACTOR)
}
