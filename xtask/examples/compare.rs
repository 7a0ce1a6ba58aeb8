//! Compares halfsour with Python on files in the format of the fixtures: `cargo xtask pickletester` and `differential`
//! run it.
//!
//! It is not part of xtask proper, which has to build when halfsour does not.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::ExitCode;
use std::{env, thread};

use halfsour_fixtures::{Expect, Fixture, from_json, normalise, parse};
use halfsour_json::Style;
use halfsour_vm::value::Node;
use halfsour_vm::{Buffer, IntBase, Loader, Options, StringEncoding};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The number of differences that are shown in full.
const SHOWN: usize = 20;

/// The size of the stack in bytes, large enough for deep documents.
const STACK: usize = 1 << 30;

/// The reasons for which CPython refuses streams that halfsour accepts, each with a part of CPython's error.
/// crates/vm/DIFFERENCES.md argues each. A child that is killed by any signal but the alarm, 14, is not among them.
const ARGUED: [(&str, &str); 7] = [
    ("memory spent", "MemoryError"),
    // An index of the memo that a CPython of 32 bits, as that in WebAssembly is, has no number for.
    ("memory spent", "negative LONG_BINPUT argument"),
    ("time spent", "Killed: wait status 14"),
    ("a stand-in of another type", "argument list must be a tuple"),
    ("a stand-in of another type", "StandIn"),
    ("keywords that are no text", "keywords must be strings"),
    ("a byte string as a name", "STACK_GLOBAL requires str"),
];

fn main() -> ExitCode {
    let run = thread::Builder::new().stack_size(STACK).spawn(run).expect("there is room for a stack");
    run.join().expect("no stream makes halfsour panic")
}

fn run() -> ExitCode {
    let mut tally = Tally::default();
    let mut args = env::args().skip(1);
    tally.int_base = match args.next().as_deref() {
        Some("10") => IntBase::Ten,
        Some("prefix") => IntBase::Prefix,
        _ => panic!("the first argument is 10 or prefix: how the Python reads the lines of INT and LONG"),
    };
    for file in args {
        let file = BufReader::new(File::open(&file).expect("the arguments are files with fixtures"));
        for line in file.lines() {
            for fixture in parse(&line.expect("fixtures are text")) {
                tally.add(&fixture);
            }
        }
    }
    if tally.show() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Default)]
struct Tally {
    int_base: IntBase,
    right: usize,
    differing: Vec<String>,
    wrongly_refused: Vec<String>,
    refused: usize,
    wrongly_accepted: Vec<String>,
    argued: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn add(&mut self, fixture: &Fixture) {
        match (expected(fixture), documents(fixture, self.int_base)) {
            (Some(expected), Ok(documents)) if expected == documents => self.right += 1,
            (Some(expected), Ok(documents)) => {
                let [expected, documents] =
                    [expected, documents].map(|all| format!("{:.400}", json!(all).to_string()));
                let stream = shown(fixture);
                self.differing.push(format!("{stream}\n    Python:   {expected}\n    halfsour: {documents}"));
            }
            (Some(_), Err(error)) => self.wrongly_refused.push(format!("{}: {error}", shown(fixture))),
            (None, Err(_)) => self.refused += 1,
            (None, Ok(_)) => match argued(fixture) {
                Some(what) => *self.argued.entry(what).or_default() += 1,
                None => self.wrongly_accepted.push(format!("{}: {:?}", shown(fixture), fixture.expect)),
            },
        }
    }

    /// Prints the counts, and returns the number of wrong results.
    fn show(&self) -> usize {
        let wrong = [
            ("valid, but loaded to another graph", &self.differing),
            ("valid, but refused", &self.wrongly_refused),
            ("invalid, but accepted", &self.wrongly_accepted),
        ];
        println!("  valid and right: {}", self.right);
        println!("  invalid and refused: {}", self.refused);
        for (what, streams) in &self.argued {
            println!("  refused by Python alone, {what}: {streams}");
        }
        for (what, streams) in wrong {
            println!("  {what}: {}", streams.len());
            streams.iter().take(SHOWN).for_each(|stream| println!("  - {stream}"));
        }
        wrong.iter().map(|(_, streams)| streams.len()).sum()
    }
}

fn shown(fixture: &Fixture) -> String {
    format!("{fixture}: {}", fixture.pickle.escape_ascii())
}

/// Returns the documents that halfsour makes of the pickles in a stream.
fn documents(fixture: &Fixture, int_base: IntBase) -> Result<Vec<Value>> {
    let mut loader = Loader::with_options(options(fixture)?.with_int_base(int_base));
    let stream = fixture.pickle.as_slice();
    if fixture.keep_memo {
        return loader.load_all(stream)?.roots().map(|root| document(root, fixture)).collect();
    }
    let mut end = 0;
    let next = |_| {
        let graph = loader.load_at(stream, end)?;
        end = graph.end();
        document(graph.root(), fixture)
    };
    (0..fixture.pickles).map(next).collect()
}

/// Returns the known reason for which Python refuses a stream that halfsour accepts, if there is one.
fn argued(fixture: &Fixture) -> Option<&'static str> {
    let Expect::Refused { error, message } = &fixture.expect else { return None };
    let said = format!("{error}: {message}");
    ARGUED.iter().find(|(_, part)| said.contains(part)).map(|(what, _)| *what)
}

/// Returns the documents that Python makes, or `None` if it refuses the stream.
fn expected(fixture: &Fixture) -> Option<Vec<Value>> {
    let Expect::Loads(documents) = &fixture.expect else { return None };
    Some(documents.iter().map(|document| compared(document, fixture)).collect())
}

/// Drops the protocol of pickles that are in one graph, which keeps only that of the last.
fn compared(document: &Value, fixture: &Fixture) -> Value {
    let mut document = normalise(document);
    if fixture.keep_memo { document["value"].take() } else { document }
}

fn document<S: AsRef<[u8]>>(root: Node<'_, S>, fixture: &Fixture) -> Result<Value> {
    let json = halfsour_json::to_vec(root, Style::lossless())?;
    Ok(compared(&from_json(&json)?, fixture))
}

fn options(fixture: &Fixture) -> Result<Options> {
    let encoding = match fixture.encoding.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => StringEncoding::Keep,
        Some("bytes") => StringEncoding::Bytes,
        Some("latin-1" | "latin1") => StringEncoding::Latin1,
        Some("utf-8") => StringEncoding::Utf8,
        Some("ascii") => StringEncoding::Ascii,
        Some(encoding) => return Err(format!("{encoding} is not an encoding that halfsour knows").into()),
    };
    let supplied = |buffer: &halfsour_fixtures::Buffer| Buffer {
        contents: buffer.bytes.clone().into(),
        read_only: buffer.readonly,
    };
    let buffers = fixture.buffers.as_ref().map(|buffers| buffers.iter().map(supplied).collect());
    Ok(Options::default().with_encoding(encoding).with_buffers(buffers))
}
