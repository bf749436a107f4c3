//! The checklist for a pull request or a wiki: a table for each group, and what stands in the way to open below it.
//!
//! Names and messages come from templates and may try to be markup: what a page would obey, link or call people by is
//! written so that it is shown.
use super::super::literal::{inside, plain};
use super::super::text::{count, many_lines};
use super::words;
use crate::checklist::{Checklist, Evidence, Group, State};
use crate::finding::Run;
use std::io;

/// More findings of one rule are counted; the page would be too long for a comment.
const LISTED: usize = 10;

/// Writes the tables.
pub(in super::super) fn render(run: &Run, checklist: &Checklist, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "## Production checklist\n")?;
    writeln!(out, "**{}**\n", words::standing(checklist))?;
    for group in &checklist.groups {
        of_group(run, checklist, group, out)?;
    }
    writeln!(out, "Looked at {}, {}.", words::looked_at(run), checklist.day)?;
    let unlinted: Vec<_> = run.problems.iter().filter(|problem| problem.unlinted).collect();
    if !unlinted.is_empty() {
        writeln!(out, "\n{} not linted:\n", count(unlinted.len(), "input"))?;
        for problem in unlinted {
            writeln!(out, "- {}: {}", plain(&problem.file), plain(&problem.message))?;
        }
    }
    Ok(())
}

fn of_group(run: &Run, checklist: &Checklist, group: &Group, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "### {}\n\n| | Line | Behind it |\n| --- | --- | --- |", plain(&group.title))?;
    for line in &group.lines {
        let state = format!("{} {}", sign(line.state), line.state.words());
        writeln!(
            out,
            "| {state} | {} | {} |",
            plain(&line.title),
            plain(&words::behind(line, run, checklist))
        )?;
    }
    writeln!(out)?;
    for line in &group.lines {
        for rule in words::in_the_way(line) {
            of_rule(run, rule, out)?;
        }
        if let Some(yaml) = &line.attest {
            let title = inside(&line.title);
            writeln!(out, "<details><summary>{title}: how to vouch for it</summary>\n")?;
            // Nothing in the block may end it.
            let yaml = many_lines(yaml).replace('`', "'");
            writeln!(out, "```yaml\n{yaml}\n```\n\n</details>\n")?;
        }
    }
    Ok(())
}

fn of_rule(run: &Run, rule: &Evidence, out: &mut dyn io::Write) -> io::Result<()> {
    let (id, tally) = (inside(&rule.rule), words::tally(rule.counts));
    writeln!(out, "<details><summary><b>{id}</b>: {tally}</summary>\n\n{}\n", plain(&rule.title))?;
    for index in rule.findings.iter().take(LISTED) {
        let finding = &run.findings[*index];
        let (message, whose) = (plain(&finding.message()), plain(&words::whose(finding)));
        writeln!(out, "- {}: {message} ({whose}, {})", finding.severity, plain(&words::place(finding)))?;
    }
    if rule.findings.len() > LISTED {
        writeln!(out, "- and {} more", rule.findings.len() - LISTED)?;
    }
    for index in rule.undecided.iter().take(LISTED) {
        let undecided = &run.undecided[*index];
        let whose = undecided.subject.resource.as_deref().unwrap_or(&undecided.subject.kind);
        writeln!(out, "- undecided: {}: {}", plain(whose), plain(&undecided.reason))?;
    }
    if rule.undecided.len() > LISTED {
        writeln!(out, "- and {} more undecided", rule.undecided.len() - LISTED)?;
    }
    writeln!(out, "\n</details>\n")
}

fn sign(state: State) -> &'static str {
    match state {
        State::Failed => "\u{274c}",
        State::Undecided => "\u{2753}",
        State::Accepted => "\u{1f515}",
        State::Attested => "\u{270d}\u{fe0f}",
        State::Proven => "\u{2705}",
        State::NotApplicable => "\u{2796}",
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::report::text::hostile;

    #[test]
    fn hostile_names_are_shown_and_not_obeyed() {
        let (run, checklist) = samples::hostile();
        let mut out = Vec::new();
        render(&run, &checklist, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        // What people are to paste stands in a block of code, where nothing is markup.
        let fence = regex::Regex::new("(?s)```yaml\n.*?\n```").unwrap();
        let outside = fence.replace_all(&text, "");
        assert_eq!(outside.matches("<details>").count(), outside.matches("</details>").count());
        // Within HTML only tags are markup.
        let outside = regex::Regex::new("<summary>[^<]*(?:(?:<b>|</b>|<!-- -->)[^<]*)*</summary>")
            .unwrap()
            .replace_all(&outside, "");
        for wrong in ["<script", "<img", "[link](", "`code`", "@all", "#1", "http://", "\n# Head"] {
            assert!(!outside.contains(wrong), "{wrong}: {outside}");
        }
        assert!(!text.contains(|c| hostile(c) && c != '\n'));
        assert!(!outside.contains("<summary>"), "{outside}");
    }
}
