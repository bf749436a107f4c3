//! JUnit XML, which Jenkins, GitLab, CodeBuild and most others show as tests.
//!
//! A suite for each stack, with a failed test for each finding (`type` is its severity); one suite for the rules that
//! have no finding, passed where all was decided; one for inputs that could not be linted, in error. Accepted findings are skipped
//! tests, and so are undecided verdicts where they were asked for. A test's name has nothing in it that changes from build to build without need, so
//! that a server can follow it.
use super::super::mend::fix;
use super::super::options::Options;
use super::super::places::Places;
use super::super::text::{many_lines, one_line};
use super::spot::{self, Spot, sentence, whose};
use crate::finding::{Run, Subject};
use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Write as _};
use std::io;

/// How a test ended.
enum End {
    Passed,
    Failed { kind: &'static str, message: String, text: String },
    Skipped(String),
    Broken { message: String, text: String },
}

struct Test {
    name: String,
    end: End,
}

/// Writes the suites.
pub(in super::super) fn render(run: &Run, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let suites = suites(run, options);
    let all = || suites.iter().flat_map(|(_, tests)| tests);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"stackproof\"{}>", Counts::of(all()))?;
    for (name, tests) in &suites {
        writeln!(out, "  <testsuite name=\"{}\"{}>", Plain(name), Counts::of(tests.iter()))?;
        for test in tests {
            of_test(name, test, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn suites(run: &Run, options: &Options) -> Vec<(String, Vec<Test>)> {
    let mut places = Places::default();
    let mut stacks: BTreeMap<&str, Vec<Test>> = BTreeMap::new();
    for finding in &run.findings {
        let at = spot::spot(&finding.subject, &finding.location, options, &mut places);
        let mut text = format!("{} at {}", sentence(finding), shown(&at));
        for (head, more) in [("To mend it:\n", fix(finding)), ("", finding.see)] {
            if let Some(more) = more {
                write!(text, "\n\n{head}{more}").expect("invariant: a string takes every write");
            }
        }
        let name = name(&finding.rule, &finding.subject, finding.property.as_deref());
        let end = End::Failed { kind: finding.severity.as_str(), message: sentence(finding), text };
        stacks.entry(&finding.subject.stack).or_default().push(Test { name, end });
    }
    for accepted in &run.accepted {
        let finding = &accepted.finding;
        let end = End::Skipped(accepted.why());
        let name = name(&finding.rule, &finding.subject, finding.property.as_deref());
        stacks.entry(&finding.subject.stack).or_default().push(Test { name, end });
    }
    for undecided in run.undecided.iter().filter(|_| options.show.undecided) {
        let name = name(&undecided.rule, &undecided.subject, undecided.property.as_deref());
        let end = End::Skipped(format!("undecided: {}", undecided.reason));
        stacks.entry(&undecided.subject.stack).or_default().push(Test { name, end });
    }
    let app = |stack: &str| if stack.is_empty() { "App".to_owned() } else { stack.to_owned() };
    let mut suites: Vec<_> = stacks.into_iter().map(|(stack, tests)| (app(stack), tests)).collect();
    suites.push(("rules".to_owned(), kept(run)));
    suites.push(("input".to_owned(), input(run, options, &mut places)));
    suites.retain(|(_, tests)| !tests.is_empty());
    suites
}

/// The rules that had something to look at and have no finding; passed only where all was decided.
fn kept(run: &Run) -> Vec<Test> {
    let accepted = run.accepted.iter().map(|accepted| &accepted.finding);
    let broken: HashSet<&str> = run.findings.iter().chain(accepted).map(|finding| &*finding.rule).collect();
    let mut tests = Vec::new();
    for tally in run.tallies.iter().filter(|tally| tally.counts.applied() > 0) {
        if !broken.contains(&*tally.rule) {
            let end = match tally.counts.undecided {
                0 => End::Passed,
                some => End::Skipped(format!("undecided for {some} of {}", tally.counts.applied())),
            };
            tests.push(Test { name: tally.rule.to_string(), end });
        }
    }
    tests
}

fn input(run: &Run, options: &Options, places: &mut Places) -> Vec<Test> {
    let mut tests = Vec::new();
    for problem in &run.problems {
        let at = match &problem.location {
            Some(location) => shown(&spot::in_text(location, options, places)),
            None => spot::path(&problem.file, options),
        };
        let help = problem.help.as_ref().map(|help| format!("\n\n{help}")).unwrap_or_default();
        let text = format!("{} at {at}{help}", problem.message);
        let end = match problem.unlinted {
            true => End::Broken { message: problem.message.clone(), text },
            false => End::Skipped(text),
        };
        tests.push(Test { name: problem.file.clone(), end });
    }
    tests
}

/// `kms-key-rotation: Key961B73FD EnableKeyRotation`.
fn name(rule: &str, subject: &Subject, property: Option<&str>) -> String {
    let property = property.map(|property| format!(" {property}")).unwrap_or_default();
    format!("{rule}: {}{property}", whose(subject))
}

fn shown(at: &Spot) -> String {
    format!("{}:{}", at.path, at.start)
}

fn of_test(suite: &str, test: &Test, out: &mut dyn io::Write) -> io::Result<()> {
    let head =
        format!("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", Plain(suite), Plain(&test.name));
    match &test.end {
        End::Passed => writeln!(out, "{head}/>"),
        End::Failed { kind, message, text } => writeln!(
            out,
            "{head}>\n      <failure type=\"{kind}\" message=\"{}\">{}</failure>\n    </testcase>",
            Plain(message),
            Lines(text)
        ),
        End::Skipped(why) => {
            writeln!(out, "{head}>\n      <skipped message=\"{}\"/>\n    </testcase>", Plain(why))
        }
        End::Broken { message, text } => writeln!(
            out,
            "{head}>\n      <error type=\"input\" message=\"{}\">{}</error>\n    </testcase>",
            Plain(message),
            Lines(text)
        ),
    }
}

/// Attributes with the numbers of tests.
#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of<'t>(tests: impl Iterator<Item = &'t Test>) -> Counts {
        let mut counts = Counts::default();
        for test in tests {
            counts.tests += 1;
            match test.end {
                End::Passed => {}
                End::Failed { .. } => counts.failures += 1,
                End::Skipped(_) => counts.skipped += 1,
                End::Broken { .. } => counts.errors += 1,
            }
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { tests, failures, errors, skipped } = self;
        write!(f, " tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
    }
}

/// A text in one line, for an attribute.
struct Plain<'t>(&'t str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(&one_line(self.0), f)
    }
}

/// A text of several lines, for the content of an element.
struct Lines<'t>(&'t str);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(&many_lines(self.0), f)
    }
}

/// Control characters, which XML 1.0 cannot hold at all, are gone already; two more have no place in it.
fn escape(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for c in text.chars() {
        match c {
            '&' => f.write_str("&amp;")?,
            '<' => f.write_str("&lt;")?,
            '>' => f.write_str("&gt;")?,
            '"' => f.write_str("&quot;")?,
            '\u{fffe}' | '\u{ffff}' => write!(f, "{}", c.escape_unicode())?,
            c => f.write_char(c)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Show, samples};

    fn of(run: &Run) -> String {
        let mut out = Vec::new();
        render(run, &Options { show: Show::All.into(), ..Options::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_stack_is_a_suite_and_a_finding_a_failed_test() {
        insta::assert_snapshot!(of(&samples::payments()));
    }

    #[test]
    fn no_text_becomes_markup_or_breaks_the_document() {
        let mut run = samples::hostile();
        run.findings[0].say("]]></failure><x a=\"1\">&\u{0}\u{ffff}");
        let text = of(&run);
        assert!(
            text.contains("]]&gt;&lt;/failure&gt;&lt;x a=&quot;1&quot;&gt;&amp;\\u{0}\\u{ffff}"),
            "{text}"
        );
        assert_eq!(text.matches("<failure").count(), run.findings.len());
    }
}
