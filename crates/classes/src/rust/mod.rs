//! Types of Rust's own crates, each behind the feature with the name of its crate.

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod moments;
#[cfg(feature = "time")]
mod time;
mod unfit;

pub use unfit::Unfit;
