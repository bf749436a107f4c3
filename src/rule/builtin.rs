//! The built-in rules, embedded by the build script.
//!
//! What tells whether a rule is asked at all is data of the binary. What it asks was read from its file and checked when the
//! program was built, and stands in the binary form of [`Body`](super::Body), from which it is read when somebody asks. What
//! only people read is a JSON text, and so is what a rule with parameters asks: other values of them mean to read it anew.
use super::body::LazyBody;
use super::docs::Docs;
use super::head::Rule;
use super::level::Raise;
use super::model::Match;
use super::prepared::{Prepared, Tail};
use super::reader::{Overrides, Reader};
use crate::source::Source;
use crate::syntax::{self, Document};
use std::sync::Arc;

/// Sorted by id.
static RULES: &[Embedded] = &include!(concat!(env!("OUT_DIR"), "/rules.rs"));
/// What other tools call them: ids in order, each with the index of a rule and how much of it is covered.
pub(super) const ALIASES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/aliases.bin"));
/// The regular expressions of their `matches`, sorted by their texts.
pub(super) static PREPARED: &[Prepared] = &include!(concat!(env!("OUT_DIR"), "/expressions.rs"));
pub(super) const CHECKLIST: &str = include_str!(concat!(env!("OUT_DIR"), "/checklist.json"));
/// All tables: `[name]`, the header, the rows.
pub(super) const TABLES: &str = include_str!(concat!(env!("OUT_DIR"), "/tables.txt"));

/// A built-in rule as the build script writes it.
#[derive(Debug)]
struct Embedded {
    id: &'static str,
    checklist: &'static str,
    matches: &'static [&'static str],
    body: &'static [u8],
    /// What the body was read from; none where it has no parameters.
    text: Option<&'static str>,
    docs: &'static str,
}

impl Embedded {
    fn rule(&self) -> Rule {
        Rule {
            id: self.id.into(),
            checklist: self.checklist.to_owned(),
            matches: self.matches.iter().filter_map(|text| Match::parse(text).ok()).collect(),
            undecided: [Raise::default(); 3],
            variants: Vec::new(),
            docs: Docs::default(),
            body: LazyBody::written(self.body),
        }
    }
}

/// The built-in rules, sorted by id, without what only people read.
pub fn builtin() -> Vec<Rule> {
    RULES.iter().map(Embedded::rule).collect()
}

/// The built-in rules, sorted by id, with reasons, links, other tools' names and examples.
pub fn builtin_documented() -> Vec<Rule> {
    let documented = |embedded: &Embedded| {
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

/// The ids of the built-in rules, in order.
pub(super) fn builtin_ids() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.id)
}

/// The built-in rule of an id, with its parameters overridden.
pub(super) fn builtin_with(id: &str, overrides: Overrides) -> Option<Rule> {
    let embedded = &RULES[RULES.binary_search_by(|rule| rule.id.cmp(id)).ok()?];
    let Some(text) = embedded.text else { return Some(embedded.rule()) };
    let document = self::embedded(text);
    let mut reader = Reader::new(&document, false);
    reader.overrides = overrides;
    let body =
        reader.body(document.root()).expect("invariant: a built-in rule was checked when it was built");
    Some(Rule { body: LazyBody::of(body), ..embedded.rule() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: String, path: &str) -> String {
        let document = syntax::parse(Arc::new(Source::new(path, text))).unwrap();
        let mut reader = Reader::new(&document, false);
        let body = reader.body(document.root());
        assert!(reader.errors.is_empty(), "{path}");
        format!("{body:?}")
    }

    #[test]
    fn what_is_embedded_is_what_the_files_say() {
        assert!(RULES.is_sorted_by_key(|rule| rule.id) && RULES.len() > 200);
        assert!(PREPARED.is_sorted_by_key(|prepared| prepared.expression));
        for (rule, documented) in builtin().iter().zip(builtin_documented()) {
            let path =
                format!("{}/rules/{}/{}.yaml", env!("CARGO_MANIFEST_DIR"), documented.docs.service, rule.id);
            let file = read(std::fs::read_to_string(&path).unwrap(), &path);
            assert_eq!(format!("{:?}", Some(rule.body.get())), file, "{path}");
            let again = builtin_with(&rule.id, Overrides::default()).unwrap();
            assert_eq!(format!("{:?}", Some(again.body.get())), file, "{path}");
        }
    }
}
