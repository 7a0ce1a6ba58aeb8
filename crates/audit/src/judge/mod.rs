//! One verdict for each thing that a stream does.

mod acts;
mod arrow;
mod bytes;
mod change;
mod copies;
mod distributions;
mod dtypes;
mod frames;
mod geometry;
mod image;
mod indices;
mod regex;
mod state;
mod stored;
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
use self::dtypes::DTypes;
use self::frames::Frames;
use self::indices::Indexed;
use self::state::Scanned;
use crate::Rule;
use crate::at::At;
use crate::census;
use crate::found::Found;
use crate::pattern::{Checked, MOST_ITEMS, Part, Pattern, Values, holds};
use crate::policy::{Acts, Entry, LONGEST_NAME, Policy, Use};
use crate::report::{Action, Context, Finding, OpcodeName, Severity};
use crate::text;

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
    /// What is known of ids that stand for a listed class or function: globals, and what was looked up in them.
    named: HashMap<Id, Rc<Named<'p>>>,
    /// The same of ids that stand for others, of which there may be many: no more than so many are kept.
    unlisted: HashMap<Id, Rc<Named<'p>>>,
    /// Names that may be called, but not stored.
    callees: HashSet<Id>,
    checked: Checked,
    /// The dicts that the pattern of a state came upon.
    parts: RefCell<Vec<(Id, Part)>>,
    /// Objects that were given a state.
    built: HashSet<Id>,
    /// Which keys of states have been looked at, by the entry of the class.
    scanned: HashMap<(Id, usize, Part), Scanned<'p>>,
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
    /// How many bytes and items calls were given.
    copied: u64,
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

/// What a call amounts to.
struct Making<'e> {
    /// What is made.
    result: Id,
    class: Id,
    args: &'e [Id],
    kwargs: Option<Id>,
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
            named: HashMap::new(),
            unlisted: HashMap::new(),
            callees: HashSet::new(),
            checked: Checked::default(),
            parts: RefCell::default(),
            built: HashSet::new(),
            scanned: HashMap::new(),
            frames: Frames::default(),
            tried: HashSet::new(),
            clean: HashMap::new(),
            dtypes: DTypes::default(),
            buffers: Buffers::default(),
            indexed: IndexMap::new(),
            partials: HashMap::new(),
            copied: 0,
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
        self.found.repeats(self.policy.limits(), (rule, action, named.severity()), &named.name, 1)
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
            self.named.insert(id, Rc::new(named));
            return;
        }
        if !self.repeats(Rule::R1, Action::Import, &named) {
            let why = Self::why(&named, "the policy does not list it");
            self.add(at.offset, Rule::R1, Action::Import, &name, named.python(), why);
        }
        if self.unlisted.len() < self.policy.limits().total {
            self.unlisted.insert(id, Rc::new(named));
        }
    }

    /// What a class or function is called. Of those that are not listed, of which there may be many, only so many are kept.
    fn named(&self, at: At<'_>, id: Id) -> Option<Rc<Named<'p>>> {
        if let Some(named) = self.named.get(&id).or_else(|| self.unlisted.get(&id)) {
            return Some(named.clone());
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
        self.named(at, at.view.class(object)?)
    }

    fn call(&mut self, at: At<'_>, callable: Id, args: Id, result: Id) {
        // Of text that becomes bytes again and again, one result is enough.
        if matches!(at.view.kind(result), Kind::Bytes | Kind::ByteArray)
            && at.view.sequence(args).and_then(|args| args.first()).is_none_or(|&it| self.tried.insert(it))
        {
            self.look_into(at, result);
        }
        let named = self.partials.get(&callable).cloned().or_else(|| self.named(at, callable));
        let Some(named) = named else {
            return self.computed(at, Action::Call, callable, args, None);
        };
        self.count(&named, |import| import.calls += 1);
        let items = at.view.sequence(args);
        if let Some(&[function]) = items
            && let Some(function) = self.partial_of(&named, function)
        {
            self.partials.insert(result, function);
            self.callees.insert(result);
            return;
        }
        let acts = named.entry.and_then(|entry| entry.allow.acts);
        match (acts, items) {
            (Some(Acts::GetAttr), Some(&[of, attribute])) if self.look_up(at, of, attribute, result) => {
                return;
            }
            (Some(Acts::LoadType), Some(args @ &[name]))
                if named.entry.is_some_and(|entry| self.allows(at, &entry, Use::Call, Some(args), None))
                    && self.load_type(at, name, result) =>
            {
                return;
            }
            (Some(Acts::Loads), Some(&[bytes])) if self.is_clean(at, bytes) => return,
            (Some(Acts::NewObj), Some(&[class, ref args @ ..])) => {
                return self.make(at, &Making { result, class, args, kwargs: None });
            }
            (Some(Acts::NewObjEx), Some(&[class, args, kwargs])) => {
                if let Some(args) = at.view.sequence(args) {
                    return self.make(at, &Making { result, class, args, kwargs: Some(kwargs) });
                }
            }
            (Some(Acts::Reconstructor), Some(&[class, base, ref state @ ..])) => {
                if let [state_of_base] = *state
                    && self.is_base(at, base, state_of_base)
                {
                    let args = if state_of_base == Id::NONE { &[] } else { state };
                    return self.make(at, &Making { result, class, args, kwargs: None });
                }
            }
            _ => {}
        }
        if named.entry.is_some_and(|entry| self.allows(at, &entry, Use::Call, items, None)) {
            self.note_use(&named);
            if let Some((rule, severity, why)) =
                self.objection(at, (&named.name, acts), items.unwrap_or_default(), result)
            {
                let code = at.short().call(&named.python(), args, None);
                self.add(at.offset, rule, Action::Call, &named.name, code, (severity, why));
            }
            return;
        }
        self.flow(at, items.unwrap_or_default());
        if self.repeats(Rule::R4, Action::Call, &named) {
            return;
        }
        let otherwise = match named.entry {
            Some(entry) if entry.allow.uses.contains(&Use::Call) => {
                "it may not be called with these arguments"
            }
            Some(_) => "it may not be called",
            None => "the policy does not list it",
        };
        let mut why = Self::why(&named, otherwise);
        if acts == Some(Acts::GetAttr) && self.is_method(at, items.unwrap_or_default()) {
            why.0 = Severity::Unknown;
        }
        let code = at.short().call(&named.python(), args, None);
        self.add(at.offset, Rule::R4, Action::Call, &named.name, code, why);
    }

    /// The function that a partial of it stands for.
    fn partial_of(&self, named: &Named<'p>, function: Id) -> Option<Rc<Named<'p>>> {
        let is_partial = (named.module.as_slice(), named.qualified.as_slice()) == (b"functools", b"partial");
        let function = self.named.get(&function).filter(|_| is_partial)?;
        (function.entry?.allow.acts == Some(Acts::Partial)).then(|| function.clone())
    }

    /// Whether `copyreg._reconstructor` does no more with this base than to make an object.
    fn is_base(&self, at: At<'_>, base: Id, state: Id) -> bool {
        self.named.get(&base).is_some_and(|base| {
            let may_be_new = || base.entry.is_some_and(|it| it.allow.uses.contains(&Use::New));
            match base.module.as_slice() {
                b"builtins" if state == Id::NONE => base.qualified == b"object",
                // Others have an `__init__`, which is called, and go over what they are given: an object may have no end.
                b"builtins" => holds(at.view.kind(state)) && may_be_new(),
                b"datetime" => state != Id::NONE && may_be_new(),
                _ => false,
            }
        })
    }

    /// `dill._dill._load_type(name)` and the like, which give one of Python's own types.
    fn load_type(&mut self, at: At<'_>, name: Id, result: Id) -> bool {
        let Some(name) = at.view.text_bytes(name) else { return false };
        let Some(module) = self.policy.module_of_type(name) else { return false };
        self.import_names(at, result, module, name);
        true
    }

    /// Whether these arguments of `getattr` look up a method in a reviewed class, and none of Python's own.
    fn is_method(&self, at: At<'_>, items: &[Id]) -> bool {
        let &[of, attribute] = items else { return false };
        let is_own = at.view.text_bytes(attribute).is_none_or(|name| name.starts_with(b"__"));
        let of = self.named(at, of).or_else(|| self.maker(at, of));
        !is_own && of.is_some_and(|of| of.entry.is_some())
    }

    /// `getattr(of, attribute)`, where the result has a name.
    fn look_up(&mut self, at: At<'_>, of: Id, attribute: Id, result: Id) -> bool {
        let Some(named) = self.named(at, of).or_else(|| self.maker(at, of)) else { return false };
        let Some(attribute) = at.view.text_bytes(attribute) else { return false };
        if named.qualified.len() + attribute.len() >= LONGEST_NAME {
            return false;
        }
        let qualified = [&named.qualified, attribute].join(&b'.');
        if self.policy.find(&named.module, &qualified).is_none() {
            return false;
        }
        self.import_names(at, result, &named.module.clone(), &qualified);
        true
    }

    fn new_object(&mut self, at: At<'_>, result: Id, class: Id, args: Id, kwargs: Option<Id>) {
        match at.view.sequence(args) {
            Some(args) => self.make(at, &Making { result, class, args, kwargs }),
            None => {
                if let Some(named) = self.named(at, class) {
                    self.count(&named, |import| import.instances += 1);
                }
                self.computed(at, Action::New, class, args, kwargs);
            }
        }
    }

    fn make(&mut self, at: At<'_>, making: &Making<'_>) {
        let Making { result, class, args, kwargs } = making;
        let Some(named) = self.named(at, *class) else {
            return self.computed(at, Action::New, *class, Id::EMPTY_TUPLE, *kwargs);
        };
        self.count(&named, |import| import.instances += 1);
        if named.entry.is_some_and(|entry| self.allows(at, &entry, Use::New, Some(args), *kwargs)) {
            self.note_use(&named);
            if named.entry.and_then(|entry| entry.allow.acts) == Some(Acts::CkdTree) {
                self.give_indices(at, *result, Id::NONE, Acts::CkdTree, &named.name);
            }
            return;
        }
        self.flow(at, args);
        if self.repeats(Rule::R4, Action::New, &named) {
            return;
        }
        let otherwise = match named.entry {
            Some(entry) if entry.allow.uses.contains(&Use::New) => "it may not be made of these arguments",
            Some(_) => "no instances of it may be made",
            None => "the policy does not list it",
        };
        let why = Self::why(&named, otherwise);
        let code = at.short().call_with(&named.python(), args, *kwargs);
        self.add(at.offset, Rule::R4, Action::New, &named.name, code, why);
    }

    /// A call of what has no name.
    fn computed(&mut self, at: At<'_>, action: Action, callable: Id, args: Id, kwargs: Option<Id>) {
        self.flow(at, at.view.sequence(args).unwrap_or_default());
        let callee = at.short().value(callable);
        let code = at.short().call(&callee, args, kwargs);
        let why = "what is called is computed, or its arguments are".to_owned();
        self.add(at.offset, Rule::R3, action, &callee, code, (Severity::Dangerous, why));
    }

    /// Notes that later use of what an entry makes is not covered.
    fn note_use(&mut self, named: &Named<'_>) {
        if let Some(reason) = named.entry.and_then(|entry| entry.patterns.uncovered.as_deref()) {
            self.found.uncovered(&named.name, reason);
        }
    }

    fn allows(
        &self,
        at: At<'_>,
        entry: &Entry<'_>,
        of: Use,
        args: Option<&[Id]>,
        kwargs: Option<Id>,
    ) -> bool {
        let Some(args) = args.filter(|_| entry.allow.uses.contains(&of)) else { return false };
        let values = self.values(at);
        let args_match = match &entry.patterns.args {
            Some(all) => all.iter().any(|patterns| Pattern::all_match(patterns, &values, args)),
            None => args.is_empty(),
        };
        let kwargs_match = kwargs.is_none_or(|kwargs| match at.view.peek(kwargs) {
            Peek::Dict(items) if items.len() <= MOST_ITEMS => items.chunks_exact(2).all(|pair| {
                let pattern =
                    str::from_utf8(at.text(pair[0])).ok().and_then(|it| entry.patterns.keywords.get(it));
                pattern.is_some_and(|pattern| pattern.matches(&values, pair[1]))
            }),
            _ => false,
        });
        args_match && kwargs_match
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

    /// Judges what can be told only at the end of a pickle.
    pub(crate) fn finish(&mut self, graph: &Graph<&[u8]>) {
        self.last_frame(graph.end());
        self.stored(graph);
        self.changed_later(graph);
        self.check_indices(graph);
    }

    /// A memo slot with a number that no pickler has come to here.
    fn put(&mut self, offset: usize, slot: u64) {
        const FREE: u64 = 100_000;
        if slot > FREE && slot > offset as u64 {
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
        if self.found.disputed.is_none() && read(IntBase::Ten).ok() != read(IntBase::Prefix).ok() {
            let reason = format!(
                "Python 3.14 reads the line of {opcode} in base 10, and Python up to 3.13 by its prefix, which gives another number \
                 or none: {}",
                repr::Bytes(&line[..line.len().min(40)])
            );
            self.found.disputed = Some((offset, reason));
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

impl Observer for Judge<'_, '_> {
    fn opcode(&mut self, offset: usize, opcode: Opcode) {
        self.found.stats.opcodes += 1;
        // The memo says nothing of what is done.
        if !matches!(opcode, Opcode::Memoize | Opcode::Put | Opcode::BinPut | Opcode::LongBinPut) {
            self.recent[self.steps % 4] = offset;
            self.steps += 1;
        }
        self.frame(offset, opcode);
        self.argument(offset, opcode);
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
            Event::Call { callable, args, result } => self.call(at, callable, args, result),
            Event::New { class, args, kwargs, result } => self.new_object(at, result, class, args, kwargs),
            Event::Build { object, state } => self.build(at, object, state),
            Event::Append { object, count } => {
                let items = view.last_items(object, count);
                let code = |name: &str| at.short().extended(name, items);
                self.may_change(at, object, Use::Append, Action::Append, items, code);
            }
            Event::SetItem { object, count } => {
                let items = view.last_items(object, count);
                let code = |name: &str| at.short().assigned(name, items);
                self.may_change(at, object, Use::SetItem, Action::SetItem, items, code);
            }
            Event::Add { object, count } => {
                let items = view.last_items(object, count);
                let code = |name: &str| at.short().updated(name, items);
                self.may_change(at, object, Use::Append, Action::Add, items, code);
            }
            Event::PersistentId(object) => self.persistent(at, object),
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
