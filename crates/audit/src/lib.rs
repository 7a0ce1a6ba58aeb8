#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod at;
mod auditor;
mod baseline;
mod census;
#[cfg(feature = "files")]
mod file_report;
#[cfg(feature = "files")]
mod files;
mod found;
mod hashes;
mod ids;
mod judge;
mod limits;
mod look;
mod pattern;
mod policy;
mod report;
mod resources;
mod rule;
#[cfg(feature = "sarif")]
mod sarif;
mod shapes;
mod subject;
mod suggest;
mod text;
mod trace;

pub use auditor::{Auditor, Refused};
pub use baseline::{Baseline, BaselineError};
#[cfg(feature = "files")]
pub use file_report::{Document, FileReport};
#[cfg(feature = "files")]
pub use files::Part;
pub use limits::Limits;
pub use policy::{Policy, PolicyError};
pub use report::{
    Action, Completeness, Context, Finding, Import, Incompleteness, OpcodeName, Report, Severity, Stats,
    Uncovered, Verdict,
};
pub use rule::{Rule, UnknownRule};
#[cfg(feature = "sarif")]
pub use sarif::Sarif;
pub use subject::Subject;
pub use suggest::Suggestions;
pub use trace::Trace;

/// The file of a policy.
#[doc = include_str!("../POLICY.md")]
pub mod policy_file {}
