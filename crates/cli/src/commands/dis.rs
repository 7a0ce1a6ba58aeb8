//! `halfsour dis`

use std::fmt;
use std::io::{self, Write};

use halfsour::lexer::{ComplaintKind, Disassembly};
use halfsour_files::Part;

use super::{PerFile, each_pickle};
use crate::args::Reading;
use crate::failure::{Cause, Failure};

pub struct Dis {
    first: bool,
    annotate: usize,
}

impl Dis {
    pub fn new(reading: &Reading, annotate: Option<usize>) -> Self {
        Self { first: reading.first, annotate: annotate.unwrap_or(0) }
    }
}

impl PerFile for Dis {
    fn is_headed(&self) -> bool {
        true
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        each_pickle(file, self.first, |bytes, start| {
            let mut text = Text { out, error: None };
            let shown = Disassembly::at(bytes, start).annotate(self.annotate).write_to(&mut text);
            match (shown, text.error) {
                (Ok(summary), _) => Ok(summary.end),
                (Err(complaint), Some(error)) if *complaint.kind() == ComplaintKind::Output => {
                    Err(Cause::Output(error))
                }
                (Err(complaint), _) => Err(Cause::Disassembly(complaint)),
            }
        })
    }
}

/// Takes text for a writer of bytes, and keeps its error.
struct Text<'o> {
    out: &'o mut dyn Write,
    error: Option<io::Error>,
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}
