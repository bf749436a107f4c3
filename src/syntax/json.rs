//! JSON text -> tape, by a `serde_json` visitor that borrows.
//!
//! A borrowed string tells its own offset by its address, so places of keys and plain strings cost
//! nothing; the rest is found on demand (`place`). That a key stands twice in a map is noticed on the way; only
//! then are all places worked out and the tape is rewritten (`keys`). Errors come out with their place in
//! the text, which `serde_json` counts in lines and bytes.
use super::keys::{self, Seen};
use super::{Cell, Document, Format, Kind, SyntaxError, place};
use crate::limits::{MAX_DEPTH, MAX_NODES};
use crate::source::{Source, Span};
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Parses a JSON text.
///
/// # Errors
/// What is wrong and where, as `serde_json` tells it, or that a limit is broken.
pub(super) fn parse(source: Arc<Source>, skip: Option<&str>) -> Result<Document, SyntaxError> {
    let text = source.text();
    let skipped = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let body = &text[skipped..];
    let mut tape = Tape {
        text,
        skip,
        cells: Vec::with_capacity(body.len() / 24 + 16),
        decoded: String::new(),
        depth: 0,
        broken: None,
        repeats: false,
    };
    let mut reader = serde_json::Deserializer::from_str(body);
    let parsed = Value(&mut tape).deserialize(&mut reader).and_then(|()| reader.end());
    if let Err(error) = parsed {
        return Err(match tape.broken {
            Some(Limit::Depth) => SyntaxError::too_deep(place::nth_start(text, tape.cells.len())),
            Some(Limit::Nodes) => SyntaxError::too_many(place::nth_start(text, tape.cells.len())),
            None => located(body, skipped, &error),
        });
    }
    let Tape { cells, decoded, repeats, .. } = tape;
    let spans = if repeats { place::all_spans(text) } else { Vec::new() };
    let mut document = Document {
        source: source.clone(),
        format: Format::Json,
        cells,
        decoded,
        spans,
        all_spans: OnceLock::new(),
        remarks: Vec::new(),
    };
    if repeats {
        keys::settle(&mut document)?;
    }
    Ok(document)
}

/// `serde_json` counts lines and bytes; a span is wanted: the character that makes no sense.
fn located(body: &str, skipped: usize, error: &serde_json::Error) -> SyntaxError {
    let told = error.to_string();
    let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(told, _)| told);
    let (message, help) = if error.is_eof() {
        let help = "the file ends too early: was it cut off while it was written?";
        (format!("not well-formed JSON: {told}"), Some(help))
    } else if told == "trailing characters" {
        ("there is more than one root: the text goes on behind the end of the first".to_owned(), None)
    } else {
        let help = "a text that starts with `{` or `[` is read as JSON, not as YAML";
        let bare = told.starts_with("key must be a string") || told.starts_with("expected value");
        (format!("not well-formed JSON: {told}"), bare.then_some(help))
    };
    let (at, end) = if error.is_eof() {
        let end = body.trim_end().len();
        (end, end)
    } else {
        let line_start = match error.line() {
            0 | 1 => 0,
            line => body.match_indices('\n').nth(line - 2).map_or(body.len(), |(i, _)| i + 1),
        };
        // Column 0 is the line break before the line.
        let mut at = (line_start + error.column()).saturating_sub(1).min(body.len());
        while !body.is_char_boundary(at) {
            at -= 1;
        }
        (at, body[at..].chars().next().map_or(at, |c| at + c.len_utf8()))
    };
    SyntaxError {
        message,
        span: Span::new((at + skipped) as u32, (end + skipped) as u32),
        help: help.map(str::to_owned),
    }
}

/// Which limit stopped the parser.
#[derive(Clone, Copy)]
enum Limit {
    Depth,
    Nodes,
}

/// The tape while it grows.
struct Tape<'t> {
    text: &'t str,
    /// Values under this key are passed over.
    skip: Option<&'t str>,
    cells: Vec<Cell>,
    decoded: String,
    depth: usize,
    broken: Option<Limit>,
    /// Whether some map has a key twice.
    repeats: bool,
}

impl Tape<'_> {
    fn borrowed(&mut self, text: &str) {
        let start = (text.as_ptr() as usize - self.text.as_ptr() as usize) as u32;
        self.cells.push(Cell { kind: Kind::Text, start, len: text.len() as u32, extent: 1 });
    }

    fn decoded(&mut self, text: &str) {
        let start = self.decoded.len() as u32;
        self.decoded.push_str(text);
        self.cells.push(Cell { kind: Kind::Decoded, start, len: text.len() as u32, extent: 1 });
    }

    /// The key that was read last, where it is written without escapes.
    fn last_key(&self) -> Option<&str> {
        let cell = self.cells.last().filter(|cell| cell.kind == Kind::Text)?;
        self.text.get(cell.start as usize..(cell.start + cell.len) as usize)
    }

    /// Opens a container and returns its index.
    fn open<E: Error>(&mut self, kind: Kind) -> Result<usize, E> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.stop(Limit::Depth));
        }
        self.cells.push(Cell { kind, start: 0, len: 0, extent: 0 });
        Ok(self.cells.len() - 1)
    }

    fn close(&mut self, at: usize, len: u32) {
        self.depth -= 1;
        let extent = (self.cells.len() - at) as u32;
        let cell = &mut self.cells[at];
        (cell.len, cell.extent) = (len, extent);
    }

    /// Whether there is room for another child.
    fn room<E: Error>(&mut self) -> Result<(), E> {
        if self.cells.len() < MAX_NODES { Ok(()) } else { Err(self.stop(Limit::Nodes)) }
    }

    #[cold]
    fn stop<E: Error>(&mut self, limit: Limit) -> E {
        self.broken = Some(limit);
        E::custom("a limit")
    }
}

/// A visitor for a key; tells whether one like it was seen in the map.
struct Key<'a, 't>(&'a mut Tape<'t>, &'a mut Seen);

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = bool;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<bool, E> {
        self.0.borrowed(text);
        Ok(self.1.add(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        self.0.decoded(text);
        Ok(self.1.add(text))
    }
}

/// A visitor for any value; what it visits goes onto the tape.
struct Value<'a, 't>(&'a mut Tape<'t>);

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.cells.push(Cell { kind: Kind::Null, start: 0, len: 0, extent: 1 });
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        let kind = if value { Kind::True } else { Kind::False };
        self.0.cells.push(Cell { kind, start: 0, len: 0, extent: 1 });
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.0.cells.push(Cell::bits(Kind::Int, value as u64));
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.0.cells.push(match i64::try_from(value) {
            Ok(value) => Cell::bits(Kind::Int, value as u64),
            Err(_) => Cell::bits(Kind::Float, (value as f64).to_bits()),
        });
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.0.cells.push(Cell::bits(Kind::Float, value.to_bits()));
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        self.0.borrowed(text);
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.decoded(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let at = self.0.open(Kind::List)?;
        let mut len = 0;
        while items.next_element_seed(Value(self.0))?.is_some() {
            len += 1;
            self.0.room()?;
        }
        self.0.close(at, len);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let at = self.0.open(Kind::Map)?;
        let (mut len, mut seen, mut suspicious) = (0, Seen::default(), false);
        while let Some(like) = entries.next_key_seed(Key(self.0, &mut seen))? {
            if self.0.skip.is_some() && self.0.skip == self.0.last_key() {
                entries.next_value::<IgnoredAny>()?;
                self.0.cells.push(Cell { kind: Kind::Null, start: 0, len: 0, extent: 1 });
            } else {
                entries.next_value_seed(Value(self.0))?;
            }
            suspicious |= like;
            len += 1;
            self.0.room()?;
        }
        self.0.close(at, len);
        if suspicious && !self.0.repeats {
            self.0.repeats = keys::repeats(&self.0.cells, at, self.0.text, &self.0.decoded);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Document, SyntaxError> {
        parse(Arc::new(Source::new("t", text)), None)
    }

    #[test]
    fn values_read_as_they_are_written() {
        for (text, value) in [
            ("{}", "{}"),
            (" [ ] ", "[]"),
            ("\u{feff}[1, -2, 2.50, 1e2, true, false, null]\r\n", "[1, -2, 2.50, 1e2, true, false, null]"),
            (
                "[18446744073709551615, 123456789012345678901234567890]",
                "[18446744073709551615, 123456789012345678901234567890]",
            ),
            (
                "{\"é\":\"ü\",\t\"\\n\":{\"\\u0041\":\"\\ud83d\\ude00\"}}",
                "{\"é\": \"ü\", \"\\n\": {\"A\": \"😀\"}}",
            ),
        ] {
            assert_eq!(format!("{:?}", parsed(text).unwrap().root()), value, "{text}");
        }
    }

    #[test]
    fn errors_stand_at_the_character_that_makes_no_sense() {
        for (text, start, what) in [
            ("{\"a\": x}", 6, "x"),
            ("{\r\n\t\"a\": x\r\n}", 9, "x"),
            ("{\"é\": \"ü\", €}", 13, "€"),
            ("\u{feff}{\"a\" 1}", 8, "1"),
            ("{\"a\": 1,}", 8, "}"),
            ("[1 2]", 3, "2"),
            ("[\"a\tb\"]", 3, "\t"),
            ("[\"\\x\"]", 3, "x"),
            ("[tru\n]", 4, "\n"),
            ("[1,\n\n,]", 5, ","),
            ("{a: 1}", 1, "a"),
        ] {
            let error = parsed(text).unwrap_err();
            let found = &text[error.span.start as usize..error.span.end as usize];
            assert_eq!((error.span.start, found), (start, what), "{text:?}: {error:?}");
            assert!(
                error.message.starts_with("not well-formed JSON: ") && !error.message.contains("line"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_text_cut_off_is_said_to_be_at_its_end() {
        for text in
            ["", "  ", "{", "{\"a\": [1, 2", "{\"a\": \"é", "{\"a\": 1\n\n", "[\"\\u00", "\u{feff}[1,"]
        {
            let error = parsed(text).unwrap_err();
            let end = text.trim_end().len() as u32;
            assert_eq!(error.span, Span::new(end, end), "{text:?}: {error:?}");
            assert!(error.help.is_some_and(|help| help.contains("cut off")), "{text:?}");
        }
    }

    #[test]
    fn a_second_root_is_an_error_at_its_first_character() {
        for (text, at) in [("{} {}", 3), ("[]\r\n\r\n[]", 6), ("\u{feff}{}é", 5), ("{}}", 2)] {
            let error = parsed(text).unwrap_err();
            assert!(
                error.message.contains("more than one root") && error.span.start == at,
                "{text:?}: {error:?}"
            );
        }
    }

    #[test]
    fn the_depth_limit_holds_to_the_level_and_points_at_it() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(parsed(&nested(MAX_DEPTH)).unwrap().len(), MAX_DEPTH);
        let at = MAX_DEPTH as u32;
        assert_eq!(parsed(&nested(MAX_DEPTH + 1)).unwrap_err(), SyntaxError::too_deep(Span::new(at, at + 1)));
        let maps = "{\"a\": ".repeat(50_000);
        assert_eq!(parsed(&maps).unwrap_err(), SyntaxError::too_deep(Span::new(at * 6, at * 6 + 1)));
    }

    #[test]
    fn what_is_passed_over_is_null_and_the_rest_stays_where_it_is() {
        let text = r#"{"flags": {"a": [1, {"b": "\""}]}, "x": {"flags": 2, "y": 3}, "z": [true]}"#;
        let document = parse(Arc::new(Source::new("t", text)), Some("flags")).unwrap();
        assert_eq!(
            format!("{:?}", document.root()),
            r#"{"flags": null, "x": {"flags": null, "y": 3}, "z": [true]}"#
        );
        let span =
            |node: crate::syntax::Node<'_>| &text[node.span().start as usize..node.span().end as usize];
        assert_eq!(document.root().get("z").map(span), Some("[true]"));
        assert_eq!(document.root().get("x").and_then(|x| x.get("y")).map(span), Some("3"));
    }
}
