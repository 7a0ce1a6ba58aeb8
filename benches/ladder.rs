//! From bytes to opcodes, to a graph, to JSON, and back to bytes, on one corpus. `cargo bench -p halfsour-benches`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use halfsour_json::{Style, to_string};
use halfsour_lexer::Lexer;
use halfsour_vm::{Loader, from_slice};
use halfsour_writer::{Options, to_vec};

fn ladder(c: &mut Criterion) {
    for protocol in [0, 2, 4] {
        let pickle = halfsour_benches::records(10_000, protocol);
        let mut group = c.benchmark_group(format!("records p{protocol}"));
        group.throughput(Throughput::Bytes(pickle.len() as u64));
        group.bench_function("lex", |b| b.iter(|| Lexer::new(&pickle).map(Result::unwrap).count()));
        group.bench_function("graph", |b| b.iter(|| from_slice(black_box(&pickle)).unwrap().node_count()));
        let mut loader = Loader::new();
        group.bench_function("graph, memory used again", |b| {
            b.iter(|| {
                let graph = loader.load(black_box(&pickle[..])).unwrap();
                loader.recycle(graph);
            });
        });
        let graph = from_slice(&pickle).unwrap();
        group.bench_function("json", |b| b.iter(|| to_string(graph.root(), Style::plain()).unwrap().len()));
        let options = Options::with_protocol(protocol);
        assert_eq!(to_vec(graph.root(), &options).unwrap(), pickle);
        group.bench_function("write", |b| b.iter(|| to_vec(graph.root(), &options).unwrap().len()));
        group.finish();
    }
}

criterion_group!(benches, ladder);
criterion_main!(benches);
