//! A few lines of a text around one place, fit to be drawn.
//!
//! In goes a location; out comes what miette needs: at most three lines, safe to print, none wider than asked
//! for, with the columns of the mark in them. Only the first line of a span is marked. Templates may be one
//! line of megabytes: the text is looked at only some way around the place, never line by line.
use super::text;
use crate::finding::Location;
use crate::source::LineColumn;
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;

/// How far from a place the ends of its line are looked for, in bytes.
const REACH: usize = 2048;

/// Lines of a text with a mark in one of them.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    lines: String,
    first_line: usize,
    mark: Range<usize>,
    place: LineColumn,
}

impl Excerpt {
    /// The lines around a location, each in at most `columns`, with room for a label of `label` columns
    /// under the mark.
    pub(super) fn new(location: &Location, place: LineColumn, columns: usize, label: usize) -> Excerpt {
        let text = location.source.text();
        let at = floor(text, location.span.start as usize);
        let (before, open) = line_before(text, at);
        let (rest, _) = line_after(text, at);
        let end = floor(text, (location.span.end as usize).clamp(at, at + rest.len()));
        let (mut lines, mut mark) = Marked {
            before: before.strip_prefix('\u{feff}').unwrap_or(before),
            mark: &text[at..end],
            after: &rest[end - at..],
            open,
        }
        .fit(columns, label);
        let mut first_line = place.line as usize - 1;
        if let Some(above) = (!open).then(|| line_above(text, at - before.len())).flatten() {
            let above = format!("{}\n", text::cut(&text::code(above), columns));
            mark = mark.start + above.len()..mark.end + above.len();
            lines.insert_str(0, &above);
            first_line -= 1;
        }
        if let Some(below) = line_below(text, at + rest.len()) {
            lines.push('\n');
            lines.push_str(&text::cut(&text::code(below), columns));
        }
        Excerpt { name: text::brief(location.file()), lines, first_line, mark, place }
    }

    /// The mark, as miette wants it.
    pub(super) fn mark(&self) -> SourceSpan {
        (self.mark.start, self.mark.len()).into()
    }
}

impl SourceCode for Excerpt {
    /// Everything when asked for context; without, miette only wants to know where the mark stands.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (span, line, column) = match before {
            0 => (*span, self.place.line as usize - 1, self.place.column as usize - 1),
            _ => ((0, self.lines.len()).into(), self.first_line, 0),
        };
        let data = &self.lines.as_bytes()[span.offset()..span.offset() + span.len()];
        let name = self.name.clone();
        Ok(Box::new(MietteSpanContents::new_named(name, data, span, line, column, data.len())))
    }
}

/// A line in three parts.
struct Marked<'a> {
    before: &'a str,
    mark: &'a str,
    after: &'a str,
    /// Whether the line begins further away than `before`.
    open: bool,
}

impl Marked<'_> {
    /// The line in at most so many columns, and the bytes of its mark.
    fn fit(&self, columns: usize, label: usize) -> (String, Range<usize>) {
        let before = text::code(self.before);
        let after = text::code(self.after.trim_end());
        let mark = match text::code(self.mark.trim_end().trim_start_matches('\u{feff}')) {
            mark if mark.is_empty() => " ".into(),
            mark => mark,
        };
        let shown = text::head(&mark, columns * 2 / 3);
        // Miette hangs the label under the middle of the mark, behind a hook of four columns.
        let needed = text::width(shown).max(text::width(shown) / 2 + 4 + label).min(columns);
        let mut line = String::new();
        if self.open || text::width(&before) + needed > columns {
            let room = (columns - needed).min(columns / 4).saturating_sub(text::ELLIPSIS.len());
            line.push_str(text::ELLIPSIS);
            line.push_str(text::tail(&before, room));
        } else {
            line.push_str(&before);
        }
        let start = line.len();
        line.push_str(shown);
        let end = line.len();
        if shown.len() < mark.len() {
            line.push_str(text::ELLIPSIS);
        } else {
            line.push_str(&text::cut(&after, columns.saturating_sub(text::width(&line))));
        }
        (line, start..end)
    }
}

fn ends_line(c: char) -> bool {
    c == '\n' || c == '\r'
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What stands before a place on its line, and whether the line begins still further away.
fn line_before(text: &str, at: usize) -> (&str, bool) {
    let from = floor(text, at.saturating_sub(REACH));
    let before = &text[from..at];
    match before.rfind(ends_line) {
        Some(end) => (&before[end + 1..], false),
        None => (before, from > 0),
    }
}

/// What stands behind a place on its line, and whether the line goes on still further.
fn line_after(text: &str, at: usize) -> (&str, bool) {
    let to = floor(text, at + REACH);
    let after = &text[at..to];
    match after.find(ends_line) {
        Some(end) => (&after[..end], false),
        None => (after, to < text.len()),
    }
}

/// The line above the one that starts there, where it says something.
fn line_above(text: &str, start: usize) -> Option<&str> {
    let above = text[..start].strip_suffix('\n').unwrap_or(&text[..start]);
    let above = above.strip_suffix('\r').unwrap_or(above);
    match line_before(above, above.len()) {
        (line, false) => telling(line),
        (_, true) => None,
    }
}

/// The line below the one that ends there, where it says something.
fn line_below(text: &str, end: usize) -> Option<&str> {
    let below = text[end..].strip_prefix("\r\n").or_else(|| text[end..].strip_prefix(ends_line))?;
    telling(line_after(below, 0).0)
}

/// A line is context if it holds a word: a lone bracket tells nothing.
fn telling(line: &str) -> Option<&str> {
    line.contains(char::is_alphanumeric).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, Span};
    use std::sync::Arc;

    fn excerpt(text: &str, needle: &str, columns: usize) -> Excerpt {
        let start = text.find(needle).unwrap() as u32;
        let source = Arc::new(Source::new("t.json", text));
        let location = Location { source, span: Span::new(start, start + needle.len() as u32) };
        Excerpt::new(&location, location.start(), columns, 10)
    }

    fn marked(excerpt: &Excerpt) -> &str {
        &excerpt.lines[excerpt.mark.clone()]
    }

    #[test]
    fn the_lines_around_a_place_come_along_if_they_say_something() {
        let text = "{\n \"A\": {\n  \"Type\": \"T\",\n  \"Properties\": {}\n }\n}\n";
        let of = |needle| excerpt(text, needle, 40);
        assert_eq!(of("\"A\"").lines, " \"A\": {\n  \"Type\": \"T\",");
        assert_eq!(of("\"T\"").lines, " \"A\": {\n  \"Type\": \"T\",\n  \"Properties\": {}");
        assert_eq!((of("{}").first_line, marked(&of("{}")).to_owned()), (2, "{}".to_owned()));
    }

    #[test]
    fn every_line_ending_is_understood() {
        for ending in ["\n", "\r\n", "\r"] {
            let text = ["\u{feff}one", "twö three", "four"].join(ending);
            let found = excerpt(&text, "three", 40);
            assert_eq!(found.lines.trim_start_matches("\\u{feff}"), "one\ntwö three\nfour", "{ending:?}");
            assert_eq!((found.first_line, marked(&found)), (0, "three"));
        }
    }

    #[test]
    fn a_line_of_megabytes_is_cut_around_the_place() {
        let text =
            format!("{{\"x\":\"{}\",\"needle\":1,\"y\":\"{}\"}}", "日".repeat(900_000), "z".repeat(900_000));
        let found = excerpt(&text, "\"needle\"", 60);
        assert!(found.lines.starts_with("...日") && found.lines.ends_with("zzz..."), "{}", found.lines);
        assert!(text::width(&found.lines) <= 60 && !found.lines.contains('\n'));
        assert_eq!((marked(&found), found.place.column), ("\"needle\"", 900_009));
    }

    #[test]
    fn a_span_over_many_lines_marks_its_first() {
        let text = "A: {  \n  B: 1\n}\n";
        let found = excerpt(text, "{  \n  B: 1\n}", 40);
        assert_eq!((found.lines.as_str(), marked(&found)), ("A: {\n  B: 1", "{"));
        let wide = format!("x: '{}'", "w".repeat(500));
        let found = excerpt(&wide, &wide[3..], 40);
        assert!(text::width(&found.lines) <= 40 && marked(&found).len() == 26, "{}", found.lines);
    }

    #[test]
    fn a_place_without_characters_still_has_a_mark() {
        let found = excerpt("", "", 40);
        assert_eq!((found.lines.as_str(), marked(&found)), (" ", " "));
        let source = Arc::new(Source::new("t", "ab"));
        let location = Location { source, span: Span::new(90, 95) };
        assert_eq!(marked(&Excerpt::new(&location, location.start(), 40, 0)), " ");
    }

    #[test]
    fn the_room_for_a_label_pushes_a_far_mark_to_the_left() {
        let text = format!("{}end", "word ".repeat(9));
        assert!(excerpt(&text, "end", 60).lines.starts_with("word"));
        assert!(excerpt(&text, "end", 52).lines.starts_with("...word"));
    }
}
