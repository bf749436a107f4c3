//! `stackproof checklist`: a run -> how the lines of the checklist stand -> its report.
use super::End;
use super::args::{ChecklistArgs, FailOnState};
use super::check::style;
use super::lint::Wanted;
use super::parameters::tell;
use crate::checklist::{Checklist, State};
use crate::engine;
use crate::report;
use std::io::{self, Write};

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &ChecklistArgs, out: &mut dyn Write) -> io::Result<End> {
    let Some((run, asked)) = args.lint.run(Wanted { by_stack: true, ..Wanted::default() }) else {
        return Ok(End::Usage);
    };
    let checklist = engine::checklist(&run, &asked.rules.rules, &asked.settings);
    for problem in &run.problems {
        tell(problem);
    }
    report::render_checklist(&run, &checklist, args.format, style(args.color), out)?;
    let failed = fails(&checklist, args.fail_on);
    Ok(match (run.incomplete(), failed) {
        (true, _) => End::Unlinted,
        (false, true) => End::Findings,
        (false, false) => End::Clean,
    })
}

fn fails(checklist: &Checklist, on: FailOnState) -> bool {
    let states: &[State] = match on {
        FailOnState::Failed => &[State::Failed],
        FailOnState::Undecided => &[State::Failed, State::Undecided],
        FailOnState::Never => &[],
    };
    states.iter().any(|state| checklist.count(*state) > 0)
}
