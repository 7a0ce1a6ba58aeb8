//! [`Opcode`] and [`Op`], made from the table.

use crate::{ArgKind, StackItem, for_each_opcode};

/// The Rust type in which the argument of each kind is carried by [`Op`].
macro_rules! arg_type {
    ($a:lifetime uint1) => {
        u8
    };
    ($a:lifetime uint2) => {
        u16
    };
    ($a:lifetime int4) => {
        i32
    };
    ($a:lifetime uint4) => {
        u32
    };
    ($a:lifetime uint8) => {
        u64
    };
    ($a:lifetime float8) => {
        f64
    };
    ($a:lifetime stringnl_noescape_pair) => {
        (&$a[u8], &$a[u8])
    };
    ($a:lifetime $bytes:ident) => {
        &$a[u8]
    };
}

macro_rules! arg_kind {
    (uint1) => {
        ArgKind::Uint1
    };
    (uint2) => {
        ArgKind::Uint2
    };
    (int4) => {
        ArgKind::Int4
    };
    (uint4) => {
        ArgKind::Uint4
    };
    (uint8) => {
        ArgKind::Uint8
    };
    (stringnl) => {
        ArgKind::StringNl
    };
    (stringnl_noescape) => {
        ArgKind::StringNlNoEscape
    };
    (stringnl_noescape_pair) => {
        ArgKind::StringNlNoEscapePair
    };
    (string1) => {
        ArgKind::String1
    };
    (string4) => {
        ArgKind::String4
    };
    (bytes1) => {
        ArgKind::Bytes1
    };
    (bytes4) => {
        ArgKind::Bytes4
    };
    (bytes8) => {
        ArgKind::Bytes8
    };
    (bytearray8) => {
        ArgKind::ByteArray8
    };
    (unicodestringnl) => {
        ArgKind::UnicodeStringNl
    };
    (unicodestring1) => {
        ArgKind::UnicodeString1
    };
    (unicodestring4) => {
        ArgKind::UnicodeString4
    };
    (unicodestring8) => {
        ArgKind::UnicodeString8
    };
    (decimalnl_short) => {
        ArgKind::DecimalNlShort
    };
    (decimalnl_long) => {
        ArgKind::DecimalNlLong
    };
    (floatnl) => {
        ArgKind::FloatNl
    };
    (float8) => {
        ArgKind::Float8
    };
    (long1) => {
        ArgKind::Long1
    };
    (long4) => {
        ArgKind::Long4
    };
}

macro_rules! stack_item {
    (int) => {
        StackItem::Int
    };
    (int_or_bool) => {
        StackItem::IntOrBool
    };
    (bool) => {
        StackItem::Bool
    };
    (float) => {
        StackItem::Float
    };
    (bytes_or_str) => {
        StackItem::BytesOrStr
    };
    (bytes) => {
        StackItem::Bytes
    };
    (bytearray) => {
        StackItem::ByteArray
    };
    (str) => {
        StackItem::Str
    };
    (None) => {
        StackItem::None
    };
    (tuple) => {
        StackItem::Tuple
    };
    (list) => {
        StackItem::List
    };
    (dict) => {
        StackItem::Dict
    };
    (set) => {
        StackItem::Set
    };
    (frozenset) => {
        StackItem::FrozenSet
    };
    (buffer) => {
        StackItem::Buffer
    };
    (any) => {
        StackItem::Any
    };
    (mark) => {
        StackItem::Mark
    };
    (stackslice) => {
        StackItem::StackSlice
    };
}

/// `Some` of the first, or `None` where there is nothing.
macro_rules! optional {
    () => {
        None
    };
    ($some:expr) => {
        Some($some)
    };
}

macro_rules! define {
    ($($byte:literal $variant:ident $(($arg:ident: $kind:ident))? $name:literal
        [$($before:ident)*] => [$($after:ident)*] $protocol:literal $summary:literal;)*) => {
        /// One of the 68 opcodes. Its discriminant is its byte.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode {
            $(#[doc = concat!("`", $name, "`: ", $summary)] $variant = $byte,)*
        }

        impl Opcode {
            /// All of them, in the order of their bytes.
            pub const ALL: [Self; 68] = [$(Self::$variant),*];

            /// The opcode that this byte stands for, if it stands for one.
            pub const fn from_byte(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Self::$variant),)* _ => None }
            }

            /// The name by which `pickletools` and `pickle.py` call it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How its argument is written; `None` if it takes none.
            pub const fn arg(self) -> Option<ArgKind> {
                match self { $(Self::$variant => optional!($(arg_kind!($kind))?),)* }
            }

            /// What it takes from the stack, the topmost last.
            pub const fn stack_before(self) -> &'static [StackItem] {
                match self { $(Self::$variant => &[$(stack_item!($before)),*],)* }
            }

            /// What it leaves on the stack, the topmost last.
            pub const fn stack_after(self) -> &'static [StackItem] {
                match self { $(Self::$variant => &[$(stack_item!($after)),*],)* }
            }

            /// The first protocol that has it.
            pub const fn protocol(self) -> u8 {
                match self { $(Self::$variant => $protocol,)* }
            }

            /// The first line of its documentation in `pickletools`.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }
        }

        /// An opcode with its argument.
        ///
        /// Bytes are borrowed from the input and are as the stream holds them: lines come without their
        /// newline and not decoded, text is not checked to be UTF-8.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Op<'a> {
            $(#[doc = concat!("`", $name, "`: ", $summary)] $variant $((arg_type!('a $kind)))?,)*
        }

        impl Op<'_> {
            /// Which opcode it is.
            #[inline]
            pub const fn opcode(&self) -> Opcode {
                match self { $(Self::$variant { .. } => Opcode::$variant,)* }
            }
        }
    };
}

for_each_opcode!(define);

impl Opcode {
    /// Its byte.
    #[inline]
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

impl core::fmt::Display for Opcode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.name())
    }
}
