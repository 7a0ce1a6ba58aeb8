//! What is left of pickles that are cut off or damaged.

use halfsour_fixtures::{Expect, all};
use halfsour_vm::{ErrorKind, Loader, Options};

#[track_caller]
fn leaves(pickle: &[u8], shown: &str, path: &str) {
    let salvaged = Loader::new().salvage(pickle, 0, ()).unwrap();
    assert_eq!(salvaged.graph.root().to_string(), shown);
    assert_eq!(salvaged.damage.unwrap().path, path);
}

#[test]
fn members_that_were_complete_are_there() {
    leaves(b"\x80\x02](K\x01K\x02K\x03J", "[1, 2, 3, halfsour.Unfinished()]", "[3]");
    leaves(
        b"\x80\x02}(U\x01aK\x01U\x01b](}U\x01xK\x01s}(U\x01xK\x02U\x01yK\x03U\x01z",
        "{b'a': 1, b'b': [{b'x': 1}, {b'x': 2, b'y': halfsour.Unfinished(3, b'z')}]}",
        "b[1].y",
    );
}

/// Behind a whole pair comes a key, where the dict before has the same keys in the same order; else it may be a part of the value.
#[test]
fn the_field_that_is_cut_off_is_the_one_that_is_named() {
    leaves(
        b"\x80\x02](}(U\x02idK\x01U\x04nameU\x01au}(U\x02idK\x02U\x04name",
        "[{b'id': 1, b'name': b'a'}, {b'id': 2, b'name': halfsour.Unfinished()}]",
        "[1].name",
    );
    // The values are tuples, of which two were put on the stack.
    leaves(
        b"\x80\x02](}(U\x02idK\x01K\x02\x86U\x04nameU\x01au}(U\x02idK\x02U\x04name",
        "[{b'id': (1, 2), b'name': b'a'}, {b'id': halfsour.Unfinished(2, b'name')}]",
        "[1].id",
    );
}

/// The path to a part of an object whose state has not been set leads through what stands for that object.
#[test]
fn paths_lead_to_what_is_unfinished() {
    let pickle = b"\x80\x02capp\nF\n)\x81}(U\x04_mgr](K\x01";
    let shown = "halfsour.Unfinished(app.F(), {b'_mgr': [1, halfsour.Unfinished()]})";
    leaves(pickle, shown, "(1)._mgr[1]");
    let salvaged = Loader::new().salvage(&pickle[..], 0, ()).unwrap();
    let found = salvaged.graph.root().path(&salvaged.damage.unwrap().path).unwrap();
    assert_eq!(found.to_string(), "halfsour.Unfinished()");
}

/// A pickle may use the memo of those before it.
#[test]
fn earlier_pickles_are_run_for_their_memo() {
    let first = b"\x80\x02]q\x00K\x01a.";
    let both = [&first[..], b"\x80\x02](h\x00h\x00h\x00h\x00"].concat();
    let mut loader = Loader::with_options(Options::default().with_keep_memo(true));
    let salvaged = loader.salvage(&both[..], first.len(), ()).unwrap();
    assert_eq!(salvaged.graph.root().to_string(), "[[1], [1], [1], [1], halfsour.Unfinished()]");
    let alone = Loader::new().salvage(&both[..], first.len(), ()).unwrap();
    assert_eq!(alone.graph.root().to_string(), "[halfsour.Unfinished()]");
    // One of them that is damaged leaves nothing.
    let damaged = [&b"\x80\x02]q\x00K\x01"[..], b"\x80\x02](h\x00"].concat();
    assert!(loader.salvage(&damaged[..], 6, ()).is_err());
}

/// A dict of one item is set without a mark.
#[test]
fn dicts_and_lists_of_one() {
    leaves(b"\x80\x02](}U\x01aK\x01s}U\x01a", "[{b'a': 1}, {b'a': halfsour.Unfinished()}]", "[1].a");
    leaves(b"\x80\x02](}U\x01aK\x01s}U\x01aK\x02", "[{b'a': 1}, {b'a': halfsour.Unfinished(2)}]", "[1].a");
    leaves(b"\x80\x02](]K\x01a]K\x02", "[[1], [halfsour.Unfinished(2)]]", "[1][0]");
}

#[test]
fn objects_that_are_not_certain_to_be_whole_are_marked() {
    // The state of the second has not come.
    leaves(b"\x80\x02](cm\nA\n)\x81}bcm\nA\n)\x81", "[m.A(), halfsour.Unfinished(m.A())]", "[1]");
    // Two objects of a tuple that was not made.
    leaves(b"\x80\x02]K\x01a]K\x02", "halfsour.Unfinished([1], [], 2)", "");
}

/// The names of a class that was not fetched are no elements, nor are the key and the value of a dict whose only item was not set.
#[test]
fn what_stands_for_something_else_is_no_data() {
    // [date(…), …, of which the module and the name are there
    let date = b"\x80\x04](\x8c\x08datetime\x8c\x04date";
    leaves(date, "[halfsour.Unfinished('datetime', 'date')]", "[0]");
    leaves(&date[..date.len() - 6], "[halfsour.Unfinished('datetime')]", "[0]");
    // Text that can name nothing is data.
    leaves(b"\x80\x04](\x8c\x03a-b\x8c\x03c d", "['a-b', 'c d', halfsour.Unfinished()]", "[2]");
    leaves(b"\x80\x04](K\x01\x8c\x03c d\x8c\x02os", "[1, halfsour.Unfinished('c d', 'os')]", "[1]");
    // [{1}, {'a': (1, (2, (3,))), … and of an object its state
    leaves(
        b"\x80\x04](\x8f(K\x01\x90}\x8c\x01aK\x01K\x02K\x03\x85",
        "[{1}, {'a': halfsour.Unfinished(1, 2, (3,))}]",
        "[1].a",
    );
    leaves(
        b"\x80\x02](K\x05cm\nA\n)\x81K\x01K\x02K\x03K\x04",
        "[5, halfsour.Unfinished(m.A(), 1, 2, 3, 4)]",
        "[1]",
    );
}

#[test]
fn lines_of_protocol_0() {
    leaves(
        b"(dp0\nVa\np1\nI1\nsVb\np2\n(lp3\nI1\naI2\naI",
        "{'a': 1, 'b': halfsour.Unfinished([1, 2])}",
        "b",
    );
}

#[test]
fn it_is_said_how_much_is_missing() {
    let salvaged =
        Loader::new().salvage(&b"\x80\x04\x95\x10\0\0\0\0\0\0\0]\x94(K\x01C\x05ab"[..], 0, ()).unwrap();
    let damage = salvaged.damage.unwrap();
    assert_eq!((damage.there, damage.wanted), (20, Some(27)));
    assert_eq!(
        damage.to_string().matches("20 bytes are there, and at least 27 are wanted").count(),
        1,
        "{damage}"
    );
    // Zeros where opcodes were.
    let salvaged = Loader::new().salvage(&b"](K\x01\0\0\0"[..], 0, ()).unwrap();
    let damage = salvaged.damage.unwrap();
    assert!(matches!(damage.error.kind(), ErrorKind::Lexer(_)));
    assert_eq!((damage.error.offset(), damage.wanted), (4, None));
}

/// A file with a hole: the zeros that were an argument are no data, wherever the hole begins.
#[test]
fn zeros_are_no_data() {
    #[track_caller]
    fn holds(pickle: &[u8], shown: &str) {
        let pickle = [pickle, &[0; 64]].concat();
        let salvaged = Loader::new().salvage(&pickle[..], 0, ()).unwrap();
        assert_eq!(salvaged.graph.root().to_string(), shown);
        let damage = salvaged.damage.unwrap();
        assert_eq!(damage.zeros.as_ref().unwrap().end, pickle.len());
        assert!(damage.to_string().contains("is not taken for data"), "{damage}");
    }
    holds(b"\x80\x02](K\x01K\x02K", "[1, 2, halfsour.Unfinished()]");
    // An int of four bytes, a float, an object of the memo, a text, and what Python 2 wrote.
    holds(b"\x80\x02](K\x01J\x07", "[1, halfsour.Unfinished()]");
    holds(b"\x80\x02](K\x01G\x3f", "[1, halfsour.Unfinished()]");
    holds(b"\x80\x02]q\0(K\x01h", "[1, halfsour.Unfinished()]");
    holds(b"\x80\x02]q\0(K\x01X\x01", "[1, halfsour.Unfinished()]");
    holds(b"\x80\x02]q\0(K\x01U\x05ab", "[1, halfsour.Unfinished()]");
    // A text that takes all that is left ends it, too.
    leaves(
        &[&b"\x80\x02]q\0(K\x01X\xff\0\0\0ab"[..], &[0; 64]].concat(),
        "[1, halfsour.Unfinished()]",
        "[1]",
    );
    // Behind the hole, the file goes on.
    let holed = b"\x80\x02}(U\x01a](K\x01K\x02K\0\0\0\0\0\0\0\0\0\0K\x09K\x0aeu.";
    let salvaged = Loader::new().salvage(&holed[..], 0, ()).unwrap();
    assert_eq!(salvaged.graph.root().to_string(), "{b'a': [1, 2, halfsour.Unfinished()]}");
    assert_eq!(salvaged.damage.unwrap().zeros, Some(14..24));
}

#[test]
fn what_was_being_filled_is_known() {
    let salvaged = Loader::new().salvage(&b"\x80\x02](}(U\x01aK\x01u}(U\x01aK\x03U\x01b"[..], 0, ()).unwrap();
    let (graph, damage) = (salvaged.graph, salvaged.damage.unwrap());
    let id = |path: &str| graph.root().path(path).unwrap().id();
    assert_eq!(damage.open(), [id("[1]"), id("")]);
}

#[test]
fn what_has_nothing_before_the_damage_is_refused() {
    assert!(Loader::new().salvage(&b"\x80\x04"[..], 0, ()).is_err());
    assert!(Loader::new().salvage(&b""[..], 0, ()).is_err());
}

/// A whole pickle is the whole value, and each beginning of it is something that can be shown, or refused.
#[test]
fn every_fixture_cut_anywhere() {
    let mut loader = Loader::new();
    for fixture in all() {
        if fixture.pickles != 1 || fixture.buffers.is_some() || !matches!(fixture.expect, Expect::Loads(_)) {
            continue;
        }
        let pickle = &fixture.pickle[..];
        let whole = Loader::new().load(pickle).unwrap();
        let salvaged = loader.salvage(pickle, 0, ()).unwrap();
        assert!(salvaged.damage.is_none(), "{fixture}");
        assert!(
            pickle.len() > 2000 || salvaged.graph.root().to_string() == whole.root().to_string(),
            "{fixture}"
        );
        for cut in (0..whole.end()).step_by(pickle.len() / 8 + 1) {
            let Ok(salvaged) = loader.salvage(&pickle[..cut], 0, ()) else { continue };
            assert!(salvaged.damage.is_some(), "{fixture} at {cut}");
            if cut < 2000 {
                let _ = salvaged.graph.root().to_string();
            }
            loader.recycle(salvaged.graph);
        }
    }
}
