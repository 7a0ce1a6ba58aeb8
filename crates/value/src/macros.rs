//! [`value!`](crate::value!).

/// Makes a [`Value`](crate::Value) that is written much like Python's literals.
///
/// - `None`, `True` and `False` are Python's.
/// - `[…]` is a list, `(…)` a tuple, where `(x)` is `x` and `(x,)` a tuple of one, as in Python. `{key: value}` is a dict, `{}` an
///   empty one, and `{x, y}` a set.
/// - Any other value is an expression of a type that converts into a `Value`.
/// - A key of a dict is one token or in parentheses: `"a"`, `7`, `name`, `(-1)`, `(1, 2)`, `(f(x))`.
///
/// ```
/// use halfsour_value::value;
///
/// let name = "Ada";
/// let value = value!({
///     "name": name,
///     "ints": [1, -2, 3 + 4],
///     (1, 2): (None, True, {1.5, "a"}, (name.len(),)),
/// });
/// assert_eq!(
///     value.to_string(),
///     "{'name': 'Ada', 'ints': [1, -2, 7], (1, 2): (None, True, {1.5, 'a'}, (3,))}",
/// );
/// ```
///
/// As with `json!` of `serde_json`, a list of more than about a hundred items needs a higher `#![recursion_limit]`.
#[macro_export]
macro_rules! value {
    // The items of a list, tuple or set, each with a comma behind it.
    (@items [$($done:expr,)*] $(,)?) => { [$($done,)*] };
    (@items [$($done:expr,)*] $item:tt, $($rest:tt)*) => {
        $crate::value!(@items [$($done,)* $crate::value!($item),] $($rest)*)
    };
    (@items [$($done:expr,)*] $item:expr, $($rest:tt)*) => {
        $crate::value!(@items [$($done,)* $crate::Value::from($item),] $($rest)*)
    };
    (@dict $dict:ident $(,)?) => {};
    (@dict $dict:ident $key:tt : $item:tt, $($rest:tt)*) => {
        $dict.insert($crate::value!($key), $crate::value!($item));
        $crate::value!(@dict $dict $($rest)*);
    };
    (@dict $dict:ident $key:tt : $item:expr, $($rest:tt)*) => {
        $dict.insert($crate::value!($key), $crate::Value::from($item));
        $crate::value!(@dict $dict $($rest)*);
    };

    (None) => { $crate::Value::None };
    (True) => { $crate::Value::Bool(true) };
    (False) => { $crate::Value::Bool(false) };
    ([]) => { $crate::Value::List(::std::vec::Vec::new()) };
    ([$($items:tt)+]) => {
        $crate::Value::List(::std::convert::From::from($crate::value!(@items [] $($items)+,)))
    };
    ({}) => { $crate::Value::from($crate::Dict::new()) };
    ({$key:tt : $($items:tt)+}) => {{
        let mut dict = $crate::Dict::new();
        $crate::value!(@dict dict $key : $($items)+,);
        $crate::Value::from(dict)
    }};
    ({$($items:tt)+}) => {
        $crate::Value::from(<$crate::Set as ::std::iter::FromIterator<$crate::Value>>::from_iter(
            $crate::value!(@items [] $($items)+,),
        ))
    };
    (()) => { $crate::Value::Tuple(::std::default::Default::default()) };
    (($item:tt)) => { $crate::value!($item) };
    (($item:tt, $($rest:tt)*)) => {
        $crate::Value::Tuple(::std::convert::From::from($crate::value!(@items [] $item, $($rest)*,)))
    };
    (($item:expr)) => { $crate::Value::from($item) };
    (($($items:tt)+)) => {
        $crate::Value::Tuple(::std::convert::From::from($crate::value!(@items [] $($items)+,)))
    };
    ($value:expr) => { $crate::Value::from($value) };
}
