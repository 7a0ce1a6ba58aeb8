//! Messages are read one by one; a bad one costs itself only, where the framing allows.

use std::io::{self, Read};

use halfsour_vm::{ErrorKind, Framing, Limit, Limits, Messages, Options};

fn read(framing: Framing, input: impl Read) -> Vec<String> {
    let show = |message: Result<halfsour_vm::Graph, halfsour_vm::Error>| match message {
        Ok(graph) => graph.root().to_string(),
        Err(error) => error.to_string(),
    };
    Messages::new(input, framing).take(10).map(show).collect()
}

/// Gives one byte at a time.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(1);
        self.0.read(&mut buffer[..count])
    }
}

#[test]
fn a_bad_message_between_good_ones_is_an_error_of_its_own() {
    let mut sent = Vec::new();
    for framing in [Framing::U32, Framing::I32, Framing::Connection] {
        sent.clear();
        for pickle in [&b"K\x01."[..], b"", b"(K\x01", b"K\x02."] {
            framing.write(&mut sent, pickle).unwrap();
        }
        let expected =
            ["1", "byte 0x0: the input ends before STOP", "byte 0x3: the input ends before STOP", "2"];
        assert_eq!(read(framing, &sent[..]), expected);
        assert_eq!(read(framing, Slow(&sent)), expected);
    }
    let negative = b"\0\0\0\x03K\x01.\xff\xff\xff\xfe\0\0\0\x03K\x02.";
    let expected = ["1", "byte 0x0: expected the length of a message, found the negative number -2", "2"];
    assert_eq!(read(Framing::I32, &negative[..]), expected);
    let long = b"\xff\xff\xff\xff\0\0\0\0\0\0\0\x03K\x01.\0\0\0\x03K\x02.";
    assert_eq!(read(Framing::Connection, Slow(long)), ["1", "2"]);
}

#[test]
fn without_framing_an_error_is_the_end() {
    assert_eq!(read(Framing::None, &b"K\x01.K\x02."[..]), ["1", "2"]);
    assert_eq!(read(Framing::None, &b"K\x01.0K\x02."[..]).len(), 2);
    assert_eq!(read(Framing::None, &b""[..]), [""; 0]);
    assert_eq!(read(Framing::U32, &b""[..]), [""; 0]);
}

#[test]
fn what_cannot_be_read_on_is_the_last_item() {
    for cut in [&b"\0\0"[..], b"\0\0\0\x04K", b"\xff\xff\xff\xff\0\0\0\0\0"] {
        let mut messages = Messages::new(cut, Framing::Connection);
        let error = messages.next().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io(io::ErrorKind::UnexpectedEof));
        assert!(messages.next().is_none());
    }
    // No more than the limit is read, whatever is announced: by default, 8 MiB.
    let kind = |framing, input: &[u8], options: Option<Options>| {
        let mut messages = match options {
            Some(options) => Messages::with_options(input, framing, options),
            None => Messages::new(input, framing),
        };
        let kind = messages.next().unwrap().unwrap_err().kind();
        assert!(messages.next().is_none());
        (kind, messages.into_reader().len())
    };
    let too_long = ErrorKind::Limit(Limit::Input);
    assert_eq!(kind(Framing::U32, b"\0\x80\0\x01N.", None), (too_long, 2));
    assert_eq!(kind(Framing::U32, b"\0\x80\0\0N.", None).0, ErrorKind::Io(io::ErrorKind::UnexpectedEof));
    let options = Options::default().with_limits(Limits::default().with_input(3));
    assert_eq!(kind(Framing::Connection, b"\0\0\0\x04N...", Some(options.clone())), (too_long, 4));
    assert_eq!(kind(Framing::None, b"X\x04\0\0\0abcd.", Some(options)).0, too_long);
}
