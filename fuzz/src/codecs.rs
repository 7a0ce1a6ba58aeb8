//! The properties of the codecs that read Python 2 strings.

use halfsour_files::{TextErrors, codec_names, string_encoding};
use halfsour_vm::{StringEncoding, Undecodable};

/// Checks a codec, which the first byte chooses, on the others: an error lies within them, and what comes before it is text; with errors
/// that are replaced or left out, all of it is text, save where a codec lacks the names of characters.
pub fn codecs(input: &[u8]) {
    let Some((&which, bytes)) = input.split_first() else { return };
    let names: Vec<_> = codec_names().collect();
    let encoding = string_encoding(names[usize::from(which) * 2 % names.len()]).expect("it is a name");
    let StringEncoding::Codec(codec) = encoding else { return };
    let mut text = Vec::new();
    let strict = codec.decode(bytes, &mut text);
    if let Err(Undecodable { at, length }) = strict {
        assert!(at < bytes.len() && at + length <= bytes.len());
    }
    for errors in [TextErrors::Ignore, TextErrors::Replace, TextErrors::BackslashReplace] {
        let StringEncoding::Codec(handled) = errors.applied_to(encoding) else {
            unreachable!("it is a codec")
        };
        let mut handled_text = Vec::new();
        match handled.decode(bytes, &mut handled_text) {
            Ok(()) => assert!(handled_text.starts_with(&text)),
            Err(error) => assert_eq!(error.length, 0, "{}", handled.name()),
        }
        if strict.is_ok() {
            assert_eq!(handled_text, text);
        }
    }
}
