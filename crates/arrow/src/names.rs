//! Names of columns as pyarrow makes them, and what it tells pandas of them.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::Kind;
use halfsour_classes::pandas::{Cell, Index, Labels, Values};
use halfsour_classes::sheet::{Form, Name, Sheet, write_name};
use halfsour_text::repr;
use halfsour_value::Data;

use crate::cell::Zone;
use crate::metadata::{Column, Parameters};
use crate::sheet::type_of;

/// Returns a name as text: of a tuple, each part is text of its own. `None` if there is none.
pub(crate) fn name_of<S: AsRef<[u8]>>(name: &Name<'_, S>) -> Option<String> {
    let is_none = |label: &Cell<'_, S>| match label {
        Cell::Missing => true,
        Cell::Object(node) => node.is_none(),
        _ => false,
    };
    let parts = match name {
        Name::None => return None,
        Name::Label(label) if is_none(label) => return None,
        Name::Label(Cell::Object(node)) => match node.data() {
            Data::Tuple(parts) => parts,
            _ => return Some(written(name)),
        },
        name => return Some(written(name)),
    };
    let parts: Vec<_> = parts
        .map(|part| {
            let text = written(&Name::Label(Cell::Object(part)));
            if part.is_none() { "None".to_owned() } else { repr::Str(text.as_bytes()).to_string() }
        })
        .collect();
    let comma = if parts.len() == 1 { "," } else { "" };
    Some(format!("({}{comma})", parts.join(", ")))
}

fn written<S: AsRef<[u8]>>(name: &Name<'_, S>) -> String {
    let mut text = String::new();
    write_name(name, &Form::default(), &mut text);
    text
}

/// Returns what is told of the names of the columns, for each level of them.
pub(crate) fn levels<S: AsRef<[u8]>>(sheet: &Sheet<'_, S>) -> Vec<Column> {
    let told = |name: Option<String>, (pandas_type, numpy_type, metadata): Type| Column {
        field_name: name.clone(),
        name,
        pandas_type: pandas_type.into(),
        numpy_type,
        metadata,
    };
    let Some(header) = &sheet.header else {
        let is_number = |name: &Name<'_, S>| matches!(name, Name::Label(Cell::Scalar(Scalar::Int(_))));
        let is_numbered = sheet.columns.iter().all(|column| is_number(&column.name));
        return vec![told(None, if is_numbered { ints() } else { texts("object".to_owned()) })];
    };
    let name = |level: usize| {
        header.names.get(level).copied().flatten().and_then(|name| name_of(&Name::Label(Cell::Object(name))))
    };
    match &header.labels {
        Labels::Levels(levels) => {
            let types = levels.iter().map(|level| of_index(&level.labels));
            types.enumerate().map(|(number, of)| told(name(number), of)).collect()
        }
        _ => vec![told(name(0), of_index(header))],
    }
}

/// The type in pandas, that in numpy, and its parameters.
type Type = (&'static str, String, Option<Parameters>);

fn ints() -> Type {
    ("int64", "int64".to_owned(), None)
}

fn texts(numpy_type: String) -> Type {
    ("unicode", numpy_type, Some(Parameters::Text { encoding: "UTF-8" }))
}

fn of_index<S: AsRef<[u8]>>(index: &Index<'_, S>) -> Type {
    match &index.labels {
        Labels::Range { .. } => ints(),
        Labels::Levels(_) => texts("object".to_owned()),
        Labels::Values(values) => match &**values {
            Values::Numpy(grid) if matches!(grid.dtype().kind, Kind::Int) => ("int64", type_of(values), None),
            Values::Times { tz: Some((_, Some(zone))), .. } => match Zone::of(*zone) {
                Ok(zone) => ("datetimetz", type_of(values), Some(Parameters::Zone { timezone: zone.name() })),
                Err(_) => texts("object".to_owned()),
            },
            // pandas reads the names as the categories.
            Values::Categorical(of) => of_index(&of.categories),
            _ => texts(type_of(values)),
        },
    }
}
