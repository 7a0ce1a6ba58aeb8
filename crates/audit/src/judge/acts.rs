//! What a call really does, beyond what patterns can say of its arguments.

use halfsour_vm::value::Id;

use super::Judge;
use super::geometry::are_geometries;
use super::indexes::has_equal_hashes;
use super::state::Objection;
use super::{indices, tensors};
use crate::Rule;
use crate::at::At;
use crate::policy::Acts;
use crate::report::Severity;
use crate::shapes::objects;

/// What an object of kilobytes counts, in bytes.
pub(super) const LARGE: u64 = 20_000;
/// What an object that takes milliseconds counts.
const SLOW: u64 = 500_000;
/// What an index of pandas counts, which takes some hundredths of a millisecond.
const INDEX: u64 = 4000;

impl Judge<'_, '_> {
    /// Why a call is not allowed whose arguments fit.
    pub(super) fn objection(
        &mut self,
        at: At<'_>,
        (name, acts): (&str, Option<Acts>),
        args: &[Id],
        result: Id,
    ) -> Option<Objection> {
        let unknown = |why: &str| Some((Rule::R9, Severity::Unknown, why.to_owned()));
        match acts? {
            Acts::DType => {
                self.dtypes.made(at, result, args);
                None
            }
            Acts::Arrow if !self.is_arrow_array(at, args) => unknown(
                "its buffers do not hold what it says, or its type is not known here: Arrow believes both",
            ),
            Acts::Wkb if !args.first().is_none_or(|&it| are_geometries(at.view, it)) => {
                unknown("it holds less than it says, or geometries that are not known here")
            }
            Acts::Scalar if args.first().is_some_and(|&dtype| self.dtypes.has_objects(dtype)) => {
                let why = "numpy below 1.20 takes the bytes for addresses of objects";
                Some((Rule::R7, Severity::Dangerous, why.to_owned()))
            }
            Acts::Index if has_periods_as_objects(at, args) => {
                unknown("it would read its objects as text, and takes the square of their digits for that")
            }
            Acts::Index if has_equal_hashes(at, args, self.policy.limits().equal_hashes) => {
                unknown("each further number of the same hash takes pandas longer than the one before")
            }
            Acts::Index if self.spend(INDEX) => unknown("it takes long to make such objects again and again"),
            Acts::CreateArray => {
                let state = args.get(2).copied().unwrap_or(Id::NONE);
                let (rule, why) = self.dtypes.build_array(at, result, state).err()?;
                Some((rule, Severity::Dangerous, why.to_owned()))
            }
            Acts::Large if self.spend(LARGE) => {
                unknown("it makes an object that is much larger than what it is given, again and again")
            }
            Acts::Slow if self.spend(SLOW) => unknown("it takes long to make such objects again and again"),
            Acts::Nested if self.spend_depth(at, args, result) => {
                unknown("types that lie deep in others are hashed with all that is in them, again and again")
            }
            Acts::Regex if self.is_costly_regex(at, args) => {
                unknown("compiling it takes long, with the others of this pickle")
            }
            Acts::Tree if !self.is_tree_call(at, args) => {
                Some((Rule::R9, Severity::Dangerous, indices::WRONG.to_owned()))
            }
            acts @ (Acts::Tree | Acts::BallTree) => {
                self.give_indices(at, result, Id::NONE, acts, name);
                None
            }
            Acts::QTensor if self.spend(tensors::items(at, args)) => {
                unknown("it copies the items of a storage again and again")
            }
            acts @ (Acts::Tensor | Acts::QTensor) => {
                let why = tensors::objection(at, args, acts == Acts::QTensor)?;
                Some((Rule::R9, Severity::Dangerous, why.to_owned()))
            }
            _ => None,
        }
    }
}

/// Whether an index of periods is made of an array of objects.
fn has_periods_as_objects(at: At<'_>, args: &[Id]) -> bool {
    let &[class, state] = args else { return false };
    let is_periods = at.view.global(class).is_some_and(|[_, name]| name == b"PeriodIndex");
    let data = at.view.item(state, b"data").filter(|_| is_periods);
    data.is_some_and(|data| objects(at.view, data).is_some())
}
