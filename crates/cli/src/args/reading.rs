//! The options that say how to read.

use clap::ValueEnum;
use halfsour::vm::StringEncoding;
use halfsour::{Options, json, writer};
use halfsour_files::{TextErrors, string_encoding};

use super::limits::{Limits, limits};

/// How to read.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools)] // a flag each
pub struct Reading {
    /// How to read Python 2 strings: `bytes`, or a codec as Python names it, such as `latin1`, `utf-8`, `cp1251` or
    /// `gbk`. By default they stay Python 2 strings.
    #[arg(long, global = true, value_parser = string_encoding)]
    encoding: Option<StringEncoding>,
    /// What to do with bytes that are no text in the encoding, as Python names it: `strict` (the default, an error),
    /// `ignore`, `replace`, `backslashreplace`, `surrogateescape`, `surrogatepass`.
    #[arg(long, global = true, requires = "encoding", value_name = "HANDLER")]
    errors: Option<TextErrors>,
    /// The base of the numbers in the text lines of INT and LONG, as of `I010`.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "BASE")]
    int_base: IntBase,
    /// Keep Python 2's names of modules and classes.
    #[arg(long, global = true)]
    no_fix_imports: bool,
    /// Read all pickles of a file with one memo, as they were written by one `Pickler`: later ones refer to objects
    /// of earlier ones.
    #[arg(long, global = true, conflicts_with = "first")]
    pub keep_memo: bool,
    /// Read only the first pickle of each file, whatever follows that.
    #[arg(long, global = true)]
    pub first: bool,
    /// Read only the member of an archive with this name, or whose name ends in it. `FILE:NAME` means the same.
    #[arg(long, global = true, value_name = "NAME")]
    pub member: Option<String>,
    /// Leave out the first N bytes of each file, such as a program's header. Offsets count from there.
    #[arg(long, global = true, value_name = "N", default_value_t = 0, hide_default_value = true)]
    skip: usize,
    /// Read CR LF as LF, where no LF is without a CR: in files that were written or copied as text on Windows.
    #[arg(long, global = true)]
    crlf: bool,
    /// `trusted`, or limits such as `memory=2G,int-digits=5000`.
    ///
    /// `trusted` lifts all limits, `untrusted` is the default. The others, with what they are by default if there is a limit, are:
    /// `memory` (bytes that the data may hold), `memory-per-byte` (the same, for each byte of the file: 64), `opcodes`, `stack`,
    /// `memo`, `int-digits` (of integers in text: 100000), `input` (bytes of a file, or of standard input); for compressed files
    /// and archives: `decompressed` (bytes that all decompression may give: 4G), `ratio` (the same, for each byte that is
    /// compressed: 100), `layers` (that lie in each other: 8), `window` (bytes that a decompressor may remember: 128M); for JSON:
    /// `depth`, `values` (beyond those that the data holds, since what is shared is repeated: 10000000), `bytes` (256M); and for
    /// pickles that are written: `written` (bytes beyond eight for each that the data holds: 256M). Numbers may end in K, M or G.
    /// `audit` takes those of files (`input`, `decompressed`, `ratio`, `layers`, `window`), and has its own for pickles.
    #[arg(long, global = true, value_name = "LIMITS", value_parser = limits)]
    limits: Option<Limits>,
    /// Whether the command takes what was complete of a damaged file.
    #[arg(skip)]
    pub salvage: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum IntBase {
    /// Base 10, or what a prefix tells where base 10 is refused.
    #[default]
    Either,
    /// Base 10, as Python 3.14 reads.
    #[value(name = "10")]
    Ten,
    /// What a prefix tells, as Python up to 3.13 reads: `010` is 8.
    Prefix,
}

impl Reading {
    /// The option that chooses a part of what is read, if there is one.
    pub fn part(&self) -> Option<&'static str> {
        self.member.as_ref().map(|_| "--member").or(self.first.then_some("--first"))
    }

    /// The option that says how pickles are read, if there is one: an audit judges them as every Python reads them.
    pub fn manner(&self) -> Option<&'static str> {
        let options = [
            ("--encoding", self.encoding.is_some()),
            ("--int-base", !matches!(self.int_base, IntBase::Either)),
            ("--no-fix-imports", self.no_fix_imports),
            ("--keep-memo", self.keep_memo),
        ];
        options.into_iter().find_map(|(option, is_given)| is_given.then_some(option))
    }

    /// Whether there are limits other than those of files and presets.
    pub fn limits_pickles(&self) -> bool {
        self.limits.is_some_and(Limits::limits_pickles)
    }

    pub fn options(&self) -> Options {
        let int_base = match self.int_base {
            IntBase::Either => halfsour::vm::IntBase::Either,
            IntBase::Ten => halfsour::vm::IntBase::Ten,
            IntBase::Prefix => halfsour::vm::IntBase::Prefix,
        };
        Options::default()
            .with_encoding(self.errors.unwrap_or_default().applied_to(self.encoding.unwrap_or_default()))
            .with_int_base(int_base)
            .with_fix_imports(!self.no_fix_imports)
            .with_require_buffers(false)
            .with_keep_memo(self.keep_memo)
            .with_limits(self.limits.unwrap_or_default().reading)
    }

    pub fn file_limits(&self) -> halfsour_files::Limits {
        self.limits.unwrap_or_default().files
    }

    pub fn file_options(&self) -> halfsour_files::Options {
        halfsour_files::Options::from(self.file_limits())
            .with_skip(self.skip)
            .with_crlf(self.crlf)
            .with_salvage(self.salvage)
    }

    pub fn write_limits(&self) -> writer::Limits {
        self.limits.unwrap_or_default().writing
    }

    /// How `convert` and `tensors` read and write.
    pub fn convert_options(&self) -> halfsour_convert::Options {
        let limits = halfsour_convert::Limits::default()
            .with_json(self.json_limits())
            .with_written(self.write_limits());
        let options = halfsour_convert::Options::default();
        options
            .with_reading(self.options())
            .with_limits(limits)
            .with_first(self.first)
            .with_salvage(self.salvage)
    }

    pub fn json_limits(&self) -> json::Limits {
        self.limits.unwrap_or_default().json
    }
}
