//! [`Program`]: streams with valid stack and memo use, which a fuzzer of bytes takes long to find.

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Result, Unstructured};
use halfsour_opcode::{ArgKind, Opcode, StackItem};

/// A pickle that is valid except for faults in its data, such as a key that cannot be hashed or text that is not UTF-8.
#[derive(Clone, Debug)]
pub struct Program(pub Vec<u8>);

/// The out-of-band buffers that a program may use.
pub const BUFFERS: [&[u8]; 2] = [b"writable", b"read-only"];

/// The globals of programs, as the two lines of `GLOBAL`. halfsour gives some of them a meaning.
const GLOBALS: [(&str, &str); 10] = [
    ("m", "C"),
    ("m", "f.g"),
    ("builtins", "set"),
    ("builtins", "bytearray"),
    ("__builtin__", "object"),
    ("copyreg", "_reconstructor"),
    ("copyreg", "__newobj__"),
    ("_codecs", "encode"),
    ("collections", "OrderedDict"),
    ("\u{e9}t\u{e9}", "\u{1d4ab}"),
];
const LINES: [&str; 6] = ["", "a", "\\u00e9", "\"", "\\'\"", "\\x41\\n"];
const INTS: [&str; 7] = ["0", "00", "01", "-1", "2147483648", "-9223372036854775809", " 12 "];
const LONGS: [&str; 5] = ["0L", "7", "-1L", "123456789012345678901234567890L", " 12L"];
const FLOATS: [&str; 6] = ["0", "-0.0", "1e5", "-inf", "nan", " 10.5"];
const TEXTS: [&[u8]; 7] = [b"", b"key", b"\xc3\xa9", b"\xed\xa0\x80", b"\xf0\x9f\xa5\x92", b"latin1", b"C"];

impl<'a> Arbitrary<'a> for Program {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let mut machine = Machine::default();
        while !input.is_empty() {
            machine.step(*input.choose(Opcode::ALL)?, input)?;
        }
        Ok(Self(machine.finish()))
    }
}

/// The kinds of objects on the stack and in the memo, as far as the table of opcodes tells.
#[derive(Default)]
struct Machine {
    out: Vec<u8>,
    stack: Vec<StackItem>,
    memo: BTreeMap<u32, StackItem>,
    buffers: usize,
}

impl Machine {
    /// Appends an opcode, if it is valid in this place.
    fn step(&mut self, opcode: Opcode, input: &mut Unstructured<'_>) -> Result<()> {
        let Some(below) = self.fits(opcode) else { return Ok(()) };
        self.out.push(opcode.byte());
        let top = self.stack.last().copied();
        let mut fetched = None;
        match (opcode, opcode.arg()) {
            (Opcode::Get | Opcode::BinGet | Opcode::LongBinGet, Some(kind)) => {
                let slots: Vec<_> = self.memo.iter().map(|(&slot, &item)| (slot, item)).collect();
                let (slot, item) = *input.choose(&slots)?;
                self.number(kind, slot);
                fetched = Some(item);
            }
            (Opcode::Put | Opcode::BinPut | Opcode::LongBinPut, Some(kind)) => {
                let slot = input.int_in_range(0..=9)?;
                self.number(kind, slot);
                self.memo.extend(top.map(|item| (slot, item)));
            }
            (Opcode::Memoize, _) => {
                let next = u32::try_from(self.memo.len()).expect("there is one for each byte at most");
                self.memo.extend(top.map(|item| (next, item)));
            }
            (Opcode::Proto, _) => self.out.push(input.int_in_range(0..=5)?),
            (Opcode::Frame, _) => self.out.extend(input.int_in_range(0_u64..=9)?.to_le_bytes()),
            (Opcode::NextBuffer, _) => self.buffers += 1,
            (Opcode::Ext1, _) => self.out.push(input.int_in_range(1..=u8::MAX)?),
            (Opcode::Ext2, _) => self.out.extend(input.int_in_range(1..=u16::MAX)?.to_le_bytes()),
            (Opcode::Ext4, _) => self.out.extend(input.int_in_range(1..=i32::MAX)?.to_le_bytes()),
            (_, Some(kind)) => self.argument(kind, input)?,
            _ => {}
        }
        self.stack.truncate(below);
        match (opcode, top) {
            (Opcode::Dup, Some(top)) => self.stack.extend([top, top]),
            (Opcode::Put | Opcode::BinPut | Opcode::LongBinPut | Opcode::Memoize, _) => {}
            _ => match fetched {
                Some(item) => self.stack.push(item),
                None => self.stack.extend(opcode.stack_after()),
            },
        }
        Ok(())
    }

    /// Returns the height of the stack below the operands of an opcode, or `None` if the opcode is not valid in this place.
    fn fits(&self, opcode: Opcode) -> Option<usize> {
        use StackItem::{Any, Dict, Str, Tuple};

        let wanted: &[StackItem] = match opcode {
            Opcode::Stop => return None,
            Opcode::NextBuffer if self.buffers == BUFFERS.len() => return None,
            Opcode::Get | Opcode::BinGet | Opcode::LongBinGet if self.memo.is_empty() => return None,
            Opcode::Put | Opcode::BinPut | Opcode::LongBinPut | Opcode::Memoize => {
                return self.stack.last().filter(|&&top| top != StackItem::Mark).map(|_| self.stack.len());
            }
            // The table does not have this fact.
            Opcode::Build => &[Any, Any],
            Opcode::Reduce | Opcode::NewObj => &[Any, Tuple],
            Opcode::NewObjEx => &[Any, Tuple, Dict],
            Opcode::StackGlobal => &[Str, Str],
            _ => opcode.stack_before(),
        };
        let mark = self.stack.iter().rposition(|&item| item == StackItem::Mark);
        let (fixed, from) = match wanted.iter().position(|&item| item == StackItem::Mark) {
            None => (wanted, self.stack.len()),
            Some(at) => {
                let above = &self.stack[mark? + 1..];
                let keys = match opcode {
                    Opcode::Dict | Opcode::SetItems if above.len().is_multiple_of(2) => 2,
                    Opcode::Dict | Opcode::SetItems => return None,
                    Opcode::AddItems | Opcode::FrozenSet => 1,
                    Opcode::Obj if above.first() != Some(&Any) => return None,
                    _ => usize::MAX,
                };
                if !above.iter().step_by(keys).all(|&item| keys == usize::MAX || is_hashable(item)) {
                    return None;
                }
                (&wanted[..at], mark?)
            }
        };
        let below = from.checked_sub(fixed.len())?;
        let there = &self.stack[below..from];
        let calls = matches!(opcode, Opcode::Reduce | Opcode::NewObj | Opcode::NewObjEx | Opcode::Build);
        if calls && there[0] != Any {
            return None;
        }
        let changes = matches!(
            opcode,
            Opcode::Append | Opcode::Appends | Opcode::SetItem | Opcode::SetItems | Opcode::AddItems
        );
        let fit = |(&wanted, &item): (&StackItem, &StackItem)| match wanted {
            Any => item != StackItem::Mark,
            wanted => item == wanted || (item == Any && changes),
        };
        if opcode == Opcode::SetItem && !is_hashable(there[1]) {
            return None;
        }
        fixed.iter().zip(there).all(fit).then_some(below)
    }

    fn number(&mut self, kind: ArgKind, number: u32) {
        match kind {
            ArgKind::Uint1 => self.out.extend(u8::try_from(number)),
            ArgKind::Uint4 => self.out.extend(number.to_le_bytes()),
            _ => self.line(&number.to_string()),
        }
    }

    fn line(&mut self, text: &str) {
        self.out.extend(text.as_bytes());
        self.out.push(b'\n');
    }

    fn argument(&mut self, kind: ArgKind, input: &mut Unstructured<'_>) -> Result<()> {
        match kind {
            ArgKind::Uint1 => self.out.extend(<[u8; 1]>::arbitrary(input)?),
            ArgKind::Uint2 => self.out.extend(<[u8; 2]>::arbitrary(input)?),
            ArgKind::Int4 | ArgKind::Uint4 => self.out.extend(<[u8; 4]>::arbitrary(input)?),
            ArgKind::Uint8 | ArgKind::Float8 => self.out.extend(<[u8; 8]>::arbitrary(input)?),
            ArgKind::DecimalNlShort => self.line(input.choose(&INTS)?),
            ArgKind::DecimalNlLong => self.line(input.choose(&LONGS)?),
            ArgKind::FloatNl => self.line(input.choose(&FLOATS)?),
            ArgKind::UnicodeStringNl | ArgKind::StringNlNoEscape => self.line(input.choose(&LINES)?),
            ArgKind::StringNl => self.line(&format!("'{}'", input.choose(&LINES)?)),
            ArgKind::StringNlNoEscapePair => {
                let (module, name) = input.choose(&GLOBALS)?;
                self.line(module);
                self.line(name);
            }
            ArgKind::String1 | ArgKind::Bytes1 | ArgKind::UnicodeString1 | ArgKind::Long1 => {
                self.counted(1, input)?;
            }
            ArgKind::String4 | ArgKind::Bytes4 | ArgKind::UnicodeString4 | ArgKind::Long4 => {
                self.counted(4, input)?;
            }
            ArgKind::Bytes8 | ArgKind::ByteArray8 | ArgKind::UnicodeString8 => self.counted(8, input)?,
        }
        Ok(())
    }

    fn counted(&mut self, width: usize, input: &mut Unstructured<'_>) -> Result<()> {
        let text = input.choose(&TEXTS)?;
        self.out.extend(&(text.len() as u64).to_le_bytes()[..width]);
        self.out.extend(*text);
        Ok(())
    }

    /// Makes one object of all that is on the stack.
    fn finish(mut self) -> Vec<u8> {
        let marks = self.stack.iter().filter(|&&item| item == StackItem::Mark).count();
        for _ in 0..marks {
            self.out.push(Opcode::Tuple.byte());
        }
        let bottom = self.stack.iter().position(|&item| item == StackItem::Mark);
        let left = bottom.map_or(self.stack.len(), |at| at + 1);
        if left == 0 {
            self.out.push(Opcode::None.byte());
        }
        self.out.extend(std::iter::repeat_n(Opcode::Tuple2.byte(), left.saturating_sub(1)));
        self.out.push(Opcode::Stop.byte());
        self.out
    }
}

fn is_hashable(item: StackItem) -> bool {
    !matches!(
        item,
        StackItem::List | StackItem::Dict | StackItem::Set | StackItem::ByteArray | StackItem::Mark
    )
}
