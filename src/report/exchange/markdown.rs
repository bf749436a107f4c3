//! A summary for the comment of a pull request, or of a job: how it stands, the stacks, and the findings to open below.
//!
//! It is never longer than a comment may be on GitHub (65,536 characters; a job summary may have a mebibyte, which nobody
//! reads). Counts are always whole. Where room ends, the gravest stay: first the ways to mend are left out, then findings, and the text says how many.
//! Names and messages may try to be markup and are shown as they are.
use super::super::group::{self, Group};
use super::super::literal::{block, inside, link, plain};
use super::super::mend::fix;
use super::super::options::Options;
use super::super::places::Places;
use super::super::text::{brief, count};
use super::spot::{self, sentence, whose};
use crate::finding::{Accepted, Finding, Run, Severity};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

/// What a comment may have, less the words about what was left out.
const ROOM: usize = 65_000;
/// More stacks are counted together.
const STACKS: usize = 100;
/// More problems of the input are counted.
const PROBLEMS: usize = 20;

/// Writes the summary.
pub(in super::super) fn render(run: &Run, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page { text: head(run), left_out: 0, fixes: BTreeMap::new(), places: Places::default() };
    problems(run, options, &mut page.text);
    let mut groups = group::groups(run, options);
    groups.reverse();
    table(run, &mut page.text);
    for group in &groups {
        page.group(group, options);
    }
    if options.show.accepted && !run.accepted.is_empty() {
        page.accepted(&run.accepted, options);
    }
    if page.left_out > 0 {
        let more = count(page.left_out, "more line");
        writeln!(
            page.text,
            "{more} left out: a comment has no room for them. `stackproof check` tells all.\n"
        )
        .expect("invariant: a string takes every write");
    }
    page.mends();
    let hidden = hidden(run, options);
    out.write_all(page.text.as_bytes())?;
    writeln!(out, "{hidden}")
}

/// How it stands, in two lines.
fn head(run: &Run) -> String {
    let unlinted = run.problems.iter().filter(|problem| problem.unlinted).count();
    let mut parts: Vec<String> = Severity::ALL
        .iter()
        .map(|severity| (run.count(*severity), severity.as_str()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    if parts.is_empty() {
        parts.push(if run.templates == 0 { "no template was linted" } else { "no findings" }.to_owned());
    }
    if unlinted > 0 {
        parts.push(format!("{} not linted", count(unlinted, "input")));
    }
    if !run.accepted.is_empty() {
        parts.push(format!("{} accepted", run.accepted.len()));
    }
    let bad = unlinted > 0 || run.count(Severity::Error) > 0 || run.templates == 0;
    let sign = match (bad, run.findings.is_empty()) {
        (true, _) => "\u{274c}",
        (false, false) => "\u{26a0}\u{fe0f}",
        (false, true) => "\u{2705}",
    };
    let looked = [
        (run.apps, "app"),
        (run.templates, "template"),
        (run.resources, "resource"),
        (run.tallies.len(), "rule"),
    ];
    let looked = looked.map(|(number, noun)| count(number, noun)).join(", ");
    format!("## {sign} stackproof: {}\n\nLooked at {looked}.\n\n", parts.join(", "))
}

fn problems(run: &Run, options: &Options, text: &mut String) {
    let (unlinted, remarks): (Vec<_>, Vec<_>) = run.problems.iter().partition(|problem| problem.unlinted);
    for problem in unlinted.iter().chain(&remarks).take(PROBLEMS) {
        let kind = if problem.unlinted { "not linted" } else { "remark" };
        let (file, message) =
            (plain(&brief(&spot::path(&problem.file, options))), plain(&brief(&problem.message)));
        writeln!(text, "- **{kind}**: {file}: {message}").expect("invariant: a string takes every write");
    }
    if run.problems.len() > PROBLEMS {
        writeln!(text, "- and {} more", run.problems.len() - PROBLEMS)
            .expect("invariant: a string takes every write");
    }
    if !run.problems.is_empty() {
        text.push('\n');
    }
}

/// Counts of each stack and of all, whatever else has room.
fn table(run: &Run, text: &mut String) {
    let mut stacks: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let column = |severity| Severity::ALL.iter().position(|other| *other == severity).unwrap_or_default();
    for finding in &run.findings {
        stacks.entry(&finding.subject.stack).or_default()[column(finding.severity)] += 1;
    }
    for accepted in &run.accepted {
        stacks.entry(&accepted.finding.subject.stack).or_default()[3] += 1;
    }
    if stacks.is_empty() {
        return;
    }
    let mut rows: Vec<(String, [usize; 4])> =
        stacks.into_iter().map(|(stack, counts)| (named(stack), counts)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.1));
    let add = |sum: [usize; 4], (_, row): &(String, [usize; 4])| std::array::from_fn(|at| sum[at] + row[at]);
    let total = rows.iter().fold([0; 4], add);
    if rows.len() > STACKS {
        let rest = rows.split_off(STACKS);
        rows.push((format!("{} more", rest.len()), rest.iter().fold([0; 4], add)));
    }
    text.push_str("| Stack | Errors | Warnings | Notes | Accepted |\n| --- | ---: | ---: | ---: | ---: |\n");
    rows.push(("**All**".to_owned(), total));
    for (name, [errors, warnings, notes, accepted]) in rows {
        writeln!(text, "| {name} | {errors} | {warnings} | {notes} | {accepted} |")
            .expect("invariant: a string takes every write");
    }
    text.push('\n');
}

/// `2 errors, 1 undecided`.
fn counted(group: &Group<'_>) -> String {
    let mut counts = Vec::new();
    for severity in Severity::ALL {
        let of_that = group.blocks.iter().flatten().filter(|finding| finding.severity == severity).count();
        counts.extend((of_that > 0).then(|| count(of_that, severity.as_str())));
    }
    let undecided = group.undecided.iter().flatten().count();
    counts.extend((undecided > 0).then(|| format!("{undecided} undecided")));
    counts.join(", ")
}

fn named(stack: &str) -> String {
    if stack.is_empty() { "App".to_owned() } else { plain(&brief(stack)) }
}

struct Page<'a> {
    text: String,
    left_out: usize,
    /// The ways to mend what was told, by rule.
    fixes: BTreeMap<&'a str, (&'a Finding, &'a str)>,
    places: Places,
}

impl<'a> Page<'a> {
    fn group(&mut self, group: &Group<'a>, options: &Options) {
        let name = if group.stack.is_empty() { "App".to_owned() } else { inside(&brief(group.stack)) };
        let mut rows = Vec::new();
        for finding in group.blocks.iter().rev().flatten() {
            let at = spot::spot(&finding.subject, &finding.location, options, &mut self.places);
            let at = plain(&brief(&format!("{}:{}", at.path, at.start.line)));
            let rule = plain(&finding.rule);
            let row =
                format!("| {} | {} | {at} | {rule} |\n", finding.severity, plain(&brief(&sentence(finding))));
            rows.push((row, Some(*finding)));
        }
        for undecided in group.undecided.iter().flatten() {
            let at = spot::spot(&undecided.subject, &undecided.location, options, &mut self.places);
            let at = plain(&brief(&format!("{}:{}", at.path, at.start.line)));
            let text = plain(&brief(&format!("{}: {}", whose(&undecided.subject), undecided.reason)));
            rows.push((format!("| undecided | {text} | {at} | {} |\n", plain(&undecided.rule)), None));
        }
        self.table(&format!("<b>{name}</b>: {}", counted(group)), "| | What | Where | Rule |", rows);
    }

    fn accepted(&mut self, accepted: &'a [Accepted], options: &Options) {
        let mut rows = Vec::new();
        for one in accepted {
            let at = spot::spot(&one.finding.subject, &one.finding.location, options, &mut self.places);
            let at = plain(&brief(&format!("{}:{}", at.path, at.start.line)));
            let why = plain(&brief(&one.why()));
            let what = plain(&brief(&sentence(&one.finding)));
            rows.push((format!("| {why} | {what} | {at} | {} |\n", plain(&one.finding.rule)), None));
        }
        let title = format!("<b>Accepted</b>: {}", count(rows.len(), "finding"));
        self.table(&title, "| Why | What | Where | Rule |", rows);
    }

    /// A table to open, with as many of its rows as there is room for.
    fn table(&mut self, title: &str, columns: &str, rows: Vec<(String, Option<&'a Finding>)>) {
        const END: &str = "\n</details>\n\n";
        let head = format!("<details><summary>{title}</summary>\n\n{columns}\n| --- | --- | --- | --- |\n");
        if rows.is_empty() {
            return;
        }
        if self.text.len() + head.len() + END.len() + rows[0].0.len() > ROOM {
            self.left_out += rows.len();
            return;
        }
        self.text.push_str(&head);
        for (row, finding) in rows {
            if self.text.len() + row.len() + END.len() > ROOM {
                self.left_out += 1;
                continue;
            }
            self.text.push_str(&row);
            if let Some((finding, fix)) = finding.and_then(|finding| Some((finding, fix(finding)?))) {
                self.fixes.entry(&finding.rule).or_insert((finding, fix));
            }
        }
        self.text.push_str(END);
    }

    /// The way to mend for each rule, as far as there is room for all of it.
    fn mends(&mut self) {
        let mut left_out = 0;
        for (rule, (finding, fix)) in std::mem::take(&mut self.fixes) {
            let page = finding.see.and_then(link).unwrap_or_default();
            let by_hand = finding.fix.cdk != Some(fix);
            let code = block(if by_hand { "yaml" } else { "ts" }, fix);
            let (rule, title) = (inside(rule), inside(&brief(finding.title)));
            let text = format!(
                "<details><summary>How to mend <b>{rule}</b>: {title}</summary>\n\n{code}\n{page}\n</details>\n"
            );
            if self.text.len() + text.len() > ROOM {
                left_out += 1;
            } else {
                self.text.push_str(&text);
            }
        }
        if left_out > 0 {
            let text = format!(
                "\n{} to mend left out: `stackproof rules show ID` tells them.\n",
                count(left_out, "way")
            );
            self.text.push_str(&text);
        }
    }
}

/// What was counted and not listed.
fn hidden(run: &Run, options: &Options) -> String {
    let notes = if options.draws(Severity::Note) { 0 } else { run.count(Severity::Note) };
    let undecided = if options.show.undecided { 0 } else { run.undecided.len() };
    let accepted = if options.show.accepted { 0 } else { run.accepted.len() };
    let parts: Vec<String> =
        [(notes, "note"), (undecided, "undecided verdict"), (accepted, "accepted finding")]
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| count(*number, noun))
            .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("\nNot listed: {} (`--show all`).", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use crate::report::{Format, Show, samples};

    #[test]
    fn a_summary_tells_how_it_stands_and_what_to_open() {
        insta::assert_snapshot!(samples::told(Format::Markdown, &samples::payments(), Show::All));
    }

    #[test]
    fn a_comment_is_never_too_long_and_its_counts_are_whole() {
        for (run, number) in [(samples::many(5_000), 5_000), (samples::minified(3_000), 3_000)] {
            let text = samples::told(Format::Markdown, &run, Show::All);
            assert!(text.chars().count() <= 65_536 && text.len() > 50_000, "{}", text.len());
            assert!(text.contains(" more lines left out"));
            assert!(text.contains(&format!(" {number} |")), "the table counts all");
            assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        }
    }

    #[test]
    fn hostile_names_are_shown_and_not_obeyed() {
        let mut run = samples::hostile();
        run.findings[0].say("</details><script>x</script> | [a](http://b) @all #1 ![i](x)");
        let text = samples::told(Format::Markdown, &run, Show::All);
        for wrong in ["<script", "](http:/", "@all", "#1", "![i](x)"] {
            assert!(!text.contains(wrong), "{wrong}: {text}");
        }
        assert!(!text.contains(|c| super::super::super::text::hostile(c) && c != '\n'));
    }
}
