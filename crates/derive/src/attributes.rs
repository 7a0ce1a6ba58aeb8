//! The `#[python(…)]` of types, fields and variants.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Lit, LitStr, Result, Type};

use crate::forms::{Form, Forms};

/// The attributes of a type.
#[derive(Default)]
pub struct Container {
    /// The module and name, with a dot between them.
    pub class: Option<LitStr>,
    /// Other classes whose objects are read, too.
    aliases: Vec<LitStr>,
    words: Vec<(String, Span)>,
    by: Option<LitStr>,
}

const SHAPES: [&str; 7] = ["slots", "frozen", "list_state", "namedtuple", "call", "pydantic", "pydantic_v1"];

fn each(attributes: &[Attribute], mut read: impl FnMut(ParseNestedMeta<'_>) -> Result<()>) -> Result<()> {
    let ours = attributes.iter().filter(|attribute| attribute.path().is_ident("python"));
    ours.into_iter().try_for_each(|attribute| attribute.parse_nested_meta(&mut read))
}

fn word(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map(ToString::to_string).unwrap_or_default()
}

fn text(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    meta.value()?.parse()
}

impl Container {
    pub fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut this = Self::default();
        each(attributes, |meta| {
            match word(&meta).as_str() {
                "class" => this.class = Some(class(text(&meta)?)?),
                "alias" => this.aliases.push(class(text(&meta)?)?),
                "by" => this.by = Some(text(&meta)?),
                shape if SHAPES.contains(&shape) => this.words.push((shape.into(), meta.path.span())),
                _ => {
                    return Err(meta.error(format!(
                        "a type may have `class = \"…\"`, `alias = \"…\"`, `by = \"…\"` if it is an enum, and the shapes {}",
                        listed(&SHAPES)
                    )));
                }
            }
            Ok(())
        })?;
        if let (None, Some(alias)) = (&this.class, this.aliases.first()) {
            return Err(Error::new(
                alias.span(),
                "an alias is another name of a class: say `class = \"…\"`, too",
            ));
        }
        match (&this.class, this.words.first(), &this.by) {
            (None, Some((_, span)), _) => {
                Err(Error::new(*span, "a shape is that of a class: say `class = \"…\"`, too"))
            }
            (None, None, Some(by)) => {
                Err(Error::new(by.span(), "members are those of a class: say `class = \"…\"`, too"))
            }
            _ => Ok(this),
        }
    }

    /// Returns the part of the name for serde that says which other classes are read: `halfsour-serde` passes over it in writing.
    pub fn aliases(&self) -> String {
        self.aliases.iter().flat_map(|alias| ["|".to_owned(), alias.value()]).collect()
    }

    /// Returns the suffix of a struct's class, which says its shape.
    pub fn shape(&self) -> Result<&'static str> {
        if let Some(by) = &self.by {
            return Err(Error::new(by.span(), "only an enum has members by value or name"));
        }
        let words: Vec<_> = self.words.iter().map(|(word, _)| word.as_str()).collect();
        Ok(match words[..] {
            [] | ["frozen"] => "",
            ["slots"] => "{slots}",
            ["list_state"] | ["frozen", "slots"] | ["slots", "frozen"] => "[..]",
            ["namedtuple"] => "{namedtuple}",
            ["call"] => "(..)",
            ["pydantic"] => "{pydantic}",
            ["pydantic_v1"] => "{pydantic_v1}",
            _ => {
                let why = "a class has one shape; only `frozen` and `slots` go together";
                return Err(Error::new(self.words[self.words.len() - 1].1, why));
            }
        })
    }

    /// Returns the suffix of an enum's class, and whether its members are written by their values.
    pub fn by(&self) -> Result<(&'static str, bool)> {
        if let Some((word, span)) = self.words.first() {
            return Err(Error::new(
                *span,
                format!("an enum does not have the shape `{word}`; it has `by = \"…\"`"),
            ));
        }
        let Some(by) = &self.by else { return Ok(("", self.class.is_some())) };
        match by.value().as_str() {
            "value" => Ok(("", true)),
            "name" => Ok(("{name}", false)),
            "global" => Ok(("{global}", false)),
            _ => {
                Err(Error::new(by.span(), "members are written by \"value\", by \"name\" or as a \"global\""))
            }
        }
    }
}

/// Checks a path to a class.
fn class(path: LitStr) -> Result<LitStr> {
    let value = path.value();
    let parts = value.split(['.', ':']).all(|part| !part.is_empty());
    let (dots, plain) = (value.contains('.'), !value.contains(['(', '[', '{', '$', '|', '\n']));
    if dots && parts && plain && value.matches(':').count() <= 1 {
        Ok(path)
    } else {
        Err(Error::new(
            path.span(),
            "a class is its module, a dot and its name, such as \"app.models.Point\"; a class within a class has a colon \
             behind the module: \"app.models:Outer.Inner\"",
        ))
    }
}

/// The attributes of a field.
#[derive(Default)]
pub struct Field {
    pub rename: Option<LitStr>,
    pub default: bool,
    pub skip: bool,
    pub flatten: Option<Span>,
    pub forms: Forms,
}

impl Field {
    pub fn read(field: &syn::Field) -> Result<Self> {
        let mut this = Self::default();
        let mut span = field.span();
        each(&field.attrs, |meta| {
            match word(&meta).as_str() {
                "rename" => this.rename = Some(text(&meta)?),
                "default" => this.default = true,
                "skip" => this.skip = true,
                "flatten" => this.flatten = Some(meta.path.span()),
                "as" => this.forms.whole = Some(text(&meta)?.parse::<Type>()?),
                form => match Form::of(form) {
                    Some(form) => this.forms.add(form, meta.path.span())?,
                    None => {
                        return Err(meta.error(format!(
                            "a field may have `rename = \"…\"`, `default`, `skip`, `flatten`, `as = \"…\"`, and the kinds of \
                             objects {}",
                            Form::names()
                        )));
                    }
                },
            }
            span = meta.path.span();
            Ok(())
        })?;
        if this.skip && (this.flatten.is_some() || this.forms.is_said() || this.rename.is_some()) {
            return Err(Error::new(span, "a field that is skipped has no name and no kind"));
        }
        if let Some(flatten) = this.flatten
            && (this.forms.is_said() || this.rename.is_some() || this.default)
        {
            return Err(Error::new(flatten, "a field that is flattened has no name, no default and no kind"));
        }
        Ok(this)
    }
}

/// The attributes of a variant.
#[derive(Default)]
pub struct Variant {
    pub rename: Option<LitStr>,
    pub value: Option<Lit>,
}

impl Variant {
    pub fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut this = Self::default();
        each(attributes, |meta| {
            match word(&meta).as_str() {
                "rename" => this.rename = Some(text(&meta)?),
                "value" => {
                    let value = meta.value()?;
                    let minus: Option<syn::Token![-]> = value.parse()?;
                    let literal: Lit = value.parse()?;
                    this.value = Some(match (minus, literal) {
                        (Some(_), Lit::Int(int)) => {
                            Lit::Int(syn::LitInt::new(&format!("-{}", int.base10_digits()), int.span()))
                        }
                        (None, literal @ (Lit::Int(_) | Lit::Str(_))) => literal,
                        (_, literal) => {
                            return Err(Error::new(literal.span(), "a value is an int or a str"));
                        }
                    });
                }
                _ => return Err(meta.error("a variant may have `rename = \"…\"` and `value = …`")),
            }
            Ok(())
        })?;
        Ok(this)
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
