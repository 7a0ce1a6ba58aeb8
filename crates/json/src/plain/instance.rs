//! Objects of classes that are not known: their class, arguments and attributes.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use halfsour_classes::state_fields;
use halfsour_value::{Id, Instance, Items, Step, Steps};

use super::{Member, Work, Writer};
use crate::Error;

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    pub(super) fn instance(&mut self, instance: Instance<'g, S>) -> Result<(), Error> {
        let steps = instance.steps();
        self.out.open(b'{');
        self.work.push(Work::Close(b'}'));
        if steps.clone().any(|step| matches!(step, Step::Append(_) | Step::Add(_))) {
            self.push([
                Work::Member("@items"),
                Work::Open(b'['),
                Work::Appended(steps.clone()),
                Work::Close(b']'),
            ]);
        }
        let members = self.members(steps)?;
        self.push_all(members);
        match instance.arguments() {
            Some((args, keywords)) => {
                if let Some(keywords) = keywords.filter(|keywords| !keywords.is_empty()) {
                    self.push([
                        Work::Member("@kwargs"),
                        Work::Open(b'{'),
                        Work::Items(keywords),
                        Work::Close(b'}'),
                    ]);
                }
                if !args.is_empty() {
                    self.push([
                        Work::Member("@args"),
                        Work::Open(b'['),
                        Work::Elements(args),
                        Work::Close(b']'),
                    ]);
                }
            }
            None => {
                if let Some(keywords) = instance.kwargs() {
                    self.push([Work::Member("@kwargs"), Work::Node(keywords)]);
                }
                self.push([Work::Member("@args"), Work::Node(instance.args())]);
            }
        }
        self.push([Work::Member("@class"), Work::Node(instance.class())]);
        Ok(())
    }

    /// Returns the work for the attributes and items that steps set. Each name is there once, with the value that was set last: what is set
    /// is looked at before, if several steps set something. Items that have the names of attributes stand apart, as `@dict`.
    fn members(&mut self, steps: Steps<'g, S>) -> Result<Vec<Work<'g, S>>, Error> {
        // Each group with whether it is of items, which may have the names of attributes.
        let (mut groups, mut states) = (Vec::new(), Vec::new());
        for step in steps {
            let state = match step {
                Step::State(state) => Some(state),
                // `setter(object, state)`
                Step::Call(call) => call.as_instance().and_then(|call| call.args().at(1)),
                Step::SetItem(group) => {
                    groups.push((true, group));
                    None
                }
                Step::Append(_) | Step::Add(_) => None,
            };
            match state.map(|state| state_fields(state).ok_or(state)) {
                Some(Ok(fields)) => {
                    let fields = fields.into_iter().filter(|group| !group.is_empty());
                    groups.extend(fields.map(|group| (false, group)));
                }
                Some(Err(state)) => states.push(state),
                None => {}
            }
        }
        let mut work = Vec::new();
        if groups.len() <= 1 {
            work.extend(groups.into_iter().map(|(_, group)| Work::Fields(group)));
        } else {
            let all = self.merged(groups)?;
            let name = |(is_item, (key, _)): &(bool, Member<'g, S>), wanted| {
                key.text_bytes().filter(|_| *is_item == wanted)
            };
            let names: HashSet<&[u8]> = all.iter().filter_map(|member| name(member, false)).collect();
            if all.iter().filter_map(|member| name(member, true)).any(|key| names.contains(key)) {
                let (items, fields): (Vec<_>, Vec<_>) = all.into_iter().partition(|(is_item, _)| *is_item);
                let members =
                    |all: Vec<(bool, _)>| all.into_iter().map(|(_, member)| member).collect::<Vec<_>>();
                work.push(Work::Merged(members(fields).into_iter()));
                work.extend([Work::Member("@dict"), Work::Open(b'{')]);
                work.extend([Work::Merged(members(items).into_iter()), Work::Close(b'}')]);
            } else {
                let members: Vec<_> = all.into_iter().map(|(_, member)| member).collect();
                work.push(Work::Merged(members.into_iter()));
            }
        }
        for (index, state) in states.into_iter().enumerate() {
            let name = if index == 0 { "@state".into() } else { format!("@state{}", index + 1).into() };
            work.extend([Work::Name(name), Work::Node(state)]);
        }
        Ok(work)
    }

    /// The members of all groups, as a dict of Python has them: in the place of the first, with the value of the last.
    fn merged(&mut self, groups: Vec<(bool, Items<'g, S>)>) -> Result<Vec<(bool, Member<'g, S>)>, Error> {
        let mut all: Vec<(bool, Member<'g, S>)> = Vec::new();
        let mut places: HashMap<(bool, Result<&[u8], Id>), usize> = HashMap::new();
        for (is_item, group) in groups {
            for (key, value) in group {
                self.spend(1)?;
                match places.entry((is_item, key.text_bytes().ok_or(key.id()))) {
                    Entry::Occupied(place) => all[*place.get()].1.1 = value,
                    Entry::Vacant(place) => {
                        place.insert(all.len());
                        all.push((is_item, (key, value)));
                    }
                }
            }
        }
        Ok(all)
    }

    pub(super) fn appended(&mut self, mut steps: Steps<'g, S>) {
        let Some(step) = steps.next() else { return };
        self.work.push(Work::Appended(steps));
        match step {
            Step::Append(elements) | Step::Add(elements) => self.work.push(Work::Elements(elements)),
            Step::State(_) | Step::Call(_) | Step::SetItem(_) => {}
        }
    }
}
