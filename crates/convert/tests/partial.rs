//! Frames with a column of a class that is not known: each format has all other columns right, and names that one.

use halfsour_classes::ClassBuilder;
use halfsour_classes::numpy::DType;
use halfsour_convert::{Options, convert};
use halfsour_files::{Input, Limits};
use halfsour_value::{Builder, Id};
use halfsour_writer::{self as writer, to_vec};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// A column of a frame, of which all have as many rows.
#[derive(Clone, Debug)]
enum Column {
    Ints(Vec<i64>),
    Bytes(Vec<u8>),
    /// Quarters, which CSV and JSON show exactly.
    Floats(Vec<i32>),
    Bools(Vec<bool>),
    Texts(Vec<Option<String>>),
    Lists(Vec<Vec<i64>>),
    /// Days since 1970.
    Days(Vec<Option<i16>>),
}

/// A way to be of a class that is not known.
#[derive(Clone, Copy, Debug)]
enum Unknown {
    /// The array is an object of the class.
    Array,
    /// The array is what a function returns.
    Made,
    /// The cells are objects of the class.
    Cells,
}

fn column(rows: usize) -> impl Strategy<Value = Column> {
    prop_oneof![
        vec(any::<i64>(), rows).prop_map(Column::Ints),
        vec(any::<u8>(), rows).prop_map(Column::Bytes),
        vec(any::<i32>(), rows).prop_map(Column::Floats),
        vec(any::<bool>(), rows).prop_map(Column::Bools),
        vec(option::of("[a-z,\"\n é]{0,5}"), rows).prop_map(Column::Texts),
        vec(vec(any::<i64>(), 0..3), rows).prop_map(Column::Lists),
        vec(option::of(any::<i16>()), rows).prop_map(Column::Days),
    ]
}

/// Returns the JSON of a cell.
fn cell(column: &Column, row: usize) -> Value {
    match column {
        Column::Ints(cells) => cells[row].into(),
        Column::Bytes(cells) => cells[row].into(),
        Column::Floats(cells) => (f64::from(cells[row]) / 4.0).into(),
        Column::Bools(cells) => cells[row].into(),
        Column::Texts(cells) => cells[row].clone().into(),
        Column::Lists(cells) => cells[row].clone().into(),
        Column::Days(cells) => cells[row].map_or(Value::Null, |days| {
            let day = jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(days));
            format!("{day}T00:00:00").into()
        }),
    }
}

/// Makes a frame as pandas 2 pickles it. The labels of its rows are texts, or the numbers of the rows.
struct Frame<'b> {
    builder: &'b mut Builder,
    rows: usize,
}

impl Frame<'_> {
    fn array(&mut self, dtype: &DType, shape: &[usize], data: Id) -> Id {
        let mut classes = ClassBuilder::new(self.builder);
        let dtype = classes.dtype(dtype).unwrap();
        classes.nd_array(dtype, shape, false, data).unwrap()
    }

    fn numbers(&mut self, dtype: &str, bytes: impl IntoIterator<Item = u8>) -> Id {
        let bytes = self.builder.bytes(&bytes.into_iter().collect::<Vec<_>>());
        self.array(&DType::parse(dtype).unwrap(), &[1, self.rows], bytes)
    }

    fn objects(&mut self, shape: &[usize], objects: &[Id]) -> Id {
        let objects = self.builder.list(objects);
        self.array(&DType::parse("|O").unwrap(), shape, objects)
    }

    fn values(&mut self, column: &Column) -> Id {
        let shape = [1, self.rows];
        match column {
            Column::Ints(cells) => self.numbers("<i8", cells.iter().flat_map(|cell| cell.to_le_bytes())),
            Column::Bytes(cells) => self.numbers("|u1", cells.iter().copied()),
            Column::Floats(cells) => {
                self.numbers("<f8", cells.iter().flat_map(|cell| (f64::from(*cell) / 4.0).to_le_bytes()))
            }
            Column::Bools(cells) => self.numbers("|b1", cells.iter().map(|cell| u8::from(*cell))),
            Column::Texts(cells) => {
                let text = |cell: &Option<String>| match cell {
                    Some(text) => self.builder.str(text),
                    None => self.builder.none(),
                };
                let objects: Vec<_> = cells.iter().map(text).collect();
                self.objects(&shape, &objects)
            }
            Column::Lists(cells) => {
                let list = |cell: &Vec<i64>| {
                    let items: Vec<_> = cell.iter().map(|item| self.builder.int(*item)).collect();
                    self.builder.list(&items)
                };
                let objects: Vec<_> = cells.iter().map(list).collect();
                self.objects(&shape, &objects)
            }
            Column::Days(cells) => {
                let ticks =
                    |cell: &Option<i16>| cell.map_or(i64::MIN, |days| i64::from(days) * 86_400_000_000_000);
                self.numbers("<M8[ns]", cells.iter().flat_map(|cell| ticks(cell).to_le_bytes()))
            }
        }
    }

    fn call(&mut self, module: &str, name: &str, args: &[Id]) -> Id {
        let (callable, args) = (self.builder.global(module, name), self.builder.tuple(args));
        self.builder.call(callable, args)
    }

    fn block(&mut self, values: Id, place: usize) -> Id {
        let place = i64::try_from(place).unwrap();
        let [from, to, step, dimensions] = [place, place + 1, 1, 2].map(|int| self.builder.int(int));
        let places = self.call("builtins", "slice", &[from, to, step]);
        self.call("pandas._libs.internals", "_unpickle_block", &[values, places, dimensions])
    }

    fn unknown(&mut self, of: Unknown, place: usize) -> Id {
        let thing = |builder: &mut Builder| {
            let args = builder.tuple(&[]);
            let one = builder.int(1);
            builder.instance("shop", "Array").args(args).attr("it", one).finish()
        };
        match of {
            Unknown::Array => {
                let values = thing(self.builder);
                self.block(values, place)
            }
            Unknown::Made => {
                let values = self.call("shop", "Array", &[]);
                self.block(values, place)
            }
            Unknown::Cells => {
                let things: Vec<_> = (0..self.rows).map(|_| thing(self.builder)).collect();
                let values = self.objects(&[1, self.rows], &things);
                self.block(values, place)
            }
        }
    }

    fn index(&mut self, labels: &[String]) -> Id {
        let texts: Vec<_> = labels.iter().map(|label| self.builder.str(label)).collect();
        let data = self.objects(&[labels.len()], &texts);
        let (none, keys) = (self.builder.none(), ["data", "name"].map(|key| self.builder.str(key)));
        let state = self.builder.dict(&[(keys[0], data), (keys[1], none)]).unwrap();
        let class = self.builder.global("pandas.core.indexes.base", "Index");
        self.call("pandas.core.indexes.base", "_new_Index", &[class, state])
    }

    fn range(&mut self) -> Id {
        let stop = i64::try_from(self.rows).unwrap();
        let none = self.builder.none();
        let values = [none, self.builder.int(0), self.builder.int(stop), self.builder.int(1)];
        let keys = ["name", "start", "stop", "step"].map(|key| self.builder.str(key));
        let state = self.builder.dict(&std::array::from_fn::<_, 4, _>(|at| (keys[at], values[at]))).unwrap();
        let class = self.builder.global("pandas.core.indexes.range", "RangeIndex");
        self.call("pandas.core.indexes.base", "_new_Index", &[class, state])
    }

    /// Returns the frame, with its blocks and the names of their columns.
    fn finish(&mut self, blocks: &[Id], names: &[String], has_labels: bool) -> Id {
        let columns = self.index(names);
        let rows: Vec<_> = (0..self.rows).map(|row| format!("r{row}")).collect();
        let rows = if has_labels { self.index(&rows) } else { self.range() };
        let (blocks, axes) = (self.builder.tuple(blocks), self.builder.list(&[columns, rows]));
        let manager = self.call("pandas.core.internals.managers", "BlockManager", &[blocks, axes]);
        let args = self.builder.tuple(&[]);
        self.builder.instance("pandas.core.frame", "DataFrame").args(args).attr("_mgr", manager).finish()
    }
}

/// Pickles a frame, with the unknown column before the column of this number.
fn pickle(rows: usize, columns: &[Column], unknown: Option<(Unknown, usize)>, has_labels: bool) -> Vec<u8> {
    let mut builder = Builder::new();
    let mut frame = Frame { builder: &mut builder, rows };
    let (mut blocks, mut names) = (Vec::new(), Vec::new());
    for number in 0..=columns.len() {
        if let Some((of, at)) = unknown
            && at == number
        {
            blocks.push(frame.unknown(of, blocks.len()));
            names.push("unknown".to_owned());
        }
        if let Some(column) = columns.get(number) {
            let values = frame.values(column);
            blocks.push(frame.block(values, blocks.len()));
            names.push(format!("c{number}"));
        }
    }
    let root = frame.finish(&blocks, &names, has_labels);
    let options = writer::Options::default().with_protocol(4);
    to_vec(builder.build(root).root(), &options).unwrap()
}

/// Converts a pickle. Returns the file and the report, or the error.
fn converted(pickle: &[u8], format: &str, is_partial: bool) -> Result<(Vec<u8>, String), String> {
    let input = Input::from_bytes("a file", pickle.to_vec().into(), Limits::UNTRUSTED).unwrap();
    let part = input.parts().unwrap().next().unwrap().unwrap();
    let options = Options::default().with_partial(is_partial);
    let mut out = Vec::new();
    let result = convert(&part, format.parse().unwrap(), &options, &mut out);
    result.map(|report| (out, report.to_string())).map_err(|error| error.to_string())
}

/// Returns the rows that JSON should have.
fn records_of(rows: usize, columns: &[Column], has_labels: bool) -> Vec<Value> {
    let row = |row: usize| {
        let label = has_labels.then(|| ("index".to_owned(), format!("r{row}").into()));
        let cells = columns.iter().enumerate();
        Value::Object(
            label
                .into_iter()
                .chain(cells.map(|(at, column)| (format!("c{at}"), cell(column, row))))
                .collect(),
        )
    };
    (0..rows).map(row).collect()
}

fn any_frame() -> impl Strategy<Value = (usize, Vec<Column>)> {
    (0..5_usize).prop_flat_map(|rows| (Just(rows), vec(column(rows), 0..5)))
}

fn any_unknown() -> impl Strategy<Value = Unknown> {
    prop_oneof![Just(Unknown::Array), Just(Unknown::Made), Just(Unknown::Cells)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn all_other_columns_are_right(
        (rows, columns) in any_frame(), unknown in any_unknown(), at in any::<Index>(), has_labels: bool,
    ) {
        let whole = pickle(rows, &columns, None, has_labels);
        let lines = String::from_utf8(converted(&whole, "ndjson", false).unwrap().0).unwrap();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(&lines, &records_of(rows, &columns, has_labels));

        let with = pickle(rows, &columns, Some((unknown, at.index(columns.len() + 1))), has_labels);
        // Without rows there is no object.
        if matches!(unknown, Unknown::Cells) && rows == 0 {
            return Ok(());
        }
        for format in ["csv", "ndjson", "parquet", "arrow"] {
            let why = converted(&with, format, false).unwrap_err();
            prop_assert!(why.contains("unknown: ") && why.contains("shop.Array"), "{}: {}", format, why);
            let (file, report) = converted(&with, format, true).unwrap();
            prop_assert!(report.starts_with("unknown: ") && report.contains("shop.Array"), "{}: {}", format, report);
            prop_assert_eq!(report.lines().count(), 1);
            prop_assert!(file == converted(&whole, format, false).unwrap().0, "{}", format);
        }
        // A document has all there is of an object, with its class.
        let document: Value = serde_json::from_slice(&converted(&with, "json", false).unwrap().0).unwrap();
        if matches!(unknown, Unknown::Cells) {
            let mut records = document.as_array().unwrap().clone();
            for record in &mut records {
                let object = record.as_object_mut().unwrap().remove("unknown").unwrap();
                prop_assert_eq!(&object["@class"], "shop.Array");
            }
            prop_assert_eq!(records, records_of(rows, &columns, has_labels));
        } else {
            prop_assert_eq!(&document["@unreadable"], &json!({"unknown": "shop.Array is not known here"}));
            let members = document["columns"].as_object().unwrap();
            for (number, column) in columns.iter().enumerate() {
                let cells: Vec<_> = (0..rows).map(|row| cell(column, row)).collect();
                prop_assert_eq!(&members[&format!("c{number}")], &Value::from(cells));
            }
        }
    }
}
