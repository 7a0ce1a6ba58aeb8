//! Runs everything that has to pass before a change is merged.

use std::time::Instant;

use crate::{
    Result, audit_oracle, bench, dependencies, fixtures, fuzz, instructions, jobs, publish, shell, tidy,
    wheel,
};

/// Runs the steps, up to the first that fails.
pub fn run() -> Result {
    let start = Instant::now();
    let all = features()?;
    let with_peers = format!("{all},halfsour-benches/peers");
    step("fmt", "", &["fmt", "--all", "--check"])?;
    // The peers are checked with the code that uses them, but never built.
    let clippy = ["clippy", "--workspace", "--all-targets", "--features", &with_peers];
    step("clippy", "", &[&clippy[..], &["--", "-D", "warnings"]].concat())?;
    // Alone, they have no features but their own.
    let alone = ["halfsour-audit", "halfsour-classes", "halfsour-files", "halfsour-serde"];
    let packages: Vec<_> = alone.iter().flat_map(|package| ["--package", package]).collect();
    step("clippy, alone", "", &[&["clippy"], &packages[..], &["--", "-D", "warnings"]].concat())?;
    oldest()?;
    step("doc", "-D warnings", &["doc", "--workspace", "--no-deps"])?;
    own("tidy", "cargo xtask tidy", tidy::run)?;
    own("advisories", "cargo xtask advisories", dependencies::advisories)?;
    own("fixtures", "cargo xtask fixtures --check", fixtures::check)?;
    own("workloads", "cargo xtask bench --files --check", bench::files::check)?;
    step("test", "", &["test", "--workspace", "--features", &all])?;
    // Without jiff, there is no database of time zones.
    let without = ["test", "--package", "halfsour-serde", "--features", "classes", "--test", "model"];
    step("test, without jiff", "", &without)?;
    own("wheel", "cargo xtask wheel --quick", wheel::quick)?;
    own("publish", "cargo xtask publish", publish::dry_run)?;
    step("example", "", &["run", "--package", "halfsour", "--example", "imports"])?;
    own("oracle", "cargo xtask oracle", crate::oracle::run)?;
    own("audit-oracle", "cargo xtask audit-oracle", audit_oracle::quick)?;
    own("jobs", "cargo xtask jobs", jobs::run)?;
    own("soak", "cargo xtask soak", fuzz::soak)?;
    own("fuzz", "cargo xtask fuzz", fuzz::quick)?;
    own("instructions", "cargo xtask instructions", || instructions::run(false))?;
    println!("\nci: all passed in {} s", start.elapsed().as_secs());
    Ok(())
}

/// The features of the crate `halfsour`, which turn on those of the others, as cargo takes them for the whole workspace. With the
/// same ones, nothing is compiled twice.
pub fn features() -> Result<String> {
    let packages = tidy::packages()?;
    let halfsour = packages.iter().find(|package| package["name"] == "halfsour");
    let features = halfsour.and_then(|it| it["features"].as_object()).ok_or("halfsour has no features")?;
    let all = features.keys().map(|feature| format!("halfsour/{feature}"));
    Ok(all.collect::<Vec<_>>().join(","))
}

/// Checks that the oldest compiler that is promised takes the code, if it is installed.
fn oldest() -> Result {
    const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");
    let cargo = |args: &[&str]| shell::toolchain(OLDEST, args);
    if !shell::succeeds(&mut cargo(&["--version"])) {
        println!("\nci: Rust {OLDEST}: skipped, because it is not installed");
        return Ok(());
    }
    let check = ["check", "--workspace"];
    own(&format!("Rust {OLDEST}"), &format!("cargo +{OLDEST} {}", check.join(" ")), || {
        shell::run(cargo(&check).env("CARGO_TARGET_DIR", shell::target().join("oldest")))
    })
}

fn step(name: &str, rustdocflags: &str, args: &[&str]) -> Result {
    let flags =
        if rustdocflags.is_empty() { String::new() } else { format!("RUSTDOCFLAGS='{rustdocflags}' ") };
    let again = format!("{flags}cargo {}", args.join(" "));
    own(name, &again, || shell::run(shell::cargo(args).env("RUSTDOCFLAGS", rustdocflags)))
}

fn own(name: &str, again: &str, run: impl FnOnce() -> Result) -> Result {
    println!("\nci: {name}");
    let start = Instant::now();
    run().map_err(|error| format!("{error}\nci: {name} failed; run it again with: {again}"))?;
    println!("ci: {name} took {} s", start.elapsed().as_secs());
    Ok(())
}
