//! torch's tensors: whether they have room in their storage.

use halfsour_vm::value::Id;
use halfsour_vm::value::machine::Peek;

use crate::at::At;

/// Whether a tensor of these arguments (storage, offset, size, stride) has items beyond its storage. Of old files, torch
/// would make the storage as large. A storage that lies in the pickle as a file is not looked into.
pub(super) fn is_beyond_storage(at: At<'_>, args: &[Id]) -> bool {
    const MOST_DIMENSIONS: usize = 64;
    let &[storage, offset, size, stride, ..] = args else { return false };
    let Peek::PersistentId(id) = at.view.peek(storage) else { return false };
    let Some(&[_, _, _, _, count, ..]) = at.view.sequence(id) else { return false };
    let (Some(sizes), Some(strides)) = (at.view.sequence(size), at.view.sequence(stride)) else {
        return true;
    };
    let number = |id| match at.view.peek(id) {
        Peek::Int(number) => u64::try_from(number).ok(),
        _ => None,
    };
    if sizes.len() > MOST_DIMENSIONS || sizes.len() != strides.len() {
        return true;
    }
    let mut is_empty = false;
    let Some(mut end) = number(offset) else { return true };
    for (&size, &stride) in sizes.iter().zip(strides) {
        let (Some(size), Some(stride)) = (number(size), number(stride)) else { return true };
        is_empty |= size == 0;
        end = end.saturating_add(size.saturating_sub(1).saturating_mul(stride));
    }
    !is_empty && number(count).is_none_or(|count| end >= count)
}
