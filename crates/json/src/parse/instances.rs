//! Objects that are made by a call, and what is done to objects once they are made.

use std::io::Read;

use halfsour_value::{Form, Id};

use super::Reader;
use super::error::{ParseError, form, missing, refused};
use crate::events::Event;
use crate::tags::Extras;

impl<R: Read> Reader<'_, '_, R> {
    /// Reads what says more of a small object, up to a member that is for any object.
    pub(crate) fn extras(&mut self) -> Result<(Extras, Option<Event>), ParseError> {
        let mut extras = Extras::default();
        loop {
            let event = self.events.next()?;
            if event != Event::Key || matches!(self.events.text(), "by" | "then") {
                return Ok((extras, Some(event)));
            }
            match self.events.text() {
                "op" => extras.op = Some(self.text()?.to_owned()),
                "name" => extras.name = Some(self.text()?.to_owned()),
                "fold" => extras.fold = self.unsigned()? == Some(1),
                "tz" => extras.tz = Some(self.next()?),
                "is_safe" => match self.events.next()? {
                    Event::Bool(is_safe) => extras.is_safe = Some(is_safe),
                    other => self.events.skip(other)?,
                },
                _ => {
                    let value = self.events.next()?;
                    self.events.skip(value)?;
                }
            }
        }
    }

    /// Reads the members that any object may have, of which the first may have been read, up to the end.
    pub(super) fn rest(&mut self, object: Id, mut pending: Option<Event>) -> Result<(), ParseError> {
        loop {
            let event = match pending.take() {
                Some(event) => event,
                None => self.events.next()?,
            };
            if event != Event::Key {
                return Ok(());
            }
            match self.events.text() {
                "by" => self.by(object)?,
                "then" => self.then(object)?,
                _ => {
                    let value = self.events.next()?;
                    self.events.skip(value)?;
                }
            }
        }
    }

    fn by(&mut self, object: Id) -> Result<(), ParseError> {
        let (callable, args) = self.call()?;
        self.build.builder.record_spelling(object, callable, args);
        Ok(())
    }

    /// Reads an object with the members `@call` and `args`.
    fn call(&mut self) -> Result<(Id, Id), ParseError> {
        let (mut callable, mut args) = (None, None);
        if self.events.next()? == Event::StartObject {
            while self.events.next()? == Event::Key {
                match self.events.text() {
                    "@call" => callable = Some(self.next()?),
                    "args" => args = Some(self.next()?),
                    _ => {
                        let value = self.events.next()?;
                        self.events.skip(value)?;
                    }
                }
            }
        }
        Ok((callable.ok_or_else(|| missing("@call"))?, args.ok_or_else(|| missing("args"))?))
    }

    fn then(&mut self, object: Id) -> Result<(), ParseError> {
        self.open_array()?;
        loop {
            match self.events.next()? {
                Event::EndArray => return Ok(()),
                Event::StartObject => {
                    if self.events.next()? != Event::Key {
                        return Err(form("a step is empty"));
                    }
                    let kind = self.events.text().to_owned();
                    self.step(object, &kind)?;
                    self.skip_members()?;
                }
                _ => return Err(form("a step is empty")),
            }
        }
    }

    fn step(&mut self, of: Id, kind: &str) -> Result<(), ParseError> {
        let done = match kind {
            "state" => {
                let state = self.next()?;
                self.build.builder.state(of, state)
            }
            "append" | "add" | "setitem" => {
                self.open_array()?;
                let start = if kind == "setitem" { self.pairs()? } else { self.members()? };
                let (items, builder) = (&self.items[start..], &mut *self.build.builder);
                let done = match kind {
                    "append" => items.iter().try_for_each(|&item| builder.append(of, item)),
                    "add" => items.iter().try_for_each(|&item| builder.add(of, item)),
                    _ => items.chunks_exact(2).try_for_each(|pair| builder.set_item(of, pair[0], pair[1])),
                };
                self.items.truncate(start);
                done
            }
            "setattr" => {
                let (callable, args) = self.call()?;
                let view = self.build.builder.view();
                if view.sequence(args).and_then(<[Id]>::first) != Some(&of) {
                    return Err(form("setattr of another object"));
                }
                self.build.builder.set_by_call(callable, args)
            }
            "call" => {
                let (setter, args) = self.call()?;
                let view = self.build.builder.view();
                let Some(&[_, state]) = view.sequence(args) else {
                    return Err(form("a setter has not two arguments"));
                };
                self.build.builder.call_on(of, setter, state)
            }
            _ => return Err(form(format!("{kind}: no such step"))),
        };
        done.map_err(refused)
    }

    pub(super) fn instance(&mut self, tag: &str, id: Option<u64>) -> Result<Id, ParseError> {
        let made_by = if tag == "@call" { Form::Call } else { Form::New };
        let object = self.build.builder.made(made_by, Id::NONE, Id::EMPTY_TUPLE, None);
        self.name(id, object);
        let callable = self.next()?;
        self.build.builder.set_part(object, 0, callable);
        let (mut has_args, mut form_is_told) = (false, false);
        loop {
            if self.events.next()? != Event::Key {
                break;
            }
            let member = self.events.text();
            if member == "then" && !has_args {
                return Err(missing("args"));
            }
            match member {
                "args" => {
                    let args = self.next()?;
                    self.build.builder.set_part(object, 1, args);
                    has_args = true;
                }
                "kwargs" | "op" if form_is_told || member == "kwargs" && tag != "@new" => {
                    return Err(form("kwargs are for @new"));
                }
                "kwargs" => {
                    let kwargs = self.next()?;
                    self.build.builder.set_form(object, Form::NewEx, Some(kwargs)).map_err(refused)?;
                    form_is_told = true;
                }
                "op" => {
                    let made_by = match self.text()? {
                        "INST" => Form::Inst,
                        "OBJ" => Form::Obj,
                        _ => continue,
                    };
                    self.build.builder.set_form(object, made_by, None).map_err(refused)?;
                    form_is_told = true;
                }
                "then" => self.then(object)?,
                "by" => self.by(object)?,
                _ => {
                    let value = self.events.next()?;
                    self.events.skip(value)?;
                }
            }
        }
        if has_args { Ok(object) } else { Err(missing("args")) }
    }
}
