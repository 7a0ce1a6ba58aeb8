//! torch's tensors: whether they have room in their storage.

use halfsour_vm::Loader;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, View};

use crate::at::At;

/// Why a tensor of these arguments (storage, offset, size, stride) may not be made; `is_copied` says that memory is taken for its items.
/// Of old files, torch would make the storage as large as is asked for.
pub(super) fn objection(at: At<'_>, args: &[Id], is_copied: bool) -> Option<&'static str> {
    const BEYOND: &str = "it has more items than its storage";
    const MOST_DIMENSIONS: usize = 64;
    let &[storage, offset, size, stride, ..] = args else { return Some(BEYOND) };
    let count = match at.view.peek(storage) {
        Peek::PersistentId(id) => count(at.view, id),
        // The storage lies in the pickle as a file of its own.
        Peek::Instance(_) => {
            at.view.arguments(storage).and_then(|(args, _)| count_within(at.view, *args.first()?))
        }
        _ => None,
    };
    let Some(count) = count else { return Some("the size of its storage is not known") };
    let (Some(sizes), Some(strides)) = (at.view.sequence(size), at.view.sequence(stride)) else {
        return Some(BEYOND);
    };
    if sizes.len() > MOST_DIMENSIONS || sizes.len() != strides.len() {
        return Some(BEYOND);
    }
    let (mut items, mut end) = (1_u64, number(at.view, offset)?);
    for (&size, &stride) in sizes.iter().zip(strides) {
        let (Some(size), Some(stride)) = (number(at.view, size), number(at.view, stride)) else {
            return Some(BEYOND);
        };
        items = items.saturating_mul(size);
        end = end.saturating_add(size.saturating_sub(1).saturating_mul(stride));
    }
    let is_beyond = items > 0 && end >= count || is_copied && items > count;
    is_beyond.then_some(BEYOND)
}

fn number(view: View<'_>, id: Id) -> Option<u64> {
    match view.peek(id) {
        Peek::Int(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

/// How many items a storage has, by its persistent id.
fn count(view: View<'_>, id: Id) -> Option<u64> {
    match view.sequence(id)? {
        &[_, _, _, _, count, ..] => number(view, count),
        _ => None,
    }
}

/// How many items the one storage has that an old file in bytes has for its object.
fn count_within(view: View<'_>, bytes: Id) -> Option<u64> {
    // Before it stand the magic number, the protocol and the system.
    const OBJECT: usize = 3;
    let Peek::Bytes(bytes) = view.peek(bytes) else { return None };
    let mut start = 0;
    for _ in 0..OBJECT {
        start = Loader::new().load_at(bytes, start).ok()?.end();
    }
    let graph = Loader::new().load_at(bytes, start).ok()?;
    match graph.view().peek(graph.root().id()) {
        Peek::PersistentId(id) => count(graph.view(), id),
        _ => None,
    }
}
