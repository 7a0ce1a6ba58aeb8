//! What may be made of the names of numpy, pandas, Arrow, shapely and Pillow: each stream beside the one that harms.

use halfsour_audit::{Auditor, Policy};

fn is_clean(object: &[u8]) -> bool {
    let pickle = [b"\x80\x04", object, b"."].concat();
    Auditor::new(Policy::default()).audit(&pickle).is_clean()
}

/// A class or function, given as `module:name`.
fn global(name: &str) -> Vec<u8> {
    format!("c{}\n", name.replacen(':', "\n", 1)).into_bytes()
}

fn between(mark: &[u8], items: &[Vec<u8>], end: &[u8]) -> Vec<u8> {
    [mark, &items.concat(), end].concat()
}

fn tuple(items: &[Vec<u8>]) -> Vec<u8> {
    between(b"(", items, b"t")
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    between(b"](", items, b"e")
}

fn dict(items: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let items: Vec<_> = items.iter().flat_map(|(key, value)| [text(key), value.clone()]).collect();
    between(b"}(", &items, b"u")
}

fn call(name: &str, args: &[Vec<u8>]) -> Vec<u8> {
    [global(name), tuple(args), b"R".to_vec()].concat()
}

fn build(object: &[u8], state: &[u8]) -> Vec<u8> {
    [object, state, b"b"].concat()
}

fn new(name: &str, state: &[u8]) -> Vec<u8> {
    build(&[global(name), b")\x81".to_vec()].concat(), state)
}

fn text(text: &str) -> Vec<u8> {
    [&[0x8c, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

fn bytes(bytes: &[u8]) -> Vec<u8> {
    [b"B", &u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], bytes].concat()
}

fn int(number: i64) -> Vec<u8> {
    format!("I{number}\n").into_bytes()
}

fn none() -> Vec<u8> {
    b"N".to_vec()
}

fn no() -> Vec<u8> {
    b"\x89".to_vec()
}

/// A dtype of numbers.
fn dtype(name: &str) -> Vec<u8> {
    let made = call("numpy:dtype", &[text(name), no(), b"\x88".to_vec()]);
    build(&made, &tuple(&[int(3), text("<"), none(), none(), none(), int(-1), int(-1), int(0)]))
}

fn array(kind: &str, data: &[u8]) -> Vec<u8> {
    let size = i64::try_from(data.len()).unwrap() / kind[1..].parse::<i64>().unwrap();
    let made = call(
        "numpy._core.multiarray:_reconstruct",
        &[global("numpy:ndarray"), tuple(&[int(0)]), bytes(b"b")],
    );
    build(&made, &tuple(&[int(1), tuple(&[int(size)]), dtype(kind), no(), bytes(data)]))
}

fn range(stop: i64) -> Vec<u8> {
    let kwargs = dict(&[("name", none()), ("start", int(0)), ("stop", int(stop)), ("step", int(1))]);
    call("pandas.core.indexes.base:_new_Index", &[global("pandas:RangeIndex"), kwargs])
}

#[test]
fn positions_of_random_states_lie_within_them() {
    let state = |pos| {
        let key = dict(&[("key", array("u4", &[0; 2496])), ("pos", int(pos))]);
        dict(&[
            ("bit_generator", text("MT19937")),
            ("state", key),
            ("has_gauss", int(0)),
            ("gauss", b"G\0\0\0\0\0\0\0\0".to_vec()),
        ])
    };
    let random =
        |pos| build(&call("numpy.random._pickle:__randomstate_ctor", &[text("MT19937")]), &state(pos));
    assert!(is_clean(&random(624)));
    assert!(!is_clean(&random(625)) && !is_clean(&random(-1)));
    let old = |pos| {
        let state =
            [text("MT19937"), array("u4", &[0; 2496]), int(pos), int(0), b"G\0\0\0\0\0\0\0\0".to_vec()];
        build(&call("numpy.random:__RandomState_ctor", &[]), &tuple(&state))
    };
    assert!(is_clean(&old(3)) && !is_clean(&old(-20000)));
}

#[test]
fn scalars_are_made_of_bytes() {
    let scalar = |value| call("numpy._core.multiarray:scalar", &[dtype("f8"), value]);
    assert!(is_clean(&scalar(bytes(&[0; 8]))));
    // An array is believed, if the dtype has objects; of nothing, memory is made.
    assert!(!is_clean(&scalar(array("u1", &[0; 8]))));
    assert!(!is_clean(&call("numpy._core.multiarray:scalar", &[dtype("f8")])));
}

#[test]
fn ranges_of_pandas_stay_ranges() {
    assert!(is_clean(&range(100_000_000)));
    let index = |data, more: &[(&str, Vec<u8>)]| {
        let kwargs = [&[("data", data), ("name", none())], more].concat();
        call("pandas.core.indexes.base:_new_Index", &[global("pandas:Index"), dict(&kwargs)])
    };
    assert!(is_clean(&index(array("i8", &[0; 16]), &[])));
    // Items as large as a dtype says, and as many as a range has.
    assert!(!is_clean(&index(array("i1", &[0; 16]), &[("dtype", text("S100000000"))])));
    assert!(!is_clean(&index(range(600_000_000), &[])));
    // The hash of a dtype looks at all of its categories.
    let categories =
        |stop| new("pandas:CategoricalDtype", &dict(&[("categories", range(stop)), ("ordered", no())]));
    assert!(is_clean(&categories(9)) && !is_clean(&categories(600_000_000)));
    // Without data, as many times as there are between two.
    let times = dict(&[("start", int(0)), ("end", int(1 << 60)), ("freq", none())]);
    assert!(!is_clean(&call(
        "pandas.core.indexes.datetimes:_new_DatetimeIndex",
        &[global("pandas:DatetimeIndex"), times]
    )));
    let state = tuple(&[
        int(1),
        tuple(&[int(1)]),
        dtype("f8"),
        no(),
        bytes(&[0; 8]),
        bytes(&[0]),
        range(600_000_000),
    ]);
    let args = [global("numpy.ma:MaskedArray"), global("numpy:ndarray"), tuple(&[int(0)]), bytes(b"b")];
    assert!(!is_clean(&build(&call("numpy.ma.core:_mareconstruct", &args), &state)));
}

#[test]
fn a_partial_is_only_called_where_it_is_known() {
    let block = "pandas.core.internals.blocks:new_block";
    let partial = |function: &str, ndim| {
        let state = tuple(&[global(function), b")".to_vec(), dict(&[("ndim", int(ndim))]), none()]);
        build(&call("functools:partial", &[global(function)]), &state)
    };
    let slice = call("builtins:slice", &[int(0), int(1), int(1)]);
    let called =
        |partial: Vec<u8>| [partial, tuple(&[array("i8", &[0; 8]), slice.clone()]), b"R".to_vec()].concat();
    assert!(is_clean(&called(partial(block, 2))));
    assert!(!is_clean(&called(partial(block, 3))));
    assert!(!is_clean(&called(partial("pandas._libs.internals:_unpickle_block", 2))));
    assert!(!is_clean(&list(&[partial(block, 2)])));
}

#[test]
fn zones_have_an_offset_for_each_transition() {
    let info = new("dateutil.tz.tz:_ttinfo", &dict(&[("offset", int(0))]));
    let zone = |transitions: usize| {
        let times = tuple(&vec![int(7); transitions]);
        let state = dict(&[
            ("_filename", text("x")),
            ("_trans_list", times.clone()),
            ("_trans_list_utc", times),
            ("_trans_idx", tuple(std::slice::from_ref(&info))),
        ]);
        build(&call("dateutil.tz.tz:tzfile", &[none(), text("x")]), &state)
    };
    assert!(is_clean(&zone(1)) && !is_clean(&zone(2)));
    assert!(!is_clean(&call("dateutil.tz.tz:tzfile", &[text("/etc/passwd")])));
}

/// The data of an array of Arrow.
fn arrow(
    kind: Vec<u8>,
    numbers: [i64; 3],
    buffers: &[Option<&[u8]>],
    children: &[Vec<u8>],
    dictionary: Option<Vec<u8>>,
) -> Vec<u8> {
    let buffer = |it: Option<&[u8]>| it.map_or_else(none, |it| call("pyarrow.lib:py_buffer", &[bytes(it)]));
    let buffers: Vec<_> = buffers.iter().copied().map(buffer).collect();
    let [length, nulls, offset] = numbers.map(int);
    tuple(&[kind, length, nulls, offset, list(&buffers), list(children), dictionary.unwrap_or_else(none)])
}

#[test]
fn arrays_of_arrow_are_within_their_buffers() {
    let alias = |name: &str| call("pyarrow.lib:type_for_alias", &[text(name)]);
    let holds = |data: Vec<u8>| is_clean(&call("pyarrow.lib:_restore_array", &[data]));
    let numbers = |kind: &str, numbers, nulls: Option<&[u8]>, length: usize| {
        arrow(alias(kind), numbers, &[nulls, Some(&vec![0; length])], &[], None)
    };
    assert!(holds(numbers("int64", [2, 0, 1], None, 24)) && !holds(numbers("int64", [2, 0, 1], None, 16)));
    assert!(holds(numbers("bool", [9, 0, 0], None, 2)) && !holds(numbers("bool", [9, 0, 0], None, 1)));
    // Arrow makes room by the number of nulls: two of three bits are set.
    assert!(
        holds(numbers("int8", [3, 1, 0], Some(&[5]), 3)) && holds(numbers("int8", [3, -1, 0], Some(&[5]), 3))
    );
    assert!(!holds(numbers("int8", [3, 2, 0], Some(&[5]), 3)) && !holds(numbers("int8", [3, 1, 0], None, 3)));
    assert!(!holds(numbers("string_view", [1, 0, 0], None, 16)));

    let child = |length| numbers("int8", [length, 0, 0], None, 3);
    let lists = |length, end: u8| {
        arrow(
            call("pyarrow.lib:list_", &[alias("int8")]),
            [1, 0, 0],
            &[None, Some(&[0, 0, 0, 0, end, 0, 0, 0])],
            &[child(length)],
            None,
        )
    };
    assert!(holds(lists(3, 3)) && !holds(lists(2, 3)));
    let field = call("pyarrow.lib:field", &[text("a"), alias("int8"), b"\x88".to_vec(), none()]);
    let records = |length| {
        arrow(
            call("pyarrow.lib:struct", &[list(std::slice::from_ref(&field))]),
            [length, 0, 0],
            &[None],
            &[child(2)],
            None,
        )
    };
    assert!(holds(records(2)) && !holds(records(3)));
    let words = |index: u8, kind: &str| {
        let kind = call("pyarrow.lib:dictionary", &[alias(kind), alias("int8"), no()]);
        arrow(kind, [1, 0, 0], &[None, Some(&[index])], &[], Some(child(3)))
    };
    assert!(
        holds(words(2, "int8"))
            && !holds(words(3, "int8"))
            && !holds(words(255, "int8"))
            && !holds(words(0, "float"))
    );
}

#[test]
fn geometries_and_images_hold_what_they_say() {
    let line = |points: u8| [&[1, 2, 0, 0, 0, points, 0, 0, 0][..], &[0; 32]].concat();
    let geometry = |wkb: &[u8]| is_clean(&call("shapely.io:from_wkb", &[bytes(wkb)]));
    assert!(geometry(&line(2)) && !geometry(&line(3)));
    // Collections of one collection each.
    let deep = [1, 7, 0, 0, 0, 1, 0, 0, 0].repeat(100);
    assert!(!geometry(&[deep, line(2)].concat()));
    let image = |width, height, palette| {
        let state = [dict(&[]), text("RGB"), tuple(&[int(width), int(height)]), palette, bytes(&[0; 12])];
        is_clean(&new("PIL.Image:Image", &list(&state)))
    };
    assert!(image(2, 2, none()) && !image(2, 3, none()));
    assert!(!image(0, 1_000_000, none()) && !image(2, 2, int(1_000_000_000)));
}
