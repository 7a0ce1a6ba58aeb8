//! Tables by their managers: frames and series of pandas and of subclasses, and the reasons why some are not read.

use std::sync::OnceLock;

use halfsour_value::{Instance, Items, Kind, Node, Step};

use super::blocks::Manager;
use super::cells::Cell;
use super::frame::{Frame, Series};
use super::index::{DEEPEST, Index, index};
use super::unreadable::{Place, Unreadable};
use super::values::{Values, array};
use crate::args::text;
use crate::call::Call;
use crate::names::Class;

fn attributes<S: AsRef<[u8]>>(state: Node<'_, S>) -> Option<Items<'_, S>> {
    state.get("attrs").and_then(Node::items).filter(|attributes| !attributes.is_empty())
}

/// Columns without rows cost no bytes. There can be some, but not without end.
fn too_many<S: AsRef<[u8]>>(columns: &Index<'_, S>, node: Node<'_, S>) -> bool {
    columns.len() > node.graph().source().as_ref().len() || u32::try_from(columns.len()).is_err()
}

/// The state, and the manager that it has. Any object is asked for it, so this takes little time for others.
fn managed<'g, S: AsRef<[u8]>>(instance: &Instance<'g, S>) -> Option<(Node<'g, S>, Node<'g, S>)> {
    const MOST: usize = 64;
    let mut steps = instance.steps();
    let (Some(Step::State(state)), None) = (steps.next(), steps.next()) else { return None };
    let is_manager = |(name, value): &(Node<'g, S>, Node<'g, S>)| {
        value.kind() == Kind::Instance && matches!(text(*name), Some("_mgr" | "_data"))
    };
    let (_, manager) = state.items()?.take(MOST).find(is_manager)?;
    let (args, keywords) = instance.arguments()?;
    let is_plain = args.is_empty() && keywords.is_none_or(|keywords| keywords.is_empty());
    is_plain.then_some((state, manager))
}

/// A table of any class, known by its manager.
pub(crate) enum Managed<'g, S> {
    Frame(Box<Frame<'g, S>>),
    Series(Box<Series<'g, S>>),
}

impl<'g, S: AsRef<[u8]>> Managed<'g, S> {
    /// Reads a frame or a series, of pandas or of a subclass; `None` of anything else.
    ///
    /// The error is the reason why what has such a manager cannot be read.
    pub(crate) fn of(instance: &Instance<'g, S>) -> Option<Result<Self, Unreadable>> {
        let (state, node) = managed(instance)?;
        let Some(manager) = Manager::of(node) else {
            let is_manager = Call::of_class(node, Class::PandasManager).is_some();
            return is_manager.then(|| Err(Unreadable::of(Place::Table, node)));
        };
        Some(match manager.axes.len() {
            1 => series(state, &manager).map(Box::new).map(Self::Series),
            2 => frame(state, manager).map(Box::new).map(Self::Frame),
            _ => Err(Unreadable { place: Place::Table, class: Some(PANEL.to_owned()), why: CUBE }),
        })
    }
}

const PANEL: &str = "pandas.Panel";
const CUBE: &str = "is no table, since it has more than two dimensions: `frame = panel.to_frame()` makes one of it in pandas";

fn frame<'g, S: AsRef<[u8]>>(
    state: Node<'g, S>,
    manager: Manager<'g, S>,
) -> Result<Frame<'g, S>, Unreadable> {
    let axis = |number: usize, place: Place| {
        let node = manager.axes.get(number).ok_or_else(|| Unreadable::missing(place.clone(), NO_LABELS))?;
        Index::of(node, DEEPEST).ok_or_else(|| Unreadable::of(place, node))
    };
    let rows = usize::from(!manager.is_rows_first);
    let (columns, index) = (axis(1 - rows, Place::Columns)?, axis(rows, Place::Index)?);
    if too_many(&columns, state) {
        return Err(Unreadable::missing(Place::Columns, "there are more of them than there can be"));
    }
    let room = state.graph().source().as_ref().len().saturating_mul(8);
    let (attributes, blocks) = (attributes(state), manager.blocks);
    Ok(Frame { index, columns, attributes, blocks, room, window: None, layout: OnceLock::new() })
}

const NO_LABELS: &str = "there are none";

fn series<'g, S: AsRef<[u8]>>(
    state: Node<'g, S>,
    manager: &Manager<'g, S>,
) -> Result<Series<'g, S>, Unreadable> {
    let labels = manager.axes.get(0).ok_or_else(|| Unreadable::missing(Place::Index, NO_LABELS))?;
    let index = Index::of(labels, DEEPEST).ok_or_else(|| Unreadable::of(Place::Index, labels))?;
    let missing = |why| Unreadable::missing(Place::Values, why);
    let block = match manager.blocks.each().next() {
        Some(Ok(block)) if manager.blocks.len() == 1 => block,
        Some(Err(node)) => return Err(Unreadable::of(Place::Values, node)),
        _ => return Err(missing("there is not one block of them")),
    };
    let values = Values::of(block.values, DEEPEST);
    let values = values.ok_or_else(|| Unreadable::of(Place::Values, block.values))?;
    if values.len() != index.len() || values.rows() != values.len() {
        return Err(missing("there are not as many as labels"));
    }
    let name = ["_name", "name"].iter().find_map(|name| state.get(*name));
    let name = name.filter(|name| !name.is_none()).map(Cell::Object);
    Ok(Series { index, name, attributes: attributes(state), values })
}

/// Returns the frame or series that an object of pandas is about: what is grouped, rolled over, resampled or styled. `None` of
/// anything else.
pub fn subject<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Node<'_, S>> {
    let instance = node.as_instance()?;
    text(instance.class().as_global()?.module)?.starts_with("pandas.").then_some(())?;
    let state = instance.state()?;
    let is_table = |node: &Node<'_, S>| {
        node.as_instance().is_some_and(|instance| matches!(Managed::of(&instance), Some(Ok(_))))
    };
    ["obj", "data"].iter().find_map(|name| state.get(*name).filter(is_table))
}

/// Returns what a frame or a series has beside its values and labels, by name: `attrs` if a program gave it some, and the attributes that a
/// subclass has in `_metadata`, save those that are None. Nothing of anything else.
pub fn beside<S: AsRef<[u8]>>(node: Node<'_, S>) -> Vec<(Node<'_, S>, Node<'_, S>)> {
    const MOST: usize = 64;
    let state = node.as_instance().and_then(|instance| managed(&instance)).map(|(state, _)| state);
    let Some((state, items)) = state.and_then(|state| Some((state, state.items()?))) else {
        return Vec::new();
    };
    let names = state.get("_metadata").and_then(Node::elements).into_iter().flatten().take(MOST);
    let names: Vec<_> = names.filter_map(text).filter(|name| !matches!(*name, "name" | "_name")).collect();
    let is_beside = |(name, value): &(Node<'_, S>, Node<'_, S>)| match text(*name) {
        Some("attrs") => value.items().is_some_and(|items| !items.is_empty()),
        Some(name) => names.contains(&name) && !value.is_none(),
        None => false,
    };
    items.take(MOST).filter(is_beside).collect()
}

/// The reason why a frame, a series, an index or an array of pandas cannot be read, where [`recognise`](crate::recognise) does not know
/// it: the class in it that is not known, and its place. `None` of anything else.
///
/// ```
/// use halfsour_classes::{pandas, recognise};
///
/// // A frame of pandas whose manager is None.
/// let graph = halfsour_vm::from_slice(b"cpandas\nDataFrame\n)\x81}(V_mgr\nNub.")?;
/// assert!(recognise(graph.root()).is_none());
/// let unreadable = pandas::unreadable(graph.root()).unwrap();
/// assert_eq!(unreadable.to_string(), "the table: pandas.DataFrame is in a form that is not known here");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn unreadable<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Unreadable> {
    let call = Call::of(node);
    match (Managed::of(&node.as_instance()?), call.as_ref().map(|call| (call.class, call))) {
        (Some(table), _) => table.err(),
        (None, Some((Class::PandasFrame | Class::PandasSeries, _))) => {
            Some(Unreadable::of(Place::Table, node))
        }
        (None, Some((Class::PandasNewIndex, call))) if index(call).is_none() => {
            Some(Unreadable::of(Place::Values, node))
        }
        (
            None,
            Some((
                Class::PandasArray | Class::PandasBacked | Class::PandasMixin | Class::GeometryArray,
                call,
            )),
        ) if array(call).is_none() => Some(Unreadable::of(Place::Values, node)),
        _ => None,
    }
}
