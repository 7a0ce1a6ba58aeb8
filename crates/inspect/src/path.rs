//! Paths: how places in data are called, `users[3].email`, and the way there.
//!
//! The grammar is that of [`halfsour_value::path`]. [`resolve`] follows it as Python would, and further: `.name` is an attribute or the value
//! of a text key, whatever the class; and parts that are no objects of their own have a [`Place`], too.
//!
//! | data | paths |
//! |---|---|
//! | dict, `OrderedDict`, `Counter`, `defaultdict`, `UserDict`, `ChainMap` | `.name`, also `layer.0.weight` of a key with dots, `['a key']`, `[3]`, `[(1, 'a')]`; `.maps[0]` |
//! | list, tuple, named tuple, `deque`, `UserList`, `SortedList`, subclasses | `[0]`, `[-1]`, `[1:3]` |
//! | objects | `.name`: what is in `__dict__`, in slots, and in the dicts that pydantic has; keyword arguments; `(0)`, `(args)`, `(state)` |
//! | `DataFrame` | `.price`, `['a b']`, `['a', 'b']`: a column; `[2:5]`: rows; `.index`, `.columns` |
//! | `Series`, a column | `[3]`, `[1:3]`: by position; `['label']`; `.index`, `.name`, `.values`, `.dtype`, `.cat` |
//! | index, array of pandas | `[3]`, `[1:3]`; `.dtype`; `.name`, `.names`, `.freq`; of categories, `.categories`, `.ordered` |
//! | array of pyarrow, `range`, `array.array`, `bytes` | `[3]`; of pyarrow and of bytes, `[1:3]` |
//! | array of numpy | `[0]`, `[0, 1]`, `[0, 1:3]`, `[..., 0]`, `[3].field`, `['field']` of structured ones |
//! | array of one object without dimensions | as that object |

mod place;
mod steps;
mod there;

use halfsour_value::Node;
pub use halfsour_value::PathError;
use halfsour_value::path::{Path, Segment};

pub use place::Place;
pub(crate) use steps::{brief, column, name_of};
pub use steps::{index, join, key};

/// Follows a path from an object to a place.
///
/// ```
/// use halfsour_inspect::path::{Place, resolve};
///
/// // pickle.dumps(collections.deque(['a', {'n': 1}]), protocol=2)
/// let graph = halfsour_vm::from_slice(b"\x80\x02ccollections\ndeque\n)R(X\x01\0\0\0a}X\x01\0\0\0nK\x01se.")?;
/// let place = resolve(graph.root(), &"[-1].n".parse()?)?;
/// assert_eq!(place.node().and_then(|node| node.as_i64()), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the path leads nowhere: how far it led, and what is there.
pub fn resolve<'g, S: AsRef<[u8]> + Clone>(
    root: Node<'g, S>,
    path: &Path,
) -> Result<Place<'g, S>, PathError> {
    let (mut place, mut number) = (Place::Node(root), 0);
    while let Some(segment) = path.segments().get(number) {
        let (next, taken) = match place.step(segment) {
            Some(next) => (next, 1),
            None => dotted(&place, &path.segments()[number..])
                .ok_or_else(|| PathError::new(path.until(number + 1), there::reason(&place, segment)))?,
        };
        place = next;
        number += taken;
    }
    Ok(place)
}

/// The value of a key with dots in it, as the names of tensors have them: `layer.0.weight`; and how many segments that are.
fn dotted<'g, S: AsRef<[u8]> + Clone>(
    place: &Place<'g, S>,
    segments: &[Segment],
) -> Option<(Place<'g, S>, usize)> {
    const MOST: usize = 32;
    let mut name = String::new();
    for (number, segment) in segments.iter().take(MOST).enumerate() {
        let Segment::Name(part) = segment else { return None };
        if number > 0 {
            name.push('.');
        }
        name.push_str(part);
        if number > 0
            && let Some(found) = place.step(&Segment::Name(name.clone()))
        {
            return Some((found, number + 1));
        }
    }
    None
}
