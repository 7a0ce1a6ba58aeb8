//! Compared with what Python finds equal, and with what it did to data.

use base64::{Engine, engine::general_purpose::STANDARD};
use halfsour_fixtures::{Expect, pairs};
use halfsour_vm::{Limits, Loader, Options};
use serde_json::Value;

use super::*;

fn decoded(base64: &Value) -> Vec<u8> {
    STANDARD.decode(base64.as_str().unwrap()).unwrap()
}

fn load(pickle: &[u8]) -> Graph<&[u8]> {
    Loader::new().load(pickle).unwrap()
}

fn told(a: &[u8], b: &[u8], rules: Rules) -> Vec<(String, String)> {
    let (a, b) = (load(a), load(b));
    let mut diff = Diff::new(rules, usize::MAX);
    diff.graphs(&a, &b).unwrap();
    assert_eq!(diff.total(), diff.differences().count());
    let line = |difference| {
        let json = serde_json::to_value(difference).unwrap();
        (json["change"].as_str().unwrap().to_owned(), json["path"].as_str().unwrap().to_owned())
    };
    let mut told: Vec<_> = diff.differences().map(line).collect();
    told.sort();
    told
}

#[test]
fn what_python_finds_equal_is_the_same() {
    let pairs = pairs();
    let values = pairs["values"].as_array().unwrap();
    let is_equal =
        |a: usize, b: usize| pairs["equal"].as_array().unwrap().contains(&serde_json::json!([a, b]));
    for (i, a) in values.iter().enumerate() {
        for (j, b) in values.iter().enumerate() {
            // Those of two protocols, lest the same bytes are the same data.
            let found = told(&decoded(&a["pickles"][0]), &decoded(&b["pickles"][1]), Rules::default());
            assert_eq!(found.is_empty(), is_equal(i, j), "{} == {}: {found:?}", a["shown"], b["shown"]);
        }
    }
}

#[test]
fn what_was_edited_is_told() {
    for edited in pairs()["edited"].as_array().unwrap() {
        let expected: Vec<(String, String)> = serde_json::from_value(edited["told"].clone()).unwrap();
        assert_eq!(told(&decoded(&edited["old"]), &decoded(&edited["new"]), Rules::default()), expected);
    }
}

#[track_caller]
fn differ(a: &[u8], b: &[u8], rules: Rules, expected: &[(&str, &str)]) {
    let owned = |(change, path): &(&str, &str)| ((*change).to_owned(), (*path).to_owned());
    assert_eq!(told(a, b, rules), expected.iter().map(owned).collect::<Vec<_>>());
}

#[test]
fn floats_may_be_close() {
    let within =
        |absolute, relative| Rules { tolerance: Tolerance { absolute, relative }, ..Rules::default() };
    let (a, b) = (b"(F100.0\nF0.001\nFnan\nI5\nl.", b"(F100.5\nF0.0015\nFnan\nF5.25\nl.");
    let all = [("changed", "[0]"), ("changed", "[1]"), ("changed", "[3]")];
    differ(a, b, within(0.0, 0.0), &all);
    differ(a, b, within(0.3, 0.0), &all[..1]);
    differ(a, b, within(0.0, 0.01), &all[1..]);
    differ(a, b, within(0.5, 0.0), &[]);
    differ(b"Finf\n.", b"F1.0\n.", within(1e300, 0.9), &[("changed", "(all)")]);
}

#[test]
fn more_may_be_asked_for() {
    let types = Rules { types: true, ..Rules::default() };
    differ(b"(K\x01I01\nl.", b"(F1.0\nI01\nl.", types, &[("changed", "[0]")]);
    let order = Rules { order: true, ..Rules::default() };
    let (a, b) = (b"(Va\nK\x01Vb\nK\x02d.", b"(Vb\nK\x02Va\nK\x01d.");
    differ(a, b, Rules::default(), &[]);
    differ(a, b, order, &[("order", "(all)")]);
    let sharing = Rules { sharing: true, ..Rules::default() };
    let (a, b) = (b"(]q\x00h\x00l.", b"(]]l.");
    differ(a, b, Rules::default(), &[]);
    differ(a, b, sharing, &[("sharing", "[1]")]);
    differ(b, a, sharing, &[("sharing", "[1]")]);
}

#[test]
fn objects_are_their_class_and_their_parts() {
    let jar = b"cdeli\nJar\n)\x81}(Va\nK\x01Vb\nK\x02ub.";
    differ(jar, b"cdeli\nJar\n)\x81}(Vb\nK\x02Va\nK\x03ub.", Rules::default(), &[("changed", "a")]);
    differ(jar, b"cdeli\nPot\n)\x81}(Va\nK\x01Vb\nK\x02ub.", Rules::default(), &[("changed", "(all)")]);
    differ(
        b"cdeli\nJar\n(K\x01K\x02tRK\x05aVk\nK\x06sK\x07b.",
        b"cdeli\nJar\n(K\x01tRK\x06aVk\nK\x07sK\x08b.",
        Rules::default(),
        &[("changed", "(state)"), ("changed", "[0]"), ("changed", "k"), ("removed", "(1)")],
    );
}

/// `UserList([1, 2]) == [1, 2]`, and `UserDict(a=1) == {'a': 1}`, but `UserList([1, 2]) != (1, 2)`.
#[test]
fn user_lists_equal_what_they_hold() {
    let made = |class: &str, data: &[u8]| {
        [b"ccollections\n", class.as_bytes(), b"\n)\x81}Vdata\n", data, b"sb."].concat()
    };
    let list = made("UserList", b"(K\x01K\x02l");
    differ(&list, b"(K\x01K\x02l.", Rules::default(), &[]);
    differ(b"(K\x01K\x02l.", &list, Rules::default(), &[]);
    differ(&list, b"(K\x01K\x03l.", Rules::default(), &[("changed", "[1]")]);
    differ(&list, b"(K\x01K\x02t.", Rules::default(), &[("changed", "(all)")]);
    differ(&list, &made("UserList", b"(K\x01K\x03l"), Rules::default(), &[("changed", "data[1]")]);
    differ(&made("UserDict", b"(Va\nK\x01d"), b"(Va\nK\x01d.", Rules::default(), &[]);
}

/// `C.__new__(C, **D())`, where D is a dict.
#[test]
fn keyword_arguments_are_parts_whatever_they_are() {
    let made = |number: u8| [&b"cm\nC\n)cm\nD\n)\x81Va\nK"[..], &[number], b"s\x92."].concat();
    differ(&made(1), &made(2), Rules::default(), &[("changed", "(kwargs).a")]);
    let key = |number: u8| {
        let object = made(number);
        [b"}", &object[..object.len() - 1], b"K\x01s."].concat()
    };
    assert_eq!(told(&key(1), &key(1), Rules::default()), []);
    assert_eq!(told(&key(1), &key(2), Rules::default()).len(), 2);
    let graph = load(b"cm\nC\n)cm\nD\n)\x81\x92.");
    let tree = crate::tree::Tree::new(graph.root(), crate::tree::ShowLimits::default());
    assert_eq!(tree.to_string(), "m.C(args: (), kwargs: m.D())");
}

/// Two cycles of different lengths look the same from inside.
#[test]
fn cycles_end() {
    let (a, b) = (b"\x80\x02]q\x00h\x00a.", b"\x80\x02]q\x00]q\x01h\x00aa.");
    differ(a, b, Rules::default(), &[]);
    differ(a, b"\x80\x02]q\x00(h\x00K\x01e.", Rules::default(), &[("added", "[1]")]);
    // Keys are equal if all that they are made of is; of those that contain themselves that cannot be said.
    let key =
        |first: &[u8], number: u8| [b"}cm\nC\n(", first, b"tR}Va\nK\x01sbK", &[number][..], b"s."].concat();
    differ(&key(b"]K\x05a", 1), &key(b"]K\x05a", 2), Rules::default(), &[("changed", "[m.C([5], a=1)]")]);
    let own = |number: u8| [b"}]q\x01cm\nC\n(h\x01tRq\x02a0h\x02K", &[number][..], b"s."].concat();
    differ(&own(1), &[b"\x80\x02", &own(1)[..]].concat(), Rules::default(), &[]);
    assert_eq!(told(&own(1), &own(2), Rules::default()).len(), 1);
}

/// Towers of lists that share everything are as many pairs as levels, and keys are looked at once.
#[test]
fn what_is_shared_is_compared_once() {
    let tower = |last: &[u8]| [b"(", last, b"lq\x00", &b"(h\x00h\x00lq\x00".repeat(100), b"."].concat();
    let (a, b) = (tower(b"K\x01"), tower(b"K\x02"));
    let path = "[0]".repeat(101);
    let shown = format!("{} … {}", &path[..60], &path[..60]);
    differ(&a, &b, Rules::default(), &[("changed", &shown)]);
}

/// Streams of one name that Python loads as the same, whatever wrote them.
#[test]
fn what_was_written_otherwise_is_the_same() {
    let fixtures = halfsour_fixtures::all();
    let (mut compared, mut different) = (0, Vec::new());
    for pair in fixtures.windows(2) {
        let [a, b] = pair else { continue };
        let is_same = match (&a.expect, &b.expect) {
            (Expect::Loads(x), Expect::Loads(y)) => {
                a.name == b.name && x[0]["value"] == y[0]["value"] && x.len() == 1
            }
            _ => false,
        };
        let options = Options::default().with_require_buffers(false).with_limits(Limits::TRUSTED);
        let mut loader = Loader::with_options(options);
        let (Ok(x), Ok(y)) = (loader.load(&a.pickle[..]), loader.load(&b.pickle[..])) else { continue };
        if !is_same {
            continue;
        }
        let mut diff = Diff::new(Rules::default(), 1);
        assert!(diff.graphs(&x, &y).is_ok(), "{a}");
        compared += 1;
        if let Some(first) = diff.differences().next() {
            different.push(format!("{a} and {b}: {first}"));
        }
    }
    assert!(
        different.is_empty(),
        "{} of {compared}: {:#?}",
        different.len(),
        &different[..different.len().min(20)]
    );
    assert!(compared > 5000, "{compared}");
}

/// What numpy said of elements, numbers of all kinds alike.
fn elements(printed: &Value) -> Value {
    match printed {
        Value::Array(elements) => elements.iter().map(elements_of_one).collect(),
        one => elements_of_one(one),
    }
}

fn elements_of_one(printed: &Value) -> Value {
    match printed {
        Value::Array(_) => elements(printed),
        Value::Number(number) => number.as_f64().unwrap().to_string().into(),
        Value::String(text) => text.parse::<f64>().map_or(text.clone(), |number| number.to_string()).into(),
        other => other.clone(),
    }
}

/// Whatever their protocol, their order in memory and their type, arrays are the same that have the same elements.
#[test]
fn arrays_are_compared_by_their_elements() {
    let names = [
        "C",
        "Fortran",
        "big endian Fortran",
        "one row",
        "transposed 3-d",
        "numbers ?",
        "numbers i4",
        "numbers f4",
        "numbers >f4",
        "numbers u1",
        "odd floats f8",
        "odd floats f2",
        "text",
        "text big endian",
        "structured",
        "bytes",
        "0-d",
        "empty",
    ];
    let mut all = halfsour_fixtures::packages();
    all.retain(|package| package.script == "arrays" && names.contains(&package.name.as_str()));
    let of = |protocol| all.iter().filter(move |package| package.protocol == Some(protocol));
    let mut same = 0;
    for a in of(2) {
        for b in of(5) {
            let is_same = a.value["shape"] == b.value["shape"]
                && elements(&a.value["elements"]) == elements(&b.value["elements"]);
            let found = told(&a.bytes, &b.bytes, Rules::default());
            assert_eq!(found.is_empty(), is_same, "{a}; {b}");
            same += usize::from(is_same);
        }
    }
    assert!(same > 100, "{same}");
    let floats = all.iter().find(|package| package.name == "odd floats f8").unwrap();
    let halves = all.iter().find(|package| package.name == "odd floats f2").unwrap();
    let close = Rules { tolerance: Tolerance { absolute: 0.0, relative: 0.001 }, ..Rules::default() };
    differ(&floats.bytes, &halves.bytes, close, &[]);
}

fn lines(a: &[u8], b: &[u8]) -> Vec<String> {
    let (a, b) = (load(a), load(b));
    let mut diff = Diff::new(Rules::default(), usize::MAX);
    diff.graphs(&a, &b).unwrap();
    diff.differences().map(|difference| difference.to_string()).collect()
}

/// `numpy.array([…], dtype="u1")`
fn bytes_array(elements: &[u8]) -> Vec<u8> {
    let length = u8::try_from(elements.len()).unwrap();
    let head = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85U\x01btR(K\x01K";
    let dtype =
        b"\x85cnumpy\ndtype\n(U\x02u1K\0K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89U";
    [head, &[length][..], dtype, &[length][..], elements, b"tb."].concat()
}

#[test]
fn elements_that_differ_are_counted() {
    let told = lines(&bytes_array(&[1, 2, 3]), &bytes_array(&[1, 5, 9]));
    assert_eq!(told, ["~ (all): 2 of 3 elements differ: [1] 2 → 5; the greatest distance is 6.0, at [2]"]);
    let told = lines(&bytes_array(&[1]), &bytes_array(&[1, 2]));
    assert_eq!(told, ["~ (all): an array of shape (1,) → an array of shape (2,)"]);
}

#[test]
fn what_was_done_to_a_class_is_compared() {
    let built = |number: u8| [&b"cdeli\nJar\n}Va\nK"[..], &[number], b"sb."].concat();
    assert_eq!(lines(&built(1), &built(1)), [""; 0]);
    assert_eq!(lines(&built(1), &built(2)), ["~ a: 1 → 2"]);
    assert_eq!(lines(&built(1), b"cdeli\nJar\n."), ["- a: 1"]);
}

#[test]
fn long_texts_are_shown_where_they_differ() {
    let text = |end: &str| [&b"X\xc9\0\0\0"[..], "é".repeat(100).as_bytes(), end.as_bytes(), b"."].concat();
    let told = lines(&text("a"), &text("b"));
    assert_eq!(told, ["~ (all): …'ééééééééééa' → …'ééééééééééb'"]);
}

/// Frames and series that print alike, of whatever release of pandas and in whatever protocol, are the same; others are not, and are told by
/// column and row.
#[test]
fn tables_are_compared_by_their_values() {
    let mut all = halfsour_fixtures::packages();
    // `pandas.NA` alone is a name in one release and a call in another, which are not compared as one value yet.
    all.retain(|package| package.script == "frames" && package.name != "NA");
    let (mut same, mut different, mut wrong) = (0, 0, Vec::new());
    for a in &all {
        for b in all.iter().filter(|b| b.name == a.name && b.value == a.value) {
            let found = told(&a.bytes, &b.bytes, Rules::default());
            if !found.is_empty() {
                wrong.push(format!("{a}; {b}: {found:?}"));
            }
            same += 1;
        }
        for b in
            all.iter().filter(|b| b.name != a.name && b.value != a.value && b.protocol == a.protocol).take(5)
        {
            different += usize::from(!told(&a.bytes, &b.bytes, Rules::default()).is_empty());
        }
    }
    assert!(wrong.is_empty(), "{} of {same}: {wrong:#?}", wrong.len());
    assert!(same > 500 && different > 500, "{same} {different}");
}

/// The same frame of pandas 2 and 3, which chose other dtypes for text and times.
#[test]
fn frames_of_two_releases_are_equal() {
    let frame = |line: &str| STANDARD.decode(line.split('\t').nth(1).unwrap()).unwrap();
    let frames: Vec<_> = include_str!("releases.tsv").lines().map(frame).collect();
    differ(&frames[0], &frames[1], Rules::default(), &[]);
    let types = Rules { types: true, ..Rules::default() };
    let dtypes = ["columns.dtype", "index.dtype", "span.dtype", "text.dtype", "when.dtype"];
    differ(&frames[0], &frames[1], types, &dtypes.map(|path| ("changed", path)));
}

/// Each line of the table has a value, two pickles of it, and the numbers of the lines whose values Python finds equal: times in zones, ranges,
/// fractions, counters, and scalars of numpy.
#[test]
fn values_of_packages_equal_what_python_finds_equal() {
    let lines: Vec<Vec<&str>> =
        include_str!("equal.tsv").lines().map(|line| line.split('\t').collect()).collect();
    let decoded = |base64: &str| STANDARD.decode(base64).unwrap();
    for a in &lines {
        let equal: Vec<usize> = a[3].split(' ').map(|number| number.parse().unwrap()).collect();
        for (number, b) in lines.iter().enumerate() {
            let found = told(&decoded(a[1]), &decoded(b[2]), Rules::default());
            assert_eq!(found.is_empty(), equal.contains(&number), "{} == {}: {found:?}", a[0], b[0]);
        }
    }
}
