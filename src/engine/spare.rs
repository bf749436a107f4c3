//! What need not be asked of each resource, because its template answers for all.
//!
//! A rule that is asked of every type begins with a look at the text of a resource as it is written:
//! `"@Text": {matches: ...}`. Where the whole template holds no such text, no resource of it does.
use super::evaluate::Evaluator;
use super::lookup::Lookup;
use super::subject::{Here, Subject};
use crate::graph::StackId;
use crate::rule::{Base, Condition, Match, Op, Operand, Rule, Segment, Test};
use crate::value::{Truth, Value};

impl<'a> Evaluator<'_, 'a> {
    /// Whether the rule looks for a text that the template of the subject does not hold.
    pub(super) fn is_spared(&self, rule: &'a Rule) -> bool {
        let many = matches!(rule.matches[..], [Match::Glob(..), ..]);
        let (true, Subject::Resource(id), Some(when)) = (many, self.subject, &rule.when) else {
            return false;
        };
        let stack = self.world.graph.resource(id).stack;
        let key = (std::ptr::from_ref(when) as usize, stack);
        let known = self.joins.spared.lock().ok().and_then(|all| all.get(&key).copied());
        known.unwrap_or_else(|| {
            let spared = self.template_lacks(when, stack);
            if let Ok(mut all) = self.joins.spared.lock() {
                all.insert(key, spared);
            }
            spared
        })
    }

    /// Whether a template holds no text that a condition wants of its resources.
    fn template_lacks(&self, when: &'a Condition, stack: StackId) -> bool {
        let text = self.world.graph.source(stack).text();
        let whole = Lookup::of(Value::text(text).at(self.subject.place(self.world)), 0);
        let here = Here::of(self.subject);
        wanted(when).iter().any(|test| self.test::<Truth>(test, &whole, &here) == Truth::False)
    }
}

/// The tests that the text of a resource must pass, and that no part of a text passes when the whole does not.
fn wanted(when: &Condition) -> Vec<&Test> {
    match when {
        Condition::All(all) => all.iter().flat_map(wanted).collect(),
        Condition::At(check) if check.path.base == Base::Here && check.default.is_none() => {
            let of_text = matches!(&check.path.segments[..], [Segment::Attribute(name)] if name == "Text");
            if of_text && is_local(&check.test) { vec![&check.test] } else { Vec::new() }
        }
        _ => Vec::new(),
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
