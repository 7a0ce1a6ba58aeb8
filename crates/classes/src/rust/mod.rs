//! Types of Rust's own crates, each behind the feature with the name of its crate.

#[cfg(feature = "bigdecimal")]
mod bigdecimal;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod moments;
#[cfg(feature = "ndarray")]
mod ndarray;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "time")]
mod time;
mod unfit;
#[cfg(feature = "uuid")]
mod uuid;

#[cfg(feature = "ndarray")]
pub use ndarray::{Memory, Numeric};
pub use unfit::ConversionError;
