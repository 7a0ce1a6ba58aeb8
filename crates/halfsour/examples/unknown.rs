//! Reads a pickle of which nothing is known, looks into it, changes it and writes it back.

use halfsour::value::value;
use halfsour::{FromPickle, ToPickle, Value};

fn main() -> halfsour::Result<()> {
    let pickle = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/unknown.pkl"))?;
    let mut data = Value::from_slice(&pickle)?;
    println!("{data:#}");
    for user in data["users"].as_slice().unwrap_or_default() {
        println!("{:?}: {} at {}", user.class(), user.path("name")?, user.path("at.lat")?);
    }

    *data.path_mut("users[0].at.lat")? = 41.5.into();
    data["codes"].as_dict_mut().expect("a dict").insert(4, Value::bytes(*b"four"));
    data["seen"].as_set_mut().expect("a set").insert(4);
    assert_eq!(data["codes"].get(1).and_then(Value::as_bytes), Some(&b"one"[..]));
    assert_eq!(data["codes"].get(&value!(3.5)), Some(&value!({"deep": [1, 2, 3]})));

    if let Some(output) = std::env::args().nth(1) {
        std::fs::write(output, data.to_pickle()?)?;
    }
    Ok(())
}
