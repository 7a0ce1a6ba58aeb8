//! numpy's dtypes and arrays: whether what a state says of memory is so. numpy believes it.
//!
//! `dtype.__setstate__` takes over the flags that say where objects are, and fields and their offsets, without a look:
//! numbers out of the stream become addresses.

use halfsour_vm::value::Id;
use halfsour_vm::value::machine::Peek;
use hashbrown::HashMap;

use crate::Rule;
use crate::at::At;
use crate::ids::IdSet;

/// Why a state is not allowed, and what numpy would do.
type Objection = (Rule, &'static str);

const NOT_NUMPY: Objection = (Rule::R7, "numpy writes no such state");
const FLAGS: Objection =
    (Rule::R7, "its flags are not those of its items: numpy would take numbers for addresses of objects");
const OUTSIDE: Objection =
    (Rule::R7, "its items are not what it has room for: numpy would go beyond its memory");
const LATE: Objection =
    (Rule::R7, "it has its state already, or is in use: numpy would go on with what it was");
const NO_LIST: Objection = (Rule::R7, "its objects are no list");
const TOO_LARGE: Objection = (Rule::R9, "its shape asks for more items than there are");

/// `NPY_ITEM_REFCOUNT`, `NPY_LIST_PICKLE`, `NPY_NEEDS_INIT` and `NPY_NEEDS_PYAPI`: of the flags of fields, those that what
/// they are in has, too.
const OF_FIELDS: i64 = 0x1b;
/// The flags of objects.
const OBJECT: i64 = 0x3f;
/// Those that only what has objects may have.
const ONLY_OBJECTS: i64 = 0x67;
/// All but `NPY_ALIGNED_STRUCT`.
const OF_ITEMS: i64 = 0x7f;

/// The letters of dtypes whose size is in their state.
const FLEXIBLE: [u8; 4] = *b"SUVa";
/// Stands for names that numpy writes no state for.
const OTHER: u8 = b'?';
/// Stands for the classes of numbers.
const NUMBER: u8 = b'f';

/// A dtype that the stream made.
#[derive(Clone, Copy)]
struct DType {
    /// Its letter: `V` is one that may have fields.
    letter: u8,
    /// How many bytes an item has, if that is known.
    size: Option<i64>,
    /// If there are objects in it, its flags.
    flags: i64,
    /// Whether it is an object of its own, not one that the whole program uses.
    is_copy: bool,
    /// Whether nothing else has happened since it was made.
    is_new: bool,
}

/// What is in an item.
#[derive(Clone, Copy)]
struct Items {
    /// Up to which byte.
    size: i64,
    /// If there are objects in it, the flags that the dtype must have.
    flags: i64,
}

/// The dtypes and arrays that a stream made.
#[derive(Default)]
pub(super) struct DTypes {
    known: HashMap<Id, DType>,
    /// Those that are new, in the order in which they were made.
    new: Vec<Id>,
    /// Dicts of fields and their names: how long the dict was, which numpy keeps, and what is in it.
    fields: HashMap<(Id, Id), (usize, Option<Items>)>,
    /// The arrays that were given their state.
    arrays: IdSet,
}

impl DTypes {
    /// A dtype was made of these arguments.
    pub(super) fn made(&mut self, at: At<'_>, dtype: Id, args: &[Id]) {
        let (letter, size) = match args.first().map(|&name| at.view.peek(name)) {
            Some(Peek::Str(name) | Peek::ByteString(name)) => by_name(name),
            Some(Peek::Global(_, name)) => by_scalar(at.text(name)),
            _ => (OTHER, None),
        };
        let flags = if letter == b'O' { OBJECT } else { 0 };
        let is_copy =
            args.get(2).is_some_and(|&copy| matches!(at.view.peek(copy), Peek::Bool(true) | Peek::Int(1)));
        self.known.insert(dtype, DType { letter, size, flags, is_copy, is_new: letter == b'V' });
        if letter == b'V' {
            self.new.push(dtype);
        }
    }

    /// Whether one was made and nothing else has happened since.
    pub(super) fn has_new(&self) -> bool {
        !self.new.is_empty()
    }

    /// Something else was done, perhaps with dtypes.
    pub(super) fn used(&mut self) {
        while let Some(last) = self.new.pop() {
            self.known.entry(last).and_modify(|it| it.is_new = false);
        }
    }

    /// A dtype is given a state; why it may not be.
    pub(super) fn build(&mut self, at: At<'_>, dtype: Id, state: Id) -> Result<(), Objection> {
        // It comes back once it is right: it may not be in its own state.
        let mut known = self.known.remove(&dtype).ok_or(NOT_NUMPY)?;
        if known.is_new {
            // Those that were made later are in the state.
            while let Some(last) = self.new.pop().filter(|&last| last != dtype) {
                self.known.entry(last).and_modify(|it| it.is_new = false);
            }
        }
        self.check(at, &mut known, state)?;
        known.is_new = false;
        self.known.insert(dtype, known);
        Ok(())
    }

    fn check(&mut self, at: At<'_>, dtype: &mut DType, state: Id) -> Result<(), Objection> {
        let Some(&[version, _, sub, names, fields, size, alignment, flags, ref metadata @ ..]) =
            at.view.sequence(state)
        else {
            return Err(NOT_NUMPY);
        };
        let (Peek::Int(version), Peek::Int(size), Peek::Int(-1 | 1..=64), Peek::Int(flags)) =
            (at.view.peek(version), at.view.peek(size), at.view.peek(alignment), at.view.peek(flags))
        else {
            return Err(NOT_NUMPY);
        };
        if !dtype.is_copy || dtype.letter == OTHER || !matches!((version, metadata.len()), (3, 0) | (4, 1)) {
            return Err(NOT_NUMPY);
        }
        if dtype.letter == b'V' && !dtype.is_new {
            return Err(LATE);
        }
        if FLEXIBLE.contains(&dtype.letter) {
            if size < 0 || dtype.size.is_some_and(|named| named != size) {
                return Err(OUTSIDE);
            }
            dtype.size = Some(size);
        }
        let has_fields = names != Id::NONE || fields != Id::NONE;
        let items = match (dtype.letter, sub != Id::NONE, has_fields) {
            (b'O', false, false) => Items { size: 0, flags: OBJECT },
            (_, false, false) => Items { size: 0, flags: 0 },
            (b'V', true, false) => self.sub_array(at, sub)?,
            (b'V', false, true) => self.fields(at, names, fields)?,
            _ => return Err(NOT_NUMPY),
        };
        if items.flags != 0 && flags & OF_ITEMS != items.flags
            || items.flags == 0 && flags & ONLY_OBJECTS != 0
        {
            return Err(FLAGS);
        }
        if dtype.letter == b'V' && items.size > size {
            return Err(OUTSIDE);
        }
        dtype.flags = items.flags;
        Ok(())
    }

    /// An array within an item.
    fn sub_array(&self, at: At<'_>, sub: Id) -> Result<Items, Objection> {
        let Some(&[base, shape]) = at.view.sequence(sub) else { return Err(NOT_NUMPY) };
        let (base, count) = (self.item(base).ok_or(NOT_NUMPY)?, items(at, shape).ok_or(NOT_NUMPY)?);
        let size = base.size.and_then(|size| i64::try_from(count).ok()?.checked_mul(size));
        Ok(Items { size: size.ok_or(OUTSIDE)?, flags: base.flags })
    }

    /// The fields of an item.
    fn fields(&mut self, at: At<'_>, names: Id, fields: Id) -> Result<Items, Objection> {
        let Peek::Dict(items) = at.view.peek(fields) else { return Err(NOT_NUMPY) };
        let (_, known) = match self.fields.get(&(fields, names)) {
            Some(&known) => known,
            None => {
                let new = (items.len(), self.all_fields(at, names, items));
                *self.fields.entry((fields, names)).insert(new).get()
            }
        };
        known.ok_or(OUTSIDE)
    }

    /// `None` if a field is not known, lies before the item or where another with objects does, or if there are others than
    /// the names say.
    fn all_fields(&self, at: At<'_>, names: Id, items: &[Id]) -> Option<Items> {
        let mut spans = Vec::new();
        let mut keys = Vec::new();
        let mut flags = 0;
        for pair in items.chunks_exact(2) {
            let &[dtype, offset, ref title @ ..] = at.view.sequence(pair[1])? else { return None };
            let key = at.text(pair[0]);
            // A field with a title is there twice.
            if title.first().is_some_and(|&title| at.text(title) == key) {
                continue;
            }
            let (dtype, Peek::Int(offset @ 0..)) = (self.item(dtype)?, at.view.peek(offset)) else {
                return None;
            };
            spans.push((offset, offset.checked_add(dtype.size?)?));
            flags |= dtype.flags & OF_FIELDS;
            keys.push(key);
        }
        let mut names: Vec<&[u8]> = at.view.sequence(names)?.iter().map(|&name| at.text(name)).collect();
        names.sort_unstable();
        keys.sort_unstable();
        spans.sort_unstable();
        let size = spans.iter().map(|span| span.1).max().unwrap_or(0);
        let is_disjoint = spans.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        let is_unique = keys.windows(2).all(|pair| pair[0] != pair[1]);
        (names == keys && is_unique && (is_disjoint || flags == 0)).then_some(Items { size, flags })
    }

    /// A dtype that another may be made of.
    fn item(&self, dtype: Id) -> Option<&DType> {
        self.known.get(&dtype).filter(|dtype| !dtype.is_new)
    }

    /// Whether there are objects in its items.
    pub(super) fn has_objects(&self, dtype: Id) -> bool {
        self.known.get(&dtype).is_some_and(|dtype| dtype.flags != 0)
    }

    /// An array is given a state: version, shape, dtype, order, data, and of masked ones more; why it may not be.
    pub(super) fn build_array(&mut self, at: At<'_>, array: Id, state: Id) -> Result<(), Objection> {
        // What looks into its memory would look at what is freed.
        if !self.arrays.insert(array) {
            return Err(LATE);
        }
        // Sparse arrays before pandas 0.24 have the state of an array in theirs.
        let own = match at.view.sequence(state) {
            Some(&[array, _]) => array,
            _ => state,
        };
        let Some(&[shape, dtype, _, data] | &[_, shape, dtype, _, data, ..]) = at.view.sequence(own) else {
            return Err(NOT_NUMPY);
        };
        let count = items(at, shape).ok_or(TOO_LARGE)?;
        match at.view.peek(data) {
            Peek::List(list) if count > list.len() as u64 => Err(TOO_LARGE),
            Peek::List(_) => Ok(()),
            _ if self.known.get(&dtype).is_some_and(|it| it.flags != 0) => Err(NO_LIST),
            // Of bytes, numpy checks the length before it takes memory.
            _ => Ok(()),
        }
    }

    /// Whether a dict of fields has changed since it was looked at.
    pub(super) fn changed(&self, length: impl Fn(Id) -> usize) -> Option<Id> {
        self.fields.iter().find(|((fields, _), (known, _))| length(*fields) != *known).map(|(key, _)| key.0)
    }
}

/// How many items a shape has.
fn items(at: At<'_>, shape: Id) -> Option<u64> {
    const MOST_DIMENSIONS: usize = 64;
    let length = |id| match at.view.peek(id) {
        Peek::Int(length) => u64::try_from(length).ok(),
        _ => None,
    };
    match at.view.peek(shape) {
        Peek::Tuple(shape) if shape.len() <= MOST_DIMENSIONS => {
            shape.iter().try_fold(1_u64, |count, &part| Some(count.saturating_mul(length(part)?)))
        }
        Peek::Tuple(_) => None,
        _ => length(shape),
    }
}

/// Letter and size of names as `<i8`, which is how numpy writes them.
fn by_name(name: &[u8]) -> (u8, Option<i64>) {
    const LETTERS: &[u8] = b"?abBcdDefFgGhHiIlLmMOpPqQSuUV";
    let name =
        name.strip_prefix(b"<").or(name.strip_prefix(b">")).or(name.strip_prefix(b"|")).unwrap_or(name);
    let Some((&letter, digits)) = name.split_first() else { return (OTHER, None) };
    let size = str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u32>().ok()).map(i64::from);
    match (letter, size) {
        (b'O', _) if size.is_some() || digits.is_empty() => (letter, Some(8)),
        (b'U', Some(size)) => (letter, Some(size * 4)),
        (_, Some(_)) if LETTERS.contains(&letter) => (letter, size),
        _ => (OTHER, None),
    }
}

/// The letter of a scalar's class: of those without a size of their own.
fn by_scalar(name: &[u8]) -> (u8, Option<i64>) {
    match name {
        b"object_" => (b'O', Some(8)),
        b"bytes_" => (b'S', None),
        b"str_" => (b'U', None),
        b"void" | b"record" | b"rec.record" => (b'V', None),
        _ => (NUMBER, None),
    }
}
