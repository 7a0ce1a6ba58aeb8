//! [`Walk`]: the buffers of an array, its children and its dictionary.

use std::ops::Range;

use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, View};

use super::types::{DEEPEST, MOST, Type};
use super::{made, number};

/// How many nulls an array without buffers may have: nothing else says how long it is.
const MOST_NULLS: usize = 1_000_000;
/// What it costs to look at an array, however small.
const ARRAY: u64 = 100;

/// A walk over the arrays in an array.
pub(super) struct Walk<'v> {
    view: View<'v>,
    /// How many bytes may be looked at.
    most: u64,
    /// How many were.
    pub spent: u64,
    /// The bytes that can be changed in which buffers lie.
    pub holders: Vec<Id>,
}

impl<'v> Walk<'v> {
    pub fn new(view: View<'v>, most: u64) -> Self {
        Self { view, most, spent: 0, holders: Vec::new() }
    }

    /// The type and length of an array, given as type, length, number of nulls, offset, buffers, children and dictionary; `None` if
    /// anything in it goes beyond what is there.
    pub fn array(&mut self, data: Id, depth: usize) -> Option<(Type, usize)> {
        let view = self.view;
        let Peek::Tuple(&[kind, length, nulls, offset, buffers, children, dictionary]) = view.peek(data)
        else {
            return None;
        };
        self.spend(ARRAY).filter(|()| depth <= DEEPEST)?;
        let kind = Type::of(view, kind, 0, &mut { MOST })?;
        let (length, offset) = (number(view, length)?, number(view, offset)?);
        let range = offset..offset.checked_add(length)?;
        let (Peek::List(buffers), Peek::List(children)) = (view.peek(buffers), view.peek(children)) else {
            return None;
        };
        if (dictionary == Id::NONE) == matches!(kind, Type::Dictionary { .. }) {
            return None;
        }
        let (&bitmap, buffers) = buffers.split_first()?;
        if kind == Type::Null {
            let is_bare = bitmap == Id::NONE && buffers.is_empty() && children.is_empty();
            return (is_bare && range.end <= MOST_NULLS).then_some((kind, length));
        }
        let nulls = self.nulls(bitmap, nulls, &range)?;
        match (&kind, buffers, children) {
            (Type::Fixed(bits), &[values], []) => {
                let needed = range.end.checked_mul(*bits)?.div_ceil(8);
                (self.buffer(values)?.len() >= needed).then_some(())?;
            }
            (&Type::Bytes { width, is_text }, &[offsets, contents], []) => {
                let contents = self.buffer(contents)?;
                let text = if is_text { Some(str::from_utf8(contents).ok()?) } else { None };
                let ends = |at: usize| text.map_or(at <= contents.len(), |text| text.is_char_boundary(at));
                self.offsets(offsets, width, &range, ends)?;
            }
            (Type::List(width, value), &[offsets], &[child]) => {
                let (of, length) = self.array(child, depth + 1)?;
                (of == **value).then_some(())?;
                self.offsets(offsets, *width, &range, |at| at <= length)?;
            }
            (Type::FixedList(size, value), [], &[child]) => {
                let (of, length) = self.array(child, depth + 1)?;
                (of == **value && range.end.checked_mul(*size)? <= length).then_some(())?;
            }
            (Type::Struct(fields), [], children) if fields.len() == children.len() => {
                for (field, &child) in fields.iter().zip(children) {
                    let (of, length) = self.array(child, depth + 1)?;
                    (of == *field && range.end <= length).then_some(())?;
                }
            }
            (Type::Dictionary { width, is_signed, value }, &[indices], []) => {
                let (of, length) = self.array(dictionary, depth + 1)?;
                let indices = self.buffer(indices)?;
                (of == **value && range.end.checked_mul(*width)? <= indices.len()).then_some(())?;
                let lies = |at: usize| {
                    let index = little(&indices[at * width..][..*width]);
                    // A negative index is one beyond the half of its width.
                    let most = if *is_signed { u64::MAX >> (65 - 8 * width) } else { u64::MAX };
                    is_null(nulls, at)
                        || index <= most && usize::try_from(index).is_ok_and(|index| index < length)
                };
                range.clone().all(lies).then_some(())?;
            }
            _ => return None,
        }
        Some((kind, length))
    }

    /// The bitmap of what is there, if there is one. Arrow counts on the number of nulls: -1 says that nobody counted.
    fn nulls(&mut self, bitmap: Id, nulls: Id, range: &Range<usize>) -> Option<Option<&'v [u8]>> {
        let has_bitmap = bitmap != Id::NONE;
        let bits = self.buffer(bitmap)?;
        if has_bitmap && bits.len() < range.end.div_ceil(8) {
            return None;
        }
        let bits = has_bitmap.then_some(bits);
        let is_counted = match self.view.peek(nulls) {
            Peek::Int(-1) => true,
            // Nobody looks at the bitmap then.
            Peek::Int(0) => return Some(None),
            Peek::Int(count) => {
                let counted = range.clone().filter(|&at| is_null(bits, at)).count();
                usize::try_from(count).is_ok_and(|count| count == counted)
            }
            _ => false,
        };
        is_counted.then_some(bits)
    }

    /// Whether offsets rise, and all lie where `ends` says.
    fn offsets(
        &mut self,
        offsets: Id,
        width: usize,
        range: &Range<usize>,
        ends: impl Fn(usize) -> bool,
    ) -> Option<()> {
        let offsets = self.buffer(offsets)?;
        // Arrays without values may be without offsets.
        if range.end == 0 && offsets.is_empty() {
            return Some(());
        }
        (range.end < offsets.len() / width).then_some(())?;
        let mut before = 0;
        (range.start..=range.end)
            .all(|at| {
                let Ok(offset) = usize::try_from(little(&offsets[at * width..][..width])) else {
                    return false;
                };
                let rises = offset >= before;
                before = offset;
                rises && ends(offset)
            })
            .then_some(())
    }

    /// The bytes of a buffer; none of one that is not there.
    fn buffer(&mut self, buffer: Id) -> Option<&'v [u8]> {
        if buffer == Id::NONE {
            return Some(&[]);
        }
        let (b"py_buffer", &[held]) = made(self.view, buffer)? else { return None };
        let bytes = match self.view.peek(held) {
            Peek::Bytes(bytes) => bytes,
            Peek::ByteArray(bytes) => {
                self.holders.push(held);
                bytes
            }
            _ => return None,
        };
        self.spend(bytes.len() as u64)?;
        Some(bytes)
    }

    fn spend(&mut self, cost: u64) -> Option<()> {
        self.spent = self.spent.saturating_add(cost);
        (self.spent <= self.most).then_some(())
    }
}

/// Whether the bitmap says that a value is missing.
fn is_null(bits: Option<&[u8]>, at: usize) -> bool {
    bits.is_some_and(|bits| bits[at / 8] >> (at % 8) & 1 == 0)
}

/// A number of at most 8 bytes.
fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}
