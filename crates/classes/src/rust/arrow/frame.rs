//! Frames and series of pandas.

use std::collections::HashSet;
use std::fmt::Write;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::DataType;
use halfsour_value::Data;

use super::cell::Cell;
use super::values::{of_index, of_values};
use super::{Budget, Misfit, batch};
use crate::pandas::{Categories, Frame, Index, Labels, Series, Values};

/// Columns, and what pandas keeps of them in the metadata of a schema.
#[derive(Default)]
struct Columns {
    arrays: Vec<(String, ArrayRef)>,
    names: HashSet<String>,
    told: Vec<String>,
    index: Vec<String>,
    /// Which columns are of categories that have an order.
    ordered: Vec<usize>,
}

pub(super) fn of_frame<S: AsRef<[u8]>>(
    frame: &Frame<'_, S>,
    budget: &mut Budget,
) -> Result<RecordBatch, Misfit> {
    let mut all = Columns::default();
    for number in 0..frame.width() {
        let label = frame.columns.get(number).map(Cell::of_pandas);
        let name = match label {
            Some(Ok(Cell::Text(text))) => text.to_owned(),
            Some(Ok(Cell::Int(int))) => int.to_string(),
            _ => return Err(Misfit::new("the name of a column is neither text nor an int")),
        };
        let column = frame.column(number).ok_or(Misfit::new("it is not in the pickle").of(&name))?;
        all.add(name, column.values, column.start, column.len, budget)?;
    }
    // Rows are written also where nothing is in them.
    budget.spend(frame.len())?;
    all.add_index(&frame.index, budget)?;
    all.finish(&frame.columns, frame.len())
}

pub(super) fn of_series<S: AsRef<[u8]>>(
    series: &Series<'_, S>,
    budget: &mut Budget,
) -> Result<RecordBatch, Misfit> {
    let mut all = Columns::default();
    let name = match series.name.data() {
        Data::None => "0".to_owned(),
        _ => super::records::name(series.name)?,
    };
    let rows = series.index.len();
    all.add(name, &series.values, 0, rows, budget)?;
    all.add_index(&series.index, budget)?;
    batch(all.arrays, rows)
}

impl Columns {
    fn add<S: AsRef<[u8]>>(
        &mut self,
        name: String,
        values: &Values<'_, S>,
        start: usize,
        rows: usize,
        budget: &mut Budget,
    ) -> Result<(), Misfit> {
        budget.spend(name.len())?;
        if !self.names.insert(name.clone()) {
            return Err(Misfit::new("two columns have this name").of(&name));
        }
        let array = of_values(values, start, rows, budget).map_err(|misfit| misfit.of(&name))?;
        if is_ordered(values) {
            self.ordered.push(self.arrays.len());
        }
        self.told.push(told(Some(&name), &name, &array, &numpy_type(values), is_ordered(values)));
        self.arrays.push((name, array));
        Ok(())
    }

    /// Labels that are the numbers of the rows are in the metadata only; others are columns.
    fn add_index<S: AsRef<[u8]>>(&mut self, index: &Index<'_, S>, budget: &mut Budget) -> Result<(), Misfit> {
        let name = |level: usize| match index.names.get(level).copied().flatten().map(super::records::name) {
            Some(Ok(name)) => Some(name),
            _ => None,
        };
        if let Labels::Range { start, step, len } = index.labels {
            let stop = i128::from(start) + i128::try_from(len).unwrap_or_default() * i128::from(step);
            let name = name(0).map_or("null".to_owned(), |name| quoted(&name));
            self.index.push(format!(
                r#"{{"kind": "range", "name": {name}, "start": {start}, "stop": {stop}, "step": {step}}}"#
            ));
            return Ok(());
        }
        let levels: Vec<String> = match &index.labels {
            Labels::Values(values) => vec![numpy_type(values)],
            Labels::Levels(levels) => levels
                .iter()
                .map(|level| match &level.labels.labels {
                    Labels::Values(values) => numpy_type(values),
                    _ => "int64".to_owned(),
                })
                .collect(),
            Labels::Range { .. } => Vec::new(),
        };
        let arrays = of_index(index, budget).map_err(|misfit| misfit.of("the index"))?;
        for (level, (array, numpy_type)) in arrays.into_iter().zip(levels).enumerate() {
            let name = name(level);
            let field = name.clone().filter(|name| self.names.insert(name.clone()));
            let field = field.unwrap_or_else(|| format!("__index_level_{level}__"));
            self.told.push(told(name.as_deref(), &field, &array, &numpy_type, false));
            self.index.push(quoted(&field));
            self.arrays.push((field, array));
        }
        Ok(())
    }

    fn finish<S: AsRef<[u8]>>(self, columns: &Index<'_, S>, rows: usize) -> Result<RecordBatch, Misfit> {
        let (pandas_type, numpy_type) = match &columns.labels {
            Labels::Range { .. } => ("int64", "int64".to_owned()),
            Labels::Values(values) => match &**values {
                Values::Numpy(grid) if matches!(grid.dtype().kind, crate::numpy::Kind::Int) => {
                    ("int64", numpy_type(values))
                }
                _ => ("unicode", numpy_type(values)),
            },
            Labels::Levels(_) => ("unicode", "object".to_owned()),
        };
        let name = columns.names.first().copied().flatten().and_then(|name| super::records::name(name).ok());
        let name = name.map_or("null".to_owned(), |name| quoted(&name));
        let encoding = if pandas_type == "unicode" { r#"{"encoding": "UTF-8"}"# } else { "null" };
        let metadata = format!(
            r#"{{"index_columns": [{}], "column_indexes": [{{"name": {name}, "field_name": {name}, "pandas_type": "{pandas_type}", "numpy_type": {}, "metadata": {encoding}}}], "columns": [{}]}}"#,
            self.index.join(", "),
            quoted(&numpy_type),
            self.told.join(", "),
        );
        let batch = batch(self.arrays, rows)?;
        let mut schema = batch.schema().as_ref().clone();
        let mut fields: Vec<_> = schema.fields.iter().cloned().collect();
        for column in self.ordered {
            fields[column] = fields[column].as_ref().clone().with_dict_is_ordered(true).into();
        }
        schema.fields = fields.into();
        schema.metadata.insert("pandas".to_owned(), metadata);
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(schema.into(), batch.columns().to_vec(), &options)
            .map_err(|error| Misfit::new(error.to_string()))
    }
}

fn is_ordered<S>(values: &Values<'_, S>) -> bool {
    matches!(values, Values::Categorical(categories) if categories.is_ordered)
}

/// What pandas calls the type, where Arrow's alone does not tell.
fn numpy_type<S: AsRef<[u8]>>(values: &Values<'_, S>) -> String {
    match values {
        Values::Categorical(Categories { codes, .. }) => codes.dtype().to_string(),
        Values::Times { unit, .. } => format!("datetime64[{unit}]"),
        Values::Sparse(sparse) => sparse.values.dtype().to_string(),
        _ => values.to_string(),
    }
}

/// An entry for a column.
fn told(name: Option<&str>, field: &str, array: &ArrayRef, numpy_type: &str, is_ordered: bool) -> String {
    let name = name.map_or("null".to_owned(), quoted);
    let (pandas_type, metadata) = match array.data_type() {
        DataType::Dictionary(_, _) => {
            let count = arrow_array::cast::AsArray::as_any_dictionary(array).values().len();
            ("categorical".to_owned(), format!(r#"{{"num_categories": {count}, "ordered": {is_ordered}}}"#))
        }
        DataType::Timestamp(_, Some(zone)) => {
            ("datetimetz".to_owned(), format!(r#"{{"timezone": {}}}"#, quoted(zone)))
        }
        DataType::Decimal128(precision, scale) => {
            ("decimal".to_owned(), format!(r#"{{"precision": {precision}, "scale": {scale}}}"#))
        }
        other => (pandas_type(other), "null".to_owned()),
    };
    format!(
        r#"{{"name": {name}, "field_name": {}, "pandas_type": "{pandas_type}", "numpy_type": {}, "metadata": {metadata}}}"#,
        quoted(field),
        quoted(numpy_type)
    )
}

fn pandas_type(of: &DataType) -> String {
    match of {
        DataType::Null => "empty",
        DataType::Boolean => "bool",
        DataType::Utf8 | DataType::LargeUtf8 => "unicode",
        DataType::Binary | DataType::LargeBinary => "bytes",
        DataType::Timestamp(_, _) => "datetime",
        DataType::Date32 => "date",
        DataType::Time64(_) => "time",
        DataType::Duration(_) => "timedelta",
        other => return other.to_string().to_ascii_lowercase(),
    }
    .to_owned()
}

/// Text in JSON.
fn quoted(text: &str) -> String {
    let mut all = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => all.extend(['\\', c]),
            c if c < ' ' => {
                // Writing to a String does not fail.
                let _ = write!(all, "\\u{:04x}", u32::from(c));
            }
            c => all.push(c),
        }
    }
    all.push('"');
    all
}
