//! The properties of tables.

use std::io::Cursor;

use arrow_array::Array;
use arrow_ipc::reader::FileReader;
use halfsour_arrow::{table_with, write_ipc};

/// The bytes that a table may take.
const ROOM: usize = 1 << 20;
/// The number of objects of a graph that are taken for tables.
const MOST: usize = 50;

/// Checks tables: whatever object a table is made of, Arrow finds each column valid, and reads from a file the table that was
/// written.
pub fn arrow(input: &[u8]) {
    let Ok(graph) = crate::load(input) else { return };
    let mut left = MOST;
    crate::visit(&graph, |node| {
        if left == 0 {
            return;
        }
        left -= 1;
        let Ok(batch) = table_with(node, ROOM) else { return };
        for column in batch.columns() {
            assert_eq!(column.len(), batch.num_rows());
            column.to_data().validate_full().expect("the column is valid");
        }
        let mut file = Cursor::new(Vec::new());
        write_ipc(&batch, &mut file).expect("memory takes everything");
        file.set_position(0);
        let read: Vec<_> = FileReader::try_new(file, None).expect("the file is one").collect();
        let [Ok(read)] = read.as_slice() else { panic!("{read:?} is not one batch") };
        assert_eq!(read, &batch);
    });
}
