//! Objects that are not data: exceptions, patterns, calls to come.

use halfsour_value::{Elements, Node};

use crate::Known;
use crate::call::Call;

/// An exception or a warning that is built in.
#[derive(Clone)]
pub struct Exception<'g, S> {
    /// Its class in Python 3: `ValueError`.
    pub name: &'static str,
    /// `args`
    pub args: Elements<'g, S>,
    /// Its attributes, a dict, if it was given some.
    pub attributes: Option<Node<'g, S>>,
}

pub(crate) fn exception<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Known<'g, S>> {
    let attributes = if call.is_bare() { None } else { Some(call.state()?) };
    Some(Known::Exception(Exception { name: call.name.1, args: call.args()?, attributes }))
}
