//! A stream: one JSON document on a line for each finding, for log stores, queries and pipes.
//!
//! Each line has the fields of the same entry in the JSON report (documented in [`json`](super::super::json)), and `kind` before them: `finding`,
//! `accepted`, `undecided`, `error`, `remark`, and last one `summary`, so that a stream that broke off can be told. A finding
//! stands alone: what the JSON report tells once for a rule (`title`, `fix`, `see`) is in each line.
use super::super::entry::Entries;
use super::super::json::{VERSION, summary};
use crate::finding::Run;
use std::io;

/// How many bytes are written in one go.
const ENOUGH: usize = 1 << 16;

/// Writes the stream.
pub(in super::super) fn render(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let mut entries = Entries::default();
    for finding in &run.findings {
        line(&mut entries, "finding", out, |entries| {
            entries.finding(finding, finding);
            entries.out.push(b',');
            entries.rule(finding);
        })?;
    }
    for accepted in &run.accepted {
        line(&mut entries, "accepted", out, |entries| {
            entries.accepted(accepted, &accepted.finding);
            entries.out.push(b',');
            entries.rule(&accepted.finding);
        })?;
    }
    for undecided in &run.undecided {
        line(&mut entries, "undecided", out, |entries| entries.undecided(undecided))?;
    }
    for problem in &run.problems {
        let kind = if problem.unlinted { "error" } else { "remark" };
        line(&mut entries, kind, out, |entries| entries.problem(problem))?;
    }
    entries.out.extend_from_slice(format!("{{\"kind\":\"summary\",\"version\":{VERSION},").as_bytes());
    // The fields of the summary go on where those stop.
    let mut fields = Entries::default();
    fields.value(&summary(run)).map_err(io::Error::other)?;
    entries.out.extend_from_slice(&fields.take()[1..]);
    entries.out.push(b'\n');
    out.write_all(&entries.take())
}

fn line<'r>(
    entries: &mut Entries<'r>,
    kind: &str,
    out: &mut dyn io::Write,
    fields: impl FnOnce(&mut Entries<'r>),
) -> io::Result<()> {
    entries.out.extend_from_slice(b"{\"kind\":\"");
    entries.out.extend_from_slice(kind.as_bytes());
    entries.out.extend_from_slice(b"\",");
    fields(entries);
    entries.out.extend_from_slice(b"}\n");
    if entries.out.len() < ENOUGH { Ok(()) } else { out.write_all(&entries.take()) }
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
                    (Some(finding.title), finding.fix.cdk)
                );
            }
        }
    }
}
