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

/// The kinds that are said of a field: of a container, of the values in it, and of the whole.
#[derive(Default)]
pub struct Forms {
    pub whole: Option<Type>,
    container: Option<Form>,
    value: Option<Form>,
    is_persistent_id: bool,
}

impl Forms {
    pub fn add(&mut self, form: Form, span: Span) -> Result<()> {
        let place = match form {
            Form::Sequence(_) | Form::OrderedDict => &mut self.container,
            Form::PersistentId => {
                self.is_persistent_id = true;
                return Ok(());
            }
            Form::Bytes | Form::NdArray | Form::One(_) => &mut self.value,
        };
        match place {
            None => {
                *place = Some(form);
                Ok(())
            }
            Some(_) => Err(Error::new(
                span,
                "a field has one kind of container, and one of the values in it; say `as = \"…\"` for more",
            )),
        }
    }

    pub fn is_said(&self) -> bool {
        self.whole.is_some() || self.container.is_some() || self.value.is_some() || self.is_persistent_id
    }

    /// Returns the type of `python` that says how a field is written, or `None` if it serializes itself.
    pub fn marker(&self, ty: &Type, root: &TokenStream) -> Option<TokenStream> {
        match &self.whole {
            Some(whole) => Some(quote!(#whole)),
            None => self.is_said().then(|| self.of(ty, self.container, root)),
        }
    }

    /// Looks through the containers that a type is made of, as it is written.
    fn of(&self, ty: &Type, container: Option<Form>, root: &TokenStream) -> TokenStream {
        let python = quote!(#root::python);
        let same = quote!(#python::Same);
        let (name, arguments) = parts(ty);
        let is_bytes = |member: &Type| matches!(member, Type::Path(path) if path.path.is_ident("u8"));
        let is_sequence = matches!(
            name.as_str(),
            "Vec" | "VecDeque" | "LinkedList" | "HashSet" | "BTreeSet" | "IndexSet" | "array"
        );
        match (name.as_str(), &arguments[..], container) {
            ("Option", [inner], _) => {
                let inner = self.of(inner, container, root);
                quote!(::core::option::Option<#inner>)
            }
            ("Box", [inner], _) => {
                let inner = self.of(inner, container, root);
                quote!(::std::boxed::Box<#inner>)
            }
            (_, [_], None) if is_sequence && self.value == Some(Form::NdArray) => self.leaf(&python),
            (_, [member], None) if is_sequence && self.value == Some(Form::Bytes) && is_bytes(member) => {
                self.leaf(&python)
            }
            // An array is a tuple by itself.
            ("array", [member], Some(Form::Sequence("Tuple"))) => self.array(ty, member, None, root),
            (_, [member, ..], Some(Form::Sequence(kind))) if is_sequence => {
                let (kind, member) = (format_ident!("{kind}"), self.of(member, None, root));
                quote!(#python::#kind<#member>)
            }
            ("array", [member], _) => self.array(ty, member, container, root),
            (_, [member, ..], _) if is_sequence => {
                let member = self.of(member, container, root);
                quote!(::std::vec::Vec<#member>)
            }
            ("HashMap" | "BTreeMap" | "IndexMap", [_, value, ..], Some(Form::OrderedDict)) => {
                let value = self.of(value, None, root);
                quote!(#python::OrderedDict<#same, #value>)
            }
            ("HashMap" | "BTreeMap" | "IndexMap", [_, value, ..], _) => {
                let value = self.of(value, container, root);
                quote!(::std::collections::BTreeMap<#same, #value>)
            }
            (_, _, Some(Form::OrderedDict)) => {
                let value = self.leaf(&python);
                quote!(#python::OrderedDict<#same, #value>)
            }
            // The name of some other collection.
            (_, _, Some(Form::Sequence(kind))) => {
                let (kind, member) = (format_ident!("{kind}"), self.leaf(&python));
                quote!(#python::#kind<#member>)
            }
            _ => self.leaf(&python),
        }
    }

    fn array(&self, ty: &Type, member: &Type, container: Option<Form>, root: &TokenStream) -> TokenStream {
        let member = self.of(member, container, root);
        match ty {
            Type::Array(array) => {
                let length = &array.len;
                quote!([#member; #length])
            }
            _ => member,
        }
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
