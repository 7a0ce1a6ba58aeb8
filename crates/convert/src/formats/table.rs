//! Tables: parquet, Arrow's files.

use halfsour_arrow::{TableError, WriteError, table_of, write_ipc, write_parquet};
use halfsour_text::name::visible;
use halfsour_text::phrase;
use halfsour_writer::Limits;

use super::sheet::sheet;
use crate::convert::{self, Out, Subject};
use crate::{ConvertError, Options};

struct Writer {
    kind: Kind,
    limits: Limits,
    index: Option<bool>,
    is_written: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Parquet,
    Ipc,
}

pub(super) fn parquet(options: &Options) -> Box<dyn convert::Writer> {
    writer(Kind::Parquet, options)
}

pub(super) fn ipc(options: &Options) -> Box<dyn convert::Writer> {
    writer(Kind::Ipc, options)
}

fn writer(kind: Kind, options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { kind, limits: options.limits.written, index: options.index, is_written: false })
}

impl convert::Writer for Writer {
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        if std::mem::replace(&mut self.is_written, true) {
            return Err("several pickles; the option `first` takes the table of the first".into());
        }
        let most = self.limits.room(data.graph.source().len());
        let sheet = sheet(data, most)?;
        let (batch, failed) = table_of(&sheet, self.index, most).map_err(|error| error.to_string())?;
        for error in failed {
            let TableError { column, row, reason, .. } = error;
            let row = row.map_or(String::new(), |row| format!("row {row}: "));
            out.leave_out(column.unwrap_or_default(), format!("{row}{reason}"));
        }
        out.check()?;
        let written = match self.kind {
            Kind::Parquet => write_parquet(&batch, &mut *out),
            Kind::Ipc => write_ipc(&batch, &mut *out).map(|()| Vec::new()),
        };
        let lost = written.map_err(|error| match error {
            WriteError::Output(error) => ConvertError::from(error),
            error => error.to_string().into(),
        })?;
        for of in lost {
            let name = visible(&of.column);
            if of.is_unordered {
                out.note(format!("{name}: its categories are without their order, which parquet does not keep; Arrow's files do"));
            }
            if of.unused > 0 {
                let count = match of.unused {
                    1 => "1 category that occurs".to_owned(),
                    more => format!("{} categories that occur", phrase::count(more)),
                };
                out.note(format!(
                    "{name}: without {count} in no row, which parquet does not keep; Arrow's files do"
                ));
            }
        }
        Ok(())
    }
}
