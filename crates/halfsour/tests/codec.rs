//! The codec reads the messages that were sent. In `cargo xtask oracle`, real Pythons send to it.
#![cfg(feature = "tokio")]

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use halfsour::codec::{Error, Framing, PickleCodec};
use halfsour::{Graph, Limits, Options, vm, writer};
use halfsour_fixtures::{Expect, Fixture};
use tokio_util::codec::{Decoder, Encoder, FramedRead, LengthDelimitedCodec};

fn with_limit(framing: Framing, input: usize) -> PickleCodec {
    let limits = Limits::default().with_input(input);
    PickleCodec::with_options(framing, Options::default().with_limits(limits), &writer::Options::default())
}

/// Returns some pickles that need no options.
fn fixtures() -> impl Iterator<Item = Fixture> {
    let plain = |fixture: &Fixture| {
        fixture.pickles == 1
            && fixture.pickle.len() < 300
            && matches!(fixture.expect, Expect::Loads(_))
            && vm::from_slice(&fixture.pickle).is_ok_and(|graph| graph.end() == fixture.pickle.len())
    };
    halfsour_fixtures::all().into_iter().filter(plain).step_by(50)
}

type Message = Result<Graph, vm::Error>;

/// Decodes a stream that arrives in pieces of this length.
fn received(codec: &mut PickleCodec, stream: &[u8], piece: usize) -> Result<Vec<Message>, Error> {
    let mut buffer = BytesMut::new();
    let mut messages = Vec::new();
    for piece in stream.chunks(piece) {
        buffer.extend_from_slice(piece);
        while let Some(message) = codec.decode(&mut buffer)? {
            messages.push(message);
        }
    }
    while let Some(message) = codec.decode_eof(&mut buffer)? {
        messages.push(message);
    }
    assert!(buffer.is_empty());
    Ok(messages)
}

#[test]
fn all_framings_give_the_pickles_that_were_sent() {
    let sent: Vec<_> = fixtures().collect();
    assert!(sent.len() > 100, "{}", sent.len());
    for framing in [Framing::None, Framing::U32, Framing::I32, Framing::Connection] {
        let mut codec = PickleCodec::new(framing);
        let mut stream = BytesMut::new();
        for fixture in &sent {
            codec.encode(&fixture.pickle[..], &mut stream).unwrap();
        }
        for piece in [1, 7, 1 << 20] {
            let graphs = received(&mut codec, &stream, piece).unwrap();
            assert_eq!(graphs.len(), sent.len());
            for (graph, fixture) in graphs.into_iter().zip(&sent) {
                let graph = graph.unwrap();
                assert_eq!(graph.source()[..], fixture.pickle[..], "{fixture}");
            }
        }
    }
}

#[test]
fn lengths_are_written_as_others_write_them() {
    let mut codec = PickleCodec::new(Framing::U32);
    let mut others = LengthDelimitedCodec::new();
    let (mut ours, mut theirs) = (BytesMut::new(), BytesMut::new());
    for fixture in fixtures() {
        codec.encode(&fixture.pickle[..], &mut ours).unwrap();
        others.encode(Bytes::from(fixture.pickle), &mut theirs).unwrap();
    }
    assert_eq!(ours, theirs);
}

#[test]
fn a_graph_is_written_as_its_root_is() {
    let graph = vm::from_slice(b"]K\x01a.").unwrap();
    let mut codec = PickleCodec::new(Framing::Connection);
    let mut buffer = BytesMut::new();
    codec.encode(&graph, &mut buffer).unwrap();
    let pickle = writer::to_vec(graph.root(), &writer::Options::default()).unwrap();
    assert_eq!(buffer[..4], u32::try_from(pickle.len()).unwrap().to_be_bytes());
    assert_eq!(buffer[4..], pickle[..]);
}

#[test]
fn what_is_received_is_not_copied() {
    for (framing, head) in [(Framing::None, &b""[..]), (Framing::U32, b"\0\0\0\x09")] {
        let mut buffer = BytesMut::from(&[head, b"X\x03\0\0\0abc.N."].concat()[..]);
        let before = buffer.as_ptr_range();
        let graph = PickleCodec::new(framing).decode(&mut buffer).unwrap().unwrap().unwrap();
        assert!(before.contains(&graph.root().as_str().unwrap().as_ptr()));
    }
}

#[test]
fn a_long_message_is_refused_by_its_length() {
    let refused = |framing, head: &[u8]| {
        let mut buffer = BytesMut::from(head);
        let capacity = buffer.capacity();
        let error = with_limit(framing, 1000).decode(&mut buffer).unwrap_err();
        assert_eq!(buffer.capacity(), capacity);
        match error {
            Error::TooLong(length) => length,
            error => panic!("{error:?}"),
        }
    };
    assert_eq!(refused(Framing::U32, b"\xff\xff\xff\xff"), 0xffff_ffff);
    assert_eq!(refused(Framing::I32, b"\0\0\x03\xe9"), 1001);
    assert_eq!(refused(Framing::Connection, b"\x7f\xff\xff\xff"), 0x7fff_ffff);
    assert_eq!(refused(Framing::Connection, b"\xff\xff\xff\xff\x80\0\0\0\0\0\0\0"), 1 << 63);
    let decode =
        |mut codec: PickleCodec, stream: &[u8]| codec.decode(&mut stream.into()).map(|read| read.is_none());
    assert!(decode(with_limit(Framing::U32, 1000), b"\0\0\x03\xe8").unwrap());
    let error = decode(with_limit(Framing::None, 1000), b"B\0\x10\0\0").unwrap_err();
    assert!(matches!(error, Error::Read(error) if error.to_string().contains("limit of the input")));
    // 8 MiB, if nothing is said.
    assert!(decode(PickleCodec::new(Framing::U32), b"\0\x80\0\0").unwrap());
    assert!(decode(PickleCodec::new(Framing::U32), b"\0\x80\0\x01").is_err());
}

/// Reads in the loop that every program has.
async fn shown(framing: Framing, stream: &[u8]) -> Result<Vec<String>, Error> {
    let mut messages = FramedRead::new(stream, PickleCodec::new(framing));
    let mut shown = Vec::new();
    while let Some(message) = messages.next().await {
        shown.push(match message? {
            Ok(graph) => graph.root().to_string(),
            Err(error) => error.to_string(),
        });
    }
    Ok(shown)
}

#[tokio::test]
async fn after_a_message_that_is_no_pickle_comes_the_next() {
    let stream =
        b"\0\0\0\x03K\x01.\0\0\0\x03abc\xff\xff\xff\xfe\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\x03K\x07.";
    let expected = [
        "1",
        "byte 0x0: APPEND: the stack holds 0 items, needs 2",
        "byte 0x0: expected the length of a message, found the negative number -2",
        "byte 0x0: the input ends before STOP",
        "7",
    ];
    assert_eq!(shown(Framing::Connection, stream).await.unwrap(), expected);
    let read = vm::Messages::new(&stream[..], Framing::Connection).map(|message| match message {
        Ok(graph) => graph.root().to_string(),
        Err(error) => error.to_string(),
    });
    assert_eq!(read.collect::<Vec<_>>(), expected);
    // The end of a section in PySpark is no length.
    let error = shown(Framing::I32, b"\xff\xff\xff\xff").await.unwrap();
    assert_eq!(error, ["byte 0x0: expected the length of a message, found the negative number -1"]);
}

#[tokio::test]
async fn after_an_error_of_the_stream_comes_nothing() {
    let stream = b"\x7f\xff\xff\xff\0\0\0\x03K\x01.";
    let mut messages = FramedRead::new(&stream[..], PickleCodec::new(Framing::U32));
    assert!(matches!(messages.next().await, Some(Err(Error::TooLong(0x7fff_ffff)))));
    assert!(messages.next().await.is_none());
    let error = shown(Framing::None, b"K\x01.a").await.unwrap_err().to_string();
    assert_eq!(
        error,
        "what arrived cannot be read as a pickle: byte 0x0: APPEND: the stack holds 0 items, needs 2"
    );
}

#[cfg(feature = "serde")]
#[test]
fn trees_and_rust_types_are_sent() {
    use halfsour::Value;
    use halfsour::codec::Typed;

    let mut codec = PickleCodec::new(Framing::U32);
    let mut sent = BytesMut::new();
    codec.encode(&Value::from((1, ())), &mut sent).unwrap();
    codec.encode(Typed(&("point", 1.5)), &mut sent).unwrap();
    codec.encode(Typed(vec![Some(1), None]), &mut sent).unwrap();
    let messages = received(&mut codec, &sent, 3).unwrap();
    let shown: Vec<_> = messages.into_iter().map(|message| message.unwrap().root().to_string()).collect();
    assert_eq!(shown, ["(1, None)", "('point', 1.5)", "[1, None]"]);
}

#[test]
fn a_stream_that_ends_within_a_message_is_refused() {
    let error = |framing, stream: &[u8]| received(&mut PickleCodec::new(framing), stream, 1).unwrap_err();
    for stream in [&b"\0"[..], b"\0\0\0\x02N"] {
        let Error::Io(error) = error(Framing::U32, stream) else { panic!("{stream:?}") };
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    }
    assert!(matches!(error(Framing::None, b"N.K\x01"), Error::Read(error) if error.offset() == 2));
}
