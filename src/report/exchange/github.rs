//! Annotations: the workflow commands that a GitHub runner reads from the log of a step.
//!
//! `::error file=F,line=L,col=C,title=T::MESSAGE`; notes are notices. The runner undoes the percent escapes, so a message may
//! have lines, and nothing of the input can begin a command of its own. GitHub shows ten annotations of a kind for a step and leaves the rest in the
//! log; SARIF has no such bound. Accepted findings have no annotation.
use super::super::mend::fix;
use super::super::options::Options;
use super::super::places::Places;
use super::super::text::{many_lines, one_line};
use super::spot::{self, Spot, sentence, whose};
use crate::finding::{Run, Severity};
use std::fmt::Write as _;
use std::io;

/// Writes the annotations.
pub(in super::super) fn render(run: &Run, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut places = Places::default();
    for finding in &run.findings {
        let at = spot::spot(&finding.subject, &finding.location, options, &mut places);
        let mut message = sentence(finding);
        if let Some(fix) = fix(finding) {
            write!(message, "\n\nTo mend it:\n{fix}").expect("invariant: a string takes every write");
        }
        let title = format!("{} ({})", finding.title, finding.rule);
        annotate(out, command(finding.severity), &at, &title, &message)?;
    }
    for undecided in run.undecided.iter().filter(|_| options.show.undecided) {
        let at = spot::spot(&undecided.subject, &undecided.location, options, &mut places);
        let message = format!("{}: {}", whose(&undecided.subject), undecided.reason);
        annotate(out, "notice", &at, &format!("undecided ({})", undecided.rule), &message)?;
    }
    for problem in &run.problems {
        let command = if problem.unlinted { "error" } else { "warning" };
        let title = if problem.unlinted { "not linted (input)" } else { "linted, but (input)" };
        let at = match &problem.location {
            Some(location) => spot::in_text(location, options, &mut places),
            None => Spot {
                path: spot::path(&problem.file, options),
                start: crate::source::LineColumn { line: 1, column: 1 },
                end: None,
                in_source: false,
            },
        };
        let help = problem.help.as_ref().map(|help| format!("\n\n{help}")).unwrap_or_default();
        annotate(out, command, &at, title, &format!("{}{help}", problem.message))?;
    }
    Ok(())
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

fn annotate(out: &mut dyn io::Write, command: &str, at: &Spot, title: &str, message: &str) -> io::Result<()> {
    write!(out, "::{command} file={},line={},col={}", property(&at.path), at.start.line, at.start.column)?;
    // The end of a place over several lines makes the runner drop the columns.
    if let Some(end) = at.end.filter(|end| end.line == at.start.line) {
        write!(out, ",endLine={},endColumn={}", end.line, end.column)?;
    }
    writeln!(out, ",title={}::{}", property(title), data(message))
}

/// The value of a property: as a message, and without what ends one.
fn property(text: &str) -> String {
    data(&one_line(text)).replace(':', "%3A").replace(',', "%2C")
}

/// A message: what a terminal would obey is shown, lines are kept.
fn data(text: &str) -> String {
    many_lines(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use crate::report::{Format, Show, samples};

    #[test]
    fn a_finding_is_a_command_of_one_line() {
        insta::assert_snapshot!(samples::told(Format::Github, &samples::payments(), Show::All));
    }

    #[test]
    fn nothing_of_the_input_begins_a_command() {
        let mut run = samples::hostile();
        run.findings[0].say("a\n::stop-commands::x\r\n::set-env name=A::b%0A");
        run.findings[0].saying_mut().title = "t:,::";
        let text = samples::told(Format::Github, &run, Show::All);
        assert_eq!(text.lines().count(), run.findings.len() + run.undecided.len() + run.problems.len());
        for line in text.lines() {
            assert!(
                ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start)),
                "{line}"
            );
            assert_eq!(line.split(' ').nth(1).map(|rest| rest.starts_with("file=")), Some(true), "{line}");
        }
        assert!(text.contains("::a%0A::stop-commands::x%0A::set-env name=A::b%250A"), "{text}");
        assert!(text.contains("title=t%3A%2C%3A%3A (r-1)::"), "{text}");
    }
}
