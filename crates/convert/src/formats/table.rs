//! Tables: parquet, Arrow's files, CSV.

use halfsour_arrow::{WriteError, table_with, write_csv, write_ipc, write_parquet};
use halfsour_files::Part;
use halfsour_vm::Graph;
use halfsour_writer::Limits;

use crate::convert::{self, Out};
use crate::{ConvertError, Options};

struct Writer {
    kind: Kind,
    limits: Limits,
    is_written: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Parquet,
    Ipc,
    Csv,
}

pub(super) fn parquet(options: &Options) -> Box<dyn convert::Writer> {
    writer(Kind::Parquet, options)
}

pub(super) fn ipc(options: &Options) -> Box<dyn convert::Writer> {
    writer(Kind::Ipc, options)
}

pub(super) fn csv(options: &Options) -> Box<dyn convert::Writer> {
    writer(Kind::Csv, options)
}

fn writer(kind: Kind, options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { kind, limits: options.limits.written, is_written: false })
}

impl convert::Writer for Writer {
    fn add(&mut self, graph: &Graph<&[u8]>, _: &Part, out: &mut Out<'_>) -> Result<(), ConvertError> {
        if std::mem::replace(&mut self.is_written, true) {
            return Err("several pickles; the option `first` takes the table of the first".into());
        }
        let most = self.limits.room(graph.source().len());
        let batch = table_with(graph.root(), most).map_err(|error| error.to_string())?;
        let written = match self.kind {
            Kind::Parquet => write_parquet(&batch, out),
            Kind::Ipc => write_ipc(&batch, out),
            Kind::Csv => write_csv(&batch, out),
        };
        written.map_err(|error| match error {
            WriteError::Output(error) => error.into(),
            error => error.to_string().into(),
        })
    }
}
