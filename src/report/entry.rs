//! The entries of the JSON report, field by field in the order in which they are written.
//!
//! Each borrows from the run and is dropped as soon as it is written. What the fields mean is said in
//! [`json`](super::json).
use super::places::Places;
use crate::finding::{Accepted, Counts, Finding, Fix, Location, Problem, Subject, Undecided};
use serde::Serialize;
use std::sync::Arc;

/// A finding.
#[derive(Serialize)]
pub(super) struct FindingEntry<'a> {
    rule: &'a str,
    level: &'static str,
    message: &'a str,
    #[serde(flatten)]
    witness: Witness<'a>,
    scenario: Option<&'a str>,
    related: Vec<RelatedEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixEntry<'a>>,
    fingerprint: &'a str,
}

/// A finding that is accepted, and by whom.
#[derive(Serialize)]
pub(super) struct AcceptedEntry<'a> {
    #[serde(flatten)]
    finding: FindingEntry<'a>,
    by: &'static str,
    reason: Option<&'a str>,
    until: Option<String>,
    written: Option<WrittenEntry<'a>>,
}

#[derive(Serialize)]
struct WrittenEntry<'a> {
    file: &'a str,
    line: u32,
    column: u32,
}

impl<'a> AcceptedEntry<'a> {
    pub(super) fn new(accepted: &'a Accepted, told: &Finding, places: &mut Places) -> Self {
        let written = accepted.location.as_ref().map(|location| {
            let start = places.start(location);
            WrittenEntry { file: location.file(), line: start.line, column: start.column }
        });
        AcceptedEntry {
            finding: FindingEntry::new(&accepted.finding, told, places),
            by: accepted.by.as_str(),
            reason: accepted.reason.as_deref(),
            until: accepted.until.map(|until| until.to_string()),
            written,
        }
    }
}

/// What all findings of a rule share.
#[derive(Serialize)]
pub(super) struct RuleEntry<'a> {
    title: &'a str,
    fix: FixEntry<'a>,
    see: Option<&'a str>,
}

impl<'a> RuleEntry<'a> {
    pub(super) fn new(finding: &'a Finding) -> Self {
        RuleEntry { title: &finding.title, fix: FixEntry::new(&finding.fix), see: finding.see.as_deref() }
    }
}

impl<'a> FindingEntry<'a> {
    /// `told` is the finding whose fix is told for the whole rule.
    pub(super) fn new(finding: &'a Finding, told: &Finding, places: &mut Places) -> Self {
        let witness = Witness::new(&finding.subject, &finding.property, &finding.location, places);
        let related = finding.related.iter().map(|related| {
            let start = places.start(&related.location);
            let file = related.location.file();
            RelatedEntry { message: &related.message, file, line: start.line, column: start.column }
        });
        FindingEntry {
            rule: &finding.rule,
            level: finding.severity.as_str(),
            message: &finding.message,
            witness,
            scenario: finding.scenario.as_deref(),
            related: related.collect(),
            fix: (!same_fix(finding, told)).then(|| FixEntry::new(&finding.fix)),
            fingerprint: &finding.fingerprint,
        }
    }
}

/// Whether two findings are mended in the same way; those of one rule mostly share the text itself.
fn same_fix(a: &Finding, b: &Finding) -> bool {
    Arc::ptr_eq(&a.fix, &b.fix) || a.fix == b.fix
}

/// A verdict that could not be reached.
#[derive(Serialize)]
pub(super) struct UndecidedEntry<'a> {
    rule: &'a str,
    level: &'static str,
    reason: &'a str,
    #[serde(flatten)]
    witness: Witness<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attest: Option<&'a str>,
    fingerprint: &'a str,
}

impl<'a> UndecidedEntry<'a> {
    pub(super) fn new(undecided: &'a Undecided, places: &mut Places) -> Self {
        UndecidedEntry {
            rule: &undecided.rule,
            level: undecided.severity.as_str(),
            reason: &undecided.reason,
            attest: undecided.attest.as_deref(),
            witness: Witness::new(&undecided.subject, &undecided.property, &undecided.location, places),
            fingerprint: &undecided.fingerprint,
        }
    }
}

/// Where it stands and whose it is: the same for findings and undecided verdicts.
#[derive(Serialize)]
struct Witness<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    stack: &'a str,
    artifact: Option<&'a str>,
    resource: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'a str,
    construct_path: Option<&'a str>,
    property: Option<&'a str>,
    source: Option<SourceEntry<'a>>,
}

impl<'a> Witness<'a> {
    fn new(
        subject: &'a Subject,
        property: &'a Option<String>,
        location: &'a Location,
        places: &mut Places,
    ) -> Self {
        let (start, end) = (places.start(location), places.end(location));
        Witness {
            file: location.file(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            stack: &subject.stack,
            artifact: subject.artifact.as_deref(),
            resource: subject.resource.as_deref(),
            kind: &subject.kind,
            construct_path: subject.construct_path.as_deref(),
            property: property.as_deref(),
            source: subject.source.as_ref().map(|place| SourceEntry {
                file: &place.file,
                line: place.line,
                column: place.column,
                function: place.function.as_deref(),
                inherited: place.inherited,
            }),
        }
    }
}

#[derive(Serialize)]
struct SourceEntry<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    function: Option<&'a str>,
    inherited: bool,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    message: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    cdk: Option<&'a str>,
    cloudformation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attest: Option<&'a str>,
}

impl<'a> FixEntry<'a> {
    fn new(fix: &'a Fix) -> Self {
        FixEntry {
            cdk: fix.cdk.as_deref(),
            cloudformation: fix.cloudformation.as_deref(),
            attest: fix.attest.as_deref(),
        }
    }
}

/// How many nodes fared how.
#[derive(Serialize)]
pub(super) struct CountsEntry {
    pass: usize,
    fail: usize,
    undecided: usize,
    accepted: usize,
    attested: usize,
    not_applicable: usize,
}

impl CountsEntry {
    pub(super) fn new(counts: Counts) -> Self {
        let Counts { pass, fail, undecided, accepted, attested, not_applicable } = counts;
        CountsEntry { pass, fail, undecided, accepted, attested, not_applicable }
    }
}

/// An input that could not be linted, or deserves a look.
#[derive(Serialize)]
pub(super) struct ProblemEntry<'a> {
    file: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    message: &'a str,
    help: Option<&'a str>,
}

impl<'a> ProblemEntry<'a> {
    pub(super) fn new(problem: &'a Problem, places: &mut Places) -> Self {
        let start = problem.location.as_ref().map(|location| places.start(location));
        ProblemEntry {
            file: &problem.file,
            line: start.map(|start| start.line),
            column: start.map(|start| start.column),
            message: &problem.message,
            help: problem.help.as_deref(),
        }
    }
}
