//! [`Extension`]: the types that pandas has registered with Arrow.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, PrimitiveArray, StructArray};
use arrow_schema::{DataType, Field, Fields, TimeUnit};
use halfsour_classes::pandas::{self, Values};
use serde_json::json;

use crate::values::of_values;
use crate::{Budget, TableError, memory};

/// The name and the parameters of a type, with which a column of another type is stored.
pub(crate) struct Extension {
    name: &'static str,
    parameters: String,
}

impl Extension {
    /// Returns the type of a column that was made of values of pandas; `None` if its type is Arrow's.
    pub(crate) fn of<S: AsRef<[u8]>>(values: &Values<'_, S>, column: &ArrayRef) -> Option<Self> {
        match (values, column.data_type()) {
            (Values::Periods { freq, .. }, _) => Some(Self {
                name: "pandas.period",
                parameters: json!({"freq": freq.to_string()}).to_string(),
            }),
            (Values::Intervals { closed, .. }, DataType::Struct(sides)) => {
                let subtype = name_of(sides.first()?.data_type());
                let parameters = json!({"subtype": subtype, "closed": closed.name()}).to_string();
                Some(Self { name: "pandas.interval", parameters })
            }
            _ => None,
        }
    }

    pub(crate) fn metadata(self) -> HashMap<String, String> {
        let key = |part: &str| format!("ARROW:extension:{part}");
        HashMap::from([(key("name"), self.name.to_owned()), (key("metadata"), self.parameters)])
    }
}

/// Makes a column of periods, which are ints.
pub(crate) fn periods<S: AsRef<[u8]>>(
    ordinals: &pandas::Grid<'_, S>,
    start: usize,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    budget.spend(rows.saturating_mul(8))?;
    let ordinals =
        memory::ticks(ordinals, start, rows).ok_or(TableError::new("periods that cannot be read"))?;
    Ok(memory::counted::<Int64Type>(ordinals, |array: PrimitiveArray<Int64Type>| array))
}

/// Makes a column of intervals, which are structs of both sides.
pub(crate) fn intervals<S: AsRef<[u8]> + Clone>(
    values: &Values<'_, S>,
    sides: &(Values<'_, S>, Values<'_, S>),
    start: usize,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    let arrays = vec![of_values(&sides.0, start, rows, budget)?, of_values(&sides.1, start, rows, budget)?];
    let field = |(name, array): (&str, &ArrayRef)| Field::new(name, array.data_type().clone(), true);
    let fields: Fields = ["left", "right"].into_iter().zip(&arrays).map(field).collect();
    let is_there = |row: usize| !matches!(values.get(start + row), Some(pandas::Cell::Missing));
    let array = StructArray::try_new(fields, arrays, Some((0..rows).map(is_there).collect()));
    Ok(Arc::new(array.map_err(|error| TableError::new(error.to_string()))?))
}

/// Returns the name that pyarrow has for a type of the sides of intervals.
fn name_of(of: &DataType) -> String {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    };
    match of {
        DataType::Float64 => "double".to_owned(),
        DataType::Float32 => "float".to_owned(),
        DataType::Timestamp(of, None) => format!("timestamp[{}]", unit(of)),
        DataType::Timestamp(of, Some(zone)) => format!("timestamp[{}, tz={zone}]", unit(of)),
        DataType::Duration(of) => format!("duration[{}]", unit(of)),
        other => other.to_string().to_lowercase(),
    }
}
