//! Frames and series of pandas.

use std::collections::HashSet;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use halfsour_classes::numpy::Kind;
use halfsour_value::Data;

use crate::cell::Cell;
use crate::metadata::{Column, Level, Metadata, Parameters};
use crate::values::{of_index, of_values};
use crate::{Budget, TableError, batch};
use halfsour_classes::pandas::{Categories, Frame, Index, Labels, Series, Values};

/// The columns of a table, and the metadata that pandas keeps of them.
#[derive(Default)]
struct Columns {
    arrays: Vec<(String, ArrayRef)>,
    names: HashSet<String>,
    told: Vec<Column>,
    index: Vec<Level>,
    /// The numbers of the columns whose categories have an order.
    ordered: Vec<usize>,
}

pub(crate) fn of_frame<S: AsRef<[u8]>>(
    frame: &Frame<'_, S>,
    budget: &mut Budget,
) -> Result<RecordBatch, TableError> {
    let mut all = Columns::default();
    for number in 0..frame.width() {
        let label = frame.columns.get(number).map(Cell::of_pandas);
        let name = match label {
            Some(Ok(Cell::Text(text))) => text.to_owned(),
            Some(Ok(Cell::Int(int))) => int.to_string(),
            _ => return Err(TableError::new("the name of a column is neither text nor an int")),
        };
        let column =
            frame.column(number).map_err(|unreadable| TableError::unreadable(&unreadable).of(&name))?;
        all.add(name, column.values, column.start, column.len, budget)?;
    }
    // Rows are written also where nothing is in them.
    budget.spend(frame.len())?;
    all.add_index(&frame.index, budget)?;
    all.finish(&frame.columns, frame.len())
}

pub(crate) fn of_series<S: AsRef<[u8]>>(
    series: &Series<'_, S>,
    budget: &mut Budget,
) -> Result<RecordBatch, TableError> {
    let mut all = Columns::default();
    let name = match series.name.data() {
        Data::None => "0".to_owned(),
        _ => crate::records::name(series.name)?,
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
    ) -> Result<(), TableError> {
        budget.spend(name.len())?;
        if !self.names.insert(name.clone()) {
            return Err(TableError::new("two columns have this name").of(&name));
        }
        let array = of_values(values, start, rows, budget).map_err(|error| error.of(&name))?;
        if is_ordered(values) {
            self.ordered.push(self.arrays.len());
        }
        self.told.push(Column::new(
            Some(name.clone()),
            &name,
            &array,
            numpy_type(values),
            is_ordered(values),
        ));
        self.arrays.push((name, array));
        Ok(())
    }

    /// Adds the labels of the rows: those that only number the rows to the metadata, others as columns.
    fn add_index<S: AsRef<[u8]>>(
        &mut self,
        index: &Index<'_, S>,
        budget: &mut Budget,
    ) -> Result<(), TableError> {
        let name = |level: usize| match index.names.get(level).copied().flatten().map(crate::records::name) {
            Some(Ok(name)) => Some(name),
            _ => None,
        };
        if let Labels::Range { start, step, len } = index.labels {
            let stop = i128::from(start) + i128::try_from(len).unwrap_or_default() * i128::from(step);
            self.index.push(Level::Range { kind: "range", name: name(0), start, stop, step });
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
        let arrays = of_index(index, budget).map_err(|error| error.of("the index"))?;
        for (level, (array, numpy_type)) in arrays.into_iter().zip(levels).enumerate() {
            let name = name(level);
            let field = name.clone().filter(|name| self.names.insert(name.clone()));
            let field = field.unwrap_or_else(|| format!("__index_level_{level}__"));
            self.told.push(Column::new(name, &field, &array, numpy_type, false));
            self.index.push(Level::Column(field.clone()));
            self.arrays.push((field, array));
        }
        Ok(())
    }

    fn finish<S: AsRef<[u8]>>(self, columns: &Index<'_, S>, rows: usize) -> Result<RecordBatch, TableError> {
        let (pandas_type, numpy_type) = match &columns.labels {
            Labels::Range { .. } => ("int64", "int64".to_owned()),
            Labels::Values(values) => match &**values {
                Values::Numpy(grid) if matches!(grid.dtype().kind, Kind::Int) => {
                    ("int64", numpy_type(values))
                }
                _ => ("unicode", numpy_type(values)),
            },
            Labels::Levels(_) => ("unicode", "object".to_owned()),
        };
        let name = columns.names.first().copied().flatten().and_then(|name| crate::records::name(name).ok());
        let metadata = (pandas_type == "unicode").then_some(Parameters::Text { encoding: "UTF-8" });
        let labels = Column {
            name: name.clone(),
            field_name: name,
            pandas_type: pandas_type.into(),
            numpy_type,
            metadata,
        };
        let metadata = Metadata { index_columns: self.index, column_indexes: [labels], columns: self.told };
        let metadata =
            serde_json::to_string(&metadata).map_err(|error| TableError::new(error.to_string()))?;
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
            .map_err(|error| TableError::new(error.to_string()))
    }
}

fn is_ordered<S>(values: &Values<'_, S>) -> bool {
    matches!(values, Values::Categorical(categories) if categories.is_ordered)
}

/// Returns the name of the type in pandas, which Arrow's type alone does not tell.
fn numpy_type<S: AsRef<[u8]>>(values: &Values<'_, S>) -> String {
    match values {
        Values::Categorical(Categories { codes, .. }) => codes.dtype().to_string(),
        Values::Times { unit, .. } => format!("datetime64[{unit}]"),
        Values::Sparse(sparse) => sparse.values.dtype().to_string(),
        _ => values.to_string(),
    }
}
