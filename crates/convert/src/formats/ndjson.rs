//! A line of JSON for each row.

use halfsour_classes::members;
use halfsour_json::{Limits, lines_to_writer, table_lines_to_writer};
use halfsour_value::Data;

use crate::convert::{self, Out, Subject};
use crate::{ConvertError, Options};

struct Writer {
    limits: Limits,
}

pub(super) fn writer(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { limits: options.limits.json })
}

impl convert::Writer for Writer {
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        let (root, graph) = (data.node, data.graph);
        Ok(match root.data() {
            Data::Set(rows) | Data::FrozenSet(rows) => lines_to_writer(out, graph, rows, self.limits),
            _ => match members(root) {
                Some(rows) => lines_to_writer(out, graph, rows, self.limits),
                None if table_lines_to_writer(&mut *out, root, self.limits)? => Ok(()),
                None => lines_to_writer(out, graph, [root], self.limits),
            },
        }?)
    }
}
