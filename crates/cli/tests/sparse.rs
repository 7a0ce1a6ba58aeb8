//! A file of torch that is larger than memory may be: holes on the disk.

#![cfg(unix)]

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Of each storage, in bytes; there are two.
const SIZE: u64 = (2 << 30) + 4096;

/// `{'a': …, 'b': …}`, each of one dimension, as `torch.save` writes it.
fn pickle() -> Vec<u8> {
    let mut pickle = b"\x80\x02}(".to_vec();
    for (name, key) in [(b'a', b'0'), (b'b', b'1')] {
        pickle.extend([b'X', 1, 0, 0, 0, name]);
        pickle.extend(
            b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0",
        );
        pickle.push(key);
        pickle.extend(b"X\x03\0\0\0cpuJ");
        let count = u32::try_from(SIZE / 4).unwrap().to_le_bytes();
        pickle.extend(count);
        pickle.extend(b"tQK\0J");
        pickle.extend(count);
        pickle.extend(b"\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR");
    }
    pickle.extend(b"u.");
    pickle
}

/// A member: a header, then the data, of which what is not given is a hole. Its entry of the directory.
fn member(file: &mut File, name: &str, data: &[u8], size: u64) -> Vec<u8> {
    let start = file.stream_position().unwrap();
    let wide = [&[1, 0, 16, 0][..], &size.to_le_bytes(), &size.to_le_bytes()].concat();
    // The checksum, which nobody asks for, is not that of the data.
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let facts = [&[45, 0][..], &[0; 12], &[0xFF; 8], &length].concat();
    file.write_all(&[b"PK\x03\x04", &facts[..], &[20, 0], name.as_bytes(), &wide].concat()).unwrap();
    file.write_all(data).unwrap();
    file.seek(SeekFrom::Current((size - data.len() as u64).cast_signed())).unwrap();
    let wide = [&[1, 0, 24, 0][..], &wide[4..], &start.to_le_bytes()].concat();
    [b"PK\x01\x02-\0", &facts[..], &[28, 0], &[0; 10], &[0xFF; 4], name.as_bytes(), &wide].concat()
}

fn write(path: &Path) {
    let mut file = File::create(path).unwrap();
    let pickle = pickle();
    let mut directory = member(&mut file, "large/data.pkl", &pickle, pickle.len() as u64);
    directory.extend(member(&mut file, "large/data/0", &[], SIZE));
    directory.extend(member(&mut file, "large/data/1", &[], SIZE));
    directory.extend(member(&mut file, "large/version", b"3\n", 2));
    let start = file.stream_position().unwrap();
    file.write_all(&directory).unwrap();
    let end = start + directory.len() as u64;
    let length = (directory.len() as u64).to_le_bytes();
    let (count, start) = (4u64.to_le_bytes(), start.to_le_bytes());
    let size = 44u64.to_le_bytes();
    let record = [b"PK\x06\x06", &size[..], &[45, 0, 45, 0], &[0; 8], &count, &count, &length, &start];
    file.write_all(&record.concat()).unwrap();
    file.write_all(&[b"PK\x06\x07", &[0; 4][..], &end.to_le_bytes(), &[1, 0, 0, 0]].concat()).unwrap();
    file.write_all(&[b"PK\x05\x06", &[0; 4][..], &[0xFF; 12], &[0; 2]].concat()).unwrap();
}

/// With at most 200 MB of its own.
fn halfsour(args: &str, path: &Path) -> Output {
    let script = format!("ulimit -d 200000; exec {} {args} \"$0\"", env!("CARGO_BIN_EXE_halfsour"));
    Command::new("sh").arg("-c").arg(script).arg(path).output().unwrap()
}

#[test]
fn tensors_of_a_file_of_four_gigabytes() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("large.pt");
    write(&path);
    let begin = Instant::now();
    let output = halfsour("tensors", &path);
    assert!(begin.elapsed() < Duration::from_secs(2));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let expected = "\
name  dtype    shape         strides          bytes  storage  offset
a     float32  (536871936,)  (1,)     2,147,487,744  0             0
b     float32  (536871936,)  (1,)     2,147,487,744  1             0
2 tensors, in 2 storages of 4,294,975,488 bytes
";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}
