//! The properties that must hold for every input, a function for each layer. Each asserts more than the absence of panics.
//!
//! libFuzzer calls the functions (`targets/`), and so does a test on stable, with the fixtures, cut and changed
//! (`tests/smoke.rs`). `cargo xtask fuzz` runs libFuzzer; inputs that it found once are in `regressions/`.
//!
//! To add a target: a function here, a file in `targets/` and its `[[bin]]` in Cargo.toml, a line in `tests/smoke.rs`.

mod arrow;
mod audit;
mod budget;
mod classes;
mod codecs;
mod convert;
mod feed;
mod files;
mod inspect;
mod program;
mod salvage;
mod soak;
mod tensors;
mod tree;
mod types;

use halfsour_fixtures::normalise;
use halfsour_json::{Style, documents, to_string};
use halfsour_lexer::{Disassembly, Error, Incremental, Lexer, Op, Opcode, Step};
use halfsour_value::{Builder, Instance, Node, TreeLimits, Value};
use halfsour_vm::{Buffer, Graph, Limits, Loader, Observer, Options};
use halfsour_writer::{MemoPolicy, to_vec, write_op};

pub use arrow::arrow;
pub use audit::audit;
use budget::load_within;
pub use classes::classes;
pub use codecs::codecs;
pub use convert::convert;
pub use feed::feed;
pub use files::{databases, files};
pub use inspect::{inspect, path};
pub use program::{BUFFERS, Program};
pub use salvage::salvage;
pub use soak::Soak;
pub use types::{Typed, serde, typed};

/// Checks the properties of all layers on a [`Program`].
pub fn program(program: &Program) {
    for body in [lexer, vm, feed, classes, audit, value, writer, serde, inspect] {
        body(&program.0);
    }
}

/// Checks the lexer: opcodes tile the input, are written as the same bytes, and are the same however the input is cut.
pub fn lexer(input: &[u8]) {
    let mut ops: Vec<(usize, Op<'_>)> = Vec::new();
    let mut error: Option<Error> = None;
    let mut lexer = Lexer::new(input);
    for op in lexer.by_ref() {
        match op {
            Ok(op) => ops.push(op),
            Err(found) => error = Some(found),
        }
    }
    let mut written = Vec::new();
    for (offset, op) in &ops {
        assert_eq!(*offset, written.len(), "there is a gap");
        write_op(&mut written, op).expect("opcodes that were read can be written");
    }
    assert_eq!(written, &input[..lexer.offset()]);

    for piece in [1, 3, 64] {
        let mut incremental = Incremental::new();
        let mut arrived = 0;
        let mut seen = 0;
        let end = loop {
            let buffer = &input[incremental.offset()..arrived];
            let offset = incremental.offset();
            match incremental.next(buffer, arrived == input.len()) {
                Ok(Step::Op { op, .. }) => {
                    // Floats may be NaN, which is unequal to itself.
                    let expected = ops.get(seen).map(|op| format!("{op:?}"));
                    assert_eq!(Some(format!("{:?}", (offset, op))), expected);
                    seen += 1;
                    if op == Op::Stop {
                        break None;
                    }
                }
                Ok(Step::Need(_)) => {
                    assert!(arrived < input.len(), "it asks for more than there is");
                    arrived = (arrived + piece).min(input.len());
                }
                Err(error) => break Some(error),
            }
        };
        assert_eq!((seen, end), (ops.len(), error), "in pieces of {piece}");
    }

    let mut text = String::new();
    let _ = Disassembly::new(input).write_to(&mut text);
}

/// Returns the options that a [`Program`] is loaded with.
fn options() -> Options {
    let [writable, read_only] = BUFFERS.map(Into::into);
    let buffers = vec![
        Buffer { contents: writable, read_only: false },
        Buffer { contents: read_only, read_only: true },
    ];
    Options::default().with_buffers(buffers).with_record_memo(true)
}

fn loader(limits: Limits) -> Loader {
    Loader::with_options(options().with_limits(limits))
}

/// Loads bytes that may be a [`Program`].
pub fn load(input: &[u8]) -> Result<Graph<&[u8]>, halfsour_vm::Error> {
    loader(Limits::default()).load(input)
}

/// Checks the machine: loading is deterministic, with and without an observer, every id is that of a node, and no more than
/// the budget is held.
pub fn vm(input: &[u8]) {
    struct Watching;
    impl Observer for Watching {}

    const MEMORY: usize = 1 << 22;
    // A small budget, which many streams exceed.
    let _ = load_within(1 << 12, input);
    let watched = loader(Limits::default()).load_observed(input, 0, &mut Watching);
    match (load_within(MEMORY, input), watched) {
        (Ok(graph), Ok(again)) => {
            assert!(graph.bytes_held() <= MEMORY);
            assert_eq!(graph.node_count(), again.node_count());
            assert_eq!(graph.end(), again.end());
            assert!(graph.end() <= input.len());
            visit(&graph, |_| {});
        }
        (Err(error), Err(again)) => assert_eq!(error.to_string(), again.to_string()),
        // The smaller budget may be the difference.
        (Err(error), Ok(_)) => assert!(error.to_string().contains("limit"), "{error}"),
        (Ok(_), Err(error)) => panic!("{error}"),
    }
}

/// Visits every object once, those in old spellings of builtins among them.
fn visit<'g, S: AsRef<[u8]>>(graph: &'g Graph<S>, mut each: impl FnMut(Node<'g, S>)) {
    let mut seen = vec![false; graph.node_count()];
    let mut open = vec![graph.root()];
    while let Some(node) = open.pop() {
        if let Some(index) = node.id().index() {
            if std::mem::replace(&mut seen[index], true) {
                continue;
            }
            assert!(node.offset().is_some_and(|offset| offset <= graph.source().as_ref().len()));
            each(node);
        }
        if let Some(text) = node.as_text() {
            assert_eq!(text.as_str().is_some(), std::str::from_utf8(text.as_wtf8()).is_ok());
        }
        let by_parts = |instance: Instance<'g, S>| instance.parts().flat_map(|part| part.children());
        assert!(node.as_instance().is_none_or(|instance| by_parts(instance).eq(node.children())));
        open.extend(node.children());
        open.extend(
            node.spelling().into_iter().flat_map(|it| [it.callable, it.args]).map(|id| graph.node(id)),
        );
    }
}

/// Checks changes, trees and JSON: a tree keeps its limits and equals itself, JSON is valid, and printing ends.
pub fn value(input: &[u8]) {
    let Ok(graph) = load(input) else { return };
    let limits = TreeLimits::default().with_values(10_000).with_bytes(1 << 20);
    if let Ok(value) = graph.to_value(limits) {
        assert_eq!(value, value.clone());
        assert!(value.to_string().len() < 1 << 28);
        tree::check(&value);
    }
    edit(&graph);
    // Shared objects are written each time; the limit is low, so that they do not take all of a fuzzer's time.
    let limits = halfsour_json::Limits::default().with_values(100_000);
    if let Ok(text) = to_string(graph.root(), Style::plain().with_limits(limits)) {
        assert!(is_deep(&text) || serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
    }
    if let Ok(text) = to_string(graph.root(), Style::lossless())
        && !(is_deep(&text) || may_have_buffers(input) || may_have_wrappers(input))
    {
        let document =
            documents(text.as_bytes()).next().expect("there is one document").expect("halfsour wrote it");
        assert_eq!(document.protocol, Some(graph.protocol()));
        assert_eq!(facts(&document.graph), facts(&graph), "{text}");
    }
}

/// Checks that a builder that goes on from a graph makes the same one, and that a resolver leaves no persistent ids.
fn edit(graph: &Graph<&[u8]>) {
    let shown = graph.root().to_string();
    let owned = graph.clone().into_owned();
    let again = Builder::from_graph(owned.clone()).try_build(graph.root().id()).expect("the machine made it");
    assert_eq!(again.root().to_string(), shown);
    let ids = |graph: &Graph| -> Vec<_> { graph.descendants().map(Node::id).collect() };
    assert_eq!(ids(&again), ids(&owned));
    let mut asked = Vec::new();
    let resolved = owned.resolve_persistent(|id| {
        asked.push(id.id());
        Some(Value::bytes(*b"resolved"))
    });
    if let Ok(graph) = resolved {
        assert_eq!(graph.persistent_ids().count(), 0, "{shown}");
        assert!(!asked.is_empty() || graph.root().to_string() == shown);
    }
}

/// Returns a pickle as a lossless JSON document.
pub fn lossless(input: &[u8]) -> Option<Vec<u8>> {
    to_string(load(input).ok()?.root(), Style::lossless()).ok().map(String::into_bytes)
}

/// Checks reading JSON: any text is refused or becomes data that can be written, and what can be read of that is sound.
pub fn json(input: &[u8]) {
    for document in documents(input).map_while(Result::ok).take(10) {
        for protocol in 0..=5 {
            let options = halfsour_writer::Options::default().with_protocol(protocol);
            match to_vec(document.graph.root(), &options) {
                Ok(written) if protocol == 5 => writer(&written),
                Ok(written) => drop(load(&written)),
                Err(_) => {}
            }
        }
    }
}

/// Returns whether JSON may nest deeper than `serde_json` reads.
fn is_deep(text: &str) -> bool {
    text.bytes().filter(|byte| b"[{".contains(byte)).count() >= 100
}

/// Returns whether some of the data may be out of band, which JSON does not hold.
fn may_have_buffers(input: &[u8]) -> bool {
    input.contains(&Opcode::NextBuffer.byte())
}

/// Returns whether some arrays may be joblib's, which JSON has as numpy's.
fn may_have_wrappers(input: &[u8]) -> bool {
    input.windows(17).any(|text| text == b"NumpyArrayWrapper")
}

/// Checks the writer: its pickles are read as the same graph, and that is written as the same bytes.
pub fn writer(input: &[u8]) {
    let Ok(graph) = load(input) else { return };
    let facts = facts(&graph);
    // Lower protocols turn out-of-band buffers into bytearrays, to which not all steps can be applied.
    let lowest = if may_have_buffers(input) { 5 } else { 0 };
    for protocol in lowest..=5 {
        let mut options = halfsour_writer::Options::default().with_protocol(protocol);
        for memo in [MemoPolicy::All, MemoPolicy::Shared, MemoPolicy::AsRead] {
            options.memo = memo;
            let written = match to_vec(graph.root(), &options) {
                Ok(written) => written,
                // The protocol cannot express the data.
                Err(_) if memo == MemoPolicy::All => break,
                Err(error) => panic!("protocol {protocol}, {memo:?}: {error}"),
            };
            let read =
                load(&written).unwrap_or_else(|error| panic!("protocol {protocol}, {memo:?}: {error}"));
            assert_eq!(read.end(), written.len());
            if memo == MemoPolicy::All {
                let again = to_vec(read.root(), &options).expect("it was written before");
                let third = load(&again).expect("it was read before");
                let last = to_vec(third.root(), &options).expect("it was written before");
                assert_eq!(last, again, "protocol {protocol}");
            }
            // Lower protocols lack some opcodes, and have other names for globals.
            if protocol == 5
                && let (Some(facts), Some(read)) = (&facts, self::facts(&read))
            {
                assert_eq!(read, *facts, "{memo:?}");
            }
        }
    }
}

/// Returns all that Python can tell about a graph, as JSON, if the graph is neither deep nor large.
fn facts<S: AsRef<[u8]>>(graph: &Graph<S>) -> Option<serde_json::Value> {
    let text = to_string(graph.root(), Style::lossless()).ok().filter(|text| !is_deep(text))?;
    let document = serde_json::from_str(&text).expect("it is JSON");
    Some(normalise(&document)["value"].take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_visited() {
        // C(*('a',), **{'b': 'c'}) with a state, a name with a state, and bytes in an old spelling.
        let pickle = b"\x80\x04(cm\nC\nU\x01a\x85}U\x01bU\x01cs\x92U\x01db\
            cm\nf\nU\x01ebc_codecs\nencode\n(Vg\nU\x06latin1tRt.";
        let graph = load(pickle).expect("it is one");
        let mut texts = Vec::new();
        visit(&graph, |node| texts.extend(node.text_bytes().filter(|text| text.len() == 1)));
        texts.sort_unstable();
        assert_eq!(texts.concat(), b"Cabcdefgmm");
    }
}
