//! Reads and writes members of enums, named tuples, objects that a pickle names by persistent ids, and Python 2's text.

use halfsour::vm::StringEncoding;
use halfsour::{FromPython, Loader, Options, ToPython, Value};

#[derive(Debug, PartialEq, ToPython, FromPython)]
#[python(class = "app.models.Colour", by = "value")]
enum Colour {
    #[python(value = 1)]
    Red,
    #[python(value = 2)]
    Green,
}

#[derive(Debug, ToPython, FromPython)]
#[python(class = "app.models.Point", namedtuple)]
struct Point {
    x: i64,
    y: i64,
}

#[derive(Debug, ToPython, FromPython)]
struct Drawing {
    colour: Colour,
    points: Vec<Point>,
    #[python(persistent_id)]
    owner: (String, u32),
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let graph = halfsour::load(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/members.pkl"))?;
    // An id can stay one …
    let mut drawing: Drawing = halfsour::from_graph(&graph)?;
    println!("{drawing:?}");
    assert_eq!((&drawing.colour, &drawing.owner), (&Colour::Green, &("user".to_owned(), 7)));
    drawing.colour = Colour::Red;
    drawing.points[1].y += 1;
    if let Some(output) = std::env::args().nth(1) {
        std::fs::write(output, halfsour::to_vec(&drawing)?)?;
    }
    // … or be the object that it stands for.
    let graph = graph.resolve_persistent(|id| {
        let (kind, number): (String, u32) = halfsour::from_node(id).ok()?;
        Some(Value::from(format!("{kind} {number} of the database")))
    })?;
    assert_eq!(graph.root().path("guest")?.as_str(), Some("user 8 of the database"));

    // The bytes of Python 2 are text in the encoding that one names.
    let mut loader = Loader::with_options(Options::default().with_encoding(StringEncoding::Latin1));
    let pickle = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/python2.pkl"))?;
    assert_eq!(loader.load(&pickle[..])?.root().path("jar.label")?.as_str(), Some("café"));
    Ok(())
}
