//! Writes the seeds of fuzzing, a file each, into four directories: `seeds DIRECTORY [N]`, for one in N of the fixtures.
//! `cargo xtask fuzz` runs it.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut args = env::args().skip(1);
    let directory = PathBuf::from(args.next().expect("the first argument is a directory"));
    let one_in = args.next().map_or(1, |number| number.parse().expect("the second argument is a number"));
    let [pickles, objects, documents, files] =
        ["pickles", "objects", "documents", "files"].map(|part| directory.join(part));
    for part in [&pickles, &objects, &documents, &files] {
        fs::create_dir_all(part)?;
    }
    for (number, package) in halfsour_fixtures::packages().iter().enumerate().step_by(one_in) {
        if package.bytes.len() <= 8192 {
            fs::write(objects.join(number.to_string()), &package.bytes)?;
        }
    }
    let all = halfsour_fixtures::files().into_iter().chain(halfsour_fixtures::databases());
    for (number, file) in all.enumerate() {
        fs::write(files.join(number.to_string()), file)?;
    }
    for (number, fixture) in halfsour_fixtures::all().iter().enumerate().step_by(one_in) {
        // Many short seeds help libFuzzer more than few long ones.
        if fixture.pickle.len() <= 4096 {
            fs::write(pickles.join(number.to_string()), &fixture.pickle)?;
            if let Some(document) = halfsour_fuzz::lossless(&fixture.pickle) {
                fs::write(documents.join(number.to_string()), document)?;
            }
        }
    }
    Ok(())
}
