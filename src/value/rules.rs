//! The `Rules` section, as CloudFormation would refuse it; and functions that stand where they do not belong.
//!
//! Only `Ref` and the functions of rules may stand in a rule, and those that are for rules alone nowhere else.
use super::refuse::Refusals;
use crate::graph::StackId;
use crate::syntax::{Node, View};
use crate::template::{Intrinsic, is_condition};

/// Functions for rules alone.
const RULES_ONLY: [&str; 6] = [
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::RefAll",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
];

/// Functions that give a truth, and may stand in rules and conditions.
const TRUTHS: [&str; 5] = ["Fn::And", "Fn::Equals", "Fn::If", "Fn::Not", "Fn::Or"];

/// Functions that stand elsewhere.
const OTHERS: [&str; 14] = [
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::FindInMap",
    "Fn::GetAZs",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Fn::Transform",
];

/// The keys of a rule, and of an assertion.
const OF_RULE: [&str; 2] = ["Assertions", "RuleCondition"];
const OF_ASSERTION: [&str; 2] = ["Assert", "AssertDescription"];

/// Why a function cannot stand outside of rules, and what could have been meant.
pub(super) fn misplaced(name: &str) -> Option<(String, String)> {
    if RULES_ONLY.contains(&name) {
        return Some((format!("{name} works in the section Rules only"), String::new()));
    }
    // Loops have names of their own, and the pipelines of CodePipeline functions of theirs.
    let is_known = TRUTHS.contains(&name)
        || OTHERS.contains(&name)
        || name.starts_with("Fn::ForEach::")
        || matches!(name, "Fn::GetArtifactAtt" | "Fn::GetParam");
    (!is_known).then(|| {
        (format!("no function is named {name:.80}"), way_out(name, TRUTHS.into_iter().chain(OTHERS)))
    })
}

/// The question whether another name was meant, where one is near.
fn way_out<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let near = known.filter(|known| known.len().abs_diff(name.len()) <= FAR);
    let distance = |known: &str| strsim::damerau_levenshtein(&known.to_lowercase(), &name.to_lowercase());
    let nearest = near.map(|known| (distance(known), known)).min().filter(|(distance, _)| *distance <= FAR);
    nearest.map(|(_, known)| format!("; did you mean {known}?")).unwrap_or_default()
}

/// Most letters by which a name may differ from one that could have been meant.
const FAR: usize = 2;

impl<'a> Refusals<'_, 'a> {
    /// Judges the rules of a template.
    pub(super) fn rules(&mut self, stack: StackId, rules: Node<'a>) {
        for (key, rule) in rules.entries() {
            let name = key.text_or_empty();
            let assertions = rule.get("Assertions").filter(|list| list.is_list() && !list.is_empty());
            if !self.has_keys(stack, rule, &OF_RULE) {
                continue;
            }
            if let Some(condition) = rule.get("RuleCondition") {
                self.truth(stack, condition);
            }
            let Some(assertions) = assertions else {
                self.tell(stack, key, format!("the rule {name:.80} needs a list of Assertions"));
                continue;
            };
            for assertion in assertions.items() {
                if !self.has_keys(stack, assertion, &OF_ASSERTION) {
                    continue;
                }
                match assertion.get("Assert") {
                    Some(assert) => self.truth(stack, assert),
                    None => self.tell(
                        stack,
                        assertion,
                        "an assertion needs Assert, a function of rules".to_owned(),
                    ),
                }
            }
        }
    }

    /// Tells of what is no map, and of keys that are not among those.
    fn has_keys(&mut self, stack: StackId, map: Node<'a>, keys: &[&str]) -> bool {
        let known = || keys.join(" and ");
        if !map.is_map() {
            self.tell(stack, map, format!("a map of {} is expected here", known()));
        }
        let stray = map.entries().find(|(key, _)| !keys.contains(&key.text_or_empty()));
        if let Some((key, _)) = stray {
            self.tell(
                stack,
                key,
                format!("{:.80} is none of the keys that stand here: {}", key.text_or_empty(), known()),
            );
        }
        map.is_map() && stray.is_none()
    }

    /// Judges what must be true or false.
    fn truth(&mut self, stack: StackId, node: Node<'a>) {
        if !is_condition(node) || node.single_entry().is_some_and(|(key, _)| key == "Condition") {
            let message =
                "a rule needs a function that is true or false here, such as Fn::Contains or Fn::Equals";
            self.tell(stack, node, message.to_owned());
        } else {
            self.in_rule(stack, node);
        }
    }

    fn in_rule(&mut self, stack: StackId, node: Node<'a>) {
        match node.view() {
            View::List(items) => items.for_each(|item| self.in_rule(stack, item)),
            View::Map(_) => {
                let Some(function) = Intrinsic::of(node) else { return };
                let Some((name, argument)) = node.single_entry() else { return };
                if !(name == "Ref" || RULES_ONLY.contains(&name) || TRUTHS.contains(&name)) {
                    let way_out = way_out(name, RULES_ONLY.into_iter().chain(TRUTHS));
                    let message = format!(
                        "{name:.80} cannot stand in Rules, where only Ref and the functions of rules do: CloudFormation \
                         refuses the template{way_out}"
                    );
                    return self.tell(stack, node, message);
                }
                if let Some(fault) = function.fault() {
                    return self.tell(stack, node, format!("{fault}: CloudFormation refuses this call"));
                }
                match (name, argument.as_str().or_else(|| argument.items().next()?.as_str())) {
                    ("Ref" | "Fn::ValueOf", Some(parameter)) => self.parameter(stack, node, parameter),
                    _ => self.in_rule(stack, argument),
                }
            }
            _ => {}
        }
    }

    /// Tells of what is no parameter.
    fn parameter(&mut self, stack: StackId, node: Node<'a>, name: &str) {
        let declared = self.graph.stack(stack);
        if declared.resource(name).is_some() {
            let message =
                format!("a rule cannot refer to the resource {name:.80}: CloudFormation refuses that");
            self.tell(stack, node, message);
        } else if !declared.template.parameters.contains_key(name) {
            self.missing(stack, node, name, false);
        }
    }
}
