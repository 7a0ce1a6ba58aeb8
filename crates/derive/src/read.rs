//! `FromPython`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, WherePredicate, parse_quote};

use crate::input::{Content, Field, Input, Role};

pub fn derive(input: &Input, root: &TokenStream) -> TokenStream {
    let Input { ident, name, .. } = input;
    let generics = input.bounded(Some("'__de"), |field, parameters| predicates(field, parameters, root));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = input.generics.split_for_impl();
    let (body, more) = match &input.content {
        Content::Named(fields) => {
            (quote!(#root::read_struct::<Self, __D>(#name, __deserializer)), named(input, fields, root))
        }
        Content::Tuple(fields) => {
            let in_order = in_order(fields, root);
            let count = fields.iter().filter(|field| matches!(field.role, Role::Attribute(_))).count();
            let more = quote! {
                #[automatically_derived]
                impl #impl_generics #root::InOrder<'__de> for #ident #type_generics #where_clause {
                    const LENGTH: usize = #count;
                    #in_order
                }
            };
            (quote!(#root::read_tuple::<Self, __D>(#name, __deserializer)), more)
        }
        Content::Unit => (quote!(#root::read_unit(#name, __deserializer).map(|()| Self)), TokenStream::new()),
        Content::Enum(variants) => {
            let names = variants.iter().map(|variant| &variant.written);
            let indexes = 0..variants.len();
            let again = 0..variants.len();
            let texts = variants.iter().map(|variant| &variant.read);
            let idents = variants.iter().map(|variant| &variant.ident);
            let body = quote! {
                let __index = |__text: &str| match __text {
                    #(#(#texts)|* => ::core::option::Option::Some(#indexes),)*
                    _ => ::core::option::Option::None,
                };
                match #root::read_member(#name, &[#(#names),*], __index, __deserializer)? {
                    #(#again => ::core::result::Result::Ok(Self::#idents),)*
                    _ => ::core::unreachable!(),
                }
            };
            (body, TokenStream::new())
        }
    };
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #impl_generics #root::Deserialize<'__de> for #ident #type_generics #where_clause {
                fn deserialize<__D: #root::Deserializer<'__de>>(
                    __deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    #body
                }
            }
            #more
        };
    }
}

fn named(input: &Input, fields: &[Field], root: &TokenStream) -> TokenStream {
    let ident = input.ident;
    let generics = input.bounded(Some("'__de"), |field, parameters| predicates(field, parameters, root));
    let (impl_generics, partial_generics, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = input.generics.split_for_impl();
    let attributes: Vec<_> = fields.iter().filter(|field| matches!(field.role, Role::Attribute(_))).collect();
    let flattened: Vec<_> = fields.iter().filter(|field| matches!(field.role, Role::Flattened(_))).collect();
    let own = attributes.len();
    let (names, indexes): (Vec<_>, _) = (attributes.iter().map(|field| &field.name).collect(), 0..own);
    let locals: Vec<_> = attributes.iter().map(|field| field.local()).collect();
    let types: Vec<_> = attributes.iter().map(|field| field.ty).collect();
    let inner: Vec<_> = flattened.iter().map(|field| field.local()).collect();
    let inner_types: Vec<_> = flattened.iter().map(|field| field.ty).collect();
    let members = fields.iter().map(|field| &field.member);
    let values = fields.iter().map(|field| {
        let local = field.local();
        let (ty, (asked, out), name) = (field.ty, field.asked(root), &field.name);
        match field.role {
            Role::Skipped => quote!(::core::default::Default::default()),
            Role::Flattened(_) => quote!(<#ty as #root::Fields<'__de>>::finish(__partial.#local)?),
            Role::Attribute(_) if field.default => quote!(__partial.#local.unwrap_or_default()),
            Role::Attribute(_) => quote!(match __partial.#local {
                ::core::option::Option::Some(__value) => __value,
                ::core::option::Option::None => #root::missing::<#asked, __E>(#name)?#out,
            }),
        }
    });
    let claimed = if names.is_empty() { quote!(_ if false) } else { quote!(#(#names)|*) };
    let (take, in_order) = (take(&attributes, &flattened, root), in_order(fields, root));
    quote! {
        #[doc(hidden)]
        pub struct __Partial #impl_generics #where_clause {
            #(#locals: ::core::option::Option<#types>,)*
            #(#inner: <#inner_types as #root::Fields<'__de>>::Partial,)*
            __of: ::core::marker::PhantomData<(&'__de (), fn() -> #ident #type_generics)>,
        }

        #[automatically_derived]
        impl #impl_generics #root::InOrder<'__de> for #ident #type_generics #where_clause {
            const LENGTH: usize = #own #(+ <#inner_types as #root::InOrder<'__de>>::LENGTH)*;
            #in_order
        }

        #[automatically_derived]
        impl #impl_generics #root::Fields<'__de> for #ident #type_generics #where_clause {
            type Partial = __Partial #partial_generics;
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const COUNT: usize = #own #(+ <#inner_types as #root::Fields<'__de>>::COUNT)*;
            const OPEN: ::core::option::Option<usize> = #root::first_open(
                &[#((
                    <#inner_types as #root::Fields<'__de>>::OPEN,
                    <#inner_types as #root::Fields<'__de>>::COUNT,
                )),*],
                #own,
            );

            fn partial() -> Self::Partial {
                __Partial {
                    #(#locals: ::core::option::Option::None,)*
                    #(#inner: <#inner_types as #root::Fields<'__de>>::partial(),)*
                    __of: ::core::marker::PhantomData,
                }
            }

            fn index(__name: &str) -> ::core::option::Option<usize> {
                match __name {
                    #(#names => ::core::option::Option::Some(#indexes),)*
                    _ => {
                        let __start: usize = #own;
                        #(
                            if let ::core::option::Option::Some(__index) =
                                <#inner_types as #root::Fields<'__de>>::index(__name)
                            {
                                return ::core::option::Option::Some(__start + __index);
                            }
                            let __start = __start + <#inner_types as #root::Fields<'__de>>::COUNT;
                        )*
                        let _ = __start;
                        ::core::option::Option::None
                    }
                }
            }

            fn claims(__name: &str) -> usize {
                let __own = ::core::matches!(__name, #claimed);
                usize::from(__own) #(+ <#inner_types as #root::Fields<'__de>>::claims(__name))*
            }

            #take

            fn finish<__E: #root::Error>(__partial: Self::Partial) -> ::core::result::Result<Self, __E> {
                ::core::result::Result::Ok(Self { #(#members: #values,)* })
            }
        }
    }
}

/// Returns the function that reads the value of a key.
fn take(attributes: &[&Field], flattened: &[&Field], root: &TokenStream) -> TokenStream {
    let (own, indexes) = (attributes.len(), 0..attributes.len());
    let locals = attributes.iter().map(|field| field.local());
    let (asked, out): (Vec<_>, Vec<_>) = attributes.iter().map(|field| field.asked(root)).unzip();
    let inner = flattened.iter().map(|field| field.local());
    let inner_types: Vec<_> = flattened.iter().map(|field| field.ty).collect();
    quote! {
        fn take<__A: #root::MapAccess<'__de>>(
            __partial: &mut Self::Partial,
            __index: usize,
            __key: #root::Key,
            __access: &mut __A,
        ) -> ::core::result::Result<(), __A::Error> {
            match __index {
                #(#indexes => {
                    __partial.#locals = ::core::option::Option::Some(
                        #root::MapAccess::next_value::<#asked>(__access)?#out,
                    );
                })*
                _ => {
                    let __index = __index - #own;
                    #(
                        if __index < <#inner_types as #root::Fields<'__de>>::COUNT {
                            return <#inner_types as #root::Fields<'__de>>::take(
                                &mut __partial.#inner, __index, __key, __access,
                            );
                        }
                        let __index = __index - <#inner_types as #root::Fields<'__de>>::COUNT;
                    )*
                    let _ = (__index, __key);
                }
            }
            ::core::result::Result::Ok(())
        }
    }
}

/// Returns the function that reads the fields from the members of a sequence.
fn in_order(fields: &[Field], root: &TokenStream) -> TokenStream {
    let members = fields.iter().map(|field| &field.member);
    let values = fields.iter().map(|field| {
        let (ty, (asked, out)) = (field.ty, field.asked(root));
        match field.role {
            Role::Skipped => quote!(::core::default::Default::default()),
            Role::Flattened(_) => quote!(<#ty as #root::InOrder<'__de>>::in_order(__access, __count)?),
            Role::Attribute(_) => {
                let missing = if field.default {
                    quote!(::core::default::Default::default())
                } else {
                    quote!(return ::core::result::Result::Err(#root::too_short(*__count)))
                };
                quote!(match #root::SeqAccess::next_element::<#asked>(__access)? {
                    ::core::option::Option::Some(__value) => {
                        *__count += 1;
                        __value #out
                    }
                    ::core::option::Option::None => #missing,
                })
            }
        }
    });
    quote! {
        fn in_order<__A: #root::SeqAccess<'__de>>(
            __access: &mut __A,
            __count: &mut usize,
        ) -> ::core::result::Result<Self, __A::Error> {
            ::core::result::Result::Ok(Self { #(#members: #values,)* })
        }
    }
}

/// Returns the bounds that reading a field asks of the type parameters in it.
fn predicates(field: &Field, parameters: &[&Ident], root: &TokenStream) -> Vec<WherePredicate> {
    let ty = field.ty;
    let mut predicates: Vec<WherePredicate> = match &field.role {
        Role::Attribute(Some(marker)) => vec![parse_quote!(#marker: #root::python::ReadAs<'__de, #ty>)],
        Role::Attribute(None) => {
            parameters.iter().map(|parameter| parse_quote!(#parameter: #root::Deserialize<'__de>)).collect()
        }
        Role::Flattened(_) => vec![parse_quote!(#ty: #root::Fields<'__de>)],
        Role::Skipped => Vec::new(),
    };
    if field.default || matches!(field.role, Role::Skipped) {
        predicates.push(parse_quote!(#ty: ::core::default::Default));
    }
    predicates
}
