//! The Python class that a Rust struct stands for.

/// Splits the name of a Rust type into module and name, if it is a path to a Python class. Returns `None` for a name without
/// a dot.
///
/// `#[serde(rename = "app.models.Point")]` on a struct writes it as an instance of that class. On a tuple struct, even one of
/// a single field, it writes a call of that class or function, with the fields as arguments. Rust's own names have no dots,
/// so no other struct is taken for a class.
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
    // The compiler evaluates this if it knows the name.
    if !name.bytes().any(|byte| byte == b'.') {
        return None;
    }
    name.rsplit_once('.').filter(|(module, name)| !module.is_empty() && !name.is_empty())
}
