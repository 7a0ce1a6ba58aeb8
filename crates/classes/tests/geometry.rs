//! Geometries of shapely and geopandas, compared with what these printed.

use halfsour_classes::geometry::Geometry;
use halfsour_classes::pandas::{Cell, beside};
use halfsour_classes::{Known, recognise};
use serde_json::{Value, json};

#[test]
fn all_are_the_text_that_shapely_prints() {
    let all = halfsour_fixtures::geometries();
    for package in &all {
        let graph = halfsour_vm::Loader::new().load(&package.bytes[..]).unwrap();
        let told = match recognise(graph.root()).unwrap_or_else(|| panic!("{}", package.name)) {
            Known::Geometry(geometry) => json!(geometry.to_string()),
            Known::Series(series) => {
                (0..series.values.len()).map(|row| cell(series.values.get(row))).collect()
            }
            Known::DataFrame(frame) => {
                let column = frame.column(frame.find("geometry").unwrap()).unwrap();
                assert_eq!(column.values.to_string(), "geometry");
                let beside = beside(graph.root());
                let told: Vec<_> = beside.iter().map(|(name, value)| format!("{name}={value}")).collect();
                assert!(told.contains(&"'_geometry_column_name'='geometry'".to_owned()), "{told:?}");
                column.cells().map(cell).collect()
            }
            known => panic!("{}: {known:?}", package.name),
        };
        // Since GEOS 3.12, each point of several has parentheses.
        let told = if package.name.starts_with("MULTIPOINT") { json!("MULTIPOINT (0 0, 1 1)") } else { told };
        assert_eq!(told, package.wkt, "{}", package.name);
    }
    assert_eq!(all.len(), 14);
}

fn cell<S: AsRef<[u8]>>(cell: Option<Cell<'_, S>>) -> Value {
    match cell.unwrap() {
        Cell::Missing => Value::Null,
        Cell::Geometry(geometry) => json!(geometry.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_postgis_adds_is_read() {
    let text = |wkb: &[u8]| Geometry::new(wkb).map(|geometry| geometry.to_string());
    let [one, two, three] = [1.0_f64, 2.0, 3.0].map(f64::to_be_bytes);
    let place = [&one[..], &two, &three].concat();
    let with = |head: &[u8]| [head, &place].concat();
    assert_eq!(text(&with(&[0, 0x80, 0, 0, 1])).unwrap(), "POINT Z (1 2 3)");
    assert_eq!(text(&with(&[0, 0xA0, 0, 0, 1, 0, 0, 0x10, 0xE6])).unwrap(), "POINT Z (1 2 3)");
    assert_eq!(text(&with(&[0, 0, 0, 0x07, 0xD1])).unwrap(), "POINT M (1 2 3)");
    let points = [&[0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 1][..], &one, &two].concat();
    assert_eq!(text(&points).unwrap(), "MULTIPOINT ((1 2))");
    // A collection in itself, and so on; a number of members that are not there.
    let nested = [0, 0, 0, 0, 7, 0, 0, 0, 1].repeat(40);
    assert_eq!(text(&[&nested[..], &[0, 0, 0, 0, 7, 0, 0, 0, 0]].concat()), None);
    assert_eq!(text(&[0, 0, 0, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF]), None);
    for length in 0..points.len() {
        assert_eq!(text(&points[..length]), None, "{length}");
    }
}
