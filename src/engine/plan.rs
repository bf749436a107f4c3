//! Which rules are asked of which nodes, and under which profile.
use super::run::Settings;
use super::subject::Subject;
use super::verdict::{Asks, Question};
use crate::checklist::Attestation;
use crate::graph::{Graph, ResourceId, StackId};
use crate::policy::StackFacts;
use crate::rule::{Match, Profile, Rule};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, OnceLock};

/// Which rules look at what: by type, so that a resource meets only its own.
pub(super) struct Plan<'a> {
    rules: &'a [Arc<Rule>],
    by_type: FxHashMap<&'static str, Vec<usize>>,
    by_glob: Vec<usize>,
    /// The rules for each type that was met so far, globs included.
    known: Mutex<FxHashMap<String, Arc<List<'a>>>>,
    stack: Arc<List<'a>>,
    nested: Arc<List<'a>>,
    app: Arc<List<'a>>,
    /// The attestation that speaks of each rule, valid or not.
    attestations: Vec<Option<&'a Attestation>>,
}

/// The rules that look at something: by profile, once they are asked.
#[derive(Default)]
struct List<'a> {
    /// The type of all that they look at; none for stacks and apps.
    type_name: Option<String>,
    rules: Vec<usize>,
    asked: [OnceLock<Vec<Asked<'a>>>; Profile::ALL.len()],
}

/// A rule of a list as it is asked under a profile. The rules themselves lie far apart, and most are asked in vain.
pub(super) struct Asked<'a> {
    pub index: usize,
    /// Whether it looks at more than one type by a glob.
    pub is_of_many: bool,
    /// Whether what CDK made for itself is none of its business.
    pub spares_owned: bool,
    pub question: Question<'a>,
    pub asks: Asks<'a>,
}

impl<'a> Plan<'a> {
    /// Sorts the rules by what they look at.
    pub fn new(rules: &'a [Arc<Rule>], settings: &'a Settings) -> Plan<'a> {
        let mut by_type: FxHashMap<&'static str, Vec<usize>> = FxHashMap::default();
        let mut by_glob = Vec::new();
        let [mut stack, mut nested, mut app] = [const { Vec::new() }; 3];
        for (index, rule) in rules.iter().enumerate() {
            for matched in &rule.matches {
                let list = match matched {
                    Match::Type(name) => by_type.entry(name).or_default(),
                    Match::Glob(..) => &mut by_glob,
                    Match::Stack => &mut stack,
                    Match::NestedStack => &mut nested,
                    Match::App => &mut app,
                };
                if list.last() != Some(&index) {
                    list.push(index);
                }
            }
        }
        let list = |rules| Arc::new(List { rules, ..List::default() });
        let known = &settings.policy.attestations();
        let attestation = |rule: &Arc<Rule>| settings.policy.attestation(rule).map(|index| &known[index]);
        Plan {
            rules,
            by_type,
            by_glob,
            known: Mutex::default(),
            stack: list(stack),
            nested: list(nested),
            app: list(app),
            attestations: rules.iter().map(attestation).collect(),
        }
    }

    /// The rules for a type, globs included.
    fn of_type(&self, type_name: &str) -> Arc<List<'a>> {
        let known = self.known.lock().ok().and_then(|known| known.get(type_name).cloned());
        known.unwrap_or_else(|| {
            let mut rules = self.by_type.get(type_name).cloned().unwrap_or_default();
            for &index in &self.by_glob {
                let fits = self.rules[index]
                    .matches
                    .iter()
                    .any(|matched| matches!(matched, Match::Glob(glob) if glob.is_match(type_name)));
                if fits && !rules.contains(&index) {
                    rules.push(index);
                }
            }
            let type_name = Some(type_name.to_owned());
            let list = Arc::new(List { type_name, rules, ..List::default() });
            if let Ok(mut known) = self.known.lock() {
                known.extend(list.type_name.clone().map(|type_name| (type_name, list.clone())));
            }
            list
        })
    }

    /// A rule as it is asked under a profile; none where all its clauses are off.
    fn asked(&self, index: usize, profile: Profile, type_name: Option<&str>) -> Option<Asked<'a>> {
        let rule = self.rules[index].under(profile);
        let is_on = rule.require.iter().any(|clause| rule.level(clause, profile).is_some());
        let attestation = self.attestations[index];
        let vouched = attestation.is_some_and(Attestation::is_valid);
        is_on.then(|| Asked {
            index,
            is_of_many: self.by_glob.contains(&index),
            spares_owned: rule.spares_owned,
            question: Question { rule, profile, attestation, vouched },
            asks: Asks::of(rule, profile, type_name),
        })
    }
}

/// Subjects with the rules that are asked of them: many have the same list of rules.
pub(super) struct Work<'c, 'a> {
    plan: &'c Plan<'a>,
    lists: Vec<Arc<List<'a>>>,
    pub subjects: Vec<(Subject, u32)>,
}

impl<'a> Work<'_, 'a> {
    /// The rules that look at more than one type by a glob.
    pub fn of_many_types(&self) -> &[usize] {
        &self.plan.by_glob
    }

    /// The rules of that list that are asked under a profile.
    pub fn asked(&self, list: u32, profile: Profile) -> &[Asked<'a>] {
        let list = &self.lists[list as usize];
        let asked = |&index: &usize| self.plan.asked(index, profile, list.type_name.as_deref());
        list.asked[profile as usize].get_or_init(|| list.rules.iter().filter_map(asked).collect())
    }
}

/// Every subject with the rules that match it: each stack before its resources, apps last.
pub(super) fn subjects<'c, 'a>(graph: &Graph<'_>, plan: &'c Plan<'a>) -> Work<'c, 'a> {
    const STACK: u32 = 0;
    const NESTED: u32 = 1;
    const APP: u32 = 2;
    let mut lists = vec![plan.stack.clone(), plan.nested.clone(), plan.app.clone()];
    let table: FxHashMap<&str, u32> =
        (APP + 1..).zip(graph.types()).map(|(list, name)| (name, list)).collect();
    lists.extend(graph.types().map(|name| plan.of_type(name)));
    let mut subjects = Vec::with_capacity(graph.resources.len() + graph.stacks.len() + 1);
    let mut add = |subject, list: u32| {
        if !lists[list as usize].rules.is_empty() {
            subjects.push((subject, list));
        }
    };
    let mut levels: Vec<(u32, StackId)> = Vec::new();
    for (index, stack) in graph.stacks.iter().enumerate() {
        let id = StackId(index as u32);
        match levels.iter_mut().find(|(level, _)| *level == stack.input.level) {
            None => levels.push((stack.input.level, id)),
            // The app is told at a stack that people wrote, if it has one.
            Some((_, first)) if is_test_stack(graph.stack(*first).input) && !is_test_stack(stack.input) => {
                *first = id
            }
            Some(_) => {}
        }
        if !is_test_stack(stack.input) {
            add(Subject::Stack(id), if stack.input.parent.is_some() { NESTED } else { STACK });
        }
        for resource in stack.resources.clone().map(ResourceId) {
            add(Subject::Resource(resource), table[graph.resource(resource).declared.type_name]);
        }
    }
    levels.into_iter().for_each(|(_, first)| add(Subject::App(first), APP));
    Work { plan, lists, subjects }
}

/// Stacks that integration tests of CDK make for themselves.
pub(super) fn is_test_stack(input: &crate::intake::Stack) -> bool {
    input.artifact.as_deref().is_some_and(|artifact| artifact.contains("DeployAssert"))
}

/// The profile of a stack: the caller's, that of the team's policy, that of its `Environment` tag, else production.
pub(super) fn profile_of(graph: &Graph<'_>, stack: StackId, settings: &Settings) -> Profile {
    if let Some(profile) = settings.profile {
        return profile;
    }
    let input = graph.stack(root_of(graph, stack)).input;
    let tags = graph.stack(stack).input.tags.as_deref().unwrap_or_default();
    let tag = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case("environment"));
    let environment = tag.map(|(_, value)| value.as_str());
    let facts = StackFacts {
        name: input.stack_name.as_deref(),
        path: input.metadata.stack_path(),
        account: input.account.as_deref(),
        region: input.region.as_deref(),
        environment,
    };
    settings.policy.profile(&facts).unwrap_or_else(|| environment.map_or(Profile::Production, profile_of_tag))
}

/// What the value of an `Environment` tag says.
pub fn profile_of_tag(value: &str) -> Profile {
    match value.to_ascii_lowercase().as_str() {
        "staging" | "stage" | "preprod" | "pre-production" | "uat" => Profile::Staging,
        "dev" | "development" | "test" | "sandbox" => Profile::Dev,
        _ => Profile::Production,
    }
}

/// The deployable stack that a stack is part of: itself, unless it is nested.
pub(super) fn root_of(graph: &Graph<'_>, stack: StackId) -> StackId {
    let mut root = stack;
    // A nested stack comes after its parent: the way up ends.
    while let Some(parent) = &graph.stack(root).input.parent
        && parent.stack < root.0 as usize
    {
        root = StackId(parent.stack as u32);
    }
    root
}

/// An app has the strictest profile among its stacks.
pub(super) fn strictest(graph: &Graph<'_>, profiles: &[Profile], first: StackId) -> Profile {
    let level = graph.stack(first).input.level;
    let of_level = graph.stacks.iter().zip(profiles).filter(|(stack, _)| stack.input.level == level);
    let found: Vec<Profile> = of_level.map(|(_, profile)| *profile).collect();
    Profile::ALL.into_iter().find(|profile| found.contains(profile)).unwrap_or_default()
}
