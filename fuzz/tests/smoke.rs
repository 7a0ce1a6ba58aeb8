//! Runs the fuzz functions on stable, over the fixtures, cut and changed.

use std::fs;
use std::path::Path;

use arbitrary::{Arbitrary, Unstructured};
use halfsour_fuzz::{Program, Soak};

type Body = fn(&[u8]);

/// Every target, as a function of the bytes that libFuzzer gives it.
const TARGETS: [(&str, Body); 19] = [
    ("lexer", halfsour_fuzz::lexer),
    ("vm", halfsour_fuzz::vm),
    ("salvage", halfsour_fuzz::salvage),
    ("codecs", codecs_of),
    ("feed", halfsour_fuzz::feed),
    ("classes", halfsour_fuzz::classes),
    ("arrow", halfsour_fuzz::arrow),
    ("convert", halfsour_fuzz::convert),
    ("files", halfsour_fuzz::files),
    ("databases", halfsour_fuzz::databases),
    ("audit", halfsour_fuzz::audit),
    ("inspect", halfsour_fuzz::inspect),
    ("path", path_of),
    ("value", halfsour_fuzz::value),
    ("json", halfsour_fuzz::json),
    ("writer", halfsour_fuzz::writer),
    ("serde", halfsour_fuzz::serde),
    ("program", program_of),
    ("typed", typed_of),
];

/// The pickle, behind paths that lead to many kinds of places.
fn path_of(bytes: &[u8]) {
    for path in [
        "[0]",
        "a.b[-1]",
        "[0, 1:3]",
        "[::2][..., 0]",
        ".index[0]",
        "(state)",
        "(0).values",
        "#2['a key']",
        "[(1, 'a'",
    ] {
        halfsour_fuzz::path(&[path.as_bytes(), b"\n", bytes].concat());
    }
}

/// The bytes, in every codec.
fn codecs_of(bytes: &[u8]) {
    for which in 0..=u8::MAX {
        halfsour_fuzz::codecs(&[&[which], bytes].concat());
    }
}

fn program_of(bytes: &[u8]) {
    halfsour_fuzz::program(&made_of(bytes));
}

fn typed_of(bytes: &[u8]) {
    halfsour_fuzz::typed(&made_of(bytes));
}

fn made_of<'a, T: Arbitrary<'a>>(bytes: &'a [u8]) -> T {
    T::arbitrary_take_rest(Unstructured::new(bytes)).unwrap()
}

/// One in this many fixtures is read: an unoptimised build then takes a minute.
const EACH: usize = 4;
const GENERATED: u64 = 1000;

fn run(body: Body) {
    run_on(body, |pickle| Some(pickle.to_vec()));
}

/// Runs a function over the fixtures, whole, cut and changed.
fn run_on(body: Body, made: impl Fn(&[u8]) -> Option<Vec<u8>>) {
    for (number, fixture) in halfsour_fixtures::all().iter().enumerate() {
        if fixture.pickle.len() > 1024 || number % EACH != 0 {
            continue;
        }
        let Some(whole) = made(&fixture.pickle) else { continue };
        body(&whole);
        let at = number % whole.len().max(1);
        body(&whole[..at]);
        for change in [1, 0x20, 0x80] {
            let mut changed = whole.clone();
            if let Some(byte) = changed.get_mut(at) {
                *byte ^= change;
            }
            body(&changed);
        }
    }
}

#[test]
fn lexer() {
    run(halfsour_fuzz::lexer);
}

#[test]
fn vm() {
    run(halfsour_fuzz::vm);
}

/// Also with zeros in the place of what was cut off, and compressed files.
#[test]
fn salvage() {
    run(halfsour_fuzz::salvage);
    run_on(halfsour_fuzz::salvage, |pickle| Some([&pickle[..pickle.len() / 2], &[0; 40]].concat()));
    for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/fixtures/files")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        for cut in (0..bytes.len()).step_by(bytes.len() / 20 + 1) {
            halfsour_fuzz::salvage(&bytes[..bytes.len() - cut]);
        }
    }
}

/// Bytes of all kinds, and escapes.
#[test]
fn codecs() {
    let mut state = 1_u32;
    for length in 1..60 {
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        codecs_of(&(0..length % 12).map(|_| byte()).collect::<Vec<_>>());
        codecs_of(&(0..length % 12).map(|_| byte() | 0x80).collect::<Vec<_>>());
        codecs_of(&(0..length).map(|_| b"+A/-\\xuUN0a{"[usize::from(byte()) % 12]).collect::<Vec<_>>());
    }
}

#[test]
fn feed() {
    run(halfsour_fuzz::feed);
}

/// Runs over the pickles of packages, cut and changed.
#[test]
fn classes() {
    const PLACES: usize = 10;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.bytes.len() <= 2048) {
        halfsour_fuzz::classes(&package.bytes);
        let step = package.bytes.len() / PLACES + 1;
        for at in (0..package.bytes.len()).step_by(step) {
            for change in [1, 0x20, 0x80] {
                let mut changed = package.bytes.clone();
                changed[at] ^= change;
                halfsour_fuzz::classes(&changed);
            }
        }
    }
}

/// Runs over the files of the fixtures, cut and changed.
#[test]
fn files() {
    for file in halfsour_fixtures::files() {
        halfsour_fuzz::files(&file);
        let step = file.len() / 50 + 1;
        for at in (0..file.len()).step_by(step).chain(file.len().saturating_sub(40)..file.len()) {
            halfsour_fuzz::files(&file[..at]);
            for change in [1, 0x20, 0x80] {
                let mut changed = file.clone();
                changed[at] ^= change;
                halfsour_fuzz::files(&changed);
            }
        }
    }
}

/// Runs over databases, cut and changed; and with all that follows their heads changed for each other's.
#[test]
fn databases() {
    for (number, file) in halfsour_fixtures::databases().iter().enumerate() {
        halfsour_fuzz::files(file);
        let step = file.len() / 20 + 1;
        for at in (0..file.len()).step_by(step) {
            halfsour_fuzz::files(&file[..at]);
            let mut changed = file.clone();
            changed[at] ^= 0x81;
            halfsour_fuzz::files(&changed);
        }
        let rest = file.get(16..).unwrap_or_default();
        for format in 0..9 {
            halfsour_fuzz::databases(&[&[format + 9 * u8::try_from(number % 20).unwrap()], rest].concat());
        }
    }
}

/// Pickles of packages that have tensors, tables or payloads, and torch's files, cut and changed.
#[test]
fn convert() {
    const PLACES: usize = 4;
    let is_content = |script: &str| ["arrays", "others", "saved", "tables", "tensors"].contains(&script);
    let packages = halfsour_fixtures::packages().into_iter().chain(halfsour_fixtures::package_files());
    for (number, package) in packages.filter(|package| is_content(&package.script)).enumerate() {
        if package.bytes.len() > 8192 || number % EACH != 0 {
            continue;
        }
        halfsour_fuzz::convert(&package.bytes);
        let step = package.bytes.len() / PLACES + 1;
        for at in (number % step..package.bytes.len()).step_by(step) {
            halfsour_fuzz::convert(&package.bytes[..at]);
            for change in [1, 0x20, 0x80] {
                let mut changed = package.bytes.clone();
                changed[at] ^= change;
                halfsour_fuzz::convert(&changed);
            }
        }
    }
}

#[test]
fn audit() {
    run(halfsour_fuzz::audit);
    for attack in halfsour_fixtures::attacks() {
        if attack.bytes.len() <= 1024 {
            (0..=attack.bytes.len()).for_each(|end| halfsour_fuzz::audit(&attack.bytes[..end]));
        }
    }
}

/// Pickles of packages that have tables, whole and changed, and the fixtures.
#[test]
fn arrow() {
    run(halfsour_fuzz::arrow);
    let has_tables = |script: &str| ["arrays", "others", "tables"].contains(&script);
    for package in halfsour_fixtures::packages().iter().filter(|package| has_tables(&package.script)) {
        if package.bytes.len() > 4096 {
            continue;
        }
        halfsour_fuzz::arrow(&package.bytes);
        for at in (0..package.bytes.len()).step_by(package.bytes.len() / 8 + 1) {
            let mut changed = package.bytes.clone();
            changed[at] ^= 1;
            halfsour_fuzz::arrow(&changed);
        }
    }
}

#[test]
fn inspect() {
    run(halfsour_fuzz::inspect);
    for package in halfsour_fixtures::packages().iter().filter(|package| package.bytes.len() <= 2048) {
        halfsour_fuzz::inspect(&package.bytes);
        path_of(&package.bytes);
    }
}

#[test]
fn value() {
    run(halfsour_fuzz::value);
}

#[test]
fn json() {
    run_on(halfsour_fuzz::json, halfsour_fuzz::lossless);
}

#[test]
fn writer() {
    run(halfsour_fuzz::writer);
}

#[test]
fn serde() {
    run(halfsour_fuzz::serde);
}

/// Returns pseudo-random bytes, the same in each run.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..40 + seed % 400).map(next).collect()
}

#[test]
fn program() {
    let mut valid = 0;
    for seed in 0..GENERATED {
        let program: Program = made_of(&noise(seed));
        halfsour_fuzz::program(&program);
        valid += u64::from(halfsour_fuzz::load(&program.0).is_ok());
    }
    assert!(valid * 2 > GENERATED, "only {valid} of {GENERATED} programs are valid");
}

#[test]
fn typed() {
    (0..GENERATED).for_each(|seed| typed_of(&noise(seed)));
}

/// Soaks a few places of each fixture; `cargo xtask soak` takes them all.
#[test]
fn soak() {
    const PLACES: usize = 4;
    let mut soak = Soak::default();
    for fixture in halfsour_fixtures::all() {
        soak.stream(&fixture.pickle, PLACES);
    }
    assert!(soak.read * 5 > soak.streams && soak.written * 10 > soak.read * 9, "{soak:?}");
}

/// Runs over the inputs that fuzzing found once.
#[test]
fn regressions() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut replayed = 0;
    for (target, body) in TARGETS {
        for file in fs::read_dir(directory.join(target)).into_iter().flatten() {
            body(&fs::read(file.unwrap().path()).unwrap());
            replayed += 1;
        }
    }
    assert!(replayed > 0, "{} is empty", directory.display());
}
