//! Workloads as CPython pickles them, and what is measured on them: by criterion on one ladder, by `contender` in a
//! process for each, by both against the peers. `cargo xtask bench` makes the files and runs the contenders.

pub mod jobs;
#[cfg(feature = "peers")]
pub mod peers;
pub mod scan;
pub mod tally;
pub mod timing;
pub mod types;
pub mod workload;
