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
    let Some(offset) = number(at.view, offset) else { return Some(BEYOND) };
    let (mut items, mut end) = (1_u64, offset);
    for (&size, &stride) in sizes.iter().zip(strides) {
        let (Some(size), Some(stride)) = (number(at.view, size), number(at.view, stride)) else {
            return Some(BEYOND);
        };
        items = items.saturating_mul(size);
        end = end.saturating_add(size.saturating_sub(1).saturating_mul(stride));
    }
    if items > 0 && end >= count || is_copied && items > count {
        return Some(BEYOND);
    }
    let has_scales = !is_copied || args.get(4).is_some_and(|&by| has_scales(at.view, sizes, by).is_some());
    (!has_scales).then_some("it has not as many scales as channels")
}

/// How many items a tensor of these arguments has.
pub(super) fn items(at: At<'_>, args: &[Id]) -> u64 {
    let sizes = args.get(2).and_then(|&size| at.view.sequence(size)).unwrap_or_default();
    sizes.iter().fold(1, |items, &size| items.saturating_mul(number(at.view, size).unwrap_or(0)))
}

/// Whether a quantised tensor has one scale, or as many of them, and of zero points, as it has channels.
fn has_scales(view: View<'_>, sizes: &[Id], by: Id) -> Option<()> {
    let &[_, scales, points, axis] = view.sequence(by)? else { return Some(()) };
    let channels = number(view, *sizes.get(usize::try_from(number(view, axis)?).ok()?)?)?;
    let are_all = |of: Id| match view.peek(of) {
        Peek::List(list) => Some(list.len() as u64),
        _ => {
            let (&[_, _, size, ..], _) = view.arguments(of)? else { return None };
            let sizes = view.sequence(size)?;
            sizes.iter().try_fold(1_u64, |items, &size| items.checked_mul(number(view, size)?))
        }
    };
    (are_all(scales)? == channels && are_all(points)? == channels).then_some(())
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
