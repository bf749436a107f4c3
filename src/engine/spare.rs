//! What need not be asked of each resource, because its template answers for all.
//!
//! A rule that is asked of every type begins with a look at the text of a resource as it is written:
//! `"@Text": {matches: ...}`. Where the whole template holds no such text, no resource of it does.
use super::evaluate::Evaluator;
use super::pattern::{HOLE, has_hole};
use crate::rule::{Base, Condition, Op, Operand, Profile, Rule, Segment, Test};
use memchr::memmem;
use std::sync::Arc;

impl<'a> Evaluator<'_, 'a> {
    /// Those among some rules that concern no resource of the subject's template, under its profile.
    pub(super) fn spared(&self, rules: &'a [Arc<Rule>], among: &[usize], profile: Profile) -> Vec<usize> {
        let text = self.world.graph.source(self.subject.stack(self.world)).text();
        // Where something may stand that is not known, nothing is surely not there.
        if has_hole(text) {
            return Vec::new();
        }
        let is_spared =
            |index: &usize| wanted(rules[*index].under(profile)).into_iter().any(|test| fails(test, text));
        among.iter().copied().filter(is_spared).collect()
    }
}

/// Whether a text of which all is known fails a local test.
fn fails(test: &Test, text: &str) -> bool {
    match test {
        Test::All(tests) => tests.iter().any(|test| fails(test, text)),
        Test::Any(tests) => tests.iter().all(|test| fails(test, text)),
        Test::Op(Op::Contains(parts)) => parts.iter().any(|part| match part {
            Operand::Text(part) => memmem::find(text.as_bytes(), part.as_bytes()).is_none(),
            _ => false,
        }),
        Test::Op(Op::Matches(pattern)) => pattern.matches(text, HOLE) == Some(false),
        _ => false,
    }
}

/// The tests that the text of a resource must pass, and that no part of a text passes when the whole does not; those that
/// are quickly made first.
fn wanted(rule: &Rule) -> Vec<&Test> {
    let mut tests = Vec::new();
    if let Some(when) = &rule.when {
        add_wanted(when, &mut tests);
    }
    tests.sort_by_key(|test| !matches!(test, Test::Op(Op::Contains(_))));
    tests
}

fn add_wanted<'a>(when: &'a Condition, tests: &mut Vec<&'a Test>) {
    match when {
        Condition::All(all) => all.iter().for_each(|when| add_wanted(when, tests)),
        Condition::At(check) if check.path.base == Base::Here && check.default.is_none() => {
            if matches!(&check.path.segments[..], [Segment::Attribute(name)] if *name == "Text") {
                match &check.test {
                    Test::All(all) => tests.extend(all.iter().filter(|test| is_local(test))),
                    test => tests.extend(Some(test).filter(|test| is_local(test))),
                }
            }
        }
        _ => {}
    }
}

/// Whether a test that holds of a part of a text holds of the whole.
fn is_local(test: &Test) -> bool {
    match test {
        Test::All(tests) | Test::Any(tests) => tests.iter().all(is_local),
        Test::Op(Op::Contains(parts)) => parts.iter().all(|part| matches!(part, Operand::Text(_))),
        // Anchors look at the ends of the text, and at what stands beside.
        Test::Op(Op::Matches(pattern)) => !pattern.text.contains(['^', '$', '\\']),
        _ => false,
    }
}
