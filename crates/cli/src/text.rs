//! Small pieces of text.

pub use halfsour::lexer::text::name::visible as name;
pub use halfsour::lexer::text::phrase::{count, plural};
