//! Keys of dicts that are no text, and their names.

use std::borrow::Cow;
use std::collections::HashSet;

use halfsour_classes::stdlib::{Base, Subclass};
use halfsour_classes::{Known, class_name, recognise};
use halfsour_text::{number, repr};
use halfsour_value::path::step;
use halfsour_value::{Data, Graph, Node};

use super::{Work, Writer};
use crate::known::with_text;
use crate::{Cycles, Error, ErrorKind};

impl<'g, S: AsRef<[u8]>> Writer<'_, '_, 'g, S> {
    /// A key of a dict that is no text: what JSON knows as `json.dumps` spells it, a known object by its text, all else by
    /// its `repr`.
    pub(super) fn odd_key(&mut self, key: Node<'g, S>) -> Result<(), Error> {
        self.out.name_stands_for(|| key_step(key));
        let written = match key.data() {
            Data::None => self.out.string_of("null"),
            Data::Bool(value) => self.out.string_of(value),
            Data::Int(value) => self.out.string_of(value),
            Data::BigInt(bytes) => self.out.string_of(number::BigDisplay(bytes)),
            Data::Float(value) => self.out.string_of(repr::Float(value)),
            Data::ByteString(bytes) => return self.byte_string(bytes),
            Data::Instance(instance) if self.known_key(key, instance)? => return Ok(()),
            _ => self.out.string_of(key),
        };
        // A repr may show as many objects as it has characters.
        self.spend(written? / 2)
    }

    /// Notes the step in the data that a name of ours stands for.
    pub(super) fn stands_for_part(&mut self, name: &str) {
        if self.cycles != Cycles::Ref {
            return;
        }
        let step = match name {
            "@args" => "(args)",
            "@state" => "(state)",
            // What lies in these is in the object itself.
            "@items" | "@kwargs" | "@dict" => "",
            _ => return,
        };
        self.out.name_stands_for(|| step.to_owned());
    }

    /// Checks once that the keys of the dict whose items are being written, one of which is no text, have different names.
    #[cold]
    pub(super) fn check_dict(&mut self, graph: &'g Graph<S>) -> Result<(), Error> {
        let Some(&Work::End(b'}', id)) = self.work.last() else { return Ok(()) };
        if self.checked.1.replace(id) == Some(id) || !self.checked.0.insert(id) {
            return Ok(());
        }
        let node = graph.node(id);
        match node.data() {
            Data::Dict(items) => self.check_names(node, items.map(|(key, _)| key)),
            _ => Ok(()),
        }
    }

    /// Fails if two keys of this object have one name.
    pub(crate) fn check_names(
        &mut self,
        of: Node<'g, S>,
        keys: impl Iterator<Item = Node<'g, S>> + Clone,
    ) -> Result<(), Error> {
        if keys.clone().all(|key| matches!(key.data(), Data::Int(_))) {
            return Ok(());
        }
        let mut names = HashSet::new();
        // Looking at them takes as long as writing them, which comes later and is paid then.
        let values = self.values;
        for key in keys {
            let name = name(key);
            if let Cow::Owned(name) = &name {
                self.spend(name.len() / 2)?;
            }
            if !names.insert(name) {
                return Err(Error::new(ErrorKind::SameName, of));
            }
        }
        self.values = values;
        Ok(())
    }
}

/// Returns the step to a key that is no text: between brackets, as it is shown.
fn key_step<S: AsRef<[u8]>>(key: Node<'_, S>) -> String {
    let shown = match key.data() {
        Data::ByteString(bytes) => return step(&String::from_utf8_lossy(bytes)),
        Data::Instance(_) => recognise(key)
            .zip(class_name(key))
            .and_then(|(known, (module, name))| Some(format!("{module}.{name} {}", known.as_text()?))),
        _ => None,
    };
    format!("[{}]", shown.unwrap_or_else(|| key.to_string()))
}

/// Returns the name of a key, as [`Writer::odd_key`] writes it.
fn name<S: AsRef<[u8]>>(key: Node<'_, S>) -> Cow<'_, [u8]> {
    let text = match key.data() {
        Data::Str(text) => return Cow::Borrowed(text.as_wtf8()),
        Data::ByteString(bytes) => return Cow::Borrowed(bytes),
        Data::None => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::BigInt(bytes) => number::BigDisplay(bytes).to_string(),
        Data::Float(value) => repr::Float(value).to_string(),
        Data::Instance(_) => {
            let known = recognise(key);
            if let Some(Known::Subclass(Subclass { base: Base::Value(value), .. })) = &known
                && let Data::Str(text) = value.data()
            {
                return Cow::Borrowed(text.as_wtf8());
            }
            let text = known.and_then(|known| with_text(&known, |text| text.to_string()));
            text.unwrap_or_else(|| key.to_string())
        }
        _ => key.to_string(),
    };
    Cow::Owned(text.into_bytes())
}
