//! What Python 2 pickled is recognised whatever encoding its strings are read with.

use halfsour_classes::{Known, recognise};
use halfsour_vm::{Loader, Options, StringEncoding};

/// What is in an object, without the text of its parts, which depends on the encoding.
fn told(known: &Known<'_, Vec<u8>>) -> String {
    match known {
        Known::NdArray(array) => {
            format!("{} {:?} {:?} {:?}", array.dtype, array.shape, array.strides, array.bytes())
        }
        Known::NumpyScalar(scalar) => format!("{} {:?}", scalar.dtype(), scalar.as_array().bytes()),
        Known::Array(array) => format!("{} {:?}", array.typecode, array.iter().collect::<Vec<_>>()),
        Known::NumpyDType(dtype) => dtype.to_string(),
        Known::Date(_)
        | Known::DateTime(_)
        | Known::Time(_)
        | Known::Decimal(_)
        | Known::Fraction(_)
        | Known::Uuid(_) => known.as_text().map(ToString::to_string).unwrap_or_default(),
        Known::DataFrame(frame) => format!("{} x {}", frame.len(), frame.width()),
        Known::Series(series) => format!("{}", series.values.len()),
        Known::PandasIndex(index) => format!("{} {}", index.class, index.len()),
        known => format!("{known:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
    }
}

#[test]
fn it_is_recognised_with_every_encoding() {
    let load = |bytes: &[u8], encoding| {
        Loader::with_options(Options::default().with_encoding(encoding)).load(bytes.to_vec())
    };
    let mut count = 0;
    for package in halfsour_fixtures::packages() {
        if package.environment != "2.7" || package.buffers.is_some() {
            continue;
        }
        let kept = load(&package.bytes, StringEncoding::Keep).unwrap();
        let mut encodings = vec![StringEncoding::Latin1, StringEncoding::Bytes];
        // Most memory is no UTF-8.
        if load(&package.bytes, StringEncoding::Utf8).is_ok() {
            encodings.push(StringEncoding::Utf8);
        }
        for encoding in encodings {
            let read = load(&package.bytes, encoding).unwrap();
            for node in kept.root().descendants() {
                let Some(known) = recognise(node) else { continue };
                let found = recognise(read.node(node.id()));
                assert_eq!(found.as_ref().map(told), Some(told(&known)), "{package}, {encoding:?}: {node}");
                count += 1;
            }
        }
    }
    assert!(count > 2000, "{count}");
}
