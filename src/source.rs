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
    /// The characters before each [`STEP`]th byte.
    characters: OnceLock<Vec<u32>>,
}

/// On a line of a minified text, characters are counted from the nearest of these steps, not from its start.
const STEP: usize = 1024;

impl Source {
    /// A source of that name (a path as a person would write it, or `<stdin>`) and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Source { name: name.into(), text: text.into(), lines: OnceLock::new(), characters: OnceLock::new() }
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
        let marks = usize::from(self.text[start..end].starts_with('\u{feff}'));
        let characters = match end - start {
            ..STEP => characters(&self.text.as_bytes()[start..end]),
            _ => self.characters_before(end) - self.characters_before(start),
        };
        LineColumn { line: line as u32 + 1, column: (characters - marks) as u32 + 1 }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let steps = self.characters.get_or_init(|| {
            let mut before = 0;
            let step = |step: &[u8]| {
                let so_far = before;
                before += characters(step) as u32;
                so_far
            };
            bytes.chunks(STEP).map(step).collect()
        });
        let step = offset / STEP;
        let known = steps.get(step).map_or_else(|| characters(bytes), |&known| known as usize);
        known + characters(bytes.get(step * STEP..offset).unwrap_or_default())
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
            // Few texts have a lone `\r`, and a search for one byte is quicker than a search for two.
            if memchr::memchr(b'\r', bytes).is_none() {
                starts.extend(memchr::memchr_iter(b'\n', bytes).map(|i| i as u32 + 1));
                return starts;
            }
            for i in memchr::memchr2_iter(b'\n', b'\r', bytes) {
                if bytes[i] == b'\n' || bytes.get(i + 1) != Some(&b'\n') {
                    starts.push(i as u32 + 1);
                }
            }
            starts
        })
    }
}

/// How many characters begin among those bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
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
    fn columns_far_out_on_a_line_are_counted_as_those_near_its_start() {
        let line = "é{\"日本\": 1},".repeat(2 * STEP / 16);
        for text in [format!("\u{feff}{line}"), format!("a\r\n{line}\n{line}b")] {
            let source = Source::new("t", text.as_str());
            let mut wanted = LineColumn { line: 1, column: 1 };
            for (offset, c) in text.char_indices() {
                assert_eq!(source.line_column(offset as u32), wanted, "{offset}");
                match c {
                    '\n' => wanted = LineColumn { line: wanted.line + 1, column: 1 },
                    '\u{feff}' => {}
                    _ => wanted.column += 1,
                }
            }
            assert_eq!(source.line_column(text.len() as u32), wanted);
        }
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        let source = Source::new("t", "ab\n");
        assert_eq!(source.line_column(99).to_string(), "2:1");
    }
}
