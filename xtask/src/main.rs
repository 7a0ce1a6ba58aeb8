//! Runs the chores of the workspace, each by a verb: `cargo xtask <verb>`.

mod audit_compare;
mod audit_oracle;
mod bench;
mod census;
mod ci;
mod convert;
mod dependencies;
mod differential;
mod fixtures;
mod fuzz;
mod instructions;
mod jobs;
mod matrix;
mod miri;
mod oracle;
mod packages;
mod pickletester;
mod publish;
mod pythons;
mod receive;
mod renamed;
mod shell;
mod tidy;
mod wheel;

use std::process::ExitCode;

const HELP: &str = "\
Runs a chore of the workspace.

Usage: cargo xtask <verb> [options]

Checks, in CI:
  ci                  run everything that has to pass before a change is merged
  tidy                check the rules of the workspace that no compiler checks
  advisories          look up our dependencies in the database of advisories;
                      skipped without cargo-audit or its database
  fixtures --check    compare the fixtures with what Pythons write now
  bench --files --check
                      compare the small workloads with what Python writes now
  oracle              load with real Pythons what halfsour writes, and receive
                      what they send
  publish             build each crate as it would be published, alone; upload
                      nothing
  jobs                run the examples of the crate halfsour, and let Python check
                      what they write
  soak                read every fixture cut at every byte, and with every byte
                      changed, and write what could be read
  wheel [--quick]     build the Python package, and test it in each Python from
                      3.11 on that is found, with tools from PyPI; --quick, as
                      in CI: without optimisation, and in one Python
  instructions [--bless]
                      count the instructions of jobs, and compare them with the
                      committed counts; --bless commits to the new ones

Checks, longer:
  differential [--cases N] [--seed S]
                      load N (100000) streams that no pickler wrote, with CPython
                      and with halfsour, and compare
  pickletester [--sample]
                      load the streams of CPython's own tests, and compare;
                      --sample makes the fixtures that are a sample of them
  fuzz [TARGET…] [--seconds N]
                      fuzz the targets, or all, with libFuzzer, each for N (60)
                      seconds; needs a nightly compiler, installs cargo-fuzz
  miri                run unit tests, and what fuzzing found, under miri; needs a
                      nightly compiler
  convert             convert the fixtures of packages by the command, and compare
                      what torch, safetensors and others, from PyPI, read
  audit-compare [FOLDER…]
                      judge the attacks, the packages' fixtures and the files of
                      folders with other scanners, from PyPI; print tables
  audit-oracle [--cases N] [--seed S] [PATH…]
                      load what the audit calls clean, of the fixtures, the paths
                      and N (100000) programs made from the policy, with Pythons
                      and packages, from PyPI; what does anything that the report
                      does not have fails

Makers:
  fixtures            make the fixtures anew, with real Pythons
  packages [ENVIRONMENT…]
                      make the fixtures of numpy, pandas, torch and others anew,
                      with Pythons that have those packages, from PyPI
  packages --all [--keep]
                      do so with every minor release of numpy, pandas, scipy,
                      scikit-learn and joblib under the target directory, compare
                      all with what halfsour reads, write the counts into the docs
                      and choose the committed part; --keep keeps the packages
  census [ENVIRONMENT…]
                      make the census of classes anew, that policies are checked
                      against, with every release of the packages, from PyPI
  census --entry module:Class
                      print a draft of the class's entry in a policy
  bench --files       make the small workloads anew, for where there is no Python

Measuring:
  bench [--quick] [--save] [--rounds N] [TEXT…]
                      measure against CPython and other crates, in N (5) rounds;
                      only the lines whose title has one of the texts; --quick is
                      one round on less data, --save writes benches/RESULTS.md
";

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["advisories"] => dependencies::advisories(),
        ["audit-compare", folders @ ..] => audit_compare::run(folders),
        ["audit-oracle", args @ ..] => audit_oracle::run(args),
        ["bench", "--files"] => bench::files::make(),
        ["bench", "--files", "--check"] => bench::files::check(),
        ["bench", args @ ..] => bench::run(args),
        ["census", "--entry", name] => census::entry(name),
        ["census", environments @ ..] => census::make(environments),
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
        ["jobs"] => jobs::run(),
        ["packages", "--all"] => matrix::run(false),
        ["packages", "--all", "--keep"] => matrix::run(true),
        ["packages", environments @ ..] => packages::make(environments),
        ["pickletester", "--sample"] => pickletester::sample(),
        ["pickletester"] => pickletester::run(),
        ["publish"] => publish::dry_run(),
        ["soak"] => fuzz::soak(),
        ["tidy"] => tidy::run(),
        ["wheel"] => wheel::run(),
        ["wheel", "--quick"] => wheel::quick(),
        [] | ["help" | "--help" | "-h", ..] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!(
                "error: `cargo xtask {}` is not a chore; `cargo xtask help` lists them",
                args.join(" ")
            );
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
