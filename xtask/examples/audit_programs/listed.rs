//! What the policy lists, read from the TOML that it writes.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::Result;
use crate::census::{Census, Known};
use crate::pattern::Pattern;

/// The names of a policy, with what may be done with each.
pub struct Listed {
    pub names: Vec<String>,
    entries: Vec<Entry>,
    by_name: HashMap<String, usize>,
    sets: HashMap<String, Vec<String>>,
}

/// What may be done with some names.
pub struct Entry {
    pub pack: String,
    uses: Vec<String>,
    /// Lists of arguments.
    pub args: Vec<Vec<Pattern>>,
    pub keywords: Vec<(String, Pattern)>,
    pub state: Option<Pattern>,
    pub keys: Keys,
    /// What the values of some keys may be.
    pub fields: HashMap<String, Pattern>,
    /// The keys of which the policy says more than that they may be there.
    pub reviewed: Vec<String>,
    /// What may be appended, or set as a value.
    pub items: Option<Pattern>,
    pub acts: Option<String>,
    /// What the census says of each name.
    pub known: HashMap<String, Known>,
}

/// Which keys a state may have.
pub enum Keys {
    /// Those of the census.
    Known,
    /// Any but the attributes of the class.
    Open,
    These(Vec<String>),
}

#[derive(Deserialize)]
struct File {
    sets: HashMap<String, Vec<String>>,
    allow: Vec<Allow>,
}

#[derive(Deserialize)]
struct Allow {
    pack: String,
    names: Vec<String>,
    uses: Vec<String>,
    args: Option<Vec<Vec<String>>>,
    #[serde(default)]
    keywords: BTreeMap<String, String>,
    state: Option<String>,
    keys: Option<RawKeys>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    items: Option<String>,
    #[serde(default)]
    calls: Vec<String>,
    acts: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawKeys {
    Word(String),
    These(Vec<String>),
}

impl Listed {
    /// Reads the TOML of a policy.
    pub fn parse(text: &str) -> Result<Self> {
        let census = Census::read()?;
        let file: File = toml::from_str(text)?;
        let mut listed =
            Self { names: Vec::new(), entries: Vec::new(), by_name: HashMap::new(), sets: HashMap::new() };
        for allow in file.allow {
            for name in &allow.names {
                listed.by_name.insert(name.clone(), listed.entries.len());
            }
            listed.names.extend(allow.names.iter().cloned());
            listed.entries.push(Entry::new(allow, &census));
        }
        listed.sets = file.sets;
        Ok(listed)
    }

    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.by_name.get(name).map(|&index| &self.entries[index])
    }

    /// The names of a set, or the name itself.
    pub fn members(&self, name: &str) -> Vec<String> {
        self.sets.get(name).cloned().unwrap_or_else(|| vec![name.to_owned()])
    }
}

impl Entry {
    fn new(allow: Allow, census: &Census) -> Self {
        let patterns = |args: Vec<String>| args.iter().map(|arg| Pattern::parse(arg)).collect();
        let fields = |all: BTreeMap<String, String>| {
            all.into_iter().map(|(name, text)| (name, Pattern::parse(&text))).collect::<Vec<_>>()
        };
        let known = |name: &String| {
            let mut known = census.class(name);
            known.attributes.extend(allow.calls.iter().cloned());
            (name.clone(), known)
        };
        let known = allow.names.iter().map(known).collect();
        Self {
            pack: allow.pack,
            uses: allow.uses,
            args: allow
                .args
                .filter(|all| !all.is_empty())
                .unwrap_or_else(|| vec![Vec::new()])
                .into_iter()
                .map(patterns)
                .collect(),
            keywords: fields(allow.keywords),
            state: allow.state.as_deref().map(Pattern::parse),
            keys: match allow.keys {
                Some(RawKeys::These(keys)) => Keys::These(keys),
                Some(RawKeys::Word(word)) if word == "open" => Keys::Open,
                _ => Keys::Known,
            },
            reviewed: allow
                .fields
                .iter()
                .filter(|(_, is)| *is != "any")
                .map(|(key, _)| key.clone())
                .collect(),
            fields: fields(allow.fields).into_iter().collect(),
            items: allow.items.as_deref().map(Pattern::parse),
            acts: allow.acts,
            known,
        }
    }

    pub fn may(&self, used: &str) -> bool {
        self.uses.iter().any(|it| it == used)
    }
}
