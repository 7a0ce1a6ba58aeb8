//! Whether two values without parts are equal, as Python finds them.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{Element, LongDouble, NdArray};
use halfsour_classes::pandas::is_na;
use halfsour_classes::stdlib::{ArrayItem, Decimal, Fraction};
use halfsour_classes::{Known, class_name, recognise};
use halfsour_text::number::BigDisplay;
use halfsour_value::{Data, Node};

use super::shape::same_name;
use super::times;

/// How far apart floats may be that count as equal: as far as either field says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tolerance {
    /// The distance itself.
    pub absolute: f64,
    /// The distance as a part of the larger float.
    pub relative: f64,
}

impl Tolerance {
    /// As `math.isclose`, save that nan equals nan: it is asked whether data is the same.
    pub fn close(self, a: f64, b: f64) -> bool {
        #[expect(clippy::float_cmp, reason = "what is equal is, also without tolerance")]
        let equal = a == b || a.is_nan() && b.is_nan();
        equal || self.allows(a, b)
    }

    fn allows(self, a: f64, b: f64) -> bool {
        let (largest, most) = (a.abs().max(b.abs()), self.absolute.max(self.relative * a.abs().max(b.abs())));
        most > 0.0 && largest.is_finite() && (a - b).abs() <= most
    }
}

/// How many digits the smallest float has after the point.
pub const PLACES: usize = 1074;

/// A number of any kind.
enum Number<'g> {
    Int(i64),
    Big(&'g [u8]),
    Float(f64),
    Complex(f64, f64),
}

impl<'g> Number<'g> {
    fn of<S: AsRef<[u8]>>(node: Node<'g, S>) -> Option<Self> {
        Some(match node.data() {
            Data::Bool(value) => Self::Int(value.into()),
            Data::Int(value) => Self::Int(value),
            Data::BigInt(bytes) => Self::Big(bytes),
            Data::Float(value) => Self::Float(value),
            Data::Complex(re, im) => Self::Complex(re, im),
            _ => return None,
        })
    }

    /// Exactly, if it is a whole number that fits.
    fn whole(&self) -> Option<i64> {
        match *self {
            Self::Int(value) => Some(value),
            Self::Float(value) | Self::Complex(value, 0.0) => whole(value),
            _ => None,
        }
    }

    fn parts(&self) -> (f64, f64) {
        match *self {
            #[expect(clippy::cast_precision_loss, reason = "a tolerance is asked for")]
            Self::Int(value) => (value as f64, 0.0),
            // Of what is long, all digits are shown in hexadecimal: no float is as large.
            Self::Big(bytes) => (BigDisplay(bytes).to_string().parse().unwrap_or(f64::INFINITY), 0.0),
            Self::Float(value) => (value, 0.0),
            Self::Complex(re, im) => (re, im),
        }
    }

    /// Whether it is exactly the number that a `Decimal` has.
    fn is(&self, digits: &str) -> bool {
        let text = match *self {
            Self::Int(value) => value.to_string(),
            Self::Big(bytes) => BigDisplay(bytes).to_string(),
            Self::Float(re) | Self::Complex(re, 0.0) if re.is_infinite() => {
                return digits == if re > 0.0 { "Infinity" } else { "-Infinity" };
            }
            Self::Float(re) | Self::Complex(re, 0.0) => format!("{re:.PLACES$}"),
            Self::Complex(..) => return false,
        };
        decimal(&text).is_some_and(|text| Some(text) == decimal(digits))
    }

    /// Whether it is exactly a `Decimal` or a `Fraction`.
    fn is_known<S: AsRef<[u8]>>(&self, known: &Known<'_, S>) -> bool {
        match known {
            Known::Decimal(digits) => self.is(digits.as_str()),
            Known::Fraction(fraction) => self.is_fraction(fraction),
            _ => false,
        }
    }

    /// Whether it is exactly a fraction, of which the denominator is that of no smaller one.
    fn is_fraction(&self, fraction: &Fraction) -> bool {
        let (Some(top), Some(bottom)) = (fraction.numerator.as_i128(), fraction.denominator.as_i128()) else {
            return false;
        };
        match *self {
            Self::Int(value) => bottom == 1 && top == i128::from(value),
            Self::Big(bytes) => bottom == 1 && top.to_string() == BigDisplay(bytes).to_string(),
            Self::Float(mut value) | Self::Complex(mut value, 0.0) => {
                // Multiplying by 2 changes no digit.
                let mut power = 1_i128;
                while value.is_finite() && value.fract() != 0.0 && power < 1 << 126 {
                    (value, power) = (value * 2.0, power * 2);
                }
                power == bottom && format!("{value:.0}") == top.to_string()
            }
            Self::Complex(..) => false,
        }
    }

    fn same(&self, other: &Self, tolerance: Tolerance) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Big(a), Self::Big(b)) => a == b,
            (Self::Int(_), Self::Big(_)) | (Self::Big(_), Self::Int(_)) => false,
            (Self::Float(_) | Self::Complex(..), Self::Float(_) | Self::Complex(..)) => {
                let ((re, im), (other_re, other_im)) = (self.parts(), other.parts());
                tolerance.close(re, other_re) && tolerance.close(im, other_im)
            }
            (int @ (Self::Int(_) | Self::Big(_)), float) | (float, int) => {
                let ((re, im), (near, _)) = (float.parts(), int.parts());
                // What is an int of 64 bits is no larger one.
                let is_equal = match (int.whole(), whole(re)) {
                    (None, None) => int.is(&format!("{re:.PLACES$}")),
                    (a, b) => a == b,
                };
                im == 0.0 && re.is_finite() && (is_equal || tolerance.allows(re, near))
            }
        }
    }
}

/// The int that a float is, if it is one of 64 bits.
pub fn whole(value: f64) -> Option<i64> {
    const TOO_LARGE: f64 = 9_223_372_036_854_775_808.0;
    let fits = value.fract() == 0.0 && (-TOO_LARGE..TOO_LARGE).contains(&value);
    #[expect(clippy::cast_possible_truncation, reason = "it was checked")]
    fits.then_some(value as i64)
}

/// The recursion is as deep as types lie in each other.
fn same_elements<'a, 'b, S: AsRef<[u8]> + 'a + 'b>(
    a: &mut dyn Iterator<Item = Element<'a, S>>,
    b: &mut dyn Iterator<Item = Element<'b, S>>,
    tolerance: Tolerance,
) -> bool {
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if same_element(&a, &b, tolerance) => {}
            _ => return false,
        }
    }
}

/// What follows the bits of a number may be anything.
fn same_long(a: LongDouble<'_>, b: LongDouble<'_>) -> bool {
    match (a.text(), b.text()) {
        (Some(a), Some(b)) => a == b,
        _ => a.bytes() == b.bytes(),
    }
}

/// Whether two elements are equal. Their types may differ in all but kind: the order of bytes, say.
pub fn same_element<S: AsRef<[u8]>>(a: &Element<'_, S>, b: &Element<'_, S>, tolerance: Tolerance) -> bool {
    match (a, b) {
        (Element::Scalar(Scalar::Bool(a)), Element::Scalar(Scalar::Bool(b))) => a == b,
        (Element::Text(a), Element::Text(b)) => a == b,
        (Element::Bytes(a), Element::Bytes(b)) => a == b,
        (Element::LongDouble(a), Element::LongDouble(b)) => same_long(*a, *b),
        (Element::LongComplex(a, c), Element::LongComplex(b, d)) => same_long(*a, *b) && same_long(*c, *d),
        (Element::DateTime(a), Element::DateTime(b)) | (Element::TimeDelta(a), Element::TimeDelta(b)) => {
            a == b || a.is_nat() && b.is_nat()
        }
        (Element::Missing, Element::Missing) => true,
        (Element::Record(a), Element::Record(b)) => {
            let (mut x, mut y) = (a.fields(), b.fields());
            loop {
                match (x.next(), y.next()) {
                    (None, None) => return true,
                    (Some((name, a)), Some((other, b)))
                        if name == other && same_element(&a, &b, tolerance) => {}
                    _ => return false,
                }
            }
        }
        (Element::Array(a), Element::Array(b)) => {
            a.shape() == b.shape() && same_elements(&mut a.elements(), &mut b.elements(), tolerance)
        }
        (Element::Scalar(Scalar::Bool(value)), other) | (other, Element::Scalar(Scalar::Bool(value))) => {
            number(other).is_some_and(|other| Number::Int((*value).into()).same(&other, tolerance))
        }
        // Those that are too large for the others.
        (Element::Scalar(Scalar::UInt(a)), Element::Scalar(Scalar::UInt(b))) => a == b,
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.same(&b, tolerance),
            _ => false,
        },
    }
}

fn number<'g, S: AsRef<[u8]>>(element: &Element<'_, S>) -> Option<Number<'g>> {
    Some(match *element {
        Element::Scalar(Scalar::Int(value)) => Number::Int(value),
        Element::Scalar(Scalar::UInt(value)) => match i64::try_from(value) {
            Ok(value) => Number::Int(value),
            #[expect(clippy::cast_precision_loss, reason = "only others as large are near")]
            Err(_) => Number::Float(value as f64),
        },
        Element::Scalar(Scalar::Float(value)) => Number::Float(value),
        Element::Scalar(Scalar::Complex(re, im)) => Number::Complex(re, im),
        _ => return None,
    })
}

/// Whether the one element of an array without dimensions, as a scalar of numpy is one, is equal to a value of Python.
pub fn same_scalar<S: AsRef<[u8]>>(array: &NdArray<'_, S>, node: Node<'_, S>, tolerance: Tolerance) -> bool {
    let Some(element) = array.get(0) else { return false };
    match (&element, node.data()) {
        (Element::Text(text), Data::Str(other)) => text.as_bytes() == other.as_wtf8(),
        (Element::Bytes(bytes), Data::Bytes(other) | Data::ByteArray(other) | Data::ByteString(other)) => {
            *bytes == other
        }
        _ => {
            let number = match element {
                Element::Scalar(Scalar::Bool(value)) => Some(Number::Int(value.into())),
                element => number(&element),
            };
            number.is_some_and(|number| match Number::of(node) {
                Some(other) => number.same(&other, tolerance),
                None => recognise(node).is_some_and(|known| number.is_known(&known)),
            })
        }
    }
}

pub fn same<S: AsRef<[u8]>>(a: Node<'_, S>, b: Node<'_, S>, tolerance: Tolerance) -> bool {
    if let (Some(a), Some(b)) = (Number::of(a), Number::of(b)) {
        return a.same(&b, tolerance);
    }
    if let Some((number, known)) = Number::of(a).zip(recognise(b)).or(Number::of(b).zip(recognise(a))) {
        return number.is_known(&known);
    }
    match (a.data(), b.data()) {
        (Data::None, Data::None) => true,
        (Data::Str(a), Data::Str(b)) => a.as_wtf8() == b.as_wtf8(),
        // Python 2 finds them equal.
        (Data::Str(text), Data::ByteString(bytes)) | (Data::ByteString(bytes), Data::Str(text)) => {
            bytes.is_ascii() && text.as_wtf8() == bytes
        }
        (
            Data::Bytes(a) | Data::ByteArray(a) | Data::ByteString(a),
            Data::Bytes(b) | Data::ByteArray(b) | Data::ByteString(b),
        ) => a == b,
        (Data::Global(a), Data::Global(b)) => same_name(&a, &b) || is_na(&a) && is_na(&b),
        (Data::Extension(a), Data::Extension(b)) => a == b,
        (Data::Buffer(a), Data::Buffer(b)) => a == b,
        (Data::Instance(_), Data::Instance(_)) => match (recognise(a), recognise(b)) {
            (Some(Known::Decimal(digits)), Some(Known::Fraction(fraction)))
            | (Some(Known::Fraction(fraction)), Some(Known::Decimal(digits))) => {
                same_fraction(digits.as_str(), &fraction)
            }
            (Some(x), Some(y)) => {
                times::same(&x, &y).unwrap_or_else(|| same_known(&x, &y) && class_name(a) == class_name(b))
            }
            _ => false,
        },
        _ => false,
    }
}

fn same_known<S: AsRef<[u8]>>(a: &Known<'_, S>, b: &Known<'_, S>) -> bool {
    if let (Known::Decimal(a), Known::Decimal(b)) = (a, b)
        && let (Some(a), Some(b)) = (decimal(a.as_str()), decimal(b.as_str()))
    {
        return a == b;
    }
    if let (Known::Range(a), Known::Range(b)) = (a, b)
        && let (Some(count), Some(other)) = (a.count(), b.count())
    {
        // Those are equal that have the same numbers.
        return count == other && (count == 0 || a.start == b.start) && (count <= 1 || a.step == b.step);
    }
    let text = |known: &Known<'_, S>| known.as_text().map(ToString::to_string);
    text(a) == text(b)
}

/// Whether a `Decimal` of no more than 38 digits is exactly a fraction.
fn same_fraction(digits: &str, fraction: &Fraction) -> bool {
    let same = || {
        let (is_negative, digits, exponent) = decimal(digits)?;
        let (top, bottom) = (fraction.numerator.as_i128()?, fraction.denominator.as_i128()?);
        let value: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let value = if is_negative { -value } else { value };
        let power = 10_i128.checked_pow(u32::try_from(exponent.unsigned_abs()).ok()?)?;
        Some(if exponent < 0 {
            top.checked_mul(power)? == value.checked_mul(bottom)?
        } else {
            bottom == 1 && top == value.checked_mul(power)?
        })
    };
    same() == Some(true)
}

/// Sign, digits without zeros around them, and the exponent of the last: the same for equal finite ones.
pub fn decimal(text: &str) -> Option<(bool, String, i64)> {
    let parts = Decimal::new(text)?.parts()?;
    let shown = parts.digits.trim_end_matches('0');
    if shown.is_empty() {
        return Some((false, String::new(), 0));
    }
    let zeros = i64::try_from(parts.digits.len() - shown.len()).ok()?;
    Some((parts.is_negative, shown.to_owned(), parts.exponent.checked_add(zeros)?))
}

pub fn same_items(a: ArrayItem, b: ArrayItem, tolerance: Tolerance) -> bool {
    match (a, b) {
        (ArrayItem::Float(a), ArrayItem::Float(b)) => tolerance.close(a, b),
        (ArrayItem::Int(int), ArrayItem::Float(float)) | (ArrayItem::Float(float), ArrayItem::Int(int)) => {
            whole(float).is_some_and(|whole| i128::from(whole) == int)
        }
        (a, b) => a == b,
    }
}
