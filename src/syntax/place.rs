//! Where the nodes of a JSON text stand, found on demand.
//!
//! The JSON tape stores an offset only where it is free: for strings without escapes. Any other place is
//! found by lexing forward from the nearest such string, counting nodes. Strings are given with their quotes,
//! containers from bracket to bracket. Only what is reported pays for it. The text is known to be well-formed
//! (it was parsed), but nothing here panics or loops where it is not.
use super::{Document, Kind, NodeId};
use crate::source::Span;

/// Beyond that many nodes from the nearest known place, all places are worked out once and kept: a text full
/// of escapes must not be read again and again.
const FAR: usize = 1024;

/// The exact place of a node, for every kind of node.
pub(super) fn span_of(document: &Document, id: NodeId) -> Span {
    let wanted = id.0 as usize;
    if let Some(&span) = document.spans.get(wanted) {
        return span;
    }
    // The offset of a string without escapes is that of its first character: the quotes stand around it.
    if let Some(cell) = document.cells.get(wanted).filter(|cell| cell.kind == Kind::Text) {
        return Span::new(cell.start.saturating_sub(1), cell.start + cell.len + 1);
    }
    let text = document.source.text();
    if wanted == 0 {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let start = text.len() - body.trim_start().len();
        return Span::new(start as u32, body.trim_end().len() as u32 + (text.len() - body.len()) as u32);
    }
    let near = wanted.saturating_sub(FAR);
    let known = document
        .cells
        .get(near..=wanted)
        .and_then(|cells| cells.iter().rposition(|cell| cell.kind == Kind::Text));
    let mut lexer = Lexer::new(text);
    // How many nodes are behind.
    let behind = match known {
        Some(index) => {
            lexer.at = behind_string(document, near + index);
            near + index + 1
        }
        None if near == 0 => 0,
        None => {
            let spans = document.all_spans.get_or_init(|| all_spans(text));
            return spans.get(wanted).copied().unwrap_or_default();
        }
    };
    let is_container = matches!(document.cells[wanted].kind, Kind::List | Kind::Map);
    let near_end = is_container.then(|| near_end(document, wanted)).flatten();
    lexer.nth_node(wanted - behind, near_end)
}

/// The offset just behind a string without escapes: behind its closing quote.
fn behind_string(document: &Document, index: usize) -> usize {
    let cell = document.cells[index];
    (cell.start + cell.len) as usize + 1
}

/// A string near the end of a container, by the offset behind it, and how many containers are open there, that one included: from
/// there it is not far to the closing bracket.
fn near_end(document: &Document, container: usize) -> Option<(usize, usize)> {
    let cells = &document.cells;
    let end = container + cells[container].cells() as usize;
    let near = (container + 1).max(end.saturating_sub(FAR));
    let known = near + cells.get(near..end)?.iter().rposition(|cell| cell.kind == Kind::Text)?;
    let (mut at, mut depth) = (container + 1, 1);
    while at != known {
        let behind = at + cells[at].cells() as usize;
        if known < behind {
            depth += 1;
            at += 1;
        } else {
            at = behind;
        }
    }
    Some((behind_string(document, known), depth))
}

/// The place of the node of that index in a text that is perhaps not well-formed behind it; of a container,
/// its opening bracket.
pub(super) fn nth_start(text: &str, index: usize) -> Span {
    let span = Lexer::new(text).filter(|&(token, _)| token != Token::Close).nth(index).map(|(_, span)| span);
    span.unwrap_or(Span::new(text.len() as u32, text.len() as u32))
}

/// The places of all nodes of a JSON text, in document order.
pub(super) fn all_spans(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::with_capacity(text.len() / 14 + 16);
    let mut open = Vec::new();
    for (token, span) in Lexer::new(text) {
        match token {
            Token::Close => {
                if let Some(index) = open.pop() {
                    let opened: &mut Span = &mut spans[index];
                    opened.end = span.end;
                }
                continue;
            }
            Token::Open => open.push(spans.len()),
            Token::Scalar => {}
        }
        spans.push(span);
    }
    spans
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// A string, a number, or a word.
    Scalar,
    /// `{` or `[`.
    Open,
    /// `}` or `]`.
    Close,
}

/// The tokens of a JSON text; commas and colons, which say nothing about places, are skipped with the blanks.
struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Lexer { bytes: text.as_bytes(), at }
    }

    /// The whole place of the node that many nodes further on. Of a container, `near_end` may tell an offset inside of it
    /// and how many containers are open there.
    fn nth_node(mut self, index: usize, near_end: Option<(usize, usize)>) -> Span {
        let Some((token, mut span)) = self.by_ref().filter(|&(token, _)| token != Token::Close).nth(index)
        else {
            return Span::default();
        };
        let mut depth = usize::from(token == Token::Open);
        if let Some((at, open)) = near_end.filter(|&(at, _)| depth > 0 && at > self.at) {
            (self.at, depth) = (at, open);
        }
        while depth > 0 {
            let Some((token, inner)) = self.next() else { break };
            match token {
                Token::Open => depth += 1,
                Token::Close => depth -= 1,
                Token::Scalar => {}
            }
            span.end = inner.end;
        }
        span
    }

    /// The offset just behind the string whose opening quote is at `start`.
    fn string_end(&self, start: usize) -> usize {
        let mut at = start + 1;
        while let Some(length) = self.bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            if self.bytes[at + length] == b'"' {
                return at + length + 1;
            }
            at += length + 2;
        }
        self.bytes.len()
    }
}

impl Iterator for Lexer<'_> {
    type Item = (Token, Span);

    fn next(&mut self) -> Option<(Token, Span)> {
        let skipped = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b':');
        let rest = self.bytes.get(self.at..)?;
        let start = self.at + rest.iter().position(|byte| !skipped(byte))?;
        let (token, end) = match self.bytes[start] {
            b'{' | b'[' => (Token::Open, start + 1),
            b'}' | b']' => (Token::Close, start + 1),
            b'"' => (Token::Scalar, self.string_end(start)),
            _ => {
                let ends = |byte: &u8| skipped(byte) || matches!(byte, b'}' | b']' | b'{' | b'[' | b'"');
                let length = self.bytes[start..].iter().position(ends);
                (Token::Scalar, length.map_or(self.bytes.len(), |length| start + length))
            }
        };
        self.at = end;
        Some((token, Span::new(start as u32, end as u32)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::{Node, View, parse};
    use std::sync::Arc;

    /// Every place must hold the text of its node and nothing else: read again, it is the same value.
    fn assert_places(text: &str) {
        let document = parse(Arc::new(Source::new("t", text))).unwrap_or_else(|e| panic!("{e}: {text}"));
        let spans = all_spans(text);
        assert_eq!(spans.len(), document.len(), "{text}");
        for (index, &span) in spans.iter().enumerate() {
            let node = document.node(NodeId(index as u32));
            assert_eq!(node.span(), span, "node {index} of {text}");
            let slice = document.source().slice(span);
            let again: serde_json::Value =
                serde_json::from_str(slice).unwrap_or_else(|e| panic!("{e}: {slice}"));
            assert_eq!(plain(node), again, "node {index} of {text}");
        }
    }

    fn plain(node: Node<'_>) -> serde_json::Value {
        match node.view() {
            View::Null => serde_json::Value::Null,
            View::Bool(value) => value.into(),
            View::Number(number) => serde_json::from_str(&number.text()).unwrap(),
            View::Text(text) => text.into(),
            View::List(items) => items.map(plain).collect(),
            View::Map(entries) => serde_json::Value::Object(
                entries.map(|(key, value)| (key.text_or_empty().to_owned(), plain(value))).collect(),
            ),
        }
    }

    #[test]
    fn every_node_is_found_where_it_stands() {
        for text in [
            "{}",
            "[]",
            "[1]",
            "[1, -2.5e3 ,true,false,null]",
            "{\"a\":{\"b\":[{\"c\":1},[],{}]},\"d\":\"e\"}",
            "\u{feff}{\"é\": [\"ü\\n\", \"\\\"}]\\\\\", \"x\"]}",
            "{\r\n\t\"a\"\t:\r\n[ 18446744073709551616 , \"\\u0041\" ]\r\n}\r\n",
            "[\"\\\\\", {\"\\u0061\": {\"\\\"\": [[[0]]]}}]",
        ] {
            assert_places(text);
        }
    }

    #[test]
    fn a_node_far_from_any_known_place_is_found_too() {
        let text = format!("[{}[7, {{}}]]", "\"\\n\", [1], ".repeat(FAR));
        let document = parse(Arc::new(Source::new("t", text.as_str()))).unwrap();
        let list = document.root().items().last().unwrap();
        assert_eq!(document.source().slice(list.span()), "[7, {}]");
        assert_eq!(document.source().slice(document.root().span()), text);
        assert_places(&text);
    }

    #[test]
    fn every_node_of_generated_documents_is_found_where_it_stands() {
        let mut seed = 42;
        for _ in 0..400 {
            let mut text = String::new();
            generate(&mut seed, 0, &mut text);
            assert_places(&text);
        }
    }

    /// A small deterministic generator (an xorshift).
    fn next(seed: &mut u64, below: u64) -> u64 {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        *seed % below
    }

    fn generate(seed: &mut u64, depth: usize, out: &mut String) {
        let scalars = [
            "null",
            "true",
            "-0",
            "1.5",
            "\"plain\"",
            "\"\\u00e9 \\\\ \\\"[\"",
            "\"é{\"",
            "99999999999999999999",
        ];
        let blanks = ["", "", " ", "\n\t", "\r\n"];
        let kind = if depth == 0 { next(seed, 2) } else { next(seed, 6) };
        out.push_str(blanks[if depth == 0 { 0 } else { next(seed, 5) as usize }]);
        if depth > 5 || kind > 1 {
            out.push_str(scalars[next(seed, 8) as usize]);
        } else {
            out.push(['{', '['][kind as usize]);
            for i in 0..next(seed, 5) {
                if i > 0 {
                    out.push(',');
                }
                if kind == 0 {
                    let prefix = ["k", "\\n", "é"][next(seed, 3) as usize];
                    out.push_str(&format!("\"{prefix}{i}\"{}:", blanks[next(seed, 5) as usize]));
                }
                generate(seed, depth + 1, out);
            }
            out.push(['}', ']'][kind as usize]);
        }
        out.push_str(blanks[next(seed, 5) as usize]);
    }

    #[test]
    fn a_text_that_is_no_json_neither_panics_nor_loops() {
        for text in ["\"", "\"\\", "{\"a", "]]", "€", "{]}", ""] {
            let _ = all_spans(text);
            let _ = nth_start(text, 3);
            let _ = Lexer::new(text).nth_node(1, None);
        }
    }
}
