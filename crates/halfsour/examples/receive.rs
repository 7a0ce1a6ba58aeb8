//! Receives from one Python and prints what came: `cargo run --example receive --features tokio -- FROM`, where FROM is
//!
//! - `logging`: a `logging.handlers.SocketHandler`;
//! - `connection`: a `multiprocessing.connection.Client`, which gets each object back;
//! - `dump`: `pickle.dump` into a socket, over and over.
//!
//! The port is printed first. `xtask/python/send.py FROM PORT` is the other side.

use futures_util::{SinkExt, StreamExt};
use halfsour::codec::{Framing, PickleCodec};
use tokio::net::TcpListener;
use tokio_util::codec::Framed;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let framing = match std::env::args().nth(1).as_deref() {
        Some("logging") => Framing::U32,
        Some("connection") => Framing::Connection,
        Some("dump") => Framing::None,
        _ => return Err("expected the sender as an argument: logging, connection or dump".into()),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    let (socket, _) = listener.accept().await?;
    let mut messages = Framed::new(socket, PickleCodec::new(framing));
    while let Some(message) = messages.next().await {
        // The inner error is that of a message, after which others follow.
        let graph = match message? {
            Ok(graph) => graph,
            Err(error) => {
                eprintln!("{error}");
                continue;
            }
        };
        println!("{}", graph.root());
        if framing == Framing::Connection {
            messages.send(&graph).await?;
        }
    }
    Ok(())
}
