//! The corpus of the benches: pickles as CPython would write them, made here so that no Python is needed.

use halfsour_value::Builder;
use halfsour_writer::{Options, to_vec};

/// A list of dicts as from JSON: text, ints, floats, bools, nested lists and dicts, keys shared as Python shares them.
pub fn records(count: usize, protocol: u8) -> Vec<u8> {
    let mut b = Builder::new();
    let keys = ["id", "name", "email", "age", "score", "active", "tags", "address"].map(|key| b.str(key));
    let (street, city) = (b.str("street"), b.str("city"));
    let cities = ["Paris", "Berlin", "Rome"].map(|city| b.str(city));
    let mut seed = 1_u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    };
    let records: Vec<_> = (0..count)
        .map(|number| {
            let address = [
                (street, b.str(&format!("{number} Main St"))),
                (city, cities[random() as usize % cities.len()]),
            ];
            let values = [
                b.int(i64::try_from(number).unwrap_or_default()),
                b.str(&format!("user{number}")),
                b.str(&format!("user{number}@example.com")),
                b.int(i64::from(random() % 80)),
                b.float(f64::from(random()) / 1000.0),
                b.bool(random().is_multiple_of(2)),
                {
                    let tag = b.str(&format!("tag{}", random() % 50));
                    b.list(&[tag])
                },
                b.dict(&address).expect("text can be hashed"),
            ];
            let items: Vec<_> = keys.into_iter().zip(values).collect();
            b.dict(&items).expect("text can be hashed")
        })
        .collect();
    let root = b.list(&records);
    to_vec(b.build(root).root(), &Options::with_protocol(protocol)).expect("plain data can be written")
}
