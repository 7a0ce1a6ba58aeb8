//! The standard library, and the time zones of pytz and dateutil.

pub(crate) mod array;
pub(crate) mod code;
pub(crate) mod collections;
pub(crate) mod datetime;
pub(crate) mod net;
pub(crate) mod numbers;
pub(crate) mod objects;
pub(crate) mod offsets;
mod parse;
pub(crate) mod paths;
pub(crate) mod subclass;
pub(crate) mod zone;

pub use array::{Array, ArrayItem, ArrayItems, ItemKind, MachineFormat};
pub use code::{Code, DynamicClass, Function, Named};
pub use collections::{DefaultDict, Deque, Members, OrderedDict, Pairs};
pub use datetime::{Date, DateTime, DateTimeParts, Time, TimeDelta, TimeOfDay};
pub use net::{IpAddress, IpNetwork};
pub use numbers::{Decimal, DecimalParts, Fraction, Range, Uuid};
pub use objects::{Exception, Partial, Pattern, Slice};
pub use offsets::ZoneOffsets;
pub use paths::Path;
pub use subclass::{Base, Subclass};
pub use zone::{Offset, TimeZone};
