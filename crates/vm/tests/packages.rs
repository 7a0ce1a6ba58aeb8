//! What numpy, pandas, torch and others pickled loads, and to its end.

use bytes::Bytes;
use halfsour_vm::{Buffer, Loader, Options};

#[test]
fn what_packages_pickled_is_loaded() {
    let mut wrong = Vec::new();
    let packages = halfsour_fixtures::packages();
    for package in &packages {
        let buffers = package.buffers.as_ref().map(|buffers| {
            let supplied = |buffer: &halfsour_fixtures::Buffer| Buffer {
                contents: Bytes::copy_from_slice(&buffer.bytes),
                read_only: buffer.readonly,
            };
            buffers.iter().map(supplied).collect()
        });
        let mut loader = Loader::with_options(Options::default().with_buffers(buffers));
        match loader.load_at(package.bytes.as_slice(), 0) {
            Ok(graph) if graph.end() == package.bytes.len() => {}
            Ok(graph) => wrong.push(format!("{package}: ends at {} of {}", graph.end(), package.bytes.len())),
            Err(error) => wrong.push(format!("{package}: {error}")),
        }
    }
    assert!(packages.len() > 2_000, "{} pickles of packages", packages.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
