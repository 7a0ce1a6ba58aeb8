//! The lines of the table: what is measured, against what, with which target.

use super::run::{Contender, Run};

/// The Python that others are compared with.
pub const BASE: &str = "3.11";
/// The later Python, for information.
pub const LATER: &str = "3.13";

/// A line of the table.
pub struct Line {
    /// The title: the two sides that are compared.
    pub what: &'static str,
    /// The workload.
    pub on: &'static str,
    /// The way from runs to the value.
    pub measure: Measure,
    /// The targets, cold and warm.
    pub target: Option<[f64; 2]>,
}

/// The way from runs to the value of a line.
pub enum Measure {
    /// The factor by which the first run is faster than the second.
    Speed(Run, Run),
    /// The bytes of memory beyond the input, for each byte of input.
    Memory(Run),
    /// The factor by which the time for a byte differs between sizes.
    Linear(Vec<Run>),
}

impl Measure {
    /// Returns all runs that the value needs.
    pub fn runs(&self) -> Vec<&Run> {
        match self {
            Self::Speed(ours, theirs) => vec![ours, theirs],
            Self::Memory(run) => vec![run],
            Self::Linear(runs) => runs.iter().collect(),
        }
    }

    /// Returns whether a value meets a target.
    pub fn meets(&self, value: f64, target: f64) -> bool {
        match self {
            Self::Speed(..) => value >= target,
            Self::Memory(_) | Self::Linear(_) => value <= target,
        }
    }
}

/// The workloads of ordinary size.
pub const FILES: [&str; 18] = [
    "records.p4",
    "records.p2",
    "records.p0",
    "ints.p4",
    "ints.p0",
    "floats.p4",
    "floats.p0",
    "strings.p4",
    "strings.p0",
    "bigdict.p4",
    "memo.p4",
    "nested.p4",
    "objects.p4",
    "stdlib.p4",
    "state_dict.p2",
    "numpy.p5",
    "bytes.p4",
    "bigints.p4",
];

/// The workloads that are also made in the formats of the peers.
pub const PREPARED: [&str; 5] = ["records.p4", "ints.p4", "floats.p4", "strings.p4", "bigdict.p4"];

/// The workloads of other sizes: 1, 5, 50 and 200 MB of records.
pub const SIZED: [&str; 4] = ["records@60", "records@300", "records@3000", "records@12000"];

const DISASSEMBLED: &str = "records@60.p4";
const SIZES: [&str; 3] = ["records@300.p4", "records@3000.p4", "records@12000.p4"];

/// Graphs against `loads`: file, cold, warm.
const GRAPH: [(&str, f64, f64); 15] = [
    ("records.p4", 4.0, 7.0),
    ("records.p2", 4.0, 7.0),
    ("records.p0", 4.0, 5.5),
    ("ints.p4", 2.5, 4.0),
    ("ints.p0", 4.0, 5.0),
    ("floats.p4", 3.0, 9.0),
    ("floats.p0", 7.5, 8.5),
    ("strings.p4", 2.7, 5.0),
    ("strings.p0", 4.0, 5.0),
    ("bigdict.p4", 9.0, 18.0),
    ("memo.p4", 5.0, 9.0),
    ("nested.p4", 4.0, 7.0),
    ("objects.p4", 6.0, 13.0),
    ("state_dict.p2", 10.0, 22.0),
    ("numpy.p5", 12.0, 30.0),
];

/// Graphs against serde-pickle's `Value`.
const SERDE_PICKLE: [(&str, f64); 6] = [
    ("records.p4", 12.0),
    ("nested.p4", 12.0),
    ("bigdict.p4", 40.0),
    ("ints.p4", 6.0),
    ("strings.p4", 7.0),
    ("floats.p4", 4.0),
];

/// Audits against graphs. An audit may take three times as long. The policy lists all classes but that of `objects`.
const AUDITED: [&str; 8] = [
    "records.p4",
    "ints.p4",
    "strings.p4",
    "bytes.p4",
    "numpy.p5",
    "state_dict.p2",
    "objects.p4",
    "stdlib.p4",
];

/// Rust types against `loads`: job, file, cold, warm.
const TYPED: [(&str, &str, f64, f64); 6] = [
    ("typed-owned", "records.p4", 2.8, 3.5),
    ("typed-borrowed", "records.p4", 3.5, 5.0),
    ("typed-owned", "ints.p4", 2.5, 2.5),
    ("typed-owned", "floats.p4", 3.0, 3.0),
    ("typed-owned", "strings.p4", 2.0, 2.0),
    ("typed-owned", "bigdict.p4", 1.0, 1.0),
];

/// Rust types against `dumps`.
const ENCODED: [(&str, f64); 4] =
    [("records.p4", 20.0), ("strings.p4", 12.0), ("ints.p4", 8.0), ("floats.p4", 10.0)];

/// The peers on the same data: job, extension of the file, whether the job writes.
const PEERS: [(&str, &str, bool); 10] = [
    ("serde-pickle-value", "pkl", false),
    ("serde-pickle-owned", "pkl", false),
    ("pickled-value", "pkl", false),
    ("rmp-serde-owned", "msgpack", false),
    ("serde_json-value", "json", false),
    ("serde_json-owned", "json", false),
    ("sonic-rs-value", "json", false),
    ("sonic-rs-owned", "json", false),
    ("serde_json-encode", "pkl", true),
    ("rmp-serde-encode", "pkl", true),
];

fn ours(job: &'static str, file: &str) -> Run {
    peer(job, file, "pkl")
}

fn peer(job: &'static str, file: &str, extension: &str) -> Run {
    Run { contender: Contender::Rust, job, file: format!("{file}.{extension}") }
}

fn python(version: &'static str, job: &'static str, file: &str) -> Run {
    Run { contender: Contender::Python(version), job, file: format!("{file}.pkl") }
}

fn speed(what: &'static str, on: &'static str, ours: Run, theirs: Run, target: Option<[f64; 2]>) -> Line {
    Line { what, on, measure: Measure::Speed(ours, theirs), target }
}

/// Returns all lines: those with a target, then those for information.
pub fn all() -> Vec<Line> {
    let mut lines = with_targets();
    lines.extend(for_information());
    lines
}

fn with_targets() -> Vec<Line> {
    let mut lines = Vec::new();
    for file in FILES {
        let target = Some([0.9, 0.9]);
        lines.push(speed("lexer : scan loop", file, ours("lex", file), ours("scan", file), target));
    }
    let loads = |file| python(BASE, "loads", file);
    for (file, cold, warm) in GRAPH {
        lines.push(speed("graph : loads", file, ours("graph", file), loads(file), Some([cold, warm])));
    }
    for (file, target) in SERDE_PICKLE {
        let theirs = ours("serde-pickle-value", file);
        let what = "graph : serde-pickle Value";
        lines.push(speed(what, file, ours("graph", file), theirs, Some([target; 2])));
    }
    for file in AUDITED {
        lines.push(speed(
            "audit : graph",
            file,
            ours("audit", file),
            ours("graph", file),
            Some([0.33, 0.33]),
        ));
    }
    for (job, file, cold, warm) in TYPED {
        let what = if job == "typed-owned" { "typed, owned : loads" } else { "typed, borrowed : loads" };
        lines.push(speed(what, file, ours(job, file), loads(file), Some([cold, warm])));
    }
    let records = "records.p4";
    for (what, job, theirs) in [
        ("typed, owned : rmp-serde", "typed-owned", "rmp-serde-owned"),
        ("typed, borrowed : rmp-serde", "typed-borrowed", "rmp-serde-borrowed"),
    ] {
        lines.push(speed(
            what,
            records,
            ours(job, records),
            peer(theirs, records, "msgpack"),
            Some([1.0; 2]),
        ));
    }
    for (file, target) in ENCODED {
        let (ours_, theirs) = (ours("encode-typed", file), python(BASE, "dumps", file));
        lines.push(speed("encode typed : dumps", file, ours_, theirs, Some([target; 2])));
    }
    for (file, _) in ENCODED {
        let (ours_, theirs) = (ours("encode-typed", file), ours("serde-pickle-encode", file));
        lines.push(speed("encode typed : serde-pickle", file, ours_, theirs, Some([1.2; 2])));
    }
    for (file, target) in [(records, 6.0), ("memo.p4", 10.0)] {
        let (ours_, theirs) = (ours("encode-graph", file), python(BASE, "dumps", file));
        lines.push(speed("encode graph : dumps", file, ours_, theirs, Some([target; 2])));
    }
    let theirs = python(BASE, "json", records);
    lines.push(speed(
        "pickle to JSON : json.dumps(loads)",
        records,
        ours("json", records),
        theirs,
        Some([6.0; 2]),
    ));
    let (ours_, theirs) = (ours("dis", DISASSEMBLED), python(BASE, "dis", DISASSEMBLED));
    lines.push(speed("disassembly : pickletools.dis", DISASSEMBLED, ours_, theirs, Some([150.0; 2])));
    for (what, job, most) in [
        ("memory beyond input, graph", "graph", 3.5),
        ("memory beyond input, typed, borrowed", "typed-borrowed", 2.0),
        ("memory beyond input, value tree", "value", 9.0),
    ] {
        let measure = Measure::Memory(ours(job, records));
        lines.push(Line { what, on: records, measure, target: Some([most; 2]) });
    }
    let measure = Measure::Linear(SIZES.map(|file| ours("graph", file)).into());
    let on = "records.p4 at 5, 50, 200 MB";
    lines.push(Line { what: "time for a byte, largest : smallest", on, measure, target: Some([1.15; 2]) });
    lines
}

fn for_information() -> Vec<Line> {
    let mut lines = Vec::new();
    for file in FILES {
        let base = python(BASE, "loads", file);
        if GRAPH.iter().all(|(named, ..)| *named != file) {
            lines.push(speed("graph : loads", file, ours("graph", file), base.clone(), None));
        }
        let collecting = python(BASE, "loads-gc", file);
        lines.push(speed("CPython 3.11, gc on : loads", file, collecting, base.clone(), None));
        lines.push(speed("CPython 3.13 : loads", file, python(LATER, "loads", file), base, None));
    }
    for file in PREPARED {
        lines.push(speed("value tree : loads", file, ours("value", file), python(BASE, "loads", file), None));
    }
    for (job, extension, writes) in PEERS {
        for file in PREPARED {
            let theirs = python(BASE, if writes { "dumps" } else { "loads" }, file);
            lines.push(speed(job, file, peer(job, file, extension), theirs, None));
        }
    }
    for file in ["records.p4", "memo.p4"] {
        let (ours_, theirs) = (ours("encode-graph", file), python(BASE, "dumps-fast", file));
        lines.push(speed("encode graph : dumps, fast=True", file, ours_, theirs, None));
    }
    for (what, job) in [
        ("memory beyond input, serde-pickle Value", "serde-pickle-value"),
        ("memory beyond input, typed, owned", "typed-owned"),
    ] {
        let on = "records.p4";
        lines.push(Line { what, on, measure: Measure::Memory(ours(job, on)), target: None });
    }
    let measure = Measure::Memory(python(BASE, "loads", "records.p4"));
    lines.push(Line { what: "memory beyond input, CPython 3.11", on: "records.p4", measure, target: None });
    lines
}
