//! The limits that `--limits` sets.

use halfsour::{json, writer};

#[derive(Clone, Copy, Default, PartialEq)]
pub struct Limits {
    pub reading: halfsour::Limits,
    pub json: json::Limits,
    pub writing: writer::Limits,
    pub files: halfsour_files::Limits,
}

impl Limits {
    const TRUSTED: Self = Self {
        reading: halfsour::Limits::TRUSTED,
        files: halfsour_files::Limits::TRUSTED,
        json: json::Limits::TRUSTED,
        writing: writer::Limits::TRUSTED,
    };

    /// Whether any but those of files is set otherwise than a preset does.
    pub fn limits_pickles(self) -> bool {
        [Self::default(), Self::TRUSTED].into_iter().all(|mut preset| {
            preset.files = self.files;
            preset.reading.input = self.reading.input;
            preset != self
        })
    }
}

pub fn limits(text: &str) -> Result<Limits, String> {
    let mut limits = Limits::default();
    for part in text.split(',') {
        match part.split_once('=') {
            None if part == "untrusted" => limits = Limits::default(),
            None if part == "trusted" => limits = Limits::TRUSTED,
            None => return Err(format!("{part}: neither a limit (KEY=VALUE) nor trusted or untrusted")),
            Some((key, value)) => {
                let value = number(value).ok_or_else(|| format!("{value}: not a number"))?;
                match key {
                    "opcodes" => limits.reading.opcodes = value as u64,
                    "stack" => limits.reading.stack = value,
                    "memo" => limits.reading.memo = value,
                    "memory" => limits.reading.memory = value,
                    "memory-per-byte" => limits.reading.memory_per_byte = value,
                    "input" => limits.reading.input = value,
                    "int-digits" => limits.reading.int_digits = value,
                    "decompressed" => limits.files.total = value as u64,
                    "ratio" => limits.files.ratio = value as u64,
                    "layers" => limits.files.depth = value,
                    "window" => limits.files.window = value as u64,
                    "depth" => limits.json.depth = value,
                    "values" => limits.json.values = value,
                    "bytes" => limits.json.bytes = value,
                    "written" => limits.writing.bytes = value,
                    _ => return Err(format!("{key}: no such limit")),
                }
            }
        }
    }
    Ok(limits)
}

fn number(text: &str) -> Option<usize> {
    let (digits, shift) = match text.as_bytes().last()? {
        b'K' => (&text[..text.len() - 1], 10),
        b'M' => (&text[..text.len() - 1], 20),
        b'G' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    digits.parse::<usize>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use halfsour::value::TreeLimits;

    use super::*;

    /// What the table of limits says: of each, by default and trusted, and its word.
    fn documented() -> impl Iterator<Item = (String, usize, usize, String)> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../halfsour/LIMITS.md");
        let table = fs::read_to_string(file).unwrap();
        let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect();
        let number = |text: &str| if text == "none" { usize::MAX } else { text.parse().unwrap() };
        rows.into_iter().map(move |row| {
            let cells: Vec<_> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
            (cells[1].to_owned(), number(cells[2]), number(cells[3]), cells[5].to_owned())
        })
    }

    /// The limits by the names of their fields, which are those that `Debug` gives, so that none is forgotten.
    fn values(limits: &Limits, tree: TreeLimits) -> BTreeMap<String, usize> {
        let Limits { reading, files, json, writing } = limits;
        let shown = [
            ("Limits", format!("{reading:?}")),
            ("files::Limits", format!("{files:?}")),
            ("json::Limits", format!("{json:?}")),
            ("writer::Limits", format!("{writing:?}")),
            ("TreeLimits", format!("{tree:?}")),
        ];
        let fields = shown.iter().flat_map(|(of, shown)| {
            let fields = shown.split_once(" { ").unwrap().1.trim_end_matches(" }");
            fields.split(", ").map(move |field| (of, field.split_once(": ").unwrap()))
        });
        fields.map(|(of, (name, value))| (format!("{of}::{name}"), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_table_of_limits_is_right() {
        let untrusted = limits("untrusted").unwrap();
        let expected: BTreeMap<_, _> = documented().map(|(name, value, ..)| (name, value)).collect();
        assert_eq!(values(&untrusted, TreeLimits::UNTRUSTED), expected);
        let trusted = limits("trusted").unwrap();
        let expected: BTreeMap<_, _> = documented().map(|(name, _, value, _)| (name, value)).collect();
        assert_eq!(values(&trusted, TreeLimits::TRUSTED), expected);
        for (name, _, _, word) in documented() {
            // The command makes no trees.
            assert_eq!(word.is_empty(), name.starts_with("TreeLimits::"), "{name}");
            if !word.is_empty() {
                let mut expected = values(&untrusted, TreeLimits::UNTRUSTED);
                expected.insert(name, 7);
                let set = limits(&format!("{word}=7")).unwrap();
                assert_eq!(values(&set, TreeLimits::UNTRUSTED), expected, "{word}");
            }
        }
    }

    #[test]
    fn limits_of_files_are_told_from_those_of_pickles() {
        for (_, _, _, word) in documented().filter(|(.., word)| !word.is_empty()) {
            let is_of_files = ["input", "decompressed", "ratio", "layers", "window"].contains(&word.as_str());
            for preset in ["untrusted", "trusted"] {
                assert!(!limits(preset).unwrap().limits_pickles(), "{preset}");
                let set = limits(&format!("{preset},{word}=7")).unwrap();
                assert_eq!(set.limits_pickles(), !is_of_files, "{preset},{word}");
            }
        }
    }

    #[test]
    fn limits_add_up() {
        let read = limits("trusted,memory=2G,depth=7").unwrap();
        assert_eq!((read.reading.memory, read.json.depth), (2 << 30, 7));
        assert_eq!(read.reading.int_digits, usize::MAX);
        for wrong in ["", "trust", "memory", "memory=", "memory=x", "memory=99999999999999999999", "colour=1"]
        {
            assert!(limits(wrong).is_err(), "{wrong}");
        }
    }
}
