//! The `halfsour` command: shows, converts and checks Python pickles without Python.
//!
//! It is a library for another program to be the command, too: the Python package is.

mod args;
mod arrays;
mod commands;
mod failure;
mod input;
mod output;
mod print;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;

use clap::{CommandFactory, Parser};

use crate::args::{Args, Command, Reading};
use crate::commands::{
    Convert, Dis, Find, Get, Info, Json, ListTensors, Make, PerFile, Rewrite, Show, Size, Trace,
};
use halfsour::lexer::text::phrase::plural;
use halfsour_files::{self as files, Input, LookAlike, Part};

use crate::failure::Failure;

/// The status if the command line is wrong, or a policy or baseline cannot be read.
const USAGE: u8 = 2;

/// Runs the command with these arguments, of which the first is its name, and returns its exit status.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let Args { command, mut reading, color } = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // To standard output, if help was asked for. If nobody reads it, there is nobody to tell.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(USAGE);
        }
    };
    color.write_global();
    reading.salvage = command.salvages();
    if let Command::Make { target, .. } | Command::Rewrite { target, .. } = &command
        && let Some(why) = target.refused()
    {
        eprintln!("error: {why}");
        return USAGE;
    }
    if let Command::Rewrite { names, .. } = &command
        && reading.keep_memo
        && !names.is_empty()
    {
        eprintln!(
            "error: --keep-memo: pickles that share a memo are not renamed: a text of one may be a name in another"
        );
        return USAGE;
    }
    let (files, command): (_, Box<dyn PerFile>) = match command {
        Command::Audit(audit) => return audit.run(&reading),
        Command::Info { files } => (files, Box::new(Info::new(&reading))),
        Command::Show { mut files, part, form, .. } => {
            let path = part.take(&mut files);
            (files, Box::new(Show::new(&reading, form.limits(), path)))
        }
        Command::Trace { files } => (files, Box::new(Trace::new(&reading))),
        Command::Get { file, path, form, cycles, .. } => {
            (vec![file], Box::new(Get::new(&reading, path, form, cycles.cycles())))
        }
        Command::Find { file, pattern, form } => match Find::new(&reading, &pattern, &form) {
            Ok(find) => (vec![file], Box::new(find)),
            Err(why) => {
                eprintln!("error: {why}");
                return USAGE;
            }
        },
        Command::Dis { files, annotate } => (files, Box::new(Dis::new(&reading, annotate))),
        Command::Json { mut files, part, form, cycles, .. } => {
            let path = part.take(&mut files);
            (files, Box::new(Json::new(&reading, form, path, cycles.cycles())))
        }
        Command::Make { file, target } => (vec![file], Box::new(Make::new(&reading, target))),
        Command::Rewrite { file, optimize, names, target } => {
            (vec![file], Box::new(Rewrite::new(&reading, optimize, names.rules(), target)))
        }
        Command::Convert { file, path, target, .. } => match target.format() {
            Ok(format) => (vec![file], Box::new(Convert::new(&reading, path, format, &target))),
            Err(why) => {
                eprintln!("error: {why}");
                return USAGE;
            }
        },
        Command::Tensors { mut files, part, json, .. } => {
            let path = part.take(&mut files);
            (files, Box::new(ListTensors::new(&reading, path, json)))
        }
        Command::Diff { old, new, path, form } => {
            return commands::diff::run(&mut output(true), &reading, [&old, &new], &path, &form);
        }
        Command::Size { mut files, part, form } => {
            let path = part.take(&mut files);
            (files, Box::new(Size::new(&reading, path, form)))
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "halfsour", &mut io::stdout());
            return 0;
        }
    };
    let several = command.is_headed() && files.len() > 1;
    let out = output(command.is_styled());
    let mut run = Run { out, command, reading: &reading, several, failed: false, rest: None };
    for name in files {
        if run.name(&name).is_break() {
            return 0;
        }
    }
    u8::from(run.failed || !run.command.is_success())
}

/// A command at work.
struct Run<'r> {
    out: Box<dyn Write>,
    command: Box<dyn PerFile>,
    reading: &'r Reading,
    /// Whether output has to say which file it is of.
    several: bool,
    failed: bool,
    /// The member of which it was said last that it has what is beside the pickles.
    rest: Option<String>,
}

impl Run<'_> {
    fn name(&mut self, name: &str) -> ControlFlow<()> {
        if let Some(result) = self.command.name(&mut self.out, name) {
            return self.tell(result);
        }
        match input::open(name, self.reading) {
            Ok(input) => self.input(&input),
            Err(failure) => self.tell(Err(failure)),
        }
    }

    fn input(&mut self, input: &Input) -> ControlFlow<()> {
        if let Err(failure) = self.command.input(&mut self.out, input) {
            return self.tell(Err(failure));
        }
        if self.command.reads_arrays()
            && let Some(part) = arrays::of_archive(input, self.reading).transpose()
        {
            let result = part.and_then(|part| {
                self.head(&part, self.several)?;
                self.command.array(&mut self.out, &part)
            });
            return self.tell(result);
        }
        let headed = self.command.is_headed() && input.has_parts();
        let whole = input.source();
        let flow = match self.command.parts(input) {
            Ok(mut parts) => parts.try_for_each(|part| {
                let part = match part {
                    Ok(part) => part,
                    Err(error) => return self.tell(Err(error.into())),
                };
                let is_part = part.name() != whole.name();
                let result = self.part(&part, self.several || headed && is_part);
                self.tell(result)?;
                self.tell(damage(part.damage().filter(|_| is_part), part.bytes()))
            }),
            Err(failure) => self.tell(Err(failure)),
        };
        flow?;
        self.tell(damage(whole.damage(), whole.bytes()))
    }

    fn part(&mut self, part: &Part, headed: bool) -> Result<(), Failure> {
        self.head(part, headed)?;
        if self.command.reads_arrays()
            && let Some(part) = arrays::of_part(part, self.reading)?
        {
            return self.command.array(&mut self.out, &part);
        }
        self.command.part(&mut self.out, part)?;
        if part.has_crlf() {
            self.out.flush()?;
            eprintln!("note: {}: {}", part.name(), LookAlike::Crlf);
        }
        if let Some(rest) = part.rest()
            && self.rest.as_deref() != Some(rest)
        {
            self.out.flush()?;
            eprintln!("note: what is beside the pickles in it is in {rest}");
            self.rest = Some(rest.to_owned());
        }
        Ok(())
    }

    fn head(&mut self, part: &Part, headed: bool) -> Result<(), Failure> {
        if headed {
            writeln!(self.out, "==> {} <==", part.name())?;
        }
        Ok(())
    }

    /// Tells what went wrong. If nobody reads what is written, it is time to end.
    fn tell(&mut self, result: Result<(), Failure>) -> ControlFlow<()> {
        match result.and_then(|()| Ok(self.out.flush()?)) {
            Ok(()) => {}
            Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                return ControlFlow::Break(());
            }
            Err(failure) => {
                self.failed = true;
                // What went well comes before what did not.
                let _ = self.out.flush();
                failure.report();
            }
        }
        ControlFlow::Continue(())
    }
}

/// What is told of compressed data that is cut off, of which these bytes were taken.
fn damage(error: Option<files::Error>, bytes: &[u8]) -> Result<(), Failure> {
    let Some(error) = error else { return Ok(()) };
    let count = plural(bytes.len(), "byte");
    Err(Failure::message(format!("{error}; {count} could be decompressed, and what follows them is missing")))
}

/// Standard output. Colours are kept out of it if it is no terminal, or if they are unwanted.
fn output(styled: bool) -> Box<dyn Write> {
    if styled {
        Box::new(BufWriter::new(anstream::stdout().lock()))
    } else {
        Box::new(BufWriter::new(io::stdout().lock()))
    }
}
