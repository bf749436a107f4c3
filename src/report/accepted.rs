//! The lists of what people accept: suppressions with what each silences, and the lines of a baseline.
use super::json::write;
use super::text::{count, one_line};
use crate::finding::{AcceptedBy, Run, Standing, Suppression};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// A line of a baseline, and how much of it still holds.
#[derive(Debug, Serialize)]
pub struct BaselineLine<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// The stack.
    pub stack: &'a str,
    /// The construct path or logical id, and the property.
    pub place: &'a str,
    /// The fingerprint.
    pub fingerprint: &'a str,
    /// How many findings it holds.
    pub count: usize,
    /// How many of them are still there.
    pub holds: usize,
}

/// A suppression as programs read it.
#[derive(Serialize)]
struct Entry<'a> {
    by: &'static str,
    rules: &'a [String],
    means: &'a [String],
    scope: &'a str,
    reason: Option<&'a str>,
    author: Option<&'a str>,
    until: Option<String>,
    standing: &'static str,
    findings: usize,
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
}

impl<'a> Entry<'a> {
    fn new(suppression: &'a Suppression) -> Self {
        let start = suppression.location.as_ref().map(|location| location.start());
        Entry {
            by: suppression.by.as_str(),
            rules: &suppression.rules,
            means: &suppression.meant,
            scope: &suppression.scope,
            reason: suppression.reason.as_deref(),
            author: suppression.author.as_deref(),
            until: suppression.until.map(|until| until.to_string()),
            standing: standing(suppression),
            findings: suppression.findings,
            file: suppression.location.as_ref().map(|location| location.file()),
            line: start.map(|start| start.line),
            column: start.map(|start| start.column),
        }
    }
}

fn standing(suppression: &Suppression) -> &'static str {
    if suppression.is_unused() { "unused" } else { suppression.standing.as_str() }
}

/// The list for people.
pub(super) fn suppressions(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    for suppression in &run.suppressions {
        let Suppression { by, rules, meant, scope, .. } = suppression;
        let means =
            if rules == meant || meant.is_empty() || *by == AcceptedBy::Configuration && meant.len() > 5 {
                String::new()
            } else {
                format!(" ({})", meant.join(", "))
            };
        writeln!(out, "{}{}", one_line(&rules.join(", ")), one_line(&means))?;
        let silences = match suppression.standing {
            Standing::Active => format!("silences {}", count(suppression.findings, "finding")),
            Standing::Part => format!(
                "a part of the rule only: silences nothing, a hint at {}",
                count(suppression.findings, "finding")
            ),
            _ => format!("does not count; it speaks of {}", count(suppression.findings, "finding")),
        };
        writeln!(out, "  {:11} {silences}", standing(suppression))?;
        if let Standing::Malformed(why) = &suppression.standing {
            writeln!(out, "  mistake     {}", one_line(why))?;
        }
        writeln!(out, "  where       {}", one_line(scope))?;
        writeln!(out, "  reason      {}", one_line(suppression.reason.as_deref().unwrap_or("none given")))?;
        if let Some(author) = &suppression.author {
            writeln!(out, "  by          {}", one_line(author))?;
        }
        let until = suppression.until.map_or("without an end".to_owned(), |until| until.to_string());
        writeln!(out, "  until       {until}")?;
        if let Some(location) = &suppression.location {
            let place = format!("{}:{} ({})", location.file(), location.start(), by.as_str());
            writeln!(out, "  written     {}", one_line(&place))?;
        }
        writeln!(out)?;
    }
    let silenced: usize = run.accepted.len();
    writeln!(
        out,
        "{}; accepted: {}{}",
        count(run.suppressions.len(), "suppression"),
        count(silenced, "finding"),
        by_form(run)
    )
}

/// ` (3 configuration, 9 baseline)`: who accepted how many.
pub(super) fn by_form(run: &Run) -> String {
    let mut forms: BTreeMap<AcceptedBy, usize> = BTreeMap::new();
    run.accepted.iter().for_each(|accepted| *forms.entry(accepted.by).or_default() += 1);
    let parts: Vec<String> = forms.iter().map(|(by, number)| format!("{number} {}", by.as_str())).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

#[derive(Serialize)]
struct Audit<'a> {
    version: u32,
    suppressions: Vec<Entry<'a>>,
    accepted: BTreeMap<&'static str, usize>,
}

/// The list for programs.
pub(super) fn suppressions_json(run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
    let mut accepted = BTreeMap::new();
    run.accepted.iter().for_each(|one| *accepted.entry(one.by.as_str()).or_default() += 1);
    let suppressions = run.suppressions.iter().map(Entry::new).collect();
    write(&Audit { version: 1, suppressions, accepted }, out)
}

/// The lines of a baseline for people, by rule.
pub(super) fn baseline(
    file: &str,
    mut lines: Vec<BaselineLine<'_>>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    lines.sort_by_key(|line| (line.rule, line.stack, line.place));
    let mut rule = "";
    for line in &lines {
        if line.rule != rule {
            rule = line.rule;
            let all = lines.iter().filter(|other| other.rule == rule).map(|line| line.count).sum();
            writeln!(out, "{}: {}", one_line(rule), count(all, "finding"))?;
        }
        let times = if line.count > 1 { format!(" x {}", line.count) } else { String::new() };
        let gone = match line.holds {
            0 => "  (no longer holds)".to_owned(),
            holds if holds < line.count => format!("  (only {holds} left)"),
            _ => String::new(),
        };
        let place = format!("{} {}{times}{gone}", line.stack, line.place);
        writeln!(out, "  {}", one_line(place.trim_start()))?;
    }
    let (all, holds) = (
        lines.iter().map(|line| line.count).sum::<usize>(),
        lines.iter().map(|line| line.holds).sum::<usize>(),
    );
    let gone = match all - holds {
        0 => String::new(),
        gone => format!(", {gone} no longer there (`stackproof baseline prune`)"),
    };
    writeln!(out, "{}: {}{gone}", one_line(file), count(all, "finding"))
}

#[derive(Serialize)]
struct Listed<'a> {
    version: u32,
    file: &'a str,
    entries: Vec<BaselineLine<'a>>,
}

/// The lines of a baseline for programs.
pub(super) fn baseline_json(
    file: &str,
    entries: Vec<BaselineLine<'_>>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    write(&Listed { version: 1, file, entries }, out)
}
