//! Which rules are asked of which nodes, and under which profile.
use super::run::Settings;
use super::subject::Subject;
use crate::checklist::Attestation;
use crate::graph::{Graph, ResourceId, StackId};
use crate::policy::StackFacts;
use crate::rule::{Match, Profile, Rule};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex};

/// Which rules look at what: by type, so that a resource meets only its own.
pub(super) struct Plan {
    by_type: FxHashMap<&'static str, Vec<usize>>,
    by_glob: Vec<usize>,
    /// The rules for each type that was met so far, globs included.
    known: Mutex<FxHashMap<String, Arc<[usize]>>>,
    stack: Vec<usize>,
    nested: Vec<usize>,
    app: Vec<usize>,
    /// The attestation that speaks of each rule, valid or not, by its index in the policy.
    attestations: Vec<Option<usize>>,
}

impl Plan {
    /// Sorts the rules by what they look at.
    pub fn new(rules: &[Arc<Rule>], settings: &Settings) -> Plan {
        let mut plan = Plan {
            by_type: FxHashMap::default(),
            by_glob: Vec::new(),
            known: Mutex::default(),
            stack: Vec::new(),
            nested: Vec::new(),
            app: Vec::new(),
            attestations: rules.iter().map(|rule| settings.policy.attestation(rule)).collect(),
        };
        for (index, rule) in rules.iter().enumerate() {
            for matched in &rule.matches {
                let list = match matched {
                    Match::Type(name) => plan.by_type.entry(name).or_default(),
                    Match::Glob(..) => &mut plan.by_glob,
                    Match::Stack => &mut plan.stack,
                    Match::NestedStack => &mut plan.nested,
                    Match::App => &mut plan.app,
                };
                if list.last() != Some(&index) {
                    list.push(index);
                }
            }
        }
        plan
    }

    /// The attestation that speaks of a rule, valid or not.
    pub fn attestation<'s>(&self, rule: usize, settings: &'s Settings) -> Option<&'s Attestation> {
        self.attestations[rule].map(|index| &settings.policy.attestations()[index])
    }

    /// The rules that look at more than one type by a glob.
    pub fn of_many_types(&self) -> &[usize] {
        &self.by_glob
    }

    /// The rules for a type, globs included.
    fn of_type(&self, type_name: &str, rules: &[Arc<Rule>]) -> Arc<[usize]> {
        let known = self.known.lock().ok().and_then(|known| known.get(type_name).cloned());
        known.unwrap_or_else(|| {
            let mut list = self.by_type.get(type_name).cloned().unwrap_or_default();
            for &index in &self.by_glob {
                let fits = rules[index]
                    .matches
                    .iter()
                    .any(|matched| matches!(matched, Match::Glob(glob) if glob.is_match(type_name)));
                if fits && !list.contains(&index) {
                    list.push(index);
                }
            }
            let list: Arc<[usize]> = list.into();
            if let Ok(mut known) = self.known.lock() {
                known.insert(type_name.to_owned(), list.clone());
            }
            list
        })
    }
}

/// Subjects with the rules that are asked of them: many have the same list of rules.
pub(super) struct Work {
    lists: Vec<Arc<[usize]>>,
    pub subjects: Vec<(Subject, u32)>,
}

impl Work {
    /// The rules of that list.
    pub fn rules(&self, list: u32) -> &[usize] {
        &self.lists[list as usize]
    }
}

/// Every subject with the rules that match it: each stack before its resources, apps last.
pub(super) fn subjects(graph: &Graph<'_>, rules: &[Arc<Rule>], plan: &Plan) -> Work {
    const STACK: u32 = 0;
    const NESTED: u32 = 1;
    const APP: u32 = 2;
    let mut lists: Vec<Arc<[usize]>> =
        [&plan.stack, &plan.nested, &plan.app].map(|list| (&**list).into()).into();
    let table: FxHashMap<&str, u32> =
        (APP + 1..).zip(graph.types()).map(|(list, name)| (name, list)).collect();
    lists.extend(graph.types().map(|name| plan.of_type(name, rules)));
    let mut subjects = Vec::with_capacity(graph.resources.len() + graph.stacks.len() + 1);
    let mut add = |subject, list: u32| {
        if !lists[list as usize].is_empty() {
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
    Work { lists, subjects }
}

/// Stacks that integration tests of CDK make for themselves.
fn is_test_stack(input: &crate::intake::Stack) -> bool {
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
