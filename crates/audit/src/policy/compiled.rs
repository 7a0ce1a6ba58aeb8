//! [`Compiled`]: the patterns of an entry.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Allow, KeysText, Use};
use crate::pattern::Pattern;

/// The patterns of an entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Compiled {
    pub args: Option<Vec<Vec<Pattern>>>,
    pub keywords: BTreeMap<String, Pattern>,
    pub state: Option<Pattern>,
    pub keys: Keys,
    /// What the values of some keys of the state may be.
    pub fields: BTreeMap<String, Pattern>,
    /// What an item that is appended, or a value that is set, may be, if not anything.
    pub items: Option<Pattern>,
    /// Why later use of the objects is not covered, if it is not.
    pub uncovered: Option<String>,
}

/// The keys that the attributes of a state may have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Keys {
    /// Those that the census knows.
    Listed,
    /// All but those that the census knows as attributes of the class.
    Open,
    These(BTreeSet<String>),
}

impl Compiled {
    pub fn new(allow: &Allow) -> Result<Self, String> {
        let args = allow
            .args
            .as_ref()
            .map(|all| all.iter().map(|args| args.iter().map(|arg| Pattern::parse(arg)).collect()).collect());
        let state = allow.state.as_deref().map(Pattern::parse).transpose()?;
        if allow.uses.contains(&Use::Build) != state.is_some() {
            return Err("`build` and a `state` belong together".to_owned());
        }
        if let Some(state) = state.as_ref().filter(|state| !is_literal(state)) {
            return Err(format!("the state {state} may be an object, which Python would ask for what it is"));
        }
        let keys = match &allow.keys {
            None => Keys::Listed,
            Some(KeysText::These(keys)) => Keys::These(keys.iter().cloned().collect()),
            Some(KeysText::Word(word)) => match word.as_str() {
                "listed" => Keys::Listed,
                "open" => Keys::Open,
                _ => return Err(format!("keys are `listed`, `open`, or a list, and not {word:?}")),
            },
        };
        Ok(Self {
            args: args.transpose()?,
            keywords: patterns(allow.keywords.as_ref())?,
            state,
            keys,
            fields: patterns(allow.fields.as_ref())?,
            items: allow.items.as_deref().map(Pattern::parse).transpose()?,
            uncovered: uncovered(allow.later.as_deref())?,
        })
    }

    /// All of its patterns.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        let args = self.args.iter().flatten().flatten();
        args.chain(self.keywords.values()).chain(&self.state).chain(self.fields.values()).chain(&self.items)
    }
}

/// What is behind `not covered:`.
fn uncovered(later: Option<&str>) -> Result<Option<String>, String> {
    match later {
        None | Some("covered") => Ok(None),
        Some(later) => match later.strip_prefix("not covered: ") {
            Some(reason) => Ok(Some(reason.to_owned())),
            None => Err(format!("`use` is `covered` or `not covered: why`, and not {later:?}")),
        },
    }
}

fn patterns(texts: Option<&BTreeMap<String, String>>) -> Result<BTreeMap<String, Pattern>, String> {
    texts.into_iter().flatten().map(|(name, text)| Ok((name.clone(), Pattern::parse(text)?))).collect()
}

/// Whether only what opcodes themselves make fits: an object might be a dict or tuple once Python has made it.
fn is_literal(state: &Pattern) -> bool {
    match state {
        Pattern::Any | Pattern::Of(_) | Pattern::Made(..) | Pattern::Is(_) | Pattern::Persistent => false,
        Pattern::OneOf(_, all) => all.iter().all(is_literal),
        Pattern::Optional(part) | Pattern::Repeated(part) => is_literal(part),
        _ => true,
    }
}
