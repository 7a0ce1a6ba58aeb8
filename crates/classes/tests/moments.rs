//! Dates and times as types of other crates, compared with what the Pythons said of them.

mod common;

use halfsour_classes::pandas::Cell;
use halfsour_classes::stdlib::{DateTime, DateTimeParts};
use halfsour_classes::{ClassBuilder, Known, recognise};
use halfsour_value::Builder;
use serde_json::Value;

/// The numbers in an array.
fn numbers(value: &Value) -> Vec<i64> {
    value.as_array().unwrap().iter().map(|number| number.as_i64().unwrap()).collect()
}

/// What a `timedelta` is in microseconds.
fn microseconds(value: &Value) -> i128 {
    let part = |name: &str| i128::from(value[name].as_i64().unwrap());
    (part("days") * 86_400 + part("seconds")) * 1_000_000 + part("microseconds")
}

/// Looks at what is built.
fn with_built(moment: DateTimeParts<'_>, see: impl FnOnce(&DateTime<'_, Vec<u8>>)) {
    let mut builder = Builder::new();
    let root = ClassBuilder::new(&mut builder).datetime_of(moment);
    let pickle = halfsour_writer::to_vec(builder.build(root).root(), &halfsour_writer::Options::default());
    let graph = halfsour_vm::Loader::new().load(pickle.unwrap()).unwrap();
    let Some(Known::DateTime(datetime)) = recognise(graph.root()) else { panic!("{}", graph.root()) };
    see(&datetime);
}

/// Times of a column in a named zone are told as pandas prints them: in local time, with what the database of zones says of each.
#[test]
fn times_in_a_zone_are_local() {
    let all = halfsour_fixtures::packages();
    let package =
        all.iter().find(|package| package.script == "frames" && package.name == "Series zoned").unwrap();
    let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
    let Some(Known::Series(series)) = recognise(graph.root()) else { panic!("{}", graph.root()) };
    let text = |row| match series.values.get(row) {
        Some(Cell::Timestamp(stamp)) => stamp.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(text(0), "2024-02-29T14:30:00.500000+02:00");
    assert_eq!(text(1), "Some(Missing)");
    assert_eq!(text(2), "1969-07-20T03:00:00+03:00");
}

mod jiff {
    use halfsour_classes::stdlib::{Date, TimeDelta, TimeOfDay, TimeZone};
    use halfsour_classes::{ClassBuilder, ConversionError, Known, recognise};
    use halfsour_value::Builder;
    use jiff::{SignedDuration, ZonedDateTime, civil, tz};
    use serde_json::Value;

    use super::common::each;
    use super::{microseconds, numbers, with_built};

    fn date_fields(date: civil::Date) -> Vec<i64> {
        vec![date.year().into(), date.month().into(), date.day().into()]
    }

    fn time_fields(time: civil::Time) -> Vec<i64> {
        assert_eq!(time.subsec_nanosecond() % 1000, 0);
        let microsecond = i64::from(time.subsec_nanosecond() / 1000);
        vec![time.hour().into(), time.minute().into(), time.second().into(), microsecond]
    }

    fn fields(datetime: civil::DateTime) -> Vec<i64> {
        [date_fields(datetime.date()), time_fields(datetime.time())].concat()
    }

    #[test]
    fn dates() {
        let count = each("date", |known, value| {
            let Known::Date(date) = known else { panic!("{value}") };
            let jiff = civil::Date::try_from(date).unwrap();
            assert_eq!(date_fields(jiff), numbers(&value["fields"]));
            assert_eq!(Date::try_from(jiff), Ok(date));
        });
        assert!(count > 10, "{count}");
        assert_eq!(Date::try_from(civil::date(0, 12, 31)), Err(ConversionError::Range));
    }

    #[test]
    fn times() {
        let count = each("time", |known, value| {
            let Known::Time(time) = known else { panic!("{value}") };
            let jiff = civil::Time::try_from(&time);
            if !value["tz"].is_null() {
                assert_eq!(jiff, Err(ConversionError::Zone));
                return;
            }
            assert_eq!(time_fields(jiff.unwrap()), numbers(&value["fields"]));
            assert_eq!(TimeOfDay::try_from(jiff.unwrap()), Ok(TimeOfDay { fold: false, ..time.clock }));
        });
        assert!(count > 10, "{count}");
        assert_eq!(TimeOfDay::try_from(civil::time(0, 0, 0, 1)), Err(ConversionError::Precision));
    }

    #[test]
    fn datetimes() {
        let (mut zoned, mut folds) = (0, 0);
        let count = each("datetime", |known, value| {
            let Known::DateTime(datetime) = known else { panic!("{value}") };
            if value["tz"].is_null() {
                let jiff = civil::DateTime::try_from(&datetime).unwrap();
                assert_eq!(fields(jiff), numbers(&value["fields"]));
                with_built((&jiff).try_into().unwrap(), |again| assert_eq!(again.try_into(), Ok(jiff)));
                assert_eq!(ZonedDateTime::try_from(&datetime), Err(ConversionError::NoZone));
                return;
            }
            assert_eq!(civil::DateTime::try_from(&datetime), Err(ConversionError::Zone));
            let jiff = ZonedDateTime::try_from(&datetime).unwrap();
            zoned += 1;
            assert_eq!(fields(jiff.datetime()), numbers(&value["fields"]), "{value}");
            assert_eq!(Some(jiff.offset().seconds().into()), value["utcoffset"].as_i64(), "{value}");
            let key = value["tz"]["key"].as_str();
            assert_eq!(jiff.time_zone().iana_name().filter(|name| key.is_some() || *name != "UTC"), key);
            folds += usize::from(value["fold"] == 1 && key.is_some());
            there_and_back(&jiff, value);
        });
        assert!(count > 100 && zoned > 50 && folds > 4, "{count}, {zoned}, {folds}");
    }

    /// What is written of it is what Python wrote.
    fn there_and_back(jiff: &ZonedDateTime, value: &Value) {
        with_built(jiff.try_into().unwrap(), |again| {
            assert_eq!(ZonedDateTime::try_from(again).as_ref(), Ok(jiff));
            // Only of ZoneInfo it decides, where clocks are set back.
            if value["tz"]["class"] == "zoneinfo.ZoneInfo" && value["tz"]["key"] != "UTC" {
                assert_eq!(Some(again.clock.fold.into()), value["fold"].as_i64(), "{value}");
            }
        });
    }

    #[test]
    fn timedeltas() {
        let count = each("timedelta", |known, value| {
            let Known::TimeDelta(delta) = known else { panic!("{value}") };
            let jiff = SignedDuration::from(delta);
            assert_eq!(jiff.as_nanos(), microseconds(value) * 1000);
            assert_eq!(TimeDelta::try_from(jiff), Ok(delta));
        });
        assert!(count > 10, "{count}");
        assert_eq!(TimeDelta::try_from(SignedDuration::from_nanos(1)), Err(ConversionError::Precision));
        assert_eq!(TimeDelta::try_from(SignedDuration::MAX), Err(ConversionError::Precision));
        assert_eq!(TimeDelta::try_from(SignedDuration::from_secs(i64::MAX)), Err(ConversionError::Range));
    }

    #[test]
    fn zones() {
        let count = each("timezone", |known, value| {
            let Known::TimeZone(zone) = known else { panic!("{value}") };
            let jiff = tz::TimeZone::try_from(zone);
            match (value["key"].as_str(), zone) {
                (Some(_), TimeZone::Pytz { in_force: None, .. }) => {
                    assert_eq!(jiff, Err(ConversionError::UnknownOffset));
                }
                (Some(key), _) => assert_eq!(jiff.unwrap().iana_name(), Some(key)),
                (None, _) => {
                    let offset = jiff.unwrap().to_fixed_offset().unwrap();
                    assert_eq!(Some(offset.seconds().into()), value["utcoffset"].as_i64());
                }
            }
        });
        assert!(count > 10, "{count}");
        assert_eq!(
            tz::TimeZone::try_from(TimeZone::Iana { key: "Deli/Jar" }),
            Err(ConversionError::UnknownZone)
        );
    }

    /// 03:30 was skipped: what Python's `utcoffset()` says, 2 hours, and with `fold` 3.
    #[test]
    fn gaps_are_those_of_python() {
        for (fold, instant) in [(false, "2024-03-31T01:30:00Z"), (true, "2024-03-31T00:30:00Z")] {
            let mut builder = Builder::new();
            let mut build = ClassBuilder::new(&mut builder);
            let tz = build.zone_info("Europe/Vilnius");
            let (date, clock) = (Date::new(2024, 3, 31), TimeOfDay::new(3, 30, 0, 0, fold));
            let root = build.datetime(date.unwrap(), clock.unwrap(), Some(tz));
            let graph = builder.build(root);
            let Some(Known::DateTime(datetime)) = recognise(graph.root()) else { panic!() };
            assert_eq!(ZonedDateTime::try_from(&datetime).unwrap().timestamp().to_string(), instant);
        }
    }
}

mod chrono {
    use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
    use halfsour_classes::stdlib::{Date, TimeDelta, TimeOfDay};
    use halfsour_classes::{ConversionError, Known};

    use super::common::each;
    use super::{microseconds, numbers, with_built};

    fn date_fields(date: NaiveDate) -> Vec<i64> {
        vec![date.year().into(), date.month().into(), date.day().into()]
    }

    fn time_fields(time: NaiveTime) -> Vec<i64> {
        assert_eq!(time.nanosecond() % 1000, 0);
        let fields = [time.hour(), time.minute(), time.second(), time.nanosecond() / 1000];
        fields.map(i64::from).to_vec()
    }

    fn fields(datetime: NaiveDateTime) -> Vec<i64> {
        [date_fields(datetime.date()), time_fields(datetime.time())].concat()
    }

    #[test]
    fn dates_and_times() {
        let count = each("date", |known, value| {
            let Known::Date(date) = known else { panic!("{value}") };
            let chrono = NaiveDate::try_from(date).unwrap();
            assert_eq!(date_fields(chrono), numbers(&value["fields"]));
            assert_eq!(Date::try_from(chrono), Ok(date));
        });
        assert!(count > 10, "{count}");
        let count = each("time", |known, value| {
            let Known::Time(time) = known else { panic!("{value}") };
            let chrono = NaiveTime::try_from(&time);
            if !value["tz"].is_null() {
                assert_eq!(chrono, Err(ConversionError::Zone));
                return;
            }
            assert_eq!(time_fields(chrono.unwrap()), numbers(&value["fields"]));
            assert_eq!(TimeOfDay::try_from(chrono.unwrap()), Ok(TimeOfDay { fold: false, ..time.clock }));
        });
        assert!(count > 10, "{count}");
        assert_eq!(Date::try_from(NaiveDate::MIN), Err(ConversionError::Range));
        let leap = NaiveTime::from_hms_milli_opt(23, 59, 59, 1000).unwrap();
        assert_eq!(TimeOfDay::try_from(leap), Err(ConversionError::Range));
    }

    #[test]
    fn datetimes() {
        let mut aware = 0;
        let count = each("datetime", |known, value| {
            let Known::DateTime(datetime) = known else { panic!("{value}") };
            let naive = NaiveDateTime::try_from(&datetime);
            let chrono = chrono::DateTime::<FixedOffset>::try_from(&datetime);
            if value["tz"].is_null() {
                assert_eq!(fields(naive.unwrap()), numbers(&value["fields"]));
                with_built((&naive.unwrap()).try_into().unwrap(), |again| {
                    assert_eq!(again.try_into(), naive);
                });
                assert_eq!(chrono, Err(ConversionError::NoZone));
                return;
            }
            assert_eq!(naive, Err(ConversionError::Zone));
            if value["tz"]["class"] == "zoneinfo.ZoneInfo" {
                assert_eq!(chrono, Err(ConversionError::UnknownOffset));
                return;
            }
            let chrono = chrono.unwrap();
            assert_eq!(fields(chrono.naive_local()), numbers(&value["fields"]));
            assert_eq!(Some(chrono.offset().local_minus_utc().into()), value["utcoffset"].as_i64());
            with_built((&chrono).try_into().unwrap(), |again| assert_eq!(again.try_into(), Ok(chrono)));
            aware += 1;
        });
        assert!(count > 100 && aware > 50, "{count}, {aware}");
    }

    #[test]
    fn timedeltas() {
        let count = each("timedelta", |known, value| {
            let Known::TimeDelta(delta) = known else { panic!("{value}") };
            let chrono = chrono::TimeDelta::from(delta);
            let micros = i128::from(chrono.num_seconds()) * 1_000_000 + i128::from(chrono.subsec_micros());
            assert_eq!(micros, microseconds(value));
            assert_eq!(TimeDelta::try_from(chrono), Ok(delta));
        });
        assert!(count > 10, "{count}");
        assert_eq!(TimeDelta::try_from(chrono::TimeDelta::nanoseconds(1)), Err(ConversionError::Precision));
    }
}

mod time {
    use halfsour_classes::stdlib::{Date, TimeDelta, TimeOfDay};
    use halfsour_classes::{ConversionError, Known};
    use time::{OffsetDateTime, PlainDateTime, SignedDuration};

    use super::common::each;
    use super::{microseconds, numbers, with_built};

    fn fields(datetime: PlainDateTime) -> Vec<i64> {
        let ((year, month, day), (hour, minute, second, micro)) =
            (datetime.date().to_calendar_date(), datetime.time().as_hms_micro());
        let small = [u8::from(month), day, hour, minute, second].map(i64::from);
        [&[year.into()], &small[..], &[micro.into()]].concat()
    }

    #[test]
    fn datetimes() {
        let mut aware = 0;
        let count = each("datetime", |known, value| {
            let Known::DateTime(datetime) = known else { panic!("{value}") };
            let plain = PlainDateTime::try_from(&datetime);
            let offset = OffsetDateTime::try_from(&datetime);
            if value["tz"].is_null() {
                let plain = plain.unwrap();
                assert_eq!(fields(plain), numbers(&value["fields"]));
                with_built((&plain).try_into().unwrap(), |again| {
                    assert_eq!(again.try_into(), Ok(plain));
                });
                assert_eq!(offset, Err(ConversionError::NoZone));
                assert_eq!(Date::try_from(plain.date()), Ok(datetime.date));
                let clock = TimeOfDay { fold: false, ..datetime.clock };
                assert_eq!(TimeOfDay::try_from(plain.time()), Ok(clock));
                return;
            }
            assert_eq!(plain, Err(ConversionError::Zone));
            if value["tz"]["class"] == "zoneinfo.ZoneInfo" {
                assert_eq!(offset, Err(ConversionError::UnknownOffset));
                return;
            }
            let offset = offset.unwrap();
            let local = PlainDateTime::new(offset.date(), offset.time());
            assert_eq!(fields(local), numbers(&value["fields"]));
            assert_eq!(Some(offset.offset().whole_seconds().into()), value["utcoffset"].as_i64());
            with_built((&offset).try_into().unwrap(), |again| assert_eq!(again.try_into(), Ok(offset)));
            aware += 1;
        });
        assert!(count > 100 && aware > 50, "{count}, {aware}");
    }

    #[test]
    fn timedeltas() {
        let count = each("timedelta", |known, value| {
            let Known::TimeDelta(delta) = known else { panic!("{value}") };
            let duration = SignedDuration::from(delta);
            assert_eq!(duration.whole_nanoseconds(), microseconds(value) * 1000);
            assert_eq!(TimeDelta::try_from(duration), Ok(delta));
        });
        assert!(count > 10, "{count}");
        assert_eq!(TimeDelta::try_from(SignedDuration::NANOSECOND), Err(ConversionError::Precision));
    }
}
