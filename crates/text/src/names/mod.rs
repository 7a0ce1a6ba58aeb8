//! The modules and globals that have different names in Python 2 and 3.
//!
//! Pickles of protocols 0 to 2 hold Python 2's names by default, whichever Python wrote them.

mod table;

use table::{IMPORT_MAPPING, NAME_MAPPING, REVERSE_IMPORT_MAPPING, REVERSE_NAME_MAPPING};

type Name = (&'static str, &'static str);

/// Returns the Python 3 name of a Python 2 global, as module and name, or `None` if it is the same.
///
/// As in `find_class` of CPython's unpickler, the global is looked up first, and the module only if the global is not
/// found.
///
/// ```
/// use halfsour_text::names::to_python3;
///
/// assert_eq!(to_python3("__builtin__", "xrange"), Some(("builtins", "range")));
/// assert_eq!(to_python3("__builtin__", "frob"), Some(("builtins", "frob")));
/// assert_eq!(to_python3("decimal", "Decimal"), None);
/// ```
pub fn to_python3<'a>(module: &'a str, name: &'a str) -> Option<(&'a str, &'a str)> {
    look_up(&NAME_MAPPING, &IMPORT_MAPPING, module, name)
}

/// Returns the Python 2 name of a Python 3 global, as module and name, or `None` if it is the same. This is what
/// `save_global` of CPython's pickler writes.
///
/// ```
/// use halfsour_text::names::to_python2;
///
/// assert_eq!(to_python2("builtins", "range"), Some(("__builtin__", "xrange")));
/// ```
pub fn to_python2<'a>(module: &'a str, name: &'a str) -> Option<(&'a str, &'a str)> {
    look_up(&REVERSE_NAME_MAPPING, &REVERSE_IMPORT_MAPPING, module, name)
}

fn look_up<'a>(
    names: &[(Name, Name)],
    modules: &[(&'static str, &'static str)],
    module: &'a str,
    name: &'a str,
) -> Option<(&'a str, &'a str)> {
    if let Ok(found) = names.binary_search_by(|(from, _)| (*from).cmp(&(module, name))) {
        return Some(names[found].1);
    }
    let found = modules.binary_search_by(|(from, _)| (*from).cmp(module)).ok()?;
    Some((modules[found].1, name))
}
