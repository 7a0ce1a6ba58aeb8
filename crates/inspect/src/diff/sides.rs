//! [`Side`]: the pickles of a file, and which pickle of one file belongs to which of the other.

use std::collections::{HashMap, HashSet};

use halfsour_files::{JoblibArrays, Part, PickleError, Torch};
use halfsour_value::Graph;
use halfsour_value::path::Path;
use halfsour_vm::Loader;

use super::storage::Storages;
use super::{Diff, DiffError, Step};
use crate::path::resolve;

/// The pickles of one side of a comparison.
#[derive(Debug, Default)]
pub struct Side<'p> {
    /// The name of the file.
    file: &'p str,
    pickles: Vec<Pickle<'p>>,
}

#[derive(Debug)]
struct Pickle<'p> {
    graph: Graph<&'p [u8]>,
    torch: Option<&'p Torch>,
    /// The name of the member of the file in which it is.
    member: Option<&'p str>,
}

/// Two pickles that belong together, or one that belongs to none.
struct Pair<'g, 'p> {
    old: Option<&'g Pickle<'p>>,
    new: Option<&'g Pickle<'p>>,
    /// The name by which they belong together.
    member: Option<&'g str>,
    /// Which of several they are, in the file or in the member.
    number: Option<usize>,
}

impl<'p> Side<'p> {
    /// A side without pickles. Those that are added have no names.
    pub fn new() -> Self {
        Self::default()
    }

    /// A side without pickles, for those of this file: of parts that are members of it, the names are known.
    pub fn of_file(name: &'p str) -> Self {
        Self { file: name, ..Self::default() }
    }

    /// Loads all pickles of a part, or the first only, and adds them.
    ///
    /// # Errors
    ///
    /// If one cannot be loaded.
    pub fn add(
        &mut self,
        part: &'p Part,
        first_only: bool,
        loader: &mut Loader,
    ) -> Result<(), PickleError<halfsour_vm::Error>> {
        let name = Some(self.file).filter(|file| !file.is_empty());
        let member = name.and_then(|file| part.name().strip_prefix(file)?.strip_prefix(':'));
        part.each_pickle(first_only, |bytes, start| {
            let graph = loader.load_observed(bytes, start, JoblibArrays::new(()))?;
            let end = graph.end();
            self.pickles.push(Pickle { graph, torch: part.torch(), member });
            Ok(end)
        })
    }

    /// The pickles of each member, in the order of the file. `None` if some are in no member.
    fn members(&self) -> Option<Vec<(&str, Vec<&Pickle<'p>>)>> {
        let (mut members, mut places) = (Vec::<(&str, Vec<_>)>::new(), HashMap::new());
        let folder = self.torch_folder().unwrap_or_default();
        for pickle in &self.pickles {
            let name = pickle.member?;
            let name = name.strip_prefix(folder).unwrap_or(name);
            let place = *places.entry(name).or_insert(members.len());
            if place == members.len() {
                members.push((name, Vec::new()));
            }
            members[place].1.push(pickle);
        }
        Some(members)
    }

    /// The folder in which a torch file has all its members. Torch gives it the name that the file had.
    fn torch_folder(&self) -> Option<&str> {
        let torch = self.pickles.iter().find(|pickle| pickle.torch.is_some())?;
        let folder = torch.member?.strip_suffix("data.pkl").filter(|folder| folder.ends_with('/'))?;
        let is_in = |pickle: &Pickle<'p>| pickle.member.is_some_and(|name| name.starts_with(folder));
        self.pickles.iter().all(is_in).then_some(folder)
    }
}

/// Pairs of pickles by the names of their members.
fn by_name<'g, 'p>(old: &'g Side<'p>, new: &'g Side<'p>) -> Option<Vec<Pair<'g, 'p>>> {
    let (old, new) = (old.members()?, new.members()?);
    let theirs: HashMap<_, _> = new.iter().map(|(name, pickles)| (*name, pickles)).collect();
    let mine: HashSet<_> = old.iter().map(|(name, _)| *name).collect();
    // A file with one member may be that of the other under another name.
    let is_shared = old.iter().any(|(name, _)| theirs.contains_key(name));
    let has_several = [&old, &new].map(|members| members.len() > 1);
    if has_several != [true; 2] && !(is_shared && has_several.contains(&true)) {
        return None;
    }
    let mut pairs = Vec::new();
    for (name, pickles) in &old {
        let others = theirs.get(name).map_or(&[][..], |pickles| pickles);
        pairs.extend(in_order(pickles, others, Some(name)));
    }
    for (name, pickles) in new.iter().filter(|(name, _)| !mine.contains(name)) {
        pairs.extend(in_order(&[], pickles, Some(name)));
    }
    Some(pairs)
}

/// Pairs of the first pickles, of the second ones, and so on.
fn in_order<'g, 'p>(
    old: &[&'g Pickle<'p>],
    new: &[&'g Pickle<'p>],
    member: Option<&'g str>,
) -> Vec<Pair<'g, 'p>> {
    let count = old.len().max(new.len());
    let pair = |at: usize| Pair {
        old: old.get(at).copied(),
        new: new.get(at).copied(),
        member,
        number: (count > 1).then_some(at + 1),
    };
    (0..count).map(pair).collect()
}

impl<'g, 'p> Diff<'g, &'p [u8]> {
    /// Compares two files. Of archives and databases, members of the same name belong together, if there are several; otherwise the first
    /// pickle belongs to the first, the second to the second. Of torch files, the storages are compared, too.
    ///
    /// # Errors
    ///
    /// As [`graphs`](Self::graphs).
    pub fn sides(&mut self, old: &'g Side<'p>, new: &'g Side<'p>) -> Result<(), DiffError> {
        let all = "".parse().map_err(DiffError::Path)?;
        self.sides_at(old, new, &all)
    }

    /// Compares parts of two files: in each pickle, or in the one that the path names, that to which the path leads.
    ///
    /// # Errors
    ///
    /// As [`graphs_at`](Self::graphs_at).
    pub fn sides_at(&mut self, old: &'g Side<'p>, new: &'g Side<'p>, path: &Path) -> Result<(), DiffError> {
        // A number is that of a pickle in the file, whatever the members.
        let named = if path.pickle().is_none() { by_name(old, new) } else { None };
        let mut pairs = named.unwrap_or_else(|| {
            let [old, new] = [old, new].map(|side| side.pickles.iter().collect::<Vec<_>>());
            in_order(&old, &new, None)
        });
        pairs.retain(|pair| path.pickle().is_none_or(|meant| pair.number.unwrap_or(1) == meant));
        pairs.sort_by_key(|pair| (pair.old.is_none() || pair.new.is_none(), pair.old.is_none()));
        let is_whole = path.segments().is_empty() && path.pickle().is_none();
        let mut compared = is_whole;
        for Pair { old, new, member, number } in pairs {
            let mut place = member.map_or(0, |member| self.place(0, Step::Member(member)));
            place = number.map_or(place, |number| self.place(place, Step::Pickle(number)));
            match (old, new) {
                (Some(a), Some(b)) => {
                    let storages = Storages::new(a.torch, b.torch);
                    self.parts(&a.graph, &b.graph, storages, place, path)?;
                    compared = true;
                }
                // Of a stream, a path asks for what is in the pickles that both have.
                (Some(one), None) | (None, Some(one)) if is_whole || member.is_some() => {
                    if let Ok(found) = resolve(one.graph.root(), path) {
                        self.alone(found, old.is_some(), path, place);
                        compared = true;
                    }
                }
                _ => {}
            }
        }
        if compared { Ok(()) } else { Err(DiffError::NoPickle) }
    }
}
