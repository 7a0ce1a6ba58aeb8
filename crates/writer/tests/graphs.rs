//! Any graph is read back as it was written, at every protocol.

use halfsour_json::{Style, to_string};
use halfsour_value::{Builder, Form, Graph, Id, Value};
use halfsour_vm::{Buffer, Loader};
use halfsour_writer::{MemoPolicy, Options, ToPickle, to_vec};
use proptest::prelude::*;

/// Makes a graph by following instructions: what to make, and of which of the objects that there are.
///
/// Protocols 0 and 1 have no opcode for a new object and write a call of `copyreg.__newobj__`: for these, all objects
/// are calls.
fn graph(program: &[(u8, u8, u8, i64)], calls: bool) -> Graph {
    let mut b = Builder::new();
    let mut objects = vec![Id::NONE];
    let class = b.global("app.models", "Point");
    for &(what, first, second, number) in program {
        let pick = |at: u8| objects[usize::from(at) % objects.len()];
        let (one, two) = (pick(first), pick(second));
        let text = format!("text {}", number % 5);
        let made = match what % 22 {
            0 => Some(b.int(number)),
            1 => Some(b.int(number % 100)),
            2 => Some(b.float(f64::from(first) / 4.0)),
            3 => Some(b.str(&text)),
            4 => Some(b.bytes(&number.to_le_bytes()[..usize::from(first % 9)])),
            5 => Some(b.bytearray(text.as_bytes())),
            6 => Some(b.list(&[one, two, one])),
            7 => Some(b.tuple(&[one, two])),
            8 => Some(b.tuple(&vec![one; usize::from(second % 6)])),
            9 => b.dict(&[(one, two)]).ok(),
            10 => b.set(&[one]).ok(),
            11 => b.frozenset(&[one]).ok(),
            12 => Some(b.complex(f64::from(first), f64::from(second))),
            13 if !calls => Some(b.instance_of(class).attr("x", one).attr("y", two).finish()),
            13 | 14 => {
                let args = b.tuple(&[one]);
                Some(b.made(if calls || number % 2 == 0 { Form::Call } else { Form::New }, class, args, None))
            }
            15 => Some(b.big_int(&[number.to_le_bytes(), [first; 8]].concat())),
            16 => Some(b.wtf8(b"lone \xed\xa0\x80").unwrap()),
            17 => Some(b.bool(number % 2 == 0)),
            // Changes to what there is: cycles come of these. An object may not take it.
            18 => b.append(one, two).ok().and(None),
            19 => b.set_item(one, pick(number.unsigned_abs().to_le_bytes()[0]), two).ok().and(None),
            20 => b.state(one, two).ok().and(None),
            _ => b.append(one, one).ok().and(None),
        };
        objects.extend(made);
    }
    let root = b.list(&objects);
    b.build(root)
}

/// Returns all facts of a graph but the protocol and the opcodes.
fn facts<S: AsRef<[u8]>>(graph: &Graph<S>) -> String {
    let json = to_string(graph.root(), Style::lossless()).unwrap();
    json.split_once("\"value\":").unwrap().1.to_owned()
}

proptest! {
    #[test]
    fn graphs_are_read_back(program in prop::collection::vec(any::<(u8, u8, u8, i64)>(), 0..60)) {
        for protocol in 0..=5 {
            let graph = graph(&program, protocol < 2);
            for memo in [MemoPolicy::All, MemoPolicy::Shared] {
                let pickle = to_vec(graph.root(), &Options::default().with_protocol(protocol).with_memo(memo));
                // Only a set that leads back to itself through arguments cannot be written, and these have none.
                let read = halfsour_vm::from_bytes(pickle.unwrap()).unwrap();
                prop_assert_eq!(facts(&read), facts(&graph), "protocol {}", protocol);
                let again = to_vec(read.root(), &Options::default().with_protocol(protocol).with_memo(memo)).unwrap();
                let read_again = halfsour_vm::from_bytes(again).unwrap();
                prop_assert_eq!(facts(&read_again), facts(&read), "protocol {}", protocol);
            }
        }
    }
}

/// Not everything that occurs twice went through the memo: DUP shares, a slot can be overwritten, and to what comes from
/// outside something can be done.
#[test]
fn what_is_shared_by_other_ways_stays_shared() {
    let shares: [&[u8]; 10] = [
        // A list that holds itself.
        b"]2a.",
        // (x, x), where x is (y, y), and so on: written out, it would not end.
        &[b")".as_slice(), &b"2\x86".repeat(60), b"."].concat(),
        // Two lists, of which the slot of the first is taken by the second.
        b"(]q\x00h\x00]q\x00h\x00t.",
        // The state of what a persistent id, an extension code or a buffer stands for holds that itself.
        b"K\x01Q2b.",
        b"\x80\x02\x82\x012b.",
        b"\x80\x05\x97\x942b.",
        // They occur twice.
        b"K\x01Q2\x86.",
        b"K\x01Qq\x00h\x00\x86.",
        b"\x80\x05\x97\x94h\x00\x97\x87.",
        // The first buffer is not in the graph.
        b"\x80\x05\x970\x97.",
    ];
    let load = |stream: &[u8]| {
        let buffers =
            [b"one".as_slice(), b"two"].map(|data| Buffer { contents: data.into(), read_only: false });
        let options =
            halfsour_vm::Options::default().with_record_memo(true).with_buffers(Some(buffers.to_vec()));
        Loader::with_options(options).load(stream.to_vec()).unwrap()
    };
    for stream in shares {
        let graph = load(stream);
        for memo in [MemoPolicy::All, MemoPolicy::Shared, MemoPolicy::AsRead] {
            let pickle = to_vec(graph.root(), &Options::default().with_protocol(5).with_memo(memo)).unwrap();
            assert_eq!(facts(&load(&pickle)), facts(&graph), "{memo:?} of {stream:?}");
            assert!(pickle.len() < 300, "{} bytes of {stream:?}", pickle.len());
        }
    }
}

#[test]
fn keys_that_a_tree_shares_are_memoised_as_by_python() {
    // pickle.dumps([{'name': 1}, {'name': 2}], 4)
    let pickle = b"\x80\x04\x95\x18\0\0\0\0\0\0\0]\x94(}\x94\x8c\x04name\x94K\x01s}\x94h\x02K\x02se.";
    let key = Value::from("name");
    let made = Value::list([1, 2].map(|number| Value::dict([(key.clone(), number)])));
    assert_eq!(made.to_pickle().unwrap(), pickle);
    let read = halfsour_vm::from_slice(pickle).unwrap().to_value(halfsour_value::TreeLimits::default());
    assert_eq!(read.unwrap().to_pickle().unwrap(), pickle);
}

#[test]
fn the_steps_of_an_object_in_a_cycle_through_its_arguments_are_written_once() {
    let mut b = Builder::new();
    let class = b.global("app.models", "Ring");
    let list = b.list(&[]);
    let args = b.tuple(&[list]);
    let ring = b.made(Form::Call, class, args, None);
    b.append(list, ring).unwrap();
    let state = b.str("state");
    b.state(ring, state).unwrap();
    b.append(ring, state).unwrap();
    let graph = b.build(ring);
    for protocol in 0..=5 {
        let options = Options::default().with_protocol(protocol);
        let pickle = to_vec(graph.root(), &options).unwrap();
        let again = Loader::new().load(&pickle[..]).unwrap();
        let instance = again.root().as_instance().unwrap();
        assert_eq!(instance.steps().count(), 2, "protocol {protocol}: {}", again.root());
        assert_eq!(to_vec(again.root(), &options).unwrap(), pickle, "protocol {protocol}");
    }
}

/// A call of `setattr` is not a `BUILD`: the class may have a `__setstate__`.
#[test]
fn attributes_that_were_set_by_a_call_are_set_by_it() {
    let pickle = b"\x80\x02capp\nC\n)Rq\x00cbuiltins\nsetattr\nh\x00X\x01\0\0\0xK\x01\x87R0.";
    let graph = halfsour_vm::from_slice(pickle).unwrap();
    for protocol in 0..=5 {
        let written = to_vec(graph.root(), &Options::default().with_protocol(protocol)).unwrap();
        assert!(written.windows(7).any(|name| name == b"setattr"), "protocol {protocol}");
        let again = halfsour_vm::from_slice(&written).unwrap();
        assert_eq!(again.root().to_string(), graph.root().to_string());
        let state = again.root().as_instance().unwrap().state().unwrap();
        assert!(state.spelling().is_some(), "protocol {protocol}");
    }
}
