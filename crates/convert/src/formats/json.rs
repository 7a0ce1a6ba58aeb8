//! A document of JSON for each pickle.

use std::io::Write;

use halfsour_inspect::get;
use halfsour_json::Style;

use super::beside;
use crate::convert::{self, Out, Subject, Unfinished};
use crate::{ConvertError, Options};

struct Writer {
    style: Style,
}

pub(super) fn writer(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { style: Style::plain().with_limits(options.limits.json) })
}

impl convert::Writer for Writer {
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        beside::check(data, out)?;
        get::json(&mut *out, data.graph.root(), data.place.clone(), self.style)?;
        Ok(out.write_all(b"\n")?)
    }

    fn unfinished(&self) -> Unfinished {
        Unfinished::Shown
    }
}
