//! Input that is large, deep, or grows when it is shown: on a stack of 1 MiB.

#![cfg(unix)]

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn halfsour(args: &str, input: &[u8]) -> Output {
    let script = format!("ulimit -s 1024; exec {} {args} -", env!("CARGO_BIN_EXE_halfsour"));
    let mut command = Command::new("sh");
    command.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().unwrap()
    })
}

#[track_caller]
fn works(args: &str, input: &[u8]) -> String {
    let output = halfsour(args, input);
    assert!(output.status.success(), "{args}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn fails(args: &str, input: &[u8], message: &str) {
    let start = Instant::now();
    let output = halfsour(args, input);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{args}: {error}");
    assert!(error.contains(message), "{args}: {error}");
    assert!(error.len() < 1000, "{args}: {error}");
    assert!(start.elapsed() < Duration::from_secs(5), "{args}: {message}");
}

#[test]
fn depth() {
    const LEVELS: usize = 100_000;
    let lists = [&b"]".repeat(LEVELS)[..], &b"a".repeat(LEVELS - 1), b"."].concat();
    let tuples = [&b")"[..], &b"\x85".repeat(LEVELS), b"."].concat();
    let dicts = [&b"}K\x01".repeat(LEVELS)[..], b"N", &b"s".repeat(LEVELS), b"."].concat();
    for input in [lists, tuples, dicts] {
        assert!(works("info", &input).contains("1 pickle"));
        assert!(works("show", &input).lines().count() > 20);
        assert!(works("show --depth 1000000", &input).lines().count() > LEVELS);
        assert!(works("json", &input).len() > LEVELS);
        assert!(works("json --lossless", &input).len() > LEVELS);
        assert!(works("json --pretty", &input).lines().count() > LEVELS);
        fails("json --limits depth=1000", &input, "deeper than the limit");
    }
}

#[test]
fn sharing() {
    let tower = [&b"]"[..], &b"q\x000(h\x00h\x00l".repeat(60), b"."].concat();
    assert!(works("info", &tower).contains("list of 2 items"));
    assert!(works("show", &tower).lines().count() < 200);
    assert!(works("json --lossless", &tower).len() < 4000);
    fails("json --limits values=1M", &tower, "larger than the limit");
}

#[test]
fn long_texts_and_ints_that_are_shared() {
    let text = [&b"X\x00\x00\x10\x00"[..], "é".repeat(1 << 19).as_bytes(), b"\x940"].concat();
    let int = [&b"\x8b\x00\x00\x10\x00"[..], &vec![0x77; 1 << 20], b"\x940"].concat();
    let names: Vec<u8> =
        (0..5_000).flat_map(|name| [b"h\0V", format!("{name}\n").as_bytes(), b"\x93"].concat()).collect();
    let names = [&text[..], b"(", &names, b"l."].concat();
    assert_eq!(works("info", &names).matches("imports").count(), 1);
    for shared in [
        names,
        [&text[..], b"(", &b"(h\0l".repeat(5_000), b"l."].concat(),
        [&int[..], b"(", &b"(h\0l".repeat(5_000), b"l."].concat(),
        [&text[..], b"(", &b"cm\nn\n)\x81}h\0Nsb".repeat(5_000), b"l."].concat(),
    ] {
        assert!(works("show --max-items 10000", &shared).len() < 20 << 20);
    }
    let ints = [&int[..], b"(", &b"h\0".repeat(1000), b"l."].concat();
    fails("rewrite --limits written=1M", &ints, "larger than the limit");
}

/// A tensor that occurs many times is listed each time.
#[test]
fn tensors() {
    let tensor = b"ctorch._utils\n_rebuild_meta_tensor_no_storage\n(ctorch\nfloat32\n))\x89tRq\x00";
    let many = [&b"\x80\x02]("[..], tensor, &b"h\x00".repeat(100_000), b"e."].concat();
    assert_eq!(works("tensors", &many).lines().count(), 100_003);
    fails("tensors --limits bytes=1M", &many, "longer than the limit");
    let deep = [&b"]".repeat(2000)[..], &b"a".repeat(1999), b"."].concat();
    fails("tensors", &deep, "deeper than 1000 levels");
    assert!(works("tensors", &[&b"]"[..], &b"]a".repeat(2000), b"."].concat()).contains("0 tensors"));
}

#[test]
fn many_digits() {
    let int = [&b"I"[..], &b"7".repeat(10_000_000), b"\n."].concat();
    for command in ["info", "show", "json"] {
        fails(command, &int, "INT: the number has more decimal digits than the limit allows");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let input = [&b"("[..], &b"V0123456789\n".repeat(100_000), b"l."].concat();
    let script = format!("{} json - | head -c 10", env!("CARGO_BIN_EXE_halfsour"));
    let mut command = Command::new("sh");
    let mut child = command
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.stdout.len(), 10);
}
