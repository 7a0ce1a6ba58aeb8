//! What a pickle refers to, and does not hold.

use std::collections::HashSet;

use halfsour_classes::numpy::array_file;
use halfsour_classes::torch::{Place as StoragePlace, Storage};
use halfsour_inspect::path::Place;
use halfsour_text::phrase::plural;
use halfsour_value::Kind;

use crate::convert::{Out, Subject};

/// Leaves out the arrays whose files are missing. Returns how many storages of torch the data refers to: `3 storages`; `None` if there are
/// none.
pub(super) fn noted(data: &Subject<'_>, out: &mut Out<'_>) -> Option<String> {
    let nodes = match &data.place {
        Place::Node(node) => std::slice::from_ref(node),
        Place::Members(members) => members,
        // Arrays and tables are read from what is there.
        _ => return None,
    };
    let (mut storages, mut files) = (HashSet::new(), HashSet::new());
    for node in nodes.iter().flat_map(|node| node.descendants()) {
        if data.torch.is_some() && node.kind() == Kind::PersistentId {
            storages.insert(match Storage::of(node).map(|storage| storage.place) {
                Some(StoragePlace::Beside { key, .. }) => Some(key),
                _ => None,
            });
        }
        if let Some(file) = array_file(node)
            && files.insert(node.id())
        {
            out.leave_out(file.into_owned(), "a file with an array, which is missing or cannot be read");
        }
    }
    (!storages.is_empty()).then(|| plural(storages.len(), "storage"))
}

/// As [`noted`], for text, which shows how the data refers to storages: a note says that they are not in it.
pub(super) fn check(data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), crate::ConvertError> {
    if let Some(storages) = noted(data, out) {
        out.note(format!("{storages}: JSON does not have what is in them; safetensors and npz hold tensors"));
    }
    out.check()
}
