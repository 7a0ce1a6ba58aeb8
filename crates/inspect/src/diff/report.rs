//! [`Difference`]: how one is told.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use halfsour_text::name::{self, visible};
use halfsour_text::phrase::{count, plural};
use halfsour_text::repr;
use halfsour_value::{Data, Node};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Change, Contents, Diff, Elements, Step, TablePart as Part};
use crate::spans::{Role, Spans, write_lines};
use crate::{path, type_name};

/// The path of the root.
const ALL: &str = "(all)";

/// How many bytes of a text in a value are shown.
const MOST: usize = 60;

/// How many steps of a long path are shown at either end.
const STEPS: usize = 20;

/// A difference, and where it is.
///
/// `Display` writes a line: `~ name: 'Ann' → 'Bob'`. As `Serialize`: `{"path": …, "change": "changed", "old": …, "new": …}`, where
/// values are plain JSON if that is short; before the path, a `"member"` if there is one.
pub struct Difference<'d, 'g, S> {
    diff: &'d Diff<'g, S>,
    place: usize,
    change: &'d Change<'g, S>,
}

impl<'d, 'g, S: AsRef<[u8]>> Difference<'d, 'g, S> {
    pub(super) fn new(diff: &'d Diff<'g, S>, place: usize, change: &'d Change<'g, S>) -> Self {
        Self { diff, place, change }
    }

    /// How the object differs.
    pub fn change(&self) -> &'d Change<'g, S> {
        self.change
    }

    /// The member of an archive or a database in which the object is, if members belong together by their names.
    pub fn member(&self) -> Option<&'g str> {
        self.steps().first().and_then(|step| match step {
            Step::Member(name) => Some(*name),
            _ => None,
        })
    }

    /// The steps from the root.
    fn steps(&self) -> Vec<&'d Step<'g, S>> {
        let mut steps = Vec::new();
        let mut place = self.place;
        while place > 0 {
            let (from, step) = &self.diff.places[place];
            steps.push(step);
            place = *from;
        }
        steps.reverse();
        steps
    }

    /// Where the object is in its file or member: `users[3].email`; `(all)` if it is the root. In the middle of a long path, steps are left out.
    pub fn path(&self) -> String {
        let mut steps = self.steps();
        steps.retain(|step| !matches!(step, Step::Member(_)));
        let spelled = |step: &&Step<'g, S>| match step {
            Step::Member(_) => String::new(),
            Step::Pickle(number) => format!("#{number}"),
            Step::Index(index) => path::index(*index),
            Step::Key(key) => path::key(*key),
            Step::Argument(index) => format!("({index})"),
            Step::Part(part) => (*part).to_owned(),
            Step::Text(text) => text.clone(),
        };
        let mut shown: Vec<_> = steps.iter().take(STEPS).map(spelled).collect();
        if steps.len() > 2 * STEPS {
            shown.push(" … ".to_owned());
        }
        shown.extend(steps.iter().skip(STEPS.max(steps.len().saturating_sub(STEPS))).map(spelled));
        match path::join(&shown) {
            path if path.is_empty() => ALL.to_owned(),
            path => path,
        }
    }

    /// The line that tells the difference.
    pub fn line(&self) -> Spans {
        let path = match (self.member().map(visible), self.path()) {
            (Some(member), path) if path == ALL => member.into_owned(),
            (Some(member), path) => format!("{member}: {path}"),
            (None, path) => path,
        };
        let brief = |node: &Node<'g, S>| path::brief(*node, MOST);
        let (role, text) = match self.change {
            Change::Removed(old) => (Role::Removed, format!("- {path}: {}", brief(old))),
            Change::Added(new) => (Role::Added, format!("+ {path}: {}", brief(new))),
            Change::Changed(old, new) => {
                let (mut x, mut y) = around(*old, *new).unwrap_or_else(|| (brief(old), brief(new)));
                // What looks the same differs in its type, or further on.
                if x == y {
                    for (text, node) in [(&mut x, *old), (&mut y, *new)] {
                        *text = format!("{} {text}", type_name(node));
                    }
                }
                (Role::Changed, format!("~ {path}: {x} → {y}"))
            }
            Change::Part(Part { old, new, of }) => {
                let of = of.as_ref().map(|of| format!(" ({of})")).unwrap_or_default();
                match (old, new) {
                    (Some(old), Some(new)) => (Role::Changed, format!("~ {path}{of}: {old} → {new}")),
                    (Some(old), None) => (Role::Removed, format!("- {path}{of}: {old}")),
                    (_, new) => (Role::Added, format!("+ {path}{of}: {}", new.as_deref().unwrap_or("?"))),
                }
            }
            Change::Elements(elements) => (Role::Changed, format!("~ {path}: {}", told(elements))),
            Change::Order => (Role::Changed, format!("~ {path}: the same keys in another order")),
            Change::Storage(Contents { different, all, unit }) => {
                let (different, all) = (count(different), count(all));
                (Role::Changed, format!("~ {path}: {different} of {all} {unit} differ"))
            }
            Change::Sharing => {
                (Role::Changed, format!("~ {path}: shared in one, an object of its own in the other"))
            }
        };
        Spans::new(role, &text)
    }
}

impl<S: AsRef<[u8]>> fmt::Display for Difference<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line().fmt(f)
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Difference<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Difference").field(&self.line().text()).finish()
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Change<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(old, new) => f.debug_tuple("Changed").field(old).field(new).finish(),
            Self::Removed(old) => f.debug_tuple("Removed").field(old).finish(),
            Self::Added(new) => f.debug_tuple("Added").field(new).finish(),
            Self::Elements(elements) => f.debug_tuple("Elements").field(elements).finish(),
            Self::Part(part) => f.debug_tuple("Part").field(part).finish(),
            Self::Order => f.write_str("Order"),
            Self::Storage(contents) => f.debug_tuple("Storage").field(contents).finish(),
            Self::Sharing => f.write_str("Sharing"),
        }
    }
}

/// A [`Difference`] in JSON.
#[derive(Default, Serialize)]
struct Entry<'g> {
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'g str>,
    path: String,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_type: Option<String>,
    #[serde(flatten)]
    contents: Option<Contents>,
    #[serde(flatten)]
    elements: Option<Elements>,
    #[serde(flatten)]
    part: Option<Part>,
}

impl<S: AsRef<[u8]>> Serialize for Difference<'_, '_, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut entry = Entry { member: self.member(), path: self.path(), ..Entry::default() };
        match self.change {
            Change::Removed(old) => (entry.change, entry.old) = ("removed", Some(value(*old))),
            Change::Added(new) => (entry.change, entry.new) = ("added", Some(value(*new))),
            Change::Changed(old, new) => {
                entry.change = "changed";
                (entry.old, entry.new) = (Some(value(*old)), Some(value(*new)));
                (entry.old_type, entry.new_type) = (Some(type_name(*old)), Some(type_name(*new)));
            }
            Change::Storage(contents) => (entry.change, entry.contents) = ("storage", Some(*contents)),
            Change::Elements(elements) => {
                (entry.change, entry.elements) = ("elements", Some((**elements).clone()));
            }
            Change::Part(part) => {
                entry.change = match (&part.old, &part.new) {
                    (Some(_), Some(_)) => "changed",
                    (Some(_), None) => "removed",
                    (None, _) => "added",
                };
                entry.part = Some(part.clone());
            }
            Change::Order => entry.change = "order",
            Change::Sharing => entry.change = "sharing",
        }
        entry.serialize(serializer)
    }
}

impl<S: AsRef<[u8]>> Diff<'_, S> {
    /// The lines: one for each difference, and one that says how many more there are.
    pub fn lines(&self) -> impl Iterator<Item = Spans> {
        let more = self.total() - self.found.len();
        let last = (more > 0).then(|| Spans::new(Role::Plain, &format!("… {} more", count(more))));
        self.differences().map(|difference| difference.line()).chain(last)
    }
}

impl<S: AsRef<[u8]>> fmt::Display for Diff<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, self.lines())
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Diff<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.differences()).finish()
    }
}

impl<S: AsRef<[u8]>> Serialize for Diff<'_, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        #[derive(Serialize)]
        struct Document<D> {
            same: bool,
            total: usize,
            differences: Vec<D>,
        }
        let (same, total) = (self.is_same(), self.total());
        Document { same, total, differences: self.differences().collect() }.serialize(serializer)
    }
}

/// `1 of 6 elements differs: [0, 1] was 1.0, is 5.0; the greatest distance is 4.0, at [0, 1]`
fn told(elements: &Elements) -> String {
    let Elements { different, all, first, old, new, greatest, greatest_at } = elements;
    let differ = if *different == 1 { "differs" } else { "differ" };
    let mut text =
        format!("{} of {} {differ}: {first} {old} → {new}", count(*different), plural(*all, "element"));
    if let (Some(greatest), Some(at)) = (greatest, greatest_at) {
        let _ = write!(text, "; the greatest distance is {}, at {at}", repr::Float(*greatest));
    }
    text
}

/// Two long texts, or bytes, from where they differ.
fn around<S: AsRef<[u8]>>(old: Node<'_, S>, new: Node<'_, S>) -> Option<(String, String)> {
    /// So many bytes before that are shown.
    const BEFORE: usize = 20;
    let part = |bytes: &[u8], from: usize, is_text: bool| {
        let end = bytes.len().min(from + MOST);
        let (head, tail) = (if from > 0 { "…" } else { "" }, if end < bytes.len() { "…" } else { "" });
        let shown = if is_text {
            repr::Str(name::cut(&bytes[from..], MOST)).to_string()
        } else {
            repr::Bytes(&bytes[from..end]).to_string()
        };
        format!("{head}{shown}{tail}")
    };
    let (a, b, is_text) = match (old.data(), new.data()) {
        (Data::Str(a), Data::Str(b)) => (a.as_wtf8(), b.as_wtf8(), true),
        (Data::Bytes(a), Data::Bytes(b)) => (a, b, false),
        _ => return None,
    };
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    (same + BEFORE > MOST).then_some(())?;
    let mut from = same.saturating_sub(BEFORE);
    // A character is not cut.
    while is_text
        && from > 0
        && a[from..].first().or(b[from..].first()).is_some_and(|byte| byte & 0xC0 == 0x80)
    {
        from -= 1;
    }
    Some((part(a, from, is_text), part(b, from, is_text)))
}

/// As plain JSON, if that is short; otherwise a string that shows the beginning.
fn value<S: AsRef<[u8]>>(node: Node<'_, S>) -> Value {
    let mut text = Short(Vec::new());
    let written = halfsour_json::to_writer(&mut text, node, halfsour_json::Style::plain());
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
