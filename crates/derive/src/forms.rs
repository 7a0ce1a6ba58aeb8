//! Fields as kinds of Python's objects.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Error, GenericArgument, PathArguments, Result, Type};

/// A kind of object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A sequence of that name in `python`.
    Sequence(&'static str),
    OrderedDict,
    PersistentId,
    Bytes,
    NdArray,
    /// One value, of that name.
    One(&'static str),
}

const FORMS: [(&str, Form); 16] = [
    ("set", Form::Sequence("Set")),
    ("frozenset", Form::Sequence("FrozenSet")),
    ("tuple", Form::Sequence("Tuple")),
    ("deque", Form::Sequence("Deque")),
    ("ordered_dict", Form::OrderedDict),
    ("bytes", Form::Bytes),
    ("decimal", Form::One("Decimal")),
    ("fraction", Form::One("Fraction")),
    ("uuid", Form::One("Uuid")),
    ("date", Form::One("Date")),
    ("time", Form::One("Time")),
    ("datetime", Form::One("DateTime")),
    ("timedelta", Form::One("TimeDelta")),
    ("path", Form::One("Path")),
    ("ndarray", Form::NdArray),
    ("persistent_id", Form::PersistentId),
];

impl Form {
    pub fn of(word: &str) -> Option<Self> {
        FORMS.iter().find(|(name, _)| *name == word).map(|(_, form)| *form)
    }

    pub fn names() -> String {
        FORMS.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }
}

/// The kinds that are said of a field: of the whole, or of the containers and the values in it.
#[derive(Default)]
pub struct Forms {
    pub whole: Option<Type>,
    containers: Containers,
    value: Option<Form>,
    is_persistent_id: bool,
}

/// The kinds of containers that are not found yet.
#[derive(Clone, Copy, Default)]
struct Containers {
    sequence: Option<&'static str>,
    is_ordered_dict: bool,
}

impl Forms {
    pub fn add(&mut self, form: Form, span: Span) -> Result<()> {
        let is_new = match form {
            Form::OrderedDict => !std::mem::replace(&mut self.containers.is_ordered_dict, true),
            Form::PersistentId => !std::mem::replace(&mut self.is_persistent_id, true),
            Form::Sequence(kind) => self.containers.sequence.replace(kind).is_none(),
            Form::Bytes | Form::NdArray | Form::One(_) => self.value.replace(form).is_none(),
        };
        let why = "a field has one kind of sequence, and one of the values in it; say `as = \"…\"` for more";
        if is_new { Ok(()) } else { Err(Error::new(span, why)) }
    }

    pub fn is_said(&self) -> bool {
        let Containers { sequence, is_ordered_dict } = self.containers;
        self.whole.is_some()
            || self.value.is_some()
            || self.is_persistent_id
            || sequence.is_some()
            || is_ordered_dict
    }

    /// Returns the type of `python` that says how a field is written, or `None` if it serializes itself.
    pub fn marker(&self, ty: &Type, root: &TokenStream) -> Option<TokenStream> {
        match &self.whole {
            Some(whole) => Some(quote!(#whole)),
            None => self.is_said().then(|| self.of(ty, self.containers, &quote!(#root::python))),
        }
    }

    /// Looks through the containers that a type is made of, as it is written.
    fn of(&self, ty: &Type, containers: Containers, python: &TokenStream) -> TokenStream {
        let (name, arguments) = parts(ty);
        match (name.as_str(), &arguments[..]) {
            ("Option", [inner]) => {
                let inner = self.of(inner, containers, python);
                quote!(::core::option::Option<#inner>)
            }
            ("Box", [inner]) => {
                let inner = self.of(inner, containers, python);
                quote!(::std::boxed::Box<#inner>)
            }
            (
                "Vec" | "VecDeque" | "LinkedList" | "HashSet" | "BTreeSet" | "IndexSet" | "array",
                [member, ..],
            ) if !self.is_value(member, containers) => self.sequence(ty, member, containers, python),
            ("HashMap" | "BTreeMap" | "IndexMap", [_, value, ..]) => {
                let value = self.of(value, Containers { is_ordered_dict: false, ..containers }, python);
                if containers.is_ordered_dict {
                    quote!(#python::OrderedDict<#python::Same, #value>)
                } else {
                    quote!(::std::collections::BTreeMap<#python::Same, #value>)
                }
            }
            _ => self.named(containers, python),
        }
    }

    /// Returns whether a sequence with such members is a value.
    fn is_value(&self, member: &Type, containers: Containers) -> bool {
        let is_byte = matches!(member, Type::Path(path) if path.path.is_ident("u8"));
        let is_bytes = is_byte && self.value == Some(Form::Bytes);
        containers.sequence.is_none() && (is_bytes || self.value == Some(Form::NdArray))
    }

    fn sequence(
        &self,
        ty: &Type,
        member: &Type,
        containers: Containers,
        python: &TokenStream,
    ) -> TokenStream {
        let member = self.of(member, Containers { sequence: None, ..containers }, python);
        match (ty, containers.sequence) {
            // It is a tuple by itself.
            (Type::Array(array), None | Some("Tuple")) => {
                let length = &array.len;
                quote!([#member; #length])
            }
            (_, Some(kind)) => {
                let kind = format_ident!("{kind}");
                quote!(#python::#kind<#member>)
            }
            (_, None) => quote!(::std::vec::Vec<#member>),
        }
    }

    /// Returns the kind of a type whose name says nothing: of a value, or of some other container.
    fn named(&self, containers: Containers, python: &TokenStream) -> TokenStream {
        let mut named = self.leaf(python);
        if let Some(kind) = containers.sequence {
            let kind = format_ident!("{kind}");
            named = quote!(#python::#kind<#named>);
        }
        if containers.is_ordered_dict { quote!(#python::OrderedDict<#python::Same, #named>) } else { named }
    }

    fn leaf(&self, python: &TokenStream) -> TokenStream {
        let value = match self.value {
            Some(Form::One(name)) => format_ident!("{name}"),
            Some(Form::Bytes) => format_ident!("Bytes"),
            Some(Form::NdArray) => format_ident!("NdArray"),
            _ => format_ident!("Same"),
        };
        if self.is_persistent_id {
            quote!(#python::PersistentId<#python::#value>)
        } else {
            quote!(#python::#value)
        }
    }
}

/// Returns the name of a type without its path, and its arguments.
fn parts(ty: &Type) -> (String, Vec<&Type>) {
    match ty {
        Type::Array(array) => ("array".into(), vec![&*array.elem]),
        Type::Group(group) => parts(&group.elem),
        Type::Paren(paren) => parts(&paren.elem),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return (String::new(), Vec::new()) };
            let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return (last.ident.to_string(), Vec::new());
            };
            let types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            (last.ident.to_string(), types.collect())
        }
        _ => (String::new(), Vec::new()),
    }
}
