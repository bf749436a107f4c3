//! What `rules:` makes of the rules: levels, and values of parameters, for all profiles or for some.
//!
//! Entries count in the order of the file, the last that fits a rule wins. A level holds for every clause of the
//! rule: who calls a rule a warning wants no errors of it.
use super::check::{glob, unknown_rule};
use super::form::{RuleForm, Word};
use crate::finding::Severity;
use crate::rule::{Levels, ParamValue, Profile, Raise, Reader, Rule, RuleSet, suggestion};
use crate::syntax::Node;
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

/// A level as the file gives it; `Some(None)` is off.
type Level = Option<Severity>;

/// What becomes of one rule, under each profile.
#[derive(Clone, Default)]
struct Change {
    levels: [Option<Level>; 3],
    undecided: [Option<Raise>; 3],
    params: [Vec<(String, ParamValue)>; 3],
    suppressible: Option<bool>,
}

/// What becomes of all rules, in their order.
pub(super) struct Changes(Vec<Change>);

impl Changes {
    /// Nothing, yet.
    pub fn new(rules: &RuleSet) -> Changes {
        Changes(vec![Change::default(); rules.rules.len()])
    }

    /// Adds what one entry says.
    pub fn read<'a>(&mut self, reader: &mut Reader<'a>, form: &RuleForm<'a>, rules: &RuleSet) {
        let Some(matcher) = glob(reader, form.rule, false).map(|glob| glob.compile_matcher()) else { return };
        let fitting: Vec<usize> =
            (0..rules.rules.len()).filter(|index| matcher.is_match(&*rules.rules[*index].id)).collect();
        if fitting.is_empty() {
            return unknown_rule(reader, form.rule, rules);
        }
        if let Some(node) = form.level {
            for (profile, level) in levels(reader, node) {
                fitting.iter().for_each(|index| self.0[*index].levels[profile as usize] = Some(level));
            }
        }
        if let Some(suppressible) = form.suppressible {
            fitting.iter().for_each(|index| self.0[*index].suppressible = Some(suppressible));
        }
        if let Some(node) = form.undecided {
            self.raise(reader, node, fitting.iter().copied());
        }
        for (name, node) in &form.params {
            self.param(reader, *name, *node, &fitting, rules);
        }
    }

    /// Adds how undecided verdicts of all rules count.
    pub fn all_undecided<'a>(&mut self, reader: &mut Reader<'a>, node: Node<'a>) {
        self.raise(reader, node, 0..self.0.len());
    }

    fn raise<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        node: Node<'a>,
        rules: impl Iterator<Item = usize> + Clone,
    ) {
        for (profile, raise) in by_profile(reader, node, raise) {
            rules.clone().for_each(|index| self.0[index].undecided[profile as usize] = Some(raise));
        }
    }

    fn param<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        name: Word<'a>,
        node: Node<'a>,
        fitting: &[usize],
        rules: &RuleSet,
    ) {
        let of = |index: usize| rules.rules[index].params.iter().find(|param| param.name == name.text);
        let having: Vec<usize> = fitting.iter().copied().filter(|index| of(*index).is_some()).collect();
        let Some(kind) = having.first().and_then(|index| of(*index)).map(|param| discriminant(&param.value))
        else {
            let known: Vec<&str> = fitting
                .iter()
                .flat_map(|index| rules.rules[*index].params.iter().map(|param| param.name))
                .collect();
            let message = format!("no rule that is meant here has the parameter `{}`", name.text);
            let help = match known.is_empty() {
                true => "`stackproof rules show ID` tells the parameters of a rule".to_owned(),
                false => suggestion(name.text, known.into_iter()),
            };
            return reader.error_help(name.node, message, help);
        };
        for (profile, value) in values(reader, node, kind) {
            for index in &having {
                let params = &mut self.0[*index].params[profile as usize];
                params.retain(|(known, _)| known != name.text);
                params.push((name.text.to_owned(), value.clone()));
            }
        }
    }

    /// Puts all of it into the rules.
    pub fn apply(self, rules: &mut RuleSet) {
        for (rule, change) in rules.rules.iter_mut().zip(self.0) {
            if change.params.iter().all(Vec::is_empty) {
                let raised = change.undecided.iter().flatten().any(|raise| *raise != Raise::Ignore);
                let levelled = change.levels.iter().any(Option::is_some);
                if raised || levelled || change.suppressible.is_some() {
                    change.level(Arc::make_mut(rule));
                }
                continue;
            }
            let under = |profile: Profile| {
                let params = &change.params[profile as usize];
                let read = if params.is_empty() { None } else { rule.with_params(params) };
                let mut rule = read.unwrap_or_else(|| Rule::clone(rule));
                change.level(&mut rule);
                rule
            };
            let mut changed = under(Profile::Production);
            let production = &change.params[Profile::Production as usize];
            for profile in Profile::ALL {
                if change.params[profile as usize] != *production {
                    changed.variants.push((profile, Arc::new(under(profile))));
                }
            }
            *rule = Arc::new(changed);
        }
    }
}

impl Change {
    fn level(&self, rule: &mut Rule) {
        for (raise, changed) in rule.undecided.iter_mut().zip(self.undecided) {
            *raise = changed.unwrap_or(*raise);
        }
        let body = rule.body_mut();
        body.suppressible = self.suppressible.unwrap_or(body.suppressible);
        self.put(&mut body.levels);
        let clauses = body.require.iter_mut();
        clauses.filter_map(|clause| clause.levels.as_mut()).for_each(|levels| self.put(levels));
    }

    fn put(&self, levels: &mut Levels) {
        for profile in Profile::ALL {
            let Some(level) = self.levels[profile as usize] else { continue };
            match profile {
                Profile::Production => levels.production = level,
                Profile::Staging => levels.staging = level,
                Profile::Dev => levels.dev = level,
            }
        }
    }
}

/// One level for all profiles, or one for each that is named.
fn levels<'a>(reader: &mut Reader<'a>, node: Node<'a>) -> Vec<(Profile, Level)> {
    by_profile(reader, node, |reader, node| {
        // `off` is a boolean in YAML 1.1.
        let word = if node.as_bool() == Some(false) { "off" } else { node.text_or_empty() };
        reader.severity(node, word)
    })
}

/// How undecided verdicts count, as the file says it.
fn raise<'a>(reader: &mut Reader<'a>, node: Node<'a>) -> Option<Raise> {
    let word = node.text_or_empty();
    let raise = Raise::parse(word);
    if raise.is_none() {
        let help = suggestion(word, Raise::ALL.iter().map(|raise| raise.as_str()));
        reader.error_help(node, "undecided verdicts are `ignore`, `note` or `fail`", help);
    }
    raise
}

/// One value for all profiles, or one for each that is named.
fn values<'a>(
    reader: &mut Reader<'a>,
    node: Node<'a>,
    kind: Discriminant<ParamValue>,
) -> Vec<(Profile, ParamValue)> {
    by_profile(reader, node, |reader, node| {
        let value = ParamValue::of(node).filter(|value| discriminant(value) == kind);
        if value.is_none() {
            let wanted = [
                (ParamValue::Number(0.0), "a number"),
                (ParamValue::Text(String::new()), "a text"),
                (ParamValue::Bool(true), "`true` or `false`"),
                (ParamValue::List(Vec::new()), "a list of texts"),
            ];
            let wanted = wanted.iter().find(|(value, _)| discriminant(value) == kind);
            reader.error(
                node,
                format!("the parameter takes {}", wanted.map_or("another value", |(_, words)| words)),
            );
        }
        value
    })
}

fn by_profile<'a, T: Clone>(
    reader: &mut Reader<'a>,
    node: Node<'a>,
    read: impl Fn(&mut Reader<'a>, Node<'a>) -> Option<T>,
) -> Vec<(Profile, T)> {
    if !node.is_map() {
        let value = read(reader, node);
        return value
            .into_iter()
            .flat_map(|value| Profile::ALL.map(|profile| (profile, value.clone())))
            .collect();
    }
    reader.only_keys(node, &Profile::ALL.map(Profile::as_str));
    let mut found = Vec::new();
    for profile in Profile::ALL {
        let value = node.get(profile.as_str()).and_then(|node| read(reader, node));
        found.extend(value.map(|value| (profile, value)));
    }
    found
}
