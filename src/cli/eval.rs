//! `stackproof eval`: what a property is, scenario by scenario, and how it comes about.
use super::args::{EvalArgs, ListFormat};
use super::parameters::{complain_of, tell};
use super::{End, complain};
use crate::engine::{self, EvalError};
use crate::intake;
use crate::report;
use std::io::{self, Write};

/// Candidates that are named where a name fits several resources.
const NAMED: usize = 10;

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &EvalArgs, out: &mut dyn Write) -> io::Result<End> {
    let Some(settings) = args.values.settings() else { return Ok(End::Usage) };
    let paths = std::slice::from_ref(&args.file);
    let discovery = intake::discover(paths, &intake::Settings::default());
    let evaluated = engine::eval(&discovery, &args.resource, args.path.as_deref(), &settings);
    let incomplete = evaluated.problems.iter().any(|problem| problem.unlinted);
    for problem in &evaluated.problems {
        tell(problem);
    }
    if !incomplete && complain_of(&evaluated.undeclared) {
        return Ok(End::Usage);
    }
    let answer = match evaluated.answer {
        Ok(answer) => answer,
        // What could not be read may hold it.
        Err(EvalError::NoResource(..)) if incomplete => return Ok(End::Unlinted),
        Err(error) => {
            complain(&report::one_line(&error.to_string()), help(&error).as_deref());
            return Ok(End::Usage);
        }
    };
    match args.format {
        ListFormat::Human => report::render_answer(&answer, out)?,
        ListFormat::Json => report::render_answer_json(&answer, out)?,
    }
    Ok(if incomplete { End::Unlinted } else { End::Clean })
}

fn help(error: &EvalError) -> Option<String> {
    match error {
        EvalError::NoResource(_, nearest) => {
            let name = nearest.as_ref()?;
            Some(format!("did you mean `{}`?", report::one_line(name)))
        }
        EvalError::Several(_, called) => {
            let named: Vec<_> = called.iter().take(NAMED).map(|name| report::one_line(name)).collect();
            let more = if called.len() > NAMED { " ..." } else { "" };
            Some(format!("name one of: {}{more}", named.join(", ")))
        }
        EvalError::Path(_) => None,
    }
}
