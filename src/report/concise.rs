//! One line for each finding, in the form that editors and log matchers know:
//! `file:line:column: level: message [rule]`.
//!
//! Findings in the run's order, then accepted ones and undecided verdicts where asked for, then problems of the input, whose
//! rule is `input`. Nothing else is written: no heading, no summary. No text of the input can break a line.
use super::options::{Options, Place};
use super::places::Places;
use super::text::one_line;
use crate::finding::{Location, Problem, Run, Subject};
use std::io::{self, Write};

/// Writes the report.
pub(super) fn render(run: &Run, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut places = Places::default();
    for finding in &run.findings {
        let place = place(&finding.subject, &finding.location, options, &mut places);
        let scenario = finding.scenario().map_or(String::new(), |when| format!(" (when {when})"));
        let message = format!("{}{scenario}", finding.message());
        write_line(out, &place, finding.severity.as_str(), &message, &finding.rule)?;
    }
    for accepted in run.accepted.iter().filter(|_| options.show.accepted) {
        let finding = &accepted.finding;
        let place = place(&finding.subject, &finding.location, options, &mut places);
        let why = format!("{} ({})", finding.message(), accepted.why());
        write_line(out, &place, "accepted", &why, &finding.rule)?;
    }
    for undecided in run.undecided.iter().filter(|_| options.show.undecided) {
        let place = place(&undecided.subject, &undecided.location, options, &mut places);
        let whose = undecided.subject.resource.as_deref().unwrap_or(&undecided.subject.kind);
        write_line(out, &place, "undecided", &format!("{whose}: {}", undecided.reason), &undecided.rule)?;
    }
    for problem in &run.problems {
        let level = if problem.unlinted { "error" } else { "warning" };
        write_line(out, &problem_place(problem, &mut places), level, &problem.message, "input")?;
    }
    Ok(())
}

fn write_line(out: &mut dyn Write, place: &str, level: &str, message: &str, rule: &str) -> io::Result<()> {
    writeln!(out, "{}: {level}: {} [{}]", one_line(place), one_line(message), one_line(rule))
}

/// The place that is opened: in the user's program where that is wished and known, else in the template.
fn place(subject: &Subject, location: &Location, options: &Options, places: &mut Places) -> String {
    let source = subject.source.as_ref().filter(|source| match options.place {
        Place::Auto => source.path.is_some(),
        Place::Template => false,
        Place::Source => true,
    });
    match source {
        Some(source) => {
            // What opens it is a path from here; that from the project's root may lead elsewhere.
            let path = source.path.as_ref().map(|path| path.to_string_lossy());
            let here = path.and_then(|path| options.tree?.beside_run(&path));
            let file = here.as_deref().unwrap_or(&source.file);
            format!("{file}:{}:{}", source.line, source.column)
        }
        None => format!("{}:{}", location.file(), places.start(location)),
    }
}

fn problem_place(problem: &Problem, places: &mut Places) -> String {
    match &problem.location {
        Some(location) => format!("{}:{}", location.file(), places.start(location)),
        None => format!("{}:1:1", problem.file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Show, samples};

    fn of(run: &Run, place: Place, show: Show) -> String {
        let mut out = Vec::new();
        render(run, &Options { place, show: show.into(), ..Options::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finding_is_a_line_at_the_place_that_was_asked_for() {
        let run = samples::payments();
        insta::assert_snapshot!(of(&run, Place::Auto, Show::All), @r#"
        lib/payments-stack.ts:41:21: error: HandlerServiceRoleFCDC14AE may do everything: it carries the managed policy AdministratorAccess [iam-no-administrator-access]
        lib/payments-stack.ts:41:21: warning: Handler886CB40B runs on nodejs16.x, which AWS no longer supports [lambda-runtime]
        cdk.out/PaymentsStack.template.json:49:33: error: Key961B73FD never rotates its key material (when IsProd is false) [kms-key-rotation]
        cdk.out/manifest.json:4:3: note: PaymentsStack has no tags [stack-tags]
        cdk.out/PaymentsStack.template.json:40:3: accepted: Thing is not as it should be (accepted by configuration until 2027-01-31: the ledger is written once | see #12) [s3-versioning]
        lib/payments-stack.ts:41:21: undecided: Handler886CB40B: the parameter ApiKey has no value before the deployment, and nothing bounds it [lambda-env-no-secrets]
        cdk.out/manifest.json:1:1: warning: the synth was incomplete: 2 lookups are missing [input]
        cdk.out/Broken.template.json:3:8: error: expected a value [input]
        "#);
        insta::assert_snapshot!(of(&run, Place::Template, Show::Findings), @r#"
        cdk.out/PaymentsStack.template.json:16:9: error: HandlerServiceRoleFCDC14AE may do everything: it carries the managed policy AdministratorAccess [iam-no-administrator-access]
        cdk.out/PaymentsStack.template.json:34:16: warning: Handler886CB40B runs on nodejs16.x, which AWS no longer supports [lambda-runtime]
        cdk.out/PaymentsStack.template.json:49:33: error: Key961B73FD never rotates its key material (when IsProd is false) [kms-key-rotation]
        cdk.out/manifest.json:4:3: note: PaymentsStack has no tags [stack-tags]
        cdk.out/manifest.json:1:1: warning: the synth was incomplete: 2 lookups are missing [input]
        cdk.out/Broken.template.json:3:8: error: expected a value [input]
        "#);
        insta::assert_snapshot!(of(&run, Place::Source, Show::Findings), @r#"
        lib/payments-stack.ts:41:21: error: HandlerServiceRoleFCDC14AE may do everything: it carries the managed policy AdministratorAccess [iam-no-administrator-access]
        lib/payments-stack.ts:41:21: warning: Handler886CB40B runs on nodejs16.x, which AWS no longer supports [lambda-runtime]
        node_modules/own/key.js:7:21: error: Key961B73FD never rotates its key material (when IsProd is false) [kms-key-rotation]
        cdk.out/manifest.json:4:3: note: PaymentsStack has no tags [stack-tags]
        cdk.out/manifest.json:1:1: warning: the synth was incomplete: 2 lookups are missing [input]
        cdk.out/Broken.template.json:3:8: error: expected a value [input]
        "#);
    }

    #[test]
    fn every_line_matches_the_pattern_of_an_editor() {
        let pattern = r"^(.+):(\d+):(\d+): (error|warning|note): (.*) \[([a-z0-9-]+)\]$";
        let pattern = regex::Regex::new(pattern).unwrap();
        for run in [samples::payments(), samples::hostile(), samples::two_folders(), samples::many(5)] {
            for place in Place::ALL {
                let text = of(&run, place, Show::Findings);
                assert_eq!(text.lines().count(), run.findings.len() + run.problems.len());
                for line in text.lines() {
                    let found = pattern.captures(line).unwrap_or_else(|| panic!("{line}"));
                    assert!(!found[1].is_empty() && !found[5].is_empty());
                }
            }
        }
    }

    #[test]
    fn hostile_names_stay_on_their_line_and_do_nothing() {
        insta::assert_snapshot!(of(&samples::hostile(), Place::Auto, Show::All), @r#"
        A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7}:1:21: error: A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7} (when A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7}) [r-1]
        A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7}:1:21: accepted: A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7} (accepted by cdk-nag: A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7}) [r-1]
        A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7}:1:21: undecided: A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7}: A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7} [r-1]
        A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7}:1:1: error: A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7} [input]
        cdk.out/A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7}.json:2:3: warning: A\u{1b}[2J\u{202e}B\nC\u{9b}D\u{7} [input]
        "#);
    }
}
