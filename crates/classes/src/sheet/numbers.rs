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
        (Scalar::Complex(re, im), _) => write_complex(re, im, out),
        // The shortest text that is this number among those of so many bits. With pandas 3 mostly goes a numpy that has exponents sooner.
        #[allow(clippy::cast_possible_truncation)] // It was of 32 bits.
        (Scalar::Float(value), Some(Number::Float32)) => {
            let most = if release == Release::Three { 1e6 } else { 1e16 };
            write_float(value, &format!("{:e}", value as f32), most, out);
        }
        (Scalar::Float(value), Some(Number::Float16)) => {
            let most = if release == Release::Three { 1e3 } else { 1e16 };
            write_float(value, &format!("{:e}", shortest_of_16_bits(value)), most, out);
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

/// Appends a complex number as Python does: `(1+2j)`, `2j`.
fn write_complex(re: f64, im: f64, out: &mut String) {
    let part = |value: f64| {
        let text = repr::Float(value).to_string();
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
    };
    if re == 0.0 && re.is_sign_positive() {
        let _ = write!(out, "{}j", part(im));
    } else {
        let sign = if im.is_sign_negative() { "" } else { "+" };
        let _ = write!(out, "({}{sign}{}j)", part(re), part(im));
    }
}

/// Returns the number with the fewest decimal digits that a float of 16 bits would be read from.
fn shortest_of_16_bits(value: f64) -> f64 {
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    // Half the distance to the next such float; below 2⁻¹⁴ they are 2⁻²⁴ apart.
    let exponent = value.abs().log2().floor().max(-14.0);
    let half = (exponent - 11.0).exp2();
    let rounded = (0..5).filter_map(|digits| format!("{value:.digits$e}").parse::<f64>().ok());
    rounded.into_iter().find(|rounded| (rounded - value).abs() < half).unwrap_or(value)
}
