//! Parts of data that are no objects of their own, and tables of pandas: an array for each column.

use std::collections::HashMap;

use halfsour_classes::Known;
use halfsour_classes::numpy::Kind;
use halfsour_classes::pandas::{Cell, Grid, Labels, Values};
use halfsour_classes::sheet::{Form, Name, write_name};
use halfsour_files::Torch;
use halfsour_value::Node;
use halfsour_value::path::{Literal, Subscript};

use super::{Tensor, Tensors, walk};

impl<'g> Tensors<'g> {
    /// Returns the tensors of a known object that need not be one of the graph: a part of an array or of a table.
    pub(crate) fn of_known(
        known: &Known<'g, &'g [u8]>,
        root: Node<'g, &'g [u8]>,
        most: usize,
    ) -> Result<Self, String> {
        let mut tensors = Self { all: Vec::new(), storages: Vec::new(), by_key: HashMap::new(), left: most };
        match known {
            Known::NdArray(array) => tensors.array("array".to_owned(), root, array)?,
            Known::NumpyScalar(scalar) => tensors.array("array".to_owned(), root, scalar.as_array())?,
            known => drop(tensors.table(&String::new, root, known)?),
        }
        Ok(tensors)
    }

    /// Returns the tensors in some members of a list, whose names begin with their numbers among these.
    pub(crate) fn of_members(
        members: &[Node<'g, &'g [u8]>],
        torch: Option<&Torch>,
        most: usize,
    ) -> Result<Self, String> {
        let mut tensors = Self { all: Vec::new(), storages: Vec::new(), by_key: HashMap::new(), left: most };
        for (number, member) in members.iter().enumerate() {
            let named =
                |name: String| if name.is_empty() { number.to_string() } else { format!("{number}.{name}") };
            walk(*member, |node, name| tensors.add(node, &|| named(name()), torch))?;
        }
        Ok(tensors)
    }

    /// Adds the columns of a frame, or the values of a series, an index or an array of pandas, which need be no
    /// object of its own; `of` is any object of its graph. Labels of rows are not among them. Returns false if it is
    /// none of these.
    pub(super) fn table<S: AsRef<[u8]> + Clone>(
        &mut self,
        name: &dyn Fn() -> String,
        of: Node<'g, S>,
        known: &Known<'g, S>,
    ) -> Result<bool, String> {
        let named =
            |own: &str| Some(name()).filter(|name| !name.is_empty()).unwrap_or_else(|| own.to_owned());
        match known {
            Known::DataFrame(frame) => {
                let within = name();
                for number in 0..frame.width() {
                    let label = frame.columns.get(number).map_or_else(|| number.to_string(), written);
                    let name = if within.is_empty() { label } else { format!("{within}.{label}") };
                    match (frame.column(number), frame.series(number)) {
                        (_, Some(series)) => self.column(name, of, &series.values)?,
                        (Ok(column), None) => {
                            self.lacking(
                                name,
                                column.len,
                                column.values.to_string(),
                                "rows of it cannot be taken out",
                            )?;
                        }
                        (Err(why), None) => {
                            self.lacking(name, frame.len(), "?".to_owned(), &why.reason())?;
                        }
                    }
                }
            }
            Known::Series(series) => {
                let label =
                    if series.is_named() { written(series.name.clone()) } else { "values".to_owned() };
                self.column(named(&label), of, &series.values)?;
            }
            Known::PandasIndex(index) => match &index.labels {
                Labels::Values(values) => self.column(named("values"), of, values)?,
                Labels::Levels(_) => {
                    self.lacking(
                        named("values"),
                        index.len(),
                        "tuple".to_owned(),
                        "labels of several levels",
                    )?;
                }
                // Nothing in it is an array.
                Labels::Range { .. } => {}
            },
            Known::PandasArray(values) => self.column(named("values"), of, values)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Adds values that numpy has, or notes that it has them not.
    fn column<S: AsRef<[u8]> + Clone>(
        &mut self,
        name: String,
        of: Node<'g, S>,
        values: &Values<'g, S>,
    ) -> Result<(), String> {
        let has_times =
            |grid: &Grid<'g, S>| matches!(grid.dtype().kind, Kind::DateTime(_) | Kind::TimeDelta(_));
        match values {
            Values::Numpy(grid) => self.grid(name, of, grid),
            Values::Times { ticks, tz: None, .. } | Values::Deltas { ticks, .. } if has_times(ticks) => {
                self.grid(name, of, ticks)
            }
            values => {
                let dtype = values.to_string();
                let why = format!("numpy has no type {dtype}");
                self.lacking(name, values.len(), dtype, &why)
            }
        }
    }

    fn grid<S: AsRef<[u8]> + Clone>(
        &mut self,
        name: String,
        of: Node<'g, S>,
        grid: &Grid<'g, S>,
    ) -> Result<(), String> {
        // The only column of a block is a row of it.
        let row = match grid.array.shape[..] {
            [1, _] => grid.array.part(&[Subscript::Literal(Literal::Int(0))]),
            _ => None,
        };
        self.array(name, of, row.as_ref().unwrap_or(&grid.array))
    }

    /// Adds a column that is no array of numpy.
    fn lacking(&mut self, name: String, rows: usize, dtype: String, why: &str) -> Result<(), String> {
        self.push(Tensor {
            name,
            dtype: dtype.into(),
            shape: vec![rows as u64],
            strides: vec![1],
            bytes: None,
            place: None,
            notes: vec![why.to_owned().into()],
            is_part: false,
            form: None,
        })
    }
}

/// Returns a label as text.
fn written<S: AsRef<[u8]>>(label: Cell<'_, S>) -> String {
    let mut text = String::new();
    write_name(&Name::Label(label), &Form::default(), &mut text);
    text
}
