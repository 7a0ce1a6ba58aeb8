//! The fuzz bodies on stable: fixtures, cut and changed.

type Body = fn(&[u8]);

/// As many fixtures as a minute of an unoptimised build takes.
const EACH: usize = 4;

fn run(body: Body) {
    for (number, fixture) in halfsour_fixtures::all().iter().enumerate() {
        let pickle = &fixture.pickle;
        if pickle.len() > 1024 || number % EACH != 0 {
            continue;
        }
        body(pickle);
        let at = number % pickle.len().max(1);
        body(&pickle[..at]);
        for change in [1, 0x20, 0x80] {
            let mut changed = pickle.clone();
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

#[test]
fn value() {
    run(halfsour_fuzz::value);
}

#[test]
fn writer() {
    run(halfsour_fuzz::writer);
}
