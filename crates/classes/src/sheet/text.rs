//! Cells as text: what Python's `str()` says of them, and `to_csv` prints.

use std::fmt::Write;

use halfsour_text::{number, repr};
use halfsour_value::{Data, Node};

use super::extent::has_times;
use super::numbers::write_scalar;
use super::{Cell, Cells, Extent, Name, Release};
use crate::debug::debug_variants;
use crate::memory::{Number, Scalar};
use crate::numpy::{Element, LongDouble};
use crate::pandas::{self, Closed, Timedelta, Timestamp, Values, is_na};
use crate::stdlib::{DateTime, Offset, TimeDelta, TimeZone, ZoneOffsets};
use crate::time::{Civil, day_and_clock};
use crate::{Known, Shape, recognise};

/// The reason that a cell was not written.
pub enum Unwritten<'g, S> {
    /// An object that has parts: the caller may have a form for it.
    Object(Node<'g, S>),
    /// The cell is a list or a dict that Arrow holds, to which the same applies.
    Parts,
    /// The cell cannot be read.
    Unreadable(String),
}

type Result<'g, S> = std::result::Result<(), Unwritten<'g, S>>;

impl<S> From<&str> for Unwritten<'_, S> {
    fn from(why: &str) -> Self {
        Self::Unreadable(why.to_owned())
    }
}

/// How the cells of a column are written.
#[derive(Debug, Default)]
pub struct Form {
    /// How exact the times of the column are. Without it, each time has what it needs.
    extent: Option<Extent>,
    /// The release that printed it, and whether these are labels.
    release: Release,
    is_label: bool,
    /// The offsets of the zone that all times of the column have.
    zone: Option<ZoneOffsets>,
    /// The type of the numbers, if it is shorter than Python's.
    short: Option<Number>,
    /// Whether times are as numpy has them, as those of categories were before pandas 1.4: a number of nanoseconds, or ISO 8601 in labels.
    is_bare: bool,
}

impl Form {
    pub(super) fn of_names(extent: Extent, release: Release) -> Self {
        Self { extent: Some(extent), release, is_label: true, ..Self::default() }
    }

    /// Returns the form of the cells of a column, whose times have an extent: of labels of rows, or of others.
    ///
    /// # Errors
    ///
    /// If the times are in a zone that is not known.
    pub fn of<S: AsRef<[u8]>>(
        cells: &Cells<'_, S>,
        extent: Extent,
        release: Release,
        is_label: bool,
    ) -> std::result::Result<Self, String> {
        let extent = has_times(cells).then_some(extent);
        let mut form = Self { extent, release, is_label, ..Self::default() };
        let labels = |labels: &pandas::Labels<'_, S>| match labels {
            pandas::Labels::Values(values) => zone_of(values),
            _ => Ok(None),
        };
        match cells {
            Cells::Values { values, .. } => {
                form.is_bare = is_bare(values, release, is_label);
                form.zone = match values {
                    Values::Categorical(of) => labels(&of.categories.labels)?,
                    values => zone_of(values)?,
                };
                // What is in another extension array becomes Python's floats first.
                form.short = match values {
                    Values::Numpy(grid) => grid.dtype().number(),
                    Values::Masked { values, .. } if release >= Release::Two => values.dtype().number(),
                    _ => None,
                };
            }
            Cells::Level(level) => form.zone = labels(&level.labels.labels)?,
            Cells::Array(array) => form.short = array.dtype().number(),
            Cells::Range { .. } | Cells::Nodes(_) => {}
        }
        Ok(form)
    }
}

/// Whether the times of categories are as numpy has them.
fn is_bare<S>(values: &Values<'_, S>, release: Release, is_label: bool) -> bool {
    let Values::Categorical(of) = values else { return false };
    let pandas::Labels::Values(categories) = &of.categories.labels else { return false };
    match &**categories {
        Values::Times { tz: None, .. } => release < Release::Two,
        Values::Times { .. } => release == Release::Before11 && !is_label,
        Values::Deltas { .. } => release < Release::Two && !is_label,
        _ => false,
    }
}

fn zone_of<S: AsRef<[u8]>>(values: &Values<'_, S>) -> std::result::Result<Option<ZoneOffsets>, String> {
    match values {
        Values::Times { tz: Some((_, Some(zone))), .. } => offsets(*zone).map(Some),
        Values::Times { tz: Some((node, None)), .. } => {
            Err(format!("times in a zone that is not known: {}", called(*node)))
        }
        _ => Ok(None),
    }
}

fn offsets(zone: TimeZone<'_>) -> std::result::Result<ZoneOffsets, String> {
    let unknown =
        || format!("times in the zone {:?}, whose offsets are not known", zone.key().unwrap_or_default());
    ZoneOffsets::of(zone).ok_or_else(unknown)
}

/// Appends what Python's `str()` says of a cell, nothing where a value is missing.
///
/// # Errors
///
/// [`Unwritten::Object`] and [`Unwritten::Parts`] for containers and objects that are not known, which were not written;
/// [`Unwritten::Unreadable`] for what cannot be read.
pub fn write_cell<'g, S: AsRef<[u8]>>(
    cell: &Cell<'_, 'g, S>,
    form: &Form,
    out: &mut String,
) -> Result<'g, S> {
    match cell {
        Cell::Missing => Ok(()),
        Cell::Pandas(cell) => write_pandas(cell, form, out),
        Cell::Node(node) => write_node(*node, out),
        Cell::Element(element) => write_element(element, form.short, out),
    }
}

/// Appends the name of a column: text as it is, all else as `str()` has it; nothing for no name.
pub fn write_name<S: AsRef<[u8]>>(name: &Name<'_, S>, form: &Form, out: &mut String) {
    let written = match name {
        Name::None => Ok(()),
        Name::Text(text) => {
            out.push_str(text);
            Ok(())
        }
        Name::Label(label) => write_pandas(label, form, out),
    };
    if let (Err(_), Name::Label(label)) = (written, name) {
        let _ = match label {
            pandas::Cell::Object(node) => write!(out, "{node}"),
            _ => write!(out, "?"),
        };
    }
}

fn write_pandas<'g, S: AsRef<[u8]>>(
    cell: &pandas::Cell<'g, S>,
    form: &Form,
    out: &mut String,
) -> Result<'g, S> {
    use pandas::Cell as P;
    match cell {
        P::Missing => {}
        P::Scalar(scalar) => write_scalar(*scalar, form.short, form.release, out),
        P::Text(text) => out.push_str(text),
        P::Bytes(bytes) => show(out, &repr::Bytes(bytes)),
        P::Timestamp(stamp) => write_stamp(stamp, form, out)?,
        P::Timedelta(delta) => write_delta(*delta, form, out),
        P::Period(period) => show(out, period),
        P::Interval(sides, closed) => {
            let whole = Form { release: form.release, ..Form::default() };
            write_interval(out, *closed, |out, side| {
                let side = if side == 0 { &sides.0 } else { &sides.1 };
                match side {
                    P::Timestamp(stamp) if form.release < Release::Two => write_short(stamp, out),
                    side => write_pandas(side, &whole, out),
                }
            })?;
        }
        P::Day(day) => show(out, day),
        P::TimeOfDay(ticks, unit) => show(out, &unit.time_of_day(*ticks)),
        P::Decimal(decimal) => show(out, decimal),
        P::Object(node) => write_node(*node, out)?,
        P::Tuple(cells) => {
            out.push('(');
            for (at, cell) in cells.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                let mut text = String::new();
                within(write_pandas(cell, form, &mut text))?;
                show(out, &repr::Str(text.as_bytes()));
            }
            out.push_str(if cells.len() == 1 { ",)" } else { ")" });
        }
        P::List(_) | P::Dict(_) => return Err(Unwritten::Parts),
        P::Geometry(geometry) => show(out, geometry),
        P::LongDouble(number) => write_long(*number, out)?,
    }
    Ok(())
}

/// Makes of a part of a value that has no text the reason that the value has none.
fn within<S: AsRef<[u8]>>(written: Result<'_, S>) -> Result<'_, S> {
    written.map_err(|why| match why {
        Unwritten::Object(node) => Unwritten::Unreadable(format!("a value with {} in it", called(node))),
        Unwritten::Parts => "a value with a list or a dict in it".into(),
        unreadable @ Unwritten::Unreadable(_) => unreadable,
    })
}

/// Appends a longdouble, if it is known which of its formats it has.
fn write_long<'g, S>(number: LongDouble<'_>, out: &mut String) -> Result<'g, S> {
    let text = number.text().ok_or("a longdouble of a format that the array does not tell")?;
    out.push_str(if text == "nan" { "" } else { &text });
    Ok(())
}

/// Appends an interval: `(0, 1]`.
fn write_interval<'g, S: AsRef<[u8]>>(
    out: &mut String,
    closed: Closed,
    mut side: impl FnMut(&mut String, u8) -> Result<'g, S>,
) -> Result<'g, S> {
    let [open, close] = closed.brackets();
    out.push(open);
    within(side(out, 0))?;
    out.push_str(", ");
    within(side(out, 1))?;
    out.push(close);
    Ok(())
}

fn show(out: &mut String, shown: &dyn std::fmt::Display) {
    let _ = write!(out, "{shown}");
}

/// Appends a time as `str()` has it: `2024-02-29 12:30:00+01:00`.
fn write_moment(out: &mut String, local: i128, offset: Option<TimeDelta>) {
    let (day, clock) = day_and_clock(local);
    let _ = write!(out, "{} {clock}", Civil(day));
    if let Some(offset) = offset {
        show(out, &Offset(offset));
    }
}

/// Appends a time by its date alone if it is midnight, as intervals showed it before pandas 2.1.
fn write_short<'g, S: AsRef<[u8]>>(stamp: &Timestamp<'_, S>, out: &mut String) -> Result<'g, S> {
    const DATE: usize = "2024-02-29".len();
    let start = out.len();
    write_stamp(stamp, &Form::default(), out)?;
    if out[start..].get(DATE..DATE + 9).is_some_and(|clock| clock == " 00:00:00")
        && out.as_bytes()[start..].get(DATE + 9) != Some(&b'.')
    {
        out.truncate(start + DATE);
    }
    Ok(())
}

fn write_stamp<'g, S: AsRef<[u8]>>(stamp: &Timestamp<'_, S>, form: &Form, out: &mut String) -> Result<'g, S> {
    let time = stamp.unit.nanoseconds_of(stamp.ticks);
    if form.is_bare && form.is_label {
        let (day, clock) = day_and_clock(time);
        let _ = write!(out, "{}T", Civil(day));
        write_clock(clock.seconds, clock.nanoseconds, 9, out);
        return Ok(());
    }
    if form.is_bare {
        show(out, &time);
        return Ok(());
    }
    if stamp.tz.is_none() && stamp.zone.is_none() {
        match form.extent {
            Some(extent) => write_date(time, extent.is_days(), extent.digits(), out),
            None => write_moment(out, time, None),
        }
        return Ok(());
    }
    let offset = match (&form.zone, stamp.offset, stamp.zone) {
        (Some(zone), ..) => zone.at(time),
        (None, Some(offset), _) => Some(offset),
        (None, None, Some(zone)) => offsets(zone).map_err(Unwritten::Unreadable)?.at(time),
        (None, None, None) => return Err("a time in a zone that is not known".into()),
    };
    let offset = offset.ok_or("a time that is out of range")?;
    let local = time + offset.as_microseconds() * 1_000;
    match form.extent {
        Some(extent) if form.release == Release::Three && extent.digits() > 0 => {
            write_date(local, false, extent.digits(), out);
            show(out, &Offset(offset));
        }
        _ => write_moment(out, local, Some(offset)),
    }
    Ok(())
}

/// Appends a date, and the time of day with so many digits after the second.
fn write_date(time: i128, is_day: bool, digits: usize, out: &mut String) {
    let (day, clock) = day_and_clock(time);
    show(out, &Civil(day));
    if !is_day {
        out.push(' ');
        write_clock(clock.seconds, clock.nanoseconds, digits, out);
    }
}

fn write_clock(seconds: u32, nanoseconds: u32, digits: usize, out: &mut String) {
    let minutes = seconds / 60;
    let _ = write!(out, "{:02}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60);
    if digits > 0 {
        let all = format!("{nanoseconds:09}");
        let _ = write!(out, ".{}", &all[..digits]);
    }
}

fn write_delta(delta: Timedelta, form: &Form, out: &mut String) {
    if form.is_bare {
        return show(out, &delta.nanoseconds());
    }
    let Some(extent) = form.extent else { return show(out, &delta) };
    let (days, clock) = day_and_clock(delta.nanoseconds());
    let (is_old, parts) = (form.release == Release::Before11, clock.nanoseconds % 1_000);
    let digits = match form.release {
        Release::Before11 if !form.is_label => 9,
        Release::Three if extent.digits() > 0 => extent.digits().max(6),
        _ if clock.nanoseconds == 0 => 0,
        _ => {
            if parts == 0 {
                6
            } else {
                9
            }
        }
    };
    if extent.is_days() && (form.is_label || !is_old) {
        let _ = write!(out, "{days} days");
        return;
    }
    if !(is_old && form.is_label && extent.is_within_a_day() && days == 0) {
        let _ = write!(out, "{days} days {}", if days < 0 { "+" } else { "" });
    }
    write_clock(clock.seconds, clock.nanoseconds, digits, out);
}

fn write_element<'g, S: AsRef<[u8]>>(
    element: &Element<'_, S>,
    short: Option<Number>,
    out: &mut String,
) -> Result<'g, S> {
    match element {
        Element::Missing => {}
        Element::Scalar(scalar) => write_scalar(*scalar, short, Release::default(), out),
        Element::Text(text) => out.push_str(text),
        Element::DateTime(ticks) | Element::TimeDelta(ticks) if ticks.count == crate::time::NAT => {}
        Element::DateTime(ticks) => out.push_str(&ticks.to_datetime().replacen('T', " ", 1)),
        Element::TimeDelta(ticks) => match ticks.nanoseconds() {
            Some(nanoseconds) => {
                let (days, clock) = day_and_clock(nanoseconds);
                let sign = if days < 0 { "+" } else { "" };
                let _ = write!(out, "{days} days {sign}{clock}");
            }
            None => show(out, element),
        },
        Element::LongDouble(number) => write_long(*number, out)?,
        Element::LongComplex(..) => return Err("a number of the type clongdouble".into()),
        _ => show(out, element),
    }
    Ok(())
}

/// Appends what `str()` says of an object.
fn write_node<'g, S: AsRef<[u8]>>(node: Node<'g, S>, out: &mut String) -> Result<'g, S> {
    match node.data() {
        Data::None => {}
        Data::Bool(value) => out.push_str(if value { "True" } else { "False" }),
        Data::Int(value) => show(out, &value),
        Data::BigInt(bytes) => show(out, &number::BigDisplay(bytes)),
        Data::Float(value) if value.is_nan() => {}
        Data::Float(value) => show(out, &repr::Float(value)),
        Data::Complex(re, im) => write_scalar(Scalar::Complex(re, im), None, Release::default(), out),
        Data::Str(text) => out.push_str(text.as_str().ok_or("text with half a surrogate pair")?),
        Data::ByteString(bytes) => out.push_str(
            str::from_utf8(bytes)
                .map_err(|_| "a Python 2 string that is not UTF-8: the option `encoding` says what it is")?,
        ),
        Data::Bytes(bytes) => show(out, &repr::Bytes(bytes)),
        Data::ByteArray(bytes) => {
            let _ = write!(out, "bytearray({})", repr::Bytes(bytes));
        }
        Data::Global(global) if is_na(&global) => {}
        Data::Instance(_) => match recognise(node) {
            Some(known) => write_known(node, &known, out)?,
            None => return Err(Unwritten::Object(node)),
        },
        _ => return Err(Unwritten::Object(node)),
    }
    Ok(())
}

fn write_known<'g, S: AsRef<[u8]>>(
    node: Node<'g, S>,
    known: &Known<'g, S>,
    out: &mut String,
) -> Result<'g, S> {
    match known {
        Known::DateTime(datetime) => write_datetime(datetime, out)?,
        Known::Timestamp(stamp) => write_stamp(stamp, &Form::default(), out)?,
        Known::NumpyScalar(scalar) => {
            return write_element(&scalar.element(), scalar.dtype().number(), out);
        }
        Known::Interval(interval) => {
            let (left, right) = (interval.left, interval.right);
            // An interval of intervals there is not.
            let side = |node: Node<'g, S>| match recognise(node) {
                Some(Known::Interval(_)) => Err(Unwritten::Object(node)),
                _ => Ok(node),
            };
            let (left, right) = (side(left)?, side(right)?);
            write_interval(out, interval.closed, |out, number| {
                write_node(if number == 0 { left } else { right }, out)
            })?;
        }
        known => match (known.shape(), known.as_text()) {
            (Shape::Null, _) => {}
            (Shape::Number(number), _) if !number.is_finite() && !number.as_str().contains('I') => {}
            (_, Some(text)) => show(out, text),
            (Shape::Inner(inner), _) => match inner.data() {
                Data::Str(_) | Data::ByteString(_) => write_node(inner, out)?,
                _ => return Err(Unwritten::Object(node)),
            },
            _ => return Err(Unwritten::Object(node)),
        },
    }
    Ok(())
}

fn write_datetime<'g, S: AsRef<[u8]>>(datetime: &DateTime<'_, S>, out: &mut String) -> Result<'g, S> {
    let _ = write!(out, "{} {}", datetime.date, datetime.clock);
    if datetime.tz.is_some() {
        show(out, &Offset(datetime.offset().ok_or("a time in a zone whose offset is not known")?));
    }
    Ok(())
}

/// Returns the name of an object in a complaint: `an object of app.Foo`, `an int`.
pub fn called<S: AsRef<[u8]>>(node: Node<'_, S>) -> String {
    let callable = || node.as_instance().and_then(|made| made.callable().as_global());
    match (node.class().and_then(Node::as_global), callable()) {
        (Some(class), _) => format!("an object of {}", class.full_name()),
        (None, Some(callable)) => format!("an object that {} returned", callable.full_name()),
        (None, None) if node.as_instance().is_some() => "an object of a class without a name".to_owned(),
        (None, None) => {
            let kind = node.kind().to_string();
            let article = if kind.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
            format!("{article} {kind}")
        }
    }
}

debug_variants!(Unwritten {
    Self::Object(node) => Object(node),
    Self::Parts => Parts(),
    Self::Unreadable(why) => Unreadable(why),
});
