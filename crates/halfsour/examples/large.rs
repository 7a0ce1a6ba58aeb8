//! Looks into a file of any size: takes out one value, lists its largest parts, and writes it at another protocol.

use halfsour::inspect::size::Sizes;
use halfsour::writer::{self, Options};

fn main() -> halfsour::Result<()> {
    // The file is mapped into memory. Text and arrays stay in it.
    let graph = halfsour::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/people.pkl"))?;
    let name = graph.root().path("[0].friends[0].name")?;
    println!("{name}");
    assert_eq!(name.as_str(), Some("Rosa"));
    let mut sizes = Sizes::new();
    sizes.add(&graph);
    println!("{}", sizes.report("people.pkl", 5));
    if let Some(output) = std::env::args().nth(1) {
        let file = std::fs::File::create(output)?;
        writer::to_writer(file, graph.root(), &Options::default().with_protocol(5))?;
    }
    Ok(())
}
