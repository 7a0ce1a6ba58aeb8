//! What is built is pickled to the bytes that CPython 3.13 pickled the same object to.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};
use halfsour_classes::stdlib::{ArrayItems, TimeZone};
use halfsour_classes::{ClassBuilder, Known, PathClass, recognise};
use halfsour_value::{Builder, Data, Id, Node};
use halfsour_writer::{Options, to_vec};
use serde_json::Value;

#[test]
fn what_is_built_is_what_python_writes() {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/packages");
    let files =
        ["3.11", "3.13"].map(|python| fs::read_to_string(packages.join(python).join("standard.jsonl")));
    let mut built = BTreeSet::new();
    for line in files.iter().flat_map(|file| file.as_ref().unwrap().lines()) {
        let row: Value = serde_json::from_str(line).unwrap();
        let name = row["name"].as_str().unwrap();
        // Zones that are built are those of the standard library, and of its cache.
        if name == "zoneinfo no cache" || name.starts_with("pytz") || name.starts_with("dateutil") {
            continue;
        }
        for stream in row["streams"].as_array().unwrap() {
            let pickle = STANDARD.decode(stream["pickle"].as_str().unwrap()).unwrap();
            let graph = halfsour_vm::from_slice(&pickle).unwrap();
            let mut builder = Builder::new();
            let mut copy = Copy { build: ClassBuilder::new(&mut builder), made: HashMap::new(), known: 0 };
            let (root, known) = (copy.node(graph.root()), copy.known);
            let Some(root) = root.filter(|_| known > 0) else { continue };
            let protocol = u8::try_from(stream["protocol"].as_u64().unwrap()).unwrap();
            // What is built has the name that is known everywhere.
            if pickle.windows(6).any(|part| part == b"_local") {
                continue;
            }
            // Only Python knows whether a class may be made by `copyreg._reconstructor`; `__newobj__` does the same.
            if protocol < 2 && ["ChainMap", "UUID", "UUID safe"].contains(&name) {
                continue;
            }
            let written =
                to_vec(builder.build(root).root(), &Options::default().with_protocol(protocol)).unwrap();
            assert!(written == pickle, "{name}, protocol {protocol}: {}", graph.root());
            built.insert(name.to_owned());
        }
    }
    assert_eq!(built.len(), 41, "{built:?}");
}

struct Copy<'b> {
    build: ClassBuilder<'b>,
    made: HashMap<Id, Id>,
    known: usize,
}

impl Copy<'_> {
    fn node(&mut self, node: Node<'_, &[u8]>) -> Option<Id> {
        if let Some(id) = self.made.get(&node.id()) {
            return Some(*id);
        }
        let id = match recognise(node) {
            Some(known) => {
                self.known += 1;
                self.known(known)?
            }
            None => self.plain(node)?,
        };
        self.made.insert(node.id(), id);
        Some(id)
    }

    fn all<'g>(&mut self, nodes: impl Iterator<Item = Node<'g, &'g [u8]>>) -> Option<Vec<Id>> {
        nodes.map(|node| self.node(node)).collect()
    }

    fn pairs<'g>(
        &mut self,
        pairs: impl Iterator<Item = (Node<'g, &'g [u8]>, Node<'g, &'g [u8]>)>,
    ) -> Option<Vec<(Id, Id)>> {
        pairs.map(|(key, value)| Some((self.node(key)?, self.node(value)?))).collect()
    }

    fn plain(&mut self, node: Node<'_, &[u8]>) -> Option<Id> {
        Some(match node.data() {
            Data::None => Id::NONE,
            Data::Int(value) => self.build.builder.int(value),
            Data::Str(text) => self.build.builder.str(text.as_str()?),
            Data::Bytes(bytes) => self.build.builder.bytes(bytes),
            Data::List(elements) => {
                let elements = self.all(elements)?;
                self.build.builder.list(&elements)
            }
            Data::Tuple(elements) => {
                let elements = self.all(elements)?;
                self.build.builder.tuple(&elements)
            }
            Data::Dict(items) => {
                let items = self.pairs(items)?;
                self.build.builder.dict(&items).unwrap()
            }
            Data::Global(global) => self.build.builder.global(global.module.as_str()?, global.name.as_str()?),
            _ => return None,
        })
    }

    fn known(&mut self, known: Known<'_, &[u8]>) -> Option<Id> {
        Some(match known {
            Known::Date(date) => self.build.date(date),
            Known::DateTime(d) => {
                let tz = match d.tz {
                    Some(tz) => Some(self.node(tz)?),
                    None => None,
                };
                self.build.datetime(d.date, d.clock, tz)
            }
            Known::Time(t) => {
                let tz = match t.tz {
                    Some(tz) => Some(self.node(tz)?),
                    None => None,
                };
                self.build.time(t.clock, tz)
            }
            Known::TimeDelta(delta) => self.build.timedelta(delta),
            Known::TimeZone(TimeZone::Fixed { offset, name }) => self.build.timezone(offset, name),
            Known::TimeZone(TimeZone::Iana { key }) => self.build.zone_info(key),
            Known::Decimal(decimal) => self.build.decimal(decimal),
            Known::Fraction(fraction) => self.build.fraction(&fraction),
            Known::Uuid(uuid) => self.build.uuid(uuid),
            Known::Range(range) => self.build.range(&range),
            Known::OrderedDict(dict) => {
                let items = self.pairs(dict.items)?;
                self.build.ordered_dict(&items)
            }
            Known::DefaultDict(dict) => {
                let factory = if dict.factory.is_none() { None } else { Some(self.node(dict.factory)?) };
                let items = self.pairs(dict.items)?;
                self.build.default_dict(factory, &items)
            }
            Known::Counter(counts) => {
                let counts = self.pairs(counts)?;
                self.build.counter(&counts).unwrap()
            }
            Known::Deque(deque) => {
                let items = self.all(deque.items)?;
                self.build.deque(&items, deque.maxlen)
            }
            Known::ChainMap(maps) => {
                let maps = self.all(maps)?;
                self.build.chain_map(&maps)
            }
            Known::Array(array) => match array.items {
                ArrayItems::Machine { format, bytes } => self.build.array(array.typecode, format, bytes),
                ArrayItems::Listed(_) => return None,
            },
            Known::Path(path) => {
                let class = match path.name {
                    "PosixPath" => PathClass::Posix,
                    "PurePosixPath" => PathClass::PurePosix,
                    "WindowsPath" => PathClass::Windows,
                    _ => PathClass::PureWindows,
                };
                let segments: Option<Vec<_>> = path.segments.map(Node::as_str).collect();
                self.build.path(class, &segments?)
            }
            Known::IpAddress(address) => self.build.ip_address(address),
            Known::IpNetwork(network) => self.build.ip_network(network),
            Known::IpInterface(interface) => self.build.ip_interface(interface),
            Known::Slice(slice) => {
                let [start, stop, by] = [slice.start, slice.stop, slice.step].map(|part| self.node(part));
                self.build.slice(start?, stop?, by?)
            }
            Known::Pattern(pattern) => {
                let text = self.node(pattern.pattern)?;
                self.build.pattern(text, pattern.flags)
            }
            Known::Partial(partial) => {
                let function = self.node(partial.function)?;
                let args = self.all(partial.args)?;
                let keywords = self.pairs(partial.keywords)?;
                let args = self.build.builder.tuple(&args);
                let keywords = self.build.builder.dict(&keywords).unwrap();
                self.build.partial(function, args, keywords)
            }
            Known::SimpleNamespace(attributes) => {
                let attributes: Option<Vec<_>> =
                    attributes.map(|(name, value)| Some((name.as_str()?, self.node(value)?))).collect();
                self.build.namespace(&attributes?)
            }
            _ => return None,
        })
    }
}
