//! Small pieces of text.

use halfsour::value::Global;

pub use halfsour::lexer::text::name::visible as name;
pub use halfsour::lexer::text::phrase::{count, plural, shape};

/// The full name of a class or function, as people are shown it.
pub fn global<S: AsRef<[u8]>>(global: &Global<'_, S>) -> String {
    global.visible_name()
}
