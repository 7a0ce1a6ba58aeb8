//! The `halfsour` command: shows, converts and checks Python pickles without Python.

mod args;
mod commands;
mod failure;
mod file;
mod text;
mod tree;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Args, Command};
use crate::commands::{Dis, Get, Info, Json, Make, PerFile, Rewrite, Show};
use crate::failure::Failure;
use crate::file::File;

fn main() -> ExitCode {
    let Args { command, reading, color } = Args::parse();
    color.write_global();
    let several =
        matches!(&command, Command::Show { files, .. } | Command::Dis { files, .. } if files.len() > 1);
    let (files, mut command): (_, Box<dyn PerFile>) = match command {
        Command::Info { files } => (files, Box::new(Info::new(&reading))),
        Command::Show { files, cuts } => (files, Box::new(Show::new(&reading, cuts))),
        Command::Get { file, path, form } => (vec![file], Box::new(Get::new(&reading, path, form))),
        Command::Dis { files, annotate } => (files, Box::new(Dis::new(&reading, annotate))),
        Command::Json { files, form } => (files, Box::new(Json::new(&reading, form))),
        Command::Make { target, .. } | Command::Rewrite { target, .. } if target.is_terminal() => {
            eprintln!("error: a pickle is not written to a terminal: use --output, or redirect");
            return ExitCode::from(2);
        }
        Command::Make { file, target } => (vec![file], Box::new(Make::new(target))),
        Command::Rewrite { file, optimize, target } => {
            (vec![file], Box::new(Rewrite::new(&reading, optimize, target)))
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "halfsour", &mut io::stdout());
            return ExitCode::SUCCESS;
        }
    };
    let mut failed = false;
    let mut out = output(command.is_styled());
    for name in files {
        let result = File::read(name, reading.options().limits.input).and_then(|file| {
            if several {
                writeln!(out, "==> {} <==", file.name())?;
            }
            command.file(&mut out, &file)
        });
        match result.and_then(|()| Ok(out.flush()?)) {
            Ok(()) => {}
            Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Err(failure) => {
                failed = true;
                // What went well comes before what did not.
                let _ = out.flush();
                failure.report();
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Standard output. Colours are kept out of it if it is no terminal, or if they are unwanted.
fn output(styled: bool) -> Box<dyn Write> {
    if styled {
        Box::new(BufWriter::new(anstream::stdout().lock()))
    } else {
        Box::new(BufWriter::new(io::stdout().lock()))
    }
}
