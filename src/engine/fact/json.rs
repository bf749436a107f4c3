//! A JSON text inside a template (a policy document, a pattern) as a computed value.
use super::list;
use crate::value::{MapValue, Place, Resolved, Value};
use std::borrow::Cow;

/// The value of a JSON text; every part of it stands at the text's own place. None where it is not JSON.
pub(super) fn parse<'a>(text: &str, place: Place) -> Option<Resolved<'a>> {
    serde_json::from_str(text).ok().map(|value| convert(value, place))
}

fn convert<'a>(value: serde_json::Value, place: Place) -> Resolved<'a> {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::Number(number) => {
            Value::Number(number.as_f64().unwrap_or(f64::NAN), Cow::Owned(number.to_string()))
        }
        serde_json::Value::String(text) => Value::Text(Cow::Owned(text)),
        serde_json::Value::Array(items) => list(items.into_iter().map(|item| convert(item, place)).collect()),
        serde_json::Value::Object(entries) => Value::Map(MapValue::Built(
            entries.into_iter().map(|(key, value)| (Cow::Owned(key), convert(value, place))).collect(),
        )),
    }
    .at(place)
}
