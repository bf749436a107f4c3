//! Rules -> pages of Markdown for people who read before they run.
//!
//! In go checked rules with their documentation, and the lines of the checklist. Out come pages: an index, a page for
//! each service, and a table from other tools' ids to ours. The same rules give the same bytes, so that the committed pages
//! can be held against what is generated. It writes no files and decides nothing about rules.
mod elsewhere;
mod index;
mod markdown;
mod service;

use crate::finding::Severity;
use crate::rule::{ChecklistLine, Levels, Profile, Rule};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The first line of each page: who may overwrite it, and how.
pub const MARK: &str =
    "<!-- Generated from the rule files by `stackproof rules docs`; not edited by hand. -->";

/// A page: its file name, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Such as `s3.md`.
    pub file: String,
    /// The Markdown.
    pub text: String,
}

/// The pages of these rules.
pub fn pages(rules: &[Arc<Rule>], lines: &[ChecklistLine]) -> Vec<Page> {
    let mut services: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        services.entry(&rule.docs.service).or_default().push(rule);
    }
    let mut pages = vec![
        Page { file: "README.md".to_owned(), text: index::page(&services, lines) },
        Page { file: "from-other-tools.md".to_owned(), text: elsewhere::page(rules) },
    ];
    for (name, rules) in &services {
        pages.push(Page { file: file(name), text: service::page(name, rules, lines) });
    }
    pages
}

/// The file of a service's page.
fn file(service: &str) -> String {
    format!("{service}.md")
}

/// A link to a rule's section.
fn link(rule: &Rule) -> String {
    format!("[{id}]({file}#{id})", id = rule.id, file = file(&rule.docs.service))
}

/// `error`, or `error / warning / off` where the profiles differ.
fn levels(levels: Levels) -> String {
    let words = Profile::ALL
        .map(|profile| levels.under(profile).map_or("off", |severity: Severity| severity.as_str()));
    if words.iter().all(|word| *word == words[0]) { words[0].to_owned() } else { words.join(" / ") }
}
