//! The census of classes, read here a second time: what judges by it is not what makes programs of it.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::Result;

/// The lines of all packages, by the names of their classes.
pub struct Census(HashMap<String, Line>);

/// The fields of a class that programs are made of, as `CENSUS.md` numbers them.
#[derive(Default)]
struct Line {
    bases: Vec<String>,
    keys: Vec<String>,
    methods: Vec<String>,
    data: Vec<String>,
    slots: Vec<String>,
}

/// What the census says of a class, with all that it inherits.
#[derive(Default)]
pub struct Known {
    /// Keys of states.
    pub keys: Vec<String>,
    /// Keys of states that hide an attribute in some release: only plain data may stand there.
    pub data_keys: Vec<String>,
    pub slots: Vec<String>,
    /// What a key would hide.
    pub attributes: Vec<String>,
}

impl Census {
    /// Reads the committed files.
    pub fn read() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/audit/census");
        let mut lines = HashMap::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "txt") {
                add(&fs::read_to_string(path)?, &mut lines);
            }
        }
        Ok(Self(lines))
    }

    pub fn class(&self, name: &str) -> Known {
        let mut names = Vec::new();
        self.with_bases(name, &mut names);
        let lines = || names.iter().filter_map(|name| self.0.get(name));
        let all = |field: fn(&Line) -> &Vec<String>| {
            let mut all: Vec<String> = lines().flat_map(field).cloned().collect();
            all.sort();
            all.dedup();
            all
        };
        let attributes = [all(|line| &line.methods), all(|line| &line.data)].concat();
        let (data_keys, keys) = all(|line| &line.keys).into_iter().partition(|key| attributes.contains(key));
        Known { keys, data_keys, slots: all(|line| &line.slots), attributes }
    }

    /// Collects a class, and all that it inherits from.
    fn with_bases(&self, name: &str, names: &mut Vec<String>) {
        if names.iter().any(|known| known == name) {
            return;
        }
        names.push(name.to_owned());
        for base in self.0.get(name).map_or(&[][..], |line| &line.bases) {
            self.with_bases(base, names);
        }
    }
}

fn add(text: &str, lines: &mut HashMap<String, Line>) {
    let mut module = "";
    for line in text.lines().skip(1) {
        if let Some(name) = line.strip_prefix('@') {
            module = name;
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        let words = |number: usize| {
            let field = fields.get(number - 1).copied().unwrap_or_default();
            field.split_terminator(' ').map(str::to_owned).collect::<Vec<_>>()
        };
        let bases = words(4).iter().map(|base| whole(module, base.trim_start_matches('>'))).collect();
        let line = Line { bases, keys: words(5), methods: words(6), data: words(7), slots: words(8) };
        lines.insert(format!("{module}:{}", fields[0]), line);
    }
}

/// The name of a class with its module, of which its line leaves out what is the same.
fn whole(module: &str, name: &str) -> String {
    let package = module.split('.').next().unwrap_or_default();
    match name.as_bytes().first() {
        Some(b':') => format!("{module}{name}"),
        Some(b'.') => format!("{package}{name}"),
        _ => name.to_owned(),
    }
}
