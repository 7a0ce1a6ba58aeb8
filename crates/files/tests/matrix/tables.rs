//! Frames, series, indexes and scalars of pandas.

use halfsour_classes::memory::Scalar;
use halfsour_classes::pandas::{self, Cell, Index, Labels, Offset, Timestamp, Values};
use halfsour_classes::stdlib::TimeZone;
use halfsour_classes::{Known, recognise};
use halfsour_value::{Data, Items};
use serde_json::{Value, json};

use crate::plain::{self, float, hex, named};
use crate::{N, REFUSED, unknown};

pub fn tell(node: N<'_>, printed: &Value) -> (Value, Value) {
    let kind = printed["kind"].as_str().unwrap_or_default();
    let told = match (kind, recognise(node)) {
        ("DataFrame", Some(Known::DataFrame(frame))) => {
            let data = printed["data"].as_array().into_iter().flatten().enumerate();
            let column = |(number, printed): (usize, &Value)| match frame.column(number) {
                Ok(column) => values(column.values, &column.cells().collect::<Vec<_>>(), printed),
                Err(error) => unknown(&error),
            };
            json!({
                "kind": kind, "index": index(&frame.index, &printed["index"]),
                "columns": index(&frame.columns, &printed["columns"]),
                "data": data.map(column).collect::<Value>(),
                "attrs": attributes(frame.attributes.clone(), printed),
            })
        }
        ("Series", Some(Known::Series(series))) => json!({
            "kind": kind, "index": index(&series.index, &printed["index"]), "name": label(&series.name, &printed["name"]),
            "data": values(&series.values, &cells(&series.values), &printed["data"]),
            "attrs": attributes(series.attributes.clone(), printed),
        }),
        ("Index", Some(Known::PandasIndex(found))) => index(&found, printed),
        ("Array", Some(Known::PandasArray(found))) => values(&found, &cells(&found), printed),
        // What is grouped stands in it.
        ("GroupBy", _) => match pandas::subject(node) {
            Some(grouped) => return tell(grouped, &printed["obj"]),
            None => named(node),
        },
        ("Timestamp" | "Timedelta" | "Period" | "Interval" | "NaT" | "NA", Some(known)) => {
            scalar(&known, printed)
        }
        _ => pandas::unreadable(node).map_or_else(|| named(node), |why| json!({ REFUSED: why.to_string() })),
    };
    let mut said = modern(printed);
    reconcile(&told, &mut said);
    (told, said)
}

/// Replaces, in what was printed, what is the same in other words: the time of a zone by its name is told in UTC, a number of a level of
/// several types is an int or a float, and a float may be an object; Timedeltas had their nanoseconds cut off before 0.25.
fn reconcile(told: &Value, said: &mut Value) {
    let is_same = match (&told, &*said) {
        (Value::Number(told), Value::String(said)) => said.parse().ok() == told.as_f64(),
        (Value::Object(_), Value::String(said)) => told["kind"] == "float" && told["value"] == **said,
        _ => false,
    };
    if is_same {
        *said = told.clone();
        return;
    }
    match (told, said) {
        (Value::Array(told), Value::Array(said)) => {
            told.iter().zip(said).for_each(|(told, said)| reconcile(told, said));
        }
        (Value::Object(told), Value::Object(said)) => {
            if let (Some(iso), Some(printed)) =
                (told.get("iso").and_then(Value::as_str), said.get("iso").and_then(Value::as_str))
                && told.get("value") == said.get("value")
                && (iso.ends_with(']')
                    || iso.ends_with('Z') && !printed.ends_with('Z')
                    || iso.starts_with(printed))
            {
                said.insert("iso".into(), json!(iso));
            }
            told.iter().for_each(|(key, told)| {
                if let Some(said) = said.get_mut(key) {
                    reconcile(told, said);
                }
            });
        }
        _ => {}
    }
}

fn attributes(attributes: Option<Items<'_, &[u8]>>, printed: &Value) -> Value {
    let pairs = attributes.into_iter().flatten().enumerate();
    let pair = |(number, (key, value)): (usize, (N<'_>, N<'_>))| {
        let printed = &printed["attrs"][number];
        json!([object(key, &printed[0]), object(value, &printed[1])])
    };
    pairs.map(pair).collect()
}

fn cells<'g>(values: &Values<'g, &'g [u8]>) -> Vec<Option<Cell<'g, &'g [u8]>>> {
    (0..values.len()).map(|index| values.get(index)).collect()
}

fn index(index: &Index<'_, &[u8]>, printed: &Value) -> Value {
    let names = index.names.iter().enumerate();
    let name = |(number, name): (usize, &Option<N<'_>>)| {
        name.map_or(Value::Null, |name| object(name, &printed["names"][number]))
    };
    let found: Vec<_> = index.cells().collect();
    let mut told = json!({
        "kind": "Index", "class": index.class, "names": names.map(name).collect::<Value>(),
        "values": told_cells(&found, &printed["values"]),
    });
    match &index.labels {
        Labels::Range { start, step, .. } => {
            told["start"] = json!(start);
            told["step"] = json!(step);
        }
        Labels::Values(of) => told["data"] = values(of, &found, &printed["data"]),
        Labels::Levels(levels) => {
            let levels = levels.iter().enumerate();
            told["levels"] = levels
                .map(|(number, level)| self::index(&level.labels, &printed["levels"][number]))
                .collect();
        }
    }
    if printed.get("freq").is_some() {
        told["freq"] = index.freq.and_then(Offset::of).map_or(Value::Null, |freq| json!(freq.to_string()));
    }
    told
}

fn values(values: &Values<'_, &[u8]>, found: &[Option<Cell<'_, &[u8]>>], printed: &Value) -> Value {
    let mut told =
        json!({"kind": "Array", "dtype": dtype(values), "values": told_cells(found, &printed["values"])});
    if let Values::Categorical(of) = values {
        told["categories"] = index(&of.categories, &printed["categories"]);
        told["ordered"] = json!(of.is_ordered);
    }
    told
}

/// The text of the dtype, as far as each release tells it: what encloses intervals is said since 1.3, which of the numbers of a sparse
/// array are left out since 0.24.
fn dtype(values: &Values<'_, &[u8]>) -> Value {
    plain_dtype(&values.to_string())
}

fn plain_dtype(text: &str) -> Value {
    let sparse = text.strip_prefix("Sparse[").and_then(|text| text.split_once(','));
    let text = sparse.map_or(text, |(of, _)| of);
    if let Some(freq) = text.strip_prefix("period[").and_then(|text| text.strip_suffix(']')) {
        return json!(format!("period[{}]", modern_freq(freq)));
    }
    // Zones without a name are told in several ways.
    if let Some((times, zone)) = text.split_once(", ")
        && times.starts_with("datetime64[")
        && (zone.contains(['(', '?']) || zone.starts_with("UTC") && zone.len() > 4)
    {
        return json!(times);
    }
    // An array of numpy's text is told as one of objects.
    if text.starts_with("<U") || text.starts_with("str") && text.len() > 3 {
        return json!("object");
    }
    let interval = text.starts_with("interval[").then(|| text.split([',', ']']).next()).flatten();
    json!(interval.unwrap_or(text))
}

/// The name that pandas 2.2 gave to a frequency.
fn modern_freq(freq: &str) -> String {
    let (name, anchor) = freq.split_once('-').map_or((freq, None), |(name, anchor)| (name, Some(anchor)));
    let name = match name {
        "H" => "h",
        "T" => "min",
        "S" => "s",
        "L" => "ms",
        "U" => "us",
        "N" => "ns",
        "A" => "Y",
        name => name,
    };
    anchor.map_or_else(|| name.to_owned(), |anchor| format!("{name}-{anchor}"))
}

fn told_cells(found: &[Option<Cell<'_, &[u8]>>], printed: &Value) -> Value {
    let told = found.iter().enumerate();
    told.map(|(row, found)| {
        found.as_ref().map_or_else(|| unknown("cell"), |found| cell(found, &printed[row]))
    })
    .collect()
}

/// Tells of a cell what is printed of it; times are printed in two ways.
fn cell(found: &Cell<'_, &[u8]>, printed: &Value) -> Value {
    match found {
        Cell::Missing => Value::Null,
        Cell::Scalar(Scalar::Bool(value)) => json!(value),
        Cell::Scalar(Scalar::Int(value)) => json!(value),
        Cell::Scalar(Scalar::UInt(value)) => json!(value),
        Cell::Scalar(Scalar::Float(value)) => float(*value),
        Cell::Scalar(Scalar::Complex(real, imag)) if printed.is_object() => {
            json!({"kind": "complex", "real": float(*real), "imag": float(*imag)})
        }
        Cell::Scalar(Scalar::Complex(real, imag)) => json!([float(*real), float(*imag)]),
        Cell::Text(text) => json!(text),
        Cell::Bytes(bytes) => json!({"kind": "bytes", "hex": hex(bytes)}),
        // Before 2.0, pandas printed what Arrow holds as pyarrow did.
        Cell::Timestamp(stamp) if printed["kind"] == "datetime" => {
            json!({"kind": "datetime", "iso": stamp.to_string()})
        }
        Cell::Timedelta(delta) if printed["kind"] == "timedelta" => {
            let microseconds = delta.nanoseconds() / 1000;
            let (seconds, microsecond) =
                (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
            json!({
                "kind": "timedelta", "days": i64::try_from(seconds.div_euclid(86_400)).unwrap(),
                "seconds": i64::try_from(seconds.rem_euclid(86_400)).unwrap(),
                "microseconds": i64::try_from(microsecond).unwrap(),
            })
        }
        Cell::TimeOfDay(ticks, unit) => json!({"kind": "time", "iso": unit.time_of_day(*ticks).to_string()}),
        Cell::List(cells) => {
            cells.iter().enumerate().map(|(number, found)| cell(found, &printed[number])).collect()
        }
        Cell::Dict(members) => {
            let member = |(number, (name, found)): (usize, &(&str, _))| {
                json!([name, cell(found, &printed["items"][number][1])])
            };
            json!({"kind": "dict", "items": members.iter().enumerate().map(member).collect::<Value>()})
        }
        Cell::Timestamp(found) if printed.is_object() => stamp(found),
        Cell::Timedelta(delta) if printed.is_object() => {
            json!({"kind": "Timedelta", "iso": delta.to_string(), "value": delta.ticks, "unit": delta.unit.name()})
        }
        Cell::Timestamp(stamp) => json!(stamp.ticks),
        Cell::Timedelta(delta) => json!(delta.ticks),
        Cell::Period(period) if printed.is_object() => scalar(&Known::Period(*period), printed),
        Cell::Period(period) => json!(period.to_string()),
        Cell::Interval(sides, closed) if printed.is_object() => json!({
            "kind": "Interval", "left": cell(&sides.0, &printed["left"]), "right": cell(&sides.1, &printed["right"]),
            "closed": closed.name(),
        }),
        Cell::Interval(sides, _) => json!([cell(&sides.0, &printed[0]), cell(&sides.1, &printed[1])]),
        Cell::Day(day) => json!({"kind": "date", "iso": day.to_string()}),
        Cell::Decimal(decimal) => json!({"kind": "Decimal", "value": decimal.to_string()}),
        Cell::Tuple(cells) => {
            cells.iter().enumerate().map(|(level, found)| cell(found, &printed[level])).collect()
        }
        Cell::Object(node) => match node.data() {
            Data::Complex(real, imag) if printed.is_array() => json!([float(real), float(imag)]),
            _ => object(*node, printed),
        },
        _ => unknown("cell"),
    }
}

/// Tells of an object in a table what is printed of it.
fn label(label: &Cell<'_, &[u8]>, printed: &Value) -> Value {
    match label {
        Cell::Object(name) => object(*name, printed),
        other => format!("{other:?}").into(),
    }
}

fn object(node: N<'_>, printed: &Value) -> Value {
    let (told, said) = plain::tell(node, printed);
    // What differs only in what releases print is what `modern` makes of it.
    if told == said { modern(printed) } else { told }
}

/// Tells of a time and its zone.
fn stamp(stamp: &Timestamp<'_, &[u8]>) -> Value {
    let key = stamp.zone.as_ref().and_then(TimeZone::key).filter(|key| *key != "UTC");
    json!({"kind": "Timestamp", "iso": stamp.to_string(), "value": stamp.ticks, "unit": stamp.unit.name(), "tz": key})
}

fn scalar(known: &Known<'_, &[u8]>, printed: &Value) -> Value {
    match known {
        Known::Timestamp(found) => stamp(found),
        Known::PandasTimedelta(delta) => json!({
            "kind": "Timedelta", "iso": delta.to_string(), "value": delta.ticks, "unit": delta.unit.name(),
        }),
        Known::Period(period) => json!({
            "kind": "Period", "value": period.to_string(), "ordinal": period.ordinal, "freq": period.freq.to_string(),
        }),
        Known::Interval(interval) => json!({
            "kind": "Interval", "left": object(interval.left, &printed["left"]),
            "right": object(interval.right, &printed["right"]), "closed": interval.closed.name(),
        }),
        Known::NaT => json!({"kind": "NaT"}),
        Known::NA => json!({"kind": "NA"}),
        _ => unknown("a scalar"),
    }
}

/// Returns what is printed, less what a pickle does not tell, and what pandas did better later.
fn modern(printed: &Value) -> Value {
    let Value::Object(object) = printed else {
        return match printed {
            Value::Array(items) => items.iter().map(modern).collect(),
            _ => printed.clone(),
        };
    };
    let mut object: serde_json::Map<_, _> =
        object.iter().map(|(key, value)| (key.clone(), modern(value))).collect();
    match object.get("kind").and_then(Value::as_str).unwrap_or_default() {
        "DataFrame" | "Series" => {
            object.remove("class");
            object.entry("attrs").or_insert_with(|| json!([]));
        }
        "Index" => {
            let class =
                object["class"].as_str().and_then(|class| class.rsplit('.').next()).map(|class| json!(class));
            object.insert("class".into(), class.into());
            object.remove("codes");
            if let Some(freq) = object.get("freq").and_then(Value::as_str).map(modern_freq) {
                object.insert("freq".into(), json!(freq));
            }
            object.remove("stop");
            if object.contains_key("start") {
                object.remove("data");
            }
        }
        "Array" => {
            let dtype = object["dtype"].as_str().map(plain_dtype);
            object.retain(|name, _| matches!(&**name, "kind" | "values" | "categories" | "ordered"));
            object.insert("dtype".into(), dtype.into());
        }
        // The zone by its name, which UTC has in some packages only.
        "Timestamp" => {
            let key = object["tz"]["key"].as_str().filter(|key| *key != "UTC").map(|key| json!(key));
            object.insert("tz".into(), key.into());
        }
        "Period" => {
            let freq = object["freq"].as_str().map(modern_freq);
            object.insert("freq".into(), freq.into());
        }
        "scalar" => return object["element"].clone(),
        "date" | "time" | "datetime" => object.retain(|name, _| name == "kind" || name == "iso"),
        "Decimal" => drop(object.remove("class")),
        _ => {}
    }
    Value::Object(object)
}
