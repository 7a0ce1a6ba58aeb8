//! Lists the globals that a pickle would import, without importing them: `cargo run --example imports -- FILE`.

use halfsour::Loader;
use halfsour::value::View;
use halfsour::vm::{Event, Observer};

struct Imports(Vec<String>);

impl Observer for Imports {
    fn event(&mut self, view: View<'_>, offset: usize, event: Event) {
        if let Event::Import(id) = event {
            // An extension code has no names here.
            let Some(names) = view.global(id) else { return };
            self.0.push(format!("byte 0x{offset:x}: {}", names.map(String::from_utf8_lossy).join(".")));
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/evil.pkl");
    let file = std::env::args().nth(1).unwrap_or_else(|| default.to_owned());
    let input = std::fs::read(file)?;
    let mut imports = Imports(Vec::new());
    Loader::new().load_observed(&input[..], 0, &mut imports)?;
    println!("{}", imports.0.join("\n"));
    Ok(())
}
