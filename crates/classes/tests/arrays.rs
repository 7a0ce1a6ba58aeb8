//! Arrays of numpy as arrays of ndarray, compared with what numpy printed of them.

use half::{bf16, f16};
use halfsour_classes::memory::{ArrayError, ByteOrder, Numbers, Numeric, Strided};
use halfsour_classes::numpy::{self, NdArray};
use ndarray::ArrayViewD;
use num_complex::Complex;
use serde_json::{Value, json};

fn see<T: Numeric>(array: &NdArray<'_, Vec<u8>>, printed: &Value, name: &str, show: impl Fn(&T) -> Value) {
    let elements = printed["elements"].as_array().unwrap();
    let shown = |numbers: &ArrayViewD<'_, T>| numbers.iter().map(&show).collect::<Vec<_>>();
    let copy = array.to_array::<T>().unwrap();
    assert_eq!(json!(copy.shape()), printed["shape"], "{name}");
    assert_eq!(shown(&copy.view()), *elements, "{name}");
    assert_eq!(array.to_vec::<T>().unwrap().iter().map(&show).collect::<Vec<_>>(), *elements, "{name}");
    // A view needs that the bytes begin at a multiple of the size, which is so at one of these places.
    let numbers = array.numbers().unwrap();
    let mut room = vec![0; numbers.bytes.len() + 32];
    let start = room.as_ptr().align_offset(16);
    for shift in [0, 1] {
        let place = &mut room[start + shift..][..numbers.bytes.len()];
        place.copy_from_slice(numbers.bytes);
        let numbers = Numbers { bytes: place, ..numbers.clone() };
        let view = numbers.view::<T>();
        if numbers.order == ByteOrder::Big {
            assert_eq!(view.err(), Some(ArrayError::ByteOrder), "{name}");
        } else if shift == 1 && align_of::<T>() > 1 && !array.is_empty() {
            assert_eq!(view.err(), Some(ArrayError::Alignment(align_of::<T>())), "{name}");
        } else {
            let view = view.unwrap();
            assert_eq!(shown(&view), *elements, "{name}");
            assert!(view.is_empty() || view.as_ptr().cast() == numbers.bytes.as_ptr());
        }
    }
    // No other type is taken for it, least of all one of the same size.
    let refused = |error: Option<ArrayError>, asked: &'static str| {
        let found = array.numbers().unwrap().dtype;
        assert_eq!(error, (asked != T::DTYPE).then_some(ArrayError::DType { found, asked }), "{name}");
    };
    refused(array.to_array::<i64>().err(), "int64");
    refused(array.to_array::<f64>().err(), "float64");
    refused(array.to_vec::<u32>().err(), "uint32");
    refused(array.to_vec::<bool>().err(), "bool");
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
            "b1" => see(&array, printed, &name, |value: &bool| json!(value)),
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

/// As many bytes as a program says lie side by side.
fn numbers<'a>(dtype: &'static str, bytes: &'a [u8], shape: &[u64]) -> Numbers<'a> {
    let strided = Strided::side_by_side(shape.to_vec(), false);
    Numbers { dtype: dtype.into(), bytes, order: ByteOrder::Little, strided }
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    for shape in [&[4][..], &[2, 2], &[u64::MAX, 2], &[1 << 62]] {
        let numbers = numbers("uint32", &[0; 12], shape);
        assert_eq!(numbers.to_vec::<u32>(), Err(ArrayError::Shape), "{shape:?}");
        assert_eq!(numbers.to_array::<u32>().err(), Some(ArrayError::Shape), "{shape:?}");
        assert_eq!(numbers.view::<u32>().err(), Some(ArrayError::Shape), "{shape:?}");
    }
    // No strides make many numbers of few bytes, nor reach beyond them.
    for (strides, offset) in [(0, 0), (2, 0), (1, 1), (u64::MAX, 0), (1, u64::MAX)] {
        let strided = Strided { shape: vec![12], strides: vec![strides], offset };
        let numbers = Numbers { strided, ..numbers("uint8", &[7; 12], &[]) };
        let fits = (strides, offset) == (0, 0);
        assert_eq!(numbers.to_vec::<u8>().is_ok(), fits, "{strides} {offset}");
        assert_eq!(numbers.view::<u8>().is_ok(), fits, "{strides} {offset}");
    }
    let strided = Strided { shape: vec![13], strides: vec![0], offset: 0 };
    let repeated = Numbers { strided, ..numbers("uint8", &[7; 12], &[]) };
    assert_eq!(repeated.view::<u8>().err(), Some(ArrayError::Shape));
    for shape in [&[3, 0][..], &[0, u64::MAX]] {
        let numbers = numbers("float64", &[], shape);
        assert_eq!(numbers.to_vec::<f64>(), Ok(Vec::new()), "{shape:?}");
    }
}

#[test]
fn a_bool_is_one_of_two_in_a_view() {
    let bools = numbers("bool", &[0, 1, 2], &[3]);
    assert_eq!(bools.to_vec::<bool>(), Ok(vec![false, true, true]));
    assert_eq!(bools.view::<bool>().err(), Some(ArrayError::Bool));
    assert_eq!(numbers("bool", &[0, 1], &[2]).view::<bool>().unwrap().as_slice(), Some(&[false, true][..]));
}

#[test]
fn masked_and_missing_elements_are_refused() {
    let (mut masked, mut missing) = (0, 0);
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "arrays") {
        // None of the buffers are supplied.
        let options = halfsour_vm::Options::default().with_require_buffers(false);
        let graph = halfsour_vm::Loader::with_options(options).load(package.bytes.clone());
        let Ok(graph) = graph else { continue };
        let Some(array) = numpy::array(graph.root()) else { continue };
        match array.numbers() {
            Err(ArrayError::Masked) => masked += 1,
            Err(ArrayError::OutOfBand(_)) => missing += 1,
            Err(error) => panic!("{package}: {error}"),
            Ok(_) => continue,
        }
        assert!(array.to_vec::<f64>().is_err() && array.view::<f64>().is_err());
    }
    assert!(masked > 10 && missing > 5, "{masked}, {missing}");
}
