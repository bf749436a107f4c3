//! A text and the places in it.
//!
//! Everything above speaks of places as byte spans of a [`Source`]; lines and columns are worked out only
//! for what is reported. Lines and columns count from 1, columns in Unicode scalar values.
use std::fmt;
use std::ops::Range;
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
    /// Whether a `\r` stands in it; mostly there is none to look for.
    returns: OnceLock<bool>,
    /// The ends of lines before each [`STEP`]th byte.
    lines: OnceLock<Vec<u32>>,
    /// The characters before each [`STEP`]th byte.
    characters: OnceLock<Vec<u32>>,
    /// The places that are known of a text which was let go, by their offsets.
    places: Box<[(u32, LineColumn)]>,
}

/// Lines, and the characters of a long line, are counted from the nearest of these steps: few places of a text are asked
/// for, so it pays to count bytes by the block and to know no line by itself.
const STEP: usize = 1024;

impl Source {
    /// A source of that name (a path as a person would write it, or `<stdin>`) and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Source {
            name: name.into(),
            text: text.into(),
            returns: OnceLock::new(),
            lines: OnceLock::new(),
            characters: OnceLock::new(),
            places: Box::default(),
        }
    }

    /// What is left of the source when its text is let go: its name, and the places of the byte offsets that somebody will
    /// ask for. They are counted from one to the next.
    pub fn of_places(&self, mut offsets: Vec<u32>) -> Self {
        offsets.sort_unstable();
        offsets.dedup();
        let known =
            &self.text.as_bytes()[..offsets.last().map_or(0, |&last| self.text.len().min(last as usize))];
        let is_plain = memchr::memchr2(b'\r', "\u{feff}".as_bytes()[0], known).is_none();
        let (mut from, mut place) = (0, LineColumn { line: 1, column: 1 });
        let places = offsets.into_iter().map(|offset| {
            let Some(between) = known.get(from..offset as usize).filter(|_| is_plain) else {
                return (offset, self.line_column(offset));
            };
            let start = memchr::memrchr(b'\n', between).map_or(0, |end| end + 1);
            if start > 0 {
                place.line += memchr::memchr_iter(b'\n', &between[..start]).count() as u32;
                place.column = 1;
            }
            place.column += characters(&between[start..]) as u32;
            from = offset as usize;
            (offset, place)
        });
        Source { places: places.collect(), ..Source::new(&*self.name, String::new()) }
    }

    /// The place at an offset, of a source whose text was let go.
    pub fn known_place(&self, offset: u32) -> Option<LineColumn> {
        let index = self.places.partition_point(|(known, _)| *known <= offset).checked_sub(1)?;
        Some(self.places[index].1)
    }

    /// The path as given or found.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text, a byte order mark included; empty where it was let go.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty where the span lies outside the text or cuts a character.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Whether a `\r` stands in it.
    pub fn has_returns(&self) -> bool {
        *self.returns.get_or_init(|| memchr::memchr(b'\r', self.text.as_bytes()).is_some())
    }

    /// The line and column of a byte offset; offsets past the end give the place just behind the last byte.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        if let Some(known) = self.known_place(offset) {
            return known;
        }
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let bytes = self.text.as_bytes();
        let lines = self.lines();
        let near = end / STEP * STEP..end;
        let line = lines[end / STEP] as usize + self.line_ends(near.clone());
        // The line begins behind the last end of a line, which lies here or in the step that counts it.
        let counts_it = || step(lines.partition_point(|&before| (before as usize) < line) - 1, bytes.len());
        let start = match line {
            0 => 0,
            _ => last_line_end(bytes, near).or_else(|| last_line_end(bytes, counts_it())).unwrap_or_default(),
        };
        let marks = usize::from(self.text[start..end].starts_with('\u{feff}'));
        let characters = match end - start {
            ..STEP => characters(&bytes[start..end]),
            _ => self.characters_before(end) - self.characters_before(start),
        };
        LineColumn { line: line as u32 + 1, column: (characters - marks) as u32 + 1 }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let before = self.characters.get_or_init(|| sums(bytes.len(), |step| characters(&bytes[step])));
        before[offset / STEP] as usize + characters(&bytes[offset / STEP * STEP..offset])
    }

    /// The byte offset of a line and column (both from 1), clamped to the line's end.
    pub fn offset(&self, at: LineColumn) -> u32 {
        let Some(start) = self.line_start(at.line.saturating_sub(1) as usize) else {
            return self.text.len() as u32;
        };
        let line = &self.text[start..];
        let line = line.split(['\n', '\r']).next().unwrap_or_default();
        let bytes =
            line.char_indices().nth(at.column.saturating_sub(1) as usize).map_or(line.len(), |(i, _)| i);
        (start + bytes) as u32
    }

    /// Where a line (from 0) begins; none where the text has fewer lines.
    fn line_start(&self, line: usize) -> Option<usize> {
        let Some(ends) = line.checked_sub(1) else { return Some(0) };
        let (bytes, lines) = (self.text.as_bytes(), self.lines());
        let index = lines.partition_point(|&before| before as usize <= ends) - 1;
        let mut left = step(index, bytes.len()).filter(|&at| ends_line(bytes, at));
        left.nth(ends - lines[index] as usize).map(|at| at + 1)
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| sums(self.text.len(), |step| self.line_ends(step)))
    }

    /// How many lines end there. Most of it is a count of one byte, which is quick.
    fn line_ends(&self, range: Range<usize>) -> usize {
        let bytes = self.text.as_bytes();
        let returns = memchr::memchr_iter(b'\r', &bytes[range.clone()]).map(|at| range.start + at);
        let alone = match self.has_returns() {
            true => returns.filter(|&at| ends_line(bytes, at)).count(),
            false => 0,
        };
        alone + memchr::memchr_iter(b'\n', &bytes[range]).count()
    }
}

/// The bytes of a step of a text of that length.
fn step(index: usize, length: usize) -> Range<usize> {
    index * STEP..length.min((index + 1) * STEP)
}

/// How much is counted before each step of a text of that length, the one that begins at its end included.
fn sums(length: usize, count: impl Fn(Range<usize>) -> usize) -> Vec<u32> {
    let mut sum = 0;
    let before = |index| {
        let before = sum;
        sum += count(step(index, length)) as u32;
        before
    };
    (0..=length / STEP).map(before).collect()
}

/// Whether a line ends with that byte: `\n`, or a `\r` that no `\n` follows.
fn ends_line(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    }
}

/// Just behind the last end of a line there.
fn last_line_end(bytes: &[u8], range: Range<usize>) -> Option<usize> {
    let mut ends = memchr::memrchr2_iter(b'\n', b'\r', &bytes[range.clone()]).map(|at| range.start + at);
    ends.find(|&at| ends_line(bytes, at)).map(|at| at + 1)
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
    fn lines_are_found_in_texts_of_many_steps() {
        for end in ["\n", "\r\n", "\r"] {
            for width in [0, 1, 30, STEP - 1, STEP, 3 * STEP] {
                let source = Source::new("t", format!("{}{end}", "x".repeat(width)).repeat(70));
                for line in 0..70 {
                    let start = (line * (width + end.len())) as u32;
                    let at = |offset| source.line_column(offset).to_string();
                    assert_eq!(at(start), format!("{}:1", line + 1));
                    assert_eq!(at(start + width as u32), format!("{}:{}", line + 1, width + 1));
                    assert_eq!(source.offset(LineColumn { line: line as u32 + 1, column: 1 }), start);
                }
                assert_eq!(source.offset(LineColumn { line: 72, column: 1 }) as usize, source.text().len());
            }
        }
    }

    #[test]
    fn places_are_the_same_without_the_text() {
        for text in
            ["", "a\nbé\n\nc", "\u{feff}é: a\r\nb: ü x\rc", "日本\n日\u{feff}本\n", &"é1,\n日本".repeat(STEP)]
        {
            let source = Source::new("t", text);
            let is_one = |&at: &u32| at as usize > text.len() || text.is_char_boundary(at as usize);
            let offsets = || (0..text.len() as u32 + 2).filter(is_one);
            for offsets in [offsets().collect::<Vec<_>>(), offsets().rev().step_by(7).collect()] {
                let places = source.of_places(offsets.clone());
                assert_eq!((places.name(), places.text()), ("t", ""));
                for offset in offsets {
                    assert_eq!(
                        places.line_column(offset),
                        source.line_column(offset),
                        "{offset} in {text:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        let source = Source::new("t", "ab\n");
        assert_eq!(source.line_column(99).to_string(), "2:1");
    }
}
