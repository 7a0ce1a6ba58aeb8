//! The Python class that a Rust type stands for, and the shape of its objects.

use crate::{Error, ErrorKind};

/// Splits the name of a Rust type into module and name, if it is a path to a Python class. Returns `None` for a name without
/// a dot. The shape at the end of a path is left out.
///
/// `#[serde(rename = "app.models.Point")]` on a struct writes it as an instance of that class. On a tuple struct, even one of
/// a single field, it writes a call of that class or function, with the fields as arguments. Rust's own names have no dots,
/// so no other type is taken for a class. [The page on shapes](crate::shapes) says how to find out which
/// one a class has.
///
/// The last dot ends the module. A class within a class needs a colon there: `"app.models:Outer.Inner"`.
///
/// ```
/// use halfsour_serde::class_name;
///
/// assert_eq!(class_name("app.models.Point"), Some(("app.models", "Point")));
/// assert_eq!(class_name("app.models.Money[..]"), Some(("app.models", "Money")));
/// assert_eq!(class_name("app.models:Outer.Inner{slots}"), Some(("app.models", "Outer.Inner")));
/// assert_eq!(class_name("Point"), None);
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
    split(name).map(|(module, name, _)| (module, name))
}

/// Splits a path into module, name and suffix. The other names of the class are left out.
fn split(path: &str) -> Option<(&str, &str, &str)> {
    let path = path.split('|').next().unwrap_or(path);
    let (path, suffix) = path.split_at(path.find(['(', '[', '{']).unwrap_or(path.len()));
    // The private names of this crate.
    if path.starts_with('$') {
        return None;
    }
    let (module, name) = path.split_once(':').or_else(|| path.rsplit_once('.'))?;
    (!module.is_empty() && !name.is_empty()).then_some((module, name, suffix))
}

/// Returns the classes whose objects are read as a type of that name: that of its path, and those of the paths behind it, each after
/// a `|`.
pub(crate) fn classes(name: &str) -> impl Iterator<Item = (&str, &str)> {
    name.split('|').filter_map(class_name)
}

/// A Python class, and the shape of its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Class<'n> {
    pub module: &'n str,
    pub name: &'n str,
    pub shape: Shape,
}

/// The shape of the objects of a class: how a pickle makes one, and gives it its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No shape is said: a struct is an instance whose state is a dict, a tuple struct a call, an enum a member by its value.
    Default,
    /// The state is `(None, {…})`.
    Slots,
    /// The state is a list of the fields.
    List,
    /// A call has the fields as arguments. A member of an enum is one by its value.
    Call,
    /// `__new__` has the fields as arguments.
    NamedTuple,
    /// The state is that of a model of pydantic 2.
    Pydantic,
    /// The state is that of a model of pydantic 1.
    Pydantic1,
    /// A member of an enum by its name: `getattr(Color, 'RED')`.
    Name,
    /// The class itself, or the member of an enum as `Color.RED`.
    Global,
}

const SHAPES: [(&str, Shape); 9] = [
    ("", Shape::Default),
    ("{slots}", Shape::Slots),
    ("[..]", Shape::List),
    ("(..)", Shape::Call),
    ("{namedtuple}", Shape::NamedTuple),
    ("{pydantic}", Shape::Pydantic),
    ("{pydantic_v1}", Shape::Pydantic1),
    ("{name}", Shape::Name),
    ("{global}", Shape::Global),
];

impl<'n> Class<'n> {
    /// Returns the class that the name of a type is a path to, or `None` for any other name.
    ///
    /// # Errors
    ///
    /// If the suffix is not one of the shapes.
    #[inline]
    pub fn of(name: &'n str) -> Result<Option<Self>, Error> {
        if class_name(name).is_none() { Ok(None) } else { Self::read(name) }
    }

    #[cold]
    fn read(path: &'n str) -> Result<Option<Self>, Error> {
        let Some((module, name, suffix)) = split(path) else { return Ok(None) };
        match SHAPES.iter().find(|(said, _)| *said == suffix) {
            Some(&(_, shape)) => Ok(Some(Self { module, name, shape })),
            None => {
                let shapes: Vec<_> = SHAPES[1..].iter().map(|(said, _)| format!("`{said}`")).collect();
                Err(Error::new(ErrorKind::Data(format!(
                    "`{suffix}` at the end of `{path}` is not a shape of a class; shapes are {}",
                    shapes.join(", ")
                ))))
            }
        }
    }

    /// Returns the error that a type of Rust cannot have this shape.
    #[cold]
    pub fn unfit(&self, of: &str, why: &str) -> Error {
        let suffix = SHAPES.iter().find(|(_, shape)| *shape == self.shape).map_or("", |(said, _)| said);
        let Self { module, name, .. } = self;
        Error::new(ErrorKind::Data(format!("{of} cannot be written as {module}.{name}{suffix}: {why}")))
    }
}
