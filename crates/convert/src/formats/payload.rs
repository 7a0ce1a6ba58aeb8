//! The file of a package that an object holds: a model, or the bytes of a frame.

use std::io::Write;

use halfsour_classes::{Known, Payload, recognise};
use halfsour_text::name::visible;
use halfsour_value::Node;

use crate::convert::{self, Out, Subject};
use crate::tensors::walk;
use crate::{ConvertError, Options};

struct Writer {
    /// The extension of the output, which has to be that of the file.
    extension: Option<String>,
    /// The place and the kind of the file that was found.
    found: Option<String>,
}

pub(super) fn writer(options: &Options) -> Box<dyn convert::Writer> {
    Box::new(Writer { extension: options.extension.clone(), found: None })
}

impl Writer {
    /// Finds the one file that is in the data.
    fn find<'g>(&mut self, root: Node<'g, &'g [u8]>) -> Result<Payload<'g>, String> {
        let mut found: Option<Payload<'g>> = None;
        walk(root, |node, name| {
            let Some(Known::Payload(payload)) = recognise(node) else { return Ok(false) };
            if found.is_some_and(|found| std::ptr::eq(found.bytes, payload.bytes)) {
                return Ok(true);
            }
            let name = name();
            let what = match name.as_str() {
                "" => payload.format.to_string(),
                name => format!("{}: {}", visible(name), payload.format),
            };
            if let Some(first) = &self.found {
                return Err(format!("more than one: {first}; {what}"));
            }
            self.found = Some(what);
            found = Some(payload);
            Ok(true)
        })?;
        found.ok_or_else(|| "nothing in it is a file of its package: no model, no frame of polars".to_owned())
    }
}

impl convert::Writer for Writer {
    fn add(&mut self, data: &Subject<'_>, out: &mut Out<'_>) -> Result<(), ConvertError> {
        let payload = self.find(data.node()?)?;
        let (format, extension) = (payload.format, payload.format.extension());
        if self.extension.as_ref().is_some_and(|asked| asked != extension) {
            return Err(format!("what is in it is a file of .{extension}: {format}").into());
        }
        let file = payload.file().ok_or_else(|| format!("{format}: not well-formed"))?;
        out.expect(file.len() as u64);
        Ok(out.write_all(file)?)
    }
}
