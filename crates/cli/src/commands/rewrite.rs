//! `halfsour rewrite`

use std::io::Write;

use halfsour::Loader;
use halfsour::classes::numpy::Unwrapped;
use halfsour::lexer::text::name::visible;
use halfsour::vm::Framing;
use halfsour::writer::{Limits, MemoPolicy, Options, to_vec};
use halfsour_convert::{Rename, rename};
use halfsour_files::{Format, Input, Part};

use super::{PerFile, each_pickle, load};
use crate::args::{Reading, Target};
use crate::failure::{Cause, Failure};

pub struct Rewrite {
    loader: Loader,
    first: bool,
    fix_imports: bool,
    optimize: bool,
    names: Vec<Rename>,
    /// What the rules are called, how many have this name, and whether one of them has renamed something.
    groups: Vec<(String, usize, bool)>,
    limits: Limits,
    target: Target,
}

impl Rewrite {
    pub fn new(reading: &Reading, optimize: bool, rules: Vec<(String, Vec<Rename>)>, target: Target) -> Self {
        let mut loader = Loader::with_options(reading.options());
        let options = loader.options_mut();
        options.record_memo = true;
        let fix_imports = options.fix_imports;
        let (first, limits) = (reading.first, reading.write_limits());
        let groups = rules.iter().map(|(name, rules)| (name.clone(), rules.len(), false)).collect();
        let names = rules.into_iter().flat_map(|(_, rules)| rules).collect();
        Self { loader, first, fix_imports, optimize, names, groups, limits, target }
    }
}

impl PerFile for Rewrite {
    fn input(&mut self, _: &mut dyn Write, input: &Input) -> Result<(), Failure> {
        if input.has_parts() {
            let name = input.source().name();
            return Err(Failure::message(format!(
                "{name}: an archive; --member says what to rewrite of it{}",
                some_members(input)
            )));
        }
        Ok(())
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        let framing = file.pickles().framing();
        if framing == Framing::None && file.pickles().has_lengths() {
            let name = file.name();
            return Err(Failure::message(format!(
                "{name}: each pickle has its length beside it, in a form that is not written; `json --lossless` and \
                 `make` give the pickles alone"
            )));
        }
        // What is beside the pickles stays: the head of a .npy, the storages of torch.
        let all = file.bytes();
        let (mut written, mut done) = (Vec::new(), 0);
        each_pickle(file, self.first, |bytes, start| {
            let (pickle, end) = self.pickle(bytes, start)?;
            if framing == Framing::None {
                beside(&all[done..start], start, &mut written);
                written.extend(pickle);
            } else if end < bytes.len() {
                return Err(Cause::Other(
                    "bytes follow the pickle that belong to it by their length".to_owned(),
                ));
            } else if pickle.len() == end - start {
                written.extend_from_slice(&all[done..start]);
                written.extend(pickle);
            } else {
                framing.write(&mut written, &pickle)?;
            }
            done = end;
            Ok(end)
        })?;
        if framing == Framing::None && (!self.first || file.torch().is_some()) {
            written.extend_from_slice(&all[done..]);
        }
        for (name, ..) in self.groups.iter().filter(|(_, _, is_used)| !is_used) {
            eprintln!("note: {}: {name} renames nothing", file.name());
        }
        let has_head = |format| matches!(format, Format::Cachelib | Format::Dogpile | Format::DjangoSession);
        for layer in file.layers().iter().filter(|layer| has_head(layer.format)) {
            eprintln!(
                "note: {}: only the pickle is written, without the head of {}",
                file.name(),
                layer.format
            );
        }
        self.target.write(out, &written)
    }
}

impl Rewrite {
    /// The pickle that begins at `start` anew, and where it ends.
    fn pickle(&mut self, bytes: &[u8], start: usize) -> Result<(Vec<u8>, usize), Cause> {
        if self.names.is_empty() {
            return self.rewrite(bytes, start);
        }
        let renamed = rename(bytes, start, &self.names, self.loader.options()).map_err(Cause::Load)?;
        let mut used = renamed.used.iter();
        for (_, count, is_used) in &mut self.groups {
            *is_used |= used.by_ref().take(*count).fold(false, |any, used| any | used);
        }
        let pickle = if self.optimize || self.target.protocol.is_some() {
            self.rewrite(&renamed.bytes, 0)?.0
        } else {
            renamed.bytes
        };
        Ok((pickle, renamed.end))
    }

    fn rewrite(&mut self, bytes: &[u8], start: usize) -> Result<(Vec<u8>, usize), Cause> {
        // Names of Python 2 stay as they are unless the protocol changes to one in which they are Python 3's.
        self.loader.options_mut().fix_imports = self.fix_imports && self.target.protocol.is_some();
        let graph = load(&mut self.loader, bytes, start)?;
        let protocol = self.target.protocol.unwrap_or_else(|| graph.protocol());
        let memo = match (self.optimize, self.target.protocol) {
            (true, _) => MemoPolicy::Shared,
            (false, None) => MemoPolicy::AsRead,
            (false, Some(_)) => MemoPolicy::All,
        };
        let fix_imports = self.target.protocol.is_some();
        let options = Options::default()
            .with_protocol(protocol)
            .with_memo(memo)
            .with_fix_imports(fix_imports)
            .with_numbered_slots(self.loader.options().keep_memo)
            .with_limits(self.limits);
        let pickle = match Unwrapped::of(&graph).map_err(|error| Cause::Other(error.to_string()))? {
            Some(unwrapped) => to_vec(unwrapped.graph().root(), &options),
            None => to_vec(graph.root(), &options),
        };
        let end = graph.end();
        self.loader.recycle(graph);
        Ok((pickle.map_err(Cause::Write)?, end))
    }
}

/// Copies what stands between pickles, up to the one that begins at `start`. Zeros up to a block, as `dbm.dumb` has them, are as many as the
/// new pickle needs.
fn beside(between: &[u8], start: usize, written: &mut Vec<u8>) {
    const BLOCK: usize = 512;
    if !between.is_empty() && start.is_multiple_of(BLOCK) && between.iter().all(|&byte| byte == 0) {
        written.resize(written.len().next_multiple_of(BLOCK), 0);
    } else {
        written.extend_from_slice(between);
    }
}

/// The first names of the members of an archive: `: a, b, c …`.
fn some_members(input: &Input) -> String {
    const MOST: usize = 4;
    let Ok(Some(archive)) = input.source().archive() else { return String::new() };
    let names: Vec<_> = archive.members().iter().take(MOST).map(|member| visible(&member.name)).collect();
    let more = if archive.members().len() > MOST { " …" } else { "" };
    if names.is_empty() { String::new() } else { format!(": {}{more}", names.join(", ")) }
}
