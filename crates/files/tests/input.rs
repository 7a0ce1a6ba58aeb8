//! What of a file has pickles, as its reader asks for it.

use bytes::Bytes;
use halfsour_files::{ErrorKind, Input, Limits, Part, PickleError};

fn open(name: &str) -> Input {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/");
    Input::open(format!("{folder}{name}"), Limits::UNTRUSTED).unwrap()
}

/// The names of the parts, without the folder.
fn names(parts: halfsour_files::Parts<'_>) -> Vec<String> {
    let name = |name: &str| name.rsplit_once("files/").unwrap().1.to_owned();
    parts.map(|part| name(part.unwrap().name())).collect()
}

fn kind(input: &Input) -> ErrorKind {
    input.parts().unwrap_err().kind()
}

#[test]
fn parts_are_what_has_pickles() {
    assert_eq!(
        names(open("nested.tar").parts().unwrap()),
        ["nested.tar:one.pkl", "nested.tar:two.zip:2.pkl.bz2"]
    );
    let one = open("nested.tar").with_member("two.zip");
    assert!(open("nested.tar").has_parts() && !one.has_parts());
    assert_eq!(kind(&one), ErrorKind::NoMember);
    assert_eq!(
        names(open("nested.tar").with_member("2.pkl.bz2").parts().unwrap()),
        ["nested.tar:two.zip:2.pkl.bz2"]
    );
    assert_eq!(kind(&open("nested.tar").with_member("pkl.bz2")), ErrorKind::NoMember);
    assert_eq!(kind(&open("stream.pkl").with_member("one")), ErrorKind::NotAnArchive);
    assert_eq!(kind(&open("matrix.npy")), ErrorKind::NoPickles);
}

#[test]
fn torch_files_are_one_part_with_tensors() {
    let input = open("models.tar");
    let names_of_all = names(input.parts_with_tensors().unwrap());
    assert_eq!(names_of_all, ["models.tar:old.pt", "models.tar:new.zip:new.pt", "models.tar:one.pkl"]);
    let is_torch = |part: Result<Part, _>| part.unwrap().torch().is_some();
    let are_torch: Vec<_> = input.parts_with_tensors().unwrap().map(is_torch).collect();
    assert_eq!(are_torch, [true, true, false]);
    let torch = open("torch.pt");
    assert_eq!(names(torch.parts_with_tensors().unwrap()), ["torch.pt"]);
    assert_eq!(names(torch.parts().unwrap()).len(), 1);
}

#[test]
fn errors_say_in_which_pickle() {
    let input = Input::from_bytes("three", Bytes::from_static(b"K\x01.K\x02.K"), Limits::UNTRUSTED).unwrap();
    let part = input.parts().unwrap().next().unwrap().unwrap();
    let mut starts = Vec::new();
    let result = part.each_pickle(false, |bytes, start| {
        starts.push(start);
        if bytes[start..].len() < 3 { Err("it ends early") } else { Ok(start + 3) }
    });
    assert_eq!(starts, [0, 3, 6]);
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), "three: pickle 3, from byte 0x6: it ends early");
    let PickleError { name, start, before, .. } = error;
    assert_eq!((&*name, start, before), ("three", 6, 2));
    let mut count = 0;
    part.each_pickle(true, |_, start| {
        count += 1;
        Ok::<_, String>(start + 3)
    })
    .unwrap();
    assert_eq!(count, 1);
    let empty = Input::from_bytes("empty", Bytes::new(), Limits::UNTRUSTED).unwrap();
    let part = empty.parts().unwrap().next().unwrap().unwrap();
    assert_eq!(
        part.each_pickle(false, |_, _| Err("no pickle")).unwrap_err().to_string(),
        "empty: no pickle; the file is empty: it was never written, or cut off; get it anew"
    );
}
