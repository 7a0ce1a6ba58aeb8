//! Names that opcodes take from the memo, or from under other things, found by running what stands before them.

use halfsour_lexer::Opcode;
use halfsour_value::machine::Peek;
use halfsour_value::{Id, View};
use halfsour_vm::{Event, Loader, Observer};

use super::forms::is_of_name;

/// How far before a `STACK_GLOBAL` its texts are looked for, in bytes.
const FAR: usize = 512;

/// What is left of the work that running opcodes may take, in bytes.
pub(super) struct Runs {
    left: Option<usize>,
    loader: Loader,
}

impl Runs {
    pub fn new(length: usize) -> Self {
        const FIRST: usize = 1 << 22;
        const PER_BYTE: usize = 16;
        Self { left: Some(FIRST + length.saturating_mul(PER_BYTE)), loader: Loader::new() }
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
        let before = &bytes[begin..at];
        let mut texts = (0..before.len()).rev().filter(|&at| is_text(&before[at..]));
        // The opcode before it leaves a text, so it is no other `STACK_GLOBAL`.
        if before.ends_with(&[0x93]) || texts.next().is_none() {
            return true;
        }
        let Some(last) = texts.next() else { return true };
        // What takes something from the stack begins no pickle.
        let begins =
            |&at: &usize| Opcode::from_byte(bytes[at]).is_some_and(|first| first.stack_before().is_empty());
        for start in (begin..=begin + last).filter(begins) {
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

/// Whether an opcode stands here that makes a text that may be a name.
fn is_text(bytes: &[u8]) -> bool {
    const SHORTEST: usize = 2;
    let of = |length: usize, rest: &[u8]| {
        length >= SHORTEST && rest.get(..length).is_some_and(|text| text.iter().all(|&byte| is_of_name(byte)))
    };
    match bytes {
        [0x8c | b'U', length, rest @ ..]
        | [b'X' | b'T', length, 0, 0, 0, rest @ ..]
        | [0x8d, length, 0, 0, 0, 0, 0, 0, 0, rest @ ..] => of(usize::from(*length), rest),
        [b'V', rest @ ..] | [b'S', b'\'' | b'"', rest @ ..] => {
            let length = rest.iter().take_while(|&&byte| is_of_name(byte)).count();
            length >= SHORTEST && matches!(rest.get(length), Some(b'\n' | b'\r' | b'\'' | b'"'))
        }
        _ => false,
    }
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
