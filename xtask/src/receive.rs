//! Lets real Pythons send to the example `receive`, over loopback.

use std::env::consts::EXE_SUFFIX;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::pythons::Python;
use crate::{Result, shell};

/// The senders of `xtask/python/send.py`.
const SENDERS: [&str; 3] = ["logging", "connection", "dump"];

/// Runs each sender of each Python, and compares the messages that were received with those that it reports.
pub fn run(pythons: &[Python]) -> Result {
    let build = ["build", "--quiet", "--package", "halfsour", "--features", "tokio", "--example", "receive"];
    shell::run(&mut shell::cargo(&build))?;
    // Python 2 prints text differently.
    let may_send = |python: &&Python| python.version != "2.7" && !python.is_compiled();
    for python in pythons.iter().filter(may_send) {
        let mut received = 0;
        for sender in SENDERS {
            received += receive(python, sender)
                .map_err(|error| format!("receive, Python {}, {sender}: {error}", python.release))?;
        }
        println!("receive, Python {}: {received} messages of {}", python.release, SENDERS.join(", "));
    }
    Ok(())
}

/// Returns the number of messages that were received.
fn receive(python: &Python, sender: &str) -> Result<usize> {
    let example = shell::target().join("debug/examples").join(format!("receive{EXE_SUFFIX}"));
    let mut child = Command::new(example).arg(sender).stdout(Stdio::piped()).spawn()?;
    let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut port = String::new();
    stdout.read_line(&mut port)?;
    // A thread reads at once, because the example waits when the pipe is full.
    let reader = std::thread::spawn(move || {
        let mut received = String::new();
        stdout.read_to_string(&mut received).map(|_| received)
    });
    let sent = shell::output(python.script("send.py").arg(sender).arg(port.trim()), &[]);
    if sent.is_err() {
        // The example may be waiting for somebody to connect.
        child.kill()?;
    }
    let status = child.wait()?;
    let received = reader.join().expect("reading does not panic")?;
    let sent = sent?;
    if !status.success() || sent.replace("\r\n", "\n") != received {
        return Err(format!(
            "the messages received differ from those sent, or the example failed ({status})"
        )
        .into());
    }
    Ok(received.lines().count())
}
