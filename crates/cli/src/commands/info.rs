//! `halfsour info`

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write;

use anstyle::Style;
use halfsour::lexer::Opcode;
use halfsour::value::{Data, Id, View};
use halfsour::vm::{Event, Observer};
use halfsour::{Graph, Loader, Node};
use halfsour_files::{Format, Input, JoblibArrays, Layer, Part, Torch};

use super::{PerFile, each_pickle};
use crate::args::Reading;
use crate::failure::{Cause, Failure};
use crate::text::{self, count, plural};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

pub struct Info {
    loader: Loader,
    first: bool,
}

impl Info {
    pub fn new(reading: &Reading) -> Self {
        Self { loader: Loader::with_options(reading.options()), first: reading.first }
    }
}

impl PerFile for Info {
    fn is_styled(&self) -> bool {
        true
    }

    fn input(&mut self, out: &mut dyn Write, input: &Input) -> Result<(), Failure> {
        let source = input.source();
        let mut what = Vec::new();
        if let Some(archive) = source.archive()? {
            what.push(format!("{} of {}", source.format(), plural(archive.members().len(), "member")));
        }
        if let Some(torch) = input.torch()? {
            what.push(storages(torch));
        }
        if source.format() == Format::Npy {
            what.push("an array of numpy".to_owned());
        }
        if !what.is_empty() {
            let size = format!("{}{}", layers(source.layers()), plural(source.bytes().len(), "byte"));
            writeln!(out, "{BOLD}{}{BOLD:#}: {size}, {}", source.name(), what.join(", "))?;
        }
        Ok(())
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        let mut pickles = Vec::new();
        let result = each_pickle(file, self.first, |bytes, start| {
            let mut seen = Seen::default();
            let graph = self.loader.load_observed(bytes, start, JoblibArrays::new(&mut seen));
            let graph = graph.map_err(Cause::Load)?;
            pickles.push((start, graph.end(), facts(&graph, &seen)));
            let end = graph.end();
            self.loader.recycle(graph);
            Ok(end)
        });
        let size = format!("{}{}", layers(file.layers()), plural(file.bytes().len(), "byte"));
        let valid = if result.is_ok() { "" } else { ", then something invalid" };
        writeln!(out, "{BOLD}{}{BOLD:#}: {size}, {}{valid}", file.name(), plural(pickles.len(), "pickle"))?;
        let several = pickles.len() > 1 || result.is_err();
        for (number, (start, end, facts)) in (1..).zip(&pickles) {
            if several || *end < file.bytes().len() {
                let size = plural(end - start, "byte");
                writeln!(out, "  pickle {number}: {size} from 0x{start:x}")?;
            }
            out.write_all(facts.as_bytes())?;
        }
        result
    }
}

/// `99 bytes of gzip, `
fn layers(layers: &[Layer]) -> String {
    let mut text = String::new();
    for layer in layers {
        let _ = write!(text, "{} of {}, ", plural(layer.length, "byte"), layer.format);
        if layer.rest > 0 {
            let _ = write!(text, "the last {} of which belong to nothing, ", count(layer.rest));
        }
    }
    text
}

fn storages(torch: &Torch) -> String {
    let keys = torch.keys();
    let bytes: usize =
        keys.iter().filter_map(|key| torch.storage(key).ok()).map(|storage| storage.len()).sum();
    format!("torch with {} of {}", plural(keys.len(), "storage"), plural(bytes, "byte"))
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

fn facts(graph: &Graph<&[u8]>, seen: &Seen) -> String {
    let mut text = String::new();
    let mut fact = |name: &str, value: &str| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "    {DIM}{name:<15}{DIM:#}{value}");
    };
    fact("protocol", &graph.protocol().to_string());
    fact("value", &describe(graph.root()));
    fact("opcodes", &count(seen.opcodes));
    fact("nodes", &count(graph.node_count()));
    fact("memory", &plural(graph.bytes_held(), "byte"));
    if seen.calls > 0 {
        fact("calls", &count(seen.calls));
    }
    if seen.persistent_ids > 0 {
        fact("persistent ids", &count(seen.persistent_ids));
    }
    let mut known = HashSet::new();
    // The same texts make the same name: they are looked at once, however long and often.
    let mut texts = HashSet::new();
    for &id in &seen.imports {
        if let Some(global) = graph.node(id).as_global()
            && !texts.insert((global.module.id(), global.name.id()))
        {
            continue;
        }
        let import = match graph.node(id).as_global() {
            Some(global) => text::global(&global),
            None => graph.node(id).to_string(),
        };
        if !known.contains(&import) {
            fact(if known.is_empty() { "imports" } else { "" }, &import);
            known.insert(import);
        }
    }
    text
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
            Some(class) => format!("{kind} of {}", text::global(&class)),
            None => kind.to_string(),
        },
        _ => match node.len() {
            Some(length) => format!("{kind} of {}", plural(length, "item")),
            None => kind.to_string(),
        },
    }
}
