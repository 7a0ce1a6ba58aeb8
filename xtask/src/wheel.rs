//! Builds the Python package `halfsour`, and tests it in real Pythons, with tools that pip installs.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::pythons::{Python, VERSIONS};
use crate::{Result, shell};

/// What builds it.
const MATURIN: &str = "maturin==1.16.0";
/// What its tests need beside it.
const TESTS: [&str; 4] = ["hypothesis==6.170.17", "mypy", "numpy", "pytest==9.2.0"];

/// Builds the wheel as it is meant to be used, and tests it in each Python from 3.11 on that is found.
pub fn run() -> Result {
    let pythons: Vec<_> = pythons().collect();
    let wheel = build(&pythons, "release")?;
    pythons.iter().try_for_each(|python| test(python, wheel.as_deref()))
}

/// Builds it without optimisation, from what other builds of the workspace have compiled, and tests it in the first of these Pythons.
pub fn quick() -> Result {
    let pythons: Vec<_> = pythons().take(1).collect();
    let wheel = build(&pythons, "dev")?;
    pythons.iter().try_for_each(|python| test(python, wheel.as_deref()))
}

/// The Pythons that its stable ABI is for; not the one that has no processes.
fn pythons() -> impl Iterator<Item = Python> {
    let versions = VERSIONS.into_iter().skip_while(|version| *version != "3.11");
    versions.filter_map(Python::find).filter(|python| !python.is_compiled())
}

fn build(pythons: &[Python], profile: &str) -> Result<Option<PathBuf>> {
    let Some(python) = pythons.first() else {
        println!("wheel: skipped, because no Python from 3.11 on is found");
        return Ok(None);
    };
    let tools = environment("tools", python, &[MATURIN.as_ref()])?;
    let wheels = directory().join(profile);
    if wheels.exists() {
        fs::remove_dir_all(&wheels)?;
    }
    let mut maturin = tools.program("maturin");
    maturin.args(["build", "--locked", "--profile", profile, "--out"]).arg(&wheels);
    maturin.arg("--interpreter").arg(tools.path("python"));
    maturin.arg("--manifest-path").arg(package().join("Cargo.toml")).env("CARGO_TARGET_DIR", shell::target());
    shell::run(&mut maturin)?;
    let wheel = fs::read_dir(&wheels)?.next().ok_or("maturin made no wheel")??;
    Ok(Some(wheel.path()))
}

fn test(python: &Python, wheel: Option<&Path>) -> Result {
    let Some(wheel) = wheel else { return Ok(()) };
    println!("wheel: Python {}", python.release);
    let needed: Vec<&Path> = TESTS.iter().map(Path::new).chain([wheel]).collect();
    let tests = environment(&format!("tests-{}", python.version), python, &needed)?;
    shell::run(
        tests
            .program("python")
            .args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider"])
            .current_dir(package()),
    )
}

fn package() -> PathBuf {
    shell::root().join("crates/python")
}

fn directory() -> PathBuf {
    shell::target().join("wheel")
}

/// A virtual environment under the target directory.
struct Environment(PathBuf);

impl Environment {
    fn path(&self, program: &str) -> PathBuf {
        let programs = if cfg!(windows) { "Scripts" } else { "bin" };
        self.0.join(programs).join(program).with_extension(env::consts::EXE_EXTENSION)
    }

    fn program(&self, name: &str) -> std::process::Command {
        std::process::Command::new(self.path(name))
    }
}

/// Makes a new environment with these packages.
fn environment(name: &str, python: &Python, packages: &[&Path]) -> Result<Environment> {
    let made = Environment(directory().join(name));
    shell::run(python.module("venv").arg("--clear").arg(&made.0))?;
    let mut pip = made.program("python");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages);
    shell::run(&mut pip)?;
    Ok(made)
}
