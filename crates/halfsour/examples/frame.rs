//! Reads a pandas frame, as a table of Arrow and as rows of a Rust type, and arrays of numpy.

use halfsour::arrow::arrow_array::RecordBatch;
use halfsour::classes::{Known, recognise};

#[derive(Debug, serde::Deserialize)]
struct Sale {
    day: jiff::civil::DateTime,
    name: Option<String>,
    sold: u32,
    price: f64,
}

fn main() -> halfsour::Result<()> {
    let graph = halfsour::load(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/frame.pkl"))?;
    let table: RecordBatch = halfsour::arrow::table(graph.root())?;
    println!("{}", table.schema());
    assert_eq!((table.num_rows(), table.column(1).null_count()), (3, 1));

    let sales: Vec<Sale> = halfsour::from_graph(&graph)?;
    println!("{sales:#?}");
    assert_eq!((sales[1].sold, sales[2].price, &sales[2].name), (4, 2.25, &None));
    assert_eq!(sales[0].day, jiff::civil::date(2024, 2, 28).at(0, 0, 0, 0));
    assert!(sales[1].price.is_nan());

    let graph = halfsour::load(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/arrays.pkl"))?;
    let Some(Known::NdArray(weights)) = recognise(graph.root().path("weights")?) else { panic!("no array") };
    // A view where the bytes lie well, else a copy; of another type of number, an error.
    let weights = weights.to_array::<f64>()?;
    assert!((weights.sum() - 15.0).abs() < f64::EPSILON);
    let swapped: Vec<f32> = halfsour::from_node(graph.root().path("swapped")?)?;
    assert_eq!(swapped, [1.0, 2.0]);
    Ok(())
}
