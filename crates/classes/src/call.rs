//! [`Call`]: an instance whose class or callable is in the table.

use halfsour_value::{Elements, Instance, Node, Step};

use crate::args::text;
use crate::names::{self, Class, Name};

/// The call of a known class or function, and the steps that were done to the result.
#[derive(Clone)]
pub(crate) struct Call<'g, S> {
    /// The row of the table.
    pub(crate) class: Class,
    /// Today's name of what was called.
    pub(crate) name: Name,
    pub(crate) node: Node<'g, S>,
    pub(crate) instance: Instance<'g, S>,
}

impl<'g, S: AsRef<[u8]>> Call<'g, S> {
    /// Reads an instance; `None` if it is none, or of a class that is not known.
    pub(crate) fn of(node: Node<'g, S>) -> Option<Self> {
        let instance = node.as_instance()?;
        let (class, name) = class_of(instance.class())?;
        Some(Self { class, name, node, instance })
    }

    /// Reads an instance of this row. Readers read the objects inside of others with this, not with
    /// [`recognise`](crate::recognise), which hostile input could make call itself without end.
    pub(crate) fn of_class(node: Node<'g, S>, class: Class) -> Option<Self> {
        Self::of(node).filter(|call| call.class == class)
    }

    /// The positional arguments, where there are no others.
    pub(crate) fn args(&self) -> Option<Elements<'g, S>> {
        let (args, keywords) = self.instance.arguments()?;
        keywords.is_none_or(|keywords| keywords.is_empty()).then_some(args)
    }

    /// The arguments, of which there are `N`.
    pub(crate) fn exactly<const N: usize>(&self) -> Option<[Node<'g, S>; N]> {
        match self.up_to()? {
            (count, args) if count == N => Some(args),
            _ => None,
        }
    }

    /// The number of arguments, if there are at most `N`, and the arguments; Python's `None` where there are none.
    pub(crate) fn up_to<const N: usize>(&self) -> Option<(usize, [Node<'g, S>; N])> {
        let args = self.args()?;
        let none = self.instance.class().graph().node(halfsour_value::Id::NONE);
        let given = std::array::from_fn(|index| args.get(index).unwrap_or(none));
        (args.len() <= N).then_some((args.len(), given))
    }

    /// Whether it was called without arguments.
    pub(crate) fn has_no_args(&self) -> bool {
        self.args().is_some_and(|args| args.is_empty())
    }

    /// Whether nothing was done to the result.
    pub(crate) fn is_bare(&self) -> bool {
        self.instance.steps().next().is_none()
    }

    /// Itself, if nothing was done to the result.
    pub(crate) fn bare(&self) -> Option<&Self> {
        self.is_bare().then_some(self)
    }

    /// The state, if to set it is all that was done to the result.
    pub(crate) fn state(&self) -> Option<Node<'g, S>> {
        let mut steps = self.instance.steps();
        match (steps.next(), steps.next()) {
            (Some(Step::State(state)), None) => Some(state),
            _ => None,
        }
    }
}

/// The row of a class or function, and its name today.
///
/// Protocols up to 3 write a dotted name (`ZoneInfo._unpickle`) as `getattr(ZoneInfo, '_unpickle')`; dill writes a function of a
/// module of C so (`_get_attr(_import_module('numpy.core._multiarray_umath'), '_reconstruct')`), and a builtin type by its name.
pub(crate) fn class_of<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(Class, Name)> {
    if let Some(global) = node.as_global() {
        return named(text(global.module)?, text(global.name)?);
    }
    let call = node.as_instance()?;
    let getter = global_row(call.callable())?;
    let (mut args, None) = call.arguments()? else { return None };
    match getter {
        Class::GetAttr | Class::DillGetAttr => {}
        // Types of builtins and of the module `types`, which have no names by which they could be imported.
        Class::DillType | Class::CloudpickleType => {
            let name = text(args.next()?)?;
            return names::find("builtins", name).or_else(|| names::find("types", name));
        }
        _ => return None,
    }
    let (Some(owner), Some(name), None) = (args.next(), args.next(), args.next()) else { return None };
    if let Some(owner) = owner.as_global() {
        return names::find_attribute(text(owner.module)?, text(owner.name)?, text(name)?);
    }
    let import = owner.as_instance()?;
    (getter == Class::DillGetAttr && global_row(import.callable())? == Class::DillModule).then_some(())?;
    named(text(import.arguments()?.0.next()?)?, text(name)?)
}

/// The row of a global.
fn global_row<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Class> {
    let global = node.as_global()?;
    names::find(text(global.module)?, text(global.name)?).map(|(class, _)| class)
}

fn named(module: &str, name: &str) -> Option<(Class, Name)> {
    names::find(module, name).or_else(|| names::find_maker(module, name))
}
