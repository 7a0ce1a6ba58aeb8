//! The deserializer of plain streams, which makes no graph.
//!
//! Most pickles are *plain*: scalars, lists, dicts and tuples, in the order in which they are read. A first pass, the
//! [`Outline`], counts the members of each container. So in a second pass, the [`Reader`] can go over the stream from front to
//! back as serde asks for its objects. A stream that is not plain, or has any error, is left to the graph, which alone decides
//! what is an error, and what the error says.

mod access;
mod de;
mod outline;
mod reader;
mod scalar_length;
mod token;

use halfsour_vm::{IntBase, Options};
use serde::de::Deserialize;

use de::De;
use outline::Outline;
use reader::Reader;

/// Reads a value from a plain stream. Returns `None` if the graph has to be read instead, even if `T::deserialize` has run.
pub(crate) fn read<'de, T: Deserialize<'de>>(input: &'de [u8], options: &Options) -> Option<T> {
    // Few ask for the numbers of old Pythons.
    if options.int_base != IntBase::Either {
        return None;
    }
    let outline = Outline::of(input, options)?;
    let mut reader = Reader::new(input, &outline, options.limits.int_digits);
    let value = T::deserialize(De::new(&mut reader)).ok()?;
    reader.is_at_end().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads<'de, T: Deserialize<'de> + PartialEq + std::fmt::Debug>(input: &'de [u8], expected: &T) {
        assert_eq!(read::<T>(input, &Options::default()).as_ref(), Some(expected));
    }

    #[test]
    fn what_is_plain_needs_no_graph() {
        let texts = vec![("a", vec![1]), ("b", vec![]), ("a", vec![1])];
        // Tuples whose first members are shared, and a list that is.
        let stream =
            b"\x80\x04](\x8c\x01a\x94]\x94K\x01a\x86\x94\x8c\x01b\x94]\x94\x86\x94h\0h\x01\x86\x94e.";
        reads(stream, &texts);
        // Protocol 0, as Python 2 wrote it.
        reads(b"(lp1\n(Va\np2\n(lp3\nI1\natp4\na(Vb\np5\n(lp6\ntp7\na(g2\ng3\ntp8\na.", &texts);
        reads(b"(K\x01K\x02\x86K\x03t(tK\x04\x87.", &(((1, 2), 3), (), 4));
    }

    #[test]
    fn what_is_not_is_left_to_it() {
        let streams: [&[u8]; 8] = [
            b"]\x94(h\0e.",             // a list in itself
            b"]}]N.",                   // something is left below the root
            b"]K\x01q\0K\x02q\0\x86a.", // a slot that is set twice
            b"}]Ns.",                   // a key that cannot be hashed
            b"cos\nsystem\n.",
            b"NN0.",
            b"X\x01\0\0\0\xff.",
            b"\x80\x09N.",
        ];
        for stream in streams {
            assert!(read::<halfsour_value::Value>(stream, &Options::default()).is_none(), "{stream:?}");
        }
    }
}
