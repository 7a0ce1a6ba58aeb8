//! The jobs of halfsour that are timed.

use std::hint::black_box;
use std::mem::take;

use halfsour_audit::{Auditor, Completeness, Policy};
use halfsour_json::Style;
use halfsour_lexer::Disassembly;
use halfsour_serde::{Serializer, WriteOptions};
use halfsour_value::TreeLimits;
use halfsour_vm::Loader;
use halfsour_writer::{MemoPolicy, Options, Pickler};
use serde::{Deserialize, Serialize};

use crate::tally::{Tallied, Tally};
use crate::timing::{Report, run};
use crate::workload::Workload;
use crate::{scan, with_type};

/// The names of the jobs.
pub const NAMES: [&str; 13] = [
    "nothing",
    "scan",
    "lex",
    "graph",
    "audit",
    "value",
    "typed-owned",
    "typed-borrowed",
    "json",
    "dis",
    "encode-graph",
    "encode-shared",
    "encode-typed",
];

/// Runs the job of this name. Returns `None` if there is no such job.
pub fn named(job: &str, workload: &Workload, repeats: usize) -> Option<Result<Report, String>> {
    let input = workload.bytes;
    Some(match job {
        "nothing" => Ok(run(repeats, (), |()| (), |()| String::new(), |(), ()| ())),
        "scan" => Ok(checksum(repeats, || scan::scan(black_box(input)))),
        "lex" => Ok(checksum(repeats, || scan::lex(black_box(input)))),
        "graph" => Ok(graph(input, repeats)),
        "audit" => Ok(audit(input, repeats)),
        "value" => Ok(value(input, repeats)),
        "typed-owned" => with_type!(workload, String, T => typed::<T>(input, repeats)),
        "typed-borrowed" => with_type!(workload, &'static str, T => typed::<T>(input, repeats)),
        "json" => Ok(json(input, repeats)),
        "dis" => Ok(dis(input, repeats)),
        "encode-graph" => Ok(encode_graph(workload, MemoPolicy::All, repeats)),
        "encode-shared" => Ok(encode_graph(workload, MemoPolicy::Shared, repeats)),
        "encode-typed" => with_type!(workload, String, T => encode_typed::<T>(workload, repeats)),
        _ => return None,
    })
}

fn checksum(repeats: usize, mut sum: impl FnMut() -> Option<u64>) -> Report {
    run(repeats, (), |()| sum().expect("a pickle"), u64::to_string, |(), _| ())
}

fn graph(input: &'static [u8], repeats: usize) -> Report {
    let load = |loader: &mut Loader| loader.load(black_box(input)).expect("a pickle");
    run(repeats, Loader::new(), load, |graph| Tally::of(&graph.root()).to_string(), Loader::recycle)
}

fn audit(input: &'static [u8], repeats: usize) -> Report {
    let auditor = Auditor::new(Policy::default());
    let judge = |auditor: &mut Auditor| auditor.audit(black_box(input));
    let check = |report: &halfsour_audit::Report| {
        assert_eq!(report.completeness, Completeness::Complete);
        report.stats.opcodes.to_string()
    };
    run(repeats, auditor, judge, check, |_, _| ())
}

fn value(input: &'static [u8], repeats: usize) -> Report {
    let load = |loader: &mut Loader| {
        let graph = loader.load(black_box(input)).expect("a pickle");
        let value = graph.to_value(TreeLimits::TRUSTED).expect("a tree");
        loader.recycle(graph);
        value
    };
    run(repeats, Loader::new(), load, |value| Tally::of(value).to_string(), |_, _| ())
}

fn typed<T: Deserialize<'static> + Tallied>(input: &'static [u8], repeats: usize) -> Report {
    let load = |loader: &mut Loader| -> T {
        halfsour_serde::from_slice_with(loader, black_box(input)).expect("a pickle of such data")
    };
    run(repeats, Loader::new(), load, |value| Tally::of(value).to_string(), |_, _| ())
}

fn json(input: &'static [u8], repeats: usize) -> Report {
    let convert = |loader: &mut Loader| {
        let graph = loader.load(black_box(input)).expect("a pickle");
        let text = halfsour_json::to_vec(graph.root(), Style::plain()).expect("plain data");
        loader.recycle(graph);
        text
    };
    run(repeats, Loader::new(), convert, |text| text.len().to_string(), |_, _| ())
}

fn dis(input: &'static [u8], repeats: usize) -> Report {
    let write = |text: &mut String| {
        text.clear();
        let summary = Disassembly::new(black_box(input)).write_to(text).expect("a pickle");
        assert_eq!(summary.end, input.len());
        text.len()
    };
    run(repeats, String::new(), write, usize::to_string, |_, _| ())
}

fn encode_graph(workload: &Workload, memo: MemoPolicy, repeats: usize) -> Report {
    let graph = halfsour_vm::from_slice(workload.bytes).expect("a pickle");
    let options = Options::default().with_protocol(workload.protocol).with_memo(memo);
    let write = |pickler: &mut Pickler| pickler.dump(black_box(graph.root())).expect("it was read");
    let check = |pickle: &Vec<u8>| {
        // CPython wrote the file, so the bytes must be the same, memo included.
        assert!(memo != MemoPolicy::All || pickle == workload.bytes, "not the bytes that were read");
        pickle.len().to_string()
    };
    run(repeats, Pickler::new(&options), write, check, Pickler::recycle)
}

fn encode_typed<T>(workload: &Workload, repeats: usize) -> Report
where
    T: Serialize + Deserialize<'static> + Tallied,
{
    let data: T = halfsour_serde::from_slice(workload.bytes).expect("a pickle of such data");
    let options = WriteOptions::default().with_protocol(workload.protocol);
    let write = |buffer: &mut Vec<u8>| {
        let mut serializer = Serializer::with_buffer(&options, take(buffer)).expect("a protocol");
        black_box(&data).serialize(&mut serializer).expect("plain data");
        serializer.finish()
    };
    let check = |pickle: &Vec<u8>| {
        let graph = halfsour_vm::from_slice(pickle).expect("it was written");
        Tally::of(&graph.root()).to_string()
    };
    let again = |buffer: &mut Vec<u8>, mut pickle: Vec<u8>| {
        pickle.clear();
        *buffer = pickle;
    };
    run(repeats, Vec::new(), write, check, again)
}
