//! Receives pickles, some of them malformed, of a program that puts their length before each.

use halfsour::vm::{Framing, Messages};

fn main() {
    let mut sent = Vec::new();
    for pickle in [&b"\x80\x04K\x01."[..], b"no pickle", b"\x80\x04K\x02."] {
        Framing::U32.write(&mut sent, pickle).expect("a Vec takes any bytes");
    }
    let mut numbers = Vec::new();
    for message in Messages::new(&sent[..], Framing::U32) {
        match message {
            Ok(graph) => numbers.extend(graph.root().as_i64()),
            Err(error) => println!("refused: {error}"),
        }
    }
    println!("{numbers:?}");
    assert_eq!(numbers, [1, 2]);
}
