//! [`Offset`]: the distance between the labels of an index.

use std::fmt;

use halfsour_value::Node;

use super::period::{MONTHS, WEEKDAYS};
use crate::call::Call;
use crate::names::Class;

/// An offset of pandas, by which an index of times goes on. Its `Display` is the name that pandas 3 has for it, its `freqstr`: `D`, `2MS`,
/// `QE-DEC`, `WOM-3THU`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Offset {
    /// The number of steps; below zero where the index goes back.
    pub count: i64,
    /// The name of a step: `D`, `MS`, `QE-DEC`.
    pub step: String,
}

/// The parameters of an offset that are a part of its name.
#[derive(Clone, Copy)]
enum Anchor {
    None,
    /// A month, 1 to 12, of which the name of the parameter is this.
    Month(&'static str),
    /// A day of the week, 0 to 6, or any.
    Weekday,
    /// A day of the month.
    Day,
    /// A week of the month, 0 to 3, and a day of that week.
    WeekOfMonth,
}

/// The class, the name in pandas 3, and what follows that.
const OFFSETS: [(&str, &str, Anchor); 34] = [
    ("Day", "D", Anchor::None),
    ("Hour", "h", Anchor::None),
    ("Minute", "min", Anchor::None),
    ("Second", "s", Anchor::None),
    ("Milli", "ms", Anchor::None),
    ("Micro", "us", Anchor::None),
    ("Nano", "ns", Anchor::None),
    ("Week", "W", Anchor::Weekday),
    ("BusinessDay", "B", Anchor::None),
    ("BusinessHour", "bh", Anchor::None),
    ("CustomBusinessDay", "C", Anchor::None),
    ("CustomBusinessHour", "cbh", Anchor::None),
    ("MonthBegin", "MS", Anchor::None),
    ("MonthEnd", "ME", Anchor::None),
    ("BusinessMonthBegin", "BMS", Anchor::None),
    ("BusinessMonthEnd", "BME", Anchor::None),
    ("CustomBusinessMonthBegin", "CBMS", Anchor::None),
    ("CustomBusinessMonthEnd", "CBME", Anchor::None),
    ("SemiMonthBegin", "SMS", Anchor::Day),
    ("SemiMonthEnd", "SME", Anchor::Day),
    ("WeekOfMonth", "WOM", Anchor::WeekOfMonth),
    ("LastWeekOfMonth", "LWOM", Anchor::Weekday),
    ("QuarterBegin", "QS", Anchor::Month("startingMonth")),
    ("QuarterEnd", "QE", Anchor::Month("startingMonth")),
    ("BQuarterBegin", "BQS", Anchor::Month("startingMonth")),
    ("BQuarterEnd", "BQE", Anchor::Month("startingMonth")),
    ("HalfYearBegin", "HYS", Anchor::Month("startingMonth")),
    ("HalfYearEnd", "HYE", Anchor::Month("startingMonth")),
    ("BHalfYearBegin", "BHYS", Anchor::Month("startingMonth")),
    ("BHalfYearEnd", "BHYE", Anchor::Month("startingMonth")),
    ("YearBegin", "YS", Anchor::Month("month")),
    ("YearEnd", "YE", Anchor::Month("month")),
    ("BYearBegin", "BYS", Anchor::Month("month")),
    ("BYearEnd", "BYE", Anchor::Month("month")),
];

impl Offset {
    /// Reads an offset that has a name of its own: `MonthBegin(1, False)`. Before 1.1 what it is called with was in its state.
    ///
    /// `None` of what is no offset, and of those that pandas only shows with their parameters: `DateOffset`, `Easter`, `FY5253`.
    ///
    /// ```
    /// use halfsour_classes::pandas::Offset;
    ///
    /// // MonthBegin(2, False)
    /// let graph = halfsour_vm::from_slice(b"cpandas._libs.tslibs.offsets\nMonthBegin\n(I2\nI00\ntR.")?;
    /// assert_eq!(Offset::of(graph.root()).unwrap().to_string(), "2MS");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Self> {
        let call = Call::of_class(node, Class::PandasOffset)?;
        let (_, code, anchor) = OFFSETS.iter().find(|(class, ..)| *class == call.name.1)?;
        let given = |name: &str, at: usize| {
            call.instance.attr(name).or_else(|| call.instance.args().at(at)).filter(|node| !node.is_none())
        };
        let number = |name: &str, at: usize| given(name, at).and_then(Node::as_i64);
        let in_list = |list: &[&'static str], number: i64| {
            usize::try_from(number).ok().and_then(|number| list.get(number).copied())
        };
        let step = match anchor {
            Anchor::None => (*code).to_owned(),
            Anchor::Weekday if given("weekday", 2).is_none() => (*code).to_owned(),
            Anchor::Weekday => format!("{code}-{}", in_list(&WEEKDAYS, number("weekday", 2)?)?),
            Anchor::Month(name) => format!("{code}-{}", in_list(&MONTHS, number(name, 2)?.checked_sub(1)?)?),
            Anchor::Day => format!("{code}-{}", number("day_of_month", 2)?),
            Anchor::WeekOfMonth => {
                let week = number("week", 2)?.checked_add(1)?;
                format!("{code}-{week}{}", in_list(&WEEKDAYS, number("weekday", 3)?)?)
            }
        };
        Some(Self { count: number("n", 0)?, step })
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count != 1 {
            write!(f, "{}", self.count)?;
        }
        f.write_str(&self.step)
    }
}
