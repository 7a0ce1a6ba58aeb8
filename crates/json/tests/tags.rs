//! Tags of known objects: they stand for exactly what was there.

use std::collections::BTreeMap;

use halfsour_fixtures::packages;
use halfsour_json::{Style, documents, to_string};
use halfsour_vm::value::Graph;
use halfsour_vm::{Loader, from_slice};
use halfsour_writer::{Options, to_vec};

fn lossless<S: AsRef<[u8]>>(graph: &Graph<S>) -> String {
    to_string(graph.root(), Style::lossless()).unwrap()
}

fn back(json: &str) -> Graph {
    documents(json.as_bytes()).next().unwrap().unwrap_or_else(|error| panic!("{error}: {json}")).graph
}

const TAGS: [&str; 8] =
    ["@date", "@datetime", "@time", "@timedelta", "@timezone", "@decimal", "@fraction", "@uuid"];

/// In every protocol, so that it shows what is one object and what is two.
fn written<S: AsRef<[u8]>>(graph: &Graph<S>) -> Vec<Option<Vec<u8>>> {
    (0..=5).map(|protocol| to_vec(graph.root(), &Options::default().with_protocol(protocol)).ok()).collect()
}

#[test]
fn what_python_wrote_comes_back() {
    let mut counts = BTreeMap::new();
    for package in packages().iter().filter(|package| package.buffers.is_none()) {
        let graph = Loader::new().load(&package.bytes[..]).unwrap();
        let json = lossless(&graph);
        // Readers of JSON have a limit of depth.
        let Some(Ok(document)) = documents(json.as_bytes()).next() else { continue };
        for (protocol, (direct, through)) in written(&graph).iter().zip(written(&document.graph)).enumerate()
        {
            assert!(*direct == through, "{package}, written in protocol {protocol}: {json:.2000}");
        }
        for tag in TAGS {
            *counts.entry(tag).or_insert(0) += json.matches(&format!("{{\"{tag}\":\"")).count();
        }
    }
    assert!(counts.len() == TAGS.len() && counts.values().all(|count| *count >= 20), "{counts:?}");
}

/// Streams that nobody wrote: bytes were changed.
#[test]
fn what_nobody_wrote_comes_back() {
    let names =
        ["datetime with timezone", "datetime with fold", "timedelta", "Decimal", "Fraction", "UUID safe"];
    let (mut tagged, mut spelled) = (0, 0);
    for package in packages() {
        let is_wanted = names.contains(&&*package.name) && matches!(package.protocol, Some(2 | 4));
        if package.environment != "3.13" || !is_wanted {
            continue;
        }
        for at in 0..package.bytes.len() {
            for byte in [b'h', b'0', 1, package.bytes[at] ^ 1] {
                let mut pickle = package.bytes.clone();
                pickle[at] = byte;
                let Ok(graph) = from_slice(&pickle) else { continue };
                let json = lossless(&graph);
                let Some(Ok(document)) = documents(json.as_bytes()).next() else { continue };
                assert!(written(&graph) == written(&document.graph), "{package}, {at}: {byte}: {json}");
                let has_tag = TAGS.iter().any(|tag| json.contains(&format!("{{\"{tag}\":\"")));
                *if has_tag { &mut tagged } else { &mut spelled } += 1;
            }
        }
    }
    assert!(tagged > 1000 && spelled > 1000, "{tagged}, {spelled}");
}

/// `datetime.date(2024, 2, 29)`, from the module's name to the object, all of it in the memo, from 0 to 5.
const DATE: &[u8] = b"\x8c\x08datetime\x94\x8c\x04date\x94\x93\x94C\x04\x07\xe8\x02\x1d\x94\x85\x94R\x94";

#[track_caller]
fn check(pickle: &[u8], json: &str) {
    let graph = from_slice(pickle).unwrap();
    let text = lossless(&graph);
    assert_eq!(text, format!(r#"{{"@pickle":{},"value":{json}}}"#, graph.protocol()));
    let through = back(&text);
    // A graph that was built is of no protocol.
    let value = |text: &str| text.split_once(r#""value":"#).unwrap().1.to_owned();
    assert_eq!(value(&lossless(&through)), value(&text));
    assert_eq!(written(&through), written(&graph));
}

fn four(parts: &[&[u8]]) -> Vec<u8> {
    [b"\x80\x04", &parts.concat()[..], b"."].concat()
}

/// The same call, spelled out.
fn spelled(module: &str, class: &str, stamp: &str) -> String {
    format!(r#"{{"@call":{{"@global":[{module},{class}]}},"args":{{"@tuple":[{stamp}]}}}}"#)
}

#[test]
fn tags_stand_for_what_is_as_usual() {
    check(&four(&[DATE]), r#"{"@date":"2024-02-29"}"#);
    check(
        &four(&[b"(", DATE, b"h\x05h\x02C\x04\x07\xe8\x03\x01\x85Rt"]),
        r#"{"@tuple":[{"@id":1,"@value":{"@date":"2024-02-29"}},{"@ref":1},{"@date":"2024-03-01"}]}"#,
    );
    check(b"\x80\x03cdecimal\nDecimal\nX\x04\x00\x00\x001.50\x85R.", r#"{"@decimal":"1.50"}"#);
}

#[test]
fn what_is_not_as_usual_is_spelled_out() {
    let date = |stamp| spelled("\"datetime\"", "\"date\"", stamp);
    // The stamp is also something else.
    check(
        &four(&[b"(", DATE, b"h\x03t"]),
        &format!(r#"{{"@tuple":[{},{{"@ref":1}}]}}"#, date(r#"{"@id":1,"@value":{"@bytes":"B+gCHQ=="}}"#)),
    );
    // So are the arguments, the class, the name of the module.
    let args = format!(
        r#"{{"@tuple":[{},{{"@ref":1}}]}}"#,
        r#"{"@call":{"@global":["datetime","date"]},"args":{"@id":1,"@value":{"@tuple":[{"@bytes":"B+gCHQ=="}]}}}"#
    );
    check(&four(&[b"(", DATE, b"h\x04t"]), &args);
    let class = r#"{"@tuple":[{"@call":{"@id":1,"@value":{"@global":["datetime","date"]}},"args":{"@tuple":[{"@bytes":"B+gCHQ=="}]}},{"@ref":1}]}"#;
    check(&four(&[b"(", DATE, b"h\x02t"]), class);
    check(
        &four(&[b"(", DATE, b"h\x00t"]),
        &format!(
            r#"{{"@tuple":[{},{{"@ref":1}}]}}"#,
            spelled(r#"{"@id":1,"@value":"datetime"}"#, "\"date\"", r#"{"@bytes":"B+gCHQ=="}"#)
        ),
    );
    check(
        &four(&[b"(", DATE, b"}h\x00K\x01st"]),
        &format!(
            r#"{{"@tuple":[{},{{"datetime":1}}]}}"#,
            spelled(r#"{"@key":"datetime"}"#, "\"date\"", r#"{"@bytes":"B+gCHQ=="}"#)
        ),
    );
    // The class of the second is another object of the same name: Python would have fetched the first.
    let two = four(&[b"(", DATE, b"\x8c\x08datetime\x8c\x04date\x93C\x04\x07\xe8\x02\x1d\x85Rt"]);
    check(&two, &format!(r#"{{"@tuple":[{{"@date":"2024-02-29"}},{}]}}"#, date(r#"{"@bytes":"B+gCHQ=="}"#)));
    // One text is the name of the module and of the class.
    check(
        b"\x80\x04\x8c\x08datetime\x94h\x00\x93C\x0a\x07\xe8\x02\x1d\x00\x00\x00\x00\x00\x00\x85R.",
        &spelled(r#"{"@id":1,"@value":"datetime"}"#, r#"{"@ref":1}"#, r#"{"@bytes":"B+gCHQAAAAAAAA=="}"#),
    );
    // Something was done to it, it was made otherwise, or its arguments are not those that Python writes.
    check(
        &four(&[DATE, b"}b"]),
        &format!(
            r#"{},"then":[{{"state":{{}}}}]}}"#,
            date(r#"{"@bytes":"B+gCHQ=="}"#).trim_end_matches('}').to_owned() + "}"
        ),
    );
    check(
        b"\x80\x04\x8c\x08datetime\x8c\x04date\x93C\x04\x07\xe8\x02\x1d\x85\x81.",
        r#"{"@new":{"@global":["datetime","date"]},"args":{"@tuple":[{"@bytes":"B+gCHQ=="}]}}"#,
    );
    check(
        b"\x80\x04\x8c\x08datetime\x8c\x04time\x93C\x06\x0c\x00\x00\x00\x00\x00N\x86R.",
        r#"{"@call":{"@global":["datetime","time"]},"args":{"@tuple":[{"@bytes":"DAAAAAAA"},null]}}"#,
    );
    check(
        b"\x80\x04\x8c\x08datetime\x8c\x09timedelta\x93\x8a\x01\x01K\x00K\x00\x87R.",
        r#"{"@call":{"@global":["datetime","timedelta"]},"args":{"@tuple":[{"@int":"1","op":"LONG"},0,0]}}"#,
    );
    check(
        b"\x80\x04\x8c\x09fractions\x8c\x08Fraction\x93\x8c\x033/7\x85R.",
        r#"{"@call":{"@global":["fractions","Fraction"]},"args":{"@tuple":["3/7"]}}"#,
    );
    // The offset is also something else, and so is the state.
    check(
        b"\x80\x04(\x8c\x08datetime\x94\x8c\x08timezone\x94\x93\x94h\x00\x8c\x09timedelta\x94\x93\x94K\x00M\x10\x0eK\x00\x87\x94R\x94\x85\x94R\x94h\x06t.",
        concat!(
            r#"{"@tuple":[{"@call":{"@global":[{"@id":1,"@value":"datetime"},"timezone"]},"args":{"@tuple":["#,
            r#"{"@id":2,"@value":{"@call":{"@global":[{"@ref":1},"timedelta"]},"args":{"@tuple":[0,3600,0]}}}]}},{"@ref":2}]}"#
        ),
    );
    check(
        b"\x80\x04(\x8c\x04uuid\x94\x8c\x04UUID\x94\x93\x94)\x81\x94}\x94\x8c\x03int\x94K\x05sbh\x02)\x81h\x04bt.",
        concat!(
            r#"{"@tuple":[{"@new":{"@id":1,"@value":{"@global":["uuid","UUID"]}},"args":{"@tuple":[]},"#,
            r#""then":[{"state":{"@id":2,"@value":{"int":5}}}]},"#,
            r#"{"@new":{"@ref":1},"args":{"@tuple":[]},"then":[{"state":{"@ref":2}}]}]}"#
        ),
    );
    // Something was done to the class.
    check(
        b"\x80\x04\x8c\x08datetime\x8c\x04date\x93}bC\x04\x07\xe8\x02\x1d\x85R.",
        r#"{"@call":{"@global":["datetime","date"],"then":[{"state":{}}]},"args":{"@tuple":[{"@bytes":"B+gCHQ=="}]}}"#,
    );
    // There is no such day.
    check(
        &four(&[b"\x8c\x08datetime\x8c\x04date\x93C\x04\x07\xe8\x02\x1e\x85R"]),
        &date(r#"{"@bytes":"B+gCHg=="}"#),
    );
}

/// A zone of a class that is not known may contain the time.
#[test]
fn unknown_zones_are_spelled_out_with_the_time() {
    let pickle = b"\x80\x04\x8c\x08datetime\x8c\x04time\x93C\x06\x0c\x00\x00\x00\x00\x00cm\nZone\n)R\x86R.";
    let graph = from_slice(pickle).unwrap();
    assert!(lossless(&graph).starts_with(r#"{"@pickle":4,"value":{"@call":{"@global":["datetime","time"]}"#));
}

#[test]
fn people_may_write_tags() {
    let made = |value: &str| {
        let graph = back(&format!(r#"{{"@pickle":4,"value":{value}}}"#));
        to_string(graph.root(), Style::plain()).unwrap()
    };
    assert_eq!(
        made(r#"{"@datetime":"2024-02-29T12:00:00.5"}"#.replace(".5", ".500000").as_str()),
        r#""2024-02-29T12:00:00.500000""#
    );
    assert_eq!(
        made(r#"{"@time":"12:00:00","fold":1,"tz":{"@timezone":"-03:30","name":"NST"}}"#),
        r#""12:00:00-03:30[fold=1]""#
    );
    assert_eq!(made(r#"{"@timedelta":"PT90M"}"#), r#""PT1H30M""#);
    for wrong in [
        r#"{"@date":"2023-02-29"}"#,
        r#"{"@date":"2023-2-9"}"#,
        r#"{"@date":"+023-02-09"}"#,
        r#"{"@datetime":"2024-02-29"}"#,
        r#"{"@datetime":"2024-02-29T12:00"}"#,
        r#"{"@time":"24:00:00"}"#,
        r#"{"@time":"12:00:00.5"}"#,
        r#"{"@timedelta":"1 day"}"#,
        r#"{"@timedelta":"P"}"#,
        r#"{"@timedelta":"PT"}"#,
        r#"{"@timedelta":"P1000000000D"}"#,
        r#"{"@timezone":"05:30"}"#,
        r#"{"@decimal":"one"}"#,
        r#"{"@fraction":"1/0"}"#,
        r#"{"@uuid":"0"}"#,
        r#"{"@uuid":5}"#,
        r#"{"@day":"2024-02-29"}"#,
    ] {
        let json = format!(r#"{{"@pickle":4,"value":{wrong}}}"#);
        assert!(documents(json.as_bytes()).next().unwrap().is_err(), "{wrong}");
    }
}
