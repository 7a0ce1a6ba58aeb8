//! The policy: what a pickle may name, and what it may do with it.

mod allow;
mod compiled;
mod error;
mod file;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, OnceLock};

use hashbrown::{HashMap, HashSet};
use sha2::{Digest, Sha256};

use crate::Limits;
use crate::pattern::Pattern;

pub(crate) use allow::PROGRAM;
pub(crate) use compiled::{Compiled, Keys};
pub use error::PolicyError;
use file::File;
pub(crate) use file::{Acts, Allow, SCHEMA, Use};

/// The files of the policy that halfsour brings.
pub(crate) const BUILT_IN: &[&str] = &[
    include_str!("../policy/data.toml"),
    include_str!("../policy/stdlib.toml"),
    include_str!("../policy/exceptions.toml"),
    include_str!("../policy/enums.toml"),
    include_str!("../policy/iterators.toml"),
    include_str!("../policy/messages.toml"),
    include_str!("../policy/records.toml"),
    include_str!("../policy/typing.toml"),
    include_str!("../policy/numpy.toml"),
    include_str!("../policy/joblib.toml"),
    include_str!("../policy/pandas.toml"),
    include_str!("../policy/pyarrow.toml"),
    include_str!("../policy/xarray.toml"),
    include_str!("../policy/shapely.toml"),
    include_str!("../policy/pillow.toml"),
    include_str!("../policy/polars.toml"),
    include_str!("../policy/scipy.toml"),
    include_str!("../policy/sklearn.toml"),
    include_str!("../policy/lightgbm.toml"),
    include_str!("../policy/xgboost.toml"),
    include_str!("../policy/imblearn.toml"),
    include_str!("../policy/statsmodels.toml"),
    include_str!("../policy/lifelines.toml"),
    include_str!("../policy/hmmlearn.toml"),
    include_str!("../policy/torch.toml"),
    include_str!("../policy/dateutil.toml"),
    include_str!("../policy/attrs.toml"),
    include_str!("../policy/pydantic.toml"),
    include_str!("../policy/dill.toml"),
    include_str!("../policy/networkx.toml"),
    include_str!("../policy/nltk.toml"),
    include_str!("../policy/gensim.toml"),
    include_str!("../policy/sympy.toml"),
    include_str!("../policy/astropy.toml"),
    include_str!("../policy/sinks.toml"),
];

/// The beginning of a reason that nobody has written yet.
pub(crate) const TODO: &str = "TODO";
/// How many parts of a qualified name are looked at as a path through modules.
const DEEPEST_PATH: usize = 16;
/// The longest `module:name` that a policy may list; longer ones are not even looked up.
pub(crate) const LONGEST_NAME: usize = 256;

/// A policy: the names that a pickle may use, and what it may do with each.
///
/// It is a list of what is allowed: everything else is a finding. [`Policy::default`] is the one that halfsour brings,
/// [`Policy::allow`] allows one more class, and [`policy_file`](crate::policy_file) describes the file.
///
/// ```
/// use halfsour_audit::{Auditor, Policy};
///
/// // Point = namedtuple("Point", "x y") in app/models.py; pickle.dumps(Point(1, 2), 2)
/// let point = b"\x80\x02capp.models\nPoint\nq\x00K\x01K\x02\x86q\x01\x81q\x02.";
/// let mut policy = Policy::default();
/// policy.add(&Policy::parse(
///     r#"
///     schema = 2
///     [[allow]]
///     pack = "app"
///     names = ["app.models:Point"]
///     uses = ["new"]
///     args = [["int", "int"]]
///     reason = "a named tuple; it has the __new__ that namedtuple makes"
///     [packs.app]
///     about = "our own classes"
///     "#,
/// )?)?;
/// assert!(Auditor::new(policy).audit(point).is_clean());
/// # Ok::<(), halfsour_audit::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    /// Copies have it in common, until one of them is changed.
    parts: Arc<Parts>,
}

/// What a policy is made of.
#[derive(Clone, Debug)]
struct Parts {
    file: File,
    /// The patterns of each entry, once it was asked for; of other policies than the one that halfsour brings, from the beginning.
    compiled: Vec<OnceLock<Compiled>>,
    by_name: HashMap<String, usize>,
    sets: HashMap<String, HashSet<String>>,
    sinks: HashMap<String, usize>,
    /// The modules that have such names, or are such.
    #[cfg(feature = "files")]
    sink_modules: HashSet<String>,
    /// The names that any pack lists.
    listed: HashSet<String>,
    persistent: Vec<Pattern>,
    /// The packs that are selected; `None` is all.
    selected: Option<BTreeSet<String>>,
    /// The hash, once it was asked for.
    hash: OnceLock<String>,
}

/// A copy of [`Policy::built_in`].
impl Default for Policy {
    fn default() -> Self {
        Self::built_in().clone()
    }
}

/// Policies are equal if they say the same, and the same packs are selected.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        (&self.parts.file, &self.parts.selected) == (&other.parts.file, &other.parts.selected)
    }
}

impl Policy {
    /// The policy that halfsour brings, with all of its packs. It is parsed once in a program.
    pub fn built_in() -> &'static Self {
        static POLICY: LazyLock<Policy> = LazyLock::new(|| {
            let files = BUILT_IN.iter().map(|text| File::parse(text).expect("it is tested"));
            let file = files.reduce(File::and).expect("there are some");
            // That its patterns are right is tested.
            Policy { parts: Arc::new(Parts::new(file, None).expect("it is tested")) }
        });
        &POLICY
    }

    /// Reads a policy.
    ///
    /// # Errors
    ///
    /// If it is not TOML, not as `POLICY.md` says, or names a pack or set that it does not have, where it has any.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Self::compile(File::parse(text)?, None)
    }

    /// Returns the policy as TOML, which reads back as the same policy.
    pub fn to_toml(&self) -> String {
        toml::to_string(&self.parts.file).expect("a policy has no values that TOML lacks")
    }

    /// Adds what another policy allows. Its limits, if it has any, replace those of this one; so do its entries for names that are listed
    /// already.
    ///
    /// # Errors
    ///
    /// If they do not go together: a pack or set that neither has.
    pub fn add(&mut self, other: &Self) -> Result<(), PolicyError> {
        let mut file = self.parts.file.clone();
        let replaced: HashSet<&String> =
            other.parts.file.allow.iter().flat_map(|allow| &allow.names).collect();
        for allow in &mut file.allow {
            allow.names.retain(|name| !replaced.contains(name));
        }
        file.allow.retain(|allow| !allow.names.is_empty());
        *self = Self::compile(file.and(other.parts.file.clone()), self.parts.selected.clone())?;
        Ok(())
    }

    /// Only the packs of these profiles, with those that they include; `all` is every pack.
    ///
    /// # Errors
    ///
    /// If there is no such pack.
    pub fn select(&mut self, profiles: &[impl AsRef<str>]) -> Result<(), PolicyError> {
        let mut open: Vec<&str> = profiles.iter().map(AsRef::as_ref).collect();
        let mut selected = BTreeSet::new();
        if open.contains(&"all") {
            open.extend(self.parts.file.packs.keys().map(String::as_str));
            open.retain(|name| *name != "all");
        }
        while let Some(name) = open.pop() {
            let pack = self.parts.file.packs.get(name).ok_or_else(|| {
                PolicyError::new(format!(
                    "there is no profile {name}; there are all, {}",
                    self.profiles().join(", ")
                ))
            })?;
            if selected.insert(name.to_owned()) {
                open.extend(pack.includes.iter().map(String::as_str));
            }
        }
        let mut parts = Parts::clone(&self.parts);
        parts.selected = Some(selected);
        parts.choose()?;
        self.parts = Arc::new(parts);
        Ok(())
    }

    /// The names of its packs.
    pub fn profiles(&self) -> Vec<&str> {
        self.parts.file.packs.keys().map(String::as_str).collect()
    }

    /// The limits of an audit.
    pub fn limits(&self) -> &Limits {
        self.parts.file.limits.as_ref().unwrap_or(&Limits::DEFAULT)
    }

    /// Replaces the limits of an audit.
    pub fn set_limits(&mut self, limits: Limits) {
        let parts = Arc::make_mut(&mut self.parts);
        parts.file.limits = (limits != Limits::DEFAULT).then_some(limits);
        parts.hash = OnceLock::new();
    }

    /// SHA-256 of the policy and of what is selected of it, in hexadecimal.
    pub fn hash(&self) -> &str {
        self.parts.hash.get_or_init(|| self.hashed())
    }

    /// Explains in a few lines what the policy says of a name, given as `module:name`; `None` if it says nothing.
    pub fn explain(&self, name: &str) -> Option<String> {
        let mut text = String::new();
        if let Some(&index) = self.parts.by_name.get(name) {
            let allow = &self.parts.file.allow[index];
            let uses: Vec<String> = allow.uses.iter().map(|it| format!("{it:?}").to_lowercase()).collect();
            let _ = if uses.is_empty() {
                writeln!(text, "{name}: listed in {}, without a use of its own", allow.pack)
            } else {
                writeln!(text, "{name}: allowed in {}: {}", allow.pack, uses.join(", "))
            };
            for args in allow.args.iter().flatten() {
                let _ = writeln!(text, "  with ({})", args.join(", "));
            }
            if let Some(state) = &allow.state {
                let _ = writeln!(text, "  state: {state}");
            }
            let _ = writeln!(text, "  {}", allow.reason);
            if let Some(versions) = &allow.versions {
                let _ = writeln!(text, "  looked at: {versions}");
            }
        }
        if let Some((module, qualified)) = name.split_once(':')
            && let Some(reason) = self.sink(module.as_bytes(), qualified.as_bytes())
        {
            let _ = writeln!(text, "{name}: dangerous: {reason}");
        }
        (!text.is_empty()).then_some(text)
    }

    /// A policy that somebody else wrote: all of it is looked at.
    fn compile(file: File, selected: Option<BTreeSet<String>>) -> Result<Self, PolicyError> {
        let parts = Parts::new(file, selected)?;
        for (allow, compiled) in parts.file.allow.iter().zip(&parts.compiled) {
            let patterns = Compiled::new(allow).map_err(|reason| refused(allow, &reason))?;
            let _ = compiled.set(patterns);
        }
        let policy = Self { parts: Arc::new(parts) };
        policy.check_mentions()?;
        Ok(policy)
    }

    /// Returns the hash of the policy as it is now.
    fn hashed(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.to_toml());
        for pack in self.parts.selected.iter().flatten() {
            hash.update([0]);
            hash.update(pack);
        }
        hash.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether patterns mention only sets that there are.
    fn check_mentions(&self) -> Result<(), PolicyError> {
        let mut names = Vec::new();
        let patterns = self.parts.compiled.iter().filter_map(OnceLock::get).flat_map(Compiled::patterns);
        for pattern in patterns.chain(&self.parts.persistent) {
            pattern.visit(&mut |part| match part {
                Pattern::Is(name) | Pattern::Of(name) | Pattern::Made(name, _) => names.push(name.as_str()),
                _ => {}
            });
        }
        match names.iter().find(|name| !name.contains(':') && !self.parts.sets.contains_key(**name)) {
            Some(name) => Err(PolicyError::new(format!("there is no set {name}"))),
            None => Ok(()),
        }
    }

    /// The entry for a name, if it is listed and selected.
    pub(crate) fn find(&self, module: &[u8], qualified: &[u8]) -> Option<Entry<'_>> {
        let parts = &*self.parts;
        let index = *parts.by_name.get(Key::new(module, qualified)?.as_str())?;
        let allow = &parts.file.allow[index];
        let patterns = parts.compiled[index]
            .get_or_init(|| Compiled::new(allow).expect("it was looked at, or is tested"));
        Some(Entry { allow, patterns })
    }

    /// The module in which one of Python's own types is listed.
    pub(crate) fn module_of_type(&self, name: &[u8]) -> Option<&'static [u8]> {
        [&b"builtins"[..], b"types"].into_iter().find(|module| self.find(module, name).is_some())
    }

    /// Whether a set, or a name, of a pattern has this one.
    pub(crate) fn is_in(&self, module: &[u8], qualified: &[u8], name: &str) -> bool {
        Key::new(module, qualified).is_some_and(|key| {
            let key = key.as_str();
            key == name || self.parts.sets.get(name).is_some_and(|set| set.contains(key))
        })
    }

    pub(crate) fn persistent(&self) -> impl Iterator<Item = &Pattern> {
        self.parts.persistent.iter()
    }

    /// Whether a module, or one that it lies in, is known to be dangerous, or has names that are.
    #[cfg(feature = "files")]
    pub(crate) fn has_sinks(&self, module: &[u8]) -> bool {
        let Ok(mut module) = str::from_utf8(module) else { return false };
        loop {
            if self.parts.sink_modules.contains(module) {
                return true;
            }
            match module.rsplit_once('.') {
                Some((parent, _)) => module = parent,
                None => return false,
            }
        }
    }

    /// Why a name is known to be dangerous: it, or, where no pack lists it, its module or one of the packages around that, or what it
    /// would be in a module that it is looked up in: `numpy:os.system` is `os:system`, as `numpy` imports `os`.
    pub(crate) fn sink(&self, module: &[u8], qualified: &[u8]) -> Option<&str> {
        let reason = self.sink_at(module, qualified);
        if reason.is_some() || self.find(module, qualified).is_some() {
            return reason;
        }
        let is_builtins = |part: &[u8]| part == b"__builtins__";
        let parts = qualified.split(|&byte| byte == b'.');
        let parts: Vec<&[u8]> =
            parts.map(|part| if is_builtins(part) { b"builtins" } else { part }).collect();
        (1..parts.len().min(DEEPEST_PATH)).find_map(|end| {
            let name = parts[end..].join(&b'.');
            (0..end).find_map(|start| self.sink_at(&parts[start..end].join(&b'.'), &name))
        })
    }

    fn sink_at(&self, module: &[u8], qualified: &[u8]) -> Option<&str> {
        let key = Key::new(module, qualified)?;
        let key = key.as_str();
        let reason =
            |name: &str| self.parts.sinks.get(name).map(|&index| self.parts.file.sink[index].reason.as_str());
        let (mut module, _) = key.split_once(':')?;
        if let Some(reason) = reason(key) {
            return Some(reason);
        }
        if self.parts.listed.contains(key) {
            return None;
        }
        loop {
            if let Some(reason) = reason(module) {
                return Some(reason);
            }
            module = module.rsplit_once('.')?.0;
        }
    }
}

impl Parts {
    /// All but the patterns of entries.
    fn new(file: File, selected: Option<BTreeSet<String>>) -> Result<Self, PolicyError> {
        for allow in &file.allow {
            let reason = allow.reason.trim();
            let is_todo = reason.get(..TODO.len()).is_some_and(|start| start.eq_ignore_ascii_case(TODO));
            if is_todo || reason.is_empty() {
                return Err(refused(
                    allow,
                    "nobody has written the reason yet: say why loading it does no harm",
                ));
            }
            if !file.packs.contains_key(&allow.pack) {
                return Err(refused(allow, &format!("there is no pack {}", allow.pack)));
            }
            for name in &allow.names {
                check_name(name).map_err(|reason| refused(allow, &reason))?;
            }
        }
        let sets =
            file.sets.iter().map(|(set, names)| (set.clone(), names.iter().cloned().collect())).collect();
        let sinks = file.sink.iter().enumerate();
        let sinks = sinks.flat_map(|(index, sink)| sink.names.iter().map(move |name| (name.clone(), index)));
        #[cfg(feature = "files")]
        let modules =
            file.sink.iter().flat_map(|sink| &sink.names).map(|name| name.split(':').next().unwrap_or(name));
        let mut parts = Self {
            #[cfg(feature = "files")]
            sink_modules: modules.map(str::to_owned).collect(),
            compiled: vec![OnceLock::new(); file.allow.len()],
            by_name: HashMap::new(),
            sets,
            sinks: sinks.collect(),
            listed: file.allow.iter().flat_map(|allow| allow.names.iter().cloned()).collect(),
            persistent: Vec::new(),
            selected,
            hash: OnceLock::new(),
            file,
        };
        parts.choose()?;
        Ok(parts)
    }

    /// Finds what the selected packs list.
    fn choose(&mut self) -> Result<(), PolicyError> {
        let Self { file, selected, by_name, persistent, .. } = self;
        let is_selected = |pack: &str| selected.as_ref().is_none_or(|packs| packs.contains(pack));
        by_name.clear();
        for (index, allow) in file.allow.iter().enumerate().filter(|(_, allow)| is_selected(&allow.pack)) {
            for name in &allow.names {
                if by_name.insert(name.clone(), index).is_some() {
                    return Err(refused(allow, &format!("{name} is listed twice")));
                }
            }
        }
        persistent.clear();
        for entry in &file.persistent {
            let pattern = Pattern::parse(&entry.id).map_err(PolicyError::new)?;
            if is_selected(&entry.pack) {
                persistent.push(pattern);
            }
        }
        self.hash = OnceLock::new();
        Ok(())
    }
}

/// Why an entry is refused.
fn refused(allow: &Allow, reason: &str) -> PolicyError {
    PolicyError::new(format!("{}: {reason}", allow.names.first().map_or("allow", String::as_str)))
}

/// What a policy says of a name.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'p> {
    pub allow: &'p Allow,
    pub patterns: &'p Compiled,
}

/// A name as the policy spells it, on the stack: one is made for each look at a global.
struct Key {
    bytes: [u8; LONGEST_NAME],
    length: usize,
}

impl Key {
    /// The key of a name; `None` for one that no policy can list.
    fn new(module: &[u8], qualified: &[u8]) -> Option<Self> {
        let length = module.len() + 1 + qualified.len();
        let mut bytes = [0; LONGEST_NAME];
        let (before, after) = bytes.get_mut(..length)?.split_at_mut(module.len());
        before.copy_from_slice(module);
        let (colon, after) = after.split_first_mut()?;
        *colon = b':';
        after.copy_from_slice(qualified);
        str::from_utf8(&bytes[..length]).ok()?;
        Some(Self { bytes, length })
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let parts: Vec<&str> = name.split(':').collect();
    let well_formed = matches!(parts[..], [module, name] if !module.is_empty() && !name.is_empty());
    if well_formed && name.len() <= LONGEST_NAME && !name.contains('*') {
        Ok(())
    } else {
        Err(format!("{name:?} is not of the form module:name"))
    }
}
