//! The kinds of arguments that follow an opcode, and the kinds of objects that an opcode takes and leaves.

/// Makes an enum from rows of `Variant name`, and a module with a constant for each name, so that the rows of the table
/// can use the names of `pickletools`.
macro_rules! kinds {
    ($(#[$doc:meta])* $enum:ident $names:ident { $($(#[$variant_doc:meta])* $variant:ident $name:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum { $($(#[$variant_doc])* $variant,)* }

        impl $enum {
            /// Returns the name that `pickletools` uses.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name),)* }
            }
        }

        #[allow(non_upper_case_globals)] // the names are those of pickletools
        pub(crate) mod $names {
            use super::$enum;

            $(pub(crate) const $name: $enum = $enum::$variant;)*
        }
    };
}

kinds! {
    /// The encoding of an opcode's argument. All lengths are in bytes and little-endian.
    ArgKind arg_kinds {
        /// One byte, unsigned.
        Uint1 uint1,
        /// Two bytes, little-endian, unsigned.
        Uint2 uint2,
        /// Four bytes, little-endian, two's complement.
        Int4 int4,
        /// Four bytes, little-endian, unsigned.
        Uint4 uint4,
        /// Eight bytes, little-endian, unsigned.
        Uint8 uint8,
        /// A line that holds a quoted string with backslash escapes.
        StringNl stringnl,
        /// A line of text without escapes.
        StringNlNoEscape stringnl_noescape,
        /// Two lines of text without escapes.
        StringNlNoEscapePair stringnl_noescape_pair,
        /// A length of one byte, then the bytes of a Python 2 string.
        String1 string1,
        /// A signed length of four bytes, then the bytes of a Python 2 string.
        String4 string4,
        /// A length of one byte, then that many bytes.
        Bytes1 bytes1,
        /// A length of four bytes, then that many bytes.
        Bytes4 bytes4,
        /// A length of eight bytes, then that many bytes.
        Bytes8 bytes8,
        /// A length of eight bytes, then the bytes of a bytearray.
        ByteArray8 bytearray8,
        /// A line of text in the codec `raw-unicode-escape`.
        UnicodeStringNl unicodestringnl,
        /// A length of one byte, then that many bytes of UTF-8.
        UnicodeString1 unicodestring1,
        /// A length of four bytes, then that many bytes of UTF-8.
        UnicodeString4 unicodestring4,
        /// A length of eight bytes, then that many bytes of UTF-8.
        UnicodeString8 unicodestring8,
        /// A line with a decimal integer, or `00` or `01` for a bool.
        DecimalNlShort decimalnl_short,
        /// A line with an integer, with or without a final `L`.
        DecimalNlLong decimalnl_long,
        /// A line with a float.
        FloatNl floatnl,
        /// Eight bytes, an IEEE 754 double, big-endian.
        Float8 float8,
        /// A length of one byte, then the bytes of an integer in little-endian two's complement.
        Long1 long1,
        /// A signed length of four bytes, then the bytes of an integer in little-endian two's complement.
        Long4 long4,
    }
}

kinds! {
    /// The kind of object that an opcode takes from the stack or leaves there.
    StackItem stack_items {
        /// An int.
        Int int,
        /// An int or a bool.
        IntOrBool int_or_bool,
        /// A bool.
        Bool bool,
        /// A float.
        Float float,
        /// A Python 2 string: bytes or text.
        BytesOrStr bytes_or_str,
        /// Bytes.
        Bytes bytes,
        /// A bytearray.
        ByteArray bytearray,
        /// Text.
        Str str,
        /// `None`.
        None None,
        /// A tuple.
        Tuple tuple,
        /// A list.
        List list,
        /// A dict.
        Dict dict,
        /// A set.
        Set set,
        /// A frozenset.
        FrozenSet frozenset,
        /// An out-of-band buffer.
        Buffer buffer,
        /// An object of any kind.
        Any any,
        /// The mark that MARK pushed.
        Mark mark,
        /// All objects above the topmost mark.
        StackSlice stackslice,
    }
}
