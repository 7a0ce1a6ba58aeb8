#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "tokio")]
pub mod codec;
mod error;
mod load;

#[cfg(feature = "arrow")]
#[doc(inline)]
pub use halfsour_arrow as arrow;
#[cfg(feature = "audit")]
#[doc(inline)]
pub use halfsour_audit as audit;
#[cfg(feature = "classes")]
#[doc(inline)]
pub use halfsour_classes as classes;
#[cfg(feature = "convert")]
#[doc(inline)]
pub use halfsour_convert as convert;
#[cfg(feature = "files")]
#[doc(inline)]
pub use halfsour_files as files;
#[cfg(feature = "inspect")]
#[doc(inline)]
pub use halfsour_inspect as inspect;
#[cfg(feature = "json")]
#[doc(inline)]
pub use halfsour_json as json;
#[doc(inline)]
pub use halfsour_lexer as lexer;
#[doc(inline)]
pub use halfsour_value as value;
#[doc(inline)]
pub use halfsour_vm as vm;
#[cfg(feature = "writer")]
#[doc(inline)]
pub use halfsour_writer as writer;

#[cfg(feature = "serde")]
#[doc(inline)]
pub use halfsour_serde as types;
#[cfg(feature = "serde")]
#[doc(inline)]
pub use halfsour_serde::{
    from_bytes, from_graph, from_node, from_reader, from_reader_iter, from_slice, from_slice_with,
    from_value, to_graph, to_value, to_vec, to_vec_with, to_writer,
};

#[cfg(feature = "derive")]
#[doc(inline)]
pub use halfsour_derive::{FacadeFromPython as FromPython, FacadeToPython as ToPython};
#[cfg(feature = "derive")]
#[doc(hidden)]
pub use halfsour_serde::__private;

pub use error::{Error, Result};
pub use halfsour_value::{Dict, Graph, Node, Set, Value, value};
pub use halfsour_vm::{FromPickle, Limits, Loader, Options};
#[cfg(feature = "writer")]
pub use halfsour_writer::ToPickle;
pub use load::load;

#[cfg(all(feature = "classes", feature = "serde"))]
#[doc(inline)]
pub use halfsour_serde::python;

#[cfg(all(feature = "json", feature = "serde"))]
#[doc = include_str!("../GUIDE.md")]
pub mod guide {}

#[cfg(all(
    feature = "arrow",
    feature = "audit",
    feature = "derive",
    feature = "inspect",
    feature = "jiff",
    feature = "ndarray",
    feature = "rust_decimal",
    feature = "uuid"
))]
pub mod recipes;

#[doc = include_str!("../LIMITS.md")]
pub mod limits {
    #[cfg(feature = "audit")]
    pub use halfsour_audit::Limits as AuditLimits;
    #[cfg(feature = "convert")]
    pub use halfsour_convert::Limits as ConvertLimits;
    #[cfg(feature = "files")]
    pub use halfsour_files::Limits as FileLimits;
    #[cfg(feature = "inspect")]
    pub use halfsour_inspect::tree::ShowLimits;
    #[cfg(feature = "json")]
    pub use halfsour_json::Limits as JsonLimits;
    pub use halfsour_value::TreeLimits;
    pub use halfsour_vm::Limits as ReadLimits;
    #[cfg(feature = "writer")]
    pub use halfsour_writer::Limits as WriteLimits;
}

/// The workspace's README, whose examples are compiled and run as tests.
#[cfg(all(doctest, feature = "classes", feature = "serde"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
