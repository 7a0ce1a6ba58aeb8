//! Numbers and UUIDs as types of other crates, compared with what the Pythons said of them.

mod common;

use common::each;
use halfsour_classes::Known;
use serde_json::Value;

fn text(value: &Value) -> &str {
    value["value"].as_str().unwrap()
}

#[test]
fn uuids() {
    let count = each("UUID", |known, value| {
        let Known::Uuid(uuid) = known else { panic!("{value}") };
        let rust = uuid::Uuid::from(uuid);
        assert_eq!(rust.to_string(), text(value));
        assert_eq!(halfsour_classes::stdlib::Uuid::from(rust).int, uuid.int);
    });
    assert!(count > 50, "{count}");
}

/// Python's `str()`, without exponent.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte))
}

#[test]
fn rust_decimals() {
    use halfsour_classes::{ConversionError, stdlib};
    use rust_decimal::Decimal;

    let mut fit = 0;
    each("Decimal", |known, value| {
        let Known::Decimal(decimal) = known else { panic!("{value}") };
        match (text(value), Decimal::try_from(decimal)) {
            ("1E+40" | "123456789012345678901234567890.5", unfit) => {
                assert_eq!(unfit, Err(ConversionError::Range));
            }
            (text, unfit) if !is_plain(text) => assert_eq!(unfit, Err(ConversionError::NotFinite)),
            (text, rust) => {
                assert_eq!(rust.unwrap().to_string(), text);
                fit += 1;
            }
        }
    });
    assert!(fit > 30, "{fit}");
    // Python: format(Decimal(text), "f").
    let plain = [
        ("1.5E+3", "1500"),
        ("1.50E+1", "15.0"),
        ("2E+28", "20000000000000000000000000000"),
        ("-1E-28", "-0.0000000000000000000000000001"),
        ("1.25E-7", "0.000000125"),
    ];
    for (python, plain) in plain {
        let rust = Decimal::try_from(stdlib::Decimal::new(python).unwrap()).unwrap();
        assert_eq!(rust.to_string(), plain);
    }
    let finest = [
        ("1E-29", ConversionError::Precision),
        ("0.12345678901234567890123456789", ConversionError::Precision),
        ("8E+28", ConversionError::Range),
    ];
    for (python, unfit) in finest {
        assert_eq!(Decimal::try_from(stdlib::Decimal::new(python).unwrap()), Err(unfit), "{python}");
    }
}

#[test]
fn big_decimals() {
    use bigdecimal::BigDecimal;
    use halfsour_classes::ConversionError;

    let mut fit = 0;
    each("Decimal", |known, value| {
        let Known::Decimal(decimal) = known else { panic!("{value}") };
        match (text(value), BigDecimal::try_from(decimal)) {
            ("1E+40", rust) => assert_eq!(rust.unwrap().to_string(), "1e+40"),
            ("-0", rust) => assert_eq!(rust.unwrap().to_string(), "0"),
            (text, unfit) if !is_plain(text) => assert_eq!(unfit, Err(ConversionError::NotFinite)),
            (text, rust) => {
                assert_eq!(rust.unwrap().to_plain_string(), text);
                fit += 1;
            }
        }
    });
    assert!(fit > 30, "{fit}");
}

#[test]
fn big_ints() {
    use halfsour_classes::Int;
    use num_bigint::BigInt;

    let count = each("Fraction", |known, value| {
        let Known::Fraction(fraction) = known else { panic!("{value}") };
        for (int, name) in [(&fraction.numerator, "numerator"), (&fraction.denominator, "denominator")] {
            let expected = &value[name];
            let rust = BigInt::from(int);
            assert_eq!(rust.to_string(), expected["value"].as_str().map_or(expected.to_string(), Into::into));
            assert_eq!(Int::from(&rust), *int);
        }
    });
    assert!(count > 20, "{count}");
}
