//! A text and the places in it.
//!
//! Everything above speaks of places as byte spans of a [`Source`]; lines and columns are worked out only
//! for what is reported. Lines and columns count from 1, columns in Unicode scalar values.
use std::fmt;
use std::sync::OnceLock;

/// A byte range `start..end` of a source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of the bytes `start..end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Span { start, end }
    }

    /// The length in bytes.
    pub const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no byte.
    pub const fn is_empty(self) -> bool {
        self.end == self.start
    }
}

/// A line and a column, both counted from 1; the column counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in Unicode scalar values.
    pub column: u32,
}

impl fmt::Display for LineColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A named text: a template, a manifest, a rule file. The name is the path as given or found, with `/`.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    lines: OnceLock<Vec<u32>>,
}

impl Source {
    /// A source of that name (a path as a person would write it, or `<stdin>`) and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Source { name: name.into(), text: text.into(), lines: OnceLock::new() }
    }

    /// The path as given or found.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text, a byte order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty where the span lies outside the text or cuts a character.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The line and column of a byte offset; offsets past the end give the place just behind the last byte.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let lines = self.line_starts();
        let line = lines.partition_point(|&start| start <= offset) - 1;
        let start = lines[line] as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = self.text[start..end].strip_prefix('\u{feff}').unwrap_or(&self.text[start..end]);
        LineColumn { line: line as u32 + 1, column: before.chars().count() as u32 + 1 }
    }

    /// The byte offset of a line and column (both from 1), clamped to the line's end.
    pub fn offset(&self, at: LineColumn) -> u32 {
        let lines = self.line_starts();
        let Some(&start) = lines.get(at.line.saturating_sub(1) as usize) else {
            return self.text.len() as u32;
        };
        let line = &self.text[start as usize..];
        let line = line.split(['\n', '\r']).next().unwrap_or_default();
        let bytes =
            line.char_indices().nth(at.column.saturating_sub(1) as usize).map_or(line.len(), |(i, _)| i);
        start + bytes as u32
    }

    /// Byte offsets of the starts of lines. `\n`, `\r\n` and a lone `\r` end a line.
    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            for i in memchr::memchr2_iter(b'\n', b'\r', bytes) {
                if bytes[i] == b'\n' || bytes.get(i + 1) != Some(&b'\n') {
                    starts.push(i as u32 + 1);
                }
            }
            starts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_and_survive_every_line_ending() {
        let source = Source::new("t", "\u{feff}é: a\r\nb: ü x\rc");
        let at = |needle: &str| source.line_column(source.text().find(needle).unwrap() as u32).to_string();
        assert_eq!(
            (at("é"), at("a"), at("b"), at("x"), at("c")),
            ("1:1".into(), "1:4".into(), "2:1".into(), "2:6".into(), "3:1".into())
        );
        assert_eq!(source.offset(LineColumn { line: 2, column: 6 }), source.text().find('x').unwrap() as u32);
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        let source = Source::new("t", "ab\n");
        assert_eq!(source.line_column(99).to_string(), "2:1");
    }
}
