//! pyarrow's arrays of text: whether their buffers hold what they say, which Arrow itself believes.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind, View};

use super::Judge;
use crate::Rule;
use crate::at::At;
use crate::report::{Action, Severity};

/// What is known of bytes that change.
#[derive(Default)]
pub(super) struct Buffers {
    /// Those in which an array lies.
    held: HashSet<Id>,
    changed: HashSet<Id>,
}

/// The module of all that makes such an array.
const MODULE: &[u8] = b"pyarrow.lib";

impl Judge<'_, '_> {
    /// Whether the argument of `_restore_array` is an array of text: type, length, number of nulls, offset, and the buffers of nulls, of
    /// offsets and of the text. Offsets have to rise, and to lie between characters.
    pub(super) fn is_arrow_text(&mut self, at: At<'_>, args: &[Id]) -> bool {
        let Some(text) = args.first().and_then(|&data| Text::of(at.view, data)) else { return false };
        let most = self.policy.limits().expansion.max(self.source.len() as u64 * 100);
        self.copied =
            self.copied.saturating_add((text.nulls.len() + text.offsets.len() + text.contents.len()) as u64);
        if self.copied > most || text.holders.iter().any(|holder| self.buffers.changed.contains(holder)) {
            return false;
        }
        self.buffers.held.extend(&text.holders);
        text.is_valid()
    }

    /// Whether the state of an array of pandas is an array of Arrow with its dtype.
    pub(super) fn is_state_of_text(at: At<'_>, state: Id) -> bool {
        let Peek::Dict(items) = at.view.peek(state) else { return false };
        items.chunks_exact(2).all(|pair| match at.text(pair[0]) {
            _ if at.view.kind(pair[0]) != Kind::Str => false,
            b"_pa_array" | b"_data" => made_by(at.view, pair[1], b"_restore_array").is_some(),
            b"_dtype" => matches!(at.view.peek(pair[1]), Peek::Instance(_)),
            b"_cache" => matches!(at.view.peek(pair[1]), Peek::Dict([])),
            b"_readonly" => matches!(at.view.peek(pair[1]), Peek::Bool(_)),
            _ => false,
        })
    }

    /// Bytes are changed, which an array may believe.
    pub(super) fn change_bytes(&mut self, at: At<'_>, object: Id) {
        if at.view.kind(object) != Kind::ByteArray {
            return;
        }
        self.buffers.changed.insert(object);
        if self.buffers.held.contains(&object) {
            let why = "an array of Arrow lies in it, whose offsets are believed".to_owned();
            let code = at.short().value(object);
            self.add(at.offset, Rule::R9, Action::Data, "", code, (Severity::Dangerous, why));
        }
    }
}

/// The arguments of the call of this function that made an object.
fn made_by<'v>(view: View<'v>, object: Id, function: &[u8]) -> Option<&'v [Id]> {
    let made = view.class(object).and_then(|class| view.global(class));
    let (args, kwargs) = view.arguments(object)?;
    (made == Some([MODULE, function]) && kwargs.is_none()).then_some(args)
}

/// An array of text.
struct Text<'v> {
    /// How many bytes an offset has.
    width: usize,
    /// Which values are in the array.
    range: RangeInclusive<usize>,
    has_nulls: bool,
    nulls: &'v [u8],
    offsets: &'v [u8],
    contents: &'v [u8],
    /// The bytes that can be changed in which these lie.
    holders: Vec<Id>,
}

impl<'v> Text<'v> {
    fn of(view: View<'v>, data: Id) -> Option<Self> {
        let Peek::Tuple(&[dtype, length, nulls, offset, buffers, children, dictionary]) = view.peek(data)
        else {
            return None;
        };
        let &[name] = made_by(view, dtype, b"type_for_alias")? else { return None };
        let width = match view.text_bytes(name)? {
            b"string" => 4,
            b"large_string" => 8,
            _ => return None,
        };
        let Peek::List(&[bitmap, offsets, text]) = view.peek(buffers) else { return None };
        if !matches!(view.peek(children), Peek::List([])) || dictionary != Id::NONE {
            return None;
        }
        let number = |id| match view.peek(id) {
            Peek::Int(number) => usize::try_from(number).ok(),
            _ => None,
        };
        let (length, offset) = (number(length)?, number(offset)?);
        // -1 says that nobody counted.
        let has_nulls = match view.peek(nulls) {
            Peek::Int(0) => false,
            Peek::Int(-1) => bitmap != Id::NONE,
            Peek::Int(nulls) if usize::try_from(nulls).is_ok_and(|nulls| nulls <= length) => true,
            _ => return None,
        };
        let mut holders = Vec::new();
        let mut bytes = |buffer: Id| {
            if buffer == Id::NONE {
                return Some(&[][..]);
            }
            let &[held] = made_by(view, buffer, b"py_buffer")? else { return None };
            match view.peek(held) {
                Peek::Bytes(bytes) => Some(bytes),
                Peek::ByteArray(bytes) => {
                    holders.push(held);
                    Some(bytes)
                }
                _ => None,
            }
        };
        let (nulls, offsets, text) = (bytes(bitmap)?, bytes(offsets)?, bytes(text)?);
        let range = offset..=offset.checked_add(length)?;
        // A bitmap that is there is looked at, whatever the number of nulls.
        let has_nulls = has_nulls || bitmap != Id::NONE;
        Some(Self { width, range, has_nulls, nulls, offsets, contents: text, holders })
    }

    fn is_valid(&self) -> bool {
        if self.has_nulls && self.nulls.len() < self.range.end().div_ceil(8) {
            return false;
        }
        // Arrays without values may be without offsets.
        if *self.range.end() == 0 && self.offsets.is_empty() {
            return true;
        }
        let Ok(text) = str::from_utf8(self.contents) else { return false };
        let mut before = 0;
        self.range.end() < &(self.offsets.len() / self.width)
            && self.range.clone().all(|at| {
                let bytes = &self.offsets[at * self.width..][..self.width];
                let number = bytes.iter().rev().fold(0, |number: u64, &byte| number << 8 | u64::from(byte));
                let Ok(offset) = usize::try_from(number) else { return false };
                let rises = offset >= before;
                before = offset;
                rises && text.is_char_boundary(offset)
            })
    }
}
