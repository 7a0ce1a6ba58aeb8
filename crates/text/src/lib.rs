//! How Python spells text and numbers: WTF-8, reprs, escapes and literals.
