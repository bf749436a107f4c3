//! The words of messages: `{logical_id}`, `{stack}`, `{type}`, `{property}`, `{value}`, `{missing}`, `{param.NAME}`.
use crate::finding::Piece;
use crate::rule::{ParamValue, Rule};
use crate::value::{Hole, Piece as Part, Resolver, Value, known_text};

/// The pieces of a message; parameters are put in. What is no placeholder stays as it is.
pub(super) fn pieces(message: &str, rule: &Rule) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = message;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|close| open + close) else { break };
        text.push_str(&rest[..open]);
        match placeholder(&rest[open + 1..close], rule) {
            Some(Piece::Text(param)) => text.push_str(&param),
            Some(piece) => {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text).into()));
                }
                pieces.push(piece);
            }
            None => text.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text.into()));
    }
    pieces
}

fn placeholder(name: &str, rule: &Rule) -> Option<Piece> {
    Some(match name {
        "logical_id" => Piece::Whose,
        "stack" => Piece::Stack,
        "type" => Piece::Kind,
        "property" => Piece::Property,
        "value" => Piece::Value,
        "missing" => Piece::Missing,
        _ => {
            let name = name.strip_prefix("param.")?;
            let param = rule.params.iter().find(|param| param.name == name)?;
            Piece::Text(match &param.value {
                ParamValue::Number(value) => value.to_string().into(),
                ParamValue::Text(text) => text.as_str().into(),
                ParamValue::Bool(value) => value.to_string().into(),
                ParamValue::List(items) => items.join(", ").into(),
            })
        }
    })
}

/// A value in a few words. Long texts are cut.
pub(super) fn show<'a>(resolver: &Resolver<'_, 'a>, value: &Value<'a>) -> String {
    let text = in_full(resolver, value);
    match text.char_indices().nth(100) {
        Some((cut, _)) => format!("{}...", &text[..cut]),
        None => text,
    }
}

/// A value in words, whatever its length.
pub(super) fn in_full<'a>(resolver: &Resolver<'_, 'a>, value: &Value<'a>) -> String {
    let hole = |hole: &Hole<'_>| match hole {
        Hole::Reference { resource, attribute } => {
            let id = resolver.world.graph.resource(*resource).declared.logical_id();
            match attribute {
                Some(attribute) => format!("${{{id}.{attribute}}}"),
                None => format!("${{{id}}}"),
            }
        }
        Hole::Unknown(crate::value::Unknown::Pseudo { name, .. }) => format!("${{{name}}}"),
        Hole::Unknown(crate::value::Unknown::Parameter { name, .. }) => format!("${{{name}}}"),
        Hole::Unknown(crate::value::Unknown::Element { name, index: Some(index), .. }) => {
            format!("${{{name}[{index}]}}")
        }
        Hole::Unknown(_) => "${...}".to_owned(),
    };
    match known_text(resolver, value) {
        Some(text) => text.into_owned(),
        None => match value {
            Value::Hole(single) => hole(single),
            Value::Partial(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Part::Literal(text) => text.to_string(),
                    Part::Hole(inner) => hole(inner),
                })
                .collect(),
            other => other.kind().to_owned(),
        },
    }
}
