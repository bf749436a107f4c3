//! Aliases written out: each is a copy of what its anchor names.
//!
//! The nodes of a copy keep the places of the original. What aliases add is bounded in number and in depth
//! (a few lines of YAML can name billions of nodes), and none may name what it stands in.
use super::grow::{Tape, bad_key};
use super::{Cell, Kind, SyntaxError};
use crate::limits::{MAX_ALIAS_NODES, MAX_DEPTH, MAX_NODES};
use crate::source::Span;

impl Tape<'_> {
    /// Writes out an alias.
    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), SyntaxError> {
        let is_key = self.begin(span.start);
        let Some(from) = self.anchors.get(anchor).copied().flatten() else {
            return Err(limit("an alias names an anchor that is not there".to_owned(), span));
        };
        let cell = self.cells[from];
        let size = cell.cells() as usize;
        if size == 0 {
            return Err(limit("an alias stands inside the anchor that it names".to_owned(), span));
        }
        if is_key {
            return self.alias_key(from, span);
        }
        self.alias_nodes += size;
        if self.alias_nodes > MAX_ALIAS_NODES {
            return Err(limit(
                format!("aliases add more than {MAX_ALIAS_NODES} values to the document"),
                span,
            ));
        }
        if self.cells.len() + size > MAX_NODES {
            return Err(SyntaxError::too_many(span));
        }
        if self.depth + self.height(from) > MAX_DEPTH {
            return Err(SyntaxError::too_deep(span));
        }
        self.cells.extend_from_within(from..from + size);
        self.spans.extend_from_within(from..from + size);
        self.finish_node(span.end);
        Ok(())
    }

    fn alias_key(&mut self, from: usize, span: Span) -> Result<(), SyntaxError> {
        let place = self.spans[from];
        let mut cell = match self.cells[from].kind {
            Kind::List => return Err(bad_key("a list", span)),
            Kind::Map => return Err(bad_key("a map", span)),
            Kind::Text | Kind::Decoded | Kind::NumberText => {
                let cell = self.cells[from];
                let kind = if cell.kind == Kind::Decoded { Kind::Decoded } else { Kind::Text };
                Cell { kind, ..cell }
            }
            _ => Cell { kind: Kind::Text, start: place.start, len: place.len() as u32, extent: 1 },
        };
        cell.extent = self.see(cell);
        self.push(cell, place)?;
        self.finish_node(span.end);
        Ok(())
    }

    /// How many containers lie in one another from `at` on.
    fn height(&self, at: usize) -> usize {
        let mut ends: Vec<usize> = Vec::new();
        let mut height = 0;
        for index in at..at + self.cells[at].cells() as usize {
            while ends.last().is_some_and(|&end| end <= index) {
                ends.pop();
            }
            if matches!(self.cells[index].kind, Kind::List | Kind::Map) {
                ends.push(index + self.cells[index].cells() as usize);
                height = height.max(ends.len());
            }
        }
        height
    }
}

fn limit(message: String, span: Span) -> SyntaxError {
    SyntaxError { message, span, help: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::{Document, parse};
    use std::fmt::Write;
    use std::sync::Arc;

    fn read(text: &str) -> Result<Document, SyntaxError> {
        parse(Arc::new(Source::new("t", text)))
    }

    #[test]
    fn an_alias_is_a_copy_that_keeps_the_places_of_the_original() {
        let text = "a: &x {k: [1, !Ref r]}\nb: *x\nc: [*x, &y \"q\\n\", *y]\n";
        let document = read(text).unwrap();
        let tree = r#"{"a": {"k": [1, {"Ref": "r"}]}, "b": {"k": [1, {"Ref": "r"}]}, "c": [{"k": [1, {"Ref": "r"}]}, "q\n", "q\n"]}"#;
        assert_eq!(format!("{:?}", document.root()), tree);
        let (a, b) = (document.root().get("a").unwrap(), document.root().get("b").unwrap());
        assert_eq!((a.span(), document.source().slice(b.span())), (b.span(), "{k: [1, !Ref r]}"));
        assert_eq!(document.source().slice(document.root().span()), text.trim_end());
    }

    #[test]
    fn an_alias_of_a_scalar_can_be_a_key() {
        for (text, expected) in [
            ("- &a k\n- *a : 1", r#"["k", {"k": 1}]"#),
            ("- &a 8_0\n- {*a : 1, *a : 2}", r#"[8_0, {"8_0": 2}]"#),
            ("- &a yes\n- *a : 1", r#"[true, {"yes": 1}]"#),
            ("- &a \"\\n\"\n- *a : 1", r#"["\n", {"\n": 1}]"#),
            ("- &a !Ref x\n- *a", r#"[{"Ref": "x"}, {"Ref": "x"}]"#),
            ("&k a: 1\nb: *k\n", r#"{"a": 1, "b": "a"}"#),
            ("a: &e\nb: *e\n", r#"{"a": null, "b": null}"#),
        ] {
            assert_eq!(format!("{:?}", read(text).unwrap().root()), expected, "{text}");
        }
    }

    #[test]
    fn aliases_that_make_no_sense_are_errors_with_their_place() {
        for (text, at, message) in [
            ("a: &x [1, *x]", 10, "an alias stands inside the anchor that it names"),
            ("a: &x !If [1, *x]", 14, "an alias stands inside the anchor that it names"),
            ("&x a: {<<: *x}\nb: &y {<<: *y}", 26, "an alias stands inside the anchor that it names"),
            ("a: *x", 3, "not well-formed YAML: while parsing node, found unknown anchor"),
            ("- &a [1]\n- *a : 1", 11, "a key must be text, not a list"),
            ("- &a !Ref x\n- *a : 1", 14, "a key must be text, not a map"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!((error.message.as_str(), error.span.start), (message, at), "{text}");
        }
    }

    #[test]
    fn a_billion_laughs_are_not_written_out() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let aliases = format!("*a{}, ", level - 1).repeat(10);
            writeln!(text, "a{level}: &a{level} [{}]", aliases.trim_end_matches(", ")).unwrap();
        }
        let error = read(&text).unwrap_err();
        assert_eq!(error.message, format!("aliases add more than {MAX_ALIAS_NODES} values to the document"));
    }

    #[test]
    fn aliases_do_not_lead_deeper_than_the_limit() {
        let chain = |levels: usize| {
            let mut text = String::from("a1: &a1 [x]\n");
            for level in 2..=levels {
                writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
            }
            text
        };
        assert!(read(&chain(MAX_DEPTH - 1)).is_ok());
        let error = read(&chain(MAX_DEPTH)).unwrap_err();
        assert_eq!(error.message, SyntaxError::too_deep(Span::default()).message);
    }
}
