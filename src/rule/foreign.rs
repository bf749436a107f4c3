//! What other tools call the questions of our rules: their ids -> rules of a run.
//!
//! Built-in rules run without what only people read of them. Their aliases lie in order in the binary, where they are read
//! when the first suppression of another tool is met, and never before.
use super::alias::Covers;
use super::builtin::ALIASES;
use super::head::Rule;
use super::lasting::lasting;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Other tools' ids.
#[derive(Clone, Debug, Default)]
pub struct Aliases {
    /// Each with a rule that it means, by its index; sorted.
    sorted: Vec<(&'static str, usize, Covers)>,
    /// Where those of an id begin: many resources suppress the same few.
    first: FxHashMap<&'static str, usize>,
}

impl Aliases {
    /// The aliases of these rules, which are sorted by id.
    pub fn of(rules: &[Arc<Rule>]) -> Aliases {
        // A rule of the user's own with the id of a built-in one has aliases of its own.
        let is_built_in = |index: &usize| rules[*index].docs.source.is_none();
        let find = |id: &str| rules.binary_search_by(|rule| (*rule.id).cmp(id)).ok().filter(is_built_in);
        let (ids, written): (Vec<&str>, Vec<(&'static str, usize, Covers)>) =
            postcard::from_bytes(ALIASES).expect("invariant: the build script wrote aliases of this program");
        let built_in: Vec<Option<usize>> = ids.into_iter().map(find).collect();
        let written =
            written.into_iter().filter_map(|(id, rule, covers)| Some((id, built_in[rule]?, covers)));
        let mut aliases: Vec<_> = written.collect();
        let own = rules.iter().enumerate().filter(|(_, rule)| rule.docs.source.is_some());
        let own = own.flat_map(|(index, rule)| {
            rule.docs.aliases.iter().map(move |alias| (lasting(&alias.id), index, alias.covers))
        });
        let in_order = aliases.len();
        aliases.extend(own);
        if aliases.len() > in_order {
            aliases.sort_by(|(id, rule, _), (other, another, _)| (id, rule).cmp(&(other, another)));
        }
        let first = aliases.iter().enumerate().rev().map(|(at, (id, ..))| (*id, at)).collect();
        Aliases { sorted: aliases, first }
    }

    /// The rules that an id of another tool means.
    pub fn get(&self, id: &str) -> Vec<(usize, Covers)> {
        let Some(&first) = self.first.get(id) else { return Vec::new() };
        let same = self.sorted[first..].iter().take_while(|(alias, ..)| *alias == id);
        same.map(|(_, rule, covers)| (*rule, *covers)).collect()
    }

    /// The rules whose alias begins like that.
    pub fn beginning(&self, prefix: &str) -> Vec<(usize, Covers)> {
        let start = self.sorted.partition_point(|(id, ..)| **id < *prefix);
        let begins = self.sorted[start..].iter().take_while(|(alias, ..)| alias.starts_with(prefix));
        let mut found: Vec<_> = begins.map(|(_, rule, covers)| (*rule, *covers)).collect();
        found.sort_unstable_by_key(|(rule, covers)| (*rule, *covers));
        found.dedup_by_key(|(rule, _)| *rule);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::builtin::{builtin, builtin_documented};
    use super::*;

    #[test]
    fn the_aliases_in_the_binary_are_those_of_the_rules() {
        let rules: Vec<Arc<Rule>> = builtin().map(Arc::new).collect();
        let aliases = Aliases::of(&rules);
        let mut count = 0;
        for (index, rule) in builtin_documented().enumerate() {
            for alias in &rule.docs.aliases {
                assert!(aliases.get(&alias.id).contains(&(index, alias.covers)), "{} {}", rule.id, alias.id);
                assert!(aliases.beginning(&alias.id).iter().any(|(rule, _)| *rule == index));
                count += 1;
            }
        }
        assert_eq!(aliases.sorted.len(), count);
        assert!(
            count > 500 && aliases.get("CKV_AWS_").is_empty() && !aliases.beginning("CKV_AWS_").is_empty()
        );
        // Of rules that do not run, nothing is left.
        let some: Vec<Arc<Rule>> = rules.iter().filter(|rule| rule.id.starts_with("s3-")).cloned().collect();
        let left = Aliases::of(&some);
        assert!(!left.sorted.is_empty() && left.sorted.iter().all(|(_, rule, _)| *rule < some.len()));
    }
}
