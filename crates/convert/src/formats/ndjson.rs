//! A line of JSON for each row.

use std::collections::HashSet;
use std::io::Write;

use halfsour_classes::sheet::{Column, Sheet, Unknowns};
use halfsour_classes::{Known, members, recognise};
use halfsour_inspect::get;
use halfsour_inspect::path::Place;
use halfsour_json::{Limits, Style, lines_to_writer, table_lines_to_writer};
use halfsour_value::{Data, Graph};

use super::beside;
use super::sheet::shown;
use crate::convert::{self, Out, Subject};
use crate::{ConvertError, Options};

struct Writer {
    limits: Limits,
    most: halfsour_writer::Limits,
}

pub(super) fn writer(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { limits: options.limits.json, most: options.limits.written })
}

/// Notes the columns of a frame or series that cannot be read, or have objects of classes that are not known. Returns
/// the numbers of these, in the order of columns; `None` stands for the labels of rows.
fn leave_out<'g>(
    known: &Known<'g, &'g [u8]>,
    graph: &'g Graph<&'g [u8]>,
    most: usize,
    out: &mut Out<'_>,
) -> Result<HashSet<Option<usize>>, ConvertError> {
    let mut left_out = HashSet::new();
    if let Known::DataFrame(_) | Known::Series(_) = known {
        let sheet = Sheet::of_known(known, most).map_err(|error| error.to_string())?;
        let mut unknowns = Unknowns::new(graph);
        let labels = sheet.labels.iter().map(|column| (None, column));
        let columns = sheet.columns.iter().enumerate().map(|(number, column)| (Some(number), column));
        for (number, Column { name, cells, .. }) in labels.chain(columns) {
            let why = match cells {
                Ok(cells) => unknowns.find_in(cells, sheet.rows),
                Err(why) => Some(why.clone()),
            };
            if let Some(why) = why {
                out.leave_out(shown(name, number.is_none()), why);
                left_out.insert(number);
            }
        }
    }
    out.check()?;
    Ok(left_out)
}

impl convert::Writer for Writer {
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        beside::check(data, out)?;
        let (graph, limits) = (data.graph, self.limits);
        let known = match &data.place {
            Place::Node(root) => {
                if let Data::Set(rows) | Data::FrozenSet(rows) = root.data() {
                    return Ok(lines_to_writer(out, graph, rows, limits)?);
                }
                if let Some(rows) = members(*root) {
                    return Ok(lines_to_writer(out, graph, rows, limits)?);
                }
                recognise(*root)
            }
            Place::Members(rows) => {
                return Ok(lines_to_writer(out, graph, rows.iter().copied(), limits)?);
            }
            place => place.known(),
        };
        if let Some(known) = known {
            let left_out = leave_out(&known, graph, self.most.room(graph.source().len()), out)?;
            let is_left_out = |number| left_out.contains(&number);
            if table_lines_to_writer(&mut *out, graph.root(), known, is_left_out, limits)? {
                return Ok(());
            }
        }
        get::json(&mut *out, graph.root(), data.place.clone(), Style::plain().with_limits(limits))?;
        Ok(out.write_all(b"\n")?)
    }
}
