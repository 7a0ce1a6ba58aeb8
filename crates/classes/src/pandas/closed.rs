//! [`Closed`]: the sides of an interval that belong to it.

/// The sides of an interval that belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closed {
    /// `left`
    Left,
    /// `right`
    Right,
    /// `both`
    Both,
    /// `neither`
    Neither,
}

impl Closed {
    /// The sides with this name in pandas.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Left, Self::Right, Self::Both, Self::Neither].into_iter().find(|closed| closed.name() == name)
    }

    /// The brackets in which pandas writes the sides: `(0, 1]`.
    pub fn brackets(self) -> [char; 2] {
        match self {
            Self::Left => ['[', ')'],
            Self::Right => ['(', ']'],
            Self::Both => ['[', ']'],
            Self::Neither => ['(', ')'],
        }
    }

    /// The name in pandas.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Both => "both",
            Self::Neither => "neither",
        }
    }
}
