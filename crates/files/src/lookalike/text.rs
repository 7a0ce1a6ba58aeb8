//! Text that is no pickle.

use json_event_parser::{JsonEvent, SliceJsonParser};
use memchr::memmem;

use super::LookAlike;

/// Text that says what it is.
pub(super) fn look(bytes: &[u8], start: usize) -> Option<LookAlike> {
    let other = |name, advice| Some(LookAlike::Other { name, advice });
    let text = crate::texts::bare(bytes);
    if let Some(pointer) = lfs_pointer(text) {
        return Some(pointer);
    }
    let begins =
        |word: &str| text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()));
    match text {
        _ if begins("<!doctype html") || begins("<html") || begins("<head") => {
            Some(LookAlike::Html(title(text)))
        }
        _ if begins("<?xml") => {
            other("XML", "it is no pickle; a download may have given an error in place of the file")
        }
        _ if begins("<<<<<<< ") => {
            other("a file with the marks of a conflict in git", "check out one of its versions")
        }
        _ if begins("/annex/objects/") => other("a pointer of git-annex", "`git annex get` gets the file"),
        _ if begins("outs:\n- md5:") || begins("md5:") && has(text, b"outs:") => {
            other("a pointer of DVC", "`dvc pull` gets the file")
        }
        _ if begins("-----BEGIN ") => {
            other("a key or certificate in PEM", "it is no data of Python's pickle")
        }
        _ if begins("import ") || begins("from ") && has(text, b" import ") => {
            other("a program in Python", "it is no data; an editor shows it")
        }
        _ if begins("#!") => other("a script", "it is a program, no data"),
        _ if begins("%YAML") || begins("---\n") || begins("---\r\n") => {
            other("YAML", "a parser of YAML reads it")
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            other("text in UTF-16", "write it as UTF-8, or better as bytes")
        }
        [b'{' | b'[', ..] if is_json(text) => {
            let has_doubt = crate::Doubt::of(text).is_some();
            let name = if has_doubt {
                "JSON in which no pickle was recognised"
            } else {
                "JSON without pickles in it"
            };
            other(name, "a parser of JSON reads it")
        }
        _ if begins("HTTP/1.") || begins("HTTP/2") => super::prefix(bytes, start).or_else(|| {
            other("a response of HTTP with its header", "keep the body only: `curl` without -i gives it")
        }),
        _ => None,
    }
}

/// Any text: that with U+FFFD for what it lost, YAML, or just text.
pub(super) fn look_at_any(bytes: &[u8]) -> Option<LookAlike> {
    let text = str::from_utf8(bytes).ok()?;
    if text.contains('\u{fffd}') {
        return Some(LookAlike::Replaced);
    }
    let is_printable = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0c');
    if !text.chars().all(is_printable) || text.trim().is_empty() {
        return None;
    }
    let is_yaml = |line: &str| {
        let line = line.trim();
        line.is_empty() || line.starts_with(['#', '-']) || line.contains(": ") || line.ends_with(':')
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (name, advice) = if text.contains(':') && lines.all(is_yaml) {
        ("text, which looks like YAML", "a parser of YAML reads it")
    } else {
        ("text", "it is no pickle; an editor shows it")
    };
    Some(LookAlike::Other { name, advice })
}

fn has(text: &[u8], word: &[u8]) -> bool {
    memmem::find(text, word).is_some()
}

/// `version https://git-lfs.github.com/spec/v1`, and lines with hash and size.
fn lfs_pointer(text: &[u8]) -> Option<LookAlike> {
    const LONGEST: usize = 1024;
    let text = str::from_utf8(text.get(..text.len().min(LONGEST))?).ok()?;
    let version = text.lines().next()?.strip_prefix("version https://")?;
    if !version.contains("git-lfs") && !version.starts_with("hawser.") {
        return None;
    }
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    Some(LookAlike::LfsPointer {
        oid: field("oid")?.trim().to_owned(),
        size: field("size")?.trim().parse().ok()?,
    })
}

/// The title of a page, shortened.
fn title(page: &[u8]) -> Option<String> {
    const LONGEST: usize = 80;
    const HEAD: usize = 1 << 16;
    let page = String::from_utf8_lossy(&page[..page.len().min(HEAD)]);
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title: String = page[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then(|| title.chars().take(LONGEST).collect())
}

fn is_json(text: &[u8]) -> bool {
    let mut parser = SliceJsonParser::new(text);
    loop {
        match parser.parse_next() {
            Ok(JsonEvent::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}
