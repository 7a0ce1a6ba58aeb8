//! The options of `find`.

use halfsour_inspect::find::Scope;

/// What is looked for: everything, if nothing is named.
#[derive(clap::Args, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct FindForm {
    /// Look at keys of dicts, names of attributes, and labels of columns.
    #[arg(long)]
    keys: bool,
    /// Look at names of classes and functions.
    #[arg(long)]
    classes: bool,
    /// Look at text and bytes.
    #[arg(long)]
    text: bool,
    /// Look at numbers, also those in arrays and tables.
    #[arg(long)]
    numbers: bool,
    /// The pattern is a regular expression.
    #[arg(short = 'E', long)]
    pub regex: bool,
    /// Large and small letters are the same.
    #[arg(short, long)]
    pub ignore_case: bool,
    /// How many finds to print of each part of the file.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub max: usize,
    /// Print JSON: a line for each find.
    #[arg(long)]
    pub json: bool,
}

impl FindForm {
    pub fn scope(&self) -> Scope {
        let mut scope = Scope::NONE;
        (scope.keys, scope.classes, scope.text, scope.numbers) =
            (self.keys, self.classes, self.text, self.numbers);
        if scope == Scope::NONE { Scope::default() } else { scope }
    }
}
