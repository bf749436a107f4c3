//! What other tools call the questions of our rules: their ids -> rules of a run.
//!
//! Built-in rules run without what only people read of them, so their aliases are read when the first suppression of
//! another tool is met, and never before.
use super::builtin::embedded_docs;
use super::docs::{Alias, Covers};
use super::model::Rule;
use super::reader::Reader;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Other tools' ids, each with the rules that it means, by their index.
#[derive(Clone, Debug, Default)]
pub struct Aliases(FxHashMap<String, Vec<(usize, Covers)>>);

impl Aliases {
    /// The aliases of these rules.
    pub fn of(rules: &[Arc<Rule>]) -> Aliases {
        let mut aliases = Aliases::default();
        let index: FxHashMap<&str, usize> =
            rules.iter().enumerate().map(|(index, rule)| (&*rule.id, index)).collect();
        for (index, rule) in rules.iter().enumerate().filter(|(_, rule)| !rule.docs.aliases.is_empty()) {
            aliases.add(index, rule.docs.aliases.clone());
        }
        for (id, document) in embedded_docs() {
            // A rule of the user's own with that id has aliases of its own.
            let built_in = |index: &&usize| {
                rules[**index].docs.source.is_none() && rules[**index].docs.aliases.is_empty()
            };
            if let Some(&index) = index.get(id).filter(built_in) {
                aliases.add(index, Reader::new(&document, false).aliases(document.root()));
            }
        }
        aliases
    }

    fn add(&mut self, rule: usize, aliases: Vec<Alias>) {
        for alias in aliases {
            self.0.entry(alias.id).or_default().push((rule, alias.covers));
        }
    }

    /// The rules that an id of another tool means.
    pub fn get(&self, id: &str) -> &[(usize, Covers)] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// The rules whose alias begins like that.
    pub fn beginning(&self, prefix: &str) -> Vec<(usize, Covers)> {
        let mut found: Vec<_> = self
            .0
            .iter()
            .filter(|(id, _)| id.starts_with(prefix))
            .flat_map(|(_, rules)| rules.clone())
            .collect();
        found.sort_unstable_by_key(|(rule, covers)| (*rule, *covers == Covers::Part));
        found.dedup_by_key(|(rule, _)| *rule);
        found
    }
}
