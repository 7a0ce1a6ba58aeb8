//! Tensors of the files of safetensors, which hold no pickle.

use std::collections::HashMap;

use bytes::Bytes;
use halfsour_classes::torch::{ByteOrder, DType};
use halfsour_files::Contents;
use safetensors::{Dtype, SafeTensors};

use super::{Storage, Tensor, Tensors};

/// Whether the file looks like one of safetensors: the length of the header, then a JSON object of that length.
pub(crate) fn is_safetensors(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk() else { return false };
    rest.first() == Some(&b'{') && u64::from_le_bytes(*length) <= rest.len() as u64
}

/// Returns the type as safetensors names it, if safetensors has it.
pub(crate) fn safe_dtype(dtype: DType) -> Option<Dtype> {
    Some(match dtype {
        DType::Bool => Dtype::BOOL,
        DType::UInt8 => Dtype::U8,
        DType::UInt16 => Dtype::U16,
        DType::UInt32 => Dtype::U32,
        DType::UInt64 => Dtype::U64,
        DType::Int8 => Dtype::I8,
        DType::Int16 => Dtype::I16,
        DType::Int32 => Dtype::I32,
        DType::Int64 => Dtype::I64,
        DType::Float8E4M3 => Dtype::F8_E4M3,
        DType::Float8E4M3Fnuz => Dtype::F8_E4M3FNUZ,
        DType::Float8E5M2 => Dtype::F8_E5M2,
        DType::Float8E5M2Fnuz => Dtype::F8_E5M2FNUZ,
        DType::Float8E8M0 => Dtype::F8_E8M0,
        DType::Float16 => Dtype::F16,
        DType::BFloat16 => Dtype::BF16,
        DType::Float32 => Dtype::F32,
        DType::Float64 => Dtype::F64,
        DType::Complex64 => Dtype::C64,
        _ => return None,
    })
}

/// Returns torch's name of a type, or that of safetensors if torch has no such.
fn name(dtype: Dtype) -> String {
    let same = |known: &&DType| safe_dtype(**known) == Some(dtype);
    match DType::ALL.iter().find(same) {
        Some(known) => known.name().to_owned(),
        None => dtype.to_string(),
    }
}

impl Tensors<'_> {
    /// Lists the tensors of a file of safetensors.
    pub(super) fn of_safetensors(bytes: &Bytes) -> Result<Self, String> {
        let (length, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
        let start = 8 + length;
        let contents = Contents { dtype: None, bytes: bytes.slice(start..), byte_order: ByteOrder::Little };
        let length = Some(contents.bytes.len());
        let storage =
            Storage { name: "the file".to_owned(), contents: Ok(contents), length, start: Some(start) };
        let mut all = Vec::new();
        for name in metadata.offset_keys() {
            let Some(info) = metadata.info(&name) else { continue };
            let shape: Vec<u64> = info.shape.iter().map(|&length| length as u64).collect();
            let (first, end) = info.data_offsets;
            let mut next = 1;
            let mut strides: Vec<u64> = Vec::with_capacity(shape.len());
            for length in shape.iter().rev() {
                strides.push(next);
                next = length.saturating_mul(next);
            }
            strides.reverse();
            all.push(Tensor {
                name,
                dtype: self::name(info.dtype).into(),
                shape,
                strides,
                bytes: Some((end - first) as u64),
                place: Some((0, first as u64)),
                notes: Vec::new(),
                is_part: false,
                form: None,
            });
        }
        Ok(Self { all, storages: vec![storage], by_key: HashMap::new(), left: 0 })
    }
}
