//! [`TensorList`]: the facts about tensors, without their elements.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use halfsour_inspect::{Role, Spans};
use halfsour_text::name::visible;
use halfsour_text::phrase::{count, plural, shape};
use serde::{Serialize, Serializer};

use super::{Tensor, Tensors};

/// The tensors of a pickle or another file, as `halfsour tensors` lists them.
///
/// `Display` gives a table with a line for each tensor; serde, an array of [rows](Row).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TensorList {
    /// The tensors in the order of the data.
    pub tensors: Vec<Row>,
    /// How many storages they lie in.
    pub storages: usize,
    /// The bytes of all storages whose length is known.
    pub stored: usize,
}

/// The facts about a tensor.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// The keys, attributes and indices that lead to the tensor, with dots between them.
    pub name: String,
    /// The type of the elements.
    pub dtype: Cow<'static, str>,
    /// The length of each dimension.
    pub shape: Vec<u64>,
    /// The distance of neighbours in each dimension, in elements.
    pub strides: Vec<u64>,
    /// The bytes that the elements take side by side, if that is a number of 64 bits.
    pub bytes: Option<u64>,
    /// The name of the storage.
    pub storage: Option<String>,
    /// The length of the storage in bytes.
    pub storage_bytes: Option<usize>,
    /// The offset of the first element in the storage, in bytes.
    pub offset: Option<u64>,
    /// The offset of the first element in the file, with compression taken off, in bytes; `None` if the storage is
    /// not in the file as it is.
    pub file_offset: Option<u64>,
    /// The name of the first tensor in the same storage, if that is another.
    pub shares_with: Option<String>,
    /// Remarks.
    pub notes: Vec<Cow<'static, str>>,
}

impl Tensors<'_> {
    /// Returns the facts about these tensors.
    pub fn list(&self) -> TensorList {
        let mut firsts: HashMap<usize, &str> = HashMap::new();
        let row = |tensor: &Tensor<'_>, first: Option<&str>| {
            let storage = tensor.place.map(|(index, _)| &self.storages[index]);
            let offset = tensor.place.map(|(_, offset)| offset);
            Row {
                name: tensor.name.clone(),
                dtype: tensor.dtype.clone(),
                shape: tensor.shape.clone(),
                strides: tensor.strides.clone(),
                bytes: tensor.bytes,
                storage: storage.map(|storage| storage.name.clone()),
                storage_bytes: storage.and_then(|storage| storage.length),
                offset,
                file_offset: storage.and_then(|storage| offset?.checked_add(storage.start? as u64)),
                shares_with: first.map(str::to_owned),
                notes: tensor.notes.clone(),
            }
        };
        let mut tensors = Vec::with_capacity(self.all.len());
        for tensor in &self.all {
            let first = tensor.place.filter(|_| self.may_share()).and_then(|(index, _)| {
                let first = *firsts.entry(index).or_insert(&tensor.name);
                (!std::ptr::eq(first, tensor.name.as_str())).then_some(first)
            });
            tensors.push(row(tensor, first));
        }
        TensorList { tensors, storages: self.storages.len(), stored: self.stored() }
    }
}

impl Serialize for TensorList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.tensors.serialize(serializer)
    }
}

/// What is longer, as names of tensors deep in objects are, makes no column wider.
const WIDEST: usize = 60;

const HEAD: [&str; 7] = ["name", "dtype", "shape", "strides", "bytes", "storage", "offset"];

impl TensorList {
    /// Returns the lines of the table. The columns of all lines are below each other, save where a name is long;
    /// remarks follow the last one.
    pub fn lines(&self) -> Vec<Spans> {
        let rows: Vec<_> = self.tensors.iter().map(Row::cells).collect();
        let mut widths = HEAD.map(str::len);
        for cells in &rows {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.chars().count().min(WIDEST));
            }
        }
        let aligned = |cells: [&str; 7]| {
            let mut line = String::new();
            for (column, (cell, width)) in cells.into_iter().zip(widths).enumerate() {
                let blanks = " ".repeat(width.saturating_sub(cell.chars().count()));
                let is_number = matches!(HEAD[column], "bytes" | "offset");
                let (first, second) = if is_number { (&*blanks, cell) } else { (cell, &*blanks) };
                line.extend([first, second, "  "]);
            }
            line
        };
        let mut lines = Vec::with_capacity(rows.len() + 2);
        if !rows.is_empty() {
            lines.push(Spans::new(Role::Heading, aligned(HEAD).trim_end()));
        }
        for (row, cells) in self.tensors.iter().zip(&rows) {
            let text = aligned(cells.each_ref().map(String::as_str));
            let remarks = row.remarks();
            let mut line = Spans::new(Role::Plain, if remarks.is_empty() { text.trim_end() } else { &text });
            line.push(Role::Dim, &remarks);
            lines.push(line);
        }
        let [tensors, storages, bytes] = [
            plural(self.tensors.len(), "tensor"),
            plural(self.storages, "storage"),
            plural(self.stored, "byte"),
        ];
        lines.push(Spans::new(Role::Plain, &format!("{tensors}, in {storages} of {bytes}")));
        lines
    }
}

impl Row {
    /// Returns the text of each column.
    fn cells(&self) -> [String; 7] {
        let number = |number: Option<u64>| number.map_or("?".to_owned(), count);
        let storage = self.storage.as_deref();
        [
            visible(&self.name).into_owned(),
            self.dtype.to_string(),
            shape(&self.shape),
            shape(&self.strides),
            number(self.bytes),
            storage.map_or("-".to_owned(), |storage| visible(storage).into_owned()),
            storage.map_or("-".to_owned(), |_| number(self.offset)),
        ]
    }

    /// Returns the notes, and the tensor with which this one shares its storage, as one text.
    fn remarks(&self) -> String {
        let mut notes: Vec<_> = self.notes.iter().map(|note| visible(note).into_owned()).collect();
        if let Some(first) = &self.shares_with {
            notes.push(format!("shares the storage of {}", visible(first)));
        }
        notes.join("; ")
    }
}

impl fmt::Display for TensorList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
