//! Objects of classes of programs, by their form: the names of such classes nobody knows here.

use halfsour_value::{Elements, Form, Node};

use crate::call::class_of;

/// The class and the values of an object that is most likely a named tuple: of a class that is not known, made of
/// arguments and nothing else. The names of the fields are in the class, and not in a pickle.
///
/// Other objects may look the same: this says how to read the object if its class is known to be such.
pub fn like_named_tuple<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(Node<'_, S>, Elements<'_, S>)> {
    let instance = node.as_instance()?;
    let (args, keywords) = instance.arguments()?;
    let values = match instance.form() {
        Form::New | Form::NewObjCall => args,
        // Protocols 0 and 1: `copyreg._reconstructor(class, tuple, (value, …))`
        Form::Reconstructor => {
            let base = instance.args().at(1)?.as_global()?;
            (base.is("builtins", "tuple") || base.is("__builtin__", "tuple")).then_some(())?;
            args.get(0)?.elements()?
        }
        _ => return None,
    };
    let plain = keywords.is_none() && instance.steps().next().is_none() && !values.is_empty();
    (plain && class_of(instance.class()).is_none()).then(|| (instance.class(), values))
}

/// The class and the value of an object that may be a member of an enumeration: the call of a name that is not known, with one
/// argument. A call of any function looks the same: this says how to read the object if its class is known to be such.
pub fn like_enum<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(Node<'_, S>, Node<'_, S>)> {
    let instance = node.as_instance()?;
    let (mut args, None) = instance.arguments()? else { return None };
    let plain = instance.form() == Form::Call && args.len() == 1 && instance.steps().next().is_none();
    (plain && class_of(instance.class()).is_none()).then_some((instance.class(), args.next()?))
}
