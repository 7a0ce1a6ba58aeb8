//! Criterion's benchmarks of each step: from bytes to opcodes, to a graph, to a tree, to Rust types, to JSON, and back to
//! bytes. They run on the workloads of `cargo xtask bench --quick` if those were made, otherwise on the small committed ones:
//! `cargo bench -p halfsour-benches [--features peers] -- records.p4`.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use halfsour_audit::{Auditor, Policy};
use halfsour_benches::workload::{Workload, all, committed};
use halfsour_benches::{scan, with_type};
use halfsour_json::Style;
use halfsour_serde::WriteOptions;
use halfsour_value::TreeLimits;
use halfsour_vm::Loader;
use halfsour_writer::{MemoPolicy, Options, to_vec};
use serde::{Deserialize, Serialize};

fn ladder(c: &mut Criterion) {
    for workload in workloads() {
        let mut group = c.benchmark_group(workload.name());
        group.throughput(Throughput::Bytes(workload.bytes.len() as u64));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        down(&mut group, &workload);
        back(&mut group, &workload);
        let typed = with_type!(workload, String, T => rust_types::<T>(&mut group, &workload));
        if typed.is_ok() && workload.name() != "strings.p0" {
            let lent = with_type!(workload, &'static str, T => group.bench_function("typed, borrowed", |b| {
                b.iter(|| halfsour_serde::from_slice::<T>(black_box(workload.bytes)).unwrap());
            }));
            assert!(lent.is_ok());
        }
        #[cfg(feature = "peers")]
        peers::values(&mut group, &workload);
    }
}

fn workloads() -> Vec<Workload> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    let made = all(&target.join("bench/0.2")).unwrap_or_default();
    let mut workloads = if made.is_empty() { all(&committed()).expect("they are committed") } else { made };
    workloads.retain(|workload| !workload.path.to_string_lossy().contains('@'));
    workloads
}

/// The steps from bytes.
fn down(group: &mut BenchmarkGroup<'_, WallTime>, workload: &Workload) {
    let input = workload.bytes;
    group.bench_function("scan by hand", |b| b.iter(|| scan::scan(black_box(input))));
    group.bench_function("lex", |b| b.iter(|| scan::lex(black_box(input))));
    group.bench_function("graph", |b| b.iter(|| halfsour_vm::from_slice(black_box(input)).unwrap()));
    let mut loader = Loader::new();
    group.bench_function("graph, memory used again", |b| {
        b.iter(|| {
            let graph = loader.load(black_box(input)).unwrap();
            loader.recycle(graph);
        });
    });
    let auditor = Auditor::new(Policy::default());
    group.bench_function("audit", |b| b.iter(|| auditor.audit(black_box(input))));
    let graph = halfsour_vm::from_slice(input).unwrap();
    group.bench_function("graph → tree", |b| b.iter(|| graph.to_value(TreeLimits::TRUSTED).unwrap()));
    group.bench_function("graph → JSON", |b| {
        b.iter(|| halfsour_json::to_vec(graph.root(), Style::plain()).unwrap());
    });
}

/// The steps from the graph to bytes.
fn back(group: &mut BenchmarkGroup<'_, WallTime>, workload: &Workload) {
    let options = halfsour_vm::Options::default().with_record_memo(true);
    let graph = Loader::with_options(options).load(workload.bytes).unwrap();
    for (name, memo) in [
        ("graph → bytes", MemoPolicy::All),
        ("graph → bytes, memo only what is shared", MemoPolicy::Shared),
        ("graph → bytes, memo as read", MemoPolicy::AsRead),
    ] {
        let options = Options::default().with_protocol(workload.protocol).with_memo(memo);
        group.bench_function(name, |b| b.iter(|| to_vec(graph.root(), &options).unwrap()));
    }
}

fn rust_types<T>(group: &mut BenchmarkGroup<'_, WallTime>, workload: &Workload)
where
    T: Serialize + Deserialize<'static>,
{
    let input = workload.bytes;
    group.bench_function("typed", |b| {
        b.iter(|| halfsour_serde::from_slice::<T>(black_box(input)).unwrap());
    });
    let data: T = halfsour_serde::from_slice(input).unwrap();
    let options = WriteOptions::default().with_protocol(workload.protocol);
    group.bench_function("typed → bytes", |b| {
        b.iter(|| halfsour_serde::to_vec_with(&data, &options).unwrap());
    });
    #[cfg(feature = "peers")]
    peers::rust_types(group, input, &data);
}

#[cfg(feature = "peers")]
mod peers {
    use super::{BenchmarkGroup, Deserialize, Serialize, WallTime, Workload, black_box};
    use serde_pickle::{DeOptions, SerOptions};

    /// The same data in the formats of the peers.
    pub fn rust_types<T>(group: &mut BenchmarkGroup<'_, WallTime>, pickle: &'static [u8], data: &T)
    where
        T: Serialize + Deserialize<'static>,
    {
        let json: &'static [u8] = serde_json::to_vec(data).unwrap().leak();
        let packed: &'static [u8] = rmp_serde::to_vec_named(data).unwrap().leak();
        group.bench_function("serde-pickle, typed", |b| {
            b.iter(|| serde_pickle::from_slice::<T>(black_box(pickle), DeOptions::new()).unwrap());
        });
        group.bench_function("serde-pickle, typed → bytes", |b| {
            b.iter(|| serde_pickle::to_vec(data, SerOptions::new()).unwrap());
        });
        group.bench_function("serde_json, typed", |b| {
            b.iter(|| serde_json::from_slice::<T>(black_box(json)).unwrap());
        });
        group.bench_function("serde_json, tree", |b| {
            b.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(json)).unwrap());
        });
        group.bench_function("serde_json, typed → bytes", |b| {
            b.iter(|| serde_json::to_vec(data).unwrap());
        });
        group.bench_function("sonic-rs, typed", |b| {
            b.iter(|| sonic_rs::from_slice::<T>(black_box(json)).unwrap());
        });
        group.bench_function("sonic-rs, tree", |b| {
            b.iter(|| sonic_rs::from_slice::<sonic_rs::Value>(black_box(json)).unwrap());
        });
        group.bench_function("rmp-serde, typed", |b| {
            b.iter(|| rmp_serde::from_slice::<T>(black_box(packed)).unwrap());
        });
        group.bench_function("rmp-serde, typed → bytes", |b| {
            b.iter(|| rmp_serde::to_vec_named(data).unwrap());
        });
    }

    /// The trees of the peers, if they can read the pickle.
    pub fn values(group: &mut BenchmarkGroup<'_, WallTime>, workload: &Workload) {
        let input = workload.bytes;
        let read = || serde_pickle::value_from_slice(black_box(input), DeOptions::new());
        if let Ok(tree) = read() {
            group.bench_function("serde-pickle, tree", |b| b.iter(|| read().unwrap()));
            group.bench_function("serde-pickle, tree → bytes", |b| {
                b.iter(|| serde_pickle::value_to_vec(&tree, SerOptions::new()).unwrap());
            });
        }
        let read = || pickled::value_from_slice(black_box(input), pickled::DeOptions::new());
        if read().is_ok() {
            group.bench_function("pickled, tree", |b| b.iter(|| read().unwrap()));
        }
    }
}

criterion_group!(benches, ladder);
criterion_main!(benches);
