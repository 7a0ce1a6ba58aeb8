//! The table of opcodes. Every other fact about opcodes in halfsour is derived from its rows.

/// Calls the macro `$callback` with one row for each of the 68 opcodes, in the order of their bytes.
///
/// A row reads `byte Variant(arg: kind) "NAME" [stack before] => [stack after] protocol "summary";`, without
/// `(arg: kind)` for an opcode that takes no argument. The kinds have the names that `pickletools` gives them.
/// Tokens after the callback's name are passed on in front of the rows.
///
/// All facts are those of `pickletools.opcodes` in CPython 3.13.
///
/// ```
/// macro_rules! names {
///     ($($byte:literal $variant:ident $(($arg:ident: $kind:ident))? $name:literal
///         [$($before:ident)*] => [$($after:ident)*] $protocol:literal $summary:literal;)*) => {
///         [$($name),*]
///     };
/// }
/// let names = halfsour_opcode::for_each_opcode!(names);
/// assert_eq!(names.len(), 68);
/// assert_eq!(names[0], "MARK");
/// ```
#[macro_export]
macro_rules! for_each_opcode {
    ($callback:ident $($before_rows:tt)*) => {
        $callback! {
            $($before_rows)*
            0x28 Mark "MARK" [] => [mark] 0 "Push markobject onto the stack.";
            0x29 EmptyTuple "EMPTY_TUPLE" [] => [tuple] 1 "Push an empty tuple.";
            0x2e Stop "STOP" [any] => [] 0 "Stop the unpickling machine.";
            0x30 Pop "POP" [any] => [] 0 "Discard the top stack item, shrinking the stack by one item.";
            0x31 PopMark "POP_MARK" [mark stackslice] => [] 1 "Pop all the stack objects at and above the topmost markobject.";
            0x32 Dup "DUP" [any] => [any any] 0 "Push the top stack item onto the stack again, duplicating it.";
            0x42 BinBytes(arg: bytes4) "BINBYTES" [] => [bytes] 3 "Push a Python bytes object.";
            0x43 ShortBinBytes(arg: bytes1) "SHORT_BINBYTES" [] => [bytes] 3 "Push a Python bytes object.";
            0x46 Float(arg: floatnl) "FLOAT" [] => [float] 0 "Newline-terminated decimal float literal.";
            0x47 BinFloat(arg: float8) "BINFLOAT" [] => [float] 1 "Float stored in binary form, with 8 bytes of data.";
            0x49 Int(arg: decimalnl_short) "INT" [] => [int_or_bool] 0 "Push an integer or bool.";
            0x4a BinInt(arg: int4) "BININT" [] => [int] 1 "Push a four-byte signed integer.";
            0x4b BinInt1(arg: uint1) "BININT1" [] => [int] 1 "Push a one-byte unsigned integer.";
            0x4c Long(arg: decimalnl_long) "LONG" [] => [int] 0 "Push a long integer.";
            0x4d BinInt2(arg: uint2) "BININT2" [] => [int] 1 "Push a two-byte unsigned integer.";
            0x4e None "NONE" [] => [None] 0 "Push None on the stack.";
            0x50 PersId(arg: stringnl_noescape) "PERSID" [] => [any] 0 "Push an object identified by a persistent ID.";
            0x51 BinPersId "BINPERSID" [any] => [any] 1 "Push an object identified by a persistent ID.";
            0x52 Reduce "REDUCE" [any any] => [any] 0 "Push an object built from a callable and an argument tuple.";
            0x53 String(arg: stringnl) "STRING" [] => [bytes_or_str] 0 "Push a Python string object.";
            0x54 BinString(arg: string4) "BINSTRING" [] => [bytes_or_str] 1 "Push a Python string object.";
            0x55 ShortBinString(arg: string1) "SHORT_BINSTRING" [] => [bytes_or_str] 1 "Push a Python string object.";
            0x56 Unicode(arg: unicodestringnl) "UNICODE" [] => [str] 0 "Push a Python Unicode string object.";
            0x58 BinUnicode(arg: unicodestring4) "BINUNICODE" [] => [str] 1 "Push a Python Unicode string object.";
            0x5d EmptyList "EMPTY_LIST" [] => [list] 1 "Push an empty list.";
            0x61 Append "APPEND" [list any] => [list] 0 "Append an object to a list.";
            0x62 Build "BUILD" [any any] => [any] 0 "Finish building an object, via __setstate__ or dict update.";
            0x63 Global(arg: stringnl_noescape_pair) "GLOBAL" [] => [any] 0 "Push a global object (module.attr) on the stack.";
            0x64 Dict "DICT" [mark stackslice] => [dict] 0 "Build a dict out of the topmost stack slice, after markobject.";
            0x65 Appends "APPENDS" [list mark stackslice] => [list] 1 "Extend a list by a slice of stack objects.";
            0x67 Get(arg: decimalnl_short) "GET" [] => [any] 0 "Read an object from the memo and push it on the stack.";
            0x68 BinGet(arg: uint1) "BINGET" [] => [any] 1 "Read an object from the memo and push it on the stack.";
            0x69 Inst(arg: stringnl_noescape_pair) "INST" [mark stackslice] => [any] 0 "Build a class instance.";
            0x6a LongBinGet(arg: uint4) "LONG_BINGET" [] => [any] 1 "Read an object from the memo and push it on the stack.";
            0x6c List "LIST" [mark stackslice] => [list] 0 "Build a list out of the topmost stack slice, after markobject.";
            0x6f Obj "OBJ" [mark any stackslice] => [any] 1 "Build a class instance.";
            0x70 Put(arg: decimalnl_short) "PUT" [] => [] 0 "Store the stack top into the memo.  The stack is not popped.";
            0x71 BinPut(arg: uint1) "BINPUT" [] => [] 1 "Store the stack top into the memo.  The stack is not popped.";
            0x72 LongBinPut(arg: uint4) "LONG_BINPUT" [] => [] 1 "Store the stack top into the memo.  The stack is not popped.";
            0x73 SetItem "SETITEM" [dict any any] => [dict] 0 "Add a key+value pair to an existing dict.";
            0x74 Tuple "TUPLE" [mark stackslice] => [tuple] 0 "Build a tuple out of the topmost stack slice, after markobject.";
            0x75 SetItems "SETITEMS" [dict mark stackslice] => [dict] 1 "Add an arbitrary number of key+value pairs to an existing dict.";
            0x7d EmptyDict "EMPTY_DICT" [] => [dict] 1 "Push an empty dict.";
            0x80 Proto(arg: uint1) "PROTO" [] => [] 2 "Protocol version indicator.";
            0x81 NewObj "NEWOBJ" [any any] => [any] 2 "Build an object instance.";
            0x82 Ext1(arg: uint1) "EXT1" [] => [any] 2 "Extension code.";
            0x83 Ext2(arg: uint2) "EXT2" [] => [any] 2 "Extension code.";
            0x84 Ext4(arg: int4) "EXT4" [] => [any] 2 "Extension code.";
            0x85 Tuple1 "TUPLE1" [any] => [tuple] 2 "Build a one-tuple out of the topmost item on the stack.";
            0x86 Tuple2 "TUPLE2" [any any] => [tuple] 2 "Build a two-tuple out of the top two items on the stack.";
            0x87 Tuple3 "TUPLE3" [any any any] => [tuple] 2 "Build a three-tuple out of the top three items on the stack.";
            0x88 NewTrue "NEWTRUE" [] => [bool] 2 "Push True onto the stack.";
            0x89 NewFalse "NEWFALSE" [] => [bool] 2 "Push False onto the stack.";
            0x8a Long1(arg: long1) "LONG1" [] => [int] 2 "Long integer using one-byte length.";
            0x8b Long4(arg: long4) "LONG4" [] => [int] 2 "Long integer using four-byte length.";
            0x8c ShortBinUnicode(arg: unicodestring1) "SHORT_BINUNICODE" [] => [str] 4 "Push a Python Unicode string object.";
            0x8d BinUnicode8(arg: unicodestring8) "BINUNICODE8" [] => [str] 4 "Push a Python Unicode string object.";
            0x8e BinBytes8(arg: bytes8) "BINBYTES8" [] => [bytes] 4 "Push a Python bytes object.";
            0x8f EmptySet "EMPTY_SET" [] => [set] 4 "Push an empty set.";
            0x90 AddItems "ADDITEMS" [set mark stackslice] => [set] 4 "Add an arbitrary number of items to an existing set.";
            0x91 FrozenSet "FROZENSET" [mark stackslice] => [frozenset] 4 "Build a frozenset out of the topmost slice, after markobject.";
            0x92 NewObjEx "NEWOBJ_EX" [any any any] => [any] 4 "Build an object instance.";
            0x93 StackGlobal "STACK_GLOBAL" [str str] => [any] 4 "Push a global object (module.attr) on the stack.";
            0x94 Memoize "MEMOIZE" [any] => [any] 4 "Store the stack top into the memo.  The stack is not popped.";
            0x95 Frame(arg: uint8) "FRAME" [] => [] 4 "Indicate the beginning of a new frame.";
            0x96 ByteArray8(arg: bytearray8) "BYTEARRAY8" [] => [bytearray] 5 "Push a Python bytearray object.";
            0x97 NextBuffer "NEXT_BUFFER" [] => [buffer] 5 "Push an out-of-band buffer object.";
            0x98 ReadonlyBuffer "READONLY_BUFFER" [buffer] => [buffer] 5 "Make an out-of-band buffer object read-only.";
        }
    };
}
