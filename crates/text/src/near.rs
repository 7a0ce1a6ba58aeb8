//! How near two names are.

use alloc::vec::Vec;

/// The number of characters of each name that are compared.
pub const FIRST: usize = 40;

/// Returns how many of the first characters have to be changed, added or taken away to make one name of the other: Levenshtein's
/// distance.
///
/// ```
/// use halfsour_text::near::distance;
///
/// assert_eq!(distance("latin1", "latin_1"), 1);
/// assert_eq!(distance("utf8", "gbk"), 4);
/// ```
pub fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(FIRST).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, char) in one.chars().take(FIRST).enumerate() {
        let mut before = core::mem::replace(&mut row[0], at + 1);
        for (place, &against) in other.iter().enumerate() {
            let changed = before + usize::from(char != against);
            before = row[place + 1];
            row[place + 1] = changed.min(before + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}
