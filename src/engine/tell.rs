//! From verdicts to what is told: findings and undecided verdicts with places, messages and identities.
use super::evaluate::Evaluator;
use super::message::{self, Words};
use super::outcome::Witness;
use super::subject::Subject;
use super::verdict::{Failure, Question};
use super::{locate, lookup};
use crate::checklist::Attestation;
use crate::finding::{Finding, Fix, Related, Severity, Undecided};
use crate::policy::{paste, told};
use crate::rule::{Clause, Raise, Rule};
use crate::value::{self, Asked, Place, Resolver, World};
use std::borrow::Cow;
use std::sync::Arc;

/// The findings of one failing clause: one for each value that decided, at most `limit`.
pub(super) fn findings(
    out: &mut Vec<Finding>,
    evaluator: &Evaluator<'_, '_>,
    question: Question<'_>,
    failure: &Failure<'_>,
    limit: usize,
) {
    let Question { rule, profile, .. } = question;
    let world = evaluator.world;
    let clause = &rule.require[failure.clause];
    let Some(severity) = rule.level(clause, profile) else { return };
    let fix = fix(evaluator, rule, clause);
    let reported = reported(evaluator);
    for witness in failure.witnesses.iter().take(limit) {
        let (property, identity) = property_of(world, witness);
        let words = Words {
            subject: &reported,
            property: property.as_deref(),
            value: match &witness.value {
                Some(_) if rule.conceal => "a value that is not shown".to_owned(),
                Some(value) => message::show(world, value),
                None => String::new(),
            },
            missing: witness.missing.as_deref().unwrap_or_default(),
        };
        let message = message::fill(clause.message.as_ref().unwrap_or(&rule.message), rule, &words);
        let mut related = related(world, witness, &failure.scenario);
        related.extend(question.attestation.filter(|_| clause.attestable).and_then(lapsed));
        out.push(Finding {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            severity,
            message,
            fingerprint: fingerprint(evaluator, rule, &reported, identity.as_deref()),
            subject: reported.clone(),
            property,
            location: locate::location(world, witness.place),
            scenario: Asked::in_words(&failure.scenario),
            related,
            fix: fix.clone(),
            see: rule.see.clone(),
            concealed: rule.conceal,
        });
    }
}

/// How to mend a failure of a clause; where a person may vouch for it, with what to add to the policy.
fn fix(evaluator: &Evaluator<'_, '_>, rule: &Rule, clause: &Clause) -> Arc<Fix> {
    let fix = clause.fix.as_ref().unwrap_or(&rule.fix);
    if !clause.attestable {
        return fix.clone();
    }
    let offer = || {
        let attest = Some(paste(Some(&rule.id), &rule.checklist));
        Arc::new(Fix { attest, ..Fix::clone(fix) })
    };
    evaluator.known.offers.borrow_mut().entry(Arc::as_ptr(fix)).or_insert_with(offer).clone()
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
    let (property, identity) = property_of(world, witness);
    let reason = reason(world, property.as_deref(), unknown, witness);
    Undecided {
        rule: rule.id.clone(),
        severity,
        fingerprint: fingerprint(evaluator, rule, &subject, identity.as_deref()),
        subject,
        property,
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
    Some(Finding {
        rule: rule.id.clone(),
        title: rule.title.clone(),
        severity,
        message: format!("{whose} is undecided: {}", told.reason),
        fingerprint: fingerprint(
            evaluator,
            rule,
            &told.subject,
            Some(&format!("undecided {}", told.fingerprint)),
        ),
        subject: told.subject.clone(),
        property: told.property.clone(),
        location: told.location.clone(),
        scenario: None,
        related: Vec::new(),
        fix: match &told.attest {
            Some(attest) => Arc::new(Fix { attest: Some(attest.clone()), ..Fix::clone(&rule.fix) }),
            None => rule.fix.clone(),
        },
        see: rule.see.clone(),
        concealed: rule.conceal,
    })
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
    let mut last = evaluator.known.reported.borrow_mut();
    if let Some((subject, reported)) = &*last
        && *subject == evaluator.subject
    {
        return reported.clone();
    }
    let reported = Arc::new(locate::reported(evaluator.world, evaluator.subject));
    *last = Some((evaluator.subject, reported.clone()));
    reported
}

/// The property path of a witness, and its identity; of an absent value, the whole path that was looked for.
fn property_of(world: &World<'_>, witness: &Witness<'_>) -> (Option<String>, Option<String>) {
    let (shown, identity) = locate::property_path(world, witness.place);
    let join = |path: Option<String>| match (path, &witness.absent) {
        (Some(path), Some(rest)) => Some(format!("{path}.{rest}")),
        (path, rest) => path.or_else(|| rest.clone()),
    };
    (join(shown), join(identity))
}

fn related(world: &World<'_>, witness: &Witness<'_>, scenario: &[Asked<'_>]) -> Vec<Related> {
    let mut related: Vec<Related> = witness
        .related
        .iter()
        .map(|(message, place)| Related {
            message: message.clone(),
            location: locate::location(world, *place),
        })
        .collect();
    if let Some(value::Value::Hole(value::Hole::Reference { resource, .. })) = witness.value {
        let target = world.graph.resource(resource);
        let place = Subject::Resource(resource).place(world);
        let stack = &world.graph.stack(target.stack).input.display_name;
        let message = format!("{} of {stack} is what it refers to", target.declared.logical_id);
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
    property: Option<&str>,
) -> String {
    let world = evaluator.world;
    let mut hash = locate::Fnv::default();
    hash.write(rule.id.as_bytes());
    let stack = match evaluator.subject {
        Subject::App(_) => Cow::Borrowed(""),
        of => locate::stack_name(evaluator.base, world.graph.stack(of.stack(world)).input),
    };
    hash.write(stack.as_bytes());
    hash.write(
        subject.construct_path.as_deref().or(subject.resource.as_deref()).unwrap_or_default().as_bytes(),
    );
    hash.write(property.unwrap_or_default().as_bytes());
    format!("{:016x}", hash.0)
}
