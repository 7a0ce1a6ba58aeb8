//! The table of formats.

use halfsour_convert::{FORMATS, Format};

/// README.md lists the same, in the same order.
#[cfg(feature = "arrow")]
#[test]
fn the_table_of_formats_is_right() {
    let readme = include_str!("../README.md");
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `")).collect();
    let quoted = |extensions: &[&str]| {
        extensions.iter().map(|extension| format!("`{extension}`")).collect::<Vec<_>>().join(", ")
    };
    let row =
        |format: &Format| format!("| `{format}` | {} | {} |", quoted(format.extensions()), format.about());
    assert_eq!(rows, FORMATS.iter().map(row).collect::<Vec<_>>());
}

#[test]
fn each_name_and_extension_is_of_one_format() {
    for format in FORMATS {
        assert_eq!(format.name().parse(), Ok(*format));
        for extension in format.extensions() {
            assert_eq!(Format::of_path(format!("a.b/c.{extension}")), Some(*format));
            assert_eq!(Format::of_path(format!("C.{}", extension.to_uppercase())), Some(*format));
        }
    }
    assert_eq!([Format::of_path("c"), Format::of_path("c.xyz")], [None, None]);
    let unknown = "xyz".parse::<Format>().unwrap_err().to_string();
    assert!(
        unknown.starts_with("unknown format \"xyz\": expected one of safetensors, npy, npz, "),
        "{unknown}"
    );
}
