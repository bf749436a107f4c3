//! `stackproof diff OLD NEW`: two runs -> what is new, fixed and unchanged.
use super::End;
use super::args::{FailOn, LintArgs};
use super::lint::Wanted;
use super::parameters::tell;
use crate::finding::Difference;
use crate::report::{DiffFormat, render_diff};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::io::{self, Write};

const HELP: &str = "\
Findings are the same where rule, stack, construct path and property are; two templates are compared whatever
their names are. Neither needs the other's folder, and the baseline does not count here.

Exit codes:
  0  no new finding at or above --fail-on
  1  new findings at or above --fail-on
  2  wrong usage or configuration
  3  some input could not be linted (everything else was)

Examples:
  stackproof diff ../main/cdk.out cdk.out
  stackproof diff main.out cdk.out --format markdown > comment.md";

#[derive(Debug, Args)]
#[command(after_help = HELP, override_usage = "stackproof diff [OPTIONS] OLD NEW")]
pub(super) struct DiffArgs {
    /// How to print what changed
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    pub format: DiffFormat,

    /// The least severity of a new finding that fails the run
    #[arg(long, value_name = "SEVERITY", default_value = "error", help_heading = "Rules")]
    pub fail_on: FailOn,

    #[command(flatten)]
    pub lint: LintArgs,
}

impl ValueEnum for DiffFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &DiffFormat::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.description()))
    }
}

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(mut args: DiffArgs, out: &mut dyn Write) -> io::Result<End> {
    let [old, new] = &args.lint.paths[..] else {
        super::complain("diff takes two paths: OLD and NEW", Some("stackproof diff main.out cdk.out"));
        return Ok(End::Usage);
    };
    let (old, new) = (old.clone(), new.clone());
    let wanted = Wanted { no_baseline: true, from_path: true, ..Wanted::default() };
    let mut lint = |path: String| {
        args.lint.paths = vec![path];
        args.lint.run(wanted).map(|(run, _)| run)
    };
    let Some(old) = lint(old) else { return Ok(End::Usage) };
    let Some(new) = lint(new) else { return Ok(End::Usage) };
    let incomplete = old.incomplete() || new.incomplete();
    old.problems.iter().chain(&new.problems).filter(|problem| problem.unlinted).for_each(tell);
    let difference = Difference::between(old, new);
    render_diff(&difference, args.format, out)?;
    let failed =
        args.fail_on.severity().is_some_and(|least| difference.new.iter().any(|one| one.severity >= least));
    Ok(match (incomplete, failed) {
        (true, _) => End::Unlinted,
        (false, true) => End::Findings,
        (false, false) => End::Clean,
    })
}
