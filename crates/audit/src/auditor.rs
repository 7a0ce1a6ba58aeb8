//! [`Auditor`]: from bytes to a report.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use halfsour_vm::{Error, ErrorKind, Graph, Limits, Loader, Options};

use crate::found::Found;
use crate::judge::Judge;
use crate::policy::Policy;
use crate::report::{
    Action, Completeness, Finding, Incompleteness, OpcodeName, Report, Severity, Stats, Verdict,
};
use crate::{Rule, look, resources};

/// Judges pickles by a policy.
///
/// ```
/// use halfsour_audit::{Auditor, Policy, Verdict};
///
/// let report = Auditor::new(Policy::default()).audit(b"cos\nsystem\n(S'id'\ntR.");
/// assert_eq!(report.verdict, Verdict::Dangerous);
/// assert_eq!(report.findings[1].to_string(), "byte 0x13: REDUCE calls os.system('id')");
/// ```
#[derive(Clone, Debug)]
pub struct Auditor {
    policy: Policy,
    spare: Spare,
}

/// Why [`Auditor::load_checked`] gives no graph: what was found.
#[derive(Clone)]
pub struct Refused(Box<Report>);

impl Refused {
    /// The report on what has been read.
    pub fn report(&self) -> &Report {
        &self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.findings.first(), &self.0.completeness) {
            (Some(finding), _) => {
                write!(f, "{finding}: {}", finding.reason)?;
                match self.0.findings.len() - 1 {
                    0 => Ok(()),
                    1 => f.write_str(" (and 1 finding more)"),
                    more => write!(f, " (and {more} findings more)"),
                }
            }
            (None, Completeness::Incomplete { reason, .. }) => f.write_str(reason),
            (None, Completeness::Complete) => f.write_str("it is clean"),
        }
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Refused {}

impl Auditor {
    /// An auditor with a policy.
    pub fn new(policy: Policy) -> Self {
        Self { policy, spare: Spare::default() }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Judges all pickles of `input`, one after the other, each for itself and as one `Unpickler` would read them.
    ///
    /// `input` is what Python's `pickle.load` would read. Of files, whatever they are, the feature `files` judges all that is
    /// in them: `audit_source`.
    pub fn audit(&self, input: &[u8]) -> Report {
        let (report, graph) = self.run(input, 0, load_plain);
        if let Some(graph) = graph {
            self.spare.recycle(graph);
        }
        report
    }

    /// Judges all pickles that a reader gives, as [`audit`](Self::audit) does. Bytes and text are not held in memory: what is larger than
    /// 64 MiB goes to a temporary file, of which only the part that is looked at is in memory. What the pickles make of it, 16 bytes for each
    /// object and 4 for each place in a container, is.
    ///
    /// ```
    /// use halfsour_audit::{Auditor, Policy};
    ///
    /// let pickle = &b"]K\x01a."[..];
    /// assert!(Auditor::new(Policy::default()).audit_reader(pickle)?.is_clean());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the reader, and of the temporary file if that cannot be read.
    #[cfg(feature = "files")]
    pub fn audit_reader(&self, reader: impl std::io::Read) -> std::io::Result<Report> {
        Ok(self.audit(&halfsour_files::read_at_most(reader, usize::MAX)?))
    }

    /// The graph of a pickle, if its audit is clean.
    ///
    /// ```
    /// use halfsour_audit::{Auditor, Policy};
    ///
    /// let auditor = Auditor::new(Policy::default());
    /// assert_eq!(auditor.load_checked(b"]K\x01a.")?.root().to_string(), "[1]");
    /// assert!(auditor.load_checked(b"cos\nsystem\n.").is_err());
    /// # Ok::<(), halfsour_audit::Refused>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the audit is not clean. The first pickle's graph is given; those after it are judged, too.
    pub fn load_checked<'a>(&self, input: &'a [u8]) -> Result<Graph<&'a [u8]>, Refused> {
        match self.run(input, 0, load_plain) {
            (report, Some(graph)) if report.is_clean() => Ok(graph),
            (report, _) => Err(Refused(Box::new(report))),
        }
    }

    /// Judges the pickles of `input` from `start` on, in the way in which `load` reads them.
    pub(crate) fn run<'a>(
        &self,
        input: &'a [u8],
        mut start: usize,
        load: Load,
    ) -> (Report, Option<Graph<&'a [u8]>>) {
        let policy = &self.policy;
        let mut found = Found::default();
        let mut first = None;
        let mut failure = None;
        let mut pickles = 0;
        let mut loader = self.spare.take(policy);
        loop {
            let (more, graph) = read(policy, &mut loader, input, start, &[], load);
            match graph {
                Ok(graph) => {
                    found.merge(policy.limits(), more);
                    pickles += 1;
                    // Zeros, with which files are filled up, are no pickle.
                    start = graph.end() + input[graph.end()..].iter().take_while(|&&byte| byte == 0).count();
                    match first {
                        None => first = Some(graph),
                        Some(_) => loader.recycle(graph),
                    }
                }
                Err(error) => {
                    // What follows a pickle may be anything; it counts where it looks like one more.
                    if pickles == 0 || is_sure(&input[start..], &more) {
                        found.merge(policy.limits(), more);
                    }
                    failure = Some(error);
                }
            }
            if failure.is_some() || start >= input.len() {
                break;
            }
        }
        self.spare.give(loader);
        let mut doubt = None;
        if pickles > 0 && start < input.len() || pickles > 1 {
            let is_kept = self.read_kept(input, &mut found, &mut doubt);
            // Pickles that refer to those before are what one Pickler writes that dumps several times.
            if is_kept && matches!(failure.as_ref().map(Error::kind), Some(ErrorKind::MemoUnset(_))) {
                failure = None;
            }
        }
        let completeness = match failure {
            None if found.is_too_deep => Completeness::incomplete(
                Incompleteness::Doubt,
                start,
                format!("pickles lie more than {} deep in bytes", policy.limits().nested),
            ),
            None if found.overflowed => Completeness::incomplete(
                Incompleteness::Unreadable,
                start,
                format!("there are more than {} names", policy.limits().total),
            ),
            None => doubt.or_else(|| found.doubt.take().map(incomplete)).unwrap_or(Completeness::Complete),
            Some(error) if pickles > 0 => Completeness::incomplete(
                Incompleteness::Doubt,
                start,
                format!("what follows the pickle that ends at byte 0x{start:x} is none: {error}"),
            ),
            Some(error) => {
                let bytes = &input[start..];
                let (kind, reason) = if is_sure(bytes, &found) {
                    (look::kind(&error), error.to_string())
                } else {
                    look::reason(bytes, &error, found.stats.opcodes)
                };
                Completeness::incomplete(kind, error.offset(), reason)
            }
        };
        let report = Report {
            verdict: Verdict::Clean,
            completeness,
            uncovered: found.take_uncovered(),
            findings: found.findings,
            imports: found.imports.into_values().collect(),
            stats: Stats { bytes: input.len() as u64, pickles, ..found.stats },
            policy: policy.hash().to_owned(),
        };
        (report.decide(), first)
    }

    /// Judges the pickles as one `Unpickler` reads them, with one memo; adds what is not found otherwise. Whether they
    /// can be read so to their end.
    fn read_kept(&self, input: &[u8], found: &mut Found, doubt: &mut Option<Completeness>) -> bool {
        let mut judge = Judge::new(&self.policy, input, &[]);
        let result = self.spare.take(&self.policy).load_all_observed(input, &mut judge);
        if let Ok(graph) = &result {
            finish(&mut judge, &self.policy, graph, &[]);
        }
        let mut more = judge.found;
        *doubt = second_reading(&found.findings, &mut more.findings, "if one Unpickler reads all pickles");
        more.findings.retain(|finding| !found.imports.contains_key(&finding.name));
        for finding in &mut more.findings {
            finding.rule = Rule::R11;
        }
        found.merge(self.policy.limits(), more);
        result.is_ok()
    }
}

/// What only a second reading found, one for which the stream may not be meant: what is known to be dangerous. What
/// else it found may come of reading it so, and is a doubt.
pub(crate) fn second_reading(known: &[Finding], more: &mut Vec<Finding>, when: &str) -> Option<Completeness> {
    let same = |finding: &Finding| (finding.offset, finding.action, finding.name.clone());
    let known: HashSet<_> = known.iter().map(same).collect();
    // At a name that is no text, the reading ends without having done anything.
    let is_end = |finding: &Finding| (finding.rule, finding.action) == (Rule::R2, Action::Import);
    more.retain(|finding| !known.contains(&same(finding)) && !is_end(finding));
    let offset = more.first()?.offset;
    let reason = format!("{when}, something else is read: {}", more[0]);
    more.retain(|finding| {
        finding.severity == Severity::Dangerous && matches!(finding.rule, Rule::R1 | Rule::R4 | Rule::R8)
    });
    for finding in more {
        finding.reason = format!("{when}: {}", finding.reason);
    }
    Some(Completeness::incomplete(Incompleteness::Doubt, offset, reason))
}

fn incomplete((kind, offset, reason): (Incompleteness, usize, String)) -> Completeness {
    Completeness::incomplete(kind, offset, reason)
}

fn options(policy: &Policy) -> Options {
    let limits = Limits::default().with_int_digits(policy.limits().int_digits);
    Options::default().with_require_buffers(false).with_limits(limits)
}

/// A way to read the pickle that begins somewhere in the input.
pub(crate) type Load =
    for<'a> fn(&mut Loader, &'a [u8], usize, &mut Judge<'_, '_>) -> Result<Graph<&'a [u8]>, Error>;

/// As plain Python reads it.
pub(crate) fn load_plain<'a>(
    loader: &mut Loader,
    input: &'a [u8],
    start: usize,
    judge: &mut Judge<'_, '_>,
) -> Result<Graph<&'a [u8]>, Error> {
    loader.load_observed(input, start, judge)
}

/// Loaders with the memory of what was judged before.
#[derive(Debug, Default)]
struct Spare(Mutex<Vec<Loader>>);

/// A copy has its own.
impl Clone for Spare {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Spare {
    /// The number of bytes of a graph from which on its memory is not kept.
    const MOST: usize = 128 << 20;

    fn loaders(&self) -> MutexGuard<'_, Vec<Loader>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, policy: &Policy) -> Loader {
        let mut loader = self.loaders().pop().unwrap_or_default();
        *loader.options_mut() = options(policy);
        loader
    }

    fn give(&self, loader: Loader) {
        self.loaders().push(loader);
    }

    fn recycle(&self, graph: Graph<&[u8]>) {
        let mut loaders = self.loaders();
        match loaders.last_mut() {
            Some(loader) if graph.store().bytes_held() <= Self::MOST => loader.recycle(graph),
            _ => drop(loaders.pop()),
        }
    }
}

/// Runs one pickle.
fn read<'a>(
    policy: &Policy,
    loader: &mut Loader,
    input: &'a [u8],
    start: usize,
    within: &[String],
    load: Load,
) -> (Found, Result<Graph<&'a [u8]>, Error>) {
    let mut judge = Judge::new(policy, input, within);
    let result = load(loader, input, start, &mut judge);
    match &result {
        Ok(graph) => finish(&mut judge, policy, graph, within),
        Err(error) => {
            if let Some(finding) = of_error(error, within) {
                judge.found.add(policy.limits(), finding);
            }
        }
    }
    (judge.found, result)
}

/// Looks at all that a pickle has made.
fn finish(judge: &mut Judge<'_, '_>, policy: &Policy, graph: &Graph<&[u8]>, within: &[String]) {
    let shapes = judge.finish(graph);
    for finding in resources::findings(graph, policy.limits(), &shapes, within) {
        judge.found.add(policy.limits(), finding);
    }
}

/// What no pickler writes is more than a broken stream.
fn of_error(error: &Error, within: &[String]) -> Option<Finding> {
    match error.kind() {
        ErrorKind::NameNotText(kind) => Some(Finding {
            rule: Rule::R2,
            severity: Severity::Dangerous,
            offset: error.offset(),
            opcode: error.opcode().map(OpcodeName),
            action: Action::Import,
            name: String::new(),
            code: format!("something named by an object of the kind {kind}"),
            reason: error.to_string(),
            times: 1,
            accepted: false,
            within: within.to_vec(),
            context: Vec::new(),
        }),
        _ => None,
    }
}

/// Whether bytes begin as pickles of protocols 2 and above do.
pub(crate) fn may_be_pickle(bytes: &[u8]) -> bool {
    matches!(bytes, [0x80, 2..=5, ..])
}

/// Whether bytes that could not be read to their end were meant as a pickle.
fn is_sure(bytes: &[u8], found: &Found) -> bool {
    may_be_pickle(bytes) || has_effect(&found.findings)
}

/// Whether something is done that no text does by chance: two lines after a `c` are an import, one after a `P` is a persistent
/// id, and five letters after an `r` number a slot of the memo.
pub(crate) fn has_effect(findings: &[Finding]) -> bool {
    findings.iter().any(|it| !matches!(it.action, Action::Import | Action::Persistent | Action::Data))
}

/// What pickles within bytes do.
pub(crate) struct Nested {
    pub found: Found,
    /// The number of pickles that were read to their STOP.
    pub pickles: u64,
    /// Whether there is nothing but pickles.
    pub is_whole: bool,
}

/// What the pickles in some bytes do, if these may be some.
pub(crate) fn nested(
    policy: &Policy,
    bytes: &[u8],
    within: &[String],
    (form, offset): (&str, usize),
) -> Option<Nested> {
    const SHORTEST: usize = 4;
    // Streams of protocols 0 and 1 begin like any text; so does much else.
    let begins = matches!(bytes, [b'c' | b'(' | b']' | b'}' | b'i' | b'P', ..]) || may_be_pickle(bytes);
    if bytes.len() < SHORTEST || !begins {
        return None;
    }
    if within.len() >= policy.limits().nested {
        let mut found = Found::default();
        found.is_too_deep = may_be_pickle(bytes);
        return Some(Nested { found, pickles: 0, is_whole: false });
    }
    let mut within = within.to_vec();
    within.push(format!("a pickle in the {form} of 0x{offset:x}"));
    let mut nested = Nested { found: Found::default(), pickles: 0, is_whole: false };
    let mut start = 0;
    let mut loader = Loader::with_options(options(policy));
    while start < bytes.len() {
        let (more, result) = read(policy, &mut loader, bytes, start, &within, load_plain);
        match result {
            // Some loaders read several pickles.
            Ok(graph) => {
                nested.found.merge(policy.limits(), more);
                nested.pickles += 1;
                start = graph.end();
            }
            Err(_) => {
                if is_sure(&bytes[start..], &more) {
                    nested.found.merge(policy.limits(), more);
                }
                break;
            }
        }
    }
    nested.is_whole = start == bytes.len();
    nested.found.stats.nested += 1;
    Some(nested)
}
