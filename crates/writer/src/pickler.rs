//! [`Pickler`], and the functions that write one graph.

use std::io::Write;
use std::mem::take;

use halfsour_value::Node;

use crate::graph::Writer;
use crate::memo::Memo;
use crate::{Emitter, Error, MemoPolicy, Options};

/// Returns the pickle of an object and all objects that it refers to.
///
/// `to_vec` of `halfsour-serde`, which is `halfsour::to_vec`, writes a Rust type.
///
/// # Errors
///
/// - The protocol does not exist.
/// - The protocol cannot express something: a persistent id that is not text in protocol 0, a name with a newline below
///   protocol 4, an out-of-band buffer without contents below protocol 5.
/// - The pickle would exceed the limits.
pub fn to_vec<S: AsRef<[u8]>>(node: Node<'_, S>, options: &Options) -> Result<Vec<u8>, Error> {
    Pickler::new(options).dump(node)
}

/// Writes the pickle of an object and all objects that it refers to.
///
/// The whole pickle is made in memory, then written at once: a writer need not be buffered, and nothing is written if there
/// is an error in the data.
///
/// # Errors
///
/// As [`to_vec`], and if `writer` fails.
pub fn to_writer<S: AsRef<[u8]>>(
    mut writer: impl Write,
    node: Node<'_, S>,
    options: &Options,
) -> Result<(), Error> {
    Ok(writer.write_all(&to_vec(node, options)?)?)
}

/// Writes graphs, one after the other, and uses the same memory again for each.
///
/// ```
/// use halfsour_writer::{Options, Pickler};
///
/// let mut pickler = Pickler::new(&Options::default().with_protocol(2));
/// for input in [b"K\x01.", b"K\x02."] {
///     let graph = halfsour_vm::from_slice(input).unwrap();
///     let pickle = pickler.dump(graph.root())?;
///     assert_eq!(pickle[2..], input[..]);
///     pickler.recycle(pickle);
/// }
/// # Ok::<(), halfsour_writer::Error>(())
/// ```
#[derive(Debug)]
pub struct Pickler {
    options: Options,
    slots: Vec<u32>,
    buffer: Vec<u8>,
}

impl Pickler {
    /// Creates a pickler with the given options.
    pub fn new(options: &Options) -> Self {
        Self { options: *options, slots: Vec::new(), buffer: Vec::new() }
    }

    /// Returns the pickle of an object and all objects that it refers to. Each pickle has a memo of its own.
    ///
    /// # Errors
    ///
    /// As [`to_vec`].
    pub fn dump<S: AsRef<[u8]>>(&mut self, node: Node<'_, S>) -> Result<Vec<u8>, Error> {
        let (graph, options) = (node.graph(), &self.options);
        let recorded: Option<Vec<_>> = match options.memo {
            MemoPolicy::AsRead => {
                let memo = graph.recorded_memo();
                memo.map(|memo| memo.map(|(slot, node)| (slot as u64, node.id())).collect())
            }
            MemoPolicy::All | MemoPolicy::Shared => None,
        };
        let policy = match (options.memo, &recorded) {
            (MemoPolicy::AsRead, None) => MemoPolicy::All,
            (policy, _) => policy,
        };
        let most = options.limits.length(graph);
        let mut memo = Memo::new(policy, graph.node_count(), take(&mut self.slots));
        let mut buffer = take(&mut self.buffer);
        // The pickle is usually about as long as the source.
        buffer.reserve(graph.source().as_ref().len());
        loop {
            if memo.needs_second_pass() {
                let mut first = Writer::new(graph, Emitter::new(options)?, memo);
                first.run(node.id(), most)?;
                memo = first.memo.second_pass(recorded.as_deref().unwrap_or_default());
            }
            let mut writer = Writer::new(graph, Emitter::with_buffer(options, buffer)?, memo);
            writer.follow_dialect();
            writer.run(node.id(), most)?;
            buffer = writer.emitter.finish();
            if writer.memo.is_void() {
                memo = writer.memo.start_over();
                buffer.clear();
            } else {
                self.slots = writer.memo.into_slots();
                return Ok(buffer);
            }
        }
    }

    /// Takes back a pickle that is no longer needed, to use its memory for the next one.
    pub fn recycle(&mut self, mut pickle: Vec<u8>) {
        pickle.clear();
        self.buffer = pickle;
    }
}
