//! What the `Rules` section asserts of the values of parameters.
//!
//! In: the rules of a template, and what is given for its parameters. Out: for each parameter, or each element of a
//! list parameter, the texts that it is among, or is not: in every deployment, or under the current scenario. A rule
//! under a `RuleCondition` asserts that the condition does not hold or the assertion does. `Fn::ValueOf` and
//! `Fn::ValueOfAll` ask for attributes of what exists in the account, and say nothing of the values here; what bounds
//! nothing never becomes a bound.
use super::bound::{literal, literals, type_of};
use super::chosen::names_in;
use super::function::arguments;
use super::identity::known_text;
use super::parameter::is_list_type;
use super::resolver::Resolver;
use super::scenario::Free;
use super::truth::Truth;
use super::world::World;
use crate::graph::StackId;
use crate::limits::MAX_ASSERTIONS;
use crate::syntax::Node;
use crate::template::Intrinsic;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::sync::Arc;

/// Texts that a value is among, or is not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Set<'a> {
    /// Whether it is all texts but those.
    pub without: bool,
    /// Those.
    pub texts: Vec<Cow<'a, str>>,
}

impl<'a> Set<'a> {
    /// Whether a text belongs to it.
    pub fn holds(&self, text: &str) -> bool {
        self.texts.iter().any(|known| known == text) != self.without
    }

    fn not(self) -> Set<'a> {
        Set { without: !self.without, ..self }
    }

    /// What belongs to both.
    fn and(mut self, mut other: Set<'a>) -> Set<'a> {
        if self.without && !other.without {
            std::mem::swap(&mut self, &mut other);
        }
        let known: FxHashSet<&str> = other.texts.iter().map(AsRef::as_ref).collect();
        match self.without {
            // Both are all texts but some.
            true => {
                self.texts.retain(|text| !known.contains(text.as_ref()));
                self.texts.extend(other.texts);
            }
            false => self.texts.retain(|text| known.contains(text.as_ref()) != other.without),
        }
        self
    }

    /// What belongs to either.
    fn or(self, other: Set<'a>) -> Set<'a> {
        self.not().and(other.not()).not()
    }
}

/// What is said of parameters, by name.
type Said<'a> = FxHashMap<&'a str, Set<'a>>;

/// What the rules of all stacks assert, by parameter.
#[derive(Debug, Default)]
pub(super) struct Asserted<'a> {
    /// In every deployment.
    always: FxHashMap<(StackId, &'a str), Set<'a>>,
    /// What may say more once a scenario decides about the other parameters that it names.
    open: FxHashMap<(StackId, &'a str), Vec<Arc<Assertion<'a>>>>,
}

/// An assertion that must hold where the condition of its rule does.
#[derive(Debug)]
struct Assertion<'a> {
    condition: Option<Node<'a>>,
    assert: Node<'a>,
    /// The parameters that both name.
    names: Vec<&'a str>,
}

impl<'a> Asserted<'a> {
    /// What all rules assert.
    pub fn of(world: &World<'a>) -> Asserted<'a> {
        let mut asserted = Asserted::default();
        for (index, stack) in world.graph.stacks.iter().enumerate() {
            let Some(rules) = stack.template.rules else { continue };
            let (resolver, stack) = (Resolver::new(world), StackId(index as u32));
            resolver.in_condition.set(true);
            let mut said = Said::default();
            for assertion in rules.entries().flat_map(|(_, rule)| Assertion::all(rule)) {
                both(&mut said, assertion.said(&Reader { resolver: &resolver, stack }));
                let [_, _, ..] = assertion.names[..] else { continue };
                let assertion = Arc::new(assertion);
                for name in &assertion.names {
                    let open = asserted.open.entry((stack, name)).or_default();
                    if open.len() < MAX_ASSERTIONS {
                        open.push(assertion.clone());
                    }
                }
            }
            asserted.always.extend(said.into_iter().map(|(name, set)| ((stack, name), set)));
        }
        asserted
    }
}

impl<'a> Assertion<'a> {
    /// Those of a rule; of one that is misspelt none, as it may be about something else.
    fn all(rule: Node<'a>) -> impl Iterator<Item = Assertion<'a>> {
        let is_sound =
            rule.entries().all(|(key, _)| matches!(key.text_or_empty(), "Assertions" | "RuleCondition"));
        let condition = rule.get("RuleCondition");
        let assertions = rule.get("Assertions").filter(|_| is_sound).into_iter().flat_map(Node::items);
        assertions.filter_map(|assertion| assertion.get("Assert")).map(move |assert| {
            let mut names = Vec::new();
            for part in condition.into_iter().chain([assert]) {
                names_in(part, &mut |name| names.push(name));
            }
            names.sort_unstable();
            names.dedup();
            Assertion { condition, assert, names }
        })
    }

    /// What follows for parameters.
    fn said(&self, reader: &Reader<'_, '_, 'a>) -> Said<'a> {
        match self.condition {
            None => reader.said(self.assert, true),
            Some(condition) => reader.any(&[(condition, false), (self.assert, true)]),
        }
    }
}

impl<'w, 'a> Resolver<'w, 'a> {
    /// What rules assert of a parameter, or of each element of a list parameter, under the current scenario.
    pub(super) fn asserted(&self, stack: StackId, name: &'a str) -> Option<Cow<'w, Set<'a>>> {
        let Asserted { always, open } = &self.world.asserted;
        let always = always.get(&(stack, name)).map(Cow::Borrowed);
        // What is asked on the way to an answer is answered by what always holds.
        let Some(open) = open.get(&(stack, name)).filter(|_| !self.asserting.replace(true)) else {
            return always;
        };
        let in_condition = self.in_condition.replace(true);
        let reader = Reader { resolver: self, stack };
        let said = |assertion: &Arc<Assertion<'a>>| assertion.said(&reader).remove(name);
        let now = self.without_forking(|| open.iter().filter_map(said).reduce(Set::and));
        self.in_condition.set(in_condition);
        self.asserting.set(false);
        for other in open.iter().flat_map(|assertion| &assertion.names) {
            self.note_read(Free::Parameter(stack, other));
        }
        match (always, now) {
            (Some(always), Some(now)) => Some(Cow::Owned(always.into_owned().and(now))),
            (always, now) => always.or(now.map(Cow::Owned)),
        }
    }
}

/// Adds what holds too.
fn both<'a>(said: &mut Said<'a>, more: Said<'a>) {
    for (name, set) in more {
        let set = match said.remove(name) {
            Some(known) => known.and(set),
            None => set,
        };
        said.insert(name, set);
    }
}

struct Reader<'r, 'w, 'a> {
    resolver: &'r Resolver<'w, 'a>,
    stack: StackId,
}

impl<'a> Reader<'_, '_, 'a> {
    /// What follows for parameters from an expression that is `wanted`.
    fn said(&self, expression: Node<'a>, wanted: bool) -> Said<'a> {
        let Some((key, argument)) = expression.single_entry() else { return Said::default() };
        match key {
            "Fn::Not" => arguments(argument).map(|[inner]| self.said(inner, !wanted)).unwrap_or_default(),
            "Fn::And" | "Fn::Or" => {
                let parts: Vec<_> = argument.items().map(|part| (part, wanted)).collect();
                if (key == "Fn::And") == wanted { self.all(&parts) } else { self.any(&parts) }
            }
            "Fn::Equals" => arguments(argument).map_or_else(Said::default, |[a, b]| {
                let pair = self.text_parameter(a).zip(literal(b));
                let pair = pair.or_else(|| self.text_parameter(b).zip(literal(a)));
                pair.map(|(name, text)| (name, Set { without: !wanted, texts: vec![text] }))
                    .into_iter()
                    .collect()
            }),
            "Fn::Contains" => arguments(argument).map_or_else(Said::default, |[list, value]| {
                let pair = self.text_parameter(value).zip(literals(list));
                pair.map(|(name, texts)| (name, Set { without: !wanted, texts })).into_iter().collect()
            }),
            "Fn::EachMemberIn" if wanted => arguments(argument)
                .map_or_else(Said::default, |[list, among]| {
                    literals(among).map(|texts| self.each(list, &texts)).unwrap_or_default()
                }),
            "Fn::EachMemberEquals" if wanted => arguments(argument)
                .map_or_else(Said::default, |[list, value]| {
                    literal(value).map(|text| self.each(list, &[text])).unwrap_or_default()
                }),
            _ => Said::default(),
        }
    }

    /// All hold.
    fn all(&self, parts: &[(Node<'a>, bool)]) -> Said<'a> {
        let mut said = Said::default();
        parts.iter().for_each(|(part, wanted)| both(&mut said, self.said(*part, *wanted)));
        said
    }

    /// At least one holds: what each of those says that may.
    fn any(&self, parts: &[(Node<'a>, bool)]) -> Said<'a> {
        let mut any: Option<Said<'a>> = None;
        for (part, wanted) in parts {
            let truth = self.truth(*part);
            if truth == Truth::from(*wanted) {
                return Said::default();
            }
            if truth != Truth::Unknown {
                continue;
            }
            let mut said = self.said(*part, *wanted);
            any = Some(match any {
                None => said,
                Some(known) => {
                    let pair = |(name, set): (_, Set<'a>)| Some((name, set.or(said.remove(name)?)));
                    known.into_iter().filter_map(pair).collect()
                }
            });
        }
        any.unwrap_or_default()
    }

    /// The members of a list are among those: a list parameter, parameters in a written list, or all of a type.
    fn each(&self, list: Node<'a>, among: &[Cow<'a, str>]) -> Said<'a> {
        let set = || Set { without: false, texts: among.to_vec() };
        if list.is_list() {
            return list
                .items()
                .filter_map(|item| self.text_parameter(item))
                .map(|name| (name, set()))
                .collect();
        }
        let template = &self.resolver.world.graph.stack(self.stack).template;
        match list.single_entry() {
            Some(("Ref", name)) => {
                let name = name.as_str().filter(|name| {
                    template.parameters.get(name).is_some_and(|declared| is_list_type(type_of(*declared)))
                });
                name.map(|name| (name, set())).into_iter().collect()
            }
            // Those of the account, or those that are given: either way the parameters of the type are among them.
            Some(("Fn::RefAll", kind)) => {
                let kind = kind.text_or_empty();
                let is_of = |declared: &Node<'a>| {
                    let name = type_of(*declared);
                    name == kind
                        || name.strip_prefix("List<").and_then(|name| name.strip_suffix('>')) == Some(kind)
                };
                let of_type = template.parameters.iter().filter(|(_, declared)| is_of(declared));
                of_type.map(|(name, _)| (*name, set())).collect()
            }
            _ => Said::default(),
        }
    }

    /// The name of the parameter that a `Ref` is, where its value is one text.
    fn text_parameter(&self, node: Node<'a>) -> Option<&'a str> {
        let Some(Intrinsic::Ref(name)) = Intrinsic::of(node) else { return None };
        let name = name.as_str()?;
        let declared = self.resolver.declaration(self.stack, name)?;
        (!is_list_type(type_of(declared))).then_some(name)
    }

    /// The truth of an expression, as far as what is given and the scenario decide it.
    fn truth(&self, expression: Node<'a>) -> Truth {
        let Some((key, argument)) = expression.single_entry() else { return Truth::Unknown };
        match key {
            "Fn::Not" => arguments(argument).map_or(Truth::Unknown, |[inner]| !self.truth(inner)),
            "Fn::And" => argument.items().fold(Truth::True, |all, part| all.and(self.truth(part))),
            "Fn::Or" => argument.items().fold(Truth::False, |any, part| any.or(self.truth(part))),
            "Fn::Equals" => {
                arguments(argument).map_or(Truth::Unknown, |[a, b]| self.resolver.equals(self.stack, a, b))
            }
            "Fn::Contains" => arguments(argument).map_or(Truth::Unknown, |[list, value]| {
                self.members(list).map_or(Truth::Unknown, |list| {
                    list.into_iter().fold(Truth::False, |any, member| any.or(self.is(&member, value)))
                })
            }),
            "Fn::EachMemberEquals" => arguments(argument).map_or(Truth::Unknown, |[list, value]| {
                self.members(list).map_or(Truth::Unknown, |list| {
                    list.into_iter().fold(Truth::True, |all, member| all.and(self.is(&member, value)))
                })
            }),
            "Fn::EachMemberIn" => arguments(argument).map_or(Truth::Unknown, |[list, among]| {
                match (self.members(list), literals(among)) {
                    (Some(list), Some(among)) => list.iter().all(|member| among.contains(member)).into(),
                    _ => Truth::Unknown,
                }
            }),
            _ => Truth::Unknown,
        }
    }

    fn is(&self, known: &str, node: Node<'a>) -> Truth {
        let value = self.resolver.resolve(self.stack, node).value;
        match known_text(self.resolver, &value) {
            Some(text) => (text == known).into(),
            None => self.resolver.text_equals(&value, known),
        }
    }

    /// The known members of a list.
    fn members(&self, list: Node<'a>) -> Option<Vec<Cow<'a, str>>> {
        let list = self.resolver.resolve(self.stack, list);
        let members = self
            .resolver
            .shared_elements(&list)
            .ok()
            .filter(|_| matches!(list.value, super::Value::List(_)))?;
        let text = |member: &super::Resolved<'a>| {
            known_text(self.resolver, &member.value).map(|text| Cow::Owned(text.into_owned()))
        };
        members.iter().map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &'static str) -> Set<'static> {
        let texts = text.trim_start_matches('!').split_whitespace().map(Cow::Borrowed).collect();
        Set { without: text.starts_with('!'), texts }
    }

    #[test]
    fn sets_are_joined_and_cut() {
        for (a, b, both, either) in [
            ("a b", "b c", "b", "a b c"),
            ("a b", "!b", "a", "!"),
            ("!b", "a b", "a", "!"),
            ("a", "!b c", "a", "!b c"),
            ("!a b", "!b c", "!a b c", "!b"),
        ] {
            let same = |is: Set<'static>, wanted: &'static str| {
                let wanted = set(wanted);
                let mut texts = is.texts.clone();
                texts.sort();
                (is.without, texts) == (wanted.without, wanted.texts)
            };
            assert!(same(set(a).and(set(b)), both), "{a} and {b}: {:?}", set(a).and(set(b)));
            assert!(same(set(a).or(set(b)), either), "{a} or {b}: {:?}", set(a).or(set(b)));
        }
    }
}
