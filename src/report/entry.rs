//! The entries of the JSON report, field by field in the order in which they are written.
//!
//! Each borrows from the run and is dropped as soon as it is written. What the fields mean is said in
//! [`json`](super::json). The long lists are written field by field, so that what findings and undecided verdicts share is
//! said once, and no field's name is taken for a text that needs a look.
use super::places::Places;
use crate::finding::{Accepted, Counts, Finding, Fix, Location, Problem, SourcePlace, Subject, Undecided};
use crate::source::LineColumn;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::sync::Arc;

/// A finding.
pub(super) struct FindingEntry<'a> {
    finding: &'a Finding,
    place: [LineColumn; 2],
    related: Vec<RelatedEntry<'a>>,
    fix: Option<FixEntry<'a>>,
}

/// A finding that is accepted, and by whom.
#[derive(serde::Serialize)]
pub(super) struct AcceptedEntry<'a> {
    #[serde(flatten)]
    finding: FindingEntry<'a>,
    by: &'static str,
    reason: Option<&'a str>,
    until: Option<String>,
    written: Option<WrittenEntry<'a>>,
}

#[derive(serde::Serialize)]
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
#[derive(serde::Serialize)]
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
        let place = places.both(&finding.location);
        let related = finding.related.iter().map(|related| {
            let start = places.start(&related.location);
            let file = related.location.file();
            RelatedEntry { message: &related.message, file, line: start.line, column: start.column }
        });
        FindingEntry {
            finding,
            place,
            related: related.collect(),
            fix: (!same_fix(finding, told)).then(|| FixEntry::new(&finding.fix)),
        }
    }
}

impl Serialize for FindingEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let finding = self.finding;
        let mut entry = serializer.serialize_struct("FindingEntry", 0)?;
        entry.serialize_field("rule", &*finding.rule)?;
        entry.serialize_field("level", finding.severity.as_str())?;
        entry.serialize_field("message", &finding.message)?;
        witness(&mut entry, &finding.subject, &finding.property, &finding.location, self.place)?;
        entry.serialize_field("scenario", &finding.scenario)?;
        entry.serialize_field("related", &self.related)?;
        if let Some(fix) = &self.fix {
            entry.serialize_field("fix", fix)?;
        }
        entry.serialize_field("fingerprint", &finding.fingerprint)?;
        entry.end()
    }
}

/// Whether two findings are mended in the same way; those of one rule mostly share the text itself.
fn same_fix(a: &Finding, b: &Finding) -> bool {
    Arc::ptr_eq(&a.fix, &b.fix) || a.fix == b.fix
}

/// A verdict that could not be reached.
pub(super) struct UndecidedEntry<'a> {
    undecided: &'a Undecided,
    place: [LineColumn; 2],
}

impl<'a> UndecidedEntry<'a> {
    pub(super) fn new(undecided: &'a Undecided, places: &mut Places) -> Self {
        UndecidedEntry { undecided, place: places.both(&undecided.location) }
    }
}

impl Serialize for UndecidedEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let undecided = self.undecided;
        let mut entry = serializer.serialize_struct("UndecidedEntry", 0)?;
        entry.serialize_field("rule", &*undecided.rule)?;
        entry.serialize_field("level", undecided.severity.as_str())?;
        entry.serialize_field("reason", &undecided.reason)?;
        witness(&mut entry, &undecided.subject, &undecided.property, &undecided.location, self.place)?;
        if let Some(attest) = &undecided.attest {
            entry.serialize_field("attest", attest)?;
        }
        entry.serialize_field("fingerprint", &undecided.fingerprint)?;
        entry.end()
    }
}

/// Where it stands and whose it is: the same for findings and undecided verdicts.
fn witness<S: SerializeStruct>(
    entry: &mut S,
    subject: &Subject,
    property: &Option<String>,
    location: &Location,
    [start, end]: [LineColumn; 2],
) -> Result<(), S::Error> {
    entry.serialize_field("file", location.file())?;
    entry.serialize_field("line", &start.line)?;
    entry.serialize_field("column", &start.column)?;
    entry.serialize_field("end_line", &end.line)?;
    entry.serialize_field("end_column", &end.column)?;
    entry.serialize_field("stack", &subject.stack)?;
    entry.serialize_field("artifact", &subject.artifact)?;
    entry.serialize_field("resource", &subject.resource)?;
    entry.serialize_field("type", &subject.kind)?;
    entry.serialize_field("construct_path", &subject.construct_path)?;
    entry.serialize_field("property", property)?;
    entry.serialize_field("source", &subject.source.as_ref().map(SourceEntry::new))
}

#[derive(serde::Serialize)]
struct SourceEntry<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    function: Option<&'a str>,
    inherited: bool,
}

impl<'a> SourceEntry<'a> {
    fn new(place: &'a SourcePlace) -> Self {
        SourceEntry {
            file: &place.file,
            line: place.line,
            column: place.column,
            function: place.function.as_deref(),
            inherited: place.inherited,
        }
    }
}

#[derive(serde::Serialize)]
struct RelatedEntry<'a> {
    message: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
}

#[derive(serde::Serialize)]
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
#[derive(serde::Serialize)]
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
#[derive(serde::Serialize)]
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
