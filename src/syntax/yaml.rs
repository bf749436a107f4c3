//! YAML text -> tape: the events of the parser, their tags and their places.
//!
//! `granit-parser` tells events with byte spans; this module works out what they leave open: what a tag means,
//! where a block scalar (`|`) or a list without indentation begins, and what an error is called. A node's
//! place is its text: quotes and brackets included, tags, anchors, comments and trailing blanks not; only
//! the map that stands for a short tag begins at its tag. Values are decided in `grow` and `scalar`.
use super::grow::{Scalar, Tape};
use super::tag::Tag;
use super::{Document, SyntaxError};
use crate::limits::MAX_DEPTH;
use crate::source::{Source, Span};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle};
use std::sync::Arc;

/// What may surround a node on its line.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Parses a YAML text of one document.
///
/// # Errors
/// What is wrong and where, or that a limit is broken.
pub(super) fn parse(source: Arc<Source>) -> Result<Document, SyntaxError> {
    let text = source.text();
    let options = granit_parser::options! {
        emit_comments: false,
        // As libyaml, PyYAML and SnakeYAML have it.
        block_scalar_eof_without_line_feed: true,
        // One more than ours each, so that ours speaks first where the kinds are mixed.
        flow_nesting_limit: MAX_DEPTH + 1,
        block_nesting_limit: MAX_DEPTH + 1,
    };
    let mut reader = Reader { text, tape: Tape::new(text), documents: 0 };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, place) = event.map_err(|error| refused(text, &error))?;
        reader.event(&event, &place)?;
    }
    if reader.tape.is_empty() {
        return Err(empty());
    }
    reader.tape.finish(source.clone())
}

struct Reader<'t> {
    text: &'t str,
    tape: Tape<'t>,
    documents: usize,
}

impl Reader<'_> {
    fn event(&mut self, event: &Event<'_>, place: &granit_parser::Span) -> Result<(), SyntaxError> {
        let span = bytes(place);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(several(span));
                }
                self.tape.pass(span.start);
                Ok(())
            }
            Event::Scalar(value, style, anchor, tag) => {
                let plain = *style == ScalarStyle::Plain;
                let absent = plain && tag.is_none() && span.is_empty();
                if absent && self.tape.is_empty() {
                    return Err(empty());
                }
                let tag = Tag::of(tag.as_deref(), place);
                let span = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => self.block_scalar(span, tag),
                    _ if absent => self.nothing(span),
                    _ => span,
                };
                let value = if absent { "" } else { value.as_ref() };
                self.tape.scalar(&Scalar { value, plain, tag, span, anchor: *anchor })
            }
            Event::SequenceStart(style, anchor, tag) => {
                let tag = Tag::of(tag.as_deref(), place);
                let brackets = *style == StructureStyle::Flow;
                let span = if brackets { span } else { self.block_list(span, tag) };
                self.tape.open(false, brackets, tag, span, *anchor)?;
                if !brackets {
                    // The items of this list are looked for behind its first dash.
                    self.tape.pass(span.start + 1);
                }
                Ok(())
            }
            Event::MappingStart(_, anchor, tag) => {
                let brackets = self.text.as_bytes().get(span.start as usize) == Some(&b'{');
                self.tape.open(true, brackets, Tag::of(tag.as_deref(), place), span, *anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.tape.close(span.end);
                Ok(())
            }
            Event::Alias(anchor) => self.tape.alias(*anchor, span),
            _ => Ok(()),
        }
    }

    /// The place of a block scalar: from its indicator, without the blanks at its end.
    fn block_scalar(&self, content: Span, tag: Tag<'_>) -> Span {
        let start = self.indicator(content.start, tag, b"|>").unwrap_or(content.start);
        let text = self.text.get(start as usize..content.end as usize).unwrap_or_default();
        Span::new(start, start + text.trim_end_matches(BLANKS).len() as u32)
    }

    /// The place of a value that is not there: behind its colon (the parser says behind its key).
    fn nothing(&self, span: Span) -> Span {
        let behind = self.text.get(span.start as usize..).unwrap_or_default();
        match behind.trim_start_matches(BLANKS).strip_prefix(':') {
            Some(rest) if self.tape.at_value() => {
                let at = (self.text.len() - rest.len()) as u32;
                Span::new(at, at)
            }
            _ => span,
        }
    }

    /// The place of a block list, from its first dash; the parser gives the first item where the list is the
    /// value of a key and not indented.
    fn block_list(&self, span: Span, tag: Tag<'_>) -> Span {
        if !self.tape.at_value() {
            return span;
        }
        Span::new(self.indicator(span.start + 1, tag, b"-").unwrap_or(span.start), span.end)
    }

    /// The first of the wanted characters between what was read last and `until`, past blanks, comments,
    /// properties and other indicators.
    fn indicator(&self, until: u32, tag: Tag<'_>, wanted: &[u8]) -> Option<u32> {
        let mut at = match tag {
            Tag::Function(_, span) => self.tape.end().max(span.end),
            _ => self.tape.end(),
        } as usize;
        let bytes = self.text.as_bytes().get(..until as usize)?;
        while let Some(&byte) = bytes.get(at) {
            let to = |ends: fn(&u8) -> bool| bytes[at..].iter().position(ends).unwrap_or(bytes.len());
            at += match byte {
                _ if wanted.contains(&byte) => return Some(at as u32),
                b' ' | b'\t' | b'\r' | b'\n' | b'-' | b':' | b'?' => 1,
                b'#' => to(|byte| matches!(byte, b'\r' | b'\n')),
                b'&' | b'!' => to(u8::is_ascii_whitespace),
                _ => return None,
            };
        }
        None
    }
}

/// The bytes of a place of the parser.
pub(super) fn bytes(place: &granit_parser::Span) -> Span {
    let range = place.byte_range().unwrap_or_default();
    Span::new(range.start as u32, range.end as u32)
}

fn empty() -> SyntaxError {
    SyntaxError { message: "the file is empty".to_owned(), span: Span::default(), help: None }
}

fn several(span: Span) -> SyntaxError {
    let help = "a template is one document; put the others in files of their own";
    SyntaxError { message: "more than one document".to_owned(), span, help: Some(help.to_owned()) }
}

/// An error of the parser in our words, at the character where it arose.
fn refused(text: &str, error: &ScanError) -> SyntaxError {
    let mut start = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let end = text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
    let span = Span::new(start as u32, end as u32);
    let help = match error.kind() {
        ErrorKind::RecursionLimitExceeded => return SyntaxError::too_deep(span),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => Some("YAML is indented with spaces, never with tabs"),
        ErrorKind::MissingAnchorOrAliasName => Some("a text that begins with `*` or `&` needs quotes: \"*\""),
        ErrorKind::UnknownAnchor => {
            Some("an anchor `&name` must stand before its alias `*name`; quote a text that begins with `*`")
        }
        ErrorKind::MappingValueNotAllowed => Some("a text that holds `: ` needs quotes"),
        ErrorKind::UnexpectedCharacter { .. } => {
            Some("a text that begins with such a character needs quotes")
        }
        _ => None,
    };
    SyntaxError {
        message: format!("not well-formed YAML: {}", error.kind()),
        span,
        help: help.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Node;

    fn read(text: &str) -> Result<Document, SyntaxError> {
        parse(Arc::new(Source::new("t", text)))
    }

    /// The text of every node, in document order.
    fn places(text: &str) -> Vec<String> {
        let document = read(text).unwrap_or_else(|error| panic!("{error:?}: {text}"));
        let slice = |node: Node<'_>| document.source().slice(node.span()).to_owned();
        (0..document.len()).map(|i| slice(document.node(crate::syntax::NodeId(i as u32)))).collect()
    }

    #[test]
    fn a_place_is_the_text_of_the_node_and_nothing_else() {
        for (text, expected) in [
            ("a: 1  # c\nb: x y \n\n# end\n", vec!["a: 1  # c\nb: x y", "a", "1", "b", "x y"]),
            ("a: 'it''s'\nb: \"x\\n\"", vec!["a: 'it''s'\nb: \"x\\n\"", "a", "'it''s'", "b", "\"x\\n\""]),
            ("# c\n- a\n-  - b  \n   - c\n", vec!["- a\n-  - b  \n   - c", "a", "- b  \n   - c", "b", "c"]),
            ("a:\n- b: 1\n- c\n", vec!["a:\n- b: 1\n- c", "a", "- b: 1\n- c", "b: 1", "b", "1", "c"]),
            ("a: # - x\n\n# - y\n- - b\n", vec!["a: # - x\n\n# - y\n- - b", "a", "- - b", "- b", "b"]),
            ("a: &x\n  - 1\n", vec!["a: &x\n  - 1", "a", "- 1", "1"]),
            ("{a: [1, {b}], c: }", vec!["{a: [1, {b}], c: }", "a", "[1, {b}]", "1", "{b}", "b", "", "c", ""]),
            ("[a: 1, b ]", vec!["[a: 1, b ]", "a: 1", "a", "1", "b"]),
            ("a:\nb:", vec!["a:\nb:", "a", "", "b", ""]),
            ("a: x\n  y\n\n  z\nb: 1", vec!["a: x\n  y\n\n  z\nb: 1", "a", "x\n  y\n\n  z", "b", "1"]),
            (
                "\u{feff}é: \"ü\"\r\nb:\r\n  - ß\r\n",
                vec!["é: \"ü\"\r\nb:\r\n  - ß", "é", "\"ü\"", "b", "- ß", "ß"],
            ),
            ("%YAML 1.1\n---\na: |\n  b\n...\n", vec!["a: |\n  b", "a", "|\n  b"]),
            ("---\n- |\n  a\n", vec!["- |\n  a", "|\n  a"]),
        ] {
            assert_eq!(places(text), expected, "{text}");
        }
    }

    #[test]
    fn a_block_scalar_begins_at_its_indicator() {
        for (text, place) in [
            ("a: |\n  x\n  y\n\nb: 1", "|\n  x\n  y"),
            ("a: &x   >2-  # | c\n\n    x\n", ">2-  # | c\n\n    x"),
            ("a: !!str |+\n x\n\n\n", "|+\n x"),
            ("a:\n  # | no\n  |\n  x", "|\n  x"),
            ("a: >\n# c\n", ">"),
            ("a: |\r\n  é\r\n", "|\r\n  é"),
            ("'a|': |\n  |\n", "|\n  |"),
        ] {
            assert_eq!(places(text)[2], place, "{text:?}");
        }
        assert_eq!(places("- a\n# |\n- - >-\n   b\n")[3], ">-\n   b");
    }

    #[test]
    fn the_map_of_a_short_tag_begins_at_its_tag() {
        for (text, map, tag, value) in [
            ("a: !Ref x # c", "!Ref x", "!Ref", "x"),
            ("a: !Sub  |-\n  x\n", "!Sub  |-\n  x", "!Sub", "|-\n  x"),
            ("a: &y !If # - c\n- 1\n", "!If # - c\n- 1", "!If", "- 1"),
            ("a: !If\n  - 1\n\nb: 1", "!If\n  - 1", "!If", "- 1"),
            ("a: !Transform\n  N: 1\n", "!Transform\n  N: 1", "!Transform", "N: 1"),
            ("a: !GetAZs\nb: 1", "!GetAZs", "!GetAZs", ""),
            ("a: !If [!Ref b, 1]", "!If [!Ref b, 1]", "!If", "[!Ref b, 1]"),
        ] {
            assert_eq!(places(text)[2..5], [map, tag, value], "{text:?}");
        }
    }

    #[test]
    fn errors_stand_at_the_character_that_makes_no_sense() {
        for (text, at, message) in [
            ("a:\n\t- b", 4, "tabs"),
            ("a: *", 3, "anchor or alias"),
            ("a: b: c", 4, "mapping values"),
            ("é: [1\r\nb: 2", 9, "placement of ':'"),
            ("a: \"x", 3, "unclosed quote"),
            ("a: @x", 3, "unexpected character"),
            ("a: 1\n---\nb: 2\n", 5, "more than one document"),
            ("\u{feff}a\n---\n", 5, "more than one document"),
            ("a: 1\n}", 5, ""),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.span.start == at && error.message.contains(message), "{text:?}: {error:?}");
        }
    }

    #[test]
    fn a_text_without_any_value_is_said_to_be_empty() {
        for text in ["", " \n", "# c\n", "\u{feff}", "---\n", "---\n# c\n...\n", "%YAML 1.1\n---\n"] {
            assert_eq!(read(text).map(|_| ()).unwrap_err().message, "the file is empty", "{text:?}");
        }
        assert!(read("~").unwrap().root().is_null());
    }

    #[test]
    fn a_block_scalar_reads_as_other_readers_read_it() {
        for (text, value) in [
            ("a: |\n  x\n\n  y\n", "x\n\ny\n"),
            ("a: >\n  x\n  y\n\n  z", "x y\nz"),
            ("a: |-\n  x\n", "x"),
            ("a: |+\n  x\n\n", "x\n\n"),
            ("a: |\n  x", "x"),
            ("a: |\r\n  x\r\n  y\r\n", "x\ny\n"),
        ] {
            assert_eq!(read(text).unwrap().root().get("a").unwrap().text_or_empty(), value, "{text:?}");
        }
    }
}
