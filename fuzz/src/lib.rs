//! What must hold for every input, one function a layer. Each asserts more than that nothing panics.
//!
//! The functions are called by libFuzzer (`targets/`), and on stable by a test over the fixtures and what comes of
//! cutting and changing them.

use halfsour_json::{Style, to_string};
use halfsour_lexer::{Disassembly, Error, Incremental, Lexer, Op, Step};
use halfsour_value::TreeLimits;
use halfsour_vm::{Limits, Loader, Options, from_slice};
use halfsour_writer::{to_vec, write_op};

/// The opcodes tile the input, write back to the same bytes, and are the same however the input is cut.
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
        write_op(&mut written, op).expect("what was read can be written");
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

/// Loading is deterministic, every id is a node's, and the budget is kept.
pub fn vm(input: &[u8]) {
    let limits = Limits { memory: 1 << 22, ..Limits::default() };
    let mut loader = Loader::with_options(Options { limits, ..Options::default() });
    match (loader.load(input), from_slice(input)) {
        (Ok(graph), Ok(again)) => {
            assert!(graph.bytes_held() <= limits.memory);
            assert_eq!(graph.node_count(), again.node_count());
            assert!(graph.end() <= input.len());
            visit(&graph);
        }
        (Err(error), Err(again)) => assert_eq!(error.to_string(), again.to_string()),
        // The smaller budget may be the difference.
        (Err(error), Ok(_)) => assert!(error.to_string().contains("limit"), "{error}"),
        (Ok(_), Err(error)) => panic!("{error}"),
    }
}

/// Looks at every object once.
fn visit<S: AsRef<[u8]>>(graph: &halfsour_vm::Graph<S>) {
    use halfsour_value::{Data, Step};
    let mut seen = vec![false; graph.node_count()];
    let mut open = vec![graph.root()];
    while let Some(node) = open.pop() {
        if let Some(index) = node.id().index() {
            if std::mem::replace(&mut seen[index], true) {
                continue;
            }
            assert!(node.offset().is_some_and(|offset| offset <= graph.source().as_ref().len()));
        }
        match node.data() {
            Data::List(all) | Data::Tuple(all) | Data::Set(all) | Data::FrozenSet(all) => open.extend(all),
            Data::Dict(items) => open.extend(items.flat_map(|(key, value)| [key, value])),
            Data::PersistentId(of) | Data::ReadOnly(of) => open.push(of),
            Data::Global(global) => open.extend([global.module, global.name]),
            Data::Str(text) => {
                assert_eq!(text.as_str().is_some(), std::str::from_utf8(text.as_wtf8()).is_ok());
            }
            Data::Instance(instance) => {
                open.extend([instance.callable(), instance.args()]);
                for step in instance.steps() {
                    match step {
                        Step::State(of) | Step::Call(of) => open.push(of),
                        Step::Append(all) | Step::Add(all) => open.extend(all),
                        Step::SetItem(items) => open.extend(items.flat_map(|(key, value)| [key, value])),
                    }
                }
            }
            _ => {}
        }
    }
}

/// A tree is as its limits say, and equal to itself; JSON is JSON; printing ends.
pub fn value(input: &[u8]) {
    let Ok(graph) = from_slice(input) else { return };
    let limits = TreeLimits { values: 10_000, bytes: 1 << 20, ..TreeLimits::default() };
    if let Ok(value) = graph.to_value(limits) {
        assert_eq!(value, value.clone());
        assert!(value.to_string().len() < 1 << 28);
    }
    for style in [Style::plain(), Style::lossless()] {
        if let Ok(text) = to_string(graph.root(), style) {
            // Deep documents are left to the tests that have a stack for them.
            if text.bytes().filter(|byte| b"[{".contains(byte)).count() < 100 {
                let parsed: Result<serde_json::Value, _> = serde_json::from_str(&text);
                assert!(parsed.is_ok(), "{text}");
            }
        }
    }
}

/// What was written reads as the same graph, and is then written as the same bytes.
pub fn writer(input: &[u8]) {
    let Ok(graph) = from_slice(input) else { return };
    for protocol in 0..=5 {
        let options = halfsour_writer::Options::with_protocol(protocol);
        let Ok(written) = to_vec(graph.root(), &options) else { continue };
        let read = from_slice(&written).unwrap_or_else(|error| panic!("protocol {protocol}: {error}"));
        assert_eq!(read.end(), written.len());
        let again = to_vec(read.root(), &options).expect("it was written before");
        let third = from_slice(&again).expect("it was read before");
        assert_eq!(
            to_vec(third.root(), &options).expect("it was written before"),
            again,
            "protocol {protocol}"
        );
    }
}
