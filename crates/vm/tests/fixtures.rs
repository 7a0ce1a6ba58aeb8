//! Every fixture loads or is refused as CPython's C unpickler does, and plain data prints as Python prints it.

use bytes::Bytes;
use halfsour_fixtures::{Expect, Fixture};
use halfsour_vm::{Buffer, Error, Graph, IntBase, Loader, Options, StringEncoding};

fn load(fixture: &Fixture) -> Result<Vec<Graph<&[u8]>>, Error> {
    let encoding = match fixture.encoding.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None => StringEncoding::Keep,
        Some("bytes") => StringEncoding::Bytes,
        Some("latin-1" | "latin1") => StringEncoding::Latin1,
        Some("utf-8") => StringEncoding::Utf8,
        Some("ascii") => StringEncoding::Ascii,
        Some(other) => panic!("{fixture}: encoding {other}"),
    };
    let buffers = fixture.buffers.as_ref().map(|buffers| buffers.iter().map(supplied).collect());
    // CPython 3.13, which judged the fixtures, reads numbers so.
    let options = Options::default().with_int_base(IntBase::Prefix);
    let mut loader = Loader::with_options(options.with_encoding(encoding).with_buffers(buffers));
    let input = fixture.pickle.as_slice();
    if fixture.keep_memo {
        return Ok(vec![loader.load_all(input)?]);
    }
    let mut graphs = Vec::new();
    let mut offset = 0;
    for _ in 0..fixture.pickles {
        let graph = loader.load_at(input, offset)?;
        offset = graph.end();
        graphs.push(graph);
    }
    Ok(graphs)
}

fn supplied(buffer: &halfsour_fixtures::Buffer) -> Buffer {
    Buffer { contents: Bytes::copy_from_slice(&buffer.bytes), read_only: buffer.readonly }
}

#[test]
fn what_python_loads_is_loaded_and_what_it_refuses_is_refused() {
    let mut wrong = Vec::new();
    for fixture in halfsour_fixtures::all() {
        match (&fixture.expect, load(&fixture)) {
            (Expect::Loads(_), Err(error)) => wrong.push(format!("{fixture}: {error}")),
            (Expect::Refused { error, message }, Ok(graphs)) => {
                wrong.push(format!("{fixture}: loads as {}, Python: {error}: {message}", graphs[0].root()));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn plain_data_prints_as_in_python() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for fixture in halfsour_fixtures::all() {
        let (Some(repr), Expect::Loads(documents)) = (&fixture.repr, &fixture.expect) else { continue };
        // Where something is called, Python printed the result.
        if documents.iter().any(|document| {
            document.to_string().contains("\"@call\":") || document.to_string().contains("\"@new\":")
        }) {
            continue;
        }
        let Ok(graphs) = load(&fixture) else { continue };
        compared += 1;
        let shown = graphs[0].root().to_string();
        if shown != *repr {
            wrong.push(format!("{fixture}:\n  {shown:.200}\n  {repr:.200}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 1000, "only {compared} were compared");
}
