//! [`Array`]: an array of numpy, as the pickle has it.

use halfsour_vm::value::machine::{Peek, StepKind};
use halfsour_vm::value::{Id, View};

use super::number;

/// An array: its shape, and what its items are.
pub(super) struct Array<'v> {
    pub shape: Vec<usize>,
    /// The bytes or list in which the items are.
    pub data: Id,
    dtype: DType,
    items: Items<'v>,
}

enum Items<'v> {
    Bytes(&'v [u8]),
    Objects(&'v [Id]),
}

/// The dtype of an array: that of a number, or of several with names.
struct DType {
    size: usize,
    number: Number,
    fields: Vec<Number>,
}

/// How a number lies in an item.
#[derive(Clone, Copy)]
struct Number {
    /// numpy's letter of the kind: `i`, `u`, `f`, `b`, `O`.
    kind: u8,
    offset: usize,
    size: usize,
    is_big_endian: bool,
}

impl<'v> Array<'v> {
    /// Returns the array of an object that numpy's own functions, or joblib's wrapper, make; `None` if it is not one, is not whole, or
    /// changes later.
    pub fn of(view: View<'v>, id: Id) -> Option<Self> {
        let Peek::Instance(instance) = view.peek(id) else { return None };
        let [module, name] = view.global(view.class(id)?)?;
        let (args, None) = view.arguments(id)? else { return None };
        let mut steps = instance.steps();
        let mut only = |kind: StepKind| match steps.next() {
            Some((made, items)) if made == kind => Some(items.to_vec()),
            _ => None,
        };
        let is_numpy = module == b"numpy" || module.starts_with(b"numpy.");
        let (shape, dtype, data) = match name {
            b"_reconstruct" if is_numpy => {
                let [_, b"ndarray" | b"memmap"] = view.global(*args.first()?)? else { return None };
                let &[state] = only(StepKind::State)?.as_slice() else { return None };
                let (&[_, shape, dtype, _, data] | &[shape, dtype, _, data]) = view.sequence(state)? else {
                    return None;
                };
                (shape, dtype, data)
            }
            b"_frombuffer" if is_numpy => {
                let &[data, dtype, shape, _] = args else { return None };
                (shape, dtype, data)
            }
            b"NumpyArrayWrapper" if module == b"joblib.numpy_pickle" => {
                let &[state] = only(StepKind::State)?.as_slice() else { return None };
                let &[data] = only(StepKind::Append)?.as_slice() else { return None };
                (view.item(state, b"shape")?, view.item(state, b"dtype")?, data)
            }
            _ => return None,
        };
        if steps.next().is_some() {
            return None;
        }
        let shape = match view.peek(shape) {
            Peek::Tuple(shape) => {
                shape.iter().map(|&length| number(view, length)).collect::<Option<Vec<_>>>()?
            }
            _ => vec![number(view, shape)?],
        };
        let dtype = DType::of(view, dtype)?;
        let count = shape.iter().try_fold(1_usize, |count, &length| count.checked_mul(length))?;
        let items = match view.peek(data) {
            Peek::List(objects) if dtype.number.kind == b'O' && objects.len() == count => {
                Items::Objects(objects)
            }
            Peek::Bytes(bytes) | Peek::ByteString(bytes) | Peek::ByteArray(bytes)
                if dtype.number.kind != b'O' && Some(bytes.len()) == count.checked_mul(dtype.size) =>
            {
                Items::Bytes(bytes)
            }
            _ => return None,
        };
        Some(Self { shape, data, dtype, items })
    }

    /// How many bytes or objects are in it.
    pub fn cost(&self) -> u64 {
        match self.items {
            Items::Bytes(bytes) => bytes.len() as u64,
            Items::Objects(objects) => objects.len() as u64,
        }
    }

    /// The length, if it has one dimension.
    pub fn length(&self) -> Option<usize> {
        match self.shape[..] {
            [length] => Some(length),
            _ => None,
        }
    }

    /// Whether its items are floats of eight bytes.
    pub fn is_double(&self) -> bool {
        self.dtype.fields.is_empty() && self.dtype.number.kind == b'f' && self.dtype.size == 8
    }

    /// The objects, if its items are some.
    pub fn objects(&self) -> Option<&'v [Id]> {
        match self.items {
            Items::Objects(objects) => Some(objects),
            Items::Bytes(_) => None,
        }
    }

    /// The bytes of an array of bytes.
    pub fn bytes(&self) -> Option<&'v [u8]> {
        match self.items {
            Items::Bytes(bytes) if self.dtype.size == 1 => Some(bytes),
            _ => None,
        }
    }

    /// The items of an array of one dimension, if each is a number of eight bytes.
    pub fn words(&self) -> Option<&'v [[u8; 8]]> {
        match self.items {
            Items::Bytes(bytes) if self.dtype.size == 8 && self.shape.len() == 1 => Some(bytes.as_chunks().0),
            _ => None,
        }
    }

    /// The ints of an array of one dimension.
    pub fn ints(&self) -> Option<impl Iterator<Item = i64> + use<'v>> {
        if !self.dtype.fields.is_empty() {
            return None;
        }
        self.column(self.dtype.number)
    }

    /// How many fields an item has.
    pub fn fields(&self) -> usize {
        self.dtype.fields.len()
    }

    /// The ints in a field of each item, by its number. The kinds of the fields have to be one of these: numpy and Cython find
    /// fields by their place, whatever their names are.
    pub fn field(&self, kinds: &[&[u8]], at: usize) -> Option<impl Iterator<Item = i64> + use<'v>> {
        let has = || self.dtype.fields.iter().map(|field| field.kind);
        let is_sorted = self.dtype.fields.windows(2).all(|pair| pair[0].offset < pair[1].offset);
        let is_known = is_sorted && kinds.iter().any(|kinds| has().eq(kinds.iter().copied()));
        if is_known { self.column(*self.dtype.fields.get(at)?) } else { None }
    }

    fn column(&self, number: Number) -> Option<impl Iterator<Item = i64> + use<'v>> {
        let Items::Bytes(bytes) = self.items else { return None };
        if !matches!(number.kind, b'i' | b'u' | b'b')
            || !matches!(number.size, 1 | 2 | 4 | 8)
            || self.length().is_none()
        {
            return None;
        }
        Some(bytes.chunks_exact(self.dtype.size).map(move |item| number.read(item)))
    }
}

impl Number {
    /// A number beyond `i64` is a negative one.
    fn read(self, item: &[u8]) -> i64 {
        let bytes = &item[self.offset..][..self.size];
        let add = |value: u64, &byte: &u8| value << 8 | u64::from(byte);
        let value =
            if self.is_big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) };
        let unused = 64 - 8 * u32::try_from(self.size).expect("it is at most 8");
        if self.kind == b'i' { (value << unused).cast_signed() >> unused } else { value.cast_signed() }
    }
}

impl DType {
    fn of(view: View<'_>, id: Id) -> Option<Self> {
        let Peek::Instance(instance) = view.peek(id) else { return None };
        let [b"numpy", b"dtype"] = view.global(view.class(id)?)? else { return None };
        let (&[name, ..], None) = view.arguments(id)? else { return None };
        let (&letter, digits) = view.text_bytes(name)?.split_first()?;
        let told: usize = str::from_utf8(digits).ok()?.parse().ok()?;
        let mut steps = instance.steps();
        let (Some((StepKind::State, &[state])), None) = (steps.next(), steps.next()) else { return None };
        let &[_, order, sub, names, fields, size, ..] = view.sequence(state)? else { return None };
        let is_big_endian = view.text_bytes(order)? == b">";
        // That of text counts characters, of four bytes.
        let told = if letter == b'U' { told.checked_mul(4)? } else { told };
        let single = Number { kind: letter, offset: 0, size: told, is_big_endian };
        if letter != b'V' {
            return (told > 0 && names == Id::NONE && sub == Id::NONE).then_some(Self {
                size: told,
                number: single,
                fields: Vec::new(),
            });
        }
        let size = number(view, size).filter(|&size| size > 0)?;
        let field = |&name: &Id| {
            let name = view.text_bytes(name)?;
            let &[dtype, offset] = view.sequence(view.item(fields, name)?)? else { return None };
            let dtype = Self::of_number(view, dtype)?;
            let offset = number(view, offset)?;
            let field = Number { offset, ..dtype };
            (offset.checked_add(dtype.size)? <= size).then_some(field)
        };
        let fields = view.sequence(names)?.iter().map(field).collect::<Option<Vec<_>>>()?;
        Some(Self { size, number: single, fields })
    }

    /// A dtype without fields.
    fn of_number(view: View<'_>, id: Id) -> Option<Number> {
        let [b"numpy", b"dtype"] = view.global(view.class(id)?)? else { return None };
        let name = view.text_bytes(*view.arguments(id)?.0.first()?)?;
        if name.first() == Some(&b'V') { None } else { Some(Self::of(view, id)?.number) }
    }
}

/// The value of a scalar of numpy that is an int: `scalar(dtype, bytes)`.
pub(super) fn scalar(view: View<'_>, id: Id) -> Option<i64> {
    let (&[dtype, data], None) = view.arguments(id)? else { return None };
    let number = DType::of_number(view, dtype)?;
    match view.peek(data) {
        Peek::Bytes(bytes) | Peek::ByteString(bytes)
            if matches!(number.kind, b'i' | b'u')
                && matches!(number.size, 1 | 2 | 4 | 8)
                && bytes.len() == number.size =>
        {
            Some(number.read(bytes))
        }
        _ => None,
    }
}
