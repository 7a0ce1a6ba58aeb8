//! [`FileInfo`], [`PartInfo`] and [`PickleInfo`]: facts about files and their pickles.

use std::collections::HashSet;
use std::fmt;

use halfsour_files::{Format, Input, JoblibArrays, Layer, Part, PickleError, Torch};
use halfsour_lexer::Opcode;
use halfsour_text::phrase::{count, plural};
use halfsour_value::{Data, Graph, Id, Node, View};
use halfsour_vm::{Event, Loader, Observer};
use serde::{Serialize, Serializer};

use crate::spans::{Role, Spans, write_lines};

/// Facts about a file as a whole: which compression was taken off, what an archive or a torch file holds.
///
/// ```
/// use halfsour_files::{Input, Limits};
/// use halfsour_inspect::info::{FileInfo, PartInfo};
/// use halfsour_vm::Loader;
///
/// let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/torch.pt");
/// let bytes = std::fs::read(file)?;
/// let input = Input::from_bytes("torch.pt", bytes.into(), Limits::UNTRUSTED)?;
/// let info = FileInfo::of(&input)?;
/// assert_eq!((info.members, info.torch.map(|torch| torch.storages)), (Some(5), Some(3)));
/// for part in input.parts()? {
///     let info = PartInfo::of(&part?, false, &mut Loader::new());
///     assert!(info.error.is_none());
///     assert_eq!(info.pickles[0].value, "instance of collections.OrderedDict");
///     assert!(info.pickles[0].imports.contains(&"torch.FloatStorage".to_owned()));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FileInfo {
    /// The name of the file.
    pub name: String,
    /// The layers of compression that were taken off, from the outside in.
    pub layers: Vec<LayerInfo>,
    /// The length within all layers.
    pub bytes: usize,
    /// What the file is within all layers.
    #[serde(serialize_with = "as_text")]
    pub format: Format,
    /// How many members an archive has.
    pub members: Option<usize>,
    /// What a torch file holds beside its pickle.
    pub torch: Option<TorchInfo>,
}

/// A layer of compression.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LayerInfo {
    /// The format of the compression.
    #[serde(serialize_with = "as_text")]
    pub format: Format,
    /// How many bytes the layer takes.
    pub bytes: usize,
    /// How many bytes follow it that belong to nothing.
    pub rest: usize,
}

/// The storages of a torch file.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct TorchInfo {
    /// How many there are.
    pub storages: usize,
    /// How many bytes they have together, as far as they can be read.
    pub bytes: usize,
}

/// Facts about a part of a file: something with pickles.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct PartInfo {
    /// The name of the file, and after a colon that of the member.
    pub name: String,
    /// The layers of compression that were taken off, from the outside in.
    pub layers: Vec<LayerInfo>,
    /// The length within all layers.
    pub bytes: usize,
    /// The pickles, up to the first that cannot be loaded.
    pub pickles: Vec<PickleInfo>,
    /// Why the next pickle cannot be loaded.
    #[serde(serialize_with = "as_text_if_any")]
    pub error: Option<PickleError<halfsour_vm::Error>>,
}

/// Facts about a pickle.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PickleInfo {
    /// The offset at which it begins.
    pub start: usize,
    /// The offset at which it ends.
    pub end: usize,
    /// The protocol that it says, or 0.
    pub protocol: u8,
    /// The kind of value that it is: `list of 2 items`, `object of deli.Jar`.
    pub value: String,
    /// How many opcodes it has.
    pub opcodes: usize,
    /// How many nodes its graph has.
    pub nodes: usize,
    /// How many bytes its graph holds in memory.
    pub memory: usize,
    /// How many calls it makes.
    pub calls: usize,
    /// How many objects it asks for by a persistent id.
    pub persistent_ids: usize,
    /// The classes and functions that it names, each once, in the order of the stream.
    pub imports: Vec<String>,
}

impl FileInfo {
    /// The facts about an input.
    ///
    /// # Errors
    ///
    /// If it is an archive or a torch file that cannot be read.
    pub fn of(input: &Input) -> Result<Self, halfsour_files::Error> {
        let source = input.source();
        Ok(Self {
            name: source.name().to_owned(),
            layers: layers(source.layers()),
            bytes: source.bytes().len(),
            format: source.format(),
            members: source.archive()?.map(|archive| archive.members().len()),
            torch: input.torch()?.map(storages),
        })
    }

    /// A line that says what the file is, unless the file is nothing but pickles.
    pub fn line(&self) -> Option<Spans> {
        let mut facts = Vec::new();
        if let Some(members) = self.members {
            facts.push(format!("{} of {}", self.format, plural(members, "member")));
        }
        if let Some(TorchInfo { storages, bytes }) = self.torch {
            facts.push(format!("torch with {} of {}", plural(storages, "storage"), plural(bytes, "byte")));
        }
        if self.format == Format::Npy {
            facts.push("an array of numpy".to_owned());
        }
        (!facts.is_empty()).then(|| head(&self.name, &self.layers, self.bytes, &facts.join(", ")))
    }
}

/// `model.pt: 1,234 bytes, zip of 5 members`; or nothing, see [`FileInfo::line`].
impl fmt::Display for FileInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, self.line().into_iter())
    }
}

impl PartInfo {
    /// The facts about a part and all its pickles, or the first only.
    pub fn of(part: &Part, first_only: bool, loader: &mut Loader) -> Self {
        let mut pickles = Vec::new();
        let result = part.each_pickle(first_only, |bytes, start| {
            let mut seen = Seen::default();
            let graph = loader.load_observed(bytes, start, JoblibArrays::new(&mut seen))?;
            pickles.push(PickleInfo::new(&graph, &seen));
            let end = graph.end();
            loader.recycle(graph);
            Ok(end)
        });
        Self {
            name: part.name().to_owned(),
            layers: layers(part.layers()),
            bytes: part.bytes().len(),
            pickles,
            error: result.err(),
        }
    }

    /// The lines: one for the part, and some for each pickle.
    pub fn lines(&self) -> impl Iterator<Item = Spans> {
        let is_valid = self.error.is_none();
        let mut facts = plural(self.pickles.len(), "pickle");
        facts.push_str(if is_valid { "" } else { ", then something invalid" });
        let head = head(&self.name, &self.layers, self.bytes, &facts);
        let several = self.pickles.len() > 1 || !is_valid;
        let pickles = (1..).zip(&self.pickles).flat_map(move |(number, pickle)| {
            let is_all = !several && pickle.end == self.bytes;
            let title = (!is_all).then(|| {
                let size = plural(pickle.end - pickle.start, "byte");
                Spans::new(Role::Plain, &format!("  pickle {number}: {size} from 0x{:x}", pickle.start))
            });
            title.into_iter().chain(pickle.lines())
        });
        std::iter::once(head).chain(pickles)
    }
}

impl fmt::Display for PartInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, self.lines())
    }
}

impl PickleInfo {
    /// The facts about the pickle that begins at this offset.
    ///
    /// # Errors
    ///
    /// Those of [`Loader::load`].
    pub fn of(bytes: &[u8], start: usize, loader: &mut Loader) -> Result<Self, halfsour_vm::Error> {
        let mut seen = Seen::default();
        let graph = loader.load_observed(bytes, start, JoblibArrays::new(&mut seen))?;
        Ok(Self::new(&graph, &seen))
    }

    fn new(graph: &Graph<&[u8]>, seen: &Seen) -> Self {
        Self {
            start: graph.start(),
            end: graph.end(),
            protocol: graph.protocol(),
            value: describe(graph.root()),
            opcodes: seen.opcodes,
            nodes: graph.node_count(),
            memory: graph.bytes_held(),
            calls: seen.calls,
            persistent_ids: seen.persistent_ids,
            imports: imports(graph, &seen.imports),
        }
    }

    /// The lines, a fact each.
    pub fn lines(&self) -> impl Iterator<Item = Spans> {
        let several = |name, number| (number > 0).then(|| (name, count(number)));
        let import =
            |(number, import): (usize, &String)| (if number == 0 { "imports" } else { "" }, import.clone());
        let facts = [
            Some(("protocol", self.protocol.to_string())),
            Some(("value", self.value.clone())),
            Some(("opcodes", count(self.opcodes))),
            Some(("nodes", count(self.nodes))),
            Some(("memory", plural(self.memory, "byte"))),
            several("calls", self.calls),
            several("persistent ids", self.persistent_ids),
        ];
        let facts = facts.into_iter().flatten().chain(self.imports.iter().enumerate().map(import));
        facts.map(|(name, value)| {
            let mut line = Spans::new(Role::Plain, "    ");
            line.push(Role::Dim, &format!("{name:<15}"));
            line.plain(&value);
            line
        })
    }
}

impl fmt::Display for PickleInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, self.lines())
    }
}

fn layers(layers: &[Layer]) -> Vec<LayerInfo> {
    let info = |&Layer { format, length, rest, .. }: &Layer| LayerInfo { format, bytes: length, rest };
    layers.iter().map(info).collect()
}

fn storages(torch: &Torch) -> TorchInfo {
    let keys = torch.keys();
    let lengths = keys.iter().filter_map(|key| torch.storage(key).ok()).map(|storage| storage.len());
    TorchInfo { storages: keys.len(), bytes: lengths.sum() }
}

/// `name: 99 bytes of gzip, 1,234 bytes, facts`
fn head(name: &str, layers: &[LayerInfo], bytes: usize, facts: &str) -> Spans {
    let mut line = Spans::new(Role::Heading, name);
    line.plain(": ");
    for LayerInfo { format, bytes, rest } in layers {
        line.plain(&format!("{} of {format}, ", plural(bytes, "byte")));
        if *rest > 0 {
            line.plain(&format!("the last {} of which belong to nothing, ", count(rest)));
        }
    }
    line.plain(&format!("{}, {facts}", plural(bytes, "byte")));
    line
}

/// What happens while a pickle is read.
#[derive(Default)]
struct Seen {
    opcodes: usize,
    imports: Vec<Id>,
    calls: usize,
    persistent_ids: usize,
}

impl Observer for &mut Seen {
    fn opcode(&mut self, _: usize, _: Opcode) {
        self.opcodes += 1;
    }

    fn event(&mut self, _: View<'_>, _: usize, event: Event) {
        match event {
            Event::Import(name) => self.imports.push(name),
            Event::Call { .. } | Event::New { .. } => self.calls += 1,
            Event::PersistentId(_) => self.persistent_ids += 1,
            _ => {}
        }
    }
}

fn imports(graph: &Graph<&[u8]>, ids: &[Id]) -> Vec<String> {
    let (mut names, mut known) = (Vec::new(), HashSet::new());
    // The same texts make the same name: they are looked at once, however long and often.
    let mut texts = HashSet::new();
    for node in ids.iter().map(|&id| graph.node(id)) {
        let name = match node.as_global() {
            Some(global) if !texts.insert((global.module.id(), global.name.id())) => continue,
            Some(global) => global.visible_name(),
            None => node.to_string(),
        };
        if known.insert(name.clone()) {
            names.push(name);
        }
    }
    names
}

/// `list of 2 items`
fn describe(node: Node<'_, &[u8]>) -> String {
    let kind = node.kind();
    match node.data() {
        Data::Str(_) => format!("{kind} of {}", plural(node.len().unwrap_or_default(), "character")),
        Data::Bytes(bytes) | Data::ByteArray(bytes) | Data::ByteString(bytes) => {
            format!("{kind} of {}", plural(bytes.len(), "byte"))
        }
        Data::Instance(instance) => match instance.class().as_global() {
            Some(class) => format!("{kind} of {}", class.visible_name()),
            None => kind.to_string(),
        },
        _ => match node.len() {
            Some(length) => format!("{kind} of {}", plural(length, "item")),
            None => kind.to_string(),
        },
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn as_text<Z: Serializer>(format: &Format, serializer: Z) -> Result<Z::Ok, Z::Error> {
    serializer.collect_str(format)
}

#[expect(clippy::ref_option, reason = "serde asks for a reference")]
fn as_text_if_any<Z: Serializer>(
    error: &Option<PickleError<halfsour_vm::Error>>,
    serializer: Z,
) -> Result<Z::Ok, Z::Error> {
    match error {
        Some(error) => serializer.collect_str(error),
        None => serializer.serialize_none(),
    }
}
