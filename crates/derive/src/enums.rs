//! Members of enums.

use syn::{DataEnum, Error, Expr, ExprLit, ExprUnary, Ident, Lit, Result, UnOp};

use crate::attributes;

/// A variant, which is a member of a Python enum.
pub struct Variant {
    pub ident: Ident,
    /// The name of the variant for serde: its value, or its name.
    pub written: String,
    /// All that is read as this variant.
    pub read: Vec<String>,
}

impl Variant {
    pub fn read(data: &DataEnum, by_value: bool) -> Result<Vec<Self>> {
        let mut variants: Vec<_> =
            data.variants.iter().map(|variant| Self::one(variant, by_value)).collect::<Result<_>>()?;
        // Values go before names that read the same.
        let mut taken: Vec<String> = variants.iter().map(|variant| variant.written.clone()).collect();
        for variant in &mut variants {
            let written = variant.written.clone();
            variant.read.retain(|text| *text == written || !taken.contains(text));
            taken.extend(variant.read.iter().cloned());
        }
        Ok(variants)
    }

    fn one(variant: &syn::Variant, by_value: bool) -> Result<Self> {
        if !variant.fields.is_empty() {
            return Err(Error::new_spanned(
                &variant.fields,
                "a member of a Python enum has no content; serde's own derive writes such enums as dicts",
            ));
        }
        let said = attributes::Variant::read(&variant.attrs)?;
        let name = said
            .rename
            .map_or_else(|| syn::ext::IdentExt::unraw(&variant.ident).to_string(), |name| name.value());
        let ident = variant.ident.clone();
        let is_text = matches!(said.value, Some(Lit::Str(_)));
        let discriminant = variant.discriminant.as_ref().and_then(|(_, expression)| number(expression));
        let value = match (said.value, discriminant) {
            (Some(Lit::Str(text)), _) => Some(text.value()),
            (Some(Lit::Int(int)), _) => Some(int.base10_parse::<i64>()?.to_string()),
            (_, number) => number.map(|number| number.to_string()),
        };
        // Text that reads as a number, or as quoted, is quoted.
        let quoted = value
            .as_ref()
            .filter(|value| is_text && (value.parse::<i64>().is_ok() || value.starts_with('\'')));
        let quoted = quoted.map(|value| format!("'{value}'"));
        let written = match (by_value, quoted.as_ref().or(value.as_ref())) {
            (false, _) => name.clone(),
            (true, Some(value)) => value.clone(),
            (true, None) => {
                return Err(Error::new_spanned(
                    &variant.ident,
                    "a member is written by its value: say `#[python(value = …)]`, or give the variant a number, `= 1`; \
                     or say `by = \"name\"` of the enum",
                ));
            }
        };
        let read = [Some(written.clone()), quoted, value, Some(name)];
        let mut read: Vec<_> = read.into_iter().flatten().collect();
        read.dedup();
        Ok(Self { ident, written, read })
    }
}

/// Returns the number that a literal is.
fn number(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse().ok(),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => number(expr).map(|number| -number),
        _ => None,
    }
}
