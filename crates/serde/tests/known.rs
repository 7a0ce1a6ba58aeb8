//! Objects of known classes, in forms that no fixture has.

use std::collections::BTreeMap;

use halfsour_serde::from_slice;
use jiff::{SignedDuration, Timestamp, ZonedDateTime, civil};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_bytes::ByteBuf;
use uuid::Uuid;

/// datetime(2024, 2, 29, 1, 2, 3, tzinfo=…), in the zones that there are of UTC and beside it.
#[test]
fn moments_in_utc() {
    let suffixes: [(&[u8], &str); 5] = [
        // timezone.utc, timezone(timedelta(hours=2)), ZoneInfo('UTC'), pytz.utc, ZoneInfo('America/New_York')
        (b"cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0K\0K\0\x87R\x85R", "+00:00[UTC]"),
        (b"cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0M \x1cK\0\x87R\x85R", "+02:00[+02:00]"),
        (b"c__builtin__\ngetattr\nczoneinfo\nZoneInfo\nX\x09\0\0\0_unpickle\x86RX\x03\0\0\0UTCK\x01\x86R", "+00:00[UTC]"),
        (b"cpytz\n_UTC\n)R", "+00:00[UTC]"),
        (
            b"c__builtin__\ngetattr\nczoneinfo\nZoneInfo\nX\x09\0\0\0_unpickle\x86RX\x10\0\0\0America/New_YorkK\x01\x86R",
            "-05:00[America/New_York]",
        ),
    ];
    for (zone, suffix) in suffixes {
        let start = b"\x80\x03cdatetime\ndatetime\nC\x0a\x07\xe8\x02\x1d\x01\x02\x03\0\0\0";
        let pickle = [&start[..], zone, b"\x86R."].concat();
        let expected: ZonedDateTime = format!("2024-02-29T01:02:03{suffix}").parse().unwrap();
        let zoned: ZonedDateTime = from_slice(&pickle).unwrap();
        assert_eq!(zoned, expected);
        assert_eq!(zoned.time_zone().iana_name().is_some(), suffix.contains(char::is_alphabetic));
        assert_eq!(from_slice::<Timestamp>(&pickle).unwrap(), expected.timestamp());
        let chrono: chrono::DateTime<chrono::Utc> = from_slice(&pickle).unwrap();
        assert_eq!(chrono.timestamp(), expected.timestamp().as_second());
    }
}

/// A type whose name does not tell that it wants the name of a zone says so.
#[test]
fn moments_in_the_form_that_is_asked_for() {
    #[derive(Debug, PartialEq)]
    struct Own(ZonedDateTime);

    impl<'de> Deserialize<'de> for Own {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            text.parse().map(Self).map_err(serde::de::Error::custom)
        }
    }

    #[derive(Deserialize)]
    struct Due {
        #[serde(deserialize_with = "halfsour_serde::python::datetime::deserialize")]
        at: Own,
        #[serde(deserialize_with = "halfsour_serde::python::datetime::deserialize")]
        again: chrono::DateTime<chrono::FixedOffset>,
    }

    let pickle = b"\x80\x03}(X\x02\0\0\0atcdatetime\ndatetime\nC\x0a\x07\xe8\x02\x1d\x01\x02\x03\0\0\0cdatetime\ntimezone\n\
        cdatetime\ntimedelta\nK\0M \x1cK\0\x87R\x85R\x86Rq\0X\x05\0\0\0againh\0u.";
    let due: Due = from_slice(pickle).unwrap();
    assert_eq!(due.at, Own("2024-02-29T01:02:03+02:00[+02:00]".parse().unwrap()));
    assert_eq!(due.again.to_rfc3339(), "2024-02-29T01:02:03+02:00");
}

/// A range is a sequence of its members, not of the arguments that it is made of.
#[test]
fn ranges_are_their_members() {
    // range(2, 9, 3), range(3, 0, -1), range(1 << 62)
    assert_eq!(
        from_slice::<Vec<u8>>(b"\x80\x02c__builtin__\nxrange\nK\x02K\x09K\x03\x87R.").unwrap(),
        [2, 5, 8]
    );
    let down = b"\x80\x02c__builtin__\nxrange\nK\x03K\0J\xff\xff\xff\xff\x87R.";
    assert_eq!(from_slice::<[i8; 3]>(down).unwrap(), [3, 2, 1]);
    assert!(from_slice::<Vec<u8>>(b"\x80\x02c__builtin__\nxrange\nK\x03K\0K\x01\x87R.").unwrap().is_empty());
    let long = b"\x80\x02c__builtin__\nxrange\nK\0\x8a\x08\0\0\0\0\0\0\0@K\x01\x87R.";
    // torch.Size([2, 3])
    assert_eq!(from_slice::<[u64; 2]>(b"ctorch\nSize\nK\x02K\x03\x86\x85R.").unwrap(), [2, 3]);
    assert!(from_slice::<Vec<i64>>(long).unwrap_err().to_string().contains("too large"));
}

/// Objects come out of serde's buffer as the type wants them, save where the README says otherwise.
#[test]
fn what_is_flattened_is_kept() {
    #[derive(Deserialize)]
    struct Outer {
        name: String,
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Deserialize)]
    struct Inner {
        day: civil::Date,
        at: chrono::DateTime<chrono::Utc>,
        stamp: Timestamp,
        wait: SignedDuration,
        price: Decimal,
        id: Uuid,
        raw: ByteBuf,
        ratio: Option<(i64, i64)>,
    }
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "it is never read")]
    struct Wide<T> {
        #[serde(flatten)]
        rest: BTreeMap<String, T>,
    }
    // Python 3.11: pickle.dumps({'name': 'dill', 'day': date(2024, 2, 29), 'at': datetime(2024, 2, 29, tzinfo=timezone.utc), 'stamp':
    // the same, 'wait': timedelta(seconds=1.5), 'price': Decimal('1.50'), 'id': UUID(int=5), 'raw': b'\xff', 'flag': None}, 4)
    let pickle = b"\x80\x04\x95\xdf\0\0\0\0\0\0\0}(\x8c\x04name\x8c\x04dill\x8c\x03day\x8c\x08datetime\x94\x8c\x04date\x93C\x04\x07\xe8\x02\x1d\x85R\
        \x8c\x02ath\0\x8c\x08datetime\x93C\n\x07\xe8\x02\x1d\0\0\0\0\0\0h\0\x8c\x08timezone\x93h\0\x8c\x09timedelta\x93\x94K\0K\0K\0\x87R\x85R\x86R\x94\
        \x8c\x05stamph\x02\x8c\x04waith\x01K\0K\x01J \xa1\x07\0\x87R\x8c\x05price\x8c\x07decimal\x8c\x07Decimal\x93\x8c\x041.50\x85R\
        \x8c\x02id\x8c\x04uuid\x8c\x04UUID\x93)\x81}\x8c\x03intK\x05sb\x8c\x03rawC\x01\xff\x8c\x04flagNu.";
    let outer: Outer = from_slice(pickle).unwrap();
    assert_eq!((outer.name.as_str(), outer.inner.day), ("dill", civil::date(2024, 2, 29)));
    assert_eq!(outer.inner.at.timestamp(), outer.inner.stamp.as_second());
    assert_eq!((outer.inner.wait.as_millis(), outer.inner.price), (1500, Decimal::new(150, 2)));
    // {'a': 1 << 70}, {'a': b'\xff'}, {('a', 1): 2}: the errors that the README lists
    assert!(from_slice::<Wide<u128>>(b"}\x8c\x01a\x8a\x09\0\0\0\0\0\0\0\0@s.").is_err());
    assert!(from_slice::<Wide<Vec<u8>>>(b"}\x8c\x01aC\x01\xffs.").is_err());
    assert!(from_slice::<Wide<u8>>(b"}\x8c\x01aK\x01\x86K\x02s.").is_err());
    assert_eq!((outer.inner.id.as_u128(), &outer.inner.raw[..], outer.inner.ratio), (5, &b"\xff"[..], None));
}

/// The types of `jiff::civil` pass over a time and an offset in text.
#[test]
fn moments_lose_neither_time_nor_offset() {
    // datetime(2024, 2, 29, 1, 2, 3), at midnight, and at +02:00; time(1, 2, 3), and at +02:00
    let zone = b"cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0M \x1cK\0\x87R\x85R\x86R.";
    let datetime = b"\x80\x03cdatetime\ndatetime\nC\x0a\x07\xe8\x02\x1d\x01\x02\x03\0\0\0";
    let time = b"\x80\x03cdatetime\ntime\nC\x06\x01\x02\x03\0\0\0";
    let midnight = b"\x80\x03cdatetime\ndatetime\nC\x0a\x07\xe8\x02\x1d\0\0\0\0\0\0\x85R.";
    let (aware, aware_time) = ([&datetime[..], zone].concat(), [&time[..], zone].concat());
    let (naive, naive_time) = ([datetime, &b"\x85R."[..]].concat(), [&time[..], b"\x85R."].concat());
    let (day, clock) = (civil::date(2024, 2, 29), civil::time(1, 2, 3, 0));

    assert_eq!(from_slice::<civil::DateTime>(&naive).unwrap(), day.to_datetime(clock));
    assert_eq!(from_slice::<civil::Time>(&naive_time).unwrap(), clock);
    assert_eq!(from_slice::<civil::Date>(midnight).unwrap(), day);
    let errors = [
        (from_slice::<civil::DateTime>(&aware).map(drop), "DateTime"),
        (from_slice::<civil::Date>(&aware).map(drop), "Date"),
        (from_slice::<civil::Date>(&naive).map(drop), "Date"),
        (from_slice::<civil::Time>(&naive).map(drop), "Time"),
        (from_slice::<civil::Time>(&aware_time).map(drop), "Time"),
    ];
    for (result, name) in errors {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(&format!(" is more than a civil {name} holds")), "{error}");
    }
    assert!(from_slice::<Option<civil::DateTime>>(&aware).is_err());
}
