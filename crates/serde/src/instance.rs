//! How a Rust struct says which Python class it is.

/// Module and name, if the name of a Rust type is a path to a Python class.
///
/// `#[serde(rename = "app.models.Point")]` on a struct makes it an instance of that class when it is written; on a tuple
/// struct, also one of a single field, it is what Python makes of a call of that class or function with these arguments. No Rust
/// name has a dot in it, so that no other struct is taken for one.
///
/// ```
/// assert_eq!(halfsour_serde::class_name("app.models.Point"), Some(("app.models", "Point")));
/// assert_eq!(halfsour_serde::class_name("Point"), None);
///
/// #[derive(serde::Serialize)]
/// #[serde(rename = "fractions.Fraction")]
/// struct Fraction(i64, i64);
///
/// let graph = halfsour_serde::to_graph(&Fraction(22, 7))?;
/// assert_eq!(graph.root().to_string(), "fractions.Fraction(22, 7)");
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
#[inline]
pub fn class_name(name: &str) -> Option<(&str, &str)> {
    // Where the name is known to the compiler, so is the answer.
    if !name.bytes().any(|byte| byte == b'.') {
        return None;
    }
    name.rsplit_once('.').filter(|(module, name)| !module.is_empty() && !name.is_empty())
}
