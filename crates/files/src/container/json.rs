//! The texts in a document of JSON.

use std::borrow::Cow;
use std::fmt;

use json_event_parser::{JsonEvent, SliceJsonParser};

use super::DOCUMENT;
use crate::{Doubt, Format, base64, sure, texts};

/// A step on the way to a value in a document of JSON.
pub(super) enum Step<'t> {
    Key(Cow<'t, str>),
    Index(usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => index.fmt(f),
        }
    }
}

/// The name of the value to which these steps lead.
pub(super) fn name(path: &[Step<'_>]) -> String {
    let names: Vec<_> = path.iter().map(Step::to_string).collect();
    names.join("/")
}

/// Calls `each` for every text in a document of JSON that is a pickle for sure, with the keys and indices that lead to it.
/// `None` says that it is no JSON, or that there is no pickle in it.
pub(super) fn pickles(document: &[u8], depth: usize, mut each: impl FnMut(&[Step<'_>], &[u8])) -> Option<()> {
    let mut found = None;
    walk(document, |path, text, is_key| {
        if !is_key && let Some(bytes) = pickled(text, depth) {
            each(path, &bytes);
            found = Some(());
        }
    })?;
    found
}

/// The doubts in texts that are no pickle for sure, in keys, and in the document as a whole, in which lists of numbers may be one.
pub(super) fn doubts(document: &[u8]) -> Vec<(String, Doubt)> {
    let mut doubts = Vec::new();
    // It is JSON, since pickles were found in it.
    let _ = walk(document, |path, text, is_key| {
        if is_key || pickled(text, sure::DEPTH).is_none() {
            doubts.extend(Doubt::of(text.as_bytes()).map(|doubt| (name(path), doubt)));
        }
    });
    doubts.extend(Doubt::of_numbers(document).map(|doubt| (DOCUMENT.to_owned(), doubt)));
    doubts
}

/// Calls `each` for every text, with the keys and indices that lead to it, and whether it is the last of these keys. `None` says that it
/// is no JSON.
fn walk(document: &[u8], mut each: impl FnMut(&[Step<'_>], &str, bool)) -> Option<()> {
    let mut parser = SliceJsonParser::new(document);
    // A step for each container that is open: the key or the index of the next value in it.
    let mut path = Vec::new();
    loop {
        match parser.parse_next().ok()? {
            JsonEvent::StartArray => {
                path.push(Step::Index(0));
                continue;
            }
            JsonEvent::StartObject => {
                path.push(Step::Key(Cow::Borrowed("")));
                continue;
            }
            JsonEvent::ObjectKey(key) => {
                *path.last_mut()? = Step::Key(key.clone());
                each(&path, &key, true);
                continue;
            }
            JsonEvent::EndArray | JsonEvent::EndObject => drop(path.pop()),
            JsonEvent::String(text) => each(&path, &text, false),
            JsonEvent::Number(_) | JsonEvent::Boolean(_) | JsonEvent::Null => {}
            JsonEvent::Eof => return Some(()),
        }
        if let Some(Step::Index(index)) = path.last_mut() {
            *index += 1;
        }
    }
}

/// The bytes that a text holds, if they are a pickle for sure: a text layer, or characters of which each is a byte.
fn pickled(text: &str, depth: usize) -> Option<Cow<'_, [u8]>> {
    if text.starts_with('\u{80}') {
        let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        return bytes.filter(|bytes| sure::begins_as_pickle(bytes)).map(Cow::Owned);
    }
    let bytes = text.as_bytes();
    // A few letters and digits are easily the base64 of something.
    let is_sure = |format| {
        format != Format::Base64
            || base64::whole(texts::bare(bytes)).is_some_and(|it| sure::is_sure(&it, depth - 1))
    };
    let is_pickled = texts::format(bytes, depth - 1).is_some_and(is_sure);
    (is_pickled || texts::is_lenient_base64(bytes, depth - 1)).then_some(Cow::Borrowed(bytes))
}
