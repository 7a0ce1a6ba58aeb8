//! Objects of other classes than that of the type are not read.

use halfsour_serde::{FromPython, ToPython, from_slice, to_graph, to_vec};
use serde::Deserialize;

#[derive(ToPython, FromPython, Debug, PartialEq)]
#[python(class = "app.Point", slots, alias = "old.Point", alias = "old:Outer.Point")]
struct Point {
    x: i32,
}

#[derive(FromPython, Debug, PartialEq)]
#[python(class = "app.make", call)]
struct Call(i32, i32);

#[derive(FromPython, Debug, PartialEq)]
#[python(class = "app.Marker")]
struct Marker;

#[derive(FromPython, Debug, PartialEq)]
#[python(class = "app.Color")]
enum Color {
    #[python(rename = "RED")]
    Red = 1,
}

#[derive(Deserialize, Debug)]
#[serde(rename = "app.Money")]
struct Money(#[allow(dead_code, reason = "only whether it is read counts")] i32);

fn refused<T: for<'de> Deserialize<'de> + std::fmt::Debug>(pickle: &[u8]) -> String {
    from_slice::<T>(pickle).unwrap_err().to_string()
}

#[test]
fn another_class_is_an_error() {
    let found = |class: &str| format!("expected an object of {class}, found ");
    let other = b"\x80\x02capp\nOther\n)\x81}X\x01\0\0\0xK\x01sb.";
    let point = "app.Point or old.Point or old.Outer.Point";
    assert!(refused::<Point>(other).starts_with(&(found(point) + "app.Other")));
    let system = b"\x80\x02cos\nsystem\nK\x01K\x02\x86R.";
    assert!(refused::<Call>(system).starts_with(&(found("app.make") + "os.system")));
    assert!(
        refused::<Money>(b"\x80\x02cos\nsystem\nK\x01\x85R.")
            .starts_with(&(found("app.Money") + "os.system"))
    );
    assert!(
        refused::<Marker>(b"\x80\x02capp\nOther\n)\x81.").starts_with(&(found("app.Marker") + "app.Other"))
    );
    assert!(
        refused::<Marker>(b"\x80\x02capp\nOther\n.")
            .starts_with("expected an object of app.Marker, found app")
    );
    assert!(
        refused::<Color>(b"\x80\x02capp\nOther\nK\x01\x85R.")
            .starts_with(&(found("app.Color") + "app.Other"))
    );
    let by_name = b"\x80\x02c__builtin__\ngetattr\ncapp\nOther\nX\x03\0\0\0RED\x86R.";
    assert!(refused::<Color>(by_name).starts_with(&(found("app.Color") + "app.Other")));
    let global = b"\x80\x04\x8c\x03app\x8c\x09Other.RED\x93.";
    assert!(refused::<Color>(global).starts_with(&(found("app.Color") + "app.Other")));
}

#[test]
fn the_class_and_its_aliases_are_read() {
    let pickles: [&[u8]; 5] = [
        b"\x80\x02capp\nPoint\n)\x81N}X\x01\0\0\0xK\x01s\x86b.",
        b"\x80\x02cold\nPoint\n)\x81}X\x01\0\0\0xK\x01sb.",
        // A class within a class, at protocols 4 and 2
        b"\x80\x04\x8c\x03old\x8c\x0bOuter.Point\x93)\x81}\x8c\x01xK\x01sb.",
        b"\x80\x02c__builtin__\ngetattr\ncold\nOuter\nX\x05\0\0\0Point\x86R)\x81}X\x01\0\0\0xK\x01sb.",
        b"}X\x01\0\0\0xK\x01s.",
    ];
    for pickle in pickles {
        assert_eq!(from_slice::<Point>(pickle).unwrap(), Point { x: 1 }, "{pickle:?}");
    }
    assert_eq!(
        to_graph(&Point { x: 1 }).unwrap().root().to_string(),
        "app.Point().__setstate__((None, {'x': 1}))"
    );
    let members: [&[u8]; 4] = [
        b"\x80\x02capp\nColor\nK\x01\x85R.",
        b"\x80\x02c__builtin__\ngetattr\ncapp\nColor\nX\x03\0\0\0RED\x86R.",
        b"\x80\x04\x8c\x03app\x8c\x09Color.RED\x93.",
        b"\x80\x04\x8c\x03app\x8c\x03RED\x93.",
    ];
    for pickle in members {
        assert_eq!(from_slice::<Color>(pickle).unwrap(), Color::Red, "{pickle:?}");
    }
}

#[test]
fn persistent_ids_are_no_objects() {
    #[derive(ToPython, FromPython, Debug, PartialEq)]
    struct Key {
        id: u8,
    }
    #[derive(ToPython, FromPython, Debug, PartialEq)]
    struct Stored {
        #[python(persistent_id)]
        key: Key,
        #[python(persistent_id)]
        pair: (String, u8),
    }

    // Python: the persistent id ('User', 7)
    let pickle = b"\x80\x02X\x04\0\0\0UserK\x07\x86Q.";
    let advice = "a persistent id, ('User', 7): resolve it by `Graph::resolve_persistent`";
    assert!(refused::<Key>(pickle).starts_with(advice), "{}", refused::<Key>(pickle));
    assert!(refused::<Point>(pickle).starts_with(advice));
    assert!(refused::<Call>(pickle).starts_with(advice));
    assert!(refused::<std::collections::HashMap<String, u8>>(pickle).starts_with(advice));
    assert_eq!(from_slice::<(String, u8)>(pickle).unwrap(), ("User".to_owned(), 7));
    let stored = Stored { key: Key { id: 1 }, pair: ("User".into(), 7) };
    assert_eq!(from_slice::<Stored>(&to_vec(&stored).unwrap()).unwrap(), stored);
}
