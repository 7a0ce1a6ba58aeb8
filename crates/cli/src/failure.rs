//! What goes wrong, and how it is told.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{self, Write};

use halfsour::lexer::text::phrase::plural;
use halfsour::lexer::{Complaint, Lexer, Opcode, brief};
use halfsour::value::PathError;
use halfsour::{json, vm, writer};
use halfsour_files::{ErrorKind, Limit, LookAlike, PickleError};

use crate::print::{DIM, ERROR};

pub enum Failure {
    /// A file cannot be read or written.
    File { name: String, error: io::Error },
    /// Standard output takes no more.
    Output(io::Error),
    /// A pickle is not what it should be: the message, and the opcodes around the place.
    Pickle { message: String, excerpt: String },
}

/// Why something cannot be done with a pickle.
pub enum Cause {
    Load(vm::Error),
    Disassembly(Complaint),
    Json(json::Error),
    Write(writer::Error),
    /// A path leads nowhere in a pickle, which ends here if others may follow it.
    Path {
        error: PathError,
        end: Option<usize>,
    },
    Other(String),
    Output(io::Error),
}

impl From<halfsour_files::Error> for Failure {
    fn from(error: halfsour_files::Error) -> Self {
        let hint = match error.kind() {
            ErrorKind::Limit(Limit::Ratio) => {
                let times = halfsour_files::Limits::UNTRUSTED.ratio;
                format!(
                    "a stranger's file may become {times} times as long; if you trust it: --limits ratio=1000"
                )
            }
            ErrorKind::Limit(Limit::Total) => {
                "if you trust the file: --limits ratio=1000, or decompressed=16G".to_owned()
            }
            ErrorKind::Limit(Limit::Depth) => "if you trust the file: --limits layers=64".to_owned(),
            _ => return Self::message(error.to_string()),
        };
        Self::Pickle { message: error.to_string(), excerpt: format!("{DIM}{hint}{DIM:#}\n") }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// In a pickle that lies in these bytes.
    #[cold]
    pub fn in_pickle(at: PickleError<Cause>, bytes: &[u8]) -> Self {
        let PickleError { name, start, before, error, look_alike } = at;
        let mut note = String::new();
        // What was salvaged is told with its lengths.
        let mut is_damage = false;
        let is_memo =
            matches!(&error, Cause::Load(error) if matches!(error.kind(), vm::ErrorKind::MemoUnset(_)));
        let is_out_of_memory = matches!(&error, Cause::Load(error) if matches!(error.kind(), vm::ErrorKind::Limit(vm::Limit::Memory)));
        let (message, place) = match error {
            Cause::Output(error) => return Self::Output(error),
            Cause::Load(error) => {
                if is_not_encoded(&error) {
                    note.push_str("`--errors replace` marks such bytes, and `--encoding latin1` reads any");
                }
                if matches!(look_alike.as_deref(), Some(LookAlike::Truncated { .. })) {
                    note.push_str(
                        "show, get, json, convert and tensors take what was complete with `--salvage`",
                    );
                }
                (error.to_string(), Some(error.offset()))
            }
            // The opcodes have just been shown.
            Cause::Disassembly(complaint) => (complaint.to_string(), None),
            Cause::Json(error) => {
                if matches!(error.kind(), json::ErrorKind::Cycle(_)) {
                    note.push_str(
                        "try `halfsour json --cycles ref`, or `halfsour json --lossless`, which can express cycles",
                    );
                }
                if matches!(error.kind(), json::ErrorKind::TooLarge) {
                    note.push_str("a path takes a part of it, and --lossless repeats nothing; if you trust the file: --limits trusted");
                }
                (error.to_string(), error.offset())
            }
            Cause::Write(error) => (error.to_string(), None),
            Cause::Path { error, .. } => (error.to_string(), None),
            Cause::Other(error) => {
                is_damage = matches!(look_alike.as_deref(), Some(LookAlike::Truncated { .. }));
                if error.contains("larger than the limit") {
                    note.push_str("if you trust the file: --limits written=16G");
                }
                (error, None)
            }
        };
        if before > 0 && place.is_some() {
            let pickles = plural(before, "pickle");
            note.push_str(if note.is_empty() { "" } else { "\n" });
            let _ = write!(note, "before it, up to byte 0x{start:x}: {pickles}; --first reads only one");
            if is_memo {
                note.push_str(", --keep-memo all with one memo");
            }
        }
        if is_out_of_memory {
            note.push_str("if you trust the file: --limits trusted, or memory-per-byte=1000");
        }
        let mut excerpt = place.map(|place| excerpt(bytes, start, place)).unwrap_or_default();
        if !note.is_empty() {
            let _ = writeln!(excerpt, "{DIM}{note}{DIM:#}");
        }
        let look_alike = look_alike.filter(|_| !is_damage);
        let look_alike = look_alike.map(|what| format!("; {what}")).unwrap_or_default();
        Self::Pickle { message: format!("{name}: {message}{look_alike}"), excerpt }
    }

    /// Without a place in a pickle.
    pub fn message(message: String) -> Self {
        Self::Pickle { message, excerpt: String::new() }
    }

    /// Tells it in a line, without colours.
    pub fn line(&self) -> String {
        match self {
            Self::File { name, error } => format!("{name}: {error}"),
            Self::Output(error) => format!("standard output: {error}"),
            Self::Pickle { message, .. } => message.clone(),
        }
    }

    /// Tells it on standard error.
    pub fn report(&self) {
        let mut out = anstream::stderr().lock();
        // If nobody listens, there is nothing to be done.
        let _ = writeln!(out, "{ERROR}{}{ERROR:#}", self.line());
        if let Self::Pickle { excerpt, .. } = self {
            let _ = write!(out, "{excerpt}");
        }
    }
}

/// Whether a Python 2 string is no text in the encoding that was chosen.
fn is_not_encoded(error: &vm::Error) -> bool {
    let is_string = [Opcode::String, Opcode::BinString, Opcode::ShortBinString];
    match error.kind() {
        vm::ErrorKind::NotEncoded { .. } => true,
        vm::ErrorKind::InvalidUtf8 | vm::ErrorKind::NotAscii => {
            error.opcode().is_some_and(|opcode| is_string.contains(&opcode))
        }
        _ => false,
    }
}

const LINES_BEFORE: usize = 3;
const LINES_AFTER: usize = 2;

/// The opcodes around a place, which is marked.
fn excerpt(input: &[u8], start: usize, place: usize) -> String {
    let mut lexer = Lexer::at(input, start);
    let mut lines = VecDeque::new();
    while lexer.offset() < place {
        let at = lexer.offset();
        if lexer.next_op().is_err() {
            break;
        }
        if lines.len() == LINES_BEFORE {
            lines.pop_front();
        }
        lines.push_back((at, lexer.offset()));
    }
    for _ in 0..=LINES_AFTER {
        let at = lexer.offset();
        let is_stop = input.get(at) == Some(&Opcode::Stop.byte());
        let failed = lexer.next_op().is_err();
        // Of what cannot be read, the argument means nothing.
        lines.push_back((at, if failed { input.len().min(at + 1) } else { lexer.offset() }));
        if failed || is_stop {
            break;
        }
    }
    let width = lines.back().map_or(0, |(at, _)| format!("{at:x}").len());
    let mut text = String::new();
    for (at, end) in lines {
        let line = brief(&input[at..end]);
        let (mark, style) = if at == place { ('>', ERROR) } else { (' ', DIM) };
        let _ = writeln!(text, "{style}{mark} 0x{at:<width$x} | {line}{style:#}");
    }
    text
}
