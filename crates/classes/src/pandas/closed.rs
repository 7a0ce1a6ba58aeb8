//! [`Closed`]: which ends of an interval belong to it.

/// Which ends of an interval belong to it.
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
    /// From what pandas calls it.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Left, Self::Right, Self::Both, Self::Neither].into_iter().find(|closed| closed.name() == name)
    }

    /// What pandas calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Both => "both",
            Self::Neither => "neither",
        }
    }
}
