//! The derives of the facade name no other crate.

#[test]
fn derived_code_compiles_with_halfsour_alone() {
    use halfsour::{FromPython, ToPython};

    #[derive(ToPython, FromPython, Debug, PartialEq)]
    #[python(class = "app.models.Point", frozen, slots)]
    struct Point {
        x: i32,
        #[python(set)]
        tags: Vec<String>,
    }

    let point = Point { x: 1, tags: vec!["a".to_owned()] };
    let pickle = halfsour::to_vec(&point).unwrap();
    assert_eq!(halfsour::from_slice::<Point>(&pickle).unwrap(), point);
}
