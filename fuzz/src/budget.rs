//! The memory that may be held at once, counted by the allocator.

use allocation_counter::measure;
use halfsour_classes::canonical;
use halfsour_vm::{Error, Graph, Limits};

use crate::loader;

/// Runs a function, and asserts that it holds at most `most` bytes at once.
pub fn within<T>(most: usize, input: &[u8], run: impl FnOnce() -> T) -> T {
    // The table of names is made on its first use, and then kept.
    let _ = canonical("datetime", "date");
    let mut result = None;
    let held = measure(|| result = Some(run())).bytes_max;
    assert!(held <= most as u64, "{held} bytes are held, of {most}, for {}", input.escape_ascii());
    result.expect("it was run")
}

/// Loads a graph of at most `memory` bytes, and asserts that loading holds no more. A part of the graph may be held twice, while
/// it moves to a larger allocation. The stack, the marks and the memo take at most 32 bytes for each byte of the input.
pub fn load_within(memory: usize, input: &[u8]) -> Result<Graph<&[u8]>, Error> {
    let limits = Limits::default().with_memory(memory);
    within(2 * memory + 32 * input.len() + 4096, input, || loader(limits).load(input))
}
