//! `stackproof suppressions`: the audit of all that is silenced.
use super::End;
use super::args::{LintArgs, ListFormat};
use super::lint::Wanted;
use super::parameters::tell;
use crate::report;
use clap::Args;
use std::io::{self, Write};

const HELP: &str = "\
Exit codes:
  0  listed
  2  wrong usage or configuration
  3  some input could not be linted (everything else was)

Examples:
  stackproof suppressions
  stackproof suppressions cdk.out --today 2027-01-01     what will have ended by then
  stackproof suppressions --format json | jq '.suppressions[] | select(.standing != \"active\")'";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct SuppressionsArgs {
    /// How to print the list
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    pub format: ListFormat,

    #[command(flatten)]
    pub lint: LintArgs,
}

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &SuppressionsArgs, out: &mut dyn Write) -> io::Result<End> {
    let Some((run, _)) = args.lint.run(Wanted { audit: true, ..Wanted::default() }) else {
        return Ok(End::Usage);
    };
    run.problems.iter().filter(|problem| problem.unlinted).for_each(tell);
    match args.format {
        ListFormat::Human => report::render_suppressions(&run, out)?,
        ListFormat::Json => report::render_suppressions_json(&run, out)?,
    }
    Ok(if run.incomplete() { End::Unlinted } else { End::Clean })
}
