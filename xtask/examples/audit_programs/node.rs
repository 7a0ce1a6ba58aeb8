//! What a program makes, as a tree.

/// An object, by how opcodes make it.
#[derive(Clone, Debug)]
pub enum Node {
    None,
    Bool(bool),
    Int(i64),
    /// Two's complement, the lowest byte first.
    Long(Vec<u8>),
    Float(f64),
    Str(String),
    Bytes(Vec<u8>),
    /// A string of Python 2.
    ByteString(Vec<u8>),
    List(Vec<Self>),
    Tuple(Vec<Self>),
    Dict(Vec<(Self, Self)>),
    Set(Vec<Self>),
    FrozenSet(Vec<Self>),
    /// What the program finds by an id.
    Persistent(Box<Self>),
    /// Bytes: pickles, one after the other, and then what is none.
    File(Vec<Self>, Vec<u8>),
    /// `module:name`
    Global(String),
    Call(Box<Self>, Vec<Self>),
    /// `__new__` with arguments and keywords.
    New(Box<Self>, Vec<Self>, Vec<(Self, Self)>),
    Build(Box<Self>, Box<Self>),
    Append(Box<Self>, Vec<Self>),
    SetItem(Box<Self>, Vec<(Self, Self)>),
    /// The first is made and taken off the stack again.
    Dropped(Box<Self>, Box<Self>),
    /// The object is given the state, and items are set on the state after that.
    Changed(Box<Self>, Box<Self>, Vec<(Self, Self)>),
    /// A list, or the value of a key of a dict, that is the container itself.
    Cycle(Vec<Self>),
    /// The same object twice, in a tuple.
    Twice(Box<Self>),
}

impl Node {
    pub fn str(text: &(impl ToString + ?Sized)) -> Self {
        Self::Str(text.to_string())
    }

    pub fn global(name: &(impl ToString + ?Sized)) -> Self {
        Self::Global(name.to_string())
    }

    /// A count or a size.
    pub fn size(size: usize) -> Self {
        Self::Int(i64::try_from(size).expect("programs are short"))
    }

    pub fn call(callee: &str, args: Vec<Self>) -> Self {
        Self::Call(Box::new(Self::global(callee)), args)
    }

    pub fn new(class: &str, args: Vec<Self>) -> Self {
        Self::New(Box::new(Self::global(class)), args, Vec::new())
    }

    pub fn build(self, state: Self) -> Self {
        Self::Build(Box::new(self), Box::new(state))
    }

    /// Visits what it is made of, itself first.
    pub fn visit(&mut self, see: &mut dyn FnMut(&mut Self)) {
        see(self);
        match self {
            Self::List(items)
            | Self::Tuple(items)
            | Self::Set(items)
            | Self::FrozenSet(items)
            | Self::Cycle(items)
            | Self::File(items, _) => visit_all(items, see),
            Self::Dict(pairs) => visit_pairs(pairs, see),
            Self::Call(callee, args) => {
                callee.visit(see);
                visit_all(args, see);
            }
            Self::New(class, args, keywords) => {
                class.visit(see);
                visit_all(args, see);
                visit_pairs(keywords, see);
            }
            Self::Build(object, other) | Self::Dropped(object, other) => {
                object.visit(see);
                other.visit(see);
            }
            Self::Append(object, items) => {
                object.visit(see);
                visit_all(items, see);
            }
            Self::SetItem(object, pairs) => {
                object.visit(see);
                visit_pairs(pairs, see);
            }
            Self::Changed(object, state, pairs) => {
                object.visit(see);
                state.visit(see);
                visit_pairs(pairs, see);
            }
            Self::Twice(object) | Self::Persistent(object) => object.visit(see),
            Self::None
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Long(_)
            | Self::Float(_)
            | Self::Str(_)
            | Self::Bytes(_)
            | Self::ByteString(_)
            | Self::Global(_) => {}
        }
    }
}

fn visit_pairs(pairs: &mut [(Node, Node)], see: &mut dyn FnMut(&mut Node)) {
    for (key, value) in pairs {
        key.visit(see);
        value.visit(see);
    }
}

fn visit_all(nodes: &mut [Node], see: &mut dyn FnMut(&mut Node)) {
    for node in nodes {
        node.visit(see);
    }
}
