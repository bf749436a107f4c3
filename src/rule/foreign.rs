//! What other tools call the questions of our rules: their ids -> rules of a run.
//!
//! Built-in rules run without what only people read of them. Their aliases lie in order in the binary, where they are read
//! when the first suppression of another tool is met, and never before.
use super::alias::Covers;
use super::builtin::ALIASES;
use super::head::Rule;
use super::lasting::lasting;
use std::sync::Arc;

/// Other tools' ids, each with a rule that it means, by its index; sorted.
#[derive(Clone, Debug, Default)]
pub struct Aliases(Vec<(&'static str, usize, Covers)>);

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
        Aliases(aliases)
    }

    /// The rules that an id of another tool means.
    pub fn get(&self, id: &str) -> Vec<(usize, Covers)> {
        self.from(id)
            .take_while(|(alias, ..)| *alias == id)
            .map(|(_, rule, covers)| (*rule, *covers))
            .collect()
    }

    /// The rules whose alias begins like that.
    pub fn beginning(&self, prefix: &str) -> Vec<(usize, Covers)> {
        let begins = self.from(prefix).take_while(|(alias, ..)| alias.starts_with(prefix));
        let mut found: Vec<_> = begins.map(|(_, rule, covers)| (*rule, *covers)).collect();
        found.sort_unstable_by_key(|(rule, covers)| (*rule, *covers == Covers::Part));
        found.dedup_by_key(|(rule, _)| *rule);
        found
    }

    fn from(&self, start: &str) -> impl Iterator<Item = &(&'static str, usize, Covers)> {
        self.0[self.0.partition_point(|(id, ..)| **id < *start)..].iter()
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
        assert_eq!(aliases.0.len(), count);
        assert!(
            count > 500 && aliases.get("CKV_AWS_").is_empty() && !aliases.beginning("CKV_AWS_").is_empty()
        );
        // Of rules that do not run, nothing is left.
        let some: Vec<Arc<Rule>> = rules.iter().filter(|rule| rule.id.starts_with("s3-")).cloned().collect();
        let left = Aliases::of(&some);
        assert!(!left.0.is_empty() && left.0.iter().all(|(_, rule, _)| *rule < some.len()));
    }
}
