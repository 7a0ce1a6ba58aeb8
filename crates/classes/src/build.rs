//! The way back: [`ClassBuilder`] makes the graph of which Python loads the object.

mod numpy;

use halfsour_text::number::Int;
use halfsour_value::{Builder, Id, StepError};
use hashbrown::HashMap;

use crate::stdlib::{
    Date, DateTimeParts, Decimal, Fraction, IpAddress, IpNetwork, MachineFormat, Range, TimeDelta, TimeOfDay,
    TimeZone, Uuid,
};

/// Makes objects of well-known classes in a [`Builder`], as CPython 3.13 pickles them, save that paths have the class
/// that other versions know, too. It does not ask whether Python will have the values. What a writer makes of them loads in Python 2.7 also, where that has the class.
///
/// ```
/// use halfsour_classes::{ClassBuilder, stdlib::{TimeOfDay, Date}};
/// use halfsour_value::Builder;
///
/// let mut builder = Builder::new();
/// let mut build = ClassBuilder::new(&mut builder);
/// let vilnius = build.zone_info("Europe/Vilnius");
/// let (date, clock) = (Date::new(2024, 2, 29).unwrap(), TimeOfDay::new(12, 30, 0, 0, false).unwrap());
/// let root = build.datetime(date, clock, Some(vilnius));
/// let graph = builder.build(root);
/// let pickle = halfsour_writer::to_vec(graph.root(), &Default::default())?;
/// // Python: pickle.loads(pickle) == datetime(2024, 2, 29, 12, 30, tzinfo=ZoneInfo("Europe/Vilnius"))
/// # assert!(pickle.windows(7).any(|part| part == b"Vilnius"));
/// # Ok::<(), halfsour_writer::Error>(())
/// ```
#[derive(Debug)]
pub struct ClassBuilder<'b> {
    /// The builder, for objects that are not of these classes.
    pub builder: &'b mut Builder,
    globals: HashMap<(&'static str, &'static str), Id>,
    modules: HashMap<&'static str, Id>,
    attributes: HashMap<String, Id>,
    /// Classes of a module share its name.
    once: bool,
}

impl<'b> ClassBuilder<'b> {
    /// Makes objects in this builder. Classes and names of attributes are made once, as Python has them once: use one `ClassBuilder` for all.
    pub fn new(builder: &'b mut Builder) -> Self {
        Self::for_protocol(builder, 4)
    }

    /// Makes objects as a stream of this protocol has them: up to protocol 3, each class names its module for itself. The writer makes
    /// the same bytes of both.
    pub fn for_protocol(builder: &'b mut Builder, protocol: u8) -> Self {
        let (globals, modules, attributes) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { builder, globals, modules, attributes, once: protocol >= 4 }
    }

    pub(crate) fn global(&mut self, module: &'static str, name: &'static str) -> Id {
        if let Some(id) = self.globals.get(&(module, name)) {
            return *id;
        }
        // Classes of a module share its name, but not with what else is called so: `datetime.datetime`, the function
        // beside `array.array`.
        let shared = if name == "array" { "array.array" } else { module };
        let module_text = match self.modules.get(shared) {
            Some(id) if self.once => *id,
            _ => self.builder.str(module),
        };
        self.modules.insert(shared, module_text);
        let name_text = self.builder.str(name);
        let id = self.builder.global_of(module_text, name_text).expect("both are text");
        self.globals.insert((module, name), id);
        id
    }

    /// The name of an attribute, which Python interns.
    fn attribute(&mut self, name: &str) -> Id {
        match self.attributes.get(name) {
            Some(id) => *id,
            None => {
                let id = self.builder.str(name);
                self.attributes.insert(name.into(), id);
                id
            }
        }
    }

    pub(crate) fn call(&mut self, module: &'static str, name: &'static str, args: &[Id]) -> Id {
        let callable = self.global(module, name);
        let args = self.builder.tuple(args);
        self.builder.call(callable, args)
    }

    fn int(&mut self, int: &Int) -> Id {
        match int {
            Int::Small(int) => self.builder.int(*int),
            Int::Big(bytes) => self.builder.big_int(bytes),
        }
    }

    fn unsigned(&mut self, int: u128) -> Id {
        let mut bytes = [0; 17];
        bytes[..16].copy_from_slice(&int.to_le_bytes());
        let int = Int::from_le(&bytes);
        self.int(&int)
    }

    /// Makes a `datetime.date`.
    pub fn date(&mut self, date: Date) -> Id {
        let stamp = self.builder.bytes(&date.stamp());
        self.call("datetime", "date", &[stamp])
    }

    /// Makes a `datetime.datetime`, with a `tzinfo` or without. `fold` is kept in every protocol; Python 3.5 and earlier do not
    /// know it.
    pub fn datetime(&mut self, date: Date, clock: TimeOfDay, tz: Option<Id>) -> Id {
        let stamp = self.builder.bytes(&DateTimeParts { date, clock, zone: None }.stamp());
        let args: Vec<_> = [stamp].into_iter().chain(tz).collect();
        self.call("datetime", "datetime", &args)
    }

    /// Makes a `datetime.datetime`, with a `datetime.timezone` of a fixed offset, or, where the zone has a name in the IANA database, a
    /// `zoneinfo.ZoneInfo`.
    pub fn datetime_of(&mut self, parts: DateTimeParts<'_>) -> Id {
        let tz = parts.zone.map(|zone| match zone {
            TimeZone::Fixed { offset, name } => self.timezone(offset, name),
            TimeZone::Iana { key } | TimeZone::Pytz { key, .. } => self.zone_info(key),
        });
        self.datetime(parts.date, parts.clock, tz)
    }

    /// Makes a `datetime.time`, with a `tzinfo` or without.
    pub fn time(&mut self, clock: TimeOfDay, tz: Option<Id>) -> Id {
        let mut bytes = clock.stamp();
        bytes[0] |= u8::from(clock.fold) << 7;
        let stamp = self.builder.bytes(&bytes);
        let args: Vec<_> = [stamp].into_iter().chain(tz).collect();
        self.call("datetime", "time", &args)
    }

    /// Makes a `datetime.timedelta`.
    pub fn timedelta(&mut self, delta: TimeDelta) -> Id {
        let days = self.builder.int(delta.days.into());
        let seconds = self.builder.int(delta.seconds.into());
        let microseconds = self.builder.int(delta.microseconds.into());
        self.call("datetime", "timedelta", &[days, seconds, microseconds])
    }

    /// Makes a `datetime.timezone`, of less than a day.
    pub fn timezone(&mut self, offset: TimeDelta, name: Option<&str>) -> Id {
        let offset = self.timedelta(offset);
        let name = name.map(|name| self.builder.str(name));
        let args: Vec<_> = [offset].into_iter().chain(name).collect();
        self.call("datetime", "timezone", &args)
    }

    /// Makes a `zoneinfo.ZoneInfo`.
    pub fn zone_info(&mut self, key: &str) -> Id {
        let class = self.global("zoneinfo", "ZoneInfo");
        let method = self.attribute("_unpickle");
        let method = self.call("builtins", "getattr", &[class, method]);
        let args = [self.builder.str(key), self.builder.int(1)];
        let args = self.builder.tuple(&args);
        self.builder.call(method, args)
    }

    /// Makes a `decimal.Decimal`.
    pub fn decimal(&mut self, decimal: Decimal<'_>) -> Id {
        let text = self.builder.str(decimal.as_str());
        self.call("decimal", "Decimal", &[text])
    }

    /// Makes a `fractions.Fraction`.
    pub fn fraction(&mut self, fraction: &Fraction) -> Id {
        let parts = [self.int(&fraction.numerator), self.int(&fraction.denominator)];
        self.call("fractions", "Fraction", &parts)
    }

    /// Makes a `uuid.UUID`.
    pub fn uuid(&mut self, uuid: Uuid) -> Id {
        let mut state = vec![(self.attribute("int"), self.unsigned(uuid.int))];
        if let Some(is_safe) = uuid.is_safe {
            state.push((self.attribute("is_safe"), self.builder.int(if is_safe { 0 } else { -1 })));
        }
        let class = self.global("uuid", "UUID");
        let state = self.text_dict(&state);
        self.builder.instance_of(class).state(state)
    }

    /// Makes a `range`.
    pub fn range(&mut self, range: &Range) -> Id {
        let args = [self.int(&range.start), self.int(&range.stop), self.int(&range.step)];
        self.call("builtins", "range", &args)
    }

    /// Makes a `slice`.
    pub fn slice(&mut self, start: Id, stop: Id, by: Id) -> Id {
        self.call("builtins", "slice", &[start, stop, by])
    }

    fn with_items(&mut self, id: Id, items: &[(Id, Id)]) -> Id {
        for &(key, value) in items {
            self.builder.set_item(id, key, value).expect("a call takes items");
        }
        id
    }

    /// Makes a `collections.OrderedDict`.
    pub fn ordered_dict(&mut self, items: &[(Id, Id)]) -> Id {
        let dict = self.call("collections", "OrderedDict", &[]);
        self.with_items(dict, items)
    }

    /// Makes a `collections.defaultdict`, with the function that makes missing values, if there is one.
    pub fn default_dict(&mut self, factory: Option<Id>, items: &[(Id, Id)]) -> Id {
        let dict = self.call("collections", "defaultdict", factory.as_slice());
        self.with_items(dict, items)
    }

    /// Makes a `collections.Counter`.
    ///
    /// # Errors
    ///
    /// [`StepError::Unhashable`], if a key is.
    pub fn counter(&mut self, counts: &[(Id, Id)]) -> Result<Id, StepError> {
        let counts = self.builder.dict(counts)?;
        Ok(self.call("collections", "Counter", &[counts]))
    }

    /// Makes a `collections.deque`, with the largest number of members, if there is a limit.
    pub fn deque(&mut self, items: &[Id], maxlen: Option<u64>) -> Id {
        let args = maxlen.map(|maxlen| [Id::EMPTY_TUPLE, self.unsigned(maxlen.into())]);
        let deque = self.call("collections", "deque", args.as_ref().map_or(&[], |args| &args[..]));
        for &item in items {
            self.builder.append(deque, item).expect("a call takes items");
        }
        deque
    }

    /// Makes a `collections.ChainMap`.
    pub fn chain_map(&mut self, maps: &[Id]) -> Id {
        let state = [(self.attribute("maps"), self.builder.list(maps))];
        let class = self.global("collections", "ChainMap");
        let state = self.text_dict(&state);
        self.builder.instance_of(class).state(state)
    }

    /// Makes a path of `pathlib`, of one of its classes for an operating system, joined of these.
    pub fn path(&mut self, class: PathClass, segments: &[&str]) -> Id {
        let segments: Vec<_> = segments.iter().map(|segment| self.builder.str(segment)).collect();
        self.call("pathlib", class.name(), &segments)
    }

    /// Makes an `ipaddress.IPv4Address`, `IPv6Address`.
    pub fn ip_address(&mut self, address: IpAddress<'_>) -> Id {
        match address.ip {
            std::net::IpAddr::V4(ip) => {
                let number = self.builder.int(ip.to_bits().into());
                self.call("ipaddress", "IPv4Address", &[number])
            }
            std::net::IpAddr::V6(_) => {
                let text = self.builder.str(&address.to_string());
                self.call("ipaddress", "IPv6Address", &[text])
            }
        }
    }

    /// Makes an `ipaddress.IPv4Network`, `IPv6Network`.
    pub fn ip_network(&mut self, network: IpNetwork<'_>) -> Id {
        let text = self.builder.str(&network.to_string());
        let v4 = network.address.ip.is_ipv4();
        self.call("ipaddress", if v4 { "IPv4Network" } else { "IPv6Network" }, &[text])
    }

    /// Makes an `ipaddress.IPv4Interface`, `IPv6Interface`.
    pub fn ip_interface(&mut self, interface: IpNetwork<'_>) -> Id {
        let text = self.builder.str(&interface.to_string());
        let v4 = interface.address.ip.is_ipv4();
        self.call("ipaddress", if v4 { "IPv4Interface" } else { "IPv6Interface" }, &[text])
    }

    /// Makes an `array.array`, from the memory of a machine; Python 3 only.
    pub fn array(&mut self, typecode: char, format: MachineFormat, bytes: &[u8]) -> Id {
        let args = [
            self.global("array", "array"),
            self.builder.str(typecode.encode_utf8(&mut [0; 4])),
            self.builder.int(format.code.into()),
            self.builder.bytes(bytes),
        ];
        self.call("array", "_array_reconstructor", &args)
    }

    /// Makes a compiled regular expression, of text or bytes, with the sum of its flags.
    pub fn pattern(&mut self, pattern: Id, flags: i64) -> Id {
        let flags = self.builder.int(flags);
        self.call("re", "_compile", &[pattern, flags])
    }

    /// Makes a `functools.partial`, with a tuple of arguments and a dict of keyword arguments.
    pub fn partial(&mut self, function: Id, args: Id, keywords: Id) -> Id {
        let partial = self.call("functools", "partial", &[function]);
        let state = self.builder.tuple(&[function, args, keywords, Id::NONE]);
        self.builder.state(partial, state).expect("a call takes a state");
        partial
    }

    /// Makes a `types.SimpleNamespace`.
    pub fn namespace(&mut self, attributes: &[(&str, Id)]) -> Id {
        let namespace = self.call("types", "SimpleNamespace", &[]);
        let state: Vec<_> = attributes.iter().map(|(name, value)| (self.attribute(name), *value)).collect();
        let state = self.text_dict(&state);
        self.builder.state(namespace, state).expect("a call takes a state");
        namespace
    }

    fn text_dict(&mut self, items: &[(Id, Id)]) -> Id {
        self.builder.dict(items).expect("text can be hashed")
    }
}

/// The class of a path of `pathlib`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathClass {
    /// `PosixPath`, which Python makes on no Windows.
    Posix,
    /// `WindowsPath`, which Python makes only there.
    Windows,
    /// `PurePosixPath`
    PurePosix,
    /// `PureWindowsPath`
    PureWindows,
}

impl PathClass {
    const fn name(self) -> &'static str {
        match self {
            Self::Posix => "PosixPath",
            Self::Windows => "WindowsPath",
            Self::PurePosix => "PurePosixPath",
            Self::PureWindows => "PureWindowsPath",
        }
    }
}
