//! Lines with colours.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use halfsour_inspect::{Role, Spans};
use serde::Serialize;

pub const ERROR: Style = AnsiColor::Red.on_default().bold();
pub const WARNING: Style = AnsiColor::Yellow.on_default();
pub const CLEAN: Style = AnsiColor::Green.on_default();
pub const DIM: Style = Style::new().dimmed();

fn style(role: Role) -> Style {
    match role {
        Role::Constant => AnsiColor::Magenta.on_default(),
        Role::Number => AnsiColor::Cyan.on_default(),
        Role::Text | Role::Added => AnsiColor::Green.on_default(),
        Role::Name | Role::Changed => AnsiColor::Yellow.on_default(),
        Role::Removed => AnsiColor::Red.on_default(),
        Role::Heading => Style::new().bold(),
        Role::Dim => DIM,
        _ => Style::new(),
    }
}

/// Prints lines, each piece in the colour of its role.
pub fn lines(out: &mut dyn Write, lines: impl IntoIterator<Item = Spans>) -> io::Result<()> {
    for line in lines {
        for (role, text) in line.iter() {
            let style = style(role);
            write!(out, "{style}{text}{style:#}")?;
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Prints a value as JSON on one line.
pub fn json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}

/// Prints a value as JSON on many lines.
pub fn json_pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
