//! Frames and series of pandas as sheets.

use std::collections::HashMap;

use halfsour_value::Node;

use super::{Budget, Cells, Column, Name, Release, Sheet, SheetError};
use crate::memory::Scalar;
use crate::pandas::{Cell, Frame, Index, Labels, Series, Values};

pub(super) fn of_frame<'g, S: AsRef<[u8]> + Clone>(
    frame: &Frame<'g, S>,
    budget: &mut Budget,
) -> Result<Sheet<'g, S>, SheetError> {
    budget.spend(frame.width().saturating_mul(size_of::<Column<'_, S>>()))?;
    let mut columns = Vec::with_capacity(frame.width());
    let mut arrays: HashMap<*const Values<'g, S>, usize> = HashMap::new();
    for number in 0..frame.width() {
        let label = frame.columns.get(number);
        let name =
            label.map(Name::Label).ok_or(SheetError::new("the names of the columns cannot be read"))?;
        let cells = match frame.column(number) {
            Err(unreadable) => Err(unreadable.reason()),
            Ok(column) => {
                let next = arrays.len();
                let block = *arrays.entry(std::ptr::from_ref(column.values)).or_insert(next);
                Ok(Cells::Values { values: column.values.clone(), start: column.start, block })
            }
        };
        columns.push(Column { name, cells });
    }
    let header = Some(frame.columns.clone());
    Ok(Sheet {
        rows: frame.len(),
        labels: labels(&frame.index),
        columns,
        header,
        release: Release::default(),
    })
}

pub(super) fn of_series<'g, S: AsRef<[u8]> + Clone>(series: &Series<'g, S>) -> Sheet<'g, S> {
    let name = Name::Label(series.name.clone().unwrap_or(Cell::Scalar(Scalar::Int(0))));
    let cells = Ok(Cells::Values { values: series.values.clone(), start: 0, block: 0 });
    Sheet {
        rows: series.index.len(),
        labels: labels(&series.index),
        columns: vec![Column { name, cells }],
        header: None,
        release: Release::default(),
    }
}

pub(super) fn of_index<'g, S: AsRef<[u8]> + Clone>(index: &Index<'g, S>) -> Sheet<'g, S> {
    let mut columns = labels(index);
    for (number, column) in columns.iter_mut().enumerate() {
        if let Name::None = column.name {
            column.name = Name::Text(number.to_string());
        }
    }
    let release = Release::default();
    Sheet { rows: index.len(), labels: Vec::new(), columns, header: None, release }
}

/// Returns a column for each level of the labels of the rows.
fn labels<'g, S: AsRef<[u8]> + Clone>(index: &Index<'g, S>) -> Vec<Column<'g, S>> {
    let name = |level: usize| match index.names.get(level).copied().flatten() {
        Some(name) => Name::Label(Cell::Object(name)),
        None => Name::None,
    };
    match &index.labels {
        Labels::Range { start, step, .. } => {
            vec![Column::new(name(0), Cells::Range { start: *start, step: *step })]
        }
        Labels::Values(values) => {
            let cells = Ok(Cells::Values { values: (**values).clone(), start: 0, block: usize::MAX });
            vec![Column { name: name(0), cells }]
        }
        Labels::Levels(levels) => levels
            .iter()
            .enumerate()
            .map(|(number, level)| Column::new(name(number), Cells::Level(level.clone())))
            .collect(),
    }
}

/// Returns the release that pickled a frame or series, which the names tell that it was pickled by.
pub(super) fn release<S: AsRef<[u8]>>(node: Node<'_, S>) -> Release {
    let is_one = |node: Node<'_, S>, module: &str, names: &[&str]| {
        let global = node.class().and_then(Node::as_global);
        global.is_some_and(|global| names.iter().any(|name| global.is(module, name)))
    };
    if is_one(node, "pandas", &["DataFrame", "Series"]) {
        return Release::Three;
    }
    let Some(manager) = node.attr("_mgr") else { return Release::Before11 };
    let block = manager.as_instance().and_then(|manager| manager.args().at(0)?.at(0));
    match block {
        Some(block) if is_one(block, "pandas._libs.internals", &["_unpickle_block"]) => Release::Two,
        _ => Release::One,
    }
}
