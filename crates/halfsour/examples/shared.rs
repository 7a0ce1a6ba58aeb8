//! Changes an object that others share: in a graph it stays one object.

use halfsour::ToPickle;
use halfsour::value::Builder;

fn main() -> halfsour::Result<()> {
    let graph = halfsour::load(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/unknown.pkl"))?;
    let (root, place) = (graph.root().id(), graph.root().path("users[0].at")?.id());

    let mut builder = Builder::from_graph(graph);
    let north = builder.float(41.5);
    builder.set_attr(place, "lat", north)?;
    let graph = builder.build(root);

    assert_eq!(graph.root().path("users[1].at.lat")?.as_f64(), Some(41.5));
    if let Some(output) = std::env::args().nth(1) {
        std::fs::write(output, graph.to_pickle()?)?;
    }
    Ok(())
}
