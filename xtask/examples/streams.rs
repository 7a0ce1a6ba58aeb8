//! Makes streams that no pickler wrote, and writes a row for each, as `record.py` does. `cargo xtask differential` runs it.
//!
//! Usage: `streams SEED CASES FILE`. The same seed gives the same streams.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::{env, iter};

use arbitrary::{Arbitrary, Unstructured};
use base64::{Engine, engine::general_purpose::STANDARD};
use halfsour_fixtures::Fixture;
use halfsour_fuzz::{BUFFERS, Program};
use halfsour_lexer::{Lexer, Opcode};
use serde_json::{Value, json};

/// The greatest length in bytes of a fixture to change: many short ones show more than a few long ones.
const LONGEST: usize = 1024;

/// The encodings of Python 2 strings in some of the programs. In the others, the strings are kept.
const ENCODINGS: [&str; 4] = ["bytes", "latin-1", "utf-8", "ascii"];

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<_> = env::args().skip(1).collect();
    let [seed, cases, file] = args.as_slice() else { return Err("usage: streams SEED CASES FILE".into()) };
    let (seed, cases): (u64, u64) = (seed.parse()?, cases.parse()?);
    let mut fixtures = halfsour_fixtures::all();
    fixtures.retain(|fixture| fixture.pickle.len() <= LONGEST);
    let mut out = BufWriter::new(File::create(file)?);
    for case in 0..cases {
        let noise = noise(seed, case);
        let mut input = Unstructured::new(&noise);
        let mut row = if case % 2 == 0 { changed(&fixtures, &mut input)? } else { generated(&mut input)? };
        row["name"] = format!("{} {seed}:{case}", row["name"].as_str().unwrap_or_default()).into();
        writeln!(out, "{row}")?;
    }
    Ok(out.flush()?)
}

/// Returns 40 to 200 random bytes, by splitmix64.
fn noise(seed: u64, case: u64) -> Vec<u8> {
    let mut state = mixed(mixed(seed) ^ case);
    let next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        Some(mixed(state))
    };
    let words = usize::try_from(5 + case % 20).expect("it is small");
    iter::from_fn(next).take(words).flat_map(u64::to_le_bytes).collect()
}

fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// Returns a fixture that is changed in a few places.
fn changed(fixtures: &[Fixture], input: &mut Unstructured<'_>) -> arbitrary::Result<Value> {
    let fixture = input.choose(fixtures)?;
    let mut pickle = fixture.pickle.clone();
    if input.arbitrary()? {
        drop_frames(&mut pickle);
    }
    for _ in 0..input.int_in_range(1..=3)? {
        change(&mut pickle, &input.choose(fixtures)?.pickle, input)?;
    }
    let mut row = json!({"name": fixture.name, "pickle": STANDARD.encode(pickle)});
    if let Some(encoding) = &fixture.encoding {
        row["encoding"] = encoding.as_str().into();
    }
    if let Some(buffers) = &fixture.buffers {
        row["buffers"] = buffers.iter().map(|buffer| supplied(&buffer.bytes, buffer.readonly)).collect();
    }
    Ok(row)
}

/// Drops the frames. Most changes inside of a frame would make its length wrong, and nothing else would be tested.
fn drop_frames(pickle: &mut Vec<u8>) {
    let frames: Vec<_> = opcodes(pickle).filter(|span| pickle[span.start] == Opcode::Frame.byte()).collect();
    for frame in frames.into_iter().rev() {
        pickle.drain(frame);
    }
}

/// Returns a program; every other one is changed.
fn generated(input: &mut Unstructured<'_>) -> arbitrary::Result<Value> {
    let changes = if input.arbitrary()? { input.bytes(40.min(input.len()))? } else { &[] };
    let Program(mut pickle) = Program::arbitrary(input)?;
    if !changes.is_empty() {
        let other = pickle.clone();
        change(&mut pickle, &other, &mut Unstructured::new(changes))?;
    }
    let [writable, read_only] = BUFFERS;
    let buffers = [supplied(writable, false), supplied(read_only, true)];
    let mut row = json!({"name": "program", "pickle": STANDARD.encode(&pickle), "buffers": buffers});
    if let Some(encoding) = ENCODINGS.get(pickle.len() % 8) {
        row["encoding"] = (*encoding).into();
    }
    Ok(row)
}

fn supplied(contents: &[u8], read_only: bool) -> Value {
    json!({"readonly": read_only, "base64": STANDARD.encode(contents)})
}

/// Changes a few bytes or a few whole opcodes, in one place.
fn change(pickle: &mut Vec<u8>, other: &[u8], input: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let whole = input.arbitrary()?;
    let span = span(pickle, whole, input)?;
    let from = self::span(other, whole, input)?;
    let byte = span.start..pickle.len().min(span.start + 1);
    match input.int_in_range(0..=7)? {
        0 => pickle[byte].iter_mut().for_each(|byte| *byte ^= 1 << (from.start % 8)),
        1 => drop(pickle.splice(byte, [input.arbitrary()?])),
        2 => drop(pickle.splice(byte, [input.choose(Opcode::ALL)?.byte()])),
        3 => pickle.insert(span.start, input.choose(Opcode::ALL)?.byte()),
        4 => drop(pickle.drain(span)),
        5 => {
            let doubled = pickle[span.clone()].to_vec();
            pickle.splice(span.end..span.end, doubled);
        }
        6 => drop(pickle.splice(span.start..span.start, other[from].iter().copied())),
        _ => drop(pickle.splice(span, other[from].iter().copied())),
    }
    Ok(())
}

/// Chooses a place in a stream, of up to twelve bytes or up to four opcodes.
fn span(pickle: &[u8], whole: bool, input: &mut Unstructured<'_>) -> arbitrary::Result<Range<usize>> {
    let opcodes: Vec<_> = if whole { opcodes(pickle).collect() } else { Vec::new() };
    if opcodes.is_empty() {
        let start = input.int_in_range(0..=pickle.len())?;
        return Ok(start..pickle.len().min(start + input.int_in_range(1..=12)?));
    }
    let first = input.choose_index(opcodes.len())?;
    let last = opcodes.len().min(first + input.int_in_range(1..=4)?) - 1;
    Ok(opcodes[first].start..opcodes[last].end)
}

/// Returns the spans of a stream's opcodes, as far as it can be read.
fn opcodes(pickle: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut lexer = Lexer::new(pickle);
    iter::from_fn(move || {
        let start = lexer.offset();
        lexer.next_op().is_ok().then(|| start..lexer.offset()).filter(|span| !span.is_empty())
    })
}
