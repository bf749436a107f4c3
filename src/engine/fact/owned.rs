//! `cdk-owned()`: whether CDK made a resource for itself, so that its users cannot configure it.
//!
//! CDK's singletons and custom resource handlers have construct ids that no user writes: ids with a built-in
//! hash, or a provider's name. The list is data (`data/cdk-owned.txt`); where no construct path is known, the
//! logical id, which has the same letters, is looked at.
use super::super::any_of::AnyOf;
use super::super::evaluate::Evaluator;
use super::super::{locate, plan};
use crate::graph::{ResourceId, StackId};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

/// What stands for a resource of which nobody asked whether CDK made it for itself.
const NOT_ASKED: u8 = 2;

/// The patterns of the list, each with its letters as they stand in logical ids.
fn patterns() -> &'static [(&'static str, String)] {
    static PATTERNS: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let lines = include_str!("../../../data/cdk-owned.txt").lines();
        lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| (line, line.chars().filter(char::is_ascii_alphanumeric).collect()))
            .collect()
    })
}

/// Whether some of the patterns' letters stand in a logical id.
fn has_letters(logical_id: &str) -> bool {
    static LETTERS: OnceLock<AnyOf> = OnceLock::new();
    LETTERS.get_or_init(|| AnyOf::new(patterns().iter().map(|(_, letters)| letters))).is_in(logical_id)
}

impl Evaluator<'_, '_> {
    /// Whether some construct on the resource's path is one that CDK makes for itself.
    pub(in crate::engine) fn cdk_owned(&self, id: ResourceId) -> bool {
        let resources = &self.world.graph.resources;
        let known =
            self.joins.owned.get_or_init(|| resources.iter().map(|_| AtomicU8::new(NOT_ASKED)).collect());
        let known = &known[id.0 as usize];
        match known.load(Ordering::Relaxed) {
            NOT_ASKED => {
                let owned = self.is_of_cdk(id);
                known.store(u8::from(owned), Ordering::Relaxed);
                owned
            }
            owned => owned == u8::from(true),
        }
    }

    /// Whether a stack is one that integration tests of CDK make; its resources come one after the other.
    fn is_test_stack(&self, stack: StackId) -> bool {
        if let Some((known, is_test)) = self.known.test_stack.get()
            && known == stack
        {
            return is_test;
        }
        let is_test = plan::is_test_stack(self.world.graph.stack(stack).input);
        self.known.test_stack.set(Some((stack, is_test)));
        is_test
    }

    fn is_of_cdk(&self, id: ResourceId) -> bool {
        let resource = self.world.graph.resource(id);
        if self.is_test_stack(resource.stack) {
            return true;
        }
        let on_path =
            |path: &str| path.split('/').any(|id| patterns().iter().any(|(pattern, _)| fits(id, pattern)));
        if let Some(path) = locate::own_path(self.world, id) {
            return on_path(path);
        }
        // CDK makes logical ids of construct ids: what is not in the one is not in the other, and costs no metadata.
        let logical_id = resource.declared.logical_id();
        if !has_letters(logical_id) {
            return false;
        }
        match self.construct_path(id) {
            Some(path) => on_path(&path),
            None => patterns()
                .iter()
                .any(|(_, letters)| letters.len() > 12 && logical_id.contains(letters.as_str())),
        }
    }
}

/// A pattern is the whole id, or, ending in `*`, its beginning; one that begins with `*` is its end.
fn fits(id: &str, pattern: &str) -> bool {
    if let Some(end) = pattern.strip_prefix('*') {
        return id.ends_with(end) && id.len() > end.len();
    }
    match pattern.strip_suffix('*') {
        Some(start) => id.starts_with(start),
        None => id == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_knows_handlers_and_leaves_users_alone() {
        let owned = |id: &str| patterns().iter().any(|(pattern, _)| fits(id, pattern));
        for id in [
            "BucketNotificationsHandler050a0587b7544547bf325f094a3db834",
            "Custom::S3AutoDeleteObjectsCustomResourceProvider",
            "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a",
            "framework-onEvent",
        ] {
            assert!(owned(id), "{id}");
        }
        for id in ["LogRetention", "BucketNotificationsHandler", "Handler", "Provider", "Custom"] {
            assert!(!owned(id), "{id}");
        }
    }
}
