//! Names that opcodes take from the memo, or from under other things, found by running what stands before them.

use std::collections::VecDeque;

use halfsour_lexer::Opcode;
use halfsour_value::machine::Peek;
use halfsour_value::{Id, View};
use halfsour_vm::{Event, Loader, Observer};

use super::forms::is_of_name;

/// How far before a `STACK_GLOBAL` its texts are looked for, in bytes.
const FAR: usize = 512;

/// What was seen before a `STACK_GLOBAL`.
pub(super) struct Runs {
    /// What is left of the work that running opcodes may take, in bytes.
    left: Option<usize>,
    loader: Loader,
    /// Where opcodes stand that make a text which may be a name, and where they end: the last ones before `seen`.
    texts: VecDeque<(usize, usize)>,
    seen: usize,
}

impl Runs {
    pub fn new(length: usize) -> Self {
        const FIRST: usize = 1 << 22;
        const PER_BYTE: usize = 16;
        let left = Some(FIRST + length.saturating_mul(PER_BYTE));
        Self { left, loader: Loader::new(), texts: VecDeque::new(), seen: 0 }
    }

    pub fn is_spent(&self) -> bool {
        self.left.is_none()
    }

    /// Tells of the names that a `STACK_GLOBAL` at `at` takes if opcodes are run from one of the places before it, where two texts follow that may
    /// be names.
    pub fn of_opcodes(
        &mut self,
        bytes: &[u8],
        at: usize,
        each: &mut impl FnMut(usize, &[u8], &[u8]) -> bool,
    ) -> bool {
        let begin = at.saturating_sub(FAR);
        let next = self.seen.max(begin);
        self.texts.extend(text_opcodes(&bytes[next..at]).filter_map(|place| {
            let start = next + place;
            Some((start, start + text_length(&bytes[start..])?))
        }));
        self.seen = at;
        while self.texts.front().is_some_and(|(start, _)| *start < begin) {
            self.texts.pop_front();
        }
        let mut texts = self.texts.iter().rev().filter(|(_, end)| *end <= at);
        // The opcode before it leaves a text, so it is no other `STACK_GLOBAL`.
        if bytes[begin..at].ends_with(&[0x93]) || texts.next().is_none() {
            return true;
        }
        let Some(&(last, _)) = texts.next() else { return true };
        // What takes something from the stack begins no pickle.
        let begins =
            |&at: &usize| Opcode::from_byte(bytes[at]).is_some_and(|first| first.stack_before().is_empty());
        for start in (begin..=last).filter(begins) {
            let Some(left) = self.left.and_then(|left| left.checked_sub(at - start)) else {
                self.left = None;
                return true;
            };
            self.left = Some(left);
            let mut found = Found { at, name: None };
            // It ends where the bytes do, behind the import.
            let _ = self.loader.load_observed(&bytes[..=at], start, &mut found);
            if let Some((module, name)) = found.name
                && !each(at, &module, &name)
            {
                return false;
            }
        }
        true
    }
}

/// Where bytes are that may be opcodes which make a text.
pub(super) fn text_opcodes(bytes: &[u8]) -> impl Iterator<Item = usize> {
    /// To compare a byte with one after the other would be guessed wrong half of the time.
    const IS_IT: [bool; 256] = {
        let (mut is_it, opcodes) = ([false; 256], *b"\x8c\x8dXTUVS");
        let mut number = 0;
        while number < opcodes.len() {
            is_it[opcodes[number] as usize] = true;
            number += 1;
        }
        is_it
    };
    bytes.iter().enumerate().filter(|&(_, &byte)| IS_IT[usize::from(byte)]).map(|(at, _)| at)
}

/// How long an opcode is with its text, if that may be a name.
fn text_length(bytes: &[u8]) -> Option<usize> {
    const SHORTEST: usize = 2;
    let is_name = |text: &[u8]| text.len() >= SHORTEST && text.iter().all(|&byte| is_of_name(byte));
    let (head, text, tail) = match bytes {
        [0x8c | b'U', length, rest @ ..] => (2, rest.get(..usize::from(*length))?, 0),
        [b'X' | b'T', length, 0, 0, 0, rest @ ..] => (5, rest.get(..usize::from(*length))?, 0),
        [0x8d, length, 0, 0, 0, 0, 0, 0, 0, rest @ ..] => (9, rest.get(..usize::from(*length))?, 0),
        [b'V', rest @ ..] => (1, line(rest)?, 1),
        [b'S', b'\'' | b'"', rest @ ..] => (2, line(rest)?, 1),
        _ => return None,
    };
    is_name(text).then_some(head + text.len() + tail)
}

/// The name at the beginning of a line, if a quote or the end of the line is behind it.
fn line(rest: &[u8]) -> Option<&[u8]> {
    let length = rest.iter().take(FAR).take_while(|&&byte| is_of_name(byte)).count();
    matches!(rest.get(length), Some(b'\n' | b'\r' | b'\'' | b'"')).then(|| &rest[..length])
}

/// The name that is imported at a place.
struct Found {
    at: usize,
    name: Option<(Vec<u8>, Vec<u8>)>,
}

impl Observer for &mut Found {
    fn event(&mut self, view: View<'_>, offset: usize, event: Event) {
        if let Event::Import(id) = event
            && offset == self.at
            && let Peek::Global(module, name) = view.peek(id)
            && let (Some(module), Some(name)) = (text(view, module), text(view, name))
        {
            self.name = Some((module, name));
        }
    }
}

fn text(view: View<'_>, id: Id) -> Option<Vec<u8>> {
    match view.peek(id) {
        Peek::Str(text) | Peek::ByteString(text) => Some(text.to_vec()),
        _ => None,
    }
}
