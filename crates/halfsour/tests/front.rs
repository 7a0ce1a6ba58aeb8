//! The front door: `load`, the one error type, and the names.

use std::error::Error as _;

// A program may import all names, and `serde` is still the crate.
#[allow(clippy::wildcard_imports, reason = "this is what is tested")]
use halfsour::*;

fn file(name: &str) -> String {
    format!("{}/../fixtures/files/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_file_is_loaded_from_its_path() -> Result<()> {
    let graph = load(file("people.pkl"))?;
    assert_eq!(graph.root().path("[0].favourites[1]")?.as_str(), Some("full-sour"));
    let error = load(file("nothing.pkl")).unwrap_err();
    assert!(error.to_string().contains("nothing.pkl"), "{error}");
    Ok(())
}

#[cfg(feature = "files")]
#[test]
fn files_of_all_kinds_are_loaded() -> Result<()> {
    for (name, expected) in [
        ("stream.pkl", "{'day': 1, 'sold': 3}"),
        ("stream.pkl.zst", "{'day': 1, 'sold': 3}"),
        ("frames.bin", "{'day': 1, 'sold': 3}"),
        ("array.joblib.lz4", "{'first': 'a day', 'matrix': "),
        ("objects.npy", "numpy"),
        ("arrays.npz", "numpy"),
        ("torch.pt", "collections.OrderedDict("),
        ("legacy.pt", "collections.OrderedDict("),
    ] {
        let shown = load(file(name))?.root().to_string();
        assert!(shown.starts_with(expected), "{name}: {shown}");
    }
    let error = load(file("nested.tar")).unwrap_err();
    let several = "nested.tar: several members contain pickles; ask for one, as with `Input::with_member`";
    assert!(error.to_string().contains(several), "{error}");
    let error = load(file("torch.json")).unwrap_err();
    assert!(error.to_string().contains("torch.json: byte 0x0: "), "{error}");
    Ok(())
}

#[test]
fn errors_are_one_line_with_the_place() {
    fn loaded() -> Result<()> {
        vm::from_slice(b"K\x01R.")?;
        Ok(())
    }
    let error = loaded().unwrap_err();
    assert_eq!(error.to_string(), "byte 0x2: REDUCE: the stack holds 1 item, needs 2");
    assert_eq!(format!("{error:?}"), error.to_string());
    assert_eq!(error.offset(), Some(2));
    assert!(error.source().is_none());
    let inner = vm::from_slice(b"K\x01R.").unwrap_err();
    assert_eq!(format!("{inner:?}"), inner.to_string());
    let cycle = vm::from_slice(b"K\x010]q\0h\0a.").unwrap();
    assert_eq!(Error::from(cycle.to_value(value::TreeLimits::default()).unwrap_err()).offset(), Some(3));
}

#[cfg(feature = "serde")]
#[test]
fn errors_of_types_say_the_path() {
    #[derive(Debug, serde::Deserialize)]
    struct User {
        #[expect(dead_code, reason = "it is only read")]
        age: u8,
    }
    let error = Error::from(from_slice::<Vec<User>>(b"](}X\x03\0\0\0ageNse.").unwrap_err());
    assert_eq!(error.path().as_deref(), Some("[0].age"));
    assert_eq!(format!("{error:?}"), error.to_string());
    let error = Error::from(from_slice::<u8>(b"K\x01R.").unwrap_err());
    assert_eq!((error.offset(), error.path()), (Some(2), None));
}

#[test]
fn public_types_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<(Graph, Node<'_, &[u8]>, Value, Loader, Options, Error)>();
    check::<(value::Builder, value::Data<'_, &[u8]>, value::Instance<'_, &[u8]>, vm::Incremental)>();
    check::<(lexer::Lexer<'_>, lexer::Disassembly<'_>, lexer::Incremental)>();
    #[cfg(feature = "writer")]
    check::<(writer::Pickler, writer::Emitter, writer::Options)>();
    #[cfg(feature = "serde")]
    check::<(types::Serializer, types::Error)>();
    #[cfg(feature = "json")]
    check::<(json::Style, json::Document)>();
    #[cfg(feature = "classes")]
    check::<(classes::Known<'_, &[u8]>, classes::numpy::NdArray<'_, &[u8]>, classes::pandas::Frame<'_, &[u8]>)>(
    );
    #[cfg(feature = "files")]
    check::<(files::Input, files::Part, files::Source)>();
    #[cfg(feature = "audit")]
    check::<(audit::Auditor, audit::Report, audit::Policy)>();
    #[cfg(feature = "inspect")]
    check::<(inspect::tree::Tree<'_, &[u8]>, inspect::info::FileInfo)>();
    #[cfg(feature = "tokio")]
    check::<codec::PickleCodec>();
}
