//! Numbers as text.

use std::fmt::Write;

use halfsour_text::repr;

use super::Release;
use crate::memory::{Number, Scalar};

/// Appends a number, nothing for NaN.
pub(super) fn write_scalar(scalar: Scalar, short: Option<Number>, release: Release, out: &mut String) {
    match (scalar, short) {
        (Scalar::Float(value), _) if value.is_nan() => {}
        (Scalar::Complex(re, im), _) if re.is_nan() || im.is_nan() => {}
        // The shortest text that is this number among those of so many bits. With pandas 3 mostly goes a numpy that has exponents sooner.
        (Scalar::Float(value), Some(Number::Float32)) => {
            let most = if release == Release::Three { 1e6 } else { 1e16 };
            write_float(value, &format!("{:e}", repr::shortest_of_32_bits(value)), most, out);
        }
        (Scalar::Float(value), Some(Number::Float16)) => {
            let most = if release == Release::Three { 1e3 } else { 1e16 };
            write_float(value, &format!("{:e}", repr::shortest_of_16_bits(value)), most, out);
        }
        (scalar, _) => {
            let _ = write!(out, "{scalar}");
        }
    }
}

/// Appends a float by its digits and exponent as Rust has them: `1.5e7`. From `most` on numpy writes exponents.
fn write_float(value: f64, shortest: &str, most: f64, out: &mut String) {
    let size = value.abs();
    match shortest
        .split_once('e')
        .and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?)))
    {
        Some((digits, exponent)) if size != 0.0 && (size < 1e-4 || size >= most) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            let _ = write!(out, "{digits}e{sign}{:02}", exponent.unsigned_abs());
        }
        _ => {
            let _ = write!(out, "{}", repr::Float(shortest.parse().unwrap_or(value)));
        }
    }
}
