//! What `halfsour audit --format sarif` writes is SARIF 2.1.0, as its schema has it.
//!
//! `sarif-2.1.0.json` is the schema that OASIS published.

use std::process::Command;

use serde_json::{Value, json};

fn sarif(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_halfsour"))
        .args(["audit", "--format", "sarif"])
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures"))
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn sarif_is_as_its_schema_says() {
    // One of its regular expressions has a bracket that is not escaped, which JavaScript would let pass.
    let schema = include_str!("sarif-2.1.0.json").replace("{2}]?$", r"{2}\\]?$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let attacks = sarif(&["attacks"]);
    for document in [&attacks, &sarif(&["files"]), &sarif(&["files/people.pkl"]), &sarif(&["no such file"])] {
        let errors: Vec<String> = validator.iter_errors(document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let results = attacks["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() > 100, "{}", results.len());

    // The schema would say if it were otherwise.
    for (place, value) in [
        ("/runs/0/results/0/level", json!("fatal")),
        ("/runs/0/results/0/message", json!({})),
        ("/version", json!("2")),
    ] {
        let mut wrong = attacks.clone();
        *wrong.pointer_mut(place).unwrap() = value;
        assert!(!validator.is_valid(&wrong), "{place}");
    }
}
