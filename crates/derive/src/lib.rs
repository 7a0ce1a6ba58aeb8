#![doc = include_str!("../README.md")]

mod attributes;
mod enums;
mod forms;
mod input;
mod read;
mod write;

use proc_macro::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_macro_input};

use input::Input;

/// Derives `serde::Serialize`, so that pickles have an object of a Python class.
///
#[doc = include_str!("attributes.md")]
#[proc_macro_derive(ToPython, attributes(python))]
pub fn to_python(input: TokenStream) -> TokenStream {
    derive(input, &quote!(::halfsour_serde::__private), write::derive)
}

/// Derives `serde::Deserialize`, to read what `ToPython` writes: an object of the class, or a dict.
///
#[doc = include_str!("attributes.md")]
#[proc_macro_derive(FromPython, attributes(python))]
pub fn from_python(input: TokenStream) -> TokenStream {
    derive(input, &quote!(::halfsour_serde::__private), read::derive)
}

/// Derives `serde::Serialize`, so that pickles have an object of a Python class.
///
#[doc = include_str!("attributes.md")]
// For those who depend on `halfsour` alone, which has it without the prefix of the name.
#[doc(hidden)]
#[proc_macro_derive(FacadeToPython, attributes(python))]
pub fn facade_to_python(input: TokenStream) -> TokenStream {
    derive(input, &quote!(::halfsour::__private), write::derive)
}

/// Derives `serde::Deserialize`, to read what `ToPython` writes: an object of the class, or a dict.
///
#[doc = include_str!("attributes.md")]
// For those who depend on `halfsour` alone, which has it without the prefix of the name.
#[doc(hidden)]
#[proc_macro_derive(FacadeFromPython, attributes(python))]
pub fn facade_from_python(input: TokenStream) -> TokenStream {
    derive(input, &quote!(::halfsour::__private), read::derive)
}

type Tokens = proc_macro2::TokenStream;

fn derive(input: TokenStream, root: &Tokens, make: fn(&Input, &Tokens) -> Tokens) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    match Input::read(&input, root) {
        Ok(input) => make(&input, root).into(),
        Err(error) => error.into_compile_error().into(),
    }
}
