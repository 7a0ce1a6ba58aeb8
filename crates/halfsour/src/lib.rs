#![doc = include_str!("../README.md")]

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

pub use halfsour_value::{Graph, Node, Value};
pub use halfsour_vm::{Limits, Loader, Options};

/// The examples of the workspace's README are compiled and run.
#[cfg(all(doctest, feature = "writer"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
