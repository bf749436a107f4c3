//! The last words of `human`: what was looked at, what was not told, and how it stands.
//!
//! The very last line is the one to read if only one is read. A run without findings is friendly only where
//! something was looked at and nothing went unread.
use super::options::Options;
use super::text::{count, wrap};
use super::theme::Theme;
use crate::finding::{Run, Severity};

/// The summary's lines, each ended.
pub(super) fn summary(run: &Run, options: &Options, theme: &Theme) -> String {
    let mut lines = Vec::new();
    let looked = looked_at(run, options);
    let attested: usize = run.tallies.iter().map(|tally| tally.counts.attested as usize).sum();
    if attested > 0 {
        lines.push(format!("Attested by people, not by templates: {}.", count(attested, "verdict")));
    }
    if !run.accepted.is_empty() {
        let told = format!("{}{}", count(run.accepted.len(), "finding"), super::accepted::by_form(run));
        let more = if options.show.accepted { "." } else { "; --show accepted tells them." };
        lines.push(format!("Accepted: {told}{more}"));
    }
    if clean(run) {
        let sign = if theme.unicode() { "✓ " } else { "" };
        lines.extend(wrap(&hidden(run, options), theme.width()).into_iter().filter(|line| !line.is_empty()));
        lines.push(format!("{} {looked}", theme.good(&format!("{sign}Nothing to mend:"))));
    } else {
        let text = format!("Looked at {looked}");
        lines.extend(wrap(&text, theme.width()));
        lines.extend(wrap(&hidden(run, options), theme.width()).into_iter().filter(|line| !line.is_empty()));
        lines.push(verdict(run, theme));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn clean(run: &Run) -> bool {
    run.findings.is_empty() && run.problems.is_empty() && run.templates > 0
}

/// `1 app, 3 templates, 214 resources, 87 rules in 0.12 s.`
fn looked_at(run: &Run, options: &Options) -> String {
    let counts = [(run.apps, "app"), (run.templates, "template"), (run.resources, "resource")];
    let mut text = counts.map(|(number, noun)| count(number, noun)).join(", ");
    text.push_str(&format!(", {}", count(run.tallies.len(), "rule")));
    if let Some(elapsed) = options.elapsed {
        text.push_str(&match elapsed.as_millis() {
            millis @ 0..1000 => format!(" in {millis} ms"),
            _ => format!(" in {:.1} s", elapsed.as_secs_f64()),
        });
    }
    if run.skipped > 0 {
        text.push_str(&format!("; skipped {}", count(run.skipped, "other file")));
    }
    text + "."
}

/// What was counted but not told, and how to see it; empty if all was told.
fn hidden(run: &Run, options: &Options) -> String {
    let undecided = if options.show.undecided { 0 } else { run.undecided.len() };
    let notes = if options.draws(Severity::Note) { 0 } else { run.count(Severity::Note) };
    let all = [(undecided, "undecided verdict", "undecided"), (notes, "note", "notes")];
    let hidden: Vec<_> = all.iter().filter(|(number, ..)| *number > 0).collect();
    let told: Vec<String> = hidden.iter().map(|(number, noun, _)| count(*number, noun)).collect();
    match &*hidden {
        [] => String::new(),
        [(.., show)] => format!("Not shown: {} (--show {show}).", told.join(", ")),
        _ => format!("Not shown: {} (--show all).", told.join(", ")),
    }
}

/// `2 errors, 1 warning, 1 input not linted`.
fn verdict(run: &Run, theme: &Theme) -> String {
    let mut parts: Vec<String> = Vec::new();
    for severity in Severity::ALL {
        let number = run.count(severity);
        if number > 0 {
            parts.push(theme.severity(severity, &count(number, severity.as_str())));
        }
    }
    if parts.is_empty() {
        parts.push(if run.templates == 0 { "No template was linted" } else { "No findings" }.to_owned());
    }
    let unlinted = run.problems.iter().filter(|problem| problem.unlinted).count();
    if unlinted > 0 {
        parts.push(theme.severity(Severity::Error, &format!("{} not linted", count(unlinted, "input"))));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Counts, Problem, Tally};
    use crate::report::{Show, Style, samples};
    use std::time::Duration;

    fn of(run: &Run, options: Options) -> String {
        summary(run, &options, &Theme::new(options.style))
    }

    fn clean_run() -> Run {
        let tally = Tally { rule: "r".into(), counts: Counts { pass: 2, ..Counts::default() } };
        Run { apps: 1, templates: 3, resources: 214, tallies: vec![tally], ..Run::default() }
    }

    #[test]
    fn a_clean_run_is_one_friendly_line() {
        let options = Options { elapsed: Some(Duration::from_millis(84)), ..Options::default() };
        assert_eq!(
            of(&clean_run(), options),
            "Nothing to mend: 1 app, 3 templates, 214 resources, 1 rule in 84 ms.\n"
        );
    }

    #[test]
    fn a_run_that_looked_at_nothing_is_not_clean() {
        let run = Run { skipped: 4, ..Run::default() };
        insta::assert_snapshot!(of(&run, Options::default()), @r#"
        Looked at 0 apps, 0 templates, 0 resources, 0 rules; skipped 4 other files.
        No template was linted
        "#);
        let problem = Problem::unlinted("a.json", "is cut off");
        let run = Run { problems: vec![problem, Problem::remark("b", "odd")], ..clean_run() };
        insta::assert_snapshot!(of(&run, Options::default()), @r#"
        Looked at 1 app, 3 templates, 214 resources, 1 rule.
        No findings, 1 input not linted
        "#);
    }

    #[test]
    fn what_is_not_shown_is_counted_with_the_way_to_see_it() {
        let mut run = samples::payments();
        run.findings.iter_mut().take(2).for_each(|finding| finding.saying_mut().severity = Severity::Note);
        let hidden = |show| hidden(&run, &Options { show: Show::into(show), ..Options::default() });
        assert_eq!(hidden(Show::Findings), "Not shown: 1 undecided verdict, 3 notes (--show all).");
        assert_eq!(hidden(Show::Notes), "Not shown: 1 undecided verdict (--show undecided).");
        assert_eq!(hidden(Show::Undecided), "Not shown: 3 notes (--show notes).");
        assert_eq!(hidden(Show::All), "");
        let told = |show: Show| of(&run, Options { show: show.into(), ..Options::default() });
        assert!(
            told(Show::Notes)
                .contains("Accepted: 1 finding (1 configuration); --show accepted tells them.\n")
        );
        assert!(told(Show::Accepted).contains("Accepted: 1 finding (1 configuration).\n"));
    }

    #[test]
    fn what_people_vouch_for_is_told() {
        let mut run = clean_run();
        run.tallies[0].counts.attested = 2;
        insta::assert_snapshot!(of(&run, Options::default()), @r"
        Attested by people, not by templates: 2 verdicts.
        Nothing to mend: 1 app, 3 templates, 214 resources, 1 rule.
        ");
    }

    #[test]
    fn seconds_are_told_as_seconds() {
        let style = Style { unicode: true, ..Style::PLAIN };
        let options = Options { elapsed: Some(Duration::from_millis(1_260)), style, ..Options::default() };
        assert!(of(&clean_run(), options).starts_with("✓ Nothing to mend"));
        assert!(of(&clean_run(), options).ends_with("1 rule in 1.3 s.\n"));
    }
}
