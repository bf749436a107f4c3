//! The rule of a composite alarm -> the alarms that it names.
//!
//! `ALARM("errors") OR OK(arn:aws:cloudwatch:...:alarm:latency)`: what stands in the parentheses of a state, in quotes or
//! not, is a name or an ARN, and may have holes like any text.
use super::model::{Piece, Value};
use super::resolver::Resolver;
use super::text::TextBuilder;
use crate::graph::ResourceId;
use std::borrow::Cow;

/// The functions of a rule that ask the state of an alarm.
const STATES: [&str; 3] = ["ALARM", "OK", "INSUFFICIENT_DATA"];

/// The type of what has such a rule.
pub(super) const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";

impl<'a> Resolver<'_, 'a> {
    /// The alarms that a value of a resource names, where that is a composite alarm.
    pub fn alarms_named(&self, owner: ResourceId, value: &Value<'a>) -> Vec<ResourceId> {
        let owner = self.world.graph.resource(owner);
        if owner.declared.type_name != COMPOSITE {
            return Vec::new();
        }
        names(value).iter().flat_map(|name| self.resources_named(name, owner.stack)).collect()
    }
}

/// The names in a rule, in order; of what is no text, none.
pub(super) fn names<'a>(rule: &Value<'a>) -> Vec<Value<'a>> {
    let single;
    let pieces: &[Piece<'a>] = match rule {
        Value::Text(text) => {
            single = [Piece::Literal(text.clone())];
            &single
        }
        Value::Partial(pieces) => pieces,
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    let mut name: Option<TextBuilder<'a>> = None;
    for piece in pieces {
        let text = match piece {
            Piece::Literal(text) => text,
            Piece::Hole(hole) => {
                if let Some(name) = &mut name {
                    name.hole(*hole);
                }
                continue;
            }
        };
        let mut rest: &str = text;
        while !rest.is_empty() {
            match &mut name {
                None => match rest.split_once('(') {
                    Some((before, behind)) => {
                        let before = before.trim_end();
                        if STATES.iter().any(|state| before.ends_with(state)) {
                            name = Some(TextBuilder::default());
                        }
                        rest = behind;
                    }
                    None => rest = "",
                },
                Some(open) => {
                    let (inside, behind) = match rest.split_once(')') {
                        Some((inside, behind)) => (inside, Some(behind)),
                        None => (rest, None),
                    };
                    open.literal(Cow::Owned(inside.trim().trim_matches(['"', '\'']).to_owned()));
                    if behind.is_some() {
                        found.extend(name.take().map(TextBuilder::finish));
                    }
                    rest = behind.unwrap_or_default();
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Hole, Unknown};

    fn texts(rule: Value<'static>) -> Vec<String> {
        let text = |value: &Value<'_>| match value {
            Value::Text(text) => text.to_string(),
            Value::Partial(pieces) => format!("{} pieces", pieces.len()),
            other => other.kind().to_owned(),
        };
        names(&rule).iter().map(text).collect()
    }

    #[test]
    fn names_stand_in_the_parentheses_of_states() {
        let rule =
            "ALARM(\"a b\") AND (OK(arn:aws:cloudwatch:::alarm:c) OR NOT INSUFFICIENT_DATA ( 'd' )) OR TRUE";
        assert_eq!(texts(Value::text(rule)), ["a b", "arn:aws:cloudwatch:::alarm:c", "d"]);
        assert_eq!(texts(Value::text("TRUE")), [""; 0]);
        assert_eq!(texts(Value::text("ALARM(open")), [""; 0]);
    }

    #[test]
    fn names_may_have_holes() {
        let hole = Piece::Hole(Hole::Unknown(Unknown::Dynamic("x")));
        let rule = |before: &'static str, behind: &'static str| {
            let pieces = vec![Piece::Literal(before.into()), hole.clone(), Piece::Literal(behind.into())];
            Value::Partial(pieces.into())
        };
        assert_eq!(texts(rule("ALARM(\"", "\") OR OK(e)")), ["decided at deployment", "e"]);
        assert_eq!(texts(rule("ALARM(a-", "-b)")), ["3 pieces"]);
        assert_eq!(texts(rule("NOT ", " OR OK(e)")), ["e"]);
    }
}
