//! The suppressions that stand in the templates and the manifest of one assembly, by what they speak of.
//!
//! One look at the attributes of each resource finds them; a template that has none costs that look and no more.
use super::comment;
use super::foreign::{self, Named, Written};
use crate::engine::subject::Subject;
use crate::finding::{AcceptedBy, Finding, Standing, Suppression};
use crate::graph::{Graph, ResourceId, StackId};
use crate::policy::{Silence, in_metadata};
use crate::rule::{Aliases, Covers, Rule};
use crate::syntax::{Format, Node};
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// A suppression, and the rules that it means.
pub(in crate::engine) struct Claim {
    /// As people read it; counts what it speaks of.
    pub written: Suppression,
    /// The rules of the run, by index, and how much of each it covers.
    pub rules: Vec<(usize, Covers)>,
    /// Further selectors, of our own form.
    silence: Option<Silence>,
    /// The findings of cdk-nag that it is limited to.
    applies_to: Option<Vec<foreign::Applies>>,
}

impl Claim {
    /// Whether it covers all or a part of a rule, if it speaks of that finding.
    pub fn covers(&self, rule: usize, finding: &Finding) -> Option<Covers> {
        let covers = match self.rules.iter().find(|(index, _)| *index == rule)?.1 {
            Covers::Named if self.applies_to.is_some() => Covers::Exact,
            Covers::Named => Covers::Part,
            covers => covers,
        };
        let fits = self.silence.as_ref().is_none_or(|silence| silence.fits(finding, None))
            && self.applies_to.as_ref().is_none_or(|wanted| super::witness::applies(wanted, finding));
        fits.then_some(covers)
    }
}

impl Claim {
    /// Whether it speaks of some findings of a node only.
    pub fn is_narrow(&self) -> bool {
        self.applies_to.is_some() || self.silence.as_ref().is_some_and(Silence::is_narrow)
    }
}

/// What the rules of a run are called, by us and by others.
pub(in crate::engine) struct Names<'r> {
    pub rules: &'r [Arc<Rule>],
    pub known: &'r [Arc<str>],
    pub today: crate::date::Date,
    pub aliases: OnceLock<Aliases>,
}

impl Names<'_> {
    fn aliases(&self) -> &Aliases {
        self.aliases.get_or_init(|| Aliases::of(self.rules))
    }
}

/// All claims of an assembly.
#[derive(Default)]
pub(in crate::engine) struct Claims {
    pub list: Vec<Claim>,
    of_resource: FxHashMap<ResourceId, Vec<usize>>,
    of_stack: FxHashMap<StackId, Vec<usize>>,
    of_path: FxHashMap<String, Vec<usize>>,
}

impl Claims {
    /// Those of the templates; with `acknowledgements`, those of the manifest too.
    pub fn collect(graph: &Graph<'_>, names: &Names<'_>, acknowledgements: bool) -> Claims {
        let mut claims = Claims::default();
        for (index, stack) in graph.stacks.iter().enumerate() {
            let id = StackId(index as u32);
            if let Some(metadata) = stack.template.document.root().get("Metadata") {
                for (key, value) in metadata.entries() {
                    for claim in read(key.text_or_empty(), value, false, names, &stack.input.display_name) {
                        claims.of_stack.entry(id).or_default().push(claims.list.len());
                        claims.list.push(claim);
                    }
                }
            }
            for resource in stack.resources.clone().map(ResourceId) {
                claims.of_metadata(graph, resource, names);
            }
            if stack.template.document.format() == Format::Yaml {
                for (logical_id, named) in comment::skips(graph, id) {
                    let Some(resource) = stack.resource(logical_id) else { continue };
                    let about = format!("{logical_id} of {}", stack.input.display_name);
                    claims.push_of(resource, claim(named, names, &about));
                }
            }
            if acknowledgements {
                claims.of_manifest(&stack.input.metadata, names);
            }
        }
        claims
    }

    fn of_metadata(&mut self, graph: &Graph<'_>, resource: ResourceId, names: &Names<'_>) {
        let node = graph.resource(resource);
        let Some(metadata) = node.declared.body().get("Metadata") else { return };
        for (key, value) in metadata.entries() {
            let key = key.text_or_empty();
            if !FORMS.contains(&key) {
                continue;
            }
            let stack = &graph.stack(node.stack).input.display_name;
            let about = [node.declared.logical_id(), " of ", stack].concat();
            for claim in read(key, value, true, names, &about) {
                self.push_of(resource, Some(claim));
            }
        }
    }

    fn of_manifest(&mut self, metadata: &crate::intake::Metadata, names: &Names<'_>) {
        for (path, id, reason) in metadata.acknowledgements() {
            let (plain, applies_to) = foreign::acknowledged(id.text_or_empty());
            let reason = Some(reason.text_or_empty().into());
            let own = names.known.iter().any(|known| **known == *plain);
            let (by, written) = (AcceptedBy::Acknowledgement, Written::At(id));
            let named = Named { by, id: plain, reason, applies_to, written };
            let claim = if own { Some(own_claim(named, names, path)) } else { claim(named, names, path) };
            if let Some(claim) = claim {
                self.of_path.entry(path.to_owned()).or_default().push(self.list.len());
                self.list.push(claim);
            }
        }
    }

    fn push_of(&mut self, resource: ResourceId, claim: Option<Claim>) {
        if let Some(claim) = claim {
            self.of_resource.entry(resource).or_default().push(self.list.len());
            self.list.push(claim);
        }
    }

    /// The claims that may speak of a subject, the nearest first.
    pub fn about(&self, subject: Subject, stack: StackId, construct_path: Option<&str>) -> Vec<usize> {
        if self.list.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        if let Subject::Resource(id) = subject {
            found.extend(self.of_resource.get(&id).into_iter().flatten());
        }
        if !matches!(subject, Subject::App(_)) {
            found.extend(self.of_stack.get(&stack).into_iter().flatten());
        }
        let mut path = construct_path.filter(|_| !self.of_path.is_empty());
        while let Some(here) = path {
            found.extend(self.of_path.get(here).into_iter().flatten());
            path = here.rsplit_once('/').map(|(above, _)| above);
        }
        found
    }
}

/// The keys of metadata that hold suppressions.
const FORMS: [&str; 6] = ["stackproof", "cdk_nag", "cfn_nag", "checkov", "cfn-lint", "guard"];

/// The claims under one key of metadata.
fn read(key: &str, value: Node<'_>, of_resource: bool, names: &Names<'_>, about: &str) -> Vec<Claim> {
    if key == "stackproof" {
        return own(value, of_resource, names, about);
    }
    foreign::read(key, value).into_iter().filter_map(|named| claim(named, names, about)).collect()
}

/// `stackproof: {suppress: [..]}`: our own form.
fn own(value: Node<'_>, of_resource: bool, names: &Names<'_>, about: &str) -> Vec<Claim> {
    let document = value.document();
    let of = |node: Node<'_>| {
        let silence = in_metadata(document, node, of_resource, about, names.known, names.today);
        let meant = names.rules.iter().enumerate().filter(|(_, rule)| silence.means(&rule.id));
        let rules = meant.map(|(index, _)| (index, Covers::Exact)).collect();
        Claim { written: silence.written.clone(), rules, silence: Some(silence), applies_to: None }
    };
    match value.get("suppress") {
        Some(list) if list.is_list() => list.items().map(of).collect(),
        Some(one) => vec![of(one)],
        // The entry is refused in the same words as one of the list.
        None => vec![of(value)],
    }
}

/// An acknowledgement of a rule of ours.
fn own_claim(named: Named<'_>, names: &Names<'_>, path: &str) -> Claim {
    let rules: Vec<usize> =
        (0..names.rules.len()).filter(|index| *names.rules[*index].id == *named.id).collect();
    let meant = vec![named.id.to_owned()];
    let rules = rules.into_iter().map(|index| (index, Covers::Exact)).collect();
    of_named(named, rules, meant, path)
}

/// The claim of another tool's suppression; none where no rule of the run is meant.
fn claim(named: Named<'_>, names: &Names<'_>, about: &str) -> Option<Claim> {
    let rules = foreign::meant(&named, names.aliases());
    if rules.is_empty() {
        return None;
    }
    let meant = rules.iter().map(|(index, _)| names.rules[*index].id.as_ref().to_owned()).collect();
    Some(of_named(named, rules, meant, about))
}

fn of_named(named: Named<'_>, rules: Vec<(usize, Covers)>, meant: Vec<String>, about: &str) -> Claim {
    let reason = named.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    // Their tools refuse those without a reason too.
    let asks = matches!(named.by, AcceptedBy::CdkNag | AcceptedBy::Acknowledgement);
    let standing = match rules.iter().all(|(_, covers)| *covers == Covers::Part) && !rules.is_empty() {
        true => Standing::Part,
        false if asks && reason.is_none() => Standing::Reasonless,
        false => Standing::Active,
    };
    let written = Suppression {
        by: named.by,
        rules: vec![named.id.to_owned()],
        meant,
        scope: about.to_owned(),
        reason,
        author: None,
        until: None,
        location: Some(named.written.location()),
        standing,
        findings: 0,
    };
    Claim { written, rules, silence: None, applies_to: named.applies_to }
}
