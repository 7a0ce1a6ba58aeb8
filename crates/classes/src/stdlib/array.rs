//! `array.array`.

use halfsour_value::{Data, Elements, Node};

use crate::args::text;
use crate::call::{Call, class_of};
use crate::debug::{debug_fields, debug_variants};
use crate::memory::{ByteOrder, Numbers, Strided};
use crate::names::Class;

/// `array.array`
#[derive(Clone)]
#[non_exhaustive]
pub struct Array<'g, S> {
    /// One of `bBhHiIlLqQ` (ints), `fd` (floats), `u`, `w` (characters), and Python 2's `c`.
    pub typecode: char,
    /// Its items.
    pub items: ArrayItems<'g, S>,
}

/// The items of an [`Array`].
#[derive(Clone)]
pub enum ArrayItems<'g, S> {
    /// One by one: protocols up to 2, and Python 2.
    Listed(Elements<'g, S>),
    /// In the memory of the machine that pickled them.
    Machine {
        /// The format of the bytes.
        format: MachineFormat,
        /// A whole number of items.
        bytes: &'g [u8],
    },
}

/// The format in which a machine keeps the items of an [`Array`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MachineFormat {
    /// The number of the format in Python.
    pub code: u8,
    /// The kind of the items.
    pub kind: ItemKind,
    /// The size of an item in bytes.
    pub size: usize,
    /// Whether the first byte is the highest.
    pub is_big_endian: bool,
}

/// The kind of the items of an [`Array`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// Ints that are not negative.
    Unsigned,
    /// Ints.
    Signed,
    /// Floats.
    Float,
    /// Units of UTF-16 or UTF-32.
    Character,
}

/// An item of an [`Array`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ArrayItem {
    /// An int; it is from −2⁶³ to 2⁶⁴ − 1.
    Int(i128),
    /// A float.
    Float(f64),
    /// A code point, or half of one in UTF-16.
    Character(u32),
}

impl MachineFormat {
    /// Returns the format that has this number in Python, 0 to 21.
    pub fn from_code(code: u8) -> Option<Self> {
        use ItemKind::{Character, Float, Signed, Unsigned};
        let (kind, size) = match code {
            0 => (Unsigned, 1),
            1 => (Signed, 1),
            2 | 3 => (Unsigned, 2),
            4 | 5 => (Signed, 2),
            6 | 7 => (Unsigned, 4),
            8 | 9 => (Signed, 4),
            10 | 11 => (Unsigned, 8),
            12 | 13 => (Signed, 8),
            14 | 15 => (Float, 4),
            16 | 17 => (Float, 8),
            18 | 19 => (Character, 2),
            20 | 21 => (Character, 4),
            _ => return None,
        };
        Some(Self { code, kind, size, is_big_endian: code % 2 == 1 && code != 1 })
    }

    /// An item, of as many bytes as there are.
    fn item(self, bytes: &[u8]) -> ArrayItem {
        let mut little = [0; 8];
        for (index, byte) in little.iter_mut().enumerate().take(self.size) {
            *byte = bytes[if self.is_big_endian { self.size - 1 - index } else { index }];
        }
        let bits = u64::from_le_bytes(little);
        let [b0, b1, b2, b3, ..] = little;
        let low = u32::from_le_bytes([b0, b1, b2, b3]);
        match self.kind {
            ItemKind::Unsigned => ArrayItem::Int(bits.into()),
            ItemKind::Signed => {
                let unused = 64 - 8 * self.size;
                ArrayItem::Int((bits.cast_signed() << unused >> unused).into())
            }
            ItemKind::Float if self.size == 4 => ArrayItem::Float(f32::from_bits(low).into()),
            ItemKind::Float => ArrayItem::Float(f64::from_bits(bits)),
            ItemKind::Character => ArrayItem::Character(low),
        }
    }
}

impl<'g, S: AsRef<[u8]>> Array<'g, S> {
    /// The items as numbers in memory; `None` if they are characters, or were pickled one by one.
    pub fn numbers(&self) -> Option<Numbers<'g>> {
        let ArrayItems::Machine { format, bytes } = self.items else { return None };
        let kind = match format.kind {
            ItemKind::Unsigned => "uint",
            ItemKind::Signed => "int",
            ItemKind::Float => "float",
            ItemKind::Character => return None,
        };
        let dtype = format!("{kind}{}", 8 * format.size).into();
        let order = if format.is_big_endian { ByteOrder::Big } else { ByteOrder::Little };
        let strided = Strided::side_by_side(vec![self.len() as u64], false);
        Some(Numbers { dtype, bytes, order, strided })
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        match &self.items {
            ArrayItems::Listed(elements) => elements.len(),
            ArrayItems::Machine { format, bytes } => bytes.len() / format.size,
        }
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item with this index.
    pub fn get(&self, index: usize) -> Option<ArrayItem> {
        match &self.items {
            ArrayItems::Listed(elements) => item(elements.get(index)?),
            ArrayItems::Machine { format, bytes } => {
                Some(format.item(bytes.chunks_exact(format.size).nth(index)?))
            }
        }
    }

    /// The items, in order.
    pub fn iter(&self) -> impl Iterator<Item = ArrayItem> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

fn item<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<ArrayItem> {
    match node.data() {
        Data::Int(int) => Some(ArrayItem::Int(int.into())),
        Data::BigInt(&[ref bytes @ .., 0]) => {
            Some(ArrayItem::Int(u64::from_le_bytes(bytes.try_into().ok()?).into()))
        }
        Data::Float(float) => Some(ArrayItem::Float(float)),
        Data::Str(text) => {
            let mut chars = text.chars();
            let first = chars.next()?;
            chars.next().is_none().then_some(ArrayItem::Character(first))
        }
        _ => match node.python2_string() {
            Some(&[byte]) => Some(ArrayItem::Character(byte.into())),
            _ => None,
        },
    }
}

fn typecode<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<char> {
    let code = text(node)?;
    "bBuwhHiIlLqQfdc".contains(code).then_some(())?;
    let mut chars = code.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// `array(typecode, [item, …])`
pub(crate) fn listed<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Array<'g, S>> {
    let [code, items] = call.bare()?.exactly()?;
    let typecode = typecode(code)?;
    let Data::List(elements) = items.data() else { return None };
    let fits = |node: Node<'g, S>| match item(node) {
        Some(ArrayItem::Int(_)) => !"uwc".contains(typecode),
        Some(ArrayItem::Float(_)) => "fd".contains(typecode),
        Some(ArrayItem::Character(_)) => "uwc".contains(typecode),
        None => false,
    };
    elements.clone().all(fits).then_some(Array { typecode, items: ArrayItems::Listed(elements) })
}

/// `_array_reconstructor(array, typecode, format, bytes)`
pub(crate) fn machine<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Array<'g, S>> {
    let [class, code, format, bytes] = call.bare()?.exactly()?;
    let (Class::Array, _) = class_of(class)? else { return None };
    let format = MachineFormat::from_code(u8::try_from(format.as_i64()?).ok()?)?;
    let Data::Bytes(bytes) = bytes.data() else { return None };
    let whole = bytes.len().is_multiple_of(format.size);
    whole.then_some(Array { typecode: typecode(code)?, items: ArrayItems::Machine { format, bytes } })
}

debug_fields!(Array, this { typecode: this.typecode, items: this.items });
debug_variants!(ArrayItems {
    Self::Listed(elements) => Listed(&super::Members::from(elements.clone())),
    Self::Machine { format, bytes } => Machine(format, bytes),
});
