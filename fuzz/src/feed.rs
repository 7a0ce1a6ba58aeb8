//! The properties of reading pickles that arrive in pieces.

use bytes::BytesMut;
use halfsour_json::{Style, to_string};
use halfsour_vm::{Error, ErrorKind, Graph, Incremental, Limit};

/// Checks that pieces of any length give the same graph, or the same error, as the whole.
pub fn feed(input: &[u8]) {
    let whole = crate::load(input);
    for length in [1, 3, 64, usize::MAX] {
        match (&whole, of_pieces(input, length)) {
            (Ok(whole), Ok(graph)) => {
                assert_eq!((graph.node_count(), graph.end()), (whole.node_count(), whole.end()));
                assert_eq!(graph.source()[..], input[..graph.end()]);
                let [expected, found] = [lossless(whole), lossless(&graph)];
                assert_eq!(found, expected, "in pieces of {length}");
            }
            (_, Err(error)) if error.kind() == ErrorKind::Limit(Limit::Memory) => {
                // The budget grows with the input, so that of the beginning can be spent although that of the whole is not.
            }
            (Err(whole), Err(error)) if whole.kind() == ErrorKind::FrameTooLong => {
                // An error inside of a frame is found before the frame's end has arrived.
                assert!(error.offset() >= whole.offset(), "in pieces of {length}: {error}, {whole}");
            }
            (Err(whole), Err(error)) => {
                assert_eq!(error.to_string(), whole.to_string(), "in pieces of {length}");
            }
            (whole, graph) => panic!("in pieces of {length}: {:?}, {:?}", graph.err(), whole.as_ref().err()),
        }
    }
}

fn of_pieces(input: &[u8], length: usize) -> Result<Graph, Error> {
    let mut incremental = Incremental::with_options(crate::options());
    let mut buffer = BytesMut::new();
    for piece in input.chunks(length) {
        buffer.extend_from_slice(piece);
        if let Some(graph) = incremental.feed(&mut buffer)? {
            return Ok(graph);
        }
    }
    match incremental.finish(&mut buffer)? {
        Some(_) => panic!("an incomplete pickle is complete"),
        // The input was empty.
        None => crate::load(input).map(|_| unreachable!("nothing is no pickle")),
    }
}

fn lossless<S: AsRef<[u8]>>(graph: &Graph<S>) -> Option<String> {
    to_string(graph.root(), Style::lossless()).ok()
}
