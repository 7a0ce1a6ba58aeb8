//! Arrays of numpy as arrays of ndarray, compared with what numpy printed of them.

use half::{bf16, f16};
use halfsour_classes::numpy::{self, NdArray};
use halfsour_classes::{ConversionError, Memory, Numeric};
use num_complex::Complex;
use serde_json::{Value, json};

fn see<T: Numeric>(array: &NdArray<'_, Vec<u8>>, printed: &Value, name: &str, show: impl Fn(&T) -> Value) {
    let Ok(memory) = array.memory() else {
        assert_eq!(printed["c_contiguous"].as_bool().or(printed["f_contiguous"].as_bool()), Some(false));
        return;
    };
    let array = memory.array::<T>().unwrap();
    assert_eq!(json!(array.shape()), printed["shape"], "{name}");
    assert_eq!(
        array.iter().map(&show).collect::<Vec<_>>(),
        *printed["elements"].as_array().unwrap(),
        "{name}"
    );
    // At what it is aligned to, it is viewed, in the same place.
    let mut room = vec![0; memory.bytes.len() + 16];
    let start = room.as_ptr().align_offset(16);
    let aligned = &mut room[start..][..memory.bytes.len()];
    aligned.copy_from_slice(memory.bytes);
    let memory = Memory { bytes: aligned, ..memory };
    let view = memory.view::<T>();
    if memory.is_big_endian {
        assert_eq!(view.err(), Some(ConversionError::Layout));
    } else {
        let view = view.unwrap();
        assert_eq!(
            view.iter().map(show).collect::<Vec<_>>(),
            *printed["elements"].as_array().unwrap(),
            "{name}"
        );
        assert!(view.is_empty() || view.as_ptr().cast() == memory.bytes.as_ptr());
    }
}

fn int<T: Copy + Into<i128>>(int: &T) -> Value {
    serde_json::from_str(&(*int).into().to_string()).unwrap()
}

/// As Python's `repr()`.
fn float<T: Copy + Into<f64>>(float: &T) -> Value {
    json!(halfsour_text::repr::Float((*float).into()).to_string())
}

fn complex<T: Copy + Into<f64>>(complex: &Complex<T>) -> Value {
    json!([float(&complex.re), float(&complex.im)])
}

#[test]
fn arrays_are_those_of_numpy() {
    let (mut seen, mut fortran, mut bfloats) = (0, 0, 0);
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "arrays") {
        let printed = &package.value;
        if printed["class"] != "numpy.ndarray" || package.buffers.is_some() {
            continue;
        }
        let graph = halfsour_vm::Loader::new().load(package.bytes.clone()).unwrap();
        let Some(array) = numpy::array(graph.root()) else { continue };
        let dtype = printed["dtype"]["str"].as_str().unwrap();
        let name = package.to_string();
        let is_bfloat = printed["dtype"]["name"] == "bfloat16";
        match if is_bfloat { "bfloat" } else { dtype.trim_start_matches(['<', '>', '|']) } {
            "bfloat" => see(&array, printed, &name, float::<bf16>),
            "i1" => see(&array, printed, &name, int::<i8>),
            "i2" => see(&array, printed, &name, int::<i16>),
            "i4" => see(&array, printed, &name, int::<i32>),
            "i8" => see(&array, printed, &name, int::<i64>),
            "u1" => see(&array, printed, &name, int::<u8>),
            "u2" => see(&array, printed, &name, int::<u16>),
            "u4" => see(&array, printed, &name, int::<u32>),
            "u8" => see(&array, printed, &name, int::<u64>),
            "f2" => see(&array, printed, &name, float::<f16>),
            "f4" => see(&array, printed, &name, float::<f32>),
            "f8" => see(&array, printed, &name, float::<f64>),
            "c8" => see(&array, printed, &name, complex::<f32>),
            "c16" => see(&array, printed, &name, complex::<f64>),
            _ => continue,
        }
        seen += 1;
        bfloats += usize::from(is_bfloat);
        fortran += usize::from(printed["f_contiguous"] == true && printed["c_contiguous"] == false);
    }
    assert!(seen > 200 && fortran > 10 && bfloats > 0, "{seen}, {fortran}, {bfloats}");
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let shapes: [&[usize]; 6] = [&[], &[2], &[4], &[3, 0], &[0, usize::MAX], &[usize::MAX, 2]];
    for shape in shapes {
        let memory = Memory { bytes: &[0; 12], shape, is_fortran: false, is_big_endian: true };
        assert_eq!(memory.array::<u32>().err(), Some(ConversionError::Shape), "{shape:?}");
        assert_eq!(memory.view::<u8>().err(), Some(ConversionError::Shape), "{shape:?}");
        let memory = Memory { bytes: &[], ..memory };
        let fits = matches!(shape, [3, 0]);
        assert_eq!(memory.array::<u8>().err().is_none(), fits, "{shape:?}");
    }
}
