//! What joblib wrote before its release 0.10: compressed files, and pickles with arrays in files of their own beside them.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use halfsour_classes::numpy;
use halfsour_lexer::{Lexer, Op, Opcode};
use halfsour_value::machine::Peek;
use halfsour_value::{Graph, Id, View};
use halfsour_vm::{Event, Loader, Observer};

use crate::beside::Room;
use crate::coding::decode;
use crate::limits::Budget;
use crate::{ErrorKind, Format, Literal, Npy, literal};

mod array;

const INVALID: ErrorKind = ErrorKind::Malformed("the header is invalid");

/// The compressed data after the header: `ZF`, and the length of what it becomes, as `0x2a`, padded with blanks.
pub(crate) fn compressed(bytes: &[u8]) -> Result<(&[u8], u64), ErrorKind> {
    const LENGTH: usize = 19;
    let (length, rest) =
        bytes.get(2..).and_then(|rest| rest.split_at_checked(LENGTH)).ok_or(ErrorKind::Truncated)?;
    let digits = str::from_utf8(length).ok().and_then(|text| text.trim_ascii_end().strip_prefix("0x"));
    let length = digits.and_then(|digits| u64::from_str_radix(digits.trim_end_matches('L'), 16).ok());
    // Releases up to 0.8.4 padded with one more under Python 2.
    Ok((rest.strip_prefix(b" ").unwrap_or(rest), length.ok_or(INVALID)?))
}

/// Where states were given to objects, with the states.
#[derive(Default)]
struct Built(Vec<(usize, Id)>);

impl Observer for &mut Built {
    fn opcode(&mut self, _: usize, _: Opcode) {}

    fn event(&mut self, view: View<'_>, offset: usize, event: Event) {
        if let Event::Build { object, state } = event
            && let Some([module, name]) = view.class(object).and_then(|class| view.global(class))
            && WRAPPERS.contains(&name)
            && module.ends_with(b"joblib.numpy_pickle")
        {
            self.0.push((offset, state));
        }
    }
}

/// An object in the place of an array that is in a file; and of one of which only the data is, compressed. The name of the first ends that of
/// the second.
const WRAPPERS: [&[u8]; 2] = [b"NDArrayWrapper", b"ZNDArrayWrapper"];

/// What a wrapper says of the array.
struct Wrapper<'g> {
    graph: &'g Graph<&'g [u8]>,
    state: Id,
}

impl Wrapper<'_> {
    fn item(&self, name: &str) -> Option<Id> {
        self.graph.view().item(self.state, name.as_bytes())
    }

    fn items(&self, name: &str) -> Option<&[Id]> {
        match self.graph.view().peek(self.item(name)?) {
            Peek::Tuple(items) => Some(items),
            _ => None,
        }
    }

    fn class(&self, id: Id) -> Option<[&str; 2]> {
        let [module, name] = self.graph.view().global(id)?;
        Some([str::from_utf8(module).ok()?, str::from_utf8(name).ok()?])
    }

    /// Only what lies in the same directory: a pickle could name any file.
    fn file(&self) -> Option<&str> {
        let file = str::from_utf8(self.graph.view().text_bytes(self.item("filename")?)?).ok()?;
        (!file.contains(['/', '\\', ':']) && !file.starts_with('.')).then_some(file)
    }

    /// The opcodes that make the array; `None` if they cannot be said.
    fn opcodes(&self, file: &[u8], memo: &mut Memo, budget: &Budget) -> Result<Option<Vec<u8>>, ErrorKind> {
        if let Some(class) = self.item("subclass").and_then(|class| self.class(class)) {
            let npy = Npy::parse(file)?;
            if let Some(pickle) = npy.pickle() {
                return Ok(file.get(pickle..).and_then(|pickle| memo.moved(pickle)));
            }
            let Npy { descr, shape, fortran_order, .. } = npy;
            return array::opcodes(class, &descr, &shape, fortran_order, &file[npy.data..]);
        }
        let Some((class, descr, shape, is_fortran)) = self.described() else { return Ok(None) };
        let data = decode(Format::JoblibZ, file, budget)?.bytes;
        array::opcodes(class, &descr, &shape, is_fortran, &data)
    }

    /// The class, type, shape and order of an array of which only the data is in the file.
    fn described(&self) -> Option<([&str; 2], Literal, Vec<u64>, bool)> {
        let &[_, shape, dtype, is_fortran] = self.items("state")? else { return None };
        let class = self.class(*self.items("init_args")?.first()?)?;
        let view = self.graph.view();
        let Peek::Tuple(shape) = view.peek(shape) else { return None };
        let length = |&id: &Id| match view.peek(id) {
            Peek::Int(length) => u64::try_from(length).ok(),
            _ => None,
        };
        let shape = shape.iter().map(length).collect::<Option<_>>()?;
        let is_fortran = match view.peek(is_fortran) {
            Peek::Bool(flag) => flag,
            Peek::Int(flag) => flag != 0,
            _ => return None,
        };
        let descr = literal::parse(&numpy::dtype(self.graph.node(dtype))?.descr()?)?;
        Some((class, descr, shape, is_fortran))
    }
}

/// The slots of the memo that are used, so that a pickle can be put into another.
struct Memo {
    /// The first that is free. `None` if opcodes count by themselves.
    free: Option<u64>,
}

impl Memo {
    fn of(pickle: &[u8]) -> Self {
        let mut memo = Self { free: Some(0) };
        memo.free = memo.copy(pickle).map(|(_, free)| free);
        memo
    }

    /// The opcodes of a pickle, to stand within another.
    fn moved(&mut self, pickle: &[u8]) -> Option<Vec<u8>> {
        let (opcodes, free) = self.copy(pickle)?;
        self.free = Some(free);
        Some(opcodes)
    }

    /// The opcodes with slots from the first free one on, and the one that is free then.
    fn copy(&self, pickle: &[u8]) -> Option<(Vec<u8>, u64)> {
        let first = self.free?;
        let line = |digits: &[u8]| str::from_utf8(digits).ok()?.parse().ok();
        let (mut out, mut free) = (Vec::new(), first);
        let mut lexer = Lexer::new(pickle);
        loop {
            let start = lexer.offset();
            let op = lexer.next_op().ok()?;
            let (opcode, slot) = match op {
                Op::Stop => return Some((out, free)),
                Op::Proto(_) => continue,
                Op::Memoize | Op::Frame(_) => return None,
                Op::Put(digits) => (Opcode::LongBinPut, line(digits)?),
                Op::BinPut(slot) => (Opcode::LongBinPut, u64::from(slot)),
                Op::LongBinPut(slot) => (Opcode::LongBinPut, u64::from(slot)),
                Op::Get(digits) => (Opcode::LongBinGet, line(digits)?),
                Op::BinGet(slot) => (Opcode::LongBinGet, u64::from(slot)),
                Op::LongBinGet(slot) => (Opcode::LongBinGet, u64::from(slot)),
                _ => {
                    out.extend_from_slice(&pickle[start..lexer.offset()]);
                    continue;
                }
            };
            let slot = first.checked_add(slot)?;
            free = free.max(slot.checked_add(1)?);
            out.push(opcode.byte());
            out.extend(u32::try_from(slot).ok()?.to_le_bytes());
        }
    }
}

/// The fault of a file beside a pickle.
pub(crate) struct Fault {
    pub kind: ErrorKind,
    pub file: PathBuf,
}

/// The pickle with the arrays that are in files beside it. `None` says that there are none.
///
/// A file that is not there, or whose array cannot be said in a few opcodes, leaves the object that names it.
pub(crate) fn with_arrays(
    bytes: &Bytes,
    path: &Path,
    room: &mut Room,
    budget: &Budget,
) -> Result<Option<Bytes>, Fault> {
    // The large data of such a pickle is in other files.
    const MOST: usize = 64 << 20;
    let is_candidate = bytes.len() <= MOST && memchr::memmem::find(bytes, WRAPPERS[0]).is_some();
    let Some(directory) = path.parent().filter(|_| is_candidate) else { return Ok(None) };
    let mut built = Built::default();
    let Ok(graph) = Loader::new().load_observed(&bytes[..], 0, &mut built) else { return Ok(None) };
    let mut memo = Memo::of(bytes);
    let mut made = Vec::new();
    let mut done = 0;
    for (offset, state) in built.0 {
        let wrapper = Wrapper { graph: &graph, state };
        let Some(beside) = wrapper.file().map(|file| directory.join(file)) else { continue };
        let fail = |kind| Fault { kind, file: beside.clone() };
        let file = match room.read(&beside) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                return Err(fail(ErrorKind::Io(error.kind())));
            }
            Err(_) => continue,
        };
        let Some(array) = wrapper.opcodes(&file, &mut memo, budget).map_err(fail)? else { continue };
        budget.spend(array.len() as u64).map_err(fail)?;
        // The array takes the place of the object that names the file.
        let end = offset + 1;
        made.extend_from_slice(&bytes[done..end]);
        made.push(Opcode::Pop.byte());
        made.extend(array);
        done = end;
    }
    made.extend_from_slice(&bytes[done..]);
    Ok((done > 0).then(|| made.into()))
}
