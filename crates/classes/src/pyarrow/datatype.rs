//! [`DataType`]: the types of values in arrays of Arrow.

use std::fmt;

use halfsour_value::Node;

use crate::args::short;
use crate::call::Call;
use crate::memory::Number;
use crate::names::Class;
use crate::time::TimeUnit;

/// The type of the values of an array. Its `Display` is `str()`: `int64`, `timestamp[us, tz=UTC]`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataType<'g> {
    /// Only nulls.
    Null,
    /// `bool`
    Bool,
    /// Ints and floats; bools are [`Bool`](Self::Bool), of a bit each.
    Number(Number),
    /// `string`, `large_string`
    Text {
        /// Whether where they end takes 64 bits.
        large: bool,
    },
    /// `binary`, `large_binary`
    Bytes {
        /// Whether where they end takes 64 bits.
        large: bool,
    },
    /// `fixed_size_binary`: so many bytes each.
    FixedBytes(usize),
    /// `timestamp`, with a zone or without.
    Timestamp(TimeUnit, Option<&'g str>),
    /// `duration`
    Duration(TimeUnit),
    /// `date32[day]`
    Date32,
    /// `date64[ms]`
    Date64,
    /// `time32`, `time64`
    Time(TimeUnit),
    /// `decimal128`
    Decimal {
        /// The largest number of digits.
        precision: u8,
        /// The number of digits after the point.
        scale: i8,
    },
    /// `dictionary`: ints that stand for values.
    Dictionary {
        /// The type of the ints.
        index: Number,
        /// The type of the values.
        values: Box<DataType<'g>>,
        /// Whether their order means something.
        ordered: bool,
    },
    /// `list`, `large_list`: any number of values each.
    List {
        /// Whether where they end takes 64 bits.
        large: bool,
        /// The values.
        of: Box<Field<'g>>,
    },
    /// `fixed_size_list`: so many values each.
    FixedList {
        /// The number of values.
        size: usize,
        /// The values.
        of: Box<Field<'g>>,
    },
    /// `map`: any number of keys and values each, which are a `struct` of two.
    Map {
        /// The keys and values.
        of: Box<[Field<'g>; 2]>,
        /// Whether the keys are in order.
        sorted: bool,
    },
    /// `struct`: values of these.
    Struct(Vec<Field<'g>>),
}

/// A part of a type that is made of others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field<'g> {
    /// The name.
    pub name: &'g str,
    /// The type of its values.
    pub datatype: DataType<'g>,
    /// Whether a value can be missing.
    pub nullable: bool,
}

/// The names of floats in Arrow.
const FLOATS: [(&str, Number); 3] =
    [("halffloat", Number::Float16), ("float", Number::Float32), ("double", Number::Float64)];

impl<'g> DataType<'g> {
    /// Reads a type: `type_for_alias('int64')`, `timestamp('us', None)` …
    pub fn of<S: AsRef<[u8]>>(node: Node<'g, S>) -> Option<Self> {
        Self::read(node, &mut Room::default())
    }

    pub(super) fn read<S: AsRef<[u8]>>(node: Node<'g, S>, room: &mut Room) -> Option<Self> {
        if let Some(simple) = Self::simple(node) {
            return Some(simple);
        }
        if let Some(dictionary) = Self::dictionary(node) {
            return Some(dictionary);
        }
        room.enter(|room| Self::nested(node, room))
    }

    /// `list_(field[, size])`, `large_list(field)`, `map_(key, item, sorted)`, `struct([field, …])`; before 8.0 lists and maps had a type in
    /// place of a field.
    fn nested<S: AsRef<[u8]>>(node: Node<'g, S>, room: &mut Room) -> Option<Self> {
        let call = Call::of_class(node, Class::ArrowType)?;
        let (count, [first, second, third]) = call.bare()?.up_to()?;
        let mut field = |node, name| Field::read(node, name, room);
        Some(match call.name.1 {
            "list_" if count == 1 => Self::List { large: false, of: Box::new(field(first, "item")?) },
            "large_list" if count == 1 => Self::List { large: true, of: Box::new(field(first, "item")?) },
            "list_" if count == 2 => {
                let size = usize::try_from(second.as_i64()?).ok()?;
                Self::FixedList { size, of: Box::new(field(first, "item")?) }
            }
            "map_" if count >= 2 => {
                let of = Box::new([field(first, "key")?, field(second, "value")?]);
                Self::Map { of, sorted: third.as_bool().unwrap_or_default() }
            }
            "struct" if count == 1 => {
                let fields = first.elements()?;
                Self::Struct(fields.map(|node| field(node, "")).collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }

    /// Whether its values are made of others.
    pub fn is_nested(&self) -> bool {
        matches!(self, Self::List { .. } | Self::FixedList { .. } | Self::Map { .. } | Self::Struct(_))
    }

    fn simple<S: AsRef<[u8]>>(node: Node<'g, S>) -> Option<Self> {
        let call = Call::of_class(node, Class::ArrowType)?;
        let (count, [first, second, _]) = call.bare()?.up_to()?;
        let unit = || TimeUnit::from_name(short(first)?);
        Some(match call.name.1 {
            "type_for_alias" if count == 1 => Self::named(short(first)?)?,
            "timestamp" if second.is_none() => Self::Timestamp(unit()?, None),
            "timestamp" => Self::Timestamp(unit()?, Some(short(second)?)),
            "duration" => Self::Duration(unit()?),
            "time32" | "time64" => Self::Time(unit()?),
            "decimal128" => Self::Decimal {
                precision: u8::try_from(first.as_i64()?).ok()?,
                scale: i8::try_from(second.as_i64()?).ok()?,
            },
            // `binary(size)`
            "binary" => Self::FixedBytes(usize::try_from(first.as_i64()?).ok().filter(|size| *size > 0)?),
            _ => return None,
        })
    }

    /// `dictionary(index, values, ordered)`
    fn dictionary<S: AsRef<[u8]>>(node: Node<'g, S>) -> Option<Self> {
        let call = Call::of_class(node, Class::ArrowType).filter(|call| call.name.1 == "dictionary")?;
        let [index, values, ordered] = call.bare()?.exactly()?;
        let Self::Number(index) = Self::simple(index)? else { return None };
        let values = Box::new(Self::simple(values)?);
        Some(Self::Dictionary { index, values, ordered: ordered.as_bool()? })
    }

    fn named(name: &str) -> Option<Self> {
        let in_brackets = |kind| {
            let unit = name.strip_prefix(kind)?.strip_prefix('[')?.strip_suffix(']')?;
            TimeUnit::from_name(unit)
        };
        Some(match name {
            "null" => Self::Null,
            "bool" => Self::Bool,
            "string" => Self::Text { large: false },
            "large_string" => Self::Text { large: true },
            "binary" => Self::Bytes { large: false },
            "large_binary" => Self::Bytes { large: true },
            "date32[day]" => Self::Date32,
            "date64[ms]" => Self::Date64,
            _ => {
                let float = FLOATS.iter().find(|(float, _)| *float == name).map(|(_, number)| *number);
                let int = || Number::from_name(name).filter(|number| number.is_int());
                if let Some(number) = float.or_else(int) {
                    return Some(Self::Number(number));
                }
                let time = in_brackets("time32").or_else(|| in_brackets("time64")).map(Self::Time);
                let stamp = || in_brackets("timestamp").map(|unit| Self::Timestamp(unit, None));
                time.or_else(stamp).or_else(|| in_brackets("duration").map(Self::Duration))?
            }
        })
    }
}

impl<'g> Field<'g> {
    /// `field(name, type, nullable, metadata)`, or a type.
    fn read<S: AsRef<[u8]>>(node: Node<'g, S>, name: &'g str, room: &mut Room) -> Option<Self> {
        let Some(call) = Call::of_class(node, Class::ArrowField) else {
            return Some(Self { name, datatype: DataType::read(node, room)?, nullable: true });
        };
        let (count, [name, datatype, nullable, _]) = call.bare()?.up_to()?;
        (count >= 2).then_some(())?;
        let nullable = count < 3 || nullable.as_bool()?;
        Some(Self { name: short(name)?, datatype: DataType::read(datatype, room)?, nullable })
    }
}

/// The types and arrays that may still be read, and how deep, where they are made of others: one can be shared by many.
pub(super) struct Room {
    left: usize,
    depth: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { left: 10_000, depth: 16 }
    }
}

impl Room {
    /// Reads a type or an array that may be made of others.
    pub(super) fn enter<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        self.depth = self.depth.checked_sub(1)?;
        let made = read(self);
        self.depth += 1;
        made
    }
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}{}", self.name, self.datatype, if self.nullable { "" } else { " not null" })
    }
}

impl fmt::Display for DataType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("bool"),
            Self::Number(number) => {
                let float = FLOATS.iter().find(|(_, float)| float == number);
                f.write_str(float.map_or(number.name(), |(name, _)| name))
            }
            Self::Text { large } => f.write_str(if *large { "large_string" } else { "string" }),
            Self::Bytes { large } => f.write_str(if *large { "large_binary" } else { "binary" }),
            Self::FixedBytes(size) => write!(f, "fixed_size_binary[{size}]"),
            Self::Timestamp(unit, None) => write!(f, "timestamp[{unit}]"),
            Self::Timestamp(unit, Some(tz)) => write!(f, "timestamp[{unit}, tz={tz}]"),
            Self::Duration(unit) => write!(f, "duration[{unit}]"),
            Self::Date32 => f.write_str("date32[day]"),
            Self::Date64 => f.write_str("date64[ms]"),
            Self::Time(unit @ (TimeUnit::Seconds | TimeUnit::Milliseconds)) => write!(f, "time32[{unit}]"),
            Self::Time(unit) => write!(f, "time64[{unit}]"),
            Self::Decimal { precision, scale } => write!(f, "decimal128({precision}, {scale})"),
            Self::Dictionary { index, values, ordered } => {
                write!(f, "dictionary<values={values}, indices={index}, ordered={}>", u8::from(*ordered))
            }
            Self::List { large: false, of } => write!(f, "list<{of}>"),
            Self::List { large: true, of } => write!(f, "large_list<{of}>"),
            Self::FixedList { size, of } => write!(f, "fixed_size_list<{of}>[{size}]"),
            Self::Map { of, sorted } => {
                let [key, value] = &**of;
                write!(f, "map<{}, {}", key.datatype, value.datatype)?;
                f.write_str(if *sorted { ", keys_sorted>" } else { ">" })
            }
            Self::Struct(fields) => {
                f.write_str("struct<")?;
                for (number, field) in fields.iter().enumerate() {
                    write!(f, "{}{field}", if number > 0 { ", " } else { "" })?;
                }
                f.write_str(">")
            }
        }
    }
}
