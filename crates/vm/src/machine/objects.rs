//! Globals, instances, and what refers to outside the stream.

use halfsour_lexer::text::names;
use halfsour_value::machine::{Builtin, Container, Payload};
use halfsour_value::{Encoding, Form, Id, Kind, StepError};

use super::{Done, Fault, Machine};
use crate::{ErrorKind, Event, Observer};

impl<O: Observer> Machine<'_, '_, O> {
    /// A name in text, whose payload ends at `end`.
    pub(super) fn name(&mut self, end: usize, text: &str) -> Result<Id, Fault> {
        let encoding = if text.is_ascii() { Encoding::Ascii } else { Encoding::Utf8 };
        Ok(self.state.store.borrowed(Payload::Str(encoding), end - text.len(), 0, text.len())?)
    }

    pub(super) fn owned_name(&mut self, start: usize, text: &str) -> Result<Id, Fault> {
        let encoding = if text.is_ascii() { Encoding::Ascii } else { Encoding::Utf8 };
        Ok(self.state.store.owned(Payload::Str(encoding), start, text.as_bytes())?)
    }

    /// A global from two lines.
    pub(super) fn global_lines(
        &mut self,
        start: usize,
        end: usize,
        lines: (&[u8], &[u8]),
    ) -> Result<Id, Fault> {
        let (module, name) = lines;
        if module.is_empty() || name.is_empty() {
            return Err(ErrorKind::EmptyName.into());
        }
        let module = std::str::from_utf8(module).map_err(|_| ErrorKind::InvalidUtf8)?;
        let name = std::str::from_utf8(name).map_err(|_| ErrorKind::InvalidUtf8)?;
        let (module_id, name_id) = match self.fixed(module, name) {
            Some((module, name)) => (self.owned_name(start, module)?, self.owned_name(start, name)?),
            None => (self.name(end - name.len() - 2, module)?, self.name(end - 1, name)?),
        };
        self.global(start, module_id, name_id)
    }

    /// The names of Python 3, if these are Python 2's.
    pub(super) fn fixed<'n>(&self, module: &'n str, name: &'n str) -> Option<(&'n str, &'n str)> {
        if self.state.protocol < 3 && self.options.fix_imports {
            names::to_python3(module, name)
        } else {
            None
        }
    }

    /// As [`fixed`](Self::fixed), of texts on the stack, which may be long and used over and over: they are read only if
    /// they may be in the table.
    fn fixed_texts(&self, module: Id, name: Id) -> Option<(String, String)> {
        const LONGEST: usize = 64;
        if self.state.protocol >= 3 || !self.options.fix_imports {
            return None;
        }
        let text = |id| {
            let bytes = self.state.store.payload(self.source, id).filter(|bytes| bytes.len() <= LONGEST)?;
            std::str::from_utf8(bytes).ok()
        };
        self.fixed(text(module)?, text(name)?).map(|(module, name)| (module.to_owned(), name.to_owned()))
    }

    pub(super) fn global(&mut self, start: usize, module: Id, name: Id) -> Result<Id, Fault> {
        let store = &self.state.store;
        let text = |id| store.payload(self.source, id).unwrap_or_default();
        let builtin = crate::builtins::find(text(module), text(name));
        let id = self.state.store.global(start, module, name, builtin)?;
        self.event(start, Event::Import(id));
        Ok(id)
    }

    #[inline(never)]
    pub(super) fn global_op(&mut self, start: usize, end: usize, lines: (&[u8], &[u8])) -> Done {
        let id = self.global_lines(start, end, lines)?;
        self.push(id)
    }

    #[inline(never)]
    pub(super) fn stack_global(&mut self, start: usize) -> Done {
        self.need(2)?;
        let name = self.pop()?;
        let module = self.pop()?;
        for id in [module, name] {
            match self.state.store.kind(id) {
                Kind::Str | Kind::ByteString => {}
                kind => return Err(ErrorKind::NameNotText(kind).into()),
            }
        }
        let fixed = self.fixed_texts(module, name);
        let (module, name) = match fixed {
            Some((module, name)) => (self.owned_name(start, &module)?, self.owned_name(start, &name)?),
            None => (module, name),
        };
        let id = self.global(start, module, name)?;
        self.push(id)
    }

    pub(super) fn extension(&mut self, start: usize, code: i64) -> Done {
        let Some(positive) = u32::try_from(code).ok().filter(|&code| code > 0) else {
            return Err(ErrorKind::ExtensionCode(code).into());
        };
        let options = self.options;
        let id = match options.extensions.get(&positive) {
            Some((module, name)) => {
                let (module, name) = (self.owned_name(start, module)?, self.owned_name(start, name)?);
                self.global(start, module, name)?
            }
            None => {
                let id = self.state.store.extension(start, positive)?;
                self.event(start, Event::Import(id));
                id
            }
        };
        self.push(id)
    }

    pub(super) fn persistent_id(&mut self, start: usize, id: Id) -> Done {
        let object = self.state.store.persistent_id(start, id)?;
        self.event(start, Event::PersistentId(object));
        self.push(object)
    }

    pub(super) fn persistent_id_line(&mut self, start: usize, end: usize, line: &[u8]) -> Done {
        if !line.is_ascii() {
            return Err(ErrorKind::NotAscii.into());
        }
        self.payload(Payload::Str(Encoding::Ascii), start, end - 1, line)?;
        let id = self.pop()?;
        self.persistent_id(start, id)
    }

    /// What came from outside, or of a call, may be anything.
    pub(super) fn may_be_anything(kind: Kind) -> bool {
        matches!(kind, Kind::Instance | Kind::PersistentId | Kind::Extension)
    }

    pub(super) fn check_args(&self, args: Id) -> Done {
        match self.state.store.kind(args) {
            Kind::Tuple => Ok(()),
            kind if Self::may_be_anything(kind) => Ok(()),
            kind => Err(ErrorKind::ArgsNotTuple(kind).into()),
        }
    }

    pub(super) fn check_callable(&self, callable: Id, error: fn(Kind) -> ErrorKind) -> Done {
        match self.state.store.kind(callable) {
            Kind::Global => Ok(()),
            kind if Self::may_be_anything(kind) => Ok(()),
            kind => Err(error(kind).into()),
        }
    }

    #[inline(never)]
    pub(super) fn reduce(&mut self, start: usize) -> Done {
        self.need(2)?;
        let args = self.pop()?;
        let callable = self.pop()?;
        self.check_args(args)?;
        self.check_callable(callable, ErrorKind::NotCallable)?;
        self.call(start, Form::Call, callable, args)
    }

    /// A call: of a builtin that the protocols spell so, or of anything.
    fn call(&mut self, start: usize, mut form: Form, callable: Id, args: Id) -> Done {
        let store = &mut self.state.store;
        let builtin = crate::builtins::of(store, self.source, callable);
        let mut plain = None;
        if builtin != Builtin::Other {
            match crate::builtins::call(store, self.source, start, builtin, callable, args)? {
                Ok(id) => plain = Some(id),
                Err(of_builtin) if form == Form::Call => form = of_builtin,
                Err(_) => {}
            }
        }
        let result = match plain {
            Some(id) => id,
            None => store.instance(form, start, callable, args, None)?,
        };
        self.event(start, Event::Call { callable, args, result });
        self.push(result)
    }

    #[inline(never)]
    pub(super) fn new_object(&mut self, start: usize, with_kwargs: bool) -> Done {
        self.need(if with_kwargs { 3 } else { 2 })?;
        let kwargs = if with_kwargs { Some(self.pop()?) } else { None };
        let args = self.pop()?;
        let class = self.pop()?;
        self.check_callable(class, ErrorKind::NotAClass)?;
        self.check_args(args)?;
        if let Some(kwargs) = kwargs {
            match self.state.store.kind(kwargs) {
                Kind::Dict => {}
                kind if Self::may_be_anything(kind) => {}
                kind => return Err(ErrorKind::KwargsNotDict(kind).into()),
            }
        }
        let form = if with_kwargs { Form::NewEx } else { Form::New };
        let result = self.state.store.instance(form, start, class, args, kwargs)?;
        self.event(start, Event::New { class, args, kwargs, result });
        self.push(result)
    }

    /// `INST` and `OBJ`: a call, or, without arguments, a new object.
    pub(super) fn instantiate(&mut self, start: usize, form: Form, class: Id, height: usize) -> Done {
        let args = self.state.store.container(Container::Tuple, start, &self.state.stack[height..]);
        let args = args.map_err(|refusal| ErrorKind::refused(refusal, Kind::Tuple))?;
        self.state.stack.truncate(height);
        self.check_callable(class, ErrorKind::NotCallable)?;
        if args != Id::EMPTY_TUPLE {
            return self.call(start, form, class, args);
        }
        let result = self.state.store.instance(form, start, class, args, None)?;
        self.event(start, Event::New { class, args, kwargs: None, result });
        self.push(result)
    }

    #[inline(never)]
    pub(super) fn inst(&mut self, start: usize, end: usize, lines: (&[u8], &[u8])) -> Done {
        let height = self.pop_mark()?;
        // The C unpickler reads these as ASCII, and those of GLOBAL as UTF-8.
        if !lines.0.is_ascii() || !lines.1.is_ascii() {
            return Err(ErrorKind::NotAscii.into());
        }
        let class = self.global_lines(start, end, lines)?;
        self.instantiate(start, Form::Inst, class, height)
    }

    #[inline(never)]
    pub(super) fn obj(&mut self, start: usize) -> Done {
        let height = self.pop_mark()?;
        if self.state.stack.len() == height {
            return Err(ErrorKind::StackUnderflow { holds: 0, needs: 1 }.into());
        }
        let class = self.state.stack.remove(height);
        self.instantiate(start, Form::Obj, class, height)
    }

    #[inline(never)]
    pub(super) fn build(&mut self, start: usize) -> Result<Id, Fault> {
        self.need(2)?;
        let state = self.pop()?;
        let object = self.state.stack[self.state.stack.len() - 1];
        if let Err(refusal) = self.state.store.build(object, state) {
            return Err(ErrorKind::refused(refusal, self.state.store.kind(object)).into());
        }
        self.event(start, Event::Build { object, state });
        Ok(object)
    }

    pub(super) fn next_buffer(&mut self, start: usize) -> Done {
        let index = self.state.next_buffer;
        let supplied = self.options.buffers.as_ref().is_some_and(|buffers| index < buffers.len());
        if !supplied && self.options.require_buffers {
            return Err(ErrorKind::MissingBuffer.into());
        }
        self.state.next_buffer += 1;
        let id = self.state.store.buffer(start, index)?;
        self.push(id)
    }

    fn is_read_only(&self, buffer: Id) -> bool {
        let supplied = self.options.buffers.iter().flatten();
        let mut at = supplied.skip(self.state.store.buffer_index(buffer).unwrap_or(usize::MAX));
        at.next().is_some_and(|buffer| buffer.read_only)
    }

    pub(super) fn read_only_buffer(&mut self, start: usize) -> Done {
        self.need(1)?;
        let of = self.pop()?;
        let id = match self.state.store.kind(of) {
            Kind::Bytes | Kind::ReadOnly => of,
            Kind::Buffer if self.is_read_only(of) => {
                self.state.store.mark_read_only(of);
                of
            }
            Kind::ByteArray | Kind::Buffer => self.state.store.read_only(start, of)?,
            kind if Self::may_be_anything(kind) => self.state.store.read_only(start, of)?,
            kind => return Err(ErrorKind::Unsupported(kind).into()),
        };
        self.push(id)
    }

    pub(super) fn pop_op(&mut self, start: usize) -> Done {
        if !self.state.marks.is_empty() && self.state.stack.len() == self.fence {
            self.pop_mark()?;
            return Ok(());
        }
        let popped = self.pop()?;
        self.drop_object(start, popped)
    }

    /// Keeps what was done by the making of an object that is dropped.
    #[inline(never)]
    fn drop_object(&mut self, start: usize, dropped: Id) -> Done {
        let store = &mut self.state.store;
        let set = match store.kind(dropped) {
            Kind::Instance => crate::builtins::attribute_set(store, self.source, dropped),
            _ => None,
        };
        let Some((call, set)) = set else {
            if let Some(&top) = self.state.stack.last() {
                store.call_on(top, dropped)?;
            }
            return Ok(());
        };
        match store.set_attribute(start, call, set) {
            // Of other kinds, no attributes are kept.
            Ok(()) | Err(StepError::Unsupported) => Ok(()),
            Err(refusal) => Err(ErrorKind::refused(refusal, self.state.store.kind(set[0])).into()),
        }
    }
}
