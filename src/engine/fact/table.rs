//! `table(NAME, PATH, ...)`: the row of a table whose key the values at the paths make.
use super::super::evaluate::Evaluator;
use super::super::pattern;
use super::super::subject::Here;
use super::record;
use crate::rule::{Path, Row, Segment, Table};
use crate::value::{Place, Record, Resolved, TextBuilder, Truth, Unknown, Value};

/// A row, at the place of the value that chose it.
struct Chosen {
    table: &'static Table,
    row: &'static Row,
    place: Place,
}

impl<'a> Record<'a> for Chosen {
    fn field(&self, name: &str) -> Option<Resolved<'a>> {
        self.row.cell(self.table, name).map(|cell| Value::text(cell).at(self.place))
    }

    fn names(&self) -> &'static [&'static str] {
        self.table.columns
    }
}

impl<'a> Evaluator<'_, 'a> {
    /// The row; none where there is none, or where a value is absent.
    pub(super) fn table(&self, arguments: &'a [Path], here: &Here<'a>) -> Option<Resolved<'a>> {
        let (name, paths) = arguments.split_first()?;
        let [Segment::Name(name)] = &name.segments[..] else { return None };
        let table = Table::named(name)?;
        let mut key = TextBuilder::default();
        let mut place = None;
        for (index, path) in paths.iter().enumerate() {
            let value = self.value_at(path, here)?;
            if index > 0 {
                key.literal("/".into());
            }
            // The last value that is written out is what a person would change.
            place = Some(value.place);
            if key.value(value.value).is_err() {
                return None;
            }
        }
        let place = place?;
        let key = key.finish();
        let unknown =
            |key: &Value<'a>| Value::unknown(key.as_unknown().unwrap_or(Unknown::Comparison)).at(place);
        let Some(text) = pattern::marked(self.world, &key) else { return Some(unknown(&key)) };
        if !pattern::has_hole(&text)
            && let Some(row) = table.exact(&text)
        {
            return Some(record(Chosen { table, row, place }).at(place));
        }
        // An exact row that the holes could make is as open as a glob that they could fit.
        if pattern::has_hole(&text)
            && table.rows().iter().any(|row| pattern::equals(&text, row.key) != Truth::False)
        {
            return Some(unknown(&key));
        }
        for row in table.globs() {
            match pattern::glob(&text, row.key) {
                Truth::True => return Some(record(Chosen { table, row, place }).at(place)),
                Truth::Unknown => return Some(unknown(&key)),
                Truth::False => {}
            }
        }
        None
    }
}
