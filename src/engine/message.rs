//! Filling in messages: `{logical_id}`, `{stack}`, `{type}`, `{property}`, `{value}`, `{missing}`, `{param.NAME}`.
use crate::finding::Subject;
use crate::rule::{ParamValue, Rule};
use crate::value::{Hole, Piece, Value, World, known_text};

/// What a message can speak of.
pub(super) struct Words<'m> {
    pub subject: &'m Subject,
    pub property: Option<&'m str>,
    pub value: String,
    pub missing: &'m str,
}

/// A message with its placeholders filled in. What is no placeholder stays as it is.
pub(super) fn fill(text: &str, rule: &Rule, words: &Words<'_>) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|close| open + close) else { break };
        filled.push_str(&rest[..open]);
        let name = &rest[open + 1..close];
        match word(name, rule, words) {
            Some(word) => filled.push_str(&word),
            None => filled.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    filled.push_str(rest);
    filled
}

fn word(name: &str, rule: &Rule, words: &Words<'_>) -> Option<String> {
    let subject = words.subject;
    Some(match name {
        "logical_id" => subject.resource.clone().unwrap_or_else(|| subject.stack.clone()),
        "stack" if subject.stack.is_empty() => "the app".to_owned(),
        "stack" => subject.stack.clone(),
        "type" => subject.kind.clone(),
        "property" => words.property.unwrap_or("the resource").to_owned(),
        "value" => words.value.clone(),
        "missing" => words.missing.to_owned(),
        _ => match &rule.params.iter().find(|param| Some(&*param.name) == name.strip_prefix("param."))?.value
        {
            ParamValue::Number(value) => value.to_string(),
            ParamValue::Text(text) => text.clone(),
            ParamValue::Bool(value) => value.to_string(),
            ParamValue::List(items) => items.join(", "),
        },
    })
}

/// A value in a few words. Long texts are cut.
pub(super) fn show(world: &World<'_>, value: &Value<'_>) -> String {
    let text = in_full(world, value);
    match text.char_indices().nth(100) {
        Some((cut, _)) => format!("{}...", &text[..cut]),
        None => text,
    }
}

/// A value in words, whatever its length.
pub(super) fn in_full(world: &World<'_>, value: &Value<'_>) -> String {
    let hole = |hole: &Hole<'_>| match hole {
        Hole::Reference { resource, attribute } => {
            let id = world.graph.resource(*resource).declared.logical_id;
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
    match known_text(world, value) {
        Some(text) => text.into_owned(),
        None => match value {
            Value::Hole(single) => hole(single),
            Value::Partial(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => text.to_string(),
                    Piece::Hole(inner) => hole(inner),
                })
                .collect(),
            other => other.kind().to_owned(),
        },
    }
}
