//! The workloads, which CPython pickled, and the jobs that are measured on them. Criterion measures each step (`ladder.rs`), and
//! `contender` each job in a process of its own; both measure the peers as well. `cargo xtask bench` makes the files and runs
//! the contenders.

pub mod jobs;
#[cfg(feature = "peers")]
pub mod peers;
pub mod scan;
pub mod tally;
pub mod timing;
pub mod types;
pub mod workload;
