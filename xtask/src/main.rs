//! The chores of the workspace: `cargo xtask`, followed by a verb, does one of them.

mod audit_compare;
mod bench;
mod ci;
mod convert;
mod dependencies;
mod differential;
mod fixtures;
mod fuzz;
mod instructions;
mod miri;
mod oracle;
mod packages;
mod pickletester;
mod pythons;
mod receive;
mod shell;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <verb>

  advisories          look for what is known against our dependencies, with
                      cargo-audit, if it is installed and gets its database
  audit-compare       have other scanners, from PyPI, judge the attacks and the
                      packages' fixtures, and print a table
  bench [--quick] [--save] [--rounds N] [TEXT…]
                      measure against CPython and other crates, only the lines
                      with one of the texts; --quick does it once, on less;
                      --save writes benches/RESULTS.md
  bench --files [--check]
                      make the small workloads anew that need no Python;
                      --check only compares
  ci                  everything that has to pass before a change is merged
  convert             convert the fixtures of torch with the command, and have
                      torch and safetensors, from PyPI, read and compare them
  differential [--cases N] [--seed S]
                      load so many (100,000) streams that no pickler wrote with
                      CPython and halfsour, and compare
  fixtures [--check]  make the fixtures anew from real Pythons; --check only compares
  fuzz [TARGET…] [--seconds N]
                      fuzz the targets with libFuzzer, each for so long (60);
                      installs cargo-fuzz, and needs a nightly compiler
  instructions [--bless]
                      count instructions, and compare with the last time;
                      --bless commits to what was counted
  miri                run the layers' unit tests, and what fuzzing found, under
                      miri; needs a nightly compiler
  oracle              have real Pythons load what halfsour writes, and send
                      to the example that receives
  packages [ENVIRONMENT…]
                      make the fixtures of numpy, pandas, torch and others anew,
                      by Pythons with those releases of them, from PyPI
  pickletester [--sample]
                      load what CPython's own tests load, and compare;
                      --sample makes the fixtures that are a sample of that
  soak                read every fixture cut at every byte, and with every byte
                      changed, and write what can be read
  tidy                check the rules of the house that no compiler checks
";

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["advisories"] => dependencies::advisories(),
        ["audit-compare"] => audit_compare::run(),
        ["bench", "--files"] => bench::files::make(),
        ["bench", "--files", "--check"] => bench::files::check(),
        ["bench", args @ ..] => bench::run(args),
        ["ci"] => ci::run(),
        ["convert"] => convert::run(),
        ["differential", args @ ..] => differential::run(args),
        ["fixtures"] => fixtures::make(),
        ["fixtures", "--check"] => fixtures::check(),
        ["fuzz", args @ ..] => fuzz::run(args),
        ["instructions"] => instructions::run(false),
        ["instructions", "--bless"] => instructions::run(true),
        ["miri"] => miri::run(),
        ["oracle"] => oracle::run(),
        ["packages", environments @ ..] => packages::make(environments),
        ["pickletester", "--sample"] => pickletester::sample(),
        ["pickletester"] => pickletester::run(),
        ["soak"] => fuzz::soak(),
        ["tidy"] => tidy::run(),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
