//! Collections.

use std::fmt;

use halfsour_value::{Elements, Items, Node, Step, Steps};

use crate::call::Call;
use crate::debug::debug_fields;

/// `collections.OrderedDict`
#[derive(Clone)]
#[non_exhaustive]
pub struct OrderedDict<'g, S> {
    /// Keys and values.
    pub items: Pairs<'g, S>,
    /// Its attributes, a dict, if it was given some: what torch does to a `state_dict`.
    pub attributes: Option<Node<'g, S>>,
}

/// `collections.defaultdict`
#[derive(Clone)]
#[non_exhaustive]
pub struct DefaultDict<'g, S> {
    /// The function that makes the value of a missing key, or `None`.
    pub factory: Node<'g, S>,
    /// Keys and values.
    pub items: Pairs<'g, S>,
}

/// `collections.deque`
#[derive(Clone)]
#[non_exhaustive]
pub struct Deque<'g, S> {
    /// The members from left to right.
    pub items: Members<'g, S>,
    /// The largest number of members that it holds.
    pub maxlen: Option<u64>,
}

/// Keys and values, in the order of the stream. Unlike those of a dict, the keys are not compared: where a key comes twice, which no
/// pickler writes, Python keeps the last value.
pub struct Pairs<'g, S> {
    listed: Option<Elements<'g, S>>,
    items: Option<Items<'g, S>>,
    steps: Option<Steps<'g, S>>,
}

impl<'g, S: AsRef<[u8]>> Iterator for Pairs<'g, S> {
    type Item = (Node<'g, S>, Node<'g, S>);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(pair) = self.listed.as_mut().and_then(Iterator::next) {
            return Some((pair.at(0)?, pair.at(1)?));
        }
        loop {
            if let Some(pair) = self.items.as_mut().and_then(Iterator::next) {
                return Some(pair);
            }
            if let Step::SetItem(items) = self.steps.as_mut()?.next()? {
                self.items = Some(items);
            }
        }
    }
}

impl<S> Clone for Pairs<'_, S> {
    fn clone(&self) -> Self {
        Self { listed: self.listed.clone(), items: self.items.clone(), steps: self.steps.clone() }
    }
}

impl<'g, S> From<Items<'g, S>> for Pairs<'g, S> {
    fn from(items: Items<'g, S>) -> Self {
        Self { listed: None, items: Some(items), steps: None }
    }
}

/// The members of a sequence, in order.
pub struct Members<'g, S> {
    elements: Option<Elements<'g, S>>,
    /// The steps that append more.
    steps: Option<Steps<'g, S>>,
}

impl<S> Clone for Members<'_, S> {
    fn clone(&self) -> Self {
        Self { elements: self.elements.clone(), steps: self.steps.clone() }
    }
}

impl<'g, S> From<Elements<'g, S>> for Members<'g, S> {
    fn from(elements: Elements<'g, S>) -> Self {
        Self { elements: Some(elements), steps: None }
    }
}

impl<'g, S: AsRef<[u8]>> Iterator for Members<'g, S> {
    type Item = Node<'g, S>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(element) = self.elements.as_mut().and_then(Iterator::next) {
                return Some(element);
            }
            if let Step::Append(elements) = self.steps.as_mut()?.next()? {
                self.elements = Some(elements);
            }
        }
    }
}

impl<'g, S> Members<'g, S> {
    /// The members that these steps append.
    pub(super) fn appended(steps: Steps<'g, S>) -> Self {
        Self { elements: None, steps: Some(steps) }
    }
}

impl<'g, S> Pairs<'g, S> {
    /// The items of a list of lists with a key and a value each.
    pub(super) fn listed(pairs: Elements<'g, S>) -> Option<Self>
    where
        S: AsRef<[u8]>,
    {
        let is_pair = |pair: Node<'g, S>| pair.at(1).is_some() && pair.at(2).is_none();
        let all = pairs.clone().all(is_pair);
        all.then_some(Self { listed: Some(pairs), items: None, steps: None })
    }

    /// The items that these steps set.
    pub(super) fn set(steps: Steps<'g, S>) -> Self {
        Self { listed: None, items: None, steps: Some(steps) }
    }
}

/// `OrderedDict()` and items that are set; in Python 2 `OrderedDict([[key, value], …])`
pub(crate) fn ordered_dict<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<OrderedDict<'g, S>> {
    let listed = match call.up_to()? {
        (0, _) => None,
        (_, [list]) => Pairs::listed(list.elements()?)?.listed,
    };
    let mut attributes = None;
    for step in call.instance.steps() {
        match step {
            Step::SetItem(_) => {}
            Step::State(state) if attributes.is_none() => attributes = Some(state),
            _ => return None,
        }
    }
    let items = Pairs { listed, items: None, steps: Some(call.instance.steps()) };
    Some(OrderedDict { items, attributes })
}

/// `defaultdict(factory)` and items that are set
pub(crate) fn default_dict<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<DefaultDict<'g, S>> {
    let (_, [factory]) = call.up_to()?;
    Some(DefaultDict { factory, items: set_items(call)? })
}

/// `Counter({…})`
pub(crate) fn counter<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Pairs<'g, S>> {
    let [counts] = call.bare()?.exactly()?;
    counts.items().map(Pairs::from)
}

/// `SortedList([members])`, `SortedKeyList([members], key)`, with the members in their order
pub(crate) fn sorted_list<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Members<'g, S>> {
    let (count, [members, _]) = call.bare()?.up_to()?;
    (count > 0).then(|| members.elements().map(Members::from))?
}

fn set_items<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Pairs<'g, S>> {
    let steps = call.instance.steps();
    let all = steps.clone().all(|step| matches!(step, Step::SetItem(_)));
    all.then_some(Pairs { listed: None, items: None, steps: Some(steps) })
}

/// `deque([items[, maxlen]])`, and items that are appended
pub(crate) fn deque<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Deque<'g, S>> {
    let (count, [items, maxlen]) = call.up_to()?;
    let elements = if count == 0 { None } else { Some(items.elements()?) };
    let maxlen = if maxlen.is_none() { None } else { Some(u64::try_from(maxlen.as_i64()?).ok()?) };
    let steps = call.instance.steps();
    let all = steps.clone().all(|step| matches!(step, Step::Append(_)));
    all.then_some(Deque { items: Members { elements, steps: Some(steps) }, maxlen })
}

/// `ChainMap()` with `{maps}`
pub(crate) fn chain_map<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Members<'g, S>> {
    only_attribute(call, "maps")?.elements().map(Members::from)
}

/// `UserDict()` with `{data}`, and so `UserList`
pub(crate) fn user<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Node<'g, S>> {
    only_attribute(call, "data")
}

/// `UserString()` or `UserString(data)`, with `{data}`
pub(crate) fn user_string<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Node<'g, S>> {
    let (_, [_]) = call.up_to()?;
    let data = call.state()?;
    (data.len() == Some(1)).then(|| data.get("data"))?
}

fn only_attribute<'g, S: AsRef<[u8]>>(call: &Call<'g, S>, name: &str) -> Option<Node<'g, S>> {
    let [] = call.exactly()?;
    let state = call.state()?;
    (state.len() == Some(1)).then(|| state.get(name))?
}

debug_fields!(OrderedDict, this { items: this.items, attributes: this.attributes });
debug_fields!(DefaultDict, this { factory: this.factory, items: this.items });
debug_fields!(Deque, this { items: this.items, maxlen: this.maxlen });

impl<S: AsRef<[u8]>> fmt::Debug for Pairs<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Members<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
