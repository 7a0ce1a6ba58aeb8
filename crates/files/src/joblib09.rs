//! What joblib wrote before its release 0.10: compressed files, and pickles with arrays in files of their own beside them.

use std::path::Path;

use bytes::Bytes;
use halfsour_lexer::Opcode;
use halfsour_value::{Id, View};
use halfsour_vm::{Event, Loader, Observer};

use crate::limits::Budget;
use crate::source::read;
use crate::{ErrorKind, Npy};

const INVALID: ErrorKind = ErrorKind::Malformed("the header is invalid");

/// The compressed data after the header: `ZF`, and the length of what it becomes, as `0x2a`, padded with blanks.
pub(crate) fn compressed(bytes: &[u8]) -> Result<&[u8], ErrorKind> {
    const LENGTH: usize = 19;
    let (length, rest) =
        bytes.get(2..).and_then(|rest| rest.split_at_checked(LENGTH)).ok_or(ErrorKind::Truncated)?;
    let is_length = |byte: &u8| byte.is_ascii_hexdigit() || b"x ".contains(byte);
    if !length.iter().all(is_length) {
        return Err(INVALID);
    }
    // Releases up to 0.8.4 padded with one more under Python 2.
    Ok(rest.strip_prefix(b" ").unwrap_or(rest))
}

/// A place in the stream after which there is to be an array.
struct Place {
    offset: usize,
    file: String,
    class: [String; 2],
}

#[derive(Default)]
struct Places(Vec<Place>);

impl Observer for &mut Places {
    fn opcode(&mut self, _: usize, _: Opcode) {}

    fn event(&mut self, view: View<'_>, offset: usize, event: Event) {
        if let Event::Build { object, state } = event {
            self.0.extend(place(view, offset, object, state));
        }
    }
}

const WRAPPER: &str = "NDArrayWrapper";

fn place(view: View<'_>, offset: usize, object: Id, state: Id) -> Option<Place> {
    let text = |bytes: &[u8]| Some(str::from_utf8(bytes).ok()?.to_owned());
    let [module, name] = view.global(view.class(object)?)?;
    if name != WRAPPER.as_bytes() || !module.ends_with(b"joblib.numpy_pickle") {
        return None;
    }
    let file = text(view.text_bytes(view.item(state, b"filename")?)?)?;
    let [module, name] = view.global(view.item(state, b"subclass")?)?;
    let class = [text(module)?, text(name)?];
    Some(Place { offset, file, class })
}

/// The pickle with the arrays that are in files beside it. `None` says that there are none.
///
/// A file that is not there, or whose array cannot be said in a few opcodes, leaves the object that names it.
pub(crate) fn with_arrays(bytes: &Bytes, path: &Path, budget: &Budget) -> Result<Option<Bytes>, ErrorKind> {
    // The large data of such a pickle is in other files.
    const MOST: usize = 64 << 20;
    let is_candidate = bytes.len() <= MOST && memchr::memmem::find(bytes, WRAPPER.as_bytes()).is_some();
    let Some(directory) = path.parent().filter(|_| is_candidate) else { return Ok(None) };
    let mut places = Places::default();
    if Loader::new().load_observed(&bytes[..], 0, &mut places).is_err() {
        return Ok(None);
    }
    let mut made = Vec::new();
    let mut done = 0;
    for Place { offset, file, class } in places.0 {
        // Only what lies in the same directory: a pickle could name any file.
        if file.contains(['/', '\\', ':']) || file.starts_with('.') {
            continue;
        }
        let Ok(npy) = read(&directory.join(&file)) else { continue };
        let Some(array) = array(&npy, &class)? else { continue };
        budget.spend(array.len() as u64)?;
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

/// The opcodes of an array, as numpy has itself pickled, but without a memo.
fn array(npy: &[u8], [module, name]: &[String; 2]) -> Result<Option<Vec<u8>>, ErrorKind> {
    let header = Npy::parse(npy)?;
    let Some(descr) = header.descr.as_str().filter(|_| !module.contains('\n') && !name.contains('\n')) else {
        return Ok(None);
    };
    let Some((order, code)) = descr.split_at_checked(1) else { return Ok(None) };
    let (kind, width) = code.split_at(code.len().min(1));
    let Some(width) = width.parse::<u64>().ok().filter(|_| "biufcSU".contains(kind)) else { return Ok(None) };
    // Characters of text take four bytes. Only texts state their size.
    let size = if kind == "U" { width.saturating_mul(4) } else { width };
    let (stated, alignment) = match kind {
        "U" => (size, 4),
        "S" => (size, 1),
        _ => (NONE, NONE),
    };
    let length = header.shape.iter().try_fold(size, |length, &extent| length.checked_mul(extent));
    let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(ErrorKind::Truncated)?;
    let data = npy[header.data..].get(..length).ok_or(ErrorKind::Truncated)?;

    let mut out = Vec::with_capacity(data.len() + 256);
    out.extend_from_slice(b"cnumpy.core.multiarray\n_reconstruct\n(c");
    out.extend_from_slice(format!("{module}\n{name}\n(K\0tC\x01btR(K\x01(").as_bytes());
    for &extent in &header.shape {
        int(extent, &mut out);
    }
    out.extend_from_slice(b"tcnumpy\ndtype\n(");
    text(code, &mut out);
    out.extend_from_slice(b"K\0K\x01tR(K\x03");
    text(order, &mut out);
    out.extend_from_slice(b"NNN");
    int(stated, &mut out);
    int(alignment, &mut out);
    out.extend_from_slice(b"K\0tb");
    out.push(if header.fortran_order { Opcode::NewTrue } else { Opcode::NewFalse }.byte());
    out.push(Opcode::BinBytes8.byte());
    out.extend_from_slice(&(data.len() as u64).to_le_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"tb");
    Ok(Some(out))
}

/// A size or alignment that the type of an array has by its name.
const NONE: u64 = u64::MAX;

/// An int of 64 bits, in which all ones are -1.
fn int(value: u64, out: &mut Vec<u8>) {
    out.extend([Opcode::Long1.byte(), 8]);
    out.extend(value.to_le_bytes());
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.extend([Opcode::ShortBinUnicode.byte(), u8::try_from(text.len()).unwrap_or(u8::MAX)]);
    out.extend(text.as_bytes());
}
