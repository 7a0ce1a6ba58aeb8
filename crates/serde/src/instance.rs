//! How a Rust struct says which Python class it is.

/// Module and name, if the name of a Rust type is a path to a Python class.
///
/// `#[serde(rename = "app.models.Point")]` on a struct makes it an instance of that class when it is written. No Rust
/// name has a dot in it, so that no other struct is taken for one.
///
/// ```
/// assert_eq!(halfsour_serde::class_name("app.models.Point"), Some(("app.models", "Point")));
/// assert_eq!(halfsour_serde::class_name("Point"), None);
/// ```
#[inline]
pub fn class_name(name: &str) -> Option<(&str, &str)> {
    // Where the name is known to the compiler, so is the answer.
    if !name.bytes().any(|byte| byte == b'.') {
        return None;
    }
    name.rsplit_once('.').filter(|(module, name)| !module.is_empty() && !name.is_empty())
}
