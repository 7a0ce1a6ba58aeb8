//! What some releases make of an object while they load it: of that, a pickle says nothing, and halfsour shows what was pickled.

use serde_json::{Value, json};

/// Makes of what was read what those releases make of it, where they printed that. pandas before 1.4 makes an index of numbers of one of objects
/// that are all numbers; joblib makes an array of a matrix where numpy is 2 or later.
pub fn load(told: &mut Value, said: &Value, by_joblib: bool) {
    match (&mut *told, said) {
        (Value::Array(told), Value::Array(said)) => {
            told.iter_mut().zip(said).for_each(|(told, said)| load(told, said, by_joblib));
        }
        (Value::Object(parts), Value::Object(said)) => {
            for (key, told) in parts.iter_mut() {
                if let Some(said) = said.get(key) {
                    load(told, said, by_joblib);
                }
            }
            let is = |told: &str, loaded: &str| {
                parts.get("class") == Some(&json!(told)) && said["class"] == loaded
            };
            if by_joblib && is("matrix", "ndarray") {
                parts.insert("class".into(), json!("ndarray"));
            } else if is("Index", "Int64Index") || is("Index", "Float64Index") {
                index(told);
            }
        }
        _ => {}
    }
}

/// Makes an index of numbers of one of objects, if they are numbers.
fn index(told: &mut Value) {
    let values = told["values"].as_array().cloned().unwrap_or_default();
    let is_int = |value: &Value| value.is_i64();
    let is_float = |value: &Value| value.is_null() || value["kind"] == "float";
    if told["data"]["dtype"] != "object" || !values.iter().all(|value| is_int(value) || is_float(value)) {
        return;
    }
    let (class, dtype) =
        if values.iter().all(is_int) { ("Int64Index", "int64") } else { ("Float64Index", "float64") };
    told["class"] = json!(class);
    told["data"]["dtype"] = json!(dtype);
    let values: Value =
        values.into_iter().map(|value| if value.is_null() { json!("nan") } else { value }).collect();
    told["data"]["values"] = values.clone();
    told["values"] = values;
}
