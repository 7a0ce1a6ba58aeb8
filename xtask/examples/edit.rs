//! Changes the graphs of the pickles in a file, and writes them into another. `cargo xtask oracle` lets Pythons
//! make the first and check the second: `xtask/python/edit.py` says what is in them.

use std::error::Error;
use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use halfsour_value::{Builder, Graph, Value};
use halfsour_writer::{Options, to_vec};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("the arguments are two files");
    let (made, edited) = (next()?, next()?);
    let mut lines = String::new();
    let made = fs::read_to_string(made)?;
    // There is a line for each protocol that the Python knows. Protocol 0 has no form for ids that are Python 2 strings.
    let protocols = u8::try_from(made.lines().count())?;
    for line in made.lines() {
        let graph = edit(halfsour_vm::from_bytes(STANDARD.decode(line)?)?)?;
        for protocol in 1..protocols {
            lines += &STANDARD.encode(to_vec(graph.root(), &Options::default().with_protocol(protocol))?);
            lines.push('\n');
        }
    }
    Ok(fs::write(edited, lines)?)
}

fn edit(graph: Graph) -> Result<Graph, Box<dyn Error>> {
    let jars = graph.resolve_persistent(|id| match id.text_bytes() {
        Some(b"jar-1") => Some(Value::List(vec![Value::from("half-sour")])),
        _ => None,
    })?;
    let root = jars.root();
    let [user, ring, shelf] =
        ["users[0]", "ring", "shelf"].map(|path| root.path(path).map(halfsour_value::Node::id));
    let (root, user, ring, shelf) = (root.id(), user?, ring?, shelf?);
    let mut b = Builder::from_graph(jars);
    let (name, age, new) = (b.str("Grace"), b.int(36), b.str("new"));
    b.set_attr(user, "name", name)?;
    b.set_attr(user, "age", age)?;
    b.set_at(ring, 0, new)?;
    let [gone, changed, added] = ["b", "c", "d"].map(|key| b.str(key));
    b.remove_item(shelf, gone)?;
    b.set_item(shelf, changed, user)?;
    b.set_item(shelf, added, shelf)?;
    Ok(b.build(root))
}
