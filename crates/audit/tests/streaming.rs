//! More bytes than are to be in memory. What the process takes at most counts, so this is the only test in it.

#![cfg(target_os = "linux")]

use std::io::{self, Read};

use halfsour_audit::{Auditor, Policy};

const MOST_MEMORY: usize = 150 << 20;
const MIB: usize = 1 << 20;
const LARGE: usize = 700;
const SMALL: usize = 700;

/// The same bytes, so many times.
struct Again {
    bytes: Vec<u8>,
    at: usize,
    left: usize,
}

impl Again {
    fn new(bytes: Vec<u8>, left: usize) -> Self {
        Self { bytes, at: 0, left }
    }
}

impl Read for Again {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        let count = (&self.bytes[self.at..]).read(buffer)?;
        self.at += count;
        if self.at == self.bytes.len() {
            (self.at, self.left) = (0, self.left - 1);
        }
        Ok(count)
    }
}

/// A pickle that is made as it is read: a list of a large `bytes` and of many that take a page of memory each, and an import at last.
fn pickle() -> impl Read {
    const PAGE: usize = 1 << 12;
    let head = [&b"\x80\x04](\x8e"[..], &(LARGE * MIB).to_le_bytes()].concat();
    let page = [&b"B"[..], &(PAGE - 5).to_le_bytes()[..4], &[b'\n'; PAGE - 5]].concat();
    Again::new(head, 1)
        .chain(Again::new(vec![b'\n'; MIB], LARGE))
        .chain(Again::new(page.repeat(MIB / PAGE), SMALL))
        .chain(&b"cos\nsystem\ne."[..])
}

#[test]
fn large_bytes_are_not_held_in_memory() {
    let report = Auditor::new(Policy::default()).audit_reader(pickle()).unwrap();
    let offset = 13 + (LARGE + SMALL) * MIB;
    assert_eq!(report.findings.len(), 1);
    assert_eq!((report.findings[0].name.as_str(), report.findings[0].offset), ("os:system", offset));
    assert_eq!(report.stats.bytes, offset as u64 + 13);
    let taken = peak();
    assert!(taken < MOST_MEMORY, "it took {} MiB", taken >> 20);
}

/// The bytes that the process had in memory at most.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() << 10
}
