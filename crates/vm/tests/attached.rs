//! What stands between the opcodes of a pickle, and belongs to an object.

use halfsour_value::{Id, View};
use halfsour_vm::{Attached, Error, Graph, Loader, Observer};

/// Says the same of every object that is built.
struct All(Attached);

impl Observer for All {
    fn attached(&mut self, _: View<'_>, _: usize, _: Id) -> Attached {
        self.0
    }
}

fn load(input: &[u8], attached: Attached) -> Result<Graph<&[u8]>, Error> {
    Loader::new().load_observed(input, 0, All(attached))
}

#[test]
fn bytes_are_appended() {
    // Twice, with the memo and the stack in use before and after.
    let input = b"\x80\x02](K\x07q\x01cm\nC\n)\x81}b..abch\x01cm\nC\n)\x81}b..defh\x01e.";
    let bytes = Attached::Bytes { padding: 2, length: 3 };
    let graph = load(input, bytes).unwrap();
    let shown = graph.root().to_string();
    assert_eq!(shown.matches("abc").count() + shown.matches("def").count(), 2, "{shown}");
    assert_eq!(
        graph.root().elements().unwrap().filter_map(halfsour_value::Node::as_i64).collect::<Vec<_>>(),
        [7, 7, 7]
    );
    assert_eq!(graph.end(), input.len());
    for length in 0..input.len() {
        assert!(load(&input[..length], bytes).is_err());
    }
    for length in [usize::MAX, usize::MAX - 1, 1000] {
        let error = load(input, Attached::Bytes { padding: 2, length }).unwrap_err();
        assert_eq!(error.to_string(), "byte 0x10: BUILD: the input ends inside the argument");
    }
}

#[test]
fn pickles_have_a_stack_and_a_memo_of_their_own() {
    // The inner one sets the slot that the outer one fetches, leaves something on its stack, and builds what nothing is
    // attached to.
    let inner = b"\x80\x02K\x01q\x01cm\nC\n)\x81}b.";
    let input = [&b"\x80\x03K\x07q\x01cm\nC\n)\x81}b"[..], inner, b"h\x01\x87."].concat();
    let graph = load(&input, Attached::Pickle).unwrap();
    let root = graph.root();
    assert_eq!((root.at(0).unwrap().as_i64(), root.at(2).unwrap().as_i64()), (Some(7), Some(7)));
    assert_eq!(root.at(1).unwrap().to_string().matches("m.C").count(), 2);
    assert_eq!((graph.protocol(), graph.end()), (3, input.len()));
    for length in 0..input.len() {
        assert!(load(&input[..length], Attached::Pickle).is_err());
    }
    // What an error leaves behind is not there for the next.
    let mut loader = Loader::new();
    assert!(loader.load_observed(&input[..20], 0, All(Attached::Pickle)).is_err());
    assert_eq!(loader.load(&b"K\x05."[..]).unwrap().root().as_i64(), Some(5));
}
