//! What can be had of a pickle that is cut off or damaged.

use std::fmt;
use std::ops::Range;

use halfsour_lexer as lexer;
use halfsour_lexer::text::name::identifier;
use halfsour_lexer::text::phrase::{count, plural};
use halfsour_value::machine::{Builtin, Container, Peek, Store};
use halfsour_value::path::step;
use halfsour_value::{Form, Graph, Id, Kind, StepError, View};

use crate::machine::{Machine, Position};
use crate::{Error, ErrorKind, Loader, Observer};

/// The graph of a pickle, as far as it goes.
#[derive(Debug)]
#[non_exhaustive]
pub struct Salvaged<S> {
    /// The graph. If there is damage, its root is what was being made.
    pub graph: Graph<S>,
    /// The damage, unless the pickle is whole.
    pub damage: Option<Damage>,
}

/// The place where a pickle is cut off or damaged.
#[derive(Debug)]
#[non_exhaustive]
pub struct Damage {
    /// The error at which loading ends.
    pub error: Error,
    /// The path to what was being made, as [`Node::path`](halfsour_value::Node::path) takes it. It is an instance of
    /// `halfsour.Unfinished`, whose arguments are the objects that had been made for it.
    pub path: String,
    /// The number of bytes of the input, from its beginning.
    pub there: usize,
    /// The number of bytes that the input would have at least if it were whole, if that is known.
    pub wanted: Option<u64>,
    /// The zeros that stand where an opcode should be, with all that are before and behind these: data that was never written. Nothing of
    /// what they were taken for is in the graph.
    pub zeros: Option<Range<usize>>,
    open: Vec<Id>,
}

impl Damage {
    /// The lists and dicts that were being filled, the innermost first: the last member of that one is unfinished, and that of each other
    /// is the one before.
    pub fn open(&self) -> &[Id] {
        &self.open
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        write!(f, "; {} {} there", plural(self.there, "byte"), if self.there == 1 { "is" } else { "are" })?;
        if let Some(wanted) = self.wanted {
            write!(f, ", and at least {} are wanted", count(wanted))?;
        }
        if let Some(zeros) = &self.zeros {
            write!(
                f,
                "; what begins at byte 0x{:x} is not taken for data, since zeros are there",
                zeros.start
            )?;
        }
        match self.path.as_str() {
            "" => write!(f, "; the whole is unfinished"),
            path => write!(f, "; unfinished: {path}"),
        }
    }
}

impl Loader {
    /// Loads the pickle that begins at `offset`, or, if it is cut off or damaged, what comes before the damage.
    ///
    /// Containers that were being filled have the members that were complete. Those that were on their way are put into the
    /// list or dict below them, as CPython's picklers write them, in thousands. What was being made last, and all objects of
    /// which it is not certain where they belong, are the arguments of an instance of `halfsour.Unfinished`, so that nothing that is
    /// half made looks whole.
    ///
    /// ```
    /// use halfsour_vm::Loader;
    ///
    /// // [1, 2, {'a': 3, …
    /// let salvaged = Loader::new().salvage(&b"\x80\x02](K\x01K\x02}(U\x01aK\x03U\x05b"[..], 0, ())?;
    /// assert_eq!(salvaged.graph.root().to_string(), "[1, 2, {b'a': halfsour.Unfinished(3)}]");
    /// assert_eq!(salvaged.damage.unwrap().path, "[2].a");
    /// # Ok::<(), halfsour_vm::Error>(())
    /// ```
    ///
    /// Zeros where an opcode should be are a part of a file that was never written. So may be the zeros right before them, which were
    /// the argument of the last opcode: it is run without them, and the observer is then told of all anew.
    ///
    /// ```
    /// use halfsour_vm::Loader;
    ///
    /// let salvaged = Loader::new().salvage(&b"\x80\x02](K\x01K\x02K\0\0\0\0"[..], 0, ())?;
    /// assert_eq!(salvaged.graph.root().to_string(), "[1, 2, halfsour.Unfinished()]");
    /// assert_eq!(salvaged.damage.unwrap().zeros, Some(9..13));
    /// # Ok::<(), halfsour_vm::Error>(())
    /// ```
    ///
    /// With [`Options::keep_memo`](crate::Options::keep_memo), all pickles before this one are run first, and must be whole.
    ///
    /// # Errors
    ///
    /// If nothing comes before the damage, or a limit is exceeded.
    ///
    /// # Panics
    ///
    /// If `offset` is beyond the end of `input`.
    pub fn salvage<S: AsRef<[u8]>>(
        &mut self,
        input: S,
        offset: usize,
        mut observer: impl Observer,
    ) -> Result<Salvaged<S>, Error> {
        let source = input.as_ref();
        let there = source.len();
        let mut ran = self.run_leniently(source, offset, &mut observer);
        let zeros = match &ran {
            Err((error, ..)) => zeros_at(source, offset, error.offset()),
            Ok(_) => None,
        };
        if let Some(zeros) = &zeros
            && let Err((error, ..)) = ran
        {
            let Err((_, fence, frames_end)) =
                self.run_leniently(&source[..zeros.start], offset, &mut observer)
            else {
                // The observer takes other bytes for attached ones now.
                return Err(error);
            };
            ran = Err((error, fence, frames_end));
        }
        let (error, fence, frames_end) = match ran {
            Ok((root, end, frames_end)) => {
                let damage = (frames_end > there as u64).then(|| Damage {
                    error: Error::new(ErrorKind::FrameTooLong, offset, None),
                    path: String::new(),
                    there,
                    wanted: Some(frames_end),
                    zeros,
                    open: Vec::new(),
                });
                return Ok(Salvaged { graph: self.finish(input, vec![root], offset, end), damage });
            }
            Err(ran) => ran,
        };
        if matches!(error.kind(), ErrorKind::Limit(_))
            || self.state.is_attached()
            || self.state.stack().is_empty()
        {
            return Err(error);
        }
        let wanted = wanted(source, error.offset(), frames_end);
        let (stack, marks) = self.state.take_stack();
        // For each mark, the fence below it is there; that of the topmost is the machine's.
        let last = (!marks.is_empty()).then_some(fence);
        let heights: Vec<usize> = marks.into_iter().skip(1).chain(last).collect();
        let protocol = self.state.protocol;
        let store = &mut self.state.store;
        let mut fold = Fold { store, source, protocol, path: Vec::new(), open: Vec::new() };
        let refused = |refusal| Error::new(ErrorKind::refused(refusal, Kind::Instance), error.offset(), None);
        let root = fold.run(&stack, &heights).map_err(refused)?;
        let open = fold.open;
        let path = fold.path.into_iter().rev().collect::<String>();
        let path = path.strip_prefix('.').unwrap_or(&path).to_owned();
        let damage = Some(Damage { error, path, there, wanted, zeros, open });
        Ok(Salvaged { graph: self.finish(input, vec![root], offset, there), damage })
    }

    /// Runs the pickle at `offset`, whose frames may be longer than the source, and before it those whose memo it uses. Returns the object,
    /// where the pickle ends, and where its frames do; or the error, the fence, and where the frames end.
    fn run_leniently(
        &mut self,
        source: &[u8],
        offset: usize,
        mut observer: impl Observer,
    ) -> Result<(Id, usize, u64), (Error, usize, u64)> {
        let first = if self.options.keep_memo { 0 } else { offset };
        self.start(source.len() - first);
        if let Err(error) = self.run_up_to(source, first, offset, &mut observer) {
            // Without an earlier pickle, there is nothing of this one.
            self.state.start_pickle();
            return Err((error, 0, 0));
        }
        self.state.start_pickle();
        let mut position = Position::new(offset, &self.options);
        let mut machine = Machine::new(&mut self.state, source, &self.options, observer).lenient();
        match machine.run(&mut position) {
            Ok(Some(root)) => Ok((root, position.offset, position.frames_end)),
            Ok(None) => unreachable!("where a whole ends before STOP, that is an error"),
            Err(error) => Err((error, machine.fence(), machine.frames_end())),
        }
    }
}

/// The zeros around this offset, behind the beginning of the pickle, if one stands there.
fn zeros_at(source: &[u8], start: usize, at: usize) -> Option<Range<usize>> {
    let count = |bytes: &mut dyn Iterator<Item = &u8>| bytes.take_while(|&&byte| byte == 0).count();
    let behind = count(&mut source.get(at..)?.iter());
    let before = count(&mut source.get(start..at)?.iter().rev());
    (behind > 0).then(|| at - before..at + behind)
}

/// The number of bytes that the opcode at this offset and the frames want.
fn wanted(source: &[u8], at: usize, frames_end: u64) -> Option<u64> {
    let opcode = match lexer::Incremental::new().next(source.get(at..)?, false) {
        Ok(lexer::Step::Need(more)) => source.len() as u64 + more.get() as u64,
        _ => 0,
    };
    Some(opcode.max(frames_end)).filter(|&wanted| wanted > source.len() as u64)
}

/// Puts together what lies on a stack.
struct Fold<'s> {
    store: &'s mut Store,
    source: &'s [u8],
    /// That of the pickle. 0 sets each member as soon as it is made, and from 4 on the names of classes are text on the stack.
    protocol: u8,
    /// The steps to what is unfinished, the innermost first.
    path: Vec<String>,
    /// The lists and dicts on the way, the innermost first.
    open: Vec<Id>,
}

/// The number of members that CPython's picklers add at once.
const BATCH: usize = 1000;

impl Fold<'_> {
    fn run(&mut self, stack: &[Id], heights: &[usize]) -> Result<Id, StepError> {
        let mut rest = stack;
        // What is unfinished, and lies above the rest.
        let mut above: Option<Id> = None;
        for (at, &height) in heights.iter().enumerate().rev() {
            let (below, items) = rest.split_at(height.min(rest.len()));
            let lowest = if at == 0 { 0 } else { heights[at - 1] };
            let owner = below.last().copied().filter(|_| below.len() > lowest);
            (rest, above) = match owner {
                Some(owner) if self.takes_members(owner) => {
                    let pattern = self.sibling(below, lowest);
                    self.members(owner, items, above, pattern)?;
                    (&below[..below.len() - 1], Some(owner))
                }
                Some(owner) if matches!(self.kind(owner), Kind::Instance | Kind::Global) => {
                    let group = [&[owner], items, above.as_slice()].concat();
                    (&below[..below.len() - 1], Some(self.chain(&group, above.is_some(), false)?))
                }
                _ => {
                    let group = [items, above.as_slice()].concat();
                    self.step_into(&group, above.is_some());
                    (below, Some(self.unfinished(&group)?))
                }
            };
        }
        match (rest, above) {
            ([], Some(above)) => Ok(above),
            (rest, above) => self.chain(&[rest, above.as_slice()].concat(), above.is_some(), above.is_some()),
        }
    }

    fn kind(&self, id: Id) -> Kind {
        self.store.kind(id)
    }

    fn length(&self, id: Id) -> usize {
        match View::new(self.store, self.source).peek(id) {
            Peek::List(ids) => ids.len(),
            Peek::Dict(ids) => ids.len() / 2,
            _ => 1,
        }
    }

    /// Whether a mark above this object begins members of it: it is empty, or has whole batches.
    fn takes_members(&self, id: Id) -> bool {
        matches!(self.kind(id), Kind::List | Kind::Dict) && self.length(id).is_multiple_of(BATCH)
    }

    /// Puts members above a mark into their list or dict, and behind them what is not certain to be one.
    fn members(
        &mut self,
        owner: Id,
        items: &[Id],
        above: Option<Id>,
        sibling: Option<Id>,
    ) -> Result<(), StepError> {
        if self.kind(owner) == Kind::Dict {
            let pairs = self.certain_pairs(items, above, sibling);
            let (certain, tail) = items.split_at(pairs);
            self.store.set_items(owner, certain)?;
            if let Some((&key, tail)) = tail.split_first() {
                let value = self.tail(tail, above)?;
                return self.set(owner, key, value);
            }
            return match above {
                Some(above) => self.set(owner, above, above),
                None => Ok(()),
            };
        }
        let (certain, tail) = items.split_at(self.certain_elements(items, above));
        self.store.append(owner, certain)?;
        let last = self.tail(tail, above)?;
        self.put(owner, last)
    }

    /// What lies behind the last member.
    fn tail(&mut self, tail: &[Id], above: Option<Id>) -> Result<Id, StepError> {
        match (tail, above) {
            ([], None) => self.unfinished(&[]),
            _ => self.chain(&[tail, above.as_slice()].concat(), above.is_some(), above.is_some()),
        }
    }

    fn put(&mut self, owner: Id, member: Id) -> Result<(), StepError> {
        self.path.push(format!("[{}]", self.length(owner)));
        self.open.push(owner);
        self.store.append(owner, &[member])
    }

    fn set(&mut self, dict: Id, key: Id, value: Id) -> Result<(), StepError> {
        self.open.push(dict);
        self.path.push(match View::new(self.store, self.source).peek(key) {
            Peek::Int(key) => format!("[{key}]"),
            Peek::Str(key) | Peek::ByteString(key) => step(&String::from_utf8_lossy(key)),
            _ => String::new(),
        });
        match self.store.set_items(dict, &[key, value]) {
            Err(StepError::Unhashable) => {
                let value = self.unfinished(&[key, value])?;
                self.store.set_items(dict, &[Id::NONE, value])
            }
            done => done,
        }
    }

    /// How many of these are the keys and values of pairs, for certain. The last pair is not, as long as nothing is known to
    /// follow it.
    fn certain_pairs(&self, items: &[Id], above: Option<Id>, sibling: Option<Id>) -> usize {
        let Some(&first) = items.first() else { return 0 };
        let kind = self.kind(first);
        let is_pair = |pair: &[Id]| self.kind(pair[0]) == kind && self.kind(pair[1]) != Kind::Global;
        let pairs = items.chunks_exact(2).take_while(|pair| is_pair(pair)).count();
        // Behind the pairs comes the key of what is above, or nothing is certain of the last pair.
        let rest = items.len() - 2 * pairs;
        let is_key = || above.is_some() || self.follows(sibling, &items[(2 * pairs).saturating_sub(2)..]);
        if rest == 1 && is_key() { 2 * pairs } else { 2 * pairs.saturating_sub(1) }
    }

    /// The dict before the one that lies on top of these objects, in the same list.
    fn sibling(&self, below: &[Id], lowest: usize) -> Option<Id> {
        let is_dict = |id: &Id| self.kind(*id) == Kind::Dict;
        let before = below.len().checked_sub(2)?;
        let list = || match View::new(self.store, self.source).peek(*below.get(lowest.checked_sub(1)?)?) {
            Peek::List(ids) => ids.last().copied(),
            _ => None,
        };
        if before >= lowest { Some(below[before]) } else { list() }.filter(is_dict)
    }

    /// Whether a key, a value and what lies above that are as in another dict, whose next key that is. Otherwise the value may be on its
    /// way into a tuple.
    fn follows(&self, dict: Option<Id>, last: &[Id]) -> bool {
        let view = View::new(self.store, self.source);
        let (Some(dict), &[key, value, next]) = (dict, last) else { return false };
        let Peek::Dict(ids) = view.peek(dict) else { return false };
        let is_same = |one: Id, other: Id| {
            one == other || view.text_bytes(one).is_some_and(|text| view.text_bytes(other) == Some(text))
        };
        let pairs: Vec<_> = ids.chunks_exact(2).collect();
        pairs.windows(2).any(|pairs| {
            is_same(pairs[0][0], key)
                && is_same(pairs[1][0], next)
                && self.kind(pairs[0][1]) == self.kind(value)
        })
    }

    /// Adds the step into the last of the parts of what is unfinished, if the path leads there.
    fn step_into(&mut self, parts: &[Id], is_last_unfinished: bool) {
        if let Some(last) = parts.len().checked_sub(1).filter(|_| is_last_unfinished && !self.path.is_empty())
        {
            self.path.push(format!("({last})"));
        }
    }

    /// How many of these are elements, for certain: those that are alike, up to an object that may still get its state, and up to
    /// what is called.
    fn certain_elements(&self, items: &[Id], above: Option<Id>) -> usize {
        const FEW: usize = 3;
        // So many objects may lie there for values within each other, as tuples of tuples are made.
        const NESTED: usize = 16;
        let mut certain = items.len();
        let from = certain.saturating_sub(NESTED);
        if let Some(at) = (from..certain).find(|&at| self.kind(items[at]) == Kind::Global) {
            certain = at;
        }
        // An empty list or dict gets its only member without a mark, and an object its state.
        let is_way = |at: &usize| {
            let (kind, next) = (self.kind(items[*at]), self.kind(items[*at + 1]));
            kind != next && (kind == Kind::Instance || self.is_open(items[*at]))
        };
        if let Some(at) = (from..certain.saturating_sub(1)).find(is_way) {
            certain = at + usize::from(self.kind(items[at]) == Kind::Instance);
            while certain > 0 && self.is_open(items[certain - 1]) {
                certain -= 1;
            }
        }
        // The names of a class that was not fetched.
        if above.is_none() && certain == items.len() && self.protocol >= 4 {
            let names = items.iter().rev().take(2).take_while(|&&item| self.is_name(item));
            certain -= names.count();
        }
        let last = certain.saturating_sub(FEW);
        if let Some(&first) = items.first()
            && let Some(at) = (last..certain).find(|&at| self.kind(items[at]) != self.kind(first))
        {
            certain = at;
        }
        match items[..certain].last() {
            Some(&top) if self.kind(top) == Kind::Instance => certain - 1,
            // What lies above it may be on its way into it.
            Some(&top) if (above.is_none() || certain < items.len()) && self.takes_members(top) => {
                certain - 1
            }
            _ => certain,
        }
    }

    /// Puts objects together that lie above each other without marks: the one that is on its way into an empty list or dict is put
    /// there. `has_unfinished` says that the last is unfinished, and `is_marked` that it is known to be a member.
    fn chain(&mut self, all: &[Id], has_unfinished: bool, is_marked: bool) -> Result<Id, StepError> {
        let mut at = 0;
        while at + 1 < all.len() && self.is_open(all[at]) {
            at += if self.kind(all[at]) == Kind::Dict { 2 } else { 1 };
        }
        let rest = all.get(at..).unwrap_or_default();
        let mut inner = match *rest {
            [one] if is_marked => one,
            _ => {
                self.step_into(rest, has_unfinished);
                self.unfinished(rest)?
            }
        };
        // From the inside out.
        let mut owners = Vec::new();
        let mut place = 0;
        while place < at.min(all.len()) {
            owners.push(place);
            place += if self.kind(all[place]) == Kind::Dict { 2 } else { 1 };
        }
        for place in owners.into_iter().rev() {
            let owner = all[place];
            if self.kind(owner) == Kind::Dict {
                self.set(owner, all[place + 1], inner)?;
            } else {
                self.put(owner, inner)?;
            }
            inner = owner;
        }
        Ok(inner)
    }

    /// Whether it is text that may name a class, or the module of one.
    fn is_name(&self, id: Id) -> bool {
        let Peek::Str(text) = View::new(self.store, self.source).peek(id) else { return false };
        text.split(|&byte| byte == b'.').all(|part| identifier(part).is_some())
    }

    /// Whether what lies above an object without a mark is a member of it.
    fn is_open(&self, id: Id) -> bool {
        matches!(self.kind(id), Kind::List | Kind::Dict) && (self.protocol == 0 || self.length(id) == 0)
    }

    /// An instance that stands for what is not finished, and holds the objects that were made for it.
    fn unfinished(&mut self, parts: &[Id]) -> Result<Id, StepError> {
        use halfsour_lexer::text::wtf8::Encoding;
        use halfsour_value::machine::Payload;
        let mut text = |text: &str| self.store.owned(Payload::Str(Encoding::Ascii), 0, text.as_bytes());
        let (module, name) = (text("halfsour")?, text("Unfinished")?);
        let class = self.store.global(0, module, name, Builtin::Other)?;
        let args = self.store.container(Container::Tuple, 0, parts)?;
        Ok(self.store.instance(Form::Call, 0, class, args, None)?)
    }
}
