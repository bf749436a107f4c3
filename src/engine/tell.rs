//! From verdicts to what is told: findings and undecided verdicts with places, messages and identities.
//!
//! What all findings of a clause say is put together once a run; what one finding shares with those before it, its subject
//! and the names of stacks, types and properties, is kept at hand ([`Telling`]) and shared.
use super::evaluate::Evaluator;
use super::outcome::Witness;
use super::subject::Subject;
use super::verdict::{Failure, Question};
use super::{locate, lookup, message};
use crate::checklist::Attestation;
use crate::finding::{Finding, Fingerprint, Fix, Kin, Piece, Related, Saying, Severity, Undecided};
use crate::graph::StackId;
use crate::policy::{paste, told};
use crate::rule::{Clause, Raise, Rule};
use crate::value::{self, Asked, Place, Resolver, World};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What was told so far, as far as the next finding may share it.
#[derive(Default)]
pub(super) struct Telling {
    /// The subject told last, as findings name it.
    subject: Option<(Subject, Arc<crate::finding::Subject>)>,
    /// The stack told last, by the name that it has from run to run.
    stack: Option<(StackId, String)>,
    /// What the subjects of a type in a stack have in common.
    kin: FxHashMap<(Option<StackId>, Arc<str>), Arc<Kin>>,
    texts: FxHashSet<Arc<str>>,
    /// What may be attested instead, by rule.
    offers: FxHashMap<Arc<str>, Arc<str>>,
}

impl Telling {
    /// The text, shared with those before it.
    pub fn share(&mut self, text: &str) -> Arc<str> {
        match self.texts.get(text) {
            Some(known) => known.clone(),
            None => {
                let text: Arc<str> = text.into();
                self.texts.insert(text.clone());
                text
            }
        }
    }
}

/// The findings of one failing clause: one for each value that decided, at most `limit`.
pub(super) fn findings<'a>(
    out: &mut Vec<Finding>,
    evaluator: &Evaluator<'_, 'a>,
    question: Question<'_>,
    failure: &Failure<'a>,
    limit: usize,
) {
    let Question { rule, profile, .. } = question;
    let world = evaluator.world;
    let clause = &rule.require[failure.clause];
    let Some(severity) = rule.level(clause, profile) else { return };
    let saying = clause.said[profile as usize].get_or_init(|| Arc::new(saying(rule, clause, severity)));
    let subject = reported(evaluator);
    let scenario = Asked::in_words(&failure.scenario);
    for witness in failure.witnesses.iter().take(limit) {
        let path = path_of(world, witness);
        let mut finding = Finding::new(
            saying.clone(),
            subject.clone(),
            locate::location(world, witness.place),
            fingerprint(evaluator, rule, &subject, path.identity()),
        );
        finding.property = path.shown().map(|path| evaluator.known.telling.borrow_mut().share(path));
        let value = match &witness.value {
            Some(value) if saying.message.contains(&Piece::Value) => match rule.conceal {
                true => "a value that is not shown".into(),
                false => message::show(evaluator.resolver, value).into(),
            },
            _ => Box::default(),
        };
        let missing = witness.missing.as_deref().filter(|_| saying.message.contains(&Piece::Missing));
        finding.set_words(value, missing.unwrap_or_default());
        finding.set_scenario(scenario.clone());
        finding.relate(related(world, witness, &failure.scenario));
        finding.relate(question.attestation.filter(|_| clause.attestable).and_then(lapsed));
        out.push(finding);
    }
}

/// What all findings of a clause say.
fn saying(rule: &Rule, clause: &Clause, severity: Severity) -> Saying {
    let fix = clause.fix.as_ref().unwrap_or(&rule.fix);
    // Where a person may vouch for it, with what to add to the policy.
    let fix = match clause.attestable {
        true => Arc::new(Fix { attest: Some(paste(Some(&rule.id), rule.checklist)), ..Fix::clone(fix) }),
        false => fix.clone(),
    };
    let message = message::pieces(clause.message.as_ref().unwrap_or(&rule.message), rule);
    Saying { message, ..saying_of(rule, severity, fix) }
}

/// What all findings of a rule say that are mended in that way, without a message.
fn saying_of(rule: &Rule, severity: Severity, fix: Arc<Fix>) -> Saying {
    Saying {
        rule: rule.id.clone(),
        severity,
        title: rule.title,
        fix,
        see: rule.see,
        concealed: rule.conceal,
        message: Vec::new(),
    }
}

/// What to add to the policy where a person may know what is not known.
pub(super) fn offer(evaluator: &Evaluator<'_, '_>, rule: &Rule) -> Arc<str> {
    let mut telling = evaluator.known.telling.borrow_mut();
    let offers = telling.offers.entry(rule.id.clone());
    offers.or_insert_with(|| paste(Some(&rule.id), rule.checklist).into()).clone()
}

/// The attestation that would speak of the failure, if it still counted.
fn lapsed(attestation: &Attestation) -> Option<Related> {
    let message = told(attestation).filter(|_| !attestation.is_valid())?;
    Some(Related { message, location: attestation.location.clone() })
}

/// A verdict that could not be reached.
pub(super) fn undecided(
    evaluator: &Evaluator<'_, '_>,
    question: Question<'_>,
    unknown: &value::Unknown<'_>,
    witness: &Witness<'_>,
) -> Undecided {
    let Question { rule, profile, .. } = question;
    // That of the rule, else the gravest of what it asks.
    let severity = rule.levels.under(profile);
    let severity =
        severity.or_else(|| rule.require.iter().filter_map(|clause| rule.level(clause, profile)).max());
    let severity = severity.unwrap_or(Severity::Note);
    let world = evaluator.world;
    let subject = reported(evaluator);
    let path = path_of(world, witness);
    let reason = reason(world, path.shown(), unknown, witness);
    Undecided {
        rule: rule.id.clone(),
        severity,
        fingerprint: fingerprint(evaluator, rule, &subject, path.identity()),
        subject,
        property: path.shown().map(|path| evaluator.known.telling.borrow_mut().share(path)),
        location: locate::location(world, witness.place),
        reason,
        attest: None,
    }
}

/// The finding that an undecided verdict is, where the policy raises it. Its identity is not that of a failure at the same
/// place: who accepts that a value is not known has not accepted that it is wrong.
pub(super) fn raised(
    evaluator: &Evaluator<'_, '_>,
    question: Question<'_>,
    told: &Undecided,
) -> Option<Finding> {
    let Question { rule, profile, .. } = question;
    let severity = match rule.undecided[profile as usize] {
        Raise::Ignore => return None,
        Raise::Note => Severity::Note,
        Raise::Fail => told.severity,
    };
    let whose = told.subject.resource.as_deref().unwrap_or(&told.subject.kind);
    let identity = format!("undecided {}", told.fingerprint);
    let fix = match &told.attest {
        Some(attest) => Arc::new(Fix { attest: Some(attest.to_string()), ..Fix::clone(&rule.fix) }),
        None => rule.fix.clone(),
    };
    let mut finding = Finding::new(
        Arc::new(saying_of(rule, severity, fix)),
        told.subject.clone(),
        told.location.clone(),
        fingerprint(evaluator, rule, &told.subject, &identity),
    );
    finding.property = told.property.clone();
    finding.say(format!("{whose} is undecided: {}", told.reason));
    Some(finding)
}

/// Why a verdict is undecided: the property, the way from it to what is not known where that leads through
/// several places, and the reason.
fn reason(
    world: &World<'_>,
    property: Option<&str>,
    unknown: &value::Unknown<'_>,
    witness: &Witness<'_>,
) -> String {
    let Some(property) = property else { return unknown.to_string() };
    let resolver = Resolver::new(world);
    resolver.trace();
    resolver.resolve(witness.place.stack, lookup::node_at(world, witness.place));
    let hops = resolver.hops();
    let way: Vec<&str> =
        hops.iter().filter(|hop| hop.follows && hop.level == 0).map(|hop| hop.what.as_str()).collect();
    match way.as_slice() {
        [] | [_] => format!("{property}: {unknown}"),
        several => format!("{property} <- {}: {unknown}", several.join(" <- ")),
    }
}

/// The subject as findings name it; one rule after the other asks for the same.
fn reported(evaluator: &Evaluator<'_, '_>) -> Arc<crate::finding::Subject> {
    let mut telling = evaluator.known.telling.borrow_mut();
    if let Some((subject, reported)) = &telling.subject
        && *subject == evaluator.subject
    {
        return reported.clone();
    }
    let (world, subject) = (evaluator.world, evaluator.subject);
    let stack = (!matches!(subject, Subject::App(_))).then(|| subject.stack(world));
    let whose = (stack, telling.share(locate::type_of(world, subject)));
    let kin = telling.kin.entry(whose).or_insert_with(|| Arc::new(locate::kin(world, subject))).clone();
    let reported = Arc::new(locate::reported(world, subject, kin));
    telling.subject = Some((subject, reported.clone()));
    reported
}

/// The property path of a witness; of an absent value, the whole path that was looked for.
fn path_of(world: &World<'_>, witness: &Witness<'_>) -> locate::Path {
    let mut path = locate::property_path(world, witness.place);
    if !witness.absent.is_empty() {
        path.enter(&lookup::in_words(witness.absent));
    }
    path
}

fn related(world: &World<'_>, witness: &Witness<'_>, scenario: &[Asked<'_>]) -> Vec<Related> {
    let mut related = Vec::new();
    if let Some(value::Value::Hole(value::Hole::Reference { resource, .. })) = witness.value {
        let target = world.graph.resource(resource);
        let place = Subject::Resource(resource).place(world);
        let stack = &world.graph.stack(target.stack).input.display_name;
        let message = format!("{} of {stack} is what it refers to", target.declared.logical_id());
        related.push(Related { message, location: locate::location(world, place) });
    }
    // Of a condition that the scenario does not rest on, the other branch is not worth a look.
    let rests_on = |condition: &str| {
        scenario.iter().any(|asked| asked.stack == witness.place.stack && asked.name == condition)
    };
    // Where it rests on none, branches are not looked for.
    let branches = if scenario.is_empty() { Vec::new() } else { locate::branches(world, witness.place) };
    for branch in branches.into_iter().filter(|branch| rests_on(branch.condition)) {
        let place = |node| locate::location(world, Place { stack: witness.place.stack, node });
        let name = branch.condition;
        let message = format!("when {name} is {}, this stands in its place", !branch.holds);
        related.push(Related { message, location: place(branch.other) });
        if let Some(declared) = branch.declared {
            let message = format!("the condition {name} is declared here");
            related.push(Related { message, location: place(declared) });
        }
    }
    related
}

/// Rule, stack, construct path (else logical id) and property: what stays when texts are reordered.
fn fingerprint(
    evaluator: &Evaluator<'_, '_>,
    rule: &Rule,
    subject: &crate::finding::Subject,
    property: &str,
) -> Fingerprint {
    let world = evaluator.world;
    let mut hash = locate::Fnv::default();
    hash.write(rule.id.as_bytes());
    match evaluator.subject {
        Subject::App(_) => hash.write(b""),
        of => {
            let id = of.stack(world);
            let mut telling = evaluator.known.telling.borrow_mut();
            if telling.stack.as_ref().is_none_or(|(known, _)| *known != id) {
                let name = locate::stack_name(evaluator.base, world.graph.stack(id).input);
                telling.stack = Some((id, name.into_owned()));
            }
            hash.write(telling.stack.as_ref().map_or(&[], |(_, name)| name.as_bytes()));
        }
    }
    let whose = subject.construct_path.as_deref().or(subject.resource.as_deref());
    hash.write(whose.unwrap_or_default().as_bytes());
    hash.write(property.as_bytes());
    Fingerprint(hash.0)
}
