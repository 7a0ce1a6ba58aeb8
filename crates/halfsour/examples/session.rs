//! Reads what a web application of Python keeps in its cache, changes it, and writes it back as the application knows it.

use std::collections::BTreeSet;

use halfsour::{FromPython, ToPython};
use rust_decimal::Decimal;
use uuid::Uuid;

#[derive(Debug, ToPython, FromPython)]
struct Session {
    #[python(uuid)]
    id: Uuid,
    #[python(datetime)]
    seen: jiff::Timestamp,
    #[python(decimal)]
    total: Decimal,
    #[python(set)]
    roles: BTreeSet<String>,
    address: Address,
}

#[derive(Debug, ToPython, FromPython)]
#[python(class = "app.models.Address")]
struct Address {
    street: String,
    city: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pickle = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/session.pkl"))?;
    let mut session: Session = halfsour::from_slice(&pickle)?;
    println!("{session:#?}");

    session.seen = "2024-03-01T00:00:00Z".parse()?;
    session.total += Decimal::new(500, 2);
    session.roles.insert("owner".into());
    session.address.street = "Essex Street 49".into();

    if let Some(output) = std::env::args().nth(1) {
        std::fs::write(output, halfsour::to_vec(&session)?)?;
    }
    Ok(())
}
