//! Streams, cut at every byte and with every byte changed: from bytes to JSON and to bytes again.

use halfsour_json::{Limits as JsonLimits, Style};
use halfsour_vm::Graph;
use halfsour_writer::{MemoPolicy, Options};

use crate::budget::{load_within, within};

/// How a byte is changed, in turn: one bit, or all of them.
const CHANGES: [u8; 9] = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff];

/// So little that many streams do not keep to it.
const MEMORY: usize = 1 << 14;
const JSON: usize = 1 << 12;

/// What became of the streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Soak {
    /// How many there were.
    pub streams: usize,
    /// How many could be read.
    pub read: usize,
    /// How many of those were written, to JSON and to a pickle.
    pub written: usize,
}

impl Soak {
    /// Takes a stream as it is, cut, and changed; at every byte, or at so many of a long one.
    ///
    /// # Panics
    ///
    /// If a layer does, or holds more than its budget.
    pub fn stream(&mut self, stream: &[u8], places: usize) {
        let step = stream.len().div_ceil(places).max(1);
        self.one(stream);
        for at in (self.streams % step..stream.len()).step_by(step) {
            self.one(&stream[..at]);
            let mut changed = stream.to_vec();
            changed[at] ^= CHANGES[self.streams / 2 % CHANGES.len()];
            self.one(&changed);
        }
    }

    fn one(&mut self, input: &[u8]) {
        self.streams += 1;
        let Ok(graph) = load_within(MEMORY, input) else { return };
        self.read += 1;
        let (json, pickles) = (Self::json(&graph), Self::pickles(&graph));
        self.written += usize::from(json && pickles);
    }

    fn json(graph: &Graph<&[u8]>) -> bool {
        let input = graph.source();
        let mut limits = JsonLimits::default();
        (limits.values, limits.bytes) = (JSON, JSON);
        // The text may be there twice, while it is moved to where there is more room.
        let most = 3 * (8 * input.len() + JSON) + MOST * graph.bytes_held() + FIRST;
        let styles = [Style::plain(), Style::lossless()].map(|style| style.limits(limits));
        styles.map(|style| within(most, input, || halfsour_json::to_vec(graph.root(), style)).is_ok())
            == [true; 2]
    }

    fn pickles(graph: &Graph<&[u8]>) -> bool {
        let most = MOST * (graph.source().len() + graph.bytes_held()) + FIRST;
        let mut options = Options::with_protocol(graph.protocol());
        let policies = [MemoPolicy::All, MemoPolicy::Shared, MemoPolicy::AsRead];
        policies.map(|memo| {
            options.memo = memo;
            within(most, graph.source(), || halfsour_writer::to_vec(graph.root(), &options)).is_ok()
        }) == [true; 3]
    }
}

/// What is made of a graph may hold so many bytes for each of the graph's, beside the first.
const MOST: usize = 4;
const FIRST: usize = 1 << 13;
