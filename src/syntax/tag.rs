//! What a YAML node is by its tag: a function in short form, one of YAML's own types, or itself.
//!
//! `!Ref x` is `{"Ref": x}`, `!Condition x` is `{"Condition": x}`, any other `!Name` is `{"Fn::Name": ...}`; the
//! service alone decides which names exist. What has a tag is never resolved by its looks; what has none and
//! no quotes is (`scalar`). Tags of other schemas (`!!binary`, `!!set`) are beyond the service: the text counts.
use super::grow::Tape;
use super::scalar::{self, Plain};
use super::yaml::bytes;
use super::{Cell, Kind, Remark, SyntaxError};
use crate::source::Span;

/// What a tag says of its node.
#[derive(Clone, Copy)]
pub(super) enum Tag<'a> {
    /// Nothing is said: the node speaks for itself.
    None,
    /// A function in short form, and where the tag stands.
    Function(&'a str, Span),
    /// `bool`, `int`, `float`, `null`: the text is to be read as that.
    Core(&'a str),
    /// Text, whatever it looks like.
    Text,
}

impl<'a> Tag<'a> {
    /// What the tag of a node at that place says.
    pub(super) fn of(tag: Option<&'a granit_parser::Tag>, place: &granit_parser::Span) -> Tag<'a> {
        let Some(tag) = tag else { return Tag::None };
        let local = match tag.parts() {
            ("!", suffix) => suffix,
            ("", suffix) => suffix.strip_prefix('!').unwrap_or_default(),
            _ => "",
        };
        match tag.core_suffix() {
            Some(kind @ ("null" | "bool" | "int" | "float")) => Tag::Core(kind),
            Some(_) => Tag::Text,
            None if local.is_empty() => Tag::Text,
            None => Tag::Function(local, place.tag_span().as_ref().map_or(bytes(place), bytes)),
        }
    }
}

impl Tape<'_> {
    /// Opens the map that a short tag stands for, key included; its value comes next.
    pub(super) fn function(&mut self, name: &str, tag: Span) -> Result<usize, SyntaxError> {
        let at = self.cells.len();
        self.deepen(tag)?;
        self.push(Cell { kind: Kind::Map, start: 0, len: 1, extent: 0 }, tag)?;
        let written = self.text.get(tag.start as usize..tag.end as usize).unwrap_or_default();
        let cell = match name {
            "Ref" | "Condition" if written.ends_with(name) => {
                let len = name.len() as u32;
                Cell { kind: Kind::Text, start: tag.end - len, len, extent: 1 }
            }
            "Ref" | "Condition" => self.decoded("", name),
            _ => self.decoded("Fn::", name),
        };
        self.push(cell, tag)?;
        Ok(at)
    }

    /// Closes it.
    pub(super) fn close_function(&mut self, at: usize, end: u32) {
        self.depth -= 1;
        self.cells[at].extent = (self.cells.len() - at) as u32;
        self.spans[at].end = end;
    }

    /// The cell of an unquoted scalar without a tag.
    pub(super) fn plain(&mut self, value: &str, span: Span) -> Cell {
        self.remark_on_account(value, span);
        match scalar::resolve(value) {
            Plain::Null => word(Kind::Null),
            Plain::Bool(true) => word(Kind::True),
            Plain::Bool(false) => word(Kind::False),
            Plain::Number => number(self.string(value, span)),
            Plain::Text => self.string(value, span),
        }
    }

    /// A scalar with a tag of YAML's own; what cannot be read as its tag says stays text.
    pub(super) fn core(&mut self, kind: &str, value: &str, span: Span) -> Cell {
        let text = self.string(value, span);
        match (kind, scalar::boolean(value)) {
            ("null", _) => word(Kind::Null),
            ("bool", Some(true)) => word(Kind::True),
            ("bool", Some(false)) => word(Kind::False),
            ("int", _) if scalar::integer(value).is_some() => number(text),
            ("float", _) if scalar::number(value).is_some() => number(text),
            _ => text,
        }
    }

    /// A remark where a reader of YAML makes another number of an account id.
    pub(super) fn remark_on_account(&mut self, value: &str, span: Span) {
        if scalar::is_endangered_account(value) {
            let harm = match scalar::integer(value) {
                Some(number) => format!("is read as the octal number {number}"),
                None => "loses its zero in some readers of YAML".to_owned(),
            };
            self.remarks
                .push(Remark { message: format!("{value} {harm}: an account id needs quotes"), span });
        }
    }
}

fn word(kind: Kind) -> Cell {
    Cell { kind, start: 0, len: 0, extent: 1 }
}

/// A number keeps its text, which stands in the source.
fn number(cell: Cell) -> Cell {
    if cell.kind == Kind::Text { Cell { kind: Kind::NumberText, ..cell } } else { cell }
}

#[cfg(test)]
mod tests {
    use crate::source::Source;
    use crate::syntax::{Document, SyntaxError, View, parse};
    use std::sync::Arc;

    fn read(text: &str) -> Result<Document, SyntaxError> {
        parse(Arc::new(Source::new("t", text)))
    }

    fn value(text: &str) -> String {
        format!("{:?}", read(text).unwrap_or_else(|error| panic!("{error:?}: {text}")).root())
    }

    #[test]
    fn short_tags_become_the_long_form() {
        for (text, expected) in [
            ("- !Ref x", r#"[{"Ref": "x"}]"#),
            ("- !Condition c", r#"[{"Condition": "c"}]"#),
            ("- !GetAtt A.B", r#"[{"Fn::GetAtt": "A.B"}]"#),
            ("- !GetAtt [A, B.C]", r#"[{"Fn::GetAtt": ["A", "B.C"]}]"#),
            ("- !Join ['', [a, !Ref b]]", r#"[{"Fn::Join": ["", ["a", {"Ref": "b"}]]}]"#),
            (
                "- !If\n  - c\n  - !Sub |-\n    ${x}\n  - !Ref AWS::NoValue",
                r#"[{"Fn::If": ["c", {"Fn::Sub": "${x}"}, {"Ref": "AWS::NoValue"}]}]"#,
            ),
            ("k: !Sub\n- a${b}\n- b: 1\n", r#"{"k": {"Fn::Sub": ["a${b}", {"b": 1}]}}"#),
            (
                "!Transform {Name: N, Parameters: {a: 1}}",
                r#"{"Fn::Transform": {"Name": "N", "Parameters": {"a": 1}}}"#,
            ),
            (
                "- !GetAZs ''\n- !GetAZs\n- !Select [0, x]",
                r#"[{"Fn::GetAZs": ""}, {"Fn::GetAZs": ""}, {"Fn::Select": [0, "x"]}]"#,
            ),
            ("- !<!Ref> x\n- !Anything::Else {}", r#"[{"Ref": "x"}, {"Fn::Anything::Else": {}}]"#),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
        for name in
            "Sub FindInMap Base64 Cidr ImportValue And Or Not Equals Length ToJsonString GetStackOutput Split"
                .split(' ')
        {
            assert_eq!(value(&format!("!{name} [a]")), format!(r#"{{"Fn::{name}": ["a"]}}"#));
        }
    }

    #[test]
    fn tagged_and_quoted_scalars_are_never_resolved_but_core_tags_are_honoured() {
        for (text, expected) in [
            (
                "[!Ref 1, !Ref yes, !Ref ~, '1', \"true\", '']",
                r#"[{"Ref": "1"}, {"Ref": "yes"}, {"Ref": "~"}, "1", "true", ""]"#,
            ),
            (
                "[!!str 1, !!str yes, !!int '12', !!float 1e3, !!bool 'no', !!null x, ! 5]",
                r#"["1", "yes", 12, 1e3, false, null, "5"]"#,
            ),
            (
                "[!!int x, !!bool maybe, !!float '', !!binary aGk=, !!timestamp 2012-10-17]",
                r#"["x", "maybe", "", "aGk=", "2012-10-17"]"#,
            ),
            (
                "{a: !!map {b: !!seq [1]}, c: !!set {d, e}}",
                r#"{"a": {"b": [1]}, "c": {"d": null, "e": null}}"#,
            ),
        ] {
            assert_eq!(value(&format!("- {text}")), format!("[{expected}]"), "{text}");
        }
    }

    #[test]
    fn a_number_keeps_its_text_and_knows_its_value() {
        let document = read("- [0x1F, 017, 1_000, 1.50, .inf, -3]").unwrap();
        let numbers = document.root().items().next().unwrap().items().map(|item| match item.view() {
            View::Number(number) => (number.text().into_owned(), number.as_i64(), number.as_f64()),
            other => panic!("{other:?}"),
        });
        let expected = [
            ("0x1F", Some(31), 31.0),
            ("017", Some(15), 15.0),
            ("1_000", Some(1000), 1000.0),
            ("1.50", None, 1.5),
            (".inf", None, f64::INFINITY),
            ("-3", Some(-3), -3.0),
        ];
        assert!(numbers.eq(expected.map(|(text, whole, value)| (text.to_owned(), whole, value))));
    }

    #[test]
    fn an_unquoted_account_id_with_a_leading_zero_is_remarked_on() {
        for (text, remark) in [
            (
                "a: 012345670123",
                "012345670123 is read as the octal number 1402433619: an account id needs quotes",
            ),
            (
                "a: 098765432109",
                "098765432109 loses its zero in some readers of YAML: an account id needs quotes",
            ),
            (
                "012345670123: a",
                "012345670123 is read as the octal number 1402433619: an account id needs quotes",
            ),
        ] {
            let document = read(text).unwrap();
            let [found] = document.remarks() else { panic!("{text}: {:?}", document.remarks()) };
            assert_eq!((found.message.as_str(), document.source().slice(found.span).len()), (remark, 12));
        }
        assert!(
            read("a: '012345670123'\nb: 123456789012\nc: !Ref 012345670123").unwrap().remarks().is_empty()
        );
    }
}
