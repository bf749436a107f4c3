//! Whom and what a policy statement admits: principals, conditions, and when either is open.
//!
//! A condition narrows who calls when a positive operator holds a key that names callers against fixed values; it
//! limits which resources are meant when the key is one of a resource. Negated operators and `...IfExists` do neither.
use super::super::pattern;
use crate::value::{Hole, Piece, Place, Resolved, Resolver, Truth, Unknown, Value};
use std::rc::Rc;

/// Condition operators that admit only what they name; negated, `...IfExists` and `Null` do not.
const POSITIVE: [&str; 9] = [
    "ArnEquals",
    "ArnLike",
    "Bool",
    "IpAddress",
    "NumericEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "BinaryEquals",
];

/// Condition keys that say who calls, or from where.
const CALLER_KEYS: [&str; 15] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/// Condition keys that say nothing of which resource is meant.
const NOT_OF_RESOURCES: [&str; 9] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:referer",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:useragent",
    "aws:viaawsservice",
];

/// One principal of a statement.
#[derive(Clone)]
pub(super) struct Principal<'a> {
    pub kind: Resolved<'a>,
    pub value: Resolved<'a>,
}

/// One key of a statement's condition.
#[derive(Clone)]
pub(super) struct Condition<'a> {
    pub operator: Resolved<'a>,
    pub key: Resolved<'a>,
    pub values: Resolved<'a>,
    pub known_values: Rc<[Resolved<'a>]>,
}

impl<'a> Condition<'a> {
    fn positive(&self) -> Truth {
        let Some(operator) = self.operator.value.scalar_text() else { return Truth::Unknown };
        let operator = operator.strip_prefix("ForAnyValue:").unwrap_or(operator);
        POSITIVE.iter().any(|name| name.eq_ignore_ascii_case(operator)).into()
    }

    /// Whether the condition limits who calls: a positive operator with fixed values on a key that names callers.
    pub fn narrows(&self, resolver: &Resolver<'_, 'a>) -> Truth {
        let Some(key) = self.key.value.scalar_text() else { return Truth::Unknown };
        let key = key.to_ascii_lowercase();
        if !CALLER_KEYS.contains(&key.as_str()) {
            return Truth::False;
        }
        let fixed = self.known_values.iter().fold(Truth::True, |all, value| {
            let open = match pattern::marked(resolver, &value.value) {
                Some(text) if pattern::has_hole(&text) => false,
                Some(text) => is_open_value(&key, &text),
                None => false,
            };
            all.and((!open).into())
        });
        self.positive().and(fixed)
    }

    /// Whether the condition limits which resources are meant.
    pub fn scopes(&self, resolver: &Resolver<'_, 'a>) -> Truth {
        let Some(key) = self.key.value.scalar_text() else { return Truth::Unknown };
        if NOT_OF_RESOURCES.contains(&key.to_ascii_lowercase().as_str()) {
            return Truth::False;
        }
        let fixed = self.known_values.iter().all(|value| {
            pattern::marked(resolver, &value.value).is_none_or(|text| text.chars().any(|c| c != '*'))
        });
        self.positive().and(fixed.into())
    }
}

/// A value of a caller's key that admits everybody.
fn is_open_value(key: &str, text: &str) -> bool {
    match key {
        "aws:sourceip" => text.ends_with("/0"),
        "aws:sourcearn" | "aws:principalarn" | "s3:dataaccesspointarn" => {
            // An account, or a bucket or topic by name, narrows; six stars do not.
            let fields: Vec<&str> = text.splitn(6, ':').collect();
            match fields.as_slice() {
                [_, _, _, _, account, resource] => {
                    matches!(*account, "*" | "") && resource.trim_matches(['*', '/', ':']).is_empty()
                }
                _ => text.chars().all(|c| c == '*'),
            }
        }
        _ => text.chars().all(|c| c == '*'),
    }
}

/// Whether some condition does.
pub(super) fn any_condition<'a>(
    conditions: &[Condition<'a>],
    holds: impl Fn(&Condition<'a>) -> Truth,
) -> Truth {
    conditions.iter().fold(Truth::False, |any, condition| any.or(holds(condition)))
}

/// Whether some value does, and which.
pub(super) fn any_of<'a>(
    values: Option<&[Resolved<'a>]>,
    place: Place,
    holds: impl Fn(&Value<'a>) -> Truth,
) -> (Truth, Place) {
    let mut result = (Truth::False, place);
    for value in values.unwrap_or_default() {
        match holds(&value.value) {
            Truth::True => return (Truth::True, value.place),
            Truth::Unknown => result = (Truth::Unknown, value.place),
            Truth::False => {}
        }
    }
    result
}

/// `*`, or an ARN whose every part behind the service is open.
pub(super) fn is_any<'a>(resolver: &Resolver<'_, 'a>, value: &Value<'a>) -> Truth {
    let end = match value {
        Value::Text(text) => Some(text),
        Value::Partial(pieces) => match pieces.last() {
            Some(Piece::Literal(end)) => Some(end),
            _ => None,
        },
        _ => None,
    };
    if end.is_some_and(|end| !end.ends_with('*')) {
        return Truth::False;
    }
    let Some(text) = pattern::marked(resolver, value) else { return Truth::Unknown };
    if text == "*" {
        return Truth::True;
    }
    let mut fields = text.splitn(6, ':');
    if let [Some(arn), _, _, Some(region), Some(account), Some(resource)] =
        std::array::from_fn(|_| fields.next())
    {
        let open = |field: &str| field.is_empty() || field == "*";
        return (arn == "arn" && resource == "*" && open(region) && open(account)).into();
    }
    if !pattern::has_hole(&text) {
        return Truth::False;
    }
    match value {
        Value::Hole(Hole::Reference { .. }) => Truth::False,
        Value::Hole(Hole::Unknown(
            Unknown::Parameter { .. }
            | Unknown::Element { .. }
            | Unknown::Function { .. }
            | Unknown::Mapping { .. }
            | Unknown::Condition { .. },
        )) => Truth::Unknown,
        _ => Truth::False,
    }
}

/// Whether some principal is everyone, and which.
pub(super) fn everyone<'a>(
    resolver: &Resolver<'_, 'a>,
    principals: &[Principal<'a>],
    place: Place,
) -> (Truth, Place) {
    let mut result = (Truth::False, place);
    for principal in principals {
        let kind = principal.kind.value.scalar_text();
        if !matches!(kind, Some("*" | "AWS") | None) {
            continue;
        }
        let truth = match pattern::marked(resolver, &principal.value.value) {
            Some(text) if text == "*" => Truth::True,
            Some(text) => {
                let any_account = text.split(':').nth(4) == Some("*") && text.starts_with("arn:");
                if any_account { Truth::True } else { could_be_star(&principal.value.value) }
            }
            None => Truth::Unknown,
        };
        match truth {
            Truth::True => return (Truth::True, principal.value.place),
            Truth::Unknown => result = (Truth::Unknown, principal.value.place),
            Truth::False => {}
        }
    }
    result
}

/// Whether a whole unknown could turn out to be `*`: a parameter could, a reference could not.
fn could_be_star(value: &Value<'_>) -> Truth {
    match value.as_unknown() {
        Some(Unknown::Pseudo { .. } | Unknown::Import { .. }) | None => Truth::False,
        Some(_) => Truth::Unknown,
    }
}
