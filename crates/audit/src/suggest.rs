//! [`Suggestions`]: entries of a policy, to be reviewed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, View};
use halfsour_vm::{Event, Observer, Opcode};

use crate::Policy;
use crate::policy::{LONGEST_NAME, SCHEMA, TODO};

/// How many forms of arguments, or patterns for one argument, are told apart.
const MOST_FORMS: usize = 8;
/// How many keys of states are listed.
const MOST_KEYS: usize = 200;
/// How many items of a container are looked at, and how many containers deep.
const MOST_ITEMS: usize = 10;
const DEEPEST: usize = 2;
/// How many arguments are looked at.
const MOST_ARGS: usize = 32;
/// How many calls and states of a name are looked at: one more has the form of those before, if it is not made to take long.
const MOST_LOOKS: usize = 100;
/// How many names are kept.
const MOST_NAMES: usize = 10_000;

const HEAD: &str = "\
# What pickles do with names that no pack lists, as entries to be reviewed. Each says what was seen, which may be too much or too
# little. Where loading does no harm, whatever the arguments and states that fit are, replace its reason by yours: until then it is
# refused. Delete the entries of which you cannot say that.
";

/// What pickles do with the names that a policy does not list: as entries of a policy, whose reasons a person has to write.
///
/// It watches pickles being run. Names that are known to be dangerous are left out, and so are names that no policy can list.
///
/// ```
/// use halfsour_audit::{Policy, Suggestions};
/// use halfsour_vm::Loader;
///
/// let policy = Policy::default();
/// let mut suggestions = Suggestions::new(&policy);
/// // Point = namedtuple("Point", "x y") in app/models.py; pickle.dumps(Point(1, 2), 2)
/// let point = b"\x80\x02capp.models\nPoint\nq\x00K\x01K\x02\x86q\x01\x81q\x02.";
/// Loader::new().load_observed(&point[..], 0, &mut suggestions)?;
/// let toml = suggestions.to_toml();
/// assert!(toml.contains("names = [\"app.models:Point\"]\nuses = [\"new\"]\nargs = [[\"int\", \"int\"]]"));
/// assert!(Policy::parse(&toml).is_err(), "nobody has reviewed it");
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Suggestions<'p> {
    policy: &'p Policy,
    names: BTreeMap<String, Seen>,
}

/// What was seen of a name.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// The uses, in the order in which entries have them.
    uses: BTreeSet<(usize, &'static str)>,
    /// For each number of arguments, the patterns of each.
    args: BTreeMap<usize, Vec<Patterns>>,
    keywords: BTreeMap<String, Patterns>,
    state: Patterns,
    keys: BTreeSet<String>,
    /// How many calls and states have been looked at.
    looks: usize,
}

type Patterns = BTreeSet<String>;

/// The uses, in the order in which entries have them.
const USES: [&str; 6] = ["value", "call", "new", "build", "append", "setitem"];

impl<'p> Suggestions<'p> {
    /// Suggestions for what a policy does not list.
    pub fn new(policy: &'p Policy) -> Self {
        Self { policy, names: BTreeMap::new() }
    }

    /// Adds a name, as reports spell it, if the policy can list it. Of one that was not seen in use, the entry says only that it is named.
    pub fn add(&mut self, name: &str) {
        if let Some((module, qualified)) = name.split_once(':') {
            self.seen(module.as_bytes(), qualified.as_bytes());
        }
    }

    /// Whether nothing is suggested.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Returns the entries as a file of policy, which is refused until somebody has written the reasons.
    pub fn to_toml(&self) -> String {
        let mut text = format!("{HEAD}schema = {SCHEMA}\n\n[packs.own]\nabout = \"our own classes\"\n");
        for (name, seen) in &self.names {
            seen.write(name, &mut text);
        }
        text
    }

    /// What was seen of a name, if it is to be suggested.
    fn seen(&mut self, module: &[u8], qualified: &[u8]) -> Option<&mut Seen> {
        if self.policy.find(module, qualified).is_some() || self.policy.sink(module, qualified).is_some() {
            return None;
        }
        let [module, qualified] = [str::from_utf8(module).ok()?, str::from_utf8(qualified).ok()?];
        let is_name = |part: &str| !part.is_empty() && !part.contains([':', '*', '…']);
        let is_listable =
            module.len() + qualified.len() < LONGEST_NAME && is_name(module) && is_name(qualified);
        let name = format!("{module}:{qualified}");
        let has_room = self.names.len() < MOST_NAMES || self.names.contains_key(&name);
        if is_listable && has_room { Some(self.names.entry(name).or_default()) } else { None }
    }

    fn of_class(&mut self, view: View<'_>, object: Id) -> Option<&mut Seen> {
        let [module, qualified] = view.global(view.class(object)?)?;
        self.seen(module, qualified)
    }

    /// A call, or an instance that was made: what its class was given.
    fn made(&mut self, view: View<'_>, callable: Id, result: Id) {
        let arguments = view.arguments(result);
        let is_new = view.class(result).is_some_and(|class| class != callable);
        if let Some(seen) = self.of_class(view, result) {
            seen.used(if is_new { "new" } else { "call" });
            seen.arguments(view, arguments);
        }
    }

    fn used(&mut self, view: View<'_>, object: Id, used: &'static str) {
        if let Some(seen) = self.of_class(view, object) {
            seen.used(used);
        }
    }
}

impl Seen {
    fn used(&mut self, used: &'static str) {
        let place = USES.iter().position(|it| *it == used).unwrap_or(USES.len());
        self.uses.insert((place, used));
    }

    /// Whether one more call or state is looked at.
    fn looks_on(&mut self) -> bool {
        self.looks += 1;
        self.looks <= MOST_LOOKS
    }

    fn arguments(&mut self, view: View<'_>, arguments: Option<(&[Id], Option<Id>)>) {
        let Some((args, keywords)) = arguments.filter(|_| self.looks_on()) else { return };
        if args.len() <= MOST_ARGS && (self.args.len() < MOST_FORMS || self.args.contains_key(&args.len())) {
            let patterns = self.args.entry(args.len()).or_insert_with(|| vec![Patterns::new(); args.len()]);
            for (patterns, &arg) in patterns.iter_mut().zip(args) {
                add(patterns, pattern(view, arg, 0));
            }
        }
        if let Some(Peek::Dict(items)) = keywords.map(|keywords| view.peek(keywords)) {
            for pair in items.chunks_exact(2).take(MOST_ARGS) {
                if let Some(key) = text(view, pair[0]) {
                    add(self.keywords.entry(key).or_default(), pattern(view, pair[1], 0));
                }
            }
        }
    }

    fn built(&mut self, view: View<'_>, state: Id) {
        self.used("build");
        if !self.looks_on() {
            return;
        }
        let form = match view.peek(state) {
            Peek::Tuple(&[of_dict, of_slots]) => {
                let parts = [of_dict, of_slots].map(|part| self.part_of_state(view, part));
                match parts {
                    [Some(one), Some(other)] => format!("({one}, {other})"),
                    _ => pattern(view, state, 0),
                }
            }
            _ => self.part_of_state(view, state).unwrap_or_else(|| pattern(view, state, 0)),
        };
        add(&mut self.state, form);
    }

    /// The pattern of a state's dict, whose keys are kept, or of `None`.
    fn part_of_state(&mut self, view: View<'_>, part: Id) -> Option<String> {
        match view.peek(part) {
            Peek::None => Some("None".to_owned()),
            Peek::Dict(items) => {
                let keys = items.chunks_exact(2).take(MOST_KEYS + 1).filter_map(|pair| text(view, pair[0]));
                self.keys.extend(keys);
                Some("attributes".to_owned())
            }
            _ => None,
        }
    }

    fn write(&self, name: &str, text: &mut String) {
        let quote = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let list = |items: Vec<String>| format!("[{}]", items.join(", "));
        let one_of = |patterns: &Patterns| quote(&patterns.iter().cloned().collect::<Vec<_>>().join(" | "));
        let uses = self.uses.iter().map(|(_, used)| quote(used));
        let uses = if self.uses.is_empty() { vec![quote("value")] } else { uses.collect() };
        let _ =
            write!(text, "\n[[allow]]\npack = \"own\"\nnames = [{}]\nuses = {}\n", quote(name), list(uses));
        let takes = self.args.keys().any(|&count| count > 0);
        if takes {
            let args = self.args.values().map(|args| list(args.iter().map(one_of).collect()));
            let _ = writeln!(text, "args = {}", list(args.collect()));
        }
        if !self.keywords.is_empty() {
            let pairs = self.keywords.iter();
            let pairs: Vec<String> =
                pairs.map(|(key, patterns)| format!("{} = {}", quote(key), one_of(patterns))).collect();
            let _ = writeln!(text, "keywords = {{ {} }}", pairs.join(", "));
        }
        if !self.state.is_empty() {
            let _ = writeln!(text, "state = {}", one_of(&self.state));
        }
        if self.state.iter().any(|form| form.contains("attributes")) {
            let keys = if self.keys.len() > MOST_KEYS {
                quote("open")
            } else {
                list(self.keys.iter().map(|key| quote(key)).collect())
            };
            let _ = writeln!(text, "keys = {keys}");
        }
        let _ = writeln!(text, "reason = \"{TODO}: why does loading it do no harm, whatever fits?\"");
    }
}

fn add(patterns: &mut Patterns, pattern: String) {
    if patterns.len() < MOST_FORMS {
        patterns.insert(pattern);
    } else if !patterns.contains(&pattern) {
        *patterns = Patterns::from(["any".to_owned()]);
    }
}

fn text(view: View<'_>, id: Id) -> Option<String> {
    let bytes = view.text_bytes(id).filter(|bytes| bytes.len() < LONGEST_NAME)?;
    Some(str::from_utf8(bytes).ok()?.to_owned())
}

/// The pattern of a value.
fn pattern(view: View<'_>, id: Id, depth: usize) -> String {
    let name = |id| {
        let [module, qualified] = view.global(id)?;
        let is_name =
            |part: &[u8]| part.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(byte));
        let fits = module.len() + qualified.len() < LONGEST_NAME && is_name(module) && is_name(qualified);
        fits.then(|| format!("{}:{}", String::from_utf8_lossy(module), String::from_utf8_lossy(qualified)))
    };
    let items = |word: &str, items: &[Id]| of(view, word, items.iter().copied(), depth);
    let word = match view.peek(id) {
        Peek::None => "None",
        Peek::Bool(_) => "bool",
        Peek::Int(_) | Peek::BigInt(_) => "int",
        Peek::Float(_) => "float",
        Peek::Complex(..) => "complex",
        Peek::Str(_) | Peek::ByteString(_) => "str",
        Peek::Bytes(_) => "bytes",
        Peek::ByteArray(_) => "bytearray",
        Peek::Buffer(_) | Peek::ReadOnly(_) => "buffer",
        Peek::Tuple(parts) if parts.len() <= MOST_FORMS && depth < DEEPEST => {
            let parts: Vec<String> = parts.iter().map(|&part| pattern(view, part, depth + 1)).collect();
            return if let [one] = &*parts { format!("({one},)") } else { format!("({})", parts.join(", ")) };
        }
        Peek::Tuple(parts) => return items("tuple", parts),
        Peek::List(parts) => return items("list", parts),
        Peek::Set(parts) => return items("set", parts),
        Peek::FrozenSet(parts) => return items("frozenset", parts),
        Peek::Dict(pairs) => {
            let keys = of(view, "", pairs.iter().copied().step_by(2), depth);
            let values = of(view, "", pairs.iter().copied().skip(1).step_by(2), depth);
            return match (keys.strip_prefix(" of "), values.strip_prefix(" of ")) {
                (Some(keys), Some(values)) => format!("dict of {keys}: {values}"),
                _ => "dict".to_owned(),
            };
        }
        Peek::Global(..) => return name(id).map_or("any".to_owned(), |name| format!("is {name}")),
        Peek::Instance(_) => {
            let class = view.class(id).and_then(name);
            return class.map_or("any".to_owned(), |name| format!("of {name}"));
        }
        _ => "any",
    };
    word.to_owned()
}

/// The pattern of a container whose items all fit one pattern; the bare word of one that is empty, large or mixed.
fn of(view: View<'_>, word: &str, items: impl ExactSizeIterator<Item = Id>, depth: usize) -> String {
    if items.len() > MOST_ITEMS || depth >= DEEPEST {
        return word.to_owned();
    }
    let patterns: Patterns = items.map(|item| pattern(view, item, depth + 1)).collect();
    match patterns.first().filter(|_| patterns.len() == 1) {
        Some(pattern) => format!("{word} of {pattern}"),
        None => word.to_owned(),
    }
}

impl Observer for Suggestions<'_> {
    fn opcode(&mut self, _: usize, _: Opcode) {}

    fn event(&mut self, view: View<'_>, _: usize, event: Event) {
        match event {
            Event::Import(id) => {
                if let Some([module, qualified]) = view.global(id) {
                    self.seen(module, qualified);
                }
            }
            Event::Call { callable, result, .. } => self.made(view, callable, result),
            Event::New { result, .. } => {
                let arguments = view.arguments(result);
                if let Some(seen) = self.of_class(view, result) {
                    seen.used("new");
                    seen.arguments(view, arguments);
                }
            }
            Event::Build { object, state } => {
                if let Some(seen) = self.of_class(view, object) {
                    seen.built(view, state);
                }
            }
            Event::Append { object, .. } | Event::Add { object, .. } => self.used(view, object, "append"),
            Event::SetItem { object, .. } => self.used(view, object, "setitem"),
            _ => {}
        }
    }
}
