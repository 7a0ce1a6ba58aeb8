//! The options of `size`.

#[derive(clap::Args, Clone, Copy)]
pub struct SizeForm {
    /// How many places and how many types to list.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub top: usize,
    /// List each element and each pickle by itself.
    #[arg(long)]
    pub each: bool,
    /// Print folded stacks, of which programs make flame graphs: all places, by their own bytes.
    #[arg(long, conflicts_with_all = ["json", "top"])]
    pub folded: bool,
    /// Print JSON: a document for each file.
    #[arg(long)]
    pub json: bool,
}
