//! Scalars in the arguments of known classes.

use halfsour_text::number::Int;
use halfsour_value::{Data, Node};

/// Text, also of a Python 2 string that is UTF-8, whatever it was read as.
pub(crate) fn text<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<&str> {
    match node.data() {
        Data::Str(text) => text.as_str(),
        _ => std::str::from_utf8(node.python2_string()?).ok(),
    }
}

/// Text that is no longer than a name: for what is looked up in a table, and may be asked for many times.
pub(crate) fn short<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<&str> {
    const LONGEST: usize = 100;
    let length = match node.data() {
        Data::Str(text) => text.as_wtf8().len(),
        _ => node.python2_string()?.len(),
    };
    if length > LONGEST { None } else { text(node) }
}

/// The contents of `bytes`, or of a Python 2 string, whatever it was read as.
pub(crate) fn bytes<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<&[u8]> {
    match node.data() {
        Data::Bytes(bytes) => Some(bytes),
        _ => node.python2_string(),
    }
}

/// An int of any size.
pub(crate) fn int<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Int> {
    match node.data() {
        Data::Int(int) => Some(Int::Small(int)),
        Data::BigInt(bytes) => Some(Int::Big(bytes.to_vec())),
        _ => None,
    }
}

/// An int that is not negative and has at most 128 bits.
pub(crate) fn unsigned<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<u128> {
    match node.data() {
        Data::Int(int) => u128::try_from(int).ok(),
        Data::BigInt(bytes) => {
            let (sign, _) = bytes.split_last().filter(|(sign, _)| **sign < 0x80)?;
            let digits = if *sign == 0 { &bytes[..bytes.len() - 1] } else { bytes };
            let mut int = [0; 16];
            int.get_mut(..digits.len())?.copy_from_slice(digits);
            Some(u128::from_le_bytes(int))
        }
        _ => None,
    }
}
