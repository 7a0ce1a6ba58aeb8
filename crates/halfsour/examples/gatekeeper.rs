//! Refuses pickles that would run what nobody reviewed, and allows a class of the program.

use halfsour::audit::{Auditor, Policy};

fn main() -> halfsour::Result<()> {
    let mut policy = Policy::default();
    policy.allow("app.models:Point")?;
    policy.allow("app.models:Colour")?;
    let gate = Auditor::new(policy);

    let good = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/points.pkl"))?;
    let graph = gate.load_checked(&good)?;
    println!("allowed: {}", graph.root());

    let evil = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/evil.pkl"))?;
    let refused = gate.load_checked(&evil).expect_err("it runs a command");
    println!("refused: {refused}");
    println!("{}", refused.report());
    Ok(())
}
