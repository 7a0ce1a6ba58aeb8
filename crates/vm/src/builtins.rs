//! The names that the protocols themselves spell out, and what calling them means.
//!
//! Old protocols have no opcodes for bytes, bytearrays, sets and frozensets, and none has one for complex numbers; they
//! are written as calls. This table is all that the machine knows of Python's names.

use std::borrow::Cow;

use halfsour_lexer::text::escape;
use halfsour_value::machine::{Builtin, Container, OutOfBudget, Payload, Peek, Spelling, Store};
use halfsour_value::{Form, Id, Kind, StepError, View};

use crate::ErrorKind;

/// Which of them a global is; Python 2's names count, too.
pub(crate) fn find(module: &[u8], name: &[u8]) -> Builtin {
    match (module, name) {
        (b"_codecs", b"encode") => Builtin::CodecsEncode,
        (b"builtins" | b"__builtin__", b"bytes") => Builtin::Bytes,
        (b"builtins" | b"__builtin__", b"bytearray") => Builtin::ByteArray,
        (b"builtins" | b"__builtin__", b"set") => Builtin::Set,
        (b"builtins" | b"__builtin__", b"frozenset") => Builtin::FrozenSet,
        (b"builtins" | b"__builtin__", b"complex") => Builtin::Complex,
        (b"copyreg" | b"copy_reg", b"_reconstructor") => Builtin::Reconstructor,
        (b"copyreg" | b"copy_reg", b"__newobj__") => Builtin::NewObj,
        (b"copyreg" | b"copy_reg", b"__newobj_ex__") => Builtin::NewObjEx,
        _ => Builtin::Other,
    }
}

/// Which of them a callable is: a global, or what dill calls in its place, `_get_attr(_import_module('_codecs'), 'encode')`.
#[inline]
pub(crate) fn of(store: &Store, source: &[u8], callable: Id) -> Builtin {
    match store.builtin(callable) {
        Builtin::Other if store.kind(callable) == Kind::Instance => {
            looked_up(View::new(store, source), callable).unwrap_or(Builtin::Other)
        }
        builtin => builtin,
    }
}

#[cold]
fn looked_up(view: View<'_>, callable: Id) -> Option<Builtin> {
    let (getter, &[owner, name]) = called(view, callable)? else { return None };
    let (importer, &[module]) = called(view, owner)? else { return None };
    is_of_dill(view, getter, b"_get_attr").then_some(())?;
    is_of_dill(view, importer, b"_import_module").then_some(())?;
    Some(find(view.text_bytes(module)?, view.text_bytes(name)?))
}

/// The call, and the object, the name and the value, if this is the result of `setattr(object, name, value)`, or of what dill calls so.
pub(crate) fn attribute_set(store: &Store, source: &[u8], call: Id) -> Option<(Spelling, [Id; 3])> {
    let view = View::new(store, source);
    let Peek::Instance(instance) = view.peek(call) else { return None };
    let spelling = Spelling { callable: instance.callable(), args: instance.args() };
    let (setter, &[object, name, value]) = called(view, call)? else { return None };
    view.text_bytes(name)?;
    let is_setter = match view.peek(setter) {
        // `getattr(dill._dill, '_setattr', setattr)`
        Peek::Instance(_) => match called(view, setter)? {
            (getter, &[owner, name, _]) => {
                is_builtin(view, getter, b"getattr")
                    && view.global(owner) == Some([b"dill", b"_dill"])
                    && view.text_bytes(name) == Some(b"_setattr")
            }
            _ => false,
        },
        _ => is_builtin(view, setter, b"setattr") || is_of_dill(view, setter, b"_setattr"),
    };
    is_setter.then_some((spelling, [object, name, value]))
}

/// What is called, and the arguments.
fn called(view: View<'_>, call: Id) -> Option<(Id, &[Id])> {
    let Peek::Instance(instance) = view.peek(call) else { return None };
    (instance.form() == Form::Call).then_some((instance.callable(), view.sequence(instance.args())?))
}

fn is_builtin(view: View<'_>, callable: Id, name: &[u8]) -> bool {
    let global = view.global(callable);
    global.is_some_and(|[module, found]| matches!(module, b"builtins" | b"__builtin__") && found == name)
}

fn is_of_dill(view: View<'_>, callable: Id, name: &[u8]) -> bool {
    let global = view.global(callable);
    global.is_some_and(|[module, found]| matches!(module, b"dill._dill" | b"dill.dill") && found == name)
}

/// The plain object that a call of one of them makes, spelled as picklers spell it; otherwise the form of the call.
pub(crate) fn call(
    store: &mut Store,
    source: &[u8],
    start: usize,
    builtin: Builtin,
    callable: Id,
    args: Id,
) -> Result<Result<Id, Form>, ErrorKind> {
    let made = match builtin {
        Builtin::Other => None,
        Builtin::Reconstructor => return Ok(Err(Form::Reconstructor)),
        Builtin::NewObj => return Ok(Err(Form::NewObjCall)),
        Builtin::NewObjEx => return Ok(Err(Form::NewObjExCall)),
        Builtin::CodecsEncode => match arguments(store, args) {
            Args::Two(text, encoding) => encoded(store, source, start, Payload::Bytes, text, encoding)?,
            _ => None,
        },
        Builtin::Bytes => match arguments(store, args) {
            Args::None => Some(store.owned(Payload::Bytes, start, &[])?),
            _ => None,
        },
        Builtin::ByteArray => match arguments(store, args) {
            Args::None => Some(store.owned(Payload::ByteArray, start, &[])?),
            Args::One(bytes) if matches!(store.kind(bytes), Kind::Bytes | Kind::ByteString) => {
                Some(store.share_payload(Payload::ByteArray, start, bytes)?)
            }
            Args::Two(text, encoding) => encoded(store, source, start, Payload::ByteArray, text, encoding)?,
            _ => None,
        },
        Builtin::Set => members(store, start, Container::Set, args)?,
        Builtin::FrozenSet => members(store, start, Container::FrozenSet, args)?,
        Builtin::Complex => match arguments(store, args) {
            Args::Two(re, im) => store.complex(start, re, im)?,
            _ => None,
        },
    };
    let Some(id) = made else { return Ok(Err(Form::Call)) };
    store.record_spelling(id, Spelling { callable, args })?;
    Ok(Ok(id))
}

enum Args {
    None,
    One(Id),
    Two(Id, Id),
    /// More, or not known: what was given is no tuple.
    Other,
}

fn arguments(store: &Store, args: Id) -> Args {
    match store.sequence(args) {
        Some([]) => Args::None,
        Some(&[one]) => Args::One(one),
        Some(&[one, two]) => Args::Two(one, two),
        _ => Args::Other,
    }
}

/// `text.encode("latin-1")`.
fn encoded(
    store: &mut Store,
    source: &[u8],
    start: usize,
    payload: Payload,
    text: Id,
    encoding: Id,
) -> Result<Option<Id>, OutOfBudget> {
    if store.kind(text) != Kind::Str
        || !matches!(store.kind(encoding), Kind::Str | Kind::ByteString)
        || !matches!(store.payload(source, encoding), Some(b"latin1" | b"latin-1"))
    {
        return Ok(None);
    }
    // The same text may be encoded over and over, and need not be read for that.
    if store.is_ascii(text) {
        return store.share_payload(payload, start, text).map(Some);
    }
    match escape::utf8_to_latin1(store.payload(source, text).unwrap_or_default()) {
        Some(Cow::Borrowed(_)) => store.share_payload(payload, start, text).map(Some),
        Some(Cow::Owned(bytes)) => store.owned(payload, start, &bytes).map(Some),
        None => Ok(None),
    }
}

/// `set([…])`.
fn members(store: &mut Store, start: usize, container: Container, args: Id) -> Result<Option<Id>, ErrorKind> {
    let items = match arguments(store, args) {
        Args::One(list) if store.kind(list) == Kind::List => {
            store.sequence(list).unwrap_or_default().to_vec()
        }
        _ => return Ok(None),
    };
    match store.container(container, start, &items) {
        Ok(id) => Ok(Some(id)),
        Err(StepError::OutOfBudget) => Err(OutOfBudget.into()),
        Err(_) => Err(ErrorKind::Unhashable),
    }
}
