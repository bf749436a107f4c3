//! `stackproof baseline`: the findings of today, written down so that only new ones fail.
use super::args::{LintArgs, ListFormat};
use super::lint::{Asked, Wanted};
use super::parameters::tell;
use super::{End, complain};
use crate::engine;
use crate::finding::{Finding, Run};
use crate::policy::Baseline;
use crate::report::{self, BaselineLine};
use clap::{Args, Subcommand};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};

const HELP: &str = "\
Exit codes:
  0  done
  2  wrong usage, or a baseline that cannot be read or written
  3  some input could not be linted: the file stays as it is

Examples:
  stackproof baseline write      all findings of cdk.out, into stackproof-baseline.txt
  stackproof baseline show       what is in it, and how much of it still holds
  stackproof baseline prune      take out what no longer holds; never adds";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct BaselineArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write all findings down, in place of what the file holds
    Write {
        #[command(flatten)]
        lint: LintArgs,
    },
    /// Say what is in the file, and how much of it still holds
    Show {
        /// How to print it
        #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
        format: ListFormat,
        #[command(flatten)]
        lint: LintArgs,
    },
    /// Take out what no longer holds; nothing is added
    Prune {
        #[command(flatten)]
        lint: LintArgs,
    },
}

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &BaselineArgs, out: &mut dyn Write) -> io::Result<End> {
    match &args.action {
        Action::Write { lint } => write(lint, out),
        Action::Show { format, lint } => show(lint, *format, out),
        Action::Prune { lint } => prune(lint, out),
    }
}

fn write(lint: &LintArgs, out: &mut dyn Write) -> io::Result<End> {
    let Some((run, asked)) = whole(lint) else { return Ok(End::Usage) };
    if run.incomplete() {
        return Ok(left_alone(&run, &asked));
    }
    let (may, never): (Vec<&Finding>, Vec<&Finding>) =
        run.findings.iter().partition(|finding| may_rest(finding, &asked));
    let base = asked.settings.base.as_deref();
    let baseline =
        Baseline::of(may.into_iter(), |finding| engine::known_stack(base, &finding.subject).into_owned());
    if !never.is_empty() {
        let message = format!("{} of rules that cannot be suppressed are left out", count(never.len()));
        complain_softly(&message);
    }
    save(&asked, &baseline, &format!("wrote {}", count(baseline.len())), out)
}

fn prune(lint: &LintArgs, out: &mut dyn Write) -> io::Result<End> {
    let Some((run, asked)) = whole(lint) else { return Ok(End::Usage) };
    let Some(baseline) = load(&asked) else { return Ok(End::Usage) };
    if run.incomplete() {
        return Ok(left_alone(&run, &asked));
    }
    let pruned = baseline.pruned(&holding(&run, &asked));
    let gone = baseline.len() - pruned.len();
    save(&asked, &pruned, &format!("took out {}, {} left", count(gone), pruned.len()), out)
}

fn show(lint: &LintArgs, format: ListFormat, out: &mut dyn Write) -> io::Result<End> {
    let wanted = Wanted { no_baseline: true, ..Wanted::default() };
    let Some((run, asked)) = lint.run(wanted) else { return Ok(End::Usage) };
    let Some(baseline) = load(&asked) else { return Ok(End::Usage) };
    run.problems.iter().filter(|problem| problem.unlinted).for_each(tell);
    let holding = holding(&run, &asked);
    let lines: Vec<BaselineLine<'_>> = baseline
        .entries
        .iter()
        .map(|(fingerprint, entry)| BaselineLine {
            rule: &entry.rule,
            stack: &entry.stack,
            place: &entry.place,
            fingerprint,
            count: entry.count,
            holds: entry.count.min(holding.get(fingerprint).copied().unwrap_or(0)),
        })
        .collect();
    let file = asked.baseline.to_string_lossy();
    match format {
        ListFormat::Human => report::render_baseline(&file, lines, out)?,
        ListFormat::Json => report::render_baseline_json(&file, lines, out)?,
    }
    Ok(if run.incomplete() { End::Unlinted } else { End::Clean })
}

/// A run of all rules, without a baseline.
fn whole(lint: &LintArgs) -> Option<(Run, Asked)> {
    if !lint.only.is_empty() || !lint.skip.is_empty() {
        let help = "a baseline is of all rules; turn one off in stackproof.yaml";
        complain("--rule and --skip would leave findings out of the baseline", Some(help));
        return None;
    }
    lint.run(Wanted { no_baseline: true, ..Wanted::default() })
}

fn load(asked: &Asked) -> Option<Baseline> {
    match Baseline::load(&asked.baseline) {
        Ok(baseline) => Some(baseline),
        Err(error) => {
            complain(&error.to_string(), Some(error.help()));
            None
        }
    }
}

/// How many findings have each fingerprint now.
fn holding(run: &Run, asked: &Asked) -> BTreeMap<String, usize> {
    let mut holding = BTreeMap::new();
    for finding in run.findings.iter().filter(|finding| may_rest(finding, asked)) {
        *holding.entry(finding.fingerprint.to_string()).or_default() += 1;
    }
    holding
}

fn may_rest(finding: &Finding, asked: &Asked) -> bool {
    asked.rules.get(&finding.rule).is_none_or(|rule| rule.suppressible)
}

fn left_alone(run: &Run, asked: &Asked) -> End {
    run.problems.iter().filter(|problem| problem.unlinted).for_each(tell);
    complain_softly(&format!("{} stays as it is: some input could not be linted", asked.baseline.display()));
    End::Unlinted
}

fn save(asked: &Asked, baseline: &Baseline, told: &str, out: &mut dyn Write) -> io::Result<End> {
    if let Err(error) = fs::write(&asked.baseline, baseline.render()) {
        complain(&format!("cannot write {}: {error}", asked.baseline.display()), None);
        return Ok(End::Usage);
    }
    writeln!(out, "{}: {told}", asked.baseline.display())?;
    Ok(End::Clean)
}

fn count(number: usize) -> String {
    format!("{number} finding{}", if number == 1 { "" } else { "s" })
}

fn complain_softly(message: &str) {
    // Standard error may be closed; there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "warning: {message}");
}
