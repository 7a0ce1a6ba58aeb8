//! Sheets as record batches.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use halfsour_classes::pandas::{Categories, Labels, Values};
use halfsour_classes::sheet::{self, Cells, Sheet};

use crate::extension::Extension;
use crate::metadata::{Column, Level, Metadata, PANDAS};
use crate::names::{self, name_of};
use crate::values::{of_elements, of_level, of_range, of_values};
use crate::{Budget, TableError, batch, column};

/// The columns of a table, and the metadata that pandas keeps of them.
#[derive(Default)]
struct Columns {
    arrays: Vec<(String, ArrayRef)>,
    names: HashSet<String>,
    told: Vec<Column>,
    index: Vec<Level>,
    /// What the fields say of the columns with these numbers beside the type.
    said: Vec<(usize, Said)>,
    failed: Vec<TableError>,
}

/// What a field says beside the type.
enum Said {
    /// The categories have an order.
    Ordered,
    Extension(Extension),
}

/// Makes a batch of the columns that Arrow has a type for; and returns why it is not all of them.
pub(crate) fn of_sheet<S: AsRef<[u8]> + Clone>(
    sheet: &Sheet<'_, S>,
    index: Option<bool>,
    budget: &mut Budget,
) -> Result<(RecordBatch, Vec<TableError>), TableError> {
    let mut all = Columns::default();
    for column in &sheet.columns {
        let told = name_of(&column.name);
        let name = told.clone().unwrap_or_else(|| "None".to_owned());
        budget.spend(name.len())?;
        if !all.names.insert(name.clone()) {
            all.failed.push(TableError::new("two columns have this name").of(&name));
            continue;
        }
        match array(&column.cells, sheet.rows, budget) {
            Ok(array) => all.add(told, name, array, &column.cells),
            Err(error) => all.failed.push(error.of(&name)),
        }
    }
    // Rows are written also where nothing is in them.
    budget.spend(sheet.rows)?;
    if index != Some(false) {
        all.add_labels(sheet, index.is_some(), budget)?;
    }
    let failed = std::mem::take(&mut all.failed);
    let batch = match sheet {
        // What is not of pandas has no labels, as a rule.
        Sheet { header: None, labels, .. } if labels.is_empty() => batch(all.arrays, sheet.rows)?,
        // As pyarrow, which tells of the names of columns only where it tells of those of rows.
        _ if index == Some(false) => all.finish(Vec::new(), sheet.rows)?,
        _ => all.finish(names::levels(sheet), sheet.rows)?,
    };
    Ok((batch, failed))
}

fn array<S: AsRef<[u8]> + Clone>(
    cells: &Result<Cells<'_, S>, String>,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    let cells = cells.as_ref().map_err(|why| TableError::new(why.clone()))?;
    match cells {
        Cells::Values { values, start, .. } => of_values(values, *start, rows, budget),
        Cells::Level(level) => of_level(level, rows, budget),
        Cells::Range { start, step } => of_range(*start, *step, rows, budget),
        Cells::Nodes(nodes) => column::of_nodes(nodes, budget),
        Cells::Array(array) => of_elements(cells, array.dtype().number(), rows, budget),
    }
}

impl Columns {
    /// Adds a column, with its name in pandas and its name here.
    fn add<S: AsRef<[u8]>>(
        &mut self,
        told: Option<String>,
        name: String,
        array: ArrayRef,
        cells: &Result<Cells<'_, S>, String>,
    ) {
        let is_ordered =
            matches!(cells, Ok(Cells::Values { values: Values::Categorical(of), .. }) if of.is_ordered);
        if is_ordered {
            self.said.push((self.arrays.len(), Said::Ordered));
        }
        let extension = match cells {
            Ok(Cells::Values { values, .. }) => Extension::of(values, &array),
            _ => None,
        };
        let is_extension = extension.is_some();
        self.said.extend(extension.map(|extension| (self.arrays.len(), Said::Extension(extension))));
        self.told.push(Column::new(told, &name, &array, numpy_type(cells), is_ordered, is_extension));
        self.arrays.push((name, array));
    }

    /// Adds the labels of the rows: those that only number the rows to the metadata, unless they are asked for,
    /// others as columns.
    fn add_labels<S: AsRef<[u8]> + Clone>(
        &mut self,
        sheet: &Sheet<'_, S>,
        is_asked: bool,
        budget: &mut Budget,
    ) -> Result<(), TableError> {
        for (level, sheet::Column { name, cells, .. }) in sheet.labels.iter().enumerate() {
            let name = name_of(name);
            if let (Ok(Cells::Range { start, step }), false) = (cells, is_asked) {
                let stop =
                    i128::from(*start) + i128::try_from(sheet.rows).unwrap_or_default() * i128::from(*step);
                self.index.push(Level::Range { kind: "range", name, start: *start, stop, step: *step });
                continue;
            }
            let array = array(cells, sheet.rows, budget).map_err(|error| error.of("the index"))?;
            let field = name.clone().filter(|name| self.names.insert(name.clone()));
            let field = field.unwrap_or_else(|| format!("__index_level_{level}__"));
            self.index.push(Level::Column(field.clone()));
            self.add(name, field, array, cells);
        }
        Ok(())
    }

    fn finish(self, column_indexes: Vec<Column>, rows: usize) -> Result<RecordBatch, TableError> {
        let metadata = Metadata { index_columns: self.index, column_indexes, columns: self.told };
        let metadata =
            serde_json::to_string(&metadata).map_err(|error| TableError::new(error.to_string()))?;
        let batch = batch(self.arrays, rows)?;
        let mut schema = batch.schema().as_ref().clone();
        let mut fields: Vec<_> = schema.fields.iter().cloned().collect();
        for (column, said) in self.said {
            let field = fields[column].as_ref().clone();
            fields[column] = Arc::new(match said {
                Said::Ordered => field.with_dict_is_ordered(true),
                Said::Extension(extension) => field.with_metadata(extension.metadata()),
            });
        }
        schema.fields = fields.into();
        schema.metadata.insert(PANDAS.to_owned(), metadata);
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(schema.into(), batch.columns().to_vec(), &options)
            .map_err(|error| TableError::new(error.to_string()))
    }
}

/// Returns the name of the type in pandas, which Arrow's type alone does not tell.
fn numpy_type<S: AsRef<[u8]>>(cells: &Result<Cells<'_, S>, String>) -> String {
    match cells {
        Ok(Cells::Values { values, .. }) => type_of(values),
        Ok(Cells::Level(level)) => match &level.labels.labels {
            Labels::Values(values) => type_of(values),
            _ => "int64".to_owned(),
        },
        Ok(Cells::Range { .. }) => "int64".to_owned(),
        Ok(Cells::Array(array)) => array.dtype().to_string(),
        Ok(Cells::Nodes(_)) | Err(_) => "object".to_owned(),
    }
}

pub(crate) fn type_of<S: AsRef<[u8]>>(values: &Values<'_, S>) -> String {
    match values {
        Values::Categorical(Categories { codes, .. }) => codes.dtype().to_string(),
        Values::Times { unit, .. } => format!("datetime64[{unit}]"),
        Values::Sparse(sparse) => sparse.values.dtype().to_string(),
        _ => values.to_string(),
    }
}
