//! Tables of astropy: each column is copied, and so is what is said of it.

use halfsour_vm::value::Id;
use halfsour_vm::value::machine::{Peek, StepKind};

use super::Judge;
use super::acts::LARGE;
use crate::at::At;

/// Why a table is not allowed.
pub(super) const NO_TABLE: &str = "it has other things than columns, or they are copied again and again";
/// Why a column is not.
pub(super) const COPIED: &str = "what is said of the column is copied, and is much, or unknown";

/// How much may be said of a column or table: keys with values that are copied at once.
const MOST: usize = 20;

impl Judge<'_, '_> {
    /// Whether a table is made of columns, and of no more bytes than may be copied.
    pub(super) fn is_table(&mut self, at: At<'_>, state: Id) -> bool {
        let Some(&[columns, ref meta @ ..]) = at.view.sequence(state) else { return false };
        if !meta.iter().all(|&meta| is_small(at, meta)) {
            return false;
        }
        let Some(items) = items(at, columns) else { return false };
        let mut size = LARGE;
        for pair in items.chunks_exact(2) {
            match (at.view.text_bytes(pair[0]), column(at, pair[1])) {
                (Some(_), Some(bytes)) => size = size.saturating_add(bytes),
                _ => return false,
            }
        }
        !self.spend(size)
    }
}

/// Whether the state of an array is none of a column of astropy, whose own part are six things, or has little that would be copied.
pub(super) fn is_small_column(at: At<'_>, state: Id) -> bool {
    let own = at.view.sequence(state).and_then(<[Id]>::last);
    match own.map(|&own| at.view.peek(own)) {
        Some(Peek::Tuple(&[_, _, _, _, meta, _])) => is_small(at, meta),
        _ => true,
    }
}

/// How many bytes or items a column has, if it is one.
fn column(at: At<'_>, id: Id) -> Option<u64> {
    let [module, _] = at.view.global(*at.view.arguments(id)?.0.first()?)?;
    let Peek::Instance(instance) = at.view.peek(id) else { return None };
    let (_, state) = instance.steps().find(|(kind, _)| *kind == StepKind::State)?;
    let &[_, _, _, _, data, ref more @ ..] = at.view.sequence(*state.first()?)? else { return None };
    let length = |id| match at.view.peek(id) {
        Peek::Bytes(bytes) | Peek::ByteString(bytes) | Peek::Str(bytes) => bytes.len() as u64,
        Peek::List(items) => items.len() as u64,
        _ => 0,
    };
    (module == b"astropy.table.column")
        .then(|| LARGE + length(data) + more.first().map_or(0, |&mask| length(mask)))
}

/// Whether it is nothing, or a dict of few things that are no containers.
fn is_small(at: At<'_>, meta: Id) -> bool {
    let items = match at.view.peek(meta) {
        Peek::None => return true,
        Peek::Dict(items) => Some(items.to_vec()),
        _ => items(at, meta),
    };
    let is_plain = |&id: &Id| {
        matches!(
            at.view.peek(id),
            Peek::None
                | Peek::Bool(_)
                | Peek::Int(_)
                | Peek::Float(_)
                | Peek::Str(_)
                | Peek::ByteString(_)
                | Peek::Bytes(_)
        )
    };
    items.is_some_and(|items| items.len() <= 2 * MOST && items.iter().all(is_plain))
}

/// The keys and values of an `OrderedDict` to which nothing else was done.
fn items(at: At<'_>, dict: Id) -> Option<Vec<Id>> {
    let [module, name] = at.view.global(at.view.class(dict)?)?;
    let (args, None) = at.view.arguments(dict)? else { return None };
    let is_ordered = (module, name) == (b"collections", b"OrderedDict") && args.is_empty();
    let Peek::Instance(instance) = at.view.peek(dict) else { return None };
    let mut items = Vec::new();
    for (kind, set) in instance.steps() {
        if kind != StepKind::SetItem {
            return None;
        }
        items.extend(set);
    }
    is_ordered.then_some(items)
}
