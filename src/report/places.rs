//! Lines and columns of many places in a few texts.
//!
//! A [`Source`] finds a column by counting from the start of its line. On a minified template that line is the
//! whole text, and thousands of findings would count it thousands of times. So places that lie far out on a
//! line are remembered, and the next one counts on from the nearest. Ordinary texts never pay for it.
use crate::finding::Location;
use crate::source::{LineColumn, Source, Span};
use std::collections::{BTreeMap, HashMap};

/// The column from which on a place is worth remembering.
const FAR: u32 = 512;

/// The places asked for so far, as far as it pays to remember them.
#[derive(Default)]
pub(super) struct Places {
    far: HashMap<*const Source, BTreeMap<u32, LineColumn>>,
}

impl Places {
    /// Line and column of a location's first character.
    pub(super) fn start(&mut self, location: &Location) -> LineColumn {
        self.at(&location.source, location.span.start)
    }

    /// Line and column of a location's first character, and those just behind its last.
    pub(super) fn both(&mut self, location: &Location) -> [LineColumn; 2] {
        let start = self.start(location);
        let Span { start: from, end: to } = location.span;
        let between = location.source.text().get(from as usize..to as usize).and_then(columns);
        let end = match between.map(|columns| start.column + columns) {
            Some(column) if column < FAR => LineColumn { column, ..start },
            _ => self.at(&location.source, to),
        };
        [start, end]
    }

    fn at(&mut self, source: &Source, offset: u32) -> LineColumn {
        let place = self.count_on(source, offset).unwrap_or_else(|| source.line_column(offset));
        if place.column >= FAR {
            self.far.entry(std::ptr::from_ref(source)).or_default().insert(offset, place);
        }
        place
    }

    /// The place, counted from the nearest one before it that is known and on the same line.
    fn count_on(&self, source: &Source, offset: u32) -> Option<LineColumn> {
        if self.far.is_empty() {
            return None;
        }
        let (&known, place) = self.far.get(&std::ptr::from_ref(source))?.range(..=offset).next_back()?;
        let between = source.text().get(known as usize..offset as usize)?;
        Some(LineColumn { column: place.column + columns(between)?, ..*place })
    }
}

/// How many columns a text takes; none where it does not end on the line that it begins on.
fn columns(text: &str) -> Option<u32> {
    // A byte order mark takes none.
    let is_piece = !text.starts_with('\u{feff}') && memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none();
    is_piece.then(|| text.chars().count() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn every_place_is_the_one_that_the_source_gives() {
        let wide = "é{\"日本\": 1},".repeat(700);
        let texts = [format!("\u{feff}{wide}"), format!("a\r\n{wide}\r\n{wide}\rb\n"), String::new()];
        for text in texts {
            let source = Arc::new(Source::new("t", text.as_str()));
            let mut places = Places::default();
            let offsets = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).map(|at| at as u32);
            for offset in offsets.clone().step_by(7).chain(offsets.rev().step_by(101)).chain([u32::MAX]) {
                let location = Location { source: source.clone(), span: Span::new(offset, offset) };
                assert_eq!(places.start(&location), source.line_column(offset), "offset {offset}");
                assert_eq!(places.both(&location), [source.line_column(offset); 2], "offset {offset}");
            }
        }
    }

    #[test]
    fn ordinary_texts_remember_nothing() {
        let source = Arc::new(Source::new("t", "short\nlines\n".repeat(500)));
        let mut places = Places::default();
        for offset in 0..6000 {
            places.start(&Location { source: source.clone(), span: Span::new(offset, offset) });
        }
        assert!(places.far.is_empty());
    }
}
