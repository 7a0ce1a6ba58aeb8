//! Compares halfsour with Python on files in the format of the fixtures: `cargo xtask pickletester` runs it.
//!
//! It is no part of xtask proper, which has to build when halfsour does not.

use std::process::ExitCode;
use std::{env, fs};

use halfsour_fixtures::{Expect, Fixture, normalise, parse};
use halfsour_json::Style;
use halfsour_vm::value::Node;
use halfsour_vm::{Buffer, Loader, Options, StringEncoding};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Differences that are shown in full.
const SHOWN: usize = 20;

fn main() -> ExitCode {
    let mut tally = Tally::default();
    for file in env::args().skip(1) {
        let text = fs::read_to_string(&file).expect("the arguments are files with fixtures");
        for fixture in parse(&text) {
            tally.add(&fixture);
        }
    }
    if tally.show() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Default)]
struct Tally {
    right: usize,
    differing: Vec<String>,
    wrongly_refused: Vec<String>,
    refused: usize,
    wrongly_accepted: Vec<String>,
}

impl Tally {
    fn add(&mut self, fixture: &Fixture) {
        match (expected(fixture), documents(fixture)) {
            (Some(expected), Ok(documents)) if expected == documents => self.right += 1,
            (Some(expected), Ok(documents)) => {
                let [expected, documents] =
                    [expected, documents].map(|all| format!("{:.400}", json!(all).to_string()));
                self.differing
                    .push(format!("{fixture}\n    Python:   {expected}\n    halfsour: {documents}"));
            }
            (Some(_), Err(error)) => self.wrongly_refused.push(format!("{fixture}: {error}")),
            (None, Err(_)) => self.refused += 1,
            (None, Ok(_)) => self.wrongly_accepted.push(format!("{fixture}: {:?}", fixture.expect)),
        }
    }

    /// Prints the counts, and says how many are wrong.
    fn show(&self) -> usize {
        let wrong = [
            ("valid, but loaded to another graph", &self.differing),
            ("valid, but refused", &self.wrongly_refused),
            ("invalid, but accepted", &self.wrongly_accepted),
        ];
        println!("  valid and right: {}", self.right);
        println!("  invalid and refused: {}", self.refused);
        for (what, streams) in wrong {
            println!("  {what}: {}", streams.len());
            streams.iter().take(SHOWN).for_each(|stream| println!("  - {stream}"));
        }
        wrong.iter().map(|(_, streams)| streams.len()).sum()
    }
}

/// What halfsour makes of the pickles in a stream, or what it says against it.
fn documents(fixture: &Fixture) -> Result<Vec<Value>> {
    let mut loader = Loader::with_options(options(fixture)?);
    let stream = fixture.pickle.as_slice();
    if fixture.keep_memo {
        return loader.load_kept(stream)?.roots().map(|root| document(root, fixture)).collect();
    }
    let mut end = 0;
    let next = |_| {
        let graph = loader.load_at(stream, end)?;
        end = graph.end();
        document(graph.root(), fixture)
    };
    (0..fixture.pickles).map(next).collect()
}

/// The same, as Python expects it, unless it refuses the stream.
fn expected(fixture: &Fixture) -> Option<Vec<Value>> {
    let Expect::Loads(documents) = &fixture.expect else { return None };
    Some(documents.iter().map(|document| compared(document, fixture)).collect())
}

/// One graph of several pickles knows only the protocol of the last.
fn compared(document: &Value, fixture: &Fixture) -> Value {
    let mut document = normalise(document);
    if fixture.keep_memo { document["value"].take() } else { document }
}

fn document<S: AsRef<[u8]>>(root: Node<'_, S>, fixture: &Fixture) -> Result<Value> {
    let json = halfsour_json::to_vec(root, Style::lossless())?;
    Ok(compared(&serde_json::from_slice(&json)?, fixture))
}

fn options(fixture: &Fixture) -> Result<Options> {
    let encoding = match fixture.encoding.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => StringEncoding::Keep,
        Some("bytes") => StringEncoding::Bytes,
        Some("latin-1" | "latin1") => StringEncoding::Latin1,
        Some("utf-8") => StringEncoding::Utf8,
        Some("ascii") => StringEncoding::Ascii,
        Some(encoding) => return Err(format!("no such encoding: {encoding}").into()),
    };
    let supplied = |buffer: &halfsour_fixtures::Buffer| Buffer {
        contents: buffer.bytes.clone().into(),
        read_only: buffer.readonly,
    };
    let buffers = fixture.buffers.as_ref().map(|buffers| buffers.iter().map(supplied).collect());
    Ok(Options { encoding, buffers, ..Options::default() })
}
