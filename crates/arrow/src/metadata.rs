//! The JSON in which pandas finds again what Arrow's schema does not say, as pyarrow writes it.

use std::borrow::Cow;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;
use serde::Serialize;

/// The key in the metadata of a schema.
pub(crate) const PANDAS: &str = "pandas";

/// Returns the JSON with no order of the categories of these columns.
#[cfg(feature = "parquet")]
pub(crate) fn without_order(json: &str, columns: &[String]) -> serde_json::Result<String> {
    let mut metadata: serde_json::Value = serde_json::from_str(json)?;
    for column in metadata["columns"].as_array_mut().into_iter().flatten() {
        let is_one = column["field_name"].as_str().is_some_and(|name| columns.iter().any(|of| of == name));
        if is_one && let Some(ordered) = column["metadata"].get_mut("ordered") {
            *ordered = false.into();
        }
    }
    serde_json::to_string(&metadata)
}

/// The value of the key `pandas` in the metadata of a schema.
#[derive(Serialize)]
pub(crate) struct Metadata {
    pub(crate) index_columns: Vec<Level>,
    pub(crate) column_indexes: Vec<Column>,
    pub(crate) columns: Vec<Column>,
}

/// A level of the labels of the rows.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Level {
    /// The name of the column that has them.
    Column(String),
    Range {
        /// Always `range`.
        kind: &'static str,
        name: Option<String>,
        start: i64,
        stop: i128,
        step: i64,
    },
}

#[derive(Serialize)]
pub(crate) struct Column {
    /// The name in pandas.
    pub(crate) name: Option<String>,
    /// The name in Arrow.
    pub(crate) field_name: Option<String>,
    pub(crate) pandas_type: Cow<'static, str>,
    pub(crate) numpy_type: String,
    pub(crate) metadata: Option<Parameters>,
}

/// The parameters of a type of pandas.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Parameters {
    Categorical { num_categories: usize, ordered: bool },
    Zone { timezone: String },
    Decimal { precision: u8, scale: i8 },
    Text { encoding: &'static str },
}

impl Column {
    pub(crate) fn new(
        name: Option<String>,
        field: &str,
        array: &ArrayRef,
        numpy_type: String,
        ordered: bool,
        is_extension: bool,
    ) -> Self {
        let (pandas_type, metadata) = match array.data_type() {
            DataType::Dictionary(_, _) => {
                let num_categories = array.as_any_dictionary().values().len();
                ("categorical".into(), Some(Parameters::Categorical { num_categories, ordered }))
            }
            DataType::Timestamp(_, Some(zone)) => {
                ("datetimetz".into(), Some(Parameters::Zone { timezone: zone.to_string() }))
            }
            DataType::Decimal128(precision, scale) => {
                ("decimal".into(), Some(Parameters::Decimal { precision: *precision, scale: *scale }))
            }
            other => (pandas_type(other), None),
        };
        // What its type is only pandas knows, or nobody.
        let pandas_type = if is_extension { "object".into() } else { pandas_type };
        Self { name, field_name: Some(field.to_owned()), pandas_type, numpy_type, metadata }
    }
}

fn pandas_type(of: &DataType) -> Cow<'static, str> {
    match of {
        DataType::Null => "empty",
        DataType::Boolean => "bool",
        DataType::Utf8 | DataType::LargeUtf8 => "unicode",
        DataType::Binary | DataType::LargeBinary => "bytes",
        DataType::Timestamp(_, _) => "datetime",
        DataType::Date32 => "date",
        DataType::Time64(_) => "time",
        DataType::Duration(_) => "timedelta",
        other => return other.to_string().to_ascii_lowercase().into(),
    }
    .into()
}
