//! The storages of torch files, which are beside their pickles: there, a persistent id refers to one.

use std::collections::HashSet;

use halfsour_files::Torch;
use halfsour_value::Node;
use serde::Serialize;

use super::{Tolerance, shape};

/// Those of the two files, if they are of torch.
#[derive(Default)]
pub struct Storages<'g> {
    files: Option<[&'g Torch; 2]>,
    /// Pairs of keys that were compared.
    seen: HashSet<(&'g str, &'g str)>,
}

/// How much of the contents of a storage differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Contents {
    /// How many units differ, with those that only one side has.
    pub different: usize,
    /// How many there are.
    pub all: usize,
    /// The unit: `bytes`, or `values` of a known type.
    pub unit: &'static str,
}

impl<'g> Storages<'g> {
    pub fn new(a: Option<&'g Torch>, b: Option<&'g Torch>) -> Self {
        Self { files: a.zip(b).map(|(a, b)| [a, b]), seen: HashSet::new() }
    }

    /// Whether both files have storages.
    pub fn are_known(&self) -> bool {
        self.files.is_some()
    }

    /// How two storages differ to which persistent ids refer, told once. `None` if they refer to no storages of the same type,
    /// and so are to be compared as they are.
    pub fn compare<S: AsRef<[u8]>>(
        &mut self,
        a: Node<'g, S>,
        b: Node<'g, S>,
        tolerance: Tolerance,
    ) -> Option<Contents> {
        let (a, b, [mine, theirs]) = (Reference::of(a)?, Reference::of(b)?, self.files?);
        if a.class != b.class {
            return None;
        }
        if !self.seen.insert((a.key, b.key)) {
            return Some(Contents { different: 0, all: 0, unit: "bytes" });
        }
        let (x, y) = (mine.storage(a.key), theirs.storage(b.key));
        if x.is_err() && y.is_err() {
            return None;
        }
        // One that cannot be read has nothing in it.
        Some(contents(&x.unwrap_or_default(), &y.unwrap_or_default(), &a.class, tolerance))
    }
}

/// `('storage', class, key, where it was, how long)`
struct Reference<'g> {
    class: String,
    key: &'g str,
}

impl<'g> Reference<'g> {
    fn of<S: AsRef<[u8]>>(id: Node<'g, S>) -> Option<Self> {
        id.at(0).and_then(Node::as_str).filter(|kind| *kind == "storage")?;
        Some(Self { class: shape::name(&id.at(1)?.as_global()?), key: id.at(2)?.as_str()? })
    }
}

fn contents(a: &[u8], b: &[u8], class: &str, tolerance: Tolerance) -> Contents {
    let (different, unit, width) = match class {
        "torch.FloatStorage" => (
            count(a, b, |x: [u8; 4], y| {
                tolerance.close(f32::from_le_bytes(x).into(), f32::from_le_bytes(y).into())
            }),
            "values",
            4,
        ),
        "torch.DoubleStorage" => (
            count(a, b, |x: [u8; 8], y| tolerance.close(f64::from_le_bytes(x), f64::from_le_bytes(y))),
            "values",
            8,
        ),
        "torch.BFloat16Storage" => {
            // The first half of a float of 32 bits.
            let float = |[low, high]: [u8; 2]| f64::from(f32::from_le_bytes([0, 0, low, high]));
            (count(a, b, |x: [u8; 2], y| tolerance.close(float(x), float(y))), "values", 2)
        }
        _ => (count(a, b, |x: [u8; 1], y| x == y), "bytes", 1),
    };
    // What only one of them has is different, too.
    let different = different + a.len().abs_diff(b.len()) / width;
    Contents { different, all: a.len().max(b.len()) / width, unit }
}

fn count<const N: usize>(a: &[u8], b: &[u8], same: impl Fn([u8; N], [u8; N]) -> bool) -> usize {
    let (a, b) = (a.as_chunks().0, b.as_chunks().0);
    a.iter().zip(b).filter(|(a, b)| !same(**a, **b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes are those of Python's `struct.pack("<2f", …)` and of `torch.bfloat16`.
    #[test]
    fn floats_in_storages_may_be_close() {
        let close = Tolerance { absolute: 0.1, relative: 0.0 };
        let told = |a: &[u8], b: &[u8], class, tolerance| {
            let Contents { different, all, unit } = contents(a, b, class, tolerance);
            (different, all, unit)
        };
        // 1.0, 2.0 and 1.05, 2.5
        let (a, b) = (b"\0\0\x80\x3f\0\0\0\x40", b"\x66\x66\x86\x3f\0\0\x20\x40");
        assert_eq!(told(a, b, "torch.FloatStorage", Tolerance::default()), (2, 2, "values"));
        assert_eq!(told(a, b, "torch.FloatStorage", close), (1, 2, "values"));
        assert_eq!(told(a, &b[..4], "torch.FloatStorage", close), (1, 2, "values"));
        assert_eq!(told(a, b, "torch.IntStorage", close), (4, 8, "bytes"));
        // 1.0 and 1.0625, 1.125
        assert_eq!(
            told(b"\x80\x3f\x80\x3f", b"\x88\x3f\x90\x3f", "torch.BFloat16Storage", close),
            (1, 2, "values")
        );
        // 1.0 and 1.5
        assert_eq!(
            told(b"\0\0\0\0\0\0\xf0\x3f", b"\0\0\0\0\0\0\xf8\x3f", "torch.DoubleStorage", close),
            (1, 1, "values")
        );
    }
}
