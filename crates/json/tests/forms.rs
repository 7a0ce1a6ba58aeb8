//! What the forms say, stream by stream.

use halfsour_json::{ErrorKind, Limits, Style, lines_to_writer, to_string, to_vec, to_writer};
use halfsour_vm::value::Graph;
use serde_json::Value;

fn load(pickle: &[u8]) -> Graph<&[u8]> {
    halfsour_vm::from_slice(pickle).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn plain(pickle: &[u8], json: &str) {
    let text = to_string(load(pickle).root(), Style::plain()).unwrap();
    assert_eq!(text, json);
    serde_json::from_str::<Value>(&text).unwrap();
}

#[track_caller]
fn lossless(pickle: &[u8], json: &str) {
    let graph = load(pickle);
    let text = to_string(graph.root(), Style::lossless()).unwrap();
    assert_eq!(text, format!(r#"{{"@pickle":{},"value":{json}}}"#, graph.protocol()));
    serde_json::from_str::<Value>(&text).unwrap();
}

/// A list in a list in a list …
fn nested(levels: usize) -> Vec<u8> {
    [&b"]".repeat(levels)[..], &b"a".repeat(levels - 1)[..], b"."].concat()
}

/// `b = [a, a]; c = [b, b]; …`
fn tower(levels: usize) -> Vec<u8> {
    [&b"]"[..], &b"q\x000(h\x00h\x00l".repeat(levels)[..], b"."].concat()
}

#[test]
fn plain_scalars() {
    plain(b"(NI01\nI00\nK\x07J\xff\xff\xff\xffl.", "[null,true,false,7,-1]");
    plain(b"(F1.0\nF-0.0\nF1e300\nF1e-7\nFnan\nFinf\nF-inf\nl.", "[1.0,-0.0,1e+300,1e-07,null,null,null]");
    plain(b"V\\u0001\"\\u005c\t\\u00e9\\ud800\n.", "\"\\u0001\\\"\\\\\\té\u{fffd}\"");
    plain(b"(U\x02hiU\x01\xffC\x02hil.", r#"["hi","/w==","aGk="]"#);
    plain(
        b"(L18446744073709551616L\nL-99999999999999999999999999L\nl.",
        "[18446744073709551616,-99999999999999999999999999]",
    );
    plain(b"cbuiltins\ncomplex\n(F1.5\nFnan\ntR.", "[1.5,null]");
}

#[test]
fn large_ints_are_strings() {
    for (digits, quoted) in [(308, false), (309, true), (4300, true)] {
        let pickle = format!("L{}L\n.", "7".repeat(digits));
        let text = to_string(load(pickle.as_bytes()).root(), Style::plain()).unwrap();
        assert_eq!(text.starts_with('"'), quoted, "{digits}");
        assert_eq!(text.trim_matches('"').len(), digits);
    }
    let pickle = format!("L{}L\n.", "7".repeat(4301));
    let graph = load(pickle.as_bytes());
    assert!(to_string(graph.root(), Style::plain()).unwrap().starts_with("\"0x"));
    assert!(to_string(graph.root(), Style::lossless()).unwrap().contains(r#"{"@int":"0x"#));
}

#[test]
fn plain_containers() {
    plain(b"((K\x01tK\x02]}\x8f(K\x04\x90(K\x05\x91l.", "[[1],2,[],{},[4],[5]]");
    plain(b"(cm\nC\nVp\nQ\x82\x07l.", r#"["m.C",{"@persid":"p"},{"@ext":7}]"#);
}

#[test]
fn plain_keys() {
    plain(
        b"}(Va\nK\x01K\x02K\x02G\x3f\xf8\x00\x00\x00\x00\x00\x00K\x03NK\x04I01\nK\x05(K\x01Vb\ntK\x06U\x01cK\x07C\x01dK\x08u.",
        r#"{"a":1,"2":2,"1.5":3,"null":4,"true":5,"(1, 'b')":6,"c":7,"b'd'":8}"#,
    );
}

#[test]
fn plain_instances() {
    // What a class is given: attributes, slots, arguments, items.
    plain(b"cm\nP\n)\x81}Vx\nK\x01sb.", r#"{"@class":"m.P","x":1}"#);
    plain(b"cm\nP\n)\x81N}Vx\nK\x01s\x86b.", r#"{"@class":"m.P","x":1}"#);
    plain(b"cm\nP\n(K\x01tR.", r#"{"@class":"m.P","@args":[1]}"#);
    plain(b"cm\nP\n)}Vk\nK\x01s\x92K\x05b.", r#"{"@class":"m.P","@kwargs":{"k":1},"@state":5}"#);
    // Arguments of which one is an object.
    plain(
        b"cm\nP\n)ccollections\nOrderedDict\n)RVk\nK\x01s\x92.",
        r#"{"@class":"m.P","@args":[],"@kwargs":{"k":1}}"#,
    );
    plain(b"cm\nD\n)R(Vk\nK\x01u}Vx\nK\x02sb.", r#"{"@class":"m.D","k":1,"x":2}"#);
    plain(b"cm\nL\n)RK\x01a}Vx\nK\x02sbK\x03a.", r#"{"@class":"m.L","x":2,"@items":[1,3]}"#);
    plain(b"cm\nP\n)\x81}(V@class\nK\x01Vx\nK\x02ub.", r#"{"@class":"m.P","@@class":1,"x":2}"#);
    plain(
        b"ccopy_reg\n_reconstructor\n(cm\nP\nc__builtin__\nobject\nNtR}Vx\nK\x01sb.",
        r#"{"@class":"m.P","x":1}"#,
    );
    plain(b"ccopy_reg\n__newobj__\n(cm\nP\nK\x01K\x02tR.", r#"{"@class":"m.P","@args":[1,2]}"#);
}

#[test]
fn subclasses_of_builtins_are_what_they_are_based_on() {
    plain(b"cm\nD\n)R(Vk\nK\x01u.", r#"{"k":1}"#);
    plain(b"cm\nL\n)\x81(K\x01K\x02e.", "[1,2]");
    // A named tuple of one field looks the same.
    plain(b"cm\nS\nVa\n\x85\x81.", r#"{"@class":"m.S","@args":["a"]}"#);
    plain(b"cm\nMyStr\nVa\n\x85\x81.", r#"{"@class":"m.MyStr","@args":["a"]}"#);
    plain(b"cm\nPoint\nK\x01\x85\x81.", r#"{"@class":"m.Point","@args":[1]}"#);
    plain(b"cm\nMyInt\nK\x01\x85\x81.", r#"{"@class":"m.MyInt","@args":[1]}"#);
    plain(b"cmarkupsafe\nMarkup\nVa\n\x85\x81.", r#""a""#);
    plain(b"cm\nS\nVa\n\x85\x81}Vx\nK\x01sb.", r#"{"@class":"m.S","@args":["a"],"x":1}"#);
    plain(b"ccopy_reg\n__newobj__\n(cm\nI\nK\x01tR.", r#"{"@class":"m.I","@args":[1]}"#);
    plain(b"ccopy_reg\n__newobj__\n(cbson.int64\nInt64\nK\x01tR.", "1");
    plain(b"ccopy_reg\n_reconstructor\n(cm\nL\nc__builtin__\nlist\n(K\x01ltR.", "[1]");
    plain(b"}cmarkupsafe\nMarkup\nVa\n\x85\x81K\x01s.", r#"{"a":1}"#);
    plain(b"}cm\nS\nVa\n\x85\x81K\x01s.", r#"{"m.S('a')":1}"#);
    plain(b"cm\nWordCount\n}Va\nK\x01s\x85R.", r#"{"@class":"m.WordCount","@args":[{"a":1}]}"#);
    plain(b"cfrozendict\nfrozendict\n}Va\nK\x01s\x85R.", r#"{"a":1}"#);
    plain(b"cm\nConfig\n}Va\nK\x01s\x85R.", r#"{"@class":"m.Config","@args":[{"a":1}]}"#);
    plain(b"cm\nDataset\n(K\x01l\x85R.", r#"{"@class":"m.Dataset","@args":[[1]]}"#);
    plain(b"cm\nMySet\n(K\x01l\x85R.", r#"{"@class":"m.MySet","@args":[[1]]}"#);
    plain(b"cm\nMyDate\nC\x04\x07\xe8\x02\x1d\x85R.", r#"{"@class":"m.MyDate","@args":["B+gCHQ=="]}"#);
    plain(b"cm\nP\nC\x04\x07\xe8\x02\x1d\x85R.", r#"{"@class":"m.P","@args":["B+gCHQ=="]}"#);
}

#[test]
fn shared_data_is_repeated_and_cycles_are_errors() {
    plain(&tower(2), "[[[],[]],[[],[]]]");
    let cycle = load(b"\x80\x02]q\x00h\x00a.");
    let error = to_string(cycle.root(), Style::plain()).unwrap_err();
    assert_eq!(error.to_string(), "byte 0x2: the list contains itself, which plain JSON cannot say");
    lossless(b"\x80\x02]q\x00h\x00a.", r#"{"@id":1,"@value":[{"@ref":1}]}"#);
}

/// What would be two members of one name is an error: readers keep one of them.
#[test]
fn keys_have_different_names() {
    // {1: 2, '1': 3}, {None: 1, 'null': 2}, {'True': 1, True: 2, 'true': 3}, {(1,): 1, '(1,)': 2}, {timedelta(1): 1, 'P1D': 2},
    // and an OrderedDict
    for pickle in [
        &b"}(cdatetime\ntimedelta\n(K\x01K\x00K\x00tRK\x01VP1D\nK\x02u."[..],
        b"}(K\x01K\x02V1\nK\x03u.",
        b"}(NK\x01Vnull\nK\x02u.",
        b"}(VTrue\nK\x01I01\nK\x02Vtrue\nK\x03u.",
        b"](}(K\x01\x85K\x01V(1,)\nK\x02ue.",
        b"ccollections\nOrderedDict\n)R(K\x01K\x02V1\nK\x03u.",
    ] {
        let graph = load(pickle);
        let error = to_string(graph.root(), Style::plain()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SameName, "{error}");
        assert!(to_string(graph.root(), Style::lossless()).is_ok());
    }
    plain(b"}(VTrue\nK\x01I01\nK\x02u.", r#"{"True":1,"true":2}"#);
    // In a dict that has others in its values.
    plain(b"}(K\x01}K\x02}V1\nNssK\x03}V3\nNsu.", r#"{"1":{"2":{"1":null}},"3":{"3":null}}"#);
}

#[test]
fn limits_hold() {
    let pickle = tower(60);
    let graph = load(&pickle);
    assert_eq!(to_string(graph.root(), Style::plain()).unwrap_err().kind(), ErrorKind::TooLarge);
    let limits = Limits::default().with_values(100_000);
    let error = to_writer(std::io::sink(), graph.root(), Style::plain().with_limits(limits)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(to_string(graph.root(), Style::lossless()).unwrap().len() < 4000);

    // One text, many times.
    let mut pickle = [&b"(X\x00\x00\x10\x00"[..], &b"x".repeat(1 << 20), b"q\x00"].concat();
    pickle.extend(b"h\x00".repeat(1000));
    pickle.extend(b"l.");
    let graph = load(&pickle);
    assert_eq!(to_vec(graph.root(), Style::plain()).unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(to_vec(graph.root(), Style::lossless()).unwrap().len() < 2 << 20);

    let limits = Limits::default().with_depth(3);
    let plain = Style::plain().with_limits(limits);
    // The document is one level more.
    let limits = limits.with_depth(4);
    for style in [plain, Style::lossless().with_limits(limits)] {
        assert!(to_string(load(&nested(3)).root(), style).is_ok());
        let error = to_string(load(&nested(4)).root(), style).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::TooDeep, Some(3)));
    }
}

#[test]
fn depth_costs_no_stack() {
    let run = || {
        let pickle = nested(100_000);
        let graph = load(&pickle);
        for style in [Style::plain(), Style::lossless(), Style::plain().pretty()] {
            assert!(to_string(graph.root(), style).unwrap().len() >= 200_000);
        }
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn pieces_make_the_whole() {
    let pickle = [&b"("[..], &b"X\x05\x00\x00\x00a\"\xc3\xa9b".repeat(50_000)[..], b"l."].concat();
    let graph = load(&pickle);
    for style in [Style::plain(), Style::lossless(), Style::plain().pretty()] {
        let mut written = Vec::new();
        to_writer(&mut written, graph.root(), style).unwrap();
        assert_eq!(written, to_vec(graph.root(), style).unwrap());
    }
}

#[test]
fn lossless_text() {
    lossless(b"V\\ud800\\u005c\n.", r#"{"@str":"\\ud800\\\\"}"#);
    lossless(b"(Va\nq\x00h\x00h\x00l.", r#"[{"@id":1,"@value":"a"},{"@ref":1},{"@ref":1}]"#);
    lossless(
        b"(U\x01aC\x01a\x96\x01\x00\x00\x00\x00\x00\x00\x00al.",
        r#"[{"@bytestring":"YQ=="},{"@bytes":"YQ=="},{"@bytearray":"YQ=="}]"#,
    );
}

#[test]
fn lossless_floats() {
    lossless(
        b"(Fnan\nG\xff\xf8\x00\x00\x00\x00\x00\x00F-inf\nF1\nl.",
        r#"[{"@float":"nan"},{"@float":"nan:fff8000000000000"},{"@float":"-inf"},1.0]"#,
    );
}

#[test]
fn lossless_keys() {
    // One object as key of both dicts and as value.
    lossless(b"(Va\nq\x00}h\x00K\x01s}h\x00K\x02sl.", r#"[{"@key":"a"},{"a":1},{"a":2}]"#);
    // Another str of the same text.
    lossless(b"(}Va\nK\x01s}Va\nK\x02sl.", r#"[{"a":1},{"@dict":[["a",2]]}]"#);
    lossless(b"}V@a\nK\x01s.", r#"{"@dict":[["@a",1]]}"#);
    lossless(b"}K\x01Vb\ns.", r#"{"@dict":[[1,"b"]]}"#);
}

#[test]
fn lossless_instances() {
    lossless(
        b"cm\nP\n)\x81}Vx\nK\x01sb.",
        r#"{"@new":{"@global":["m","P"]},"args":{"@tuple":[]},"then":[{"state":{"x":1}}]}"#,
    );
    lossless(b"(im\nP\n.", r#"{"@new":{"@global":["m","P"]},"args":{"@tuple":[]},"op":"INST"}"#);
    lossless(b"(cm\nP\nK\x01o.", r#"{"@call":{"@global":["m","P"]},"args":{"@tuple":[1]},"op":"OBJ"}"#);
    // Steps of a kind are one, even with other objects between; states are each one.
    lossless(
        b"(cm\nL\nq\x00)Rq\x01K\x01ah\x00)RK\x02a0K\x03aK\x04bK\x05b(Vk\nK\x06ul.",
        concat!(
            r#"[{"@call":{"@global":["m","L"]},"args":{"@tuple":[]},"#,
            r#""then":[{"append":[1,3]},{"state":4},{"state":5},{"setitem":[["k",6]]}]}]"#
        ),
    );
    lossless(b"cm\nP\nK\x01b.", r#"{"@global":["m","P"],"then":[{"state":1}]}"#);
}

const ENCODE: &str = r#"{"@call":{"@global":["_codecs","encode"]},"args":{"@tuple":["a","latin1"]}}"#;

#[test]
fn usual_spellings_are_not_shown() {
    let encode = b"c_codecs\nencode\nq\x00(Va\nVlatin1\nq\x01tR";
    lossless(&[&b"\x80\x02"[..], encode, b"."].concat(), r#"{"@bytes":"YQ=="}"#);
    // The function and the encoding are written once, then referred to.
    lossless(
        &[&b"\x80\x02("[..], encode, b"h\x00(Vb\nh\x01tRl."].concat(),
        r#"[{"@bytes":"YQ=="},{"@bytes":"Yg=="}]"#,
    );
    lossless(b"\x80\x02cbuiltins\nset\n](K\x01K\x02e\x85R.", r#"{"@set":[1,2]}"#);
    lossless(b"\x80\x04cbuiltins\ncomplex\nF1\nF2\n\x86R.", r#"{"@complex":[1.0,2.0]}"#);
    lossless(b"\x80\x03cbuiltins\nbytearray\nC\x01a\x85R.", r#"{"@bytearray":"YQ=="}"#);
    lossless(
        &[&b"\x80\x02cbuiltins\nbytearray\n"[..], encode, b"\x85R."].concat(),
        r#"{"@bytearray":"YQ=="}"#,
    );
}

#[test]
fn odd_spellings_are_shown() {
    let by = |what: &str, by: &str| format!(r#"{{{what},"by":{by}}}"#);
    let encode = b"c_codecs\nencode\n(Va\nVlatin1\ntR";
    // Protocol 3 has an opcode.
    lossless(&[&b"\x80\x03"[..], encode, b"."].concat(), &by(r#""@bytes":"YQ==""#, ENCODE));
    // Two functions of one name.
    lossless(
        &[&b"\x80\x02("[..], encode, encode, b"l."].concat(),
        &format!("[{},{}]", r#"{"@bytes":"YQ=="}"#, by(r#""@bytes":"YQ==""#, ENCODE)),
    );
    // The list that the set was made of is also something else.
    lossless(
        b"\x80\x02(cbuiltins\nset\n](K\x01eq\x00\x85Rh\x00l.",
        concat!(
            r#"[{"@set":[1],"by":{"@call":{"@global":["builtins","set"]},"args":{"@tuple":[{"@id":1,"@value":[1]}]}}},"#,
            r#"{"@ref":1}]"#
        ),
    );
    // The encoding is also a key.
    let graph = load(b"\x80\x02(c_codecs\nencode\n(Va\nVlatin1\nq\x01tR}h\x01K\x01sl.");
    assert!(to_string(graph.root(), Style::lossless()).unwrap().contains(r#"["a",{"@key":"latin1"}]"#));
    // The bytes in a bytearray of protocol 2 are spelled, too.
    lossless(
        b"\x80\x02cbuiltins\nbytearray\nC\x01a\x85R.",
        &by(
            r#""@bytearray":"YQ==""#,
            r#"{"@call":{"@global":["builtins","bytearray"]},"args":{"@tuple":[{"@bytes":"YQ=="}]}}"#,
        ),
    );
}

/// Each as it is by itself; what is shared counts as often as it is written, in all lines together.
#[test]
fn lines() {
    let rows = [&tower(8)[..tower(8).len() - 1], b"q\x010](h\x01h\x01](K\x01Neh\x01e."].concat();
    let graph = load(&rows);
    let each: Vec<_> =
        graph.root().elements().unwrap().map(|row| to_string(row, Style::plain()).unwrap()).collect();
    let write = |limits| {
        let mut out = Vec::new();
        let rows = graph.root().elements().unwrap();
        lines_to_writer(&mut out, &graph, rows, limits).map(|()| String::from_utf8(out).unwrap())
    };
    assert_eq!(write(Limits::UNTRUSTED).unwrap(), each.join("\n") + "\n");
    let limits = Limits::UNTRUSTED.with_values(1000);
    assert!(to_string(graph.root().at(0).unwrap(), Style::plain().with_limits(limits)).is_ok());
    assert_eq!(write(limits).unwrap_err().kind(), ErrorKind::TooLarge);
}

/// No name is twice in an object, whatever set it.
#[test]
fn what_is_set_again_is_there_once() {
    // A state, and then setattr(object, 'x', 2).
    plain(
        b"\x80\x02capp\nC\n)\x81q\x00}(X\x01\0\0\0xK\x01X\x01\0\0\0yK\x03ub\
            cbuiltins\nsetattr\nh\x00X\x01\0\0\0xK\x02\x87R0h\x00.",
        r#"{"@class":"app.C","x":2,"y":3}"#,
    );
    // __dict__ and slots of one name.
    plain(
        b"\x80\x02capp\nC\n)\x81}X\x01\0\0\0xK\x01s}X\x01\0\0\0xK\x02s\x86b.",
        r#"{"@class":"app.C","x":2}"#,
    );
    // An item may have a name of ours, and that of an attribute.
    plain(
        b"\x80\x02capp\nC\nK\x01K\x02\x86\x81(X\x06\0\0\0@classK\x01u.",
        r#"{"@class":"app.C","@args":[1,2],"@@class":1}"#,
    );
    plain(
        b"\x80\x02capp\nC\n)\x81}X\x01\0\0\0xK\x01sb(X\x01\0\0\0xK\x02u.",
        r#"{"@class":"app.C","x":1,"@dict":{"x":2}}"#,
    );
    // Two states without names.
    plain(b"\x80\x02capp\nC\n)\x81K\x01bK\x02b.", r#"{"@class":"app.C","@state":1,"@state2":2}"#);
}
