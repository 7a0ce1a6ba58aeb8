//! Sheets as record batches.

use std::collections::HashSet;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use halfsour_classes::numpy::Kind;
use halfsour_classes::pandas::{Categories, Cell, Index, Labels, Values};
use halfsour_classes::sheet::{self, Cells, Form, Name, Sheet, write_name};

use crate::metadata::{Column, Level, Metadata, Parameters};
use crate::values::{of_elements, of_level, of_range, of_values};
use crate::{Budget, TableError, batch, column};

/// The columns of a table, and the metadata that pandas keeps of them.
#[derive(Default)]
struct Columns {
    arrays: Vec<(String, ArrayRef)>,
    names: HashSet<String>,
    told: Vec<Column>,
    index: Vec<Level>,
    /// The numbers of the columns whose categories have an order.
    ordered: Vec<usize>,
    failed: Vec<TableError>,
}

/// Makes a batch of the columns that Arrow has a type for; and returns why it is not all of them.
pub(crate) fn of_sheet<S: AsRef<[u8]> + Clone>(
    sheet: &Sheet<'_, S>,
    index: Option<bool>,
    budget: &mut Budget,
) -> Result<(RecordBatch, Vec<TableError>), TableError> {
    let mut all = Columns::default();
    for column in &sheet.columns {
        let mut name = String::new();
        match column.name {
            Name::None => name.push_str("None"),
            Name::Label(Cell::Object(label)) if label.is_none() => name.push_str("None"),
            ref label => write_name(label, &Form::default(), &mut name),
        }
        budget.spend(name.len())?;
        if !all.names.insert(name.clone()) {
            all.failed.push(TableError::new("two columns have this name").of(&name));
            continue;
        }
        match array(&column.cells, sheet.rows, budget) {
            Ok(array) => all.add(name, array, &column.cells),
            Err(error) => all.failed.push(error.of(&name)),
        }
    }
    // Rows are written also where nothing is in them.
    budget.spend(sheet.rows)?;
    if index != Some(false) {
        all.add_labels(sheet, index.is_some(), budget)?;
    }
    let failed = std::mem::take(&mut all.failed);
    let batch = match &sheet.header {
        Some(header) => all.finish(header, sheet.rows)?,
        None => batch(all.arrays, sheet.rows)?,
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
    fn add<S: AsRef<[u8]>>(&mut self, name: String, array: ArrayRef, cells: &Result<Cells<'_, S>, String>) {
        let is_ordered =
            matches!(cells, Ok(Cells::Values { values: Values::Categorical(of), .. }) if of.is_ordered);
        if is_ordered {
            self.ordered.push(self.arrays.len());
        }
        self.told.push(Column::new(Some(name.clone()), &name, &array, numpy_type(cells), is_ordered));
        self.arrays.push((name, array));
    }

    /// Adds the labels of the rows: those that only number the rows to the metadata, unless they are asked for, others as columns.
    fn add_labels<S: AsRef<[u8]> + Clone>(
        &mut self,
        sheet: &Sheet<'_, S>,
        is_asked: bool,
        budget: &mut Budget,
    ) -> Result<(), TableError> {
        for (level, sheet::Column { name, cells, .. }) in sheet.labels.iter().enumerate() {
            let name = match name {
                Name::None => None,
                name => {
                    let mut text = String::new();
                    write_name(name, &Form::default(), &mut text);
                    Some(text)
                }
            };
            if let (Ok(Cells::Range { start, step }), false) = (cells, is_asked) {
                let stop =
                    i128::from(*start) + i128::try_from(sheet.rows).unwrap_or_default() * i128::from(*step);
                self.index.push(Level::Range { kind: "range", name, start: *start, stop, step: *step });
                continue;
            }
            let array = array(cells, sheet.rows, budget).map_err(|error| error.of("the index"))?;
            let field = name.clone().filter(|name| self.names.insert(name.clone()));
            let field = field.unwrap_or_else(|| format!("__index_level_{level}__"));
            self.told.push(Column::new(name, &field, &array, numpy_type(cells), false));
            self.index.push(Level::Column(field.clone()));
            self.arrays.push((field, array));
        }
        Ok(())
    }
    fn finish<S: AsRef<[u8]>>(self, columns: &Index<'_, S>, rows: usize) -> Result<RecordBatch, TableError> {
        let (pandas_type, numpy_type) = match &columns.labels {
            Labels::Range { .. } => ("int64", "int64".to_owned()),
            Labels::Values(values) => match &**values {
                Values::Numpy(grid) if matches!(grid.dtype().kind, Kind::Int) => ("int64", type_of(values)),
                _ => ("unicode", type_of(values)),
            },
            Labels::Levels(_) => ("unicode", "object".to_owned()),
        };
        let name = columns.names.first().copied().flatten().map(|name| {
            let mut text = String::new();
            write_name(&Name::Label(Cell::Object(name)), &Form::default(), &mut text);
            text
        });
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

fn type_of<S: AsRef<[u8]>>(values: &Values<'_, S>) -> String {
    match values {
        Values::Categorical(Categories { codes, .. }) => codes.dtype().to_string(),
        Values::Times { unit, .. } => format!("datetime64[{unit}]"),
        Values::Sparse(sparse) => sparse.values.dtype().to_string(),
        _ => values.to_string(),
    }
}
