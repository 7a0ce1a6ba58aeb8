//! What may follow an opcode, and what an opcode takes from the stack and leaves there.

macro_rules! kinds {
    ($(#[$doc:meta])* $enum:ident { $($(#[$variant_doc:meta])* $variant:ident $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum { $($(#[$variant_doc])* $variant,)* }

        impl $enum {
            /// The name that `pickletools` gives it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

kinds! {
    /// How the argument of an opcode is written.
    ArgKind {
        /// One byte, unsigned.
        Uint1 "uint1",
        /// Two bytes, little-endian, unsigned.
        Uint2 "uint2",
        /// Four bytes, little-endian, two's complement.
        Int4 "int4",
        /// Four bytes, little-endian, unsigned.
        Uint4 "uint4",
        /// Eight bytes, little-endian, unsigned.
        Uint8 "uint8",
        /// A line that holds a quoted string with backslash escapes.
        StringNl "stringnl",
        /// A line of text without escapes.
        StringNlNoEscape "stringnl_noescape",
        /// Two lines of text without escapes.
        StringNlNoEscapePair "stringnl_noescape_pair",
        /// A length of one byte, then as many bytes of a Python 2 string.
        String1 "string1",
        /// A signed length of four bytes, then as many bytes of a Python 2 string.
        String4 "string4",
        /// A length of one byte, then as many bytes.
        Bytes1 "bytes1",
        /// A length of four bytes, then as many bytes.
        Bytes4 "bytes4",
        /// A length of eight bytes, then as many bytes.
        Bytes8 "bytes8",
        /// A length of eight bytes, then as many bytes of a bytearray.
        ByteArray8 "bytearray8",
        /// A line of raw-unicode-escape text.
        UnicodeStringNl "unicodestringnl",
        /// A length of one byte, then as many bytes of UTF-8.
        UnicodeString1 "unicodestring1",
        /// A length of four bytes, then as many bytes of UTF-8.
        UnicodeString4 "unicodestring4",
        /// A length of eight bytes, then as many bytes of UTF-8.
        UnicodeString8 "unicodestring8",
        /// A line that holds an integer, or `00` and `01` for bools.
        DecimalNlShort "decimalnl_short",
        /// A line that holds an integer, with or without a final `L`.
        DecimalNlLong "decimalnl_long",
        /// A line that holds a float.
        FloatNl "floatnl",
        /// Eight bytes, an IEEE 754 double, big-endian.
        Float8 "float8",
        /// A length of one byte, then as many bytes of a little-endian two's complement integer.
        Long1 "long1",
        /// A signed length of four bytes, then as many bytes of a little-endian two's complement integer.
        Long4 "long4",
    }
}

kinds! {
    /// What an opcode takes from the stack or leaves there.
    StackItem {
        /// An int.
        Int "int",
        /// An int or a bool.
        IntOrBool "int_or_bool",
        /// A bool.
        Bool "bool",
        /// A float.
        Float "float",
        /// A Python 2 string: bytes or text.
        BytesOrStr "bytes_or_str",
        /// Bytes.
        Bytes "bytes",
        /// A bytearray.
        ByteArray "bytearray",
        /// Text.
        Str "str",
        /// None.
        None "None",
        /// A tuple.
        Tuple "tuple",
        /// A list.
        List "list",
        /// A dict.
        Dict "dict",
        /// A set.
        Set "set",
        /// A frozenset.
        FrozenSet "frozenset",
        /// An out-of-band buffer.
        Buffer "buffer",
        /// Anything.
        Any "any",
        /// The mark that MARK pushed.
        Mark "mark",
        /// All that lies above the topmost mark.
        StackSlice "stackslice",
    }
}
