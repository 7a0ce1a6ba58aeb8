//! Keys that were chosen to take long. Each of these is done in a second, or would take hours.

use halfsour_value::{Node, TreeLimits, Value};
use halfsour_vm::{Graph, from_slice};

/// A dict whose keys these are, each written by some opcodes; the values are 1.
fn dict(before: &[u8], keys: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let items = keys.flat_map(|key| [key, b"K\x01".to_vec()].concat());
    [before, b"}(", &items.collect::<Vec<_>>()[..], b"u."].concat()
}

fn long(value: i128) -> Vec<u8> {
    [&b"\x8a\x10"[..], &value.to_le_bytes()].concat()
}

fn length(graph: &Graph<&[u8]>) -> usize {
    graph.root().len().unwrap()
}

/// Python hashes an int to itself modulo this.
const MODULUS: i128 = (1 << 61) - 1;

#[test]
fn ints_that_collide_in_python() {
    let pickle = dict(b"", (0..200_000).map(|number| long(number * MODULUS + 5)));
    let graph = from_slice(&pickle).unwrap();
    assert_eq!(length(&graph), 200_000);
    assert_eq!(graph.root().get(5_i64).and_then(Node::as_i64), Some(1));
    let Value::Dict(tree) = graph.to_value(TreeLimits::default()).unwrap() else { panic!("a dict") };
    assert_eq!(tree.len(), 200_000);
    let members: Vec<u8> = (0..200_000).flat_map(|number| long(number * MODULUS)).collect();
    let set = [b"\x8f(", &members[..], b"\x90."].concat();
    assert_eq!(length(&from_slice(&set).unwrap()), 200_000);
}

#[test]
fn tuples_and_frozensets_that_differ_in_one_member() {
    let of = |open: &'static [u8], close: &'static [u8]| {
        move |number: i32| [open, b"K\x01J", &number.to_le_bytes(), close].concat()
    };
    for (open, close) in [(&b"("[..], &b"t"[..]), (b"(", b"\x91")] {
        let pickle = dict(b"", (2..60_002).map(of(open, close)));
        let graph = from_slice(&pickle).unwrap();
        assert_eq!(length(&graph), 60_000);
        let Value::Dict(tree) = graph.to_value(TreeLimits::default()).unwrap() else { panic!("a dict") };
        assert_eq!(tree.len(), 60_000);
    }
}

#[test]
fn one_tuple_of_many() {
    let key = [&b"("[..], &b"K\x01\x85".repeat(300_000), b"t"].concat();
    let pickle = dict(b"", [key.clone(), key].into_iter());
    assert_eq!(length(&from_slice(&pickle).unwrap()), 1);
}

#[test]
fn many_that_share_a_long_text() {
    let text = [&b"X\x00\x00\x10\x00"[..], &vec![b'a'; 1 << 20], b"\x940"].concat();
    let keys = (0..100_000_i32).map(|number| [b"h\x00J", &number.to_le_bytes()[..], b"\x86"].concat());
    let pickle = dict(&text, keys);
    let graph = from_slice(&pickle).unwrap();
    assert_eq!(length(&graph), 100_000);
}

#[test]
fn what_is_printed_of_a_long_text_that_is_shared() {
    let text = [&b"X\x00\x00\x10\x00"[..], &vec![b'a'; 1 << 20], b"\x940"].concat();
    let length = |objects: &[u8]| {
        let pickle = [&text[..], b"(", &objects.repeat(100_000), b"l."].concat();
        from_slice(&pickle).unwrap().root().to_string().len()
    };
    // As values, as modules, as names of attributes.
    assert!(length(b"h\0") < 100 << 20);
    assert!(length(b"h\0X\x01\0\0\0n\x93") < 100 << 20);
    assert!(length(b"cm\nn\n)\x81}h\0Nsb") < 100 << 20);
}

#[test]
fn what_is_not_shared_is_printed_however_much_it_is() {
    let graph = [&b"("[..], &b"N".repeat(1_500_000), b"l."].concat();
    let shown = from_slice(&graph).unwrap().root().to_string();
    assert_eq!(shown, format!("[{}None]", "None, ".repeat(1_499_999)));
}
