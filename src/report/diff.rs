//! What changed between two runs: for people, as Markdown for a pull request, for programs.
//!
//! ```text
//! {"version": 1,
//!  "new": [FINDING], "fixed": [FINDING], "unchanged": [FINDING], "accepted": [FINDING],   as in `check --format json`
//!  "summary": {"new", "fixed", "unchanged", "accepted"}}                                  counts
//! ```
use super::json;
use super::literal::plain;
use super::options::DiffFormat;
use super::text::{count, one_line};
use crate::finding::{Difference, Finding, Severity};
use std::io;

/// Findings that Markdown lists of one kind; the rest is counted.
const LISTED: usize = 50;

/// Writes what changed.
pub(super) fn render(difference: &Difference, format: DiffFormat, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        DiffFormat::Human => human(difference, out),
        DiffFormat::Markdown => markdown(difference, out),
        DiffFormat::Json => json(difference, out),
    }
}

fn parts(difference: &Difference) -> [(&'static str, &[Finding]); 4] {
    [
        ("new", &difference.new),
        ("fixed", &difference.fixed),
        ("newly accepted", &difference.accepted),
        ("unchanged", &difference.unchanged),
    ]
}

/// `2 new, 1 fixed, 41 unchanged`.
fn sentence(difference: &Difference) -> String {
    let told =
        parts(difference).into_iter().filter(|(name, list)| *name != "newly accepted" || !list.is_empty());
    let told: Vec<String> = told.map(|(name, list)| format!("{} {name}", list.len())).collect();
    told.join(", ")
}

fn human(difference: &Difference, out: &mut dyn io::Write) -> io::Result<()> {
    for (name, list) in parts(difference).into_iter().filter(|(_, list)| !list.is_empty()) {
        writeln!(out, "{name}:")?;
        for finding in list {
            let line =
                format!("{}: {}: {} [{}]", place(finding), finding.severity, finding.message(), finding.rule);
            writeln!(out, "  {}", one_line(&line))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", sentence(difference))
}

fn markdown(difference: &Difference, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "### stackproof: {}\n", sentence(difference))?;
    for (name, list) in parts(difference).into_iter().filter(|(_, list)| !list.is_empty()) {
        let folded = matches!(name, "unchanged" | "newly accepted");
        if folded {
            writeln!(out, "<details>\n<summary>{} {name}</summary>\n", count(list.len(), "finding"))?;
        } else {
            writeln!(out, "**{}: {}**\n", capital(name), count(list.len(), "finding"))?;
        }
        writeln!(out, "| level | where | what | rule |\n| --- | --- | --- | --- |")?;
        for finding in list.iter().take(LISTED) {
            writeln!(
                out,
                "| {}{} | {} | {} | {} |",
                sign(finding.severity),
                finding.severity,
                plain(&place(finding)),
                plain(&finding.message()),
                plain(&finding.rule)
            )?;
        }
        if list.len() > LISTED {
            writeln!(out, "\n... and {} more", list.len() - LISTED)?;
        }
        writeln!(out, "{}", if folded { "\n</details>\n" } else { "" })?;
    }
    Ok(())
}

fn capital(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\u{274c} ",
        Severity::Warning => "\u{26a0}\u{fe0f} ",
        Severity::Note => "",
    }
}

/// The line of the user's program where it is known, else the template's.
fn place(finding: &Finding) -> String {
    match &finding.subject.source {
        Some(source) => format!("{}:{}:{}", source.file, source.line, source.column),
        None => format!("{}:{}", finding.location.file(), finding.location.start()),
    }
}

fn json(difference: &Difference, out: &mut dyn io::Write) -> io::Result<()> {
    let Difference { new, fixed, unchanged, accepted } = difference;
    let lists = [("new", new), ("fixed", fixed), ("unchanged", unchanged), ("accepted", accepted)];
    write!(out, "{{\"version\":1")?;
    for (name, list) in lists {
        write!(out, ",\"{name}\":[")?;
        json::list(list, |finding, entries| entries.finding(finding, finding), out)?;
        write!(out, "]")?;
    }
    let counts = lists.map(|(name, list)| format!("\"{name}\":{}", list.len()));
    writeln!(out, ",\"summary\":{{{}}}}}", counts.join(","))
}
