//! One verdict for each thing that a stream does.

mod acts;
mod arrow;
mod base64;
mod bytes;
mod calls;
mod change;
mod copies;
mod distributions;
mod dtypes;
mod frames;
mod geometry;
mod image;
mod indexes;
mod indices;
pub(crate) mod partials;
mod regex;
mod state;
mod stored;
mod tables;
mod tensors;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use halfsour_lexer::text::number::{IntBase, NumberError};
use halfsour_lexer::text::repr;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind, View};
use halfsour_vm::{Attached, Event, Graph, Observer, Opcode};
use hashbrown::{HashMap, HashSet};
use indexmap::IndexMap;

use self::arrow::Buffers;
use self::copies::Weights;
use self::dtypes::DTypes;
use self::frames::Frames;
use self::indices::Indexed;
use self::state::Scanned;
use crate::Rule;
use crate::at::At;
use crate::census;
use crate::found::Found;
use crate::ids::IdSet;
use crate::pattern::{Checked, Part, Values};
use crate::policy::{Acts, Entry, LONGEST_NAME, Policy, Use};
use crate::report::{Action, Context, Finding, Incompleteness, OpcodeName, Severity};
use crate::shapes::Shapes;
use crate::text;

/// How many names are found at once.
const NEAR: usize = 32;
/// The memo slots that any pickle may use.
const FREE: u64 = 100_000;

/// Watches a pickle being run, and judges what it does.
pub(crate) struct Judge<'p, 's> {
    policy: &'p Policy,
    source: &'s [u8],
    /// Where the pickle is, from outside inwards.
    within: &'s [String],
    pub found: Found,
    /// Where the last opcodes are, in turn, that of the one that is run among them.
    recent: [usize; 4],
    /// How many there were.
    steps: usize,
    /// The ids that are in `named`.
    has_name: IdSet,
    /// What is known of ids that stand for a class or function: globals, and what was looked up in them.
    named: HashMap<Id, Rc<Named<'p>>>,
    /// Of these, the last that was imported for each place, by the last bits of its id.
    near: Vec<Option<(Id, Rc<Named<'p>>)>>,
    /// How many of them are not listed. There may be many of those: no more than so many are kept.
    unlisted: usize,
    /// Names that may be called, but not stored.
    callees: IdSet,
    checked: Checked,
    /// The dicts that the pattern of a state came upon.
    parts: RefCell<Vec<(Id, Part)>>,
    /// Objects that were given a state.
    built: IdSet,
    scanned: Scanned<'p>,
    frames: Frames,
    /// Bytes that have been tried as pickles.
    tried: HashSet<Id>,
    /// Which bytes may be loaded.
    clean: HashMap<Id, bool>,
    dtypes: DTypes,
    buffers: Buffers,
    /// Objects whose indices C code believes.
    indexed: IndexMap<Id, Indexed>,
    /// The partials of functions that may be called so.
    partials: HashMap<Id, Rc<Named<'p>>>,
    /// How many bytes calls and states were given.
    copied: u64,
    /// How many types lie in each other in those that calls put together.
    depths: HashMap<Id, u64>,
    weights: Weights,
    /// What is before it may leave memory.
    #[cfg(feature = "files")]
    window: halfsour_files::Window,
    /// What compiling regular expressions costs.
    compiled: u64,
}

/// A class or function that has a name.
struct Named<'p> {
    module: Vec<u8>,
    qualified: Vec<u8>,
    name: String,
    entry: Option<Entry<'p>>,
    /// Why it is known to be dangerous, if it is.
    sink: Option<&'p str>,
    /// Its number among the imports.
    import: Option<usize>,
    /// Of what kinds there are enough findings about it, and the number of the last that is listed.
    enough: RefCell<Vec<(Rule, Action, usize)>>,
    /// What the census says of it, once somebody asked.
    class: OnceCell<Option<&'static census::Class>>,
}

impl<'p> Named<'p> {
    /// Of names that are too long to be in a policy, no more is kept than tells that.
    fn new(
        policy: &'p Policy,
        [module, qualified]: [&[u8]; 2],
        name: String,
        entry: Option<Entry<'p>>,
        import: Option<usize>,
    ) -> Self {
        let cut = |part: &[u8]| part[..part.len().min(LONGEST_NAME)].to_vec();
        let sink = policy.sink(module, qualified);
        Self {
            module: cut(module),
            qualified: cut(qualified),
            name,
            entry,
            sink,
            import,
            enough: RefCell::default(),
            class: OnceCell::new(),
        }
    }

    fn class(&self) -> Option<&'static census::Class> {
        *self.class.get_or_init(|| census::class(&self.name))
    }

    fn severity(&self) -> Severity {
        if self.sink.is_some() { Severity::Dangerous } else { Severity::Unknown }
    }

    /// Its name in Python: `os.system`.
    fn python(&self) -> String {
        self.name.replacen(':', ".", 1)
    }
}

impl<'p, 's> Judge<'p, 's> {
    pub fn new(policy: &'p Policy, source: &'s [u8], within: &'s [String]) -> Self {
        Self {
            policy,
            source,
            within,
            found: Found::default(),
            recent: [0; 4],
            steps: 0,
            has_name: IdSet::default(),
            named: HashMap::new(),
            near: Vec::new(),
            unlisted: 0,
            callees: IdSet::default(),
            checked: Checked::default(),
            parts: RefCell::default(),
            built: IdSet::default(),
            scanned: Scanned::default(),
            frames: Frames::default(),
            tried: HashSet::new(),
            clean: HashMap::new(),
            dtypes: DTypes::default(),
            buffers: Buffers::default(),
            indexed: IndexMap::new(),
            partials: HashMap::new(),
            copied: 0,
            depths: HashMap::new(),
            weights: Weights::default(),
            #[cfg(feature = "files")]
            window: halfsour_files::Window::new(),
            compiled: 0,
        }
    }

    /// Adds a finding that an opcode made.
    fn add(
        &mut self,
        offset: usize,
        rule: Rule,
        action: Action,
        name: &str,
        code: String,
        why: (Severity, String),
    ) {
        let opcode = self.source.get(offset).and_then(|&byte| Opcode::from_byte(byte)).map(OpcodeName);
        let finding = Finding {
            rule,
            severity: why.0,
            offset,
            opcode,
            action,
            name: name.to_owned(),
            code,
            reason: why.1,
            times: 1,
            accepted: false,
            within: self.within.to_vec(),
            context: Vec::new(),
        };
        if self.found.add(self.policy.limits(), finding) {
            let context = self.context();
            self.found.findings.last_mut().expect("it was listed").context = context;
        }
    }

    /// Whether there are enough findings like one that would be made: then it is counted, and no text has to be made for it.
    fn repeats(&mut self, rule: Rule, action: Action, named: &Named<'_>) -> bool {
        let known = named.enough.borrow().iter().find(|it| (it.0, it.1) == (rule, action)).map(|it| it.2);
        if let Some(last) = known {
            self.found.again(last, 1);
            return true;
        }
        let last = self.found.repeats(self.policy.limits(), (rule, action, named.severity()), &named.name, 1);
        named.enough.borrow_mut().extend(last.map(|last| (rule, action, last)));
        last.is_some()
    }

    /// The opcodes before the one that is run.
    fn context(&self) -> Vec<Context> {
        let before = self.steps.saturating_sub(4)..self.steps.saturating_sub(1);
        before.map(|step| Context::at(self.source, self.recent[step % 4])).collect()
    }

    fn values<'e>(&'e self, at: At<'e>) -> Values<'e> {
        Values {
            view: at.view,
            policy: self.policy,
            callees: &self.callees,
            checked: &self.checked,
            parts: &self.parts,
        }
    }

    /// How bad the use of a name is, and why; `otherwise` if it is not known to be dangerous.
    fn why(named: &Named<'_>, otherwise: &str) -> (Severity, String) {
        (named.severity(), named.sink.unwrap_or(otherwise).to_owned())
    }

    fn import(&mut self, at: At<'_>, id: Id) {
        match at.view.global(id) {
            Some([module, qualified]) => self.import_names(at, id, module, qualified),
            None => {
                let code = at.short().value(id);
                let why = "what an extension code stands for is not known here".to_owned();
                self.add(at.offset, Rule::R10, Action::Import, &code.clone(), code, (Severity::Unknown, why));
            }
        }
    }

    fn import_names(&mut self, at: At<'_>, id: Id, module: &[u8], qualified: &[u8]) {
        let entry = self.policy.find(module, qualified);
        let name = text::name(module, qualified);
        let import = self.found.import(self.policy.limits(), &name, entry.is_some(), at.offset);
        if let Some(import) = import {
            self.found.imports[import].imports += 1;
        }
        let named = Named::new(self.policy, [module, qualified], name.clone(), entry, import);
        if let Some(entry) = entry {
            if !entry.allow.uses.contains(&Use::Value) {
                self.callees.insert(id);
            }
            self.keep_name(id, Rc::new(named));
            return;
        }
        if !self.repeats(Rule::R1, Action::Import, &named) {
            let why = Self::why(&named, "the policy does not list it");
            self.add(at.offset, Rule::R1, Action::Import, &name, named.python(), why);
        }
        if self.unlisted < self.policy.limits().total && !self.has_name.contains(id) {
            self.unlisted += 1;
            self.keep_name(id, Rc::new(named));
        }
    }

    /// Keeps what a class or function is called, so that `named` finds it.
    fn keep_name(&mut self, id: Id, named: Rc<Named<'p>>) {
        self.has_name.insert(id);
        if let Some(index) = id.index() {
            self.near.resize(NEAR, None);
            self.near[index % NEAR] = Some((id, named.clone()));
        }
        self.named.insert(id, named);
    }

    /// What a class or function is called. Of those that are not listed, of which there may be many, only so many are kept.
    fn named(&self, at: At<'_>, id: Id) -> Option<Rc<Named<'p>>> {
        if let Some(Some((known, named))) = self.near.get(id.index()? % NEAR)
            && *known == id
        {
            return Some(named.clone());
        }
        if self.has_name.contains(id) {
            return self.named.get(&id).cloned();
        }
        if at.view.kind(id) != Kind::Global {
            return None;
        }
        let [module, qualified] = at.view.global(id)?;
        let name = text::name(module, qualified);
        let import = self.found.imports.get_index_of(&name);
        Some(Rc::new(Named::new(self.policy, [module, qualified], name, None, import)))
    }

    fn count(&mut self, named: &Named<'_>, count: impl FnOnce(&mut crate::Import)) {
        if let Some(import) = named.import {
            count(&mut self.found.imports[import]);
        }
    }

    /// What the class or callable of an object is, if it has a name.
    fn maker(&self, at: At<'_>, object: Id) -> Option<Rc<Named<'p>>> {
        let class = at.view.class(object)?;
        self.named(at, partials::class_of_partial(at.view, self.policy, class).unwrap_or(class))
    }

    /// Whether an event can only be a part of making a dtype.
    fn is_about_dtypes(&self, at: At<'_>, event: Event) -> bool {
        let makes_dtypes = |named: Option<Rc<Named<'_>>>| {
            named.and_then(|it| it.entry).is_some_and(|it| it.allow.acts == Some(Acts::DType))
        };
        match event {
            Event::Import(_) => true,
            // Old protocols write bytes as calls.
            Event::Call { callable, result, .. } => {
                at.view.kind(result) == Kind::Bytes || makes_dtypes(self.named(at, callable))
            }
            Event::Build { object, .. } => makes_dtypes(self.maker(at, object)),
            _ => false,
        }
    }

    /// Judges what can be told only at the end of a pickle. Returns what the graph looks like.
    pub(crate) fn finish(&mut self, graph: &Graph<&[u8]>) -> Shapes {
        let shapes = Shapes::of(graph, self.policy.limits(), &self.callees);
        self.last_frame(graph.end());
        self.stored(graph, &shapes);
        self.changed_later(graph);
        self.check_indices(graph);
        shapes
    }

    /// A memo slot with a number that no pickler has come to here.
    fn put(&mut self, offset: usize, slot: u64) {
        if is_far(offset, slot) {
            let why = "CPython's memo takes sixteen bytes for each slot below the highest".to_owned();
            let code = format!("memo slot {slot}");
            self.add(offset, Rule::R9, Action::Data, "", code, (Severity::Unknown, why));
        }
    }

    /// Keeps the first line that Python reads otherwise, or refuses, since 3.14.
    fn number<T: PartialEq>(
        &mut self,
        offset: usize,
        opcode: Opcode,
        line: &[u8],
        read: impl Fn(IntBase) -> Result<T, NumberError>,
    ) {
        if self.found.doubt.is_none() && read(IntBase::Ten).ok() != read(IntBase::Prefix).ok() {
            let reason = format!(
                "Python 3.14 reads the line of {opcode} in base 10, and Python up to 3.13 by its prefix, which gives another number \
                 or none: {}",
                repr::Bytes(&line[..line.len().min(40)])
            );
            self.found.doubt = Some((Incompleteness::Doubt, offset, reason));
        }
    }

    fn persistent(&mut self, at: At<'_>, object: Id) {
        let Peek::PersistentId(id) = at.view.peek(object) else { return };
        let values = self.values(at);
        if self.policy.persistent().any(|pattern| pattern.matches(&values, id)) {
            return;
        }
        let code = at.short().value(object);
        let why = "the program that loads this resolves it; no pack knows ids of this form".to_owned();
        self.add(at.offset, Rule::R10, Action::Persistent, "", code, (Severity::Unknown, why));
    }
}

/// Whether no pickler has come to this slot of the memo here.
#[inline]
fn is_far(offset: usize, slot: u64) -> bool {
    slot > FREE && slot > offset as u64
}

impl Observer for Judge<'_, '_> {
    fn opcode(&mut self, offset: usize, opcode: Opcode) {
        self.found.stats.opcodes += 1;
        // The memo says nothing of what is done.
        if !matches!(opcode, Opcode::Memoize | Opcode::Put | Opcode::BinPut | Opcode::LongBinPut) {
            self.recent[self.steps % 4] = offset;
            self.steps += 1;
        }
        self.frame(offset, opcode);
        if self.has_argument(offset, opcode) {
            self.argument(offset, opcode);
        }
        #[cfg(feature = "files")]
        self.window.slide(self.source, offset);
    }

    fn event(&mut self, view: View<'_>, offset: usize, event: Event) {
        let at = At { view, offset };
        self.spend_copies(at, event);
        if self.dtypes.has_new() && !self.is_about_dtypes(at, event) {
            self.dtypes.used();
        }
        match event {
            Event::Import(id) => self.import(at, id),
            Event::PersistentId(object) => self.persistent(at, object),
            _ if self.is_spent() => self.give_up(offset),
            Event::Call { callable, args, result } => self.call(at, callable, args, result),
            Event::New { class, args, kwargs, result } => self.new_object(at, result, class, args, kwargs),
            Event::Build { object, state } => self.build(at, object, state),
            Event::Append { object, count } => {
                let items = view.last_items(object, count);
                let code = |_: Option<&Named<'_>>, name: &str| at.short().extended(name, items);
                self.may_change(at, object, Use::Append, Action::Append, items, code);
            }
            Event::SetItem { object, count } => {
                let items = view.last_items(object, count);
                let code = |_: Option<&Named<'_>>, name: &str| at.short().assigned(name, items);
                self.may_change(at, object, Use::SetItem, Action::SetItem, items, code);
            }
            Event::Add { object, count } => {
                let items = view.last_items(object, count);
                let code = |_: Option<&Named<'_>>, name: &str| at.short().updated(name, items);
                self.may_change(at, object, Use::Append, Action::Add, items, code);
            }
            // An event that this crate does not know yet must not pass unseen.
            _ => {
                let why = (Severity::Unknown, "it is not known what this does".to_owned());
                self.add(offset, Rule::R4, Action::Call, "", String::new(), why);
            }
        }
    }

    fn attached(&mut self, _: View<'_>, offset: usize, _: Id) -> Attached {
        self.frame_ends(offset);
        Attached::Nothing
    }
}
