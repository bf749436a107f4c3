//! The checklist for programs: one JSON document on one line.
//!
//! ```text
//! {
//!   "version": 1,                        raised when a field changes its meaning or goes; fields may be added
//!   "day",                               of the run, "2026-06-01"
//!   "lines": [{                          the twenty lines, in order
//!     "id", "group", "title",
//!     "state": "proven" | "failed" | "undecided" | "accepted" | "attested" | "not_applicable",
//!     "reason",                          why nobody's word counts, or null
//!     "attest",                          what to add to stackproof.yaml, or null
//!     "counts": {"pass", "fail", "undecided", "accepted", "attested", "not_applicable"},   of nodes
//!     "attestations": [0],               those that speak of the line itself, by index
//!     "rules": [{
//!       "id", "title", "state", "counts",
//!       "findings": ["00c0ffee00c0ffee"],   fingerprints, as `check --format json` has them
//!       "undecided": [], "accepted": [],   likewise
//!       "attestation"                    the index of the one that is valid for it, or null
//!     }]
//!   }],
//!   "attestations": [{
//!     "lines": [], "rules": [], "evidence", "by", "until",
//!     "valid": true | false,
//!     "file", "line", "column"
//!   }],
//!   "stacks": [{"app", "stack", "file", "states": []}],   a state for each line; "app": the app or a stage as a whole
//!   "summary": {"proven", "failed", "undecided", "accepted", "attested", "not_applicable"},      counts of lines
//!   "errors"                             how many inputs could not be linted
//! }
//! ```
use super::super::entry::CountsEntry;
use super::super::json::write;
use crate::checklist::{Attestation, Checklist, Evidence, Group, Line, Row, State};
use crate::finding::Run;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// Raised when a field changes its meaning or goes away.
const VERSION: u32 = 1;

/// Writes the document.
pub(in super::super) fn render(run: &Run, checklist: &Checklist, out: &mut dyn io::Write) -> io::Result<()> {
    let of_group = |group| move |line| LineEntry::new(run, group, line);
    let lines = checklist.groups.iter().flat_map(|group| group.lines.iter().map(of_group(group)));
    let report = Report {
        version: VERSION,
        day: checklist.day.to_string(),
        lines: lines.collect(),
        attestations: checklist.attestations.iter().map(AttestationEntry::new).collect(),
        stacks: checklist.stacks.iter().map(StackEntry::new).collect(),
        summary: State::ALL.iter().map(|state| (state.as_str(), checklist.count(*state))).collect(),
        errors: run.problems.iter().filter(|problem| problem.unlinted).count(),
    };
    write(&report, out)
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    day: String,
    lines: Vec<LineEntry<'a>>,
    attestations: Vec<AttestationEntry<'a>>,
    stacks: Vec<StackEntry<'a>>,
    summary: BTreeMap<&'static str, usize>,
    errors: usize,
}

#[derive(Serialize)]
struct LineEntry<'a> {
    id: &'a str,
    group: &'a str,
    title: &'a str,
    state: &'static str,
    reason: Option<&'a str>,
    attest: Option<&'a str>,
    counts: CountsEntry,
    attestations: &'a [usize],
    rules: Vec<RuleEntry<'a>>,
}

impl<'a> LineEntry<'a> {
    fn new(run: &'a Run, group: &'a Group, line: &'a Line) -> Self {
        LineEntry {
            id: &line.id,
            group: &group.title,
            title: &line.title,
            state: line.state.as_str(),
            reason: line.reason.as_deref(),
            attest: line.attest.as_deref(),
            counts: CountsEntry::new(line.counts),
            attestations: &line.attestations,
            rules: line.rules.iter().map(|rule| RuleEntry::new(run, rule)).collect(),
        }
    }
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    id: &'a str,
    title: &'a str,
    state: &'static str,
    counts: CountsEntry,
    findings: Vec<String>,
    undecided: Vec<String>,
    accepted: Vec<String>,
    attestation: Option<usize>,
}

impl<'a> RuleEntry<'a> {
    fn new(run: &'a Run, rule: &'a Evidence) -> Self {
        RuleEntry {
            id: &rule.rule,
            title: &rule.title,
            state: rule.state.as_str(),
            counts: CountsEntry::new(rule.counts),
            findings: rule
                .findings
                .iter()
                .map(|index| run.findings[*index].fingerprint.to_string())
                .collect(),
            undecided: rule
                .undecided
                .iter()
                .map(|index| run.undecided[*index].fingerprint.to_string())
                .collect(),
            accepted: rule
                .accepted
                .iter()
                .map(|index| run.accepted[*index].finding.fingerprint.to_string())
                .collect(),
            attestation: rule.attestation,
        }
    }
}

#[derive(Serialize)]
struct AttestationEntry<'a> {
    lines: &'a [String],
    rules: &'a [String],
    evidence: &'a str,
    by: &'a str,
    until: String,
    valid: bool,
    file: &'a str,
    line: u32,
    column: u32,
}

impl<'a> AttestationEntry<'a> {
    fn new(attestation: &'a Attestation) -> Self {
        let start = attestation.location.start();
        AttestationEntry {
            lines: &attestation.lines,
            rules: &attestation.rules,
            evidence: &attestation.evidence,
            by: &attestation.by,
            until: attestation.until.to_string(),
            valid: attestation.is_valid(),
            file: attestation.location.file(),
            line: start.line,
            column: start.column,
        }
    }
}

#[derive(Serialize)]
struct StackEntry<'a> {
    app: bool,
    stack: &'a str,
    file: &'a str,
    states: Vec<&'static str>,
}

impl<'a> StackEntry<'a> {
    fn new(row: &'a Row) -> Self {
        let states = row.states.iter().map(|state| state.as_str()).collect();
        StackEntry { app: row.app, stack: &row.stack, file: &row.file, states }
    }
}
