//! What may be held at once, counted by the allocator.

use allocation_counter::measure;
use halfsour_classes::canonical;
use halfsour_vm::{Error, Graph, Limits};

use crate::loader;

/// Runs something that may hold so many bytes.
pub fn within<T>(most: usize, input: &[u8], run: impl FnOnce() -> T) -> T {
    // The table of names is made when it is first looked into, and then kept.
    let _ = canonical("datetime", "date");
    let mut result = None;
    let held = measure(|| result = Some(run())).bytes_max;
    assert!(held <= most as u64, "{held} bytes are held, of {most}, for {}", input.escape_ascii());
    result.expect("it was run")
}

/// Loads into a graph of at most so many bytes. A part of it may be there twice, while it is moved to where there is more room; of
/// the stack, the marks and the memo, no opcode takes more than 32 bytes for each of its own.
pub fn load_within(memory: usize, input: &[u8]) -> Result<Graph<&[u8]>, Error> {
    let limits = Limits { memory, ..Limits::default() };
    within(2 * memory + 32 * input.len() + 4096, input, || loader(limits).load(input))
}
