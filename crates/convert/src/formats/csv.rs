//! CSV.
//!
//! The crate `arrow-csv` writes the same, but takes with it a parser and a library of casts, which take longer to compile than the rest of
//! Arrow's crates.

use std::fmt::{self, Write as _};
use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{
    as_datetime, date32_to_datetime, duration_ns_to_duration, duration_us_to_duration, time64us_to_time,
    try_duration_ms_to_duration, try_duration_s_to_duration,
};
use arrow_array::types::{
    Date32Type, Decimal128Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float32Type, Float64Type, Time64MicrosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray, RecordBatch, downcast_integer_array};
use arrow_schema::{DataType, TimeUnit};
use chrono::{FixedOffset, SecondsFormat};

use super::WriteError;
use crate::TableError;

/// Writes a table as CSV: a line with the names of the columns, then a line for each row, which end in `\n`.
///
/// A missing value is an empty field. Fields with commas, quotes or ends of lines are in quotes. Times are as in RFC 3339; those of named
/// zones are in UTC, since the offset of a zone at a time is not known here. Spans of time are as in ISO 8601, and bytes in
/// hexadecimal.
///
/// The writer makes a write for each line: give it a [`BufWriter`](std::io::BufWriter).
///
/// # Errors
///
/// If a time is out of range, or if the output takes no more.
pub fn write_csv(batch: &RecordBatch, mut out: impl Write) -> Result<(), WriteError> {
    let schema = batch.schema();
    let columns: Vec<_> = schema.fields().iter().zip(batch.columns()).collect();
    let writers = columns
        .iter()
        .map(|(field, array)| writer(array.as_ref()).map_err(|error| error.of(field.name())))
        .collect::<Result<Vec<_>, _>>()?;
    let mut line = Line::default();
    for (field, _) in &columns {
        line.field(field.name());
    }
    line.end(&mut out)?;
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        for ((field, array), write) in columns.iter().zip(&writers) {
            text.clear();
            if array.is_valid(row) {
                let far = |_| TableError::new("a time that is out of range").of(field.name()).at(row);
                write(row, &mut text).map_err(far)?;
            }
            line.field(&text);
        }
        line.end(&mut out)?;
    }
    Ok(())
}

/// A line while it is made.
#[derive(Default)]
struct Line {
    text: String,
    fields: usize,
}

impl Line {
    fn field(&mut self, text: &str) {
        if self.fields > 0 {
            self.text.push(',');
        }
        self.fields += 1;
        if text.contains([',', '"', '\n', '\r']) {
            self.text.extend(["\"", &text.replace('"', "\"\""), "\""]);
        } else {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, out: &mut impl Write) -> std::io::Result<()> {
        // Some readers skip lines in which nothing is.
        if self.text.bytes().all(|byte| byte == b',') {
            self.text.insert_str(0, "\"\"");
        }
        self.text.push('\n');
        out.write_all(self.text.as_bytes())?;
        self.text.clear();
        self.fields = 0;
        Ok(())
    }
}

/// Writes the value in a row, which is not null. It fails for times that are out of range.
type WriteValue<'a> = Box<dyn Fn(usize, &mut String) -> fmt::Result + 'a>;

fn writer(array: &dyn Array) -> Result<WriteValue<'_>, TableError> {
    Ok(downcast_integer_array! {
        array => Box::new(move |row, text| write!(text, "{}", array.value(row))),
        DataType::Null => Box::new(|_, _| Ok(())),
        DataType::Boolean => shown(array.as_boolean(), |array, row| Some(array.value(row))),
        DataType::Float16 => value::<Float16Type, _>(array, Some),
        DataType::Float32 => value::<Float32Type, _>(array, |value| Some(Float(value))),
        DataType::Float64 => value::<Float64Type, _>(array, |value| Some(Float(value))),
        DataType::Utf8 => shown(array.as_string::<i32>(), |array, row| Some(array.value(row))),
        DataType::LargeUtf8 => shown(array.as_string::<i64>(), |array, row| Some(array.value(row))),
        DataType::Binary => shown(array.as_binary::<i32>(), |array, row| Some(Hex(array.value(row)))),
        DataType::LargeBinary => shown(array.as_binary::<i64>(), |array, row| Some(Hex(array.value(row)))),
        DataType::Decimal128(_, _) => {
            shown(array.as_primitive::<Decimal128Type>(), |array, row| Some(array.value_as_string(row)))
        }
        DataType::Date32 => value::<Date32Type, _>(array, |days| Some(date32_to_datetime(days)?.date())),
        DataType::Time64(TimeUnit::Microsecond) => {
            value::<Time64MicrosecondType, _>(array, |ticks| time64us_to_time(ticks).map(Rfc3339))
        }
        DataType::Duration(unit) => match unit {
            TimeUnit::Second => value::<DurationSecondType, _>(array, try_duration_s_to_duration),
            TimeUnit::Millisecond => value::<DurationMillisecondType, _>(array, try_duration_ms_to_duration),
            TimeUnit::Microsecond => {
                value::<DurationMicrosecondType, _>(array, |ticks| Some(duration_us_to_duration(ticks)))
            }
            TimeUnit::Nanosecond => {
                value::<DurationNanosecondType, _>(array, |ticks| Some(duration_ns_to_duration(ticks)))
            }
        },
        DataType::Timestamp(unit, zone) => {
            let zone = zone.as_deref().map(|zone| zone.parse().unwrap_or(UTC));
            match unit {
                TimeUnit::Second => time::<TimestampSecondType>(array, zone),
                TimeUnit::Millisecond => time::<TimestampMillisecondType>(array, zone),
                TimeUnit::Microsecond => time::<TimestampMicrosecondType>(array, zone),
                TimeUnit::Nanosecond => time::<TimestampNanosecondType>(array, zone),
            }
        }
        DataType::Dictionary(_, _) => {
            let array = array.as_any_dictionary();
            let values = array.values();
            let write = writer(values.as_ref())?;
            let keys = if values.is_empty() { Vec::new() } else { array.normalized_keys() };
            Box::new(move |row, text| if values.is_valid(keys[row]) { write(keys[row], text) } else { Ok(()) })
        }
        other => return Err(TableError::new(format!("no form in CSV for {other}"))),
    })
}

const UTC: FixedOffset = FixedOffset::east_opt(0).expect("0 is an offset");

fn shown<'a, A, T: fmt::Display>(
    array: &'a A,
    get: impl Fn(&'a A, usize) -> Option<T> + 'a,
) -> WriteValue<'a> {
    Box::new(move |row, text| write!(text, "{}", get(array, row).ok_or(fmt::Error)?))
}

fn value<T: ArrowPrimitiveType, D: fmt::Display>(
    array: &dyn Array,
    of: impl Fn(T::Native) -> Option<D> + 'static,
) -> WriteValue<'_> {
    shown(array.as_primitive::<T>(), move |array: &PrimitiveArray<T>, row| of(array.value(row)))
}

fn time<T: ArrowPrimitiveType<Native = i64>>(array: &dyn Array, zone: Option<FixedOffset>) -> WriteValue<'_> {
    value::<T, _>(array, move |ticks| {
        let time = as_datetime::<T>(ticks)?;
        Some(match zone {
            None => Rfc3339(time).to_string(),
            Some(zone) => time.and_utc().with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, true),
        })
    })
}

/// The form of RFC 3339, which is chrono's `Debug`; its `Display` has a blank between date and time.
struct Rfc3339<T>(T);

impl<T: fmt::Debug> fmt::Display for Rfc3339<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A float with as many digits as tell it from others, and an exponent where it is large or small.
struct Float<T>(T);

impl<T: ryu::Float> fmt::Display for Float<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ryu::Buffer::new().format(self.0))
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
