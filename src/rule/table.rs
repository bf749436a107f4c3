//! Tables of dated facts that rules read with `table(NAME, PATH, ...)`: end dates of runtimes, weak protocols, limits.
//!
//! A table is a file of `data/tables`: `#` lines that name its source, its date and how to refresh it; a header
//! `key | Column | ...`; then rows. A key is a text, or a glob (`*`, `?`). An exact key goes before globs, and an earlier
//! glob before a later one. An empty cell is an absent field. The build script embeds them; nothing is read at start.
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// All tables: `[name]`, the header, the rows.
const TABLES: &str = include_str!(concat!(env!("OUT_DIR"), "/tables.txt"));

/// A table.
#[derive(Debug)]
pub struct Table {
    /// The file's stem.
    pub name: &'static str,
    /// The names of the columns behind the key.
    pub columns: &'static [&'static str],
    rows: Vec<Row>,
    exact: FxHashMap<&'static str, usize>,
    globs: Vec<usize>,
}

/// A row: its key, and a cell for each column.
#[derive(Debug)]
pub struct Row {
    /// The key: a text, or a glob.
    pub key: &'static str,
    cells: Vec<&'static str>,
}

impl Row {
    /// The text of a column; none where the cell is empty.
    pub fn cell(&self, table: &Table, column: &str) -> Option<&'static str> {
        let index = table.columns.iter().position(|name| *name == column)?;
        self.cells.get(index).copied().filter(|cell| !cell.is_empty())
    }
}

impl Table {
    /// The table of that name.
    pub fn named(name: &str) -> Option<&'static Table> {
        tables().iter().find(|table| table.name == name)
    }

    /// The names of all tables.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        tables().iter().map(|table| table.name)
    }

    /// The row of an exact key.
    pub fn exact(&self, key: &str) -> Option<&Row> {
        self.exact.get(key).map(|index| &self.rows[*index])
    }

    /// The rows whose key is a glob, in order.
    pub fn globs(&self) -> impl Iterator<Item = &Row> {
        self.globs.iter().map(|index| &self.rows[*index])
    }

    /// All rows, in order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

fn tables() -> &'static [Table] {
    static READ: OnceLock<Vec<Table>> = OnceLock::new();
    READ.get_or_init(|| read(TABLES))
}

fn read(text: &'static str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            tables.push(Table {
                name,
                columns: &[],
                rows: Vec::new(),
                exact: FxHashMap::default(),
                globs: Vec::new(),
            });
            continue;
        }
        let Some(table) = tables.last_mut() else { continue };
        let mut cells = line.split('|').map(str::trim);
        let key = cells.next().unwrap_or_default();
        let cells: Vec<&'static str> = cells.collect();
        if table.columns.is_empty() {
            // Read once for the whole run: the columns live as long as the program.
            table.columns = cells.leak();
            continue;
        }
        let index = table.rows.len();
        if key.contains(['*', '?']) {
            table.globs.push(index);
        } else {
            table.exact.insert(key, index);
        }
        table.rows.push(Row { key, cells });
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_keys_and_globs_are_told_apart() {
        let tables =
            read("[a]\nkey | End | Note\nx/1* | 2026-01-01 |\nx/12 | 2027-01-01 | n\n[b]\nkey | C\n");
        assert_eq!(tables.iter().map(|table| table.name).collect::<Vec<_>>(), ["a", "b"]);
        let a = &tables[0];
        assert_eq!(a.exact("x/12").and_then(|row| row.cell(a, "Note")), Some("n"));
        assert!(a.exact("x/13").is_none());
        let glob = a.globs().next().unwrap();
        assert_eq!((glob.key, glob.cell(a, "End"), glob.cell(a, "Note")), ("x/1*", Some("2026-01-01"), None));
    }

    #[test]
    fn every_table_names_its_columns_and_fills_them() {
        for table in tables() {
            assert!(!table.columns.is_empty() && !table.rows.is_empty(), "{}", table.name);
            for row in &table.rows {
                assert_eq!(row.cells.len(), table.columns.len(), "{}: {}", table.name, row.key);
            }
        }
    }
}
