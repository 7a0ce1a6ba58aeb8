//! Arrays of numpy as opcodes.

use halfsour_classes::numpy::DType;
use halfsour_lexer::Opcode;

use crate::{ErrorKind, Literal};

/// The opcodes of an array of this class, as numpy has itself pickled, but without a memo. `None` if it has objects, or a type that is not known.
pub(super) fn opcodes(
    [module, name]: [&str; 2],
    descr: &Literal,
    shape: &[u64],
    is_fortran: bool,
    data: &[u8],
) -> Result<Option<Vec<u8>>, ErrorKind> {
    if module.contains('\n') || name.contains('\n') {
        return Ok(None);
    }
    let mut out = format!("cnumpy.core.multiarray\n_reconstruct\n(c{module}\n{name}\n(K\0tC\x01btR(K\x01(")
        .into_bytes();
    ints(shape, &mut out);
    out.push(Opcode::Tuple.byte());
    let Some(size) = dtype(descr, &mut out) else { return Ok(None) };
    let length = shape.iter().try_fold(size, |length, &extent| length.checked_mul(extent));
    let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(ErrorKind::Truncated)?;
    let data = data.get(..length).ok_or(ErrorKind::Truncated)?;
    out.push(if is_fortran { Opcode::NewTrue } else { Opcode::NewFalse }.byte());
    out.push(Opcode::BinBytes8.byte());
    out.extend_from_slice(&(data.len() as u64).to_le_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"tb");
    Ok(Some(out))
}

/// Appends what makes a type, which a header of numpy spells so, and returns the size of its elements.
// As deep as literals nest, which reading them limits.
fn dtype(descr: &Literal, out: &mut Vec<u8>) -> Option<u64> {
    match descr {
        Literal::Str(code) => {
            let dtype = DType::parse(code).filter(|dtype| !dtype.has_objects())?;
            named(code, out)?;
            u64::try_from(dtype.size).ok()
        }
        Literal::Tuple(parts) => match &parts[..] {
            [base, shape] => sub_array(base, shape, out),
            _ => None,
        },
        Literal::List(fields) => structured(fields, out),
        Literal::Bool(_) | Literal::Int(_) | Literal::Dict(_) => None,
    }
}

/// `numpy.dtype('<f8')`
fn named(code: &str, out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(b"cnumpy\ndtype\n(");
    text(code, out)?;
    out.extend_from_slice(b"tR");
    Some(())
}

/// The flag that numpy gives types with fields.
const FIELDS: u8 = 16;

/// A type whose elements have parts, and this size: its state is version, order, sub-array, names, fields, size, alignment and flags.
fn made_of_parts(size: u64, parts: &[u8], flags: u8, out: &mut Vec<u8>) -> Option<u64> {
    out.extend_from_slice(b"cnumpy\ndtype\n(");
    text(&format!("V{size}"), out)?;
    // As numpy writes it: not aligned, and a copy, which may be given a state.
    out.extend([Opcode::NewFalse, Opcode::NewTrue, Opcode::Tuple, Opcode::Reduce].map(Opcode::byte));
    out.extend_from_slice(b"(K\x03");
    text("|", out)?;
    out.extend_from_slice(parts);
    int(size, out);
    out.extend_from_slice(&[b'K', 1, b'K', flags, b't', b'b']);
    Some(size)
}

/// Arrays of one shape.
fn sub_array(base: &Literal, shape: &Literal, out: &mut Vec<u8>) -> Option<u64> {
    let Literal::Tuple(shape) = shape else { return None };
    let shape = shape.iter().map(Literal::as_u64).collect::<Option<Vec<_>>>()?;
    let mut parts = vec![Opcode::Mark.byte()];
    let base = dtype(base, &mut parts)?;
    parts.push(Opcode::Mark.byte());
    ints(&shape, &mut parts);
    parts.extend_from_slice(b"ttNN");
    made_of_parts(shape.iter().try_fold(base, |size, &extent| size.checked_mul(extent))?, &parts, 0, out)
}

/// Fields, each after the other. What has no name lies between them.
fn structured(fields: &[Literal], out: &mut Vec<u8>) -> Option<u64> {
    let (mut names, mut dict, mut size) = (Vec::new(), Vec::new(), 0u64);
    for field in fields {
        let Literal::Tuple(parts) = field else { return None };
        let mut made = Vec::new();
        let (name, width) = match &parts[..] {
            [name, base] => (name, dtype(base, &mut made)?),
            [name, base, shape] => (name, sub_array(base, shape, &mut made)?),
            _ => return None,
        };
        let (title, name) = match name {
            Literal::Str(name) => (None, name),
            Literal::Tuple(names) => match &names[..] {
                [Literal::Str(title), Literal::Str(name)] => (Some(title), name),
                _ => return None,
            },
            _ => return None,
        };
        if !name.is_empty() {
            text(name, &mut names)?;
            text(name, &mut dict)?;
            dict.push(Opcode::Mark.byte());
            dict.extend(made);
            int(size, &mut dict);
            if let Some(title) = title {
                text(title, &mut dict)?;
            }
            dict.push(Opcode::Tuple.byte());
        }
        size = size.checked_add(width)?;
    }
    let parts = [b"N(", &names[..], b"t}(", &dict, b"u"].concat();
    made_of_parts(size, &parts, FIELDS, out)
}

fn ints(values: &[u64], out: &mut Vec<u8>) {
    for &value in values {
        int(value, out);
    }
}

/// An int of 64 bits.
fn int(value: u64, out: &mut Vec<u8>) {
    out.extend([Opcode::Long1.byte(), 8]);
    out.extend(value.to_le_bytes());
}

fn text(text: &str, out: &mut Vec<u8>) -> Option<()> {
    out.extend([Opcode::ShortBinUnicode.byte(), u8::try_from(text.len()).ok()?]);
    out.extend(text.as_bytes());
    Some(())
}
