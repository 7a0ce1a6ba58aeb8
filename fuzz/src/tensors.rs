//! The properties of tensors in files of torch.

use std::collections::HashSet;

use halfsour_classes::torch::Layout;
use halfsour_classes::{Known, recognise};
use halfsour_files::Torch;
use halfsour_vm::Loader;

/// The number of elements of a tensor, and of objects of a file, that are visited.
const MOST: usize = 1000;

/// Checks tensors: whatever a pickle declares, a tensor has as many elements as it declares, or none can be had. The same goes
/// for a contiguous copy.
pub fn tensors(torch: &Torch) {
    let Some(Ok(graph)) = torch.pickle().load_next(&mut Loader::with_options(crate::options())) else {
        return;
    };
    let (mut open, mut seen) = (vec![graph.root()], HashSet::new());
    while let Some(node) = open.pop() {
        if !seen.insert(node.id()) || seen.len() > MOST {
            continue;
        }
        open.extend(node.children());
        let Some(Known::Tensor(tensor)) = recognise(node) else { continue };
        let (Layout::Strided(dense) | Layout::Quantised(dense, _)) = &tensor.layout else { continue };
        let Ok(contents) = torch.contents(&dense.storage) else { continue };
        let Some(dtype) = dense.dtype.or(contents.dtype) else { continue };
        let elements = dense.elements(dtype, &contents.bytes, contents.byte_order);
        let Some(elements) = elements else { continue };
        let count = dense.strided.len().expect("there are elements");
        assert_eq!(elements.take(MOST).count() as u64, count.min(MOST as u64));
        if count <= MOST as u64 {
            let copy = dense.contiguous(dtype, &contents.bytes, contents.byte_order);
            assert_eq!(copy.expect("there are elements").len() as u64, count * dtype.size() as u64);
        }
    }
}
