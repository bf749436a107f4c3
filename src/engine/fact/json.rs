//! A JSON text inside a template (a policy document, a pattern) as a computed value.
//!
//! The text may have holes, from `Fn::Sub` or `Fn::ToJsonString`, as long as they stand inside strings: such a string
//! is a text with the same holes. A map with a hole in one of its keys is not known.
use super::list;
use crate::value::{Hole, MapValue, Piece, Place, Resolved, TextBuilder, Unknown, Value};
use std::borrow::Cow;

/// Stand before and behind the number of a hole while the text is parsed. Private-use characters, valid inside JSON
/// strings and nowhere else.
const BEFORE: char = '\u{f0000}';
const BEHIND: char = '\u{f0001}';

/// The value of a JSON text; every part of it stands at the text's own place. None where it is not JSON.
pub(super) fn parse<'a>(text: &Value<'a>, place: Place) -> Option<Resolved<'a>> {
    match text {
        Value::Text(text) => Some(Reader { holes: &[], place }.read(serde_json::from_str(text).ok()?)),
        Value::Partial(pieces) => {
            let mut holes = Vec::new();
            let mut marked = String::new();
            for piece in pieces.iter() {
                match piece {
                    Piece::Literal(text) if text.contains(BEFORE) => return None,
                    Piece::Literal(text) => marked.push_str(text),
                    Piece::Hole(hole) => {
                        marked.push_str(&format!("{BEFORE}{}{BEHIND}", holes.len()));
                        holes.push(*hole);
                    }
                }
            }
            Some(Reader { holes: &holes, place }.read(serde_json::from_str(&marked).ok()?))
        }
        _ => None,
    }
}

struct Reader<'h, 'a> {
    holes: &'h [Hole<'a>],
    place: Place,
}

impl<'a> Reader<'_, 'a> {
    fn read(&self, value: serde_json::Value) -> Resolved<'a> {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::Number(number) => {
                Value::Number(number.as_f64().unwrap_or(f64::NAN), Cow::Owned(number.to_string()))
            }
            serde_json::Value::String(text) => self.text(text),
            serde_json::Value::Array(items) => list(items.into_iter().map(|item| self.read(item)).collect()),
            serde_json::Value::Object(entries) if entries.keys().any(|key| self.is_open(key)) => {
                Value::unknown(Unknown::Shape("a key of the JSON text is decided at deployment"))
            }
            serde_json::Value::Object(entries) => Value::Map(MapValue::Built(
                entries.into_iter().map(|(key, value)| (Cow::Owned(key), self.read(value))).collect(),
            )),
        }
        .at(self.place)
    }

    fn is_open(&self, text: &str) -> bool {
        !self.holes.is_empty() && text.contains(BEFORE)
    }

    fn text(&self, text: String) -> Value<'a> {
        if !self.is_open(&text) {
            return Value::Text(Cow::Owned(text));
        }
        let mut builder = TextBuilder::default();
        for part in text.split_inclusive(BEHIND) {
            let (literal, number) = part.split_once(BEFORE).unwrap_or((part, ""));
            builder.literal(Cow::Owned(literal.to_owned()));
            let index = number.trim_end_matches(BEHIND).parse::<usize>().ok();
            if let Some(hole) = index.and_then(|index| self.holes.get(index)) {
                builder.hole(*hole);
            }
        }
        builder.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::StackId;
    use crate::syntax::NodeId;

    fn parse_pieces(pieces: Vec<Piece<'static>>) -> Option<Value<'static>> {
        let place = Place { stack: StackId(0), node: NodeId(0) };
        parse(&Value::Partial(pieces.into()), place).map(|parsed| parsed.value)
    }

    fn literal(text: &'static str) -> Piece<'static> {
        Piece::Literal(text.into())
    }

    #[test]
    fn holes_inside_strings_stay_holes_and_others_make_the_text_unknown() {
        let hole = Hole::Unknown(Unknown::Dynamic("x"));
        let parsed = parse_pieces(vec![
            literal(r#"{"a": ["x-"#),
            Piece::Hole(hole),
            literal(r#"-\"y", ""#),
            Piece::Hole(hole),
            literal(r#""]}"#),
        ]);
        let Some(Value::Map(MapValue::Built(pairs))) = parsed else { panic!("{parsed:?}") };
        let Value::List(crate::value::ListValue::Built(items)) = &pairs[0].1.value else {
            panic!("{pairs:?}")
        };
        let Value::Partial(pieces) = &items[0].value else { panic!("{items:?}") };
        assert_eq!(pieces[..], [literal("x-"), Piece::Hole(hole), literal("-\"y")]);
        assert!(matches!(items[1].value, Value::Hole(other) if other == hole));
        assert!(parse_pieces(vec![literal(r#"{"a": "#), Piece::Hole(hole), literal("}")]).is_none());
        let key = parse_pieces(vec![literal("{\""), Piece::Hole(hole), literal("\": 1}")]);
        assert!(matches!(key, Some(Value::Hole(Hole::Unknown(Unknown::Shape(_))))));
        assert!(
            parse_pieces(vec![literal("\"\u{f0000}0\u{f0001}"), Piece::Hole(hole), literal("\"")]).is_none()
        );
    }
}
