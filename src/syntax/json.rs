//! JSON text -> document, by one pass of the scanner (`scan`).
//!
//! Strings without escapes stay where they are, so places of keys and plain strings cost nothing; the rest is
//! found on demand (`place`). That a key stands twice in a map is noticed on the way; only then are all places
//! worked out and the tape is rewritten (`keys`). What is refused, and in which words, is what `serde_json`
//! refuses: a test holds the two against each other.
use super::fault::{Fault, refused};
use super::scan::Scanner;
use super::{Document, Format, SyntaxError, keys, place};
use crate::source::Source;
use std::sync::{Arc, OnceLock};

/// Parses a JSON text. Maps and lists under `skip`, a key and how many maps it stands in, are not looked at.
///
/// # Errors
/// What is wrong and where, or that a limit is broken.
pub(super) fn parse(source: Arc<Source>, skip: Option<(&str, usize)>) -> Result<Document, SyntaxError> {
    let text = source.text();
    let mut scanner = Scanner::new(text, skip);
    if let Err(fault) = scanner.root() {
        return Err(match fault {
            Fault::Depth => SyntaxError::too_deep(place::nth_start(text, scanner.cells.len())),
            Fault::Nodes => SyntaxError::too_many(place::nth_start(text, scanner.cells.len())),
            _ => refused(text, scanner.at, fault),
        });
    }
    let Scanner { cells, decoded, functions, repeats, .. } = scanner;
    if repeats && skip.is_some() {
        // The tape is rewritten with the places of all that the text holds.
        return parse(source, None);
    }
    let spans = if repeats { place::all_spans(text) } else { Vec::new() };
    let document = Document {
        source: source.clone(),
        format: Format::Json,
        cells,
        decoded,
        functions,
        spans,
        all_spans: OnceLock::new(),
        many: OnceLock::new(),
        remarks: Vec::new(),
    };
    if repeats { keys::settle(document) } else { Ok(document) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::MAX_DEPTH;
    use crate::source::Span;

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
    fn strings_of_every_length_end_at_their_quotes() {
        for length in 0..70 {
            for behind in 0..40 {
                let (string, blanks) = ("x".repeat(length), " ".repeat(behind));
                for (end, read) in [("", ""), ("\\n", "\n"), ("\\\"y", "\"y")] {
                    let document = parsed(&format!("[\"{string}{end}\"]{blanks}")).unwrap();
                    let told = document.root().items().next().map(crate::syntax::Node::text_or_empty);
                    assert_eq!(told, Some(&*format!("{string}{read}")));
                }
                assert!(parsed(&format!("[\"{string}\t\"]{blanks}")).is_err());
            }
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

    #[test]
    fn the_end_of_what_is_passed_over_is_that_of_the_container() {
        let all = [
            "{}",
            "[[], {}, [{}]]",
            r#"["}", "]", "\"", "\\", "{\"[", "\\\"", "é\u00e9{"]"#,
            r#"{"a{\\": "}\"{", "b\"": [[{"c": "]"}], "\\"], "d": {"e": {"f": "\\\\}"}}}"#,
        ];
        for passed in all {
            let text =
                format!(r#"[{{"x": [{{"flags": {passed}, "y": "\\"}}]}}, {{"x": [{{"flags": {passed}}}]}}]"#);
            let parse = |text: &str| parse(Arc::new(Source::new("t", text)), Some(("flags", 4)));
            let told = format!("{:?}", parse(&text).unwrap().root());
            assert_eq!(told, r#"[{"x": [{"flags": null, "y": "\\"}]}, {"x": [{"flags": null}]}]"#);
            for (end, _) in text.char_indices().skip(1) {
                let place = |error: SyntaxError| (error.span, error.help);
                let cut = &text[..end];
                assert_eq!(parse(cut).map_err(place).err(), parsed(cut).map_err(place).err(), "{cut}");
            }
        }
    }
}
