//! Tags of well-known objects in the lossless form, there and back.

use std::io::Read;

use halfsour_classes::stdlib::{Date, Decimal, Fraction, Offset, TimeDelta, TimeOfDay, TimeZone, Uuid};
use halfsour_classes::{Known, recognise};
use halfsour_value::{Id, Node};

use crate::Error;
use crate::events::Event;
use crate::lossless::{Work, Writer};
use crate::parse::{ParseError, Reader, form};

/// The tags of known objects.
const TAGS: [&str; 8] =
    ["@date", "@datetime", "@time", "@timedelta", "@timezone", "@decimal", "@fraction", "@uuid"];

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    /// Writes a known object that is as it would be made again.
    pub(crate) fn known(&mut self, node: Node<'g, S>) -> Result<(), Error> {
        let Some(known) = recognise(node) else { unreachable!("only known objects have tags") };
        self.out.open(b'{');
        self.work.push(Work::Close(b'}'));
        let (tag, text) = match &known {
            Known::Date(date) => ("@date", date.to_string()),
            Known::DateTime(datetime) => ("@datetime", format!("{}T{}", datetime.date, datetime.clock)),
            Known::Time(time) => ("@time", time.clock.to_string()),
            Known::TimeDelta(delta) => ("@timedelta", delta.to_iso()),
            Known::TimeZone(zone) => ("@timezone", Offset(zone.offset().unwrap_or_default()).to_string()),
            Known::Decimal(decimal) => ("@decimal", decimal.to_string()),
            Known::Fraction(fraction) => ("@fraction", fraction.to_string()),
            Known::Uuid(uuid) => ("@uuid", uuid.to_string()),
            _ => unreachable!("others have no tags"),
        };
        self.out.member(tag)?;
        self.out.string_of(text)?;
        let (fold, tz) = match known {
            Known::DateTime(datetime) => (datetime.clock.fold, datetime.tz),
            Known::Time(time) => (time.clock.fold, time.tz),
            Known::TimeZone(TimeZone::Fixed { name: Some(name), .. }) => {
                self.out.member("name")?;
                return self.out.string(name.as_bytes());
            }
            Known::Uuid(Uuid { is_safe: Some(is_safe), .. }) => {
                self.out.member("is_safe")?;
                self.out.word(if is_safe { "true" } else { "false" });
                return Ok(());
            }
            _ => return Ok(()),
        };
        if fold {
            self.out.member("fold")?;
            self.out.int(1);
        }
        if let Some(tz) = tz {
            self.push([Work::Member("tz"), Work::Node(tz)]);
        }
        Ok(())
    }
}

/// The names with which the plain form begins objects that are no plain data.
const PLAIN: [&str; 9] =
    ["@args", "@buffer", "@class", "@ext", "@items", "@kwargs", "@persid", "@state", "@unreadable"];

/// Returns why no object can be made of one in the plain form that begins with this name.
pub(crate) fn plain(tag: &str) -> Option<ParseError> {
    PLAIN.contains(&tag).then(|| {
        form(format!(
            "{tag}: a member of plain JSON, from which no object can be made: use `json --lossless`"
        ))
    })
}

/// What may be said of a small object beside its text.
#[derive(Default)]
pub(crate) struct Extras {
    pub op: Option<String>,
    pub name: Option<String>,
    pub fold: bool,
    pub tz: Option<Id>,
    pub is_safe: Option<bool>,
}

impl<R: Read> Reader<'_, '_, R> {
    /// Makes a known object, of which the tag has been read. Returns also the piece that was read behind what says more of it.
    pub(crate) fn known(&mut self, tag: &str) -> Result<(Id, Option<Event>), ParseError> {
        if !TAGS.contains(&tag) {
            return Err(plain(tag).unwrap_or_else(|| form(format!("{tag}: no such tag"))));
        }
        let shown = self.text()?.to_owned();
        let wrong = || form(format!("{tag} is no such object"));
        let (Extras { name, fold, tz, is_safe, .. }, pending) = self.extras()?;
        let object = match tag {
            "@date" => self.build.date(Date::parse(&shown).ok_or_else(wrong)?),
            "@datetime" => {
                let (date, clock) = shown.split_once('T').ok_or_else(wrong)?;
                let (date, clock) = Date::parse(date).zip(TimeOfDay::parse(clock, fold)).ok_or_else(wrong)?;
                self.build.datetime(date, clock, tz)
            }
            "@time" => self.build.time(TimeOfDay::parse(&shown, fold).ok_or_else(wrong)?, tz),
            "@timedelta" => self.build.timedelta(TimeDelta::from_iso(&shown).ok_or_else(wrong)?),
            "@timezone" => {
                self.build.timezone(TimeDelta::from_offset(&shown).ok_or_else(wrong)?, name.as_deref())
            }
            "@decimal" => self.build.decimal(Decimal::new(&shown).ok_or_else(wrong)?),
            "@fraction" => self.build.fraction(&Fraction::parse(&shown).ok_or_else(wrong)?),
            _ => self.build.uuid(Uuid::parse(&shown, is_safe).ok_or_else(wrong)?),
        };
        Ok((object, pending))
    }
}
