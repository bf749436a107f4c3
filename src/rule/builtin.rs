//! The built-in rules, embedded by the build script.
//!
//! What tells whether a rule is asked at all is data of the binary. What it asks, and what only people read, are two JSON
//! texts of each rule, read through the tape when somebody asks.
use super::body::LazyBody;
use super::docs::Docs;
use super::level::Raise;
use super::load::Overrides;
use super::model::{Body, Match, Rule};
use super::reader::Reader;
use crate::source::Source;
use crate::syntax::{self, Document};
use std::sync::Arc;

/// Sorted by id.
static RULES: &[Embedded] = &include!(concat!(env!("OUT_DIR"), "/rules.rs"));
pub(super) const CHECKLIST: &str = include_str!(concat!(env!("OUT_DIR"), "/checklist.json"));

/// A built-in rule as the build script writes it.
#[derive(Debug)]
pub(super) struct Embedded {
    id: &'static str,
    checklist: &'static str,
    matches: &'static [&'static str],
    body: &'static str,
    docs: &'static str,
}

impl Embedded {
    fn named(id: &str) -> Option<&'static Embedded> {
        RULES.binary_search_by(|rule| rule.id.cmp(id)).ok().map(|index| &RULES[index])
    }

    fn rule(&'static self) -> Rule {
        Rule {
            id: self.id.into(),
            checklist: self.checklist.to_owned(),
            matches: self.matches.iter().filter_map(|text| Match::parse(text).ok()).collect(),
            undecided: [Raise::default(); 3],
            variants: Vec::new(),
            docs: Docs::default(),
            body: LazyBody::embedded(self),
        }
    }

    /// What the rule asks and says.
    pub fn body(&self) -> Body {
        self.body_with(&Overrides::default())
    }

    fn body_with(&self, overrides: &Overrides) -> Body {
        let document = embedded(self.body);
        let mut reader = Reader::new(&document, false);
        reader.overrides = overrides.clone();
        reader.body(document.root()).expect("invariant: a built-in rule was checked when it was built")
    }
}

/// The built-in rules, sorted by id, without what only people read.
pub fn builtin() -> Vec<Rule> {
    RULES.iter().map(Embedded::rule).collect()
}

/// The built-in rules, sorted by id, with reasons, links, other tools' names and examples.
pub fn builtin_documented() -> Vec<Rule> {
    let documented = |embedded: &'static Embedded| {
        let document = self::embedded(embedded.docs);
        let docs = Reader::new(&document, false).docs(document.root());
        Rule { docs: Docs { source: None, ..docs }, ..embedded.rule() }
    };
    RULES.iter().map(documented).collect()
}

pub(super) fn embedded(text: &str) -> Document {
    syntax::parse(Arc::new(Source::new("built-in rules", text)))
        .expect("invariant: the build script writes JSON")
}

/// What only people read of the built-in rules, by their ids.
pub(super) fn embedded_docs() -> impl Iterator<Item = (&'static str, Document)> {
    RULES.iter().map(|rule| (rule.id, embedded(rule.docs)))
}

/// The built-in rule of an id, with its parameters overridden.
pub(super) fn builtin_with(id: &str, overrides: &Overrides) -> Option<Rule> {
    let embedded = Embedded::named(id)?;
    Some(Rule { body: LazyBody::of(embedded.body_with(overrides)), ..embedded.rule() })
}
