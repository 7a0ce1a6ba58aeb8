//! Files of arrays without pickles, as the pickles that numpy would make of the same arrays.

use halfsour_convert::arrays::{pickle_of, pickle_of_archive};
use halfsour_files::{Input, Part};

use crate::args::Reading;
use crate::failure::Failure;

/// A `.npy` without a pickle, or a file of safetensors; `None` if the part is neither.
pub fn of_part(part: &Part, reading: &Reading) -> Result<Option<Part>, Failure> {
    let Some(pickle) = pickle_of(part) else { return Ok(None) };
    let pickle = pickle.map_err(|why| Failure::message(format!("{}: {why}", part.name())))?;
    made(part.name(), pickle, reading).map(Some)
}

/// All arrays of an archive of numpy, as a dict; `None` if it is none, or if an array of it cannot be read: then each
/// member is a part.
pub fn of_archive(input: &Input, reading: &Reading) -> Result<Option<Part>, Failure> {
    let name = input.source().name();
    if !input.is_npz() {
        return Ok(None);
    }
    match pickle_of_archive(input, &reading.options()) {
        Ok(arrays) if arrays.others.is_empty() && arrays.damage.is_empty() => {
            made(name, arrays.pickle, reading).map(Some)
        }
        _ => Ok(None),
    }
}

fn made(name: &str, pickle: Vec<u8>, reading: &Reading) -> Result<Part, Failure> {
    Ok(Input::from_bytes(name, pickle.into(), reading.file_limits())?.one_part()?)
}
