#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod cell;
mod check;
mod children;
mod data;
mod debug;
pub mod dict;
mod display;
mod edit;
mod form;
mod from_value;
mod graph;
mod id;
mod instance;
mod keys;
mod limits;
mod macros;
mod node;
mod parts;
mod path;
mod peek;
mod python2;
mod resolve;
#[cfg(feature = "serde")]
mod serde;
pub mod set;
mod steps;
mod store;
mod table;
mod text;
mod to_value;
mod value;
mod view;
mod walk;

pub use builder::{Builder, InstanceBuilder};
pub use children::{ChildIds, Children};
pub use data::{Data, Elements, Items, Kind};
pub use dict::Dict;
pub use form::{Form, IntSpelling};
pub use from_value::ValueError;
pub use graph::Graph;
pub use halfsour_text::wtf8::Encoding;
pub use id::Id;
pub use instance::{Global, Instance, Part, Parts, Step, Steps};
pub use keys::Key;
pub use limits::{TreeError, TreeLimits};
pub use node::Node;
pub use parts::StepError;
pub use path::PathError;
pub use resolve::ResolveError;
pub use set::Set;
pub use table::DictKey;
pub use text::Text;
pub use value::{Value, ValueGlobal, ValueIndex, ValueInstance, ValueStep};
pub use view::View;
pub use walk::Descendants;

/// The other crates' side of a graph: its nodes while they are made, and by ids. It may change in every release.
#[doc(hidden)]
pub mod machine {
    pub use crate::form::Builtin;
    pub use crate::graph::Provenance;
    pub use crate::id::{StepKind, VACANT};
    pub use crate::limits::Budget;
    pub use crate::parts::{Container, OutOfBudget, Payload, Spelling};
    pub use crate::peek::{Peek, RawInstance, RawSteps};
    #[cfg(feature = "serde")]
    pub use crate::serde::{NAME, Special};
    pub use crate::store::Store;
}
