//! What `show` says of known objects, compared with what the Pythons that pickled them said.

use std::io::Write;
use std::process::{Command, Stdio};

use halfsour_fixtures::packages;
use serde_json::Value;

fn show(pickle: &[u8]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_halfsour"))
        .args(["show", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(pickle).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// The line of an object, if what Python said of it is all that there is to say.
fn line(value: &Value) -> Option<String> {
    let text = |name: &str| value[name].as_str();
    Some(match text("kind")? {
        "date" => format!("datetime.date {}", text("iso")?),
        // What a zone of the database means at that time is not in the pickle.
        "datetime" if value["tz"]["key"].is_null() => {
            format!("datetime.datetime {}", text("iso")?.replacen('T', " ", 1))
        }
        "time" => format!("datetime.time {}", text("iso")?),
        "Decimal" | "UUID" | "IP" => format!("{} {}", text("class")?, text("value")?),
        "Path" => {
            let class = text("class")?.replace("pathlib._local", "pathlib");
            format!("{class} {}", serde_json::to_string(text("value")?).unwrap().replace('"', "'"))
        }
        "Fraction" if value["denominator"].is_u64() => match (&value["numerator"], &value["denominator"]) {
            (numerator, Value::Number(one)) if one.as_u64() == Some(1) => {
                format!("fractions.Fraction {numerator}")
            }
            (numerator, denominator) => format!("fractions.Fraction {numerator}/{denominator}"),
        },
        _ => return None,
    })
}

#[test]
fn known_objects_are_lines() {
    let mut lines = 0;
    for package in packages().iter().filter(|package| package.script == "standard") {
        let Some(values) = package.value.as_array() else { continue };
        let expected: Vec<_> = values.iter().filter_map(line).collect();
        if expected.is_empty() {
            continue;
        }
        let shown = show(&package.bytes);
        for line in expected {
            assert!(shown.contains(&line), "{package}: no {line} in\n{shown}");
            lines += 1;
        }
    }
    assert!(lines > 800, "{lines}");
}

/// A line for each column: its label, its dtype as pandas printed it, and its first values.
#[test]
fn columns_of_frames_are_lines() {
    let mut columns = 0;
    for package in packages().iter().filter(|package| package.script == "frames") {
        let value = &package.value;
        let (Some(labels), Some(data)) = (value["columns"]["values"].as_array(), value["data"].as_array())
        else {
            continue;
        };
        let shown = show(&package.bytes);
        let rows = value["index"]["values"].as_array().unwrap().len();
        assert!(
            shown.starts_with(&format!("pandas.DataFrame(({rows}, {}), [", data.len())),
            "{package}: {shown}"
        );
        for (label, column) in labels.iter().zip(data) {
            let label = label.as_str().map_or_else(|| label.to_string(), |label| format!("'{label}'"));
            let line = format!("{label}: {} [", column["dtype"].as_str().unwrap());
            // Labels of several levels are shown as tuples.
            assert!(label.starts_with('[') || shown.contains(&line), "{package}: no {line} in\n{shown}");
            columns += 1;
        }
    }
    assert!(columns > 200, "{columns}");
}

/// What a program gave a frame, and what geopandas keeps beside its columns, is shown after these.
#[test]
fn what_tables_have_beside_is_shown() {
    let all = packages();
    let package = all.iter().find(|package| package.name == "DataFrame attrs").unwrap();
    let shown = show(&package.bytes);
    assert!(shown.contains("attrs={"), "{shown}");
    let all = halfsour_fixtures::geometries();
    let frames = all.iter().filter(|package| package.name.contains("GeoDataFrame"));
    let shown: Vec<_> = frames.map(|package| show(&package.bytes)).collect();
    assert!(!shown.is_empty());
    for shown in shown {
        assert!(shown.contains("_geometry_column_name='geometry'"), "{shown}");
        assert!(shown.contains("crs: pyproj.crs.crs.CRS("), "{shown}");
    }
}
