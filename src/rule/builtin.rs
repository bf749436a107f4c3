//! The built-in rules, embedded as compact JSON by the build script.
//!
//! What runs is read at start through the tape; what only people read (reasons, links, examples) is a text of
//! its own, read when somebody asks.
use super::model::Rule;
use super::reader::Reader;
use crate::source::Source;
use crate::syntax::{self, Document, Node};
use std::sync::Arc;

const RUN: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));
const DOCS: &str = include_str!(concat!(env!("OUT_DIR"), "/docs.json"));
pub(super) const CHECKLIST: &str = include_str!(concat!(env!("OUT_DIR"), "/checklist.json"));

/// The built-in rules, sorted by id, without what only people read.
pub fn builtin() -> Vec<Rule> {
    let document = embedded(RUN);
    document.root().items().filter_map(|node| Reader::new(&document, false).rule(node)).collect()
}

/// The built-in rules, sorted by id, with reasons, links, other tools' names and examples.
pub fn builtin_documented() -> Vec<Rule> {
    let mut rules = builtin();
    let document = embedded_docs();
    let root = document.root();
    let docs: Vec<(&str, Node<'_>)> =
        root.items().filter_map(|node| Some((node.get("id")?.as_str()?, node))).collect();
    for rule in &mut rules {
        if let Some((_, node)) = docs.iter().find(|(id, _)| *id == &*rule.id) {
            rule.docs = Reader::new(&document, false).docs(*node);
            rule.docs.source = None;
        }
    }
    rules
}

pub(super) fn embedded(text: &str) -> Document {
    syntax::parse(Arc::new(Source::new("built-in rules", text)))
        .expect("invariant: the build script writes JSON")
}

/// What only people read of the built-in rules.
pub(super) fn embedded_docs() -> Document {
    embedded(DOCS)
}

/// The built-in rule of an id, with its parameters overridden.
pub(super) fn builtin_with(id: &str, overrides: &super::load::Overrides) -> Option<Rule> {
    let document = embedded(RUN);
    let node = document.root().items().find(|node| node.get("id").and_then(Node::as_str) == Some(id))?;
    let mut reader = Reader::new(&document, false);
    reader.overrides = overrides.clone();
    reader.rule(node)
}
