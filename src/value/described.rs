//! What is known of an open value, in words: "one of dev, prod", "at least 1, at most 10", "matches ^a+$".
use super::bound::{is_stored, is_text, number, type_of};
use super::hole::{Hole, Unknown};
use super::model::Value;
use super::parameter::is_list_type;
use super::resolver::Resolver;
use crate::graph::StackId;
use crate::syntax::Node;
use crate::template;
use std::borrow::Cow;

impl<'a> Resolver<'_, 'a> {
    /// What is known of an open value, each way in the words that the caller has for it; none where nothing is, or where
    /// it is made of a secret.
    pub fn bounds_in_words(
        &self,
        value: &Value<'a>,
        in_words: impl Fn(&Value<'a>) -> Cow<'static, str>,
    ) -> Option<String> {
        if value.holes().any(|hole| self.is_secret(hole)) {
            return None;
        }
        match *value {
            Value::Hole(hole @ Hole::Unknown(Unknown::Parameter { stack, name, .. })) => {
                let bounds = self.declared_bounds(stack, name)?;
                Some(if self.is_list(hole) { format!("each {bounds}") } else { bounds })
            }
            Value::Hole(Hole::Unknown(Unknown::Element { stack, name, .. })) => {
                self.declared_bounds(stack, name)
            }
            _ => {
                let mut texts: Vec<Cow<'_, str>> = Vec::new();
                for text in self.forms(value).iter().map(in_words) {
                    if !texts.contains(&text) {
                        texts.push(text);
                    }
                }
                (!texts.is_empty()).then(|| one_of(&texts))
            }
        }
    }

    fn is_secret(&self, hole: Hole<'a>) -> bool {
        match hole {
            Hole::Unknown(Unknown::Parameter { stack, name, .. } | Unknown::Element { stack, name, .. }) => {
                self.declaration(stack, name).is_some_and(template::is_secret)
            }
            _ => false,
        }
    }

    /// What the declaration of an open parameter says of its values, in words; nothing of a secret, nor of what says
    /// nothing.
    fn declared_bounds(&self, stack: StackId, name: &'a str) -> Option<String> {
        let declared = self.declaration(stack, name)?;
        let type_name = type_of(declared);
        if is_stored(type_name) || template::is_secret(declared) {
            return None;
        }
        let allowed = match is_list_type(type_name) {
            true => self.allowed_elements(stack, name),
            false => self.left_values(stack, name),
        };
        if let Some(allowed) = allowed {
            return Some(one_of(&allowed));
        }
        let mut words = Vec::new();
        let mut say = |key: &str, text: &str| {
            let limit = declared.get(key).and_then(number);
            words.extend(limit.map(|limit| text.replace("{}", &limit.to_string())));
        };
        match type_name {
            "Number" => {
                say("MinValue", "at least {}");
                say("MaxValue", "at most {}");
            }
            name if is_text(name) => {
                say("MinLength", "at least {} characters");
                say("MaxLength", "at most {} characters");
            }
            _ => {}
        }
        if self.pattern(stack, declared).is_some() {
            let pattern = declared.get("AllowedPattern").map(Node::text_or_empty).unwrap_or_default();
            words.push(format!("matches {pattern}"));
        }
        if let Some(set) = self.asserted(stack, name).filter(|set| set.without) {
            words.push(format!("not {}", one_of(&set.texts)));
        }
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// Most values that are told of one set.
const TOLD: usize = 12;

/// A set in words: "one of dev, prod".
fn one_of(texts: &[Cow<'_, str>]) -> String {
    let quoted = |text: &Cow<'_, str>| match text.is_empty() || text.contains([' ', ',']) {
        true => format!("{text:?}"),
        false => text.to_string(),
    };
    let told: Vec<String> = texts.iter().take(TOLD).map(quoted).collect();
    let more = texts.len().saturating_sub(TOLD);
    match (&told[..], more) {
        ([single], 0) => single.clone(),
        (_, 0) => format!("one of {}", told.join(", ")),
        _ => format!("one of {} and {more} more", told.join(", ")),
    }
}
