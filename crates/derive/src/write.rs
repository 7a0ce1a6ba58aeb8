//! `ToPython`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, WherePredicate, parse_quote};

use crate::input::{Content, Field, Input, Role};

pub fn derive(input: &Input, root: &TokenStream) -> TokenStream {
    let Input { ident, name, .. } = input;
    let generics = input.bounded(None, |field, parameters| predicates(field, parameters, root));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = input.generics.split_for_impl();
    let mut write_fields = TokenStream::new();
    let body = match &input.content {
        Content::Named(fields) => {
            let entries = fields.iter().map(|field| entry(field, root));
            write_fields = quote! {
                #[automatically_derived]
                impl #impl_generics #root::WriteFields for #ident #type_generics #where_clause {
                    fn write_fields<__M: #root::SerializeMap>(
                        &self,
                        __map: &mut __M,
                    ) -> ::core::result::Result<(), __M::Error> {
                        #(#entries)*
                        ::core::result::Result::Ok(())
                    }
                }
            };
            named(input, fields, root)
        }
        Content::Tuple(fields) => {
            let (length, values) = (written(fields).count(), written(fields).map(|field| value(field, root)));
            quote! {
                let mut __fields = #root::Serializer::serialize_tuple_struct(__serializer, #name, #length)?;
                #(#root::SerializeTupleStruct::serialize_field(&mut __fields, #values)?;)*
                #root::SerializeTupleStruct::end(__fields)
            }
        }
        Content::Unit => quote!(#root::Serializer::serialize_unit_struct(__serializer, #name)),
        Content::Enum(variants) => {
            let idents = variants.iter().map(|variant| &variant.ident);
            let written = variants.iter().map(|variant| &variant.written);
            let indexes = 0..u32::try_from(variants.len()).unwrap_or(u32::MAX);
            quote! {
                let (__index, __variant): (u32, &'static str) = match *self {
                    #(Self::#idents => (#indexes, #written),)*
                };
                #root::Serializer::serialize_unit_variant(__serializer, #name, __index, __variant)
            }
        }
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #root::Serialize for #ident #type_generics #where_clause {
            fn serialize<__S: #root::Serializer>(
                &self,
                __serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                #body
            }
        }
        #write_fields
    }
}

fn written<'f, 'a>(fields: &'f [Field<'a>]) -> impl Iterator<Item = &'f Field<'a>> {
    fields.iter().filter(|field| matches!(field.role, Role::Attribute(_)))
}

fn named(input: &Input, fields: &[Field], root: &TokenStream) -> TokenStream {
    let name = &input.name;
    if fields.iter().any(|field| matches!(field.role, Role::Flattened(_))) {
        // Maps have no names, so a newtype around it has: `names::STATE` of `halfsour-serde`.
        let state = format!("$halfsour::state {name}");
        return if input.has_class {
            quote!(#root::Serializer::serialize_newtype_struct(__serializer, #state, &#root::Flat(self)))
        } else {
            quote!(#root::Serialize::serialize(&#root::Flat(self), __serializer))
        };
    }
    let length = written(fields).count();
    let names = written(fields).map(|field| &field.name);
    let values = written(fields).map(|field| value(field, root));
    quote! {
        let mut __fields = #root::Serializer::serialize_struct(__serializer, #name, #length)?;
        #(#root::SerializeStruct::serialize_field(&mut __fields, #names, #values)?;)*
        #root::SerializeStruct::end(__fields)
    }
}

/// Returns a reference to what is serialized for a field.
fn value(field: &Field, root: &TokenStream) -> TokenStream {
    let (member, ty) = (&field.member, field.ty);
    match &field.role {
        Role::Attribute(Some(marker)) => quote!(&#root::Written::<#ty, #marker>::new(&self.#member)),
        _ => quote!(&self.#member),
    }
}

/// Returns the statement that writes a field into a map.
fn entry(field: &Field, root: &TokenStream) -> TokenStream {
    let (name, value, member) = (&field.name, value(field, root), &field.member);
    match field.role {
        Role::Attribute(_) => quote!(#root::SerializeMap::serialize_entry(__map, #name, #value)?;),
        Role::Flattened(_) => quote!(#root::WriteFields::write_fields(&self.#member, __map)?;),
        Role::Skipped => quote!(),
    }
}

/// Returns the bounds that writing a field asks of the type parameters in it.
fn predicates(field: &Field, parameters: &[&Ident], root: &TokenStream) -> Vec<WherePredicate> {
    let ty = field.ty;
    match &field.role {
        Role::Attribute(Some(marker)) => vec![parse_quote!(#marker: #root::python::WriteAs<#ty>)],
        Role::Attribute(None) => {
            parameters.iter().map(|parameter| parse_quote!(#parameter: #root::Serialize)).collect()
        }
        Role::Flattened(_) => vec![parse_quote!(#ty: #root::WriteFields)],
        Role::Skipped => Vec::new(),
    }
}
