//! Databases of SQLite: every BLOB, and every text that is a pickle in another form, is a member. Of diskcache's values, those are that it
//! pickled, and others that are pickles.
//!
//! SQLite itself reads them, from memory and without leave to write: nothing of the schema is run but what reading a table needs.

use std::fs::Metadata;
use std::io::Read;
use std::path::{Component, Path};

use bytes::Bytes;
use halfsour_text::repr;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use crate::beside::{Beside, Room};
use crate::fields::Fields;
use crate::limits::Budget;
use crate::member::{Listing, Member};
use crate::{Doubt, ErrorKind, Format, sure};

mod computed;

const INVALID: ErrorKind = ErrorKind::Malformed("the database is invalid, or takes too long to read");

/// diskcache's mode of values that it pickles.
const PICKLED: i64 = 4;

/// An error, also of SQLite, whose own words are not kept.
struct Failed(ErrorKind);

impl From<rusqlite::Error> for Failed {
    fn from(_: rusqlite::Error) -> Self {
        Self(INVALID)
    }
}

impl From<ErrorKind> for Failed {
    fn from(kind: ErrorKind) -> Self {
        Self(kind)
    }
}

pub(crate) fn listing(bytes: &Bytes, budget: &Budget, beside: Option<&Beside>) -> Listing {
    let connection = match open(bytes) {
        Ok(connection) => connection,
        Err(Failed(kind)) => return Listing::broken(kind),
    };
    let (directory, room) = match beside {
        Some(Beside::Path(path, room)) => (path.parent(), room.clone()),
        _ => (None, Room::new(0)),
    };
    let mut reader = Reader::new(bytes, budget);
    (reader.directory, reader.room) = (directory, room);
    reader.tables(&connection);
    if reader.listing.damage.is_none() && is_short(bytes) {
        reader.listing.damage = Some(ErrorKind::Truncated);
    }
    reader.listing
}

/// The doubts in texts that are no members, and in what is computed. What cannot be read is damage of the listing.
pub(crate) fn doubts(bytes: &Bytes, budget: &Budget) -> Vec<(String, Doubt)> {
    let Ok(connection) = open(bytes) else { return Vec::new() };
    let mut reader = Reader { doubts: Some(Vec::new()), ..Reader::new(bytes, budget) };
    reader.tables(&connection);
    let mut doubts = reader.doubts.unwrap_or_default();
    let computed = computed::names(&connection).unwrap_or_default();
    doubts.extend(computed.into_iter().map(|name| (name, Doubt::COMPUTED)));
    doubts
}

/// Whether there are fewer bytes than the header says, if that was written by the same program as the rest, or not all of a page.
fn is_short(bytes: &[u8]) -> bool {
    let fields = Fields::big(bytes);
    let page = match fields.u16(16) {
        Some(1) => Some(1 << 16),
        size => size,
    };
    let stated = page.zip(fields.u32(28)).and_then(|(page, count)| page.checked_mul(count));
    let is_cut = page.is_none_or(|page| page == 0 || !bytes.len().is_multiple_of(page));
    is_cut || fields.u32(24) == fields.u32(92) && stated.is_some_and(|stated| stated > bytes.len())
}

fn open(bytes: &[u8]) -> Result<Connection, Failed> {
    // These say whether there may be a log beside; in memory, there is none.
    const VERSIONS: std::ops::Range<usize> = 18..20;
    const HEAD: usize = 100;
    // Steps of SQLite's own machine, of which a row takes some. Honest files take far fewer than they have bytes.
    const STEPS: usize = 1 << 12;
    const FIRST: usize = 1 << 14;
    let mut head = *bytes.first_chunk::<HEAD>().ok_or(ErrorKind::Truncated)?;
    head[VERSIONS].fill(1);
    let mut connection = Connection::open_in_memory()?;
    connection.deserialize_read_exact("main", (&head[..]).chain(&bytes[HEAD..]), bytes.len(), true)?;
    for (config, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        connection.set_db_config(config, value)?;
    }
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    let mut left = FIRST + bytes.len() / STEPS;
    let is_over = move || {
        left = left.saturating_sub(1);
        left == 0
    };
    connection.progress_handler(STEPS.try_into().unwrap_or(i32::MAX), Some(is_over))?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON")?;
    Ok(connection)
}

struct Table {
    name: String,
    has_rowid: bool,
}

/// Tables that have a place in the file: virtual ones are made of others.
fn tables(connection: &Connection) -> Result<Vec<Table>, Failed> {
    let mut statement = connection.prepare(
        "SELECT s.name, t.wr FROM sqlite_schema s JOIN pragma_table_list(s.name) t ON t.schema = 'main' \
         WHERE s.type = 'table' AND s.rootpage > 0 ORDER BY s.rowid",
    )?;
    let table = |row: &Row| Ok(Table { name: row.get(0)?, has_rowid: row.get::<_, i64>(1)? == 0 });
    let tables = statement.query_map([], table)?.collect::<Result<_, _>>()?;
    Ok(tables)
}

#[derive(Debug)]
struct Column {
    name: String,
    /// The place in the primary key, from 1.
    key: i64,
}

/// The columns of a table that are stored in it.
fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>, Failed> {
    let mut statement =
        connection.prepare("SELECT name, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 2 ORDER BY cid")?;
    let column = |row: &Row| Ok(Column { name: row.get(0)?, key: row.get(1)? });
    let columns = statement.query_map([table], column)?.collect::<Result<_, _>>()?;
    Ok(columns)
}

struct Reader<'b> {
    budget: &'b Budget,
    /// The number of bytes that may still be copied before they count as decompressed.
    free: u64,
    directory: Option<&'b Path>,
    /// The number of bytes that files beside may have.
    room: Room,
    /// Whether the table is a shelf's, of which all values are pickles.
    is_dbm: bool,
    /// The number of the next column.
    group: usize,
    listing: Listing,
    /// Where doubts are wanted rather than members.
    doubts: Option<Vec<(String, Doubt)>>,
}

impl<'b> Reader<'b> {
    fn new(bytes: &Bytes, budget: &'b Budget) -> Self {
        // What is in the file may be copied once for nothing.
        let free = bytes.len() as u64;
        Self {
            budget,
            free,
            directory: None,
            room: Room::new(0),
            is_dbm: false,
            group: 0,
            listing: Listing::default(),
            doubts: None,
        }
    }

    fn tables(&mut self, connection: &Connection) {
        match tables(connection) {
            Ok(tables) => {
                for table in tables {
                    if let Err(Failed(kind)) = self.table(connection, &table) {
                        self.listing.damage = Some(kind);
                    }
                }
            }
            Err(Failed(kind)) => self.listing.damage = Some(kind),
        }
    }

    fn table(&mut self, connection: &Connection, table: &Table) -> Result<(), Failed> {
        let columns = columns(connection, &table.name)?;
        let has = |name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        let rowid = ["rowid", "_rowid_", "oid"].into_iter().find(|name| table.has_rowid && !has(name));
        let names = columns.iter().map(|column| quoted(&column.name));
        let names: Vec<_> = rowid.map(str::to_owned).into_iter().chain(names).collect();
        let first = usize::from(rowid.is_some());
        let mut keys: Vec<_> = (first..).zip(&columns).filter(|(_, column)| column.key > 0).collect();
        keys.sort_by_key(|(_, column)| column.key);
        let keys: Vec<_> =
            if rowid.is_some() { vec![0] } else { keys.into_iter().map(|(at, _)| at).collect() };
        // As Python's `dbm.sqlite3` writes it.
        self.is_dbm = table.name == "Dict" && columns.len() == 2 && has("key") && has("value");
        // As diskcache writes it.
        let is_cache = table.name == "Cache" && ["key", "raw", "value", "filename"].into_iter().all(has);
        let first_group = self.group;
        self.group += columns.len();
        let of_cache = |name: &str| {
            let (at, _) = (first..).zip(&columns).find(|(_, column)| is_cache && column.name == name)?;
            Some(at)
        };
        let [cache_key, cache_mode] = ["key", "mode"].map(of_cache);
        let sql = format!("SELECT {} FROM {} NOT INDEXED", names.join(", "), quoted(&table.name));
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if self.is_dbm {
                let (key, value) =
                    if columns[0].name == "key" { (first, first + 1) } else { (first + 1, first) };
                let name = text(row.get_ref(key)?);
                match row.get_ref(value)? {
                    // An empty value is no pickle.
                    ValueRef::Blob([]) => self.push(name, Bytes::new(), Some(first_group))?,
                    value => self.value(name, value, Some(first_group))?,
                }
                continue;
            }
            let place =
                keys.iter().map(|&at| Ok(text(row.get_ref(at)?))).collect::<Result<Vec<_>, Failed>>()?;
            let place = match cache_key.map(|at| row.get_ref(at)).transpose()? {
                Some(ValueRef::Text(key)) => repr::Str(String::from_utf8_lossy(key).as_bytes()).to_string(),
                // A key that is no text is told by the number of its row.
                _ => place.join(", "),
            };
            let mode =
                cache_mode.map(|at| row.get::<_, Option<i64>>(at)).transpose().unwrap_or_default().flatten();
            for (at, column) in (first..).zip(&columns) {
                let name = format!("{}.{}[{place}]", table.name, column.name);
                match row.get_ref(at)? {
                    // As diskcache has them: the names of files with values that are large.
                    ValueRef::Text(file)
                        if table.name == "Cache" && column.name == "filename" && self.doubts.is_none() =>
                    {
                        self.file(name, file, mode)?;
                    }
                    value if is_cache && column.name == "value" && self.doubts.is_none() => {
                        self.cached(name, value, mode)?;
                    }
                    value => self.value(name, value, Some(first_group + at).filter(|_| has_mark(value)))?,
                }
            }
        }
        Ok(())
    }

    /// A value of diskcache, which tells by a mode whether it is a pickle.
    fn cached(&mut self, name: String, value: ValueRef, mode: Option<i64>) -> Result<(), ErrorKind> {
        match value {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) if is_coded(bytes) => {
                self.push(name, Bytes::copy_from_slice(bytes), None)
            }
            ValueRef::Null => Ok(()),
            _ if mode == Some(PICKLED) => {
                self.listing.members.push(Member::damaged(name, ErrorKind::NoPickle));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn value(&mut self, name: String, value: ValueRef, group: Option<usize>) -> Result<(), ErrorKind> {
        const MOST: usize = 1000;
        if let Some(doubts) = &mut self.doubts {
            if let ValueRef::Text(text) = value
                && doubts.len() < MOST
                && !is_coded(text)
                && let Some(doubt) = Doubt::of(text)
            {
                doubts.push((name, doubt));
            }
            return Ok(());
        }
        match value {
            ValueRef::Blob(bytes) if !bytes.is_empty() => {
                self.push(name, Bytes::copy_from_slice(bytes), group)
            }
            ValueRef::Text(text) if is_coded(text) => self.push(name, Bytes::copy_from_slice(text), group),
            _ => Ok(()),
        }
    }

    fn push(&mut self, name: String, bytes: Bytes, group: Option<usize>) -> Result<(), ErrorKind> {
        self.spend(Member::cost(name.len()) + bytes.len() as u64)?;
        let is_value = !self.is_dbm;
        self.listing.members.push(Member { group, is_value, ..Member::owned(name, bytes) });
        Ok(())
    }

    fn spend(&mut self, bytes: u64) -> Result<(), ErrorKind> {
        match self.free.checked_sub(bytes) {
            Some(free) => self.free = free,
            None => self.budget.spend(bytes)?,
        }
        Ok(())
    }

    /// A file below the directory of the database.
    fn file(&mut self, name: String, file: &[u8], mode: Option<i64>) -> Result<(), ErrorKind> {
        let Some(directory) = self.directory else { return Ok(()) };
        let file = Path::new(str::from_utf8(file).map_err(|_| INVALID)?);
        let is_below = file.components().all(|part| matches!(part, Component::Normal(_)));
        let path = directory.join(file);
        match is_below.then(|| path.metadata().ok()).flatten().filter(Metadata::is_file) {
            Some(metadata) => {
                self.spend(Member::cost(name.len()) + metadata.len())?;
                let bytes = self.room.read(&path).map_err(|error| ErrorKind::Io(error.kind()))?;
                let is_pickle = is_coded(&bytes);
                if mode == Some(PICKLED) && !is_pickle {
                    self.listing.members.push(Member::damaged(name, ErrorKind::NoPickle));
                } else if mode.is_none_or(|mode| mode == PICKLED) || is_pickle {
                    self.listing.members.push(Member::owned(name, bytes));
                }
            }
            None => {
                let kind = ErrorKind::Malformed("the file that the database names is not beside it");
                self.listing.members.push(Member::damaged(name, kind));
            }
        }
        Ok(())
    }
}

/// Whether it begins with the mark of a protocol and an opcode that often comes next.
fn has_mark(value: ValueRef) -> bool {
    const NEXT: &[u8] = b"\x95}](cCXKJMGN\x88\x89\x8a\x8c\x8e\x8f)";
    matches!(value, ValueRef::Blob([0x80, 2..=5, next, ..]) if NEXT.contains(next))
}

/// Whether text is a pickle, or a layer of one.
fn is_coded(text: &[u8]) -> bool {
    // Two letters may be the mark of zlib.
    let is_format = match Format::of(text) {
        Format::Pickle => false,
        Format::Zlib => sure::inflates(text),
        _ => true,
    };
    is_format || sure::is_meant(text)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A key as text: what is no UTF-8 with U+FFFD.
fn text(value: ValueRef) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
