//! Names in the form that opcodes have, anywhere in bytes: a net below all that is read.

use memchr::memchr2_iter;

use super::forms::{after_name, is_of_name, names};
use super::run::Runs;
use crate::{Doubt, Window};

/// The longest name that is looked for.
const LONGEST: usize = 128;

impl Doubt {
    /// Calls `each` for every name that an opcode would import if it were run, whatever the bytes are: with the offset of that opcode, the module
    /// and the qualified name. That is `cos\nsystem\n` where it goes on as a pickle may, and two texts before a `STACK_GLOBAL`, or those that the opcodes
    /// shortly before one leave there, from the memo or from under other things. It ends where `each` says no.
    ///
    /// The bytes are read once; only places where such an opcode may be take more. Whether these were all looked at is the answer: no if they are
    /// so many that it would take too long. Lines are told of in any case, from some number of opcodes on without a look at what follows them.
    ///
    /// ```
    /// use halfsour_files::Doubt;
    ///
    /// let mut names = Vec::new();
    /// Doubt::each_name(b"\xffcos\nsystem\n(\x8c\x02nt\x94\x8c\x06system\x94\x93", |at, module, name| {
    ///     names.push((at, [module, name].concat()));
    ///     true
    /// });
    /// assert_eq!(names, [(1, b"ossystem".to_vec()), (27, b"ntsystem".to_vec())]);
    /// ```
    pub fn each_name(bytes: &[u8], mut each: impl FnMut(usize, &[u8], &[u8]) -> bool) -> bool {
        const FIRST: usize = 1 << 22;
        const PER_BYTE: usize = 2;
        let (mut window, mut runs) = (Window::new(), Runs::new(bytes.len()));
        let mut left = FIRST + bytes.len().saturating_mul(PER_BYTE);
        for at in memchr2_iter(b'\n', 0x93, bytes) {
            window.slide(bytes, at);
            let goes_on = if bytes[at] == b'\n' {
                of_lines(bytes, at, &mut left, &mut each)
            } else {
                let mut is_told = false;
                let mut tell = |at: usize, module: &[u8], name: &[u8]| {
                    is_told = true;
                    each(at, module, name)
                };
                of_texts(bytes, at, &mut tell) && (is_told || runs.of_opcodes(bytes, at, &mut each))
            };
            if !goes_on {
                return true;
            }
        }
        !runs.is_spent()
    }
}

/// Tells of each `GLOBAL` or `INST` whose first line ends here. Letters before an opcode may belong to anything. `left` is the number of opcodes
/// that may be read.
fn of_lines(
    bytes: &[u8],
    end: usize,
    left: &mut usize,
    each: &mut impl FnMut(usize, &[u8], &[u8]) -> bool,
) -> bool {
    let line = &bytes[end.saturating_sub(LONGEST)..end];
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let length = line.iter().rev().take_while(|&&byte| is_of_name(byte)).count();
    let rest = &bytes[end + 1..];
    let Some(behind) = after_name(rest).filter(|_| length > 1) else { return true };
    let name = rest[..rest.len() - behind.len()].trim_ascii_end();
    // Of `Vint` and `p7`, a text that is put into the memo, the end is no import.
    if is_put(name) {
        return true;
    }
    let begin = end - (end.min(LONGEST) - line.len()) - length;
    let line = &line[line.len() - length..];
    let opcodes = line.iter().enumerate().filter(|(_, byte)| matches!(byte, b'c' | b'i'));
    let mut module_ends =
        opcodes.filter(|&(at, _)| at + 1 < line.len() && goes_on(&bytes[begin + at..], behind, left));
    module_ends.all(|(at, _)| each(begin + at, &line[at + 1..], name))
}

/// Whether a line is the opcode that puts something into the memo.
fn is_put(line: &[u8]) -> bool {
    matches!(line, [b'p', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

/// Whether what follows a name may be opcodes, and not more lines of text, or a pickle goes on to its end, or too many opcodes follow to be looked
/// at.
fn goes_on(opcode: &[u8], behind: &[u8], left: &mut usize) -> bool {
    const FAR: usize = 1 << 12;
    const MOST: usize = 1 << 10;
    let is_text = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    match behind {
        [b'(' | b')' | b']' | b'}' | b'.' | b'0', ..]
        | [b'I' | b'L' | b'F' | b'g' | b'p', b'0'..=b'9', ..]
        | [b'S', b'\'' | b'"', ..] => true,
        [first, ..] if !is_text(*first) => true,
        [b'A'..=b'Z' | b'a'..=b'z', second, ..] if !is_text(*second) => true,
        _ => {
            let most = MOST.min(*left);
            let mut unread = most;
            let goes_on = names(&opcode[..opcode.len().min(FAR)], &mut unread);
            *left -= most - unread;
            goes_on
        }
    }
}

/// Tells of the two texts before a `STACK_GLOBAL`.
fn of_texts(bytes: &[u8], at: usize, each: &mut impl FnMut(usize, &[u8], &[u8]) -> bool) -> bool {
    each_text(&bytes[..at], &mut |before, name| each_text(before, &mut |_, module| each(at, module, name)))
}

/// Calls `each` for every text that an opcode at the end may make, with what comes before it; what puts the text into the memo may follow it.
fn each_text<'b>(bytes: &'b [u8], each: &mut impl FnMut(&'b [u8], &'b [u8]) -> bool) -> bool {
    let ends = [Some(bytes), unkept(bytes)].into_iter().flatten();
    for end in ends {
        // Of texts in lines, the line ends behind them.
        let line = end.strip_suffix(b"\n");
        let quoted = line.and_then(|line| line.strip_suffix(b"'").or(line.strip_suffix(b"\"")));
        for (text, is_line) in [(Some(end), false), (line, true), (quoted, true)] {
            let Some(text) = text else { continue };
            let longest = text.iter().rev().take(LONGEST).take_while(|&&byte| is_of_name(byte)).count();
            for length in 1..=longest {
                let (head, name) = text.split_at(text.len() - length);
                if let Some(before) = before_text(head, length, is_line)
                    && !each(before, name)
                {
                    return false;
                }
            }
        }
    }
    true
}

/// What comes before an opcode whose text, of this length, follows.
fn before_text(head: &[u8], length: usize, is_line: bool) -> Option<&[u8]> {
    if is_line {
        let quoted = head.strip_suffix(b"S'").or(head.strip_suffix(b"S\""));
        return head.strip_suffix(b"V").or(quoted);
    }
    let short = u8::try_from(length).ok()?;
    match head {
        [before @ .., 0x8c | b'U', stated] if *stated == short => Some(before),
        [before @ .., b'X' | b'T', stated, 0, 0, 0] if *stated == short => Some(before),
        [before @ .., 0x8d, stated, 0, 0, 0, 0, 0, 0, 0] if *stated == short => Some(before),
        _ => None,
    }
}

/// The bytes without an opcode at their end that puts something into the memo.
fn unkept(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [before @ .., 0x94] | [before @ .., b'q', _] | [before @ .., b'r', _, _, _, _] => Some(before),
        [lines @ .., b'\n'] => {
            let digits = lines.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
            lines[..lines.len() - digits].strip_suffix(b"p").filter(|_| digits > 0)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::goes_on;

    /// Each `c` in a line of many may be an opcode, and the lines behind it are the same for all.
    #[test]
    fn opcodes_are_read_only_so_often() {
        let lines = "cccc\nccc\n".repeat(100) + "text";
        let behind = lines.strip_prefix("cccc\nccc\n").unwrap().as_bytes();
        let mut left = 250;
        let answers = [(); 4].map(|()| goes_on(lines.as_bytes(), behind, &mut left));
        assert_eq!((answers, left), ([false, false, true, true], 0));
    }
}
