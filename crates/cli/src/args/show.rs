//! The options that say where a tree is cut.

use halfsour_inspect::tree::ShowLimits;

/// Where a tree is cut.
#[derive(clap::Args, Clone, Copy)]
pub struct ShowForm {
    /// How many levels to show.
    #[arg(long, default_value_t = 20, value_name = "LEVELS")]
    depth: usize,
    /// How many items of each container to show.
    #[arg(long, default_value_t = 100, value_name = "N")]
    max_items: usize,
    /// How many characters of each text, or bytes, to show.
    #[arg(long, default_value_t = 200, value_name = "N")]
    max_text: usize,
    /// How many rows of each array that has several dimensions to show.
    #[arg(long, default_value_t = 6, value_name = "N")]
    max_rows: usize,
    /// Show everything, however deep and long, and all elements of arrays.
    #[arg(long, conflicts_with_all = ["depth", "max_items", "max_text", "max_rows"])]
    full: bool,
}

impl ShowForm {
    pub fn limits(self) -> ShowLimits {
        if self.full {
            return ShowLimits::full();
        }
        ShowLimits::default()
            .with_depth(self.depth)
            .with_max_items(self.max_items)
            .with_max_text(self.max_text)
            .with_max_rows(self.max_rows)
    }
}
