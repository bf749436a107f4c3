//! JSON text -> tape, in one pass over the bytes.
//!
//! Strings without escapes stay where they are, so places of keys and plain strings cost nothing; the rest is
//! found on demand (`place`). That a key stands twice in a map is noticed on the way; only then are all places
//! worked out and the tape is rewritten (`keys`). What is refused, and in which words, is what `serde_json`
//! refuses: a test holds the two against each other.
use super::keys::{self, Seen};
use super::{Cell, Document, Format, Kind, SyntaxError, place};
use crate::limits::{MAX_DEPTH, MAX_NODES};
use crate::source::{Source, Span};
use std::sync::{Arc, OnceLock};

/// Parses a JSON text. Maps and lists under `skip`, a key and how many maps it stands in, are not looked at.
///
/// # Errors
/// What is wrong and where, or that a limit is broken.
pub(super) fn parse(source: Arc<Source>, skip: Option<(&str, usize)>) -> Result<Document, SyntaxError> {
    let text = source.text();
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len(),
        skip,
        cells: Vec::with_capacity(text.len() / 24 + 16),
        decoded: String::new(),
        depth: 0,
        repeats: false,
    };
    if let Err(fault) = scanner.root() {
        return Err(match fault {
            Fault::Depth => SyntaxError::too_deep(place::nth_start(text, scanner.cells.len())),
            Fault::Nodes => SyntaxError::too_many(place::nth_start(text, scanner.cells.len())),
            _ => refused(text, scanner.at, fault),
        });
    }
    let Scanner { cells, decoded, repeats, .. } = scanner;
    if repeats && skip.is_some() {
        // The tape is rewritten with the places of all that the text holds.
        return parse(source, None);
    }
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

/// Why a text is refused, in the words of `serde_json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("nested too deeply")]
    Depth,
    #[error("too many values")]
    Nodes,
    #[error("EOF while parsing a value")]
    EndOfValue,
    #[error("EOF while parsing a list")]
    EndOfList,
    #[error("EOF while parsing an object")]
    EndOfMap,
    #[error("EOF while parsing a string")]
    EndOfString,
    #[error("expected value")]
    Value,
    #[error("expected ident")]
    Word,
    #[error("expected `,` or `]`")]
    ListComma,
    #[error("expected `,` or `}}`")]
    MapComma,
    #[error("trailing comma")]
    TrailingComma,
    #[error("expected `:`")]
    Colon,
    #[error("key must be a string")]
    Key,
    #[error("control character (\\u0000-\\u001F) found while parsing a string")]
    Control,
    #[error("invalid escape")]
    Escape,
    #[error("unexpected end of hex escape")]
    HexEscape,
    #[error("lone leading surrogate in hex escape")]
    Surrogate,
    #[error("invalid number")]
    Number,
    #[error("number out of range")]
    Range,
    #[error("there is more than one root: the text goes on behind the end of the first")]
    SecondRoot,
}

/// The error at the character that makes no sense, or at the end of a text that was cut off.
fn refused(text: &str, at: usize, fault: Fault) -> SyntaxError {
    let ends = matches!(fault, Fault::EndOfValue | Fault::EndOfList | Fault::EndOfMap | Fault::EndOfString);
    let start = if ends { text.trim_end().len() } else { at };
    let end = start + if ends { 0 } else { text[start..].chars().next().map_or(0, char::len_utf8) };
    let help = match fault {
        _ if ends => Some("the file ends too early: was it cut off while it was written?"),
        Fault::Key | Fault::Value => Some("a text that starts with `{` or `[` is read as JSON, not as YAML"),
        _ => None,
    };
    let message = match fault {
        Fault::SecondRoot => fault.to_string(),
        _ => format!("not well-formed JSON: {fault}"),
    };
    SyntaxError { message, span: Span::new(start as u32, end as u32), help: help.map(str::to_owned) }
}

/// The text while it is read, and the tape while it grows.
struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// The next byte; when something is refused, the one that makes no sense.
    at: usize,
    skip: Option<(&'t str, usize)>,
    cells: Vec<Cell>,
    decoded: String,
    depth: usize,
    /// Whether some map has a key twice.
    repeats: bool,
}

/// Eight times the same byte.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

impl Scanner<'_> {
    fn root(&mut self) -> Result<(), Fault> {
        self.blanks();
        self.value()?;
        self.blanks();
        if self.at == self.bytes.len() { Ok(()) } else { Err(Fault::SecondRoot) }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// The fault, unless the text ends here.
    fn fault(&self, fault: Fault, at_end: Fault) -> Fault {
        if self.at < self.bytes.len() { fault } else { at_end }
    }

    /// The eight bytes from there on, the first one lowest.
    fn eight_from(&self, at: usize) -> Option<u64> {
        self.bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
    }

    /// Passes over blanks. Most are the spaces that a line begins with.
    fn blanks(&mut self) {
        while let Some(blank @ (b' ' | b'\n' | b'\r' | b'\t')) = self.peek() {
            self.at += 1;
            while let Some(word) = self.eight_from(self.at).filter(|_| blank == b'\n') {
                let spaces = ((word ^ eight(b' ')).trailing_zeros() / 8) as usize;
                self.at += spaces;
                if spaces < 8 {
                    break;
                }
            }
        }
    }

    fn value(&mut self) -> Result<(), Fault> {
        let cell = match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'{') => return self.map(),
            Some(b'[') => return self.list(),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Kind::True)?,
            Some(b'f') => self.word("false", Kind::False)?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ => return Err(self.fault(Fault::Value, Fault::EndOfValue)),
        };
        self.cells.push(cell);
        Ok(())
    }

    fn map(&mut self) -> Result<(), Fault> {
        let index = self.open(Kind::Map)?;
        let (mut len, mut seen, mut suspicious) = (0, Seen::default(), false);
        if self.peek() != Some(b'}') {
            loop {
                if self.peek() != Some(b'"') {
                    let at_end = if len == 0 { Fault::EndOfMap } else { Fault::EndOfValue };
                    let wrong = if self.peek() == Some(b'}') { Fault::TrailingComma } else { Fault::Key };
                    return Err(self.fault(wrong, at_end));
                }
                let key = self.string()?;
                suspicious |= seen.add(self.bytes_of(key));
                self.cells.push(key);
                self.blanks();
                if !self.eat(b':') {
                    return Err(self.fault(Fault::Colon, Fault::EndOfMap));
                }
                self.blanks();
                if self.is_skipped(key) {
                    self.pass()?
                } else {
                    self.value()?
                }
                len += 1;
                self.room()?;
                self.blanks();
                if !self.eat(b',') {
                    break;
                }
                self.blanks();
            }
        }
        if !self.eat(b'}') {
            return Err(self.fault(Fault::MapComma, Fault::EndOfMap));
        }
        self.close(index, len);
        if suspicious && !self.repeats {
            self.repeats = keys::repeats(&self.cells, index, self.text, &self.decoded);
        }
        Ok(())
    }

    fn list(&mut self) -> Result<(), Fault> {
        let index = self.open(Kind::List)?;
        let mut len = 0;
        if self.peek().is_none() {
            return Err(Fault::EndOfList);
        }
        if self.peek() != Some(b']') {
            loop {
                if len > 0 && self.peek() == Some(b']') {
                    return Err(Fault::TrailingComma);
                }
                self.value()?;
                len += 1;
                self.room()?;
                self.blanks();
                if !self.eat(b',') {
                    break;
                }
                self.blanks();
            }
        }
        if !self.eat(b']') {
            return Err(self.fault(Fault::ListComma, Fault::EndOfList));
        }
        self.close(index, len);
        Ok(())
    }

    /// Opens a container and returns its index.
    fn open(&mut self, kind: Kind) -> Result<usize, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::Depth);
        }
        self.cells.push(Cell { kind, start: 0, len: 0, extent: 0 });
        self.at += 1;
        self.blanks();
        Ok(self.cells.len() - 1)
    }

    fn close(&mut self, at: usize, len: u32) {
        self.depth -= 1;
        let extent = (self.cells.len() - at) as u32;
        let cell = &mut self.cells[at];
        (cell.len, cell.extent) = (len, extent);
    }

    /// Whether there is room for another child.
    fn room(&self) -> Result<(), Fault> {
        if self.cells.len() < MAX_NODES { Ok(()) } else { Err(Fault::Nodes) }
    }

    fn bytes_of(&self, key: Cell) -> &[u8] {
        let buffer = if key.kind == Kind::Decoded { self.decoded.as_bytes() } else { self.bytes };
        &buffer[key.start as usize..(key.start + key.len) as usize]
    }

    fn is_skipped(&self, key: Cell) -> bool {
        self.skip.is_some_and(|(skipped, depth)| {
            depth == self.depth
                && self.bytes_of(key) == skipped.as_bytes()
                && matches!(self.peek(), Some(b'{' | b'['))
        })
    }

    /// Passes over a container: only strings and brackets are told apart.
    fn pass(&mut self) -> Result<(), Fault> {
        let mut open = 0;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at = self.string_stop(self.at + 1);
                    while self.eat(b'\\') {
                        self.at = self.string_stop(self.at + 1);
                    }
                    if !self.eat(b'"') {
                        return Err(self.fault(Fault::Control, Fault::EndOfString));
                    }
                    continue;
                }
                Some(b'{' | b'[') => open += 1,
                Some(b'}' | b']') => open -= 1,
                Some(b' ' | b'\n' | b'\r' | b'\t') => {
                    self.blanks();
                    continue;
                }
                Some(_) => {}
                None => return Err(Fault::EndOfValue),
            }
            self.at += 1;
            if open == 0 {
                self.cells.push(Cell { kind: Kind::Null, start: 0, len: 0, extent: 1 });
                return Ok(());
            }
        }
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Cell, Fault> {
        for byte in word.bytes() {
            if !self.eat(byte) {
                return Err(self.fault(Fault::Word, Fault::EndOfValue));
            }
        }
        Ok(Cell { kind, start: 0, len: 0, extent: 1 })
    }

    fn number(&mut self) -> Result<Cell, Fault> {
        let start = self.at;
        self.eat(b'-');
        let leading_zero = self.eat(b'0');
        let mut is_whole = true;
        if leading_zero {
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(Fault::Number);
            }
        } else {
            self.digits()?;
        }
        if self.eat(b'.') {
            is_whole = false;
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            is_whole = false;
            let _signed = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        let digits = &self.text[start..self.at];
        match digits.parse::<i64>() {
            Ok(value) if is_whole && digits != "-0" => return Ok(Cell::bits(Kind::Int, value as u64)),
            _ => {}
        }
        let value: f64 = digits.parse().map_err(|_| Fault::Number)?;
        if !value.is_finite() {
            self.at -= 1;
            return Err(Fault::Range);
        }
        Ok(Cell::bits(Kind::Float, value.to_bits()))
    }

    /// One or more digits.
    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.fault(Fault::Number, Fault::EndOfValue)) }
    }

    fn string(&mut self) -> Result<Cell, Fault> {
        let start = self.at + 1;
        self.at = self.string_stop(start);
        if self.peek() != Some(b'"') {
            return self.escaped(start);
        }
        self.at += 1;
        Ok(Cell { kind: Kind::Text, start: start as u32, len: (self.at - 1 - start) as u32, extent: 1 })
    }

    /// The next quote, backslash or control character, or the end of the text.
    fn string_stop(&self, mut at: usize) -> usize {
        // The lowest byte whose high bit is set in the end is the first that stops. With one bit turned over, a quote is
        // the byte next to the control characters.
        while let Some(word) = self.eight_from(at) {
            let quote_or_control = (word ^ eight(2)).wrapping_sub(eight(b' ' + 1));
            let backslash = (word ^ eight(b'\\')).wrapping_sub(eight(1));
            let stops = (quote_or_control | backslash) & !word & eight(0x80);
            if stops != 0 {
                return at + (stops.trailing_zeros() / 8) as usize;
            }
            at += 8;
        }
        let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
        let rest = self.bytes.get(at..).unwrap_or_default();
        rest.iter().position(stops).map_or(self.bytes.len(), |length| at + length)
    }

    /// Decodes a string with escapes, from `plain` on, that was read up to the first of them.
    #[cold]
    fn escaped(&mut self, mut plain: usize) -> Result<Cell, Fault> {
        let start = self.decoded.len();
        loop {
            self.decoded.push_str(&self.text[plain..self.at]);
            if self.eat(b'"') {
                break;
            }
            if !self.eat(b'\\') {
                return Err(self.fault(Fault::Control, Fault::EndOfString));
            }
            let decoded = self.escape()?;
            self.decoded.push(decoded);
            plain = self.at;
            self.at = self.string_stop(plain);
        }
        let len = self.decoded.len() - start;
        Ok(Cell { kind: Kind::Decoded, start: start as u32, len: len as u32, extent: 1 })
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<char, Fault> {
        let decoded = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(),
            _ => return Err(self.fault(Fault::Escape, Fault::EndOfString)),
        };
        self.at += 1;
        Ok(decoded)
    }

    /// `u00e9`, or a pair of surrogates.
    fn code_point(&mut self) -> Result<char, Fault> {
        let mut code = self.four_digits()?;
        if (0xd800..0xdc00).contains(&code) {
            if !(self.eat(b'\\') && self.peek() == Some(b'u')) {
                return Err(self.fault(Fault::HexEscape, Fault::EndOfString));
            }
            let low = self.four_digits()?;
            let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(Fault::Surrogate)?;
            code = 0x1_0000 + ((code - 0xd800) << 10) + low;
        }
        char::from_u32(code).ok_or(Fault::Surrogate)
    }

    /// The four hexadecimal digits behind a `u`.
    fn four_digits(&mut self) -> Result<u32, Fault> {
        let digits = self.bytes.get(self.at + 1..self.at + 5).ok_or(Fault::EndOfString)?;
        self.at += 1;
        let mut code = 0;
        for byte in digits {
            code = (code << 4) | char::from(*byte).to_digit(16).ok_or(Fault::Escape)?;
            self.at += 1;
        }
        Ok(code)
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

    /// Whether `serde_json` reads the text, or what it says instead, without the place.
    fn peer(text: &str) -> Result<(), String> {
        let told = serde_json::from_str::<serde_json::Value>(text).map_err(|error| error.to_string());
        told.map(|_| ()).map_err(|told| told.rsplit_once(" at line ").map_or("", |(told, _)| told).to_owned())
    }

    #[test]
    fn no_damage_is_taken_for_json_and_none_is_called_by_another_name_than_serde_json_calls_it() {
        let whole = "{\"a\\u00e9\": [1, -0.5e+10, true], \"\\ud83d\\ude00é\":\n        {\"b\": null, \"cdefghijklmno\\n\": \"\"}, \"d\": 01}";
        let odd: Vec<char> = "\u{1}\t \"{}[]:,\\u0dD8e+-.1é".chars().collect();
        let mut seed: u64 = 11;
        let mut next = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % below as u64) as usize
        };
        for _ in 0..30_000 {
            let mut text: Vec<char> = whole.chars().collect();
            for _ in 0..=next(3) {
                let at = next(text.len() + 1);
                match next(4) {
                    0 => text.truncate(at),
                    1 => text.insert(at, odd[next(odd.len())]),
                    _ if at == text.len() => continue,
                    2 => text[at] = odd[next(odd.len())],
                    _ => drop(text.remove(at)),
                }
            }
            let text: String = text.into_iter().collect();
            let ours = parsed(&text).map(|_| ()).map_err(|error| error.message);
            let theirs = peer(&text).map_err(|told| match told.as_str() {
                "trailing characters" => Fault::SecondRoot.to_string(),
                _ => format!("not well-formed JSON: {told}"),
            });
            assert_eq!(ours, theirs, "{text:?}");
        }
    }

    #[test]
    fn what_is_passed_over_is_null_and_the_rest_stays_where_it_is() {
        let text = r#"{"flags": {"a": [1, {"b": "\""}]}, "x": {"flags": 2, "y": 3}, "z": [true]}"#;
        let document = parse(Arc::new(Source::new("t", text)), Some(("flags", 1))).unwrap();
        assert_eq!(
            format!("{:?}", document.root()),
            r#"{"flags": null, "x": {"flags": 2, "y": 3}, "z": [true]}"#
        );
        let span =
            |node: crate::syntax::Node<'_>| &text[node.span().start as usize..node.span().end as usize];
        assert_eq!(document.root().get("z").map(span), Some("[true]"));
        assert_eq!(document.root().get("x").and_then(|x| x.get("y")).map(span), Some("3"));
    }
}
