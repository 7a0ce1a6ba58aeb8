//! Every stream that a real Python wrote or judged.

use std::collections::HashSet;

use halfsour_fixtures::{Expect, Fixture, all, from_json, normalise};
use halfsour_json::{ErrorKind, Limits, Style, to_string};
use halfsour_vm::value::Node;
use halfsour_vm::{Buffer, IntBase, Loader, Options, StringEncoding};
use serde_json::Value;

fn options(fixture: &Fixture) -> Options {
    let supplied = |buffer: &halfsour_fixtures::Buffer| Buffer {
        contents: buffer.bytes.clone().into(),
        read_only: buffer.readonly,
    };
    let buffers = fixture.buffers.as_ref().map(|buffers| buffers.iter().map(supplied).collect());
    let encoding = match fixture.encoding.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => StringEncoding::Keep,
        Some("bytes") => StringEncoding::Bytes,
        Some("latin-1" | "latin1") => StringEncoding::Latin1,
        Some("utf-8") => StringEncoding::Utf8,
        Some("ascii") => StringEncoding::Ascii,
        Some(other) => panic!("{fixture}: {other}"),
    };
    // CPython 3.13, which judged the fixtures, reads numbers so.
    let options = Options::default().with_int_base(IntBase::Prefix);
    options.with_encoding(encoding).with_buffers(buffers).with_limits(halfsour_vm::Limits::TRUSTED)
}

fn for_each(mut check: impl FnMut(&Fixture, usize, Node<'_, &[u8]>)) {
    for fixture in all() {
        let Expect::Loads(_) = &fixture.expect else { continue };
        let mut loader = Loader::with_options(options(&fixture));
        if fixture.keep_memo && fixture.pickles > 1 {
            continue;
        }
        let mut at = 0;
        for pickle in 0..fixture.pickles {
            let graph =
                loader.load_at(&fixture.pickle[..], at).unwrap_or_else(|error| panic!("{fixture}: {error}"));
            check(&fixture, pickle, graph.root());
            at = graph.end();
        }
    }
}

fn parse(text: &str) -> Value {
    from_json(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text:.500}"))
}

#[test]
fn lossless_is_what_python_says() {
    let mut differing = Vec::new();
    for_each(|fixture, pickle, node| {
        let Expect::Loads(documents) = &fixture.expect else { return };
        let text = to_string(node, Style::lossless()).unwrap();
        if normalise(&parse(&text)) != normalise(&documents[pickle]) {
            differing.push(format!(
                "{fixture}\n  is  {text:.1000}\n  not {:.1000}",
                documents[pickle].to_string()
            ));
        }
    });
    assert!(
        differing.is_empty(),
        "{} differ:\n{}",
        differing.len(),
        differing[..differing.len().min(10)].join("\n")
    );
}

/// Each `@ref` has its `@id` before it, and ids count from 1.
#[test]
fn references_are_sound() {
    fn walk(value: &Value, ids: &mut HashSet<u64>, fixture: &Fixture) {
        match value {
            Value::Object(map) => {
                if let Some(id) = map.get("@id") {
                    let id = id.as_u64().unwrap();
                    assert_eq!(id, ids.len() as u64 + 1, "{fixture}");
                    ids.insert(id);
                }
                if let Some(id) = map.get("@ref") {
                    assert!(ids.contains(&id.as_u64().unwrap()), "{fixture}");
                }
                map.values().for_each(|value| walk(value, ids, fixture));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, ids, fixture)),
            _ => {}
        }
    }
    for_each(|fixture, _, node| {
        walk(&parse(&to_string(node, Style::lossless()).unwrap()), &mut HashSet::new(), fixture);
    });
}

#[test]
fn layouts_differ_in_blanks_only() {
    let limits = Limits::default().with_values(10_000);
    for_each(|_, _, node| {
        for style in [Style::plain().with_limits(limits), Style::lossless()] {
            match (to_string(node, style), to_string(node, style.pretty())) {
                (Ok(line), Ok(lines)) => assert_eq!(parse(&line), parse(&lines)),
                (line, lines) => {
                    let (line, lines) = (line.unwrap_err(), lines.unwrap_err());
                    assert_eq!(line.kind(), lines.kind());
                    let is_expected = matches!(
                        line.kind(),
                        ErrorKind::Cycle(_) | ErrorKind::TooLarge | ErrorKind::SameName
                    );
                    assert!(is_expected, "{line}");
                }
            }
        }
    });
}
