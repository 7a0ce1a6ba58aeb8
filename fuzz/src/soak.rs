//! Reads streams that are cut at every byte, and with every byte changed, and writes them as JSON and as pickle.

use halfsour_json::{Limits as JsonLimits, Style};
use halfsour_vm::Graph;
use halfsour_writer::{MemoPolicy, Options};

use crate::budget::{load_within, within};

/// The masks by which bytes are changed, in turn: one bit, or all bits.
const CHANGES: [u8; 9] = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff];

/// A small budget of memory in bytes, which many streams exceed.
const MEMORY: usize = 1 << 14;
const JSON: usize = 1 << 12;

/// Counts of the streams and their results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Soak {
    /// The number of streams.
    pub streams: usize,
    /// The number of streams that could be read.
    pub read: usize,
    /// The number of those that could be written, as JSON and as pickle.
    pub written: usize,
}

impl Soak {
    /// Reads and writes a stream as it is, cut and changed, at every byte, or at `places` bytes of a longer stream.
    ///
    /// # Panics
    ///
    /// If a layer panics, or holds more than its budget.
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
        let limits = JsonLimits::default().with_values(JSON).with_bytes(JSON);
        // The text may be held twice, while it moves to a larger allocation.
        let most = 3 * (8 * input.len() + JSON) + MOST * graph.bytes_held() + FIRST;
        let styles = [Style::plain(), Style::lossless()].map(|style| style.with_limits(limits));
        styles.map(|style| within(most, input, || halfsour_json::to_vec(graph.root(), style)).is_ok())
            == [true; 2]
    }

    fn pickles(graph: &Graph<&[u8]>) -> bool {
        let most = MOST * (graph.source().len() + graph.bytes_held()) + FIRST;
        let mut options = Options::default().with_protocol(graph.protocol());
        let policies = [MemoPolicy::All, MemoPolicy::Shared, MemoPolicy::AsRead];
        policies.map(|memo| {
            options.memo = memo;
            within(most, graph.source(), || halfsour_writer::to_vec(graph.root(), &options)).is_ok()
        }) == [true; 3]
    }
}

/// The bytes that may be held while a graph is written, for each byte of the graph and its source, beyond [`FIRST`].
const MOST: usize = 4;
const FIRST: usize = 1 << 13;
