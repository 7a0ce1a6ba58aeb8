//! [`Storage`]: the bytes of tensors, by name.

use halfsour_value::{Data, Node};

use super::dtype::DType;
use crate::args::{bytes, text};
use crate::call::Call;
use crate::names::Class;

/// A storage that a pickle refers to: the bytes in which the elements of tensors lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Storage<'g> {
    /// The type of its elements; `None` if it has none or is [`Place::Embedded`]: then the tensor, or the embedded file, has it.
    pub dtype: Option<DType>,
    /// The place.
    pub place: Place<'g>,
}

/// The place of a [`Storage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'g> {
    /// Beside the pickle, under this key. Two that have one key are one storage.
    Beside {
        /// Names it in the file.
        key: &'g str,
        /// The device that it was on: `cpu`, `cuda:0`.
        location: &'g str,
        /// The size in bytes, as the pickle says.
        length: u64,
    },
    /// In the pickle, as a whole torch file of the kind from before 1.6, in which it is all that was saved: what
    /// `pickle.dumps` makes of a tensor.
    Embedded(&'g [u8]),
}

impl<'g> Storage<'g> {
    /// Reads a persistent id of torch, or a call of `torch.storage._load_from_bytes`.
    pub fn of<S: AsRef<[u8]>>(node: Node<'g, S>) -> Option<Self> {
        match node.data() {
            Data::PersistentId(id) => Self::beside(id),
            Data::Instance(_) => Self::embedded(&Call::of_class(node, Class::TorchEmbedded)?),
            _ => None,
        }
    }

    /// `('storage', class, key, location, count[, view])`; there has been no view since 0.4.
    fn beside<S: AsRef<[u8]>>(id: Node<'g, S>) -> Option<Self> {
        let Data::Tuple(mut parts) = id.data() else { return None };
        let is_whole = parts.len() == 5 || parts.len() == 6 && parts.get(5)?.is_none();
        if !is_whole || text(parts.next()?)? != "storage" {
            return None;
        }
        let class = parts.next()?.as_global()?;
        let class = match text(class.module)? {
            "torch" | "torch.storage" => text(class.name)?,
            _ => return None,
        };
        // Without a type, it counts bytes.
        let dtype = match class {
            "UntypedStorage" | "_UntypedStorage" => None,
            _ => Some(DType::of_storage(class)?),
        };
        let (key, location) = (text(parts.next()?)?, text(parts.next()?)?);
        let count = u64::try_from(parts.next()?.as_i64()?).ok()?;
        let length = count.checked_mul(dtype.map_or(1, DType::size) as u64)?;
        Some(Self { dtype, place: Place::Beside { key, location, length } })
    }

    /// `_load_from_bytes(file)`
    pub(crate) fn embedded<S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Self> {
        let [file] = call.bare()?.exactly()?;
        Some(Self { dtype: None, place: Place::Embedded(bytes(file)?) })
    }

    /// The size of an element in bytes; 1 if it has no type.
    pub fn element_size(&self) -> usize {
        self.dtype.map_or(1, DType::size)
    }
}
