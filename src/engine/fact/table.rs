//! `table(NAME, PATH, ...)`: the row of a table whose key the values at the paths make.
use super::super::evaluate::Evaluator;
use super::super::lookup::Found;
use super::super::pattern;
use super::super::subject::Here;
use super::record;
use crate::rule::{Base, Path, Row, Segment, Table};
use crate::value::{MapValue, Place, Record, Resolved, TextBuilder, Truth, Unknown, Value};
use std::rc::Rc;

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
    /// The row, and the place of the value that chose it; no row where there is none, or where a value is absent. What the
    /// fields of a record choose is kept for the next question about it.
    pub(in super::super) fn row(
        &self,
        table: &'static Table,
        paths: &'a [Path],
        here: &Here<'a>,
    ) -> (Place, Option<Resolved<'a>>) {
        let is_field =
            |path: &Path| path.base == Base::Here && matches!(path.segments[..], [Segment::Name(_)]);
        let of = match &here.value {
            Some(Resolved { value: Value::Map(MapValue::Record(of)), .. }) if paths.iter().all(is_field) => {
                of
            }
            _ => return self.find_row(table, paths, here),
        };
        if let Some((known, same, by, row)) = &*self.known.row.borrow()
            && (std::ptr::eq(*known, table) && Rc::ptr_eq(of, same) && *by == paths)
        {
            return row.clone();
        }
        let row = self.find_row(table, paths, here);
        *self.known.row.borrow_mut() = Some((table, of.clone(), paths, row.clone()));
        row
    }

    fn find_row(
        &self,
        table: &'static Table,
        paths: &'a [Path],
        here: &Here<'a>,
    ) -> (Place, Option<Resolved<'a>>) {
        let mut key = TextBuilder::default();
        let mut place = self.place_of(here);
        for (index, path) in paths.iter().enumerate() {
            let at = self.lookup(path, here);
            // The last value that is written out is what a person would change.
            place = at.place;
            let value = match at.found {
                Found::Value(value) => value,
                Found::Absent => return (place, None),
                Found::Unknown(unknown) => Value::unknown(unknown),
            };
            if index > 0 {
                key.literal("/".into());
            }
            if key.value(value).is_err() {
                return (place, None);
            }
        }
        let key = key.finish();
        (place, self.row_of(table, &key, place))
    }

    fn row_of(&self, table: &'static Table, key: &Value<'a>, place: Place) -> Option<Resolved<'a>> {
        let chosen = |row| Some(record(Chosen { table, row, place }).at(place));
        let unknown = || Some(Value::unknown(key.as_unknown().unwrap_or(Unknown::Comparison)).at(place));
        let Some(text) = pattern::marked(self.resolver, key) else { return unknown() };
        if let Some(row) = table.exact(&text) {
            return chosen(row);
        }
        // A row of an exact key that the holes could make is as open as a glob that they could fit.
        let open = |row: &Row| pattern::equals(&text, row.key) != Truth::False;
        if pattern::has_hole(&text) && table.rows().iter().any(open) {
            return unknown();
        }
        for row in table.globs() {
            match pattern::glob(&text, row.key) {
                Truth::True => return chosen(row),
                Truth::Unknown => return unknown(),
                Truth::False => {}
            }
        }
        None
    }
}
