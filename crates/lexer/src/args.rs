//! One nom parser for each kind of argument. All are streaming: they return `Incomplete` if bytes are missing, and a caller
//! that knows that no more will come turns that into an error.

// Forced inlining: each arm of the dispatch gets its own copy of its argument's parser, and optimises it away.

use nom::bytes::streaming::take;
use nom::error::{ErrorKind as NomKind, ParseError};
use nom::{Err, IResult, Needed};

use crate::ErrorKind;

/// The error type that nom carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub ErrorKind);

impl<I> ParseError<I> for Fault {
    fn from_error_kind(_: I, _: NomKind) -> Self {
        // The combinators used here fail in one way only: for want of input.
        Self(ErrorKind::UnexpectedEnd)
    }

    fn append(_: I, _: NomKind, other: Self) -> Self {
        other
    }
}

type Parsed<'a, T> = IResult<&'a [u8], T, Fault>;

#[cfg_attr(not(debug_assertions), inline(always))]
fn fixed<const N: usize>(input: &[u8]) -> Parsed<'_, [u8; N]> {
    let (rest, bytes) = take(N)(input)?;
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    Ok((rest, array))
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn counted(length: u64, input: &[u8]) -> Parsed<'_, &[u8]> {
    match usize::try_from(length) {
        Ok(length) if isize::try_from(length).is_ok() => take(length)(input),
        _ => Err(Err::Failure(Fault(ErrorKind::LengthOverflow))),
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn signed(length: i32, input: &[u8]) -> Parsed<'_, &[u8]> {
    match u64::try_from(length) {
        Ok(length) => counted(length, input),
        Err(_) => Err(Err::Failure(Fault(ErrorKind::NegativeLength))),
    }
}

macro_rules! numbers {
    ($($kind:ident $type:ident $from:ident;)*) => {
        $(#[cfg_attr(not(debug_assertions), inline(always))]
        pub(crate) fn $kind(input: &[u8]) -> Parsed<'_, $type> {
            let (rest, bytes) = fixed(input)?;
            Ok((rest, $type::$from(bytes)))
        })*
    };
}

numbers! {
    uint1 u8 from_le_bytes;
    uint2 u16 from_le_bytes;
    int4 i32 from_le_bytes;
    uint4 u32 from_le_bytes;
    uint8 u64 from_le_bytes;
    float8 f64 from_be_bytes;
}

macro_rules! payloads {
    ($($kind:ident $length:ident $take:ident;)*) => {
        $(#[cfg_attr(not(debug_assertions), inline(always))]
        pub(crate) fn $kind(input: &[u8]) -> Parsed<'_, &[u8]> {
            let (rest, length) = $length(input)?;
            $take(length.into(), rest)
        })*
    };
}

payloads! {
    string1 uint1 counted;
    string4 int4 signed;
    bytes1 uint1 counted;
    bytes4 uint4 counted;
    bytes8 uint8 counted;
    bytearray8 uint8 counted;
    unicodestring1 uint1 counted;
    unicodestring4 uint4 counted;
    unicodestring8 uint8 counted;
    long1 uint1 counted;
    long4 int4 signed;
}

/// Takes a line, and drops its newline.
#[cfg_attr(not(debug_assertions), inline(always))]
fn line(input: &[u8]) -> Parsed<'_, &[u8]> {
    match halfsour_text::scan::newline(input) {
        Some(at) => Ok((&input[at + 1..], &input[..at])),
        None => Err(Err::Incomplete(Needed::new(1))),
    }
}

macro_rules! lines {
    ($($kind:ident)*) => {
        $(#[cfg_attr(not(debug_assertions), inline(always))]
        pub(crate) fn $kind(input: &[u8]) -> Parsed<'_, &[u8]> {
            line(input)
        })*
    };
}

lines! { stringnl stringnl_noescape unicodestringnl decimalnl_short decimalnl_long floatnl }

#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn stringnl_noescape_pair(input: &[u8]) -> Parsed<'_, (&[u8], &[u8])> {
    let (rest, first) = line(input)?;
    let (rest, second) = line(rest)?;
    Ok((rest, (first, second)))
}
