//! What polars, xgboost, lightgbm and catboost keep in formats of their own, compared with what they exported themselves.

use halfsour_classes::{Format, Known, Payload, recognise};

fn unhex(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes().chunks(2).map(|digits| std::str::from_utf8(digits).unwrap());
    bytes.map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}

#[test]
fn payloads_are_what_the_packages_exported() {
    let mut seen = Vec::new();
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "others") {
        let printed = &package.value;
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let known = recognise(graph.root());
        let exported = printed["model"].as_str().or(printed["file"].as_str());
        let Some(Known::Payload(payload)) = known else {
            assert!(exported.is_none() && printed["kind"] != "polars", "{package}");
            continue;
        };
        let file = payload.file().unwrap();
        let class = printed["class"].as_str().unwrap();
        match exported {
            Some(text) if payload.format == Format::LightGbm => assert!(file == text.as_bytes(), "{package}"),
            Some(bytes) => assert!(file == unhex(bytes), "{package}"),
            // A series has no export of its own.
            None => assert_eq!(class, "polars.series.series.Series"),
        }
        let (maker, _) = class.split_once('.').unwrap();
        assert!(
            payload.format == Format::ArrowStream
                || payload.format.to_string().to_lowercase().starts_with(maker)
        );
        seen.push(payload.format);
    }
    for format in
        [Format::ArrowStream, Format::PolarsPlan, Format::XgBoost, Format::LightGbm, Format::CatBoost]
    {
        assert!(seen.contains(&format), "{format}");
    }
}

/// Each cut, and each with a byte changed, has a model or none.
#[test]
fn broken_models_have_no_file() {
    let is_xgboost = |package: &&halfsour_fixtures::Package| package.name == "xgboost";
    let packages = halfsour_fixtures::packages();
    let graph = halfsour_vm::from_slice(&packages.iter().find(is_xgboost).unwrap().bytes).unwrap();
    let Some(Known::Payload(payload)) = recognise(graph.root()) else { panic!() };
    let model = payload.file().unwrap().len();
    for length in (0..payload.bytes.len()).rev().step_by(5) {
        let cut = Payload { bytes: &payload.bytes[..length], ..payload };
        assert_eq!(cut.file().is_some(), length == payload.bytes.len() - 1, "{length}");
    }
    let mut bytes = payload.bytes.to_vec();
    for at in (0..bytes.len()).step_by(7) {
        for byte in [0, b'{', b'[', b'$', b'S', 0x7F, 0xFF] {
            let before = std::mem::replace(&mut bytes[at], byte);
            let file = Payload { bytes: &bytes, ..payload }.file().map(<[u8]>::len);
            assert!(file.is_none_or(|length| length <= bytes.len()), "{model}");
            bytes[at] = before;
        }
    }
}
