//! A pickle, perhaps of another protocol.

use halfsour_inspect::path::Place;
use halfsour_value::Builder;
use halfsour_writer::{self as writer, Limits, MemoPolicy, to_writer};

use crate::convert::{self, Out, Subject};
use crate::{ConvertError, Options};

struct Writer {
    protocol: Option<u8>,
    limits: Limits,
}

pub(super) fn writer(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { protocol: options.protocol, limits: options.limits.written })
}

impl convert::Writer for Writer {
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        let (memo, fix_imports, limits) = (MemoPolicy::All, !self.keeps_names(), self.limits);
        let protocol = self.protocol.unwrap_or_else(|| data.graph.protocol());
        let options = writer::Options::default()
            .with_protocol(protocol)
            .with_memo(memo)
            .with_fix_imports(fix_imports)
            .with_limits(limits);
        let Place::Members(members) = &data.place else { return Ok(to_writer(out, data.node()?, &options)?) };
        let members: Vec<_> = members.iter().map(|member| member.id()).collect();
        let mut builder = Builder::from_graph(data.graph.clone().into_owned());
        let list = builder.list(&members);
        Ok(to_writer(out, builder.build(list).root(), &options)?)
    }

    /// A pickle of the same protocol keeps them.
    fn keeps_names(&self) -> bool {
        self.protocol.is_none()
    }
}
