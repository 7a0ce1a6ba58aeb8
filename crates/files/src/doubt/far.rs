//! Names that a `STACK_GLOBAL` takes from far before it: from the memo, or from under other things.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use halfsour_lexer::text::escape;
use halfsour_lexer::{Lexer, Op, Opcode, StackItem};
use memchr::memchr_iter;

use super::forms::is_of_name;
use super::run::text_opcodes;
use crate::{Doubt, Window};

/// The longest text that may be a name.
const LONGEST: usize = 128;

impl Doubt {
    /// Calls `each` as [`each_name`](Self::each_name) does, for the names that a `STACK_GLOBAL` takes however far before it they are: where a text opcode
    /// makes a module of which `is_module` says that it is looked for, opcodes are followed from the last mark of a pickle before it that leads
    /// there and, if none does, from the text itself. Only what is a name is kept of them.
    ///
    /// Whether all such places were followed is the answer: no if that would take too long.
    ///
    /// ```
    /// use halfsour_files::Doubt;
    ///
    /// let far = [b"\xff\x8c\x02os\x94\x8c\x06system\x94B\0\x04\0\0", &[0; 1024][..], b"0h\0h\x01\x93"].concat();
    /// let mut names = Vec::new();
    /// Doubt::each_far_name(&far, |module| module == b"os", |at, module, name| {
    ///     names.push((at, [module, name].concat()));
    ///     true
    /// });
    /// assert_eq!(names, [(1049, b"ossystem".to_vec())]);
    /// ```
    pub fn each_far_name(
        bytes: &[u8],
        is_module: impl Fn(&[u8]) -> bool,
        mut each: impl FnMut(usize, &[u8], &[u8]) -> bool,
    ) -> bool {
        const FIRST: usize = 1 << 22;
        const PER_BYTE: usize = 16;
        const MOST: usize = 1 << 16;
        let texts: Vec<usize> = modules(bytes, &is_module).take(MOST).collect();
        let Some(&last) = texts.last() else { return true };
        let last = if texts.len() < MOST { last } else { bytes.len() - 1 };
        let mut left = FIRST.saturating_add(bytes.len().saturating_mul(PER_BYTE));
        // Those that opcodes lead to which begin with the mark of a pickle, where the numbers of the memo are known.
        let mut known = HashSet::new();
        for start in memchr_iter(Opcode::Proto.byte(), &bytes[..last]) {
            if matches!(bytes[start + 1], 2..=5)
                && !follow(bytes, start, &mut left, &mut each, |at| {
                    if texts.binary_search(&at).is_ok() {
                        known.insert(at);
                    }
                })
            {
                return true;
            }
        }
        for &start in texts.iter().filter(|&at| !known.contains(at)) {
            if left == 0 {
                break;
            }
            if !follow(bytes, start, &mut left, &mut each, |_| ()) {
                return true;
            }
        }
        left > 0
    }
}

/// Where opcodes may be that make a module's name.
fn modules(bytes: &[u8], is_module: &impl Fn(&[u8]) -> bool) -> impl Iterator<Item = usize> {
    let mut window = Window::new();
    text_opcodes(bytes).filter(move |&at| {
        window.slide(bytes, at);
        let rest = &bytes[at..bytes.len().min(at + LONGEST + 9)];
        let name = match rest {
            [0x8c | b'U', length, rest @ ..]
            | [b'X' | b'T', length, 0, 0, 0, rest @ ..]
            | [0x8d, length, 0, 0, 0, 0, 0, 0, 0, rest @ ..] => rest.get(..usize::from(*length)),
            [b'V', rest @ ..] | [b'S', b'\'' | b'"', rest @ ..] => {
                // Of a text with escapes, the first characters do not tell.
                Some(&rest[..rest.iter().take_while(|&&byte| is_of_name(byte)).count()])
            }
            _ => None,
        };
        name.is_some_and(|name| name.iter().all(|&byte| is_of_name(byte)) && is_module(name))
    })
}

/// What opcodes leave.
#[derive(Clone)]
enum Left<'b> {
    /// What may be a name.
    Name(Cow<'b, [u8]>),
    Mark,
    Other,
}

/// Follows the opcodes from `start` to where they end, or are none; tells of each opcode where it is, and of what is imported. It says no if
/// `each` does, and ends early if no work is left.
fn follow(
    bytes: &[u8],
    start: usize,
    left: &mut usize,
    each: &mut impl FnMut(usize, &[u8], &[u8]) -> bool,
    mut seen: impl FnMut(usize),
) -> bool {
    /// How many names are kept: what is beyond them has no name.
    const MOST: usize = 1 << 18;
    let mut lexer = Lexer::at(bytes, start);
    let (mut stack, mut memo, mut count) = (Vec::new(), HashMap::new(), 0_u64);
    loop {
        let at = lexer.offset();
        let Ok(op) = lexer.next_op() else { return true };
        let Some(less) = left.checked_sub(lexer.offset().saturating_sub(at).min(64)) else {
            *left = 0;
            return true;
        };
        *left = less;
        seen(at);
        let slot = match op {
            Op::Memoize => Some(count),
            Op::BinPut(slot) => Some(slot.into()),
            Op::LongBinPut(slot) => Some(slot.into()),
            Op::Put(line) => str::from_utf8(line).ok().and_then(|line| line.trim().parse().ok()),
            _ => None,
        };
        if let Some(slot) = slot {
            count += u64::from(slot >= count);
            match stack.last() {
                Some(Left::Name(name)) if memo.len() < MOST => _ = memo.insert(slot, name.clone()),
                _ => _ = memo.remove(&slot),
            }
            continue;
        }
        let get = match op {
            Op::BinGet(slot) => Some(u64::from(slot)),
            Op::LongBinGet(slot) => Some(slot.into()),
            Op::Get(line) => str::from_utf8(line).ok().and_then(|line| line.trim().parse().ok()),
            _ => None,
        };
        if let Some(slot) = get {
            stack.push(memo.get(&slot).cloned().map_or(Left::Other, Left::Name));
            continue;
        }
        match op {
            Op::Stop => return true,
            Op::Mark => stack.push(Left::Mark),
            Op::Dup => stack.extend(stack.last().cloned()),
            Op::StackGlobal => {
                let (name, module) = (stack.pop(), stack.pop());
                if let (Some(Left::Name(module)), Some(Left::Name(name))) = (module, name)
                    && !each(at, &module, &name)
                {
                    return false;
                }
                stack.push(Left::Other);
            }
            op => match text(&op) {
                Some(name) => stack.push(Left::Name(name)),
                None => take(&mut stack, op.opcode()),
            },
        }
    }
}

/// Takes from the stack what an opcode takes, and leaves what it leaves, which is no name. What is not there was before the first opcode.
fn take(stack: &mut Vec<Left<'_>>, opcode: Opcode) {
    let before = opcode.stack_before();
    match before.iter().position(|item| *item == StackItem::Mark) {
        Some(mark) => {
            let last = stack.iter().rposition(|item| matches!(item, Left::Mark)).unwrap_or(0);
            stack.truncate(last.saturating_sub(mark));
        }
        None => stack.truncate(stack.len().saturating_sub(before.len())),
    }
    stack.extend(opcode.stack_after().iter().map(|_| Left::Other));
}

/// The text that an opcode makes, if it may be a name.
fn text<'b>(op: &Op<'b>) -> Option<Cow<'b, [u8]>> {
    let text = match *op {
        Op::ShortBinUnicode(text)
        | Op::BinUnicode(text)
        | Op::BinUnicode8(text)
        | Op::BinString(text)
        | Op::ShortBinString(text) => Cow::Borrowed(text),
        Op::Unicode(line) if line.len() <= 6 * LONGEST => escape::unicode_line(line).ok()?,
        Op::String(line) if line.len() <= 6 * LONGEST => escape::string_line(line).ok()?,
        _ => return None,
    };
    (text.len() <= LONGEST && text.iter().all(|&byte| is_of_name(byte))).then_some(text)
}

#[cfg(test)]
mod tests {
    use crate::Doubt;

    fn names(bytes: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        let is_all = Doubt::each_far_name(
            bytes,
            |module| module == b"os",
            |_, module, name| {
                names.push(format!("{}.{}", module.escape_ascii(), name.escape_ascii()));
                true
            },
        );
        assert!(is_all);
        names
    }

    #[test]
    fn names_are_found_however_far_before_they_are() {
        let far = [b"B\x10\x27\0\0", &[7; 10_000][..], b"0"].concat();
        let os: &[u8] = b"\x8c\x02os";
        let cases: [(&str, Vec<&[u8]>); 11] = [
            ("on the stack", vec![os, b"\x8c\x06system", &far, b"\x93"]),
            ("on the stack, kept", vec![os, b"\x94", b"\x8c\x06system\x94", &far, b"\x93"]),
            ("apart", vec![os, &far, b"\x8c\x06system", &far, b"\x93"]),
            ("under others", vec![os, b"\x8c\x06system(NNt0", &far, b"\x93"]),
            ("from the memo", vec![os, b"\x940\x8c\x06system\x940", &far, b"h\0h\x01\x93"]),
            ("in slots", vec![os, b"q\x050\x8c\x06systemr\x09\0\0\x010", &far, b"h\x05j\x09\0\0\x01\x93"]),
            ("the second first", vec![b"\x8c\x06systemq\x070", &far, os, &far, b"h\x07\x93"]),
            ("in lines", vec![b"Vos\np3\n0S'sys\\x74em'\np4\n0", &far, b"g3\ng4\n\x93"]),
            ("in a dict that was there", vec![os, b"\x94\x8c\x06system\x94s", &far, b"h\0h\x01\x93"]),
            (
                "behind a mark",
                vec![b"\x80\x04]\x94]\x94", os, b"\x940\x8c\x06system\x940", &far, b"h\x02h\x03\x93"],
            ),
            ("twice", vec![os, b"2\x940\x8c\x06system\x94", &far, b"\x93"]),
        ];
        for (what, parts) in cases {
            let bytes = [b"\xff\xff", &parts.concat()[..], b"."].concat();
            let expected = match what {
                // From the text on, the first is not there.
                "the second first" => vec![],
                _ => vec!["os.system"],
            };
            assert_eq!(names(&bytes), expected, "{what}");
        }
        // Text that is data, and other imports by number.
        let data = [
            b"\x80\x04\x8c\x03app\x94\x8c\x01A\x94\x93)\x81\x8c\x02os\x94\x8c\x06system\x94",
            &far[..],
            b"h\0h\x01\x93.",
        ];
        assert_eq!(names(&data.concat()), ["app.A", "app.A"]);
    }

    #[test]
    fn what_takes_too_long_is_told() {
        let bytes = b"\x80\x04\x8c\x02os".repeat(5000);
        assert!(!Doubt::each_far_name(&bytes, |module| module == b"os", |_, _, _| true));
    }
}
