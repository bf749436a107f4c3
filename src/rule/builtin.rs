//! The built-in rules, embedded by the build script.
//!
//! They were read from their files and checked when the program was built, and stand in the binary form that `serde` gives
//! them, without a pointer that the loader would have to set. What tells whether a rule is asked at all is read of each; what
//! it asks, its [`Body`](super::Body), when somebody asks. What only people read is a JSON text, and so is what a rule with
//! parameters asks: other values of them mean to read it anew.
use super::body::LazyBody;
use super::docs::Docs;
use super::head::Rule;
use super::level::Raise;
use super::model::Match;
use super::prepared::{Prepared, Tail};
use super::reader::{Overrides, Reader};
use crate::source::Source;
use crate::syntax::{self, Document};
use serde::Deserialize;
use std::sync::Arc;

/// One [`Embedded`] after the other, in the order of their ids.
static RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
/// Their [`Texts`], which no run touches, in the same order.
static TEXTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/texts.bin"));
/// Their ids, and what other tools call them: ids in order, each with the index of a rule and how much of it is covered.
pub(super) const ALIASES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/aliases.bin"));
/// The regular expressions of their `matches`, sorted by their texts.
pub(super) static PREPARED: &[Prepared] = &include!(concat!(env!("OUT_DIR"), "/expressions.rs"));
pub(super) const CHECKLIST: &str = include_str!(concat!(env!("OUT_DIR"), "/checklist.json"));
/// All tables: `[name]`, the header, the rows.
pub(super) const TABLES: &str = include_str!(concat!(env!("OUT_DIR"), "/tables.txt"));

/// A built-in rule as the build script writes it.
#[derive(Deserialize)]
struct Embedded {
    id: &'static str,
    checklist: &'static str,
    matches: Box<[Match]>,
    body: &'static [u8],
}

/// What the build script writes of a built-in rule as JSON.
#[derive(Deserialize)]
struct Texts {
    /// What the body was read from; none where it has no parameters.
    body: Option<&'static str>,
    docs: &'static str,
}

impl Embedded {
    fn rule(self) -> Rule {
        Rule {
            id: self.id.into(),
            checklist: self.checklist,
            matches: self.matches,
            undecided: [Raise::default(); 3],
            variants: Vec::new(),
            docs: Docs::default(),
            body: LazyBody::written(self.body),
        }
    }
}

/// What is embedded, rule by rule.
fn each<T: Deserialize<'static>>(mut rest: &'static [u8]) -> impl Iterator<Item = T> {
    std::iter::from_fn(move || {
        let read = || {
            postcard::take_from_bytes(rest).expect("invariant: the build script wrote rules of this program")
        };
        let (rule, behind) = (!rest.is_empty()).then(read)?;
        rest = behind;
        Some(rule)
    })
}

/// The built-in rules, sorted by id, without what only people read.
pub fn builtin() -> impl Iterator<Item = Rule> {
    each(RULES).map(Embedded::rule)
}

/// The built-in rules, sorted by id, with reasons, links, other tools' names and examples.
pub fn builtin_documented() -> impl Iterator<Item = Rule> {
    builtin().zip(each(TEXTS)).map(|(rule, texts): (Rule, Texts)| {
        let document = embedded(texts.docs);
        let docs = Reader::new(&document, false).docs(document.root());
        Rule { docs: Docs { source: None, ..docs }, ..rule }
    })
}

pub(super) fn embedded(text: &str) -> Document {
    syntax::parse(Arc::new(Source::new("built-in rules", text)))
        .expect("invariant: the build script writes JSON")
}

/// The built-in rule of an id, with its parameters overridden.
pub(super) fn builtin_with(id: &str, overrides: Overrides) -> Option<Rule> {
    let (rule, texts): (Rule, Texts) = builtin().zip(each(TEXTS)).find(|(rule, _)| *rule.id == *id)?;
    let Some(text) = texts.body else { return Some(rule) };
    let document = embedded(text);
    let mut reader = Reader::new(&document, false);
    reader.overrides = overrides;
    let body =
        reader.body(document.root()).expect("invariant: a built-in rule was checked when it was built");
    Some(Rule { body: LazyBody::of(body), ..rule })
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
        assert!(builtin().is_sorted_by(|a, b| a.id < b.id) && builtin().count() > 200);
        assert!(PREPARED.is_sorted_by_key(|prepared| prepared.expression));
        for (rule, documented) in builtin().zip(builtin_documented()) {
            let path =
                format!("{}/rules/{}/{}.yaml", env!("CARGO_MANIFEST_DIR"), documented.docs.service, rule.id);
            let file = read(std::fs::read_to_string(&path).unwrap(), &path);
            assert_eq!(format!("{:?}", Some(rule.body.get())), file, "{path}");
            let again = builtin_with(&rule.id, Overrides::default()).unwrap();
            assert_eq!(format!("{:?}", Some(again.body.get())), file, "{path}");
        }
    }
}
