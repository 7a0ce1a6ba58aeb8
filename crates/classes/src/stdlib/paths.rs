//! Paths.

use std::borrow::Cow;
use std::fmt;

use halfsour_value::{Data, Elements, Node};

use crate::args::text;
use crate::call::Call;
use crate::names::Class;

/// A path of `pathlib`. Its `Display` is `str()`, with U+FFFD for bytes that are no text.
#[derive(Clone)]
#[non_exhaustive]
pub struct Path<'g, S> {
    /// `PosixPath`, `WindowsPath`, `PurePosixPath` or `PureWindowsPath`.
    pub name: &'static str,
    /// Texts to be joined: up to Python 3.12 the parts, since 3.13 what the path was made of.
    pub segments: Elements<'g, S>,
    is_windows: bool,
}

/// `Path(segment, …)`
pub(crate) fn path<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Path<'g, S>> {
    let segments = call.bare()?.args()?;
    let is_windows = call.class == Class::WindowsPath;
    segments.clone().all(|segment| lossy(segment).is_some()).then_some(Path {
        name: call.name.1,
        segments,
        is_windows,
    })
}

impl<S: AsRef<[u8]>> Path<'_, S> {
    /// Whether each part of the path is text.
    pub fn is_text(&self) -> bool {
        self.segments.clone().all(|segment| text(segment).is_some())
    }
}

fn lossy<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Cow<'_, str>> {
    match node.data() {
        Data::Str(text) => Some(text.to_string_lossy()),
        _ => node.python2_string().map(String::from_utf8_lossy),
    }
}

impl<S: AsRef<[u8]>> fmt::Display for Path<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments = self.segments.clone().filter_map(lossy);
        let (anchor, rest) = if self.is_windows { join_windows(segments) } else { join_posix(segments) };
        let separator = if self.is_windows { '\\' } else { '/' };
        f.write_str(&anchor)?;
        let parts = rest.split(separator).filter(|part| !part.is_empty() && *part != ".");
        let mut first = true;
        for part in parts {
            if !first {
                fmt::Write::write_char(f, separator)?;
            }
            first = false;
            f.write_str(part)?;
        }
        if first && anchor.is_empty() { f.write_str(".") } else { Ok(()) }
    }
}

/// Returns the anchor of a path and the rest, as `posixpath.join` and `pathlib` have it.
fn join_posix<'a>(segments: impl Iterator<Item = Cow<'a, str>>) -> (String, String) {
    let mut joined = String::new();
    for segment in segments {
        if segment.starts_with('/') {
            joined.clear();
        } else if !joined.is_empty() && !joined.ends_with('/') {
            joined.push('/');
        }
        joined.push_str(&segment);
    }
    let rest = joined.trim_start_matches('/');
    // POSIX lets two slashes mean something of their own; more are one.
    let anchor = match joined.len() - rest.len() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    (anchor.into(), rest.into())
}

/// Returns the anchor of a path and the rest, as `ntpath.join` has it.
fn join_windows<'a>(segments: impl Iterator<Item = Cow<'a, str>>) -> (String, String) {
    let (mut drive, mut root, mut path) = (String::new(), "", String::new());
    for segment in segments {
        let segment = segment.replace('/', "\\");
        let (its_drive, its_root, its_path) = split_windows(&segment);
        let other_drive = !its_drive.is_empty() && !its_drive.eq_ignore_ascii_case(&drive);
        if its_root || other_drive {
            path.clear();
            root = if its_root { "\\" } else { "" };
        } else if !path.is_empty() {
            path.push('\\');
        }
        if !its_drive.is_empty() {
            its_drive.clone_into(&mut drive);
        }
        path.push_str(its_path);
    }
    // `\\server\share` has a root, also without a separator.
    let mut parts = drive.split('\\').skip(2);
    let is_share = matches!((parts.next(), parts.next(), parts.next()), (Some(server), Some(_), None) if !"?.".contains(server));
    (drive + if is_share { "\\" } else { root }, path)
}

/// Drive, whether there is a root, and the rest, as `ntpath.splitroot` has it.
fn split_windows(path: &str) -> (&str, bool, &str) {
    if let Some(unc) = path.strip_prefix("\\\\") {
        let mut separators = unc.match_indices('\\').map(|(at, _)| at + 2);
        return match separators.nth(1) {
            Some(end) => (&path[..end], true, &path[end + 1..]),
            None => (path, false, ""),
        };
    }
    let drive = path.char_indices().nth(1).filter(|(_, colon)| *colon == ':');
    let (drive, rest) = path.split_at(drive.map_or(0, |(at, _)| at + 1));
    match rest.strip_prefix('\\') {
        Some(rest) => (drive, true, rest),
        None => (drive, false, rest),
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Path<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", self.name, self.to_string())
    }
}
