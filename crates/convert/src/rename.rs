//! [`rename`]: a pickle with other names of modules and classes.

mod presets;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use halfsour_files::JoblibArrays;
use halfsour_lexer::{Lexer, Op, Opcode};
use halfsour_value::machine::Peek;
use halfsour_value::{Graph, Id, Node, View};
use halfsour_vm::{Error, Event, Loader, Observer, Options};
use halfsour_writer::write_op;

pub use presets::{PRESETS, Preset};

/// One rule: names that begin so, and what they begin with instead.
///
/// Each side is a dotted name of a module, class or function: `numpy._core=numpy.core` is for `numpy._core` and all
/// that is in it, `pathlib._local.PosixPath=pathlib.PosixPath` for a class. Where a dot could be one within a module
/// or one within a class, a colon may stand between module and class: `app.models:Outer.Inner=app:Inner`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    old: Name,
    new: Name,
}

impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.old, self.new)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts.iter().enumerate() {
            let mark = if Some(at) == self.module { ":" } else { "." };
            write!(f, "{}{part}", if at == 0 { "" } else { mark })?;
        }
        Ok(())
    }
}

/// A dotted name, and the number of its parts that are the module's, if that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    parts: Vec<String>,
    module: Option<usize>,
}

/// The reason that a text is no [`Rename`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRename(&'static str);

impl fmt::Display for InvalidRename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidRename {}

impl FromStr for Name {
    type Err = InvalidRename;

    fn from_str(text: &str) -> Result<Self, InvalidRename> {
        let module = text.split_once(':').map(|(module, _)| module.split('.').count());
        let parts: Vec<String> = text.split(['.', ':']).map(str::to_owned).collect();
        if parts.iter().any(|part| part.is_empty() || part.contains(char::is_whitespace)) {
            return Err(InvalidRename("a name has an empty part, or a blank"));
        }
        if text.matches(':').count() > 1 {
            return Err(InvalidRename("a name has two colons"));
        }
        Ok(Self { parts, module })
    }
}

impl FromStr for Rename {
    type Err = InvalidRename;

    fn from_str(text: &str) -> Result<Self, InvalidRename> {
        let (old, new) = text.split_once('=').ok_or(InvalidRename("a rule is OLD=NEW"))?;
        let (old, new): (Name, Name) = (old.parse()?, new.parse()?);
        if old.module.is_none() && new.module.is_some() {
            return Err(InvalidRename("where NEW has a colon, OLD needs one"));
        }
        Ok(Self { old, new })
    }
}

impl Rename {
    /// Returns the new names of module and class, if the rule is for the old ones.
    fn apply(&self, module: &str, name: &str) -> Option<(String, String)> {
        let modules: Vec<&str> = module.split('.').collect();
        if self.old.module.is_some_and(|count| count != modules.len()) {
            return None;
        }
        let names = name.split('.');
        let mut all = modules.iter().copied().chain(names.clone());
        if !self.old.parts.iter().all(|part| all.next() == Some(part)) {
            return None;
        }
        let new = self.new.parts.iter().map(String::as_str);
        let Some(within) = self.old.parts.len().checked_sub(modules.len()).filter(|&within| within > 0)
        else {
            let rest = modules[self.old.parts.len()..].iter().copied();
            return Some((join(new.chain(rest)), name.to_owned()));
        };
        // As many parts as before are the class's.
        let module =
            self.new.module.or_else(|| self.new.parts.len().checked_sub(within)).filter(|&at| at > 0)?;
        Some((join(new.clone().take(module)), join(new.skip(module).chain(names.skip(within)))))
    }
}

fn join<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    parts.collect::<Vec<_>>().join(".")
}

/// A pickle with other names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Renamed {
    /// The bytes of the pickle.
    pub bytes: Vec<u8>,
    /// The offset at which the old pickle ends.
    pub end: usize,
    /// The number of places in the pickle that name a class or function and were renamed.
    pub count: usize,
    /// For each rule, whether it renamed something.
    pub used: Vec<bool>,
}

/// Returns the pickle that begins at `offset` with other names of modules, classes and functions. Of several rules
/// for a name, the longest is taken, and of these the first.
///
/// Names are those that the pickle spells: below protocol 3, those of Python 2's modules. All other bytes stay as
/// they are, also text that reads like a name and is data, and arrays that joblib wrote; only the lengths of frames
/// are set anew. Extension codes name nothing, so that they stay.
///
/// ```
/// use halfsour_convert::rename;
/// use halfsour_vm::Options;
///
/// let pickle = b"\x80\x02cnumpy._core.multiarray\nscalar\n.";
/// let rules = ["numpy._core=numpy.core".parse()?];
/// let renamed = rename(pickle, 0, &rules, &Options::default())?;
/// assert_eq!(renamed.bytes, b"\x80\x02cnumpy.core.multiarray\nscalar\n.");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If there is no pickle, or it exceeds the limits. Pickles that share a memo are not renamed: a text of one may be a
/// name in another.
///
/// # Panics
///
/// If `offset` is beyond the end of `input`.
pub fn rename(input: &[u8], offset: usize, rules: &[Rename], options: &Options) -> Result<Renamed, Error> {
    let mut loader = Loader::with_options(options.clone().with_fix_imports(false).with_keep_memo(false));
    let mut watch = Watch { imports: Vec::new(), frames: Vec::new() };
    let graph = loader.load_observed(input, offset, JoblibArrays::new(&mut watch))?;
    let mut plan = Plan::new(&graph, rules);
    for (at, id) in &watch.imports {
        plan.import(*at, *id);
    }
    let used = std::mem::take(&mut plan.used);
    let (edits, count) = plan.edits();
    let bytes = write(input, offset..graph.end(), edits, &watch.frames);
    Ok(Renamed { bytes, end: graph.end(), count, used })
}

/// Notes where names are used, and where frames begin.
struct Watch {
    imports: Vec<(usize, Id)>,
    frames: Vec<usize>,
}

impl Observer for Watch {
    fn opcode(&mut self, offset: usize, opcode: Opcode) {
        if opcode == Opcode::Frame {
            self.frames.push(offset);
        }
    }

    fn event(&mut self, _: View<'_>, offset: usize, event: Event) {
        if let Event::Import(id) = event {
            self.imports.push((offset, id));
        }
    }
}

/// A range of the input, and the bytes that it becomes.
type Edit = (Range<usize>, Vec<u8>);

/// What is to become of the names.
struct Plan<'g> {
    graph: &'g Graph<&'g [u8]>,
    rules: &'g [Rename],
    /// Text that is data, whether or not it is a name, too.
    data: HashSet<Id>,
    /// Text that names are fetched from, and all that it is to become.
    texts: HashMap<Id, HashSet<String>>,
    /// `STACK_GLOBAL`s: where they are, their texts, and what these become.
    fetched: Vec<(usize, [Id; 2], [String; 2])>,
    edits: Vec<Edit>,
    count: usize,
    /// The rules that were applied.
    used: Vec<bool>,
}

impl<'g> Plan<'g> {
    fn new(graph: &'g Graph<&'g [u8]>, rules: &'g [Rename]) -> Self {
        let view = graph.view();
        let mut data: HashSet<Id> = graph.roots().map(Node::id).collect();
        for id in graph.store().ids() {
            let names = if matches!(view.peek(id), Peek::Global(..)) { 2 } else { 0 };
            let is_text = |id: &Id| matches!(view.peek(*id), Peek::Str(_) | Peek::ByteString(_));
            data.extend(view.children(id).skip(names).filter(is_text));
        }
        let (texts, fetched, edits) = (HashMap::new(), Vec::new(), Vec::new());
        Self { graph, rules, data, texts, fetched, edits, count: 0, used: vec![false; rules.len()] }
    }

    fn new_names(&mut self, module: &[u8], name: &[u8]) -> Option<[String; 2]> {
        let (module, name) = (str::from_utf8(module).ok()?, str::from_utf8(name).ok()?);
        let mut best: Option<(usize, usize, [String; 2])> = None;
        for (at, rule) in self.rules.iter().enumerate() {
            let length = rule.old.parts.len();
            if best.as_ref().is_none_or(|(longest, ..)| length > *longest)
                && let Some((module, name)) = rule.apply(module, name)
            {
                best = Some((length, at, [module, name]));
            }
        }
        let (_, at, names) = best?;
        self.used[at] = true;
        Some(names)
    }

    /// A name is used at this offset.
    fn import(&mut self, at: usize, id: Id) {
        let mut lexer = Lexer::at(self.graph.source(), at);
        let Ok(op) = lexer.next_op() else { return };
        match op {
            Op::Global((module, name)) | Op::Inst((module, name)) => {
                let Some([module, name]) = self.new_names(module, name) else { return };
                let lines = (module.as_bytes(), name.as_bytes());
                let new = if matches!(op, Op::Global(_)) { Op::Global(lines) } else { Op::Inst(lines) };
                self.edits.push((at..lexer.offset(), bytes(&[new])));
                self.count += 1;
            }
            Op::StackGlobal => {
                let view = self.graph.view();
                let (Peek::Global(module, name), Some([old, class])) = (view.peek(id), view.global(id))
                else {
                    return;
                };
                let new = self.new_names(old, class);
                let kept = || [old, class].map(|text| String::from_utf8_lossy(text).into_owned());
                let is_new = new.is_some();
                let texts = new.unwrap_or_else(kept);
                for (id, text) in [module, name].into_iter().zip(&texts) {
                    self.texts.entry(id).or_default().insert(text.clone());
                }
                if is_new {
                    self.fetched.push((at, [module, name], texts));
                    self.count += 1;
                }
            }
            _ => {}
        }
    }

    /// The bytes that change, in order, and the number of names.
    fn edits(mut self) -> (Vec<Edit>, usize) {
        let mut changed = HashSet::new();
        for (at, ids, texts) in std::mem::take(&mut self.fetched) {
            let is_new =
                |(id, text): &(&Id, &String)| self.graph.view().text_bytes(**id) != Some(text.as_bytes());
            let differing: Vec<_> = ids.iter().zip(&texts).filter(is_new).collect();
            let all_alike =
                differing.iter().all(|(id, _)| !self.data.contains(*id) && self.texts[*id].len() == 1);
            let texts = [&texts[0], &texts[1]].map(|text| text_op(text));
            if all_alike {
                // The text is a name and nothing else: it is changed where it stands.
                for (id, text) in differing {
                    if changed.insert(*id)
                        && let Some(start) = self.graph.node(*id).offset()
                    {
                        let mut lexer = Lexer::at(self.graph.source(), start);
                        if let Ok(op) = lexer.next_op() {
                            self.edits.push((start..lexer.offset(), bytes(&[like(&op, text)])));
                        }
                    }
                }
            } else {
                let [module, name] = texts;
                self.edits.push((at..at + 1, bytes(&[Op::Pop, Op::Pop, module, name, Op::StackGlobal])));
            }
        }
        self.edits.sort_by_key(|(range, _)| range.start);
        (self.edits, self.count)
    }
}

fn text_op(text: &str) -> Op<'_> {
    if text.len() < 256 { Op::ShortBinUnicode(text.as_bytes()) } else { Op::BinUnicode(text.as_bytes()) }
}

/// Text by the opcode that was there, as far as it can hold it.
fn like<'t>(old: &Op<'_>, text: &'t str) -> Op<'t> {
    let bytes = text.as_bytes();
    match old {
        Op::BinUnicode(_) => Op::BinUnicode(bytes),
        Op::BinUnicode8(_) => Op::BinUnicode8(bytes),
        Op::Unicode(_) if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') => {
            Op::Unicode(bytes)
        }
        _ => text_op(text),
    }
}

fn bytes(ops: &[Op<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for op in ops {
        write_op(&mut bytes, op).expect("names have no newlines, and texts fit their opcodes");
    }
    bytes
}

/// Writes a part of the input with the edits, and the frames as long as they have become.
fn write(input: &[u8], part: Range<usize>, edits: Vec<Edit>, frames: &[usize]) -> Vec<u8> {
    const HEAD: usize = 9;
    let grown = |frame: usize| {
        let length = u64::from_le_bytes(*input[frame + 1..].first_chunk()?);
        let inside = frame + HEAD..frame + HEAD + usize::try_from(length).ok()?;
        let first = edits.partition_point(|(range, _)| range.start < inside.start);
        let within = edits[first..].iter().take_while(|(range, _)| range.end <= inside.end);
        let (gone, come) =
            within.fold((0, 0), |(gone, come), (range, new)| (gone + range.len(), come + new.len()));
        let length = length - gone as u64 + come as u64;
        Some((frame..frame + HEAD, bytes(&[Op::Frame(length)])))
    };
    let frames: Vec<_> = frames.iter().filter_map(|&frame| grown(frame)).collect();
    let mut all = edits;
    all.extend(frames);
    all.sort_by_key(|(range, _)| range.start);
    let mut out = Vec::with_capacity(part.len());
    let mut at = part.start;
    for (range, new) in all {
        out.extend_from_slice(&input[at..range.start]);
        out.extend_from_slice(&new);
        at = range.end;
    }
    out.extend_from_slice(&input[at..part.end]);
    out
}
