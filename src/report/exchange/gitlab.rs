//! A Code Quality report, the list of issues that GitLab shows in merge requests.
//!
//! ```text
//! [{"description", "check_name", "fingerprint", "severity": "info" | "minor" | "major" | "critical" | "blocker",
//!   "location": {"path", "lines": {"begin", "end"}}}]
//! ```
//!
//! An error is critical, a warning major, a note info; an input that could not be linted is a blocker. GitLab takes two issues of one fingerprint for
//! one, so those after the first get a number. Accepted findings have no place in it.
use super::super::compact::put;
use super::super::options::Options;
use super::super::places::Places;
use super::spot::{self, Ordinals, sentence, whose};
use crate::finding::{Fingerprint, Problem, Run, Severity};
use serde::Serialize;
use std::io;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Where,
}

#[derive(Serialize)]
struct Where {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u32>,
}

impl From<spot::Spot> for Where {
    fn from(at: spot::Spot) -> Where {
        let end = at.end.map(|end| end.line);
        Where { path: at.path, lines: Lines { begin: at.start.line, end } }
    }
}

/// Writes the report.
pub(in super::super) fn render(run: &Run, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let (mut places, mut ordinals) = (Places::default(), Ordinals::default());
    let mut list = List { out, first: true };
    for finding in &run.findings {
        let at = spot::spot(&finding.subject, &finding.location, options, &mut places);
        list.add(&Issue {
            description: sentence(finding),
            check_name: &finding.rule,
            fingerprint: numbered(finding.fingerprint, ordinals.next(finding.fingerprint)),
            severity: severity(finding.severity),
            location: at.into(),
        })?;
    }
    for undecided in run.undecided.iter().filter(|_| options.show.undecided) {
        let at = spot::spot(&undecided.subject, &undecided.location, options, &mut places);
        let number = ordinals.next(undecided.fingerprint);
        list.add(&Issue {
            description: format!("undecided: {}: {}", whose(&undecided.subject), undecided.reason),
            check_name: &undecided.rule,
            fingerprint: format!("undecided-{}", numbered(undecided.fingerprint, number)),
            severity: "info",
            location: at.into(),
        })?;
    }
    for (number, problem) in run.problems.iter().enumerate() {
        list.add(&of_problem(problem, number, options, &mut places))?;
    }
    let end: &[u8] = if list.first { b"[]\n" } else { b"]\n" };
    list.out.write_all(end)
}

fn of_problem<'a>(problem: &Problem, number: usize, options: &Options, places: &mut Places) -> Issue<'a> {
    let location = match &problem.location {
        Some(location) => spot::in_text(location, options, places).into(),
        None => Where { path: spot::path(&problem.file, options), lines: Lines { begin: 1, end: None } },
    };
    Issue {
        description: problem.message.clone(),
        check_name: "input",
        fingerprint: format!("input-{}-{}", number + 1, problem.file),
        severity: if problem.unlinted { "blocker" } else { "minor" },
        location,
    }
}

fn numbered(fingerprint: Fingerprint, number: usize) -> String {
    if number == 1 { fingerprint.to_string() } else { format!("{fingerprint}-{number}") }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "info",
    }
}

struct List<'o> {
    out: &'o mut dyn io::Write,
    first: bool,
}

impl List<'_> {
    fn add(&mut self, issue: &Issue<'_>) -> io::Result<()> {
        let mut text = vec![if std::mem::take(&mut self.first) { b'[' } else { b',' }, b'\n'];
        put(issue, &mut text).map_err(io::Error::other)?;
        self.out.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use serde_json::Value;

    fn of(run: &Run) -> String {
        let mut out = Vec::new();
        render(run, &Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finding_is_an_issue() {
        insta::assert_snapshot!(of(&samples::payments()));
        assert_eq!(of(&Run::default()), "[]\n");
    }

    #[test]
    fn no_two_issues_are_taken_for_one() {
        let run = samples::many(5);
        let issues: Vec<Value> = serde_json::from_str(&of(&run)).unwrap();
        let prints: std::collections::HashSet<_> =
            issues.iter().map(|issue| issue["fingerprint"].as_str()).collect();
        assert_eq!((issues.len(), prints.len()), (5, 5));
    }
}
