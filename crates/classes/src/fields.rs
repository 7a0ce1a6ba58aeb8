//! [`fields`] and [`field`]: the names under which Python code reaches the parts of an object.

use halfsour_value::{Data, Instance, Items, Node, Step};

use crate::args::text;

/// The dicts in the state of an object of pydantic whose members are its attributes, the first to be looked into first.
/// The other members say which fields were set, and are no fields.
const OF_PYDANTIC: [&str; 5] =
    ["__dict__", "__pydantic_extra__", "__pydantic_private__", "__values__", "__private_attribute_values__"];

/// The members that tell that a state is one of pydantic (2, 1, and 0).
const MARKS_OF_PYDANTIC: [&str; 2] = ["__pydantic_fields_set__", "__fields_set__"];

/// The fields of an object, by name: see [`fields`].
pub struct Fields<'g, S> {
    /// The next last.
    groups: Vec<Items<'g, S>>,
}

impl<S> Clone for Fields<'_, S> {
    fn clone(&self) -> Self {
        Self { groups: self.groups.clone() }
    }
}

impl<'g, S: AsRef<[u8]>> Iterator for Fields<'g, S> {
    type Item = (Node<'g, S>, Node<'g, S>);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(group) = self.groups.last_mut() {
            match group.next() {
                Some((name, value)) if text(name).is_some() => return Some((name, value)),
                // No attribute has a name that is no text.
                Some(_) => {}
                None => drop(self.groups.pop()),
            }
        }
        None
    }
}

/// Returns the fields of an object: pairs of a name, which is text, and a value, in the order of the stream. There are none for what is no instance,
/// or has a state without names, such as that of a frozen dataclass with slots.
///
/// These are the attributes that the state sets, in `__dict__` and in slots, whether `BUILD` sets them or a call of a state setter. pydantic (0 to 2) puts the
/// fields, the extra ones and the private ones into dicts of their own within the state: they are fields of the object all the same.
///
/// ```
/// use halfsour_classes::{field, fields};
///
/// // A model of pydantic: app.User(city='Vilnius')
/// let pickle = b"\x80\x02capp\nUser\n)\x81}(X\x08\0\0\0__dict__}X\x04\0\0\0cityX\x07\0\0\0Vilniuss\
///     X\x17\0\0\0__pydantic_fields_set__NX\x12\0\0\0__pydantic_extra__Nub.";
/// let graph = halfsour_vm::from_slice(pickle)?;
/// let names: Vec<_> = fields(graph.root()).filter_map(|(name, _)| name.as_str()).collect();
/// assert_eq!(names, ["city"]);
/// assert_eq!(field(graph.root(), "city").and_then(|city| city.as_str()), Some("Vilnius"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fields<S: AsRef<[u8]>>(node: Node<'_, S>) -> Fields<'_, S> {
    let mut groups = Vec::new();
    for state in states(node) {
        groups.extend(state_fields(state).unwrap_or_default());
    }
    groups.reverse();
    Fields { groups }
}

/// Returns the fields that a state sets, in groups: those of `__dict__` and of slots, or of pydantic's dicts. `None` if it is a state without names.
pub fn state_fields<S: AsRef<[u8]>>(state: Node<'_, S>) -> Option<Vec<Items<'_, S>>> {
    match of_pydantic(state) {
        Some(dicts) => Some(dicts.into_iter().flatten().collect()),
        None => Some(state.attributes()?.into_iter().flatten().collect()),
    }
}

/// Returns the set of the names of fields that a program set itself, which the state of an object of pydantic has beside the fields, where others have their defaults.
pub fn fields_set<S: AsRef<[u8]>>(state: Node<'_, S>) -> Option<Node<'_, S>> {
    MARKS_OF_PYDANTIC.iter().find_map(|mark| state.get(*mark)).filter(|set| !set.is_none())
}

/// Returns the field of an object that has this name, the last one that was set, as [`fields`] lists them.
pub fn field<'g, S: AsRef<[u8]>>(node: Node<'g, S>, name: &str) -> Option<Node<'g, S>> {
    states(node).filter_map(|state| named(state, name)).last()
}

/// A field in a state. Dicts are looked into by their keys, so that this takes the same time for all of them.
fn named<'g, S: AsRef<[u8]>>(state: Node<'g, S>, name: &str) -> Option<Node<'g, S>> {
    if of_pydantic(state).is_some() {
        return OF_PYDANTIC.iter().find_map(|dict| state.get(*dict)?.get(name));
    }
    state.attributes()?;
    match state.data() {
        Data::Tuple(pair) => pair.rev().find_map(|dict| dict.get(name)),
        _ => state.get(name),
    }
}

/// The states that were set, in order.
fn states<S: AsRef<[u8]>>(node: Node<'_, S>) -> impl Iterator<Item = Node<'_, S>> {
    let steps = node.as_instance().into_iter().flat_map(Instance::steps);
    steps.filter_map(|step| match step {
        Step::State(state) => Some(state),
        // `setter(object, state)`
        Step::Call(call) => call.as_instance()?.args().at(1),
        _ => None,
    })
}

/// The dicts with the attributes of an object of pydantic; `None` if it is a state of another kind.
fn of_pydantic<S: AsRef<[u8]>>(state: Node<'_, S>) -> Option<[Option<Items<'_, S>>; 5]> {
    MARKS_OF_PYDANTIC.iter().any(|mark| state.get(*mark).is_some()).then_some(())?;
    Some(OF_PYDANTIC.map(|dict| state.get(dict)?.items()))
}

/// Returns the dicts whose members are the attributes of an object of pydantic; `None` if it is a state of another kind.
pub fn dicts_of_pydantic<S: AsRef<[u8]>>(state: Node<'_, S>) -> Option<Vec<Node<'_, S>>> {
    of_pydantic(state)?;
    let dicts = OF_PYDANTIC.iter().filter_map(|dict| state.get(*dict));
    Some(dicts.filter(|dict| dict.items().is_some()).collect())
}

impl<S: AsRef<[u8]>> std::fmt::Debug for Fields<'_, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}
