//! Data that costs the program that loads it more than it should.

use halfsour_vm::Graph;
use halfsour_vm::value::machine::{Peek, StepKind};
use halfsour_vm::value::{Data, Id, Node, View};
use hashbrown::{HashMap, HashSet};

use crate::Limits;
use crate::Rule;
use crate::hashes::{Family, Hashes};
use crate::report::{Action, Finding, Severity};
use crate::shapes::{Bad, Made, Shapes, made, most, objects};

/// Findings about the data as a whole.
pub(crate) fn findings(
    graph: &Graph<&[u8]>,
    limits: &Limits,
    shapes: &Shapes,
    within: &[String],
) -> Vec<Finding> {
    let finding = |id: Id, code: String, reason: &str| Finding {
        rule: Rule::R9,
        severity: Severity::Unknown,
        offset: graph.node(id).offset().unwrap_or(graph.start()),
        opcode: None,
        action: Action::Data,
        name: String::new(),
        code,
        reason: reason.to_owned(),
        times: 1,
        accepted: false,
        within: within.to_vec(),
        context: Vec::new(),
    };
    let mut found = Vec::new();
    match shapes.bad {
        Some(Bad::Large(id, size)) => {
            let code = format!("an object that unfolds into {size} items");
            found.push(finding(
                id,
                code,
                "repr, hash, copy and comparison visit shared parts again and again",
            ));
        }
        Some(Bad::Deep(id)) => {
            let code =
                format!("an object in which more than {} containers lie in each other", limits.nesting);
            found.push(finding(id, code, "repr, hash, copy and comparison recurse, beyond Python's stack"));
        }
        None => {
            if let Some((id, size)) = hashed(graph, limits, shapes) {
                let code = format!("keys that unfold into {size} items");
                let why = "a hash visits all of them, wherever the same key is taken again";
                found.push(finding(id, code, why));
            }
        }
    }
    if let Some((id, same)) = equal_hashes(graph, limits, shapes) {
        let code = format!("a dict or set with {same} keys of one hash");
        found.push(finding(id, code, "each further key of the same hash takes longer than the one before"));
    }
    found
}

/// The container with which all keys unfold into too many items, and into how many.
fn hashed(graph: &Graph<&[u8]>, limits: &Limits, shapes: &Shapes) -> Option<(Id, u64)> {
    let (view, most) = (graph.view(), most(graph, limits));
    let mut hashed = 0;
    shapes.hashing.iter().find_map(|&id| {
        hashed += keys(view, id).map(|key| shapes.size(key) - 1).sum::<u64>();
        (hashed > most).then_some((id, hashed))
    })
}

/// What a container hashes: the keys of a dict, or of what is given items as a dict is, and the members of a set.
fn keys(view: View<'_>, id: Id) -> impl Iterator<Item = Id> {
    let (ids, width): (&[Id], usize) = match view.peek(id) {
        Peek::Dict(ids) => (ids, 2),
        Peek::Set(ids) | Peek::FrozenSet(ids) => (ids, 1),
        _ => (&[], 1),
    };
    let set = match view.peek(id) {
        Peek::Instance(instance) => Some(instance.steps()),
        _ => None,
    };
    let set = set.into_iter().flatten().filter(|(kind, _)| *kind == StepKind::SetItem);
    ids.iter()
        .step_by(width)
        .copied()
        .chain(set.flat_map(|(_, items)| items.iter().step_by(2).copied()))
        .chain(given(view, id))
}

/// The keys that a class of containers makes of a list.
fn given(view: View<'_>, id: Id) -> impl Iterator<Item = Id> {
    let made = view.class(id).map_or(Made::Other, |class| made(view, class));
    let list = view.arguments(id).and_then(|(args, _)| view.sequence(*args.first()?));
    let list = list.filter(|_| matches!(made, Made::Set | Made::Dict)).unwrap_or_default();
    list.iter().filter_map(
        move |&item| {
            if made == Made::Set { Some(item) } else { view.sequence(item)?.first().copied() }
        },
    )
}

/// What it costs to compare times of two zones of dateutil, beside two items.
const ZONES: u64 = 1000;

/// The first container in which too many keys have one hash, or one that nobody knows, and how many have: as each is compared with the
/// others, of large keys there may be fewer.
fn equal_hashes(graph: &Graph<&[u8]>, limits: &Limits, shapes: &Shapes) -> Option<(Id, usize)> {
    let (view, visits) = (graph.view(), most(graph, limits));
    let are_many = |keys: &[Id]| {
        let (count, size) = (keys.len() as u64, keys.iter().map(|&key| shapes.size(key)).sum::<u64>());
        keys.len() > limits.equal_hashes || size > count && size.saturating_mul(count) > visits
    };
    let mut all = [Family::New, Family::Old, Family::Python2].map(|family| Hashes::new(graph, family));
    let mut asked = 0;
    for &id in &shapes.hashing {
        asked = all[0].pairs_of_zones(keys(view, id)).saturating_mul(ZONES).saturating_add(asked);
        if asked > visits {
            return Some((id, keys(view, id).count()));
        }
        let array = objects(view, id);
        let keys: Vec<Id> = array.map_or_else(|| keys(view, id).collect(), <[Id]>::to_vec);
        if !are_many(&keys) {
            continue;
        }
        // No more than these can have one hash without being many.
        let largest = keys.iter().map(|&key| shapes.size(key)).max().unwrap_or(1);
        let few = usize::try_from((visits / largest).isqrt()).unwrap_or(usize::MAX).min(limits.equal_hashes);
        for hashes in &mut all {
            let mut known = Vec::new();
            for &key in &keys {
                if !hashes.is_secret(key) {
                    known.extend(Some((hashes.of(key), key)).filter(|it| array.is_none() || it.0.is_some()));
                }
            }
            if !may_repeat(&known, few) {
                continue;
            }
            let mut same: HashMap<Option<u64>, Vec<Id>> = HashMap::new();
            for (hash, key) in known {
                same.entry(hash).or_default().push(key);
            }
            let own = own_keys(graph, id);
            let many = same.into_values().map(|same| distinct(graph, limits, shapes, own.as_ref(), same));
            if let Some(most) = many.filter(|same| are_many(same)).map(|same| same.len()).max() {
                return Some((id, most));
            }
        }
    }
    None
}

/// The keys of a dict or set, of those that are equal one.
fn own_keys(graph: &Graph<&[u8]>, id: Id) -> Option<HashSet<Id>> {
    match graph.node(id).data() {
        Data::Dict(items) => Some(items.map(|(key, _)| key.id()).collect()),
        Data::Set(items) | Data::FrozenSet(items) => Some(items.map(Node::id).collect()),
        _ => None,
    }
}

/// Whether more than `most` of these may have one hash: so many fall in one of as many places as there are hashes.
fn may_repeat(hashes: &[(Option<u64>, Id)], most: usize) -> bool {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let bits = hashes.len().next_power_of_two().trailing_zeros().max(1);
    let mut counts = vec![0; 1 << bits];
    hashes.iter().any(|(hash, _)| {
        let place = usize::try_from(hash.unwrap_or(1).wrapping_mul(MIX) >> (64 - bits)).unwrap_or(0);
        counts[place] += 1;
        counts[place] > most
    })
}

/// Those of them that differ, if there are so many that it matters: small ones as they are written. `own` are the keys of a dict or set.
fn distinct(
    graph: &Graph<&[u8]>,
    limits: &Limits,
    shapes: &Shapes,
    own: Option<&HashSet<Id>>,
    mut ids: Vec<Id>,
) -> Vec<Id> {
    const SMALL: u64 = 100;
    let mut known = HashSet::new();
    ids.retain(|&id| own.is_none_or(|own| own.contains(&id)) && known.insert(id));
    if ids.len() > limits.equal_hashes {
        let mut written = HashSet::new();
        let is_small = |id| shapes.size(id) <= SMALL;
        ids.retain(|&id| !is_small(id) || written.insert(graph.node(id).to_string()));
    }
    ids
}
