//! What is wrong with a file of rules or policy, and where.
use crate::finding::Location;
use crate::source::{Source, Span};
use std::sync::Arc;

/// A mistake in a rule file or in `stackproof.yaml`.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub location: Location,
    /// The way out: what could have been meant, or what is allowed.
    pub help: Option<String>,
    /// Whether the file can be used all the same.
    pub warning: bool,
}

impl RuleError {
    /// An error at a place.
    pub fn new(source: &Arc<Source>, span: Span, message: impl Into<String>) -> RuleError {
        let location = Location { source: source.clone(), span };
        RuleError { message: message.into(), location, help: None, warning: false }
    }

    /// The same, with a way out.
    pub fn with_help(mut self, help: impl Into<String>) -> RuleError {
        self.help = Some(help.into());
        self
    }
}

/// "did you mean X?", or the list of what is allowed.
pub(crate) fn suggestion<'a>(wrong: &str, allowed: impl Iterator<Item = &'a str> + Clone) -> String {
    // What is cut short is meant, however much of it is missing.
    let begun = allowed.clone().find(|name| wrong.len() >= 3 && name.starts_with(wrong));
    let nearest = allowed
        .clone()
        .map(|name| (strsim::damerau_levenshtein(&wrong.to_lowercase(), &name.to_lowercase()), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.len() / 3);
    match begun.or(nearest.map(|(_, name)| name)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("one of: {}", allowed.collect::<Vec<_>>().join(", ")),
    }
}
