//! Tensors that share their elements.

use std::collections::HashMap;

use halfsour_text::name::visible;

use crate::tensors::Form;
use crate::{Tensor, Tensors};

/// Takes away the tensors that are the same as one before. Returns their names, each with the name of the first.
pub(super) fn dedup(tensors: &mut Tensors<'_>) -> Vec<(String, String)> {
    let mut kept = HashMap::new();
    let mut removed = Vec::new();
    tensors.all.retain(|tensor| {
        let form = tensor.form.as_ref().and_then(Form::torch);
        let (Some(place), Some(form)) = (tensor.place, form) else { return true };
        let key = (place, form, tensor.shape.clone(), tensor.strides.clone());
        match kept.get(&key) {
            Some(first) => {
                removed.push((tensor.name.clone(), String::clone(first)));
                false
            }
            None => {
                kept.insert(key, tensor.name.clone());
                true
            }
        }
    });
    removed
}

/// Fails if two tensors lie in the same bytes.
pub(super) fn refuse(tensors: &Tensors<'_>) -> Result<(), String> {
    let span = |tensor: &Tensor<'_>| {
        let (storage, start) = tensor.place.filter(|_| tensor.bytes != Some(0))?;
        let reach = |(length, stride): (&u64, &u64)| (length - 1).saturating_mul(*stride);
        let last = tensor.shape.iter().zip(&tensor.strides).map(reach).fold(0, u64::saturating_add);
        // All elements are of one size.
        let size = tensor.bytes? / tensor.shape.iter().product::<u64>();
        Some((storage, start, start.saturating_add(last.saturating_add(1).saturating_mul(size))))
    };
    let mut spans: Vec<_> =
        tensors.all.iter().filter_map(|tensor| Some((span(tensor)?, &tensor.name))).collect();
    spans.sort();
    // Of the tensors before, the one that reaches furthest.
    let mut before: Option<((usize, u64, u64), &String)> = None;
    for (span, name) in spans {
        if let Some((other, first)) = before
            && other.0 == span.0
        {
            if span.1 < other.2 {
                let (first, second) = (visible(first), visible(name));
                return Err(format!(
                    "{first} and {second} share elements; the option `tied` says what to do with them"
                ));
            }
            if span.2 <= other.2 {
                continue;
            }
        }
        before = Some((span, name));
    }
    Ok(())
}
