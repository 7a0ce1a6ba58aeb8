//! The type that is derived for.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Data, DeriveInput, Error, GenericParam, Generics, Ident, LifetimeParam, Member, Result, Type,
    WherePredicate,
};

use crate::attributes::{self, Container};
use crate::enums::Variant;

/// A type, with all that its attributes say.
pub struct Input<'a> {
    pub ident: &'a Ident,
    pub generics: &'a Generics,
    /// The name for serde: the path to the class, with its shape, or the type's own.
    pub name: String,
    pub has_class: bool,
    pub content: Content<'a>,
}

pub enum Content<'a> {
    Named(Vec<Field<'a>>),
    Tuple(Vec<Field<'a>>),
    Unit,
    Enum(Vec<Variant>),
}

pub struct Field<'a> {
    pub member: Member,
    /// The name of the attribute in Python.
    pub name: String,
    pub ty: &'a Type,
    pub role: Role,
    /// A missing field is the default.
    pub default: bool,
}

pub enum Role {
    /// The field is read and written, as this type of `python` says, if there is one.
    Attribute(Option<TokenStream>),
    Flattened(Span),
    Skipped,
}

impl<'a> Input<'a> {
    pub fn read(input: &'a DeriveInput, root: &TokenStream) -> Result<Self> {
        let container = Container::read(&input.attrs)?;
        let named = |suffix: &str| match &container.class {
            Some(class) => class.value() + suffix + &container.aliases(),
            None => input.ident.to_string(),
        };
        let (name, content) = match &input.data {
            Data::Struct(data) => {
                let shape = container.shape()?;
                let fields = data.fields.iter().zip(data.fields.members());
                let fields: Vec<_> =
                    fields.map(|(field, member)| Field::read(field, member, root)).collect::<Result<_>>()?;
                let flattened = fields.iter().find_map(|field| match field.role {
                    Role::Flattened(span) => Some(span),
                    _ => None,
                });
                let content = match &data.fields {
                    syn::Fields::Named(_) => Content::Named(fields),
                    syn::Fields::Unnamed(_) => Content::Tuple(fields),
                    syn::Fields::Unit => Content::Unit,
                };
                if let Some(span) = flattened
                    && (!matches!(content, Content::Named(_)) || !matches!(shape, "" | "{slots}"))
                {
                    let why = "only structs whose fields have names, and whose shape is plain or `slots`, flatten fields";
                    return Err(Error::new(span, why));
                }
                if matches!(content, Content::Tuple(_))
                    && !matches!(shape, "" | "(..)" | "[..]" | "{namedtuple}")
                {
                    let why = "the fields of a tuple struct have no names; its shape is `call`, `namedtuple` or `list_state`";
                    return Err(Error::new(input.ident.span(), why));
                }
                (named(shape), content)
            }
            Data::Enum(data) => {
                let (suffix, by_value) = container.by()?;
                (named(suffix), Content::Enum(Variant::read(data, by_value)?))
            }
            Data::Union(_) => return Err(Error::new(input.ident.span(), "a union has no class in Python")),
        };
        let has_class = container.class.is_some();
        Ok(Self { ident: &input.ident, generics: &input.generics, name, has_class, content })
    }

    /// Returns the generics, with a lifetime that outlives all others, and with the predicates for each field whose type mentions type
    /// parameters.
    pub fn bounded(
        &self,
        lifetime: Option<&str>,
        predicates: impl Fn(&Field<'_>, &[&Ident]) -> Vec<WherePredicate>,
    ) -> Generics {
        let mut generics = self.generics.clone();
        if let Some(lifetime) = lifetime {
            let lifetime = syn::Lifetime::new(lifetime, Span::call_site());
            let mut longest = LifetimeParam::new(lifetime);
            longest.bounds = generics.lifetimes().map(|other| other.lifetime.clone()).collect();
            generics.params.insert(0, GenericParam::Lifetime(longest));
        }
        let clause = generics.make_where_clause();
        if let Content::Named(fields) | Content::Tuple(fields) = &self.content {
            for field in fields {
                let parameters = self.generics.type_params().map(|parameter| &parameter.ident);
                let parameters: Vec<_> =
                    parameters.filter(|parameter| mentions(field.ty.to_token_stream(), parameter)).collect();
                if !parameters.is_empty() {
                    clause.predicates.extend(predicates(field, &parameters));
                }
            }
        }
        generics
    }
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

impl<'a> Field<'a> {
    fn read(field: &'a syn::Field, member: Member, root: &TokenStream) -> Result<Self> {
        let said = attributes::Field::read(field)?;
        let own = match &member {
            Member::Named(ident) => syn::ext::IdentExt::unraw(ident).to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        };
        let role = if said.skip {
            Role::Skipped
        } else if let Some(span) = said.flatten {
            Role::Flattened(span)
        } else {
            Role::Attribute(said.forms.marker(&field.ty, root))
        };
        let name = said.rename.map_or(own, |name| name.value());
        Ok(Self { member, name, ty: &field.ty, role, default: said.default })
    }

    /// Returns the name of the local variable for the field.
    pub fn local(&self) -> Ident {
        match &self.member {
            Member::Named(ident) => format_ident!("__{}", syn::ext::IdentExt::unraw(ident)),
            Member::Unnamed(index) => format_ident!("__{}", index.index),
        }
    }

    /// Returns the type that serde is asked for, and what takes the field out of a value of it.
    pub fn asked(&self, root: &TokenStream) -> (TokenStream, TokenStream) {
        let ty = self.ty;
        match &self.role {
            Role::Attribute(Some(marker)) => (quote!(#root::Read<#ty, #marker>), quote!(.0)),
            _ => (quote!(#ty), quote!()),
        }
    }
}
