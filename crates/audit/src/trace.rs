//! [`Trace`]: a pickle as the Python that it amounts to.

use std::collections::HashSet;
use std::fmt;
use std::io;

use halfsour_vm::value::{Id, View};
use halfsour_vm::{Event, Graph, Observer, Opcode};

use crate::text::{self, Short, Variables};

/// Writes what a pickle does as Python that people can read: a statement for each module that it imports and for each
/// call, in the order in which they come, with the offset and the opcode that does it. Long values are cut.
///
/// ```
/// use halfsour_audit::Trace;
/// use halfsour_vm::Loader;
///
/// let mut text = Vec::new();
/// let mut trace = Trace::new(&mut text);
/// let graph = Loader::new().load_observed(&b"cos\nsystem\n(S'id'\ntR."[..], 0, &mut trace)?;
/// trace.finish(&graph)?;
/// assert_eq!(
///     String::from_utf8(text)?,
///     "import os  # 0x0 GLOBAL\n_0 = os.system('id')  # 0x13 REDUCE\nresult = _0\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Trace<'o> {
    out: &'o mut dyn io::Write,
    /// Why no more is written.
    error: Option<io::Error>,
    variables: Variables,
    /// How many objects got a name.
    made: usize,
    modules: HashSet<Vec<u8>>,
    opcode: Option<Opcode>,
}

impl fmt::Debug for Trace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace").field("error", &self.error).field("made", &self.made).finish_non_exhaustive()
    }
}

impl<'o> Trace<'o> {
    /// A trace, written to `out`, of a pickle that is still to be run.
    pub fn new(out: &'o mut dyn io::Write) -> Self {
        Self { out, error: None, variables: Variables::new(), made: 0, modules: HashSet::new(), opcode: None }
    }

    /// Writes what the pickle is, once it has been run.
    ///
    /// # Errors
    ///
    /// If this or something before could not be written.
    pub fn finish(&mut self, graph: &Graph<impl AsRef<[u8]>>) -> io::Result<()> {
        let short = Short::with_variables(graph.view(), &self.variables);
        let root = short.value(graph.root().id());
        self.line(format_args!("result = {root}"));
        self.error.take().map_or(Ok(()), Err)
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        if self.error.is_none() {
            self.error = writeln!(self.out, "{line}").err();
        }
    }

    fn statement(&mut self, offset: usize, statement: &str) {
        match self.opcode {
            Some(opcode) => self.line(format_args!("{statement}  # 0x{offset:x} {opcode}")),
            None => self.line(format_args!("{statement}")),
        }
    }

    /// A statement that makes an object, which has a name from now on.
    fn make(&mut self, offset: usize, made: Id, code: &str) {
        let number = self.made;
        self.made += 1;
        // None, small ints and the like are the same everywhere.
        if made.index().is_some() {
            self.variables.insert(made, number);
        }
        self.statement(offset, &format!("_{number} = {code}"));
    }
}

impl Observer for Trace<'_> {
    fn opcode(&mut self, _: usize, opcode: Opcode) {
        self.opcode = Some(opcode);
    }

    fn event(&mut self, view: View<'_>, offset: usize, event: Event) {
        let short = || Short::with_variables(view, &self.variables);
        match event {
            Event::Import(id) => match view.global(id) {
                Some([module, _]) => {
                    if self.modules.insert(module.to_vec()) {
                        self.statement(offset, &format!("import {}", text::visible(module)));
                    }
                }
                None => {
                    let code = short().value(id);
                    self.make(offset, id, &code);
                }
            },
            Event::Call { callable, args, result } => {
                let code = short().call(&short().value(callable), args, None);
                self.make(offset, result, &code);
            }
            Event::New { class, args, kwargs, result } => {
                let class = short().value(class);
                let args = short().call("", args, kwargs);
                let between = if args == "()" { "" } else { ", " };
                let code = format!("{class}.__new__({class}{between}{}", &args[1..]);
                self.make(offset, result, &code);
            }
            Event::Build { object, state } => {
                let code = format!("{}.__setstate__({})", short().value(object), short().value(state));
                self.statement(offset, &code);
            }
            Event::Append { object, count } => {
                let code = short().extended(&short().value(object), view.last_items(object, count));
                self.statement(offset, &code);
            }
            Event::SetItem { object, count } => {
                let code = short().assigned(&short().value(object), view.last_items(object, count));
                self.statement(offset, &code);
            }
            Event::Add { object, count } => {
                let code = short().updated(&short().value(object), view.last_items(object, count));
                self.statement(offset, &code);
            }
            Event::PersistentId(id) => {
                let code = short().value(id);
                self.make(offset, id, &code);
            }
            _ => self.statement(offset, "..."),
        }
    }
}
