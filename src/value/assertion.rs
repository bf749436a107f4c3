//! What the `Rules` section asserts of the values of parameters in every deployment.
//!
//! In: the rules of a template, and what is given for its parameters. Out: for each parameter, or each element of a
//! list parameter, the texts that it is among, or is not. A rule under a `RuleCondition` asserts that the condition
//! does not hold or the assertion does. `Fn::ValueOf` and `Fn::ValueOfAll` ask for attributes of what exists in the
//! account, and say nothing of the values here; what bounds nothing never becomes a bound.
use super::bound::{literal, literals, type_of};
use super::function::arguments;
use super::identity::known_text;
use super::parameter::is_list_type;
use super::resolver::Resolver;
use super::truth::Truth;
use super::world::World;
use crate::graph::StackId;
use crate::syntax::Node;
use crate::template::Intrinsic;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

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

/// What the rules of all stacks assert.
pub(super) fn asserted<'a>(world: &World<'a>) -> FxHashMap<(StackId, &'a str), Set<'a>> {
    let mut all = FxHashMap::default();
    for (index, stack) in world.graph.stacks.iter().enumerate() {
        let Some(rules) = stack.template.rules else { continue };
        let reader = Reader { resolver: Resolver::new(world), stack: StackId(index as u32) };
        reader.resolver.in_condition.set(true);
        let mut said = Said::default();
        // One that is misspelt may be about something else.
        let is_sound = |rule: &Node<'a>| {
            rule.entries().all(|(key, _)| matches!(key.text_or_empty(), "Assertions" | "RuleCondition"))
        };
        for rule in rules.entries().map(|(_, rule)| rule).filter(is_sound) {
            for assertion in rule.get("Assertions").into_iter().flat_map(Node::items) {
                let Some(assert) = assertion.get("Assert") else { continue };
                let more = match rule.get("RuleCondition") {
                    None => reader.said(assert, true),
                    Some(condition) => reader.any(&[(condition, false), (assert, true)]),
                };
                both(&mut said, more);
            }
        }
        all.extend(said.into_iter().map(|(name, set)| ((reader.stack, name), set)));
    }
    all
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

struct Reader<'w, 'a> {
    resolver: Resolver<'w, 'a>,
    stack: StackId,
}

impl<'a> Reader<'_, 'a> {
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

    /// The truth of an expression, as far as what is given decides it.
    fn truth(&self, expression: Node<'a>) -> Truth {
        let Some((key, argument)) = expression.single_entry() else { return Truth::Unknown };
        match key {
            "Fn::Not" => arguments(argument).map_or(Truth::Unknown, |[inner]| !self.truth(inner)),
            "Fn::And" => argument.items().fold(Truth::True, |all, part| all.and(self.truth(part))),
            "Fn::Or" => argument.items().fold(Truth::False, |any, part| any.or(self.truth(part))),
            "Fn::Equals" => arguments(argument).map_or(Truth::Unknown, |[a, b]| self.same(a, b)),
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

    fn text(&self, node: Node<'a>) -> Option<Cow<'a, str>> {
        let value = self.resolver.resolve(self.stack, node).value;
        known_text(self.resolver.world, &value).map(|text| Cow::Owned(text.into_owned()))
    }

    fn same(&self, a: Node<'a>, b: Node<'a>) -> Truth {
        match (self.text(a), self.text(b)) {
            (Some(a), Some(b)) => (a == b).into(),
            _ => Truth::Unknown,
        }
    }

    fn is(&self, known: &str, node: Node<'a>) -> Truth {
        self.text(node).map_or(Truth::Unknown, |text| (text == known).into())
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
            known_text(self.resolver.world, &member.value).map(|text| Cow::Owned(text.into_owned()))
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
