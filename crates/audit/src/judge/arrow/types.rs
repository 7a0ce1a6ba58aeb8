//! Types of Arrow, as far as they say what the buffers of an array are.

use halfsour_vm::value::{Id, View};

use super::{made, number};

/// How deep types and arrays may lie in each other.
pub(super) const DEEPEST: usize = 16;

/// How many types may be in one type.
pub(super) const MOST: usize = 1000;

/// A type of Arrow.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    Null,
    /// Values of as many bits.
    Fixed(usize),
    /// Text, or bytes, between offsets of as many bytes.
    Bytes {
        width: usize,
        is_text: bool,
    },
    /// A list between offsets of as many bytes.
    List(usize, Box<Self>),
    /// Lists of one length.
    FixedList(usize, Box<Self>),
    Struct(Vec<Self>),
    /// Indices of as many bytes into a dictionary of such values.
    Dictionary {
        width: usize,
        is_signed: bool,
        value: Box<Self>,
    },
}

impl Type {
    /// The type that a call made; `None` of those whose buffers are not known here, and of what makes no sense. `left` is how many
    /// types may still be looked at.
    pub fn of(view: View<'_>, object: Id, depth: usize, left: &mut usize) -> Option<Self> {
        if depth > DEEPEST || *left == 0 {
            return None;
        }
        *left -= 1;
        let mut field = |id| match made(view, id)? {
            (b"field", &[_, kind, ..]) => Self::of(view, kind, depth + 1, left),
            _ => Self::of(view, id, depth + 1, left),
        };
        Some(match made(view, object)? {
            (b"type_for_alias", &[name]) => Self::by_name(view.text_bytes(name)?)?,
            (b"timestamp", &[unit, ..]) | (b"duration", &[unit]) => {
                unit_of(view, unit, &[b"s", b"ms", b"us", b"ns"])?;
                Self::Fixed(64)
            }
            (b"time32", &[unit]) => {
                unit_of(view, unit, &[b"s", b"ms"])?;
                Self::Fixed(32)
            }
            (b"time64", &[unit]) => {
                unit_of(view, unit, &[b"us", b"ns"])?;
                Self::Fixed(64)
            }
            (b"decimal32", _) => Self::Fixed(32),
            (b"decimal64", _) => Self::Fixed(64),
            (b"decimal128", _) => Self::Fixed(128),
            (b"decimal256", _) => Self::Fixed(256),
            (b"binary", &[length]) => Self::Fixed(number(view, length)?.checked_mul(8)?),
            (b"list_", &[value]) => Self::List(4, Box::new(field(value)?)),
            (b"large_list", &[value]) => Self::List(8, Box::new(field(value)?)),
            (b"list_", &[value, length]) => Self::FixedList(number(view, length)?, Box::new(field(value)?)),
            (b"map_", &[key, value, ..]) => {
                Self::List(4, Box::new(Self::Struct(vec![field(key)?, field(value)?])))
            }
            (b"struct", &[fields]) => {
                Self::Struct(view.sequence(fields)?.iter().map(|&it| field(it)).collect::<Option<_>>()?)
            }
            (b"dictionary", &[index, value, ..]) => {
                let (b"type_for_alias", &[name]) = made(view, index)? else { return None };
                let name = view.text_bytes(name)?;
                let Self::Fixed(bits @ (8 | 16 | 32 | 64)) = Self::by_name(name)? else { return None };
                let is_signed = name.starts_with(b"i");
                if !is_signed && !name.starts_with(b"u") {
                    return None;
                }
                Self::Dictionary { width: bits / 8, is_signed, value: Box::new(field(value)?) }
            }
            _ => return None,
        })
    }

    fn by_name(name: &[u8]) -> Option<Self> {
        let unit = name.split(|&byte| byte == b'[').next()?;
        Some(match (name, unit) {
            (b"null", _) => Self::Null,
            (b"bool", _) => Self::Fixed(1),
            (b"int8" | b"uint8", _) => Self::Fixed(8),
            (b"int16" | b"uint16" | b"halffloat", _) => Self::Fixed(16),
            (b"int32" | b"uint32" | b"float" | b"month_interval", _) | (_, b"date32" | b"time32") => {
                Self::Fixed(32)
            }
            (b"int64" | b"uint64" | b"double", _)
            | (_, b"date64" | b"time64" | b"timestamp" | b"duration") => Self::Fixed(64),
            (b"month_day_nano_interval", _) => Self::Fixed(128),
            (b"string", _) => Self::Bytes { width: 4, is_text: true },
            (b"large_string", _) => Self::Bytes { width: 8, is_text: true },
            (b"binary", _) => Self::Bytes { width: 4, is_text: false },
            (b"large_binary", _) => Self::Bytes { width: 8, is_text: false },
            _ => return None,
        })
    }
}

fn unit_of(view: View<'_>, unit: Id, known: &[&[u8]]) -> Option<()> {
    known.contains(&view.text_bytes(unit)?).then_some(())
}
