//! A stream: one JSON document on a line for each finding, for log stores, queries and pipes.
//!
//! Each line has the fields of the same entry in the JSON report (documented in [`json`](super::super::json)), and `kind` before them: `finding`,
//! `accepted`, `undecided`, `error`, `remark`, and last one `summary`, so that a stream that broke off can be told. A finding
//! stands alone: what the JSON report tells once for a rule (`title`, `fix`, `see`) is in each line.
use super::super::compact::put;
use super::super::entry::{AcceptedEntry, FindingEntry, ProblemEntry, RuleEntry, UndecidedEntry};
use super::super::json::{VERSION, summary};
use super::super::places::Places;
use crate::finding::Run;
use serde::Serialize;
use std::io;

#[derive(Serialize)]
struct Line<T> {
    kind: &'static str,
    #[serde(flatten)]
    entry: T,
}

#[derive(Serialize)]
struct Whole<'a, T> {
    #[serde(flatten)]
    entry: T,
    #[serde(flatten)]
    rule: RuleEntry<'a>,
}

#[derive(Serialize)]
struct Versioned<T> {
    version: u32,
    #[serde(flatten)]
    entry: T,
}

/// Writes the stream.
pub(in super::super) fn render(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let mut places = Places::default();
    for finding in &run.findings {
        let entry = FindingEntry::new(finding, finding, &mut places);
        line(out, "finding", Whole { entry, rule: RuleEntry::new(finding) })?;
    }
    for accepted in &run.accepted {
        let entry = AcceptedEntry::new(accepted, &accepted.finding, &mut places);
        line(out, "accepted", Whole { entry, rule: RuleEntry::new(&accepted.finding) })?;
    }
    for undecided in &run.undecided {
        line(out, "undecided", UndecidedEntry::new(undecided, &mut places))?;
    }
    for problem in &run.problems {
        let kind = if problem.unlinted { "error" } else { "remark" };
        line(out, kind, ProblemEntry::new(problem, &mut places))?;
    }
    line(out, "summary", Versioned { version: VERSION, entry: summary(run) })
}

fn line(out: &mut dyn io::Write, kind: &'static str, entry: impl Serialize) -> io::Result<()> {
    let mut text = Vec::with_capacity(1024);
    put(&Line { kind, entry }, &mut text).map_err(io::Error::other)?;
    text.push(b'\n');
    out.write_all(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use serde_json::Value;

    #[test]
    fn every_line_is_a_document_that_stands_alone() {
        for run in [samples::payments(), samples::hostile(), samples::many(3), Run::default()] {
            let mut out = Vec::new();
            render(&run, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let count = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
            assert_eq!((count("finding"), count("accepted")), (run.findings.len(), run.accepted.len()));
            assert_eq!((count("undecided"), count("summary")), (run.undecided.len(), 1));
            assert_eq!(count("error") + count("remark"), run.problems.len());
            assert_eq!(
                lines.last().map(|line| line["kind"] == "summary" && line["version"] == VERSION),
                Some(true)
            );
            for (line, finding) in lines.iter().zip(&run.findings) {
                assert_eq!(
                    (line["title"].as_str(), line["fix"]["cdk"].as_str()),
                    (Some(&*finding.title), finding.fix.cdk.as_deref())
                );
            }
        }
    }
}
