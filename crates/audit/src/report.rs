//! What an audit found.

use std::fmt;

use halfsour_lexer::{Lexer, brief};
use serde::{Serialize, Serializer};

use crate::Rule;

/// The result of an audit.
///
/// It serialises as the JSON that the README describes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The short answer.
    pub verdict: Verdict,
    /// Whether all of the input was read.
    pub completeness: Completeness,
    /// The actions that the policy does not allow, in the order of the stream. Of one kind, only the first few are listed.
    pub findings: Vec<Finding>,
    /// Every class and function that the stream names, and what it does with it.
    pub imports: Vec<Import>,
    /// Counts of what was read.
    pub stats: Stats,
    /// The listed classes whose objects are reviewed for loading only, in the order of the stream.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncovered: Vec<Uncovered>,
    /// SHA-256 of the policy, in hexadecimal.
    pub policy: String,
}

/// A listed class or function of which the policy covers the loading, and not what is done with the object later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Uncovered {
    /// The name, as the policy spells it: `scipy.sparse._csr:csr_matrix`.
    pub name: String,
    /// The reason that later use is not covered, as the policy has it.
    pub reason: String,
}

/// The short answer. They are ordered from the best to the worst, and the verdict on several readings, parts or files is the worst
/// of theirs.
///
/// A gate may pass what is `unknown`, but no gate passes what is incomplete, because the rest may do anything. So `Incomplete` is worse than
/// `Unknown`, and `Dangerous`, which no further reading can mend, is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything was read, and the policy allows all of it.
    Clean,
    /// Everything was read; the policy does not allow some of it, and none of that is known to be dangerous.
    Unknown,
    /// Not everything could be read, and nothing of what was read is known to be dangerous. There may be findings.
    Incomplete,
    /// At least one finding is known to run code, to reach the system or to break memory, whether or not the rest could be read.
    Dangerous,
}

/// Whether all of the input was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Completeness {
    /// Everything was read.
    Complete,
    /// It was not.
    #[non_exhaustive]
    Incomplete {
        /// The kind of what is missing.
        kind: Incompleteness,
        /// Up to where it was read.
        offset: usize,
        /// Why not further.
        reason: String,
    },
}

/// The kinds of incompleteness. Each displays and serialises as its words: `no pickle`, `cut off`, `doubt`, `unreadable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Incompleteness {
    /// The input is no pickle, and has none.
    NoPickle,
    /// The input ends before the pickle does.
    CutOff,
    /// Everything was read, but another reader may read something else, or find more.
    Doubt,
    /// The input cannot be opened, is broken, is of a form that is not known, or exceeds a limit.
    Unreadable,
}

/// The severity of a finding: the worst one of a report decides between the verdicts of the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nobody has reviewed the action, or a name is used in another way than was reviewed.
    Unknown,
    /// The action is known to run code, to reach files or the network, to change the program, or to break memory.
    Dangerous,
}

/// An action of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Action {
    /// A class or function is looked up, and its module imported.
    Import,
    /// A class or function is called.
    Call,
    /// An instance is made with `__new__`.
    New,
    /// An object is given a state.
    Build,
    /// Items are appended to an object.
    Append,
    /// Items are set on an object.
    SetItem,
    /// Members are added to an object.
    Add,
    /// An object is asked for by a persistent id.
    Persistent,
    /// Data that costs more than it should.
    Data,
}

/// An action of the stream that the policy does not allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The rule that the action breaks.
    pub rule: Rule,
    /// The severity.
    pub severity: Severity,
    /// The offset of the opcode that does it, from the start of the innermost pickle's bytes.
    pub offset: usize,
    /// The opcode that does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opcode: Option<OpcodeName>,
    /// An action of the stream.
    pub action: Action,
    /// The name of what is imported or called, as the policy spells it: `os:system`. Empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The action as short Python: `os.system('id')`. It has no control characters, so that it can be printed to a terminal.
    pub code: String,
    /// Why that is a finding.
    pub reason: String,
    /// The number of findings of the same rule, action, severity and name that this one stands for: 1, and those that are not
    /// listed because enough of their kind are.
    pub times: u64,
    /// Whether a baseline accepts it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// The places that the pickle lies in, from outside inwards; empty for the input itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
    /// The opcodes before it, three at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<Context>,
}

/// An opcode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Context {
    /// The offset of the opcode, in bytes from the start of the pickle's input.
    pub offset: usize,
    /// It, and a short form of its argument: `SHORT_BINUNICODE 'os'`.
    pub text: String,
}

impl Context {
    pub(crate) fn at(source: &[u8], offset: usize) -> Self {
        let mut lexer = Lexer::at(source, offset);
        let end = lexer.next_op().map_or(offset + 1, |_| lexer.offset());
        Self { offset, text: brief(&source[offset..end]) }
    }
}

/// The name of an opcode, which serialises as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpcodeName(pub halfsour_vm::Opcode);

impl Serialize for OpcodeName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A class or function that the stream names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Import {
    /// The name as the policy spells it, `collections:OrderedDict`; the beginning of a long one.
    pub name: String,
    /// Whether the policy lists it.
    pub listed: bool,
    /// The offset of the opcode that names it first.
    pub offset: usize,
    /// The number of times that it is looked up.
    pub imports: u64,
    /// The number of times that it is called.
    pub calls: u64,
    /// The number of instances that are made of it without calling it: `news` in JSON.
    #[serde(rename = "news")]
    pub instances: u64,
    /// The number of times that a state or items are set on it, or on an object that it made.
    pub changes: u64,
}

/// Counts of what was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// The number of bytes of the input.
    pub bytes: u64,
    /// The number of pickles that were read to their STOP, without those within bytes.
    pub pickles: u64,
    /// The number of opcodes that were run, nested pickles and second readings included.
    pub opcodes: u64,
    /// The number of pickles that were found within bytes.
    pub nested: u64,
    /// The number of findings that are not listed, because enough of their kind are.
    pub repeated: u64,
    /// The number of findings that are not listed, and no finding of their kind either, because enough are listed in all.
    pub unlisted: u64,
}

impl Completeness {
    pub(crate) fn incomplete(kind: Incompleteness, offset: usize, reason: impl Into<String>) -> Self {
        Self::Incomplete { kind, offset, reason: reason.into() }
    }
}

impl Report {
    /// Sets the verdict to what the findings and the completeness amount to.
    pub(crate) fn decide(mut self) -> Self {
        self.verdict = self.verdict_on(|_| true);
        self
    }

    fn verdict_on(&self, counts: impl Fn(&Finding) -> bool) -> Verdict {
        let findings = self.findings.iter().filter(|finding| counts(finding));
        match (&self.completeness, findings.map(|finding| finding.severity).max()) {
            (_, Some(Severity::Dangerous)) => Verdict::Dangerous,
            (Completeness::Incomplete { .. }, _) => Verdict::Incomplete,
            (Completeness::Complete, Some(Severity::Unknown)) => Verdict::Unknown,
            (Completeness::Complete, None) => Verdict::Clean,
        }
    }

    /// Returns the verdict on what no [`Baseline`](crate::Baseline) accepts: `clean` says that nothing is new, not that loading does no harm.
    /// Where there are more findings than are listed, it is the verdict itself.
    pub fn unaccepted(&self) -> Verdict {
        if self.stats.unlisted > 0 { self.verdict } else { self.verdict_on(|finding| !finding.accepted) }
    }

    /// Whether all was read and the policy allows all of it.
    pub fn is_clean(&self) -> bool {
        self.verdict == Verdict::Clean
    }
}

/// The verdict; then a line for each finding, with its reason and rule; and one for the place up to which it was read, if that is not the end.
///
/// ```
/// use halfsour_audit::{Auditor, Policy};
///
/// let report = Auditor::new(Policy::default()).audit(b"cos\nsystem\n");
/// assert_eq!(report.to_string(), "\
/// dangerous
/// byte 0x0: GLOBAL imports os.system: it starts programs, or reaches the system (R1)
/// cut off: byte 0xb: the input ends before STOP");
/// ```
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.verdict)?;
        for finding in &self.findings {
            write!(f, "\n{finding}: {} ({})", finding.reason, finding.rule)?;
        }
        if let Completeness::Incomplete { kind, reason, .. } = &self.completeness {
            write!(f, "\n{kind}: {reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Clean => "clean",
            Self::Unknown => "unknown",
            Self::Incomplete => "incomplete",
            Self::Dangerous => "dangerous",
        })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unknown => "unknown",
            Self::Dangerous => "dangerous",
        })
    }
}

impl fmt::Display for Incompleteness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NoPickle => "no pickle",
            Self::CutOff => "cut off",
            Self::Doubt => "doubt",
            Self::Unreadable => "unreadable",
        })
    }
}

impl Serialize for Incompleteness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Finding {
    /// What it is about: its name, or its code if it has none.
    pub fn subject(&self) -> &str {
        if self.name.is_empty() { &self.code } else { &self.name }
    }
}

impl Action {
    /// `called`, as in `os:system called 1×`.
    pub const fn done(self) -> &'static str {
        match self {
            Self::Import => "imported",
            Self::Call => "called",
            Self::New => "made",
            Self::Build => "state set",
            Self::Append => "items appended",
            Self::SetItem => "items set",
            Self::Add => "members added",
            Self::Persistent => "asked for",
            Self::Data => "found",
        }
    }

    /// `calls`, as in `REDUCE calls os.system()`.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Import => "imports",
            Self::Call => "calls",
            Self::Build | Self::Append | Self::SetItem | Self::Add => "runs",
            Self::Persistent => "asks for",
            Self::New | Self::Data => "makes",
        }
    }
}

/// The word that JSON and baselines have for it: `import`, `call`, `new`, `build`, `append`, `setitem`, `add`, `persistent`, `data`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Import => "import",
            Self::Call => "call",
            Self::New => "new",
            Self::Build => "build",
            Self::Append => "append",
            Self::SetItem => "setitem",
            Self::Add => "add",
            Self::Persistent => "persistent",
            Self::Data => "data",
        })
    }
}

/// `byte 0x2a: REDUCE calls os.system('id')`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in &self.within {
            write!(f, "{place}: ")?;
        }
        write!(f, "byte 0x{:x}: ", self.offset)?;
        match self.opcode {
            Some(OpcodeName(opcode)) => write!(f, "{opcode} {} {}", self.action.verb(), self.code),
            None => f.write_str(&self.code),
        }
    }
}
