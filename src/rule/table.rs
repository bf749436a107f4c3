//! Tables of dated facts that rules read with `table(NAME, PATH, ...)`: end dates of runtimes, weak protocols, limits.
//!
//! A table is a file of `data/tables`: `#` lines that name its source, its date and how to refresh it; a header
//! `key | Column | ...`; then rows. A key is a text, or a glob (`*`, `?`). An exact key goes before globs, and an earlier
//! glob before a later one. An empty cell is an absent field. The build script embeds them; nothing is read at start.
//! A folder of a user's rules may have tables of its own, in `tables/`.
use super::builtin::TABLES;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::OnceLock;

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

/// The tables that a rule may name: those of its folder, then the built-in ones.
#[derive(Clone, Debug, Default)]
pub struct Tables(Vec<&'static Table>);

impl Tables {
    /// The table of that name.
    pub fn named(&self, name: &str) -> Option<&'static Table> {
        self.0.iter().copied().chain(tables()).find(|table| table.name == name)
    }

    /// The names of all tables.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.0.iter().copied().chain(tables()).map(|table| table.name)
    }

    /// The tables of a folder of rules: the files `tables/*.txt` in it.
    ///
    /// # Errors
    /// The file that cannot be read or is no table, and why.
    pub fn of_folder(folder: &Path) -> Result<Tables, (std::path::PathBuf, String)> {
        let mut own = Vec::new();
        let Ok(entries) = std::fs::read_dir(folder.join("tables")) else { return Ok(Tables::default()) };
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        files.sort();
        for path in
            files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let text = std::fs::read_to_string(&path).map_err(|error| (path.clone(), error.to_string()))?;
            let rows = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
            let text = std::iter::once(format!("[{stem}]")).chain(rows.map(str::to_owned));
            // Read once for the whole run, like the built-in ones.
            let read = read(text.collect::<Vec<_>>().join("\n").leak()).leak();
            for table in read.iter() {
                if let Some(row) = table.rows.iter().find(|row| row.cells.len() != table.columns.len()) {
                    let message =
                        format!("the row `{}` has not {} cells behind its key", row.key, table.columns.len());
                    return Err((path, message));
                }
            }
            own.extend(read.iter());
        }
        Ok(Tables(own))
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Table) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Table {}

impl Hash for Table {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// Written down as its name; only built-in tables are found again.
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl<'de> Deserialize<'de> for &'static Table {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<&'static Table, D::Error> {
        let name = <&str>::deserialize(deserializer)?;
        let unknown = || de::Error::custom(format_args!("there is no table `{name}`"));
        tables().iter().find(|table| table.name == name).ok_or_else(unknown)
    }
}

impl Table {
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
