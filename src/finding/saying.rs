//! What all findings of a clause say, once for all of them: rule, title, page, fix, and the words of the message around what
//! differs from one finding to the next.
use super::{Fix, Severity};
use std::sync::Arc;

/// What is the same for all findings of one clause of a rule under one profile.
#[derive(Clone, Debug)]
pub struct Saying {
    /// The rule's id.
    pub rule: Arc<str>,
    /// How grave it is under that profile.
    pub severity: Severity,
    /// The rule's title.
    pub title: &'static str,
    /// How to mend it.
    pub fix: Arc<Fix>,
    /// The first page of AWS's documentation that the rule cites.
    pub see: Option<&'static str>,
    /// Whether the value is a secret: reports say where it stands, and never show the line.
    pub concealed: bool,
    /// What is wrong, in a sentence that names the thing.
    pub message: Vec<Piece>,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words that are the same for all.
    Text(Box<str>),
    /// The logical id, else the stack.
    Whose,
    /// The stack, else the app.
    Stack,
    /// The type.
    Kind,
    /// The property, else the resource.
    Property,
    /// The value that decided.
    Value,
    /// What is missing.
    Missing,
}
