//! A line of JSON for each row.

use halfsour_classes::sheet::{Form, Name, write_name};
use halfsour_classes::{Known, members, recognise};
use halfsour_json::{Limits, lines_to_writer, table_lines_to_writer};
use halfsour_value::{Data, Node};

use crate::convert::{self, Out, Subject};
use crate::{ConvertError, Options};

struct Writer {
    limits: Limits,
}

pub(super) fn writer(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { limits: options.limits.json })
}

/// Notes the columns of a frame that cannot be read. Returns true.
fn leave_out(root: Node<'_, &[u8]>, out: &mut Out<'_>) -> Result<bool, ConvertError> {
    if let Some(Known::DataFrame(frame)) = recognise(root) {
        for (column, label) in frame.columns().zip(frame.columns.cells()) {
            if let Err(unreadable) = column {
                let mut name = String::new();
                if let Some(label) = label {
                    write_name(&Name::Label(label), &Form::default(), &mut name);
                }
                out.leave_out(name, unreadable.reason());
            }
        }
    }
    out.check()?;
    Ok(true)
}

impl convert::Writer for Writer {
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        let (root, graph) = (data.node()?, data.graph);
        Ok(match root.data() {
            Data::Set(rows) | Data::FrozenSet(rows) => lines_to_writer(out, graph, rows, self.limits),
            _ => match members(root) {
                Some(rows) => lines_to_writer(out, graph, rows, self.limits),
                None if leave_out(root, out)? && table_lines_to_writer(&mut *out, root, self.limits)? => {
                    Ok(())
                }
                None => lines_to_writer(out, graph, [root], self.limits),
            },
        }?)
    }
}
