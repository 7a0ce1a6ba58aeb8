//! Views and generated columns: what SQLite computes is not read, for that may take long.

use rusqlite::{Connection, Row};

use super::Failed;

/// The names of views and of tables with generated columns that may give anything else than values which are in tables.
pub(super) fn names(connection: &Connection) -> Result<Vec<String>, Failed> {
    // Generated columns that are stored are read as others are.
    const VIRTUAL: i64 = 2;
    let mut statement = connection.prepare(
        "SELECT name, sql FROM sqlite_schema s WHERE type = 'view' OR type = 'table' \
         AND EXISTS (SELECT 1 FROM pragma_table_xinfo(s.name) WHERE hidden = ?1)",
    )?;
    let entry = |row: &Row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?));
    let entries = statement.query_map([VIRTUAL], entry)?.collect::<Result<Vec<_>, _>>()?;
    let is_harmless = |sql: Option<String>| sql.is_some_and(|sql| gives_what_is_there(&sql));
    Ok(entries.into_iter().filter_map(|(name, sql)| (!is_harmless(sql)).then_some(name)).collect())
}

/// Whether SQL only selects, counts and compares: it joins no text, makes none, and has no long text of its own.
fn gives_what_is_there(sql: &str) -> bool {
    const LONGEST: usize = 10;
    const FUNCTIONS: [&str; 16] = [
        "abs",
        "avg",
        "coalesce",
        "count",
        "date",
        "datetime",
        "ifnull",
        "json_extract",
        "julianday",
        "length",
        "max",
        "min",
        "nullif",
        "round",
        "sum",
        "total",
    ];
    // What may stand before a bracket and is no function.
    const WORDS: [&str; 26] = [
        "all", "and", "as", "between", "by", "case", "check", "distinct", "else", "exists", "from", "having",
        "in", "join", "key", "not", "on", "or", "over", "select", "then", "union", "unique", "using", "when",
        "where",
    ];
    let mut rest = sql.as_bytes();
    // The word before, which may be the name of a function.
    let mut before: Vec<u8> = Vec::new();
    let mut words = 0;
    while let [byte, after @ ..] = rest {
        let word = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        match byte {
            // `->` and `->>` take what is in JSON.
            b'|' | b'#' => return false,
            b'-' if after.starts_with(b"-") => return false,
            b'/' if after.starts_with(b"*") => return false,
            b'\'' | b'"' | b'`' | b'[' => {
                let close = if *byte == b'[' { b']' } else { *byte };
                let Some(length) = memchr::memchr(close, after) else { return false };
                if *byte == b'\'' && length > LONGEST || *byte != b'\'' && length > 64 {
                    return false;
                }
                // A quoted name may be that of a function, too.
                before = after[..length].to_ascii_lowercase();
                rest = &after[length + 1..];
                words += 1;
                continue;
            }
            b'(' if !before.is_empty() => {
                let is_known = |list: &[&str]| list.iter().any(|known| known.as_bytes() == before);
                // Behind CREATE TABLE and a name stand columns in brackets, and behind a type its size.
                let is_size =
                    after.iter().take_while(|byte| **byte != b')').all(|byte| b"0123456789, ".contains(byte));
                if !(words == 3 || is_size || is_known(&FUNCTIONS) || is_known(&WORDS)) {
                    return false;
                }
            }
            _ if word > 0 => {
                before = rest[..word].to_ascii_lowercase();
                rest = &rest[word..];
                words += 1;
                continue;
            }
            byte if byte.is_ascii_whitespace() => {
                rest = after;
                continue;
            }
            _ => {}
        }
        before.clear();
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::gives_what_is_there;

    #[test]
    fn what_is_in_tables_is_told_from_what_is_made() {
        for sql in [
            "CREATE VIEW v AS SELECT a, b.c FROM t JOIN b USING (id) WHERE n > 3 AND k IN ('a', 'b')",
            "CREATE VIEW v (a) AS SELECT count(*), max(day) FROM t GROUP BY day",
            "CREATE TABLE t (a INTEGER, n VARCHAR(20), b AS (json_extract(a, '$.name')), c AS (a * 2))",
        ] {
            assert!(gives_what_is_there(sql), "{sql}");
        }
        for sql in [
            "CREATE VIEW v AS SELECT x'8004632e6f73' AS v",
            "CREATE VIEW v AS SELECT 'cos system (S' AS v",
            "CREATE VIEW v AS SELECT a || b FROM t",
            "CREATE VIEW v AS SELECT unhex(a) FROM t",
            "CREATE VIEW v AS SELECT \"unhex\"(a) FROM t",
            "CREATE VIEW v AS SELECT group_concat(a) FROM t",
            "CREATE TABLE t (a, b AS (replace(a, 'x', 'y')))",
        ] {
            assert!(!gives_what_is_there(sql), "{sql}");
        }
    }
}
