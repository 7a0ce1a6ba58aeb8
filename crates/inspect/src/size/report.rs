//! [`SizeReport`]: what takes most.

use std::fmt;

use halfsour_text::phrase::{count, plural};
use serde::Serialize;

use super::{Place, Type};
use crate::spans::{Role, Spans, write_lines};

/// The places and the types that take most in a file.
///
/// `Display` writes two tables. As `Serialize`: `{"file": …, "bytes": …, "paths": […], "types": […]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SizeReport {
    /// The name of the file.
    pub file: String,
    /// The bytes of all pickles, and of the storages that they refer to.
    pub bytes: u64,
    /// How many pickles there are.
    #[serde(skip)]
    pub pickles: usize,
    /// How many objects there are.
    #[serde(skip)]
    pub objects: u64,
    /// The places that take most, the largest first.
    pub paths: Vec<Place>,
    /// The types that take most, the largest first.
    pub types: Vec<Type>,
}

impl SizeReport {
    /// The lines of the tables.
    pub fn lines(&self) -> impl Iterator<Item = Spans> {
        let mut head = Spans::new(Role::Heading, &self.file);
        head.plain(&format!(": {} in {}", plural(self.bytes, "byte"), plural(self.pickles, "pickle")));
        let paths = self.paths.iter().map(|place| (place.path.as_str(), place.bytes, place.objects));
        let types = self.types.iter().map(|of| (of.name.as_str(), of.bytes, of.objects));
        // Where nothing has a place of its own, all is in one.
        let whole = self.paths.is_empty().then_some(("(all)", self.bytes, self.objects));
        std::iter::once(head).chain(self.table("path", paths.chain(whole))).chain(self.table("type", types))
    }

    fn table<'a>(
        &'a self,
        what: &str,
        rows: impl Iterator<Item = (&'a str, u64, u64)>,
    ) -> impl Iterator<Item = Spans> {
        let head = Spans::new(Role::Dim, &format!("{:>15} {:>6} {:>11}  {what}", "bytes", "%", "objects"));
        let all = self.bytes;
        let row = move |(name, bytes, objects): (&str, u64, u64)| {
            let per_mille = (u128::from(bytes) * 1000).checked_div(all.into()).unwrap_or_default();
            let percent = format!("{}.{}", per_mille / 10, per_mille % 10);
            let text = format!("{:>15} {percent:>6} {:>11}  {name}", count(bytes), count(objects));
            Spans::new(Role::Plain, &text)
        };
        std::iter::once(head).chain(rows.map(row))
    }
}

impl fmt::Display for SizeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, self.lines())
    }
}
