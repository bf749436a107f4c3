//! The words that all formats of the checklist share.
use super::super::text::count;
use crate::checklist::{Attestation, Checklist, Evidence, Line, Standing, State};
use crate::finding::{Counts, Finding, Run, Severity};

/// `4 failed, 2 undecided, 1 attested, 31 passed`; what is none is left out.
pub(super) fn tally(counts: Counts) -> String {
    graded(counts, "")
}

/// The same, with how grave the failures are.
fn graded(counts: Counts, gravity: &str) -> String {
    let Counts { pass, fail, undecided, accepted, attested, not_applicable } = counts;
    let failed = format!("failed{gravity}");
    let parts = [
        (fail, &*failed),
        (undecided, "undecided"),
        (accepted, "accepted"),
        (attested, "attested"),
        (pass, "passed"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    match (parts.is_empty(), not_applicable) {
        (false, _) => parts.join(", "),
        (true, 0) => "nothing of the kind".to_owned(),
        (true, number) => format!("{number} not concerned"),
    }
}

/// ` (1 error, 2 warnings)`: the findings of a line by how grave they are.
fn gravity(line: &Line, run: &Run) -> String {
    let findings = || line.rules.iter().flat_map(|rule| &rule.findings).map(|index| &run.findings[*index]);
    let parts: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| {
            (findings().filter(|finding| finding.severity == severity).count(), severity.as_str())
        })
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| count(number, word))
        .collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// Why a line stands as it does, in a few words.
pub(super) fn behind(line: &Line, run: &Run, checklist: &Checklist) -> String {
    if let Some(reason) = &line.reason {
        return reason.clone();
    }
    if let Some(attestation) = voucher(line, checklist) {
        return vouched(attestation);
    }
    if line.rules.is_empty() {
        return "no rule looks at it".to_owned();
    }
    graded(line.counts, &gravity(line, run))
}

/// The attestation that makes a line attested, where it speaks of the line itself.
pub(super) fn voucher<'c>(line: &Line, checklist: &'c Checklist) -> Option<&'c Attestation> {
    let of_line = line.attestations.iter().map(|index| &checklist.attestations[*index]);
    let of_rules =
        line.rules.iter().filter(|rule| rule.counts.attested > 0).filter_map(|rule| rule.attestation);
    let of_rules = of_rules.map(|index| &checklist.attestations[index]);
    (line.state == State::Attested).then(|| of_line.chain(of_rules).find(|one| one.is_valid())).flatten()
}

/// `Jane Doe vouches for it until 2026-12-31`.
pub(super) fn vouched(attestation: &Attestation) -> String {
    let soon = if attestation.standing == Standing::Ending { " (ends soon)" } else { "" };
    format!("{} vouches for it until {}{soon}", attestation.by, attestation.until)
}

/// `20 lines: 8 failed, 3 undecided, 9 proven`.
pub(super) fn standing(checklist: &Checklist) -> String {
    let states: Vec<String> = State::ALL
        .into_iter()
        .filter(|state| checklist.count(*state) > 0)
        .map(|state| format!("{} {}", checklist.count(state), state.words()))
        .collect();
    format!("{}: {}", count(checklist.lines().count(), "line"), states.join(", "))
}

/// `1 app, 4 templates, 71 resources, 41 rules`.
pub(super) fn looked_at(run: &Run) -> String {
    let counts = [
        (run.apps, "app"),
        (run.templates, "template"),
        (run.resources, "resource"),
        (run.tallies.len(), "rule"),
    ];
    counts.map(|(number, noun)| count(number, noun)).join(", ")
}

/// The rules of a line that stand in its way, else nothing.
pub(super) fn in_the_way(line: &Line) -> impl Iterator<Item = &Evidence> {
    line.rules.iter().filter(|rule| matches!(rule.state, State::Failed | State::Undecided))
}

/// The place to open: the line of the user's program where it is known, else the template's.
pub(super) fn place(finding: &Finding) -> String {
    match &finding.subject.source {
        Some(source) => format!("{}:{}:{}", source.file, source.line, source.column),
        None => format!("{}:{}", finding.location.file(), finding.location.start()),
    }
}

/// Whose finding it is.
pub(super) fn whose(finding: &Finding) -> String {
    let subject = &finding.subject;
    match (&subject.resource, subject.stack.is_empty()) {
        (_, true) => "the app".to_owned(),
        (Some(resource), false) => format!("{} / {resource}", subject.stack),
        (None, false) => subject.stack.to_string(),
    }
}
