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
    let run = &attacks["runs"][0];
    assert_eq!(run["invocations"][0]["exitCode"], 4);
    assert_eq!(run["artifacts"].as_array().unwrap().len(), 59);
    for result in results {
        let file = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let artifact = &run["artifacts"][usize::try_from(file["index"].as_u64().unwrap()).unwrap()];
        assert_eq!(artifact["location"]["uri"], file["uri"]);
        assert!(result["partialFingerprints"]["halfsour/v1"].is_string());
    }
    for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
        assert!(rule["help"]["text"].is_string() && rule["helpUri"].is_string(), "{rule}");
    }
    let missing = &sarif(&["no such file"])["runs"][0]["invocations"][0];
    assert_eq!((&missing["executionSuccessful"], &missing["exitCode"]), (&json!(false), &json!(3)));
    assert_eq!(missing["toolExecutionNotifications"][0]["descriptor"]["id"], "unreadable");

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

/// A fingerprint is that of the finding, wherever the file is.
#[test]
fn fingerprints_stay_when_a_file_is_moved() {
    let folder = tempfile::tempdir().unwrap();
    let moved = folder.path().join("moved.pkl");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/evil.pkl"), &moved).unwrap();
    let prints = |file: &str| -> Vec<Value> {
        let document = sarif(&[file]);
        let results = document["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    let before = prints("files/evil.pkl");
    assert_eq!(before, prints(moved.to_str().unwrap()));
    assert!(before.len() == 2 && before[0] != before[1], "{before:?}");
}
