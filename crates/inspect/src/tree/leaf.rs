//! What is shown in one piece.

use halfsour_text::number::BigDisplay;
use halfsour_text::phrase::plural;
use halfsour_text::{name, repr};
use halfsour_value::{Data, Node};

use super::{ShowLimits, known};
use crate::spans::{Role, Spans};

/// What is shared is shown each time, so that no more of it is looked at than so many bytes. An int of as many is shown in
/// hexadecimal, whose first digits do not depend on the others.
const COUNTED: usize = 2048;

/// A date is not cut.
const LEAST: usize = 40;

/// A scalar, text, a name, or a known object that is as good as one.
pub struct Leaf {
    /// The class of an object.
    class: String,
    role: Role,
    text: String,
    /// What is said of something that was cut.
    remark: String,
}

pub fn is_leaf<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    match node.data() {
        Data::List(_)
        | Data::Tuple(_)
        | Data::Dict(_)
        | Data::Set(_)
        | Data::FrozenSet(_)
        | Data::PersistentId(_)
        | Data::ReadOnly(_) => false,
        Data::Instance(_) => known::is_leaf(node),
        _ => node.foreign_steps().is_none(),
    }
}

impl Leaf {
    pub fn of<S: AsRef<[u8]>>(node: Node<'_, S>, limits: ShowLimits) -> Option<Self> {
        if !is_leaf(node) {
            return None;
        }
        let bytes = |bytes: &[u8], open: &str, close: &str| {
            let shown = &bytes[..bytes.len().min(limits.max_text)];
            let text = format!("{open}{}{close}", repr::Bytes(shown));
            Self::cut(text, shown.len() < bytes.len(), || plural(bytes.len(), "byte"))
        };
        Some(match node.data() {
            Data::None | Data::Bool(_) => Self::whole(Role::Constant, node.to_string()),
            Data::Str(text) => {
                let all = text.as_wtf8();
                let shown = name::cut(all, limits.max_text);
                let length = || {
                    if all.len() > COUNTED {
                        return plural(all.len(), "byte");
                    }
                    plural(node.len().unwrap_or_default(), "character")
                };
                Self::cut(repr::Str(shown).to_string(), shown.len() < all.len(), length)
            }
            Data::Bytes(data) | Data::ByteString(data) => bytes(data, "", ""),
            Data::ByteArray(data) => bytes(data, "bytearray(", ")"),
            Data::BigInt(data) => {
                // The first digits, for which the highest bytes are enough.
                let highest = &data[data.len().saturating_sub(limits.max_text.max(COUNTED))..];
                let digits = BigDisplay(highest).to_string();
                let shown = &digits[..digits.len().min(limits.max_text)];
                let is_cut = shown.len() < digits.len() || highest.len() < data.len();
                let mut leaf = Self::cut(shown.to_owned(), is_cut, || plural(data.len(), "byte"));
                leaf.role = Role::Number;
                leaf
            }
            Data::Int(_) | Data::Float(_) | Data::Complex(..) => Self::whole(Role::Number, node.to_string()),
            Data::Instance(_) => {
                let (class, text, role) = known::leaf(node)?;
                let (shown, all) = (name::cut(text.as_bytes(), limits.max_text.max(LEAST)).len(), text.len());
                let mut leaf = Self::cut(text[..shown].to_owned(), shown < all, || plural(all, "byte"));
                (leaf.class, leaf.role) = (class, role);
                leaf
            }
            Data::Global(global) => Self::whole(Role::Name, global.visible_name()),
            _ => Self::whole(Role::Name, node.to_string()),
        })
    }

    fn whole(role: Role, text: String) -> Self {
        Self { class: String::new(), role, text, remark: String::new() }
    }

    fn cut(text: String, is_cut: bool, length: impl FnOnce() -> String) -> Self {
        let remark = if is_cut { format!("… ({})", length()) } else { String::new() };
        Self { class: String::new(), role: Role::Text, text, remark }
    }

    /// How many characters it takes.
    pub fn width(&self) -> usize {
        let class = if self.class.is_empty() { 0 } else { self.class.chars().count() + 1 };
        class + self.text.chars().count() + self.remark.chars().count()
    }

    pub fn push_to(&self, line: &mut Spans) {
        let Self { class, role, text, remark } = self;
        if !class.is_empty() {
            line.push(Role::Name, class);
            line.plain(" ");
        }
        line.push(*role, text);
        line.push(Role::Dim, remark);
    }
}
