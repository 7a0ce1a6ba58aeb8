//! Whether two points in time, or spans of it, are equal: in different zones those are that are the same instant.

use halfsour_classes::stdlib::{DateTime, TimeOfDay};
use halfsour_classes::{Known, pandas};

/// A point in time, as Python compares it.
struct Moment {
    /// Nanoseconds since 1970 began: in UTC if it has a zone, otherwise local time.
    nanoseconds: i128,
    /// What a clock shows, of `datetime.datetime`, as nanoseconds since it showed the beginning of 1970.
    local: i128,
    has_zone: bool,
    /// The zone as text, of `datetime.datetime`.
    zone: Option<String>,
    /// Whether the clock shows this time twice, or never.
    is_ambiguous: bool,
}

/// Returns whether two times, or two spans of time, are equal, or `None` if one of them is none, or its offset from UTC is not known.
pub fn same<S: AsRef<[u8]>>(a: &Known<'_, S>, b: &Known<'_, S>) -> Option<bool> {
    if let (Some(a), Some(b)) = (span(a), span(b)) {
        return Some(a == b);
    }
    if let (Known::Time(a), Known::Time(b)) = (a, b)
        && a.tz.is_none()
        && b.tz.is_none()
    {
        // Of times of day without a zone, Python does not look at `fold`.
        return Some(TimeOfDay { fold: b.clock.fold, ..a.clock } == b.clock);
    }
    let (a, b) = (moment(a)?, moment(b)?);
    if a.zone.is_some() && a.zone == b.zone {
        // Within a zone, Python compares what the clocks show.
        return Some(a.local == b.local);
    }
    // Between zones, Python finds no time equal that depends on `fold`; pandas does.
    let is_vague = a.zone.is_some() && b.zone.is_some() && (a.is_ambiguous || b.is_ambiguous);
    Some(a.has_zone == b.has_zone && a.nanoseconds == b.nanoseconds && !is_vague)
}

/// Returns the length of a span in nanoseconds.
fn span<S: AsRef<[u8]>>(known: &Known<'_, S>) -> Option<i128> {
    match known {
        Known::TimeDelta(delta) => Some(delta.as_microseconds() * 1000),
        Known::PandasTimedelta(delta) => Some(delta.nanoseconds()),
        _ => None,
    }
}

fn moment<S: AsRef<[u8]>>(known: &Known<'_, S>) -> Option<Moment> {
    match known {
        Known::DateTime(time) => of_datetime(time),
        Known::Timestamp(stamp) => Some(Moment {
            nanoseconds: pandas::Timedelta { ticks: stamp.ticks, unit: stamp.unit }.nanoseconds(),
            local: 0,
            has_zone: stamp.tz.is_some() || stamp.zone.is_some(),
            zone: None,
            is_ambiguous: false,
        }),
        _ => None,
    }
}

fn of_datetime<S: AsRef<[u8]>>(time: &DateTime<'_, S>) -> Option<Moment> {
    const DAY: i128 = 86_400_000_000;
    let days = i128::from(time.date.since_1970());
    let local = (days * DAY + i128::from(time.clock.as_microseconds())) * 1000;
    if time.tz.is_none() {
        return Some(Moment { nanoseconds: local, local, has_zone: false, zone: None, is_ambiguous: false });
    }
    let offset = time.offset()?;
    Some(Moment {
        nanoseconds: local - offset.as_microseconds() * 1000,
        local,
        has_zone: true,
        zone: Some(time.zone()?.to_string()),
        is_ambiguous: time.depends_on_fold(),
    })
}
