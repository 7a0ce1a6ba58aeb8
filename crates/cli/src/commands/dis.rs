//! `halfsour dis`

use std::fmt;
use std::io::{self, Write};

use halfsour::lexer::{ComplaintKind, Disassembly, DisassemblyMemo};
use halfsour_files::Part;

use super::{PerFile, each_pickle};
use crate::args::Reading;
use crate::failure::{Cause, Failure};

pub struct Dis {
    first: bool,
    keep_memo: bool,
    annotate: usize,
}

impl Dis {
    pub fn new(reading: &Reading, annotate: Option<usize>) -> Self {
        let keep_memo = reading.options().keep_memo;
        Self { first: reading.first, keep_memo, annotate: annotate.unwrap_or(0) }
    }
}

impl PerFile for Dis {
    fn is_headed(&self) -> bool {
        true
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        let mut memo = DisassemblyMemo::default();
        each_pickle(file, self.first, |bytes, start| {
            if !self.keep_memo {
                memo = DisassemblyMemo::default();
            }
            let mut text = Text { out, error: None };
            let disassembly = Disassembly::at(bytes, start).annotate(self.annotate);
            let shown = disassembly.write_with_memo(&mut text, &mut memo);
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
