//! [`Policy::allow`]: the classes of the program itself.

use std::sync::{Arc, OnceLock};

use super::file::{KeysText, Pack};
use super::{Allow, Policy, PolicyError, Use, check_name};

/// The pack of the classes that a program allows.
pub(crate) const PROGRAM: &str = "program";

/// The state of a model of pydantic; whatever opcodes make themselves.
const STATE: &str = "{__dict__: attributes, __pydantic_fields_set__?: set of str | of builtins:set, \
     __pydantic_extra__?: None | dict of str: any, __pydantic_private__?: None | dict of str: any, \
     __fields_set__?: set of str | of builtins:set, __private_attribute_values__?: dict of str: any} \
     | attributes | (attributes | None, slots) | None | bool | int | float | str | bytes | list | tuple";

impl Policy {
    /// Allows the objects of one of the program's own classes, given as `module:qualified name`: of a named tuple, a dataclass of any
    /// kind, an enum, or another class that the default way of pickling is about. They may be made of any arguments, or be given any state;
    /// not both, because a member of an enum is made of its value, and a state would change it for all of the program.
    ///
    /// A member that is pickled by its name (`enum.pickle_by_enum_name`) is allowed by its own name, `app.models:Color.RED`.
    ///
    /// Python then runs `__new__`, `__init__`, `__setstate__` and, of an enum, `_missing_` of the class: allow it only if these do no harm
    /// whatever they are given. A file of a policy says in more detail what a class may be used for, and [`Policy::add`] adds it.
    ///
    /// ```
    /// use halfsour_audit::{Auditor, Policy};
    ///
    /// // Point = namedtuple("Point", "x y") in app/models.py; pickle.dumps(Point(1, 2), 2)
    /// let point = b"\x80\x02capp.models\nPoint\nq\x00K\x01K\x02\x86q\x01\x81q\x02.";
    /// let mut policy = Policy::default();
    /// policy.allow("app.models:Point")?;
    /// assert!(Auditor::new(policy).audit(point).is_clean());
    /// # Ok::<(), halfsour_audit::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is not of this form, if it is known to be dangerous, or if a pack lists it already, with the uses that it has there.
    pub fn allow(&mut self, name: &str) -> Result<(), PolicyError> {
        check_name(name).map_err(PolicyError::new)?;
        let (module, qualified) = name.split_once(':').expect("the name has been checked");
        if let Some(reason) = self.sink(module.as_bytes(), qualified.as_bytes()) {
            return Err(PolicyError::new(format!("{name} is known to be dangerous: {reason}")));
        }
        if self.parts.listed.contains(name) {
            let mut all = self.parts.file.allow.iter();
            let listed = all.find(|allow| allow.names.iter().any(|listed| listed == name));
            return match listed.map_or("", |allow| allow.pack.as_str()) {
                PROGRAM => Ok(()),
                pack => Err(PolicyError::new(format!(
                    "{name} is listed in the pack {pack} already; an entry of another policy replaces that"
                ))),
            };
        }
        let allow = Allow {
            pack: PROGRAM.to_owned(),
            names: vec![name.to_owned()],
            uses: vec![Use::Value, Use::Call, Use::New, Use::Build],
            args: Some(vec![vec!["any...".to_owned()]]),
            keywords: None,
            state: Some(STATE.to_owned()),
            keys: Some(KeysText::Word("open".to_owned())),
            fields: None,
            items: None,
            calls: Vec::new(),
            acts: None,
            later: None,
            reason: "the program vouches for it".to_owned(),
            versions: None,
        };
        let parts = Arc::make_mut(&mut self.parts);
        let about = "Classes of the program that loads the pickles".to_owned();
        parts.file.packs.entry(PROGRAM.to_owned()).or_insert(Pack { about, includes: Vec::new() });
        if let Some(packs) = &mut parts.selected {
            packs.insert(PROGRAM.to_owned());
        }
        parts.by_name.insert(name.to_owned(), parts.file.allow.len());
        parts.listed.insert(name.to_owned());
        parts.compiled.push(OnceLock::new());
        parts.file.allow.push(allow);
        parts.hash = OnceLock::new();
        Ok(())
    }
}
