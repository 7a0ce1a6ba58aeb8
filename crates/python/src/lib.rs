//! The extension module of the Python package `halfsour`.
//!
//! `load/` makes Python objects of a graph, `dump.rs` a graph of Python objects; `object.rs` has what stands for objects whose classes are
//! not imported. All else asks the other crates.

mod audit;
mod command;
mod dump;
mod error;
mod input;
mod load;
mod look;
mod object;

use pyo3::prelude::*;

#[pymodule]
#[pyo3(name = "_halfsour")]
mod extension {
    #[pymodule_export]
    use crate::audit::Policy;
    #[pymodule_export]
    use crate::command::command;
    #[pymodule_export]
    use crate::dump::dumps;
    #[pymodule_export]
    use crate::load::{loads, loads_from};
    #[pymodule_export]
    use crate::look::{File, Node, from_json, open};
    #[pymodule_export]
    use crate::object::{Global, Object, PersistentId};
}
