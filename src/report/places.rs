//! Lines and columns of many places in a few texts.
//!
//! A [`Source`] finds a column by counting from the start of its line. On a minified template that line is the
//! whole text, and thousands of findings would count it thousands of times. So places that lie far out on a
//! line are remembered, and the next one counts on from the nearest. Ordinary texts never pay for it. There, places are
//! mostly asked for in order, and each is counted from the one before.
use crate::finding::Location;
use crate::source::{LineColumn, Source, Span};
use std::collections::{BTreeMap, HashMap};

/// The column from which on a place is worth remembering.
const FAR: u32 = 512;
/// How many bytes behind a place, or the start of a text, another one is still near it.
const NEAR: usize = 1 << 12;
/// A byte order mark, which takes no column.
const MARK: char = '\u{feff}';

/// The places asked for so far, as far as it pays to remember them.
#[derive(Default)]
pub(super) struct Places {
    far: HashMap<*const Source, BTreeMap<u32, LineColumn>>,
    last: Option<Last>,
}

/// The place asked for last: the next one mostly stands a little behind it.
#[derive(Clone, Copy)]
struct Last {
    source: *const Source,
    offset: u32,
    line: u32,
    /// Where the line begins.
    start: u32,
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
            _ => {
                // The next place to be asked for stands behind the start, and mostly before the end.
                let last = self.last;
                let end = self.at(&location.source, to);
                self.last = last;
                end
            }
        };
        [start, end]
    }

    fn at(&mut self, source: &Source, offset: u32) -> LineColumn {
        if let Some(known) = source.known_place(offset) {
            return known;
        }
        if let Some(place) = self.behind_last(source, offset) {
            return place;
        }
        let place = self.count_on(source, offset).unwrap_or_else(|| source.line_column(offset));
        if place.column >= FAR {
            self.far.entry(std::ptr::from_ref(source)).or_default().insert(offset, place);
        } else {
            self.remember(source, offset, place.line);
        }
        place
    }

    /// The place, counted from the one asked for last, where it stands a little behind it on a short line.
    fn behind_last(&mut self, source: &Source, offset: u32) -> Option<LineColumn> {
        let start = Last { source, offset: 0, line: 1, start: 0 };
        let last = self.last.filter(|last| std::ptr::eq(last.source, source)).unwrap_or(start);
        let text = source.text();
        let between = text.get(last.offset as usize..offset as usize).filter(|text| text.len() < NEAR)?;
        if source.has_returns() && memchr::memchr(b'\r', between.as_bytes()).is_some() {
            return None;
        }
        let (line, start) = match memchr::memrchr(b'\n', between.as_bytes()) {
            Some(end) => {
                let ends = memchr::memchr_iter(b'\n', between.as_bytes()).count();
                (last.line + ends as u32, last.offset + end as u32 + 1)
            }
            None => (last.line, last.start),
        };
        let on_line = text.get(start as usize..offset as usize).filter(|text| text.len() < FAR as usize)?;
        if on_line.starts_with(MARK) {
            return None;
        }
        let column = on_line.chars().count() as u32 + 1;
        self.last = Some(Last { offset, line, start, ..last });
        Some(LineColumn { line, column })
    }

    fn remember(&mut self, source: &Source, offset: u32, line: u32) {
        let Some(before) = source.text().get(..offset as usize) else { return };
        let end = memchr::memrchr2(b'\n', b'\r', before.as_bytes());
        let start = end.map_or(0, |end| end as u32 + 1);
        // Between `\r` and `\n` the line has not ended yet.
        let within_end = end.is_some_and(|end| before.as_bytes()[end] == b'\r' && start == offset);
        let last = Last { source: std::ptr::from_ref(source), offset, line, start };
        self.last = (!within_end).then_some(last);
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
    let is_piece = !text.starts_with(MARK) && memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none();
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
