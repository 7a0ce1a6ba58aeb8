//! Arrays of which only the name of a file is there.

use halfsour_text::name::visible;

use super::{Tensor, Tensors};
use crate::ConvertError;

impl Tensors<'_> {
    /// Adds an array that is in another file, which is not there.
    pub(super) fn missing(&mut self, name: String, file: &str) -> Result<(), String> {
        self.push(Tensor {
            name: if name.is_empty() { "array".to_owned() } else { name },
            dtype: "?".into(),
            shape: Vec::new(),
            strides: Vec::new(),
            bytes: None,
            place: None,
            notes: vec![format!("in the file {}, which is missing or cannot be read", visible(file)).into()],
            is_part: false,
            form: None,
        })
    }

    /// Fails if arrays are in other files, which are not there.
    pub(super) fn check(&self) -> Result<(), ConvertError> {
        let missing = |tensor: &&Tensor<'_>| tensor.place.is_none() && tensor.dtype == "?";
        match self.all.iter().find(missing) {
            Some(tensor) => Err(format!("{}: {}", visible(&tensor.name), tensor.note()).into()),
            None => Ok(()),
        }
    }
}
