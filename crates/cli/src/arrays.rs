//! Files of arrays without pickles, as the pickles that numpy would make of the same arrays.

use halfsour_convert::arrays::{pickle_of, pickle_of_archive};
use halfsour_files::{Input, Limits, Part};

use crate::failure::Failure;

/// A `.npy` without a pickle, or a file of safetensors; `None` if the part is neither.
pub fn of_part(part: &Part) -> Result<Option<Part>, Failure> {
    let Some(pickle) = pickle_of(part) else { return Ok(None) };
    made(part.name(), pickle.map_err(|why| Failure::message(format!("{}: {why}", part.name())))?).map(Some)
}

/// All arrays of an archive of numpy, as a dict; `None` if it is none, or has arrays of objects, which are pickles of their own, or such as cannot be
/// read: then each member is a part.
pub fn of_archive(input: &Input) -> Result<Option<Part>, Failure> {
    let name = input.source().name();
    if !input.is_npz() {
        return Ok(None);
    }
    match pickle_of_archive(input) {
        Ok(arrays) if arrays.others.is_empty() && arrays.damage.is_empty() => {
            made(name, arrays.pickle).map(Some)
        }
        _ => Ok(None),
    }
}

fn made(name: &str, pickle: Vec<u8>) -> Result<Part, Failure> {
    Ok(Input::from_bytes(name, pickle.into(), Limits::UNTRUSTED)?.one_part()?)
}
