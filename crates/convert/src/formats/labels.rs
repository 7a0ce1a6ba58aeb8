//! Labels of rows, which files of arrays do not hold.

use halfsour_classes::Known;
use halfsour_classes::pandas::Labels;

use crate::ConvertError;
use crate::convert::{Out, Subject};

/// Fails if the labels of rows are asked for, and notes if they are left out and do more than number the rows.
pub(super) fn leave_out(
    data: &Subject<'_>,
    index: Option<bool>,
    out: &mut Out<'_>,
) -> Result<(), ConvertError> {
    let labels = match data.place.known() {
        Some(Known::DataFrame(frame)) => frame.index.labels,
        Some(Known::Series(series)) => series.index.labels,
        _ => return Ok(()),
    };
    if index == Some(true) {
        return Err("files of arrays do not hold the labels of rows; csv, parquet and arrow do".into());
    }
    if index.is_none() && !matches!(labels, Labels::Range { .. }) {
        out.note("the labels of rows are left out; csv, parquet and arrow hold them".to_owned());
    }
    Ok(())
}
