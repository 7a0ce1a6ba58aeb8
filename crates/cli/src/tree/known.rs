//! Known objects that are shown on one line.

use std::fmt::Write;

use anstyle::Style;
use halfsour::Node;
use halfsour::classes::stdlib::{ArrayItem, ArrayItems};
use halfsour::classes::{Known, class_name, recognise};
use halfsour::lexer::text::repr;
use halfsour::value::Data;

use super::leaf::Palette;
use crate::text::{self, count, plural};

/// What is shared is looked at each time: of what has longer arguments, the parts are shown.
const LONGEST: usize = 2048;

/// Whether [`leaf`] has something of it.
pub fn is_leaf<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    known(node).is_some_and(|known| known.as_text().is_some())
}

/// A known object without parts: its class, its text, and the colour of that.
pub fn leaf<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(String, String, Style)> {
    let known = known(node)?;
    let text = known.as_text()?.to_string();
    let (text, style) = match known {
        Known::DateTime(_) => (text.replacen('T', " ", 1), Palette::NUMBER),
        Known::Path(_) => (repr::Str(text.as_bytes()).to_string(), Palette::TEXT),
        Known::Decimal(_) | Known::Fraction(_) | Known::Date(_) | Known::Time(_) | Known::TimeDelta(_) => {
            (text, Palette::NUMBER)
        }
        // Its text says what it is.
        Known::Range(_) => return Some((String::new(), text, Palette::NUMBER)),
        _ => (text::name(&text).into_owned(), Palette::TEXT),
    };
    let (module, name) = class_name(node)?;
    Some((format!("{module}.{name}"), text, style))
}

/// A known object whose parts are no objects.
pub fn line<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<String> {
    const LONG: usize = 60;
    match known(node)? {
        Known::Array(array) if matches!(array.items, ArrayItems::Machine { .. }) => {
            let mut line = format!("array.array('{}', [", array.typecode);
            for (index, item) in array.iter().enumerate() {
                let separator = if index > 0 { ", " } else { "" };
                if line.len() > LONG {
                    let _ = write!(line, "{separator}… {} more", count(array.len() - index));
                    break;
                }
                // Writing to a String does not fail.
                let _ = match item {
                    ArrayItem::Int(int) => write!(line, "{separator}{int}"),
                    ArrayItem::Float(value) => write!(line, "{separator}{}", repr::Float(value)),
                    ArrayItem::Character(point) => {
                        write!(line, "{separator}{:?}", char::from_u32(point).unwrap_or('\u{fffd}'))
                    }
                };
            }
            line.push_str("])");
            Some(line)
        }
        Known::Payload(payload) => {
            let (module, name) = class_name(node)?;
            Some(format!("{module}.{name}({}, {})", payload.format, plural(payload.bytes.len(), "byte")))
        }
        _ => None,
    }
}

fn known<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Known<'_, S>> {
    let mut args = node.as_instance()?.args().elements()?;
    let length = |node: Node<'_, S>| match node.data() {
        Data::Str(text) => text.as_wtf8().len(),
        Data::ByteString(bytes) | Data::BigInt(bytes) => bytes.len(),
        Data::List(elements) => elements.len(),
        _ => 1,
    };
    args.try_fold(LONGEST, |left, arg| left.checked_sub(length(arg)))?;
    recognise(node)
}
