//! [`Opcode`] and [`Op`], made from the table.

use crate::kinds::{arg_kinds, stack_items};
use crate::{ArgKind, StackItem, for_each_opcode};

/// The Rust type that [`Op`] holds an argument of this kind in.
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

/// `Some` of the argument, or `None` if there is none.
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
        /// One of the 68 opcodes. The discriminant is the byte in the stream.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode {
            $(#[doc = concat!("`", $name, "`: ", $summary)] $variant = $byte,)*
        }

        impl Opcode {
            /// All opcodes, in the order of their bytes.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the opcode with this byte, or `None` if there is none.
            pub const fn from_byte(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Self::$variant),)* _ => None }
            }

            /// Returns the name that `pickletools` and `pickle.py` use, such as `"BININT1"`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the encoding of the argument, or `None` for an opcode without one.
            pub const fn arg(self) -> Option<ArgKind> {
                match self { $(Self::$variant => optional!($(arg_kinds::$kind)?),)* }
            }

            /// Returns the kinds of objects that the opcode takes from the stack, the topmost last.
            pub const fn stack_before(self) -> &'static [StackItem] {
                match self { $(Self::$variant => &[$(stack_items::$before),*],)* }
            }

            /// Returns the kinds of objects that the opcode leaves on the stack, the topmost last.
            pub const fn stack_after(self) -> &'static [StackItem] {
                match self { $(Self::$variant => &[$(stack_items::$after),*],)* }
            }

            /// Returns the first protocol that has the opcode, 0 to 5.
            pub const fn protocol(self) -> u8 {
                match self { $(Self::$variant => $protocol,)* }
            }

            /// Returns the first line of the opcode's documentation in `pickletools`.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }
        }

        /// An opcode with its argument.
        ///
        /// Bytes are borrowed from the input, exactly as they stand in the stream: lines come without their
        /// newline and are not decoded, and text has not been checked to be UTF-8.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Op<'a> {
            $(#[doc = concat!("`", $name, "`: ", $summary)] $variant $((arg_type!('a $kind)))?,)*
        }

        impl Op<'_> {
            /// Returns the opcode, without its argument.
            #[inline]
            pub const fn opcode(&self) -> Opcode {
                match self { $(Self::$variant { .. } => Opcode::$variant,)* }
            }
        }
    };
}

for_each_opcode!(define);

impl Opcode {
    /// Returns the byte of the opcode in the stream.
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
