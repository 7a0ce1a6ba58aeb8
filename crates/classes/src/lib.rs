#![doc = include_str!("../README.md")]

mod build;
mod calendar;
mod call;
mod exact;
mod guess;
mod known;
mod memory;
mod names;
pub mod numpy;
pub mod pandas;
mod parse;
mod payload;
pub mod pyarrow;
mod rust;
mod scalars;
pub mod scipy;
mod shape;
mod shown;
pub mod sklearn;
pub mod stdlib;
pub mod torch;
mod ubjson;

use halfsour_value::Node;

pub use build::{Build, PathClass};
pub use exact::{Exact, Role};
pub use guess::{like_enum, like_named_tuple};
pub use halfsour_text::number::Int;
pub use known::Known;
pub use names::{canonical, classes};
pub use payload::{Format, Payload};
pub use rust::Unfit;
#[cfg(feature = "ndarray")]
pub use rust::{Memory, Number};
pub use shape::{Shape, Table, cost, members, pairs};
pub use shown::class_name;

/// What an object is, if it is of a class that is known here and its pickle is one that the class writes.
///
/// Anything else is `None`: an instance that keeps its name and its fields, never an error. What is inside is not looked
/// at: the nodes that a [`Known`] holds may be known objects in turn, which it is for the caller to ask.
///
/// ```
/// use halfsour_classes::{Known, recognise};
///
/// // datetime.date(2024, 2, 29)
/// let graph = halfsour_vm::from_slice(b"\x80\x03cdatetime\ndate\nC\x04\x07\xe8\x02\x1d\x85R.")?;
/// let Some(Known::Date(date)) = recognise(graph.root()) else { panic!() };
/// assert_eq!((date.year, date.month, date.day), (2024, 2, 29));
/// assert_eq!(date.to_string(), "2024-02-29");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn recognise<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Known<'_, S>> {
    match call::Call::of(node) {
        Some(call) => names::read(&call),
        None => torch::uncalled(node).or_else(|| pandas::uncalled(node)).or_else(|| sklearn::estimator(node)),
    }
}
