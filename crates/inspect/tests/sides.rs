//! Files are compared by their members and by the storages beside their pickles.

use halfsour_files::{Input, Limits};
use halfsour_inspect::diff::{Diff, Rules, Side};
use halfsour_vm::Loader;

/// A tar archive of files with these names.
fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, bytes) in members {
        let mut head = [0; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[100..108].copy_from_slice(b"0000644\0");
        head[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
        head[148..156].fill(b' ');
        head[156] = b'0';
        head[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend(head);
        tar.extend(*bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

/// The lines that tell how two files differ, compared as a whole or at a path.
fn told(old: Vec<u8>, new: Vec<u8>, path: &str) -> Vec<String> {
    let [old, new] = [("old", old), ("new", new)]
        .map(|(name, bytes)| Input::from_bytes(name, bytes.into(), Limits::UNTRUSTED).unwrap());
    let [mine, theirs] =
        [&old, &new].map(|input| input.parts().unwrap().collect::<Result<Vec<_>, _>>().unwrap());
    let mut loader = Loader::new();
    let [mut a, mut b] = [&old, &new].map(|input| Side::of_file(input.source().name()));
    for (side, parts) in [(&mut a, &mine), (&mut b, &theirs)] {
        for part in parts {
            side.add(part, false, &mut loader).unwrap();
        }
    }
    let mut diff = Diff::new(Rules::default(), usize::MAX);
    diff.sides_at(&a, &b, &path.parse().unwrap()).unwrap();
    diff.differences().map(|difference| difference.to_string()).collect()
}

const ONE: &[u8] = b"(K\x01l.";
const TWO: &[u8] = b"(K\x02l.";

#[test]
fn members_belong_together_by_their_names() {
    let old = tar(&[("a", ONE), ("b", TWO)]);
    let other_order = tar(&[("b", TWO), ("a", ONE)]);
    assert_eq!(told(old.clone(), other_order, ""), [""; 0]);
    let renamed = tar(&[("a", ONE), ("c", TWO)]);
    assert_eq!(told(old.clone(), renamed.clone(), ""), ["- b: [2]", "+ c: [2]"]);
    assert_eq!(told(old.clone(), renamed, "[0]"), ["- b: [0]: 2", "+ c: [0]: 2"]);
    let changed = tar(&[("b", ONE), ("a", ONE)]);
    assert_eq!(told(old.clone(), changed.clone(), ""), ["~ b: [0]: 2 → 1"]);
    // Numbers are those of the file.
    assert_eq!(told(old.clone(), changed, "#2[0]"), ["~ #2[0]: 2 → 1"]);
    // The name says which member is missing.
    assert_eq!(told(old, tar(&[("b", TWO)]), ""), ["- a: [1]"]);
    assert_eq!(told(tar(&[("b", TWO)]), tar(&[("a", ONE), ("b", TWO)]), ""), ["+ a: [1]"]);
}

#[test]
fn what_has_no_name_or_no_namesake_goes_by_its_place() {
    let stream = [ONE, TWO].concat();
    let members = tar(&[("a", ONE), ("b", ONE)]);
    assert_eq!(told(stream.clone(), members, ""), ["~ #2[0]: 2 → 1"]);
    assert_eq!(told(tar(&[("a", ONE)]), tar(&[("b", TWO)]), ""), ["~ [0]: 1 → 2"]);
    // Within a member, too.
    let old = tar(&[("a", ONE), ("b", &stream)]);
    let new = tar(&[("b", &[TWO, TWO, ONE].concat()), ("a", ONE)]);
    assert_eq!(told(old, new, ""), ["~ b: #1[0]: 1 → 2", "+ b: #3: [1]"]);
}

#[test]
fn storages_differ_where_the_pickles_are_the_same() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/legacy.pt");
    let old = std::fs::read(file).unwrap();
    assert_eq!(told(old.clone(), old.clone(), ""), [""; 0]);
    // The storages are at the end.
    let mut new = old.clone();
    *new.last_mut().unwrap() ^= 1;
    assert_eq!(told(old, new, "").len(), 1);
}
