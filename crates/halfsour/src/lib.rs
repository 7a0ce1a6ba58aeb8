//! Reads Python pickles without Python and without running anything.
//!
//! This crate is the front door: each layer is a module here, and what most people need stands at the top.
//!
//! - [`lexer`]: bytes to opcodes, and the disassembler;
//! - [`value`]: Python data as a [`Graph`] and as a [`Value`] tree;
//! - [`vm`]: opcodes to a [`Graph`], within [`Limits`];
//! - [`json`]: a graph as JSON, plain or lossless (feature `json`, on by default).
//!
//! Who needs only one layer depends on its own crate: `halfsour-lexer`, `halfsour-vm` and so on.
//!
//! ```
//! use halfsour::Loader;
//!
//! // {'user': app.models.User(name='Ada')}
//! let pickle = b"}X\x04\x00\x00\x00usercapp.models\nUser\n)\x81}X\x04\x00\x00\x00nameX\x03\x00\x00\x00Adasbs.";
//! let graph = Loader::new().load(&pickle[..])?;
//! let user = graph.root().get("user").unwrap();
//! assert_eq!(user.class().unwrap().to_string(), "app.models.User");
//! assert_eq!(user.attr("name").unwrap().as_str(), Some("Ada"));
//! assert_eq!(graph.root().path("user.name")?.as_str(), Some("Ada"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "json")]
#[doc(inline)]
pub use halfsour_json as json;
#[doc(inline)]
pub use halfsour_lexer as lexer;
#[doc(inline)]
pub use halfsour_value as value;
#[doc(inline)]
pub use halfsour_vm as vm;

pub use halfsour_value::{Graph, Node, Value};
pub use halfsour_vm::{Limits, Loader, Options};
