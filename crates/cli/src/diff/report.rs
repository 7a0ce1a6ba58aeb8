//! How differences are told.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use halfsour::json;
use serde_json::{Value, json};

use super::{Change, Contents, Diff, Difference, N, Step, shape};
use crate::path;
use crate::text::count;

const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();
const CHANGED: Style = AnsiColor::Yellow.on_default();

/// How much of a value is shown.
const MOST: usize = 60;

/// How many steps of a long path are shown at either end.
const STEPS: usize = 20;

impl<'g> Diff<'g> {
    /// One line: what became of what.
    pub fn line(&self, out: &mut dyn Write, Difference { place, change }: &Difference<'g>) -> io::Result<()> {
        let path = self.path(*place);
        let brief = |node: &N<'g>| path::brief(*node, MOST);
        match change {
            Change::Removed(old) => writeln!(out, "{REMOVED}- {path}: {}{REMOVED:#}", brief(old)),
            Change::Added(new) => writeln!(out, "{ADDED}+ {path}: {}{ADDED:#}", brief(new)),
            Change::Changed(old, new) => {
                let (mut x, mut y) = (brief(old), brief(new));
                // What looks the same differs in its type, or further on.
                if x == y {
                    for (text, node) in [(&mut x, *old), (&mut y, *new)] {
                        *text = format!("{} {text}", shape::type_name(node));
                    }
                }
                writeln!(out, "{CHANGED}~ {path}: {x} → {y}{CHANGED:#}")
            }
            Change::Order => writeln!(out, "{CHANGED}~ {path}: the same keys in another order{CHANGED:#}"),
            Change::Storage(Contents { different, all, what }) => {
                let (different, all) = (count(*different), count(*all));
                writeln!(out, "{CHANGED}~ {path}: {different} of {all} {what} differ{CHANGED:#}")
            }
            Change::Sharing => {
                writeln!(
                    out,
                    "{CHANGED}~ {path}: shared in one, an object of its own in the other{CHANGED:#}"
                )
            }
        }
    }

    pub fn as_json(&self, Difference { place, change }: &Difference<'g>) -> Value {
        let path = self.path(*place);
        match change {
            Change::Removed(old) => json!({"path": path, "change": "removed", "old": value(*old)}),
            Change::Added(new) => json!({"path": path, "change": "added", "new": value(*new)}),
            Change::Changed(old, new) => json!({
                "path": path, "change": "changed", "old": value(*old), "new": value(*new),
                "old_type": shape::type_name(*old), "new_type": shape::type_name(*new),
            }),
            Change::Storage(Contents { different, all, what }) => {
                json!({"path": path, "change": "storage", "different": different, "all": all, "unit": what})
            }
            Change::Order => json!({"path": path, "change": "order"}),
            Change::Sharing => json!({"path": path, "change": "sharing"}),
        }
    }

    fn path(&self, mut place: usize) -> String {
        let mut steps = Vec::new();
        while place > 0 {
            let (from, step) = self.places[place];
            steps.push(step);
            place = from;
        }
        steps.reverse();
        let spelled = |step: &Step<'g>| match step {
            Step::Pickle(number) => format!("#{number}"),
            Step::Index(index) => path::index(*index),
            Step::Key(key) => path::key(*key),
            Step::Argument(index) => format!("({index})"),
            Step::Part(part) => (*part).to_owned(),
        };
        let mut shown: Vec<_> = steps.iter().take(STEPS).map(spelled).collect();
        if steps.len() > 2 * STEPS {
            shown.push(" … ".to_owned());
        }
        shown.extend(steps.iter().skip(STEPS.max(steps.len().saturating_sub(STEPS))).map(spelled));
        let shown: Vec<_> = shown.iter().map(String::as_str).collect();
        match path::join(&shown) {
            path if path.is_empty() => "(all)".to_owned(),
            path => path,
        }
    }
}

/// As plain JSON, if that is short; otherwise a string that shows the beginning.
fn value(node: N<'_>) -> Value {
    let mut text = Short(Vec::new());
    let written = json::to_writer(&mut text, node, json::Style::plain());
    let value = written.ok().and_then(|()| serde_json::from_slice(&text.0).ok());
    value.unwrap_or_else(|| path::brief(node, MOST).into())
}

/// Takes some text, and no more.
struct Short(Vec<u8>);

impl Write for Short {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        const MOST: usize = 1 << 16;
        if self.0.len() + bytes.len() > MOST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
