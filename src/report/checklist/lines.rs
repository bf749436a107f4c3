//! One line of the page, closed to a row and open to its evidence: who vouches, each rule with what it looked at, and
//! each finding with its stack, its place and the way to mend it.
use super::super::mend::fix;
use super::super::text::count;
use super::markup::{Lines, Page, Plain, Sign};
use super::words;
use crate::checklist::{Attestation, Checklist, Evidence, Line, State};
use crate::finding::{Finding, Run, Undecided};
use std::io;

/// More findings of one rule are counted, not listed.
const LISTED: usize = 100;

/// Writes the line.
pub(super) fn line(
    run: &Run,
    checklist: &Checklist,
    line: &Line,
    number: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let (class, words) = (line.state.as_str(), line.state.words());
    writeln!(
        out,
        "<details class=\"line\">\n<summary><span class=\"no\">{number}</span><span class=\"badge {class}\">{}{words}</span>\
         <span class=\"title\">{}</span><span class=\"tally\">{}</span></summary>\n<div class=\"body\" id=\"line-{number}\">",
        Sign(line.state),
        Plain(&line.title),
        Plain(&words::behind(line, run, checklist)),
    )?;
    for index in &line.attestations {
        vouched(&checklist.attestations[*index], out)?;
    }
    if let Some(reason) = &line.reason {
        let mut first = reason.chars();
        let sentence: String =
            first.next().map(|c| c.to_uppercase().chain(first).collect()).unwrap_or_default();
        writeln!(out, "<p>{}.</p>", Plain(&sentence))?;
    }
    if let Some(yaml) = &line.attest {
        paste(yaml, out)?;
    }
    if !line.rules.is_empty() {
        writeln!(out, "<ul class=\"rules\">")?;
        // What needs work comes first; within a state the rules keep their order.
        for state in State::ALL.into_iter().filter(|state| *state != State::NotApplicable) {
            for rule in line.rules.iter().filter(|rule| rule.state == state) {
                of_rule(run, checklist, rule, out)?;
            }
        }
        writeln!(out, "</ul>")?;
        idle(line, out)?;
    }
    writeln!(out, "</div>\n</details>")
}

/// The rules that found nothing to look at, folded away.
fn idle(line: &Line, out: &mut dyn io::Write) -> io::Result<()> {
    let idle: Vec<&Evidence> = line.rules.iter().filter(|rule| rule.state == State::NotApplicable).collect();
    if idle.is_empty() {
        return Ok(());
    }
    let told = count(idle.len(), "rule");
    writeln!(out, "<details class=\"idle\">\n<summary>{told} found nothing of the kind</summary>\n<ul>")?;
    for rule in idle {
        writeln!(out, "<li><code>{}</code> {}</li>", Plain(&rule.rule), Plain(&rule.title))?;
    }
    writeln!(out, "</ul>\n</details>")
}

fn vouched(attestation: &Attestation, out: &mut dyn io::Write) -> io::Result<()> {
    let (by, until) = (Plain(&attestation.by), attestation.until);
    let counts = if attestation.is_valid() {
        "vouches for it until"
    } else {
        "vouched for it, which no longer counts, until"
    };
    writeln!(
        out,
        "<p><b>{by}</b> {counts} <time datetime=\"{until}\">{until}</time>. Evidence: {}</p>",
        Page(&attestation.evidence)
    )
}

fn paste(yaml: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let yaml = Lines(yaml);
    writeln!(
        out,
        "<div class=\"paste\"><span>For a person to vouch for it:</span><pre><code>{yaml}</code></pre></div>"
    )
}

fn of_rule(run: &Run, checklist: &Checklist, rule: &Evidence, out: &mut dyn io::Write) -> io::Result<()> {
    let mut counts = words::tally(rule.counts);
    if rule.counts.applied() > 0 && rule.counts.not_applicable > 0 {
        counts.push_str(&format!(", {} not concerned", rule.counts.not_applicable));
    }
    writeln!(
        out,
        "<li class=\"{}\">\n<div class=\"head\">{}<span class=\"seen\">{}: </span><code class=\"id\">{}</code><span class=\"counts\">{counts}</span></div>\n\
         <p class=\"what\">{}",
        rule.state.as_str(),
        Sign(rule.state),
        rule.state.words(),
        Plain(&rule.rule),
        Plain(&rule.title),
    )?;
    let page = rule.see.as_deref().filter(|see| see.starts_with("https://"));
    if let Some(see) = page {
        writeln!(out, " <a href=\"{}\" rel=\"noopener noreferrer\">AWS documentation</a>", Plain(see))?;
    }
    writeln!(out, "</p>")?;
    if let Some(index) = rule.attestation.filter(|_| rule.counts.attested > 0) {
        writeln!(out, "<div class=\"found\">")?;
        vouched(&checklist.attestations[index], out)?;
        writeln!(out, "</div>")?;
    }
    findings(run, rule, out)?;
    accepted(run, rule, out)?;
    writeln!(out, "</li>")
}

/// What falls short and is accepted: by whom, until when, and why.
fn accepted(run: &Run, rule: &Evidence, out: &mut dyn io::Write) -> io::Result<()> {
    if rule.accepted.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ul class=\"found\">")?;
    for accepted in rule.accepted.iter().take(LISTED).map(|index| &run.accepted[*index]) {
        let finding = &accepted.finding;
        writeln!(
            out,
            "<li class=\"note\"><span class=\"level\">accepted</span> {}<span class=\"where\">{}, <code>{}</code><br>{}</span></li>",
            Plain(&finding.message()),
            Plain(&words::whose(finding)),
            Plain(&words::place(finding)),
            Plain(&accepted.why()),
        )?;
    }
    if rule.accepted.len() > LISTED {
        let more = rule.accepted.len() - LISTED;
        writeln!(out, "<li>and {more} more, which <code>stackproof check --show accepted</code> lists</li>")?;
    }
    writeln!(out, "</ul>")
}

fn findings(run: &Run, rule: &Evidence, out: &mut dyn io::Write) -> io::Result<()> {
    let found: Vec<&Finding> = rule.findings.iter().map(|index| &run.findings[*index]).collect();
    if rule.findings.is_empty() && rule.undecided.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ul class=\"found\">")?;
    for finding in found.iter().take(LISTED) {
        of_finding(finding, out)?;
    }
    for index in rule.undecided.iter().take(LISTED) {
        of_undecided(&run.undecided[*index], out)?;
    }
    let more = found.len().saturating_sub(LISTED) + rule.undecided.len().saturating_sub(LISTED);
    if more > 0 {
        writeln!(out, "<li>and {more} more, which <code>stackproof check</code> lists</li>")?;
    }
    writeln!(out, "</ul>")?;
    // Findings of one rule mostly share the way out: each way is told once.
    let mut told: Vec<&str> = Vec::new();
    for finding in found.iter().take(LISTED) {
        let Some(way) = fix(finding).filter(|way| !told.contains(way)) else { continue };
        writeln!(
            out,
            "<div class=\"fix\"><span>To mend it:</span><pre><code>{}</code></pre></div>",
            Lines(way)
        )?;
        told.push(way);
    }
    match found.iter().find_map(|finding| finding.fix.attest.as_deref()) {
        Some(yaml) => paste(yaml, out),
        None => Ok(()),
    }
}

fn of_finding(finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    let level = finding.severity.as_str();
    write!(
        out,
        "<li class=\"{level}\"><span class=\"level\">{level}</span> {}<span class=\"where\">{}, <code>{}</code>",
        Plain(&finding.message()),
        Plain(&words::whose(finding)),
        Plain(&words::place(finding)),
    )?;
    if let Some(scenario) = finding.scenario() {
        write!(out, ", when {}", Plain(scenario))?;
    }
    for related in finding.related() {
        let place = format!("{}:{}", related.location.file(), related.location.start());
        write!(out, "<br>{}, <code>{}</code>", Plain(&related.message), Plain(&place))?;
    }
    writeln!(out, "</span></li>")
}

fn of_undecided(undecided: &Undecided, out: &mut dyn io::Write) -> io::Result<()> {
    let subject = &undecided.subject;
    let whose = subject.resource.as_deref().unwrap_or(&subject.kind);
    let place = format!("{}:{}", undecided.location.file(), undecided.location.start());
    writeln!(
        out,
        "<li class=\"warning\"><span class=\"level\">undecided</span> {}<span class=\"where\">{} / {}, <code>{}</code></span></li>",
        Plain(&undecided.reason),
        Plain(if subject.stack.is_empty() { "the app" } else { &subject.stack }),
        Plain(whose),
        Plain(&place),
    )
}
