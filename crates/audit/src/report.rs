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
    /// SHA-256 of the policy, in hexadecimal.
    pub policy: String,
}

/// The short answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything was read, and the policy allows all of it.
    Clean,
    /// Nothing was found, but not everything could be read.
    Incomplete,
    /// There is at least one finding.
    Findings,
}

/// Whether all of the input was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Completeness {
    /// Everything was read.
    Complete,
    /// It was not.
    Incomplete {
        /// Up to where it was read.
        offset: usize,
        /// Why not further.
        reason: String,
    },
}

/// The severity of a finding. The verdict does not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nobody has looked at it, or it is used in another way than was allowed.
    Warning,
    /// The action is known to run code, to reach files or the network, or to change the program.
    Error,
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
    /// To what: `os.system`. Empty where it has no name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The action as short Python: `os.system('id')`. It has no control characters, so that it can be printed to a terminal.
    pub code: String,
    /// Why that is a finding.
    pub reason: String,
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
    /// `collections.OrderedDict`; the beginning of a long one.
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
}

impl Report {
    pub(crate) fn decide(mut self) -> Self {
        self.verdict = match (&self.completeness, self.findings.is_empty()) {
            (_, false) => Verdict::Findings,
            (Completeness::Incomplete { .. }, true) => Verdict::Incomplete,
            (Completeness::Complete, true) => Verdict::Clean,
        };
        self
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
/// findings
/// byte 0x0: GLOBAL imports os.system: it starts programs, or reaches the system (R1)
/// byte 0xb: the input ends before STOP");
/// ```
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.verdict)?;
        for finding in &self.findings {
            write!(f, "\n{finding}: {} ({})", finding.reason, finding.rule)?;
        }
        if let Completeness::Incomplete { reason, .. } = &self.completeness {
            write!(f, "\n{reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Clean => "clean",
            Self::Incomplete => "incomplete",
            Self::Findings => "findings",
        })
    }
}

impl Action {
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
