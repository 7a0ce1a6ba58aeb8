//! How instances came to be, and the builtins that old protocols spell as calls.

/// The ways in which an instance is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Form {
    /// `REDUCE`: a call of any callable.
    Call,
    /// `NEWOBJ`: `cls.__new__(cls, *args)`.
    New,
    /// `NEWOBJ_EX`: `cls.__new__(cls, *args, **kwargs)`.
    NewEx,
    /// `INST`: a call, or, without arguments, a new object without `__init__`.
    Inst,
    /// `OBJ`: as `INST`, with the class on the stack.
    Obj,
    /// `REDUCE` of `copyreg._reconstructor(cls, base, state)`, by which protocols 0 and 1 make objects.
    Reconstructor,
    /// `REDUCE` of `copyreg.__newobj__(cls, *args)`.
    NewObjCall,
    /// `REDUCE` of `copyreg.__newobj_ex__(cls, args, kwargs)`.
    NewObjExCall,
}

impl Form {
    /// How many objects it is made of: the callable, the arguments and, for one form, the keyword arguments.
    pub(crate) const fn parts(self) -> usize {
        match self {
            Self::NewEx => 3,
            _ => 2,
        }
    }

    /// The name: `call`, `new`, `new_ex`, `inst`, `obj`, `reconstructor`, `new_obj_call` or `new_obj_ex_call`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::New => "new",
            Self::NewEx => "new_ex",
            Self::Inst => "inst",
            Self::Obj => "obj",
            Self::Reconstructor => "reconstructor",
            Self::NewObjCall => "new_obj_call",
            Self::NewObjExCall => "new_obj_ex_call",
        }
    }

    /// The form with this name.
    #[cfg(feature = "serde")]
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        (0..8).map(Self::from_bits).find(|form| form.name() == name)
    }

    pub(crate) const fn from_bits(bits: u8) -> Self {
        match bits {
            0 => Self::Call,
            1 => Self::New,
            2 => Self::NewEx,
            3 => Self::Inst,
            4 => Self::Obj,
            5 => Self::Reconstructor,
            6 => Self::NewObjCall,
            _ => Self::NewObjExCall,
        }
    }
}

/// The int opcode of the stream, if it is not the one that Python 3 writes for this value: Python 2 tells `int` from `long`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum IntSpelling {
    /// `LONG`, `LONG1` or `LONG4` for a value of at most 32 bits: a `long`.
    Long = 1,
    /// `INT` for a value of more than 32 bits: an `int`.
    Int = 2,
}

/// The callables that the protocols themselves spell out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Builtin {
    /// None of them.
    Other,
    /// `_codecs.encode`.
    CodecsEncode,
    /// `builtins.bytes`.
    Bytes,
    /// `builtins.bytearray`.
    ByteArray,
    /// `builtins.set`.
    Set,
    /// `builtins.frozenset`.
    FrozenSet,
    /// `builtins.complex`.
    Complex,
    /// `copyreg._reconstructor`.
    Reconstructor,
    /// `copyreg.__newobj__`.
    NewObj,
    /// `copyreg.__newobj_ex__`.
    NewObjEx,
}

impl Builtin {
    pub(crate) const fn from_bits(bits: u8) -> Self {
        match bits {
            1 => Self::CodecsEncode,
            2 => Self::Bytes,
            3 => Self::ByteArray,
            4 => Self::Set,
            5 => Self::FrozenSet,
            6 => Self::Complex,
            7 => Self::Reconstructor,
            8 => Self::NewObj,
            9 => Self::NewObjEx,
            _ => Self::Other,
        }
    }
}
