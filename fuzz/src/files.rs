//! The properties of reading files that pickles come in.

use bytes::Bytes;
use halfsour_files::{
    Archive, Doubt, Format, Limits, LookAlike, Npy, Options, Source, Torch, is_safetensors,
};
use halfsour_vm::Loader;

use crate::tensors::tensors;

const LIMITS: Limits = Limits::UNTRUSTED.with_total(4 << 20).with_depth(4).with_window(1 << 20);
/// The number of members and parts of a file that are visited.
const MOST: usize = 100;

/// Checks files: everything in one can be read, within the limits, and a file that is cut off has the same contents or an error.
pub fn files(input: &[u8]) {
    let whole = open(input);
    if let Some(what) = LookAlike::of(input) {
        assert!(!what.to_string().is_empty());
        assert!(
            halfsour_vm::from_bytes(Bytes::copy_from_slice(input)).is_err() || what == LookAlike::Crlf,
            "{what} is a pickle"
        );
    }
    Doubt::each_name(input, |at, module, name| {
        assert!(at < input.len() && !module.is_empty() && !name.is_empty());
        true
    });
    let options = Options::from(LIMITS).with_crlf(true).with_skip(input.len().min(1));
    let _ = Source::from_bytes("input", Bytes::copy_from_slice(input), options);
    if let Ok(source) = &whole {
        let decoded = source.layers().len() as u64;
        assert!(decoded == 0 || source.bytes().len() as u64 <= LIMITS.total);
        assert!(source.layers().len() <= LIMITS.depth);
        look(source);
        let _ = source.doubts();
        if let Some(doubt) = Doubt::of_file(source) {
            assert!(!doubt.to_string().is_empty());
        }
        source.other_archives().iter().flatten().for_each(members);
        source.other_readings().iter().flatten().for_each(look);
        let _ = is_safetensors(source.bytes());
        for leaf in source.leaves().take(MOST).flatten() {
            look(&leaf.source);
        }
    }
    if let (Ok(whole), Some((_, cut))) = (whole, input.split_last())
        && let Ok(cut) = open(cut)
    {
        is_no_shorter(&cut, &whole);
    }
}

/// How the formats of databases and of archives without a directory of zip's kind begin.
const HEADS: [&[u8]; 9] = [
    b"SQLite format 3\0",
    b"FS30",
    b"ZEXP",
    b"RENPY RPC2",
    b"RPA-3.0 0000000000000020 00000000\n",
    b"SEQ\x06",
    b"ZF0x",
    b"\xcf\x9a\x57\x13",
    b"\0\0\0\0\0\0\0\0\0\0\0\0\x61\x15\x06\0\x09\0\0\0",
];

/// Checks files as [`files`] does, of which the first byte says the format and the rest follows the head of that.
pub fn databases(input: &[u8]) {
    let Some((&format, rest)) = input.split_first() else { return };
    files(&[HEADS[usize::from(format) % HEADS.len()], rest].concat());
}

fn open(input: &[u8]) -> Result<Source, halfsour_files::Error> {
    Source::from_bytes("input", Bytes::copy_from_slice(input), LIMITS)
}

fn look(source: &Source) {
    let (mut loader, mut pickles) = (Loader::with_options(crate::options()), source.pickles());
    for _ in 0..MOST {
        let before = pickles.part().map(|part| part.start);
        match pickles.load_next(&mut loader) {
            Some(Ok(graph)) => assert!(graph.end() <= source.bytes().len() && Some(graph.start()) == before),
            Some(Err(error)) => assert!(error.offset() <= source.bytes().len()),
            None => break,
        }
        let after = pickles.part().map(|part| part.start);
        assert!(after.is_none() || after > before, "it goes on");
    }
    if let Ok(npy) = Npy::parse(source.bytes()) {
        assert!(npy.data <= source.bytes().len());
        assert!(npy.end().is_none_or(|end| end >= npy.data));
    }
    if let Ok(Some(archive)) = source.archive() {
        members(&archive);
    }
    if let Ok(Some(torch)) = Torch::of(source) {
        tensors(&torch);
        for key in torch.keys().into_iter().take(MOST) {
            if let (Ok(storage), Some(place)) = (torch.storage(key), torch.place(key)) {
                assert_eq!(storage.len(), place.len());
            }
        }
    }
}

fn members(archive: &Archive) {
    for member in archive.members().iter().chain(&archive.orphans()).take(MOST) {
        if let Ok(bytes) = archive.bytes(member) {
            assert_eq!(bytes.len() as u64, member.size);
        }
        let _ = archive.check(member);
    }
}

/// Whether a layer of this format does not say where it ends.
fn ends_with_file(format: Format) -> bool {
    use Format::{Base64, Cachelib, DjangoSession, Dogpile, Escaped, Hex, Reversed};
    matches!(format, Base64 | Cachelib | DjangoSession | Dogpile | Escaped | Hex | Reversed)
}

/// Checks a file without its last byte against the whole. Text without its last digit lacks a byte, and what stands behind a head
/// ends where the file does; a file whose format is no longer recognised cannot be compared.
fn is_no_shorter(cut: &Source, whole: &Source) {
    let formats = |source: &Source| source.layers().iter().map(|layer| layer.format).collect::<Vec<_>>();
    if formats(cut) != formats(whole)
        || cut.format() != whole.format()
        || formats(whole).iter().any(|&format| ends_with_file(format))
    {
        return;
    }
    if !whole.layers().is_empty() {
        assert_eq!(cut.bytes(), whole.bytes(), "{:?}", whole.layers());
    }
    if let (Ok(Some(cut)), Ok(Some(whole))) = (cut.archive(), whole.archive())
        && cut.damage().is_none()
        && whole.damage().is_none()
    {
        let names = |archive: &Archive| {
            archive.members().iter().map(|member| member.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&cut), names(&whole));
    }
}
