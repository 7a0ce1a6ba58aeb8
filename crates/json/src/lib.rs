#![doc = include_str!("../README.md")]

mod census;
mod error;
mod events;
mod known;
mod lossless;
mod names;
mod numpy;
mod out;
mod pandas;
mod parse;
mod part;
mod pen;
mod plain;
mod spelling;
mod style;
mod tags;
mod trail;

#[doc = include_str!("../LOSSLESS.md")]
pub mod lossless_form {}

use std::io::Write;

use halfsour_classes::Known;
use halfsour_classes::numpy::Unwrapped;
use halfsour_value::{Graph, Node};

pub use error::{Error, ErrorKind, Result};
pub use parse::{Document, ParseError, deep_documents_from_reader, documents, documents_from_reader};
pub use part::{Part, part_to_writer};
pub use pen::Pen;
pub use style::{Cycles, Limits, Style};

use out::Out;

/// The JSON of an object.
///
/// # Errors
///
/// If the text exceeds the limits; in the plain form, if an object contains itself and [`Cycles`] are an error.
pub fn to_string<S: AsRef<[u8]>>(node: Node<'_, S>, style: Style) -> Result<String, Error> {
    Ok(String::from_utf8(to_vec(node, style)?).expect("JSON is written as UTF-8"))
}

/// The JSON of an object, as the bytes of UTF-8 text.
///
/// # Errors
///
/// The errors of [`to_string`].
pub fn to_vec<S: AsRef<[u8]>>(node: Node<'_, S>, style: Style) -> Result<Vec<u8>, Error> {
    document(node, style, None)
}

/// Writes the JSON of an object, in pieces of some 64 KiB.
///
/// ```
/// let graph = halfsour_vm::from_slice(b"](K\x01K\x02e.")?;
/// let mut out = Vec::new();
/// halfsour_json::to_writer(&mut out, graph.root(), halfsour_json::Style::plain().pretty())?;
/// assert_eq!(out, b"[\n  1,\n  2\n]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The errors of [`to_string`], and those of the writer, which may have got some of the text by then.
pub fn to_writer<W: Write, S: AsRef<[u8]>>(
    mut writer: W,
    node: Node<'_, S>,
    style: Style,
) -> Result<(), Error> {
    document(node, style, Some(&mut writer)).map(drop)
}

/// Writes the plain JSON of several objects of a graph, each on a line; the limits are for all of them.
///
/// ```
/// // [[1], {'a': 2}]
/// let graph = halfsour_vm::from_slice(b"](](K\x01e}X\x01\0\0\0aK\x02se.")?;
/// let mut out = Vec::new();
/// let rows = graph.root().elements().unwrap();
/// halfsour_json::lines_to_writer(&mut out, &graph, rows, halfsour_json::Limits::UNTRUSTED)?;
/// assert_eq!(out, b"[1]\n{\"a\":2}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The errors of [`to_writer`].
pub fn lines_to_writer<'g, W: Write, S: AsRef<[u8]>>(
    mut writer: W,
    graph: &'g Graph<S>,
    rows: impl IntoIterator<Item = Node<'g, S>>,
    limits: Limits,
) -> Result<(), Error> {
    let style = Style::plain().with_limits(limits);
    let mut out = Out::new(graph.root(), style, Some(&mut writer));
    plain::lines(&mut out, graph, rows, style)?;
    out.finish().map(drop)
}

/// Writes a line of plain JSON for each row of a frame or a series of pandas, which need be no object of its own; `of` is any object of its
/// graph. Left out are the columns that cannot be read, and those for which `is_left_out` returns true: it is called with the number of
/// each column, and with `None` for the labels of rows. Returns false, and writes nothing, if `known` is neither a frame nor a series.
///
/// # Errors
///
/// The errors of [`to_writer`].
pub fn table_lines_to_writer<'g, W: Write, S: AsRef<[u8]>>(
    mut writer: W,
    of: Node<'g, S>,
    known: Known<'g, S>,
    is_left_out: impl Fn(Option<usize>) -> bool,
    limits: Limits,
) -> Result<bool, Error> {
    let style = Style::plain().with_limits(limits);
    let mut out = Out::new(of, style, Some(&mut writer));
    let is_table = plain::table_lines(&mut out, of.graph(), known, &is_left_out, style)?;
    out.finish()?;
    Ok(is_table)
}

fn document<S: AsRef<[u8]>>(
    node: Node<'_, S>,
    style: Style,
    writer: Option<&mut dyn Write>,
) -> Result<Vec<u8>, Error> {
    if !style.lossless {
        let mut out = Out::new(node, style, writer);
        plain::write(&mut out, node, style)?;
        return out.finish();
    }
    match Unwrapped::of(node.graph())? {
        Some(unwrapped) => lossless_document(unwrapped.node(node.id()), style, writer),
        None => lossless_document(node, style, writer),
    }
}

fn lossless_document<S: AsRef<[u8]>>(
    node: Node<'_, S>,
    style: Style,
    writer: Option<&mut dyn Write>,
) -> Result<Vec<u8>, Error> {
    let mut out = Out::new(node, style, writer);
    lossless::write(&mut out, node, style)?;
    out.finish()
}
